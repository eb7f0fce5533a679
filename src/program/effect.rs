//! Stack effects: how many values code takes from the parameter stack, and how many it leaves there.
//!
//! An instruction says it in its table; for a function it is found out from its cells. It may be unknown, for
//! example while the function is not finished. Nothing relies on an effect being right: it decides how
//! code is shown and what is warned about, never what it does.

mod infer;
pub mod oddities;
mod outline;
mod walk;

use std::collections::HashMap;
use std::sync::LazyLock;

use crate::vm::instruction::{Instruction, Primitive};

/// How many values are taken and given.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct StackEffect {
    /// How many values it takes from the stack.
    pub takes: usize,
    /// How many it leaves there; `None` if that is not known, or not always the same.
    pub gives: Option<usize>,
}

impl StackEffect {
    /// The effect of taking and giving so many values.
    pub const fn new(takes: usize, gives: usize) -> StackEffect {
        StackEffect { takes, gives: Some(gives) }
    }

    /// The effect of an instruction; `None` for `call`, which may run anything.
    pub fn of_primitive(primitive: Primitive) -> Option<StackEffect> {
        // Asked for every cell that is printed, so the table is read once.
        static EFFECTS: LazyLock<Vec<Option<StackEffect>>> =
            LazyLock::new(|| Primitive::ALL.iter().copied().map(StackEffect::of_row).collect());
        EFFECTS[primitive as usize]
    }

    fn of_row(primitive: Primitive) -> Option<StackEffect> {
        use Primitive as P;
        let row = primitive.row();
        let takes = row.takes.len();
        if primitive == P::Call {
            return None;
        }
        // The blocks of loops usually leave nothing, besides the flag that is taken again.
        if matches!(primitive, P::RepeatIf | P::While | P::Times | P::Repeat) {
            return Some(StackEffect::new(takes, 0));
        }
        let given = row.effect.trim_end_matches(')').rsplit("--").next().unwrap_or_default();
        let is_unknown = given.contains("...") || given.contains('|');
        let gives = (!is_unknown).then(|| given.split_whitespace().count());
        Some(StackEffect { takes, gives })
    }
}

/// An instruction that hands over values to another task, as many as a number below its other operands says.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct Transfer {
    /// How many operands it has, the number being the lowest.
    operands: usize,
    /// How many values it leaves, if that is known.
    gives: Option<usize>,
}

impl Transfer {
    fn of(primitive: Primitive) -> Option<Transfer> {
        use Primitive as P;
        let is_transfer =
            matches!(primitive, P::TaskYield | P::TaskResume | P::TaskYieldTo | P::TaskSpawn);
        let gives = (primitive == P::TaskSpawn).then_some(1);
        is_transfer.then(|| Transfer { operands: primitive.row().takes.len(), gives })
    }

    /// The effect if it stands after these cells, and the number is one of them.
    fn after(self, before: &[Instruction]) -> Option<StackEffect> {
        let at = before.len().checked_sub(self.operands)?;
        let Instruction::Integer(count @ 0..=MOST_HANDED) = before[at] else { return None };
        let is_value = |cell: &Instruction| {
            use Instruction as I;
            matches!(
                cell,
                I::Block(_)
                    | I::PushFunction(_)
                    | I::FunctionHole(_)
                    | I::Pick(_)
                    | I::GetGlobal(_)
            )
        };
        let is_known = before[at + 1..].iter().all(is_value);
        let takes = self.operands + count as usize;
        is_known.then_some(StackEffect { takes, gives: self.gives })
    }
}

/// The most values that are handed over to a task.
const MOST_HANDED: i64 = 255;

/// The stack effects of functions, by name. A function that is not among them has an unknown effect.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct StackEffects(HashMap<Box<str>, Function>);

/// What is known about a function.
#[derive(Clone, Debug, PartialEq, Eq)]
struct Function {
    effect: StackEffect,
    /// The names of the topmost values that it takes.
    parameters: Box<[Box<str>]>,
}

impl StackEffects {
    /// The effect of a function; `None` if nothing is known about it.
    pub fn of_function(&self, name: &str) -> Option<StackEffect> {
        self.0.get(name).map(|function| function.effect)
    }

    /// The names that a function gives to what it takes, the topmost last. It may take further values, which are
    /// below these.
    pub fn parameters_of(&self, name: &str) -> &[Box<str>] {
        self.0.get(name).map_or(&[], |function| &function.parameters)
    }

    /// Takes for granted that a function of which nothing is known takes so many values.
    pub fn suppose(&mut self, name: &str, takes: usize) {
        if !self.0.contains_key(name) {
            let effect = StackEffect { takes, gives: None };
            self.0.insert(name.into(), Function { effect, parameters: Box::default() });
        }
    }

    /// The effect of a function as it is shown: `( i -- value )`, `( a b -- 2 values )`, `( i -- ? )`; empty if
    /// nothing is known about it.
    pub fn words(&self, name: &str) -> String {
        let Some(Function { effect, parameters }) = self.0.get(name) else {
            return String::new();
        };
        let mut words = vec!["("];
        let unnamed = counted(effect.takes.saturating_sub(parameters.len()));
        words.extend(unnamed.as_deref());
        words.extend(parameters.iter().map(|name| &**name));
        words.push("--");
        let given = effect.gives.map_or_else(|| Some("?".to_owned()), counted);
        words.extend(given.as_deref());
        words.push(")");
        words.join(" ")
    }

    /// The effect of the cell at an index of a body. With the number before it, a transfer of values between tasks
    /// is known better: `5 6 2 task.yield` takes all three.
    pub fn of_cell_at(&self, cells: &[Instruction], at: usize) -> Option<StackEffect> {
        let transfer = |primitive| Transfer::of(primitive)?.after(&cells[..at]);
        match cells[at] {
            Instruction::Primitive(primitive) => {
                transfer(primitive).or(StackEffect::of_primitive(primitive))
            }
            _ => self.of_cell(&cells[at]),
        }
    }

    /// The effect of a cell by itself; `None` if it is not known how many values it takes.
    pub fn of_cell(&self, cell: &Instruction) -> Option<StackEffect> {
        use Instruction as I;
        match cell {
            I::Primitive(primitive) => StackEffect::of_primitive(*primitive),
            I::Call(name) | I::Hole(name) => self.of_function(name),
            I::Label(_) => Some(StackEffect::new(0, 0)),
            I::Assign(_) | I::SetGlobal(_) => Some(StackEffect::new(1, 0)),
            I::Integer(_)
            | I::Text(_)
            | I::Block(_)
            | I::Address(_)
            | I::BlockValue(..)
            | I::Task(_)
            | I::PushFunction(_)
            | I::FunctionHole(_)
            | I::Pick(_)
            | I::GetGlobal(_)
            | I::Breakpoint => Some(StackEffect::new(0, 1)),
        }
    }
}

impl FromIterator<(Box<str>, StackEffect)> for StackEffects {
    fn from_iter<T: IntoIterator<Item = (Box<str>, StackEffect)>>(effects: T) -> StackEffects {
        let function = |effect| Function { effect, parameters: Box::default() };
        StackEffects(effects.into_iter().map(|(name, effect)| (name, function(effect))).collect())
    }
}

/// So many values, in words; none if there are none.
fn counted(values: usize) -> Option<String> {
    match values {
        0 => None,
        1 => Some("value".to_owned()),
        _ => Some(format!("{values} values")),
    }
}

#[cfg(test)]
mod tests;
