//! Revising a function: from its cells and its new code to a few edits of what is there, so that the activations
//! that stand in it go on in the new code.
//!
//! The result is a list of commands that exist anyway, which are one gesture. They are found in two steps: a table
//! over the old and new cells of each body says which cells stay (`table`), and the edits follow from that
//! (`script`). The edits are tried on a copy, where it is seen what becomes of each activation, and that the
//! cells are exactly the new ones.

pub mod anchors;
mod comments;
mod fate;
mod inside;
pub mod program;
mod renamed;
mod script;
mod side;
mod statement;
mod surplus;
mod table;

use std::collections::HashMap;

use self::anchors::Anchors;
use self::fate::Positions;
pub use self::fate::{Live, Standing};
pub use self::renamed::moved_values;
use self::script::Script;
use self::side::{Interner, Side};
use self::statement::Lines;
use super::command::Command;
use super::refused::Refused;
use crate::program::effect::StackEffects;
use crate::program::image::Image;
use crate::program::listing::fragment_with_bodies;
use crate::program::notation::Notation;
use crate::program::scope::Scope;
use crate::program::span::Printed;
use crate::vm::index::{Body, FrameId};
use crate::vm::instruction::{Fragment, Instruction};
use crate::vm::machine::Machine;
use crate::vm::memory::Place;
use crate::vm::refusal::Refusal;

/// How many live activations are listed.
pub const LISTED: usize = 100;

/// A change of a function, worked out for one image.
#[derive(Clone, Debug)]
pub struct Revision {
    /// What carries it out: one gesture. Empty if nothing differs.
    pub commands: Vec<Command>,
    /// How many cells are inserted, those of blocks among them.
    pub inserted: usize,
    /// How many cells get another content.
    pub replaced: usize,
    /// How many cells are deleted, those of blocks among them.
    pub deleted: usize,
    /// What becomes of the activations that stand in the function, innermost first; at most [`LISTED`].
    pub live: Vec<Live>,
    /// How many more activations there are.
    pub more_live: usize,
    /// The locals that get a new name, with their values.
    pub renamed: Vec<(Box<str>, Box<str>)>,
    /// Parameters that activations have no value for: they were called without them.
    pub without_value: Vec<Box<str>>,
    /// Further commands, which bring the innermost activation into the block that the lines around it were moved to,
    /// if they were, or why none can: by default it goes on after the block.
    pub inside: Option<Result<Vec<Command>, String>>,
    /// Further commands, which drop the values of the innermost activation that the new code does not expect.
    pub drops: Vec<Command>,
    /// Where the innermost activation that stands inside the change began the first statement that changes, before
    /// the change. Only for the current task.
    pub begun: Option<(FrameId, Place)>,
}

/// The stack effects by which heights are compared.
#[derive(Clone, Copy, Debug)]
pub struct Effects<'e> {
    /// Those of the old code.
    pub old: &'e StackEffects,
    /// Those of the new code.
    pub new: &'e StackEffects,
}

impl Revision {
    /// Works out how a function gets new code. `trial` is a fork of the image, on which it is tried.
    ///
    /// # Errors
    /// If the machine refuses it.
    pub fn new(
        mut trial: Image,
        body: Body,
        code: &Fragment,
        anchors: &Anchors,
        effects: Effects<'_>,
    ) -> Result<Revision, Refused> {
        if trial.machine.memory().code(body).is_none() {
            return Err(Refusal::NoBody { body }.into());
        }
        let (before, bodies) = fragment_with_bodies(&trial.machine, body);
        let mut interner = Interner::default();
        let malformed = || Refused::Edit(Refusal::Malformed);
        let old = Side::new(&before, &mut interner, effects.old).ok_or_else(malformed)?;
        let new = Side::new(code, &mut interner, effects.new).ok_or_else(malformed)?;
        let positions = Positions::of(&trial.machine, &bodies);
        let script = Script::new(&old, &new, anchors, &positions.by_body());
        let mut revision = Revision {
            commands: Vec::new(),
            inserted: script.inserted,
            replaced: script.replaced,
            deleted: script.deleted,
            live: Vec::new(),
            more_live: 0,
            renamed: script.renamed(&old, &new),
            without_value: Vec::new(),
            inside: None,
            drops: Vec::new(),
            begun: None,
        };
        for edit in &script.edits {
            let command = edit.command(&new, &bodies, &trial.machine);
            revision.add(command, &mut trial)?;
        }
        revision.mend(&mut trial, body, &new, &mut interner, effects.new)?;
        revision.rename_values(&mut trial, body)?;
        revision.without_value = renamed::without_value(&trial.machine, body, &old, &new);
        let machine = &trial.machine;
        let innermost = (machine.current(), machine.task().calls().innermost_id());
        let sides = (&old, &new);
        (revision.live, revision.more_live) = positions.fates(&script, sides, innermost, LISTED);
        for live in &mut revision.live {
            let scope = Scope::of(machine, live.after.body);
            let cell = machine.instruction(live.after);
            live.next = Notation::Forth.label(&cell, &scope).as_str().to_owned();
        }
        if let Some(live) = revision.live.iter().find(|live| !live.left_over.is_empty()) {
            revision.drops = surplus::drops(machine, &live.left_over);
        }
        revision.inside = inside::inside(trial, body, &positions, &script, &new);
        Ok(revision)
    }

    fn add(&mut self, command: Command, trial: &mut Image) -> Result<(), Refused> {
        command.apply(trial)?;
        self.commands.push(command);
        Ok(())
    }

    /// Replaces the cells that are not yet what they should be: a hole that an edit before it turned into a local,
    /// because it made one of this name.
    fn mend(
        &mut self,
        trial: &mut Image,
        body: Body,
        new: &Side<'_>,
        interner: &mut Interner,
        effects: &StackEffects,
    ) -> Result<(), Refused> {
        let (fragment, bodies) = fragment_with_bodies(&trial.machine, body);
        let unlike = || Refused::Other("the new code does not fit the function".to_owned());
        let side = Side::new(&fragment, interner, effects).ok_or_else(unlike)?;
        if side.id(0) == new.id(0) {
            return Ok(());
        }
        let mut wrong: Vec<(Place, Instruction)> = Vec::new();
        let mut open = vec![(0, 0)];
        while let Some((is, should)) = open.pop() {
            let (cells, wanted) = (side.cells(is), new.cells(should));
            if cells.len() != wanted.len() {
                return Err(unlike());
            }
            for (offset, (cell, wanted)) in cells.iter().zip(wanted).enumerate() {
                match (cell, wanted) {
                    (Instruction::Block(a), Instruction::Block(b)) => {
                        open.push((*a as usize, *b as usize));
                    }
                    (Instruction::Block(_), _) | (_, Instruction::Block(_)) => return Err(unlike()),
                    _ if cell == wanted => {}
                    _ => wrong.push((Place::new(bodies[is], offset as u32), wanted.clone())),
                }
            }
        }
        for (at, wanted) in wrong {
            let command = script::replace(at, &Fragment::line(vec![wanted]), &trial.machine);
            self.add(command, trial)?;
        }
        let (fragment, _) = fragment_with_bodies(&trial.machine, body);
        let side = Side::new(&fragment, interner, effects).ok_or_else(unlike)?;
        if side.id(0) == new.id(0) { Ok(()) } else { Err(unlike()) }
    }

    /// Tells what follows from the lines of the old and the new code.
    fn tell_lines(&mut self, machine: &Machine, before: &Printed, now: &Printed) {
        let (before, now) = (Lines::new(before), Lines::new(now));
        for live in &mut self.live {
            live.lacking = live.lacks.and_then(|cell| now.quoted(cell));
        }
        // Who is past the change may still be in the line that changes, with values that the old code pushed.
        let is_in_line = |live: &Live| {
            let (body, at) = (live.first.0, live.before.offset.index());
            let first = before.first_of_statement((body, at));
            let changed = live.passed.map(|passed| before.first_of_statement((body, passed)));
            first < at && changed == Some(first)
        };
        let is_within =
            |live: &&Live| live.task == machine.current() && (live.is_within || is_in_line(live));
        self.begun = self.live.iter().find(is_within).map(|live| {
            let first = before.first_of_statement(live.first);
            (live.frame, Place::new(live.before.body, first as u32))
        });
    }

    /// Whether it changes nothing.
    pub fn is_empty(&self) -> bool {
        self.commands.is_empty()
    }

    /// What it does, in a few words: `2 cells inserted, 1 replaced; 2 activations will run them, 1 has passed them`.
    pub fn words(&self) -> String {
        let mut parts = Vec::new();
        for (count, what) in
            [(self.inserted, "inserted"), (self.replaced, "replaced"), (self.deleted, "deleted")]
        {
            if count > 0 {
                let noun = if count == 1 { "cell" } else { "cells" };
                let noun = if parts.is_empty() { format!(" {noun}") } else { String::new() };
                parts.push(format!("{count}{noun} {what}"));
            }
        }
        if parts.is_empty() {
            return "nothing changes".to_owned();
        }
        let mut words = parts.join(", ");
        let mut counts: HashMap<Standing, usize> = HashMap::new();
        for live in &self.live {
            *counts.entry(live.standing).or_default() += 1;
        }
        let mut fates = Vec::new();
        for (standing, one, many) in [
            (Standing::Runs, "will run the change", "will run the change"),
            (Standing::Passed, "has passed it", "have passed it"),
            (Standing::Inside, "stands inside it", "stand inside it"),
            (Standing::Removed, "finishes a removed block", "finish a removed block"),
        ] {
            let Some(&count) = counts.get(&standing) else { continue };
            let noun = match (fates.is_empty(), count) {
                (false, _) => String::new(),
                (true, 1) => " activation".to_owned(),
                (true, _) => " activations".to_owned(),
            };
            fates.push(format!("{count}{noun} {}", if count == 1 { one } else { many }));
        }
        let uneven = self.live.iter().filter(|live| live.surplus.is_some_and(|by| by != 0)).count();
        if uneven > 0 {
            fates.push(format!("{uneven} with another number of values than the new code expects"));
        }
        if self.more_live > 0 {
            fates.push(format!("and {} more", self.more_live));
        }
        if !fates.is_empty() {
            words += "; ";
            words += &fates.join(", ");
        }
        words
    }
}
