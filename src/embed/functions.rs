//! Functions of the host: what a program asks for, answered by Rust at once.
//!
//! No function enters the machine. The program stops at the call, as at everything that is missing; the answer takes
//! the operands, leaves the results, and the program goes on. A host that answers later does the same by hand:
//! [`Machine::asked`], [`Machine::operands`], [`Machine::answer`].

use std::collections::BTreeMap;
use std::fmt;

use super::error::Error;
use super::machine::Machine;
use super::value::Value;
use crate::vm::stop::Stop;

/// What a function of the host answers: values, the last on top, or what went wrong.
pub type Answer = Result<Vec<Value>, String>;

type Body<'f> = Box<dyn FnMut(&mut Machine, &[Value]) -> Answer + 'f>;

/// A table of functions that a host provides, by name.
#[derive(Default)]
pub struct Functions<'f> {
    table: BTreeMap<Box<str>, Function<'f>>,
    /// Those of the last question; the room is used again.
    operands: Vec<Value>,
}

struct Function<'f> {
    name: Box<str>,
    takes: usize,
    body: Body<'f>,
}

impl fmt::Debug for Functions<'_> {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.debug_set().entries(self.names()).finish()
    }
}

impl<'f> Functions<'f> {
    /// An empty table.
    pub fn new() -> Functions<'f> {
        Functions::default()
    }

    /// Adds a function that takes this many values; the last was on top.
    pub fn with(
        self,
        name: &str,
        takes: usize,
        mut body: impl FnMut(&[Value]) -> Answer + 'f,
    ) -> Functions<'f> {
        self.with_machine(name, takes, move |_, values| body(values))
    }

    /// Adds a function that also sees the machine: to read data and to make it.
    pub fn with_machine(
        mut self,
        name: &str,
        takes: usize,
        body: impl FnMut(&mut Machine, &[Value]) -> Answer + 'f,
    ) -> Functions<'f> {
        let function = Function { name: name.into(), takes, body: Box::new(body) };
        self.table.insert(name.into(), function);
        self
    }

    /// The names, sorted: what [`Machine::declare`] takes.
    pub fn names(&self) -> impl Iterator<Item = &str> {
        self.table.keys().map(|name| &**name)
    }

    fn provides(&self, name: Option<&str>) -> bool {
        name.is_some_and(|name| self.table.contains_key(name))
    }

    /// Answers what the machine asks, if it is one of these. Returns whether it was.
    ///
    /// # Errors
    /// If there are too few operands, the function failed, or it answered what no value can be. The program still
    /// asks then.
    pub fn answer(&mut self, machine: &mut Machine) -> Result<bool, Error> {
        let Some(name) = machine.asked() else { return Ok(false) };
        let Some(function) = self.table.get_mut(name) else { return Ok(false) };
        let cells = machine.operand_cells(function.takes)?;
        self.operands.clear();
        self.operands.extend(cells.iter().map(|&cell| machine.value(cell)));
        let values = (function.body)(machine, &self.operands)
            .map_err(|message| Error::Host { function: function.name.to_string(), message })?;
        machine.answer(&function.name, function.takes, &values)?;
        Ok(true)
    }
}

impl Machine {
    /// As [`Machine::run`], with the functions of a host. An answer takes a unit of fuel, as an instruction does.
    ///
    /// # Errors
    /// As [`Functions::answer`].
    pub fn run_with(&mut self, functions: &mut Functions<'_>, fuel: u64) -> Result<Stop, Error> {
        self.go_on_with(functions, &mut { fuel })
    }

    /// The same, with the fuel that is left.
    fn go_on_with(&mut self, functions: &mut Functions<'_>, left: &mut u64) -> Result<Stop, Error> {
        loop {
            let before = self.retired();
            let stop = self.run(*left);
            *left -= self.retired() - before;
            let is_question = matches!(stop, Stop::NotYetImplemented(_) | Stop::Breakpoint);
            if !is_question || !functions.provides(self.asked()) {
                return Ok(stop);
            }
            if *left == 0 {
                return Ok(Stop::OutOfFuel);
            }
            functions.answer(self)?;
            *left -= 1;
        }
    }

    /// As [`Machine::call`], with the functions of a host. An answer takes a unit of fuel, as an instruction does.
    ///
    /// # Errors
    /// As [`Machine::call`] and [`Functions::answer`]; the call waits then.
    pub fn call_with(
        &mut self,
        functions: &mut Functions<'_>,
        function: &str,
        values: &[Value],
    ) -> Result<Vec<Value>, Error> {
        self.begin(function, values)?;
        self.resume_with(functions)
    }

    /// As [`Machine::resume`], with the functions of a host. An answer takes a unit of fuel, as an instruction does.
    ///
    /// # Errors
    /// As [`Machine::resume`] and [`Functions::answer`]; the call waits then.
    pub fn resume_with(&mut self, functions: &mut Functions<'_>) -> Result<Vec<Value>, Error> {
        self.calls().ok_or(Error::NoCall)?;
        let mut left = self.fuel();
        let stop = self.go_on_with(functions, &mut left);
        self.set_fuel(left);
        self.end_of_call(stop?)
    }
}
