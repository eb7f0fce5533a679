//! Data bodies, made by `allocate`: the table that says which there are, and their rows of words.

use std::sync::Arc;

use super::cell::Cell;
use super::data_table::DataTable;
use super::index::{DataId, DataSlot};
use super::rows::{FlatBody, PAGE, Rows, Sharing, Words};
use super::space::Address;

/// A read-only view of a data body: its number, its first address and its values.
#[derive(Clone, Copy, Debug)]
pub struct DataBody<'m> {
    /// Its number, which no other body ever has.
    pub id: DataId,
    /// Its first address, a multiple of 100.
    pub start: Address,
    words: Words<'m>,
}

impl<'m> DataBody<'m> {
    /// The number of cells.
    pub fn size(self) -> usize {
        self.words.len()
    }

    /// The value at an index, if there is one.
    pub fn get(self, index: usize) -> Option<Cell> {
        self.words.get(index).map(Cell::from_bits)
    }

    /// All values, in order.
    pub fn cells(self) -> impl Iterator<Item = Cell> + 'm {
        self.words.pieces().flatten().map(|&word| Cell::from_bits(word))
    }

    /// The values that are not 0, with their indices.
    pub fn values(self) -> impl Iterator<Item = (usize, Cell)> + 'm {
        self.cells().enumerate().filter(|&(_, value)| value != Cell::ZERO)
    }

    /// The values in runs of equal ones: the index of the first, and how many.
    pub fn equal_runs(
        self,
        is_same: impl Fn(Cell, Cell) -> bool + 'm,
    ) -> impl Iterator<Item = (usize, usize)> + 'm {
        let mut cells = self.cells().peekable();
        let mut next = 0;
        std::iter::from_fn(move || {
            let value = cells.next()?;
            let (first, mut count) = (next, 1);
            while cells.next_if(|&next| is_same(value, next)).is_some() {
                count += 1;
            }
            next += count;
            Some((first, count))
        })
    }

    pub(super) fn words(self) -> Words<'m> {
        self.words
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

/// All data bodies of a memory.
#[derive(Clone, Debug)]
pub(super) struct Data {
    /// Shared with copies until a body is made or collected.
    table: Arc<DataTable>,
    rows: Rows,
    /// The number of cells of all bodies.
    cells: u64,
    /// How many more cells may be made or copied.
    room: u64,
}

impl Default for Data {
    fn default() -> Data {
        Data { table: Arc::default(), rows: Rows::default(), cells: 0, room: u64::MAX }
    }
}

impl Data {
    /// The same table without rows.
    pub(super) fn without_rows(&self) -> Data {
        Data {
            table: self.table.clone(),
            rows: Rows::default(),
            cells: self.cells,
            room: self.room,
        }
    }

    /// Gives every slot its row.
    pub(super) fn set_rows(&mut self, rows: Vec<FlatBody>) {
        assert_eq!(rows.len(), self.table.slots(), "every slot has a row");
        self.rows = Rows::of(rows);
    }

    /// Which bodies there are.
    pub(super) fn table(&self) -> &DataTable {
        &self.table
    }

    /// How many cells all bodies have.
    pub(super) fn cells(&self) -> u64 {
        self.cells
    }

    /// The body in a slot, if there is one.
    pub(super) fn get(&self, slot: DataSlot) -> Option<DataBody<'_>> {
        if !self.table.is_used(slot) {
            return None;
        }
        let (id, start) = self.table.entry(slot);
        Some(DataBody { id, start, words: self.rows.get(slot)? })
    }

    /// The rows of all bodies.
    pub(super) fn rows(&self) -> &Rows {
        &self.rows
    }

    /// All bodies, in the order of their numbers.
    pub(super) fn all(&self) -> impl Iterator<Item = DataBody<'_>> {
        self.table.all().iter().filter_map(|&(_, slot)| self.get(slot))
    }

    /// How many cells belong to this machine alone.
    pub(super) fn own_cells(&self) -> u64 {
        self.rows.own_cells(self.cells)
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
    pub(super) fn copied_by(&self, slot: DataSlot, index: usize) -> u64 {
        if self.rows.copies(slot, index) { PAGE as u64 } else { 0 }
    }

    /// The next body gets this number.
    pub(super) fn skip_to(&mut self, next: DataId) {
        Arc::make_mut(&mut self.table).skip_to(next);
    }

    /// Makes a body of zeros, and says in which slot.
    pub(super) fn add(&mut self, start: Address, size: usize) -> DataSlot {
        self.cells += size as u64;
        self.room = self.room.saturating_sub((size as u64).max(1));
        let rows = &self.rows;
        let slot = Arc::make_mut(&mut self.table).add(start, |slot| rows.is_replaceable(slot));
        self.rows.put(slot, FlatBody::zeros(size));
        slot
    }

    /// Removes bodies, which no cell may refer to.
    pub(super) fn remove(&mut self, slots: &[DataSlot]) {
        let sizes = slots.iter().filter_map(|&slot| Some(self.rows.get(slot)?.len() as u64));
        self.cells -= sizes.sum::<u64>();
        Arc::make_mut(&mut self.table).remove(slots);
        self.rows.clear(slots);
    }

    /// How many cells would be copied before a body gets another row.
    pub(super) fn copied_by_resize(&self, slot: DataSlot) -> u64 {
        if self.rows.is_replaceable(slot) { 0 } else { self.cells }
    }

    /// How many cells a write to these cells would copy.
    pub(super) fn copied_by_range(&self, slot: DataSlot, first: usize, count: usize) -> u64 {
        if !self.rows.is_shared() || count == 0 {
            return 0;
        }
        let pages = first / PAGE..=(first + count - 1) / PAGE;
        pages.map(|page| self.copied_by(slot, page * PAGE)).sum()
    }

    /// Gives a body another size, and another address if there is one.
    pub(super) fn resize(&mut self, slot: DataSlot, size: usize, start: Option<Address>) {
        self.settle();
        if !self.rows.is_replaceable(slot) {
            self.room = self.room.saturating_sub(self.cells);
            self.copy();
        }
        let words = self.rows.get(slot).expect("the body is there");
        let row = words.copy(size);
        self.cells = self.cells - words.len() as u64 + size as u64;
        self.room = self.room.saturating_sub(size as u64);
        self.rows.put(slot, row);
        if let Some(start) = start {
            Arc::make_mut(&mut self.table).relocate(slot, start);
        }
    }

    /// Changes a cell, which must exist.
    pub(super) fn set(&mut self, slot: DataSlot, index: usize, value: Cell) {
        self.settle();
        self.rows.set(slot, index, value, &mut self.room);
    }

    /// Replaces every cell.
    pub(super) fn map(&mut self, change: impl Fn(Cell) -> Cell) {
        for (_, slot) in self.table.all().to_vec() {
            let Some(body) = self.get(slot) else { continue };
            let changed = body.cells().map(|cell| (cell, change(cell))).enumerate();
            let changed = changed.filter(|(_, (was, is))| was != is);
            let changed: Vec<(usize, Cell)> = changed.map(|(index, (_, is))| (index, is)).collect();
            for (index, value) in changed {
                self.set(slot, index, value);
            }
        }
    }

    /// What the fast loop uses: the rows, or the shared rows.
    pub(super) fn parts(&mut self) -> (&mut [FlatBody], Option<Sharing<'_>>) {
        self.rows.parts(&mut self.room)
    }

    /// Prepares a fork: from now on, cloning the data copies no cells.
    pub(super) fn share(&mut self) {
        if self.rows.has_few_changes() {
            self.take_back();
        }
        self.rows.share(self.cells);
    }

    /// Takes the rows back if nothing else shares them any more, or copies them if that is due.
    #[inline]
    pub(super) fn settle(&mut self) {
        if self.rows.is_shared() {
            self.take_back();
            self.copy_if_due();
        }
    }

    /// Stops sharing rows with forks.
    pub(super) fn own(&mut self) {
        if self.rows.is_shared() {
            self.copy();
        }
    }

    fn take_back(&mut self) {
        if self.rows.take_back() {
            // What was shared could not be emptied when it was collected.
            self.rows.clear(self.table.free());
        }
    }

    #[cold]
    fn copy_if_due(&mut self) {
        if !self.rows.is_copy_due(self.room) {
            return;
        }
        if !is_given(self.cells) {
            // It stays shared, which is slower.
            return self.rows.put_copy_off();
        }
        self.room = self.room.saturating_sub(self.cells);
        self.copy();
    }

    /// Copies all rows, so that they are shared no more.
    fn copy(&mut self) {
        let slots = (0..self.table.slots()).map(DataSlot::from_index);
        let copy = |slot| {
            self.get(slot).map_or_else(FlatBody::default, |body| body.words.copy(body.size()))
        };
        self.rows = Rows::of(slots.map(copy).collect());
    }
}
