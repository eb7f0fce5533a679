//! Questions that the desk asks through a front end: which file, and what to do with unsaved work.

use std::path::PathBuf;

/// The user's answer to the question about unsaved work.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Answer {
    /// Save it first.
    Save,
    /// Continue without saving.
    Discard,
    /// Do nothing.
    Cancel,
}

/// Asks for files.
pub trait Dialogs {
    /// Asks which file to open; none if the user cancels.
    fn open(&mut self) -> Option<PathBuf>;
    /// Asks for a path to save to, proposing a name; none if the user cancels.
    fn save(&mut self, proposal: &str) -> Option<PathBuf>;
}
