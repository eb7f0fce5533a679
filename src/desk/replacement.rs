//! What can replace the open session.

use std::path::PathBuf;

/// What replaces the open session.
#[derive(Clone, Debug, PartialEq)]
pub enum Replacement {
    /// An empty memory.
    New,
    /// A file that the user chooses.
    Choose,
    /// A file.
    Path(PathBuf),
    /// An example, by its number.
    Example(usize),
    /// Unsaved work that another window left.
    Recover,
    /// Nothing: the front end closes.
    Quit,
}
