//! Carrying out the instructions for tasks: values go from stack to stack, and another task of the strand runs.
//! What was planned is checked, so nothing here can fail.

use super::cell::Cell;
use super::frame::CallStack;
use super::index::{Body, EntryIndex, TaskId};
use super::instruction::Primitive;
use super::limit::LimitKind;
use super::machine::{Machine, RETIRED};
use super::memory::Place;
use super::plan::Beginning;
use super::plan_task::HANDED;
use super::task::{Task, TaskState};

/// From how many tasks on one gives back the room of its stacks when it waits: a task that has run takes some
/// kilobytes of it.
const MANY: usize = 256;

/// The flag that whoever resumed a task gets.
const YIELDED: i64 = 1;
const OVER: i64 = 0;
const CLOSED: i64 = -1;

fn number(value: i64) -> Cell {
    Cell::integer(value).expect("counts and flags are small")
}

impl Machine {
    /// Takes the top values off the stack of the current task.
    fn take_values(&mut self, count: usize) -> Vec<Cell> {
        let parameters = &mut self.task_mut().parameters;
        let first = parameters.len() - count;
        let values = parameters[first..].to_vec();
        parameters.truncate(first);
        values
    }

    /// Makes a task of code, which gets the top values.
    pub(super) fn begin_task(&mut self, count: usize, code: Beginning, runs: bool) {
        self.make_room_for_task();
        let values = self.take_values(count);
        let (calls, counter) = match code {
            Beginning::Function(function) => {
                let locals = self.memory.existing_code(function).locals().len();
                let calls = CallStack::new(function, locals, self.number_frame());
                (calls, Place::start(function))
            }
            Beginning::Block(block, frame) => {
                let mut calls = self.copy_frame(frame, self.memory.owner(block));
                calls.push_bottom_block(block);
                (calls, Place::start(block))
            }
        };
        let state = if runs { TaskState::Runs } else { TaskState::Rests };
        let made = self.tasks.next;
        let mut task = Task::resting(made, counter, calls, state);
        task.parameters.extend(values);
        self.tasks.add(task);
        if runs {
            self.tasks.add_strand(made);
        }
        self.task_mut().parameters.push(Cell::task(made));
        self.go_on();
    }

    /// A call stack with a copy of a frame, in which blocks that were made in the old one are blocks of the copy.
    fn copy_frame(&mut self, frame: EntryIndex, function: Body) -> CallStack {
        let (old, new) = (self.tasks.current().calls.number(frame), self.number_frame());
        let calls = &self.tasks.current().calls;
        let count = self.memory.existing_code(function).locals().len();
        let moved = |value: Cell| match value.block_home() {
            Some(home) if home == old => value.with_home(new),
            _ => value,
        };
        let locals: Vec<Cell> = calls.locals_of(frame, count).iter().copied().map(moved).collect();
        let mut copy = CallStack::new(function, count, new);
        copy.set_locals(CallStack::BOTTOM, &locals);
        copy
    }

    /// Hands values to a task that rests; the current one waits for it.
    pub(super) fn resume_task(&mut self, count: usize, task: TaskId) {
        let here = self.current();
        self.go_on();
        self.task_mut().state = TaskState::Waits;
        self.hand_to_resting(task, count);
        self.go_over(task, Some(here));
    }

    /// Hands values to whoever resumed the current task, or to another in its place; the current one rests.
    pub(super) fn yield_task(&mut self, count: usize, to: Option<TaskId>) {
        self.go_on();
        let task = self.task_mut();
        task.state = TaskState::Rests;
        let resumer = task.resumer.take();
        match to {
            Some(to) => {
                self.hand_to_resting(to, count);
                self.go_over(to, resumer);
            }
            None => self.hand_back(resumer.expect("the plan has seen it"), count, YIELDED),
        }
    }

    /// A task that has not begun gets plain values, another one their count too.
    fn hand_to_resting(&mut self, to: TaskId, count: usize) {
        let has_begun = self.tasks.existing(to).has_begun();
        self.tasks.hand_over(to, count, has_begun.then(|| number(count as i64)));
    }

    /// Whoever resumed the current task goes on, with values and a flag.
    fn hand_back(&mut self, resumer: TaskId, count: usize, flag: i64) {
        self.tasks.hand_over(resumer, count, [number(count as i64), number(flag)]);
        let below = self.tasks.existing(resumer).resumer;
        self.go_over(resumer, below);
    }

    /// Resumes a task, or yields to whoever resumed this one, without a plan; false if it is anything but the usual
    /// case, and then nothing has changed. Both are too short to be planned first, and programs do them often.
    pub(super) fn transfer_at_once(&mut self) -> bool {
        if self.turn_left(1) == 0 {
            return false;
        }
        let task = self.tasks.current();
        let Some(primitive) = self.memory.cell(task.counter).as_primitive() else { return false };
        let takes = match primitive {
            Primitive::TaskYield => 1,
            Primitive::TaskResume => 2,
            _ => return false,
        };
        let parameters = &task.parameters;
        let Some(below) = parameters.len().checked_sub(takes) else { return false };
        let count = parameters[below].as_integer().and_then(|count| usize::try_from(count).ok());
        let Some(count) = count.filter(|&count| count <= below.min(HANDED)) else { return false };
        let to = match primitive {
            Primitive::TaskResume => {
                let to = parameters[below + 1].as_task();
                let is_resting = |&to: &TaskId| {
                    self.tasks.find(to).is_some_and(|to| to.state == TaskState::Rests)
                };
                let Some(to) = to.filter(is_resting) else { return false };
                Some(to)
            }
            _ => {
                let all = self.tasks.all_held().parameters;
                if task.resumer.is_none() || all >= self.limits.get(LimitKind::Parameters) {
                    return false;
                }
                None
            }
        };
        self.begin_instruction(self.tasks.strand);
        self.drop_values(takes);
        match to {
            Some(to) => self.resume_task(count, to),
            None => self.yield_task(count, None),
        }
        self.end_instruction();
        true
    }

    /// Another task of the current strand runs.
    fn go_over(&mut self, to: TaskId, resumer: Option<TaskId>) {
        if self.tasks.iter().len() > MANY {
            self.task_mut().shrink();
        }
        let strand = self.tasks.strand;
        self.tasks.put_on_top(strand, to, resumer);
        self.tasks.switch_to(strand);
    }

    /// The current task is over.
    pub(super) fn exit_task(&mut self) {
        let (here, count) = (self.current(), self.tasks.current().parameters.len());
        match self.tasks.current().resumer {
            Some(resumer) => self.hand_back(resumer, count, OVER),
            None => {
                let values = self.take_values(count);
                self.leave_strand();
                self.tasks.leave(here, values);
            }
        }
        self.tasks.remove(here);
    }

    /// The current strand ends. The one before it is current now, with its turn over, so the one after it is next.
    fn leave_strand(&mut self) {
        let (strand, count) = (self.tasks.strand, self.tasks.strands.len());
        self.tasks.switch_to((strand + count - 1) % count);
        self.tasks.remove_strand(strand);
        self.tasks.alone = false;
        self.tasks.end_turn();
    }

    /// Ends another task.
    pub(super) fn close_task(&mut self, number: TaskId) {
        let Some(task) = self.tasks.find(number) else { return };
        if task.state == TaskState::Runs {
            let resumer = task.resumer;
            let strand = self.tasks.strand_of_top(number).expect("it runs at the top of one");
            match resumer {
                Some(resumer) => {
                    let below = self.tasks.existing(resumer).resumer;
                    self.tasks.hand(resumer, [self::number(0), self::number(CLOSED)]);
                    self.tasks.put_on_top(strand, resumer, below);
                    self.tasks.strands[strand].wake = 0;
                }
                None => self.tasks.remove_strand(strand),
            }
        }
        self.tasks.remove(number);
    }

    /// Takes what a task that is over has left.
    pub(super) fn join_task(&mut self, number: TaskId) {
        let values = self.tasks.take_left(number);
        let count = self::number(values.len() as i64);
        let parameters = &mut self.task_mut().parameters;
        parameters.extend(values.iter().copied().chain([count]));
        self.go_on();
    }

    /// Ends the turn, and sleeps so long. Nobody sleeps beyond the time that a machine can count.
    pub(super) fn pause_task(&mut self, sleep: u64) {
        let (strand, wake) = (self.tasks.strand, self.clock().saturating_add(sleep).min(RETIRED));
        self.tasks.strands[strand].wake = if sleep == 0 { 0 } else { wake };
        self.tasks.note_plain();
        if !self.tasks.is_single() {
            self.tasks.end_turn();
        }
        self.go_on();
    }
}
