//! Programs: code without a machine, and the code of a machine as a program.
//!
//! A program is the code that can be reached from `main` and the functions. A replaced function in which
//! live activations still finish, and a block that no cell refers to, are state of one image. At most one
//! cell refers to a block, so what is reached is a tree.

use super::comment::Comments;
use crate::vm::cell::Content;
use crate::vm::index::Body;
use crate::vm::instruction::{Fragment, Instruction};
use crate::vm::machine::Machine;
use crate::vm::memory::{BodyKind, MAIN, Memory};
use std::collections::HashMap;

/// The code of a program text.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Program {
    /// Everything outside definitions.
    pub main: Fragment,
    /// The comments of main.
    pub main_comments: Comments,
    /// The definitions in their order. No two have the same name, and none is named `main`.
    pub definitions: Vec<Definition>,
}

/// A function by its name.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Definition {
    /// The name of the function.
    pub name: Box<str>,
    /// Its code.
    pub code: Fragment,
    /// The comments of its code.
    pub comments: Comments,
}

/// All code of a machine: main, and its functions in the order of their body numbers.
pub fn program_of(machine: &Machine) -> Program {
    program_with(machine, |_, _| Comments::default())
}

/// As [`program_of`], with the comments of each fragment, of which the bodies of the machine are given.
pub fn program_with(
    machine: &Machine,
    comments: impl Fn(&Fragment, &[Body]) -> Comments,
) -> Program {
    let memory = machine.memory();
    let commented = |body| {
        let (code, bodies) = fragment_with_bodies(machine, body);
        let comments = comments(&code, &bodies);
        (code, comments)
    };
    let mut definitions = Vec::new();
    for (number, body) in memory.code_bodies().filter(|&(number, _)| number != MAIN) {
        if let BodyKind::Function(name) = body.kind {
            let (code, comments) = commented(number);
            definitions.push(Definition { name: memory.name(name).into(), code, comments });
        }
    }
    let (main, main_comments) = commented(MAIN);
    Program { main, main_comments, definitions }
}

/// A code body and its blocks, as the parser would have read them: blocks are numbered in the order of
/// the text, and a called name looks the same whether it is defined or not.
pub fn fragment_of(machine: &Machine, body: Body) -> Fragment {
    fragment_with_bodies(machine, body).0
}

/// As [`fragment_of`]; also returns the body of the machine for each body of the fragment.
pub fn fragment_with_bodies(machine: &Machine, body: Body) -> (Fragment, Vec<Body>) {
    let memory = machine.memory();
    let mut bodies: Vec<Vec<Instruction>> = vec![Vec::new()];
    let mut list = vec![body];
    let mut numbers = HashMap::from([(body, 0)]);
    // A body, its number in the fragment, and how many of its cells are done.
    let mut open = vec![(body, 0, 0)];
    while let Some((body, number, done)) = open.pop() {
        let Some(&cell) = memory.code(body).and_then(|code| code.used().get(done)) else {
            continue;
        };
        open.push((body, number, done + 1));
        let instruction = if let Content::Address(block) = cell.content()
            && is_block(memory, block)
            && !numbers.contains_key(&block)
        {
            let inner = bodies.len();
            numbers.insert(block, inner);
            bodies.push(Vec::new());
            list.push(block);
            open.push((block, inner, 0));
            Instruction::Block(inner as u32)
        } else {
            match machine.spell(cell) {
                Instruction::Hole(name) => Instruction::Call(name),
                Instruction::FunctionHole(name) => Instruction::PushFunction(name),
                other => other,
            }
        };
        bodies[number].push(instruction);
    }
    (Fragment { bodies }, list)
}

/// The bodies of a machine that hold the bodies of a fragment, with their numbers in the fragment.
pub fn bodies_of(machine: &Machine, body: Body, fragment: &Fragment) -> Vec<(usize, Body)> {
    let mut bodies = vec![(0, body)];
    let mut done = 0;
    while let Some(&(number, body)) = bodies.get(done) {
        done += 1;
        let cells = machine.memory().code(body).expect("it was just written").used();
        for (cell, instruction) in cells.iter().zip(&fragment.bodies[number]) {
            if let (Content::Address(block), Instruction::Block(inner)) =
                (cell.content(), instruction)
            {
                bodies.push((*inner as usize, block));
            }
        }
    }
    bodies
}

fn is_block(memory: &Memory, body: Body) -> bool {
    memory.code(body).is_some_and(|code| matches!(code.kind, BodyKind::Block(_)))
}
