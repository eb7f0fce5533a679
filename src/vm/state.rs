//! Changing what is not code while the machine stands still: the counter, the stacks, locals, data,
//! input and limits.

use super::cell::{BodyId, Cell};
use super::index::{DataId, EntryIndex, FrameId};
use super::instruction::Instruction;
use super::limit::LimitKind;
use super::machine::Machine;
use super::memory::Place;
use super::refusal::Refusal;
use super::text::TEXT_BYTES;

impl Machine {
    /// Moves the program counter. The call stack stays.
    ///
    /// # Errors
    /// If there is no such place.
    pub fn set_counter(&mut self, place: Place) -> Result<(), Refusal> {
        self.check_place(place)?;
        self.task_mut().counter = place;
        Ok(())
    }

    /// Pushes values onto the parameter stack, the last on top.
    ///
    /// # Errors
    /// If one is no value; then none is pushed.
    pub fn push(&mut self, values: &[Instruction]) -> Result<(), Refusal> {
        self.check_values(values)?;
        let cells: Vec<Cell> = values.iter().map(|value| self.make_value(value)).collect();
        self.task_mut().parameters.extend(cells);
        Ok(())
    }

    /// Drops values from the top of the parameter stack.
    ///
    /// # Errors
    /// If there are fewer.
    pub fn drop_top(&mut self, count: usize) -> Result<(), Refusal> {
        let there = self.task().parameters.len();
        let left =
            there.checked_sub(count).ok_or(Refusal::StackTooShort { wanted: count, there })?;
        self.task_mut().parameters.truncate(left);
        Ok(())
    }

    /// Changes a value of the parameter stack; 0 is the bottom.
    ///
    /// # Errors
    /// If there is none there, or the new one is no value.
    pub fn set_parameter(&mut self, index: usize, value: &Instruction) -> Result<(), Refusal> {
        let there = self.task().parameters.len();
        if index >= there {
            return Err(Refusal::StackTooShort { wanted: index.saturating_add(1), there });
        }
        self.check_values(std::slice::from_ref(value))?;
        let cell = self.make_value(value);
        self.task_mut().parameters[index] = cell;
        Ok(())
    }

    /// Changes a local of a frame; nothing for the value takes it away.
    ///
    /// # Errors
    /// If there is no such frame, its function has no such local, or the new one is no value.
    pub fn set_local(
        &mut self,
        frame: FrameId,
        local: &str,
        value: Option<&Instruction>,
    ) -> Result<(), Refusal> {
        let entry = self.entry(frame)?;
        let body = self.task().calls.body(entry);
        if !self.is_function(body) {
            return Err(Refusal::NoFrame { frame });
        }
        let code = self.memory.code(body);
        let name = self.locals_in_use(body).find(|&name| self.memory.name(name) == local);
        let slot = name.and_then(|name| code.and_then(|code| code.slot(name)));
        let function = self.memory.function_name(body).to_string();
        let slot = slot.ok_or(Refusal::NoLocal { local: local.to_string(), function })?;
        let cell = match value {
            Some(value) => {
                self.check_values(std::slice::from_ref(value))?;
                self.make_value(value)
            }
            None => Cell::UNASSIGNED,
        };
        self.task_mut().calls.set_local(entry, slot, cell);
        Ok(())
    }

    /// Changes a data cell.
    ///
    /// # Errors
    /// If there is no such cell, or the new one is no value.
    pub fn set_data(
        &mut self,
        body: DataId,
        index: u64,
        value: &Instruction,
    ) -> Result<(), Refusal> {
        let size = self.memory.data(body).map_or(0, |data| data.size() as u64);
        if index >= size {
            return Err(Refusal::NoData { body, index });
        }
        self.check_values(std::slice::from_ref(value))?;
        let cell = self.make_value(value);
        self.memory.data_mut(body).set(index as usize, cell);
        Ok(())
    }

    /// Starts an activation again: drops everything above it, replaces the parameter
    /// stack, clears its locals and puts the counter on its first cell.
    ///
    /// # Errors
    /// If there is no such entry, or a parameter is no value; nothing has changed then.
    pub fn restart(&mut self, frame: FrameId, parameters: &[Instruction]) -> Result<(), Refusal> {
        let entry = self.entry(frame)?;
        self.check_values(parameters)?;
        let cells = parameters.iter().map(|value| self.make_value(value)).collect();
        let task = self.task_mut();
        task.parameters = cells;
        task.calls.cut_above(entry);
        task.calls.clear_top();
        task.counter = Place::start(task.calls.body(entry));
        Ok(())
    }

    /// Gives input; an ended input goes on.
    pub fn give_input(&mut self, text: &str) {
        self.input.give(text);
    }

    /// Says that no more input will come.
    pub fn end_input(&mut self) {
        self.input.end();
    }

    /// Sets a limit. It stops instructions from now on; what is there already stays.
    ///
    /// # Errors
    /// If it is beyond [`LimitKind::maximum`].
    pub fn set_limit(&mut self, kind: LimitKind, value: u64) -> Result<(), Refusal> {
        let set = self.limits.set(kind, value);
        if set { Ok(()) } else { Err(Refusal::LimitTooHigh { kind, value }) }
    }

    /// Where an activation stands in the words of the call stack.
    fn entry(&self, frame: FrameId) -> Result<EntryIndex, Refusal> {
        self.task().calls.entry(frame).ok_or(Refusal::NoFrame { frame })
    }

    fn check_values(&self, values: &[Instruction]) -> Result<(), Refusal> {
        values.iter().try_for_each(|value| self.check_value(value))
    }

    pub(super) fn check_value(&self, value: &Instruction) -> Result<(), Refusal> {
        match value {
            Instruction::Integer(number) if Cell::integer(*number).is_none() => {
                Err(Refusal::Integer { value: *number })
            }
            Instruction::Integer(_) => Ok(()),
            Instruction::Text(text) if text.len() > TEXT_BYTES => {
                Err(Refusal::TextTooLong { bytes: text.len() })
            }
            Instruction::Text(_) => Ok(()),
            Instruction::Address(BodyId::Code(body)) if self.memory.code(*body).is_none() => {
                Err(Refusal::UnknownAddress)
            }
            Instruction::Address(BodyId::Data(body)) if self.memory.data(*body).is_none() => {
                Err(Refusal::UnknownAddress)
            }
            Instruction::Address(_) => Ok(()),
            Instruction::PushFunction(name) => match self.memory.function(name) {
                Some(_) => Ok(()),
                None => Err(Refusal::NoFunction { name: name.to_string() }),
            },
            other => Err(Refusal::NotAValue { instruction: other.clone() }),
        }
    }

    /// The cell of a checked value.
    pub(super) fn make_value(&mut self, value: &Instruction) -> Cell {
        match value {
            Instruction::Integer(number) => Cell::integer(*number).unwrap_or(Cell::ZERO),
            Instruction::Text(text) => Cell::text(self.memory.texts.intern(text)),
            Instruction::Address(body) => Cell::address(*body),
            Instruction::PushFunction(name) => {
                let body = self.memory.function(name).unwrap_or(super::memory::MAIN);
                Cell::address(BodyId::Code(body))
            }
            _ => Cell::ZERO,
        }
    }
}
