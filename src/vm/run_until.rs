//! Running up to where someone wants to look, at full speed.
//!
//! The machine knows no breakpoint of a person, no end of a call that one steps over: these are
//! conditions of whoever runs it, and looking for them at every instruction would cost most of the
//! speed. So a run can be told cells, and how high the call stack may be. The fast loop leaves to the
//! stepper what could make such a condition come true: the instructions on these cells, the call that
//! leads too high and the return that leads too low. In between there is nothing to look at.

use std::collections::BTreeSet;
use std::ops::RangeInclusive;

use super::index::{EntryIndex, FrameId};
use super::machine::Machine;
use super::memory::Place;
use super::stop::Stop;

/// Where a run pauses, beside where the machine stops anyway.
#[derive(Clone, Debug)]
pub struct Until<'a> {
    /// In front of these cells.
    pub cells: &'a BTreeSet<Place>,
    /// As soon as the call stack has fewer or more entries than this.
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
    /// Executes up to `fuel` instructions and pauses in front of the first at which `until` holds, even
    /// if that is the very first. Whether it does now.
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

    /// The highest entry of the call stack that cannot be left without having fewer than `least`; it
    /// stays where it is until then.
    fn floor(&self, least: u32) -> Option<EntryIndex> {
        let calls = self.task().calls();
        calls.entry(FrameId(least.checked_sub(1)?))
    }
}
