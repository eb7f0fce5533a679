//! The state of a channel: the two numbers at its beginning, checked.

use super::data::Data;
use super::index::DataSlot;

/// The cells before the values.
pub(super) const HEADER: usize = 2;
/// The cell with the index of the oldest value.
pub(super) const FIRST: usize = 0;
/// The cell with how many values there are.
pub(super) const COUNT: usize = 1;

/// The state of a channel.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Queue {
    pub(super) first: usize,
    pub(super) count: usize,
    pub(super) room: usize,
}

impl Queue {
    /// The state of the channel in a data body; `None` if that is no channel.
    pub(super) fn read(data: &Data, slot: DataSlot) -> Option<Queue> {
        let body = data.get(slot)?;
        let room = body.size().checked_sub(HEADER).filter(|&room| room > 0)?;
        let number = |index| usize::try_from(body.get(index)?.as_integer()?).ok();
        let (first, count) = (number(FIRST)?, number(COUNT)?);
        (first < room && count <= room).then_some(Queue { first, count, room })
    }

    /// The cell of the oldest value.
    pub(super) fn oldest(self) -> usize {
        HEADER + self.first
    }

    /// The cell of the next value.
    pub(super) fn free(self) -> usize {
        HEADER + (self.first + self.count) % self.room
    }
}
