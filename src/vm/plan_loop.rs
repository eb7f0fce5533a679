//! Planning the loops: how `times` and `leave` begin and end them, and what follows each turn.

use std::cmp::Ordering;

use super::cell::Cell;
use super::frame::{Again, Home};
use super::in_task::InTask;
use super::index::EntryIndex;
use super::instruction::Primitive;
use super::plan::{Effect, Next, Plan};
use super::stop::{Fault, Stop};

impl InTask<'_> {
    /// What follows when an entry ends, and how many values it drops, including the flag.
    pub(super) fn next(&self, entry: EntryIndex, take: usize) -> Result<(Next, usize), Stop> {
        let parameters = &self.task().parameters;
        let flag = || match parameters.len().checked_sub(take + 1) {
            Some(flag) => Ok(!parameters[flag].is_false()),
            None => Err(Stop::Fault(Fault::NoFlag)),
        };
        let next = |flag, next| if flag { next } else { Next::Return };
        match self.task().calls.again(entry) {
            Again::Once => Ok((Next::Return, take)),
            Again::Always => Ok((Next::Again(None), take)),
            Again::WhileTrue => Ok((next(flag()?, Next::Again(None)), take + 1)),
            Again::Condition => Ok((next(flag()?, self.other(entry, Again::Body)), take + 1)),
            Again::Body => Ok((self.other(entry, Again::Condition), take)),
            Again::Times => {
                let left = self.kept(entry).as_integer().expect("`times` keeps a count");
                Ok((next(left > 0, Next::Again(Cell::integer(left - 1))), take))
            }
        }
    }

    fn kept(&self, entry: EntryIndex) -> Cell {
        self.task().calls.kept(entry).expect("the entry keeps a value")
    }

    /// The turn of the other block of `while`, which keeps the one that ends, in its frame.
    fn other(&self, entry: EntryIndex, again: Again) -> Next {
        let calls = &self.task().calls;
        let body = calls.body(entry);
        let kept = if calls.is_frame(entry) {
            Cell::address(body)
        } else {
            // A block ends as the top entry: only frames are returned from.
            Cell::block_value(body, self.number(calls.home()))
        };
        Next::Other { code: self.kept(entry), again, kept }
    }

    pub(super) fn times(&self) -> Plan {
        let count = self.integer(2);
        match count.cmp(&0) {
            Ordering::Less => {
                let instruction = Primitive::Times.name().to_string();
                Err(Stop::Fault(Fault::Negative { instruction, count }))
            }
            Ordering::Equal => Ok(Effect::stack(2, [])),
            Ordering::Greater => {
                let left = Cell::integer(count - 1).expect("it is smaller than an integer");
                self.enter(2, self.operand(1), Again::Times, Some(left))
            }
        }
    }

    pub(super) fn leave(&self) -> Plan {
        let Home::Live(home) = self.home() else { return Err(self.no_frame("leave")) };
        match self.task().calls.innermost_loop(home) {
            Some(entry) => Ok(Effect::Leave { entry }),
            None => {
                let function = self.memory.function_name(self.task().counter.body).to_string();
                Err(Stop::Fault(Fault::NoLoop { function }))
            }
        }
    }
}
