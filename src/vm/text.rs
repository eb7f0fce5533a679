//! Text values, each kept once under a number, so that a text fits in a cell.
//!
//! Within one machine equal texts have equal numbers, so two texts are compared by their numbers. The
//! table may hold texts that nothing refers to any more. Only reachable texts count against the limit;
//! [`super::machine::Machine::text_bytes`] finds them by looking at every cell. Sweeping changes only
//! the table, so it can happen at any time without a visible effect.

use std::collections::{HashMap, HashSet};
use std::sync::Arc;

/// The longest text value, in bytes. No instruction may do unbounded work, and most text instructions
/// look at every byte: this limit keeps each of them below a tenth of a millisecond.
pub const TEXT_BYTES: usize = 65_536;

/// The number of a text in its [`Texts`].
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct TextId(pub(super) u32);

/// The table of texts. A copy shares the table until a text is added or dropped.
#[derive(Clone, Debug, Default)]
pub struct Texts {
    table: Arc<Table>,
    /// Texts that were asked for since a collection began, so that it keeps them.
    asked: Option<HashSet<TextId>>,
}

#[derive(Clone, Debug, Default)]
struct Table {
    slots: Vec<Option<Arc<str>>>,
    free: Vec<u32>,
    // Making a text hashes all of it, and the default hasher would take half of that time.
    numbers: HashMap<Arc<str>, TextId, foldhash::fast::RandomState>,
    bytes: usize,
}

impl Texts {
    /// The number of `text`, which is added if it is new.
    pub fn intern(&mut self, text: &str) -> TextId {
        let id = match self.find(text) {
            Some(id) => id,
            None => Arc::make_mut(&mut self.table).enter(text.into()),
        };
        if let Some(asked) = &mut self.asked {
            asked.insert(id);
        }
        id
    }

    /// Notes from now on which texts are asked for, until the next sweep.
    pub(super) fn begin_sweep(&mut self) {
        self.asked = Some(HashSet::new());
    }

    /// The number of `text`, if it is in the table.
    pub fn find(&self, text: &str) -> Option<TextId> {
        self.table.numbers.get(text).copied()
    }

    /// The text with this number.
    pub fn get(&self, id: TextId) -> &str {
        let text = self.table.slots[id.slot()].as_deref();
        text.expect("a text that a cell holds is never swept")
    }

    /// The text with this number, shared, not copied.
    pub fn shared(&self, id: TextId) -> Arc<str> {
        let text = self.table.slots[id.0 as usize].clone();
        text.expect("a text that a cell refers to is never swept")
    }

    /// The bytes of all texts in the table, reachable or not.
    pub fn bytes(&self) -> usize {
        self.table.bytes
    }

    /// The number of slots, for a mark per slot.
    pub fn slots(&self) -> usize {
        self.table.slots.len()
    }

    /// Drops every text whose slot is not marked, except those that were asked for since the sweep began. The
    /// marks end where the table ended then.
    pub fn sweep(&mut self, marks: &[bool]) {
        let asked = self.asked.take().unwrap_or_default();
        let is_dropped = |&slot: &usize| !marks[slot] && !asked.contains(&TextId::of_slot(slot));
        let there = &self.table.slots;
        let dropped = (0..marks.len()).filter(|&slot| there[slot].is_some()).filter(is_dropped);
        let dropped: Vec<usize> = dropped.collect();
        if dropped.is_empty() {
            return;
        }
        let table = Arc::make_mut(&mut self.table);
        for slot in dropped {
            if let Some(text) = table.slots[slot].take() {
                table.bytes -= text.len();
                table.numbers.remove(&text);
                table.free.push(slot as u32);
            }
        }
    }
}

impl Table {
    fn enter(&mut self, text: Arc<str>) -> TextId {
        self.bytes += text.len();
        let id = match self.free.pop() {
            Some(slot) => TextId(slot),
            None => {
                self.slots.push(None);
                TextId((self.slots.len() - 1) as u32)
            }
        };
        self.slots[id.0 as usize] = Some(text.clone());
        self.numbers.insert(text, id);
        id
    }
}

impl TextId {
    pub(super) fn slot(self) -> usize {
        self.0 as usize
    }

    pub(super) fn of_slot(slot: usize) -> TextId {
        TextId(slot as u32)
    }
}
