//! What is looked for: a text, or a number, which is looked for whole.

use std::collections::HashMap;
use std::rc::Rc;

use crate::program::notation::Notation;
use crate::program::scope::Scope;
use crate::vm::cell::{Cell, Content};
use crate::vm::instruction::Instruction;
use crate::vm::machine::Machine;

/// What is looked for.
#[derive(Clone, Debug)]
pub struct Query {
    text: String,
    /// The text as a number: 4 does not find 42, nor a block at 140.
    number: Option<i64>,
    /// Whether it begins and ends with a number, and so not within another one.
    begins_with_number: bool,
    ends_with_number: bool,
    /// Whether it has several words, and so may go over several cells.
    is_several: bool,
    /// What is known of cells that are neither numbers nor values of an earlier state.
    known: HashMap<Cell, bool>,
    spelled: HashMap<Cell, Rc<str>>,
}

impl Query {
    /// Blanks around the text do not count.
    pub fn new(text: &str) -> Query {
        let text = text.trim();
        let is_number = |word: Option<&str>| word.is_some_and(|word| word.parse::<i64>().is_ok());
        Query {
            text: text.to_owned(),
            number: text.parse().ok(),
            begins_with_number: is_number(text.split_whitespace().next()),
            ends_with_number: is_number(text.split_whitespace().next_back()),
            is_several: text.contains(char::is_whitespace),
            known: HashMap::new(),
            spelled: HashMap::new(),
        }
    }

    /// Whether nothing is looked for.
    pub fn is_empty(&self) -> bool {
        self.text.is_empty()
    }

    /// How many bytes the text has.
    pub fn len(&self) -> usize {
        self.text.len()
    }

    /// Where a text has it, from a byte on; upper and lower case of ASCII are the same.
    pub fn find(&self, text: &str, from: usize) -> Option<usize> {
        let (text, wanted) = (text.as_bytes(), self.text.as_bytes());
        if wanted.is_empty() {
            return Some(from);
        }
        let mut parts = text.get(from..)?.windows(wanted.len());
        parts.position(|part| part.eq_ignore_ascii_case(wanted)).map(|at| from + at)
    }

    /// As [`Query::find`], but numbers are whole.
    pub fn find_whole(&self, text: &str, from: usize) -> Option<usize> {
        let is_digit = |at: Option<usize>| {
            at.and_then(|at| text.as_bytes().get(at)).is_some_and(u8::is_ascii_digit)
        };
        let mut from = from;
        loop {
            let at = self.find(text, from)?;
            let cut = self.begins_with_number && is_digit(at.checked_sub(1))
                || self.ends_with_number && is_digit(Some(at + self.text.len()));
            if !cut {
                return Some(at);
            }
            from = at + 1;
        }
    }

    /// Whether a text has it.
    pub fn is_in(&self, text: &str) -> bool {
        self.find_whole(text, 0).is_some()
    }

    /// Whether a cell says it, in one of the notations.
    pub fn says(&mut self, machine: &Machine, cell: Cell) -> bool {
        if let Content::Integer(number) = cell.content() {
            return self.number == Some(number) || self.text.is_empty();
        }
        if let Some(&known) = self.known.get(&cell) {
            return known;
        }
        let says = match machine.spell(cell) {
            Instruction::Text(text) => self.is_in(&text),
            spelled => {
                let scope = Scope::outside(machine);
                let text = |notation: Notation| String::from(notation.source(&spelled, &scope));
                [Notation::Forth, Notation::Source].iter().any(|each| self.is_in(&text(*each)))
            }
        };
        self.known.insert(cell, says);
        says
    }

    /// Whether a line of cells, as the notation of cells has it, says it from within the first cell on.
    pub fn begins_in(&mut self, machine: &Machine, cells: &[Cell]) -> bool {
        let Some(&first) = cells.first().filter(|_| self.is_several) else { return false };
        let mut line = self.spelled(machine, first).to_string();
        let first = line.len();
        for &cell in &cells[1..] {
            if line.len() >= first + self.text.len() {
                break;
            }
            line.push(' ');
            line += &self.spelled(machine, cell);
        }
        self.find_whole(&line, 0).is_some_and(|at| at < first)
    }

    fn spelled(&mut self, machine: &Machine, cell: Cell) -> Rc<str> {
        if let Some(known) = self.spelled.get(&cell) {
            return Rc::clone(known);
        }
        let text: Rc<str> = match machine.spell(cell) {
            // Outside a function, `i` would be spelled `pick:i`.
            Instruction::Pick(name) => name.to_string().into(),
            spelled => {
                String::from(Notation::Forth.source(&spelled, &Scope::outside(machine))).into()
            }
        };
        self.spelled.insert(cell, Rc::clone(&text));
        text
    }
}
