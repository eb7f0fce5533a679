//! Runs a session at a terminal: its jobs in slices, input when the program waits for it, and output as
//! it comes.

use std::io::Write;
use std::path::Path;

use crate::session::Session;
use crate::session::command::Command;
use crate::session::goal::{Ended, Goal};
use crate::session::job::Job;
use crate::session::outcome::{Outcome, Progress};
use crate::session::record::Record;
use crate::session::refused::Refused;
use crate::session::request::Request;
use crate::store;
use crate::vm::limit::LimitKind;
use crate::vm::machine::Machine;
use crate::vm::stop::Stop;

use super::Rejected;
use super::arguments::Bounds;
use super::console::{Console, Reading};
use super::ending::Ending;
use super::report::{self, Source};
use super::say_parted;
use super::stats::Stats;
use super::terminal::{self, say};

/// Instructions between two checks of Ctrl-C and the output: a few milliseconds.
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
    stats: Option<Stats>,
    /// About how many bytes of the journal nobody needs.
    journalled: usize,
    /// Whether output is forgotten once it is written and fills the machine.
    pub forgets_output: bool,
}

/// About how many bytes a line of input takes in the journal, beside its text.
const ENTRY_BYTES: usize = 400;
/// How many bytes of the journal are kept at least: forgetting copies the image.
const JOURNAL_BYTES: usize = 1 << 20;

impl Runner {
    /// A session that has not begun to run.
    pub fn new(mut session: Session, console: Console, bounds: &Bounds) -> Runner {
        // The command line never goes back in history.
        session.set_checkpoint_budget(0);
        let stats = bounds.stats.then(|| Stats::begin(session.machine()));
        let Bounds { fuel: left, trace, .. } = *bounds;
        let (journalled, forgets_output) = (0, false);
        Runner { session, console, left, trace, stats, journalled, forgets_output }
    }

    /// Runs until something ends it.
    pub fn run(&mut self) -> Ending {
        self.go().unwrap_or_else(|ending| ending)
    }

    fn go(&mut self) -> Result<Ending, Ending> {
        let never = |refused| unreachable!("neither input nor a run is refused: {refused}");
        let mut given = Vec::new();
        loop {
            let goal = self.left.map_or(Goal::Free, Goal::Fuel);
            match self.perform(Request::gesture(given, Some(goal)), &never)? {
                Outcome::Ran(Ended::Breakpoint(_)) => return Ok(Ending::UserBreakpoint),
                Outcome::Ran(Ended::Reached | Ended::Stopped(_)) => {}
                Outcome::Done
                | Outcome::Arrived
                | Outcome::NotFound(..)
                | Outcome::Ask(_)
                | Outcome::Unmet => unreachable!("a gesture with a goal ends with its run"),
            }
            match Ending::of(self.machine()) {
                Ending::Stopped(Stop::Input) if !self.console.ended() => {
                    self.forget();
                    given = vec![self.read()?];
                }
                // All of it is written: a slice ends with writing.
                Ending::Stopped(Stop::Limit(LimitKind::Output)) if self.can_forget_output() => {
                    self.session.forget_output();
                    self.console.forget_written();
                    self.journalled = 0;
                    given = Vec::new();
                }
                ending => return Ok(ending),
            }
        }
    }

    fn can_forget_output(&self) -> bool {
        self.forgets_output && !self.machine().output().is_empty()
    }

    /// Forgets the journal of a run once it takes more than the image: a run may read millions of lines, and
    /// never goes back.
    fn forget(&mut self) {
        if self.journalled > JOURNAL_BYTES && self.journalled > self.machine().bytes() {
            self.session.forget_history();
            self.journalled = 0;
        }
    }

    /// The next line of input, as a command.
    fn read(&mut self) -> Result<Command, Ending> {
        match self.console.read() {
            Reading::Line(text) => {
                self.journalled += text.len() + ENTRY_BYTES;
                Ok(Command::Give { text })
            }
            Reading::Ended => Ok(Command::EndInput),
            Reading::Bad(reason) => Err(Ending::BadInput(reason)),
            Reading::Interrupted(interrupt) => Err(Ending::Interrupted(interrupt)),
        }
    }

    /// Carries out a record.
    ///
    /// # Errors
    /// The ending, if the record ended the playing.
    pub fn play(&mut self, number: usize, record: Record) -> Result<(), Ending> {
        let refused = |refused: Refused| Ending::Refused(number, refused.to_string());
        self.perform(Request::Record(record), &refused).map(|_| ())
    }

    /// Carries out a request, in slices.
    fn perform(
        &mut self,
        request: Request,
        refused: &dyn Fn(Refused) -> Ending,
    ) -> Result<Outcome, Ending> {
        let mut progress = self.session.start(request).map_err(refused)?;
        loop {
            // This session is not recorded.
            self.session.take_records();
            self.console.write(self.session.machine())?;
            if let Progress::Done(outcome) = progress {
                return Ok(outcome);
            }
            self.check_bounds()?;
            progress = self.slice().map_err(refused)?;
        }
    }

    /// Continues the job in progress for a slice, within the fuel that is left; traces a run.
    fn slice(&mut self) -> Result<Progress, Refused> {
        let job = self.session.job().expect("a slice is a part of a job");
        let (is_run, is_gesture) = (job.is_run(), job.is_gesture());
        let here = (self.trace && is_run).then(|| report::here(self.machine()));
        let fuel = if here.is_some() { 1 } else { SLICE };
        let before = self.executed();
        let left = self.left.filter(|_| is_gesture);
        let progress = self.session.advance(left.map_or(fuel, |left| left.min(fuel)))?;
        if let Some(left) = left {
            self.left = Some(left - (self.executed() - before));
        }
        if let Some(here) = here.filter(|_| self.executed() > before) {
            terminal::note(format_args!("{here:<40}  {}", self.machine().show_stack()));
        }
        Ok(progress)
    }

    /// How many instructions were executed, including those that are only tried.
    fn executed(&self) -> u64 {
        self.machine().retired() + self.session.job().map_or(0, Job::tried)
    }

    /// Whether it may continue. Moving through the history takes no fuel.
    fn check_bounds(&self) -> Result<(), Ending> {
        if let Some(interrupt) = self.console.interrupted() {
            return Err(Ending::Interrupted(interrupt));
        }
        if self.left == Some(0) && self.session.job().is_some_and(Job::is_gesture) {
            return Err(Ending::of(self.machine()));
        }
        Ok(())
    }

    // --- the end ----------------------------------------------------------------------------------

    /// Saves the image if requested, reports on standard error why it stopped, and returns the exit code.
    ///
    /// # Errors
    /// If the image cannot be saved.
    pub fn end(
        &self,
        ending: &Ending,
        file: Option<&Path>,
        save: Option<&Path>,
    ) -> Result<u8, Rejected> {
        let image = self.session.image();
        let write = |out: &mut dyn Write| image.write_file_text(out);
        let saved = save.map(|path| store::replace_in_pieces(path, &write));
        let source = Source { file, saved: save.filter(|_| matches!(saved, Some(Ok(_)))) };
        if let Some(report) = report::report(ending, self.session.image(), source) {
            if self.console.is_mid_line() {
                terminal::end_line();
            }
            say(&report);
        }
        self.stats.inspect(|stats| say(&stats.line(self.machine())));
        match saved {
            Some(Err(error)) => Err(Rejected(format!("the image was not saved: {error}"))),
            Some(Ok(replaced)) => {
                save.filter(|_| replaced.parted).map(say_parted);
                Ok(ending.code())
            }
            None => Ok(ending.code()),
        }
    }

    /// The machine.
    pub fn machine(&self) -> &Machine {
        self.session.machine()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::session::load::image_of_program;

    #[test]
    fn a_run_that_reads_very_many_lines_does_not_keep_them() {
        let image = image_of_program("0 [ input.line drop 1 + ] repeat").unwrap();
        let lines = 20_000;
        let console = Console::given((0..lines).map(|n| format!("line {n}\n")).collect());
        let bounds = Bounds { fuel: None, limits: Vec::new(), trace: false, stats: false };
        let mut runner = Runner::new(Session::new(image), console, &bounds);
        let ending = runner.run();
        assert_eq!(runner.machine().show_stack(), lines.to_string(), "{ending:?}");
        let kept = runner.session.journal().entries().len();
        assert!(kept <= JOURNAL_BYTES / ENTRY_BYTES + 2, "{kept} gestures are kept");
    }
}
