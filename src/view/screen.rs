//! Everything the window shows, as text: for terminals, bug reports and tests.
//!
//! Made from the same rows as the window. Shows the memory around the program counter, body by body,
//! with the parameter stack above the counter as the window draws it.

use super::breakpoints::Mark;
use super::memory::{
    BodyExtent, BodyRow, CellKind, CellRow, Marks, Tally, body, extents, shown_end,
};
use super::names::{GlobalRow, UseRow, globals, names};
use super::stacks::{calls, parameters};
use super::stop::{StopRow, stop_in};
use super::tasks::{TaskRow, tasks};
use super::title;
use crate::program::diagnostic::counted;
use crate::program::image::Image;
use crate::program::visible::visible;
use crate::vm::index::BodyId;
use crate::vm::machine::Machine;
use unicode_width::UnicodeWidthStr;

/// Columns of a row of cells.
const COLUMNS: usize = 96;
/// Bodies shown before and after the one with the counter.
const BODIES: usize = 20;
/// Cells shown of a body: the first ones, or those around the counter.
const CELLS: u32 = 200;
/// Values of the parameter stack above the counter, as in the window.
const LANE: usize = 6;
/// Entries shown of each list.
const ENTRIES: usize = 40;

/// Everything the window shows of an image.
pub fn screen(image: &Image) -> String {
    let machine = &image.machine;
    let parts = [
        status(image),
        memory(image),
        stack(machine),
        call_stack(machine),
        task_list(machine),
        name_list(machine),
        global_list(machine),
        marks(image),
        streams(machine),
    ];
    parts.iter().filter(|part| !part.is_empty()).map(String::as_str).collect::<Vec<_>>().join("\n")
}

/// Why the machine waits, and where.
fn status(image: &Image) -> String {
    let machine = &image.machine;
    let memory = machine.memory();
    let counter = machine.task().counter();
    let (address, body) = (memory.address(counter), title::title(machine, counter.body));
    let StopRow { title: why, detail, .. } = stop_in(image);
    let why = if detail.is_empty() { why } else { format!("{why}: {detail}") };
    format!("{why}\ncounter {address} in {body}; {} instructions retired\n", machine.retired())
}

/// A body, where it is and how full.
pub(super) fn title(row: &BodyRow) -> String {
    let BodyExtent { start, size, used, .. } = row.extent;
    let inside = row.activations.activations();
    format!("{} at {start}: {used} of {size} cells used{inside}\n", row.title)
}

/// The bodies around the counter.
fn memory(image: &Image) -> String {
    let machine = &image.machine;
    let marks = Marks::new(machine, &image.breakpoints);
    let all = extents(machine);
    let counter = machine.task().counter();
    let here = all.iter().position(|extent| extent.body == BodyId::Code(counter.body));
    let here = here.expect("the counter is in a body");
    let first = here.saturating_sub(BODIES);
    let last = (here + BODIES + 1).min(all.len());
    let mut text = String::from("memory\n");
    if first > 0 {
        text += &format!("  ({first} bodies before)\n");
    }
    for &extent in &all[first..last] {
        let end = shown_end(machine, &marks, extent);
        let middle = if extent.body == BodyId::Code(counter.body) { counter.offset.0 } else { 0 };
        let from = middle.saturating_sub(CELLS / 2).min(end);
        let to = end.min(from.saturating_add(CELLS));
        let row = body(machine, &marks, extent, from..to);
        text += &title(&row);
        text += &rows(machine, &row);
        if from > 0 || to < end {
            text += &format!("  (cells {from} to {to} of {end} are shown)\n");
        }
    }
    if last < all.len() {
        text += &format!("  ({} bodies after)\n", all.len() - last);
    }
    text
}

/// The cells of a body in rows, each with the address of its first cell.
fn rows(machine: &Machine, body: &BodyRow) -> String {
    let mut text = String::new();
    let mut line: Vec<(usize, &CellRow)> = Vec::new();
    let mut column = 0;
    for cell in &body.cells {
        let width = face(cell).width();
        if column + width > COLUMNS && !line.is_empty() {
            text += &row(machine, &line);
            line.clear();
            column = 0;
        }
        line.push((column, cell));
        column += width.max(marks_of(cell).width()) + 2;
    }
    text + &row(machine, &line)
}

/// The word drawn for a cell.
fn face(cell: &CellRow) -> &str {
    if cell.kind == CellKind::Empty { "·" } else { cell.label.as_str() }
}

/// How a breakpoint is drawn: filled if it pauses, a ring if it is disabled; in a circle if it has a condition
/// or a count.
fn sign(mark: &Mark) -> &'static str {
    match (mark.enabled, mark.special) {
        (true, false) => "●",
        (true, true) => "◉",
        (false, _) => "○",
    }
}

/// The marks of a cell: the counter, frames that return to it, a breakpoint.
pub(super) fn marks_of(cell: &CellRow) -> String {
    let counter = cell.counter.then(|| "▲".to_string());
    let others = cell.others.named.iter().map(|task| format!("△{task}"));
    let others = others.chain(cell.others.rest());
    let returns = cell.returns.iter().map(|frame| format!("↑{frame}"));
    let more =
        (cell.more_returns != Tally::exact(0)).then(|| format!("and {} more", cell.more_returns));
    let returns = others.chain(returns).chain(more);
    let stop = cell.breakpoint.as_ref().map(|mark| sign(mark).to_string());
    counter.into_iter().chain(returns).chain(stop).collect::<Vec<_>>().join(" ")
}

const MARGIN: usize = 10;

fn row(machine: &Machine, line: &[(usize, &CellRow)]) -> String {
    let Some((_, first)) = line.first() else { return String::new() };
    let mut cells = format!("{:>8}  ", first.address);
    let mut marks = " ".repeat(MARGIN);
    let mut lane = String::new();
    for (column, cell) in line {
        put(&mut cells, MARGIN + column, face(cell));
        put(&mut marks, MARGIN + column, &marks_of(cell));
        if cell.counter {
            lane = stack_lane(machine, MARGIN + column);
        }
    }
    let lines = [lane.as_str(), cells.trim_end(), marks.trim_end()];
    lines.iter().filter(|line| !line.is_empty()).map(|line| format!("{line}\n")).collect()
}

/// Writes a word at a column.
fn put(line: &mut String, column: usize, word: &str) {
    let gap = column.saturating_sub(line.width());
    line.extend(std::iter::repeat_n(' ', gap));
    line.push_str(word);
}

/// The top values of the parameter stack, ending above the counter, the topmost rightmost.
fn stack_lane(machine: &Machine, column: usize) -> String {
    let rows = parameters(machine, LANE);
    let mut words: Vec<String> =
        rows.values.iter().rev().map(|row| row.label.to_string()).collect();
    if rows.depth > rows.values.len() {
        words.insert(0, format!("+{}", rows.depth - rows.values.len()));
    }
    let words = match words.is_empty() {
        true => "(stack empty)".to_string(),
        false => format!("( {} )", words.join(" ")),
    };
    let mut line = String::new();
    put(&mut line, (column + 1).saturating_sub(words.width()).max(MARGIN), &words);
    line
}

fn stack(machine: &Machine) -> String {
    let rows = parameters(machine, ENTRIES);
    let mut text = format!("parameter stack, top first: {}\n", counted(rows.depth, "value"));
    for row in &rows.values {
        text += &format!("  {}\n", row.label);
    }
    text + &more(rows.depth, rows.values.len())
}

fn call_stack(machine: &Machine) -> String {
    let rows = calls(machine, ENTRIES);
    let mut text = "call stack, innermost first\n".to_string();
    for frame in &rows.frames {
        let locals = frame.locals.iter().map(|local| match &local.value {
            Some(value) => format!("  {}={}", local.name, value.label),
            None => format!("  {} not assigned", local.name),
        });
        let locals: String = locals.collect();
        let at = if frame.is_copy { String::new() } else { format!(" at {}", frame.address) };
        text += &format!("  {}  {}{at}{locals}\n", frame.number, frame.title);
        if !frame.turns.is_empty() {
            text += &format!("     {}\n", frame.turns);
        }
    }
    text + &more(rows.depth, rows.frames.len())
}

fn task_list(machine: &Machine) -> String {
    let tasks = tasks(machine, ENTRIES);
    if tasks.count == 0 {
        return String::new();
    }
    let row = |row: &TaskRow| {
        let TaskRow { number, title, address, words, .. } = row;
        let stack = match row.values() {
            values if values.is_empty() => String::new(),
            values => format!(", stack {values}"),
        };
        let here = if row.is_focus { "▲" } else { " " };
        format!("{here} {number}  {title} at {address}: {words}{stack}\n")
    };
    let rows: String = tasks.rows.iter().map(row).collect();
    format!("tasks\n{rows}{}", more(tasks.count, tasks.rows.len()))
}

fn name_list(machine: &Machine) -> String {
    let (functions, holes) = names(machine);
    let mut text = "names\n".to_string();
    for name in functions.iter().take(ENTRIES) {
        text += &format!("  {} at {}: {}\n", name.name, name.start, counted(name.callers, "use"));
    }
    text += &more(functions.len(), ENTRIES.min(functions.len()));
    if holes.count() > 0 {
        text += "\nmissing\n";
    }
    for hole in holes.rows(machine, 0..ENTRIES) {
        let site = |site: &UseRow| format!("{} in {}", site.address, site.title);
        let uses: Vec<String> = hole.uses.iter().map(site).collect();
        let others = match hole.more {
            0 => String::new(),
            others => format!(" and {others} more"),
        };
        let waits = if hole.waiting { "; the program waits for it" } else { "" };
        text += &format!("  {}: used at {}{others}{waits}\n", hole.name, uses.join(", "));
    }
    text + &more(holes.count(), ENTRIES.min(holes.count()))
}

fn global_list(machine: &Machine) -> String {
    let globals = globals(machine, ENTRIES);
    if globals.count == 0 {
        return String::new();
    }
    let row = |row: &GlobalRow| format!("  {}={}\n", row.name, row.value.label);
    let rows: String = globals.rows.iter().map(row).collect();
    format!("globals\n{rows}{}", more(globals.count, globals.rows.len()))
}

fn marks(image: &Image) -> String {
    let memory = image.machine.memory();
    let breakpoints = image
        .breakpoints
        .iter()
        .map(|(at, set)| format!("  {} at {}\n", Mark::of(set).words, memory.address(at)));
    let bookmarks = image
        .bookmarks
        .iter()
        .map(|(name, &place)| format!("  {name} at {}\n", memory.address(place)));
    let list: String = breakpoints.chain(bookmarks).collect();
    if list.is_empty() { list } else { format!("marks\n{list}") }
}

/// The output so far, and how much input is still to be read.
fn streams(machine: &Machine) -> String {
    let mut text = String::new();
    let output = machine.output();
    if !output.is_empty() {
        let from = output.len().saturating_sub(4096);
        let shown = &output[output.ceil_char_boundary(from)..];
        let cut = if shown.len() < output.len() { ", only its end" } else { "" };
        text += &format!("output{cut}\n");
        text.extend(shown.lines().map(|line| format!("  {}\n", visible(line))));
    }
    let input = machine.input();
    if !input.rest().is_empty() {
        text += &format!("input: {} still to be read\n", counted(input.rest().len(), "byte"));
    }
    text
}

fn more(all: usize, shown: usize) -> String {
    if all > shown { format!("  and {} more\n", all - shown) } else { String::new() }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::session::load::image_of_program;

    fn waiting() -> Image {
        let source = "[ assign: i i 3 < [ base return ] if i 2 - fib ] bind: fib 7 3 fib print";
        let mut image = image_of_program(source).unwrap();
        image.machine.run(100);
        image
    }

    #[test]
    fn fib_waiting_for_base() {
        let expected = "\
base is missing: called at 200 with 7; line 1, column 21
counter 200 in if block of fib; 19 instructions retired

memory
main at 0: 4 of 100 cells used, 1 activation
       0  7  3  fib  print
                     ↑1
fib at 100: 11 of 100 cells used, 2 activations
     100  assign: i  i  3  <  @200  if  i   2  -  fib  end
                                        ↑3             ↑2
if block of fib at 200: 2 of 100 cells used, 1 activation
          ( 7 )
     200  base?  return
          ▲

parameter stack, top first: 1 value
  7

call stack, innermost first
  4  if block of fib at 200
  3  fib at 106  i=1
  2  fib at 110  i=3
  1  main at 3

names
  main at 0: 0 uses
  fib at 100: 2 uses

missing
  base: used at 200 in if block of fib; the program waits for it
";
        let found = screen(&waiting());
        assert_eq!(found, expected, "{found}");
    }

    #[test]
    fn the_counter_is_shown_in_an_empty_body() {
        let text = screen(&Image::default());
        assert!(text.contains("  (stack empty)\n       0  ·\n          ▲\n"), "{text}");
        assert!(text.starts_with("Cell 0 is empty: write what should happen"));
    }
}
