//! Cells as words.
//!
//! A cell is written in its short form if that reads back as the same cell, otherwise in its long form
//! (`prim: dup`, `call: i`). Blocks of a fragment are not words: they are printed with their brackets.

use super::number::number;
use super::token::Prefix;
use crate::program::scope::Scope;
use crate::vm::index::BodyId;
use crate::vm::instruction::{Fragment, Instruction, Primitive};
use crate::vm::spelling::{BREAKPOINT, SHOWN, Value, long_form};
use crate::vm::vocabulary::Vocabulary;
use std::collections::HashSet;

/// A cell of a machine as a word that reads back as the same cell.
pub(in crate::program) fn exact(cell: &Instruction, scope: &Scope<'_>) -> String {
    one(cell, scope, Style::Exact)
}

/// A cell of a machine for drawing.
pub(in crate::program) fn short(cell: &Instruction, scope: &Scope<'_>) -> String {
    one(cell, scope, Style::Short)
}

/// A cell of a machine as the expectations of recordings spell it.
pub(in crate::program) fn expected(cell: &Instruction, scope: &Scope<'_>) -> String {
    one(cell, scope, Style::Expected)
}

fn one(cell: &Instruction, scope: &Scope<'_>, style: Style) -> String {
    let mut text = String::new();
    Words { scope, own: HashSet::new(), functions: None, style }.write(cell, &mut text);
    text
}

/// What a word is for.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Style {
    /// For editing: reads back as the same cell.
    Exact,
    /// For drawing: a long text is cut, a missing name has a question mark, and an empty cell has no
    /// text.
    Short,
    /// For a recording, whose format fixes this: whether a name is a local of the function is not
    /// looked up, and the frame of a block is left out.
    Expected,
}

/// Writes cells as words.
pub(super) struct Words<'a, 'm> {
    scope: &'a Scope<'m>,
    /// Locals that the code assigns itself.
    own: HashSet<&'a str>,
    /// The functions that are defined in the same text.
    functions: Option<&'a HashSet<&'a str>>,
    style: Style,
}

impl<'a, 'm> Words<'a, 'm> {
    /// The exact words of a piece of code.
    pub(super) fn of(code: &'a Fragment, scope: &'a Scope<'m>) -> Words<'a, 'm> {
        let assigned = code.bodies.iter().flatten().filter_map(Instruction::assigned);
        Words { scope, own: assigned.collect(), functions: None, style: Style::Exact }
    }

    /// The same in a text that defines these functions.
    pub(super) fn beside(self, functions: &'a HashSet<&'a str>) -> Words<'a, 'm> {
        Words { functions: Some(functions), ..self }
    }

    /// The exact words of single cells.
    pub(super) fn of_cells(scope: &'a Scope<'m>) -> Words<'a, 'm> {
        Words { scope, own: HashSet::new(), functions: None, style: Style::Exact }
    }

    pub(super) fn write(&self, cell: &Instruction, into: &mut String) {
        use Instruction as I;
        let limit = (self.style == Style::Short).then_some(SHOWN);
        match cell {
            I::Integer(value) => Value::Integer(*value).spell(None, into),
            I::Text(text) => Value::Text(text).spell(limit, into),
            I::Address(body) => Value::Address(self.scope.start(*body)).spell(None, into),
            I::BlockValue(block, home) => {
                let start = self.scope.start(BodyId::Code(*block));
                match self.style {
                    Style::Exact | Style::Short => Value::Block(start, *home),
                    Style::Expected => Value::Address(start),
                }
                .spell(None, into);
            }
            I::Task(task) => Value::Task(*task).spell(None, into),
            I::Pick(name) if self.is_short_pick(name) => into.push_str(name),
            I::Call(name) | I::Hole(name) if self.is_short_call(cell, name) => into.push_str(name),
            I::Breakpoint => self.write_plain(self.empty(), into),
            I::Primitive(primitive) => self.write_plain(primitive.name(), into),
            I::Call(_)
            | I::Hole(_)
            | I::Pick(_)
            | I::PushFunction(_)
            | I::FunctionHole(_)
            | I::Assign(_)
            | I::SetGlobal(_)
            | I::GetGlobal(_)
            | I::Label(_)
            | I::Block(_) => {
                let long = long_form(cell);
                into.extend(long.expect("a block of a fragment is printed with its brackets"));
            }
        }
        let is_marked = self.style != Style::Exact;
        if is_marked && matches!(cell, I::Hole(_) | I::FunctionHole(_)) {
            into.push('?');
        }
    }

    /// Writes the word of an instruction, with its prefix where a name of the program hides it.
    fn write_plain(&self, name: &str, into: &mut String) {
        let is_hidden = self.is_local(name) || self.is_function(name);
        if is_hidden && self.style != Style::Expected {
            into.push_str(Prefix::Primitive.word());
            into.push(' ');
        }
        into.push_str(name);
    }

    fn is_short_pick(&self, name: &str) -> bool {
        match self.style {
            Style::Exact | Style::Short => self.is_local(name) && !is_number(name),
            Style::Expected => !is_first_instruction(name),
        }
    }

    fn is_short_call(&self, cell: &Instruction, name: &str) -> bool {
        match self.style {
            Style::Exact | Style::Short => {
                let is_call = self.is_function(name) || !is_instruction(name);
                is_call && !self.is_local(name) && !is_number(name)
            }
            Style::Expected => matches!(cell, Instruction::Hole(_)) || !is_first_instruction(name),
        }
    }

    fn is_local(&self, name: &str) -> bool {
        self.own.contains(name) || self.scope.is_local(name)
    }

    fn is_function(&self, name: &str) -> bool {
        self.functions.is_some_and(|functions| functions.contains(name))
            || self.scope.is_function(name)
    }

    fn empty(&self) -> &'static str {
        match self.style {
            Style::Exact => BREAKPOINT,
            Style::Short => "",
            Style::Expected => "·",
        }
    }
}

fn is_instruction(name: &str) -> bool {
    name == BREAKPOINT || Primitive::find(name).is_some()
}

/// Whether it was an instruction from the start: expectations never change when instructions are added.
fn is_first_instruction(name: &str) -> bool {
    name == BREAKPOINT || Primitive::find_in(name, Vocabulary::One).is_some()
}

/// Whether a name without a prefix would be a number.
fn is_number(name: &str) -> bool {
    number(name, Vocabulary::NEWEST).is_some()
}
