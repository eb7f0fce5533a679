//! Running a session at a terminal: in slices, giving input as it is wanted and writing output as it
//! comes.

use std::io::{IsTerminal, Write};
use std::path::Path;

use crate::session::Session;
use crate::session::command::Command;
use crate::session::goal::{Goal, Progress};
use crate::session::journal::{Mismatch, Position};
use crate::session::record::Record;
use crate::session::refused::Refused;
use crate::store;
use crate::vm::machine::Machine;
use crate::vm::stop::Stop;

use super::Rejected;
use super::arguments::Bounds;
use super::console::{Console, Reading};
use super::ending::Ending;
use super::report::{self, Source};
use super::say;

/// Instructions between two looks at Ctrl-C and the output: some milliseconds.
const SLICE: u64 = 1 << 18;

/// A session at a terminal.
#[derive(Debug)]
pub struct Runner {
    /// The session.
    pub session: Session,
    console: Console,
    /// The fuel that is left, if there is a bound.
    left: Option<u64>,
    trace: bool,
}

impl Runner {
    /// A session that has not begun to run.
    pub fn new(mut session: Session, console: Console, bounds: &Bounds) -> Runner {
        // Nobody goes back here.
        session.set_checkpoint_budget(0);
        Runner { session, console, left: bounds.fuel, trace: bounds.trace }
    }

    /// Runs until something ends it.
    pub fn run(&mut self) -> Ending {
        self.go().unwrap_or_else(|ending| ending)
    }

    fn go(&mut self) -> Result<Ending, Ending> {
        let mut given = Vec::new();
        loop {
            let goal = self.left.map_or(Goal::Free, Goal::Fuel);
            if self.session.begin(&given, Some(goal)).is_err() {
                return Ok(Ending::of(self.session.machine()));
            }
            match self.stretch()? {
                Progress::UserBreakpoint(_) => return Ok(Ending::UserBreakpoint),
                _ => match self.session.machine().waits() {
                    Some(Stop::Input) if !self.console.ended() => given = vec![self.read()?],
                    stop => return Ok(Ending::Stopped(stop.unwrap_or(Stop::OutOfFuel))),
                },
            }
        }
    }

    /// The next line of input, as a command.
    fn read(&mut self) -> Result<Command, Ending> {
        match self.console.read() {
            Reading::Line(text) => Ok(Command::Give { text }),
            Reading::Ended => Ok(Command::EndInput),
            Reading::Bad(reason) => Err(Ending::BadInput(reason)),
            Reading::Interrupted => Err(Ending::Interrupted),
        }
    }

    /// Goes on with the run that has begun, slice by slice, until it ends.
    fn stretch(&mut self) -> Result<Progress, Ending> {
        loop {
            if self.console.interrupted() {
                return Err(Ending::Interrupted);
            }
            let progress = self.slice(|session, fuel| session.slice(fuel))?;
            // Nobody records this session.
            self.session.take_records();
            if progress != Progress::More {
                return Ok(progress);
            }
        }
    }

    /// Runs a slice by a way of running, and does what belongs to it: fuel, trace, output.
    fn slice<T>(&mut self, run: impl FnOnce(&mut Session, u64) -> T) -> Result<T, Ending> {
        let slice = if self.trace { 1 } else { SLICE };
        let machine = self.session.machine();
        let before = machine.retired();
        let here = self.trace.then(|| report::here(machine));
        let result = run(&mut self.session, slice.min(self.left.unwrap_or(slice)));
        let machine = self.session.machine();
        let retired = machine.retired() - before;
        self.left = self.left.map(|left| left.saturating_sub(retired));
        if let Some(here) = here.filter(|_| retired > 0) {
            let _ = writeln!(std::io::stderr(), "{here:<40}  {}", machine.show_stack());
        }
        self.console.write(machine)?;
        Ok(result)
    }

    // --- recordings -------------------------------------------------------------------------------

    /// Does what a record says, in slices. What stands before the last run of a gesture
    /// is done whole or not at all.
    ///
    /// # Errors
    /// How it ended the recording.
    pub fn play(&mut self, number: usize, record: &Record) -> Result<(), Ending> {
        let Some((before, fuel)) = split(record) else {
            return self.play_other(number, record);
        };
        // A gesture that does nothing but run is an entry of its own.
        let mut begins = before.is_empty() && matches!(record, Record::Gesture(_));
        if !before.is_empty() {
            self.play_gesture(number, before)?;
        }
        let mut wanted = fuel;
        while wanted > 0 {
            self.check_bounds()?;
            let already = self.machine().retired();
            let run = |session: &mut Session, slice: u64| {
                let fuel = slice.min(wanted);
                session.play(&match std::mem::take(&mut begins) {
                    true => Record::Gesture(vec![Command::Run { fuel }]),
                    false => Record::More(fuel),
                })
            };
            self.slice(run)?.map_err(|reason| Ending::Refused(number, reason))?;
            self.session.take_records();
            match self.machine().retired() - already {
                // It stopped: the rest of the run does not happen.
                0 => break,
                retired => wanted -= retired,
            }
        }
        Ok(())
    }

    fn play_other(&mut self, number: usize, record: &Record) -> Result<(), Ending> {
        match record {
            Record::Gesture(commands) => self.play_gesture(number, commands),
            Record::Goto(to) => self.play_goto(number, *to),
            Record::Bookmark { .. } => {
                let named = self.session.play(record);
                self.session.take_records();
                named.map_err(|problem| Ending::Refused(number, problem))
            }
            Record::More(_) => unreachable!("it is a run at the end of a gesture"),
            Record::Note(_) => Ok(()),
        }
    }

    /// A gesture that does not end with a run. The copy that runs in it are tried on is made only
    /// if there are any.
    fn play_gesture(&mut self, number: usize, commands: &[Command]) -> Result<(), Ending> {
        let refused = |refused: Refused| Ending::Refused(number, refused.to_string());
        if commands.iter().any(|command| matches!(command, Command::Run { .. })) {
            let mut attempt = self.session.attempt(commands);
            loop {
                self.check_bounds()?;
                let (before, fuel) = (attempt.retired(), SLICE.min(self.left.unwrap_or(SLICE)));
                let is_whole = attempt.slice(&mut self.session, fuel).map_err(refused)?;
                let retired = attempt.retired() - before;
                self.left = self.left.map(|left| left.saturating_sub(retired));
                if is_whole {
                    break;
                }
            }
        } else {
            self.session.apply(commands).map_err(refused)?;
        }
        self.session.take_records();
        self.console.write(self.session.machine())
    }

    fn play_goto(&mut self, number: usize, to: Position) -> Result<(), Ending> {
        let refused = |mismatch: Mismatch| Ending::Refused(number, mismatch.to_string());
        let mut journey = self.session.journey(to).map_err(refused)?;
        while !journey.slice(&mut self.session, SLICE).map_err(refused)? {
            self.check_bounds()?;
        }
        self.session.take_records();
        self.console.write(self.session.machine())
    }

    /// Whether it may go on at all.
    fn check_bounds(&self) -> Result<(), Ending> {
        if self.console.interrupted() {
            return Err(Ending::Interrupted);
        }
        if self.left == Some(0) {
            return Err(Ending::of(self.machine()));
        }
        Ok(())
    }

    // --- the end ----------------------------------------------------------------------------------

    /// Saves the image if that was asked for, says on standard error why it stopped, and gives the
    /// exit code.
    ///
    /// # Errors
    /// If the image cannot be saved.
    pub fn end(
        &self,
        ending: &Ending,
        file: Option<&Path>,
        save: Option<&Path>,
    ) -> Result<u8, Rejected> {
        let saved = save.map(|path| store::replace(path, &self.session.image().to_file_text()));
        let source = Source { file, saved: save.filter(|_| matches!(saved, Some(Ok(())))) };
        if let Some(report) = report::report(ending, self.machine(), source) {
            self.end_line();
            say(&report);
        }
        match saved {
            Some(Err(error)) => Err(Rejected(format!("the image is not saved: {error}"))),
            _ => Ok(ending.code()),
        }
    }

    /// On a terminal, what follows does not stand behind half a line of output.
    fn end_line(&self) {
        let output = self.machine().output();
        if !output.is_empty() && !output.ends_with('\n') && std::io::stdout().is_terminal() {
            say("");
        }
    }

    /// The machine.
    pub fn machine(&self) -> &Machine {
        self.session.machine()
    }
}

/// What stands before the run at the end of a gesture, and the fuel of that run; nothing if the
/// record has no such run.
fn split(record: &Record) -> Option<(&[Command], u64)> {
    match record {
        Record::More(fuel) => Some((&[], *fuel)),
        Record::Gesture(commands) => match commands.split_last() {
            Some((&Command::Run { fuel }, before)) => Some((before, fuel)),
            _ => None,
        },
        Record::Goto(_) | Record::Bookmark { .. } | Record::Note(_) => None,
    }
}
