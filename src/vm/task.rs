//! One thread of control: a program counter, a parameter stack and a call stack of its own.
//!
//! A task knows who resumed it, so tasks form chains, of which the top one runs: see [`super::tasks`]. What keeps
//! a task from going on is not kept here: it follows from the instruction at its counter.

use super::cell::Cell;
use super::frame::CallStack;
use super::index::{FrameNumber, TaskId};
use super::memory::{MAIN, Place};
use super::stack::Stack;

/// What a task does.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum TaskState {
    /// Nobody has resumed it: it goes on when somebody does.
    Rests,
    /// It is at the top of its chain, so it goes on when its turn comes.
    Runs,
    /// It has resumed another and goes on when that yields or ends.
    Waits,
}

impl TaskState {
    /// The word that `task.status` pushes.
    pub fn word(self) -> &'static str {
        match self {
            TaskState::Rests => "rests",
            TaskState::Runs => "runs",
            TaskState::Waits => "waits",
        }
    }
}

/// The word that `task.status` pushes for a task that is not there any more.
pub const OVER: &str = "over";

/// One thread of control.
#[derive(Clone, Debug)]
pub struct Task {
    pub(super) number: TaskId,
    /// The cell that executes next.
    pub(super) counter: Place,
    /// The parameter stack, top last.
    pub(super) parameters: Stack,
    /// The call stack.
    pub(super) calls: CallStack,
    pub(super) state: TaskState,
    /// Who goes on when it yields or ends.
    pub(super) resumer: Option<TaskId>,
}

impl Task {
    /// The task of main, at its start. Main has this many locals; its frame has this number.
    pub(super) fn of_main(locals: usize, frame: FrameNumber) -> Task {
        let calls = CallStack::new(MAIN, locals, frame);
        Task::resting(TaskId::MAIN, Place::start(MAIN), calls, TaskState::Runs)
    }

    /// A task without parameters that nobody has resumed.
    pub(super) fn resting(
        number: TaskId,
        counter: Place,
        calls: CallStack,
        state: TaskState,
    ) -> Task {
        Task { number, counter, parameters: Stack::default(), calls, state, resumer: None }
    }

    /// Every value that it holds: parameters, locals, and what loops keep.
    pub(super) fn cells(&self) -> impl Iterator<Item = Cell> {
        let entries = self.calls.activations();
        let locals = entries.flat_map(|entry| entry.locals.iter().copied().chain(entry.kept));
        self.parameters.iter().copied().chain(locals)
    }

    /// Gives back the room of its stacks.
    pub(super) fn shrink(&mut self) {
        self.parameters.shrink();
        self.calls.shrink();
    }

    /// Whether it has begun: until then, what it is handed are its arguments. A task that stands before its first
    /// cell has not, so what is inserted there runs too.
    pub(super) fn has_begun(&self) -> bool {
        let top = self.calls.top();
        let is_first =
            self.counter.offset.index() == 0 && self.counter.body == self.calls.body(top);
        !(is_first && self.calls.returns_to(top).is_none())
    }

    /// Whether the code that runs is what the task was made of, so that its end is the end of the task.
    pub(super) fn is_at_bottom(&self) -> bool {
        self.calls.returns_to(self.calls.top()).is_none()
    }

    /// Its number.
    pub fn number(&self) -> TaskId {
        self.number
    }

    /// The cell that executes next.
    pub fn counter(&self) -> Place {
        self.counter
    }

    /// The parameter stack, top last.
    pub fn parameters(&self) -> &[Cell] {
        &self.parameters
    }

    /// The call stack.
    pub fn calls(&self) -> &CallStack {
        &self.calls
    }

    /// What it does.
    pub fn state(&self) -> TaskState {
        self.state
    }

    /// Who resumed it, and goes on when it yields or ends.
    pub fn resumer(&self) -> Option<TaskId> {
        self.resumer
    }
}
