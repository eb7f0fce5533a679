//! Instructions that a program hides, because a function or local of it has the same name.

use crate::vm::instruction::Primitive;
use crate::vm::machine::Machine;
use crate::vm::memory::Memory;
use crate::vm::spelling::BREAKPOINT;

/// The words of instructions that are names of functions or locals of a machine.
pub fn hidden(machine: &Machine) -> Vec<&'static str> {
    let memory = machine.memory();
    let words = Primitive::ALL.iter().map(|primitive| primitive.name()).chain([BREAKPOINT]);
    // Most machines know none of these names, so code is seldom searched.
    let known = words.filter(|word| memory.knows(word));
    known.filter(|word| memory.function(word).is_some() || is_local(memory, word)).collect()
}

fn is_local(memory: &Memory, name: &str) -> bool {
    let mut locals = memory.code_bodies().flat_map(|(_, code)| code.locals());
    locals.any(|&local| memory.name(local) == name)
}

/// What to tell the user when a name begins to hide an instruction.
pub fn notice(word: &str) -> String {
    format!("`{word}` is a name of this program; the instruction is `prim: {word}`")
}
