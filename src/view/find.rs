//! Searching what is there now: code with its names and comments, values, output, and everything that
//! differs from an earlier state.
//!
//! A memory may have a million cells. So a [`Scan`] goes on for as many cells at a time as its caller wants,
//! and its hits can be shown meanwhile. A scan is of one state: when that changes, begin another.

mod lines;
mod query;
#[cfg(test)]
mod tests;

use std::collections::{BTreeSet, HashSet};
use std::ops::Range;
use std::rc::Rc;

use self::query::Query;
use super::arrangement::{Arrangement, Placed};
use super::difference::{changed_code, is_same, shares_code};
use super::memory::{self, At, COUNTED_FRAMES, Marks, frame_number};
use super::source::SourcePage;
use super::stacks;
use crate::program::comment::{CommentAt, CommentPlace};
use crate::program::diagnostic::grouped;
use crate::program::image::Image;
use crate::vm::cell::Cell;
use crate::vm::index::{Body, BodyId, DataId, FrameId, Offset};
use crate::vm::machine::Machine;
use crate::vm::memory::Place;
use crate::vm::spelling::clip;

/// The most hits that are kept; nobody goes through more.
pub const MOST: usize = 100_000;
/// How many bytes of output are searched in the time of a cell.
const BYTES: u64 = 64;
/// The most characters of a line of output that are quoted.
const QUOTED: usize = 60;

/// Where to search.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Area {
    /// Cells of code, in both notations; names of functions; comments.
    #[default]
    Code,
    /// The parameter stack, locals, globals and data.
    Values,
    /// What the program printed.
    Output,
    /// Cells and values that differ from an earlier state.
    Changed,
}

impl Area {
    /// All areas, in the order in which they are offered.
    pub const ALL: [Area; 4] = [Area::Code, Area::Values, Area::Output, Area::Changed];

    /// Its name.
    pub fn title(self) -> &'static str {
        match self {
            Area::Code => "Code",
            Area::Values => "Values",
            Area::Output => "Output",
            Area::Changed => "Changed",
        }
    }

    /// What is searched, in a sentence.
    pub fn help(self) -> &'static str {
        match self {
            Area::Code => "Searches cells in both notations, names of functions, and comments.",
            Area::Values => "Searches the parameter stack, locals, globals and data.",
            Area::Output => "Searches what the program printed.",
            Area::Changed => "Lists what differs from the marked position.",
        }
    }

    fn stages(self) -> &'static [Stage] {
        match self {
            Area::Code => &[Stage::Code],
            Area::Values => &[Stage::Stack, Stage::Locals, Stage::Globals, Stage::Data],
            Area::Output => &[Stage::Output],
            Area::Changed => {
                &[Stage::Code, Stage::Stack, Stage::Locals, Stage::Globals, Stage::Data]
            }
        }
    }
}

/// A place that was found.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Hit {
    /// A cell of code or data.
    Cell(At),
    /// A value of the parameter stack, counted from the top.
    Stack(usize),
    /// A local of a frame.
    Local(FrameId, String),
    /// A global.
    Global(String),
    /// These bytes of the output.
    Output(Range<usize>),
}

/// A part of a scan.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Stage {
    Code,
    Stack,
    Locals,
    Globals,
    Data,
    Output,
}

/// The program as text, and what was found in it.
#[derive(Clone, Debug, Default)]
struct Shown {
    page: Rc<SourcePage>,
    /// The functions that were searched, by their number on the page.
    searched: HashSet<usize>,
    /// The cells that were found.
    places: BTreeSet<Place>,
}

/// A search of one state, in progress or finished.
#[derive(Clone, Debug)]
pub struct Scan {
    area: Area,
    query: Query,
    bodies: Vec<BodyId>,
    shown: Shown,
    /// Where it is: the number of the stage, of the body in it, and of the cell in that.
    stage: usize,
    body: usize,
    cell: usize,
    hits: Vec<Hit>,
}

/// The state that is searched, and the earlier one to compare it with.
#[derive(Clone, Copy)]
struct State<'i> {
    image: &'i Image,
    was: Option<&'i Machine>,
}

impl<'i> State<'i> {
    fn machine(self) -> &'i Machine {
        &self.image.machine
    }
}

impl Scan {
    /// A search of the image for a text. In [`Area::Changed`], an empty text finds everything.
    pub fn new(image: &Image, area: Area, text: &str) -> Scan {
        let query = Query::new(text);
        let idle = query.is_empty() && area != Area::Changed;
        let by_address = image.machine.memory().by_address().into_iter();
        let bodies = by_address.map(|(_, body)| body).collect();
        let stage = if idle { area.stages().len() } else { 0 };
        let shown = Shown::default();
        Scan { area, query, bodies, shown, stage, body: 0, cell: 0, hits: Vec::new() }
    }

    /// Goes through the bodies as they are arranged, and through the lines of this page of the image.
    #[must_use]
    pub fn as_shown(mut self, arrangement: &Arrangement, page: Rc<SourcePage>) -> Scan {
        let inside = |placed: &Placed| {
            let inline = placed.inline.iter().map(|inline| inline.extent.body);
            std::iter::once(placed.extent.body).chain(inline).collect::<Vec<BodyId>>()
        };
        self.bodies = arrangement.placed().iter().flat_map(inside).collect();
        self.shown = Shown { page, ..Shown::default() };
        self
    }

    /// What was found so far.
    pub fn hits(&self) -> &[Hit] {
        &self.hits
    }

    /// Whether it has found all it looks for.
    pub fn is_over(&self) -> bool {
        self.stage >= self.area.stages().len() || self.hits.len() >= MOST
    }

    /// Goes on for about this many cells; returns whether there are more. The image, and the state that it
    /// is compared with in [`Area::Changed`], are the same in each call.
    pub fn advance(&mut self, image: &Image, was: Option<&Machine>, cells: u64) -> bool {
        if self.area == Area::Changed && was.is_none() {
            self.stage = self.area.stages().len();
        }
        let state = State { image, was: was.filter(|_| self.area == Area::Changed) };
        let mut left = cells.max(1);
        while left > 0 && !self.is_over() {
            let room = usize::try_from(left).unwrap_or(usize::MAX);
            let (done, ended) = match self.area.stages()[self.stage] {
                Stage::Code => self.code(state, room),
                Stage::Stack => self.stack(state, room),
                Stage::Locals => self.locals(state, room),
                Stage::Globals => self.globals(state, room),
                Stage::Data => self.data(state, room),
                Stage::Output => self.output(state, left),
            };
            if ended {
                (self.stage, self.body, self.cell) = (self.stage + 1, 0, 0);
            }
            left = left.saturating_sub(done.max(1) as u64);
        }
        !self.is_over()
    }

    /// Part of the next code body.
    fn code(&mut self, state: State<'_>, room: usize) -> (usize, bool) {
        let Some(&next) = self.bodies.get(self.body) else { return (0, true) };
        let BodyId::Code(body) = next else {
            self.body += 1;
            return (1, false);
        };
        let used = state.machine().memory().code(body).map_or(0, |code| code.used().len());
        let done = match state.was {
            Some(was) => {
                self.changes(state, was, body);
                used
            }
            None => {
                let end = self.cell.saturating_add(room).min(used);
                let done = end - self.cell;
                self.cells(state, body, end);
                self.cell = end;
                done
            }
        };
        if state.was.is_some() || self.cell == used {
            (self.body, self.cell) = (self.body + 1, 0);
        }
        (done, false)
    }

    /// The cells of a code body up to `end`, its name, and its comments.
    fn cells(&mut self, state: State<'_>, body: Body, end: usize) {
        let (machine, comments) = (state.machine(), &state.image.comments);
        let code = machine.memory().code(body).expect("whatever has an address is there");
        let is_function = machine.memory().owner(body) == body;
        let named = is_function && self.query.is_in(machine.memory().function_name(body));
        self.lines(machine, body);
        let commented = |at| {
            let text = comments.at(CommentPlace { body, at });
            text.is_some_and(|text| self.query.is_in(text))
        };
        let mut about: Vec<usize> = Vec::new();
        if !comments.is_empty() {
            let before = |cell: &usize| commented(CommentAt::Before(Offset::from_index(*cell)));
            about.extend((self.cell..end).filter(before));
            let ends = end == code.used().len() && commented(CommentAt::End);
            about.extend(ends.then(|| end.saturating_sub(1)));
        }
        let mut about = about.into_iter().peekable();
        for cell in self.cell..end {
            let mut hits = named && cell == 0;
            while about.next_if_eq(&cell).is_some() {
                hits = true;
            }
            hits |= self.shown.places.contains(&Place::new(body, Offset::from_index(cell)));
            let cells = &code.used()[cell..];
            if hits || self.query.says(machine, cells[0]) || self.query.begins_in(machine, cells) {
                self.hits.push(Hit::Cell(At { body: BodyId::Code(body), offset: cell as u32 }));
            }
        }
        let empty = code.used().is_empty() && (named || about.next().is_some());
        if empty {
            self.hits.push(Hit::Cell(At { body: BodyId::Code(body), offset: 0 }));
        }
    }

    /// Searches the lines of the function that shows a body, if that was not done.
    fn lines(&mut self, machine: &Machine, body: Body) {
        let at = At { body: BodyId::Code(body), offset: 0 };
        let Some((index, _)) = self.shown.page.find(machine.memory(), at) else { return };
        if self.shown.searched.insert(index)
            && let Ok(text) = &self.shown.page.functions()[index].text
        {
            self.shown.places.extend(lines::places(text, &self.query));
        }
    }

    /// The cells of a code body that differ. Of a new body, the first stands for all.
    fn changes(&mut self, state: State<'_>, was: &Machine, body: Body) {
        let machine = state.machine();
        if shares_code(was, machine, body) {
            return;
        }
        let Some(range) = changed_code(was, machine, body, None) else { return };
        let is_new = was.memory().code(body).is_none();
        let last = range.end.max(range.start + 1);
        let last = if is_new { range.start + 1 } else { last };
        for offset in range.start..last {
            let cell = machine.memory().cell(Place::new(body, offset));
            if self.query.says(machine, cell) {
                self.hits.push(Hit::Cell(At { body: BodyId::Code(body), offset }));
            }
        }
    }

    /// Whether a value is looked for; `before` is the value that the earlier state has in its place.
    fn wants(
        &mut self,
        state: State<'_>,
        cell: Cell,
        before: impl Fn(&Machine) -> Option<Cell>,
    ) -> bool {
        let machine = state.machine();
        let differs = state.was.is_none_or(|was| !is_same(was, before(was), machine, cell));
        differs && self.query.says(machine, cell)
    }

    fn stack(&mut self, state: State<'_>, room: usize) -> (usize, bool) {
        let values = state.machine().task().parameters();
        let end = self.cell.saturating_add(room).min(values.len());
        for from_top in self.cell..end {
            // Values are compared from the bottom, so that a push changes only the new one.
            let index = values.len() - 1 - from_top;
            let before = |was: &Machine| was.task().parameters().get(index).copied();
            if self.wants(state, values[index], before) {
                self.hits.push(Hit::Stack(from_top));
            }
        }
        let done = end - self.cell;
        self.cell = end;
        (done, end == values.len())
    }

    fn locals(&mut self, state: State<'_>, room: usize) -> (usize, bool) {
        let machine = state.machine();
        let memory = machine.memory();
        let entries = machine.task().calls().activations().take(COUNTED_FRAMES);
        let mut done = 0;
        for entry in entries.skip(self.cell).take(room) {
            done += 1;
            let code = memory.code(entry.body).filter(|_| entry.is_frame);
            let names = code.map_or(&[][..], |code| code.locals());
            for (slot, (&name, &cell)) in names.iter().zip(entry.locals).enumerate() {
                let before = |was: &Machine| {
                    let there = was.task().calls().activation_of(entry.id)?;
                    let is_it = there.body == entry.body && there.is_frame;
                    there.locals.get(slot).copied().filter(|cell| is_it && cell.is_value())
                };
                if cell.is_value() && self.wants(state, cell, before) {
                    self.hits.push(Hit::Local(entry.id, memory.name(name).to_owned()));
                }
            }
        }
        self.cell += done;
        (done, done < room)
    }

    fn globals(&mut self, state: State<'_>, room: usize) -> (usize, bool) {
        let mut done = 0;
        for (name, cell) in state.machine().globals().iter().skip(self.cell).take(room) {
            done += 1;
            if self.wants(state, cell, |was| was.globals().get(name)) {
                self.hits.push(Hit::Global(name.to_owned()));
            }
        }
        self.cell += done;
        (done, done < room)
    }

    fn data(&mut self, state: State<'_>, room: usize) -> (usize, bool) {
        let Some(&next) = self.bodies.get(self.body) else { return (0, true) };
        let BodyId::Data(id) = next else {
            self.body += 1;
            return (1, false);
        };
        let data = state.machine().memory().data(id).expect("whatever has an address is there");
        let end = self.cell.saturating_add(room).min(data.size());
        for index in self.cell..end {
            let cell = data.get(index).expect("the index is in the data");
            if self.wants(state, cell, |was| value_in(was, id, index)) {
                self.hits.push(Hit::Cell(At { body: next, offset: index as u32 }));
            }
        }
        let done = end - self.cell;
        self.cell = end;
        if end == data.size() {
            (self.body, self.cell) = (self.body + 1, 0);
        }
        (done, false)
    }

    fn output(&mut self, state: State<'_>, room: u64) -> (usize, bool) {
        let output = state.machine().output();
        let bytes = usize::try_from(room.saturating_mul(BYTES)).unwrap_or(usize::MAX);
        let length = self.query.len();
        // A hit may begin in this part and end after it.
        let end = self.cell.saturating_add(bytes).min(output.len());
        let last = output.ceil_char_boundary(end.saturating_add(length).min(output.len()));
        while let Some(at) = self.query.find(&output[..last], self.cell) {
            self.hits.push(Hit::Output(at..at + length));
            self.cell = at + length;
        }
        let from = self.cell;
        self.cell = from.max(output.ceil_char_boundary(end));
        (bytes / BYTES as usize, end == output.len())
    }
}

fn value_in(machine: &Machine, data: DataId, index: usize) -> Option<Cell> {
    machine.memory().data(data)?.get(index)
}

/// A hit in words: `104 in fib: call: fib`, `local i of frame 2: 3`.
pub fn words(machine: &Machine, hit: &Hit) -> String {
    let value = |cell: Option<Cell>| {
        cell.map_or_else(String::new, |cell| stacks::value(machine, cell).label.to_string())
    };
    match hit {
        Hit::Cell(at) => {
            let row = memory::cell(machine, &Marks::default(), *at);
            let title = match at.body {
                BodyId::Code(body) => machine.memory().title(body),
                BodyId::Data(number) => format!("data {number}"),
            };
            format!("{} in {title}: {}", row.address, row.label)
        }
        Hit::Stack(from_top) => {
            let cell = machine.task().parameters().iter().rev().nth(*from_top).copied();
            let which = if *from_top == 0 { "top".to_owned() } else { from_top.to_string() };
            format!("stack {which}: {}", value(cell))
        }
        Hit::Local(frame, name) => {
            let cell = local(machine, *frame, name);
            format!("local {name} of frame {}: {}", frame_number(*frame), value(cell))
        }
        Hit::Global(name) => format!("global {name}: {}", value(machine.globals().get(name))),
        Hit::Output(bytes) => {
            let output = machine.output();
            let before = &output[..bytes.start];
            let line = before.rfind('\n').map_or(0, |at| at + 1);
            let number = before.matches('\n').count() + 1;
            let line = output[line..].lines().next().unwrap_or_default();
            format!("output line {}: {}", grouped(number), clip(line, QUOTED))
        }
    }
}

fn local(machine: &Machine, frame: FrameId, name: &str) -> Option<Cell> {
    let entry = machine.task().calls().activation_of(frame)?;
    let memory = machine.memory();
    let mut names = memory.code(entry.body)?.locals().iter();
    let slot = names.position(|&local| memory.name(local) == name)?;
    entry.locals.get(slot).copied().filter(|cell| cell.is_value())
}
