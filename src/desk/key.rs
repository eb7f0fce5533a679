//! What derived values depend on.

use super::entry_line::EntryMode;
use crate::program::notation::Notation;
use crate::session::Session;
use crate::session::job::Job;
use crate::session::journal::Position;
use crate::view::memory::At;

/// What code depends on: the position but, during a run, not how far the run is, because running
/// changes no code.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) struct CodeKey {
    position: Position,
    runs: bool,
}

/// What everything shown of a session depends on.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) struct SessionKey {
    position: Position,
    changes: u64,
    runs: bool,
}

/// What the meaning of the entry line depends on.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct TypedKey {
    pub text: String,
    pub mode: EntryMode,
    pub overwrites: bool,
    pub notation: Notation,
    /// The selected cell, if one is selected.
    pub selected: Option<At>,
    pub session: SessionKey,
}

impl CodeKey {
    /// The key of the session's code now.
    pub fn of(session: &Session) -> CodeKey {
        let (position, runs) = (session.position(), session.job().is_some_and(Job::is_gesture));
        let done = if runs { 0 } else { position.done };
        CodeKey { position: Position { done, ..position }, runs }
    }
}

impl SessionKey {
    /// The key of the session now.
    pub fn of(session: &Session) -> SessionKey {
        SessionKey {
            position: session.position(),
            changes: session.changes(),
            runs: session.job().is_some_and(Job::is_gesture),
        }
    }
}
