//! A task in its machine: what plans and questions about stacks look at. So a plan can be made for any task, not
//! only for the current one, and whose turn is next is found out without a change.

use std::ops::Deref;

use super::cell::Cell;
use super::frame::{Activation, CallStack, Home};
use super::index::{FrameNumber, TaskId};
use super::machine::Machine;
use super::memory::Place;
use super::task::Task;
use super::tasks::Held;

/// A task in its machine.
#[derive(Clone, Copy)]
pub(super) struct InTask<'m> {
    pub(super) machine: &'m Machine,
    pub(super) task: &'m Task,
}

impl Deref for InTask<'_> {
    type Target = Machine;

    fn deref(&self) -> &Machine {
        self.machine
    }
}

impl Machine {
    /// The current task.
    #[inline(always)]
    pub(super) fn here(&self) -> InTask<'_> {
        InTask { machine: self, task: self.tasks.current() }
    }

    /// The task that questions from outside are about.
    pub(super) fn seen(&self) -> InTask<'_> {
        InTask { machine: self, task: self.task() }
    }

    pub(super) fn in_task(&self, number: TaskId) -> InTask<'_> {
        InTask { machine: self, task: self.tasks.existing(number) }
    }
}

impl<'m> InTask<'m> {
    #[inline(always)]
    pub(super) fn task(&self) -> &'m Task {
        self.task
    }

    /// What all other tasks hold.
    #[inline(always)]
    pub(super) fn elsewhere(&self) -> Held {
        let (current, mut held) = (self.tasks.current(), self.tasks.elsewhere);
        if current.number != self.task.number {
            held.add(Held::by(current));
            held.subtract(Held::by(self.task));
        }
        held
    }

    /// The top values of the parameter stack, topmost last, as a program would write them.
    pub(super) fn show_stack(&self) -> String {
        const VALUES: usize = 6;
        let parameters = self.task.parameters();
        let hidden = parameters.len().saturating_sub(VALUES);
        let mut words: Vec<String> = Vec::new();
        if hidden > 0 {
            words.push(format!("({hidden} more)"));
        }
        words.extend(parameters[hidden..].iter().map(|&value: &Cell| self.show(value)));
        words.join(" ")
    }

    /// Whether the task is main's and main's bottom frame is the only live activation.
    pub(super) fn only_main(&self) -> bool {
        self.task.number == TaskId::MAIN && self.task.calls.depth() == 1
    }

    /// The home of the code at the counter.
    ///
    /// It is that of the top entry, unless somebody moved the counter into another function. Then it is the
    /// innermost frame of that function.
    pub(super) fn home(&self) -> Home {
        let Place { body, .. } = self.task.counter;
        let (owner, calls): (_, &CallStack) = (self.memory.owner(body), &self.task.calls);
        match calls.home() {
            Home::Live(frame) if calls.body(frame) == owner => Home::Live(frame),
            Home::Ended(number) if self.memory.owner(calls.body(calls.top())) == owner => {
                Home::Ended(number)
            }
            Home::Live(_) | Home::Ended(_) => match calls.innermost_frame(owner) {
                Some(frame) => Home::Live(frame),
                None => Home::Ended(FrameNumber::GONE),
            },
        }
    }

    /// The frame whose locals the code at the counter sees, and which `return` leaves; `None` if it has ended.
    pub(super) fn home_frame(&self) -> Option<Activation<'m>> {
        let Home::Live(frame) = self.home() else { return None };
        let calls = &self.task.calls;
        calls.activations().find(|entry| entry.is_frame && entry.home == calls.number(frame))
    }

    pub(super) fn number(&self, home: Home) -> FrameNumber {
        match home {
            Home::Live(frame) => self.task.calls.number(frame),
            Home::Ended(number) => number,
        }
    }
}
