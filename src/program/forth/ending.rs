//! The ends of bodies of a text: what is left to be done there when the words are resolved, and what follows for the
//! places of cells.

use crate::program::diagnostic::Span;
use crate::program::span::CellSpan;
use crate::program::starts::Starts;
use crate::vm::instruction::{Instruction, Primitive};

/// What is left to be done at the end of a body when its words are resolved.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Rest {
    /// Nothing.
    Nothing,
    /// Its empty cells are dropped.
    Trim,
    /// An `end`, spelled by this bracket, unless the last word is the instruction that it seems to be.
    End(Span),
}

/// What resolving the words changed at the ends of bodies, and what follows for the places of cells.
#[derive(Default)]
pub(super) struct Ends {
    /// Where the cells of each fragment begin, if somebody asks.
    pub starts: Option<Vec<Starts>>,
    /// The cells that brackets spell.
    written: Vec<CellSpan>,
    /// The bodies from which cells were dropped, by definition and number, and how many are left.
    trimmed: Vec<(Option<usize>, usize, usize)>,
}

impl Ends {
    /// The spans of the cells that there are now, in the order of the text.
    pub fn apply(mut self, mut spans: Vec<CellSpan>) -> Vec<CellSpan> {
        if !self.trimmed.is_empty() {
            self.trimmed.sort_unstable();
            spans.retain(|cell| {
                let place = (cell.definition, cell.body);
                let found =
                    self.trimmed.binary_search_by_key(&place, |trimmed| (trimmed.0, trimmed.1));
                found.map_or(true, |at| cell.index < self.trimmed[at].2)
            });
        }
        if !self.written.is_empty() {
            spans.append(&mut self.written);
            spans.sort_by_key(|cell| cell.span.start);
        }
        spans
    }

    /// Does what is left to be done at the end of a body.
    pub fn end(&mut self, cells: &mut Vec<Instruction>, rest: Rest, place: (Option<usize>, usize)) {
        let (definition, body) = place;
        match (rest, cells.last()) {
            (Rest::Trim, Some(Instruction::Breakpoint)) => {
                while cells.last() == Some(&Instruction::Breakpoint) {
                    cells.pop();
                }
                self.trimmed.push((definition, body, cells.len()));
            }
            (Rest::End(span), Some(Instruction::Pick(_) | Instruction::Call(_))) => {
                self.written.push(CellSpan { definition, body, index: cells.len(), span });
                cells.push(Instruction::Primitive(Primitive::End));
            }
            (Rest::Nothing | Rest::Trim | Rest::End(_), _) => {}
        }
    }
}
