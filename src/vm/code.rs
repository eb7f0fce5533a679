//! A code body: a function or a block.

use super::cell::Cell;
use super::index::{Body, Offset, Slot};
use super::name::NameId;
use super::space::Address;

/// What a code body is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum BodyKind {
    /// A function that has this name.
    Function(NameId),
    /// A block; it belongs to the function with this body number.
    Block(Body),
    /// A function that had this name and was replaced.
    Former(NameId),
}

/// A function or a block.
#[derive(Clone, Debug)]
pub struct CodeBody {
    /// What it is.
    pub kind: BodyKind,
    /// Its first address, a multiple of 100.
    pub start: Address,
    /// Its size, in cells. The last cell is always empty.
    pub size: u32,
    /// Cells up to the last one that is not empty.
    pub(super) cells: Vec<Cell>,
    /// For a function: its locals, in the order of their slots in a frame.
    pub(super) locals: Vec<NameId>,
}

impl CodeBody {
    /// The cells up to the last that is not empty.
    pub fn used(&self) -> &[Cell] {
        &self.cells
    }

    /// The cell at an offset; empty after the used cells.
    pub fn cell(&self, offset: Offset) -> Cell {
        self.cells.get(offset.index()).copied().unwrap_or(Cell::BREAKPOINT)
    }

    /// The slot of a local in the frames of this function.
    pub fn slot(&self, name: NameId) -> Option<Slot> {
        self.locals.iter().position(|&local| local == name).map(Slot::from_index)
    }

    /// The locals of this function, in the order of their slots.
    pub fn locals(&self) -> &[NameId] {
        &self.locals
    }

    pub(super) fn trim(&mut self) {
        while self.cells.last() == Some(&Cell::BREAKPOINT) {
            self.cells.pop();
        }
    }
}
