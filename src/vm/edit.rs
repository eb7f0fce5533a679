//! Editing what is running: writing, replacing and deleting cells under live activations.
//!
//! **One rule for every saved position** `p` in a body when a cell is inserted at `a`: `p > a` becomes
//! `p + 1`, `p <= a` stays. Deleting is the mirror image. So an activation that has not passed `a` will
//! execute the new instruction, and one that has passed it goes on behind it. Saved positions are the
//! counters and the return places; block and function addresses name whole bodies and never shift.
//!
//! Every edit first checks everything and then carries it out: a refused edit has changed nothing.

use super::cell::{BodyId, Cell, Content};
use super::index::{Body, Offset};
use super::instruction::Fragment;
use super::machine::Machine;
use super::memory::{BODY_CELLS, BodyKind, Place};
use super::refusal::Refusal;

/// How the cells of a body moved: what marks an instruction (a user's breakpoint, a bookmark) moves
/// with it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Shift {
    /// A cell was inserted: marks at it or behind it move up by one.
    Inserted(Place),
    /// So many cells were deleted from there on: marks behind them move down, marks on them go.
    Deleted(Place, u32),
}

impl Shift {
    /// Where a mark on an instruction is now; nothing if its instruction was deleted.
    pub fn mark(self, mark: Place) -> Option<Place> {
        let (Shift::Inserted(at) | Shift::Deleted(at, _)) = self;
        if mark.body != at.body || mark.offset < at.offset {
            return Some(mark);
        }
        match self {
            Shift::Inserted(_) => Some(mark.next()),
            Shift::Deleted(_, count) if mark.offset.since(at.offset) < count => None,
            Shift::Deleted(_, count) => {
                Some(Place { offset: Offset(mark.offset.0 - count), ..mark })
            }
        }
    }

    /// Where a mark on an instruction was before; nothing if its instruction was not there.
    pub fn before(self, mark: Place) -> Option<Place> {
        let (Shift::Inserted(at) | Shift::Deleted(at, _)) = self;
        if mark.body != at.body || mark.offset < at.offset {
            return Some(mark);
        }
        match self {
            Shift::Inserted(_) if mark == at => None,
            Shift::Inserted(_) => Some(Place { offset: Offset(mark.offset.0 - 1), ..mark }),
            Shift::Deleted(_, count) => Some(Place { offset: mark.offset.plus(count), ..mark }),
        }
    }

    pub(super) fn position(self, position: Place) -> Place {
        let (Shift::Inserted(at) | Shift::Deleted(at, _)) = self;
        if position.body != at.body || position.offset <= at.offset {
            return position;
        }
        match self {
            Shift::Inserted(_) => position.next(),
            // As if they were deleted one by one: it moves down until it stands on the first.
            Shift::Deleted(_, count) => {
                let offset = at.offset.max(Offset(position.offset.0.saturating_sub(count)));
                Place { offset, ..position }
            }
        }
    }
}

impl Machine {
    /// Types instructions at a place, one after the other: each fills the cell if it is empty and is
    /// inserted otherwise. Blocks get bodies of their own.
    ///
    /// # Errors
    /// See [`Refusal`]; nothing has changed then.
    pub fn write(&mut self, at: Place, line: &Fragment) -> Result<Vec<Shift>, Refusal> {
        self.check_place(at)?;
        self.check_fragment(at.body, line)?;
        self.check_room(at, line.bodies[0].len() as u64)?;
        Ok(self.put(at, line, false))
    }

    /// Replaces the instruction at a place by the first of a line and inserts the others behind it.
    /// An empty line empties the cell.
    ///
    /// # Errors
    /// See [`Refusal`]; nothing has changed then.
    pub fn replace(&mut self, at: Place, line: &Fragment) -> Result<Vec<Shift>, Refusal> {
        self.check_place(at)?;
        self.check_fragment_replacing(at, line)?;
        self.check_room(at, line.bodies[0].len() as u64)?;
        if self.memory.code_mut(at.body).cells.len() > at.offset.index() {
            self.memory.code_mut(at.body).cells[at.offset.index()] = Cell::BREAKPOINT;
            self.memory.code_mut(at.body).trim();
        }
        Ok(self.put(at, line, false))
    }

    /// Inserts instructions before a place, whether its cell is empty or not.
    ///
    /// # Errors
    /// See [`Refusal`]; nothing has changed then.
    pub fn insert(&mut self, at: Place, line: &Fragment) -> Result<Vec<Shift>, Refusal> {
        self.check_place(at)?;
        self.check_fragment(at.body, line)?;
        self.check_room(at, line.bodies[0].len() as u64)?;
        Ok(self.put(at, line, true))
    }

    /// Deletes cells: what stands behind them moves down.
    ///
    /// # Errors
    /// See [`Refusal`]; nothing has changed then.
    pub fn delete(&mut self, at: Place, count: u32) -> Result<Vec<Shift>, Refusal> {
        let size = self.check_place(at)?;
        let there = u64::from(size - at.offset.0);
        if u64::from(count) > there {
            return Err(Refusal::NotEnoughCells { wanted: u64::from(count), there });
        }
        self.forget_decoded();
        let body = self.memory.code_mut(at.body);
        let used = body.cells.len();
        let end = used.min(at.offset.plus(count).index());
        if at.offset.index() < end {
            body.cells.drain(at.offset.index()..end);
            body.trim();
        }
        let shift = Shift::Deleted(at, count);
        self.shift_positions(shift);
        Ok(vec![shift])
    }

    /// Makes a function with these contents; every hole of this name becomes the call.
    ///
    /// # Errors
    /// See [`Refusal`]; nothing has changed then.
    pub fn define(&mut self, name: &str, contents: &Fragment) -> Result<Body, Refusal> {
        self.define_all(&[(name, contents)]).map(|bodies| bodies[0])
    }

    /// Makes several functions that may call each other.
    ///
    /// # Errors
    /// See [`Refusal`]; nothing has changed then.
    pub fn define_all(&mut self, list: &[(&str, &Fragment)]) -> Result<Vec<Body>, Refusal> {
        let mut blocks = 0;
        for (n, &(name, contents)) in list.iter().enumerate() {
            self.check_new_name(name)?;
            if list[..n].iter().any(|&(other, _)| other == name) {
                return Err(Refusal::Defined { name: name.to_string(), start: self.memory.end() });
            }
            self.check_contents(contents, None)?;
            blocks += contents.bodies.len();
        }
        self.check_bodies(blocks)?;
        let bodies: Vec<Body> = list.iter().map(|&(name, _)| self.add_function(name)).collect();
        for (&body, &(_, contents)) in bodies.iter().zip(list) {
            self.put(Place::start(body), contents, false);
        }
        Ok(bodies)
    }

    /// Gives a function new contents in a new body. Every reference is redirected; live activations
    /// finish in the old body, which becomes a former function.
    ///
    /// # Errors
    /// See [`Refusal`]; nothing has changed then.
    pub fn redefine(&mut self, name: &str, contents: &Fragment) -> Result<Body, Refusal> {
        let missing = || Refusal::NoFunction { name: name.to_string() };
        let old = self.memory.function(name).ok_or_else(missing)?;
        if old == super::memory::MAIN {
            return Err(Refusal::Main);
        }
        self.check_contents(contents, None)?;
        self.check_bodies(contents.bodies.len())?;
        let id = self.memory.names.intern(name);
        let new = self.memory.add_code(BodyKind::Former(id), BODY_CELLS);
        self.memory.rename(id, new);
        let (from, to) = (Cell::address(BodyId::Code(old)), Cell::address(BodyId::Code(new)));
        let redirect = |cell: Cell| match cell {
            cell if cell == from => to,
            cell if cell == Cell::call(old) => Cell::call(new),
            cell => cell,
        };
        // The new contents may speak of the old body by its address.
        self.put(Place::start(new), contents, false);
        self.map_cells(redirect);
        Ok(new)
    }

    /// Removes a function with its blocks, a former function, or a block.
    ///
    /// # Errors
    /// Refused while anything else points into it; nothing has changed then.
    pub fn remove(&mut self, body: Body) -> Result<(), Refusal> {
        if body == super::memory::MAIN {
            return Err(Refusal::Main);
        }
        self.memory.code(body).ok_or(Refusal::NoBody { body })?;
        let gone: Vec<Body> = if self.is_function(body) {
            let owned = |&(number, _): &(Body, _)| self.memory.owner(number) == body;
            self.memory.code_bodies().filter(owned).map(|(number, _)| number).collect()
        } else {
            vec![body]
        };
        if let Some(by) = self.pointer_into(&gone) {
            return Err(Refusal::Referenced { title: self.memory.title(body), by });
        }
        self.forget_decoded();
        for &body in &gone {
            self.memory.remove(body);
        }
        Ok(())
    }

    /// What points into one of these bodies from outside of them, in words.
    fn pointer_into(&self, gone: &[Body]) -> Option<String> {
        let points = |cell: Cell| match cell.content() {
            Content::Call(body) | Content::Address(BodyId::Code(body)) => gone.contains(&body),
            _ => false,
        };
        for (number, body) in self.memory.code_bodies().filter(|(n, _)| !gone.contains(n)) {
            if let Some(offset) = body.used().iter().position(|&cell| points(cell)) {
                let address = self.memory.address(Place::new(number, Offset::from_index(offset)));
                return Some(format!("the cell at {address}"));
            }
        }
        for task in &self.tasks {
            if gone.contains(&task.counter.body) {
                return Some("the program counter".to_string());
            }
            let live = |place: Place| gone.contains(&place.body);
            for entry in task.calls.activations() {
                if gone.contains(&entry.body) || entry.returns_to.is_some_and(live) {
                    return Some("a live frame".to_string());
                }
                if entry.locals.iter().any(|&cell| points(cell)) {
                    return Some("a local".to_string());
                }
            }
            if task.parameters.iter().any(|&cell| points(cell)) {
                return Some("a value on the parameter stack".to_string());
            }
        }
        self.memory
            .data_bodies()
            .flat_map(|(_, data)| data.cells())
            .any(points)
            .then(|| "a data cell".to_string())
    }
}
