//! What can be read as source and was probably meant otherwise, because Python means something else by it: a block
//! without lines, and brackets as a list.

use std::collections::{BTreeMap, HashMap, HashSet};

use super::tree::hangs;
use crate::program::diagnostic::{Diagnostic, quoted};
use crate::program::listing::Program;
use crate::program::span::{CellSpan, Read};
use crate::vm::instruction::{Fragment, Instruction, Primitive};

/// What was probably meant otherwise in a program, in the order of its text.
pub fn doubts(read: &Read<Program>, text: &str) -> Vec<Diagnostic> {
    let program = &read.cells;
    let code = |definition: Option<usize>| match definition {
        Some(number) => &program.definitions[number].code,
        None => &program.main,
    };
    // Where a local is spelled that is only ever a block, by where its word ends.
    let mut blocks: BTreeMap<usize, &str> = BTreeMap::new();
    let mut only: HashMap<Option<usize>, HashSet<&str>> = HashMap::new();
    for cell in &read.spans {
        if let Instruction::Pick(name) = instruction(code(cell.definition), cell) {
            let names = only.entry(cell.definition);
            if names.or_insert_with(|| only_blocks(code(cell.definition))).contains(&**name) {
                blocks.insert(cell.span.end, name);
            }
        }
    }
    let doubt = |cell: &CellSpan| {
        let code = code(cell.definition);
        let word = &text[cell.span.start..cell.span.end];
        match instruction(code, cell) {
            Instruction::Block(block)
                if word == ":"
                    && code.bodies[*block as usize].is_empty()
                    && hangs_here(&code.bodies[cell.body][cell.index + 1..]) =>
            {
                let message = "no lines belong to this block: whoever comes to it waits there";
                let help = "the lines of a block are indented; `end()` does nothing";
                Some(Diagnostic::new(cell.span, message).help(help))
            }
            Instruction::Primitive(Primitive::MemoryGet) => {
                Some(no_data(cell, blocks.get(&cell.span.start)?))
            }
            Instruction::Primitive(Primitive::MemorySet) => {
                // It owns the `=`, and the name is before that.
                let (&end, name) = blocks.range(..cell.span.start).next_back()?;
                let between = &text.as_bytes()[end..cell.span.start];
                let is_index = between.first() == Some(&b'[') && between.len() < NEAR;
                let is_same = is_index && !between.iter().any(|byte| b"\n;".contains(byte));
                is_same.then(|| no_data(cell, name))
            }
            _ => None,
        }
    };
    read.spans.iter().filter_map(doubt).collect()
}

/// Whether what comes behind a block runs it.
fn hangs_here(behind: &[Instruction]) -> bool {
    let runs = |cell: Option<&Instruction>| matches!(cell, Some(Instruction::Primitive(primitive)) if hangs(*primitive));
    let is_block = matches!(behind.first(), Some(Instruction::Block(_)));
    runs(behind.first()) || is_block && runs(behind.get(1))
}

/// How far the `=` of an index may be from its name.
const NEAR: usize = 200;

fn no_data(cell: &CellSpan, name: &str) -> Diagnostic {
    let name = quoted(name);
    let message = format!("{name} is a block here, code that can be run, and has no cells");
    Diagnostic::new(cell.span, message).help("`list = allocate(3)` makes data with three cells")
}

fn instruction<'c>(code: &'c Fragment, cell: &CellSpan) -> &'c Instruction {
    &code.bodies[cell.body][cell.index]
}

/// The locals that get nothing but blocks.
fn only_blocks(code: &Fragment) -> HashSet<&str> {
    let (mut blocks, mut others) = (HashSet::new(), HashSet::new());
    for body in &code.bodies {
        let befores = [None].into_iter().chain(body.iter().map(Some));
        for (cell, before) in body.iter().zip(befores) {
            let Instruction::Assign(name) = cell else { continue };
            match before {
                Some(Instruction::Block(_)) => blocks.insert(&**name),
                Some(_) | None => others.insert(&**name),
            };
        }
    }
    blocks.retain(|name| !others.contains(name));
    blocks
}
