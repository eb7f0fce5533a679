//! What can take the place of what is open.

use std::path::PathBuf;

/// What takes the place of what is open.
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
    /// What another window left.
    Recover,
    /// Nothing: the front closes.
    Quit,
}
