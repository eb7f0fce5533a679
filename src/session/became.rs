//! When something became a value: a data cell, a local, a global, or the top of the parameter stack.
//!
//! The step is found by looking before and after each instruction that could do it. Few instructions can give
//! a data cell, a local or a global a value, so a replay runs at full speed between them. Any instruction
//! can change the top of the stack, so a search for that looks at each.

use super::command::Command;
use crate::vm::cell::{Cell, Content};
use crate::vm::index::{Body, DataId, TaskId};
use crate::vm::instruction::{Instruction, Primitive};
use crate::vm::machine::Machine;

/// What is watched for a value.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Watched {
    /// A data cell.
    Data {
        /// The number of the data body.
        body: DataId,
        /// The cell in it.
        index: u64,
    },
    /// A local of a function, in any of its calls.
    Local {
        /// The body of the function.
        function: Body,
        /// The name of the local.
        name: String,
    },
    /// The global with this name.
    Global(String),
    /// The top of the parameter stack.
    Top,
}

/// Something that becomes a value.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Became {
    /// What.
    pub what: Watched,
    /// The value.
    pub value: Instruction,
    /// The value as a command spells it.
    pub spelled: String,
}

impl Watched {
    /// Whether a cell of code could give it a value; the cell is in a body of this function.
    pub(super) fn is_given_by(&self, machine: &Machine, function: Body, cell: Cell) -> bool {
        let is = |id, name: &str| machine.memory().name(id) == name;
        match (self, cell.content()) {
            // New data is full of zeros.
            (Watched::Data { .. }, Content::Primitive(primitive)) => {
                matches!(primitive, Primitive::MemorySet | Primitive::Allocate)
            }
            (Watched::Local { function: wanted, name }, Content::Assign(id)) => {
                function == *wanted && is(id, name)
            }
            (Watched::Global(name), Content::SetGlobal(id)) => is(id, name),
            (
                Watched::Data { .. } | Watched::Local { .. } | Watched::Global(_) | Watched::Top,
                _,
            ) => false,
        }
    }

    /// Its value now, if it has one.
    pub(super) fn value(&self, machine: &Machine) -> Option<Cell> {
        self.value_in(machine, machine.task().number())
    }

    /// The same, where what belongs to a task belongs to this one.
    pub(super) fn value_in(&self, machine: &Machine, task: TaskId) -> Option<Cell> {
        match self {
            Watched::Data { body, index } => {
                let data = machine.memory().data(*body);
                data.and_then(|data| data.get(usize::try_from(*index).ok()?))
            }
            Watched::Local { function, name } => local(machine, task, *function, name),
            Watched::Global(name) => machine.globals().get(name),
            Watched::Top => machine.task_of(task)?.parameters().last().copied(),
        }
    }

    /// The text of the value that a command gives it.
    pub(super) fn given_by_command<'c>(
        &self,
        machine: &Machine,
        command: &'c Command,
    ) -> Option<&'c str> {
        if let (Watched::Data { body, index }, Command::Data { at, text }) = (self, command) {
            return ((at.body, at.index) == (*body, *index)).then_some(text);
        }
        if let (Watched::Global(wanted), Command::Global { name, text }) = (self, command) {
            return (wanted == name).then_some(text);
        }
        if let (Watched::Local { function, name: wanted }, Command::Local { frame, name, text }) =
            (self, command)
        {
            let task = machine.task_of(machine.current()).expect("there is always a current task");
            let is_it =
                task.calls().activation_of(*frame).is_some_and(|frame| frame.body == *function);
            return (is_it && wanted == name).then_some(text);
        }
        None
    }
}

impl Became {
    /// Whether a cell of code could do it; the cell is in a body of this function.
    pub(super) fn could(&self, machine: &Machine, function: Body, cell: Cell) -> bool {
        self.what.is_given_by(machine, function, cell)
    }

    /// Whether any instruction could do it.
    pub(super) fn could_be_any(&self) -> bool {
        self.what == Watched::Top
    }

    /// Whether it has the value now.
    pub(super) fn holds(&self, machine: &Machine) -> bool {
        self.what.value(machine).is_some_and(|cell| self.is_value(machine, cell))
    }

    fn is_value(&self, machine: &Machine, cell: Cell) -> bool {
        match (&self.value, cell.content()) {
            (Instruction::Integer(wanted), Content::Integer(number)) => *wanted == number,
            (Instruction::Integer(_), _) | (_, Content::Integer(_)) => false,
            _ => machine.spell(cell) == self.value,
        }
    }

    /// Whether a command does it.
    pub(super) fn is_command(&self, command: &Command) -> bool {
        let is_value = |text: &str| text.trim() == self.spelled;
        if let (Watched::Data { body, index }, Command::Data { at, text }) = (&self.what, command) {
            return (at.body, at.index) == (*body, *index) && is_value(text);
        }
        if let (Watched::Global(wanted), Command::Global { name, text }) = (&self.what, command) {
            return wanted == name && is_value(text);
        }
        if let (Watched::Local { name: wanted, .. }, Command::Local { name, text, .. }) =
            (&self.what, command)
        {
            return wanted == name && is_value(text);
        }
        if let (Watched::Top, Command::Push { text }) = (&self.what, command) {
            let before = text.trim_end().strip_suffix(&*self.spelled);
            return before.is_some_and(|rest| rest.is_empty() || rest.ends_with(' '));
        }
        false
    }
}

/// A local of the frame that the counter of a task is in, if that is a frame of this function.
fn local(machine: &Machine, task: TaskId, function: Body, name: &str) -> Option<Cell> {
    let frame = machine.home_frame_of(task).filter(|frame| frame.body == function)?;
    let memory = machine.memory();
    let mut names = memory.code(function)?.locals().iter();
    let slot = names.position(|&local| memory.name(local) == name)?;
    frame.locals.get(slot).copied()
}
