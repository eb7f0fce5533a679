//! Where the cells of a machine are written: the program texts that it was read from, and the byte at which each
//! cell begins there. So a stop can show the line as a mistake in the text would be shown.
//!
//! Origins belong to an image, beside its marks, and move with the cells in an edit. A cell that was written
//! live has none. They are no part of the machine, of equality or of files: the command that loads a
//! text makes them again. A cell takes four bytes; what a copy of the image has not changed is shared.

use std::collections::BTreeMap;
use std::sync::Arc;

use super::diagnostic::{Diagnostics, Span, excerpt_at, place};
use super::forth::token::{Lexer, TokenKind};
use super::listing::bodies_of;
use super::notation::Notation;
use super::source;
use super::starts::{NOWHERE, Starts};
use crate::vm::index::Body;
use crate::vm::instruction::Fragment;
use crate::vm::machine::Machine;
use crate::vm::memory::Place;
use crate::vm::relocate::Shift;

/// Where the cells of an image are written.
#[derive(Clone, Debug, Default)]
pub struct Origins {
    texts: Arc<Vec<Arc<Text>>>,
    /// The bodies that were edited since they were read.
    edited: Arc<BTreeMap<Body, Edited>>,
}

/// The starts of a body that was edited.
#[derive(Clone, Debug)]
struct Edited {
    /// The number of its text.
    text: usize,
    starts: Arc<Vec<u32>>,
}

/// A program text that was read, and its bodies as they were then.
#[derive(Debug)]
struct Text {
    notation: Notation,
    /// The name of its file, if it has one.
    file: Option<Arc<str>>,
    text: Arc<str>,
    /// The bodies in order, and where their cells begin in `starts`.
    bodies: Vec<(Body, usize)>,
    starts: Vec<u32>,
}

impl Text {
    fn starts(&self, body: Body) -> Option<&[u32]> {
        let at = self.bodies.binary_search_by_key(&body, |&(body, _)| body).ok()?;
        let end = self.bodies.get(at + 1).map_or(self.starts.len(), |&(_, start)| start);
        Some(&self.starts[self.bodies[at].1..end])
    }
}

/// Where a cell is written.
#[derive(Clone, Copy, Debug)]
pub struct Origin<'o> {
    /// The name of the file, if the text has one.
    pub file: Option<&'o str>,
    notation: Notation,
    text: &'o str,
    start: usize,
}

impl Origins {
    /// Adds a text: the functions that it made, each with its starts. `machine` holds their code as it was
    /// read.
    pub fn add<'c>(
        &mut self,
        machine: &Machine,
        notation: Notation,
        file: Option<Arc<str>>,
        text: Arc<str>,
        read: impl IntoIterator<Item = (Body, &'c Fragment, &'c Starts)>,
    ) {
        let mut found: Vec<(Body, &[u32])> = Vec::new();
        for (body, fragment, starts) in read {
            for (number, body) in bodies_of(machine, body, fragment) {
                found.push((body, &starts[number]));
            }
        }
        found.sort_unstable_by_key(|&(body, _)| body);
        let mut starts = Vec::with_capacity(found.iter().map(|(_, starts)| starts.len()).sum());
        let mut bodies = Vec::with_capacity(found.len());
        for (body, cells) in found {
            bodies.push((body, starts.len()));
            starts.extend_from_slice(cells);
        }
        if !bodies.is_empty() {
            Arc::make_mut(&mut self.texts).push(Arc::new(Text {
                notation,
                file,
                text,
                bodies,
                starts,
            }));
        }
    }

    /// Moves the starts as an edit of the machine moved the cells.
    pub fn apply_shift(&mut self, shift: Shift) {
        let (Shift::Inserted { at, .. } | Shift::Deleted { at, .. }) = shift;
        let Some(starts) = self.edit(at.body) else { return };
        let offset = at.offset.index().min(starts.len());
        match shift {
            // What is inserted after the last known cell moves none.
            Shift::Inserted { count, .. } if offset < starts.len() => {
                let none = std::iter::repeat_n(NOWHERE, count as usize);
                starts.splice(offset..offset, none);
            }
            Shift::Inserted { .. } => {}
            Shift::Deleted { count, .. } => {
                let end = offset.saturating_add(count as usize).min(starts.len());
                starts.drain(offset..end);
            }
        }
    }

    /// Cells were written live: they are in no text.
    pub fn overwrite(&mut self, at: Place, count: u32) {
        let Some(starts) = self.edit(at.body) else { return };
        let first = at.offset.index().min(starts.len());
        let end = first.saturating_add(count as usize).min(starts.len());
        starts[first..end].fill(NOWHERE);
    }

    /// Where a cell is written; `None` if it is in no text.
    pub fn of(&self, at: Place) -> Option<Origin<'_>> {
        let (number, starts) = self.find(at.body)?;
        let start = starts.get(at.offset.index()).copied().filter(|&start| start != NOWHERE)?;
        let Text { notation, file, text, .. } = &*self.texts[number];
        let (notation, start) = (*notation, start as usize);
        Some(Origin { file: file.as_deref(), notation, text, start })
    }

    fn find(&self, body: Body) -> Option<(usize, &[u32])> {
        if let Some(edited) = self.edited.get(&body) {
            return Some((edited.text, &edited.starts));
        }
        let mut texts = self.texts.iter().enumerate();
        texts.find_map(|(number, text)| Some((number, text.starts(body)?)))
    }

    /// The starts of a body, to be changed; `None` if the body is in no text.
    fn edit(&mut self, body: Body) -> Option<&mut Vec<u32>> {
        if !self.edited.contains_key(&body) {
            let (text, starts) = self.find(body)?;
            let copy = Edited { text, starts: Arc::new(starts.to_vec()) };
            Arc::make_mut(&mut self.edited).insert(body, copy);
        }
        let edited = Arc::make_mut(&mut self.edited).get_mut(&body)?;
        Some(Arc::make_mut(&mut edited.starts))
    }
}

impl Origin<'_> {
    /// The bytes of the cell: its word, with its prefix.
    fn span(&self) -> Span {
        if self.notation == Notation::Source {
            return Span { start: self.start, end: source::word_end(self.text, self.start) };
        }
        let mut lexer = Lexer::new(&self.text[self.start..]);
        let mut token = || lexer.token(&mut Diagnostics::default());
        let mut last = token();
        if let Some(TokenKind::Prefix(_)) = last.map(|token| token.kind) {
            last = token().or(last);
        }
        let length = last.map_or(0, |token| token.span.end);
        Span { start: self.start, end: self.start + length }
    }

    /// The place and the line, with the words underlined: as for a mistake in the text.
    pub fn excerpt(&self) -> String {
        excerpt_at(self.file.unwrap_or("program text"), self.text, self.span())
    }
}

/// In words: `fib.flpc, line 3, column 12`.
impl std::fmt::Display for Origin<'_> {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let (line, column) = place(self.text, self.start);
        if let Some(file) = self.file {
            write!(formatter, "{file}, ")?;
        }
        write!(formatter, "line {line}, column {column}")
    }
}
