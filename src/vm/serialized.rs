//! A machine as plain public structs with everything spelled out, and a machine made from these with
//! every part checked. Files are made from the structs, so the layout of the machine can change freely.

use std::collections::HashMap;
use std::sync::Arc;

use super::cell::Cell;
use super::data::{DataBody, is_given};
use super::draft::{Functions, Part};
use super::frame::{Again, CallStack};
use super::index::{Body, BodyId, DataId, Offset, Slot, TaskId};
use super::input::Input;
use super::instruction::Instruction;
use super::limit::{LimitKind, Limits};
use super::machine::{Machine, RETIRED};
use super::memory::{
    BodyKind, CODE_BODIES, CODE_CELLS, CodeBody, LOCALS, MAIN, MEMORY_CELLS, Memory, Place,
};
use super::refusal::Refusal;
use super::space::Address;
use super::task::Task;

/// The highest address at which a body of a file may start: far beyond what moving bodies can reach.
const ADDRESSES: Address = 1 << 40;

/// Everything a machine holds.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Serialized {
    /// Code bodies, in the order of their numbers.
    pub code: Vec<SerializedCode>,
    /// The number of the next code body.
    pub code_count: u32,
    /// Data bodies; the first is number 0.
    pub data: Vec<SerializedData>,
    /// Tasks.
    pub tasks: Vec<SerializedTask>,
    /// Which task runs.
    pub current: TaskId,
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
    /// Its first address.
    pub start: Address,
    /// The number of cells.
    pub size: u64,
    /// Runs of values: the index of the first, and the values. All other cells are 0.
    pub runs: Vec<(u64, Vec<Instruction>)>,
}

/// A task.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SerializedTask {
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
    /// Its return address; `None` for the bottom.
    pub returns_to: Option<Place>,
    /// The assigned locals of a frame.
    pub locals: Vec<(String, Instruction)>,
}

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

fn malformed<T>(part: impl Into<String>, cause: impl Into<String>) -> Result<T, Malformed> {
    Err(Malformed { part: part.into(), cause: cause.into() })
}

impl Machine {
    /// Serialises the machine.
    pub fn serialize(&self) -> Serialized {
        let data = self.memory().data_bodies().map(|(_, body)| self.data_part(body)).collect();
        Serialized { data, ..self.serialize_without_data() }
    }

    /// Serialises everything but the data.
    pub fn serialize_without_data(&self) -> Serialized {
        let memory = self.memory();
        Serialized {
            code: memory.code_bodies().map(|(number, body)| self.code_part(number, body)).collect(),
            code_count: memory.code_count(),
            data: Vec::new(),
            tasks: self.tasks.iter().map(|task| self.task_part(task)).collect(),
            current: self.current,
            input: self.input.rest().to_string(),
            input_ended: self.input.ended(),
            output: self.output.to_string(),
            limits: self.limits,
            retired: self.retired,
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
        SerializedData { start: data.start, size: data.size() as u64, runs }
    }

    fn task_part(&self, task: &Task) -> SerializedTask {
        let mut calls: Vec<SerializedCall> = task
            .calls()
            .activations()
            .map(|entry| SerializedCall {
                body: entry.body,
                again: entry.again,
                returns_to: entry.returns_to,
                locals: self.locals(entry).into_iter().map(|(n, v)| (n.to_string(), v)).collect(),
            })
            .collect();
        calls.reverse();
        let parameters = task.parameters().iter().map(|&value| self.spell(value)).collect();
        SerializedTask { counter: task.counter(), parameters, calls }
    }

    /// Makes the machine that was serialised.
    ///
    /// # Errors
    /// The first part that is wrong, and why. Sizes are checked before anything is allocated.
    pub fn deserialize(parts: &Serialized) -> Result<Machine, Malformed> {
        check_sizes(parts)?;
        let mut machine = Machine::of(Memory::default());
        machine.add_bodies(parts)?;
        let mut written = HashMap::new();
        for part in &parts.code {
            machine.fill_body(part, &mut written)?;
        }
        for (number, part) in parts.data.iter().enumerate() {
            machine.fill_data(DataId::from_index(number), part)?;
        }
        if parts.current.index() >= parts.tasks.len() {
            return malformed("tasks", format!("there is no task {}", parts.current));
        }
        machine.tasks.clear();
        // Slots first: every frame of a function, in every task, has all of them.
        for (number, part) in parts.tasks.iter().enumerate() {
            machine.check_calls(part, &format!("task {number}"))?;
        }
        for (number, part) in parts.tasks.iter().enumerate() {
            let task = machine.make_task(part, &format!("task {number}"))?;
            machine.tasks.push(task);
        }
        machine.current = parts.current;
        let mut input = Input::default();
        input.give(&parts.input);
        if parts.input_ended {
            input.end();
        }
        machine.input = input;
        machine.output = Arc::new(parts.output.clone());
        (machine.limits, machine.retired) = (parts.limits, parts.retired);
        Ok(machine)
    }

    fn add_bodies(&mut self, parts: &Serialized) -> Result<(), Malformed> {
        for part in &parts.code {
            let here = format!("code body {}", part.number);
            while self.memory.next_code() < part.number {
                self.memory.skip_code();
            }
            if let SerializedKind::Function(name) | SerializedKind::Former(name) = &part.kind
                && let Err(refusal) = self.check_name(name)
            {
                return malformed(here, refusal.to_string());
            }
            let kind = match &part.kind {
                SerializedKind::Function(name) if self.memory.function(name).is_some() => {
                    return malformed(here, format!("a second function has the name `{name}`"));
                }
                SerializedKind::Function(name) => {
                    BodyKind::Function(self.memory.names.intern(name))
                }
                SerializedKind::Former(name) => BodyKind::Former(self.memory.names.intern(name)),
                SerializedKind::Block(owner) => BodyKind::Block(*owner),
            };
            if !self.memory.add_code_at(kind, part.start, part.size) {
                return malformed(
                    here,
                    format!(
                        "it cannot start at {}: not free, or not a multiple of 100",
                        part.start
                    ),
                );
            }
        }
        while self.memory.code_count() < parts.code_count {
            self.memory.skip_code();
        }
        for (number, part) in parts.data.iter().enumerate() {
            if !self.memory.add_data_at(part.start, part.size as usize) {
                let cause = format!(
                    "it cannot start at {}: not free, or not a multiple of 100",
                    part.start
                );
                return malformed(format!("data body {number}"), cause);
            }
        }
        for part in &parts.code {
            if let SerializedKind::Block(owner) = part.kind
                && (self.memory.code(owner).is_none() || !self.is_function(owner))
            {
                let cause = format!("its owner, body {owner}, is not a function");
                return malformed(format!("code body {}", part.number), cause);
            }
        }
        if self.memory.function("main") != Some(MAIN) {
            return malformed("code body 0", "it must be the function `main`");
        }
        Ok(())
    }

    /// `written` maps the addresses written so far to the cells that hold them.
    fn fill_body(
        &mut self,
        part: &SerializedCode,
        written: &mut HashMap<Body, Place>,
    ) -> Result<(), Malformed> {
        let here = |offset: usize| format!("code body {}, cell {offset}", part.number);
        if part.cells.len() as u64 + 1 > u64::from(part.size) {
            return malformed(here(part.cells.len()), "the body has no empty cell at its end");
        }
        let owner = self.memory.owner(part.number);
        for (offset, instruction) in part.cells.iter().enumerate() {
            let draft = match self.draft(instruction, &Functions::default()) {
                Ok(Part::Cell(draft)) => draft,
                Ok(Part::Block(_)) => {
                    return malformed(here(offset), "write a block as its address, such as @200");
                }
                Err(refusal) => return malformed(here(offset), refusal.to_string()),
            };
            if let Instruction::Address(BodyId::Code(body)) = instruction {
                let place = Place::new(part.number, Offset::from_index(offset));
                let other = written.insert(*body, place);
                if let Err(refusal) = self.check_written(*body, owner, other) {
                    return malformed(here(offset), refusal.to_string());
                }
            }
            if let Instruction::Pick(name) | Instruction::Assign(name) = instruction {
                self.add_slot(owner, name, &here(offset))?;
            }
            let cell = self.finish(draft);
            self.memory.code_mut(part.number).cells.push(cell);
        }
        self.memory.code_mut(part.number).trim();
        Ok(())
    }

    /// Whether a cell of the function `owner` can hold the address of a body, given another cell that
    /// already holds it, if any. (Searching all cells for each block would be quadratic.)
    fn check_written(&self, body: Body, owner: Body, other: Option<Place>) -> Result<(), Refusal> {
        self.check_owner(body, Some(owner))?;
        match other {
            Some(place) if !self.is_function(body) => Err(self.block_elsewhere(body, place)),
            _ => Ok(()),
        }
    }

    fn add_slot(&mut self, function: Body, name: &str, here: &str) -> Result<Slot, Malformed> {
        let id = self.memory.names.intern(name);
        let locals = &mut self.memory.code_mut(function).locals;
        if let Some(slot) = locals.iter().position(|&local| local == id) {
            return Ok(Slot::from_index(slot));
        }
        if locals.len() >= LOCALS {
            return malformed(here, format!("a function has at most {LOCALS} locals"));
        }
        locals.push(id);
        Ok(Slot::from_index(locals.len() - 1))
    }

    fn fill_data(&mut self, number: DataId, part: &SerializedData) -> Result<(), Malformed> {
        for (first, values) in &part.runs {
            for (n, value) in values.iter().enumerate() {
                let index = first.saturating_add(n as u64);
                if let Err(refusal) = self.set_data(number, index, value) {
                    let cause = match refusal {
                        Refusal::NoData { .. } => format!("it has {} cells", part.size),
                        other => other.to_string(),
                    };
                    return malformed(format!("data body {number}, cell {index}"), cause);
                }
            }
        }
        Ok(())
    }

    fn check_calls(&mut self, part: &SerializedTask, here: &str) -> Result<(), Malformed> {
        if part.calls.len() as u64 > LimitKind::Calls.maximum() {
            return malformed(
                here,
                format!("its call stack has more than {} entries", LimitKind::Calls.maximum()),
            );
        }
        for (depth, call) in part.calls.iter().enumerate() {
            let here = format!("{here}, call {depth}");
            if self.memory.code(call.body).is_none() {
                return malformed(here, format!("there is no code body {}", call.body));
            }
            if !self.is_function(call.body) && !call.locals.is_empty() {
                return malformed(here, "a block has no locals of its own");
            }
            for (name, value) in &call.locals {
                if let Err(refusal) = self.check_name(name) {
                    return malformed(here, refusal.to_string());
                }
                self.add_slot(call.body, name, &here)?;
                self.value_part(value, &here)?;
            }
        }
        let fits = part.calls.first().is_some_and(|bottom| {
            bottom.body == MAIN && bottom.returns_to.is_none() && bottom.again == Again::Once
        });
        if !fits {
            return malformed(here, "the bottom of its call stack must be a plain call of `main`");
        }
        Ok(())
    }

    fn make_task(&mut self, part: &SerializedTask, here: &str) -> Result<Task, Malformed> {
        let mut task = Task::new();
        self.check_position(part.counter, &format!("{here}, counter"))?;
        task.counter = part.counter;
        let locals = |machine: &Machine, body| machine.memory.existing_code(body).locals().len();
        task.calls = CallStack::new(MAIN, locals(self, MAIN));
        // The innermost frame of each function so far: searching for it would be quadratic.
        let mut homes = HashMap::from([(MAIN, task.calls.top())]);
        for (depth, call) in part.calls.iter().enumerate() {
            if depth > 0 {
                let here = format!("{here}, call {depth}");
                let Some(to) = call.returns_to else {
                    return malformed(
                        here,
                        "it has no return address; only the bottom may lack one",
                    );
                };
                self.check_position(to, &here)?;
                if self.is_function(call.body) {
                    task.calls.push_frame(call.body, Some(to), call.again, locals(self, call.body));
                    homes.insert(call.body, task.calls.top());
                } else {
                    let home = homes.get(&self.memory.owner(call.body)).copied();
                    task.calls.push_block(call.body, to, call.again, home);
                }
            }
            for (name, value) in &call.locals {
                let slot = self.add_slot(call.body, name, here)?;
                let value = self.value_part(value, here)?;
                task.calls.set_local(task.calls.top(), slot, value);
            }
        }
        for (index, value) in part.parameters.iter().enumerate() {
            let value = self.value_part(value, &format!("{here}, parameter {index}"))?;
            task.parameters.push(value);
        }
        Ok(task)
    }

    fn value_part(&mut self, value: &Instruction, here: &str) -> Result<Cell, Malformed> {
        self.make_value(value)
            .map_err(|refusal| Malformed { part: here.to_string(), cause: refusal.to_string() })
    }

    fn check_position(&self, place: Place, here: &str) -> Result<(), Malformed> {
        self.check_place(place)
            .map(|_| ())
            .map_err(|refusal| Malformed { part: here.to_string(), cause: refusal.to_string() })
    }
}

/// Checks numbers and sizes before anything is allocated.
fn check_sizes(parts: &Serialized) -> Result<(), Malformed> {
    if parts.retired > RETIRED {
        return malformed("retired", format!("at most {RETIRED} instructions can have retired"));
    }
    let mut next = Body(0);
    let mut total: u64 = 0;
    if parts.code_count > CODE_BODIES {
        return malformed("code", format!("there can be at most {CODE_BODIES} bodies"));
    }
    for part in &parts.code {
        let here = format!("code body {}", part.number);
        if part.number < next || part.number.0 >= parts.code_count {
            return malformed(here, "its number is out of order");
        }
        next = Body(part.number.0 + 1);
        if part.size > CODE_CELLS {
            let cause = format!("it has {} cells; a body has at most {CODE_CELLS}", part.size);
            return malformed(here, cause);
        }
        if part.size == 0 || part.start > ADDRESSES {
            return malformed(
                here,
                format!("it cannot have {} cells at {}", part.size, part.start),
            );
        }
        total += u64::from(part.size);
    }
    for (number, part) in parts.data.iter().enumerate() {
        if part.size > MEMORY_CELLS {
            let cause = format!("it has {} cells; there are at most {MEMORY_CELLS}", part.size);
            return malformed(format!("data body {number}"), cause);
        }
        if part.start > ADDRESSES {
            let cause = format!("it cannot have {} cells at {}", part.size, part.start);
            return malformed(format!("data body {number}"), cause);
        }
        total += part.size.max(1);
    }
    if total > MEMORY_CELLS {
        return malformed(
            "memory",
            format!("all bodies together can have at most {MEMORY_CELLS} cells"),
        );
    }
    if !is_given(total) {
        let cause = format!("the system does not give memory for {total} cells of 8 bytes");
        return malformed("memory", cause);
    }
    Ok(())
}
