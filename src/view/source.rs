//! Rows of the program as text in the source notation: functions, and the lines in sight.
//!
//! A window shows sixty lines of a program that may have a million cells. So the text of each function is
//! kept as long as everything that it follows from is the same (its bodies are shared with the machine, so
//! that is a comparison of pointers), and a frame makes rows of the lines in sight only: what the text says,
//! and where the machine is in it.

mod data;
mod page;
mod part;
mod print;
mod row;
mod text;
mod values;

use std::ops::Range;

pub use data::{DataLines, IN_LINE};
pub use page::SourcePage;
pub use part::{CELLS, FunctionPart};
pub use row::{FunctionRows, LineRow, TokenRow};
pub use text::{FunctionText, Line, Spot, Token, TokenKind};
pub use values::{Known, known, taken};

use super::memory::{At, Marks, Ran};
use super::others::Others;
use super::stacks::FrameRow;
use crate::vm::index::{Body, BodyId};
use crate::vm::machine::Machine;
use crate::vm::memory::Place;

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
    /// How often a cell has run, if that is shown.
    pub ran: &'a dyn Fn(Place) -> Option<Ran>,
}

impl SourcePage {
    /// A part with some of its lines: a function, or the data after all functions.
    pub fn rows(&self, index: usize, lines: Range<usize>, moment: &Moment<'_>) -> FunctionRows {
        match self.functions().get(index) {
            Some(part) => function_rows(part, lines, moment),
            None => data_rows(self.data(), lines, moment.machine),
        }
    }
}

fn function_rows(part: &FunctionPart, lines: Range<usize>, moment: &Moment<'_>) -> FunctionRows {
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
    let address = memory.start(BodyId::Code(part.body));
    let activations = moment.marks.activations(part.body).activations();
    let locals = match locals(&title, moment.frames) {
        locals if locals.is_empty() => locals,
        locals => format!(", {locals}"),
    };
    FunctionRows {
        title,
        body: Some(part.body),
        note: format!("at {address}{activations}{locals}"),
        first: lines.start,
        lines: rows,
    }
}

fn data_rows(data: &DataLines, lines: Range<usize>, machine: &Machine) -> FunctionRows {
    let lines = lines.start..lines.end.min(data.lines());
    FunctionRows {
        title: "data".to_owned(),
        body: None,
        note: "changed among the cells".to_owned(),
        first: lines.start,
        lines: lines.map(|line| data.row(machine, line)).collect(),
    }
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
    /// The other tasks that stand in it, and where that is.
    others: Vec<(Spot, Others)>,
    /// The cells that the last gesture changed.
    changed: Vec<(Body, Range<u32>)>,
}

impl Marked {
    fn new(text: &FunctionText, moment: &Moment<'_>) -> Marked {
        let counter = moment.machine.task().counter();
        let changed = text.bodies.iter().map(|&body| (body, (moment.changed)(body)));
        Marked {
            counter: text.spot(counter).map(|spot| (counter, spot)),
            others: moment
                .marks
                .others()
                .within(&text.bodies)
                .filter_map(|(place, others)| Some((text.spot(place)?, others.clone())))
                .collect(),
            changed: changed.filter(|(_, cells)| !cells.is_empty()).collect(),
        }
    }

    fn others_at(&self, line: usize, token: usize) -> Others {
        let here = self.others.iter().find(|(spot, _)| (spot.line, spot.token) == (line, token));
        here.map_or_else(Others::default, |(_, others)| others.clone())
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
            others: marked.others_at(number, n),
            returns: returns.to_vec(),
            more_returns,
            breakpoint: place.and_then(|place| moment.marks.breakpoint(place)).cloned(),
            changed: place.is_some_and(|place| marked.is_changed(place)),
            ran: place.and_then(moment.ran),
        }
    };
    LineRow {
        number: line.number,
        data: String::new(),
        indent: line.indent,
        tokens: line.tokens.iter().enumerate().map(row).collect(),
        known: if here.is_some() { moment.known.to_vec() } else { Vec::new() },
        leaves_flag: line.leaves_flag,
    }
}
