//! Going on inside: if the lines around the counter were moved into a block, the innermost activation can enter that
//! block, and the blocks around it, as if it had been there from the start. By default it goes on after the block, like
//! whoever has passed it.
//!
//! A block is entered by the instruction that runs it, with a flag that lets it. What else decides whether a block
//! runs is the program's, and is not guessed.

use super::anchors::Ref;
use super::fate::Positions;
use super::script::Script;
use super::side::{Side, blocks};
use crate::program::image::Image;
use crate::program::listing::fragment_with_bodies;
use crate::session::command::Command;
use crate::vm::index::{Body, BodyId, FrameId};
use crate::vm::instruction::{Instruction, Primitive};
use crate::vm::memory::Place;

/// The further commands, if the counter could go on in a block, or why it cannot; tried on `trial`, in which the
/// rest is done.
pub(super) fn inside(
    mut trial: Image,
    body: Body,
    positions: &Positions,
    script: &Script,
    new: &Side<'_>,
) -> Option<Result<Vec<Command>, String>> {
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
    let way = way(new, outer, block)?;
    let bodies = counterparts(&trial, body, new)?;
    let entering = Entering { trial: &trial, new, bodies: &bodies };
    let mut further = Vec::new();
    for &holder in &way {
        match entering.enter(holder) {
            Ok(commands) => further.extend(commands),
            Err(words) => return Some(Err(words)),
        }
    }
    further.push(Command::Counter { at: entering.place((block, index)) });
    let depth = trial.machine.task().calls().depth() + way.len() as u32;
    for command in &further {
        if let Err(refused) = command.apply(&mut trial) {
            return Some(Err(refused.to_string()));
        }
    }
    // It entered the blocks, and nothing else happened.
    let entered = trial.machine.task().calls().depth() == depth;
    Some(if entered { Ok(further) } else { Err("the block would not be entered".to_owned()) })
}

/// The cells that refer to the blocks from a body to one that is in it at any depth, outermost first.
fn way(new: &Side<'_>, outer: usize, block: usize) -> Option<Vec<Ref>> {
    let mut holders: Vec<Option<Ref>> = vec![None; new.code().bodies.len()];
    let mut open = vec![outer];
    while let Some(body) = open.pop() {
        for (at, cell) in new.cells(body).iter().enumerate() {
            for inner in blocks(std::slice::from_ref(cell)) {
                holders[inner] = Some((body, at));
                open.push(inner);
            }
        }
    }
    let mut way = Vec::new();
    let mut inner = block;
    while inner != outer {
        let holder = holders[inner]?;
        way.push(holder);
        inner = holder.0;
    }
    way.reverse();
    Some(way)
}

/// The image in which blocks are entered.
struct Entering<'e> {
    trial: &'e Image,
    new: &'e Side<'e>,
    bodies: &'e [Body],
}

impl Entering<'_> {
    fn place(&self, (body, index): Ref) -> Place {
        Place::new(self.bodies[body], index as u32)
    }

    /// The address of a block, as it is typed.
    fn address(&self, block: u32) -> String {
        let start = self.trial.machine.memory().start(BodyId::Code(self.bodies[block as usize]));
        format!("@{start}")
    }

    /// The commands that enter the block to which a cell refers.
    fn enter(&self, (body, holder): Ref) -> Result<Vec<Command>, String> {
        use Instruction::{Block, Primitive as Is};
        use Primitive as P;
        let cells = self.new.cells(body);
        let Block(block) = cells[holder] else { unreachable!("it refers to a block") };
        let own = self.address(block);
        let before = holder.checked_sub(1).map(|before| &cells[before]);
        let step = |values: String, by: usize| self.step(&values, (body, by)).to_vec();
        Ok(match (before, cells.get(holder + 1), cells.get(holder + 2)) {
            (_, Some(Is(P::If | P::RepeatIf)), _) => step(format!("1 {own}"), holder + 1),
            (_, Some(Is(P::Repeat | P::Call)), _) => step(own, holder + 1),
            (_, Some(Is(P::Times)), _) => {
                let turns = self.turns(before).ok_or(
                    "how many turns `times` makes is only known when the lines before it have run",
                )?;
                step(format!("{turns} {own}"), holder + 1)
            }
            (_, Some(Block(other)), Some(Is(P::IfElse))) => {
                step(format!("1 {own} {}", self.address(*other)), holder + 2)
            }
            (Some(Block(other)), Some(Is(P::IfElse)), _) => {
                step(format!("0 {} {own}", self.address(*other)), holder + 1)
            }
            (_, Some(Block(other)), Some(Is(P::While))) => {
                step(format!("{own} {}", self.address(*other)), holder + 2)
            }
            (Some(Block(condition)), Some(Is(P::While)), _) => {
                let end = self.end(*condition).ok_or("the condition of `while` has no end yet")?;
                let mut commands = step(format!("{} {own}", self.address(*condition)), holder + 1);
                commands.extend(self.step("1", end));
                commands
            }
            _ => return Err(who_decides(&cells[holder + 1..])),
        })
    }

    /// Executes one cell with these values.
    fn step(&self, values: &str, by: Ref) -> [Command; 3] {
        [
            Command::Push { text: values.to_owned().into() },
            Command::Counter { at: self.place(by) },
            Command::Run { fuel: 1 },
        ]
    }

    /// The cell that ends a block.
    fn end(&self, block: u32) -> Option<Ref> {
        let cells = self.new.cells(block as usize);
        let ends = cells.last() == Some(&Instruction::Primitive(Primitive::End));
        ends.then(|| (block as usize, cells.len() - 1))
    }

    /// How many turns `times` makes, if the cell before its block says so and there is one.
    fn turns(&self, count: Option<&Instruction>) -> Option<i64> {
        let machine = &self.trial.machine;
        let turns = match count? {
            Instruction::Integer(turns) => *turns,
            Instruction::Pick(name) => {
                let locals = machine.locals(machine.home_frame()?);
                let found = locals.into_iter().find(|(local, _)| **local == **name);
                let (_, Instruction::Integer(turns)) = found? else { return None };
                turns
            }
            _ => return None,
        };
        (turns > 0).then_some(turns)
    }
}

/// Who decides whether a block is run that no instruction here runs.
fn who_decides(after: &[Instruction]) -> String {
    let next = after.iter().find(|cell| !matches!(cell, Instruction::Block(_)));
    if let Some(Instruction::Call(name) | Instruction::Hole(name)) = next {
        format!("`{name}` decides whether its block runs")
    } else {
        "the block is a value here, and runs elsewhere".to_owned()
    }
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
