//! The values of the expressions that were executed before the counter and are still on the stack.
//!
//! How code is printed says which these are: an expression that is not yet part of a statement has left its
//! values there. They are found from the top of the stack down, as far as it is known how many values each
//! expression leaves.

use crate::program::comment::Comments;
use crate::program::effect::StackEffects;
use crate::program::listing::fragment_with_bodies;
use crate::program::scope::Scope;
use crate::program::source;
use crate::view::stacks;
use crate::vm::instruction::{Fragment, Instruction};
use crate::vm::machine::Machine;
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
