//! How a run ended, and the exit code that says so.

use std::io;

use super::interrupt::Interrupt;
use crate::session::expect::Unmet;
use crate::vm::machine::Machine;
use crate::vm::stop::Stop;

/// The exit code of bad usage and of files that cannot be read or written.
pub const REJECTED: u8 = 2;

/// How a run ended.
#[derive(Debug)]
pub enum Ending {
    /// The machine stopped; [`Stop::Input`] means that the input has ended.
    Stopped(Stop),
    /// The host has no answer to what the program asks: why.
    Unanswered(String),
    /// The recording ends where the next instruction could run.
    Paused,
    /// It stopped at a breakpoint that a person set; if its condition cannot be evaluated, why.
    UserBreakpoint(Option<String>),
    /// An expectation of a recording does not hold: its line, and what was expected and found.
    Unmet(usize, Unmet),
    /// A line of a recording cannot be carried out: which, and why.
    Refused(usize, String),
    /// Standard input is not text or cannot be read: why.
    BadInput(String),
    /// Something outside asked the program to stop.
    Interrupted(Interrupt),
    /// The output cannot be written, or nobody reads it any more.
    Output(io::Error),
}

impl Ending {
    /// The ending for a machine that does not run: why it waits.
    pub fn of(machine: &Machine) -> Ending {
        Ending::Stopped(machine.waits().unwrap_or(Stop::OutOfFuel))
    }

    /// The ending for a machine after all lines of a recording, which no fuel stopped.
    pub fn at_end_of_recording(machine: &Machine) -> Ending {
        match Ending::of(machine) {
            Ending::Stopped(Stop::OutOfFuel) if !machine.is_spent() => Ending::Paused,
            ending => ending,
        }
    }

    /// The exit code.
    pub fn code(&self) -> u8 {
        match self {
            Ending::Stopped(Stop::Finished) => 0,
            Ending::Stopped(Stop::Exit(code)) => *code,
            Ending::Unmet(..) | Ending::Refused(..) => 1,
            Ending::Stopped(Stop::NotYetImplemented(_) | Stop::Breakpoint) => 3,
            Ending::Unanswered(_) | Ending::UserBreakpoint(_) => 3,
            Ending::Stopped(Stop::Fault(_) | Stop::Deadlock(_) | Stop::Blocked(_)) => 4,
            Ending::Stopped(Stop::Limit(_) | Stop::OutOfFuel) | Ending::Paused => 5,
            Ending::Stopped(Stop::Input) | Ending::BadInput(_) => 6,
            Ending::Interrupted(interrupt) => interrupt.code(),
            // What a shell reports for a program that a closed pipe ended.
            Ending::Output(error) if error.kind() == io::ErrorKind::BrokenPipe => 141,
            Ending::Output(_) => REJECTED,
        }
    }
}
