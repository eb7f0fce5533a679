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
    /// The whole history, when it had been written to so often.
    History(u64),
    /// Nothing of what was done.
    Nothing,
}

/// The file of a session.
#[derive(Debug)]
pub struct File {
    /// Where it was opened or saved, if it was.
    path: Option<PathBuf>,
    saved: Saved,
}

impl File {
    /// A file that holds a session as it is now, or as a recording with all that was done.
    pub fn of(session: &Session, path: Option<PathBuf>, is_recording: bool) -> File {
        let saved = match is_recording {
            true => Saved::History(session.changes()),
            false => Saved::Image(session.position()),
        };
        File { path, saved }
    }

    /// The work is in no file, or in one that does not hold it.
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

    /// Where it was opened or saved, if it was.
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

/// What a file holds, as its name tells.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum FileKind {
    /// An image: a program and where it stands.
    Image,
    /// A recording: all that was done.
    Recording,
    /// The text of a program: its code alone.
    Program,
}

impl FileKind {
    /// The kind that the ending of a name says; a text, if it says none. An ending with `~` is the one
    /// of a file that was kept when another took its place.
    pub fn of(path: &Path) -> FileKind {
        let ending = path.extension().and_then(|ending| ending.to_str());
        match ending.map(|ending| ending.trim_end_matches('~')) {
            Some("ron") => FileKind::Image,
            Some("session") => FileKind::Recording,
            _ => FileKind::Program,
        }
    }

    /// Reads a session from a text of this kind.
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
