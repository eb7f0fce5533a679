//! Code while it is read from source: its bodies with the span of each cell.
//!
//! A statement may write cells in another order than the text has them: in `a[i] = x` the value comes first, and
//! a call is written after the block below it. So cells can be taken back and written again, and blocks get
//! their final numbers only when the text has ended.

use crate::program::comment::Comments;
use crate::program::diagnostic::Span;
use crate::program::span::CellSpan;
use crate::program::starts::{NOWHERE, Starts};
use crate::vm::instruction::{Fragment, Instruction, Primitive};

/// A cell and the bytes that it owns.
pub(super) type Spanned = (Instruction, Span);

/// A body that is being read.
#[derive(Debug, Default)]
struct Body {
    cells: Vec<Instruction>,
    spans: Vec<Span>,
}

/// The bodies read so far; the first is the function, main or line itself.
#[derive(Debug)]
pub(super) struct Code {
    bodies: Vec<Body>,
    comments: Comments,
}

impl Default for Code {
    fn default() -> Code {
        Code { bodies: vec![Body::default()], comments: Comments::default() }
    }
}

impl Code {
    pub fn len(&self, body: usize) -> usize {
        self.bodies[body].cells.len()
    }

    /// How many bodies there are.
    pub fn count(&self) -> usize {
        self.bodies.len()
    }

    pub fn push(&mut self, body: usize, (cell, span): Spanned) {
        let body = &mut self.bodies[body];
        body.cells.push(cell);
        body.spans.push(span);
    }

    /// Writes a new block into a body; returns its number.
    pub fn push_block(&mut self, body: usize, span: Span) -> usize {
        let block = self.bodies.len();
        self.bodies.push(Body::default());
        self.push(body, (Instruction::Block(block as u32), span));
        block
    }

    /// Takes the cells of a body from an index on.
    pub fn take(&mut self, body: usize, from: usize) -> Vec<Spanned> {
        let body = &mut self.bodies[body];
        body.cells.drain(from..).zip(body.spans.drain(from..)).collect()
    }

    /// The cells of a body.
    pub fn cells(&self, body: usize) -> &[Instruction] {
        &self.bodies[body].cells
    }

    /// Adds a comment before the cell with this index, or at the end of a body that ends there.
    pub fn comment(&mut self, body: usize, index: usize, text: &str) {
        self.comments.add(body, index, text);
    }

    /// Ends a body: writes an `end` unless it is open, empty, or has its end already.
    pub fn close(&mut self, body: usize, is_open: bool, span: Span) {
        use Primitive::{End, Return};
        let last = self.bodies[body].cells.last();
        match last {
            _ if is_open => self.trim(body),
            None | Some(Instruction::Primitive(End | Return)) => {}
            Some(_) => self.push(body, (Instruction::Primitive(End), span)),
        }
    }

    /// Drops the empty cells at the end of a body.
    pub fn trim(&mut self, body: usize) {
        let body = &mut self.bodies[body];
        while body.cells.last() == Some(&Instruction::Breakpoint) {
            body.cells.pop();
            body.spans.pop();
        }
    }

    /// The code, with its blocks numbered in the order of the text, and the spans of its cells in that order.
    pub fn finish(mut self, definition: Option<usize>) -> Finished {
        let order = self.order();
        let mut numbers = vec![0; self.bodies.len()];
        for (number, &body) in order.iter().enumerate() {
            numbers[body] = number;
        }
        let comments = self.comments;
        let lengths: Vec<usize> = self.bodies.iter().map(|body| body.cells.len()).collect();
        let (mut bodies, mut spans) = (Vec::with_capacity(order.len()), Vec::new());
        let mut starts = Vec::with_capacity(order.len());
        for (number, &body) in order.iter().enumerate() {
            let Body { mut cells, spans: places } = std::mem::take(&mut self.bodies[body]);
            for cell in &mut cells {
                if let Instruction::Block(block) = cell {
                    *block = numbers[*block as usize] as u32;
                }
            }
            let place = |(index, &span)| CellSpan { definition, body: number, index, span };
            spans.extend(places.iter().enumerate().map(place));
            let start = |span: &Span| u32::try_from(span.start).unwrap_or(NOWHERE);
            starts.push(places.iter().map(start).collect());
            cells.shrink_to_fit();
            bodies.push(cells);
        }
        // Cells that own no bytes, such as the `end` of a dedent, keep the order in which they end.
        spans.sort_by_key(|cell| (cell.span.start, cell.span.end, std::cmp::Reverse(cell.body)));
        // What was dropped at the end of a body leaves its comment there.
        let clamped = comments
            .iter()
            .map(|((body, index), text)| ((numbers[body], index.min(lengths[body])), text));
        let mut comments = Comments::default();
        for ((body, index), text) in clamped {
            comments.add(body, index, text);
        }
        Finished { code: Fragment { bodies }, comments, spans, starts }
    }

    /// The bodies in the order of the text: a block comes before the blocks in it.
    fn order(&self) -> Vec<usize> {
        let mut order = Vec::with_capacity(self.bodies.len());
        let mut open = vec![0];
        while let Some(body) = open.pop() {
            order.push(body);
            let blocks = self.bodies[body].cells.iter().rev().filter_map(|cell| {
                if let Instruction::Block(block) = cell { Some(*block as usize) } else { None }
            });
            open.extend(blocks);
        }
        order
    }
}

/// What was read.
pub(super) struct Finished {
    pub code: Fragment,
    pub comments: Comments,
    pub spans: Vec<CellSpan>,
    pub starts: Starts,
}
