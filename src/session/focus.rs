//! Which task a person looks at, and how a gesture about it says so.
//!
//! No command reads the interface: all commands about stacks, locals and the counter mean the current task. So a
//! gesture about another task begins with `turn 2`, and one that executes a part of it with `turn 2 alone`, while
//! the others are frozen. With one strand no such command is needed, and none is written.
//!
//! What is looked at is no part of the image. While something is executed nothing is, so that conditions of runs
//! are about the task that runs.

use super::command::Command;
use super::goal::{Ended, Goal};
use super::operand::TurnOf;
use super::outcome::{Outcome, Progress};
use super::refused::Refused;
use super::request::Request;
use super::session::Session;
use crate::vm::cell::Cell;
use crate::vm::code::CodeBody;
use crate::vm::index::TaskId;
use crate::vm::instruction::Primitive;
use crate::vm::machine::Machine;
use crate::vm::task::TaskState;

impl Session {
    /// Lets questions about stacks, locals and the counter be about this task, and requests too; or about the one that
    /// executes the next instruction. Where a run or a journey leads to, it ends.
    pub fn look_at(&mut self, task: Option<TaskId>) {
        self.looks_at = task;
        self.image.machine.look_at(task);
    }

    /// The task that questions and requests are about.
    pub fn focus(&self) -> TaskId {
        let machine = self.machine();
        let looked_at = self.looks_at.filter(|&task| machine.task_of(task).is_some());
        looked_at.unwrap_or_else(|| machine.due().number())
    }

    /// Does something while nothing is looked at; then looks at what is to be seen.
    pub(super) fn unseen(
        &mut self,
        work: impl FnOnce(&mut Session) -> Result<Progress, Refused>,
    ) -> Result<Progress, Refused> {
        let machine = &mut self.image.machine;
        machine.look_at(None);
        let before = (machine.retired(), machine.current());
        let done = work(self);
        self.looks_at = match &done {
            Err(_) | Ok(Progress::More) => self.looks_at,
            Ok(Progress::Done(outcome)) => self.looks_after(before, outcome),
        };
        self.image.machine.look_at(self.looks_at);
        done
    }

    /// What is looked at when something is done; `before` is how much had been executed, and the current task.
    fn looks_after(&self, before: (u64, TaskId), outcome: &Outcome) -> Option<TaskId> {
        let machine = self.machine();
        if let Outcome::Ran(Ended::Stopped(_)) = outcome {
            // A task that cannot go on stays in sight, even if others could.
            return self.looks_at.filter(|&task| machine.parks(task));
        }
        let is_same = (machine.retired(), machine.current()) == before;
        self.looks_at.filter(|&task| is_same && machine.task_of(task).is_some())
    }

    /// A gesture in the task that is looked at: with the turn that it needs before its commands, and the goal of its
    /// run in that task.
    pub fn in_focus(
        &self,
        mut commands: Vec<Command>,
        goal: Option<Goal>,
    ) -> (Vec<Command>, Option<Goal>) {
        if let Some(of) = self.turn_before(&commands, goal) {
            commands.insert(0, Command::Turn { of });
        }
        (commands, self.goal_in_focus(goal))
    }

    /// The same for a request.
    pub fn request_in_focus(&self, request: Request) -> Request {
        match request {
            Request::Gesture { commands, goal } => {
                let (commands, goal) = self.in_focus(commands, goal);
                Request::Gesture { commands, goal }
            }
            Request::Prepared(prepared, goal) => {
                let turn = self.turn_before(prepared.commands(), goal);
                let goal = self.goal_in_focus(goal);
                match turn {
                    None => Request::Prepared(prepared, goal),
                    Some(of) => {
                        let mut commands = prepared.into_commands();
                        commands.insert(0, Command::Turn { of });
                        Request::Gesture { commands, goal }
                    }
                }
            }
            Request::Record(_)
            | Request::Go(_)
            | Request::Scrub(_)
            | Request::Search(..)
            | Request::Restart(_)
            | Request::Rewind(_)
            | Request::RewindTo(_)
            | Request::Revise { .. }
            | Request::Trace(_)
            | Request::Compare(..)
            | Request::CompareCode(_)
            | Request::Play(_) => request,
        }
    }

    fn turn_before<'c>(
        &self,
        commands: impl IntoIterator<Item = &'c Command>,
        goal: Option<Goal>,
    ) -> Option<TurnOf> {
        let (machine, focus) = (self.machine(), self.focus());
        let (mut is_of_task, mut executes) = (false, false);
        for command in commands {
            match aim(command) {
                Aim::Turn => return None,
                Aim::Task => is_of_task = true,
                Aim::Run => executes = true,
                Aim::Program => {}
            }
        }
        let is_alone = machine.runs_alone();
        let runs_free = match goal {
            Some(Goal::Free | Goal::Watching(_) | Goal::Going(_) | Goal::Cell(_)) => true,
            Some(Goal::Fuel(_) | Goal::Depth(..) | Goal::Line { .. }) => {
                executes = true;
                false
            }
            None => false,
        };
        if is_of_task && machine.current() != focus {
            let alone = executes || is_alone && !runs_free;
            return Some(if alone { TurnOf::Alone(focus) } else { TurnOf::Task(focus) });
        }
        if executes && machine.strands().len() > 1 {
            let runs = self.runs_for(focus).unwrap_or(machine.due().number());
            let is_so = is_alone && machine.current() == runs;
            return (!is_so).then_some(TurnOf::Alone(runs));
        }
        (runs_free && is_alone).then_some(TurnOf::All)
    }

    /// A run without an end pauses when the task that is looked at cannot go on.
    fn goal_in_focus(&self, goal: Option<Goal>) -> Option<Goal> {
        let machine = self.machine();
        let are_several = machine.strands().len() > 1 || may_spawn(machine);
        if goal != Some(Goal::Free) || !are_several {
            return goal;
        }
        Some(self.runs_for(self.focus()).map_or(Goal::Free, Goal::Watching))
    }

    /// Who runs so that a task goes on: it, or the top of its chain; none if it rests.
    pub fn runs_for(&self, task: TaskId) -> Option<TaskId> {
        let machine = self.machine();
        match machine.task_of(task)?.state() {
            TaskState::Runs => Some(task),
            TaskState::Waits => machine.strand_of(task).map(|strand| strand.top),
            TaskState::Rests => None,
        }
    }
}

/// Whether there can be more than one strand: some cell makes one.
fn may_spawn(machine: &Machine) -> bool {
    let spawns = |code: &CodeBody| code.used().contains(&Cell::primitive(Primitive::TaskSpawn));
    machine.memory().code_bodies().any(|(_, code)| spawns(code))
}

/// What a command is about.
enum Aim {
    /// Whose turn it is.
    Turn,
    /// The current task.
    Task,
    /// Executing.
    Run,
    /// The whole program.
    Program,
}

fn aim(command: &Command) -> Aim {
    match command {
        Command::Turn { .. } => Aim::Turn,
        Command::Run { .. } => Aim::Run,
        Command::Counter { .. }
        | Command::Push { .. }
        | Command::Drop { .. }
        | Command::Parameter { .. }
        | Command::Local { .. }
        | Command::Answer { .. }
        | Command::Restart { .. } => Aim::Task,
        Command::Write { .. }
        | Command::Insert { .. }
        | Command::Replace { .. }
        | Command::Delete { .. }
        | Command::Define { .. }
        | Command::Redefine { .. }
        | Command::Rename { .. }
        | Command::RenameLocal { .. }
        | Command::Load { .. }
        | Command::Reload { .. }
        | Command::Remove { .. }
        | Command::Comment { .. }
        | Command::Global { .. }
        | Command::Data { .. }
        | Command::Give { .. }
        | Command::EndInput
        | Command::Quantum { .. }
        | Command::Share { .. }
        | Command::Limit { .. }
        | Command::Breakpoint { .. }
        | Command::Enable { .. }
        | Command::Condition { .. }
        | Command::From { .. }
        | Command::Watch { .. }
        | Command::WatchData { .. }
        | Command::Shape { .. }
        | Command::Bookmark { .. } => Aim::Program,
    }
}
