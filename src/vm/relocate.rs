//! How an edit moves the cells of a body, and the saved positions in it.
//!
//! **One rule for every saved position** `p` in a body when a cell is inserted at `a`: `p > a` becomes
//! `p + 1`, `p <= a` stays. Deleting is the mirror image. So an activation that has not passed `a` will
//! execute the new instruction, and one that has passed it continues after it. Saved positions are the
//! counters and the return addresses. Addresses of blocks and functions name whole bodies and never
//! move.
//!
//! The cells of a line are inserted next to each other, so a position moves past all of them or none.
//! One [`Shift`] therefore describes an edit, however long the line is, and relocating visits each
//! activation once.

use super::index::{Body, Offset};
use super::machine::Machine;
use super::memory::Place;

/// How an edit moved the cells of a body. A mark on an instruction (a breakpoint of the user, a
/// bookmark) moves with it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Shift {
    /// Cells were inserted: what was at `at` or after it moved up.
    Inserted {
        /// The first of them.
        at: Place,
        /// How many, at least one.
        count: u32,
    },
    /// Cells were deleted: what was after them moved down.
    Deleted {
        /// The first of them.
        at: Place,
        /// How many, at least one.
        count: u32,
    },
}

impl Shift {
    /// Where a mark on an instruction is now; `None` if its instruction was deleted.
    pub fn mark(self, mark: Place) -> Option<Place> {
        let Some(after) = self.distance(mark) else { return Some(mark) };
        match self {
            Shift::Inserted { count, .. } => Some(at_offset(mark, mark.offset.plus(count))),
            Shift::Deleted { count, .. } if after < count => None,
            Shift::Deleted { at, count } => Some(at_offset(mark, at.offset.plus(after - count))),
        }
    }

    /// Where a mark on an instruction was before; `None` if its instruction did not exist.
    pub fn before(self, mark: Place) -> Option<Place> {
        let Some(after) = self.distance(mark) else { return Some(mark) };
        match self {
            Shift::Inserted { count, .. } if after < count => None,
            Shift::Inserted { at, count } => Some(at_offset(mark, at.offset.plus(after - count))),
            Shift::Deleted { count, .. } => Some(at_offset(mark, mark.offset.plus(count))),
        }
    }

    /// Where a saved position is now.
    fn position(self, position: Place) -> Place {
        let after = match self.distance(position) {
            None | Some(0) => return position,
            Some(after) => after,
        };
        match self {
            Shift::Inserted { count, .. } => at_offset(position, position.offset.plus(count)),
            // As if they were deleted one by one: a position among them ends up on the first.
            Shift::Deleted { at, count } => {
                at_offset(position, at.offset.plus(after.saturating_sub(count)))
            }
        }
    }

    /// How many cells a place is after the first cell of the shift; `None` if it is before it or in
    /// another body.
    fn distance(self, place: Place) -> Option<u32> {
        let (Shift::Inserted { at, .. } | Shift::Deleted { at, .. }) = self;
        let moves = place.body == at.body && place.offset >= at.offset;
        moves.then(|| place.offset.since(at.offset))
    }
}

fn at_offset(place: Place, offset: Offset) -> Place {
    Place { offset, ..place }
}

impl Machine {
    /// Moves every saved position as the shift says.
    pub(super) fn relocate(&mut self, shift: Shift) {
        for task in self.tasks.iter_mut() {
            task.counter = shift.position(task.counter);
            task.calls.map_returns(|place| shift.position(place));
        }
    }

    /// The furthest saved position in a body, if there is one.
    pub(super) fn furthest_position(&self, body: Body) -> Option<Offset> {
        let saved = self.tasks.iter().flat_map(|task| {
            let returns = task.calls.activations().filter_map(|entry| entry.returns_to);
            returns.chain([task.counter])
        });
        saved.filter(|place| place.body == body).map(|place| place.offset).max()
    }
}
