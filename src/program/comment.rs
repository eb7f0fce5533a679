//! Comments: what the reader of a program is told, and the machine is not.
//!
//! A comment stands before a cell, or at the end of a body. It may have several lines. Its text is what follows
//! the `#` of each line, as it is written, so `# a` is the comment ` a`, and `#= 3` is `= 3`.

use std::collections::BTreeMap;
use std::sync::Arc;

use crate::vm::index::{Body, Offset};
use crate::vm::memory::Place;

/// The comments of a [fragment](crate::vm::instruction::Fragment). Each belongs to a body of it and an index in
/// this body: the comment stands before the cell with this index, or at the end of the body if the index is its
/// length.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Comments(BTreeMap<(usize, usize), Arc<str>>);

impl Comments {
    /// The comment before a cell, or at the end of a body.
    pub fn at(&self, body: usize, index: usize) -> Option<&Arc<str>> {
        self.0.get(&(body, index))
    }

    /// Adds a comment; if there is one already, as further lines of it.
    pub fn add(&mut self, body: usize, index: usize, text: &str) {
        let comment = self.0.entry((body, index));
        comment
            .and_modify(|before| *before = format!("{before}\n{text}").into())
            .or_insert(text.into());
    }

    /// All comments, in the order of their bodies and indices.
    pub fn iter(&self) -> impl Iterator<Item = ((usize, usize), &Arc<str>)> {
        self.0.iter().map(|(&at, text)| (at, text))
    }

    /// Whether there are none.
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// The same comments in a fragment whose bodies have other numbers.
    pub fn renumbered(self, number: impl Fn(usize) -> usize) -> Comments {
        Comments(
            self.0.into_iter().map(|((body, index), text)| ((number(body), index), text)).collect(),
        )
    }
}

/// Where a comment of an image stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct CommentPlace {
    /// The code body.
    pub body: Body,
    /// Before which cell.
    pub at: CommentAt,
}

/// Where in its body a comment stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum CommentAt {
    /// Before a cell.
    Before(Offset),
    /// At the end of the body, whatever cells are before it.
    End,
}

impl From<Place> for CommentPlace {
    fn from(place: Place) -> CommentPlace {
        CommentPlace { body: place.body, at: CommentAt::Before(place.offset) }
    }
}
