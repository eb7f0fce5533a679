//! Writing an edit: the half that changes the machine and cannot fail.

use std::collections::HashSet;

use super::cell::{Cell, Content};
use super::draft::Draft;
use super::edit::{Change, EditPlan};
use super::fast::Decoded;
use super::frame::Activation;
use super::index::{Body, Slot};
use super::machine::Machine;
use super::memory::{BodyKind, Place};
use super::name::NameId;
use super::relocate::Shift;
use super::space::BODY_CELLS;

impl Machine {
    /// Carries out a plan. Returns how cells moved, if any did.
    ///
    /// # Panics
    /// If the plan was made for a machine with other bodies. A plan is only valid for the machine that
    /// made it, and only until that machine changes.
    pub fn commit_edit(&mut self, plan: EditPlan<'_>) -> Option<Shift> {
        // The decoded code is out of date now.
        self.decoded = Decoded::default();
        for change in plan.changes {
            self.carry_out(change);
        }
        if let Some(shift) = plan.shift {
            self.relocate(shift);
        }
        plan.shift
    }

    fn carry_out(&mut self, change: Change<'_>) {
        match change {
            Change::AddFunction { name, body } => self.add_function(name, body),
            Change::Supersede { name, old, new } => self.supersede(name, old, new),
            Change::AddBlock { owner, body } => self.add_body(BodyKind::Block(owner), body),
            Change::Grow { body, size } => self.memory.grow(body, size),
            Change::AddLocals { function, slots, has_frames } => {
                self.add_locals(function, &slots);
                if has_frames {
                    self.widen_frames(function);
                }
            }
            Change::PickHoles { function, names } => self.pick_holes(function, &names),
            Change::Fill { at, cells } => self.fill(at, &cells),
            Change::Insert { at, cells } => self.insert_cells(at, &cells),
            Change::Delete { at, count } => self.delete_cells(at, count),
            Change::Remove { body } => self.memory.remove(body),
        }
    }

    fn add_body(&mut self, kind: BodyKind, body: Body) {
        let made = self.memory.add_code(kind, BODY_CELLS);
        assert_eq!(made, body, "a plan is for the machine that made it");
    }

    fn add_function(&mut self, name: &str, body: Body) {
        let id = self.memory.names.intern(name);
        self.add_body(BodyKind::Function(id), body);
        let (hole, call) = (Cell::hole(id), Cell::call(body));
        let (function_hole, address) = (Cell::function_hole(id), Cell::address(body));
        self.map_code(|_, cell| {
            if cell == hole {
                call
            } else if cell == function_hole {
                address
            } else {
                cell
            }
        });
    }

    fn supersede(&mut self, name: &str, old: Body, new: Body) {
        let id = self.memory.names.intern(name);
        self.add_body(BodyKind::Former(id), new);
        self.memory.rename(id, new);
        let (from, to) = (Cell::address(old), Cell::address(new));
        let (old_call, new_call) = (Cell::call(old), Cell::call(new));
        self.map_cells(|cell| {
            if cell == from {
                to
            } else if cell == old_call {
                new_call
            } else {
                cell
            }
        });
    }

    fn add_locals(&mut self, function: Body, slots: &[(Slot, &str)]) {
        for &(slot, name) in slots {
            let id = self.memory.names.intern(name);
            let locals = &mut self.memory.code_mut(function).locals;
            if slot.index() == locals.len() {
                locals.push(id);
            } else {
                locals[slot.index()] = id;
            }
        }
    }

    fn widen_frames(&mut self, function: Body) {
        let locals = self.memory.existing_code(function).locals().len();
        let is_short = |entry: Activation<'_>| {
            entry.is_frame && entry.body == function && entry.locals.len() < locals
        };
        for task in &mut self.tasks {
            if task.calls.activations().any(is_short) {
                task.calls.widen(function, locals);
            }
        }
    }

    fn pick_holes(&mut self, function: Body, names: &[&str]) {
        let names: HashSet<NameId> =
            names.iter().map(|name| self.memory.names.intern(name)).collect();
        self.map_code(|owner, cell| {
            let Content::Hole(name) = cell.content() else { return cell };
            if owner == function && names.contains(&name) { Cell::pick(name) } else { cell }
        });
    }

    fn fill(&mut self, at: Place, cells: &[Draft<'_>]) {
        for (offset, &draft) in (at.offset.index()..).zip(cells) {
            let cell = self.finish(draft);
            let cells = &mut self.memory.code_mut(at.body).cells;
            match cells.get_mut(offset) {
                Some(there) => *there = cell,
                None if cell == Cell::BREAKPOINT => {}
                None => {
                    cells.resize(offset, Cell::BREAKPOINT);
                    cells.push(cell);
                }
            }
        }
        self.memory.code_mut(at.body).trim();
    }

    fn insert_cells(&mut self, at: Place, cells: &[Draft<'_>]) {
        let offset = at.offset.index();
        if offset >= self.memory.code_mut(at.body).cells.len() {
            // Only empty cells would move up.
            return self.fill(at, cells);
        }
        let made: Vec<Cell> = cells.iter().map(|&draft| self.finish(draft)).collect();
        self.memory.code_mut(at.body).cells.splice(offset..offset, made);
    }

    fn delete_cells(&mut self, at: Place, count: u32) {
        let body = self.memory.code_mut(at.body);
        let used = body.cells.len();
        let end = used.min(at.offset.plus(count).index());
        body.cells.drain(at.offset.index().min(used)..end);
        body.trim();
    }

    /// Replaces every code cell; `change` also gets the function that the cell belongs to.
    fn map_code(&mut self, change: impl Fn(Body, Cell) -> Cell) {
        self.memory.map_code(change);
    }

    /// Replaces every cell of code, data, globals, parameters, locals and loops.
    fn map_cells(&mut self, change: impl Fn(Cell) -> Cell) {
        self.map_code(|_, cell| change(cell));
        self.memory.all_data_mut().map(&change);
        self.globals.map(&change);
        for task in &mut self.tasks {
            for cell in &mut task.parameters {
                *cell = change(*cell);
            }
            task.calls.map_values(&change);
        }
    }
}
