//! Why an edit was refused. A refused edit changes nothing. The message says where and why, and what to
//! do instead.

use std::fmt;

use super::index::{Body, CODE_BODIES, DataId, FrameId, FrameNumber, Offset, TaskId};
use super::instruction::Instruction;
use super::limit::LimitKind;
use super::memory::{CODE_CELLS_USED, LOCALS, MEMORY_CELLS};
use super::name::NameFault;
use super::space::Address;
use super::spelling::{SHOWN, clip, long_form};
use super::stop::{Stop, is};
use super::text::TEXT_BYTES;

/// Why an edit was refused.
#[derive(Clone, Debug, PartialEq, Eq)]
#[allow(missing_docs, reason = "each variant's sentence in Display says what its fields are")]
pub enum Refusal {
    NoBody { body: Body },
    NoPlace { body: Body, offset: Offset, size: u32 },
    NoData { body: DataId, index: u64 },
    Freed { body: DataId },
    NoFrame { frame: FrameId },
    NoLocal { local: String, function: String },
    LocalExists { local: String, function: String },
    NoFunction { name: String },
    NoGlobal { name: String },
    Defined { name: String, start: Address },
    Name { name: String, fault: NameFault },
    Integer { value: i64 },
    TextTooLong { bytes: usize },
    TooManyLocals { function: String },
    TooManyBodies,
    TooManyCells,
    BodyTooLarge { title: String },
    DataInCode,
    UnknownAddress,
    BlockValueInCode,
    TaskInCode,
    NotABlock,
    FrameNotOpened { home: FrameNumber, newest: FrameNumber },
    FrameOfOther { home: FrameNumber, function: String, owner: String },
    BlockElsewhere { start: Address, at: Address },
    ForeignBlock { start: Address, function: String },
    Replaced { title: String },
    NotAValue { instruction: Instruction },
    StackTooShort { wanted: usize, there: usize },
    Referenced { title: String, by: String },
    Main,
    LimitTooHigh { kind: LimitKind, value: u64 },
    NotEnoughCells { wanted: u64, there: u64 },
    NotAsked,
    AskedAnother { name: String, asked: String },
    AskedWith { name: String, stack: String },
    CannotReturn { name: String, stop: Stop },
    NoTask { task: TaskId },
    NoTurn { task: TaskId, state: &'static str },
    Quantum { quantum: u64, most: u64 },
    Share { share: u64, most: u64 },
    CopiedFrame,
    Malformed,
}

impl fmt::Display for Refusal {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Refusal::NoBody { body } => write!(f, "there is no code body {body}"),
            Refusal::NoPlace { body, offset, size } => {
                write!(f, "body {body} has cells 0 to {}; there is no cell {offset}", size - 1)
            }
            Refusal::Freed { body } => write!(
                f,
                "data {body} was freed, because nothing referred to it any more; go back to see it"
            ),
            Refusal::NoData { body, index } => {
                write!(f, "data {body} has no cell {index}")
            }
            Refusal::NoFrame { frame } => {
                write!(f, "the call stack has no frame {frame}; 0 is the bottom")
            }
            Refusal::NoLocal { local, function } => write!(
                f,
                "`{function}` has no local `{local}`; write `assign: {local}` in it first"
            ),
            Refusal::LocalExists { local, function } => {
                write!(f, "`{function}` already has a local `{local}`; choose another name")
            }
            Refusal::NoFunction { name } => write!(f, "there is no function `{name}`"),
            Refusal::NoGlobal { name } => {
                write!(f, "the global `{name}` has no value that could be cleared")
            }
            Refusal::Defined { name, start } => {
                write!(f, "`{name}` is already defined, at {start}; edit it there or replace it")
            }
            Refusal::Name { name, fault } => {
                write!(f, "`{}` cannot be a name: it {fault}", clip(name, SHOWN))
            }
            Refusal::Integer { value } => {
                write!(f, "{value} does not fit in a cell: integers go from -2^60 to 2^60 - 1")
            }
            Refusal::TextTooLong { bytes } => {
                write!(f, "a text of {bytes} bytes is too long; the maximum is {TEXT_BYTES}")
            }
            Refusal::TooManyLocals { function } => {
                write!(f, "`{function}` would have more than {LOCALS} locals; use data instead")
            }
            Refusal::TooManyBodies => {
                write!(f, "the limit of {CODE_BODIES} functions and blocks is reached")
            }
            Refusal::TooManyCells => {
                write!(
                    f,
                    "this needs more than {MEMORY_CELLS} cells, the maximum for all bodies together"
                )
            }
            Refusal::BodyTooLarge { title } => {
                write!(f, "{title} would have more than {CODE_CELLS_USED} cells; split it")
            }
            Refusal::DataInCode => f.write_str(
                "code cannot contain the address of data, because data exists only in one run; \
                 keep the address in a local or on the stack",
            ),
            Refusal::UnknownAddress => f.write_str("no body starts at this address"),
            Refusal::TaskInCode => f.write_str(
                "code cannot contain a task, because tasks exist only in one run; keep it in a local or on \
                 the stack",
            ),
            Refusal::NoTask { task } => write!(f, "no task {task} was ever made"),
            Refusal::NoTurn { task, state: state @ "waits" } => write!(
                f,
                "task {task} {state} for a task that it resumed; give the turn to that one"
            ),
            Refusal::NoTurn { task, state } => {
                write!(f, "task {task} takes no turns: it {}", is(state))
            }
            Refusal::Quantum { quantum, most } => {
                write!(f, "a turn has 1 to {most} instructions, not {quantum}")
            }
            Refusal::Share { share, most } => {
                write!(f, "a share is from 0 to {most}, not {share}")
            }
            Refusal::CopiedFrame => f.write_str(
                "this frame is a copy for the block above it, and its function does not run here; restart \
                 the block",
            ),
            Refusal::BlockValueInCode => f.write_str(
                "code cannot contain a block of a certain frame, because frames exist only in one run; \
                 write the block itself, without the frame",
            ),
            Refusal::NotABlock => {
                f.write_str("no block starts at this address, and only a block has a frame")
            }
            Refusal::FrameNotOpened { home, newest } => {
                write!(f, "there has been no frame {home} yet; the newest is {newest}")
            }
            Refusal::FrameOfOther { home, function, owner } => write!(
                f,
                "frame {home} is a call of `{function}`, and the block belongs to `{owner}`"
            ),
            Refusal::BlockElsewhere { start, at } => write!(
                f,
                "the block at {start} is already written at {at}, and a block belongs to one \
                 cell; delete it there or write a new one"
            ),
            Refusal::ForeignBlock { start, function } => write!(
                f,
                "the block at {start} belongs to `{function}` and can only be written there"
            ),
            Refusal::Replaced { title } => write!(
                f,
                "this is the old body of `{title}`, kept only until its calls have returned; write \
                 `pushf: {title}` for the new one"
            ),
            Refusal::NotAValue { instruction } => write!(
                f,
                "`{}` is not a value; give a number, a text or an address",
                spelled(instruction)
            ),
            Refusal::StackTooShort { wanted, there } => {
                write!(f, "too few values on the parameter stack: {wanted} needed, {there} present")
            }
            Refusal::Referenced { title, by } => {
                write!(f, "{title} cannot be removed: {by} points into it")
            }
            Refusal::Main => f.write_str("`main` cannot be replaced or removed; edit its cells"),
            Refusal::LimitTooHigh { kind, value } => {
                write!(
                    f,
                    "{value} is too high for the limit of {kind}; the maximum is {}",
                    kind.maximum()
                )
            }
            Refusal::NotEnoughCells { wanted, there } => {
                write!(f, "cannot delete {wanted} cells: the body ends after {there}")
            }
            Refusal::NotAsked => f.write_str(
                "nothing is asked here: an answer belongs to the call of a missing or empty function at \
                 the counter",
            ),
            Refusal::AskedAnother { name, asked } => write!(
                f,
                "the counter is on a call of `{asked}`, so `{name}` cannot be answered now"
            ),
            Refusal::AskedWith { name, stack } => write!(
                f,
                "`{name}` was asked with other operands than this answer is for; now the stack holds {stack}"
            ),
            Refusal::CannotReturn { name, stop } => {
                write!(f, "`{name}` cannot return with this answer: {stop}")
            }
            Refusal::Malformed => f.write_str("this program fragment is malformed"),
        }
    }
}

impl std::error::Error for Refusal {}

/// Spells an instruction that is not a value.
fn spelled(instruction: &Instruction) -> String {
    match long_form(instruction) {
        Some([prefix, name]) => format!("{prefix}{}", clip(name, SHOWN)),
        // Everything else without a long form is a value.
        None => "[ ... ]".to_string(),
    }
}
