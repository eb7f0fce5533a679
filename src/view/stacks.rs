//! Rows of the parameter stack and the call stack.

use super::memory::{At, frame_number, target};
use super::title::title;
use crate::program::cell_text::{Label, Source};
use crate::program::notation::Notation;
use crate::program::scope::Scope;
use crate::vm::cell::Cell;
use crate::vm::frame::{Activation, Again};
use crate::vm::index::{Body, BodyId, FrameId, FrameNumber, TaskId};
use crate::vm::machine::Machine;
use crate::vm::memory::Place;
use crate::vm::task::Task;

/// One value, on the parameter stack, in a local or in a global.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ValueRow {
    /// Its exact text.
    pub source: Source,
    /// What is drawn.
    pub label: Label,
    /// The body, if the value is its address.
    pub target: Option<BodyId>,
    /// Whether the last gesture put it there.
    pub changed: bool,
}

/// The parameter stack.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct StackRows {
    /// How many values there are.
    pub depth: usize,
    /// The requested values, top first.
    pub values: Vec<ValueRow>,
    /// What the last gesture took and left: `( 1 1 -- 2 )`; empty if nothing changed or it is not known.
    pub effect: String,
}

/// A local of a frame.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct LocalRow {
    /// Its name.
    pub name: String,
    /// Its value; `None` while it is not assigned.
    pub value: Option<ValueRow>,
}

/// One entry of the call stack: a frame of a function, or a run of a block.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct FrameRow {
    /// Its task, if there are several.
    pub task: Option<TaskId>,
    /// Its number in commands.
    pub id: FrameId,
    /// The number that is shown, 1 for `main`; it stays the same while the activation lives.
    pub number: u32,
    /// The body that it runs.
    pub body: Body,
    /// `fib`, or `if block of fib`.
    pub title: String,
    /// What `while` or `times` keeps: `times: 3 more turns`. Empty for everything else.
    pub turns: String,
    /// The locals of a frame. A block has none of its own.
    pub locals: Vec<LocalRow>,
    /// Where it is: the program counter for the innermost, else the place that the entry above it
    /// returns to.
    pub stands: At,
    /// The address of that place now.
    pub address: u64,
    /// Whether it is a frame of a function.
    pub is_frame: bool,
    /// Whether it is only a copy of a frame, for the locals of the block that a task was made of: its function does
    /// not run there.
    pub is_copy: bool,
    /// The number by which a block names this frame, or the frame that this block was made in.
    pub home: FrameNumber,
}

impl FrameRow {
    /// It in words, with the values of its locals: `frame 3 (fib: i = 1)`.
    pub fn words(&self) -> String {
        let values = self
            .locals
            .iter()
            .filter_map(|local| Some(format!("{} = {}", local.name, local.value.as_ref()?.label)));
        let values: Vec<String> = values.collect();
        let of = self.task.map_or(String::new(), |task| format!(" of task {task}"));
        match values.is_empty() {
            true => format!("frame {}{of} ({})", self.number, self.title),
            false => format!("frame {}{of} ({}: {})", self.number, self.title, values.join(", ")),
        }
    }
}

/// The call stack.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct CallRows {
    /// How many entries there are.
    pub depth: usize,
    /// The requested entries, innermost first.
    pub frames: Vec<FrameRow>,
}

/// The last `count` values of the parameter stack.
pub fn parameters(machine: &Machine, count: usize) -> StackRows {
    parameters_of(machine, machine.task(), count)
}

/// The last `count` values of the parameter stack of a task.
pub fn parameters_of(machine: &Machine, task: &Task, count: usize) -> StackRows {
    let parameters = task.parameters();
    let values = parameters.iter().rev().take(count).map(|&cell| value(machine, cell)).collect();
    StackRows { depth: parameters.len(), values, effect: String::new() }
}

pub(super) fn value(machine: &Machine, cell: Cell) -> ValueRow {
    let value = machine.value(cell).expect("stacks, locals and globals hold values only");
    ValueRow {
        source: Notation::default().source(&machine.spell(cell), &Scope::outside(machine)),
        label: Label::of_value(value),
        target: target(machine, cell.content()).filter(|_| cell.is_value()),
        changed: false,
    }
}

/// The innermost `count` entries of the call stack.
pub fn calls(machine: &Machine, count: usize) -> CallRows {
    let task = machine.task();
    let frames = standing(task).take(count).map(|entry| frame(machine, task, entry)).collect();
    CallRows { depth: task.calls().depth() as usize, frames }
}

/// The innermost entries of the call stacks of all tasks, at most `count`: those of the task that is looked at first.
pub fn calls_of_all(machine: &Machine, count: usize) -> Vec<FrameRow> {
    let all = standing_of_all(machine).take(count);
    all.map(|(task, entry)| frame(machine, task, entry)).collect()
}

/// An entry of a call stack and where it is. A frame that is only a copy is nowhere.
type Stands<'m> = (Activation<'m>, Option<Place>);

/// The entries of the call stack of a task, innermost first.
fn standing(task: &Task) -> impl Iterator<Item = Stands<'_>> {
    let mut stands = Some(task.counter());
    let entries = task.calls().activations();
    entries.map(move |entry| (entry, std::mem::replace(&mut stands, entry.returns_to)))
}

/// The same of all tasks, beginning with the one that is looked at.
fn standing_of_all(machine: &Machine) -> impl Iterator<Item = (&Task, Stands<'_>)> {
    let seen = machine.task();
    let others = machine.tasks().filter(|task| task.number() != seen.number());
    let all = [seen].into_iter().chain(others);
    all.flat_map(|task| standing(task).map(move |entry| (task, entry)))
}

fn frame(machine: &Machine, task: &Task, (entry, stands): Stands<'_>) -> FrameRow {
    let (is_copy, counter) = (stands.is_none(), task.counter());
    // A copy is shown where the block is that has it.
    let stands = stands.unwrap_or(counter);
    let name = title(machine, entry.body);
    FrameRow {
        task: (machine.tasks().len() > 1).then(|| task.number()),
        id: entry.id,
        number: frame_number(entry.id),
        body: entry.body,
        title: if is_copy { format!("copy of {name}'s frame") } else { name },
        turns: turns(machine, entry),
        locals: locals(machine, entry),
        stands: stands.into(),
        address: machine.memory().address(stands),
        is_frame: entry.is_frame,
        is_copy,
        home: entry.home,
    }
}

/// Which turn of `while` or `times` an entry is.
fn turns(machine: &Machine, entry: Activation<'_>) -> String {
    let Some(kept) = entry.kept else { return String::new() };
    let other = machine.show(kept);
    match entry.again {
        Again::Condition => format!("while: the condition; the body is {other}"),
        Again::Body => format!("while: the body; the condition is {other}"),
        Again::Times => match kept.as_integer() {
            Some(0) => "times: the last turn".to_owned(),
            Some(1) => "times: 1 more turn".to_owned(),
            Some(_) | None => format!("times: {other} more turns"),
        },
        Again::Once | Again::Always | Again::WhileTrue => unreachable!("they keep nothing"),
    }
}

/// Activations in a body: rows of the innermost ones, and how many there are.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Standing {
    /// The innermost ones.
    pub frames: Vec<FrameRow>,
    /// How many there are, including those in `frames`.
    pub count: usize,
}

/// The activations that would execute what is inserted at a cell, and those that have passed it. Makes
/// rows for at most `named` of each kind.
pub fn reached(machine: &Machine, at: Place, named: usize) -> (Standing, Standing) {
    let (mut will, mut passed) = (Standing::default(), Standing::default());
    for (task, (entry, stands)) in standing_of_all(machine) {
        let Some(stands) = stands.filter(|stands| stands.body == at.body) else { continue };
        let kind = if stands.offset <= at.offset { &mut will } else { &mut passed };
        kind.count += 1;
        if kind.frames.len() < named {
            kind.frames.push(frame(machine, task, (entry, Some(stands))));
        }
    }
    (will, passed)
}

fn locals(machine: &Machine, entry: Activation<'_>) -> Vec<LocalRow> {
    let Some(code) = machine.memory().code(entry.body).filter(|_| entry.is_frame) else {
        return Vec::new();
    };
    let local = |(slot, &name)| {
        let cell = entry.locals.get(slot).copied().filter(|cell: &Cell| cell.is_value());
        let value = cell.map(|cell| value(machine, cell));
        LocalRow { name: machine.memory().name(name).to_owned(), value }
    };
    code.locals().iter().enumerate().map(local).collect()
}
