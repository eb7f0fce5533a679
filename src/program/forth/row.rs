//! Cells as rows of words, in the notation of program text: how an image file shows code and values.
//!
//! Rows are read by the parser for typed lines and written by the same printer. The one difference: a
//! block is a separate body here, and a cell shows its address, `@200`. So each cell is one word (with
//! its prefix), and each word is one cell.

use super::layout::ends_statement;
use super::parse::read_words;
use super::unresolved::UnresolvedLine;
use super::word::{Words, exact};
use crate::program::diagnostic::Diagnostics;
use crate::program::scope::Scope;
use crate::vm::cell::{INTEGER_MAX, INTEGER_MIN};
use crate::vm::instruction::Instruction;
use crate::vm::vocabulary::Vocabulary;

/// The most bytes of a row, unless a single word is longer.
const ROW_BYTES: usize = 80;

/// Writes cells, separated by single spaces.
pub(in crate::program) fn write_row(cells: &[Instruction], scope: &Scope<'_>, into: &mut String) {
    let words = Words::of_cells(scope);
    for (index, cell) in cells.iter().enumerate() {
        into.extend((index > 0).then_some(' '));
        words.write(cell, into);
    }
}

/// Divides cells into rows and passes each to `put`. A row ends with a statement, like a line of a
/// printed program, so that an edit changes only the rows beside it.
pub(in crate::program) fn write_rows(
    cells: &[Instruction],
    scope: &Scope<'_>,
    mut put: impl FnMut(&str),
) {
    let words = Words::of_cells(scope);
    let (mut row, mut next_word) = (String::new(), String::new());
    for (index, cell) in cells.iter().enumerate() {
        next_word.clear();
        words.write(cell, &mut next_word);
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

/// Reads the words of a row of this vocabulary. Which of them are locals is known only after the whole function is read.
///
/// # Errors
/// A message about the first bad word.
pub(in crate::program) fn read_row(
    row: &str,
    vocabulary: Vocabulary,
) -> Result<UnresolvedLine, String> {
    read_words(row, vocabulary).map_err(|report| first(&report))
}

/// The cells of a row, added to `cells`.
///
/// # Errors
/// An address at which no body starts, or a block in brackets.
pub(in crate::program) fn read_cells(
    line: UnresolvedLine,
    scope: &Scope<'_>,
    cells: &mut Vec<Instruction>,
) -> Result<(), String> {
    let line = line.cells(scope).map_err(|[fault, help]| format!("{fault}; {help}"))?;
    match <[Vec<Instruction>; 1]>::try_from(line.bodies) {
        Ok([row]) => {
            cells.extend(row);
            Ok(())
        }
        Err(_) => Err("a block is a separate body; write its address here, not its code".into()),
    }
}

/// The values of a row, added to `values`.
///
/// # Errors
/// A word that is wrong or not a value.
pub(in crate::program) fn read_values(
    row: &str,
    scope: &Scope<'_>,
    values: &mut Vec<Instruction>,
) -> Result<(), String> {
    use Instruction as I;
    let before = values.len();
    if read_integers(row, values) {
        return Ok(());
    }
    values.truncate(before);
    read_cells(read_row(row, scope.vocabulary())?, scope, values)?;
    let is_value = |cell: &I| {
        matches!(
            cell,
            I::Integer(_)
                | I::Text(_)
                | I::Address(_)
                | I::BlockValue(..)
                | I::Task(_)
                | I::PushFunction(_)
        )
    };
    match values[before..].iter().find(|cell| !is_value(cell)) {
        Some(other) => {
            let word = exact(other, scope);
            Err(format!("`{word}` is not a value; write a number, a text or an address"))
        }
        None => Ok(()),
    }
}

/// Adds the values of a row of plain integers, as most rows of large files are, in a fraction of the time.
/// False if it is any other row; then some values may have been added.
fn read_integers(row: &str, values: &mut Vec<Instruction>) -> bool {
    let range = INTEGER_MIN..=INTEGER_MAX;
    row.split(' ').all(|word| {
        let digits = word.strip_prefix('-').unwrap_or(word);
        let is_plain = digits.starts_with(|first: char| first.is_ascii_digit());
        let value = word.parse().ok().filter(|value| is_plain && range.contains(value));
        values.extend(value.map(Instruction::Integer));
        value.is_some()
    })
}

/// The first mistake, with its help.
fn first(report: &Diagnostics) -> String {
    let first = report.iter().next().expect("what cannot be read has a mistake");
    match &first.help {
        Some(help) => format!("{}; {help}", first.message),
        None => first.message.clone(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::vm::index::Body;
    use crate::vm::instruction::Fragment;
    use crate::vm::machine::Machine;

    /// A machine with a function `f` that has a local, and a block of `f` at 200.
    fn machine() -> Machine {
        let mut machine = Machine::new();
        let block = vec![Instruction::Integer(1)];
        let f = vec![Instruction::Assign("i".into()), Instruction::Block(1)];
        machine.define("f", &Fragment { bodies: vec![f, block] }).unwrap();
        machine
    }

    fn rows(cells: &[Instruction]) -> Vec<String> {
        let mut rows = Vec::new();
        write_rows(cells, &Scope::of(&machine(), Body(1)), |row| rows.push(row.to_string()));
        rows
    }

    fn read(row: &str) -> Result<Vec<Instruction>, String> {
        let mut cells = Vec::new();
        read_cells(
            read_row(row, Vocabulary::NEWEST)?,
            &Scope::of(&machine(), Body(1)),
            &mut cells,
        )?;
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
    fn plain_integers_are_read_as_any_others() {
        let [least, most] = [INTEGER_MIN.to_string(), INTEGER_MAX.to_string()];
        for row in ["5", "5 -7 0", "-0 007", "1  2", " 1", "1 x", "1 +2", "--3", "", &least, &most]
        {
            let (mut quick, mut slow) = (Vec::new(), Vec::new());
            let is_quick = read_integers(row, &mut quick);
            let is_read =
                read_cells(read_row(row, Vocabulary::NEWEST).unwrap(), &Scope::empty(), &mut slow);
            assert!(!is_quick || is_read.is_ok() && quick == slow, "{row}");
        }
        let over = format!("1 {}", INTEGER_MAX + 1);
        assert!(!read_integers(&over, &mut Vec::new()));
    }

    #[test]
    fn mistakes_are_named() {
        assert!(read("1 [ 2 ]").unwrap_err().contains("a separate body"));
        assert!(read("@300").unwrap_err().contains("no body starts at 300"));
        assert!(read("asign: i").unwrap_err().contains("did you mean"));
        let values = |row| read_values(row, &Scope::empty(), &mut Vec::new()).unwrap_err();
        assert!(values("1 +").contains("`+` is not a value"));
        assert!(values("1 x").contains("`x` is not a value"));
        assert!(values("assign: x").contains("`assign: x` is not a value"));
    }
}
