//! A machine as a Rust program has it: to call, to run in pieces, to give values and take them.
//!
//! It is a machine and the one call from outside that it may be in the middle of. There is no callback in it, no
//! thread and no clock, so it can be kept, sent, forked and saved wherever it stops.

use std::sync::Arc;

use super::base::Base;
use super::error::Error;
use super::owner::{Owner, Referent};
use super::value::{Code, Data, Task, Value};
use crate::program::hint;
use crate::program::image::Image;
use crate::program::near::near;
use crate::session::command::Command;
use crate::vm::call::{CallEnd, OutsideCall};
use crate::vm::cell::{Cell, Content};
use crate::vm::index::{Body, BodyId, DataId};
use crate::vm::instruction::{Fragment, Instruction};
use crate::vm::limit::LimitKind;
use crate::vm::machine::Machine as Vm;
use crate::vm::memory::MAIN;
use crate::vm::refusal::Refusal;
use crate::vm::stop::Stop;

/// A program that runs: see the [module](super).
#[derive(Debug)]
pub struct Machine {
    pub(super) vm: Vm,
    base: Arc<Base>,
    owner: Arc<Owner>,
    call: Option<Call>,
    fuel: u64,
    /// Empty; its room is used again.
    list: Vec<Instruction>,
}

/// A call that has not been given back.
#[derive(Clone, Debug)]
struct Call {
    function: Box<str>,
    at: OutsideCall,
    state: CallState,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum CallState {
    /// It is on the call stack.
    Waits,
    /// Its results are on the parameter stack.
    Returned,
    /// A block has returned through it; nothing is left of it.
    Left,
}

impl Machine {
    /// A machine that goes on where an image is.
    pub fn from_image(mut image: Image) -> Machine {
        let vm = std::mem::take(&mut image.machine);
        Machine::of(vm, Arc::new(Base::of(image)))
    }

    pub(super) fn of(vm: Vm, base: Arc<Base>) -> Machine {
        Machine { vm, base, owner: Arc::default(), call: None, fuel: u64::MAX, list: Vec::new() }
    }

    /// A machine that goes on where one was saved.
    ///
    /// # Errors
    /// What is wrong with the text, and where.
    pub fn load(text: &str) -> Result<Machine, Error> {
        Ok(Machine::from_image(Image::from_file_text(text)?))
    }

    /// All of it as the text of an image file.
    pub fn save(&self) -> String {
        self.image().to_file_text()
    }

    /// All of it as an image, for a [`Session`](crate::Session) or a file. A call that has not returned is on its
    /// call stack, and nothing says any more that it came from outside.
    pub fn image(&self) -> Image {
        Image { machine: self.vm.clone(), ..self.base.image.clone() }
    }

    /// As [`Machine::image`].
    pub fn into_image(self) -> Image {
        Image { machine: self.vm, ..Arc::unwrap_or_clone(self.base).image }
    }

    /// A copy that shares what neither has changed. Addresses that this machine has given mean the same there.
    pub fn fork(&mut self) -> Machine {
        let vm = self.vm.fork();
        let owner = Arc::new(self.owner.fork(&vm));
        let (base, call) = (self.base.clone(), self.call.clone());
        Machine { vm, base, owner, call, fuel: self.fuel, list: Vec::new() }
    }

    /// Gives back memory that a run needs and a machine at rest does not.
    pub fn rest(&mut self) {
        self.vm.shrink();
        self.list = Vec::new();
    }

    /// The machine itself, to look at.
    pub fn vm(&self) -> &Vm {
        &self.vm
    }

    /// How many instructions it has executed.
    pub fn retired(&self) -> u64 {
        self.vm.retired()
    }

    // --- fuel and limits ------------------------------------------------------------------------------

    /// How many instructions calls may still execute; without bound at first.
    pub fn fuel(&self) -> u64 {
        self.fuel
    }

    /// Sets how many instructions calls may execute from now on.
    pub fn set_fuel(&mut self, fuel: u64) {
        self.fuel = fuel;
    }

    /// Lets calls execute more instructions.
    pub fn add_fuel(&mut self, fuel: u64) {
        self.fuel = self.fuel.saturating_add(fuel);
    }

    /// A limit.
    pub fn limit(&self, kind: LimitKind) -> u64 {
        self.vm.limits().get(kind)
    }

    /// Sets a limit for instructions from now on.
    ///
    /// # Errors
    /// If it is higher than a limit can be.
    pub fn set_limit(&mut self, kind: LimitKind, value: u64) -> Result<(), Error> {
        Ok(self.vm.set_limit(kind, value)?)
    }

    // --- input and output -----------------------------------------------------------------------------

    /// What it has printed since it was last taken.
    pub fn output(&self) -> &str {
        self.vm.output()
    }

    /// Takes what it has printed. It no longer counts for the limit.
    pub fn take_output(&mut self) -> String {
        let output = self.vm.output().to_string();
        self.vm.forget_output();
        output
    }

    /// Gives it input. If the input had ended, it continues.
    pub fn give_input(&mut self, text: &str) {
        self.vm.give_input(text);
    }

    /// Ends its input: no more will come.
    pub fn end_input(&mut self) {
        self.vm.end_input();
    }

    // --- running --------------------------------------------------------------------------------------

    /// Executes up to `fuel` instructions of the call that waits, or else of main, and says why it stopped.
    /// [`Stop::Finished`] means that the call has returned, and [`Machine::resume`] gives what it left, or that main
    /// is at its end. This fuel is not taken from that of the machine.
    pub fn run(&mut self, fuel: u64) -> Stop {
        let Some(call) = self.call.as_mut().filter(|call| call.state != CallState::Left) else {
            return self.vm.run(fuel);
        };
        if call.state == CallState::Returned {
            return Stop::Finished;
        }
        call.state = match self.vm.run_call(call.at, fuel) {
            Ok(CallEnd::OutOfFuel) => return Stop::OutOfFuel,
            Ok(CallEnd::Returned) => CallState::Returned,
            Ok(CallEnd::Left) => CallState::Left,
            Err(stop) => return stop,
        };
        Stop::Finished
    }

    /// Why it waits; [`Stop::OutOfFuel`] if it could go on.
    pub fn stop(&mut self) -> Stop {
        let stop = match &self.call {
            Some(Call { state: CallState::Returned, .. }) => Some(Stop::Finished),
            Some(Call { state: CallState::Waits, at, .. }) => self.vm.call_waits(*at),
            Some(Call { state: CallState::Left, .. }) | None => self.vm.waits(),
        };
        stop.unwrap_or(Stop::OutOfFuel)
    }

    /// Where the next instruction is written: `line 3, column 5`. None if it was not in a text.
    pub fn place(&self) -> Option<String> {
        let counter = self.vm.task().counter();
        self.base.image.origins.of(counter).map(|origin| origin.to_string())
    }

    /// What could be meant by the name that is missing at the counter, in words.
    pub fn hint(&self) -> Option<String> {
        hint::at_counter(&self.vm, self.asked().or_else(|| self.vm.asked_for_address())?)
    }

    /// The names that the code uses and nothing defines, sorted: functions of the host, and mistakes.
    pub fn missing(&self) -> Vec<String> {
        self.vm.missing_names().into_iter().map(str::to_owned).collect()
    }

    /// Calls a function with these values, the last on top, within the fuel of the machine. Returns what it leaves.
    ///
    /// # Errors
    /// If the function cannot be called so, in which case nothing has changed. Or if the machine stops in it: it
    /// stands exactly there, and [`Machine::resume`] goes on.
    pub fn call(&mut self, function: &str, values: &[Value]) -> Result<Vec<Value>, Error> {
        self.begin(function, values)?;
        self.resume()
    }

    /// As [`Machine::call`], for a function that leaves one value, of this type.
    ///
    /// # Errors
    /// As [`Machine::call`], or if it leaves another number of values, or one of another kind: the call is over then.
    pub fn call_one<T>(&mut self, function: &str, values: &[Value]) -> Result<T, Error>
    where
        T: TryFrom<Value>,
        Error: From<T::Error>,
    {
        let left = self.call(function, values)?;
        match <[Value; 1]>::try_from(left) {
            Ok([value]) => Ok(T::try_from(value)?),
            Err(left) => Err(Error::NotOne { function: function.to_string(), left: left.len() }),
        }
    }

    /// Begins a call without executing anything: [`Machine::run`] and [`Machine::resume`] go on with it.
    ///
    /// # Errors
    /// If the function cannot be called so; nothing has changed then.
    pub fn begin(&mut self, function: &str, values: &[Value]) -> Result<(), Error> {
        if let Some(function) = self.calls() {
            return Err(Error::Waits(function.to_string()));
        }
        let body = self.find(function)?;
        self.push(values)?;
        match self.vm.enter_function(body, values.len()) {
            Ok(at) => {
                let function = function.into();
                self.call = Some(Call { function, at, state: CallState::Waits });
                Ok(())
            }
            Err(stop) => {
                self.vm.drop_top(values.len()).expect("they were pushed");
                Err(Error::Stopped { function: function.into(), stop })
            }
        }
    }

    /// Goes on with the call that waits, within the fuel of the machine. Returns what it leaves.
    ///
    /// # Errors
    /// If no call waits, or the machine stops again.
    pub fn resume(&mut self) -> Result<Vec<Value>, Error> {
        self.calls().ok_or(Error::NoCall)?;
        let before = self.vm.retired();
        let stop = self.run(self.fuel);
        self.fuel -= self.vm.retired() - before;
        self.end_of_call(stop)
    }

    /// What the call left, if this stop is its end.
    pub(super) fn end_of_call(&mut self, stop: Stop) -> Result<Vec<Value>, Error> {
        let call = self.call.take_if(|call| call.state != CallState::Waits);
        let Some(Call { function, at, state, .. }) = call else {
            let function = self.calls().ok_or(Error::NoCall)?.into();
            return Err(Error::Stopped { function, stop });
        };
        if state == CallState::Left {
            return Err(Error::Left(function.into()));
        }
        let cells = &self.vm.task().parameters()[at.hidden()..];
        let values: Vec<Value> = cells.iter().map(|&cell| self.value(cell)).collect();
        self.vm.drop_top(values.len()).expect("they are there");
        Ok(values)
    }

    /// The function of the call that waits or whose values nobody has taken.
    pub fn calls(&self) -> Option<&str> {
        self.at_call().map(|call| &*call.function)
    }

    fn at_call(&self) -> Option<&Call> {
        self.call.as_ref().filter(|call| call.state != CallState::Left)
    }

    /// Gives up the call that waits. Its activations and values are gone; what it changed in globals, data, input
    /// and output stays.
    ///
    /// # Errors
    /// If no call waits.
    pub fn give_up(&mut self) -> Result<(), Error> {
        match self.call.take() {
            Some(Call { state: CallState::Waits, at, .. }) => self.vm.leave_call(at),
            Some(Call { state: CallState::Returned, at, .. }) => {
                let there = self.vm.task().parameters().len();
                self.vm.drop_top(there - at.hidden()).expect("they are there");
            }
            Some(Call { state: CallState::Left, .. }) | None => return Err(Error::NoCall),
        }
        Ok(())
    }

    fn find(&self, function: &str) -> Result<Body, Error> {
        let memory = self.vm.memory();
        match memory.function(function) {
            Some(MAIN) => Err(Error::Main),
            Some(body) => Ok(body),
            None => {
                let names = memory.functions().map(|(name, _)| name).filter(|&name| name != "main");
                let near = near(function, names).map(str::to_string);
                Err(Error::NoFunction { name: function.to_string(), near })
            }
        }
    }

    // --- code -----------------------------------------------------------------------------------------

    /// Adds the definitions of a program text. Calls that wait for a function that it defines go on there.
    ///
    /// # Errors
    /// What is wrong with the text, or which function is already defined differently; nothing has changed then.
    pub fn define(&mut self, text: &str) -> Result<(), Error> {
        let command = Command::Load { text: text.into() };
        let base = std::mem::take(&mut self.base);
        let machine = std::mem::take(&mut self.vm);
        let mut image = Image { machine, ..Arc::unwrap_or_clone(base).image };
        let done = command.apply(&mut image);
        self.vm = std::mem::take(&mut image.machine);
        self.base = Arc::new(Base::of(image));
        self.find_call();
        done?;
        Ok(())
    }

    /// Makes functions in which nothing is written, for functions of the host whose address a program takes with
    /// `pushf:`. Calls of them are asked, as calls of missing functions are. What exists stays.
    ///
    /// # Errors
    /// If one cannot be a name; nothing has changed then.
    pub fn declare(&mut self, names: &[&str]) -> Result<(), Error> {
        let empty = Fragment::line(Vec::new());
        let is_new = |name: &&&str| self.vm.memory().function(name).is_none();
        let mut new: Vec<&str> = names.iter().filter(is_new).copied().collect();
        new.sort_unstable();
        new.dedup();
        let list: Vec<(&str, &Fragment)> = new.into_iter().map(|name| (name, &empty)).collect();
        self.vm.define_all(&list)?;
        self.find_call();
        Ok(())
    }

    /// Finds the call that waits after an edit.
    fn find_call(&mut self) {
        let waiting = |call: &&mut Call| call.state == CallState::Waits;
        if let Some(call) = self.call.as_mut().filter(waiting) {
            call.at = self.vm.find_call(call.at);
        }
    }

    /// The address of a function.
    ///
    /// # Errors
    /// If there is none with this name.
    pub fn function(&self, name: &str) -> Result<Code, Error> {
        let referent = Referent::Function(self.find(name)?);
        Ok(Code { owner: self.owner.clone(), referent })
    }

    // --- questions ------------------------------------------------------------------------------------

    /// The function that the program asks somebody outside for: the call at the counter is one of a function that is
    /// missing, or in which nothing is written.
    pub fn asked(&self) -> Option<&str> {
        self.vm.asked()
    }

    /// The top `takes` values, as a function that is asked for takes them; the last was on top.
    ///
    /// # Errors
    /// If nothing is asked, or there are fewer.
    pub fn operands(&self, takes: usize) -> Result<Vec<Value>, Error> {
        self.asked().ok_or(Error::NotAsked)?;
        Ok(self.operand_cells(takes)?.iter().map(|&cell| self.value(cell)).collect())
    }

    /// The cells of the operands of a function that is asked for.
    pub(super) fn operand_cells(&self, takes: usize) -> Result<&[Cell], Error> {
        let hidden = self.at_call().map_or(0, |call| call.at.hidden());
        let given = &self.vm.task().parameters()[hidden..];
        match given.len().checked_sub(takes) {
            Some(first) => Ok(&given[first..]),
            None => {
                let function = self.asked().ok_or(Error::NotAsked)?.to_string();
                Err(Error::TooFew { function, takes, there: given.len() })
            }
        }
    }

    /// Answers the call of this function: takes its operands, leaves these values, the last on top, and goes on behind
    /// the call. Executes nothing.
    ///
    /// # Errors
    /// If this function is not asked for now, there are fewer operands, or a value cannot be one of this machine;
    /// nothing has changed then.
    pub fn answer(&mut self, name: &str, takes: usize, values: &[Value]) -> Result<(), Error> {
        match self.asked() {
            None => return Err(Error::NotAsked),
            Some(asked) if asked != name => {
                let (name, asked) = (name.to_string(), asked.to_string());
                return Err(Refusal::AskedAnother { name, asked }.into());
            }
            Some(_) => {}
        }
        if self.calls().is_some() {
            self.operand_cells(takes)?;
        }
        self.with_values(values, |vm, values| Ok(vm.answer(takes, values)?))?;
        if let Some(call) = self.call.as_mut().filter(|call| call.state == CallState::Waits)
            && !self.vm.is_in(call.at)
        {
            call.state = CallState::Returned;
        }
        Ok(())
    }

    // --- values ---------------------------------------------------------------------------------------

    /// The parameter stack, top last.
    pub fn stack(&self) -> Vec<Value> {
        self.vm.task().parameters().iter().map(|&cell| self.value(cell)).collect()
    }

    /// Pushes values for main, the last on top.
    ///
    /// # Errors
    /// If one cannot be a value of this machine; then none is pushed.
    pub fn push(&mut self, values: &[Value]) -> Result<(), Error> {
        self.with_values(values, |vm, values| Ok(vm.push(values)?))
    }

    /// The value of a global, if it has one.
    pub fn global(&self, name: &str) -> Option<Value> {
        self.vm.globals().get(name).map(|cell| self.value(cell))
    }

    /// Gives a global a value.
    ///
    /// # Errors
    /// If its name cannot be one, or the value cannot be one of this machine.
    pub fn set_global(&mut self, name: &str, value: impl Into<Value>) -> Result<(), Error> {
        let value = self.instruction(&value.into())?;
        Ok(self.vm.set_global(name, Some(&value))?)
    }

    /// Makes data of these values.
    ///
    /// # Errors
    /// If one cannot be a value of this machine, or there would be too many cells.
    pub fn list<V: Into<Value>>(
        &mut self,
        values: impl IntoIterator<Item = V>,
    ) -> Result<Data, Error> {
        let values = values.into_iter().map(|value| self.instruction(&value.into()));
        let values: Vec<Instruction> = values.collect::<Result<_, _>>()?;
        let referent = Referent::Data(self.vm.add_data(&values)?);
        Ok(Data { owner: self.owner.clone(), referent })
    }

    /// The values of data, each as this type: `read::<Value>` for any, `read::<u8>` for bytes.
    ///
    /// # Errors
    /// If the data belongs to another machine or was collected, or a value is not of this kind.
    pub fn read<T>(&self, data: &Data) -> Result<Vec<T>, Error>
    where
        T: TryFrom<Value>,
        Error: From<T::Error>,
    {
        let settled = self.vm.settled();
        let id = self.data_id(data)?;
        let Some(body) = settled.memory().data(id) else {
            return Err(Refusal::Freed { body: id }.into());
        };
        body.cells().map(|cell| Ok(T::try_from(self.value_in(&settled, cell))?)).collect()
    }

    /// Changes a value of data.
    ///
    /// # Errors
    /// If there is no such cell, or the value cannot be one of this machine.
    pub fn set(&mut self, data: &Data, index: u64, value: impl Into<Value>) -> Result<(), Error> {
        let (id, value) = (self.data_id(data)?, self.instruction(&value.into())?);
        Ok(self.vm.set_data(id, index, &value)?)
    }

    fn data_id(&self, data: &Data) -> Result<DataId, Error> {
        match data.referent {
            Referent::Data(id) if self.owner.has(&data.owner, data.referent) => Ok(id),
            Referent::Data(_) | Referent::Function(_) | Referent::Block(..) | Referent::Task(_) => {
                Err(Error::OtherMachine)
            }
        }
    }

    /// Does something with values as the machine takes them. The list of them is used again.
    fn with_values<T>(
        &mut self,
        values: &[Value],
        change: impl FnOnce(&mut Vm, &[Instruction]) -> Result<T, Error>,
    ) -> Result<T, Error> {
        let mut list = std::mem::take(&mut self.list);
        list.clear();
        let mut done = Ok(());
        for value in values {
            match self.instruction(value) {
                Ok(value) => list.push(value),
                Err(error) => done = Err(error),
            }
        }
        let done = done.and_then(|()| change(&mut self.vm, &list));
        self.list = list;
        done
    }

    fn instruction(&self, value: &Value) -> Result<Instruction, Error> {
        let (owner, referent) = match value {
            Value::Integer(value) => return Ok(Instruction::Integer(*value)),
            Value::Text(text) => return Ok(Instruction::Text(text.clone())),
            Value::Data(Data { owner, referent })
            | Value::Code(Code { owner, referent })
            | Value::Task(Task { owner, referent }) => (owner, *referent),
        };
        if !self.owner.has(owner, referent) {
            return Err(Error::OtherMachine);
        }
        Ok(match referent {
            Referent::Data(id) => Instruction::Address(BodyId::Data(id)),
            Referent::Function(body) => Instruction::Address(BodyId::Code(body)),
            Referent::Block(body, home) => Instruction::BlockValue(body, home),
            Referent::Task(task) => Instruction::Task(task),
        })
    }

    pub(super) fn value(&self, cell: Cell) -> Value {
        self.value_in(&self.vm, cell)
    }

    /// The value of a cell of this machine, in the state `vm`.
    fn value_in(&self, vm: &Vm, cell: Cell) -> Value {
        let owner = || self.owner.clone();
        match cell.content() {
            Content::Integer(value) => Value::Integer(value),
            Content::Text(id) => Value::Text(vm.memory().text(id).into()),
            Content::Data(slot) => {
                let referent = Referent::Data(vm.memory().data_in(slot).id);
                Value::Data(Data { owner: owner(), referent })
            }
            Content::Address(body) => {
                Value::Code(Code { owner: owner(), referent: Referent::Function(body) })
            }
            Content::BlockValue(body, home) => {
                Value::Code(Code { owner: owner(), referent: Referent::Block(body, home) })
            }
            Content::Task(task) => {
                Value::Task(Task { owner: owner(), referent: Referent::Task(task) })
            }
            Content::Call(_)
            | Content::Primitive(_)
            | Content::Pick(_)
            | Content::Assign(_)
            | Content::SetGlobal(_)
            | Content::GetGlobal(_)
            | Content::Label(_)
            | Content::Hole(_)
            | Content::FunctionHole(_)
            | Content::Breakpoint
            | Content::Unassigned => unreachable!("stacks, globals and data hold values only"),
        }
    }

    /// The name of the function that an address is of, or of the function that a block is written in.
    ///
    /// # Errors
    /// If it belongs to another machine.
    pub fn name(&self, code: &Code) -> Result<&str, Error> {
        if !self.owner.has(&code.owner, code.referent) {
            return Err(Error::OtherMachine);
        }
        let (Referent::Function(body) | Referent::Block(body, _)) = code.referent else {
            unreachable!("the address of code is of a function or block")
        };
        Ok(self.vm.memory().function_name(body))
    }
}
