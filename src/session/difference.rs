//! What comes of replaying the input of a recording through other code: nothing that differs, or the first
//! difference, with what either program was about to do there.
//!
//! What is compared is what one can notice from outside: the output, byte by byte, and between the bytes every wait
//! that a person ended by giving something: input, an answer, a value.

use super::journal::{Journal, Position};
use crate::program::image::Image;
use crate::vm::machine::Machine;
use crate::vm::stop::{Fault, Stop};

/// What came of comparing.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Finding {
    /// Nothing differs.
    Same(Same),
    /// The first difference.
    Differs(Box<Difference>),
}

/// How much was the same.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Same {
    /// Lines of output; the last one may have no end.
    pub lines: usize,
    /// Waits.
    pub waits: usize,
    /// Whether the recording ends where the program does not wait. The other program has then done what the
    /// recording shows, and was not run further.
    pub paused: bool,
}

/// The first difference.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Difference {
    /// How many bytes of output are the same.
    pub printed: usize,
    /// The line of output in which the outputs part, counted from 1.
    pub line: usize,
    /// The recorded program.
    pub old: Side,
    /// The other one.
    pub new: Side,
    /// What the other program did, as a history of its own: what was given to it, and its runs, which go on a
    /// little after the difference.
    pub counterpart: Box<Journal>,
}

/// One of the two programs at the difference.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Side {
    /// What it does there.
    pub does: Does,
    /// The position before that: of the old program in the journal of the session, of the new one in the
    /// counterpart.
    pub at: Position,
    /// The image there. Its next instruction is the one that does it.
    pub image: Box<Image>,
}

/// What a program does at the difference.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Does {
    /// It prints: this is the whole line of output, as far as it is known.
    Prints(String),
    /// It waits; of a call that was answered, with these operands on the stack.
    Waits(Stop, Option<String>),
    /// It does not wait there: it ran on for as long as the recording goes.
    RunsOn,
    /// This was done with it.
    Takes(String),
    /// That cannot be done with it, and why.
    Refuses(String),
    /// It has run for so many instructions since something was last given to it, and neither prints nor waits.
    /// Whether it ever would is not known.
    NoEnd(u64),
}

impl Difference {
    /// Whether it is not known that the programs differ: the other one ran for as long as it might.
    pub fn is_undecided(&self) -> bool {
        matches!(self.new.does, Does::NoEnd(_))
    }
}

/// A wait as far as it is compared. Where values or addresses differ, the wait is the same.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Wait {
    kind: &'static str,
    /// The name of what is missing, of the instruction, of the limit, ...
    what: String,
}

impl Wait {
    /// Why a machine waits, if it does.
    pub(super) fn of(machine: &Machine) -> Option<Wait> {
        let stop = machine.waits()?;
        // An empty function that was entered asks like one that is missing.
        if let Some(name) = machine.asked() {
            return Some(Wait { kind: "asked", what: name.to_owned() });
        }
        let what = match &stop {
            Stop::NotYetImplemented(name) => name.clone(),
            Stop::Fault(fault) => {
                return Some(Wait { kind: fault.word(), what: subject(fault).to_owned() });
            }
            Stop::Limit(kind) => kind.name().to_owned(),
            Stop::Exit(code) => code.to_string(),
            Stop::Breakpoint
            | Stop::Input
            | Stop::OutOfFuel
            | Stop::Finished
            | Stop::Blocked(_)
            | Stop::Deadlock(_) => String::new(),
        };
        Some(Wait { kind: stop.word(), what })
    }
}

/// The instruction that cannot be executed, or the name that has no value.
fn subject(fault: &Fault) -> &str {
    match fault {
        Fault::Operands { instruction, .. }
        | Fault::Overflow { instruction, .. }
        | Fault::DivisionByZero { instruction, .. }
        | Fault::Shift { instruction, .. }
        | Fault::Index { instruction, .. }
        | Fault::Size { instruction, .. }
        | Fault::Cells { instruction, .. }
        | Fault::Range { instruction, .. }
        | Fault::Number { instruction, .. }
        | Fault::Base { instruction, .. }
        | Fault::Negative { instruction, .. }
        | Fault::Empty { instruction }
        | Fault::TextLength { instruction, .. }
        | Fault::NoFrame { instruction, .. }
        | Fault::Handed { instruction, .. }
        | Fault::NoCopy { instruction, .. }
        | Fault::NotResting { instruction, .. }
        | Fault::NoChannel { instruction, .. } => instruction,
        Fault::Unassigned { local, .. } => local,
        Fault::Unset { global } => global,
        Fault::NoLoop { function } => function,
        Fault::Part { .. }
        | Fault::Character { .. }
        | Fault::Roll { .. }
        | Fault::ExitCode { .. }
        | Fault::NoFlag
        | Fault::Left { .. }
        | Fault::NotResumed { .. }
        | Fault::MainStays
        | Fault::NotClosed { .. }
        | Fault::Share { .. }
        | Fault::NoTurns { .. }
        | Fault::Room { .. } => "",
    }
}
