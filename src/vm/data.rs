//! Data bodies, made by `allocate`, and how forks share them.
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
use super::index::DataId;
use super::space::Address;

/// The number of cells in a page.
const PAGE: usize = 64;
/// A copy skips this many cells at a time if all are zero: a memory page on most systems.
const STRETCH: usize = 512;
/// The cost of an access through pages, as the number of cells that could be copied in that time.
const ACCESS: u64 = 4;
/// The cost of making a page, in the same unit.
const PAGE_MADE: u64 = 2 * PAGE as u64;
/// The cost of making a body, in the same unit.
const BODY_MADE: u64 = 32;

/// A read-only view of a data body: its first address and its values.
#[derive(Clone, Copy, Debug)]
pub struct DataBody<'m> {
    /// Its first address, a multiple of 100.
    pub start: Address,
    number: DataId,
    words: &'m [u64],
    /// Pages that replace some of the words; `None` if no body has pages.
    pages: Option<&'m Pages>,
}

impl<'m> DataBody<'m> {
    /// The number of cells.
    pub fn size(self) -> usize {
        self.words.len()
    }

    /// The value at an index, if there is one.
    pub fn get(self, index: usize) -> Option<Cell> {
        let &plain = self.words.get(index)?;
        let page = self.pages.and_then(|pages| pages.get(&key(self.number, index)));
        Some(Cell::from_bits(page.map_or(plain, |page| page[index % PAGE])))
    }

    /// All values, in order.
    pub fn cells(self) -> impl Iterator<Item = Cell> + 'm {
        self.pieces().flatten().map(|&word| Cell::from_bits(word))
    }

    /// The values that are not 0, with their indices.
    pub fn values(self) -> impl Iterator<Item = (usize, Cell)> + 'm {
        self.cells().enumerate().filter(|&(_, value)| value != Cell::ZERO)
    }

    /// The values in runs of equal ones: the index of the first, and how many.
    pub fn equal_runs(self) -> impl Iterator<Item = (usize, usize)> + 'm {
        let mut cells = self.cells().peekable();
        let mut next = 0;
        std::iter::from_fn(move || {
            let value = cells.next()?;
            let (first, mut count) = (next, 1);
            while cells.next_if_eq(&value).is_some() {
                count += 1;
            }
            next += count;
            Some((first, count))
        })
    }

    /// All words, as contiguous pieces.
    fn pieces(self) -> impl Iterator<Item = &'m [u64]> {
        let step = if self.pages.is_some() { PAGE } else { self.words.len().max(1) };
        self.words.chunks(step).enumerate().map(move |(n, plain)| {
            let page = self.pages.and_then(|pages| pages.get(&key(self.number, n * PAGE)));
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
        let words = &self.words[first..self.words.len().min(first + count)];
        let Some(pages) = self.pages else { return words };
        room.clear();
        for (n, plain) in words.chunks(PAGE).enumerate() {
            let page = pages.get(&key(self.number, first + n * PAGE));
            room.extend_from_slice(page.map_or(plain, |page| &page[..plain.len()]));
        }
        room
    }

    /// A flat copy, in which zeros stay untouched memory.
    fn copy(self) -> FlatBody {
        let mut flat = FlatBody::zeros(self.start, self.size());
        let mut rest = &mut flat.words[..];
        for piece in self.pieces() {
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

/// Whether the system gives memory for this many cells now. Without this question, a row that is too large
/// would end the program.
pub(super) fn is_given(cells: u64) -> bool {
    let mut row = Vec::<u64>::new();
    let given = usize::try_from(cells).is_ok_and(|cells| row.try_reserve_exact(cells).is_ok());
    // Otherwise the compiler leaves out a row that nobody uses.
    std::hint::black_box(row.as_ptr());
    given
}

/// A data body as a flat row of words.
#[derive(Debug)]
pub(super) struct FlatBody {
    start: Address,
    // Plain words, because only these can be allocated as zeros without touching the memory.
    words: Vec<u64>,
}

impl FlatBody {
    /// A body of zeros, in untouched memory.
    pub(super) fn zeros(start: Address, size: usize) -> FlatBody {
        FlatBody { start, words: vec![0; size] }
    }

    pub(super) fn words_mut(&mut self) -> &mut [u64] {
        &mut self.words
    }

    #[inline(always)]
    pub(super) fn word_mut(&mut self, index: usize) -> Option<&mut u64> {
        self.words.get_mut(index)
    }

    fn look<'m>(&'m self, number: DataId, pages: Option<&'m Pages>) -> DataBody<'m> {
        DataBody { start: self.start, number, words: &self.words, pages }
    }
}

impl Clone for FlatBody {
    fn clone(&self) -> FlatBody {
        self.look(DataId(0), None).copy()
    }
}

type Pages = HashMap<u64, Arc<[u64; PAGE]>, foldhash::fast::RandomState>;

/// The key of the page that holds a cell.
fn key(number: DataId, index: usize) -> u64 {
    u64::from(number.0) << 32 | (index / PAGE) as u64
}

/// All data bodies of a memory.
#[derive(Clone, Debug)]
pub(super) struct Data {
    /// The bodies; empty while forks share them.
    bodies: Vec<FlatBody>,
    shared: Option<Shared>,
    /// The number of cells of all bodies.
    cells: u64,
    /// How many more cells may be made or copied.
    room: u64,
}

/// Data that forks share.
#[derive(Clone, Debug)]
pub(super) struct Shared {
    base: Arc<Vec<FlatBody>>,
    changes: Arc<Changes>,
    /// What sharing has cost so far.
    cost: u64,
    /// What copying everything would cost.
    price: u64,
}

/// What a machine changed in the data since it was shared.
#[derive(Clone, Debug, Default)]
struct Changes {
    pages: Pages,
    /// Bodies made since. They can have pages too.
    added: Vec<Arc<FlatBody>>,
}

impl Default for Data {
    fn default() -> Data {
        Data { bodies: Vec::new(), shared: None, cells: 0, room: u64::MAX }
    }
}

impl Data {
    /// These bodies, in the order of their numbers.
    pub(super) fn of(bodies: Vec<FlatBody>) -> Data {
        let cells = bodies.iter().map(|flat| flat.words.len() as u64).sum();
        Data { bodies, cells, ..Data::default() }
    }

    /// How many bodies there are.
    pub(super) fn count(&self) -> usize {
        self.shared.as_ref().map_or(self.bodies.len(), Shared::count)
    }

    /// How many cells all bodies have.
    pub(super) fn cells(&self) -> u64 {
        self.cells
    }

    /// The body with this number.
    pub(super) fn get(&self, number: DataId) -> Option<DataBody<'_>> {
        match &self.shared {
            Some(shared) => Some(shared.flat(number)?.look(number, shared.pages())),
            None => Some(self.bodies.get(number.index())?.look(number, None)),
        }
    }

    /// All bodies with their numbers.
    pub(super) fn all(&self) -> impl Iterator<Item = (DataId, DataBody<'_>)> {
        (0..self.count()).map(DataId::from_index).filter_map(|n| Some((n, self.get(n)?)))
    }

    /// The number of the next body.
    pub(super) fn next(&self) -> DataId {
        DataId::from_index(self.count())
    }

    /// How many cells belong to this machine alone.
    pub(super) fn own_cells(&self) -> u64 {
        self.shared.as_ref().map_or(self.cells, Shared::own_cells)
    }

    /// How many more cells may be made or copied.
    pub(super) fn room(&self) -> u64 {
        self.room
    }

    /// Sets how many more cells may be made or copied.
    pub(super) fn set_room(&mut self, cells: u64) {
        self.room = cells;
    }

    /// How many cells a write to this cell would copy.
    pub(super) fn copied_by(&self, number: DataId, index: usize) -> u64 {
        let copies = self.shared.as_ref().is_some_and(|shared| shared.copies(number, index));
        if copies { PAGE as u64 } else { 0 }
    }

    /// Makes a body of zeros.
    pub(super) fn add(&mut self, start: Address, size: usize) {
        self.cells += size as u64;
        self.room = self.room.saturating_sub((size as u64).max(1));
        let flat = FlatBody::zeros(start, size);
        match &mut self.shared {
            Some(shared) => shared.add(flat),
            None => self.bodies.push(flat),
        }
    }

    /// Changes a cell, which must exist.
    pub(super) fn set(&mut self, number: DataId, index: usize, value: Cell) {
        self.settle();
        match &mut self.shared {
            Some(shared) => shared.write(number, index, value.to_bits(), &mut self.room),
            None => self.bodies[number.index()].words[index] = value.to_bits(),
        }
    }

    /// Replaces every cell.
    pub(super) fn map(&mut self, change: impl Fn(Cell) -> Cell) {
        for number in (0..self.count()).map(DataId::from_index) {
            let Some(body) = self.get(number) else { continue };
            let changed = body.cells().map(|cell| (cell, change(cell))).enumerate();
            let changed = changed.filter(|(_, (was, is))| was != is);
            let changed: Vec<(usize, Cell)> = changed.map(|(index, (_, is))| (index, is)).collect();
            for (index, value) in changed {
                self.set(number, index, value);
            }
        }
    }

    /// What the fast loop uses: the rows, or the shared data.
    pub(super) fn parts(&mut self) -> (&mut [FlatBody], Option<Sharing<'_>>) {
        let room = &mut self.room;
        (&mut self.bodies, self.shared.as_mut().map(|shared| Sharing { shared, room }))
    }

    /// Prepares a fork: from now on, cloning the data copies no cells.
    pub(super) fn share(&mut self) {
        const FEW: usize = 32;
        if self.shared.as_ref().is_some_and(|shared| shared.changes.pages.len() <= FEW) {
            self.take_back();
        }
        if self.shared.is_none() && !self.bodies.is_empty() {
            self.shared = Some(Shared::new(std::mem::take(&mut self.bodies), self.cells));
        }
    }

    /// Takes the rows back if nothing else shares them any more, or copies them if that is due.
    #[inline]
    pub(super) fn settle(&mut self) {
        if self.shared.is_some() {
            self.take_back();
            self.copy_if_due();
        }
    }

    #[cold]
    fn take_back(&mut self) {
        let Some(shared) = &mut self.shared else { return };
        let Some(base) = Arc::get_mut(&mut shared.base) else { return };
        let mut bodies = std::mem::take(base);
        let changes = std::mem::take(Arc::make_mut(&mut shared.changes));
        bodies.extend(changes.added.into_iter().map(Arc::unwrap_or_clone));
        for (key, page) in changes.pages {
            let (number, first) = ((key >> 32) as usize, key as u32 as usize * PAGE);
            let words = &mut bodies[number].words[first..];
            let count = words.len().min(PAGE);
            words[..count].copy_from_slice(&page[..count]);
        }
        (self.bodies, self.shared) = (bodies, None);
    }

    #[cold]
    fn copy_if_due(&mut self) {
        if self.shared.as_ref().is_some_and(|shared| shared.is_due(self.room)) {
            if !is_given(self.cells) {
                // It stays shared, which is slower.
                if let Some(shared) = &mut self.shared {
                    shared.cost = 0;
                }
                return;
            }
            self.room = self.room.saturating_sub(self.cells);
            (self.bodies, self.shared) = (self.all().map(|(_, body)| body.copy()).collect(), None);
        }
    }
}

impl Shared {
    fn new(bodies: Vec<FlatBody>, cells: u64) -> Shared {
        let price = cells + BODY_MADE * bodies.len() as u64;
        Shared { base: Arc::new(bodies), changes: Arc::default(), cost: 0, price }
    }

    fn count(&self) -> usize {
        self.base.len() + self.changes.added.len()
    }

    fn flat(&self, number: DataId) -> Option<&FlatBody> {
        match number.index().checked_sub(self.base.len()) {
            None => self.base.get(number.index()),
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

    fn copies(&self, number: DataId, index: usize) -> bool {
        let changes = &*self.changes;
        let alone = Arc::strong_count(&self.changes) == 1;
        let added = number.index().checked_sub(self.base.len()).and_then(|n| changes.added.get(n));
        let own = match changes.pages.get(&key(number, index)) {
            Some(page) => Arc::strong_count(page) == 1,
            None => added.is_some_and(|flat| Arc::strong_count(flat) == 1),
        };
        !(alone && own)
    }

    fn add(&mut self, flat: FlatBody) {
        self.price += flat.words.len() as u64 + BODY_MADE;
        self.cost += BODY_MADE;
        Arc::make_mut(&mut self.changes).added.push(Arc::new(flat));
    }

    fn read(&mut self, number: DataId, index: usize) -> Option<u64> {
        self.cost += ACCESS;
        let value = self.flat(number)?.look(number, self.pages()).get(index)?;
        Some(value.to_bits())
    }

    fn write(&mut self, number: DataId, index: usize, word: u64, room: &mut u64) {
        self.cost += ACCESS;
        if Arc::strong_count(&self.changes) > 1 {
            self.cost += (self.changes.pages.len() + self.changes.added.len()) as u64;
        }
        let Changes { pages, added } = Arc::make_mut(&mut self.changes);
        match pages.get_mut(&key(number, index)) {
            Some(page) => {
                if let Some(page) = Arc::get_mut(page) {
                    page[index % PAGE] = word;
                    return;
                }
            }
            // A body that this machine made and shares with no other.
            None => {
                let added = number.index().checked_sub(self.base.len()).map(|n| &mut added[n]);
                if let Some(flat) = added.and_then(Arc::get_mut) {
                    flat.words[index] = word;
                    return;
                }
            }
        }
        self.write_page(number, index, word);
        self.cost += PAGE_MADE;
        *room = room.saturating_sub(PAGE as u64);
    }

    fn write_page(&mut self, number: DataId, index: usize, word: u64) {
        let first = index / PAGE * PAGE;
        let mut page = [0; PAGE];
        let mut room = Vec::new();
        let body = self.flat(number).expect("only a cell that is there is written");
        let body = body.look(number, self.pages());
        let words = body.stretch(first, PAGE, &mut room);
        page[..words.len()].copy_from_slice(words);
        page[index % PAGE] = word;
        let changes = Arc::make_mut(&mut self.changes);
        changes.pages.insert(key(number, index), Arc::new(page));
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
    number: DataId,
    index: usize,
}

impl Sharing<'_> {
    /// A cell. `None` if there is none, or if a copy of the data is due, which is made outside the loop.
    pub(super) fn word(&mut self, number: DataId, index: usize) -> Option<SharedWord<'_>> {
        let Sharing { shared, room } = self;
        let there = shared.flat(number).is_some_and(|flat| index < flat.words.len());
        let here = there && !shared.is_due(**room);
        here.then_some(SharedWord { shared, room, number, index })
    }
}

impl SharedWord<'_> {
    pub(super) fn get(self) -> Option<u64> {
        self.shared.read(self.number, self.index)
    }

    /// Changes the cell; false if there is no room for one more page, even if none is needed.
    pub(super) fn set(self, word: u64) -> bool {
        let SharedWord { shared, room, number, index } = self;
        let fits = *room >= PAGE as u64;
        if fits {
            shared.write(number, index, word, room);
        }
        fits
    }
}
