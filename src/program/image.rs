//! A machine and what a person attached to it: everything that is saved, and everything that undo
//! brings back.
//!
//! A mark (a breakpoint the user set, a bookmark) belongs to an *instruction*, not to a moment of the
//! run: it moves with the instruction when cells are inserted before it, and goes when the instruction
//! is deleted. The machine does not know the marks, so they cost it nothing. Comments move in the same way, but
//! are never dropped with their instruction.

use std::collections::{BTreeMap, BTreeSet};

use super::breakpoint::Breakpoints;
use super::cell_comments::CellComments;
use super::given::Given;
use super::listing::{Program, program_with};
use super::notation::Notation;
use super::origin::{Origin, Origins};
use super::scope::Scope;
use super::watch::Watch;
use crate::vm::machine::Machine;
use crate::vm::memory::Place;
use crate::vm::relocate::Shift;
use crate::vm::room::Room;
use crate::vm::run_until::Until;
use crate::vm::stop::Stop;

/// A machine with the marks on its cells.
#[derive(Clone, Debug, Default)]
pub struct Image {
    /// The machine.
    pub machine: Machine,
    /// Cells before which a run pauses: each is in a code body that exists.
    pub breakpoints: Breakpoints,
    /// Named cells: each is in a code body that exists.
    pub bookmarks: BTreeMap<String, Place>,
    /// What its reader is told: each comment is in a code body that exists.
    pub comments: CellComments,
    /// What the user watches, in the order in which it is shown.
    pub watches: Vec<Watch>,
    /// Where its cells are written. Not compared and not saved: they follow from the commands.
    pub origins: Origins,
    /// What it was given to read. Not compared and not saved, for the same reason.
    pub given: Given,
}

impl PartialEq for Image {
    fn eq(&self, other: &Image) -> bool {
        let Image { machine, breakpoints, bookmarks, comments, watches, origins: _, given: _ } =
            self;
        *machine == other.machine
            && *breakpoints == other.breakpoints
            && *bookmarks == other.bookmarks
            && *comments == other.comments
            && *watches == other.watches
    }
}

impl Eq for Image {}

impl Image {
    /// An image of a machine without marks.
    pub fn new(machine: Machine) -> Image {
        Image { machine, ..Image::default() }
    }

    /// A copy that is cheap however large the machine is: see [`Machine::fork`].
    pub fn fork(&mut self) -> Image {
        let machine = self.machine.fork();
        self.with_machine(machine)
    }

    /// A fork that stops before it takes up more than `room`.
    pub fn fork_within(&mut self, room: Room) -> Image {
        let machine = self.machine.fork_within(room);
        self.with_machine(machine)
    }

    /// What is attached to this machine, for a copy of it.
    fn with_machine(&self, machine: Machine) -> Image {
        let (breakpoints, bookmarks) = (self.breakpoints.clone(), self.bookmarks.clone());
        let (comments, origins) = (self.comments.clone(), self.origins.clone());
        let (watches, given) = (self.watches.clone(), self.given.clone());
        Image { machine, breakpoints, bookmarks, comments, watches, origins, given }
    }

    // --- running, which counts at breakpoints -----------------------------------------------------

    /// Executes up to `fuel` instructions; returns why it stopped. See [`Machine::run`].
    pub fn run(&mut self, fuel: u64) -> Stop {
        if self.breakpoints.counted().is_empty() {
            return self.machine.run(fuel);
        }
        match self.run_until(fuel, &Until::at(&BTreeSet::new())) {
            Ok(_) => self.machine.waits().unwrap_or(Stop::OutOfFuel),
            Err(stop) => stop,
        }
    }

    /// Executes up to `fuel` instructions and pauses where a condition holds. See [`Machine::run_until`].
    ///
    /// # Errors
    /// Why the machine stopped.
    pub fn run_until(&mut self, fuel: u64, until: &Until<'_>) -> Result<bool, Stop> {
        if self.breakpoints.counted().is_empty() {
            return self.machine.run_until(fuel, until);
        }
        let cells = until.cells | self.breakpoints.counted();
        let sooner = Until { cells: &cells, depths: until.depths.clone(), ..*until };
        let end = self.machine.retired().saturating_add(fuel);
        loop {
            let left = end - self.machine.retired();
            let is_sooner = self.machine.run_until(left, &sooner)?;
            let holds = until.holds(&self.machine);
            if holds || !is_sooner || self.machine.retired() == end || self.machine.is_spent() {
                return Ok(holds);
            }
            self.step()?;
            if self.machine.pauses() {
                return Ok(until.holds(&self.machine));
            }
        }
    }

    /// As [`Machine::run_turn`].
    pub fn run_turn(&mut self, fuel: u64, until: &Until<'_>) -> u64 {
        let cells = until.cells | self.breakpoints.counted();
        self.machine
            .run_turn(fuel, &Until { cells: &cells, depths: until.depths.clone(), ..*until })
    }

    /// Executes one instruction. See [`Machine::step`].
    ///
    /// # Errors
    /// Why it cannot be executed.
    pub fn step(&mut self) -> Result<(), Stop> {
        let at = self.machine.task().counter();
        self.machine.step()?;
        self.breakpoints.count(at);
        Ok(())
    }

    /// Where the next instruction is written; `None` if it is in no text.
    pub fn origin(&self) -> Option<Origin<'_>> {
        self.origins.of(self.machine.task().counter())
    }

    /// All its code with its comments: main, and its functions in the order of their body numbers.
    pub fn program(&self) -> Program {
        program_with(&self.machine, |code, bodies| self.comments.of_fragment(code, bodies))
    }

    /// Its program as text: its functions in the order of their body numbers, then main, with their comments.
    pub fn print(&self, notation: Notation) -> String {
        notation.print_text(&self.program(), &Scope::outside(&self.machine))
    }

    /// Moves the marks, comments and origins as an edit of the machine moved the cells. Drops a mark if its
    /// instruction was deleted, its cell was pushed off the end of its body, or its body was removed. So call this
    /// after every edit, even if the edit moved no cells.
    pub fn apply_shift(&mut self, shift: Option<Shift>) {
        let memory = self.machine.memory();
        let moved = |mark: Place| {
            let mark = shift.map_or(Some(mark), |shift| shift.mark(mark))?;
            let body = memory.code(mark.body)?;
            (mark.offset.0 < body.size).then_some(mark)
        };
        self.breakpoints.relocate(moved);
        self.bookmarks.retain(|_, mark| match moved(*mark) {
            Some(place) => {
                *mark = place;
                true
            }
            None => false,
        });
        if let Some(shift) = shift {
            self.origins.apply_shift(shift);
            self.comments.apply_shift(shift);
            let (Shift::Inserted { at, .. } | Shift::Deleted { at, .. }) = shift;
            self.comments.settle(memory, at.body);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::vm::instruction::{Fragment, Instruction};

    fn numbers(count: i64) -> Fragment {
        Fragment::line((0..count).map(Instruction::Integer).collect())
    }

    fn marked(marks: &[u32]) -> Image {
        let mut image = Image::default();
        image.machine.write(Place::new(0, 0), &numbers(5)).unwrap();
        for &offset in marks {
            image.breakpoints.insert(Place::new(0, offset));
            image.bookmarks.insert(format!("mark {offset}"), Place::new(0, offset));
        }
        image
    }

    fn offsets(image: &Image) -> Vec<u32> {
        let breakpoints: Vec<u32> = image.breakpoints.iter().map(|(at, _)| at.offset.0).collect();
        let mut bookmarks: Vec<u32> = image.bookmarks.values().map(|mark| mark.offset.0).collect();
        bookmarks.sort_unstable();
        assert_eq!(breakpoints, bookmarks);
        breakpoints
    }

    #[test]
    fn marks_move_with_their_instructions() {
        let mut image = marked(&[1, 2, 3]);
        let shift = image.machine.insert(Place::new(0, 2), &numbers(2)).unwrap();
        image.apply_shift(shift);
        assert_eq!(offsets(&image), [1, 4, 5]);
        assert_eq!(image.bookmarks["mark 2"], Place::new(0, 4));
        let shift = image.machine.delete(Place::new(0, 1), 2).unwrap();
        image.apply_shift(shift);
        assert_eq!(offsets(&image), [2, 3]);
    }

    #[test]
    fn a_mark_that_falls_off_the_end_goes() {
        let mut image = marked(&[98, 99]);
        let shift = image.machine.insert(Place::new(0, 0), &numbers(1)).unwrap();
        image.apply_shift(shift);
        assert_eq!(offsets(&image), [99]);
    }

    #[test]
    fn marks_in_a_removed_body_go() {
        let mut image = marked(&[1]);
        let body = image.machine.define("f", &numbers(1)).unwrap();
        image.breakpoints.insert(Place::new(body, 0));
        image.bookmarks.insert("f".to_string(), Place::new(body, 0));
        image.machine.remove(body).unwrap();
        image.apply_shift(None);
        assert_eq!(offsets(&image), [1]);
    }
}
