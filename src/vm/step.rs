//! Carrying out what was planned: the half of the stepper that changes the machine and cannot fail.

use std::sync::Arc;

use super::cell::Cell;
use super::collect::Making;
use super::fast::Bounds;
use super::frame::Again;
use super::in_task::InTask;
use super::index::{Body, FrameNumber};
use super::instruction::{Group, Primitive};
use super::machine::Machine;
use super::memory::Place;
use super::plan::{Effect, Next, Plan, Range};
use super::schedule::Choice;
use super::stop::Stop;
use super::text::TextId;

impl Machine {
    /// Executes one instruction.
    ///
    /// # Errors
    /// Why it cannot be executed. Nothing has changed then.
    pub fn step(&mut self) -> Result<(), Stop> {
        if !self.tasks.is_plain() {
            return self.step_among();
        }
        let plan = self.plan_numbered(|task| task.plan());
        // What it waits for, nobody else can do.
        if matches!(plan, Err(Stop::Blocked(_))) {
            return self.step_among();
        }
        let effect = plan?;
        self.count_operands();
        self.retired += 1;
        self.commit(effect);
        Ok(())
    }

    /// The same with several tasks.
    fn step_among(&mut self) -> Result<(), Stop> {
        let (strand, effect) = self.choose_numbered()?;
        self.begin_instruction(strand);
        self.count_operands();
        self.commit(effect);
        self.end_instruction();
        Ok(())
    }

    /// Whose turn it is, with a number for the frame that the instruction opens, if it opens one.
    fn choose_numbered(&mut self) -> Choice {
        let (strand, effect) = self.choose()?;
        let task = self.tasks.strands[strand].top;
        if self.frames.left() > 0 || !self.in_task(task).opens_frame(&effect) {
            return Ok((strand, effect));
        }
        self.make_frame_number();
        Ok(self.choose().expect("other numbers for the same frames change no outcome"))
    }

    /// Returns from the function that is running, as `return` does, but it is no instruction.
    ///
    /// # Errors
    /// Why it cannot return. Nothing has changed then.
    pub(super) fn return_now(&mut self) -> Result<(), Stop> {
        let effect = self.plan_numbered(|task| task.plan_return())?;
        self.commit(effect);
        self.end_instruction();
        Ok(())
    }

    /// What a plan says, with a number for the frame that it opens, if it opens one.
    #[inline(always)]
    fn plan_numbered(&mut self, plan: impl Fn(InTask<'_>) -> Plan) -> Plan {
        let effect = plan(self.here())?;
        if self.frames.left() > 0 || !self.here().opens_frame(&effect) {
            return Ok(effect);
        }
        self.make_frame_number();
        Ok(plan(self.here()).expect("other numbers for the same frames change no outcome"))
    }

    /// Executes up to `fuel` instructions and returns why it stopped; one unit of fuel is one retired
    /// instruction. If the fuel is used up and the next instruction could not run anyway, returns that
    /// reason instead of [`Stop::OutOfFuel`].
    pub fn run(&mut self, fuel: u64) -> Stop {
        // With no more fuel than the longest operation takes, entering the fast loop is not worth it.
        const FEW: u64 = 10;
        self.decoded.pause_nowhere();
        let mut left = self.at_most(fuel);
        while left > 0 {
            let turn = self.turn_left(left);
            if turn > FEW {
                let slice = self.collecting_slice(turn);
                let retired = super::fast::run(self, slice, Bounds::NONE);
                self.count_retired(retired);
                left -= retired;
            }
            if left > 0 {
                let is_done = !self.tasks.is_plain() && self.transfer_at_once();
                if !is_done && let Err(stop) = self.step() {
                    return stop;
                }
                left -= 1;
                if self.pauses() {
                    break;
                }
            }
        }
        self.waits().unwrap_or(Stop::OutOfFuel)
    }

    /// Counts the texts that the next instruction looks at.
    #[inline(always)]
    fn count_operands(&mut self) {
        let task = self.tasks.current();
        let Some(primitive) = self.memory.cell(task.counter).as_primitive() else {
            return;
        };
        let row = primitive.row();
        if matches!(row.group, Group::Text | Group::InputOutput) {
            let top = task.parameters.iter().rev().take(row.takes.len());
            let texts = top.filter_map(|value| value.as_text());
            let bytes = texts.map(|id| self.looked_at(primitive, id)).sum();
            self.effort.add_bytes(bytes);
        }
    }

    /// How many bytes of an operand an instruction looks at, apart from those of the text that it makes.
    fn looked_at(&self, primitive: Primitive, id: TextId) -> usize {
        let texts = &self.memory.texts;
        let needs_none = matches!(primitive, Primitive::TextLength | Primitive::TextJoin);
        let finds = matches!(primitive, Primitive::TextCode | Primitive::TextPart);
        if needs_none || finds && texts.is_ascii(id) { 0 } else { texts.bytes_of(id) }
    }

    /// Counts a search of the whole machine.
    pub(super) fn count_search(&mut self) {
        let words = self.tasks.words() + self.memory.texts.slots();
        self.effort.add(self.memory.cells() + words as u64);
    }
    fn commit(&mut self, effect: Effect) {
        match effect {
            Effect::Stack { take, give, count } => {
                let parameters = &mut self.task_mut().parameters;
                parameters.truncate(parameters.len() - take);
                parameters.extend(give[..count].iter().copied());
                self.go_on();
            }
            Effect::Roll { count } => {
                self.drop_values(1);
                let parameters = &mut self.task_mut().parameters;
                let at = parameters.len() - 1 - count;
                parameters[at..].rotate_left(1);
                self.effort.add_bytes(count);
                self.go_on();
            }
            Effect::Text { take, text } => self.push_text(take, &text),
            Effect::Join { bytes } => self.push_join(bytes),
            Effect::Assign { frame, slot } => {
                let value = self.pop();
                self.task_mut().calls.set_local(frame, slot, value);
                self.go_on();
            }
            Effect::SetGlobal { name } => {
                let value = self.pop();
                self.globals.set(self.memory.name(name), value);
                self.go_on();
            }
            Effect::Store { data, index } => {
                self.drop_values(2);
                let value = self.pop();
                self.memory.all_data_mut().set(data, index, value);
                self.go_on();
            }
            Effect::Allocate { cells } => {
                self.prepare(Making { cells: (cells as u64).max(1), text: 0 });
                self.drop_values(1);
                self.effort.add(cells as u64 / 16);
                let slot = self.memory.add_data(cells);
                self.task_mut().parameters.push(Cell::data(slot));
                self.go_on();
            }
            Effect::Copy { from, to, count } => {
                self.drop_values(5);
                self.copy_cells(from, to, count);
                self.go_on();
            }
            Effect::Fill { to, count } => {
                self.drop_values(3);
                let value = self.pop();
                let data = self.memory.all_data_mut();
                (to.first..to.first + count).for_each(|index| data.set(to.data, index, value));
                self.effort.add(count as u64);
                self.go_on();
            }
            Effect::Resize { data, size } => {
                let old = self.memory.data_in(data).size();
                self.prepare(Making {
                    cells: size.max(1).saturating_sub(old.max(1)) as u64,
                    text: 0,
                });
                self.drop_values(2);
                let copied = self.memory.all_data().copied_by_resize(data);
                // New cells are cleared, which takes a fraction of the time.
                self.effort.add(old.min(size) as u64 + copied + size as u64 / 16);
                self.memory.resize_data(data, size);
                self.go_on();
            }
            Effect::Split { parts } => self.push_parts(parts),
            Effect::Print { text } => {
                self.drop_values(1);
                self.take_output_room(text.len());
                Arc::make_mut(&mut self.output).push_str(&text);
                self.go_on();
            }
            Effect::Input { bytes, text } => {
                self.input.take(bytes);
                self.push_text(0, &text);
            }
            Effect::Call { take, function, again, kept } => {
                self.drop_values(take);
                self.call(function, self.tasks.current().counter.next(), again, kept);
            }
            Effect::Run { take, block, home, again, kept } => {
                self.drop_values(take);
                self.run_block((block, home), self.tasks.current().counter.next(), again, kept);
            }
            Effect::End { take, next } => {
                self.drop_values(take);
                self.leave_top(next);
            }
            Effect::Return { take, home, next } => {
                self.drop_values(take);
                self.task_mut().calls.cut_above(home);
                self.leave_top(next);
            }
            Effect::Leave { entry } => {
                self.task_mut().calls.cut_above(entry);
                self.leave_top(Next::Return);
            }
            Effect::Unwind => self.task_mut().calls.cut_to_bottom(),
            Effect::Begin { take, count, code, runs } => {
                self.drop_values(take);
                self.begin_task(count, code, runs);
            }
            Effect::Resume { count, task } => {
                self.drop_values(2);
                self.resume_task(count, task);
            }
            Effect::Yield { take, count, to } => {
                self.drop_values(take);
                self.yield_task(count, to);
            }
            Effect::Exit { take } => {
                self.drop_values(take);
                self.exit_task();
            }
            Effect::Close { task } => {
                self.drop_values(1);
                self.close_task(task);
                self.go_on();
            }
            Effect::Collect { task } => {
                self.drop_values(1);
                self.join_task(task);
            }
            Effect::Pause { take, sleep } => {
                self.drop_values(take);
                self.pause_task(sleep);
            }
            Effect::Share { strand, share } => {
                self.drop_values(2);
                self.tasks.strands[strand].share = share;
                self.go_on();
            }
            Effect::Send { data, queue } => {
                self.drop_values(1);
                let value = self.pop();
                self.send_value(data, queue, value);
                self.go_on();
            }
            Effect::Receive { data, queue } => {
                self.drop_values(1);
                let value = self.receive_value(data, queue);
                self.task_mut().parameters.push(value);
                self.go_on();
            }
        }
    }

    pub(super) fn go_on(&mut self) {
        let task = self.task_mut();
        task.counter = task.counter.next();
    }

    fn pop(&mut self) -> Cell {
        self.task_mut().parameters.pop().expect("the plan has seen the operands")
    }

    pub(super) fn drop_values(&mut self, count: usize) {
        let parameters = &mut self.task_mut().parameters;
        parameters.truncate(parameters.len() - count);
    }

    fn push_text(&mut self, take: usize, text: &str) {
        self.prepare(Making { cells: 0, text: text.len() as u64 });
        self.drop_values(take);
        let id = self.memory.texts.intern(text);
        self.task_mut().parameters.push(Cell::text(id));
        self.go_on();
        self.take_text_room(text.len());
        self.effort.add_bytes(text.len());
    }

    fn push_join(&mut self, bytes: usize) {
        self.prepare(Making { cells: 0, text: bytes as u64 });
        let (a, b) = (self.here().text_id(2), self.here().text_id(1));
        self.drop_values(2);
        self.effort.add_bytes(self.memory.texts.copied_by_join(a, b));
        let id = self.memory.texts.join(a, b);
        self.task_mut().parameters.push(Cell::text(id));
        self.go_on();
        self.take_text_room(bytes);
    }

    fn copy_cells(&mut self, from: Range, to: Range, count: usize) {
        let source = self.memory.data_in(from.data);
        let values: Vec<Cell> =
            (from.first..from.first + count).filter_map(|index| source.get(index)).collect();
        let data = self.memory.all_data_mut();
        for (index, value) in (to.first..).zip(values) {
            data.set(to.data, index, value);
        }
        self.effort.add(2 * count as u64);
    }

    fn push_parts(&mut self, parts: Vec<std::ops::Range<usize>>) {
        let text = parts.iter().map(|part| part.len() as u64).sum();
        self.prepare(Making { cells: (parts.len() as u64).max(1), text });
        let whole = self.here().text_id(2);
        self.drop_values(2);
        let (slot, count) = (self.memory.add_data(parts.len()), parts.len());
        for (index, part) in parts.into_iter().enumerate() {
            let part = Cell::text(self.memory.texts.part_at(whole, part, None));
            self.memory.all_data_mut().set(slot, index, part);
        }
        self.task_mut().parameters.push(Cell::data(slot));
        self.take_text_room(text as usize);
        self.effort.add_bytes(text as usize + 16 * count);
        self.go_on();
    }

    fn call(&mut self, function: Body, to: Place, again: Again, kept: Option<Cell>) {
        let locals = self.memory.existing_code(function).locals().len();
        let number = self.number_frame();
        let task = self.task_mut();
        task.calls.push_frame(function, Some(to), again, number, locals);
        kept.into_iter().for_each(|value| task.calls.keep(value));
        task.counter = Place::start(function);
    }

    fn run_block(
        &mut self,
        (block, home): (Body, FrameNumber),
        to: Place,
        again: Again,
        kept: Option<Cell>,
    ) {
        let home = self.find_home(block, home);
        let task = self.task_mut();
        task.calls.push_block(block, to, again, home);
        kept.into_iter().for_each(|value| task.calls.keep(value));
        task.counter = Place::start(block);
    }

    /// Ends the top entry.
    fn leave_top(&mut self, next: Next) {
        match next {
            Next::Return => self.task_mut().counter = self.pop_entry(),
            Next::Again(kept) => {
                let calls = &mut self.task_mut().calls;
                let top = calls.top();
                kept.into_iter().for_each(|value| calls.set_kept(top, value));
                self.restart_top();
            }
            Next::Other { code, again, kept } => {
                let to = self.pop_entry();
                let body = code.as_code().expect("`while` keeps a block or function");
                match code.block_home() {
                    Some(home) => self.run_block((body, home), to, again, Some(kept)),
                    None => self.call(body, to, again, Some(kept)),
                }
            }
        }
    }

    fn pop_entry(&mut self) -> Place {
        self.task_mut().calls.pop().expect("the bottom frame is never left")
    }

    /// Starts the top entry again: a frame as a new one, whose number must be available.
    pub(super) fn restart_top(&mut self) {
        let calls = &self.tasks.current().calls;
        let (top, is_frame) = (calls.body(calls.top()), calls.is_frame(calls.top()));
        if is_frame {
            let number = self.number_frame();
            self.task_mut().calls.restart_frame(number);
        }
        self.task_mut().counter = Place::start(top);
    }
}

impl InTask<'_> {
    /// Whether an effect opens a frame. A function that starts again does.
    fn opens_frame(&self, effect: &Effect) -> bool {
        let calls = &self.task().calls;
        match *effect {
            Effect::Call { .. } | Effect::Begin { .. } => true,
            Effect::End { next: Next::Again(_), .. } => calls.is_frame(calls.top()),
            Effect::Return { next: Next::Again(_), .. } => true,
            Effect::End { next: Next::Other { code, .. }, .. }
            | Effect::Return { next: Next::Other { code, .. }, .. } => code.block_home().is_none(),
            Effect::End { next: Next::Return, .. }
            | Effect::Return { next: Next::Return, .. }
            | Effect::Leave { .. } => false,
            Effect::Run { .. }
            | Effect::Unwind
            | Effect::Stack { .. }
            | Effect::Roll { .. }
            | Effect::Text { .. }
            | Effect::Join { .. }
            | Effect::Assign { .. }
            | Effect::SetGlobal { .. }
            | Effect::Store { .. }
            | Effect::Allocate { .. }
            | Effect::Copy { .. }
            | Effect::Fill { .. }
            | Effect::Resize { .. }
            | Effect::Split { .. }
            | Effect::Print { .. }
            | Effect::Input { .. }
            | Effect::Resume { .. }
            | Effect::Yield { .. }
            | Effect::Exit { .. }
            | Effect::Close { .. }
            | Effect::Collect { .. }
            | Effect::Pause { .. }
            | Effect::Share { .. }
            | Effect::Send { .. }
            | Effect::Receive { .. } => false,
        }
    }
}
