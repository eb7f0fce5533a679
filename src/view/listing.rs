//! All cells of an image, one per line, as text.
//!
//! An image of a few hundred bytes may have millions of cells that were never written to. So equal values of
//! a data body in a row share a line, and the listing is written as it is made, not collected.

use std::io::{self, Write};

use super::memory::{BodyExtent, CellKind, CellRow, Marks, extents, listed, shown_end};
use super::screen::{marks_of, title};
use crate::program::image::Image;
use crate::vm::index::BodyId;
use crate::vm::machine::Machine;

/// Cells of code that are made into rows at a time.
const CELLS: u32 = 1024;
/// Equal values share a line if there are at least this many.
const EQUAL: usize = 4;

/// Writes every cell up to the last that is written or marked: its address, its exact text, its marks, and
/// whether its name is missing. For equal values of data, writes the first and the address of the last.
///
/// # Errors
/// If it cannot be written.
pub fn write_cells(image: &Image, out: &mut dyn Write) -> io::Result<()> {
    let machine = &image.machine;
    let marks = Marks::new(machine, &image.breakpoints);
    for (n, extent) in extents(machine).into_iter().enumerate() {
        if n > 0 {
            writeln!(out)?;
        }
        write!(out, "{}", title(&listed(machine, &marks, extent, 0..0)))?;
        match extent.body {
            BodyId::Code(_) => code(machine, &marks, extent, out)?,
            BodyId::Data(_) => data(machine, &marks, extent, out)?,
        }
    }
    Ok(())
}

fn code(
    machine: &Machine,
    marks: &Marks,
    extent: BodyExtent,
    out: &mut dyn Write,
) -> io::Result<()> {
    let end = shown_end(machine, marks, extent);
    for from in (0..end).step_by(CELLS as usize) {
        for cell in &listed(machine, marks, extent, from..end.min(from + CELLS)).cells {
            line(cell, "", out)?;
        }
    }
    Ok(())
}

fn data(
    machine: &Machine,
    marks: &Marks,
    extent: BodyExtent,
    out: &mut dyn Write,
) -> io::Result<()> {
    let BodyId::Data(number) = extent.body else { return Ok(()) };
    let data = machine.memory().data(number).expect("whatever has an address is there");
    let is_same = |a, b| machine.memory().is_same(a, b);
    for (first, count) in data.equal_runs(is_same) {
        let shown = if count >= EQUAL { 1 } else { count };
        let last = extent.start + (first + count - 1) as u64;
        let more = if count > shown { format!("and the same to {last}") } else { String::new() };
        for cell in &listed(machine, marks, extent, first as u32..(first + shown) as u32).cells {
            line(cell, &more, out)?;
        }
    }
    Ok(())
}

fn line(cell: &CellRow, more: &str, out: &mut dyn Write) -> io::Result<()> {
    let missing = if cell.kind == CellKind::Hole { "missing" } else { "" };
    let CellRow { address, source, .. } = cell;
    let line = format!("{address:>8}  {source:<24} {} {missing}{more}", marks_of(cell));
    writeln!(out, "{}", line.trim_end())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::session::load::image_of_program;

    fn listing(program: &str) -> String {
        let mut image = image_of_program(program).unwrap();
        image.machine.run(1000);
        let mut out = Vec::new();
        write_cells(&image, &mut out).unwrap();
        String::from_utf8(out).unwrap()
    }

    #[test]
    fn sixteen_million_zeros_are_one_line() {
        let text = listing("16777000 allocate drop");
        let data = text.split_once("data 0").unwrap().1;
        assert_eq!(data.lines().count(), 2, "{data}");
        assert!(
            data.ends_with("     100  0                         and the same to 16777099\n"),
            "{data}"
        );
    }

    /// Searching all code for the cell that holds each block would take minutes for 100,000 of them.
    #[test]
    fn nested_blocks_are_listed_without_searching_all_code_for_each() {
        let text = listing(&("[ ".repeat(1000) + &"] ".repeat(1000)));
        assert_eq!(text.matches("block in main at").count(), 1000);
        assert_eq!(crate::view::memory::SEARCHES.get(), 0);
    }

    #[test]
    fn a_few_equal_values_have_a_line_each() {
        let text = listing("8 allocate assign: d 7 d 3 memory.set 7 d 4 memory.set");
        let data: Vec<&str> = text.split_once("data 0").unwrap().1.lines().skip(1).collect();
        let values: Vec<&str> = data.iter().map(|line| line.trim()).collect();
        assert_eq!(
            values,
            ["100  0", "101  0", "102  0", "103  7", "104  7", "105  0", "106  0", "107  0"]
        );
    }

    #[test]
    fn equal_texts_are_one_line_however_they_were_made() {
        let text = listing(
            "20 allocate assign: d 0 assign: i \
             [ i 20 < ] [ \"0123456789\" 5 str_repeat d i memory.set i 1+ assign: i ] while",
        );
        assert!(text.contains("and the same to"), "{text}");
    }

    #[test]
    fn every_cell_is_listed_with_its_address() {
        let source = "[ assign: i i 3 < [ base return ] if i 2 - fib ] bind: fib 7 3 fib print";
        let listing = listing(source);
        assert!(
            listing.contains("\n     109  fib\n     110  end                      ↑2\n"),
            "{listing}"
        );
        assert!(
            listing.contains("\n     200  base                     ▲ missing\n     201  return\n"),
            "{listing}"
        );
    }
}
