//! Runs an image at a terminal: in slices, with input when the program waits for it, and output as it comes.
//! Nobody goes back, so no history is kept. A host answers what the program was granted.

use std::path::Path;
use std::sync::Arc;
use std::task::Context;

use crate::session::asking::{Asking, Asks, asks};
use crate::session::command::Command;
use crate::session::goal::Ended;
use crate::session::hosts::Hosts;
use crate::session::plain_run::PlainRun;
use crate::vm::limit::LimitKind;
use crate::vm::machine::Machine;
use crate::vm::stop::Stop;

use super::Rejected;
use super::arguments::Bounds;
use super::blocks::Reading;
use super::console::{Console, Rest};
use super::ending::Ending;
use super::waiting::Waiting;
use super::watch::Watch;

/// How many bytes of written output are kept before they are forgotten.
const WRITTEN: usize = 1 << 16;

/// An image that runs at a terminal.
pub struct Runner {
    run: PlainRun,
    watch: Watch,
    host: Hosts,
    asking: Asking,
    waiting: Arc<Waiting>,
    /// Whether output is forgotten once it is written.
    pub forgets_output: bool,
}

impl Runner {
    /// An image that has not begun to run.
    pub fn new(run: PlainRun, host: Hosts, console: Console, bounds: &Bounds) -> Runner {
        let watch = Watch::new(run.machine(), console, bounds);
        let (asking, waiting) = (Asking::default(), Arc::default());
        Runner { run, watch, host, asking, waiting, forgets_output: false }
    }

    /// Runs until something ends it.
    pub fn run(&mut self) -> Ending {
        loop {
            if let Err(ending) = self.go_on() {
                return ending;
            }
        }
    }

    /// Runs for a slice, and to where it needs something.
    ///
    /// # Errors
    /// The ending, if it ends there.
    fn go_on(&mut self) -> Result<(), Ending> {
        self.watch.check_interrupts()?;
        let ended = self.slice();
        self.watch.console.write(self.run.machine())?;
        match ended {
            Some(Ended::Breakpoint(_)) => return Err(Ending::UserBreakpoint(None)),
            Some(Ended::Unclear(_, why)) => return Err(Ending::UserBreakpoint(Some(why))),
            Some(Ended::Reached | Ended::Stopped(_)) => self.wake()?,
            None if self.watch.is_out_of_fuel() => self.wake()?,
            None => self.ask_beside()?,
        }
        self.forget_output(WRITTEN);
        Ok(())
    }

    /// Gives the program what it waits for.
    ///
    /// # Errors
    /// The ending, if that does not come.
    fn wake(&mut self) -> Result<(), Ending> {
        match Ending::of(self.machine()) {
            ending @ Ending::Stopped(_) if asks(self.run.machine(), &self.host) => self.ask(ending),
            ending @ Ending::Stopped(Stop::NotYetImplemented(_) | Stop::Breakpoint) => {
                self.ask(ending)
            }
            Ending::Stopped(Stop::Input) if !self.watch.console.ended() => self.read(),
            // All of it is written: a slice ends with writing.
            Ending::Stopped(Stop::Limit(LimitKind::Output)) if self.forget_output(1) => Ok(()),
            ending => Err(ending),
        }
    }

    /// Asks the host what the program asks, and waits a moment if the host takes its time.
    ///
    /// # Errors
    /// The ending, if the host does not answer.
    fn ask(&mut self, ending: Ending) -> Result<(), Ending> {
        let waker = self.waiting.waker();
        let mut context = Context::from_waker(&waker);
        match self.asking.poll(self.run.machine(), &mut self.host, &mut context) {
            Asks::Nothing => Err(ending),
            Asks::Failed(reason) => Err(Ending::Unanswered(reason)),
            _ if self.watch.is_out_of_fuel() => Err(Ending::Stopped(Stop::OutOfFuel)),
            Asks::Waits => {
                self.waiting.wait();
                Ok(())
            }
            Asks::Answered(commands) => self.answer(commands),
        }
    }

    /// Asks the host what some tasks ask while others run on, and waits for nothing.
    ///
    /// # Errors
    /// The ending, if an answer is refused.
    fn ask_beside(&mut self) -> Result<(), Ending> {
        if self.machine().tasks().len() == 1 {
            return Ok(());
        }
        let waker = self.waiting.waker();
        let mut context = Context::from_waker(&waker);
        match self.asking.poll(self.run.machine(), &mut self.host, &mut context) {
            Asks::Answered(commands) => self.answer(commands),
            Asks::Nothing | Asks::Failed(_) | Asks::Waits => Ok(()),
        }
    }

    /// Carries out the answer of the host, for a unit of fuel.
    fn answer(&mut self, commands: Vec<Command>) -> Result<(), Ending> {
        for command in commands {
            let applied = self.run.apply(command);
            applied.map_err(|refused| Ending::Unanswered(refused.to_string()))?;
        }
        self.asking.carried_out();
        self.watch.spend(1);
        Ok(())
    }

    /// Forgets the output if it has at least this many bytes. Returns whether it did.
    fn forget_output(&mut self, least: usize) -> bool {
        let forgets = self.forgets_output && self.machine().output().len() >= least;
        if forgets {
            self.run.forget_output();
            self.watch.console.forget_written();
        }
        forgets
    }

    fn read(&mut self) -> Result<(), Ending> {
        match self.watch.console.read() {
            Reading::Given(text) => self.run.give(&text),
            Reading::Ended => self.run.end_input(),
            Reading::Bad(reason) => return Err(Ending::BadInput(reason)),
            Reading::Interrupted(interrupt) => return Err(Ending::Interrupted(interrupt)),
        }
        Ok(())
    }

    /// Executes a slice.
    fn slice(&mut self) -> Option<Ended> {
        let before = self.machine().retired();
        let slice = self.watch.slice(Some(self.run.machine()), before, true);
        if slice.fuel == 0 {
            return None;
        }
        let ended = self.run.advance(slice.fuel);
        let machine = self.run.machine();
        self.watch.sliced(slice, machine, machine.retired());
        ended
    }

    /// Ends the run: leaves the rest of the input to whatever reads it next, saves the image if requested,
    /// reports why it stopped, and returns the exit code.
    ///
    /// # Errors
    /// If the image cannot be saved.
    pub fn end(
        mut self,
        ending: &Ending,
        file: Option<&Path>,
        save: Option<&Path>,
    ) -> Result<u8, Rejected> {
        let left = self.machine().input().rest().len();
        let Rest { bytes, more } = self.watch.console.finish(left, save.is_some());
        self.watch.end(ending, &self.run.finish(bytes, &more), file, save)
    }

    /// The machine.
    pub fn machine(&self) -> &Machine {
        self.run.machine()
    }
}
