//! Comments: what the reader of a program is told, and the machine is not.
//!
//! A comment stands before a cell, or at the end of a body. It may have several lines. Its text is what follows
//! the `#` of each line, as it is written, so `# a` is the comment ` a`, and `#= 3` is `= 3`. Images hold
//! comments in their [normal] form only, so that equal ones are equal texts, and a printed one reads
//! back as itself.

use std::collections::BTreeMap;
use std::sync::Arc;

use super::visible::visible;
use crate::vm::index::{Body, Offset};
use crate::vm::memory::Place;

/// The text of a comment in its normal form: lines without white space at their ends, joined by `\n`, and no other
/// character that is invisible or deceives. Empty if the comment says nothing.
pub fn normal(text: &str) -> String {
    let text = text.replace("\r\n", "\n").replace('\r', "\n");
    let text = visible(&text);
    match text.trim() {
        "" => String::new(),
        _ => text.split('\n').map(str::trim_end).collect::<Vec<_>>().join("\n"),
    }
}

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

    /// The comments of a body, with their indices.
    pub fn of_body(&self, body: usize) -> impl Iterator<Item = (usize, &Arc<str>)> {
        let range = self.0.range((body, 0)..=(body, usize::MAX));
        range.map(|(&(_, index), text)| (index, text))
    }

    /// Whether a body has any.
    pub fn is_in(&self, body: usize) -> bool {
        self.of_body(body).next().is_some()
    }

    /// The comments in their normal form, without those that say nothing.
    pub fn normal(self) -> Comments {
        let normal = |(at, text): ((usize, usize), Arc<str>)| match normal(&text) {
            same if *same == *text => (!text.is_empty()).then_some((at, text)),
            other => (!other.is_empty()).then(|| (at, other.into())),
        };
        Comments(self.0.into_iter().filter_map(normal).collect())
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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_normal_text_has_lines_and_nothing_hidden() {
        for (text, expected) in [
            (" a", " a"),
            (" a \t\r\n\r b\u{a0}\r", " a\n\n b\n"),
            ("\n a\n", "\n a\n"),
            ("a\tb", "a\tb"),
            ("\u{1b}[31m \u{202e}", "\\u{1b}[31m \\u{202e}"),
            ("", ""),
            (" \n\t\r\n", ""),
        ] {
            assert_eq!(normal(text), expected, "{text:?}");
            assert_eq!(normal(expected), expected, "it is normal already");
        }
    }

    #[test]
    fn comments_that_say_nothing_are_dropped() {
        let mut comments = Comments::default();
        comments.add(0, 0, " ");
        comments.add(0, 1, "a ");
        comments.add(0, 1, "");
        comments.add(2, 0, "b");
        let comments = comments.normal();
        let all: Vec<_> = comments.iter().map(|(at, text)| (at, &**text)).collect();
        assert_eq!(all, [((0, 1), "a\n"), ((2, 0), "b")]);
        assert_eq!([0, 1, 2].map(|body| comments.is_in(body)), [true, false, true]);
    }
}
