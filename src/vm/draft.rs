//! Instructions and values on their way into cells.
//!
//! A cell refers to its text or name by a number in a table of the machine, and a new number changes the
//! table. A plan must change nothing, so it holds drafts: cells that are decided and checked, with texts
//! and names still spelled out.

use foldhash::HashMap;

use super::cell::Cell;
use super::index::{Body, BodyId, FrameNumber};
use super::instruction::Instruction;
use super::machine::Machine;
use super::name::{NameId, check_name};
use super::refusal::Refusal;
use super::text::TEXT_BYTES;

/// What a cell will be.
#[derive(Clone, Copy, Debug)]
pub(super) enum Draft<'e> {
    /// This cell.
    Cell(Cell),
    /// This text.
    Text(&'e str),
    /// What this function makes from the number of this name.
    Named(fn(NameId) -> Cell, &'e str),
}

impl Draft<'_> {
    pub(super) fn is_empty_cell(self) -> bool {
        matches!(self, Draft::Cell(Cell::BREAKPOINT))
    }
}

/// A draft of one instruction of a fragment.
#[derive(Clone, Copy, Debug)]
pub(super) enum Part<'e> {
    /// A cell.
    Cell(Draft<'e>),
    /// The address of a block: this body of the fragment.
    Block(usize),
}

/// Functions by name, as they will be after an edit.
#[derive(Debug, Default)]
pub(super) struct Functions<'e> {
    /// Those that the edit makes.
    pub(super) new: HashMap<&'e str, Body>,
    /// The body that is replaced, and the new body, which takes over its name and references.
    pub(super) superseded: Option<(Body, Body)>,
}

impl Functions<'_> {
    fn find(&self, machine: &Machine, name: &str) -> Option<Body> {
        self.new.get(name).copied().or_else(|| machine.memory.function(name))
    }

    fn address(&self, body: Body) -> Cell {
        let body = match self.superseded {
            Some((old, new)) if body == old => new,
            _ => body,
        };
        Cell::address(body)
    }
}

impl Machine {
    /// Drafts an instruction of code. Does not check whether the address of a code body may be written
    /// there; [`Machine::check_address`] does.
    pub(super) fn draft<'e>(
        &self,
        instruction: &'e Instruction,
        functions: &Functions<'_>,
    ) -> Result<Part<'e>, Refusal> {
        use Instruction as I;
        let named = |make, name: &'e str| {
            self.check_name(name)?;
            Ok(Part::Cell(Draft::Named(make, name)))
        };
        match instruction {
            I::Integer(value) => Ok(Part::Cell(integer(*value)?)),
            I::Text(text) => Ok(Part::Cell(text_value(text)?)),
            I::Block(body) => Ok(Part::Block(*body as usize)),
            I::Address(BodyId::Data(_)) => Err(Refusal::DataInCode),
            I::Address(BodyId::Code(body)) if self.memory.code(*body).is_none() => {
                Err(Refusal::UnknownAddress)
            }
            I::Address(BodyId::Code(body)) => Ok(Part::Cell(Draft::Cell(functions.address(*body)))),
            I::BlockValue(..) => Err(Refusal::BlockValueInCode),
            I::Task(_) => Err(Refusal::TaskInCode),
            I::Pick(name) => named(Cell::pick, name),
            I::Assign(name) => named(Cell::assign, name),
            I::SetGlobal(name) => named(Cell::set_global, name),
            I::GetGlobal(name) => named(Cell::get_global, name),
            I::Label(name) => named(Cell::label, name),
            I::Primitive(primitive) => Ok(Part::Cell(Draft::Cell(Cell::primitive(*primitive)))),
            I::Call(name) | I::Hole(name) => match functions.find(self, name) {
                Some(body) => Ok(Part::Cell(Draft::Cell(Cell::call(body)))),
                None => named(Cell::hole, name),
            },
            I::PushFunction(name) | I::FunctionHole(name) => match functions.find(self, name) {
                Some(body) => Ok(Part::Cell(Draft::Cell(Cell::address(body)))),
                None => named(Cell::function_hole, name),
            },
            I::Breakpoint => Ok(Part::Cell(Draft::Cell(Cell::BREAKPOINT))),
        }
    }

    /// Drafts a value for the parameter stack, a local or data.
    pub(super) fn draft_value<'e>(&self, value: &'e Instruction) -> Result<Draft<'e>, Refusal> {
        match value {
            Instruction::Integer(number) => integer(*number),
            Instruction::Text(text) => text_value(text),
            Instruction::Address(BodyId::Code(block)) if self.is_block(*block) => {
                let home = self.assumed_home(*block);
                Ok(Draft::Cell(Cell::block_value(*block, home)))
            }
            Instruction::BlockValue(block, home) => {
                self.check_home(*block, *home)?;
                Ok(Draft::Cell(Cell::block_value(*block, *home)))
            }
            Instruction::Address(BodyId::Code(body)) => match self.memory.code(*body) {
                Some(_) => Ok(Draft::Cell(Cell::address(*body))),
                None => Err(Refusal::UnknownAddress),
            },
            Instruction::Address(BodyId::Data(id)) => match self.memory.slot(*id) {
                Some(slot) => Ok(Draft::Cell(Cell::data(slot))),
                None if self.memory.was_freed(*id) => Err(Refusal::Freed { body: *id }),
                None => Err(Refusal::UnknownAddress),
            },
            Instruction::Task(task) if *task < self.tasks.next => {
                Ok(Draft::Cell(Cell::task(*task)))
            }
            Instruction::Task(task) => Err(Refusal::NoTask { task: *task }),
            Instruction::PushFunction(name) => match self.memory.function(name) {
                Some(body) => Ok(Draft::Cell(Cell::address(body))),
                None => Err(Refusal::NoFunction { name: name.to_string() }),
            },
            Instruction::Block(_)
            | Instruction::Call(_)
            | Instruction::Pick(_)
            | Instruction::Assign(_)
            | Instruction::SetGlobal(_)
            | Instruction::GetGlobal(_)
            | Instruction::Label(_)
            | Instruction::Primitive(_)
            | Instruction::Hole(_)
            | Instruction::FunctionHole(_)
            | Instruction::Breakpoint => Err(Refusal::NotAValue { instruction: value.clone() }),
        }
    }

    /// Whether a body exists and is a block.
    pub(super) fn is_block(&self, body: Body) -> bool {
        self.memory.code(body).is_some() && !self.is_function(body)
    }

    /// Whether a block can have been made in a frame.
    fn check_home(&self, block: Body, home: FrameNumber) -> Result<(), Refusal> {
        if !self.is_block(block) {
            return Err(Refusal::NotABlock);
        }
        if home == FrameNumber::GONE {
            return Ok(());
        }
        if home > self.newest_frame() {
            return Err(Refusal::FrameNotOpened { home, newest: self.newest_frame() });
        }
        let owner = self.memory.owner(block);
        let calls = self.tasks.iter().map(|task| &task.calls);
        let live = calls.filter_map(|calls| Some(calls.body(calls.frame_with(home)?))).next();
        match live.filter(|&function| function != owner) {
            Some(other) => Err(Refusal::FrameOfOther {
                home,
                function: self.memory.function_name(other).to_string(),
                owner: self.memory.function_name(owner).to_string(),
            }),
            None => Ok(()),
        }
    }

    /// Makes the cell of a draft.
    pub(super) fn finish(&mut self, draft: Draft<'_>) -> Cell {
        match draft {
            Draft::Cell(cell) => cell,
            Draft::Text(text) => Cell::text(self.memory.texts.intern(text)),
            Draft::Named(make, name) => make(self.memory.names.intern(name)),
        }
    }

    pub(super) fn check_name(&self, name: &str) -> Result<(), Refusal> {
        check_name(name).map_err(|fault| Refusal::Name { name: name.to_string(), fault })
    }
}

fn integer<'e>(value: i64) -> Result<Draft<'e>, Refusal> {
    Cell::integer(value).map(Draft::Cell).ok_or(Refusal::Integer { value })
}

fn text_value(text: &str) -> Result<Draft<'_>, Refusal> {
    let fits = text.len() <= TEXT_BYTES;
    if fits { Ok(Draft::Text(text)) } else { Err(Refusal::TextTooLong { bytes: text.len() }) }
}
