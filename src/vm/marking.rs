//! Marking the data and texts that can be reached, in steps.

use super::cell::Cell;
use super::data::Data;
use super::growth::CELL_BYTES;
use super::index::{DataId, DataSlot};
use super::rows::Rows;
use super::text::Texts;
use super::text_marks::TextMarks;

/// The cells that are looked at in one go.
const PIECE: usize = 1024;

/// Marking what is reachable.
#[derive(Clone, Debug)]
pub(super) struct Marking {
    /// The rows as they were when the collection began, if that is over.
    pub(super) rows: Option<Rows>,
    /// Bodies with this number or a greater one were made since.
    before: DataId,
    /// Whether the body in a slot was reached.
    reached: Vec<bool>,
    /// The texts that were reached.
    pub(super) texts: TextMarks,
    /// Bodies that were reached, but not looked at.
    open: Vec<DataSlot>,
    /// The body that is being looked at, and the next cell.
    at: Option<(DataSlot, usize)>,
    /// The cells of the bodies that were reached.
    pub(super) cells: u64,
}

impl Marking {
    /// Marks what these cells of a machine refer to directly.
    pub(super) fn begin(roots: impl Iterator<Item = Cell>, data: &Data, texts: &Texts) -> Marking {
        let mut marking = Marking {
            rows: None,
            before: data.table().next(),
            reached: vec![false; data.table().slots()],
            texts: TextMarks::new(texts),
            open: Vec::new(),
            at: None,
            cells: 0,
        };
        roots.for_each(|cell| marking.meet(cell, data.rows(), texts));
        marking
    }

    #[inline(always)]
    fn meet(&mut self, cell: Cell, rows: &Rows, texts: &Texts) {
        if let Some(slot) = cell.as_data() {
            if !std::mem::replace(&mut self.reached[slot.index()], true) {
                let size = rows.get(slot).expect("there is a row in each slot").len();
                self.cells += (size as u64).max(1);
                self.open.push(slot);
            }
        } else if let Some(id) = cell.as_text() {
            self.texts.meet(id, texts);
        }
    }

    /// Looks at about this many more cells; the rows must be those of the beginning. True if all is marked.
    pub(super) fn go_on(&mut self, rows: &Rows, texts: &Texts, cells: u64) -> bool {
        let (mut left, mut room) = (cells, Vec::new());
        while left > 0 {
            if let Some(bytes) = self.texts.look(texts) {
                left = left.saturating_sub(bytes / CELL_BYTES + 1);
                continue;
            }
            let Some((slot, first)) = self.at.take().or_else(|| Some((self.open.pop()?, 0))) else {
                return true;
            };
            let words = rows.get(slot).expect("there is a row in each slot");
            let piece = words.stretch(first, PIECE, &mut room);
            for &word in piece {
                self.meet(Cell::from_bits(word), rows, texts);
            }
            if first + PIECE < words.len() {
                self.at = Some((slot, first + PIECE));
            }
            left = left.saturating_sub(piece.len() as u64 + 1);
        }
        false
    }

    /// Marks all the rest of a snapshot.
    pub(super) fn finish(&mut self, texts: &Texts) {
        if let Some(rows) = self.rows.take() {
            let all = self.go_on(&rows, texts, u64::MAX);
            assert!(all, "no memory has 2^64 cells");
        }
    }

    /// The bodies that were there and cannot be reached.
    pub(super) fn unreached(&self, data: &Data) -> Vec<DataSlot> {
        let there = data.table().all().iter().take_while(|&&(id, _)| id < self.before);
        let slots = there.map(|&(_, slot)| slot);
        slots.filter(|slot| !self.reached[slot.index()]).collect()
    }
}
