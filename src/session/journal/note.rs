//! Notes: the comments and expectations in a recording. They change nothing when they are played.

use super::Position;

/// A note at a position.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Note {
    /// An expectation: the words after `expect`.
    Expectation(String),
    /// A comment, or an empty line.
    Comment(String),
}

/// The notes of a journal, in the order of their positions; at one position, in the order in which they
/// were made.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Notes {
    list: Vec<(Position, Note)>,
}

impl Notes {
    /// All notes.
    pub fn all(&self) -> &[(Position, Note)] {
        &self.list
    }

    /// The notes at a position.
    pub fn at(&self, position: Position) -> impl Iterator<Item = &Note> {
        let start = self.list.partition_point(|&(at, _)| at < position);
        let end = self.list.partition_point(|&(at, _)| at <= position);
        self.list[start..end].iter().map(|(_, note)| note)
    }

    /// The notes after a position.
    pub fn after(&self, position: Position) -> &[(Position, Note)] {
        &self.list[self.list.partition_point(|&(at, _)| at <= position)..]
    }

    /// The notes within an entry.
    pub fn within(&self, entry: usize) -> &[(Position, Note)] {
        let start = self.list.partition_point(|(at, _)| at.entry < entry);
        let end = self.list.partition_point(|(at, _)| at.entry <= entry);
        &self.list[start..end]
    }

    pub(in crate::session) fn add(&mut self, position: Position, note: Note) {
        let after = self.list.partition_point(|&(at, _)| at <= position);
        self.list.insert(after, (position, note));
    }

    /// Removes all expectations at a position; returns how many there were.
    pub(in crate::session) fn remove_expectations(&mut self, position: Position) -> usize {
        let before = self.list.len();
        self.list.retain(|(at, note)| *at != position || matches!(note, Note::Comment(_)));
        before - self.list.len()
    }
}

/// From notes in the order in which they were made.
impl From<Vec<(Position, Note)>> for Notes {
    fn from(mut list: Vec<(Position, Note)>) -> Notes {
        list.sort_by_key(|&(at, _)| at);
        Notes { list }
    }
}
