//! A machine made from plain structs, which may come from anyone: every part is checked.
//!
//! The order matters. Sizes are checked before anything is allocated. Bodies come first, because code and
//! values name them; then call stacks, because a block as a value names a frame; values come last.

use std::collections::HashMap;
use std::sync::Arc;

use super::cell::Cell;
use super::data::is_given;
use super::draft::{Functions, Part};
use super::frame::{Again, CallStack, Home};
use super::growth::Growth;
use super::index::{
    Body, BodyId, CODE_BODIES, DataId, DataSlot, EntryIndex, FrameNumber, Offset, Slot, TaskId,
};
use super::input::Input;
use super::instruction::Instruction;
use super::limit::LimitKind;
use super::machine::{Machine, RETIRED};
use super::memory::{
    BodyKind, CODE_CELLS, LAST_ADDRESS, LAST_DATA, LOCALS, MAIN, MEMORY_CELLS, Memory, Place,
};
use super::refusal::Refusal;
use super::schedule_part::check_tasks;
use super::serialized::{
    Fill, Malformed, Serialized, SerializedCall, SerializedCode, SerializedKind, SerializedTask,
    malformed,
};
use super::space::Address;
use super::task::{Task, TaskState};

/// The highest address of a file: room for the last body that a program can make.
const ADDRESSES: Address = LAST_ADDRESS + 2 * MEMORY_CELLS;
/// The most cells that can have been made since the last collection, and the most bytes.
const MADE: u64 = 1 << 60;

impl Machine {
    /// Makes the machine that was serialised.
    ///
    /// # Errors
    /// The first part that is wrong, and why. Sizes are checked before anything is allocated.
    pub fn deserialize(parts: &Serialized) -> Result<Machine, Malformed> {
        Machine::deserialize_with(parts, &mut |index, fill| {
            parts.data[index].runs.iter().try_for_each(|(first, values)| fill(*first, values))
        })
    }

    /// As [`Machine::deserialize`], but with the values that `values` passes on for each body of
    /// `parts.data`, by its index. So spelled out, the values are never in memory as a whole.
    ///
    /// # Errors
    /// The first part that is wrong, and why, or what `values` returns.
    pub fn deserialize_with<E: From<Malformed>>(
        parts: &Serialized,
        values: &mut dyn FnMut(usize, Fill<'_>) -> Result<(), E>,
    ) -> Result<Machine, E> {
        check_sizes(parts)?;
        let mut machine = Machine::of(Memory::default());
        machine.add_bodies(parts)?;
        let mut written = HashMap::new();
        for part in &parts.code {
            machine.fill_body(part, &mut written)?;
        }
        let schedule = check_tasks(parts)?;
        // Slots first: every frame of a function, in every task, has all of them.
        for part in &parts.tasks {
            machine.check_calls(part, &format!("task {}", part.number))?;
        }
        // Values come last: a block names a frame.
        let (mut tasks, mut entries) = (Vec::new(), Vec::new());
        for part in &parts.tasks {
            let (task, made) = machine.make_task(part, &format!("task {}", part.number))?;
            tasks.push(task);
            entries.push(made);
        }
        machine.set_tasks(parts, tasks, schedule);
        machine.set_newest_frame(parts)?;
        for (index, (part, entries)) in parts.tasks.iter().zip(&entries).enumerate() {
            machine.tasks.visit(index);
            machine.fill_task(part, entries, &format!("task {}", part.number))?;
        }
        machine.finish_tasks(parts)?;
        let homes = machine.assumed_homes();
        for (index, part) in parts.data.iter().enumerate() {
            let slot = machine.memory.slot(part.number).expect("it was added");
            values(index, &mut |first, run| {
                machine.fill_data((slot, part.number), first, run, &homes)
            })?;
        }
        machine.fill_globals(&parts.globals, &homes)?;
        let mut input = Input::default();
        input.give(&parts.input);
        if parts.input_ended {
            input.end();
        }
        machine.input = input;
        machine.output = Arc::new(parts.output.clone());
        (machine.limits, machine.retired) = (parts.limits, parts.retired);
        machine.set_growth(parts)?;
        machine.memory.index_uses();
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
        for part in &parts.data {
            let size = part.size as usize;
            if self.memory.add_data_at(part.number, part.start, size).is_none() {
                let cause = format!(
                    "it cannot start at {}: not free, or not a multiple of 100",
                    part.start
                );
                return malformed(format!("data body {}", part.number), cause);
            }
        }
        self.memory.skip_data(parts.next_data.unwrap_or(self.memory.next_data()));
        if let Some(free) = &parts.free_space
            && !self.memory.restrict_space(free)
        {
            return malformed("free", "bodies are there, or it is not in order");
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
        let mut cells = Vec::with_capacity(part.cells.len());
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
            cells.push(self.finish(draft));
        }
        self.memory.write_code(Place::start(part.number), &cells);
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
        let locals = self.memory.locals_mut(function);
        if let Some(slot) = locals.iter().position(|&local| local == id) {
            return Ok(Slot::from_index(slot));
        }
        if locals.len() >= LOCALS {
            return malformed(here, format!("a function has at most {LOCALS} locals"));
        }
        locals.push(id);
        Ok(Slot::from_index(locals.len() - 1))
    }

    fn fill_data(
        &mut self,
        (slot, number): (DataSlot, DataId),
        first: u64,
        values: &[Instruction],
        homes: &Homes,
    ) -> Result<(), Malformed> {
        let size = self.memory.data_in(slot).size() as u64;
        for (n, value) in values.iter().enumerate() {
            let index = first.saturating_add(n as u64);
            let here = || format!("data body {number}, cell {index}");
            if index >= size {
                return malformed(here(), format!("it has {size} cells"));
            }
            let cell = self.value_part(value, homes, here)?;
            self.memory.all_data_mut().set(slot, index as usize, cell);
        }
        Ok(())
    }

    fn fill_globals(
        &mut self,
        globals: &[(String, Instruction)],
        homes: &Homes,
    ) -> Result<(), Malformed> {
        for (name, value) in globals {
            if let Err(refusal) = self.check_name(name) {
                return malformed("globals", refusal.to_string());
            }
            let here = || format!("global `{name}`");
            if self.globals.get(name).is_some() {
                return malformed(here(), "it is there twice");
            }
            let cell = self.value_part(value, homes, here)?;
            self.memory.names.intern(name);
            self.globals.set(name, cell);
        }
        Ok(())
    }

    fn set_growth(&mut self, parts: &Serialized) -> Result<(), Malformed> {
        self.assume_growth();
        if let Some(growth) = parts.growth {
            let Growth { kept_cells, kept_text, cells, text } = growth;
            let most = LimitKind::Text.maximum();
            if kept_cells > MEMORY_CELLS || kept_text > most {
                let cause = format!("at most {MEMORY_CELLS} cells and {most} bytes can be kept");
                return malformed("growth", cause);
            }
            if cells > MADE || text > MADE {
                return malformed("growth", format!("no count can be above {MADE}"));
            }
            self.growth = growth;
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
            if call.again.keeps() != call.kept.is_some() {
                return malformed(here, "`while` and `times` keep a value, and nothing else does");
            }
            if !self.is_function(call.body) && !call.locals.is_empty() {
                return malformed(here, "a block has no locals of its own");
            }
            for (name, _) in &call.locals {
                if let Err(refusal) = self.check_name(name) {
                    return malformed(here, refusal.to_string());
                }
                self.add_slot(call.body, name, &here)?;
            }
        }
        let fits = part.calls.first().is_some_and(|bottom| {
            let is_first = part.number == TaskId::MAIN;
            (!is_first || bottom.body == MAIN)
                && self.is_function(bottom.body)
                && bottom.returns_to.is_none()
                && bottom.again == Again::Once
        });
        if !fits {
            let what = if part.number == TaskId::MAIN { "`main`" } else { "a function" };
            return malformed(
                here,
                format!("the bottom of its call stack must be a plain call of {what}"),
            );
        }
        Ok(())
    }

    /// A task without its values, and the entries of its call stack, bottom first.
    fn make_task(
        &self,
        part: &SerializedTask,
        here: &str,
    ) -> Result<(Task, Vec<EntryIndex>), Malformed> {
        self.check_position(part.counter, &format!("{here}, counter"))?;
        let locals = |body| self.memory.existing_code(body).locals().len();
        let number = part.calls[0].home.unwrap_or(FrameNumber::FIRST);
        if number == FrameNumber::GONE {
            return malformed(here, "the frame at the bottom of its call stack has ended");
        }
        let bottom = part.calls[0].body;
        let calls = CallStack::new(bottom, locals(bottom), number);
        // Nobody has resumed it, until the schedule says otherwise.
        let mut task = Task::resting(part.number, part.counter, calls, TaskState::Rests);
        let mut entries = vec![task.calls.top()];
        let mut frames = LiveFrames::new(bottom, task.calls.top(), number);
        let is_copy = |call: &SerializedCall| {
            let is_block_of_it = self.is_block(call.body) && self.memory.owner(call.body) == bottom;
            let is_at_home = call.home.is_none_or(|home| home == number);
            part.number != TaskId::MAIN && is_block_of_it && is_at_home && call.again == Again::Once
        };
        for (depth, call) in part.calls.iter().enumerate().skip(1) {
            let here = format!("{here}, call {depth}");
            if depth == 1 && call.returns_to.is_none() && is_copy(call) {
                task.calls.push_bottom_block(call.body);
                entries.push(task.calls.top());
                continue;
            }
            let Some(to) = call.returns_to else {
                return malformed(here, "it has no return address; only the bottom may lack one");
            };
            self.check_position(to, &here)?;
            if self.is_function(call.body) {
                let number = call.home.unwrap_or(frames.newest.next());
                if number <= frames.newest || number >= FrameNumber::GONE {
                    let cause = format!("frame {number} cannot be above frame {}", frames.newest);
                    return malformed(here, cause);
                }
                task.calls.push_frame(call.body, Some(to), call.again, number, locals(call.body));
                frames.add(call.body, task.calls.top(), number);
            } else {
                let home = frames.home(self.memory.owner(call.body), call.home);
                let home = home.or_else(|function| {
                    malformed(
                        here,
                        format!("its frame is a call of `{}`", self.memory.function_name(function)),
                    )
                })?;
                task.calls.push_block(call.body, to, call.again, home);
            }
            if call.again.keeps() {
                // The value follows when all frames are there.
                task.calls.keep(Cell::ZERO);
            }
            entries.push(task.calls.top());
        }
        task.calls.remember_frames();
        Ok((task, entries))
    }

    /// Sets the number of the newest frame. No frame or block may have a greater one.
    fn set_newest_frame(&mut self, parts: &Serialized) -> Result<(), Malformed> {
        let entries = self.tasks.iter().flat_map(|task| task.calls.activations());
        let homes = entries.map(|entry| entry.home).filter(|&home| home != FrameNumber::GONE);
        let greatest = homes.max().expect("every call stack has a bottom frame");
        let newest = parts.newest_frame.unwrap_or(greatest);
        if newest < greatest || newest >= FrameNumber::GONE {
            return malformed(
                "frames",
                format!("there is a frame {greatest}, so it cannot be {newest}"),
            );
        }
        self.frames.newest = newest;
        Ok(())
    }

    /// Sets the locals and the parameters of the current task.
    fn fill_task(
        &mut self,
        part: &SerializedTask,
        entries: &[EntryIndex],
        here: &str,
    ) -> Result<(), Malformed> {
        let homes = self.assumed_homes();
        for (depth, (call, &entry)) in part.calls.iter().zip(entries).enumerate() {
            for (name, value) in &call.locals {
                let here = || format!("{here}, call {depth}");
                let slot = self.add_slot(call.body, name, "locals")?;
                let value = self.value_part(value, &homes, here)?;
                self.task_mut().calls.set_local(entry, slot, value);
            }
        }
        self.fill_kept(part, &homes, here)?;
        for (index, value) in part.parameters.iter().enumerate() {
            let value = self.value_part(value, &homes, || format!("{here}, parameter {index}"))?;
            self.task_mut().parameters.push(value);
        }
        Ok(())
    }

    /// Sets what the loops of the current task keep.
    fn fill_kept(
        &mut self,
        part: &SerializedTask,
        homes: &Homes,
        here: &str,
    ) -> Result<(), Malformed> {
        let mut values = Vec::new();
        for (depth, call) in part.calls.iter().enumerate() {
            let Some(kept) = &call.kept else { continue };
            let here = || format!("{here}, call {depth}");
            let value = self.value_part(kept, homes, here)?;
            let is_times = call.again == Again::Times;
            if is_times && value.as_integer().is_none_or(|left| left < 0) {
                return malformed(here(), "`times` keeps how many turns are left, 0 or more");
            }
            if !is_times && value.as_code().is_none() {
                return malformed(here(), "`while` keeps the address of a block or function");
            }
            values.push(value);
        }
        self.task_mut().calls.fill_kept(values);
        Ok(())
    }

    /// The frame that a block of each function gets if it is named without one; see
    /// [`Machine::assumed_home`]. Looking each up would be quadratic.
    pub(super) fn assumed_homes(&self) -> Homes {
        let mut homes = Homes::new();
        for entry in self.tasks.current().calls.activations().filter(|entry| entry.is_frame) {
            homes.entry(entry.body).or_insert(entry.home);
        }
        let here = self.here();
        homes.insert(self.memory.owner(here.task().counter.body), here.number(here.home()));
        homes
    }

    pub(super) fn value_part(
        &mut self,
        value: &Instruction,
        homes: &Homes,
        here: impl Fn() -> String,
    ) -> Result<Cell, Malformed> {
        if let Instruction::Address(BodyId::Code(block)) = *value
            && self.is_block(block)
        {
            let home = homes.get(&self.memory.owner(block)).copied();
            return Ok(Cell::block_value(block, home.unwrap_or(FrameNumber::GONE)));
        }
        self.make_value(value)
            .map_err(|refusal| Malformed { part: here(), cause: refusal.to_string() })
    }

    fn check_position(&self, place: Place, here: &str) -> Result<(), Malformed> {
        self.check_place(place)
            .map(|_| ())
            .map_err(|refusal| Malformed { part: here.to_string(), cause: refusal.to_string() })
    }
}

/// Frames by function.
pub(super) type Homes = HashMap<Body, FrameNumber>;

/// The frames of a call stack that is being made.
struct LiveFrames {
    newest: FrameNumber,
    /// The innermost frame of each function so far: searching for it would be quadratic.
    innermost: HashMap<Body, EntryIndex>,
    numbered: HashMap<FrameNumber, (Body, EntryIndex)>,
}

impl LiveFrames {
    fn new(function: Body, bottom: EntryIndex, number: FrameNumber) -> LiveFrames {
        LiveFrames {
            newest: number,
            innermost: HashMap::from([(function, bottom)]),
            numbered: HashMap::from([(number, (function, bottom))]),
        }
    }

    fn add(&mut self, function: Body, frame: EntryIndex, number: FrameNumber) {
        self.newest = number;
        self.innermost.insert(function, frame);
        self.numbered.insert(number, (function, frame));
    }

    /// The home of a block of a function: the frame with this number, or the innermost.
    ///
    /// # Errors
    /// The other function whose frame has this number.
    fn home(&self, function: Body, number: Option<FrameNumber>) -> Result<Home, Body> {
        let Some(number) = number else {
            let frame = self.innermost.get(&function);
            return Ok(frame.map_or(Home::Ended(FrameNumber::GONE), |&frame| Home::Live(frame)));
        };
        match self.numbered.get(&number) {
            None => Ok(Home::Ended(number)),
            Some(&(other, frame)) if other == function => Ok(Home::Live(frame)),
            Some(&(other, _)) => Err(other),
        }
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
    let mut next = DataId(0);
    for part in &parts.data {
        let number = part.number;
        let here = || format!("data body {number}");
        if number < next {
            return malformed(here(), "its number is out of order");
        }
        if number.0 > LAST_DATA {
            return malformed(here(), format!("its number is above {LAST_DATA}"));
        }
        next = DataId(number.0 + 1);
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
    if let Some(after) = parts.next_data
        && (after < next || after.0 > LAST_DATA + 1)
    {
        return malformed("next_data", format!("{after} cannot be the number of the next data"));
    }
    if parts.free_space.as_ref().is_some_and(|free| free.end > ADDRESSES) {
        return malformed("free", format!("the end is above {ADDRESSES}"));
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
