//! Editing what is running: writing, replacing and deleting cells under live activations.
//!
//! An edit has two halves, like an instruction. [`Machine::plan_edit`] takes the machine by shared
//! reference, checks everything that could make it refuse the edit, and works out everything that the
//! edit implies: new bodies and their numbers, room, locals, and how cells move.
//! [`Machine::commit_edit`] carries out the plan and decides nothing. So a refused edit cannot have
//! changed anything.

use super::draft::Draft;
use super::index::{Body, Slot};
use super::instruction::Fragment;
use super::machine::Machine;
use super::memory::Place;
use super::refusal::Refusal;
use super::relocate::Shift;

/// A change of code.
#[derive(Clone, Copy, Debug)]
pub enum Edit<'e> {
    /// Writes instructions at a place, one after the other: each fills the cell if it is empty, and is
    /// inserted otherwise. Blocks get bodies of their own.
    Write {
        /// Where the first goes.
        at: Place,
        /// The instructions.
        line: &'e Fragment,
    },
    /// Inserts instructions before a place, whether its cell is empty or not.
    Insert {
        /// Where the first goes.
        at: Place,
        /// The instructions.
        line: &'e Fragment,
    },
    /// Replaces the instruction at a place with the first of a line and writes the others after it. An
    /// empty line empties the cell.
    Replace {
        /// The cell that is replaced.
        at: Place,
        /// The instructions.
        line: &'e Fragment,
    },
    /// Deletes cells. Those after them move down.
    Delete {
        /// The first to be deleted.
        at: Place,
        /// How many are deleted.
        count: u32,
    },
    /// Makes functions, which may call each other. Every hole with one of their names becomes the call.
    Define {
        /// Their names and contents.
        functions: &'e [(&'e str, &'e Fragment)],
    },
    /// Gives a function new contents in a new body. Every reference goes to the new body; live
    /// activations finish in the old one, which becomes a former function.
    Redefine {
        /// The name of the function.
        name: &'e str,
        /// What the new body holds.
        contents: &'e Fragment,
    },
    /// Removes a function with its blocks, a former function, or a block. Refused while anything else
    /// points into it.
    Remove {
        /// The body.
        body: Body,
    },
}

/// An edit with everything that it implies, worked out and checked for one machine.
#[derive(Debug)]
pub struct EditPlan<'e> {
    /// The changes, in order. The order decides where bodies are placed.
    pub(super) changes: Vec<Change<'e>>,
    /// How cells move, and saved positions with them; `None` if none moves.
    pub(super) shift: Option<Shift>,
    /// The functions that the edit makes.
    pub(super) functions: Vec<Body>,
}

/// One thing that an edit does.
#[derive(Debug)]
pub(super) enum Change<'e> {
    /// Makes a function of empty cells. Holes with its name become the call.
    AddFunction { name: &'e str, body: Body },
    /// Makes a body of empty cells that takes the name of a function, and all references to it.
    Supersede { name: &'e str, old: Body, new: Body },
    /// Makes a block of empty cells.
    AddBlock { owner: Body, body: Body },
    /// Moves a body to a place with room for this many cells.
    Grow { body: Body, size: u32 },
    /// Gives locals their slots: new ones, or ones whose local no longer exists. Live frames get room
    /// for them.
    AddLocals { function: Body, slots: Vec<(Slot, &'e str)>, has_frames: bool },
    /// Turns the holes of a function that have these names into its locals.
    PickHoles { function: Body, names: Vec<&'e str> },
    /// Writes cells over empty ones.
    Fill { at: Place, cells: Vec<Draft<'e>> },
    /// Inserts cells.
    Insert { at: Place, cells: Vec<Draft<'e>> },
    /// Deletes cells.
    Delete { at: Place, count: u32 },
    /// Removes a body.
    Remove { body: Body },
}

impl Machine {
    /// Plans and commits an edit. Returns how cells moved, if any did.
    ///
    /// # Errors
    /// Why it is refused; nothing has changed then.
    pub fn edit(&mut self, edit: Edit<'_>) -> Result<Option<Shift>, Refusal> {
        let plan = self.plan_edit(edit)?;
        Ok(self.commit_edit(plan))
    }

    /// See [`Edit::Write`].
    ///
    /// # Errors
    /// Why it is refused; nothing has changed then.
    pub fn write(&mut self, at: Place, line: &Fragment) -> Result<Option<Shift>, Refusal> {
        self.edit(Edit::Write { at, line })
    }

    /// See [`Edit::Replace`].
    ///
    /// # Errors
    /// Why it is refused; nothing has changed then.
    pub fn replace(&mut self, at: Place, line: &Fragment) -> Result<Option<Shift>, Refusal> {
        self.edit(Edit::Replace { at, line })
    }

    /// See [`Edit::Insert`].
    ///
    /// # Errors
    /// Why it is refused; nothing has changed then.
    pub fn insert(&mut self, at: Place, line: &Fragment) -> Result<Option<Shift>, Refusal> {
        self.edit(Edit::Insert { at, line })
    }

    /// See [`Edit::Delete`].
    ///
    /// # Errors
    /// Why it is refused; nothing has changed then.
    pub fn delete(&mut self, at: Place, count: u32) -> Result<Option<Shift>, Refusal> {
        self.edit(Edit::Delete { at, count })
    }

    /// Makes one function and returns its body. See [`Edit::Define`].
    ///
    /// # Errors
    /// Why it is refused; nothing has changed then.
    pub fn define(&mut self, name: &str, contents: &Fragment) -> Result<Body, Refusal> {
        self.define_all(&[(name, contents)]).map(|bodies| bodies[0])
    }

    /// Makes functions and returns their bodies. See [`Edit::Define`].
    ///
    /// # Errors
    /// Why it is refused; nothing has changed then.
    pub fn define_all(&mut self, functions: &[(&str, &Fragment)]) -> Result<Vec<Body>, Refusal> {
        self.edit_functions(Edit::Define { functions })
    }

    /// Replaces a function and returns its new body. See [`Edit::Redefine`].
    ///
    /// # Errors
    /// Why it is refused; nothing has changed then.
    pub fn redefine(&mut self, name: &str, contents: &Fragment) -> Result<Body, Refusal> {
        self.edit_functions(Edit::Redefine { name, contents }).map(|bodies| bodies[0])
    }

    /// See [`Edit::Remove`].
    ///
    /// # Errors
    /// Why it is refused; nothing has changed then.
    pub fn remove(&mut self, body: Body) -> Result<(), Refusal> {
        self.edit(Edit::Remove { body }).map(drop)
    }

    fn edit_functions(&mut self, edit: Edit<'_>) -> Result<Vec<Body>, Refusal> {
        let mut plan = self.plan_edit(edit)?;
        let functions = std::mem::take(&mut plan.functions);
        self.commit_edit(plan);
        Ok(functions)
    }
}
