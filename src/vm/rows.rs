//! The rows of data bodies, and how forks share them.
//!
//! While a machine does not share its data, every body is a flat row of words, and the fast loop uses
//! the rows directly. Making a fork puts all rows behind one shared pointer, however many there are.
//! Shared rows are never written to. Each machine keeps its own changes in small pages, which it makes
//! when it first writes to them, and its own list of new bodies.
//!
//! Access through pages is slower than access to a row. So when no other machine shares the rows any
//! more, a machine takes them back and writes its pages into them. If they stay shared, it copies them
//! when its accesses have cost about as much as the copy. This affects only time and memory use.
//!
//! The system provides memory for a cell only when the cell is touched. Copies skip zeros, so cells that
//! were never written to take no memory.

use std::collections::HashMap;
use std::sync::Arc;

use super::cell::Cell;
use super::index::DataSlot;

/// The number of cells in a page.
pub(super) const PAGE: usize = 64;
/// A copy skips this many cells at a time if all are zero: a memory page on most systems.
const STRETCH: usize = 512;
/// The cost of an access through pages, as the number of cells that could be copied in that time.
const ACCESS: u64 = 4;
/// The cost of making a page, in the same unit.
const PAGE_MADE: u64 = 2 * PAGE as u64;
/// The cost of making a body, in the same unit.
const BODY_MADE: u64 = 32;

/// The words of a body as a machine sees them.
#[derive(Clone, Copy, Debug)]
pub(super) struct Words<'m> {
    slot: DataSlot,
    plain: &'m [u64],
    /// Pages that replace some of the words; `None` if no body has pages.
    pages: Option<&'m Pages>,
}

impl<'m> Words<'m> {
    /// How many there are.
    pub(super) fn len(self) -> usize {
        self.plain.len()
    }

    /// The word at an index, if there is one.
    pub(super) fn get(self, index: usize) -> Option<u64> {
        let &plain = self.plain.get(index)?;
        let page = self.pages.and_then(|pages| pages.get(&key(self.slot, index)));
        Some(page.map_or(plain, |page| page[index % PAGE]))
    }

    /// All words, as contiguous pieces.
    pub(super) fn pieces(self) -> impl Iterator<Item = &'m [u64]> {
        let step = if self.pages.is_some() { PAGE } else { self.plain.len().max(1) };
        self.plain.chunks(step).enumerate().map(move |(n, plain)| {
            let page = self.pages.and_then(|pages| pages.get(&key(self.slot, n * PAGE)));
            page.map_or(plain, |page| &page[..plain.len()])
        })
    }

    /// Up to `count` words from `first`, which must be a multiple of [`PAGE`]. If there are pages, `room`
    /// holds the result.
    pub(super) fn stretch<'s>(
        &'s self,
        first: usize,
        count: usize,
        room: &'s mut Vec<u64>,
    ) -> &'s [u64] {
        debug_assert!(first.is_multiple_of(PAGE), "pages are not cut");
        let words = &self.plain[first..self.plain.len().min(first + count)];
        let Some(pages) = self.pages else { return words };
        room.clear();
        for (n, plain) in words.chunks(PAGE).enumerate() {
            let page = pages.get(&key(self.slot, first + n * PAGE));
            room.extend_from_slice(page.map_or(plain, |page| &page[..plain.len()]));
        }
        room
    }

    /// A flat copy of the first `size` words, in which zeros stay untouched memory. Where there are fewer,
    /// zeros follow.
    pub(super) fn copy(self, size: usize) -> FlatBody {
        let mut flat = FlatBody::zeros(size);
        let mut rest = &mut flat.words[..];
        for piece in self.pieces() {
            let piece = &piece[..piece.len().min(rest.len())];
            let (words, behind) = rest.split_at_mut(piece.len());
            for (to, from) in words.chunks_mut(STRETCH).zip(piece.chunks(STRETCH)) {
                if from.iter().any(|&word| word != 0) {
                    to.copy_from_slice(from);
                }
            }
            rest = behind;
        }
        flat
    }
}

/// A data body as a flat row of words; without words where there is no body.
#[derive(Debug, Default)]
pub(super) struct FlatBody {
    // Plain words, because only these can be allocated as zeros without touching the memory.
    words: Box<[u64]>,
}

impl FlatBody {
    /// A body of zeros, in untouched memory.
    pub(super) fn zeros(size: usize) -> FlatBody {
        FlatBody { words: vec![0; size].into_boxed_slice() }
    }

    pub(super) fn words_mut(&mut self) -> &mut [u64] {
        &mut self.words
    }

    /// How many words there are.
    pub(super) fn size(&self) -> usize {
        self.words.len()
    }

    #[inline(always)]
    pub(super) fn word_mut(&mut self, index: usize) -> Option<&mut u64> {
        self.words.get_mut(index)
    }

    fn look<'m>(&'m self, slot: DataSlot, pages: Option<&'m Pages>) -> Words<'m> {
        Words { slot, plain: &self.words, pages }
    }
}

impl Clone for FlatBody {
    fn clone(&self) -> FlatBody {
        self.look(DataSlot(0), None).copy(self.words.len())
    }
}

type Pages = HashMap<u64, Arc<[u64; PAGE]>, foldhash::fast::RandomState>;

/// The key of the page that holds a cell.
fn key(slot: DataSlot, index: usize) -> u64 {
    u64::from(slot.0) << 32 | (index / PAGE) as u64
}

/// The slot whose page has this key.
fn slot_of(key: u64) -> usize {
    (key >> 32) as usize
}

/// The rows of all bodies, by slot.
#[derive(Clone, Debug, Default)]
pub(super) struct Rows {
    /// Empty while forks share them.
    flat: Vec<FlatBody>,
    shared: Option<Shared>,
}

/// Rows that forks share.
#[derive(Clone, Debug)]
pub(super) struct Shared {
    base: Arc<Vec<FlatBody>>,
    changes: Arc<Changes>,
    /// What sharing has cost so far.
    cost: u64,
    /// What copying everything would cost.
    price: u64,
}

/// What a machine changed in the rows since they were shared.
#[derive(Clone, Debug, Default)]
struct Changes {
    pages: Pages,
    /// Bodies made since. They can have pages too.
    added: Vec<Arc<FlatBody>>,
}

impl Rows {
    /// These rows, by slot.
    pub(super) fn of(flat: Vec<FlatBody>) -> Rows {
        Rows { flat, shared: None }
    }

    /// Whether they are kept so that a copy shares them.
    pub(super) fn is_shared(&self) -> bool {
        self.shared.is_some()
    }

    /// The words in a slot, if there is such a slot.
    pub(super) fn get(&self, slot: DataSlot) -> Option<Words<'_>> {
        match &self.shared {
            Some(shared) => Some(shared.flat(slot)?.look(slot, shared.pages())),
            None => Some(self.flat.get(slot.index())?.look(slot, None)),
        }
    }

    /// How many of `cells` belong to this machine alone.
    pub(super) fn own_cells(&self, cells: u64) -> u64 {
        self.shared.as_ref().map_or(cells, Shared::own_cells)
    }

    /// Whether a write to this cell would copy a page.
    pub(super) fn copies(&self, slot: DataSlot, index: usize) -> bool {
        self.shared.as_ref().is_some_and(|shared| shared.copies(slot, index))
    }

    /// Whether a slot can get another row: shared rows stay as they are.
    pub(super) fn is_replaceable(&self, slot: DataSlot) -> bool {
        self.shared.as_ref().is_none_or(|shared| slot.index() >= shared.base.len())
    }

    /// Puts a row into a replaceable slot, or after the last.
    pub(super) fn put(&mut self, slot: DataSlot, row: FlatBody) {
        match &mut self.shared {
            Some(shared) => shared.put(slot, row),
            None if slot.index() == self.flat.len() => self.flat.push(row),
            None => self.flat[slot.index()] = row,
        }
    }

    /// Empties slots, as far as they are replaceable.
    pub(super) fn clear(&mut self, slots: &[DataSlot]) {
        match &mut self.shared {
            Some(shared) => shared.clear(slots),
            None => slots.iter().for_each(|slot| self.flat[slot.index()] = FlatBody::default()),
        }
    }

    /// Changes a cell, which must exist.
    pub(super) fn set(&mut self, slot: DataSlot, index: usize, value: Cell, room: &mut u64) {
        match &mut self.shared {
            Some(shared) => shared.write(slot, index, value.to_bits(), room),
            None => self.flat[slot.index()].words[index] = value.to_bits(),
        }
    }

    /// What the fast loop uses: the rows, or the shared rows.
    pub(super) fn parts<'m>(
        &'m mut self,
        room: &'m mut u64,
    ) -> (&'m mut [FlatBody], Option<Sharing<'m>>) {
        (&mut self.flat, self.shared.as_mut().map(|shared| Sharing { shared, room }))
    }

    /// Prepares a fork: from now on, a clone copies no cells. All bodies have this many cells.
    pub(super) fn share(&mut self, cells: u64) {
        if self.shared.is_none() && !self.flat.is_empty() {
            self.shared = Some(Shared::new(std::mem::take(&mut self.flat), cells));
        }
    }

    /// Whether few cells have been changed since the rows were shared.
    pub(super) fn has_few_changes(&self) -> bool {
        const FEW: usize = 32;
        self.shared.as_ref().is_some_and(|shared| shared.changes.pages.len() <= FEW)
    }

    /// Takes the rows back if nothing else shares them any more; false if something does.
    #[cold]
    pub(super) fn take_back(&mut self) -> bool {
        let Some(shared) = &mut self.shared else { return false };
        let Some(base) = Arc::get_mut(&mut shared.base) else { return false };
        let mut flat = std::mem::take(base);
        let changes = std::mem::take(Arc::make_mut(&mut shared.changes));
        flat.extend(changes.added.into_iter().map(Arc::unwrap_or_clone));
        for (key, page) in changes.pages {
            let words = &mut flat[slot_of(key)].words[key as u32 as usize * PAGE..];
            let count = words.len().min(PAGE);
            words[..count].copy_from_slice(&page[..count]);
        }
        *self = Rows::of(flat);
        true
    }

    /// Whether sharing has cost as much as copying everything would, and there is room for the copy.
    pub(super) fn is_copy_due(&self, room: u64) -> bool {
        self.shared.as_ref().is_some_and(|shared| shared.is_due(room))
    }

    /// Puts the copy off.
    pub(super) fn put_copy_off(&mut self) {
        if let Some(shared) = &mut self.shared {
            shared.cost = 0;
        }
    }
}

impl Shared {
    fn new(bodies: Vec<FlatBody>, cells: u64) -> Shared {
        let price = cells + BODY_MADE * bodies.len() as u64;
        Shared { base: Arc::new(bodies), changes: Arc::default(), cost: 0, price }
    }

    fn flat(&self, slot: DataSlot) -> Option<&FlatBody> {
        match slot.index().checked_sub(self.base.len()) {
            None => self.base.get(slot.index()),
            Some(added) => self.changes.added.get(added).map(|flat| &**flat),
        }
    }

    fn pages(&self) -> Option<&Pages> {
        Some(&self.changes.pages).filter(|pages| !pages.is_empty())
    }

    fn own_cells(&self) -> u64 {
        if Arc::strong_count(&self.changes) > 1 {
            return 0;
        }
        let Changes { pages, added } = &*self.changes;
        let pages = pages.values().filter(|page| Arc::strong_count(page) == 1).count() * PAGE;
        let added = added.iter().filter(|flat| Arc::strong_count(flat) == 1);
        pages as u64 + added.map(|flat| flat.words.len() as u64).sum::<u64>()
    }

    /// Whether sharing has cost as much as copying everything would, and there is room for the copy.
    fn is_due(&self, room: u64) -> bool {
        self.cost >= self.price && room >= self.price
    }

    fn copies(&self, slot: DataSlot, index: usize) -> bool {
        let changes = &*self.changes;
        let alone = Arc::strong_count(&self.changes) == 1;
        let added = slot.index().checked_sub(self.base.len()).and_then(|n| changes.added.get(n));
        let own = match changes.pages.get(&key(slot, index)) {
            Some(page) => Arc::strong_count(page) == 1,
            None => added.is_some_and(|flat| Arc::strong_count(flat) == 1),
        };
        !(alone && own)
    }

    fn put(&mut self, slot: DataSlot, row: FlatBody) {
        if slot.index() < self.base.len() + self.changes.added.len() {
            self.clear(&[slot]);
        }
        self.price += row.words.len() as u64 + BODY_MADE;
        self.cost += BODY_MADE;
        let added = slot.index() - self.base.len();
        let Changes { pages: _, added: rows } = Arc::make_mut(&mut self.changes);
        if added == rows.len() {
            rows.push(Arc::new(row));
        } else {
            rows[added] = Arc::new(row);
        }
    }

    fn clear(&mut self, slots: &[DataSlot]) {
        let Changes { pages, added } = Arc::make_mut(&mut self.changes);
        let mut price = 0;
        for slot in slots {
            let row = slot.index().checked_sub(self.base.len()).map(|slot| &mut added[slot]);
            let row = row.map(std::mem::take);
            price += row.map_or(0, |row| row.words.len() as u64 + BODY_MADE);
        }
        self.price = self.price.saturating_sub(price);
        if !pages.is_empty() {
            let gone: std::collections::HashSet<usize> =
                slots.iter().map(|slot| slot.index()).collect();
            pages.retain(|&key, _| !gone.contains(&slot_of(key)));
        }
    }

    fn read(&mut self, slot: DataSlot, index: usize) -> Option<u64> {
        self.cost += ACCESS;
        self.flat(slot)?.look(slot, self.pages()).get(index)
    }

    fn write(&mut self, slot: DataSlot, index: usize, word: u64, room: &mut u64) {
        self.cost += ACCESS;
        if Arc::strong_count(&self.changes) > 1 {
            self.cost += (self.changes.pages.len() + self.changes.added.len()) as u64;
        }
        let Changes { pages, added } = Arc::make_mut(&mut self.changes);
        match pages.get_mut(&key(slot, index)) {
            Some(page) => {
                if let Some(page) = Arc::get_mut(page) {
                    page[index % PAGE] = word;
                    return;
                }
            }
            // A body that this machine made and shares with no other.
            None => {
                let added = slot.index().checked_sub(self.base.len()).map(|n| &mut added[n]);
                if let Some(flat) = added.and_then(Arc::get_mut) {
                    flat.words[index] = word;
                    return;
                }
            }
        }
        self.write_page(slot, index, word);
        self.cost += PAGE_MADE;
        *room = room.saturating_sub(PAGE as u64);
    }

    fn write_page(&mut self, slot: DataSlot, index: usize, word: u64) {
        let first = index / PAGE * PAGE;
        let mut page = [0; PAGE];
        let mut room = Vec::new();
        let body = self.flat(slot).expect("only a cell that is there is written");
        let body = body.look(slot, self.pages());
        let words = body.stretch(first, PAGE, &mut room);
        page[..words.len()].copy_from_slice(words);
        page[index % PAGE] = word;
        let changes = Arc::make_mut(&mut self.changes);
        changes.pages.insert(key(slot, index), Arc::new(page));
    }
}

/// Shared data for the fast loop. Access is slow, but faster than leaving the loop.
#[derive(Debug)]
pub(super) struct Sharing<'m> {
    shared: &'m mut Shared,
    room: &'m mut u64,
}

/// A cell of shared data.
pub(super) struct SharedWord<'s> {
    shared: &'s mut Shared,
    room: &'s mut u64,
    slot: DataSlot,
    index: usize,
}

impl Sharing<'_> {
    /// How many words the body in a slot has.
    pub(super) fn size(&self, slot: DataSlot) -> Option<usize> {
        self.shared.flat(slot).map(FlatBody::size)
    }

    /// A cell. `None` if there is none, or if a copy of the data is due, which is made outside the loop.
    pub(super) fn word(&mut self, slot: DataSlot, index: usize) -> Option<SharedWord<'_>> {
        let Sharing { shared, room } = self;
        let there = shared.flat(slot).is_some_and(|flat| index < flat.words.len());
        let here = there && !shared.is_due(**room);
        here.then_some(SharedWord { shared, room, slot, index })
    }
}

impl SharedWord<'_> {
    pub(super) fn get(self) -> Option<u64> {
        self.shared.read(self.slot, self.index)
    }

    /// Changes the cell; false if there is no room for one more page, even if none is needed.
    pub(super) fn set(self, word: u64) -> bool {
        let SharedWord { shared, room, slot, index } = self;
        let fits = *room >= PAGE as u64;
        if fits {
            shared.write(slot, index, word, room);
        }
        fits
    }
}
