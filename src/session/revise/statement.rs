//! Statements, by the lines that they are printed in: where the one begins that a cell belongs to, and how a line
//! is quoted.

use super::anchors::Ref;
use crate::program::span::{CellSpan, Printed};
use crate::vm::spelling::clip;

/// The longest line that a message quotes, in characters.
const QUOTED: usize = 40;

/// The printed text of a function, with its lines.
pub(super) struct Lines<'p> {
    printed: &'p Printed,
    /// Where each line begins.
    starts: Vec<usize>,
}

impl<'p> Lines<'p> {
    pub fn new(printed: &'p Printed) -> Lines<'p> {
        let ends = printed.text.match_indices('\n').map(|(at, _)| at + 1);
        Lines { printed, starts: [0].into_iter().chain(ends).collect() }
    }

    /// The line that a byte is in, counted from 0.
    fn line(&self, at: usize) -> usize {
        self.starts.partition_point(|&start| start <= at) - 1
    }

    /// The first cell, in the same body, of the statement that a cell is in or before which it comes. A
    /// statement with blocks may have cells in several lines: its own and that of its `else`.
    pub fn first_of_statement(&self, (body, index): Ref) -> usize {
        let own = self.printed.spans.iter().filter(|cell| cell.body == body);
        let mut cells: Vec<(usize, usize)> =
            own.map(|cell| (cell.index, self.line(cell.span.start))).collect();
        cells.sort_unstable();
        // The last cell of the body in each line.
        let mut last = vec![0; self.starts.len()];
        for &(index, line) in &cells {
            last[line] = index;
        }
        let (mut first, mut reach) = (0, None);
        for &(at, line) in cells.iter().take_while(|(at, _)| *at <= index) {
            if reach.is_none_or(|reach| reach < at) {
                first = at;
            }
            reach = reach.max(Some(last[line]));
        }
        match reach {
            Some(reach) if reach >= index => first,
            Some(_) | None => index,
        }
    }

    /// The line that a cell is in.
    pub fn quoted(&self, (body, index): Ref) -> Option<Box<str>> {
        let is_it = |cell: &&CellSpan| (cell.body, cell.index) == (body, index);
        let cell = self.printed.spans.iter().find(is_it)?;
        let line = self.printed.text[self.starts[self.line(cell.span.start)]..].lines().next()?;
        Some(clip(line.trim(), QUOTED).into())
    }
}
