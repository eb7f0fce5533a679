//! What a search looks for in the history: which instructions and commands match, and before which cells
//! a replay has to pause so as not to miss them.

use std::collections::{BTreeMap, BTreeSet};

use super::became::Became;
use super::command::Command;
use super::goal::Goal;
use super::replay::Event;
use crate::program::breakpoint::Breakpoints;
use crate::vm::cell::{Cell, Content};
use crate::vm::index::{Body, DataId, FrameId, Offset, TaskId};
use crate::vm::instruction::Primitive;
use crate::vm::machine::Machine;
use crate::vm::memory::Place;
use crate::vm::task::Task;

/// Where the wanted cells are now, each with its index among [`Wanted::cells`].
pub(super) type Cells = BTreeMap<Place, usize>;

/// The direction of a search.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Direction {
    /// To earlier positions.
    Back,
    /// To later positions, on the branch that redo follows.
    Forward,
}

/// What is looked for. All but the first four find the position before the instruction that does it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Wanted {
    /// The call stack of this task no higher than this.
    Depth(TaskId, u32),
    /// An instruction of this task.
    Task(TaskId),
    /// The counter on one of these cells, wherever they were before edits moved them.
    Cells(BTreeSet<Place>),
    /// The counter on one of these breakpoints, where it pauses: enabled or not, set there or not. A
    /// breakpoint that does not pause every time counts from where it was set.
    Breakpoints(Breakpoints),
    /// A write to a data cell, by the program or by the user.
    Write {
        /// The number of the data body.
        body: DataId,
        /// The cell in it.
        index: u64,
    },
    /// A call of the function with this name.
    Call(String),
    /// Output.
    Output,
    /// Something becomes a value that it did not have before.
    Became(Became),
    /// The start of an activation: it is entered, or runs again.
    Start {
        /// The task that it is in.
        task: TaskId,
        /// The activation.
        frame: FrameId,
        /// Its body.
        body: Body,
    },
    /// The beginning of a statement in an activation, if the activation began before that.
    Statement {
        /// The task that it is in.
        task: TaskId,
        /// The activation.
        frame: FrameId,
        /// The first cell of the statement.
        at: Place,
    },
}

impl Wanted {
    /// The cells that are looked for, wherever they were before edits moved them.
    pub(super) fn cells(&self) -> BTreeSet<Place> {
        match self {
            Wanted::Cells(cells) => cells.clone(),
            Wanted::Breakpoints(wanted) => wanted.iter().map(|(at, _)| at).collect(),
            Wanted::Statement { at, .. } => [*at].into(),
            Wanted::Depth(..)
            | Wanted::Task(_)
            | Wanted::Write { .. }
            | Wanted::Call(_)
            | Wanted::Output
            | Wanted::Became(_)
            | Wanted::Start { .. } => BTreeSet::new(),
        }
    }

    /// Whether cells are looked for.
    pub(super) fn seeks_cells(&self) -> bool {
        matches!(self, Wanted::Cells(_) | Wanted::Breakpoints(_) | Wanted::Statement { .. })
    }

    /// Back or forward over one instruction and everything it calls.
    pub fn over(machine: &Machine) -> Wanted {
        Wanted::Depth(machine.task().number(), machine.task().calls().depth())
    }

    /// Out to the caller; none in the bottom frame.
    pub fn out(machine: &Machine) -> Option<Wanted> {
        match Goal::out(machine) {
            Goal::Depth(task, depth) => Some(Wanted::Depth(task, depth)),
            Goal::Free
            | Goal::Fuel(_)
            | Goal::Watching(_)
            | Goal::Going(_)
            | Goal::Cell(_)
            | Goal::Line { .. } => None,
        }
    }

    /// Whether the machine is about to do it; `cells` is where the wanted cells are now.
    pub(super) fn is_before(&self, machine: &Machine, cells: &Cells) -> bool {
        let task = machine.task();
        match self {
            Wanted::Depth(number, depth) => {
                task.number() == *number && task.calls().depth() <= *depth
            }
            Wanted::Task(number) => task.number() == *number,
            // A search pauses only where a breakpoint does.
            Wanted::Cells(_) | Wanted::Breakpoints(_) => cells.contains_key(&task.counter()),
            Wanted::Statement { task: number, frame, .. } => {
                task.number() == *number
                    && task.calls().innermost_id() == *frame
                    && cells.contains_key(&task.counter())
            }
            Wanted::Write { body, index } => {
                let [.., address, at] = task.parameters() else { return false };
                let memory = machine.memory();
                is_next(machine, Primitive::MemorySet)
                    && address.as_data().is_some_and(|slot| memory.data_in(slot).id == *body)
                    && at.as_integer() == i64::try_from(*index).ok()
            }
            Wanted::Output => {
                is_next(machine, Primitive::Print) || is_next(machine, Primitive::PrintLine)
            }
            Wanted::Call(_) | Wanted::Start { .. } | Wanted::Became(_) => false,
        }
    }

    /// Whether what happens in an event is not what is wanted, but ends a search back for it: the activation of
    /// the statement begins.
    pub(super) fn is_bound(&self, event: Event<'_>) -> bool {
        matches!(self, Wanted::Statement { .. }) && event != Event::Before
    }

    /// The cells before which a replay has to pause, or which are entered by a wanted call; `cells` is where
    /// the wanted cells are now.
    pub(super) fn pauses(&self, machine: &Machine, cells: &Cells) -> BTreeSet<Place> {
        let memory = machine.memory();
        let cells_that = |is_wanted: &dyn Fn(Body, Cell) -> bool| {
            let cells = memory.code_bodies().flat_map(|(body, code)| {
                let cells = code.used().iter().enumerate();
                cells.map(move |(offset, cell)| {
                    (Place::new(body, Offset::from_index(offset)), *cell)
                })
            });
            let is_wanted = |(place, cell): &(Place, Cell)| is_wanted(place.body, *cell);
            cells.filter(is_wanted).map(|(place, _)| place).collect()
        };
        let holding = |primitives: &[Primitive]| {
            let wanted: Vec<Cell> = primitives.iter().map(|&each| Cell::primitive(each)).collect();
            cells_that(&|_, cell| wanted.contains(&cell))
        };
        // From there on, the next instruction may be one of another task.
        let makes_tasks = || holding(&[Primitive::TaskNew, Primitive::TaskSpawn]);
        match self {
            Wanted::Depth(..) | Wanted::Task(_) => makes_tasks(),
            Wanted::Became(became) => {
                cells_that(&|body, cell| became.could(machine, memory.owner(body), cell))
            }
            Wanted::Cells(_) | Wanted::Breakpoints(_) => cells.keys().copied().collect(),
            Wanted::Write { .. } => holding(&[Primitive::MemorySet]),
            Wanted::Output => holding(&[Primitive::Print, Primitive::PrintLine]),
            Wanted::Call(name) => {
                let start = memory.function(name).map(Place::start);
                start.into_iter().chain(makes_tasks()).collect()
            }
            Wanted::Start { body, .. } => {
                [Place::start(*body)].into_iter().chain(makes_tasks()).collect()
            }
            Wanted::Statement { at, .. } => {
                let places = cells.keys().copied().chain([Place::start(at.body)]);
                places.chain(makes_tasks()).collect()
            }
        }
    }

    /// Whether it is a call, an instruction before which nothing need be seen.
    pub(super) fn enters(&self) -> bool {
        match self {
            Wanted::Call(_) | Wanted::Start { .. } | Wanted::Statement { .. } => true,
            Wanted::Depth(..)
            | Wanted::Task(_)
            | Wanted::Cells(_)
            | Wanted::Breakpoints(_)
            | Wanted::Write { .. }
            | Wanted::Output
            | Wanted::Became(_) => false,
        }
    }

    /// Whether a return could land on a body's first cell, as a call does. It can only if an edit deleted
    /// the cell of a live call.
    pub(super) fn could_be_returned_to(&self, machine: &Machine, starts: &BTreeSet<Place>) -> bool {
        match self {
            Wanted::Call(_) | Wanted::Start { .. } | Wanted::Statement { .. } => machine
                .tasks()
                .flat_map(|task| task.calls().activations())
                .any(|entry| entry.returns_to.is_some_and(|place| starts.contains(&place))),
            Wanted::Depth(..)
            | Wanted::Task(_)
            | Wanted::Cells(_)
            | Wanted::Breakpoints(_)
            | Wanted::Write { .. }
            | Wanted::Output
            | Wanted::Became(_) => false,
        }
    }

    /// The task whose call stack is to be this low, and how low; [`u32::MAX`] if any height counts.
    pub(super) fn lowest(&self) -> Option<(TaskId, u32)> {
        match *self {
            Wanted::Depth(task, most) => Some((task, most)),
            Wanted::Task(task) => Some((task, u32::MAX)),
            Wanted::Cells(_)
            | Wanted::Breakpoints(_)
            | Wanted::Write { .. }
            | Wanted::Call(_)
            | Wanted::Output
            | Wanted::Became(_)
            | Wanted::Start { .. }
            | Wanted::Statement { .. } => None,
        }
    }

    /// Whether any instruction could do it, wherever it is.
    pub(super) fn could_be_any(&self) -> bool {
        matches!(self, Wanted::Became(became) if became.could_be_any())
    }

    /// Whether what should become a value has it.
    pub(super) fn holds(&self, machine: &Machine) -> bool {
        matches!(self, Wanted::Became(became) if became.holds(machine))
    }

    /// Whether what should become a value does not have it, and the next instruction could change that.
    pub(super) fn lacks(&self, machine: &Machine) -> bool {
        let Wanted::Became(became) = self else { return false };
        let (at, memory) = (machine.task().counter(), machine.memory());
        let could = became.could(machine, memory.owner(at.body), memory.cell(at));
        (could || became.could_be_any()) && !became.holds(machine)
    }

    /// Whether a command does it.
    pub(super) fn is_command(&self, command: &Command) -> bool {
        match self {
            Wanted::Write { body, index } => {
                matches!(command, Command::Data { at, .. } if (&at.body, &at.index) == (body, index))
            }
            Wanted::Statement { frame, .. } => {
                matches!(command, Command::Restart { frame: restarted, .. } if restarted == frame)
            }
            Wanted::Became(became) => became.is_command(command),
            Wanted::Depth(..)
            | Wanted::Task(_)
            | Wanted::Cells(_)
            | Wanted::Breakpoints(_)
            | Wanted::Call(_)
            | Wanted::Output
            | Wanted::Start { .. } => false,
        }
    }

    /// Whether the instruction that was just executed did it; `depth` is the [`left_depth`] before the
    /// instruction.
    pub(super) fn is_after(&self, machine: &Machine, (number, depth): (TaskId, u32)) -> bool {
        let task = executed(machine);
        if task.number() == number && task.calls().depth() < depth {
            // A return to the first cell of a caller, because an edit deleted the call.
            return false;
        }
        let starts = |body| task.counter() == Place::start(body);
        match self {
            Wanted::Call(name) => {
                task.calls().innermost().is_frame
                    && machine.memory().function(name).is_some_and(starts)
            }
            Wanted::Start { task: number, frame, body } => {
                task.number() == *number && task.calls().innermost_id() == *frame && starts(*body)
            }
            Wanted::Statement { task: number, frame, at } => {
                task.number() == *number && task.calls().innermost_id() == *frame && starts(at.body)
            }
            Wanted::Depth(..)
            | Wanted::Task(_)
            | Wanted::Cells(_)
            | Wanted::Breakpoints(_)
            | Wanted::Write { .. }
            | Wanted::Output
            | Wanted::Became(_) => false,
        }
    }

    /// Whether the next instruction does it. For depths and cells, any next instruction counts.
    pub(super) fn is_next(&self, machine: &mut Machine) -> bool {
        match self {
            Wanted::Depth(..) | Wanted::Task(_) | Wanted::Cells(_) | Wanted::Breakpoints(_) => true,
            Wanted::Write { .. }
            | Wanted::Call(_)
            | Wanted::Output
            | Wanted::Became(_)
            | Wanted::Start { .. }
            | Wanted::Statement { .. } => {
                let mut after = machine.fork();
                let depth = left_depth(machine);
                after.step().is_ok()
                    && (self.is_before(machine, &Cells::new())
                        || self.is_after(&after, depth)
                        || self.lacks(machine) && self.holds(&after))
            }
        }
    }
}

/// The task of the next instruction, and the depth of its call stack up to the activation that the next instruction leaves or starts again; if
/// it does neither, up to the innermost. Where the call stack is lower afterwards, a caller continues.
pub(super) fn left_depth(machine: &Machine) -> (TaskId, u32) {
    let calls = machine.task().calls();
    // A return in a block leaves the frame that the block was made in, or starts that again.
    let returns = is_next(machine, Primitive::Return) || is_next(machine, Primitive::ReturnIf);
    let left = if returns { machine.home_frame() } else { None };
    (machine.task().number(), left.map_or(calls.depth(), |frame| frame.id.0 + 1))
}

/// The task that has executed the last instruction, or that goes on in its place.
fn executed(machine: &Machine) -> &Task {
    machine.task_of(machine.current()).expect("there is always a current task")
}

/// Whether the next instruction is this one.
fn is_next(machine: &Machine, primitive: Primitive) -> bool {
    let cell = machine.memory().cell(machine.task().counter());
    cell.content() == Content::Primitive(primitive)
}
