//! What lies over everything else, and has the keyboard: a list to choose from, a table to look things
//! up in, a question.

use std::path::PathBuf;

use super::replacement::Replacement;
use crate::session::recording::Recording;

/// What lies over everything else, if anything does.
#[derive(Debug, Default)]
pub enum Overlay {
    /// Nothing.
    #[default]
    None,
    /// Actions by name.
    Palette {
        /// What was typed.
        query: String,
        /// The chosen row.
        row: usize,
    },
    /// All keys.
    Keys,
    /// All instructions.
    Instructions,
    /// Which address to show.
    GoTo(String),
    /// Which step or bookmark to go to.
    GoToStep(String),
    /// What the position that is shown is called.
    NameBookmark(String),
    /// A recording is damaged: whether to open what can be read of it.
    Damaged(Box<Damaged>),
    /// There is unsaved work; what was asked for waits for the answer.
    Unsaved(Replacement),
}

/// A recording that cannot be read to its end.
#[derive(Debug)]
pub struct Damaged {
    /// Where it is damaged, and how much of it can be read.
    pub words: String,
    /// Its file.
    pub path: PathBuf,
    /// What can be read.
    pub recording: Recording,
}

impl Overlay {
    /// Whether there is one.
    pub fn is_open(&self) -> bool {
        !matches!(self, Overlay::None)
    }

    /// Its field holds another text.
    pub fn typed(&mut self, typed: String) {
        match self {
            Overlay::Palette { query, row } => (*query, *row) = (typed, 0),
            Overlay::GoTo(text) | Overlay::GoToStep(text) | Overlay::NameBookmark(text) => {
                *text = typed;
            }
            // They have no field. It was closed since.
            Overlay::None
            | Overlay::Keys
            | Overlay::Instructions
            | Overlay::Damaged(_)
            | Overlay::Unsaved(_) => {}
        }
    }

    /// Chooses a row of its list.
    pub fn choose(&mut self, chosen: usize) {
        if let Overlay::Palette { row, .. } = self {
            *row = chosen;
        }
    }
}
