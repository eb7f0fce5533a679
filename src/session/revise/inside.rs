//! Going on inside: if the lines around the counter were moved into a block, the innermost activation can enter that
//! block, as if it had been there from the start. By default it goes on after the block, like whoever has passed
//! it.

use super::fate::Positions;
use super::script::Script;
use super::side::Side;
use crate::program::image::Image;
use crate::program::listing::fragment_with_bodies;
use crate::session::command::Command;
use crate::vm::index::{Body, BodyId, FrameId};
use crate::vm::instruction::{Instruction, Primitive};
use crate::vm::memory::Place;

/// The further commands, if the counter can go on in a block; tried on `trial`, in which the rest is done.
pub(super) fn inside(
    mut trial: Image,
    body: Body,
    positions: &Positions,
    script: &Script,
    new: &Side<'_>,
) -> Option<Vec<Command>> {
    let machine = &trial.machine;
    let innermost = machine.task().calls().innermost_id();
    let is_top = |task, frame: FrameId| task == machine.current() && frame == innermost;
    let top = positions.list.iter().find(|position| is_top(position.task, position.frame))?;
    let outer = script.becomes(top.body)?;
    let at = top.place.offset.index();
    let moved = script.links.forward((top.body, at)).or_else(|| {
        // After the last of them.
        let (body, index) = script.links.forward((top.body, at.checked_sub(1)?))?;
        Some((body, index + 1))
    });
    let (block, index) = moved.filter(|&(block, _)| block != outer)?;
    let cells = new.cells(outer);
    let holder = cells
        .iter()
        .position(|cell| matches!(cell, Instruction::Block(inner) if *inner as usize == block))?;
    let bodies = counterparts(&trial, body, new)?;
    let start = |block: usize| machine.memory().start(BodyId::Code(bodies[block]));
    use Primitive as P;
    let (pushed, by) = match (cells.get(holder + 1)?, cells.get(holder + 2), holder.checked_sub(1))
    {
        (Instruction::Primitive(P::If | P::RepeatIf), ..) => {
            (format!("1 @{}", start(block)), holder + 1)
        }
        (Instruction::Primitive(P::Repeat), ..) => (format!("@{}", start(block)), holder + 1),
        (Instruction::Block(other), Some(Instruction::Primitive(P::IfElse)), _) => {
            (format!("1 @{} @{}", start(block), start(*other as usize)), holder + 2)
        }
        (Instruction::Primitive(P::IfElse), _, Some(before)) => {
            let Instruction::Block(other) = cells[before] else { return None };
            (format!("0 @{} @{}", start(other as usize), start(block)), holder + 1)
        }
        _ => return None,
    };
    let place = |body: usize, index: usize| Place::new(bodies[body], index as u32);
    let further = vec![
        Command::Push { text: pushed.into() },
        Command::Counter { at: place(outer, by) },
        Command::Run { fuel: 1 },
        Command::Counter { at: place(block, index) },
    ];
    let depth = trial.machine.task().calls().depth();
    for command in &further {
        command.apply(&mut trial).ok()?;
    }
    // It entered the block, and nothing else happened.
    (trial.machine.task().calls().depth() == depth + 1).then_some(further)
}

/// The bodies of the machine that those of the new code have become.
pub(super) fn counterparts(image: &Image, body: Body, new: &Side<'_>) -> Option<Vec<Body>> {
    let (fragment, bodies) = fragment_with_bodies(&image.machine, body);
    let mut found = vec![body; new.code().bodies.len()];
    let mut open = vec![(0, 0)];
    while let Some((is, should)) = open.pop() {
        found[should] = bodies[is];
        for (cell, wanted) in fragment.bodies[is].iter().zip(new.cells(should)) {
            if let Instruction::Block(wanted) = wanted {
                let Instruction::Block(block) = cell else { return None };
                open.push((*block as usize, *wanted as usize));
            }
        }
    }
    Some(found)
}
