//! Where the lines of a printed program break.
//!
//! A block that is one short statement stays on the line. Any other starts a line, breaks after each
//! statement, and ends with its last word, as one would write it:
//!
//! ```text
//! [ assign: i
//!   i 3 < [ 1 return ] if
//!   i 2 - fib i 1 - fib + return ] bind: fib
//! ```
//!
//! What ends a statement is read off the instruction table: what leaves nothing on the stack, and
//! what directs control. The indentation has a limit, because blocks may be nested a million deep.

use super::print::{Shown, assigned, write_word};
use crate::vm::cell::BodyId;
use crate::vm::instruction::{Fragment, Group, Instruction};
use unicode_width::UnicodeWidthStr;

/// Lines are at most this wide, if no single word is wider.
pub const COLUMNS: usize = 80;
const DEEPEST: usize = 40;

/// A body and its blocks as lines; with a name as the definition of a function.
pub(super) fn layout(code: &Fragment, name: Option<&str>, start: &dyn Fn(BodyId) -> u64) -> String {
    let assigned = assigned(code);
    let is_local = |name: &str| assigned.contains(name);
    let write = |instruction: &Instruction, text: &mut String| {
        text.clear();
        write_word(instruction, &is_local, start, text);
    };
    let mut page = Page::default();
    let mut layout = Layout { code, write: &write, widths: widths(code, &write), open: Vec::new() };
    match name {
        Some(name) => {
            layout.enter(0, 0, &mut page);
            layout.run(&mut page);
            page.put(&format!("bind: {name}"), 0);
        }
        None => {
            layout.open.push(Open { body: 0, done: 0, indent: 0, bracketed: false });
            layout.run(&mut page);
        }
    }
    page.text.extend((page.column > 0).then_some('\n'));
    page.text
}

type Write<'a> = &'a dyn Fn(&Instruction, &mut String);

struct Layout<'a> {
    code: &'a Fragment,
    write: Write<'a>,
    widths: Vec<Option<usize>>,
    open: Vec<Open>,
}

/// A body that is being printed.
struct Open {
    body: usize,
    done: usize,
    indent: usize,
    /// Not so the code of main.
    bracketed: bool,
}

impl Layout<'_> {
    fn enter(&mut self, body: usize, indent: usize, page: &mut Page) {
        page.put("[", indent);
        self.open.push(Open { body, done: 0, indent: (indent + 2).min(DEEPEST), bracketed: true });
    }

    /// Whether a cell is a block of several lines.
    fn is_long(&self, cell: &Instruction) -> bool {
        matches!(cell, Instruction::Block(block) if self.widths[*block as usize].is_none())
    }

    fn run(&mut self, page: &mut Page) {
        let mut word = String::new();
        while let Some(Open { body, done, indent, bracketed }) = self.open.pop() {
            let shown = Shown::of(self.code, body, bracketed);
            let Some(instruction) = shown.cells.get(done) else {
                if bracketed {
                    page.close(shown.open, indent);
                }
                continue;
            };
            self.open.push(Open { body, done: done + 1, indent, bracketed });
            if let Instruction::Block(block) = *instruction {
                let before = done.checked_sub(1).map(|before| &shown.cells[before]);
                let long = self.is_long(instruction) && done > 0;
                page.end_line(long || before.is_some_and(|before| self.is_long(before)));
                page.fit(self.widths[block as usize].unwrap_or(0));
                self.enter(block as usize, indent, page);
                continue;
            }
            page.end_line(done > 0 && matches!(instruction, Instruction::Label(_)));
            (self.write)(instruction, &mut word);
            page.put(&word, indent);
            let next = shown.cells.get(done + 1);
            page.end_line(ends_statement(instruction, next));
        }
    }
}

/// Whether a line ends behind an instruction. Assignments that follow each other share a line: they
/// name the arguments.
pub(super) fn ends_statement(instruction: &Instruction, next: Option<&Instruction>) -> bool {
    match instruction {
        Instruction::Label(_) => true,
        Instruction::Assign(_) => !matches!(next, Some(Instruction::Assign(_))),
        Instruction::Primitive(primitive) => {
            let row = primitive.row();
            row.group == Group::Control || row.effect.ends_with("-- )")
        }
        _ => false,
    }
}

/// How wide each block is on one line, brackets included; nothing for one that takes several.
fn widths(code: &Fragment, write: Write<'_>) -> Vec<Option<usize>> {
    let mut widths = vec![None; code.bodies.len().max(1)];
    let mut word = String::new();
    for &body in inner_last(code).iter().rev() {
        let shown = Shown::of(code, body, true);
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
                    write(other, &mut word);
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
    let mut order = Vec::with_capacity(code.bodies.len());
    let mut open = vec![0];
    while let Some(body) = open.pop() {
        order.push(body);
        let cells = Shown::of(code, body, false).cells;
        open.extend(cells.iter().filter_map(|instruction| match instruction {
            Instruction::Block(block) => Some(*block as usize),
            _ => None,
        }));
    }
    order
}

/// Text with line ends where they are needed.
#[derive(Default)]
struct Page {
    text: String,
    /// Of the line so far.
    column: usize,
    /// Whether the next word starts a line.
    ended: bool,
}

impl Page {
    fn put(&mut self, word: &str, indent: usize) {
        let width = word.width();
        self.fit(width);
        if self.ended {
            self.text.push('\n');
            self.column = 0;
            self.ended = false;
        }
        if self.column == 0 {
            self.text.extend(std::iter::repeat_n(' ', indent));
            self.column = indent;
        } else {
            self.text.push(' ');
            self.column += 1;
        }
        self.text.push_str(word);
        self.column += width;
    }

    /// Ends the line if so much more does not fit on it.
    fn fit(&mut self, width: usize) {
        self.ended |= self.column > 0 && self.column + 1 + width > COLUMNS;
    }

    fn end_line(&mut self, end: bool) {
        self.ended |= end;
    }

    /// A closing bracket stands at the end of the last line.
    fn close(&mut self, open: bool, indent: usize) {
        if open {
            self.put("...", indent);
        }
        self.ended = false;
        self.put("]", indent.saturating_sub(2));
    }
}
