//! Forks: copies of a machine that share what neither has changed, and the bounds they may have.
//!
//! A bound stops a fork *before* the instruction, like a limit of the program.
//! [`Machine::lacks_room`] tells the two apart.

use std::sync::Arc;

use super::limit::LimitKind;
use super::machine::Machine;
use super::room::{Bounds, Room};
use super::stop::Stop;

impl Machine {
    /// A copy that costs no more than copying the stacks, however large the rest is. The two machines
    /// are independent and share what neither has changed.
    pub fn fork(&mut self) -> Machine {
        self.finish_collection();
        self.memory.all_data_mut().share();
        self.clone()
    }

    /// A fork that stops before it takes up more than `room`. Its output starts empty.
    pub fn fork_within(&mut self, room: Room) -> Machine {
        let mut fork = self.fork();
        fork.printed_before = fork.printed();
        fork.output = Arc::default();
        fork.memory.all_data_mut().set_room(room.cells);
        fork.bounds = Some(Bounds { text: room.text, output: room.output });
        fork
    }

    /// Whether it waits at the bound of a fork, not at a limit of the program.
    pub fn lacks_room(&mut self) -> bool {
        let Some(Stop::Limit(bound)) = self.waits() else { return false };
        let (bounds, cells) = (self.bounds.take(), self.memory.all_data().room());
        self.memory.all_data_mut().set_room(u64::MAX);
        let limit = self.waits();
        self.bounds = bounds;
        self.memory.all_data_mut().set_room(cells);
        limit != Some(Stop::Limit(bound))
    }

    /// How many bytes were printed, including those that a bounded fork left out of its output.
    pub(super) fn printed(&self) -> u64 {
        self.printed_before + self.output.len() as u64
    }

    /// How many more bytes may be printed.
    pub(super) fn printable(&self) -> u64 {
        let left = self.limits.get(LimitKind::Output).saturating_sub(self.printed());
        self.bounds.as_ref().map_or(left, |bounds| left.min(bounds.output))
    }

    /// Whether there is room for a text of this many bytes. Only a bounded fork can lack it.
    pub(super) fn has_text_room(&self, bytes: usize) -> bool {
        self.bounds.as_ref().is_none_or(|bounds| bytes as u64 <= bounds.text)
    }

    /// Whether there is room for this many cells.
    pub(super) fn has_cell_room(&self, cells: u64) -> bool {
        cells <= self.memory.all_data().room()
    }

    /// Whether there is room for this many bytes of output.
    pub(super) fn has_output_room(&self, bytes: usize) -> bool {
        self.bounds.as_ref().is_none_or(|bounds| bytes as u64 <= bounds.output)
    }

    /// Takes room for a text. Commands do not check first, so this may take all that is left.
    pub(super) fn take_text_room(&mut self, bytes: usize) {
        if let Some(bounds) = &mut self.bounds {
            bounds.text = bounds.text.saturating_sub(bytes as u64);
        }
    }

    /// Takes room for output.
    pub(super) fn take_output_room(&mut self, bytes: usize) {
        if let Some(bounds) = &mut self.bounds {
            bounds.output -= bytes as u64;
        }
    }
}
