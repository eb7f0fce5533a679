//! Cells as text and text as cells, in a notation that can be chosen.
//!
//! Everything that shows, edits, copies, saves or prints code goes through [`Notation`], so each cell has
//! one spelling. A notation keeps one promise: what it prints reads back as the same cells in the same
//! scope. Each cell owns a span of the text. No byte has two owners; brackets, spaces and comments may
//! have none.
//!
//! Another notation is another variant here and another folder beside [`super::forth`] and [`super::source`].

use super::cell_text::{Label, Source};
use super::comment::Comments;
use super::diagnostic::{Diagnostics, Span};
use super::effect::StackEffects;
use super::forth;
use super::listing::Program;
use super::scope::Scope;
use super::source;
use super::span::{Printed, Read};
use super::starts::ProgramStarts;
use crate::vm::instruction::{Fragment, Instruction};
use crate::vm::space::Address;

/// The longest program text, in bytes: 64 MiB. Check the size of a file before reading it.
pub const SOURCE_BYTES: usize = 64 << 20;

/// A way to write code. Recordings and image files always use [`Notation::Forth`].
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
#[cfg_attr(feature = "desk", derive(serde::Serialize, serde::Deserialize))]
pub enum Notation {
    /// One word for each cell, blocks in brackets.
    #[default]
    Forth,
    /// Indented source.
    Source,
}

impl Notation {
    /// Reads a whole program.
    ///
    /// # Errors
    /// All its mistakes.
    pub fn read_program(self, text: &str) -> Result<Read<Program>, Diagnostics> {
        match self {
            Notation::Forth => forth::read_program(text, &Scope::empty()),
            Notation::Source => source::read_program(text, &Scope::empty()).map(|(read, _)| read),
        }
    }

    /// Reads a whole program as [`Notation::read_program`] does, with only the starts of its cells, because
    /// spans take more room than the cells. The scope holds the functions that are known besides its own.
    ///
    /// # Errors
    /// All its mistakes.
    pub fn read_code(
        self,
        text: &str,
        scope: &Scope<'_>,
    ) -> Result<(Program, ProgramStarts), Diagnostics> {
        match self {
            Notation::Forth => forth::read_code(text, scope),
            Notation::Source => {
                let (read, starts) = source::read_program(text, scope)?;
                Ok((read.cells, starts))
            }
        }
    }

    /// Reads what is typed at a cell: words and whole blocks, no definition. No `end` is added after the
    /// last word.
    ///
    /// # Errors
    /// All its mistakes, or the addresses at which no body starts.
    pub fn read_line(self, text: &str, scope: &Scope<'_>) -> Result<Read<Fragment>, Diagnostics> {
        match self {
            Notation::Forth => forth::read_line(text, scope.vocabulary())?.resolve(scope),
            Notation::Source => source::read_line(text, scope),
        }
    }

    /// A program as text.
    pub fn print_program(self, program: &Program, scope: &Scope<'_>) -> Printed {
        match self {
            Notation::Forth => forth::print::program(program, scope),
            Notation::Source => {
                source::print_program(program, &StackEffects::of_program(program), scope)
            }
        }
    }

    /// A program as text as [`Notation::print_program`] has it, without the spans of its cells, which take more room
    /// than the text.
    pub fn print_text(self, program: &Program, scope: &Scope<'_>) -> String {
        match self {
            Notation::Forth => forth::print::program_text(program, scope),
            Notation::Source => self.print_program(program, scope).text,
        }
    }

    /// Code as it is typed at a cell: in [`Notation::Forth`] one line.
    pub fn print_line(self, code: &Fragment, scope: &Scope<'_>) -> Printed {
        match self {
            Notation::Forth => forth::print::line(code, scope),
            Notation::Source => {
                source::main(code, &Comments::default(), &StackEffects::default(), scope)
            }
        }
    }

    /// The exact text of a cell of a machine; for a block, its address.
    pub fn source(self, cell: &Instruction, scope: &Scope<'_>) -> Source {
        match (self, cell) {
            (Notation::Forth | Notation::Source, Instruction::Text(text)) => {
                Source::text(text.clone())
            }
            (Notation::Source, cell) => {
                let line = Fragment::line(vec![cell.clone()]);
                Source::words(self.print_line(&line, scope).text.trim_end().to_owned())
            }
            (Notation::Forth, cell) => Source::words(forth::word::exact(cell, scope)),
        }
    }

    /// The short text of a cell of a machine: like the source, but a missing name has a question mark, a
    /// long text is cut, and an empty cell has no text.
    pub fn label(self, cell: &Instruction, scope: &Scope<'_>) -> Label {
        match self {
            Notation::Forth | Notation::Source => Label::new(forth::word::short(cell, scope)),
        }
    }

    /// The comments of a program text, without their `#`, in their order; of a text with mistakes, those that can be
    /// told.
    pub fn comments_in(self, text: &str) -> Vec<Span> {
        match self {
            Notation::Forth => forth::comments(text),
            Notation::Source => source::comments(text),
        }
    }

    /// The addresses that a line names, in their order; in a line with mistakes, the valid ones.
    pub fn addresses(self, line: &str) -> Vec<Address> {
        match self {
            Notation::Forth | Notation::Source => forth::addresses(line),
        }
    }
}

/// A cell of a machine as the expectations of recordings spell it: part of their format, version 1.
/// Shorter than the source: a local and a call look the same, a missing name has a question mark, and
/// an empty cell is a dot.
pub fn expected(cell: &Instruction, scope: &Scope<'_>) -> String {
    forth::word::expected(cell, scope)
}
