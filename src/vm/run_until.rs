//! Running up to a condition at full speed.
//!
//! Breakpoints and the end of a call that is stepped over are not part of the machine, and checking for
//! them at every instruction would cost most of the speed. So a run gets cells to pause at, and bounds
//! for the depth of the call stack. The fast loop leaves to the stepper every instruction that could
//! meet such a condition: those in these cells, calls that go too deep, and returns that go too far.
//! Nothing else needs a check. Running up to a parameter hides the lowest ones from the fast loop, which then
//! leaves to the stepper whatever would find too few.

use std::collections::BTreeSet;
use std::ops::RangeInclusive;

use super::fast::Bounds;
use super::index::{EntryIndex, FrameId, TaskId};
use super::machine::Machine;
use super::memory::Place;
use super::schedule::is_mendable;
use super::stop::Stop;
use super::task::TaskState;

/// Where a run pauses, unless the machine stops earlier.
#[derive(Clone, Debug)]
pub struct Until<'a> {
    /// Before the instructions in these cells.
    pub cells: &'a BTreeSet<Place>,
    /// When the number of entries of the call stack of `task` is outside this range.
    pub depths: RangeInclusive<u32>,
    /// The task whose call stack is watched; `None` if none is, whatever the depths. A run pauses too when this task is over, or rests.
    pub task: Option<TaskId>,
    /// Whether a run pauses too when that task stands at a stop that a person can do something about, although
    /// others could go on.
    pub parks: bool,
}

/// Every depth of a call stack.
pub const ANY_DEPTH: RangeInclusive<u32> = 0..=u32::MAX;

impl<'a> Until<'a> {
    /// Before the instructions in these cells.
    pub fn at(cells: &'a BTreeSet<Place>) -> Until<'a> {
        Until { cells, depths: ANY_DEPTH, task: None, parks: false }
    }
}

impl Until<'_> {
    /// Whether a run pauses here.
    pub fn holds(&self, machine: &Machine) -> bool {
        let task = machine.tasks.current();
        if machine.tasks.is_single() && self.task.is_none_or(|watched| watched == task.number) {
            let is_deep = self.task.is_none() || self.depths.contains(&task.calls.depth());
            return !is_deep || self.cells.contains(&task.counter);
        }
        self.holds_among(machine)
    }

    #[cold]
    fn holds_among(&self, machine: &Machine) -> bool {
        let is_away = self.task.is_some_and(|watched| match machine.task_of(watched) {
            Some(task) => match task.state {
                TaskState::Runs if self.parks && machine.parks(watched) => true,
                TaskState::Runs => !self.depths.contains(&task.calls.depth()),
                TaskState::Waits => false,
                TaskState::Rests => self.depths != ANY_DEPTH,
            },
            None => self.depths != ANY_DEPTH,
        });
        is_away || !self.cells.is_empty() && self.cells.contains(&machine.task().counter)
    }
}

impl Machine {
    /// Executes up to `fuel` instructions and pauses before the first at which `until` holds, which may
    /// be the very first. Returns whether `until` holds now.
    ///
    /// # Errors
    /// Why the machine stopped. What was executed before the stop keeps its effect.
    pub fn run_until(&mut self, fuel: u64, until: &Until<'_>) -> Result<bool, Stop> {
        if until.holds(self) {
            return Ok(true);
        }
        self.decoded.pause_before(until.cells);
        let mut left = self.at_most(fuel);
        while left > 0 {
            let turn = self.turn_left(left);
            if turn > 0 {
                let bounds = self.bounds_of(until);
                let slice = self.collecting_slice(turn);
                let retired = super::fast::run(self, slice, bounds);
                self.count_retired(retired);
                left -= retired;
                if until.holds(self) {
                    return Ok(true);
                }
            }
            if left > 0 {
                self.step()?;
                left -= 1;
            }
            if until.holds(self) {
                return Ok(true);
            }
            if self.pauses() {
                break;
            }
        }
        Ok(false)
    }

    /// Executes up to `fuel` instructions of the current task in its turn, at full speed, and pauses before the first
    /// at which `until` holds, or which this task cannot execute. Returns how many it has executed.
    pub fn run_turn(&mut self, fuel: u64, until: &Until<'_>) -> u64 {
        if until.holds(self) {
            return 0;
        }
        self.decoded.pause_before(until.cells);
        let turn = self.turn_left(self.at_most(fuel));
        if turn == 0 {
            return 0;
        }
        let bounds = self.bounds_of(until);
        let slice = self.collecting_slice(turn);
        let retired = super::fast::run(self, slice, bounds);
        self.count_retired(retired);
        retired
    }

    /// Executes up to `fuel` instructions and pauses before the first that takes, looks at or replaces one of
    /// the lowest `hidden` parameters, which may be the very first. Returns whether it has paused so.
    ///
    /// # Errors
    /// Why the machine stopped. What was executed before the stop keeps its effect.
    pub fn run_above(&mut self, fuel: u64, hidden: usize) -> Result<bool, Stop> {
        self.decoded.pause_nowhere();
        let bounds = Bounds { hidden, ..Bounds::NONE };
        let mut left = self.at_most(fuel);
        let task = self.current();
        let reaches =
            |machine: &Machine| machine.current() == task && machine.here().reaches(hidden);
        while left > 0 && !reaches(self) {
            let turn = self.turn_left(left);
            if turn > 0 {
                let slice = self.collecting_slice(turn);
                let bounds = if self.current() == task { bounds } else { Bounds::NONE };
                let retired = super::fast::run(self, slice, bounds);
                self.count_retired(retired);
                left -= retired;
            }
            if left > 0 && !reaches(self) {
                self.step()?;
                left -= 1;
            }
            if self.pauses() {
                break;
            }
        }
        Ok(reaches(self))
    }

    /// What the fast loop must leave to the stepper, so that a run pauses where it should.
    fn bounds_of(&self, until: &Until<'_>) -> Bounds {
        if until.task != Some(self.current()) {
            return Bounds::NONE;
        }
        let floor = self.floor(*until.depths.start());
        Bounds { floor, highest: *until.depths.end(), ..Bounds::NONE }
    }

    /// The entry whose return would leave fewer than `least` entries.
    fn floor(&self, least: u32) -> Option<EntryIndex> {
        let calls = &self.tasks.current().calls;
        calls.entry(FrameId(least.checked_sub(1)?))
    }

    /// Whether a task stands at a stop that a person can do something about.
    pub fn parks(&self, task: TaskId) -> bool {
        self.stop_of(task).is_some_and(|stop| is_mendable(&stop))
    }
}
