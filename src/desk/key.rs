//! What derived values depend on.

use super::entry_line::EntryMode;
use crate::program::cell_comments::CellComments;
use crate::program::image::Image;
use crate::program::notation::Notation;
use crate::session::Session;
use crate::session::job::Job;
use crate::session::journal::Position;
use crate::view::memory::At;
use crate::vm::code_version::CodeVersion;
use crate::vm::index::{DataId, TaskId};
use crate::vm::memory::Memory;
use crate::vm::space::Address;

/// What the text of the program depends on: code and comments. A step changes neither.
#[derive(Clone, Debug, Default, PartialEq)]
pub(super) struct TextKey {
    code: CodeVersion,
    comments: CellComments,
}

/// What the list of all bodies depends on. Running changes data only.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct ExtentsKey {
    code: CodeVersion,
    data: Vec<(DataId, Address, usize)>,
}

/// What everything shown of a session depends on.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) struct SessionKey {
    position: Position,
    changes: u64,
    runs: bool,
    focus: TaskId,
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

impl TextKey {
    /// The key of an image's text now.
    pub fn of(image: &Image) -> TextKey {
        let code = image.machine.memory().code_version();
        TextKey { code, comments: image.comments.clone() }
    }
}

impl ExtentsKey {
    /// The key of a memory's bodies now.
    pub fn of(memory: &Memory) -> ExtentsKey {
        let data = memory.data_bodies().map(|data| (data.id, data.start, data.size()));
        ExtentsKey { code: memory.code_version(), data: data.collect() }
    }
}

impl SessionKey {
    /// The key of the session now.
    pub fn of(session: &Session) -> SessionKey {
        SessionKey {
            position: session.position(),
            changes: session.changes(),
            runs: session.job().is_some_and(Job::is_gesture),
            focus: session.machine().task().number(),
        }
    }
}
