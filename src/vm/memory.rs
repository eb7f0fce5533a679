//! Flat memory, divided into bodies: functions, blocks and data.
//!
//! Every cell has one address. Internally, a place is a body number and an offset, and the flat address
//! is computed when it is shown. So a body moves to a larger place by changing one number, and
//! everything that points into it stays valid.
//!
//! Code bodies store their cells up to the last that is not empty; the rest up to `size` is empty by
//! definition. A body of a hundred cells with three instructions takes three cells, in memory and in a
//! file. Data bodies store every cell: see `rows`.
//!
//! A copy of a memory shares everything with the original. Code bodies are copied one by one when they are
//! written to. The tables of bodies, names and addresses are trees: a change copies a few nodes. So an edit
//! takes no longer with a hundred thousand bodies than with ten, even beside a copy.

use std::sync::{Arc, OnceLock};

use imbl::{OrdMap, Vector};

use super::cell::{Cell, Content};
pub use super::code::{BodyKind, CodeBody};
use super::code_version::CodeVersion;
use super::data::{Data, DataBody};
use super::index::{Body, BodyId, DataId, DataSlot, Offset};
use super::name::{NameId, Names};
use super::rows::{FlatBody, Sharing};
use super::space::{Address, FreeSpace, Space, span};
use super::text::Texts;
use super::uses::{Target, Uses};

/// The most cells of all bodies together, whatever the limit: 2 GiB.
pub const MEMORY_CELLS: u64 = 1 << 28;
/// The greatest number that a data body can have: what makes data all the time does not come so far in
/// thirty years.
pub const LAST_DATA: u64 = 1 << 60;
/// After this address nothing is made any more.
pub const LAST_ADDRESS: Address = 1 << 60;
/// The most cells of one code body: a position fits in 32 bits with much to spare.
pub const CODE_CELLS: u32 = 1 << 24;
/// The most cells of one code body that can be used: growing at most doubles what is needed.
pub const CODE_CELLS_USED: u32 = CODE_CELLS / 2 - 2;
/// The most locals of one function.
pub const LOCALS: usize = 255;
/// The body number of `main`.
pub const MAIN: Body = Body(0);

/// A cell of a code body.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Place {
    /// The code body.
    pub body: Body,
    /// The cell in it.
    pub offset: Offset,
}

impl Place {
    /// The cell `offset` of code body `body`.
    pub fn new(body: impl Into<Body>, offset: impl Into<Offset>) -> Place {
        Place { body: body.into(), offset: offset.into() }
    }

    /// The first cell of a body, where a call begins.
    pub fn start(body: Body) -> Place {
        Place { body, offset: Offset(0) }
    }

    /// The cell after this one.
    #[must_use]
    pub fn next(self) -> Place {
        Place { offset: self.offset.next(), ..self }
    }
}

/// All bodies, and the tables of names and texts their cells refer to.
#[derive(Clone, Debug, Default)]
pub struct Memory {
    code: Vector<Option<Arc<CodeBody>>>,
    data: Data,
    functions: OrdMap<NameId, Body>,
    space: Space,
    /// Which code refers to what, once somebody has asked; a cache.
    uses: OnceLock<Uses>,
    cells: u64,
    code_cells: u64,
    pub(super) names: Names,
    pub(super) texts: Texts,
}

impl Memory {
    /// The number of cells of all bodies; an empty data body counts as one.
    pub fn cells(&self) -> u64 {
        self.cells
    }

    /// The number of cells of all code.
    pub(super) fn code_cells(&self) -> u64 {
        self.code_cells
    }

    /// The first address after the last body.
    pub fn end(&self) -> Address {
        self.space.end
    }

    /// The code body with this number, unless it was removed or never made.
    pub fn code(&self, body: Body) -> Option<&CodeBody> {
        self.code.get(body.index())?.as_deref()
    }

    /// The code body with this number, shared. Whoever keeps this one knows by its identity whether the body
    /// has changed since.
    pub fn shared_code(&self, body: Body) -> Option<&Arc<CodeBody>> {
        self.code.get(body.index())?.as_ref()
    }

    /// All code as it is now, to know later whether it has changed.
    pub fn code_version(&self) -> CodeVersion {
        CodeVersion::of(&self.code)
    }

    /// Finds out now which code refers to what, so that no edit has to wait for that.
    pub fn index_uses(&self) {
        self.uses();
    }

    /// Which code refers to what.
    pub(super) fn uses(&self) -> &Uses {
        self.uses.get_or_init(|| Uses::of(self.code_bodies()))
    }

    /// The code bodies that call a body or hold its address, in no order.
    pub(super) fn users_of(&self, body: Body) -> impl Iterator<Item = Body> {
        self.uses().users(Target::Body(body))
    }

    /// The code bodies with a hole of this name, in no order.
    pub(super) fn missing(&self, name: NameId) -> impl Iterator<Item = Body> {
        self.uses().users(Target::Hole(name))
    }

    /// The code bodies of a function with a hole of this name.
    pub(super) fn missing_in(&self, function: Body, name: NameId) -> impl Iterator<Item = Body> {
        self.uses().users_in(function, Target::Hole(name))
    }

    /// The blocks of a function, in the order of their numbers.
    pub fn blocks_of(&self, function: Body) -> impl Iterator<Item = Body> {
        self.uses().blocks_of(function)
    }

    /// How many code bodies were ever made.
    pub fn code_count(&self) -> u32 {
        self.next_code().0
    }

    /// The number of the next code body.
    pub fn next_code(&self) -> Body {
        Body::from_index(self.code.len())
    }

    /// All code bodies with their numbers.
    pub fn code_bodies(&self) -> impl Iterator<Item = (Body, &CodeBody)> {
        let numbered = self.code.iter().enumerate();
        numbered.filter_map(|(n, body)| Some((Body::from_index(n), body.as_deref()?)))
    }

    /// The data body with this number.
    pub fn data(&self, id: DataId) -> Option<DataBody<'_>> {
        self.data.get(self.data.table().slot(id)?)
    }

    /// The data body that a cell refers to.
    pub fn data_in(&self, slot: DataSlot) -> DataBody<'_> {
        self.data.get(slot).expect("data that a cell refers to is not collected")
    }

    /// Where the data body with this number is kept.
    pub(super) fn slot(&self, id: DataId) -> Option<DataSlot> {
        self.data.table().slot(id)
    }

    /// All data bodies, in the order of their numbers.
    pub fn data_bodies(&self) -> impl Iterator<Item = DataBody<'_>> {
        self.data.all()
    }

    /// How many data bodies there are.
    pub fn data_count(&self) -> usize {
        self.data.table().count()
    }

    /// The number of the next data body.
    pub fn next_data(&self) -> DataId {
        self.data.table().next()
    }

    /// Whether there are no numbers or addresses left for new data. Only a file made by hand is there.
    pub(super) fn is_used_up(&self) -> bool {
        self.next_data().0 >= LAST_DATA || self.space.end >= LAST_ADDRESS
    }

    /// Whether there was a data body with this number that was collected.
    pub fn was_freed(&self, id: DataId) -> bool {
        id < self.next_data() && self.slot(id).is_none()
    }

    /// How many data cells belong to this memory alone. Cells shared with forks do not count.
    pub fn own_data_cells(&self) -> u64 {
        self.data.own_cells()
    }

    /// All bodies in the order of their addresses.
    pub fn by_address(&self) -> Vec<(Address, BodyId)> {
        let code = self.space.code.iter().map(|(&start, &body)| (start, BodyId::Code(body)));
        let data = self.data.table().by_address().into_iter();
        let mut all: Vec<_> =
            code.chain(data.map(|(start, id)| (start, BodyId::Data(id)))).collect();
        // Two sorted lists, which the sort only merges.
        all.sort_by_key(|&(start, _)| start);
        all
    }

    /// What of the address space is free.
    pub fn free_space(&self) -> FreeSpace {
        self.space.free_space()
    }

    /// What would be free if everything were that no body takes.
    pub fn space_of_bodies(&self) -> FreeSpace {
        let mut space = Space::default();
        for (start, body) in self.by_address() {
            let size = match body {
                BodyId::Code(body) => u64::from(self.existing_code(body).size),
                BodyId::Data(id) => self.data(id).expect("it has an address").size() as u64,
            };
            assert!(space.claim(start, size), "bodies do not overlap");
        }
        space.free_space()
    }

    /// Makes only this free; false, and nothing changes, if not all of it is.
    pub(super) fn restrict_space(&mut self, free: &FreeSpace) -> bool {
        self.space.restrict(free)
    }

    /// All names that cells, bodies and locals have had, in no order.
    pub fn names(&self) -> impl Iterator<Item = &str> {
        self.names.iter()
    }

    /// Whether a cell, body or local has had this name.
    pub fn knows(&self, name: &str) -> bool {
        self.names.find(name).is_some()
    }

    /// The names of all functions with their body numbers, in no order.
    pub fn functions(&self) -> impl Iterator<Item = (&str, Body)> {
        self.functions.iter().map(|(&name, &body)| (self.names.get(name), body))
    }

    /// The body number of the function with this name.
    pub fn function(&self, name: &str) -> Option<Body> {
        self.function_id(self.names.find(name)?)
    }

    pub(super) fn function_id(&self, name: NameId) -> Option<Body> {
        self.functions.get(&name).copied()
    }

    /// The function that a code body belongs to: the owner of a block, otherwise `body` itself, even if
    /// there is no such body.
    pub fn owner(&self, body: Body) -> Body {
        match self.code(body).map(|code| code.kind) {
            Some(BodyKind::Block(owner)) => owner,
            Some(BodyKind::Function(_) | BodyKind::Former(_)) | None => body,
        }
    }

    /// The name with this number.
    pub fn name(&self, id: NameId) -> &str {
        self.names.get(id)
    }

    /// The text with this number.
    pub fn text(&self, id: super::text::TextId) -> &str {
        self.texts.get(id)
    }

    /// The name of a function, or of the function that a block belongs to; `?` if there is no such body.
    pub fn function_name(&self, body: Body) -> &str {
        match self.code(self.owner(body)).map(|code| code.kind) {
            Some(BodyKind::Function(name) | BodyKind::Former(name)) => self.names.get(name),
            Some(BodyKind::Block(_)) => unreachable!("the owner of a block is a function"),
            None => "?",
        }
    }

    /// What a code body is called: `fib`, `block in fib`, `fib (replaced)`; `?` if there is no such body.
    pub fn title(&self, body: Body) -> String {
        let name = self.function_name(body);
        match self.code(body).map(|code| code.kind) {
            Some(BodyKind::Block(_)) => format!("block in {name}"),
            Some(BodyKind::Former(_)) => format!("{name} (replaced)"),
            Some(BodyKind::Function(_)) | None => name.to_string(),
        }
    }

    /// The cell at a place; empty if there is no such cell.
    pub fn cell(&self, place: Place) -> Cell {
        self.code(place.body).map_or(Cell::BREAKPOINT, |code| code.cell(place.offset))
    }

    /// The flat address of a place. If there is no such body, it counts from 0: a window may still show
    /// a body that was just removed.
    pub fn address(&self, place: Place) -> Address {
        self.code(place.body).map_or(0, |code| code.start) + u64::from(place.offset.0)
    }

    /// The first address of a body; 0 if there is no such body.
    pub fn start(&self, body: BodyId) -> Address {
        match body {
            BodyId::Code(number) => self.code(number).map_or(0, |code| code.start),
            BodyId::Data(number) => self.data(number).map_or(0, |data| data.start),
        }
    }

    /// The body that contains this address, and the offset in it.
    pub fn find(&self, address: Address) -> Option<(BodyId, u64)> {
        let code = self.space.code.get_prev(&address);
        let code = code.map(|(&start, &body)| (start, BodyId::Code(body)));
        let data = self.data.table().before(address).map(|(start, id)| (start, BodyId::Data(id)));
        let (start, body) = code.into_iter().chain(data).max_by_key(|&(start, _)| start)?;
        let size = match body {
            BodyId::Code(number) => u64::from(self.code(number)?.size),
            BodyId::Data(number) => self.data(number)?.size() as u64,
        };
        (address - start < size.max(1)).then_some((body, address - start))
    }

    /// The place of a flat address, if it is in a code body.
    pub fn place(&self, address: Address) -> Option<Place> {
        match self.find(address)? {
            (BodyId::Code(body), offset) => Some(Place::new(body, Offset(offset as u32))),
            (BodyId::Data(_), _) => None,
        }
    }

    /// The cell that holds the address of a block, if any does. There is never more than one.
    pub fn reference(&self, block: Body) -> Option<Place> {
        let wanted = Cell::address(block);
        let number = self.uses().users_in(self.owner(block), Target::Body(block)).next()?;
        let offset = self.code(number)?.cells.iter().position(|&cell| cell == wanted)?;
        Some(Place::new(number, Offset::from_index(offset)))
    }

    /// A code body that must exist.
    pub(super) fn existing_code(&self, body: Body) -> &CodeBody {
        self.code(body).expect("whatever refers to a code body keeps it from being removed")
    }

    /// A code body, to be changed; what changes its cells keeps the index.
    fn code_mut(&mut self, body: Body) -> &mut CodeBody {
        let code = self.code.get_mut(body.index()).and_then(Option::as_mut);
        Arc::make_mut(code.expect("the body was checked to exist"))
    }

    /// The locals of a function, in the order of their slots.
    pub(super) fn locals_mut(&mut self, function: Body) -> &mut Vec<NameId> {
        &mut self.code_mut(function).locals
    }

    /// Writes cells over what is at a place and after it.
    pub(super) fn write_code(&mut self, at: Place, cells: &[Cell]) {
        let owner = self.owner(at.body);
        let (first, end) = (at.offset.index(), at.offset.index() + cells.len());
        if let Some(mut uses) = self.uses.take() {
            let there = self.existing_code(at.body).used();
            let replaced = &there[first.min(there.len())..end.min(there.len())];
            uses.remove(owner, at.body, replaced);
            uses.add(owner, at.body, cells);
            self.uses = uses.into();
        }
        let body = self.code_mut(at.body);
        let last = cells.iter().rposition(|&cell| cell != Cell::BREAKPOINT);
        if let Some(last) = last.filter(|last| first + last >= body.cells.len()) {
            body.cells.resize(first + last + 1, Cell::BREAKPOINT);
        }
        for (there, &cell) in body.cells.iter_mut().skip(first).zip(cells) {
            *there = cell;
        }
        body.trim();
    }

    /// Inserts cells before a place. What is there and after it moves up.
    pub(super) fn insert_code(&mut self, at: Place, cells: &[Cell]) {
        if at.offset.index() >= self.existing_code(at.body).used().len() {
            // Only empty cells would move up.
            return self.write_code(at, cells);
        }
        let owner = self.owner(at.body);
        if let Some(uses) = self.uses.get_mut() {
            uses.add(owner, at.body, cells);
        }
        let offset = at.offset.index();
        self.code_mut(at.body).cells.splice(offset..offset, cells.iter().copied());
    }

    /// Deletes cells. What is after them moves down.
    pub(super) fn delete_code(&mut self, at: Place, count: u32) {
        let owner = self.owner(at.body);
        let used = self.existing_code(at.body).used().len();
        let cells = at.offset.index().min(used)..at.offset.plus(count).index().min(used);
        if let Some(mut uses) = self.uses.take() {
            uses.remove(owner, at.body, &self.existing_code(at.body).used()[cells.clone()]);
            self.uses = uses.into();
        }
        let body = self.code_mut(at.body);
        body.cells.drain(cells);
        body.trim();
    }

    /// Replaces the cells of a code body that `change` changes.
    pub(super) fn replace_code(&mut self, body: Body, change: impl Fn(Cell) -> Cell) {
        let owner = self.owner(body);
        let mut uses = self.uses.take();
        for cell in &mut self.code_mut(body).cells {
            let new = change(*cell);
            if new == *cell {
                continue;
            }
            if let Some(uses) = &mut uses {
                uses.remove(owner, body, &[*cell]);
                uses.add(owner, body, &[new]);
            }
            *cell = new;
        }
        self.uses = uses.map(OnceLock::from).unwrap_or_default();
    }

    /// All data.
    pub(super) fn all_data(&self) -> &Data {
        &self.data
    }

    /// All data, mutably.
    pub(super) fn all_data_mut(&mut self) -> &mut Data {
        &mut self.data
    }

    /// Gives every slot its row.
    pub(super) fn set_rows(&mut self, rows: Vec<FlatBody>) {
        self.data.set_rows(rows);
    }

    /// A copy that has no rows of data.
    pub(super) fn without_rows(&self) -> Memory {
        Memory {
            code: self.code.clone(),
            data: self.data.without_rows(),
            functions: self.functions.clone(),
            space: self.space.clone(),
            uses: self.uses.clone(),
            cells: self.cells,
            code_cells: self.code_cells,
            names: self.names.clone(),
            texts: self.texts.clone(),
        }
    }

    /// The data as the fast loop uses it, see [`Data::parts`], and the texts.
    pub(super) fn parts(&mut self) -> (&mut [FlatBody], Option<Sharing<'_>>, &mut Texts) {
        let (data, shared) = self.data.parts();
        (data, shared, &mut self.texts)
    }

    /// Makes an empty code body with room for `size` cells.
    pub(super) fn add_code(&mut self, kind: BodyKind, size: u32) -> Body {
        let number = self.next_code();
        let start = self.space.take(u64::from(size));
        self.push_code(kind, start, size);
        number
    }

    /// Makes an empty code body at the address that a file gives; false if it cannot be there.
    pub(super) fn add_code_at(&mut self, kind: BodyKind, start: Address, size: u32) -> bool {
        let fits = self.space.claim(start, u64::from(size));
        if fits {
            self.push_code(kind, start, size);
        }
        fits
    }

    fn push_code(&mut self, kind: BodyKind, start: Address, size: u32) {
        let number = self.next_code();
        if let BodyKind::Function(name) = kind {
            self.functions.insert(name, number);
        }
        if let Some(uses) = self.uses.get_mut() {
            uses.add_body(number, kind);
        }
        self.space.code.insert(start, number);
        let (cells, locals) = (Vec::new(), Vec::new());
        let body = CodeBody { kind, start, size, cells, locals };
        self.code.push_back(Some(Arc::new(body)));
        self.cells += u64::from(size);
        self.code_cells += u64::from(size);
    }

    /// Skips a number whose body was removed.
    pub(super) fn skip_code(&mut self) {
        self.code.push_back(None);
    }

    /// Makes a data body of zeros.
    pub(super) fn add_data(&mut self, size: usize) -> DataSlot {
        let start = self.space.take(size as u64);
        self.push_data(start, size)
    }

    /// Makes a data body of zeros with the number and at the address that a file gives; `None` if it cannot
    /// be there. Numbers must rise.
    pub(super) fn add_data_at(
        &mut self,
        id: DataId,
        start: Address,
        size: usize,
    ) -> Option<DataSlot> {
        let fits = self.space.claim(start, size as u64);
        fits.then(|| {
            self.data.skip_to(id);
            self.push_data(start, size)
        })
    }

    fn push_data(&mut self, start: Address, size: usize) -> DataSlot {
        self.cells += (size as u64).max(1);
        self.data.add(start, size)
    }

    /// Gives data another size. It moves if it does not fit where it is, and what it leaves is never used
    /// again.
    pub(super) fn resize_data(&mut self, slot: DataSlot, size: usize) {
        let old = self.data_in(slot).size();
        let moves = span(size as u64) > span(old as u64);
        let start = moves.then(|| self.space.take(size as u64));
        self.data.resize(slot, size, start);
        self.cells = self.cells - (old as u64).max(1) + (size as u64).max(1);
    }

    /// The next data body gets this number.
    pub(super) fn skip_data(&mut self, next: DataId) {
        self.data.skip_to(next);
    }

    /// Removes data bodies, which no cell may refer to. Their addresses are never used again.
    pub(super) fn remove_data(&mut self, slots: &[DataSlot]) {
        let sizes = slots.iter().map(|&slot| (self.data_in(slot).size() as u64).max(1));
        self.cells -= sizes.sum::<u64>();
        self.data.remove(slots);
    }

    /// Moves a code body to a new place with room for `size` cells. The old place becomes free.
    pub(super) fn grow(&mut self, body: Body, size: u32) {
        let code = self.code_mut(body);
        let (old_start, old_size) = (code.start, code.size);
        let space = &mut self.space;
        let start = space.take(u64::from(size));
        space.code.insert(start, body);
        space.free(old_start, u64::from(old_size));
        let code = self.code_mut(body);
        (code.start, code.size) = (start, size);
        self.cells += u64::from(size - old_size);
        self.code_cells += u64::from(size - old_size);
    }

    /// Removes a code body. Nothing may point into it.
    pub(super) fn remove(&mut self, body: Body) {
        let code = self.code.get_mut(body.index()).and_then(Option::take);
        let code = code.expect("the body was checked to exist");
        if let Some(uses) = self.uses.get_mut() {
            uses.remove_body(body, &code);
        }
        if let BodyKind::Function(name) = code.kind {
            self.functions.remove(&name);
        }
        self.space.free(code.start, u64::from(code.size));
        self.cells -= u64::from(code.size);
        self.code_cells -= u64::from(code.size);
    }

    /// Gives the name of a function to another body; the old one becomes a former function.
    pub(super) fn rename(&mut self, name: NameId, body: Body) {
        if let Some(old) = self.functions.insert(name, body) {
            self.code_mut(old).kind = BodyKind::Former(name);
        }
        self.code_mut(body).kind = BodyKind::Function(name);
    }

    /// Gives a function another name, which no function has.
    pub(super) fn rename_function(&mut self, from: NameId, to: NameId, body: Body) {
        self.functions.remove(&from);
        self.functions.insert(to, body);
        self.code_mut(body).kind = BodyKind::Function(to);
    }

    /// Whether two cells hold the same.
    #[inline]
    pub fn is_same(&self, a: Cell, b: Cell) -> bool {
        a == b || a.as_text().zip(b.as_text()).is_some_and(|(a, b)| self.texts.same(a, b))
    }

    /// Whether a cell holds the same as a cell of another memory.
    pub(super) fn same(&self, a: Cell, other: &Memory, b: Cell) -> bool {
        let name = |x, y| self.names.get(x) == other.names.get(y);
        match (a.content(), b.content()) {
            (Content::Data(x), Content::Data(y)) => self.data_in(x).id == other.data_in(y).id,
            (Content::Text(x), Content::Text(y)) => self.texts.get(x) == other.texts.get(y),
            (Content::Pick(x), Content::Pick(y))
            | (Content::Assign(x), Content::Assign(y))
            | (Content::SetGlobal(x), Content::SetGlobal(y))
            | (Content::GetGlobal(x), Content::GetGlobal(y))
            | (Content::Label(x), Content::Label(y))
            | (Content::Hole(x), Content::Hole(y))
            | (Content::FunctionHole(x), Content::FunctionHole(y)) => name(x, y),
            (
                x @ (Content::Integer(_)
                | Content::Address(_)
                | Content::BlockValue(..)
                | Content::Task(_)
                | Content::Call(_)
                | Content::Primitive(_)
                | Content::Breakpoint
                | Content::Unassigned),
                y,
            ) => x == y,
            (
                Content::Text(_)
                | Content::Data(_)
                | Content::Pick(_)
                | Content::Assign(_)
                | Content::SetGlobal(_)
                | Content::GetGlobal(_)
                | Content::Label(_)
                | Content::Hole(_)
                | Content::FunctionHole(_),
                _,
            ) => false,
        }
    }

    /// Whether a list of cells holds the same as a list of another memory.
    pub(super) fn all_same(&self, a: &[Cell], other: &Memory, b: &[Cell]) -> bool {
        a.len() == b.len() && a.iter().zip(b).all(|(&a, &b)| self.same(a, other, b))
    }

    fn same_code(&self, a: &CodeBody, other: &Memory, b: &CodeBody) -> bool {
        let CodeBody { kind, start, size, cells, locals: _ } = a;
        let kind = match (*kind, b.kind) {
            (BodyKind::Function(x), BodyKind::Function(y))
            | (BodyKind::Former(x), BodyKind::Former(y)) => self.name(x) == other.name(y),
            (BodyKind::Block(x), BodyKind::Block(y)) => x == y,
            (BodyKind::Function(_) | BodyKind::Former(_) | BodyKind::Block(_), _) => false,
        };
        let place = *start == b.start && *size == b.size;
        kind && place && self.all_same(cells, other, &b.cells)
    }
}

/// Compares contents: the numbers of names and texts and the order of slots are caches.
impl PartialEq for Memory {
    fn eq(&self, other: &Memory) -> bool {
        let Memory {
            code,
            data,
            functions: _,
            space,
            uses: _,
            cells: _,
            code_cells: _,
            names: _,
            texts: _,
        } = self;
        let code = code.len() == other.code.len()
            && code.iter().zip(other.code.iter()).all(|pair| match pair {
                (Some(a), Some(b)) => self.same_code(a, other, b),
                (a, b) => a.is_none() && b.is_none(),
            });
        code && space.free_space() == other.space.free_space()
            && data.table().next() == other.data.table().next()
            && data.table().count() == other.data.table().count()
            && data.all().zip(other.data.all()).all(|(a, b)| {
                (a.id, a.start, a.size()) == (b.id, b.start, b.size())
                    && a.cells().zip(b.cells()).all(|(a, b)| self.same(a, other, b))
            })
    }
}

impl Eq for Memory {}
