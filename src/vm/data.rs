//! The data bodies of a memory: what `allocate` made, and how forks share it.
//!
//! While a machine has its data for itself, every body is a flat row of words, and the fast loop works
//! on these alone. A fork moves all of them, as one thing, to where both machines see them: that is one
//! pointer, however much there is. From then on nobody writes to them. Each machine keeps what it writes
//! in small pages of its own, made when they are first written to, and the bodies that it makes.
//!
//! Looking through pages is slower than a row of words. So a machine gets its rows back as soon as the
//! others are gone, at the cost of its pages alone; and if the others stay, it copies the rows once,
//! after its accesses have cost about as much as the copy does. Nobody can tell which of these it is by
//! anything but time and memory.
//!
//! Cells that were never written to are memory that the system hands out when it is touched. No copy
//! touches it: zeros are skipped.

use std::collections::HashMap;
use std::sync::Arc;

use super::cell::Cell;
use super::index::DataId;
use super::space::Address;

/// The cells of a page.
const PAGE: usize = 64;
/// The cells that are skipped together if a copy finds them all zero: a page of most systems.
const STRETCH: usize = 512;
/// What an access through pages costs, as a number of cells that could be copied meanwhile.
const ACCESS: u64 = 4;
/// What it costs to make a page, counted alike.
const PAGE_MADE: u64 = 2 * PAGE as u64;
/// What it costs to make a body, counted alike.
const BODY_MADE: u64 = 32;

/// A data body as one looks at it: its first address and its values.
#[derive(Clone, Copy, Debug)]
pub struct DataBody<'m> {
    /// Its first address, a multiple of 100.
    pub start: Address,
    number: DataId,
    words: &'m [u64],
    /// Pages that hold for the words, if any body has some.
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

    /// All words in as few pieces as they lie in.
    fn pieces(self) -> impl Iterator<Item = &'m [u64]> {
        let step = if self.pages.is_some() { PAGE } else { self.words.len().max(1) };
        self.words.chunks(step).enumerate().map(move |(n, plain)| {
            let page = self.pages.and_then(|pages| pages.get(&key(self.number, n * PAGE)));
            page.map_or(plain, |page| &page[..plain.len()])
        })
    }

    /// Up to `count` words from `first` on, a multiple of the size of a page. They are put together in
    /// `room` unless they lie in one piece.
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

    /// A copy of its own that leaves untouched what is zero.
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

/// A data body as a flat row of words.
#[derive(Debug)]
pub(super) struct FlatBody {
    start: Address,
    // Plain words, because only they are allocated without being written to.
    words: Vec<u64>,
}

impl FlatBody {
    /// Cells that are all zero, in memory that is not touched.
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

/// What the page is found by that holds a cell.
fn key(number: DataId, index: usize) -> u64 {
    u64::from(number.0) << 32 | (index / PAGE) as u64
}

/// All data bodies of a memory.
#[derive(Clone, Debug)]
pub(super) struct Data {
    /// The bodies, while no fork shares them; otherwise nothing.
    bodies: Vec<FlatBody>,
    shared: Option<Shared>,
    /// The cells of all bodies.
    cells: u64,
    /// How many cells may still be made or copied.
    room: u64,
}

/// Data that forks share.
#[derive(Clone, Debug)]
pub(super) struct Shared {
    base: Arc<Vec<FlatBody>>,
    changes: Arc<Changes>,
    /// What looking through pages has cost so far.
    cost: u64,
    /// What it costs to copy everything.
    price: u64,
}

/// What a machine did to data since it was shared.
#[derive(Clone, Debug, Default)]
struct Changes {
    pages: Pages,
    /// Bodies made since. Pages hold for them too.
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

    /// How many cells are here for this machine alone.
    pub(super) fn own_cells(&self) -> u64 {
        self.shared.as_ref().map_or(self.cells, Shared::own_cells)
    }

    /// How many cells may still be made or copied.
    pub(super) fn room(&self) -> u64 {
        self.room
    }

    /// Bounds how many cells may still be made or copied.
    pub(super) fn set_room(&mut self, cells: u64) {
        self.room = cells;
    }

    /// How many cells are copied by writing to this one.
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

    /// Changes a cell, which is there.
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

    /// What the fast loop works on: the rows, or what is shared.
    pub(super) fn parts(&mut self) -> (&mut [FlatBody], Option<Sharing<'_>>) {
        let room = &mut self.room;
        (&mut self.bodies, self.shared.as_mut().map(|shared| Sharing { shared, room }))
    }

    /// Makes all data such that copying it copies nothing.
    pub(super) fn share(&mut self) {
        const FEW: usize = 32;
        if self.shared.as_ref().is_some_and(|shared| shared.changes.pages.len() <= FEW) {
            self.take_back();
        }
        if self.shared.is_none() && !self.bodies.is_empty() {
            self.shared = Some(Shared::new(std::mem::take(&mut self.bodies), self.cells));
        }
    }

    /// Takes the rows back if nobody shares them any more, or copies them if that is due.
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

    /// Whether copying everything costs no more than not having done so, and may be done.
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
            // A body that this machine has made and no other knows.
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

/// Shared data for the fast loop: as slow as it is, it is faster than leaving the loop.
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
    /// A cell; nothing if there is none, or if the stepper should look first whether the data can be had
    /// alone.
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

    /// Changes it; false if there may be no room for a page.
    pub(super) fn set(self, word: u64) -> bool {
        let SharedWord { shared, room, number, index } = self;
        let fits = *room >= PAGE as u64;
        if fits {
            shared.write(number, index, word, room);
        }
        fits
    }
}
