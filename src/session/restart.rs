//! Restart frame: an activation starts again, in the present, with the parameter stack as it was at its
//! call. Data, output and consumed input stay as they are.

use super::code_text::spell_values;
use super::command::Command;
use super::journal::Position;
use super::outcome::Proposal;
use super::refused::Refused;
use super::search::Search;
use super::session::Session;
use super::wanted::{Direction, Wanted};
use crate::program::cell_text::Source;
use crate::vm::cell::Cell;
use crate::vm::frame::Activation;
use crate::vm::index::{BodyId, FrameId, TaskId};
use crate::vm::instruction::Instruction;
use crate::vm::machine::Machine;
use crate::vm::refusal::Refusal;

impl Session {
    /// The search for the call of an activation.
    ///
    /// # Errors
    /// If there is no such activation.
    pub(super) fn search_call(&mut self, frame: FrameId) -> Result<Search, Refused> {
        let body = self.activation(frame).ok_or(Refusal::NoFrame { frame })?.body;
        let task = self.focus();
        Ok(self.search(Wanted::Start { task, frame, body }, Direction::Back))
    }

    pub(super) fn activation(&self, frame: FrameId) -> Option<Activation<'_>> {
        let task = self.machine().task_of(self.focus())?;
        task.calls().activation_of(frame)
    }

    /// Whether an activation of the task that is looked at is the bottom frame of main.
    pub(super) fn is_bottom_of_main(&self, frame: FrameId) -> bool {
        frame == FrameId::BOTTOM && self.focus() == TaskId::MAIN
    }

    /// Whether nothing had been executed before the history began.
    pub(super) fn begins_fresh(&self) -> bool {
        self.journal.base().machine.retired() == 0
    }

    /// The position before the first instruction of this branch; here, if there is none.
    pub(super) fn before_first_instruction(&self) -> Position {
        let ran = self.journal.path(self.position).filter(|at| at.done > 0);
        ran.last().map_or(self.position, |at| Position { done: 0, ..at })
    }

    /// Restarts an activation with the parameter stack of an earlier machine.
    ///
    /// # Errors
    /// If a block that was on the stack no longer exists.
    pub(super) fn restart(&mut self, frame: FrameId, then: &Machine) -> Result<(), Refused> {
        // The call was executed by this task.
        let task = then.task_of(then.current()).expect("there is always a current task");
        let text = spell(then, self.machine(), task.parameters())?.into();
        let (restart, _) = self.in_focus(vec![Command::Restart { frame, text }], None);
        self.try_commands(&restart)?;
        self.enter(restart);
        self.note_stop();
        Ok(())
    }

    /// What to ask the user who restarts an activation whose call is not in the history.
    pub(super) fn propose(&self, frame: FrameId) -> Proposal {
        let machine = self.machine();
        let memory = machine.memory();
        let entry = self.activation(frame).expect("its call was searched for");
        let code = memory.code(entry.body).expect("a body stays while an activation runs it");
        let assigned = code.used().iter().map_while(|&cell| {
            let Instruction::Assign(name) = machine.spell(cell) else { return None };
            Some(name)
        });
        let mut names: Vec<Box<str>> = assigned.collect();
        let arguments = names.len();
        // The first `assign:` takes the top of the stack.
        names.reverse();
        let locals = machine.locals(entry);
        let known = names.iter().filter_map(|name| {
            let (_, value) = locals.iter().find(|(local, _)| **local == **name)?;
            Some(value.clone())
        });
        let task = machine.task_of(self.focus()).expect("it is there");
        let there = task.parameters().iter().map(|&value| machine.spell(value));
        Proposal { frame, arguments, text: spell_values(machine, there.chain(known).collect()) }
    }
}

/// Values of an earlier machine, as they would be typed now.
fn spell(then: &Machine, now: &Machine, values: &[Cell]) -> Result<Source, Refused> {
    let values: Vec<Instruction> = values.iter().map(|&value| then.spell(value)).collect();
    let is_gone = |value: &Instruction| {
        if let Instruction::Address(BodyId::Code(body)) | Instruction::BlockValue(body, _) = value {
            now.memory().code(*body).is_none()
        } else {
            false
        }
    };
    if values.iter().any(is_gone) {
        let sentence = "a block that was on the stack at the call has since been removed";
        return Err(Refused::Other(sentence.to_string()));
    }
    Ok(spell_values(now, values))
}
