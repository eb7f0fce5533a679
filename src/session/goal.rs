//! The goal of a run. Stepping over a call, running to a cell and stopping at a breakpoint are conditions of
//! the session; the machine and its history know nothing of them.
//!
//! The machine runs at full speed up to the next instruction at which a condition may hold.

use std::collections::BTreeSet;
use std::ops::RangeInclusive;

use super::peek::Pauses;
use crate::program::image::Image;
use crate::vm::frame::{Activation, Again};
use crate::vm::index::TaskId;
use crate::vm::machine::Machine;
use crate::vm::memory::Place;
use crate::vm::run_until::{ANY_DEPTH, Until};
use crate::vm::stop::Stop;
use crate::vm::task::TaskState;

/// The goal of a run. Every run also ends when the machine stops, and at breakpoints, except at one on its
/// first instruction.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Goal {
    /// Run until something stops it.
    Free,
    /// Run this many instructions.
    Fuel(u64),
    /// Run until something stops it, or this task cannot go on without a person.
    Watching(TaskId),
    /// Run until this task is about to execute an instruction.
    Going(TaskId),
    /// Run at least one instruction, until the call stack of the task has at most this many entries, and it goes on
    /// or rests.
    Depth(TaskId, u32),
    /// Run until the counter comes to a cell.
    Cell(Place),
    /// Run while the counter is on one of these cells at this depth of the call stack, or in the condition of a
    /// `while` among them: executes a line that was just written, once.
    Line {
        /// The first cell.
        from: Place,
        /// How many cells.
        count: u32,
        /// The number of entries of the call stack.
        depth: u32,
        /// Whether the run is in a condition now.
        in_condition: bool,
    },
}

/// How a run ended.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Ended {
    /// It reached its goal.
    Reached,
    /// It came to a breakpoint.
    Breakpoint(Place),
    /// It came to a breakpoint whose condition cannot be evaluated: why.
    Unclear(Place, String),
    /// The machine stopped.
    Stopped(Stop),
}

impl Ended {
    /// How a stop ends a run; none if only the fuel of a time slice is used up, because the run continues.
    pub(super) fn by(stop: Stop) -> Option<Ended> {
        (stop != Stop::OutOfFuel).then_some(Ended::Stopped(stop))
    }
}

impl Goal {
    /// Over one instruction and everything it calls.
    pub fn over(machine: &Machine) -> Goal {
        Goal::Depth(machine.task().number(), machine.task().calls().depth())
    }

    /// Out of the innermost frame; from the bottom frame, until something stops it.
    pub fn out(machine: &Machine) -> Goal {
        let calls = machine.task().calls();
        let above = calls.activations().position(|entry| entry.is_frame);
        let above = above.expect("the bottom entry is the frame of main") as u32;
        match calls.depth().saturating_sub(above + 1) {
            0 => Goal::Free,
            depth => Goal::Depth(machine.task().number(), depth),
        }
    }

    /// Through the `count` cells of a line that was just written, in the same activation.
    pub fn line(machine: &Machine, from: Place, count: u32) -> Goal {
        Goal::Line { from, count, depth: machine.task().calls().depth(), in_condition: false }
    }

    /// Runs at most `fuel` instructions towards the goal; returns how the run ended, if it did. `first`
    /// says that the run begins now.
    pub(super) fn run(&mut self, image: &mut Image, fuel: u64, first: bool) -> Option<Ended> {
        if image.machine.is_spent() {
            return Some(Ended::Stopped(Stop::OutOfFuel));
        }
        if !image.breakpoints.pauses().is_empty() {
            return self.run_watched(image, fuel, first);
        }
        match self {
            Goal::Free => Ended::by(image.machine.run(fuel)),
            Goal::Fuel(left) => {
                let before = image.machine.retired();
                let stop = image.machine.run(fuel.min(*left));
                *left -= image.machine.retired() - before;
                if *left == 0 { Some(Ended::Reached) } else { Ended::by(stop) }
            }
            Goal::Watching(_)
            | Goal::Going(_)
            | Goal::Depth(..)
            | Goal::Cell(_)
            | Goal::Line { .. } => self.run_watched(image, fuel, first),
        }
    }

    fn run_watched(&mut self, image: &mut Image, fuel: u64, first: bool) -> Option<Ended> {
        let Image { machine, breakpoints, .. } = image;
        let cells = self.cells(breakpoints.pauses());
        let (task, parks) = self.watched(machine);
        let until = Until { cells: &cells, depths: self.depths(), task, parks };
        let end = machine.retired().saturating_add(self.at_most(fuel));
        let mut moved = !first;
        while machine.retired() < end && !machine.is_spent() && !machine.pauses() {
            let counter = machine.task().counter();
            if self.reached(machine, moved) {
                return Some(Ended::Reached);
            }
            let marked = breakpoints.get(counter).filter(|breakpoint| breakpoint.enabled);
            if moved && let Some(breakpoint) = marked {
                match Pauses::at(breakpoint, breakpoint.passed, machine) {
                    Pauses::No => {}
                    Pauses::Yes => return Some(Ended::Breakpoint(counter)),
                    Pauses::Unclear(why) => return Some(Ended::Unclear(counter, why)),
                }
            }
            let before = machine.retired();
            // On a line, any instruction may be the last.
            let ran = if !moved || marked.is_some() || matches!(self, Goal::Line { .. }) {
                let ran = machine.step();
                if ran.is_ok() {
                    breakpoints.count(counter);
                }
                ran
            } else if let Goal::Going(_) = self
                && machine.run_turn(end - before, &until) > 0
            {
                // Whose turn is next is found out before each.
                Ok(())
            } else if let Goal::Going(_) = self {
                machine.step()
            } else {
                machine.run_until(end - before, &until).map(|_| ())
            };
            if parks
                && let Goal::Watching(task) = *self
                && machine.parks(task)
            {
                return machine.stop_of(task).map(Ended::Stopped);
            }
            self.is_nearer(counter, machine.retired() - before);
            self.notes_condition(machine);
            if let Err(stop) = ran {
                return Some(Ended::Stopped(stop));
            }
            moved = true;
        }
        self.reached(machine, moved).then_some(Ended::Reached)
    }

    /// The most instructions of a slice.
    fn at_most(&self, fuel: u64) -> u64 {
        match *self {
            Goal::Fuel(left) => fuel.min(left),
            Goal::Free
            | Goal::Watching(_)
            | Goal::Going(_)
            | Goal::Depth(..)
            | Goal::Cell(_)
            | Goal::Line { .. } => fuel,
        }
    }

    /// The cells before which a run has to pause.
    fn cells(&self, breakpoints: &BTreeSet<Place>) -> BTreeSet<Place> {
        let mut cells = breakpoints.clone();
        match *self {
            Goal::Cell(place) => cells.extend([place]),
            Goal::Free
            | Goal::Fuel(_)
            | Goal::Watching(_)
            | Goal::Going(_)
            | Goal::Depth(..)
            | Goal::Line { .. } => {}
        }
        cells
    }

    /// The task that is watched, and whether a run pauses when it cannot go on.
    fn watched(&self, machine: &Machine) -> (Option<TaskId>, bool) {
        match *self {
            Goal::Depth(task, _) => (Some(task), false),
            // A run lets the others go on if the task could not go on when it began.
            Goal::Watching(task) => (Some(task), !machine.parks(task)),
            Goal::Free | Goal::Fuel(_) | Goal::Going(_) | Goal::Cell(_) | Goal::Line { .. } => {
                (None, false)
            }
        }
    }

    /// The depths of the call stack at which a run need not pause.
    fn depths(&self) -> RangeInclusive<u32> {
        match *self {
            Goal::Depth(_, depth) => depth.saturating_add(1)..=u32::MAX,
            Goal::Free
            | Goal::Fuel(_)
            | Goal::Watching(_)
            | Goal::Going(_)
            | Goal::Cell(_)
            | Goal::Line { .. } => ANY_DEPTH,
        }
    }

    /// Notes that `ran` instructions were executed, starting at a cell.
    fn is_nearer(&mut self, at: Place, ran: u64) {
        match self {
            Goal::Fuel(left) => *left -= ran,
            // A cell that was passed is no longer part of the line, even if a block starts again.
            Goal::Line { from, count, in_condition, .. } => {
                if ran > 0 && !*in_condition {
                    *count = count.saturating_sub(at.offset.next().since(from.offset));
                    from.offset = at.offset.next();
                }
            }
            Goal::Free | Goal::Watching(_) | Goal::Going(_) | Goal::Depth(..) | Goal::Cell(_) => {}
        }
    }

    /// Notes whether the line is in the condition of a `while`, or has left it.
    fn notes_condition(&mut self, machine: &Machine) {
        let Goal::Line { depth, in_condition, .. } = self else { return };
        let calls = machine.task().calls();
        let above = calls.depth().saturating_sub(*depth);
        // What the condition calls is a part of it.
        if above < 2 {
            let innermost = calls.activations().next();
            let is_condition = |entry: Activation<'_>| entry.again == Again::Condition;
            *in_condition = above == 1 && innermost.is_some_and(is_condition);
        }
    }

    fn reached(&self, machine: &Machine, moved: bool) -> bool {
        let task = machine.task();
        match *self {
            Goal::Free => false,
            Goal::Fuel(left) => left == 0,
            Goal::Watching(_) => false,
            Goal::Going(awaited) => task.number() == awaited && machine.stop_of(awaited).is_none(),
            Goal::Depth(watched, depth) => {
                moved
                    && machine.task_of(watched).is_none_or(|task| match task.state() {
                        TaskState::Runs => task.calls().depth() <= depth,
                        TaskState::Waits => false,
                        TaskState::Rests => true,
                    })
            }
            Goal::Cell(place) => moved && task.counter() == place,
            Goal::Line { in_condition: true, .. } => false,
            Goal::Line { from, count, depth, in_condition: false } => {
                let at = task.counter();
                let on_line = at.body == from.body
                    && at.offset >= from.offset
                    && at.offset.since(from.offset) < count;
                !on_line || task.calls().depth() != depth
            }
        }
    }
}
