//! One thread of control: a program counter, a parameter stack and a call stack. A machine can hold
//! several; for now, a new machine has one, and no instruction makes more.

use super::cell::Cell;
use super::frame::CallStack;
use super::index::FrameNumber;
use super::memory::{MAIN, Place};
use super::stack::Stack;

/// One thread of control.
#[derive(Clone, Debug)]
pub struct Task {
    /// The cell that executes next.
    pub(super) counter: Place,
    /// The parameter stack, top last.
    pub(super) parameters: Stack,
    /// The call stack.
    pub(super) calls: CallStack,
}

impl Task {
    /// A task at the start of main.
    pub(super) fn new() -> Task {
        Task::begun(0, FrameNumber::FIRST)
    }

    /// A task at the start of main, which has this many locals; its frame has this number.
    pub(super) fn begun(locals: usize, frame: FrameNumber) -> Task {
        let calls = CallStack::new(MAIN, locals, frame);
        Task { counter: Place::start(MAIN), parameters: Stack::default(), calls }
    }

    /// Gives back the room of its stacks.
    pub(super) fn shrink(&mut self) {
        self.parameters.shrink();
        self.calls.shrink();
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
}
