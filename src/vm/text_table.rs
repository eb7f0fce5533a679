//! The slots in which texts are kept.
//!
//! A short text is in its slot, so it takes no allocation. Of a long one the slot says how much it is of which
//! buffer. Slots and buffers that are free are used again.

use std::hash::BuildHasher;
use std::ops::Range;

use arrayvec::ArrayString;
use hashbrown::HashTable;

use super::text_buffer::{BufferId, Buffers};

/// The longest text, in bytes, that is kept in its slot, and that has only one number.
pub(super) const SHORT: usize = 40;
/// The characters whose texts are found without hashing.
const SINGLES: usize = 128;

/// The number of a text in its [`Texts`](super::text::Texts).
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct TextId(pub(super) u32);

#[derive(Clone, Debug)]
pub(super) struct Table {
    slots: Vec<Slot>,
    free: Vec<u32>,
    /// The slots of the short texts, by content. It holds no contents, so that copying it copies memory.
    short: HashTable<u32>,
    // The default hasher would take half of the time in which a text is made.
    hasher: foldhash::fast::RandomState,
    buffers: Buffers,
    /// The texts of single characters, as far as they are known.
    singles: [Option<TextId>; SINGLES],
}

#[derive(Clone, Copy, Debug)]
pub(super) struct Slot {
    pub(super) content: Content,
    pub(super) bytes: u32,
    pub(super) chars: u32,
}

#[derive(Clone, Copy, Debug)]
pub(super) enum Content {
    Free,
    Short(ArrayString<SHORT>),
    /// The first bytes of a buffer.
    Long(BufferId),
}

impl Default for Table {
    fn default() -> Table {
        Table {
            slots: Vec::new(),
            free: Vec::new(),
            short: HashTable::new(),
            hasher: foldhash::fast::RandomState::default(),
            buffers: Buffers::default(),
            singles: [None; SINGLES],
        }
    }
}

impl Table {
    #[inline(always)]
    pub(super) fn slot(&self, id: TextId) -> &Slot {
        &self.slots[id.slot()]
    }

    pub(super) fn slots(&self) -> &[Slot] {
        &self.slots
    }

    pub(super) fn hash(&self, text: &str) -> u64 {
        self.hasher.hash_one(text)
    }

    /// The text of a character, if it is known.
    #[inline]
    pub(super) fn single(&self, character: char) -> Option<TextId> {
        self.singles.get(character as usize).copied().flatten()
    }

    pub(super) fn set_single(&mut self, character: char, id: TextId) {
        if let Some(single) = self.singles.get_mut(character as usize) {
            *single = Some(id);
        }
    }

    /// Makes a long text with a buffer of its own.
    pub(super) fn add_long(&mut self, text: String) -> Slot {
        let (bytes, chars) = (text.len(), text.chars().count());
        Slot::long(self.buffers.add(text), bytes, chars)
    }

    /// Whether a text is all of a buffer, so that the next one can go on there.
    pub(super) fn is_whole(&self, id: TextId) -> bool {
        let slot = self.slot(id);
        matches!(slot.content, Content::Long(buffer)
            if self.buffers.is_whole(buffer, slot.bytes as usize))
    }

    #[cfg(test)]
    pub(super) fn buffers(&self) -> &Buffers {
        &self.buffers
    }

    #[inline]
    pub(super) fn get(&self, id: TextId) -> &str {
        let slot = &self.slots[id.slot()];
        match &slot.content {
            Content::Short(text) => text,
            Content::Long(buffer) => self.buffers.get(*buffer, slot.bytes as usize),
            Content::Free => unreachable!("a text that a cell holds is never swept"),
        }
    }

    /// The bytes of a text.
    #[inline(always)]
    pub(super) fn bytes(&self, id: TextId) -> &[u8] {
        let slot = &self.slots[id.slot()];
        match &slot.content {
            Content::Short(text) => text.as_bytes(),
            Content::Long(buffer) => self.buffers.bytes(*buffer, slot.bytes as usize),
            Content::Free => &[],
        }
    }

    pub(super) fn find_short(&self, text: &str, hash: u64) -> Option<TextId> {
        let is_there = |&slot: &u32| self.slots[slot as usize].is_short(text);
        self.short.find(hash, is_there).map(|&slot| TextId(slot))
    }

    pub(super) fn add_short(&mut self, text: &str, hash: u64) -> TextId {
        let content = ArrayString::from(text).expect("it is short");
        let (bytes, chars) = (text.len() as u32, text.chars().count() as u32);
        let id = self.put(Slot { content: Content::Short(content), bytes, chars });
        let Table { slots, short, hasher, .. } = self;
        short.insert_unique(hash, id.0, |&slot| slots[slot as usize].hash_short(hasher));
        id
    }

    pub(super) fn put(&mut self, slot: Slot) -> TextId {
        match self.free.pop() {
            Some(free) => {
                self.slots[free as usize] = slot;
                TextId(free)
            }
            None => {
                self.slots.push(slot);
                TextId::of_slot(self.slots.len() - 1)
            }
        }
    }

    /// Two texts as a long one.
    pub(super) fn join(&mut self, a: TextId, b: TextId) -> Slot {
        let (first, second) = (self.slots[a.slot()], self.slots[b.slot()]);
        let (bytes, chars) = (first.bytes + second.bytes, first.chars + second.chars);
        let buffer = match first.content {
            Content::Long(buffer) if self.append(buffer, &first, &second) => {
                self.buffers.take(buffer);
                buffer
            }
            Content::Free | Content::Short(_) | Content::Long(_) => {
                let mut text = String::with_capacity(bytes as usize);
                text.push_str(self.get(a));
                text.push_str(self.get(b));
                self.buffers.add(text)
            }
        };
        Slot::long(buffer, bytes as usize, chars as usize)
    }

    /// Appends a text to a buffer, if another text is all of it and nobody shares it.
    fn append(&mut self, buffer: BufferId, whole: &Slot, more: &Slot) -> bool {
        self.buffers.is_whole(buffer, whole.bytes as usize)
            && match &more.content {
                Content::Short(text) => self.buffers.append(buffer, text),
                Content::Long(from) => self.buffers.append_from(buffer, *from, more.bytes as usize),
                Content::Free => unreachable!("a text that a cell holds is never swept"),
            }
    }

    /// A long part of a long text. A beginning needs no copy.
    pub(super) fn part(&mut self, id: TextId, range: Range<usize>, chars: usize) -> Slot {
        let bytes = range.len();
        let buffer = match self.slots[id.slot()].content {
            Content::Long(buffer) if range.start == 0 => {
                self.buffers.take(buffer);
                buffer
            }
            Content::Free | Content::Short(_) | Content::Long(_) => {
                let text = self.get(id)[range].to_string();
                self.buffers.add(text)
            }
        };
        Slot::long(buffer, bytes, chars)
    }

    pub(super) fn remove(&mut self, id: TextId) {
        let slot = &mut self.slots[id.slot()];
        match slot.content {
            Content::Short(text) => {
                let hash = slot.hash_short(&self.hasher);
                let entry = self.short.find_entry(hash, |&slot| slot == id.0);
                entry.expect("every short text is in the table").remove();
                if let Some(single) = text.bytes().next().filter(|_| text.len() == 1) {
                    self.singles[usize::from(single)] = None;
                }
            }
            Content::Long(buffer) => self.buffers.release(buffer),
            Content::Free => unreachable!("it was there"),
        }
        self.slots[id.slot()].content = Content::Free;
        self.free.push(id.0);
    }

    /// Gives a long text the buffer of another one with the same content.
    pub(super) fn share(&mut self, twin: TextId, other: TextId) {
        let content = self.slots[other.slot()].content;
        let own = std::mem::replace(&mut self.slots[twin.slot()].content, content);
        if let (Content::Long(own), Content::Long(buffer)) = (own, content) {
            self.buffers.take(buffer);
            self.buffers.release(own);
        }
    }

    /// How many bytes a buffer has; none if it is free.
    pub(super) fn buffer_size(&self, buffer: BufferId) -> usize {
        self.buffers.size(buffer)
    }

    /// Cuts the buffers of which little is used.
    pub(super) fn cut_buffers(&mut self) {
        let mut used = vec![0; self.buffers.count()];
        for slot in &self.slots {
            if let Content::Long(buffer) = slot.content {
                let used: &mut usize = &mut used[buffer.index()];
                *used = (*used).max(slot.bytes as usize);
            }
        }
        self.buffers.cut(&used);
    }
}

impl Slot {
    pub(super) fn long(buffer: BufferId, bytes: usize, chars: usize) -> Slot {
        Slot { content: Content::Long(buffer), bytes: bytes as u32, chars: chars as u32 }
    }

    #[inline]
    fn is_short(&self, text: &str) -> bool {
        matches!(&self.content, Content::Short(short) if &**short == text)
    }

    fn hash_short(&self, hasher: &foldhash::fast::RandomState) -> u64 {
        match &self.content {
            Content::Short(text) => hasher.hash_one(&**text),
            Content::Free | Content::Long(_) => unreachable!("only short texts are in the table"),
        }
    }
}

impl TextId {
    #[inline]
    pub(super) fn slot(self) -> usize {
        self.0 as usize
    }

    pub(super) fn of_slot(slot: usize) -> TextId {
        TextId(slot as u32)
    }
}
