//! The overlay: a list, a table or a question that is drawn over everything else and has the keyboard.

use std::path::PathBuf;

use super::path_field::PathField;
use super::question::Question;
use super::replacement::Replacement;
use super::write::{Choosing, Write};
use crate::session::became::Watched;
use crate::session::journal::Position;
use crate::session::recording::Recording;
use crate::session::wanted::Direction;
use crate::view::branches::BranchRow;
use crate::view::comparison::SideRow;
use crate::vm::memory::Place;

/// What is drawn over everything else, if anything.
#[derive(Debug, Default)]
pub enum Overlay {
    /// Nothing.
    #[default]
    None,
    /// Actions by name.
    Palette {
        /// The typed text.
        query: String,
        /// The chosen row.
        row: usize,
    },
    /// All keys, or those that fit the typed text.
    Keys(String),
    /// All instructions, or those that fit the typed text.
    Instructions(String),
    /// Asks which address or function to show.
    GoTo(String),
    /// Asks which step or bookmark to go to.
    GoToStep(String),
    /// The branches of the history.
    Branches(Branches),
    /// What the marks on the timeline mean.
    Legend,
    /// Asks for a name for the position shown.
    NameBookmark(String),
    /// Asks for a name or for code.
    Ask(Question, String),
    /// Asks which value to look for in the history.
    Became(Asking),
    /// Where a value came from; the chosen row.
    Provenance(usize),
    /// All breakpoints; the chosen row.
    Breakpoints(usize),
    /// Asks for the condition of a breakpoint, or from which time on it pauses.
    Mark {
        /// The breakpoint.
        at: Place,
        /// Which of the two.
        field: MarkField,
        /// The typed text.
        text: String,
        /// The row of the list of breakpoints that follows, if it does.
        returns: Option<usize>,
    },
    /// A recording is damaged: asks whether to open its readable part.
    Damaged(Box<Damaged>),
    /// There is unsaved work, in words: asks what to do with it. The replacement waits for the answer.
    Unsaved(Replacement, String),
    /// A file dialog of the front end is open.
    FileDialog(Choosing),
    /// Asks for the path of a file.
    Path(Choosing, PathField),
    /// Writing a file would replace something, in words: asks whether to.
    Replace(Write, String),
    /// A file is being read.
    Opening(PathBuf),
}

/// A recording that cannot be read to its end.
#[derive(Debug)]
pub struct Damaged {
    /// Where it is damaged, and how much of it can be read.
    pub words: String,
    /// The file.
    pub path: PathBuf,
    /// The readable part.
    pub recording: Recording,
}

/// A question for a value, and where to look for it.
#[derive(Clone, Debug)]
pub struct Asking {
    /// Back or forward.
    pub direction: Direction,
    /// What the value is of, if no name is typed.
    pub what: Watched,
    /// The same in words: `cell 104`, `the top of the stack`.
    pub words: String,
    /// The typed text.
    pub text: String,
}

/// The list of branches, as it was when it was opened.
#[derive(Clone, Debug, Default)]
pub struct Branches {
    /// The branches, newest first.
    pub rows: Vec<BranchRow>,
    /// How many older ones are not listed.
    pub hidden: usize,
    /// The chosen row.
    pub row: usize,
    /// The comparison of the chosen branch with the branch shown, a line for each fact.
    pub comparison: Vec<String>,
    /// Where a replay of its input through the code shown parts from it.
    pub parted: Option<Box<Parted>>,
}

/// The first difference between a branch and a replay of its input through the code shown.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Parted {
    /// The branch, and the code shown.
    pub sides: [SideRow; 2],
    /// Where that is in the branch.
    pub at: Position,
}

/// Which field of a breakpoint is typed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum MarkField {
    /// Its condition.
    Condition,
    /// From which time on it pauses.
    Time,
}

impl Overlay {
    /// Whether it is open.
    pub fn is_open(&self) -> bool {
        !matches!(self, Overlay::None)
    }

    /// Takes text that was typed in its field.
    pub fn typed(&mut self, typed: String) {
        match self {
            Overlay::Palette { query, row } => (*query, *row) = (typed, 0),
            Overlay::Keys(text)
            | Overlay::Instructions(text)
            | Overlay::GoTo(text)
            | Overlay::GoToStep(text)
            | Overlay::NameBookmark(text)
            | Overlay::Mark { text, .. } => {
                *text = typed;
            }
            Overlay::Became(asking) => asking.text = typed,
            Overlay::Ask(_, text) => *text = typed,
            Overlay::Path(_, field) => field.typed(typed),
            // None of these has a field: the one typed into was closed in the same frame.
            Overlay::None
            | Overlay::Branches(_)
            | Overlay::Legend
            | Overlay::Provenance(_)
            | Overlay::Breakpoints(_)
            | Overlay::Damaged(_)
            | Overlay::Unsaved(..)
            | Overlay::FileDialog(_)
            | Overlay::Replace(..)
            | Overlay::Opening(_) => {}
        }
    }

    /// Chooses a row of its list.
    pub fn choose(&mut self, chosen: usize) {
        match self {
            Overlay::Palette { row, .. } | Overlay::Breakpoints(row) | Overlay::Provenance(row) => {
                *row = chosen
            }
            Overlay::Path(_, field) => field.choose(chosen),
            Overlay::Branches(list) => list.row = chosen,
            Overlay::None
            | Overlay::Legend
            | Overlay::Keys(_)
            | Overlay::Instructions(_)
            | Overlay::GoTo(_)
            | Overlay::GoToStep(_)
            | Overlay::NameBookmark(_)
            | Overlay::Ask(..)
            | Overlay::Became(_)
            | Overlay::Mark { .. }
            | Overlay::Damaged(_)
            | Overlay::Unsaved(..)
            | Overlay::FileDialog(_)
            | Overlay::Replace(..)
            | Overlay::Opening(_) => {}
        }
    }
}
