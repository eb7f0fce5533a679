//! A stack of words whose unused room stays allocated: the parameters and the call stack of a task.
//!
//! The fast loop works on plain slices and never allocates, so it needs room above the top whenever it is
//! entered. A `Vec` would have to clear that room each time, which took longer than most stays in the loop.
//! Here the room keeps whatever was there before. Nobody else sees it: the contents end at the height, and a
//! copy, a comparison or a file has only the contents.

use std::ops::{Deref, DerefMut};

use super::cell::Cell;

/// The fewest words of room that the fast loop gets.
pub(super) const ROOM: usize = 512;

/// A stack of words, top last.
#[derive(Debug, Default)]
pub(super) struct Stack {
    /// The contents, and above them the room.
    cells: Vec<Cell>,
    height: usize,
}

impl Stack {
    /// Adds a word on top.
    pub(super) fn push(&mut self, value: Cell) {
        match self.cells.get_mut(self.height) {
            Some(cell) => *cell = value,
            None => self.cells.push(value),
        }
        self.height += 1;
    }

    /// Takes the top off.
    pub(super) fn pop(&mut self) -> Option<Cell> {
        let top = self.last().copied()?;
        self.height -= 1;
        Some(top)
    }

    /// Drops everything above a height.
    pub(super) fn truncate(&mut self, height: usize) {
        self.height = self.height.min(height);
    }

    /// Adds words on top.
    pub(super) fn extend(&mut self, values: impl IntoIterator<Item = Cell>) {
        values.into_iter().for_each(|value| self.push(value));
    }

    /// All words with the room above them, of which there are at least this many.
    pub(super) fn with_room(&mut self, room: usize) -> &mut [Cell] {
        let least = self.height + room;
        if self.cells.len() < least {
            self.cells.resize(least.max(2 * self.cells.len()), Cell::ZERO);
        }
        &mut self.cells
    }

    /// Gives back the room.
    pub(super) fn shrink(&mut self) {
        self.cells.truncate(self.height);
        self.cells.shrink_to_fit();
    }

    /// A word of the room above the contents.
    pub(super) fn above(&self, index: usize) -> Cell {
        self.cells[index]
    }

    /// The contents are what the room holds up to this height.
    pub(super) fn set_height(&mut self, height: usize) {
        assert!(height <= self.cells.len(), "contents are inside what is allocated");
        self.height = height;
    }
}

impl Deref for Stack {
    type Target = [Cell];

    fn deref(&self) -> &[Cell] {
        &self.cells[..self.height]
    }
}

impl DerefMut for Stack {
    fn deref_mut(&mut self) -> &mut [Cell] {
        &mut self.cells[..self.height]
    }
}

impl From<Vec<Cell>> for Stack {
    fn from(cells: Vec<Cell>) -> Stack {
        Stack { height: cells.len(), cells }
    }
}

impl Clone for Stack {
    fn clone(&self) -> Stack {
        Stack::from(self.to_vec())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn room_is_never_content() {
        let number = |value| Cell::integer(value).expect("it is small");
        let mut stack = Stack::from(vec![number(1), number(2)]);
        assert!(stack.with_room(3).len() >= 5);
        stack.with_room(3)[2] = number(7);
        assert_eq!(*stack, [number(1), number(2)]);
        stack.set_height(3);
        assert_eq!((stack.pop(), stack.len()), (Some(number(7)), 2));
        stack.push(number(3));
        assert_eq!(*stack.clone(), [number(1), number(2), number(3)]);
        stack.truncate(1);
        stack.truncate(9);
        stack.extend([number(8), number(9)]);
        assert_eq!(*stack, [number(1), number(8), number(9)]);
    }
}
