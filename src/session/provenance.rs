//! Provenance: where a value came from. A question asks it of a holder before a position; its answer names the
//! instruction or the command that made the value, and those that moved it since. The operands of that
//! instruction are questions again, so a value is followed to its causes one answer at a time, and the whole
//! tree is never worked out.
//!
//! What was in the image that the history begins with has no provenance before that.

use super::journal::Position;
use crate::program::cell_text::Label;
use crate::program::image::Image;
use crate::program::notation::Notation;
use crate::program::scope::Scope;
use crate::vm::flow::Holder;
use crate::vm::index::FrameId;
use crate::vm::machine::Machine;
use crate::vm::memory::Place;
use crate::vm::relocate::Shift;

/// A question for the provenance of the value in a holder.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Question {
    /// The holder.
    pub holder: Holder,
    /// When it holds the value.
    pub at: Position,
    /// The value; of the output, a character of it.
    pub value: Label,
    /// The position at which the first question was asked, and how cells have moved up to there.
    pub(super) asked: Position,
    pub(super) later: Vec<Shift>,
}

/// Where a value came from.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Answer {
    /// The value; of the output, the one that was printed.
    pub value: Label,
    /// The last instructions that moved it, the newest first.
    pub moves: Vec<Move>,
    /// How many instructions moved it.
    pub moved: u64,
    /// What made it.
    pub maker: Maker,
}

/// The most moves that an answer lists.
pub(super) const MOVES: usize = 100;

/// An instruction that moved a value.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Move {
    /// The instruction.
    pub by: Executed,
    /// Where it had the value from.
    pub from: Holder,
}

/// What made a value.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Maker {
    /// An instruction.
    Instruction {
        /// The instruction.
        by: Executed,
        /// What it took, the deepest first.
        operands: Vec<Question>,
        /// Who gave it the value, if it is one that somebody wrote or typed.
        given: Option<Given>,
    },
    /// A command of a gesture.
    Command {
        /// The position before the gesture, or the last before the command.
        at: Position,
        /// The number of the gesture on its branch.
        gesture: u64,
        /// The command in words.
        words: String,
    },
    /// The history begins with it.
    Base,
}

/// A value that an instruction got from a person.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Given {
    /// It is the literal in the cell, which this gesture wrote; none if the history begins with it.
    Written(Option<u64>),
    /// It was read from the input of this gesture; none if the history begins with it.
    Input(Option<u64>),
}

/// An instruction as it was executed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Executed {
    /// The position before it.
    pub at: Position,
    /// How many instructions were executed before it.
    pub step: u64,
    /// The instruction as it is drawn.
    pub label: Label,
    /// Its cell.
    pub place: Place,
    /// The address of the cell then.
    pub address: u64,
    /// Its cell where the first question was asked; none if it was deleted or holds something else there.
    pub now: Option<Place>,
    /// What its body was called.
    pub body: String,
    /// Its frame.
    pub frame: FrameId,
    /// The file, line and column, if it was read from a text.
    pub written: Option<String>,
}

impl Executed {
    /// The next instruction of an image at a position; `later` is how cells have moved since.
    pub(super) fn new(image: &Image, at: Position, later: &[Shift]) -> Executed {
        let machine = &image.machine;
        let place = machine.task().counter();
        let moved = later.iter().try_fold(place, |place, shift| shift.mark(place));
        Executed {
            at,
            step: machine.retired(),
            label: instruction(machine, place),
            place,
            address: machine.memory().address(place),
            now: moved,
            body: machine.memory().title(place.body),
            frame: machine
                .home_frame()
                .map_or(machine.task().calls().innermost_id(), |frame| frame.id),
            written: image.origin().map(|origin| origin.to_string()),
        }
    }

    /// Forgets where its cell is now if the cell does not hold the instruction there.
    fn settle(&mut self, machine: &Machine) {
        self.now = self.now.filter(|&place| instruction(machine, place) == self.label);
    }
}

fn instruction(machine: &Machine, place: Place) -> Label {
    Notation::Forth.label(&machine.instruction(place), &Scope::of(machine, place.body))
}

/// The value in a holder, as it is drawn.
pub(super) fn value(machine: &Machine, holder: &Holder) -> Option<Label> {
    let cell = machine.held(holder)?;
    machine.value(cell).map(Label::of_value)
}

impl Answer {
    /// Forgets where cells are now if they do not hold the instructions any more.
    pub(super) fn settle(&mut self, machine: &Machine) {
        self.moves.iter_mut().for_each(|step| step.by.settle(machine));
        if let Maker::Instruction { by, .. } = &mut self.maker {
            by.settle(machine);
        }
    }
}
