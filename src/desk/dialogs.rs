//! Questions about files: which file to open or to write, and what to do with unsaved work.

use std::path::PathBuf;

use super::surroundings::Surroundings;

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

/// The user's answer when saving would replace a file that holds something else.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Replace {
    /// Replace the file.
    Anyway,
    /// Choose another name.
    Elsewhere,
    /// Do nothing.
    Cancel,
}

/// What a file is chosen for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum FileQuestion {
    /// To open it.
    Open {
        /// The folder to begin in, if one is known.
        folder: Option<PathBuf>,
    },
    /// To write it.
    Save {
        /// The folder to begin in, if one is known.
        folder: Option<PathBuf>,
        /// A proposal for its name.
        name: String,
    },
}

/// How the front end replies to a [`FileQuestion`].
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Reply {
    /// A file was chosen.
    Chosen(PathBuf),
    /// The question was cancelled.
    Cancelled,
    /// There is no file dialog here: the desk asks for the path itself.
    Unavailable,
}

/// File dialogs of a front end. They must not block: the user continues to see the window.
pub trait Dialogs {
    /// Asks a question. A question that is still open is forgotten.
    fn ask(&mut self, question: &FileQuestion);

    /// The reply to the last question, once there is one. Each reply is returned once.
    fn reply(&mut self) -> Option<Reply>;

    /// Where the front end is.
    fn surroundings(&self) -> Surroundings {
        Surroundings::System
    }
}
