//! Running up to a condition at full speed.
//!
//! The machine does not know the user's breakpoints, or the end of a call that is stepped over. They
//! are conditions of whoever runs it, and checking them at every instruction would cost most of the
//! speed. So a run is given cells and bounds for the height of the call stack. The fast loop leaves to
//! the stepper whatever could meet such a condition: the instructions in these cells, the call that
//! goes too high and the return that goes too low. Nothing else needs a check.

use std::collections::BTreeSet;
use std::ops::RangeInclusive;

use super::index::{EntryIndex, FrameId};
use super::machine::Machine;
use super::memory::Place;
use super::stop::Stop;

/// Where a run pauses, unless the machine stops before.
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
    /// Why the machine stops; what was executed before stays.
    pub fn run_until(&mut self, fuel: u64, until: &Until<'_>) -> Result<bool, Stop> {
        if until.holds(self) {
            return Ok(true);
        }
        self.decoded.pause_before(until.cells);
        let floor = self.floor(*until.depths.start());
        let mut left = fuel;
        while left > 0 {
            let retired = super::fast::run(self, left, floor, *until.depths.end());
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
        }
        Ok(false)
    }

    /// The entry whose return would leave fewer than `least` entries.
    fn floor(&self, least: u32) -> Option<EntryIndex> {
        let calls = self.task().calls();
        calls.entry(FrameId(least.checked_sub(1)?))
    }
}
