//! Carrying out edits that were checked: cells, positions, locals and holes.

use super::cell::{BodyId, Cell, Content};
use super::edit::Shift;
use super::fast::Decoded;
use super::index::{Body, Offset};
use super::instruction::{Fragment, Instruction};
use super::machine::Machine;
use super::memory::{BODY_CELLS, BodyKind, LOCALS, Place};
use super::name::NameId;

impl Machine {
    /// The code has changed: what the fast loop made of it is stale.
    pub(super) fn forget_decoded(&mut self) {
        self.decoded = Decoded::default();
    }

    pub(super) fn add_function(&mut self, name: &str) -> Body {
        let id = self.memory.names.intern(name);
        let body = self.memory.add_code(BodyKind::Function(id), BODY_CELLS);
        let address = Cell::address(BodyId::Code(body));
        self.map_code(|_, cell| match cell.content() {
            Content::Hole(hole) if hole == id => Cell::call(body),
            Content::FunctionHole(hole) if hole == id => address,
            _ => cell,
        });
        body
    }

    /// Writes checked contents; blocks get bodies of their own, in the order of the text.
    pub(super) fn put(&mut self, at: Place, contents: &Fragment, insert: bool) -> Vec<Shift> {
        self.forget_decoded();
        let owner = self.memory.owner(at.body);
        self.add_locals(owner, contents);
        let mut shifts = Vec::new();
        // What is still to be written: a place, and the contents that go there.
        let mut open = vec![(at, 0usize)];
        while let Some((at, body)) = open.pop() {
            let mut blocks = Vec::new();
            let mut place = at;
            for instruction in &contents.bodies[body] {
                let cell = match instruction {
                    Instruction::Block(inner) => {
                        let block = self.memory.add_code(BodyKind::Block(owner), BODY_CELLS);
                        blocks.push((Place::start(block), *inner as usize));
                        Cell::address(BodyId::Code(block))
                    }
                    instruction => self.make_cell(instruction),
                };
                shifts.extend(self.put_cell(place, cell, insert && body == 0));
                place = place.next();
            }
            self.memory.code_mut(at.body).trim();
            open.extend(blocks.into_iter().rev());
        }
        shifts
    }

    fn put_cell(&mut self, at: Place, cell: Cell, insert: bool) -> Option<Shift> {
        let offset = at.offset.index();
        let fill = !insert && self.memory.cell(at) == Cell::BREAKPOINT;
        if fill {
            if cell != Cell::BREAKPOINT {
                self.make_room(at.body, at.offset.0 + 1);
                let cells = &mut self.memory.code_mut(at.body).cells;
                cells.resize(cells.len().max(offset + 1), Cell::BREAKPOINT);
                cells[offset] = cell;
            } else {
                self.make_room(at.body, at.offset.0 + 1);
            }
            return None;
        }
        let used = self.memory.code(at.body).map_or(0, |code| code.used().len() as u32);
        let furthest = self.furthest_position(at.body);
        // It will stand one further, and needs a cell to stand on.
        let pushed = if furthest > at.offset { furthest.0 } else { 0 };
        self.make_room(at.body, used.max(at.offset.0).max(pushed) + 1);
        let cells = &mut self.memory.code_mut(at.body).cells;
        if offset < cells.len() {
            cells.insert(offset, cell);
        } else if cell != Cell::BREAKPOINT {
            cells.resize(offset, Cell::BREAKPOINT);
            cells.push(cell);
        }
        let shift = Shift::Inserted(at);
        self.shift_positions(shift);
        Some(shift)
    }

    /// Sees to it that so many cells and an empty one behind them fit.
    fn make_room(&mut self, body: Body, cells: u32) {
        let size = self.memory.code(body).map_or(BODY_CELLS, |code| code.size);
        let mut roomy = size;
        while cells + 1 > roomy {
            roomy *= 2;
        }
        if roomy > size {
            self.memory.grow(body, roomy);
        }
    }

    /// The furthest saved position in a body; 0 if there is none.
    pub(super) fn furthest_position(&self, body: Body) -> Offset {
        let mut furthest = Offset(0);
        for task in &self.tasks {
            let returns = task.calls.activations().filter_map(|entry| entry.returns_to);
            for place in returns.chain([task.counter]).filter(|place| place.body == body) {
                furthest = furthest.max(place.offset);
            }
        }
        furthest
    }

    pub(super) fn shift_positions(&mut self, shift: Shift) {
        for task in &mut self.tasks {
            task.counter = shift.position(task.counter);
            task.calls.map_returns(|place| shift.position(place));
        }
    }

    pub(super) fn make_cell(&mut self, instruction: &Instruction) -> Cell {
        use Instruction as I;
        let names = &mut self.memory.names;
        match instruction {
            I::Integer(value) => Cell::integer(*value).unwrap_or(Cell::ZERO),
            I::Text(text) => Cell::text(self.memory.texts.intern(text)),
            I::Address(body) => Cell::address(*body),
            I::Pick(name) => Cell::pick(names.intern(name)),
            I::Assign(name) => Cell::assign(names.intern(name)),
            I::Label(name) => Cell::label(names.intern(name)),
            I::Primitive(primitive) => Cell::primitive(*primitive),
            I::Call(name) | I::Hole(name) => match self.memory.function(name) {
                Some(body) => Cell::call(body),
                None => Cell::hole(self.memory.names.intern(name)),
            },
            I::PushFunction(name) | I::FunctionHole(name) => match self.memory.function(name) {
                Some(body) => Cell::address(BodyId::Code(body)),
                None => Cell::function_hole(self.memory.names.intern(name)),
            },
            // Blocks were given bodies before.
            I::Block(_) | I::Breakpoint => Cell::BREAKPOINT,
        }
    }

    /// Makes the locals that contents speak of: live frames get slots for them, and holes named like
    /// a local that is assigned now become the local.
    fn add_locals(&mut self, owner: Body, contents: &Fragment) {
        let mut spoken: Vec<NameId> = Vec::new();
        let mut assigned: Vec<NameId> = Vec::new();
        for instruction in contents.bodies.iter().flatten() {
            if let Instruction::Assign(name) | Instruction::Pick(name) = instruction {
                let id = self.memory.names.intern(name);
                spoken.push(id);
                if matches!(instruction, Instruction::Assign(_)) {
                    assigned.push(id);
                }
            }
        }
        for &id in &spoken {
            self.add_slot_for(owner, id, &spoken);
        }
        self.widen_frames(owner);
        if assigned.is_empty() {
            return;
        }
        self.map_code(|function, cell| match cell.content() {
            Content::Hole(name) if function == owner && assigned.contains(&name) => {
                Cell::pick(name)
            }
            _ => cell,
        });
    }

    /// Gives a local a slot: a new one, or if there are as many as there may be one that is left over
    /// from a local that is gone and not among those `spoken` of now. No frame has a value there.
    fn add_slot_for(&mut self, function: Body, local: NameId, spoken: &[NameId]) {
        let locals = &mut self.memory.code_mut(function).locals;
        if locals.contains(&local) {
            return;
        }
        if locals.len() < LOCALS {
            locals.push(local);
            return;
        }
        let used: Vec<NameId> = self.locals_in_use(function).collect();
        let locals = &mut self.memory.code_mut(function).locals;
        let left = |name: &&mut NameId| !used.contains(*name) && !spoken.contains(*name);
        if let Some(slot) = locals.iter_mut().find(left) {
            *slot = local;
        }
    }

    pub(super) fn widen_frames(&mut self, function: Body) {
        let locals = self.memory.code(function).map_or(0, |code| code.locals().len());
        for task in &mut self.tasks {
            let short = |entry: super::frame::Activation<'_>| {
                entry.is_frame && entry.body == function && entry.locals.len() < locals
            };
            if task.calls.activations().any(short) {
                task.calls.widen(function, locals);
            }
        }
    }

    /// Replaces every cell of code; `change` is given the function it belongs to.
    fn map_code(&mut self, change: impl Fn(Body, Cell) -> Cell) {
        self.forget_decoded();
        for (number, body) in self.memory.all_code_mut() {
            let owner = match body.kind {
                BodyKind::Block(owner) => owner,
                _ => number,
            };
            for cell in &mut body.cells {
                *cell = change(owner, *cell);
            }
        }
    }

    /// Replaces every cell of code, data, parameters and locals.
    pub(super) fn map_cells(&mut self, change: impl Fn(Cell) -> Cell) {
        self.map_code(|_, cell| change(cell));
        for data in self.memory.all_data_mut() {
            for index in 0..data.size() {
                let cell = data.get(index).unwrap_or(Cell::ZERO);
                let changed = change(cell);
                if changed != cell {
                    data.set(index, changed);
                }
            }
        }
        for task in &mut self.tasks {
            for cell in &mut task.parameters {
                *cell = change(*cell);
            }
            task.calls.map_locals(&change);
        }
    }
}
