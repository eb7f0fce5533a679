//! The values of the expressions that were executed before the counter and are still on the stack.
//!
//! How code is printed says which these are: an expression that is not yet part of a statement has left its
//! values there. They are found from the top of the stack down, as far as it is known how many values each
//! expression leaves.

use std::ops::Range;

use super::text::{Line, Token, TokenKind};
use crate::program::comment::Comments;
use crate::program::effect::{StackEffect, StackEffects};
use crate::program::listing::fragment_with_bodies;
use crate::program::scope::Scope;
use crate::program::source;
use crate::view::stacks::{self, ValueRow};
use crate::vm::instruction::{Fragment, Instruction};
use crate::vm::machine::Machine;
use crate::vm::memory::Place;
use crate::vm::spelling::clip;

/// The most expressions that are shown. Nobody reads more behind a line.
const SHOWN: usize = 6;
/// The most characters of one.
const LONG: usize = 40;
/// The most cells before the counter that are looked at.
const CELLS: usize = 20_000;

/// An expression whose value is on the parameter stack.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Known {
    /// Its text.
    pub text: String,
    /// Its value.
    pub value: String,
}

/// The expressions before the counter whose values are on the stack, the topmost last.
pub fn known(machine: &Machine, effects: &StackEffects) -> Vec<Known> {
    let counter = machine.task().counter();
    let used = machine.memory().code(counter.body).map_or(0, |code| code.used().len());
    if used > CELLS {
        return Vec::new();
    }
    let (code, _) = fragment_with_bodies(machine, counter.body);
    let done = 0..counter.offset.index().min(code.bodies[0].len());
    let pending = source::pending(0, done, &code, &Comments::default(), effects);
    let scope = Scope::of(machine, counter.body);
    let mut found = Vec::new();
    let mut taken = 0;
    for tree in pending.iter().rev().take(SHOWN) {
        let Some(gives) = tree.gives else { break };
        let values = stacks::parameters(machine, taken + gives).values;
        let Some(values) = values.get(taken..).filter(|values| values.len() == gives) else {
            break;
        };
        taken += gives;
        let cells = &code.bodies[0][tree.cells.clone()];
        let has_block = cells.iter().any(|cell| matches!(cell, Instruction::Block(_)));
        let is_plain = matches!(cells, [Instruction::Integer(_) | Instruction::Text(_)]);
        if gives == 0 || has_block || is_plain || cells.len() > LONG {
            continue;
        }
        let values: Vec<&str> = values.iter().rev().map(|value| value.label.as_str()).collect();
        let code = Fragment::line(cells.to_vec());
        let printed = source::main(&code, &Comments::default(), effects, &scope);
        let text = clip(printed.text.trim(), LONG).into_owned();
        found.push(Known { text, value: values.join(" ") });
    }
    found.reverse();
    found
}

/// The values that `_` stands for in the line of the counter, as far as it is known how many values the rest of
/// the line takes.
pub fn taken(machine: &Machine, effects: &StackEffects, line: &Line) -> Vec<Known> {
    let counter = machine.task().counter();
    let here = |token: &Token| token.place.filter(|place| place.body == counter.body);
    let offsets = || line.tokens.iter().filter_map(here).map(|place| place.offset.index());
    let marks = line.tokens.iter().filter(|token| token.kind == TokenKind::Stack).count();
    let (Some(first), Some(last)) = (offsets().min(), offsets().max()) else { return Vec::new() };
    let at = counter.offset.index();
    if marks == 0 || at > last || last > CELLS {
        return Vec::new();
    }
    let rest =
        (at..=last).map(|offset| machine.instruction(Place::new(counter.body, offset as u32)));
    let Some(needed) = needed(rest, effects) else { return Vec::new() };
    let Some(own) = own(machine, effects, first..at) else { return Vec::new() };
    let count = needed.saturating_sub(own);
    let values = stacks::parameters(machine, own + count).values;
    if count > marks || values.len() < own + count {
        return Vec::new();
    }
    let known = |value: &ValueRow| Known { text: "_".to_owned(), value: value.label.to_string() };
    values[own..].iter().rev().map(known).collect()
}

/// How many of the values that are on the stack now these cells take; none if that is not known.
fn needed(cells: impl Iterator<Item = Instruction>, effects: &StackEffects) -> Option<usize> {
    let (mut height, mut lowest) = (Some(0i64), 0i64);
    for cell in cells {
        let StackEffect { takes, gives } = effects.of_cell(&cell)?;
        // After a cell that leaves an unknown number of values, nothing is known.
        let below = height? - takes as i64;
        lowest = lowest.min(below);
        height = gives.map(|gives| below + gives as i64);
    }
    Some(lowest.unsigned_abs() as usize)
}

/// How many values these cells, which were executed, have left on the stack; none if that is not known.
fn own(machine: &Machine, effects: &StackEffects, cells: Range<usize>) -> Option<usize> {
    let (code, _) = fragment_with_bodies(machine, machine.task().counter().body);
    let done = 0..cells.end.min(code.bodies[0].len());
    let pending = source::pending(0, done, &code, &Comments::default(), effects);
    let of_line = pending.iter().rev().take_while(|tree| tree.cells.start >= cells.start);
    of_line.map(|tree| tree.gives).sum()
}
