//! Starting again with the code as it is now. *Restart frame* stays in the present: data, output and
//! consumed input are as they are, and one frame begins anew. *Rewind, keep edits* goes back in time,
//! where all of them are as they were, and takes only the code along.

use super::command::Command;
use super::journal::Position;
use super::outcome::Proposal;
use super::refused::Refused;
use super::search::Search;
use super::session::Session;
use super::wanted::{Direction, Wanted};
use crate::program::image::Image;
use crate::program::notation::Notation;
use crate::program::scope::Scope;
use crate::program::source::Source;
use crate::vm::cell::{BodyId, Cell};
use crate::vm::frame::Activation;
use crate::vm::index::FrameId;
use crate::vm::instruction::{Fragment, Instruction};
use crate::vm::machine::Machine;
use crate::vm::refusal::Refusal;

impl Session {
    /// The search for the call of an entry of the call stack.
    ///
    /// # Errors
    /// If there is no such entry.
    pub(super) fn search_call(&mut self, frame: FrameId) -> Result<Search, Refused> {
        let body = self.activation(frame).ok_or(Refusal::NoFrame { frame })?.body;
        Ok(self.search(Wanted::Start { frame, body }, Direction::Back))
    }

    fn activation(&self, frame: FrameId) -> Option<Activation<'_>> {
        self.machine().task().calls().activation_of(frame)
    }

    /// Whether nothing had been executed before the history began.
    pub(super) fn begins_fresh(&self) -> bool {
        self.journal.base().machine.retired() == 0
    }

    /// The position on the way here before the first instruction of all, or here.
    pub(super) fn before_first_instruction(&self) -> Position {
        let ran = self.journal.path(self.position).filter(|at| at.done > 0);
        ran.last().map_or(self.position, |at| Position { done: 0, ..at })
    }

    /// Restarts an entry of the call stack with the parameter stack of another time.
    pub(super) fn restart(&mut self, frame: FrameId, then: &Machine) -> Result<(), Refused> {
        let text = spell(then, self.machine(), then.task().parameters())?.into();
        let restart = vec![Command::Restart { depth: frame, text }];
        self.try_commands(&restart)?;
        self.enter(restart);
        self.note_stop();
        Ok(())
    }

    /// What to ask a person who restarts an entry of the call stack.
    pub(super) fn propose(&self, frame: FrameId) -> Proposal {
        let machine = self.machine();
        let memory = machine.memory();
        let entry = machine.task().calls().activation_of(frame);
        let entry = entry.expect("whoever asks has looked for the entry");
        let cells = memory.code(entry.body).map_or(&[][..], |body| body.used());
        let assigned = cells.iter().map_while(|&cell| match machine.spell(cell) {
            Instruction::Assign(name) => Some(name),
            _ => None,
        });
        let mut names: Vec<Box<str>> = assigned.collect();
        let arguments = names.len();
        // The first takes the top.
        names.reverse();
        let locals = machine.locals(entry);
        let known = names.iter().filter_map(|name| {
            let (_, value) = locals.iter().find(|(local, _)| **local == **name)?;
            Some(value.clone())
        });
        let there = machine.task().parameters().iter().map(|&value| machine.spell(value));
        Proposal { frame, arguments, text: spell_values(machine, there.chain(known).collect()) }
    }

    /// Whether a rewind can go back to a position.
    ///
    /// # Errors
    /// If it is not on the way here.
    pub(super) fn check_rewind(&self, to: Position) -> Result<(), Refused> {
        match self.journal.contains(to) && self.journal.passes(self.position, to) {
            true => Ok(()),
            false => Err(Refused::Other(format!("{to} is no earlier position on the way here"))),
        }
    }

    /// Goes back to an earlier position on the way here and does every edit of code since then again,
    /// in order; `then` is the image there.
    ///
    /// # Errors
    /// If an edit cannot be done there, or leads to other code; nothing has changed then.
    pub(super) fn rewind(&mut self, to: Position, mut then: Image) -> Result<(), Refused> {
        let legs = self.journal.legs(to, self.position);
        let commands = legs.into_iter().flat_map(|leg| self.journal.commands(leg));
        let edits: Vec<Command> = commands.filter(Command::is_edit).collect();
        let mut edited = then.fork();
        let mut other = None;
        for edit in &edits {
            other = other.or_else(|| other_address(edit, self.machine(), &edited.machine));
            if let Err(refused) = edit.apply(&mut edited) {
                return Err(other.unwrap_or(refused));
            }
        }
        // An address may have been something else then, and mean the same nevertheless.
        if !same_code(self.machine(), &edited.machine) {
            let sentence = "what was edited since does not lead to the same code there";
            return Err(other.unwrap_or_else(|| Refused::Other(sentence.to_string())));
        }
        self.arrive(to, then);
        if !edits.is_empty() {
            self.image = edited;
            self.enter(edits);
            self.note_stop();
        }
        Ok(())
    }
}

/// Values of another time as one would type them now.
fn spell(then: &Machine, now: &Machine, values: &[Cell]) -> Result<Source, Refused> {
    let values: Vec<Instruction> = values.iter().map(|&value| then.spell(value)).collect();
    let is_gone = |value: &Instruction| {
        if let Instruction::Address(BodyId::Code(body)) = value {
            now.memory().code(*body).is_none()
        } else {
            false
        }
    };
    if values.iter().any(is_gone) {
        let sentence = "a block that was on the stack at the call was removed since";
        return Err(Refused::Other(sentence.to_string()));
    }
    Ok(spell_values(now, values))
}

fn spell_values(machine: &Machine, values: Vec<Instruction>) -> Source {
    let values = Fragment::line(values);
    Notation::Forth.print_line(&values, &Scope::outside(machine)).into()
}

/// Whether two machines have the same code, wherever it lies.
fn same_code(now: &Machine, then: &Machine) -> bool {
    let (mut here, mut there) = (now.memory().code_bodies(), then.memory().code_bodies());
    let same_bodies = here.by_ref().all(|(number, body)| {
        there.next().is_some_and(|(other, there)| {
            let cells = || body.used().iter().zip(there.used());
            number == other
                && now.memory().title(number) == then.memory().title(number)
                && body.used().len() == there.used().len()
                && cells().all(|(&here, &there)| now.spell(here) == then.spell(there))
        })
    });
    same_bodies && there.next().is_none()
}

/// Why an edit may not be the same when it is done again: its text names an address that means
/// something else there.
fn other_address(edit: &Command, now: &Machine, then: &Machine) -> Option<Refused> {
    let (Command::Write { text, .. }
    | Command::Insert { text, .. }
    | Command::Replace { text, .. }
    | Command::Define { text, .. }
    | Command::Redefine { text, .. }) = edit
    else {
        return None;
    };
    let is_other = |&address: &u64| now.memory().find(address) != then.memory().find(address);
    let other = Notation::Forth.addresses(text).into_iter().find(is_other)?;
    let text = text.trim();
    let sentence = format!("`{text}` cannot be done again there: @{other} is something else");
    Some(Refused::Other(sentence))
}
