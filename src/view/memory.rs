//! Rows of the memory: bodies, and the cells in sight.
//!
//! A memory may have a million cells in ten thousand bodies while a window shows two hundred cells. So
//! there are two steps: a [`BodyExtent`] for every body, a few numbers that say how much room it takes,
//! and a [`BodyRow`] with [`CellRow`]s for the part in sight.

use std::collections::HashMap;
use std::fmt;
use std::ops::Range;

use super::breakpoints::Mark;
use super::others::{OtherTasks, Others};
use super::title::body_title;
use crate::program::breakpoint::Breakpoints;
use crate::program::cell_text::{Label, Source};
use crate::program::diagnostic::grouped;
use crate::program::notation::Notation;
use crate::program::scope::Scope;
use crate::vm::cell::{Cell, Content};
use crate::vm::index::{Body, BodyId, FrameId};
use crate::vm::instruction::Group;
use crate::vm::machine::Machine;
use crate::vm::memory::{BodyKind, MAIN, Place};

/// A cell of any body. Unlike a flat address, it stays valid when the body moves.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct At {
    /// The body.
    pub body: BodyId,
    /// The cell in it, counted from 0.
    pub offset: u32,
}

/// How much room a body takes: enough to lay out a memory of ten thousand bodies in each frame.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct BodyExtent {
    /// The body.
    pub body: BodyId,
    /// Its first address.
    pub start: u64,
    /// Its room, in cells.
    pub size: u32,
    /// How many cells there are up to the last one that is not empty; for data, all.
    pub used: u32,
}

/// A body with some of its cells.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct BodyRow {
    /// How much room it takes.
    pub extent: BodyExtent,
    /// `fib`, `if block of fib`, `fib (replaced)`, `data of list`.
    pub title: String,
    /// For a block: the cell that refers to it, if there is one.
    pub owner: Option<At>,
    /// How many live activations are in it.
    pub activations: Tally,
    /// The offset of the first of `cells`.
    pub first: u32,
    /// The requested cells.
    pub cells: Vec<CellRow>,
}

/// The kind of content that decides how a cell looks: each kind has a colour and a form.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum CellKind {
    /// Nothing is written here: the machine waits here.
    Empty,
    /// An integer.
    Integer,
    /// A text.
    Text,
    /// The address of a block.
    Block,
    /// The address of a function or of data.
    Address,
    /// Pushes a local.
    Pick,
    /// Pops into a local.
    Assign,
    /// Calls a function.
    Call,
    /// A name that no function has yet.
    Hole,
    /// An instruction that moves the program counter.
    Control,
    /// Any other instruction.
    Primitive,
    /// A label.
    Label,
}

/// One cell.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct CellRow {
    /// Which cell.
    pub at: At,
    /// Its address now.
    pub address: u64,
    /// Its exact text.
    pub source: Source,
    /// What is drawn in it; empty for an empty cell.
    pub label: Label,
    /// Its kind.
    pub kind: CellKind,
    /// The body that it calls or whose address it holds.
    pub target: Option<BodyId>,
    /// Whether the program counter is here: that of the task that is looked at.
    pub counter: bool,
    /// The other tasks that stand here.
    pub others: Others,
    /// The frames that continue here, by the number the call stack shows, innermost first; at most
    /// [`NAMED_RETURNS`] of them.
    pub returns: Vec<u32>,
    /// How many others continue here.
    pub more_returns: Tally,
    /// The breakpoint that the person set here.
    pub breakpoint: Option<Mark>,
    /// Whether the last gesture changed it.
    pub changed: bool,
    /// How often it has run, if that is shown.
    pub ran: Option<Ran>,
}

/// How often a cell has run.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Ran {
    /// The cell.
    pub times: u64,
    /// The cell that ran most often.
    pub most: u64,
    /// Whether it may have run more often.
    pub at_least: bool,
}

impl Ran {
    /// From 0 for a cell that never ran to 1 for the one that ran most often, by the logarithm.
    pub fn part(self) -> f32 {
        let log = |times: u64| (times as f64).ln_1p();
        if self.most == 0 { 0.0 } else { (log(self.times) / log(self.most)) as f32 }
    }

    /// In words.
    pub fn words(self) -> String {
        match self.times {
            0 if self.at_least => "still being counted".to_owned(),
            times if self.at_least => format!("ran {} times or more", grouped(times)),
            0 => "never ran".to_owned(),
            1 => "ran once".to_owned(),
            times => format!("ran {} times", grouped(times)),
        }
    }
}

impl From<Place> for At {
    fn from(place: Place) -> At {
        At { body: BodyId::Code(place.body), offset: place.offset.0 }
    }
}

impl At {
    /// The place, if it is in code.
    pub fn place(self) -> Option<Place> {
        match self.body {
            BodyId::Code(body) => Some(Place::new(body, self.offset)),
            BodyId::Data(_) => None,
        }
    }

    /// Its flat address now.
    pub fn address(self, machine: &Machine) -> u64 {
        machine.memory().start(self.body) + u64::from(self.offset)
    }
}

/// All bodies, by address.
pub fn extents(machine: &Machine) -> Vec<BodyExtent> {
    let memory = machine.memory();
    let extent = |(start, body)| {
        let lies = "whatever has an address is there";
        let (size, used) = match body {
            BodyId::Code(number) => {
                let code = memory.code(number).expect(lies);
                (code.size, code.used().len())
            }
            BodyId::Data(number) => {
                let size = memory.data(number).expect(lies).size();
                (size as u32, size)
            }
        };
        BodyExtent { body, start, size, used: used as u32 }
    };
    memory.by_address().into_iter().map(extent).collect()
}

/// What is marked in the memory: the counter, the places that frames return to, and so on. Collected once
/// for each frame of the window, so that each cell only needs a look-up.
#[derive(Clone, Debug, Default)]
pub struct Marks {
    counter: Option<Place>,
    returns: HashMap<Place, (Vec<u32>, usize)>,
    activations: HashMap<Body, usize>,
    /// The last place in each body to which a frame returns.
    last_returns: HashMap<Body, Place>,
    /// Whether the call stack has more entries than were counted.
    are_more: bool,
    breakpoints: HashMap<Place, Mark>,
    others: OtherTasks,
}

/// The most entries of the call stack that are counted, which is also the limit of a new machine. A stack
/// of ten million entries must not slow the window down.
pub const COUNTED_FRAMES: usize = 100_000;

/// The most frames that are named at a cell to which they return. Nobody reads more.
pub const NAMED_RETURNS: usize = 1000;

/// A number that is known exactly, or only at least.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Tally {
    /// How many were counted.
    pub counted: usize,
    /// Whether there may be others.
    pub at_least: bool,
}

/// `1,502`, or `100,000+`.
impl fmt::Display for Tally {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(&grouped(self.counted))?;
        formatter.write_str(if self.at_least { "+" } else { "" })
    }
}

impl Tally {
    /// A number that is known exactly.
    pub fn exact(counted: usize) -> Tally {
        Tally { counted, at_least: false }
    }

    /// `, 2 activations`; nothing if none were counted.
    pub fn activations(self) -> String {
        match self {
            Tally { counted: 0, .. } => String::new(),
            Tally { counted: 1, at_least: false } => ", 1 activation".to_owned(),
            Tally { .. } => format!(", {self} activations"),
        }
    }
}

/// The number that a person sees for an activation: 1 for the bottom.
pub fn frame_number(id: FrameId) -> u32 {
    id.0 + 1
}

impl Marks {
    /// The marks of a machine, with the breakpoints that the person set.
    pub fn new(machine: &Machine, breakpoints: &Breakpoints) -> Marks {
        let calls = machine.task().calls();
        let mut marks = Marks {
            counter: Some(machine.task().counter()),
            breakpoints: breakpoints
                .iter()
                .map(|(at, breakpoint)| (at, Mark::of(breakpoint)))
                .collect(),
            others: OtherTasks::new(machine),
            ..Marks::default()
        };
        let mut above = None;
        for entry in calls.activations().take(COUNTED_FRAMES) {
            // It continues where the entry above it returns to.
            if let Some(place) = std::mem::replace(&mut above, entry.returns_to) {
                let last = marks.last_returns.entry(place.body).or_insert(place);
                *last = place.max(*last);
                let (named, more) = marks.returns.entry(place).or_default();
                match named.len() < NAMED_RETURNS {
                    true => named.push(frame_number(entry.id)),
                    false => *more += 1,
                }
            }
        }
        marks.count_activations(machine);
        marks
    }

    /// Counts the activations of all tasks, first those of the one that is looked at.
    fn count_activations(&mut self, machine: &Machine) {
        let seen = machine.task();
        let others = machine.tasks().filter(|task| task.number() != seen.number());
        let mut left = COUNTED_FRAMES;
        for task in std::iter::once(seen).chain(others) {
            self.are_more |= task.calls().depth() as usize > left;
            let mut is_copy = false;
            for entry in task.calls().activations().take(left) {
                left -= 1;
                // A frame that is only a copy is no activation of its function.
                if !std::mem::replace(&mut is_copy, entry.returns_to.is_none()) {
                    *self.activations.entry(entry.body).or_default() += 1;
                }
            }
            if left == 0 {
                break;
            }
        }
        // The bottom is in `main`, however many entries are above it.
        self.activations.entry(MAIN).or_insert(1);
    }

    /// The other tasks, and where they stand.
    pub fn others(&self) -> &OtherTasks {
        &self.others
    }

    fn tally(&self, counted: usize) -> Tally {
        Tally { counted, at_least: self.are_more && counted > 0 }
    }

    /// How many live activations are in a body.
    pub fn activations(&self, body: Body) -> Tally {
        self.tally(self.activations.get(&body).copied().unwrap_or(0))
    }

    /// The frames that continue at a place: the numbers of the innermost ones, and how many others.
    pub fn returns(&self, place: Place) -> (&[u32], Tally) {
        let (named, more) = self.returns.get(&place).map_or((&[][..], 0), |(n, m)| (&n[..], *m));
        (named, Tally { counted: more, at_least: self.are_more && !named.is_empty() })
    }

    /// The breakpoint that the person set at a place.
    pub fn breakpoint(&self, place: Place) -> Option<&Mark> {
        self.breakpoints.get(&place)
    }

    /// The last place in a body to which a frame returns, or at which another task stands.
    pub fn last_return(&self, body: Body) -> Option<Place> {
        self.last_returns.get(&body).copied().max(self.others.last(body))
    }
}

/// The offset after the last cell to show. The counter and return addresses are shown even if they are
/// after the last cell that is written.
pub fn shown_end(machine: &Machine, marks: &Marks, extent: BodyExtent) -> u32 {
    let BodyId::Code(number) = extent.body else { return extent.used };
    let counter = machine.task().counter();
    let counter = (counter.body == number).then_some(counter);
    let marked = marks.last_return(number).into_iter().chain(counter);
    marked.map(|place| place.offset.0 + 1).fold(extent.used, u32::max)
}

/// A body with some of its cells.
pub fn body(machine: &Machine, marks: &Marks, extent: BodyExtent, cells: Range<u32>) -> BodyRow {
    let (owner, title) = (owner(machine, extent.body), body_title(machine, extent.body));
    BodyRow { owner, title, ..listed(machine, marks, extent, cells) }
}

#[cfg(test)]
thread_local! {
    /// How often all code was searched for the cell that holds a block.
    pub(super) static SEARCHES: std::cell::Cell<usize> = const { std::cell::Cell::new(0) };
}

/// The cell that holds a block.
fn owner(machine: &Machine, body: BodyId) -> Option<At> {
    let BodyId::Code(number) = body else { return None };
    let memory = machine.memory();
    let is_block = matches!(memory.code(number)?.kind, BodyKind::Block(_));
    #[cfg(test)]
    SEARCHES.set(SEARCHES.get() + 1);
    if is_block { memory.reference(number).map(At::from) } else { None }
}

/// As [`body`], but without the cell that holds a block: all code is searched for it, which is too much for
/// each block of a listing.
pub fn listed(machine: &Machine, marks: &Marks, extent: BodyExtent, cells: Range<u32>) -> BodyRow {
    let end = cells.end.min(extent.size);
    let first = cells.start.min(end);
    let (title, activations) = match extent.body {
        BodyId::Code(number) => (machine.memory().title(number), marks.activations(number)),
        BodyId::Data(number) => (format!("data {number}"), Tally::exact(0)),
    };
    let scope = scope(machine, extent.body);
    let cell = |offset| cell_in(&scope, machine, marks, At { body: extent.body, offset });
    let cells = (first..end).map(cell).collect();
    BodyRow { extent, title, owner: None, activations, first, cells }
}

/// One cell.
pub fn cell(machine: &Machine, marks: &Marks, at: At) -> CellRow {
    cell_in(&scope(machine, at.body), machine, marks, at)
}

/// The scope in which the cells of a body are spelled.
fn scope(machine: &Machine, body: BodyId) -> Scope<'_> {
    match body {
        BodyId::Code(body) => Scope::of(machine, body),
        BodyId::Data(_) => Scope::outside(machine),
    }
}

fn cell_in(scope: &Scope<'_>, machine: &Machine, marks: &Marks, at: At) -> CellRow {
    let cell = cell_at(machine, at);
    let (instruction, content) = (machine.spell(cell), cell.content());
    let notation = Notation::default();
    let place = at.place();
    let (returns, more_returns) = place.map(|place| marks.returns(place)).unwrap_or_default();
    CellRow {
        at,
        address: at.address(machine),
        source: notation.source(&instruction, scope),
        label: notation.label(&instruction, scope),
        kind: kind(machine, content),
        target: target(machine, content),
        counter: place.is_some() && place == marks.counter,
        others: place.and_then(|place| marks.others.at(place)).cloned().unwrap_or_default(),
        returns: returns.to_vec(),
        more_returns,
        breakpoint: place.and_then(|place| marks.breakpoint(place)).cloned(),
        changed: false,
        ran: None,
    }
}

/// The cell at a place; empty beyond the end of a body.
fn cell_at(machine: &Machine, at: At) -> Cell {
    let memory = machine.memory();
    match at.body {
        BodyId::Code(body) => memory.cell(Place::new(body, at.offset)),
        BodyId::Data(number) => {
            let cell = memory.data(number).and_then(|data| data.get(at.offset as usize));
            cell.unwrap_or(Cell::BREAKPOINT)
        }
    }
}

/// The body that a cell calls or whose address it holds.
pub(super) fn target(machine: &Machine, content: Content) -> Option<BodyId> {
    if let Content::Data(slot) = content {
        Some(BodyId::Data(machine.memory().data_in(slot).id))
    } else if let Content::Call(body) | Content::Address(body) | Content::BlockValue(body, _) =
        content
    {
        Some(BodyId::Code(body))
    } else {
        None
    }
}

fn is_block(machine: &Machine, number: Body) -> bool {
    machine.memory().code(number).is_some_and(|code| matches!(code.kind, BodyKind::Block(_)))
}

pub(super) fn kind(machine: &Machine, content: Content) -> CellKind {
    match content {
        Content::Integer(_) => CellKind::Integer,
        Content::Text(_) => CellKind::Text,
        Content::BlockValue(..) => CellKind::Block,
        Content::Address(body) if is_block(machine, body) => CellKind::Block,
        Content::Address(_) | Content::Data(_) | Content::Task(_) => CellKind::Address,
        Content::Call(_) => CellKind::Call,
        Content::Primitive(primitive) if primitive.row().group == Group::Control => {
            CellKind::Control
        }
        Content::Primitive(_) => CellKind::Primitive,
        Content::Pick(_) | Content::GetGlobal(_) => CellKind::Pick,
        Content::Assign(_) | Content::SetGlobal(_) => CellKind::Assign,
        Content::Label(_) => CellKind::Label,
        Content::Hole(_) | Content::FunctionHole(_) => CellKind::Hole,
        Content::Breakpoint | Content::Unassigned => CellKind::Empty,
    }
}

impl CellRow {
    /// What a screen reader says and tests look for: "address 104, call fib, program counter here".
    pub fn description(&self) -> String {
        let mut words = format!("address {}, {}", self.address, self.words());
        if self.counter {
            words.push_str(", program counter here");
        }
        words.push_str(&self.others.words());
        for frame in &self.returns {
            words.push_str(&format!(", frame {frame} continues here"));
        }
        if self.more_returns != Tally::exact(0) {
            words.push_str(&format!(", {} more frames continue here", self.more_returns));
        }
        if let Some(mark) = &self.breakpoint {
            words.push_str(&format!(", {}", mark.words));
        }
        if self.changed {
            words.push_str(", changed");
        }
        if let Some(ran) = self.ran {
            words.push_str(&format!(", {}", ran.words()));
        }
        words
    }

    fn words(&self) -> String {
        let label = self.label.as_str();
        let without = |prefix: &str| label.strip_prefix(prefix).unwrap_or(label);
        match self.kind {
            CellKind::Empty => "empty".to_owned(),
            CellKind::Call => format!("call {}", without("call: ")),
            CellKind::Hole => {
                let name = without("call: ");
                let name = name.strip_suffix('?').expect("a label marks what is missing");
                format!("{name}, not yet implemented")
            }
            CellKind::Pick => format!("local {}", without("pick: ")),
            CellKind::Block => format!("block {label}"),
            CellKind::Integer
            | CellKind::Text
            | CellKind::Address
            | CellKind::Assign
            | CellKind::Control
            | CellKind::Primitive
            | CellKind::Label => label.to_owned(),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::session::load::image_of_program;
    use crate::vm::instruction::{Fragment, Instruction as I};
    use crate::vm::limit::LimitKind;

    #[test]
    fn a_description_says_everything_that_is_drawn() {
        let mut machine = Machine::new();
        let cells = ["fib", "base", "empty?"].map(|name| I::Call(name.into()));
        machine.write(Place::new(MAIN, 0), &Fragment::line(cells.into())).unwrap();
        machine.define("fib", &Fragment::line(vec![])).unwrap();
        let marks = Marks::new(&machine, &[Place::new(MAIN, 0)].into_iter().collect());
        let row = |offset| cell(&machine, &marks, Place::new(MAIN, offset).into());
        let marked = CellRow { returns: vec![1], changed: true, ..row(0) };
        assert_eq!(
            marked.description(),
            "address 0, call fib, program counter here, frame 1 continues here, breakpoint, changed"
        );
        assert_eq!(row(1).description(), "address 1, base, not yet implemented");
        assert_eq!(row(2).description(), "address 2, empty?, not yet implemented");
        assert_eq!(row(3).description(), "address 3, empty");
    }

    /// A call stack of this many activations of `f`, and the bottom.
    fn deep(activations: u32) -> Machine {
        let most = activations - 2;
        let program = format!("[ assign: n n {most} > [ stop ] if n 1+ f n + ] bind: f  0 f");
        let mut machine = image_of_program(&program).unwrap().machine;
        machine.set_limit(LimitKind::Calls, 200_000).unwrap();
        machine.run(10_000_000);
        machine
    }

    #[test]
    fn deep_call_stacks_are_counted_and_what_is_not_counted_is_not_denied() {
        let seen = |machine: &Machine| {
            let marks = Marks::new(machine, &Breakpoints::default());
            let row = |n| body(machine, &marks, extents(machine)[n], 0..20);
            let inside = [0, 1].map(|n| row(n).activations.to_string());
            let in_main = row(0).cells.iter().map(|cell| cell.returns.clone()).collect::<Vec<_>>();
            let of_f = row(1).cells.into_iter().max_by_key(|cell| cell.returns.len()).unwrap();
            (inside, in_main.concat(), of_f.returns.len(), of_f.more_returns.to_string())
        };
        let inside = |main: &str, f: &str| [main, f].map(str::to_owned);
        assert_eq!(seen(&deep(1502)), (inside("1", "1,502"), vec![1], 1000, "501".to_owned()));
        let found = seen(&deep(150_000));
        assert_eq!(found, (inside("1+", "99,999+"), vec![], 1000, "98,998+".to_owned()));
    }

    /// The label is short; the source is exact.
    #[test]
    fn a_cell_has_a_source_and_a_label() {
        let mut machine = Machine::new();
        let f = vec![I::Assign("f".into()), I::Call("f".into()), I::Pick("f".into())];
        machine.define("f", &Fragment::line(f)).unwrap();
        let main = vec![I::Text("a".repeat(100).into()), I::Call("breakpoint".into())];
        machine.write(Place::new(0, 0), &Fragment::line(main)).unwrap();
        let both = |body, offset| {
            let row = cell(&machine, &Marks::default(), Place::new(body, offset).into());
            (row.source.to_string(), row.label.to_string())
        };
        let long = format!("\"{}\"", "a".repeat(100));
        assert_eq!(both(0, 0), (long, format!("\"{}…\"", "a".repeat(37))));
        assert_eq!(both(0, 1), ("call: breakpoint".into(), "call: breakpoint?".into()));
        assert_eq!(both(0, 2), ("breakpoint".into(), String::new()));
        assert_eq!(both(1, 1), ("call: f".into(), "call: f".into()));
        assert_eq!(both(1, 2), ("f".into(), "f".into()));
    }

    #[test]
    fn rows_of_fib_waiting_for_base() {
        let mut machine = Machine::new();
        let line = Fragment::line(vec![I::Integer(3), I::Call("fib".into())]);
        machine.write(Place::new(0, 0), &line).unwrap();
        machine
            .define("fib", &Fragment::line(vec![I::Assign("i".into()), I::Call("base".into())]))
            .unwrap();
        machine.run(100);
        let marks = Marks::new(&machine, &[Place::new(0, 1)].into_iter().collect());
        let extents = extents(&machine);
        let labels = |n: usize| -> Vec<String> {
            let row = body(&machine, &marks, extents[n], 0..3);
            row.cells.iter().map(CellRow::description).collect()
        };
        assert_eq!(
            labels(0),
            [
                "address 0, 3",
                "address 1, call fib, breakpoint",
                "address 2, empty, frame 1 continues here"
            ]
        );
        assert_eq!(
            labels(1),
            [
                "address 100, assign: i",
                "address 101, base, not yet implemented, program counter here",
                "address 102, empty"
            ]
        );
        let (names, holes) = super::super::names::names(&machine);
        assert_eq!(
            names.iter().map(|row| (row.name.as_str(), row.callers)).collect::<Vec<_>>(),
            [("main", 0), ("fib", 1)]
        );
        assert_eq!(
            holes
                .rows(&machine, 0..9)
                .iter()
                .map(|row| (row.name.clone(), row.waiting))
                .collect::<Vec<_>>(),
            [("base".to_string(), true)]
        );
        let calls = super::super::stacks::calls(&machine, 9);
        let frames: Vec<_> = calls
            .frames
            .iter()
            .map(|frame| (frame.number, frame.title.as_str(), frame.address))
            .collect();
        assert_eq!(frames, [(2, "fib", 101), (1, "main", 2)]);
        assert_eq!(
            calls.frames[0].locals[0].value.as_ref().map(|value| value.label.as_str()),
            Some("3")
        );
    }
}
