//! Why a run stopped. Every stop can be resumed: fix the cause and run again.
//!
//! A stop is a value, not an error of the machine (as with wasmi's resumable calls, where running out
//! of fuel is not an error either). Every stop but `OutOfFuel` can be worked out from the machine at any
//! time, so none is stored.

use std::fmt;

use super::index::{DataId, TaskId};
use super::limit::LimitKind;

/// Why a run stopped.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Stop {
    /// The counter is on an empty cell.
    Breakpoint,
    /// The counter is on a hole: no function has this name yet.
    NotYetImplemented(String),
    /// The instruction needs input that has not been given.
    Input,
    /// The instruction cannot be executed with these operands.
    Fault(Fault),
    /// The instruction would exceed a limit.
    Limit(LimitKind),
    /// The fuel of the run is used up, and the next instruction could run.
    OutOfFuel,
    /// Only the bottom frame is live, and it has nothing left to execute.
    Finished,
    /// The program has ended itself with `exit` and this code. The counter stays on it.
    Exit(u8),
    /// The task waits for another. Only one that runs alone stops so; else the others go on.
    Blocked(Blocked),
    /// All tasks wait for each other: who waits for whom.
    Deadlock(String),
}

/// What a task waits for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Blocked {
    /// Until this task is over.
    Task(TaskId),
    /// Until this channel has room.
    Full(DataId),
    /// Until there is a value in this channel.
    Empty(DataId),
}

impl fmt::Display for Blocked {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Blocked::Task(task) => write!(formatter, "waits for task {task}"),
            Blocked::Full(data) => write!(formatter, "waits until there is room in data {data}"),
            Blocked::Empty(data) => {
                write!(formatter, "waits until there is a value in data {data}")
            }
        }
    }
}

impl Stop {
    /// One word for the kind of stop, as written in recordings.
    pub fn word(&self) -> &'static str {
        match self {
            Stop::Breakpoint => "breakpoint",
            Stop::NotYetImplemented(_) => "missing",
            Stop::Input => "input",
            Stop::Fault(_) => "fault",
            Stop::Limit(_) => "limit",
            Stop::OutOfFuel => "fuel",
            Stop::Finished => "finished",
            Stop::Exit(_) => "exit",
            Stop::Blocked(_) => "blocked",
            Stop::Deadlock(_) => "deadlock",
        }
    }
}

impl fmt::Display for Stop {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Stop::Breakpoint => formatter.write_str("waits at an empty cell"),
            Stop::NotYetImplemented(name) => write!(formatter, "{name} is missing"),
            Stop::Input => formatter.write_str("waits for input"),
            Stop::Fault(fault) => write!(formatter, "{fault}"),
            Stop::Limit(kind) => write!(formatter, "the limit of {kind} is reached"),
            Stop::OutOfFuel => formatter.write_str("out of fuel"),
            Stop::Finished => formatter.write_str("finished"),
            Stop::Exit(code) => write!(formatter, "the program ended with exit code {code}"),
            Stop::Blocked(blocked) => write!(formatter, "{blocked}; let the others run"),
            Stop::Deadlock(who) => write!(formatter, "deadlock: {who}"),
        }
    }
}

/// Why an instruction cannot be executed. Values are spelled as a program would write them.
#[derive(Clone, Debug, PartialEq, Eq)]
#[allow(missing_docs, reason = "each variant's sentence in Display says what its fields are")]
pub enum Fault {
    /// Too few values, or values of the wrong kind.
    Operands { instruction: String, needs: String, stack: String },
    /// A result outside of -2^60 to 2^60 - 1.
    Overflow { instruction: String, operands: String },
    /// Division by zero.
    DivisionByZero { instruction: String, dividend: i128 },
    /// A shift by less than 0 or more than 60 bits.
    Shift { instruction: String, by: i64 },
    /// An index outside of a data body or a text.
    Index { instruction: String, index: i64, what: String, length: u64 },
    /// A part of a text that ends before it starts or beyond the end.
    Part { start: i64, end: i64, length: u64 },
    /// A negative number of cells, or more than the maximum.
    Size { instruction: String, cells: i64, maximum: u64 },
    /// More cells than one instruction may touch.
    Cells { instruction: String, cells: i64, maximum: i64 },
    /// Cells that are not all in a data body.
    Range { instruction: String, index: i64, count: u64, what: String, length: u64 },
    /// A number that is not the code point of a Unicode character.
    Character { code: i64 },
    /// A text that does not spell an integer.
    Number { instruction: String, text: String },
    /// A base that is not 2 to 36.
    Base { instruction: String, base: i64 },
    /// A negative count.
    Negative { instruction: String, count: i64 },
    /// More values than `roll` may move.
    Roll { count: i64, maximum: i64 },
    /// An exit code that is not 0 to 255.
    ExitCode { code: i64 },
    /// An empty text where something is searched for.
    Empty { instruction: String },
    /// A text of more than 65,536 bytes.
    TextLength { instruction: String, bytes: u64 },
    /// A local that nothing has been assigned to in this frame.
    Unassigned { local: String, function: String },
    /// A global that nothing has been stored in.
    Unset { global: String },
    /// Code that belongs to a frame which has ended, or which another task has.
    NoFrame { instruction: String, function: String, has_others: bool },
    /// A block run by `repeat_if`, or a condition, that ends without leaving a flag.
    NoFlag,
    /// `leave` in a call that has begun no loop.
    NoLoop { function: String },
    /// More values to hand over than there are, or than may be.
    Handed { instruction: String, count: i64, there: u64, maximum: u64 },
    /// More values at the end of a task than may be handed on.
    Left { count: u64, maximum: u64 },
    /// A block from a frame that the task does not have.
    NoCopy { instruction: String, function: String },
    /// `task.yield` in a task that nobody resumed.
    NotResumed { task: TaskId },
    /// `task.yieldto` in the task of main.
    MainStays,
    /// A task that does not rest where one that rests is needed.
    NotResting { instruction: String, task: TaskId, state: &'static str },
    /// A task that cannot be closed.
    NotClosed { task: TaskId, why: &'static str },
    /// A share outside of its range.
    Share { share: i64, maximum: u64 },
    /// A share for a task that takes no turns.
    NoTurns { task: TaskId, state: &'static str },
    /// A channel of no size, or too large.
    Room { room: i64, maximum: u64 },
    /// Data that is no channel.
    NoChannel { instruction: String, what: String },
}

impl Fault {
    /// One word for the kind of fault.
    pub fn word(&self) -> &'static str {
        match self {
            Fault::Operands { .. } => "operands",
            Fault::Overflow { .. } => "overflow",
            Fault::DivisionByZero { .. } => "division",
            Fault::Shift { .. } => "shift",
            Fault::Index { .. } => "index",
            Fault::Part { .. } => "part",
            Fault::Size { .. } => "size",
            Fault::Cells { .. } => "cells",
            Fault::Range { .. } => "range",
            Fault::Character { .. } => "character",
            Fault::Number { .. } => "number",
            Fault::Base { .. } => "base",
            Fault::Negative { .. } => "negative",
            Fault::Roll { .. } => "roll",
            Fault::ExitCode { .. } => "code",
            Fault::Empty { .. } => "empty",
            Fault::TextLength { .. } => "length",
            Fault::Unassigned { .. } => "unassigned",
            Fault::Unset { .. } => "unset",
            Fault::NoFrame { .. } => "frame",
            Fault::NoFlag => "flag",
            Fault::NoLoop { .. } => "loop",
            Fault::Handed { .. } => "count",
            Fault::Left { .. } => "left",
            Fault::NoCopy { .. } => "home",
            Fault::NotResumed { .. } => "resumer",
            Fault::MainStays => "main",
            Fault::NotResting { .. } => "rests",
            Fault::NotClosed { .. } => "close",
            Fault::Share { .. } => "share",
            Fault::NoTurns { .. } => "turns",
            Fault::Room { .. } => "room",
            Fault::NoChannel { .. } => "channel",
        }
    }
}

impl fmt::Display for Fault {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Fault::Operands { instruction, needs, stack } if stack.is_empty() => {
                write!(f, "`{instruction}` needs {needs}; the stack is empty")
            }
            Fault::Operands { instruction, needs, stack } => {
                write!(f, "`{instruction}` needs {needs}; the stack holds {stack}")
            }
            Fault::Overflow { instruction, operands } => {
                write!(f, "overflow: `{instruction}` of {operands} is outside -2^60 to 2^60 - 1")
            }
            Fault::DivisionByZero { instruction, dividend } => {
                write!(f, "division by zero: {dividend} {instruction} 0")
            }
            Fault::Shift { instruction, by } => {
                write!(f, "`{instruction}` can shift by 0 to 60 bits, not by {by}")
            }
            Fault::Index { instruction, index, what, length } => write!(
                f,
                "`{instruction}`: index {index} is out of range; the length of {what} is {length}"
            ),
            Fault::Part { start, end, length } => write!(
                f,
                "`sub_str` needs 0 <= start <= end <= {length}; start is {start}, end is {end}"
            ),
            Fault::Size { instruction, cells, maximum } => {
                write!(f, "`{instruction}` can make 0 to {maximum} cells, not {cells}")
            }
            Fault::Cells { instruction, cells, maximum } if instruction == "memory.resize" => {
                write!(
                    f,
                    "`memory.resize` can keep at most {maximum} cells, not {cells}; copy them to new data \
                     in several steps"
                )
            }
            Fault::Cells { instruction, cells, maximum } => write!(
                f,
                "`{instruction}` can copy or fill at most {maximum} cells, not {cells}; take several steps"
            ),
            Fault::Range { instruction, index, count, what, length } => write!(
                f,
                "`{instruction}`: {count} cells from index {index} are out of range; the length of \
                 {what} is {length}"
            ),
            Fault::Character { code } => {
                write!(f, "`code_to_str`: {code} is not the code point of a Unicode character")
            }
            Fault::Number { instruction, text } => write!(
                f,
                "`{instruction}`: {text} does not spell an integer from -2^60 to 2^60 - 1"
            ),
            Fault::Base { instruction, base } => {
                write!(f, "`{instruction}` can use the bases 2 to 36, not {base}")
            }
            Fault::Negative { instruction, count } => {
                write!(f, "`{instruction}` needs a count of 0 or more, not {count}")
            }
            Fault::Roll { count, maximum } => {
                write!(f, "`roll` can move at most {maximum} values, not {count}")
            }
            Fault::ExitCode { code } => {
                write!(f, "`exit` needs a code from 0 to 255, not {code}")
            }
            Fault::Empty { instruction } => {
                write!(f, "`{instruction}` cannot search for an empty text")
            }
            Fault::TextLength { instruction, bytes } => write!(
                f,
                "`{instruction}` would make a text of {bytes} bytes; the maximum is 65536"
            ),
            Fault::Unassigned { local, function } => {
                write!(f, "`{local}` has no value in this frame of `{function}`; assign one first")
            }
            Fault::Unset { global } => {
                write!(f, "the global `{global}` has no value; give it one with `set: {global}` first")
            }
            Fault::NoFrame { instruction, function, has_others } => {
                let or = if *has_others { ", or is another task's" } else { "" };
                write!(
                    f,
                    "`{instruction}` needs the frame of `{function}` that this code belongs to, and that \
                     frame has ended{or}"
                )
            }
            Fault::NoFlag => f.write_str(
                "a block run by `repeat_if`, or the condition of `while`, must end with the next flag on the \
                 stack; no value is left for it",
            ),
            Fault::NoLoop { function } => write!(
                f,
                "`leave` needs a loop that this call of `{function}` has begun, and none is running"
            ),
            Fault::Handed { instruction, count, there, maximum } => write!(
                f,
                "`{instruction}` can hand over 0 to {maximum} values; it was given the count {count}, and below \
                 its operands there are {there}"
            ),
            Fault::Left { count, maximum } => write!(
                f,
                "a task can leave at most {maximum} values when it ends, and {count} are on its stack; drop \
                 some"
            ),
            Fault::NoCopy { instruction, function } => write!(
                f,
                "`{instruction}` copies the frame of `{function}` that the block was made in, and this task \
                 has none that lives"
            ),
            Fault::NotResumed { task } => write!(
                f,
                "`task.yield` hands its values to whoever resumed task {task}, and nobody did"
            ),
            Fault::MainStays => f.write_str(
                "`task.yieldto` gives up the place of the task, and the task of main must keep its own; \
                 resume the other instead",
            ),
            Fault::NotResting { instruction, task, state } => {
                write!(f, "`{instruction}` needs a task that rests; task {task} {}", is(state))
            }
            Fault::NotClosed { task, why } => write!(f, "`task.close` of task {task}: {why}"),
            Fault::Share { share, maximum } => {
                write!(f, "`task.share` needs a share from 0 to {maximum}, not {share}")
            }
            Fault::NoTurns { task, state } => {
                write!(f, "`task.share` needs a task that takes turns; task {task} {}", is(state))
            }
            Fault::Room { room, maximum } => {
                write!(f, "`channel.new` can make room for 1 to {maximum} values, not {room}")
            }
            Fault::NoChannel { instruction, what } => write!(
                f,
                "`{instruction}` needs a channel, and {what} is none: its first two cells must be the index \
                 of the oldest value and how many there are"
            ),
        }
    }
}

/// The state of a task as a verb: `rests`, `is over`.
pub(super) fn is(state: &str) -> String {
    if state == super::task::OVER { format!("is {state}") } else { state.to_string() }
}
