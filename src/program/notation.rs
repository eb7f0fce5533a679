//! Cells as rows of words, in the notation of program text: how an image file shows code and values.
//!
//! It is the notation a line is typed in, read by the same parser and written by the same printer. The
//! one difference is that a block is a body of its own here and a cell shows its address, `@200`: each
//! cell is one word (with its prefix) and each word one cell.

use super::diagnostic::Diagnostics;
use super::layout::ends_statement;
use super::parse::parse_line;
use super::print::{word, write_word};
use super::resolve::Line;
use crate::vm::cell::BodyId;
use crate::vm::instruction::Instruction;

/// Rows are at most this wide, in bytes, if no single word is wider.
const ROW_BYTES: usize = 80;

/// Writes cells with one space between two.
pub(super) fn write_row(
    cells: &[Instruction],
    is_local: &dyn Fn(&str) -> bool,
    start: &dyn Fn(BodyId) -> u64,
    into: &mut String,
) {
    for (index, cell) in cells.iter().enumerate() {
        into.extend((index > 0).then_some(' '));
        write_word(cell, is_local, start, into);
    }
}

/// Divides cells into rows: a row ends with a statement, as a line of a printed program does, so that
/// an edit changes the rows beside it and no others. `put` is given each row.
pub(super) fn write_rows(
    cells: &[Instruction],
    is_local: &dyn Fn(&str) -> bool,
    start: &dyn Fn(BodyId) -> u64,
    mut put: impl FnMut(&str),
) {
    let (mut row, mut next_word) = (String::new(), String::new());
    for (index, cell) in cells.iter().enumerate() {
        next_word.clear();
        write_word(cell, is_local, start, &mut next_word);
        let full = row.len() + 1 + next_word.len() > ROW_BYTES;
        if !row.is_empty() && (full || matches!(cell, Instruction::Label(_))) {
            put(&row);
            row.clear();
        }
        row.extend((!row.is_empty()).then_some(' '));
        row.push_str(&next_word);
        if ends_statement(cell, cells.get(index + 1)) {
            put(&row);
            row.clear();
        }
    }
    if !row.is_empty() {
        put(&row);
    }
}

/// Reads the words of a row. Which of them are locals is known when the whole function is read.
///
/// # Errors
/// What is wrong with the first bad word, in words.
pub(super) fn read_row(row: &str) -> Result<Line, String> {
    parse_line(row).map_err(|report| first(&report))
}

/// The locals that a row assigns.
pub(super) fn assigned(line: &Line) -> impl Iterator<Item = &str> {
    line.code.bodies.iter().flatten().filter_map(|instruction| match instruction {
        Instruction::Assign(name) => Some(&**name),
        _ => None,
    })
}

/// The cells of a row, added to `cells`.
///
/// # Errors
/// An address at which no body starts, or a block in brackets.
pub(super) fn read_cells(
    line: Line,
    is_local: &dyn Fn(&str) -> bool,
    body_at: &dyn Fn(u64) -> Option<BodyId>,
    cells: &mut Vec<Instruction>,
) -> Result<(), String> {
    let code = line.resolve(is_local, body_at).map_err(|report| first(&report))?;
    match <[Vec<Instruction>; 1]>::try_from(code.bodies) {
        Ok([row]) => {
            cells.extend(row);
            Ok(())
        }
        Err(_) => Err("a block is a body of its own; its address stands here, not its code".into()),
    }
}

/// The values of a row, added to `values`.
///
/// # Errors
/// A word that is wrong or no value.
pub(super) fn read_values(
    row: &str,
    body_at: &dyn Fn(u64) -> Option<BodyId>,
    values: &mut Vec<Instruction>,
) -> Result<(), String> {
    use Instruction as I;
    let before = values.len();
    read_cells(read_row(row)?, &|_| false, body_at, values)?;
    let is_value =
        |cell: &I| matches!(cell, I::Integer(_) | I::Text(_) | I::Address(_) | I::PushFunction(_));
    match values[before..].iter().find(|cell| !is_value(cell)) {
        Some(other) => {
            let word = word(other, &|_| false, &|_| 0);
            Err(format!("`{word}` is no value; a number, a text or an address is"))
        }
        None => Ok(()),
    }
}

/// The first mistake, with what helps.
fn first(report: &Diagnostics) -> String {
    match report.iter().next() {
        Some(first) => match &first.help {
            Some(help) => format!("{}; {help}", first.message),
            None => first.message.clone(),
        },
        None => "it cannot be read".to_string(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::vm::index::Body;

    fn rows(cells: &[Instruction]) -> Vec<String> {
        let mut rows = Vec::new();
        write_rows(cells, &|name| name == "i", &|_| 200, |row| rows.push(row.to_string()));
        rows
    }

    fn read(row: &str) -> Result<Vec<Instruction>, String> {
        let body_at = |start| (start == 200).then_some(BodyId::Code(Body(2)));
        let mut cells = Vec::new();
        read_cells(read_row(row)?, &|name| name == "i", &body_at, &mut cells)?;
        Ok(cells)
    }

    #[test]
    fn a_row_ends_with_a_statement() {
        let cells = read("assign: i i 3 < @200 if i 2 - fib i 1 - fib + return").unwrap();
        assert_eq!(rows(&cells), ["assign: i", "i 3 < @200 if", "i 2 - fib i 1 - fib + return"]);
        let labelled = read("1 label: a 2").unwrap();
        assert_eq!(rows(&labelled), ["1", "label: a", "2"]);
        let many = vec![Instruction::Integer(1_234_567); 11];
        assert_eq!(rows(&many).iter().map(String::len).collect::<Vec<_>>(), [79, 7]);
        assert!(rows(&[]).is_empty());
    }

    #[test]
    fn mistakes_are_named() {
        assert!(read("1 [ 2 ]").unwrap_err().contains("a body of its own"));
        assert!(read("@300").unwrap_err().contains("no body starts at 300"));
        assert!(read("asign: i").unwrap_err().contains("did you mean"));
        let values = |row| read_values(row, &|_| None, &mut Vec::new()).unwrap_err();
        assert!(values("1 +").contains("`+` is no value"));
        assert!(values("1 x").contains("`x` is no value"));
        assert!(values("assign: x").contains("`assign: x` is no value"));
    }
}
