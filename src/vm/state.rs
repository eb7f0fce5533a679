//! Changing a stopped machine, except for its code: the counter, the stacks, locals, globals, data, input
//! and limits.

use std::sync::Arc;

use super::cell::Cell;
use super::draft::Draft;
use super::fast::Decoded;
use super::frame::CallStack;
use super::index::{DataId, EntryIndex, FrameId};
use super::instruction::Instruction;
use super::limit::LimitKind;
use super::machine::Machine;
use super::memory::{MEMORY_CELLS, Place};
use super::refusal::Refusal;
use super::task::Task;

impl Machine {
    /// Forgets the output so far: it takes no more room, and no longer counts for the limit.
    pub fn forget_output(&mut self) {
        self.output = Arc::default();
        self.printed_before = 0;
    }

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
    /// If one is not a value; then none is pushed.
    pub fn push(&mut self, values: &[Instruction]) -> Result<(), Refusal> {
        self.prepare_values(values);
        self.check_values(values)?;
        self.push_values(values);
        Ok(())
    }

    /// What these values need before they are checked and made.
    pub(super) fn prepare_values(&mut self, values: &[Instruction]) {
        let is_address = |value: &Instruction| {
            matches!(value, Instruction::Address(_) | Instruction::BlockValue(..))
        };
        if values.iter().any(is_address) {
            self.task_mut().calls.remember_frames();
            self.finish_collection();
        }
    }

    /// Pushes values that were checked since [`Machine::prepare_values`].
    pub(super) fn push_values(&mut self, values: &[Instruction]) {
        for value in values {
            let draft = self.draft_value(value).expect("it was checked");
            let cell = self.finish(draft);
            self.task_mut().parameters.push(cell);
        }
    }

    /// Drops values from the top of the parameter stack.
    ///
    /// # Errors
    /// If there are fewer.
    pub fn drop_top(&mut self, count: usize) -> Result<(), Refusal> {
        let there = self.tasks.current().parameters.len();
        let left =
            there.checked_sub(count).ok_or(Refusal::StackTooShort { wanted: count, there })?;
        self.task_mut().parameters.truncate(left);
        Ok(())
    }

    /// Changes a value of the parameter stack; 0 is the bottom.
    ///
    /// # Errors
    /// If there is no value there, or the new one is not a value.
    pub fn set_parameter(&mut self, index: usize, value: &Instruction) -> Result<(), Refusal> {
        let there = self.tasks.current().parameters.len();
        if index >= there {
            return Err(Refusal::StackTooShort { wanted: index.saturating_add(1), there });
        }
        let cell = self.make_value(value)?;
        self.task_mut().parameters[index] = cell;
        Ok(())
    }

    /// Changes a local of a frame, or clears it.
    ///
    /// # Errors
    /// If there is no such frame, its function has no such local, or the new one is not a value.
    pub fn set_local(
        &mut self,
        frame: FrameId,
        local: &str,
        value: Option<&Instruction>,
    ) -> Result<(), Refusal> {
        let entry = self.entry(frame)?;
        let body = self.tasks.current().calls.body(entry);
        if !self.is_function(body) {
            return Err(Refusal::NoFrame { frame });
        }
        let name = self.locals_in_use(body).find(|&name| self.memory.name(name) == local);
        let function = || self.memory.function_name(body).to_string();
        let missing = || Refusal::NoLocal { local: local.to_string(), function: function() };
        let slot = self.memory.existing_code(body).slot(name.ok_or_else(missing)?);
        let slot = slot.expect("a local in use has a slot");
        let cell = match value {
            Some(value) => self.make_value(value)?,
            None => Cell::UNASSIGNED,
        };
        self.task_mut().calls.set_local(entry, slot, cell);
        Ok(())
    }

    /// Changes a global, or clears it. One that has no value yet gets one.
    ///
    /// # Errors
    /// If there is no such global to clear, its name cannot be one, or the new value is none.
    pub fn set_global(&mut self, name: &str, value: Option<&Instruction>) -> Result<(), Refusal> {
        self.check_name(name)?;
        match value {
            Some(value) => {
                let cell = self.make_value(value)?;
                // The table of names knows every name, as the spelling of new ones depends on it.
                self.memory.names.intern(name);
                self.globals.set(name, cell);
                Ok(())
            }
            None if self.globals.clear(name) => Ok(()),
            None => Err(Refusal::NoGlobal { name: name.to_string() }),
        }
    }

    /// Changes a data cell.
    ///
    /// # Errors
    /// If there is no such cell, or the new one is not a value.
    pub fn set_data(
        &mut self,
        body: DataId,
        index: u64,
        value: &Instruction,
    ) -> Result<(), Refusal> {
        self.finish_collection();
        if self.memory.was_freed(body) {
            return Err(Refusal::Freed { body });
        }
        let slot = self.memory.slot(body).ok_or(Refusal::NoData { body, index })?;
        if index >= self.memory.data_in(slot).size() as u64 {
            return Err(Refusal::NoData { body, index });
        }
        let cell = self.make_value(value)?;
        self.memory.all_data_mut().set(slot, index as usize, cell);
        Ok(())
    }

    /// Makes a data body of these values and returns its number. Until something refers to it, a collection may
    /// take it away.
    ///
    /// # Errors
    /// If one is not a value, or there would be too many cells; nothing has changed then.
    pub fn add_data(&mut self, values: &[Instruction]) -> Result<DataId, Refusal> {
        let cells = self.memory.cells().saturating_add(values.len() as u64);
        if cells >= MEMORY_CELLS || self.memory.is_used_up() {
            return Err(Refusal::TooManyCells);
        }
        let values = self.make_values(values)?;
        self.growth.cells += values.len().max(1) as u64;
        let slot = self.memory.add_data(values.len());
        for (index, value) in values.into_iter().enumerate() {
            self.memory.all_data_mut().set(slot, index, value);
        }
        Ok(self.memory.data_in(slot).id)
    }

    /// Gives back memory that is only there to be used again. It makes no difference to the program.
    pub fn shrink(&mut self) {
        self.decoded = Decoded::default();
        self.tasks.iter_mut().for_each(Task::shrink);
    }

    /// Starts an activation again: drops those above it, replaces the parameter stack, and puts the counter
    /// on its first cell. A frame starts as a new one, without locals: blocks that were made in it before
    /// belong to a frame that has ended.
    ///
    /// # Errors
    /// If there is no such activation, or a parameter is not a value; nothing has changed then.
    pub fn restart(&mut self, frame: FrameId, parameters: &[Instruction]) -> Result<(), Refusal> {
        let entry = self.entry(frame)?;
        let calls = &self.tasks.current().calls;
        if entry == CallStack::BOTTOM && calls.has_bottom_block() {
            return Err(Refusal::CopiedFrame);
        }
        let cells = self.make_values(parameters)?;
        let task = self.task_mut();
        task.parameters = cells.into();
        task.calls.cut_above(entry);
        self.make_frame_number();
        self.restart_top();
        Ok(())
    }

    /// Gives input. If the input had ended, it continues.
    pub fn give_input(&mut self, text: &str) {
        self.input.give(text);
    }

    /// Takes back the last `bytes` of input that was given and not read: somebody else will read them. More
    /// may come.
    ///
    /// # Panics
    /// If so much is not there, or a character begins before that and ends after it.
    pub fn take_back_input(&mut self, bytes: usize) {
        self.input.take_back(bytes);
    }

    /// Ends the input: no more will come.
    pub fn end_input(&mut self) {
        self.input.end();
    }

    /// Sets a limit for instructions from now on. What already exceeds it stays.
    ///
    /// # Errors
    /// If the value is above [`LimitKind::maximum`].
    pub fn set_limit(&mut self, kind: LimitKind, value: u64) -> Result<(), Refusal> {
        let set = self.limits.set(kind, value);
        if set { Ok(()) } else { Err(Refusal::LimitTooHigh { kind, value }) }
    }

    /// The index of an activation in the words of the call stack.
    fn entry(&self, frame: FrameId) -> Result<EntryIndex, Refusal> {
        self.tasks.current().calls.entry(frame).ok_or(Refusal::NoFrame { frame })
    }

    /// The cell of a value.
    pub(super) fn make_value(&mut self, value: &Instruction) -> Result<Cell, Refusal> {
        self.task_mut().calls.remember_frames();
        self.finish_collection();
        let draft = self.draft_value(value)?;
        Ok(self.finish(draft))
    }

    /// The cells of values; all are checked before the first is made.
    pub(super) fn make_values(&mut self, values: &[Instruction]) -> Result<Vec<Cell>, Refusal> {
        self.prepare_values(values);
        let drafts: Vec<Draft<'_>> =
            values.iter().map(|value| self.draft_value(value)).collect::<Result<_, _>>()?;
        Ok(drafts.into_iter().map(|draft| self.finish(draft)).collect())
    }
}
