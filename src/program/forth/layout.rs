//! Where the lines of a printed program break.
//!
//! A block that is one short statement stays on the line. Any other block starts a line, breaks after
//! each statement, and closes right after its last word, as a person would write it:
//!
//! ```text
//! [ assign: i
//!   i 3 < [ 1 return ] if
//!   i 2 - fib i 1 - fib + return ] bind: fib
//! ```
//!
//! A comment is on lines of its own, above its cell; one before the first cell of a definition is above its
//! bracket. A block with a comment in it is never one line.
//!
//! The instruction table says what ends a statement: an instruction that leaves nothing on the stack or
//! directs control. The indentation has a limit, because blocks may be nested a million deep.

use super::word::Words;
use crate::program::comment::Comments;
use crate::program::diagnostic::Span;
use crate::program::span::CellSpan;
use crate::vm::instruction::{Fragment, Group, Instruction, Primitive};
use std::sync::Arc;
use unicode_width::UnicodeWidthStr;

/// The most columns of a line, unless a single word is wider.
pub const COLUMNS: usize = 80;
const DEEPEST: usize = 40;

/// Appends a body and its blocks to the text, as a definition if a number and a name are given. Notes the
/// spans of the cells, if they are wanted. The words are those of the code.
pub(super) fn layout(
    code: &Fragment,
    comments: &Comments,
    definition: Option<(usize, &str)>,
    words: &Words<'_, '_>,
    text: &mut String,
    spans: Option<&mut Vec<CellSpan>>,
) {
    let number = definition.map(|(number, _)| number);
    let mut page = Page { text, spans, definition: number, column: 0, ended: false };
    let widths = widths(code, comments, words);
    let mut layout = Layout { code, comments, words, widths, open: Vec::new() };
    match definition {
        Some((_, name)) => {
            page.separate();
            page.comment(comments.at(0, 0), 0);
            page.put("[", 0, None);
            layout.enter(0, 0);
            layout.run(&mut page);
            page.put(&format!("bind: {name}"), 0, None);
        }
        None => {
            if !code.bodies[0].is_empty() || !comments.is_empty() {
                page.separate();
            }
            layout.open.push(Open { body: 0, done: 0, indent: 0, bracketed: false });
            layout.run(&mut page);
        }
    }
    page.text.extend((page.column > 0).then_some('\n'));
}

struct Layout<'a, 'm> {
    code: &'a Fragment,
    comments: &'a Comments,
    words: &'a Words<'a, 'm>,
    widths: Vec<Option<usize>>,
    open: Vec<Open>,
}

/// The part of a block that is printed between its brackets.
pub(super) struct Shown<'a> {
    /// The cells, without the `end` that the closing bracket stands for.
    pub cells: &'a [Instruction],
    /// Whether the closing bracket stands for an `end`.
    pub writes_end: bool,
    /// Whether `...` comes before the bracket, so that it stands for no `end`.
    pub open: bool,
}

impl Shown<'_> {
    /// The shown part of a body of `code`; all of it if it is not in brackets.
    pub(super) fn of<'a>(
        code: &'a Fragment,
        comments: &Comments,
        body: usize,
        bracketed: bool,
    ) -> Shown<'a> {
        const END: Instruction = Instruction::Primitive(Primitive::End);
        let ends = |body: &[Instruction]| {
            let last = body.last();
            matches!(last, Some(Instruction::Primitive(Primitive::End | Primitive::Return)))
        };
        let number = body;
        let body = &code.bodies[body][..];
        match body.split_last() {
            _ if !bracketed => Shown { cells: body, writes_end: false, open: false },
            // A comment before an `end` needs the word.
            Some((&END, before))
                if !before.is_empty()
                    && !ends(before)
                    && comments.at(number, before.len()).is_none() =>
            {
                Shown { cells: before, writes_end: true, open: false }
            }
            _ => Shown { cells: body, writes_end: false, open: !body.is_empty() && !ends(body) },
        }
    }
}

/// A body that is being printed.
struct Open {
    body: usize,
    done: usize,
    indent: usize,
    /// False only for the code of main.
    bracketed: bool,
}

impl Layout<'_, '_> {
    /// Opens a body, after its bracket.
    fn enter(&mut self, body: usize, indent: usize) {
        self.open.push(Open { body, done: 0, indent: (indent + 2).min(DEEPEST), bracketed: true });
    }

    /// Whether a cell is a block of several lines.
    fn is_long(&self, cell: &Instruction) -> bool {
        matches!(cell, Instruction::Block(block) if self.widths[*block as usize].is_none())
    }

    /// Prints the comment at a place, unless it is above the bracket of a definition.
    fn comment(&self, page: &mut Page<'_>, (body, index): (usize, usize), indent: usize) {
        if page.definition.is_none() || (body, index) != (0, 0) {
            page.comment(self.comments.at(body, index), indent);
        }
    }

    fn run(&mut self, page: &mut Page<'_>) {
        let mut word = String::new();
        while let Some(Open { body, done, indent, bracketed }) = self.open.pop() {
            let shown = Shown::of(self.code, self.comments, body, bracketed);
            let Some(instruction) = shown.cells.get(done) else {
                self.comment(page, (body, self.code.bodies[body].len()), indent);
                if bracketed {
                    page.close(&shown, indent, (body, done));
                }
                continue;
            };
            self.comment(page, (body, done), indent);
            self.open.push(Open { body, done: done + 1, indent, bracketed });
            if let Instruction::Block(block) = *instruction {
                let before = done.checked_sub(1).map(|before| &shown.cells[before]);
                let long = self.is_long(instruction) && done > 0;
                page.end_line(long || before.is_some_and(|before| self.is_long(before)));
                if let Some(width) = self.widths[block as usize] {
                    page.fit(width);
                }
                page.put("[", indent, Some((body, done)));
                self.enter(block as usize, indent);
                continue;
            }
            page.end_line(done > 0 && matches!(instruction, Instruction::Label(_)));
            word.clear();
            self.words.write(instruction, &mut word);
            page.put(&word, indent, Some((body, done)));
            let next = shown.cells.get(done + 1);
            page.end_line(ends_statement(instruction, next));
        }
    }
}

/// Whether a line ends after an instruction. Consecutive assignments share a line: they name the
/// arguments.
pub(super) fn ends_statement(instruction: &Instruction, next: Option<&Instruction>) -> bool {
    match instruction {
        Instruction::Label(_) => true,
        Instruction::Assign(_) => !matches!(next, Some(Instruction::Assign(_))),
        Instruction::SetGlobal(_) => !matches!(next, Some(Instruction::SetGlobal(_))),
        Instruction::Primitive(primitive) => {
            let row = primitive.row();
            row.group == Group::Control || row.effect.ends_with("-- )")
        }
        Instruction::Integer(_)
        | Instruction::Text(_)
        | Instruction::Block(_)
        | Instruction::Address(_)
        | Instruction::BlockValue(..)
        | Instruction::Task(_)
        | Instruction::Call(_)
        | Instruction::PushFunction(_)
        | Instruction::Pick(_)
        | Instruction::GetGlobal(_)
        | Instruction::Hole(_)
        | Instruction::FunctionHole(_)
        | Instruction::Breakpoint => false,
    }
}

/// The width of each block on one line, brackets included; `None` if it takes several lines.
fn widths(code: &Fragment, comments: &Comments, words: &Words<'_, '_>) -> Vec<Option<usize>> {
    let mut widths = vec![None; code.bodies.len()];
    let mut word = String::new();
    for &body in inner_last(code).iter().rev() {
        if comments.is_in(body) {
            continue;
        }
        let shown = Shown::of(code, comments, body, true);
        let mut width = "[ ]".len() + if shown.open { " ...".len() } else { 0 };
        let fits = shown.cells.iter().enumerate().all(|(at, instruction)| {
            let next = shown.cells.get(at + 1);
            width += 1 + match instruction {
                Instruction::Label(_) => return false,
                Instruction::Block(block) => match widths[*block as usize] {
                    Some(width) => width,
                    None => return false,
                },
                other => {
                    word.clear();
                    words.write(other, &mut word);
                    word.width()
                }
            };
            width <= COLUMNS && (next.is_none() || !ends_statement(instruction, next))
        });
        widths[body] = fits.then_some(width);
    }
    widths
}

/// All bodies, each before the blocks in it.
fn inner_last(code: &Fragment) -> Vec<usize> {
    let inner = |cell: &Instruction| {
        if let Instruction::Block(block) = cell { Some(*block as usize) } else { None }
    };
    let mut order = Vec::with_capacity(code.bodies.len());
    let mut open = vec![0];
    while let Some(body) = open.pop() {
        order.push(body);
        open.extend(code.bodies[body].iter().filter_map(inner));
    }
    order
}

/// Text with line ends where they are needed.
struct Page<'p> {
    text: &'p mut String,
    spans: Option<&'p mut Vec<CellSpan>>,
    /// The definition that is being printed.
    definition: Option<usize>,
    /// The width of the line so far.
    column: usize,
    /// Whether the next word starts a line.
    ended: bool,
}

impl Page<'_> {
    /// An empty line, if something was printed before.
    fn separate(&mut self) {
        self.text.extend((!self.text.is_empty()).then_some('\n'));
    }

    /// Writes a comment on lines of its own.
    fn comment(&mut self, comment: Option<&Arc<str>>, indent: usize) {
        let Some(comment) = comment else { return };
        self.text.extend((self.column > 0).then_some('\n'));
        for line in comment.split('\n') {
            self.text.extend(std::iter::repeat_n(' ', indent));
            self.text.push('#');
            self.text.push_str(line);
            self.text.push('\n');
        }
        self.column = 0;
        self.ended = false;
    }

    /// Writes a word; `owner` is the cell it spells, by body and index.
    fn put(&mut self, word: &str, indent: usize, owner: Option<(usize, usize)>) {
        // A name of combining marks has no width of its own, and must still be told from the next word.
        let width = word.width().max(1);
        self.fit(width);
        let text = &mut *self.text;
        if self.ended {
            text.push('\n');
            self.column = 0;
            self.ended = false;
        }
        if self.column == 0 {
            text.extend(std::iter::repeat_n(' ', indent));
            self.column = indent;
        } else {
            text.push(' ');
            self.column += 1;
        }
        let start = text.len();
        text.push_str(word);
        self.column += width;
        if let (Some((body, index)), Some(spans)) = (owner, &mut self.spans) {
            let span = Span { start, end: start + word.len() };
            let definition = self.definition;
            spans.push(CellSpan { definition, body, index, span });
        }
    }

    /// Ends the line if a word of this width does not fit on it.
    fn fit(&mut self, width: usize) {
        self.ended |= self.column > 0 && self.column + 1 + width > COLUMNS;
    }

    fn end_line(&mut self, end: bool) {
        self.ended |= end && self.column > 0;
    }

    /// Puts the closing bracket at the end of the last line. It owns the `end` that it stands for.
    fn close(&mut self, shown: &Shown<'_>, indent: usize, end: (usize, usize)) {
        if shown.open {
            self.put("...", indent, None);
        }
        self.ended = false;
        self.put("]", indent - 2, shown.writes_end.then_some(end));
    }
}
