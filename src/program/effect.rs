//! Stack effects: how many values code takes from the parameter stack, and how many it leaves there.
//!
//! An instruction says it in its table; for a function it is found out from its cells. It may be unknown, for
//! example while the function is not finished. Nothing relies on an effect being right: it decides how
//! code is shown and what is warned about, never what it does.

use std::collections::HashMap;

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

/// The stack effects of functions, by name. A function that is not among them has an unknown effect.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct StackEffects(HashMap<Box<str>, StackEffect>);

impl StackEffects {
    /// The effect of a function; `None` if nothing is known about it.
    pub fn of_function(&self, name: &str) -> Option<StackEffect> {
        self.0.get(name).copied()
    }

    /// The effect of a cell in a body; `None` if it is not known how many values it takes.
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
        StackEffects(effects.into_iter().collect())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn instructions_have_the_effects_of_their_table() {
        let of = |name| StackEffect::of_primitive(Primitive::find(name).expect("an instruction"));
        for (name, takes, gives) in [
            ("+", 2, Some(1)),
            ("dup", 1, Some(2)),
            ("drop", 1, Some(0)),
            ("depth", 0, Some(1)),
            ("?dup", 1, None),
            ("if", 2, None),
            ("while", 2, Some(0)),
            ("*/mod", 3, Some(2)),
            ("return", 0, Some(0)),
            ("memory.set", 3, Some(0)),
        ] {
            assert_eq!(of(name), Some(StackEffect { takes, gives }), "{name}");
        }
        assert_eq!(of("call"), None);
    }
}
