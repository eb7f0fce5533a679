//! Calls from outside: somebody who embeds a machine calls one of its functions and gets what it leaves.
//!
//! Such a call is an ordinary entry of the call stack, as if the function had been called at the counter: when it
//! returns, the counter is where it was. So a call that stops, for whatever reason, is a machine like any other,
//! and goes on in any number of runs. It can take only the values that it was given: those below belong to whoever
//! stands at the counter. `depth` counts them, and faults may show them.

use super::fast::Bounds;
use super::frame::Again;
use super::index::{Body, EntryIndex, FrameId, TaskId};
use super::machine::Machine;
use super::memory::Place;
use super::plan::Effect;
use super::stack::Stack;
use super::stop::Stop;

/// A call from outside that has not been left.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct OutsideCall {
    /// How many entries the call stack has with it.
    depth: u32,
    /// Its entry. Edits can move it: see [`Machine::find_call`].
    entry: EntryIndex,
    /// How many parameters are below those it was given.
    hidden: usize,
    /// The task that it was made in.
    task: TaskId,
}

/// How a run of a call ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum CallEnd {
    /// The call has returned. What it leaves is above the parameters that it did not see.
    Returned,
    /// A block that belongs to an older frame has returned from that, and so from the call too.
    Left,
    /// The fuel is used up, and the next instruction could run.
    OutOfFuel,
}

impl OutsideCall {
    /// How many parameters are below those it was given.
    pub fn hidden(self) -> usize {
        self.hidden
    }
}

impl Machine {
    /// Calls a function, which must exist, with the top `given` parameters.
    ///
    /// # Errors
    /// If there cannot be another activation; nothing has changed then.
    pub fn enter_function(&mut self, function: Body, given: usize) -> Result<OutsideCall, Stop> {
        self.here().check_room_for_calls(1)?;
        self.make_frame_number();
        let locals = self.memory.existing_code(function).locals().len();
        let (number, to) = (self.number_frame(), self.tasks.current().counter);
        let task = self.task_mut();
        task.calls.push_frame(function, Some(to), Again::Once, number, locals);
        task.counter = Place::start(function);
        let hidden = task.parameters.len().saturating_sub(given);
        let (depth, entry) = (task.calls.depth(), task.calls.top());
        Ok(OutsideCall { depth, entry, hidden, task: task.number })
    }

    /// Whether a call is still on the call stack. An answer can return from it.
    pub fn is_in(&self, call: OutsideCall) -> bool {
        self.tasks.current().calls.depth() >= call.depth
    }

    /// Executes up to `fuel` instructions of a call and of what it calls.
    ///
    /// # Errors
    /// Why the machine stopped.
    ///
    /// # Panics
    /// If the call was left.
    pub fn run_call(&mut self, call: OutsideCall, fuel: u64) -> Result<CallEnd, Stop> {
        // As for `Machine::run`.
        const FEW: u64 = 10;
        self.decoded.pause_nowhere();
        let bounds = Bounds { floor: Some(call.entry), hidden: call.hidden, ..Bounds::NONE };
        let mut left = self.at_most(fuel);
        while left > 0 {
            let turn = self.turn_left(left);
            if turn > FEW {
                let bounds = if self.current() == call.task { bounds } else { Bounds::NONE };
                let slice = self.collecting_slice(turn);
                let retired = super::fast::run(self, slice, bounds);
                self.count_retired(retired);
                left -= retired;
            }
            if left > 0 {
                if self.reaches_below(call) {
                    return Err(self.stop_of_call(call));
                }
                let to = self.tasks.existing(call.task).calls.returns_to(call.entry);
                self.step()?;
                left -= 1;
                let Some(task) = self.task_of(call.task) else { return Ok(CallEnd::Left) };
                if task.calls.depth() < call.depth {
                    let is_above = task.calls.depth() + 1 == call.depth;
                    let is_left = !is_above || Some(task.counter) != to;
                    return Ok(if is_left { CallEnd::Left } else { CallEnd::Returned });
                }
                if self.pauses() {
                    break;
                }
            }
        }
        match self.call_waits(call) {
            Some(stop) => Err(stop),
            None => Ok(CallEnd::OutOfFuel),
        }
    }

    /// Why a call waits; `None` if it could go on.
    pub fn call_waits(&mut self, call: OutsideCall) -> Option<Stop> {
        match self.reaches_below(call) {
            true => Some(self.stop_of_call(call)),
            false => self.waits(),
        }
    }

    /// Whether the next instruction would take a value that the call was not given.
    fn reaches_below(&self, OutsideCall { hidden, task, .. }: OutsideCall) -> bool {
        if hidden == 0 || self.current() != task {
            return false;
        }
        // A loop that ends a turn takes its flag, although the instruction takes nothing.
        let takes_flag = |effect: Effect| {
            let (Effect::End { take, .. } | Effect::Return { take, .. }) = effect else {
                return false;
            };
            self.tasks.current().parameters().len() < hidden + take
        };
        self.here().reaches(hidden) || self.here().plan().is_ok_and(takes_flag)
    }

    /// Why it stops without the values below: on a fork that does not have them.
    fn stop_of_call(&mut self, call: OutsideCall) -> Stop {
        let mut fork = self.fork();
        let parameters = &mut fork.task_mut().parameters;
        let given = parameters.get(call.hidden..).unwrap_or_default().to_vec();
        *parameters = Stack::from(given);
        fork.waits().expect("it takes more than there is")
    }

    /// Leaves a call that has not returned: drops its activations and the values above those it found, and the
    /// counter is where it was.
    pub fn leave_call(&mut self, call: OutsideCall) {
        assert_eq!(self.current(), call.task, "the call is left in the task that it was made in");
        let task = self.task_mut();
        task.calls.cut_above(call.entry);
        let to = task.calls.pop().expect("a call from outside is not the bottom");
        task.counter = to;
        task.parameters.truncate(call.hidden);
    }

    /// The same call after an edit.
    ///
    /// # Panics
    /// If it was left.
    pub fn find_call(&self, call: OutsideCall) -> OutsideCall {
        let entry = self.tasks.existing(call.task).calls.entry(FrameId(call.depth - 1));
        OutsideCall { entry: entry.expect("an edit drops no activation"), ..call }
    }
}
