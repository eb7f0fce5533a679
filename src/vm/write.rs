//! Writing an edit: the half that changes the machine and cannot fail.

use super::cell::Cell;
use super::draft::Draft;
use super::edit::{Change, EditPlan};
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
        self.decoded.forget();
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
            Change::Delete { at, count } => self.memory.delete_code(at, count),
            Change::Remove { body } => self.memory.remove(body),
        }
    }

    fn add_body(&mut self, kind: BodyKind, body: Body) {
        let made = self.memory.add_code(kind, BODY_CELLS);
        assert_eq!(made, body, "a plan is for the machine that made it");
    }

    fn add_function(&mut self, name: &str, body: Body) {
        // No cell has a name that is new.
        let is_known = self.memory.names.find(name).is_some();
        let id = self.memory.names.intern(name);
        self.add_body(BodyKind::Function(id), body);
        if is_known {
            self.fill_holes(id, body);
        }
    }

    /// Makes calls of the cells that miss a function, which now has this body.
    pub(super) fn fill_holes(&mut self, id: NameId, body: Body) {
        let (hole, call) = (Cell::hole(id), Cell::call(body));
        let (function_hole, address) = (Cell::function_hole(id), Cell::address(body));
        let missing: Vec<Body> = self.memory.missing(id).collect();
        self.replace_in(missing, |cell| {
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
        let users: Vec<Body> = self.memory.users_of(old).collect();
        let change = |cell| {
            if cell == from {
                to
            } else if cell == old_call {
                new_call
            } else {
                cell
            }
        };
        self.replace_in(users, change);
        self.map_values(change);
    }

    fn add_locals(&mut self, function: Body, slots: &[(Slot, &str)]) {
        for &(slot, name) in slots {
            let id = self.memory.names.intern(name);
            let locals = self.memory.locals_mut(function);
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
        for task in self.tasks.iter_mut() {
            if task.calls.activations().any(is_short) {
                task.calls.widen(function, locals);
            }
        }
    }

    pub(super) fn pick_holes(&mut self, function: Body, names: &[&str]) {
        for name in names {
            let id = self.memory.names.intern(name);
            let (hole, pick) = (Cell::hole(id), Cell::pick(id));
            let missing: Vec<Body> = self.memory.missing_in(function, id).collect();
            self.replace_in(missing, |cell| if cell == hole { pick } else { cell });
        }
    }

    fn fill(&mut self, at: Place, cells: &[Draft<'_>]) {
        let cells = self.finish_all(cells);
        self.memory.write_code(at, &cells);
    }

    fn insert_cells(&mut self, at: Place, cells: &[Draft<'_>]) {
        let cells = self.finish_all(cells);
        self.memory.insert_code(at, &cells);
    }

    fn finish_all(&mut self, cells: &[Draft<'_>]) -> Vec<Cell> {
        cells.iter().map(|&draft| self.finish(draft)).collect()
    }

    /// Replaces cells in these code bodies.
    pub(super) fn replace_in(&mut self, bodies: Vec<Body>, change: impl Fn(Cell) -> Cell) {
        for body in bodies {
            self.memory.replace_code(body, &change);
        }
    }

    /// Replaces every cell of data, globals, parameters, locals and loops.
    fn map_values(&mut self, change: impl Fn(Cell) -> Cell) {
        self.memory.all_data_mut().map(&change);
        self.globals.map(&change);
        self.tasks.map_values(&change);
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::vm::edit::Edit;
    use crate::vm::instruction::{Fragment, Instruction as I};
    use crate::vm::memory::{MAIN, Memory};
    use crate::vm::uses::Uses;

    fn anew(memory: &Memory) -> Uses {
        Uses::of(memory.code_bodies())
    }

    fn line(cells: &[I]) -> Fragment {
        Fragment::line(cells.to_vec())
    }

    /// `[ name ] name [ name ]`, with a block in the second block.
    fn blocks(name: &str) -> Fragment {
        let call = I::Call(name.into());
        Fragment {
            bodies: vec![
                vec![I::Block(1), call.clone(), I::Block(2)],
                vec![call.clone()],
                vec![I::Block(3), call.clone()],
                vec![call, I::Assign("x".into())],
            ],
        }
    }

    #[test]
    fn the_index_follows_every_edit() {
        let mut machine = Machine::new();
        assert_eq!(*machine.memory.uses(), anew(&machine.memory));
        let (f, g, x) = (blocks("f"), blocks("g"), line(&[I::Call("x".into())]));
        let (push, many) = (line(&[I::PushFunction("g".into())]), line(&vec![I::Integer(1); 120]));
        let at = |body: u32, offset: u32| Place::new(body, offset);
        let edits = [
            Edit::Write { at: at(0, 3), line: &g },
            Edit::Insert { at: at(0, 0), line: &push },
            Edit::Define { functions: &[("f", &g)] },
            Edit::Define { functions: &[("g", &f), ("h", &x)] },
            Edit::Insert { at: at(0, 4), line: &f },
            Edit::Insert { at: at(0, 90), line: &f },
            Edit::Replace { at: at(0, 5), line: &g },
            Edit::Insert { at: at(4, 1), line: &many },
            Edit::Write { at: at(9, 0), line: &x },
            Edit::Redefine { name: "f", contents: &f },
            Edit::Replace { at: at(0, 4), line: &x },
            Edit::Delete { at: at(0, 1), count: 4 },
            Edit::Delete { at: at(4, 0), count: 2 },
            Edit::Delete { at: at(0, 0), count: 100 },
        ];
        for edit in edits {
            let mut copy = machine.clone();
            copy.edit(edit).unwrap_or_else(|refusal| panic!("{edit:?}: {refusal}"));
            assert_eq!(*machine.memory.uses(), anew(&machine.memory), "a copy changes nothing");
            machine = copy;
            assert_eq!(*machine.memory.uses(), anew(&machine.memory), "{edit:?}");
        }
        let mut removed = 0;
        for body in (1..machine.memory.code_count()).map(Body) {
            removed += usize::from(machine.remove(body).is_ok());
            assert_eq!(*machine.memory.uses(), anew(&machine.memory), "{body}");
        }
        assert!(removed > 5, "{removed}");
        assert_eq!(machine.memory.users_of(MAIN).count(), 0);
    }
}
