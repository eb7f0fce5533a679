//! Cells as text and text as cells, in a notation that can be chosen.
//!
//! Whoever shows, edits, copies, saves or prints code goes through [`Notation`], so there is one
//! spelling of each cell. A notation keeps one promise: what it prints it reads back as the same
//! cells, in the scope it was printed in. Each cell owns a span of the text, and no byte has two
//! owners; brackets, spaces and comments may have none.
//!
//! A second notation is another variant here and another folder beside [`super::forth`].

use super::diagnostic::Diagnostics;
use super::forth;
use super::listing::{Program, program_of};
use super::scope::Scope;
use super::source::{Label, Source};
use super::span::{Printed, Read};
use crate::vm::instruction::{Fragment, Instruction};
use crate::vm::machine::Machine;
use crate::vm::space::Address;

/// The longest program text, in bytes: 64 MiB. Whoever reads a file checks it before reading.
pub const SOURCE_BYTES: usize = 64 << 20;

/// A way to write code. Recordings and image files are in [`Notation::Forth`] whatever is shown.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Notation {
    /// One word a cell, blocks in brackets.
    #[default]
    Forth,
}

impl Notation {
    /// Reads a whole program.
    ///
    /// # Errors
    /// All that is wrong with it.
    pub fn read_program(self, text: &str) -> Result<Read<Program>, Diagnostics> {
        match self {
            Notation::Forth => forth::read_program(text),
        }
    }

    /// Reads what is typed at a cell: words and whole blocks, no definition. No `end` is written after
    /// the last word.
    ///
    /// # Errors
    /// All that is wrong with it, or the addresses at which no body starts.
    pub fn read_line(self, text: &str, scope: &Scope<'_>) -> Result<Read<Fragment>, Diagnostics> {
        match self {
            Notation::Forth => forth::read_line(text)?.resolve(scope),
        }
    }

    /// A program as text.
    pub fn print_program(self, program: &Program, scope: &Scope<'_>) -> Printed {
        match self {
            Notation::Forth => forth::print::program(program, scope),
        }
    }

    /// The program of a machine as text: its functions in the order of their body numbers, then main.
    pub fn print_machine(self, machine: &Machine) -> Printed {
        self.print_program(&program_of(machine), &Scope::outside(machine))
    }

    /// Code as one line, as it is typed at a cell.
    pub fn print_line(self, code: &Fragment, scope: &Scope<'_>) -> Printed {
        match self {
            Notation::Forth => forth::print::line(code, scope),
        }
    }

    /// The exact text of a cell of a machine; of a block, its address.
    pub fn source(self, cell: &Instruction, scope: &Scope<'_>) -> Source {
        match (self, cell) {
            (Notation::Forth, Instruction::Text(text)) => Source::text(text.clone()),
            (Notation::Forth, cell) => Source::words(forth::word::exact(cell, scope)),
        }
    }

    /// The short text of a cell of a machine: as the source, with a question mark after what is
    /// missing, a long text cut, and nothing for an empty cell.
    pub fn label(self, cell: &Instruction, scope: &Scope<'_>) -> Label {
        match self {
            Notation::Forth => Label::new(forth::word::short(cell, scope)),
        }
    }

    /// The addresses that a line names, in their order; of a line with mistakes, those that are right.
    pub fn addresses(self, line: &str) -> Vec<Address> {
        match self {
            Notation::Forth => forth::addresses(line),
        }
    }
}

/// A cell of a machine as recordings spell it in what they expect: part of their format, version 1.
/// Shorter than source: a local and a call look the same, a missing name has a question mark, and an
/// empty cell is a dot.
pub fn expected(cell: &Instruction, scope: &Scope<'_>) -> String {
    forth::word::expected(cell, scope)
}
