//! Planning the instructions for tasks: who hands what to whom, and who may.

use super::cell::Cell;
use super::in_task::InTask;
use super::index::{BodyId, TaskId};
use super::instruction::Primitive;
use super::limit::LimitKind;
use super::machine::Machine;
use super::plan::{Beginning, Effect, Plan, check};
use super::stop::{Blocked, Fault, Stop};
use super::task::{OVER, TaskState};
use super::tasks::SHARES;

/// The most values that are handed over at once, so that no instruction takes long.
pub(super) const HANDED: usize = 255;

impl InTask<'_> {
    /// How many values an instruction hands over, if they are there below its operands.
    pub(super) fn count(&self, primitive: Primitive, count: i64) -> Result<usize, Stop> {
        let there = self.task().parameters.len() - primitive.row().takes.len();
        match usize::try_from(count) {
            Ok(count) if count <= there.min(HANDED) => Ok(count),
            _ => {
                let (instruction, maximum) = (primitive.name().to_string(), HANDED as u64);
                let there = there as u64;
                Err(Stop::Fault(Fault::Handed { instruction, count, there, maximum }))
            }
        }
    }

    /// A task of code, with so many values of those below the operands.
    pub(super) fn begin(
        &self,
        primitive: Primitive,
        take: usize,
        count: usize,
        code: Cell,
    ) -> Plan {
        let body = code.as_code().expect("the operands were checked");
        let (code, entries) = match code.block_home() {
            None => (Beginning::Function(body), 1),
            Some(home) => {
                let frame = self.task().calls.frame_with(home);
                let frame = frame.ok_or_else(|| {
                    let instruction = primitive.name().to_string();
                    let function = self.memory.function_name(body).to_string();
                    Stop::Fault(Fault::NoCopy { instruction, function })
                })?;
                (Beginning::Block(body, frame), 2)
            }
        };
        let fits = self.tasks.has_number();
        check(fits && self.fits_task(), LimitKind::Tasks)?;
        self.check_room_for_calls(entries)?;
        Ok(Effect::Begin { take, count, code, runs: primitive == Primitive::TaskSpawn })
    }

    /// `task.resume ( v.. n task -- w.. m flag )`
    pub(super) fn resume(&self, count: i64, task: TaskId) -> Plan {
        let count = self.count(Primitive::TaskResume, count)?;
        self.check_rests(Primitive::TaskResume, task)?;
        Ok(Effect::Resume { count, task })
    }

    /// `task.yield ( v.. n -- w.. m )`
    pub(super) fn yield_back(&self, count: i64) -> Plan {
        let count = self.count(Primitive::TaskYield, count)?;
        match self.task().resumer {
            Some(_) => Ok(Effect::Yield { take: 1, count, to: None }),
            None => Err(Stop::Fault(Fault::NotResumed { task: self.task().number })),
        }
    }

    /// `task.yieldto ( v.. n task -- w.. m )`
    pub(super) fn yield_to(&self, count: i64, task: TaskId) -> Plan {
        let count = self.count(Primitive::TaskYieldTo, count)?;
        self.check_rests(Primitive::TaskYieldTo, task)?;
        if self.task().number == TaskId::MAIN {
            return Err(Stop::Fault(Fault::MainStays));
        }
        Ok(Effect::Yield { take: 2, count, to: Some(task) })
    }

    fn check_rests(&self, primitive: Primitive, number: TaskId) -> Result<(), Stop> {
        let state = self.tasks.find(number).map(|task| task.state);
        if state == Some(TaskState::Rests) {
            return Ok(());
        }
        let (instruction, state) =
            (primitive.name().to_string(), state.map_or(OVER, TaskState::word));
        Err(Stop::Fault(Fault::NotResting { instruction, task: number, state }))
    }

    /// What ends the task: the end of what it was made of, which drops `take` values.
    pub(super) fn exit_task(&self, take: usize) -> Plan {
        let count = self.task().parameters.len() - take;
        if count > HANDED {
            let (count, maximum) = (count as u64, HANDED as u64);
            return Err(Stop::Fault(Fault::Left { count, maximum }));
        }
        Ok(Effect::Exit { take })
    }

    /// `task.close ( task -- )`
    pub(super) fn close(&self, number: TaskId) -> Plan {
        let why = match self.tasks.find(number).map(|task| task.state) {
            _ if number == TaskId::MAIN => "the task of main cannot be closed",
            _ if number == self.task().number => {
                "a task cannot close itself; it ends with `return`"
            }
            Some(TaskState::Waits) => "it waits for a task that it resumed; close that first",
            Some(TaskState::Rests | TaskState::Runs) | None => {
                return Ok(Effect::Close { task: number });
            }
        };
        Err(Stop::Fault(Fault::NotClosed { task: number, why }))
    }

    /// `task.status ( task -- text )`
    pub(super) fn status(&self, number: TaskId) -> Plan {
        let state = self.tasks.find(number).map(|task| task.state);
        self.new_text(1, state.map_or(OVER, TaskState::word).to_string())
    }

    /// `task.join ( task -- w.. m )`
    pub(super) fn join_task(&self, number: TaskId) -> Plan {
        match self.tasks.find(number) {
            Some(_) => Err(Stop::Blocked(Blocked::Task(number))),
            None => Ok(Effect::Collect { task: number }),
        }
    }

    /// `task.sleep ( n -- )`
    pub(super) fn sleep(&self, count: i64) -> Plan {
        match u64::try_from(count) {
            Ok(sleep) => Ok(Effect::Pause { take: 1, sleep }),
            Err(_) => {
                let instruction = Primitive::TaskSleep.name().to_string();
                Err(Stop::Fault(Fault::Negative { instruction, count }))
            }
        }
    }

    /// `task.share ( n task -- )`
    pub(super) fn share(&self, share: i64, number: TaskId) -> Plan {
        let Some(wanted) = u64::try_from(share).ok().filter(|&share| share <= SHARES) else {
            return Err(Stop::Fault(Fault::Share { share, maximum: SHARES }));
        };
        let strand = self.tasks.strand_of(number).ok_or_else(|| {
            let is_there = self.tasks.find(number).is_some();
            let state = if is_there { TaskState::Rests.word() } else { OVER };
            Stop::Fault(Fault::NoTurns { task: number, state })
        })?;
        Ok(Effect::Share { strand, share: wanted })
    }
}

impl Machine {
    /// What a task waits for, as part of a sentence: `task 3`, `a value in @200`.
    pub fn awaited(&self, blocked: Blocked) -> String {
        let data = |id| self.memory.start(BodyId::Data(id));
        match blocked {
            Blocked::Task(number) => match self.tasks.find(number).map(|task| task.state) {
                Some(TaskState::Rests) => format!("task {number}, which rests"),
                Some(TaskState::Runs | TaskState::Waits) | None => format!("task {number}"),
            },
            Blocked::Full(id) => format!("room in the channel @{}", data(id)),
            Blocked::Empty(id) => format!("a value in the channel @{}", data(id)),
        }
    }
}
