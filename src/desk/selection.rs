//! Which cells are looked at: the selection, the places shown before, and the unfolded bodies.

use std::collections::HashSet;
use std::ops::Range;

use crate::view::memory::At;
use crate::vm::index::{Body, BodyId, FrameId};

/// Selected cells of one body, from where the selection began to where it ends.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Selection {
    /// Where it began.
    pub anchor: At,
    /// Where it ends: the cell that is edited.
    pub head: At,
}

impl Selection {
    /// One cell.
    pub fn cell(at: At) -> Selection {
        Selection { anchor: at, head: at }
    }

    /// This selection extended to a cell; a new one if the cell is in another body.
    pub fn up_to(self, at: At) -> Selection {
        match self.anchor.body == at.body {
            true => Selection { head: at, ..self },
            false => Selection::cell(at),
        }
    }

    /// The offsets of the selected cells in their body.
    pub fn offsets(&self) -> Range<u32> {
        let anchor =
            if self.anchor.body == self.head.body { self.anchor.offset } else { self.head.offset };
        anchor.min(self.head.offset)..anchor.max(self.head.offset) + 1
    }

    /// Whether a cell is selected.
    pub fn contains(&self, at: At) -> bool {
        at.body == self.head.body && self.offsets().contains(&at.offset)
    }
}

/// Which cells are looked at.
#[derive(Clone, Debug, Default)]
pub struct Sight {
    /// The selected cells; none while the view follows the counter.
    pub selection: Option<Selection>,
    /// Places that were shown before.
    pub trail: Vec<At>,
    /// Bodies whose empty tail is shown.
    pub open: HashSet<BodyId>,
    /// Functions of which only the first line is shown as text, by their bodies.
    pub folded: HashSet<Body>,
    /// The entry of the call stack that was clicked last.
    pub frame: Option<FrameId>,
    /// Whether the console was asked for, and is shown though it has nothing to say.
    pub console: bool,
}

impl Sight {
    /// Shows the empty tail of a body, or folds it.
    pub fn fold(&mut self, body: BodyId) {
        if !self.open.remove(&body) {
            self.open.insert(body);
        }
    }

    /// Shows only the first line of a function as text, or all.
    pub fn fold_text(&mut self, body: Body) {
        if !self.folded.remove(&body) {
            self.folded.insert(body);
        }
    }
}
