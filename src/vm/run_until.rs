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
use super::index::{EntryIndex, FrameId};
use super::machine::Machine;
use super::memory::Place;
use super::stop::Stop;

/// Where a run pauses, unless the machine stops earlier.
#[derive(Clone, Debug)]
pub struct Until<'a> {
    /// Before the instructions in these cells.
    pub cells: &'a BTreeSet<Place>,
    /// When the number of entries of the call stack is outside this range.
    pub depths: RangeInclusive<u32>,
}

impl Until<'_> {
    /// Whether a run pauses here.
    pub fn holds(&self, machine: &Machine) -> bool {
        let task = machine.task();
        !self.depths.contains(&task.calls().depth()) || self.cells.contains(&task.counter())
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
        let floor = self.floor(*until.depths.start());
        let bounds = Bounds { floor, highest: *until.depths.end(), ..Bounds::NONE };
        let mut left = self.at_most(fuel);
        while left > 0 {
            let slice = self.collecting_slice(left);
            let retired = super::fast::run(self, slice, bounds);
            self.retired += retired;
            left -= retired;
            if until.holds(self) {
                return Ok(true);
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

    /// Executes up to `fuel` instructions and pauses before the first that takes, looks at or replaces one of
    /// the lowest `hidden` parameters, which may be the very first. Returns whether it has paused so.
    ///
    /// # Errors
    /// Why the machine stopped. What was executed before the stop keeps its effect.
    pub fn run_above(&mut self, fuel: u64, hidden: usize) -> Result<bool, Stop> {
        self.decoded.pause_nowhere();
        let bounds = Bounds { hidden, ..Bounds::NONE };
        let mut left = self.at_most(fuel);
        while left > 0 && !self.reaches(hidden) {
            let slice = self.collecting_slice(left);
            let retired = super::fast::run(self, slice, bounds);
            self.retired += retired;
            left -= retired;
            if left > 0 && !self.reaches(hidden) {
                self.step()?;
                left -= 1;
            }
            if self.pauses() {
                break;
            }
        }
        Ok(self.reaches(hidden))
    }

    /// The entry whose return would leave fewer than `least` entries.
    fn floor(&self, least: u32) -> Option<EntryIndex> {
        let calls = self.task().calls();
        calls.entry(FrameId(least.checked_sub(1)?))
    }
}
