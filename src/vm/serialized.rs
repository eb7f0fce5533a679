//! A machine as plain public structs with everything spelled out. Files are made from the structs, so the
//! layout of the machine can change freely. `deserialize` makes a machine of them again.

use super::cell::Cell;
use super::data::DataBody;
use super::frame::Again;
use super::growth::Growth;
use super::index::{Body, DataId, FrameNumber, TaskId};
use super::instruction::Instruction;
use super::limit::Limits;
use super::machine::Machine;
use super::memory::{BodyKind, CodeBody, Place};
use super::space::{Address, FreeSpace};
use super::task::Task;
use super::tasks::QUANTUM;

/// Everything a machine holds.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Serialized {
    /// Code bodies, in the order of their numbers.
    pub code: Vec<SerializedCode>,
    /// The number of the next code body.
    pub code_count: u32,
    /// Data bodies, in the order of their numbers.
    pub data: Vec<SerializedData>,
    /// The globals that have a value, sorted by name.
    pub globals: Vec<(String, Instruction)>,
    /// The tasks that are not over, by number.
    pub tasks: Vec<SerializedTask>,
    /// Which task runs: the top of a strand.
    pub current: TaskId,
    /// Who takes turns, and how.
    pub schedule: SerializedSchedule,
    /// Input still to be read.
    pub input: String,
    /// Whether no more input will come.
    pub input_ended: bool,
    /// All output so far.
    pub output: String,
    /// Limits.
    pub limits: Limits,
    /// The count of retired instructions.
    pub retired: u64,
    /// The number of the newest frame; `None`: the greatest that a live frame has.
    pub newest_frame: Option<FrameNumber>,
    /// The number of the next data body; `None`: the number after that of the last.
    pub next_data: Option<DataId>,
    /// What of the address space is free; `None`: all that no body takes.
    pub free_space: Option<FreeSpace>,
    /// What was made since data was last collected; `None`: it was just collected.
    pub growth: Option<Growth>,
}

/// What a code body is.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum SerializedKind {
    /// The function with this name.
    Function(String),
    /// A block of the function with this body number.
    Block(Body),
    /// A replaced function that had this name.
    Former(String),
}

/// A code body.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SerializedCode {
    /// Its number.
    pub number: Body,
    /// What it is.
    pub kind: SerializedKind,
    /// Its first address.
    pub start: Address,
    /// Its size, in cells.
    pub size: u32,
    /// Its cells up to the last that is not empty.
    pub cells: Vec<Instruction>,
}

/// A data body.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SerializedData {
    /// Its number.
    pub number: DataId,
    /// Its first address.
    pub start: Address,
    /// The number of cells.
    pub size: u64,
    /// Runs of values: the index of the first, and the values. All other cells are 0.
    pub runs: Vec<(u64, Vec<Instruction>)>,
}

/// Who takes turns, and how.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SerializedSchedule {
    /// The strands, in the order of their turns; `None`: each task is one, and only the current one takes turns.
    pub strands: Option<Vec<SerializedStrand>>,
    /// What tasks that are over have left, by their numbers.
    pub left: Vec<(TaskId, Vec<Instruction>)>,
    /// The number of the next task; `None`: the number after that of the last.
    pub next_task: Option<TaskId>,
    /// How many tasks were made since lost ones were looked for.
    pub made: u64,
    /// How many instructions of its turn the strand has executed.
    pub turn: u64,
    /// How many instructions a turn has.
    pub quantum: u64,
    /// How much time was skipped because all slept.
    pub slept: u64,
    /// Whether the strands that do not run are frozen.
    pub alone: bool,
}

impl Default for SerializedSchedule {
    /// That of a machine in which nobody has taken turns yet.
    fn default() -> SerializedSchedule {
        SerializedSchedule {
            strands: None,
            left: Vec::new(),
            next_task: None,
            made: 0,
            turn: 0,
            quantum: QUANTUM,
            slept: 0,
            alone: false,
        }
    }
}

/// A strand: a chain of tasks, of which the last runs.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SerializedStrand {
    /// The tasks: each has resumed the one after it.
    pub tasks: Vec<TaskId>,
    /// When it goes on, in instructions.
    pub wake: u64,
    /// How many times as long its turns are; 0 holds it.
    pub share: u64,
}

/// A task.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SerializedTask {
    /// Its number.
    pub number: TaskId,
    /// The counter.
    pub counter: Place,
    /// The parameter stack, top last.
    pub parameters: Vec<Instruction>,
    /// The call stack, bottom first.
    pub calls: Vec<SerializedCall>,
}

/// An entry of the call stack.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SerializedCall {
    /// The function or block it runs.
    pub body: Body,
    /// Whether it starts again.
    pub again: Again,
    /// The other block of `while`, or how many turns of `times` are left after this one.
    pub kept: Option<Instruction>,
    /// Its return address; `None` for the bottom.
    pub returns_to: Option<Place>,
    /// The number of a frame; for a block, of the frame it was made in. `None`: a frame has the number after
    /// that of the frame below it, and a block belongs to the innermost frame of its function below it.
    pub home: Option<FrameNumber>,
    /// The assigned locals of a frame.
    pub locals: Vec<(String, Instruction)>,
}

/// Takes a run of values of a data body: the index of the first, and the values.
pub type Fill<'f> = &'f mut dyn FnMut(u64, &[Instruction]) -> Result<(), Malformed>;

/// Why a [`Serialized`] is not a machine: what is wrong, and where.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Malformed {
    /// The part: `code body 3, cell 7`.
    pub part: String,
    /// What is wrong with it.
    pub cause: String,
}

impl std::fmt::Display for Malformed {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(formatter, "{}: {}", self.part, self.cause)
    }
}

impl std::error::Error for Malformed {}

pub(super) fn malformed<T>(
    part: impl Into<String>,
    cause: impl Into<String>,
) -> Result<T, Malformed> {
    Err(Malformed { part: part.into(), cause: cause.into() })
}

impl Machine {
    /// Serialises the machine.
    pub fn serialize(&self) -> Serialized {
        let machine = self.settled();
        let data = machine.memory.data_bodies().map(|body| machine.data_part(body)).collect();
        Serialized { data, ..machine.serialize_without_data() }
    }

    /// Serialises everything but the data. A collection must not be going on.
    pub fn serialize_without_data(&self) -> Serialized {
        assert!(self.marking.is_none(), "only a settled machine is serialised");
        let memory = self.memory();
        Serialized {
            code: memory.code_bodies().map(|(number, body)| self.code_part(number, body)).collect(),
            code_count: memory.code_count(),
            data: Vec::new(),
            globals: self.globals_part(),
            tasks: self.tasks.iter().map(|task| self.task_part(task)).collect(),
            current: self.current(),
            schedule: self.schedule_part(),
            input: self.input.rest().to_string(),
            input_ended: self.input.ended(),
            output: self.output.to_string(),
            limits: self.limits,
            retired: self.retired,
            newest_frame: Some(self.newest_frame()),
            next_data: Some(memory.next_data()),
            free_space: Some(memory.free_space()),
            growth: Some(self.growth()),
        }
    }

    fn code_part(&self, number: Body, body: &CodeBody) -> SerializedCode {
        let memory = self.memory();
        let kind = match body.kind {
            BodyKind::Function(name) => SerializedKind::Function(memory.name(name).to_string()),
            BodyKind::Block(owner) => SerializedKind::Block(owner),
            BodyKind::Former(name) => SerializedKind::Former(memory.name(name).to_string()),
        };
        let cells = body.used().iter().map(|&cell| self.spell(cell)).collect();
        SerializedCode { number, kind, start: body.start, size: body.size, cells }
    }

    fn data_part(&self, data: DataBody<'_>) -> SerializedData {
        let mut runs: Vec<(u64, Vec<Instruction>)> = Vec::new();
        let mut zeros = true;
        for (index, value) in data.cells().enumerate() {
            if value == Cell::ZERO {
                zeros = true;
                continue;
            }
            if std::mem::replace(&mut zeros, false) {
                runs.push((index as u64, Vec::new()));
            }
            if let Some((_, run)) = runs.last_mut() {
                run.push(self.spell(value));
            }
        }
        SerializedData { number: data.id, start: data.start, size: data.size() as u64, runs }
    }

    fn globals_part(&self) -> Vec<(String, Instruction)> {
        let globals = self.globals.iter();
        globals.map(|(name, value)| (name.to_string(), self.spell(value))).collect()
    }

    fn schedule_part(&self) -> SerializedSchedule {
        let tasks = &self.tasks;
        let strands = tasks.strands.iter().map(|strand| {
            let mut chain: Vec<TaskId> = tasks.chain(strand.top).collect();
            chain.reverse();
            SerializedStrand { tasks: chain, wake: strand.wake, share: strand.share }
        });
        let spell = |values: &[Cell]| values.iter().map(|&value| self.spell(value)).collect();
        SerializedSchedule {
            strands: Some(strands.collect()),
            left: tasks.left.iter().map(|(&task, values)| (task, spell(values))).collect(),
            next_task: Some(tasks.next),
            made: tasks.made,
            turn: tasks.turn,
            quantum: tasks.quantum,
            slept: tasks.slept,
            alone: tasks.alone,
        }
    }

    fn task_part(&self, task: &Task) -> SerializedTask {
        let mut calls: Vec<SerializedCall> = task
            .calls()
            .activations()
            .map(|entry| SerializedCall {
                body: entry.body,
                again: entry.again,
                kept: entry.kept.map(|value| self.spell(value)),
                returns_to: entry.returns_to,
                home: Some(entry.home),
                locals: self.locals(entry).into_iter().map(|(n, v)| (n.to_string(), v)).collect(),
            })
            .collect();
        calls.reverse();
        let parameters = task.parameters().iter().map(|&value| self.spell(value)).collect();
        SerializedTask { number: task.number, counter: task.counter(), parameters, calls }
    }
}
