//! The file of a session: its name, its kind, and which part of the work it does not hold.
//!
//! An image holds the program and its state at one position. What redo, other branches, bookmarks and
//! expectations hold beside it is work too, and only a recording keeps that.

use std::path::{Path, PathBuf};

use crate::session::Session;
use crate::session::file_kind::FileKind;
use crate::session::journal::{Journal, Position};
use crate::store::{self, Version};

/// What a file holds of a session.
#[derive(Clone, Copy, Debug)]
enum Saved {
    /// The image at a position.
    Image(Position),
    /// The whole history, when the session had this number of changes.
    History(u64),
    /// Nothing.
    Nothing,
}

/// A part of the work that is not in the file.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Unsaved {
    /// The state that is shown; there is nothing else.
    State,
    /// More than one image can hold.
    History,
}

/// What is known about a file that may have been changed by another program.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Doubt {
    /// It holds something else than what was read from it or written to it here.
    Changed,
    /// What it held was not noted: the work comes from an autosave.
    Unknown,
    /// It cannot be read now, and why.
    Unreadable(String),
}

/// The file of a session.
#[derive(Debug)]
pub struct File {
    /// Where it was opened or saved, if it was.
    path: Option<PathBuf>,
    kind: FileKind,
    saved: Saved,
    /// What it held when it was read or written.
    version: Option<Version>,
}

impl File {
    /// No file, for a session that holds nothing yet.
    pub fn none(session: &Session) -> File {
        File {
            path: None,
            kind: FileKind::Image,
            saved: Saved::Image(session.position()),
            version: None,
        }
    }

    /// No file, for an example of a kind: what comes with the program need not be saved.
    pub fn example(session: &Session, kind: FileKind) -> File {
        let saved = match kind {
            FileKind::Recording => Saved::History(session.changes()),
            FileKind::Image | FileKind::Program(_) => Saved::Image(session.position()),
        };
        File { path: None, kind: FileKind::Image, saved, version: None }
    }

    /// A file of a kind that was read or written in this version, and holds the session as it is now.
    pub fn of(session: &Session, path: PathBuf, kind: FileKind, version: Version) -> File {
        File { path: Some(path), kind, version: Some(version), ..File::example(session, kind) }
    }

    /// A file that may hold an older version of the work, or no file.
    pub fn unsaved(path: Option<PathBuf>) -> File {
        let kind = path.as_deref().and_then(FileKind::named).unwrap_or(FileKind::Image);
        File { path, kind, saved: Saved::Nothing, version: None }
    }

    /// What the file does not hold. Moving through the history of a recording does not count as work.
    pub fn unsaved_part(&self, session: &Session) -> Option<Unsaved> {
        let beyond = || is_beyond_image(session.journal(), session.position());
        match self.saved {
            Saved::History(changes) => (changes != session.changes()).then_some(Unsaved::History),
            Saved::Image(_) | Saved::Nothing if beyond() => Some(Unsaved::History),
            Saved::Image(position) if position == session.position() => None,
            Saved::Image(_) | Saved::Nothing => Some(Unsaved::State),
        }
    }

    /// Whether it is a file that holds the whole history.
    pub fn holds_history(&self, session: &Session) -> bool {
        self.path.is_some()
            && matches!(self.saved, Saved::History(changes) if changes == session.changes())
    }

    /// Where it was opened or saved, if it was.
    pub fn path(&self) -> Option<&Path> {
        self.path.as_deref()
    }

    /// The kind of the file; an image if there is none.
    pub fn kind(&self) -> FileKind {
        self.kind
    }

    /// Why the file at this path must not be replaced unasked, if that is this file and may hold something
    /// that was neither read from it nor written to it here.
    pub fn doubt(&self, path: &Path) -> Option<Doubt> {
        let own = self.path.as_deref().filter(|own| store::is_same(own, path))?;
        let Some(version) = self.version else {
            return store::exists(own).then_some(Doubt::Unknown);
        };
        match version.is_other(own) {
            Ok(true) => Some(Doubt::Changed),
            Ok(false) => None,
            Err(error) => Some(Doubt::Unreadable(error.cause)),
        }
    }

    /// The file at this path now has this version; that matters if it is this file.
    pub fn written(&mut self, path: &Path, version: Version) {
        if self.path.as_deref().is_some_and(|own| store::is_same(own, path)) {
            self.version = Some(version);
        }
    }

    /// Its name, and which work is not saved.
    pub fn words(&self, session: &Session) -> String {
        let name = self.path.as_ref().and_then(|path| path.file_name());
        let name = name.map_or("untitled".into(), |name| name.to_string_lossy());
        match (self.unsaved_part(session), self.saved) {
            (None, _) => name.into_owned(),
            (Some(Unsaved::History), Saved::Image(at)) if at == session.position() => {
                format!("{name}, history not saved")
            }
            (Some(Unsaved::State | Unsaved::History), _) => format!("{name}, not saved"),
        }
    }
}

/// Whether a session holds work that the image at a position cannot hold: gestures that do not lead
/// there, bookmarks or notes.
fn is_beyond_image(journal: &Journal, position: Position) -> bool {
    let is_end = position == journal.end_of(journal.entries().len());
    let bookmarks = journal.bookmarks().by_name();
    !(is_end && journal.is_line() && bookmarks.is_empty() && journal.notes().all().is_empty())
}
