//! The machine as a person would describe it: every body with all its cells, every frame with its locals
//! by name, every saved position written out. If an instruction cannot complete, the state before it is
//! restored from a copy. Nothing is packed, cached or counted in advance.

use std::collections::BTreeMap;
use std::rc::Rc;

use midflight::vm::frame::Again;
use midflight::vm::growth::Growth;
use midflight::vm::index::{self, BodyId, DataId, FrameNumber, TaskId};
use midflight::vm::instruction::{Instruction, Primitive};
use midflight::vm::limit::LimitKind;
use midflight::vm::memory::{MAIN, Place};
use midflight::vm::space::FreeSpace;
use midflight::vm::stop::Stop;

use super::tasks::{Strand, Thread};

/// A value.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Value {
    Integer(i64),
    Text(String),
    /// A function; in a cell also a block, which becomes a value with a frame when it is pushed.
    Code(u32),
    /// A block and the number of the frame it was made in; 0 if nothing is known of that.
    Block(u32, u64),
    Data(u64),
    Task(u64),
}

/// What a cell that is not empty holds.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Instr {
    Push(Value),
    Call(u32),
    Pick(String),
    Assign(String),
    SetGlobal(String),
    GetGlobal(String),
    Label(String),
    Do(Primitive),
    Hole(String),
    FunctionHole(String),
}

/// What a code body is.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Kind {
    Function(String),
    Block(u32),
    Former(String),
}

/// A code body with every one of its cells.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Body {
    pub kind: Kind,
    pub start: u64,
    pub cells: Vec<Option<Instr>>,
}

/// A data body.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Data {
    pub freed: bool,
    pub start: u64,
    pub values: Vec<Value>,
}

/// An entry of the call stack.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Live {
    pub body: u32,
    pub again: Again,
    pub returns_to: Option<Place>,
    /// The number of a frame; for a block, of the frame it was made in.
    pub home: u64,
    /// The other block of `while`, or how many turns of `times` are left.
    pub kept: Option<Value>,
    pub locals: BTreeMap<String, Value>,
}

/// Why the model stops.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Halt {
    Breakpoint,
    Missing(String),
    Input,
    Fault(&'static str),
    Limit(LimitKind),
    Finished,
    Exit(u8),
    /// It waits for a task or a channel.
    Blocked,
    Deadlock,
}

/// Whether an instruction ran, or why it could not.
pub type Outcome = Result<(), Halt>;

/// The machine.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Model {
    /// Each body is shared between copies of the model, and copied when it changes.
    pub bodies: Vec<Option<Rc<Body>>>,
    pub data: Vec<Data>,
    pub globals: BTreeMap<String, Value>,
    pub counter: Place,
    pub stack: Vec<Value>,
    pub calls: Vec<Live>,
    pub input: String,
    pub ended: bool,
    pub output: String,
    pub limits: BTreeMap<LimitKind, u64>,
    pub retired: u64,
    /// How many frames have been opened.
    pub frames: u64,
    pub growth: Growth,
    /// Where data was that has moved or shrunk, and how many cells it had.
    pub left: Vec<(u64, usize)>,
    /// The least that is made between two collections.
    pub least: u64,
    /// The number of the task in hand.
    pub current: u64,
    /// All other tasks that are not over.
    pub others: BTreeMap<u64, Thread>,
    /// How many tasks were made.
    pub made: u64,
    /// How many of these since lost ones were looked for.
    pub made_since: u64,
    /// In the order in which they were made.
    pub strands: Vec<Strand>,
    /// The strand of the task in hand.
    pub round: usize,
    /// The values that tasks left which are over.
    pub results: BTreeMap<u64, Vec<Value>>,
    pub quantum: u64,
    /// The instructions of this turn.
    pub turn: u64,
    pub slept: u64,
    /// Whether only the task in hand may run.
    pub alone: bool,
}

impl Model {
    pub fn new() -> Model {
        let main = Body { kind: Kind::Function("main".into()), start: 0, cells: vec![None; 100] };
        let bottom = Live {
            body: 0,
            again: Again::Once,
            returns_to: None,
            home: 1,
            kept: None,
            locals: BTreeMap::new(),
        };
        Model {
            bodies: vec![Some(Rc::new(main))],
            data: Vec::new(),
            globals: BTreeMap::new(),
            counter: Place::new(0, 0),
            stack: Vec::new(),
            calls: vec![bottom],
            input: String::new(),
            ended: false,
            output: String::new(),
            limits: LimitKind::ALL.into_iter().map(|kind| (kind, kind.default_value())).collect(),
            retired: 0,
            frames: 1,
            growth: Growth::default(),
            left: Vec::new(),
            least: 1 << 16,
            current: 0,
            others: BTreeMap::new(),
            made: 1,
            made_since: 0,
            strands: vec![Strand::new(0)],
            round: 0,
            results: BTreeMap::new(),
            quantum: 1_000,
            turn: 0,
            slept: 0,
            alone: false,
        }
    }

    /// Executes one instruction, or changes nothing.
    pub fn step(&mut self) -> Outcome {
        let before = self.clone();
        let outcome = self.choose().and_then(|strand| self.advance(strand));
        if outcome.is_err() {
            *self = before;
        }
        outcome
    }

    /// Executes up to `fuel` instructions. Returns why it stops, or nothing if the next one can run.
    pub fn run(&mut self, fuel: u64) -> Option<Halt> {
        for _ in 0..fuel {
            if let Err(halt) = self.step() {
                return Some(halt);
            }
        }
        self.waits()
    }

    pub fn waits(&self) -> Option<Halt> {
        self.choose().err()
    }

    /// An instruction must not make the stacks together longer than the limit. One that does not make them
    /// longer may run even if they are beyond the limit.
    pub fn check_length(&self, before: &Model) -> Outcome {
        let (now, then) = (self.all_parameters(), before.all_parameters());
        if now > then && now as u64 > self.limits[&LimitKind::Parameters] {
            return Err(Halt::Limit(LimitKind::Parameters));
        }
        Ok(())
    }

    pub fn execute(&mut self, before: &Model) -> Outcome {
        let here = self.counter;
        let Some(instr) = self.cell(here).cloned() else { return Err(self.at_empty_cell()) };
        self.counter = self.counter.next();
        match instr {
            Instr::Push(Value::Code(block)) if self.owner(block) != block => {
                let home = self.home_number(here);
                self.stack.push(Value::Block(block, home));
            }
            Instr::Push(value) => self.stack.push(value),
            Instr::Label(_) => {}
            Instr::Call(body) => self.enter(&Value::Code(body), Again::Once)?,
            Instr::Hole(name) | Instr::FunctionHole(name) => return Err(Halt::Missing(name)),
            Instr::Pick(name) => {
                let home = self.home(here)?;
                let value = self.calls[home].locals.get(&name);
                self.stack.push(value.ok_or(Halt::Fault("unassigned"))?.clone());
            }
            Instr::Assign(name) => {
                let value = self.stack.pop().ok_or(Halt::Fault("operands"))?;
                let home = self.home(here)?;
                self.calls[home].locals.insert(name, value);
            }
            Instr::SetGlobal(name) => {
                let value = self.stack.pop().ok_or(Halt::Fault("operands"))?;
                self.globals.insert(name, value);
            }
            Instr::GetGlobal(name) => {
                let value = self.globals.get(&name);
                self.stack.push(value.ok_or(Halt::Fault("unset"))?.clone());
            }
            Instr::Do(primitive) => self.perform(primitive, before)?,
        }
        Ok(())
    }

    fn at_empty_cell(&self) -> Halt {
        let Place { body, offset } = self.counter;
        let main = self.bodies[0].as_ref().unwrap();
        let behind = main.cells.iter().skip(offset.index());
        if body == MAIN
            && self.current == 0
            && self.calls.len() == 1
            && behind.flatten().count() == 0
        {
            Halt::Finished
        } else {
            Halt::Breakpoint
        }
    }

    pub fn body(&self, number: u32) -> Option<&Body> {
        self.bodies.get(number as usize)?.as_deref()
    }

    pub fn cell(&self, place: Place) -> Option<&Instr> {
        self.body(place.body.0)?.cells.get(place.offset.index())?.as_ref()
    }

    /// The function that a code body belongs to.
    pub fn owner(&self, number: u32) -> u32 {
        match self.body(number) {
            Some(Body { kind: Kind::Block(owner), .. }) => *owner,
            _ => number,
        }
    }

    pub fn function(&self, name: &str) -> Option<u32> {
        let named = |body: &Option<Rc<Body>>| {
            body.as_ref().is_some_and(|body| body.kind == Kind::Function(name.to_string()))
        };
        self.bodies.iter().position(named).map(|number| number as u32)
    }

    /// The frame that the code at a place belongs to. Either the top entry runs that code: then it is the
    /// frame of that entry, which for a block is the one it was made in. Or somebody moved the counter into
    /// another function: then it is the innermost frame of that function.
    pub fn home(&self, at: Place) -> Result<usize, Halt> {
        let owner = self.owner(at.body.0);
        let top = self.calls.last().unwrap();
        let is_frame = |live: &Live| self.owner(live.body) == live.body;
        let its_own = self.calls.iter().position(|live| is_frame(live) && live.home == top.home);
        let innermost = self.calls.iter().rposition(|live| live.body == owner);
        match its_own {
            Some(frame) if self.calls[frame].body == owner => Ok(frame),
            None if self.owner(top.body) == owner => Err(Halt::Fault("frame")),
            _ => innermost.ok_or(Halt::Fault("frame")),
        }
    }

    /// The number of that frame; of one that has ended, too.
    pub fn home_number(&self, at: Place) -> u64 {
        let top = self.calls.last().unwrap();
        match self.home(at) {
            Ok(frame) => self.calls[frame].home,
            Err(_) if self.owner(top.body) == self.owner(at.body.0) => top.home,
            Err(_) => 0,
        }
    }

    pub fn enter(&mut self, code: &Value, again: Again) -> Outcome {
        self.begin(code, again, None)
    }

    /// As [`Model::enter`], for a loop that keeps a value.
    pub fn begin(&mut self, code: &Value, again: Again, kept: Option<Value>) -> Outcome {
        if self.all_calls() as u64 >= self.limits[&LimitKind::Calls] {
            return Err(Halt::Limit(LimitKind::Calls));
        }
        self.push_entry(code, again, kept);
        Ok(())
    }

    fn push_entry(&mut self, code: &Value, again: Again, kept: Option<Value>) {
        let returns_to = Some(self.counter);
        let (body, home) = match *code {
            Value::Block(block, home) => (block, home),
            Value::Code(function) => (function, self.open_frame()),
            _ => panic!("only code can be entered"),
        };
        self.calls.push(Live { body, again, returns_to, home, kept, locals: BTreeMap::new() });
        self.counter = Place::new(body, 0);
    }

    pub fn open_frame(&mut self) -> u64 {
        self.frames += 1;
        self.frames
    }

    /// Starts the top entry again. A frame starts as a new one.
    pub fn start_again(&mut self) {
        let body = self.calls.last().unwrap().body;
        if self.owner(body) == body {
            let home = self.open_frame();
            let top = self.calls.last_mut().unwrap();
            (top.home, top.locals) = (home, BTreeMap::new());
        }
        self.counter = Place::new(body, 0);
    }

    /// Ends the top entry: starts it again, or goes back to where it was called.
    pub fn leave(&mut self) -> Outcome {
        let top = self.calls.len() - 1;
        let kind = self.calls[top].again;
        let again = match kind {
            Again::Once => false,
            Again::Always | Again::Body => true,
            Again::WhileTrue | Again::Condition => {
                self.stack.pop().ok_or(Halt::Fault("flag"))? != Value::Integer(0)
            }
            Again::Times => self.calls[top].kept != Some(Value::Integer(0)),
        };
        if again && matches!(kind, Again::Condition | Again::Body) {
            let ended = self.calls.pop().unwrap();
            self.counter = ended.returns_to.unwrap();
            let is_function = self.owner(ended.body) == ended.body;
            let own = match is_function {
                true => Value::Code(ended.body),
                false => Value::Block(ended.body, ended.home),
            };
            let next = if kind == Again::Body { Again::Condition } else { Again::Body };
            self.push_entry(&ended.kept.unwrap(), next, Some(own));
            return Ok(());
        }
        if let (true, Some(Value::Integer(left))) = (again, &mut self.calls[top].kept) {
            *left -= 1;
        }
        if again {
            self.start_again();
        } else {
            let live = self.calls.pop().unwrap();
            self.counter = live.returns_to.unwrap();
        }
        Ok(())
    }

    /// Executes the `return` or `return_if` in the cell at `here`.
    pub fn leave_function(&mut self, here: Place, before: &Model) -> Outcome {
        let home = self.home(here)?;
        if home == 0 && self.current != 0 {
            return self.end_task();
        }
        if self.calls.len() == 1 {
            return if home == 0 { Err(Halt::Finished) } else { unreachable!() };
        }
        self.calls.truncate(home + 1);
        if home == 0 {
            // The bottom frame cannot be left: the counter stays here, and the next step finishes.
            self.counter = here;
            self.stack = before.stack.clone();
            return Ok(());
        }
        self.leave()
    }

    /// Executes `leave`: ends the innermost loop that the frame of this code began.
    pub fn leave_loop(&mut self, here: Place) -> Outcome {
        let home = self.home(here)?;
        let number = self.calls[home].home;
        let is_loop = |n: &usize| {
            // A loop is begun by the code of the entry below it.
            self.calls[*n].again != Again::Once && self.calls[n - 1].home == number
        };
        let found = (home + 1..self.calls.len()).rev().find(is_loop);
        let found = found.ok_or(Halt::Fault("loop"))?;
        self.counter = self.calls[found].returns_to.unwrap();
        self.calls.truncate(found);
        Ok(())
    }

    /// The number of cells of all bodies. Empty data counts as one.
    pub fn cells(&self) -> u64 {
        let there = self.data.iter().filter(|data| !data.freed);
        self.code_cells() + there.map(|data| data.values.len().max(1) as u64).sum::<u64>()
    }

    /// The number of cells of all code.
    pub fn code_cells(&self) -> u64 {
        self.bodies.iter().flatten().map(|body| body.cells.len() as u64).sum()
    }

    /// What is free: what lies between all bodies that there are, and data that there was.
    pub fn free_space(&self) -> FreeSpace {
        let taken = self.taken();
        let end = taken.iter().map(|&(start, size)| start + size).max().unwrap_or(0);
        let free = |hundred: &u64| {
            !taken.iter().any(|(start, size)| (*start..start + size).contains(hundred))
        };
        let mut gaps: Vec<(u64, u64)> = Vec::new();
        for hundred in (0..end).step_by(100).filter(free) {
            match gaps.last_mut() {
                Some((start, size)) if *start + *size == hundred => *size += 100,
                _ => gaps.push((hundred, 100)),
            }
        }
        FreeSpace { gaps, end }
    }

    /// The first address and the length of everything that takes a place.
    fn taken(&self) -> Vec<(u64, u64)> {
        let code = self.bodies.iter().flatten().map(|body| (body.start, body.cells.len()));
        let data = self.data.iter().map(|data| (data.start, data.values.len()));
        let all = code.chain(data).chain(self.left.iter().copied());
        all.map(|(start, size)| (start, (size.max(1) as u64).div_ceil(100) * 100)).collect()
    }

    /// The lowest multiple of 100 at which `size` cells are free.
    pub fn free_place(&self, size: usize) -> u64 {
        let (taken, size) = (self.taken(), (size.max(1) as u64).div_ceil(100) * 100);
        let free = |&start: &u64| {
            taken.iter().all(|&(other, length)| start + size <= other || other + length <= start)
        };
        (0..).step_by(100).find(free).unwrap()
    }

    /// The address where a body starts.
    pub fn start(&self, value: &Value) -> u64 {
        match value {
            Value::Code(number) | Value::Block(number, _) => self.body(*number).unwrap().start,
            Value::Data(number) => self.data[*number as usize].start,
            _ => panic!("no address"),
        }
    }

    pub fn spell_value(&self, value: &Value) -> Instruction {
        match value {
            Value::Integer(number) => Instruction::Integer(*number),
            Value::Text(text) => Instruction::Text(text.as_str().into()),
            Value::Data(number) => Instruction::Address(BodyId::Data(DataId(*number))),
            Value::Task(number) => Instruction::Task(TaskId(*number)),
            Value::Block(number, home) => {
                let home = FrameNumber::spelled(*home).unwrap();
                Instruction::BlockValue(index::Body(*number), home)
            }
            Value::Code(number) => match &self.body(*number).unwrap().kind {
                Kind::Function(name) => Instruction::PushFunction(name.as_str().into()),
                _ => Instruction::Address(BodyId::Code(index::Body(*number))),
            },
        }
    }

    pub fn spell(&self, cell: Option<&Instr>) -> Instruction {
        match cell {
            None => Instruction::Breakpoint,
            Some(Instr::Push(value)) => self.spell_value(value),
            Some(Instr::Call(number)) => match &self.body(*number).unwrap().kind {
                Kind::Function(name) => Instruction::Call(name.as_str().into()),
                kind => panic!("a call of {kind:?}"),
            },
            Some(Instr::Pick(name)) => Instruction::Pick(name.as_str().into()),
            Some(Instr::Assign(name)) => Instruction::Assign(name.as_str().into()),
            Some(Instr::SetGlobal(name)) => Instruction::SetGlobal(name.as_str().into()),
            Some(Instr::GetGlobal(name)) => Instruction::GetGlobal(name.as_str().into()),
            Some(Instr::Label(name)) => Instruction::Label(name.as_str().into()),
            Some(Instr::Do(primitive)) => Instruction::Primitive(*primitive),
            Some(Instr::Hole(name)) => Instruction::Hole(name.as_str().into()),
            Some(Instr::FunctionHole(name)) => Instruction::FunctionHole(name.as_str().into()),
        }
    }
}

/// The model's halt for a stop of the real machine; nothing for `OutOfFuel`.
pub fn halt(stop: &Stop) -> Option<Halt> {
    Some(match stop {
        Stop::Breakpoint => Halt::Breakpoint,
        Stop::NotYetImplemented(name) => Halt::Missing(name.clone()),
        Stop::Input => Halt::Input,
        Stop::Fault(fault) => Halt::Fault(fault.word()),
        Stop::Limit(kind) => Halt::Limit(*kind),
        Stop::OutOfFuel => return None,
        Stop::Finished => Halt::Finished,
        Stop::Exit(code) => Halt::Exit(*code),
        Stop::Blocked(_) => Halt::Blocked,
        Stop::Deadlock(_) => Halt::Deadlock,
    })
}
