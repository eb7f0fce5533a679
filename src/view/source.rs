//! Rows of the program as text in the source notation: functions, and the lines in sight.
//!
//! A window shows sixty lines of a program that may have a million cells. So the text of each function is
//! kept as long as everything that it follows from is the same (its bodies are shared with the machine, so
//! that is a comparison of pointers), and a frame makes rows of the lines in sight only: what the text says,
//! and where the machine is in it.

mod print;
mod text;
mod values;

use std::collections::HashMap;
use std::ops::Range;
use std::rc::Rc;
use std::sync::Arc;

pub use text::{FunctionText, Line, Spot, Token, TokenKind};
pub use values::{Known, known};

use super::memory::{At, CellKind, Marks, Tally};
use super::stacks::{FrameRow, StackRows};
use crate::program::comment::CommentPlace;
use crate::program::effect::{StackEffect, StackEffects};
use crate::program::hidden::hidden;
use crate::program::image::Image;
use crate::vm::cell::Content;
use crate::vm::index::{Body, BodyId};
use crate::vm::machine::Machine;
use crate::vm::memory::{BodyKind, CodeBody, Memory, Place};
use crate::vm::space::Address;

/// The most cells that a function may have to be shown as text.
pub const CELLS: usize = 20_000;

/// How many values of the stack a screen reader says.
const SPOKEN: usize = 20;

/// All functions as text, by address.
#[derive(Clone, Debug, Default)]
pub struct SourcePage {
    functions: Vec<Rc<FunctionPart>>,
    /// The function that shows each body.
    shown_in: HashMap<Body, usize>,
    hidden: Vec<&'static str>,
}

/// A function, its text and what that follows from.
#[derive(Debug)]
pub struct FunctionPart {
    /// Its body; that of a block that no cell refers to.
    pub body: Body,
    /// Its text; none if it has more than [`CELLS`] cells, with their number.
    pub text: Result<FunctionText, usize>,
    code: Vec<Arc<CodeBody>>,
    comments: Vec<(CommentPlace, Arc<str>)>,
    callees: Vec<(Box<str>, Option<StackEffect>)>,
    addresses: Vec<(BodyId, Address)>,
}

/// A function with some of its lines.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct FunctionRows {
    /// `fib`, `block in fib`, `fib (replaced)`.
    pub title: String,
    /// Its body.
    pub body: Body,
    /// The address of its first cell.
    pub address: Address,
    /// How many live activations are in it, without those of its blocks.
    pub activations: Tally,
    /// The locals of the innermost frame: `i = 3`.
    pub locals: String,
    /// The first of the requested lines, counted from 0.
    pub first: usize,
    /// The requested lines.
    pub lines: Vec<LineRow>,
}

/// A line, and where the machine is in it.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct LineRow {
    /// Its number in the function; none for an open end that is not printed.
    pub number: Option<u32>,
    /// How many blanks are before it.
    pub indent: u32,
    /// Its pieces.
    pub tokens: Vec<TokenRow>,
    /// The expressions whose values are on the stack, with these values, outermost first.
    pub known: Vec<Known>,
    /// Whether it leaves the flag of a `repeat_if`.
    pub leaves_flag: bool,
}

/// A piece of a line.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct TokenRow {
    /// What is drawn; empty for the end of a block.
    pub text: String,
    /// What it is.
    pub kind: TokenKind,
    /// Its cell.
    pub at: Option<At>,
    /// It was executed in this line already.
    pub done: bool,
    /// Whether the program counter is here.
    pub counter: bool,
    /// The frames that return to just after this cell, and how many others do.
    pub returns: Vec<u32>,
    /// How many other frames return there.
    pub more_returns: Tally,
    /// Whether the person set a breakpoint here.
    pub breakpoint: bool,
    /// Whether the last gesture changed it.
    pub changed: bool,
}

/// What the machine adds to a text.
pub struct Moment<'a> {
    /// The machine.
    pub machine: &'a Machine,
    /// The marks on cells.
    pub marks: &'a Marks,
    /// The call stack, for the locals.
    pub frames: &'a [FrameRow],
    /// The expressions in the line of the counter whose values are known.
    pub known: &'a [Known],
    /// The cells of a body that the last gesture changed.
    pub changed: &'a dyn Fn(Body) -> Range<u32>,
}

impl SourcePage {
    /// Makes the texts that are new or no longer right.
    pub fn refresh(&mut self, image: &Image, effects: &StackEffects) {
        let machine = &image.machine;
        let memory = machine.memory();
        let now_hidden = hidden(machine);
        let keeps = std::mem::replace(&mut self.hidden, now_hidden) == self.hidden;
        let old = std::mem::take(&mut self.functions);
        let mut old: HashMap<Body, Rc<FunctionPart>> =
            old.into_iter().filter(|_| keeps).map(|part| (part.body, part)).collect();
        let mut bodies: Vec<(Address, Body)> = memory
            .code_bodies()
            .filter(|&(body, code)| stands_alone(memory, body, code))
            .map(|(body, code)| (code.start, body))
            .collect();
        bodies.sort_unstable();
        self.functions = bodies
            .into_iter()
            .map(|(_, body)| {
                let known = old.remove(&body).filter(|part| part.is_right(image, effects));
                known.unwrap_or_else(|| Rc::new(FunctionPart::new(image, body, effects)))
            })
            .collect();
        self.shown_in.clear();
        for (index, part) in self.functions.iter().enumerate() {
            self.shown_in.insert(part.body, index);
            let blocks = part.text.iter().flat_map(|text| &text.bodies);
            self.shown_in.extend(blocks.map(|&body| (body, index)));
        }
    }

    /// The functions.
    pub fn functions(&self) -> &[Rc<FunctionPart>] {
        &self.functions
    }

    /// Where a cell is: the number of the function, and the place in its text, if it is shown as text.
    pub fn find(&self, memory: &Memory, at: At) -> Option<(usize, Option<Spot>)> {
        let place = at.place()?;
        let owner = || self.shown_in.get(&memory.owner(place.body));
        let &index = self.shown_in.get(&place.body).or_else(owner)?;
        let text = self.functions[index].text.as_ref().ok();
        Some((index, text.and_then(|text| text.spot(place))))
    }

    /// A function with some of its lines.
    pub fn rows(&self, index: usize, lines: Range<usize>, moment: &Moment<'_>) -> FunctionRows {
        let part = &self.functions[index];
        let memory = moment.machine.memory();
        let title = memory.title(part.body);
        let lines = lines.start..lines.end.min(part.lines());
        let rows = match &part.text {
            Ok(text) => {
                let marked = Marked::new(text, moment);
                let of = text.lines.iter().enumerate();
                let of = of.skip(lines.start).take(lines.len());
                of.map(|(n, line)| line_row(n, line, text, &marked, moment)).collect()
            }
            Err(_) => Vec::new(),
        };
        FunctionRows {
            locals: locals(&title, moment.frames),
            title,
            body: part.body,
            address: memory.start(BodyId::Code(part.body)),
            activations: moment.marks.activations(part.body),
            first: lines.start,
            lines: rows,
        }
    }
}

/// Whether a body is shown by itself: a function, and a block that no cell refers to.
fn stands_alone(memory: &Memory, body: Body, code: &CodeBody) -> bool {
    match code.kind {
        BodyKind::Function(_) | BodyKind::Former(_) => true,
        BodyKind::Block(_) => memory.reference(body).is_none(),
    }
}

impl FunctionPart {
    fn new(image: &Image, body: Body, effects: &StackEffects) -> FunctionPart {
        let memory = image.machine.memory();
        let comments = comments(image, body).collect();
        let code: Vec<_> = shared(memory, body).cloned().collect();
        let cells: usize = code.iter().map(|code| code.used().len()).sum();
        if cells > CELLS {
            let (callees, addresses) = (Vec::new(), Vec::new());
            return FunctionPart { body, text: Err(cells), code, comments, callees, addresses };
        }
        let (mut callees, mut addresses) = (Vec::new(), Vec::new());
        for cell in code.iter().flat_map(|code| code.used()) {
            match cell.content() {
                Content::Call(callee) => callees.push(memory.function_name(callee).into()),
                Content::Hole(name) => callees.push(memory.name(name).into()),
                Content::Address(to) => addresses.push(BodyId::Code(to)),
                Content::Data(slot) => addresses.push(BodyId::Data(memory.data_in(slot).id)),
                Content::Integer(_)
                | Content::Text(_)
                | Content::BlockValue(..)
                | Content::FunctionHole(_)
                | Content::Primitive(_)
                | Content::Pick(_)
                | Content::GetGlobal(_)
                | Content::Assign(_)
                | Content::SetGlobal(_)
                | Content::Label(_)
                | Content::Breakpoint
                | Content::Unassigned => {}
            }
        }
        callees.sort_unstable();
        callees.dedup();
        let effect = |name: Box<str>| {
            let effect = effects.of_function(&name);
            (name, effect)
        };
        FunctionPart {
            body,
            text: Ok(print::function(image, body, effects)),
            code,
            comments,
            callees: callees.into_iter().map(effect).collect(),
            addresses: addresses.into_iter().map(|to| (to, memory.start(to))).collect(),
        }
    }

    /// How many lines it has; a function that is not shown as text has one that says so.
    pub fn lines(&self) -> usize {
        self.text.as_ref().map_or(1, |text| text.lines.len())
    }

    /// Whether its text is still what its code is printed as.
    fn is_right(&self, image: &Image, effects: &StackEffects) -> bool {
        let memory = image.machine.memory();
        let mut now = shared(memory, self.body);
        let same =
            self.code.iter().all(|old| now.next().is_some_and(|code| Arc::ptr_eq(old, code)));
        same && now.next().is_none()
            && comments(image, self.body).eq(self.comments.iter().cloned())
            && self.callees.iter().all(|(name, effect)| effects.of_function(name) == *effect)
            && self.addresses.iter().all(|&(to, start)| memory.start(to) == start)
    }
}

/// The code that the text of a body follows from: all of its function.
fn shared(memory: &Memory, body: Body) -> impl Iterator<Item = &Arc<CodeBody>> {
    let function = memory.owner(body);
    let bodies = [function].into_iter().chain(memory.blocks_of(function));
    bodies.filter_map(|body| memory.shared_code(body))
}

/// The comments of a function, of whose text a body is a part.
fn comments(image: &Image, body: Body) -> impl Iterator<Item = (CommentPlace, Arc<str>)> {
    let memory = image.machine.memory();
    let function = memory.owner(body);
    let blocks = if image.comments.is_empty() { None } else { Some(memory.blocks_of(function)) };
    let bodies = std::iter::once(function).chain(blocks.into_iter().flatten());
    bodies.flat_map(|body| {
        let own = image.comments.of_body(body);
        own.map(move |(at, text)| (CommentPlace { body, at }, Arc::clone(text)))
    })
}

/// The locals of the innermost frame of a function, as far as they have values.
fn locals(title: &str, frames: &[FrameRow]) -> String {
    let frame = frames.iter().find(|frame| frame.is_frame && frame.title == title);
    let locals = frame.into_iter().flat_map(|frame| &frame.locals);
    let words = locals.filter_map(|local| {
        let value = local.value.as_ref()?;
        Some(format!("{} = {}", local.name, value.label))
    });
    words.collect::<Vec<_>>().join(", ")
}

/// What is marked in a function.
struct Marked {
    /// The counter, if it is in the function, and where that is in the text.
    counter: Option<(Place, Spot)>,
    /// The cells that the last gesture changed.
    changed: Vec<(Body, Range<u32>)>,
}

impl Marked {
    fn new(text: &FunctionText, moment: &Moment<'_>) -> Marked {
        let counter = moment.machine.task().counter();
        let changed = text.bodies.iter().map(|&body| (body, (moment.changed)(body)));
        Marked {
            counter: text.spot(counter).map(|spot| (counter, spot)),
            changed: changed.filter(|(_, cells)| !cells.is_empty()).collect(),
        }
    }

    fn is_changed(&self, place: Place) -> bool {
        let holds = |(body, cells): &(Body, Range<u32>)| {
            *body == place.body && cells.contains(&place.offset.0)
        };
        self.changed.iter().any(holds)
    }
}

fn line_row(
    number: usize,
    line: &Line,
    text: &FunctionText,
    marked: &Marked,
    moment: &Moment<'_>,
) -> LineRow {
    let here = marked.counter.filter(|(_, spot)| spot.line == number);
    let row = |(n, token): (usize, &Token)| {
        let place = token.place;
        let returns = place.map(|place| moment.marks.returns(place.next()));
        let (returns, more_returns) = returns.unwrap_or_default();
        let is_done = |counter: Place| {
            place.is_some_and(|at| at.body == counter.body && at.offset < counter.offset)
        };
        TokenRow {
            text: text.label(token).into_owned(),
            kind: token.kind,
            at: place.map(At::from),
            done: here.is_some_and(|(counter, _)| is_done(counter)),
            counter: here.is_some_and(|(_, spot)| spot.token == n),
            returns: returns.to_vec(),
            more_returns,
            breakpoint: place.is_some_and(|place| moment.marks.is_breakpoint(place)),
            changed: place.is_some_and(|place| marked.is_changed(place)),
        }
    };
    LineRow {
        number: line.number,
        indent: line.indent,
        tokens: line.tokens.iter().enumerate().map(row).collect(),
        known: if here.is_some() { moment.known.to_vec() } else { Vec::new() },
        leaves_flag: line.leaves_flag,
    }
}

impl FunctionRows {
    /// `at 100 · 2 activations · i = 3`, with commas.
    pub fn note(&self) -> String {
        let locals =
            if self.locals.is_empty() { String::new() } else { format!(", {}", self.locals) };
        format!("at {}{}{locals}", self.address, self.activations.activations())
    }
}

impl LineRow {
    /// Its text, without blanks before it.
    pub fn text(&self) -> String {
        self.tokens.iter().map(|token| token.text.as_str()).collect()
    }

    /// The cell that is executed first when the line is.
    pub fn first_cell(&self) -> Option<At> {
        let cells = || self.tokens.iter().filter_map(|token| Some((token, token.at?)));
        // `else` and the first half of `elif` push their block before the branch.
        let pushes = |token: &TokenRow| matches!(token.text.as_str(), "else" | "el");
        let body = cells().find(|(token, _)| !pushes(token)).or_else(|| cells().next())?.1.body;
        cells().map(|(_, at)| at).filter(|at| at.body == body).min()
    }

    /// What it is called: `line 4 of fib`.
    pub fn name(&self, title: &str) -> String {
        match self.number {
            Some(number) => format!("line {number} of {title}"),
            None => format!("open end of {title}"),
        }
    }

    /// What a screen reader says: "line 4 of fib, counter at fib, stack 1 2: return(fib(i - 2))".
    pub fn description(&self, title: &str, stack: &StackRows) -> String {
        let mut words = self.name(title);
        if let Some(token) = self.tokens.iter().find(|token| token.counter) {
            let values: Vec<&str> =
                stack.values.iter().take(SPOKEN).rev().map(|value| value.label.as_str()).collect();
            let values = if values.is_empty() { "empty".to_owned() } else { values.join(" ") };
            words += &format!(", counter at {}, stack {values}", token.name());
        }
        for known in &self.known {
            words += &format!(", {} = {}", known.text, known.value);
        }
        if self.leaves_flag {
            words += ", flag of repeat_if";
        }
        format!("{words}: {}", self.text())
    }
}

impl TokenRow {
    /// What it is called.
    pub fn name(&self) -> &str {
        match self.kind {
            TokenKind::Open => "open end",
            TokenKind::Cell(CellKind::Empty) => "empty cell",
            TokenKind::Cell(_) if self.text.is_empty() => "end",
            TokenKind::Cell(_) if self.text.trim().is_empty() => "condition",
            TokenKind::Cell(_)
            | TokenKind::Name
            | TokenKind::Plain
            | TokenKind::Stack
            | TokenKind::Comment => self.text.trim(),
        }
    }

    /// What a screen reader says and tests look for: "fib in line 4 of fib, program counter here".
    pub fn description(&self, line: &str) -> String {
        let mut words = format!("{} in {line}", self.name());
        if self.kind == TokenKind::Cell(CellKind::Hole) {
            words += ", not yet implemented";
        }
        if self.counter {
            words += ", program counter here";
        }
        for frame in &self.returns {
            words += &format!(", frame {frame} returns here");
        }
        if self.more_returns != Tally::exact(0) {
            words += &format!(", {} more frames return here", self.more_returns);
        }
        if self.breakpoint {
            words += ", breakpoint";
        }
        if self.changed {
            words += ", changed";
        }
        words
    }
}
