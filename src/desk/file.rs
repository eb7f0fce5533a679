//! The file of a session: its name, and whether it holds the work.

use std::path::{Path, PathBuf};

use crate::program::image::Image;
use crate::session::Session;
use crate::session::journal::Position;
use crate::session::load::image_of_program;
use crate::session::recording::Recording;

/// How much of a session a file holds.
#[derive(Clone, Copy, Debug)]
enum Saved {
    /// The image at a position.
    Image(Position),
    /// The whole history, after this many changes.
    History(u64),
    /// Nothing of the work.
    Nothing,
}

/// The file of a session.
#[derive(Debug)]
pub struct File {
    /// Where it was opened from or saved to, if it was.
    path: Option<PathBuf>,
    saved: Saved,
}

impl File {
    /// A file that holds the image of a session as it is now or, as a recording, its whole history.
    pub fn of(session: &Session, path: Option<PathBuf>, is_recording: bool) -> File {
        let saved = match is_recording {
            true => Saved::History(session.changes()),
            false => Saved::Image(session.position()),
        };
        File { path, saved }
    }

    /// A file that does not hold the work, or no file.
    pub fn unsaved(path: Option<PathBuf>) -> File {
        File { path, saved: Saved::Nothing }
    }

    /// Whether the file holds the work. Moving through a recording changes nothing.
    pub fn holds(&self, session: &Session) -> bool {
        match self.saved {
            Saved::Image(position) => position == session.position(),
            Saved::History(changes) => changes == session.changes(),
            Saved::Nothing => false,
        }
    }

    /// Where it was opened from or saved to, if it was.
    pub fn path(&self) -> Option<&Path> {
        self.path.as_deref()
    }

    /// Its name, and whether there is unsaved work.
    pub fn words(&self, session: &Session) -> String {
        let name = self.path.as_ref().and_then(|path| path.file_name());
        let name = name.map_or("untitled".into(), |name| name.to_string_lossy());
        if self.holds(session) { name.into_owned() } else { format!("{name}, not saved") }
    }
}

/// What a file holds, by its name.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum FileKind {
    /// An image: a program and its state.
    Image,
    /// A recording: a whole history.
    Recording,
    /// The text of a program: only its code.
    Program,
}

impl FileKind {
    /// The kind that the ending of a name says; program text for any other ending. A `~` at the end
    /// marks the previous version that saving kept.
    pub fn of(path: &Path) -> FileKind {
        let ending = path.extension().and_then(|ending| ending.to_str());
        match ending.map(|ending| ending.trim_end_matches('~')) {
            Some("ron") => FileKind::Image,
            Some("session") => FileKind::Recording,
            _ => FileKind::Program,
        }
    }

    /// Reads a session from the text of a file of this kind.
    ///
    /// # Errors
    /// What is wrong with it, and where.
    pub fn read(self, text: &str) -> Result<Session, String> {
        match self {
            FileKind::Image => {
                Image::from_file_text(text).map(Session::new).map_err(|error| error.to_string())
            }
            FileKind::Recording => {
                let recording = Recording::read(text).map_err(|error| error.to_string())?;
                let (journal, end) = recording.journal().map_err(|error| error.to_string())?;
                Ok(Session::of_recording(journal, end))
            }
            FileKind::Program => {
                image_of_program(text).map(Session::new).map_err(|error| error.to_string())
            }
        }
    }
}
