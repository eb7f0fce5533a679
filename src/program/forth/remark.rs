//! Comments of a text while it is read: where each belongs.
//!
//! A comment on lines of its own stands before the next cell, or at the end of the body that a bracket closes
//! first. One that shares its line with words belongs to that line: it stands before the first cell of the line,
//! or, on a line with only brackets, at the end of the body that the first of them closes.

use crate::program::comment::normal;

/// The place of a comment at the end of its body, whatever is the last cell.
pub(super) const AT_END: usize = usize::MAX;

/// The place of a comment.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Spot {
    /// The definition it is in, if that has been read.
    pub definition: Option<usize>,
    /// The body.
    pub body: usize,
    /// Before which word, or [`AT_END`].
    pub index: usize,
}

/// What the reader knows about the comments of the line it is in.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct Remarks {
    /// The comment on lines of its own that was read last, if nothing follows it yet.
    pending: Option<String>,
    /// The first cell of this line.
    cell: Option<Spot>,
    /// The end of the body that the first bracket of this line closes.
    closed: Option<Spot>,
}

impl Remarks {
    /// Reads white space and comments. Passes on each comment that belongs to the words before it.
    pub fn read(&mut self, gap: &str, mut put: impl FnMut(Spot, String)) {
        let mut rest = gap;
        while let Some(at) = rest.find(['\n', '\r', '#']) {
            let Some(comment) = rest[at..].strip_prefix('#') else {
                (self.cell, self.closed) = (None, None);
                rest = &rest[at + 1..];
                continue;
            };
            let end = comment.find(['\n', '\r']).unwrap_or(comment.len());
            let (text, after) = comment.split_at(end);
            rest = after;
            match (self.cell.or(self.closed), &mut self.pending) {
                (Some(spot), _) => match normal(text) {
                    text if text.is_empty() => {}
                    text => put(spot, text),
                },
                (None, Some(pending)) => {
                    pending.push('\n');
                    pending.push_str(text);
                }
                (None, None) => self.pending = Some(text.to_string()),
            }
        }
    }

    /// A word was read, the next of a body. Returns the comment before it.
    pub fn word(&mut self, body: usize, index: usize) -> Option<String> {
        self.cell.get_or_insert(Spot { definition: None, body, index });
        self.take()
    }

    /// A bracket closes a body. Returns the comment at the end of the body.
    pub fn bracket(&mut self, body: usize) -> Option<String> {
        self.closed.get_or_insert(Spot { definition: None, body, index: AT_END });
        self.take()
    }

    /// The comment that nothing follows.
    pub fn take(&mut self) -> Option<String> {
        let text = normal(&self.pending.take()?);
        (!text.is_empty()).then_some(text)
    }

    /// The bodies from `block` on became this definition; the block was word `index` of main.
    pub fn define(&mut self, definition: usize, block: usize, index: usize) {
        for spot in [&mut self.cell, &mut self.closed].into_iter().flatten() {
            if spot.definition.is_some() {
                continue;
            }
            if spot.body >= block {
                *spot = Spot { definition: Some(definition), body: spot.body - block, ..*spot };
            } else if spot.body == 0 && spot.index == index {
                *spot = Spot { definition: Some(definition), body: 0, index: 0 };
            }
        }
    }
}

/// The comments of a body that turned out to have this many cells: one for each place.
pub(super) fn comments_of(
    mut comments: Vec<(usize, String)>,
    cells: usize,
) -> impl Iterator<Item = (usize, String)> {
    for (index, _) in &mut comments {
        *index = cells.min(*index);
    }
    comments.sort_by_key(|&(index, _)| index);
    let mut rest = comments.into_iter().peekable();
    std::iter::from_fn(move || {
        let (index, mut text) = rest.next()?;
        while let Some((_, more)) = rest.next_if(|&(next, _)| next == index) {
            text.push('\n');
            text.push_str(&more);
        }
        Some((index, text))
    })
}
