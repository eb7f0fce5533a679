//! Questions that the desk asks through a front: which file, and what to do with unsaved work.

use std::path::PathBuf;

/// What the user answers to a question about unsaved work.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Answer {
    /// Save it first.
    Save,
    /// Go on without saving.
    Discard,
    /// Do nothing.
    Cancel,
}

/// Asks for files.
pub trait Dialogs {
    /// Which file to open.
    fn open(&mut self) -> Option<PathBuf>;
    /// Under which name to save, with a proposal.
    fn save(&mut self, proposal: &str) -> Option<PathBuf>;
}
