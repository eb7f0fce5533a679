//! Answering a call from outside: what a function that does not exist would have done, somebody says.
//!
//! No callback enters the machine. A call of a function that is missing, or in which nothing is written, waits
//! like every stop; an answer takes its operands, leaves its results and goes on behind the call. So a program
//! that asks is a value like any other, and whoever answers, a host or a person, does so by the same change.

use super::cell::{Cell, Content};
use super::frame::CallStack;
use super::index::{Body, TaskId};
use super::instruction::Instruction;
use super::machine::Machine;
use super::memory::{BodyKind, MAIN};
use super::refusal::Refusal;
use super::task::Task;

impl Machine {
    /// The name of the function whose call waits at the counter, and can be answered: it is missing, or it was
    /// entered and nothing is written in it.
    pub fn asked(&self) -> Option<&str> {
        self.asked_in(self.task())
    }

    /// The same in a task.
    pub fn asked_of(&self, task: TaskId) -> Option<&str> {
        self.asked_in(self.task_of(task)?)
    }

    /// The same in the current task, which commands are about.
    fn asked_now(&self) -> Option<&str> {
        self.asked_in(self.tasks.current())
    }

    fn asked_in(&self, task: &Task) -> Option<&str> {
        if let Content::Hole(name) = self.memory.cell(task.counter()).content() {
            return Some(self.memory.name(name));
        }
        self.entered_empty(task).map(|function| self.memory.function_name(function))
    }

    /// The name of the missing function whose address the next instruction would push.
    pub fn asked_for_address(&self) -> Option<&str> {
        self.asked_for_address_of(self.task().number())
    }

    /// The same of a task.
    pub fn asked_for_address_of(&self, task: TaskId) -> Option<&str> {
        let cell = self.memory.cell(self.task_of(task)?.counter());
        let Content::FunctionHole(name) = cell.content() else { return None };
        Some(self.memory.name(name))
    }

    /// The names that cells use and nothing defines, sorted.
    pub fn missing_names(&self) -> Vec<&str> {
        let cells = self.memory.code_bodies().flat_map(|(_, body)| body.used());
        let missing = cells.filter_map(|cell| {
            let content = cell.content();
            let (Content::Hole(name) | Content::FunctionHole(name)) = content else { return None };
            Some(self.memory.name(name))
        });
        let mut names: Vec<&str> = missing.collect();
        names.sort_unstable();
        names.dedup();
        names
    }

    fn is_at_hole(&self) -> bool {
        matches!(self.memory.cell(self.tasks.current().counter()).content(), Content::Hole(_))
    }

    /// The function that the counter has just entered and in which nothing is written.
    fn entered_empty(&self, task: &Task) -> Option<Body> {
        let (at, calls) = (task.counter(), task.calls());
        let code = self.memory.existing_code(at.body);
        let is_empty = at.offset.index() == 0 && code.used().is_empty();
        let is_current = matches!(code.kind, BodyKind::Function(_)) && at.body != MAIN;
        let is_entered = calls.top() != CallStack::BOTTOM && calls.body(calls.top()) == at.body;
        (is_empty && is_current && is_entered).then_some(at.body)
    }

    /// Checks that the call at the counter of the current task is one of this function with these operands, the last on top.
    ///
    /// # Errors
    /// If it is not: what is asked instead.
    pub fn check_asked(&self, name: &str, operands: &[Instruction]) -> Result<(), Refusal> {
        let name = name.to_string();
        let asked = self.asked_now().ok_or(Refusal::NotAsked)?;
        if asked != name {
            return Err(Refusal::AskedAnother { name, asked: asked.to_string() });
        }
        let parameters = self.tasks.current().parameters();
        let there = parameters.len();
        let Some(first) = there.checked_sub(operands.len()) else {
            return Err(Refusal::StackTooShort { wanted: operands.len(), there });
        };
        let is_same = |(&cell, operand): (&Cell, &Instruction)| self.spell(cell) == *operand;
        if parameters[first..].iter().zip(operands).all(is_same) {
            return Ok(());
        }
        Err(Refusal::AskedWith { name, stack: self.here().show_stack() })
    }

    /// Checks that these can be values on a stack of this machine.
    ///
    /// # Errors
    /// Why one cannot.
    pub fn check_values(&self, values: &[Instruction]) -> Result<(), Refusal> {
        values.iter().try_for_each(|value| self.draft_value(value).map(drop))
    }

    /// Answers the call at the counter: drops its `takes` operands, pushes its results, the last on top, and goes
    /// on behind the call. It is no instruction and does not count as one.
    ///
    /// # Errors
    /// If nothing is asked, there are fewer operands, a result is no value, or the function cannot return; nothing
    /// has changed then.
    pub fn answer(&mut self, takes: usize, results: &[Instruction]) -> Result<(), Refusal> {
        let is_hole = self.is_at_hole();
        if !is_hole && self.entered_empty(self.tasks.current()).is_none() {
            return Err(Refusal::NotAsked);
        }
        let there = self.tasks.current().parameters.len();
        if there < takes {
            return Err(Refusal::StackTooShort { wanted: takes, there });
        }
        self.prepare_values(results);
        self.check_values(results)?;
        if is_hole {
            self.task_mut().parameters.truncate(there - takes);
            self.push_values(results);
            let task = self.task_mut();
            task.counter = task.counter.next();
            return Ok(());
        }
        let operands = self.tasks.current().parameters[there - takes..].to_vec();
        self.task_mut().parameters.truncate(there - takes);
        self.push_values(results);
        let given = results.len();
        self.return_now().map_err(|stop| {
            let name = self.asked_now().expect("it was").to_string();
            let parameters = &mut self.task_mut().parameters;
            parameters.truncate(parameters.len() - given);
            parameters.extend(operands);
            Refusal::CannotReturn { name, stop }
        })
    }
}
