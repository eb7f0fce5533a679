//! What every run at a terminal is watched with: the console, the fuel that is left, the trace, what it took,
//! and how it ends.

use std::io::Write;
use std::path::Path;

use crate::program::image::Image;
use crate::store;
use crate::vm::machine::Machine;

use super::Rejected;
use super::arguments::Bounds;
use super::console::Console;
use super::ending::Ending;
use super::report::{self, Source};
use super::say_parted;
use super::stats::Stats;
use super::terminal::{self, say};

/// Instructions between two checks of Ctrl-C and the output: a few milliseconds.
const SLICE: u64 = 1 << 18;

/// A run at a terminal, apart from what runs.
pub struct Watch {
    /// Standard input and output.
    pub console: Console,
    /// The fuel that is left, if there is a bound.
    left: Option<u64>,
    trace: bool,
    stats: Option<Stats>,
}

/// A slice of a run, before it is executed.
pub struct Slice {
    /// How many instructions it may execute.
    pub fuel: u64,
    executed: u64,
    takes_fuel: bool,
    /// The instruction that it executes, if that is traced.
    here: Option<String>,
}

impl Watch {
    /// Begins to watch a machine that has not begun to run.
    pub fn new(machine: &Machine, console: Console, bounds: &Bounds) -> Watch {
        let stats = bounds.stats.then(|| Stats::begin(machine));
        Watch { console, left: bounds.fuel, trace: bounds.trace, stats }
    }

    /// Whether the fuel is used up.
    pub fn is_out_of_fuel(&self) -> bool {
        self.left == Some(0)
    }

    /// Ends the run if somebody wants that.
    ///
    /// # Errors
    /// The ending.
    pub fn check_interrupts(&self) -> Result<(), Ending> {
        self.console.interrupted().map_or(Ok(()), |interrupt| Err(Ending::Interrupted(interrupt)))
    }

    /// The next slice, after `executed` instructions; `run` is the machine, if it runs. Only what `takes_fuel`
    /// is bounded by what is left.
    pub fn slice(&self, run: Option<&Machine>, executed: u64, takes_fuel: bool) -> Slice {
        let here = run.filter(|_| self.trace).map(report::here);
        let fuel = if here.is_some() { 1 } else { SLICE };
        let left = self.left.filter(|_| takes_fuel);
        Slice { fuel: left.map_or(fuel, |left| left.min(fuel)), executed, takes_fuel, here }
    }

    /// Notes that a slice was executed; `executed` instructions are done now.
    pub fn sliced(&mut self, slice: Slice, machine: &Machine, executed: u64) {
        if let Some(left) = self.left.as_mut().filter(|_| slice.takes_fuel) {
            *left -= executed - slice.executed;
        }
        if let Some(here) = slice.here.filter(|_| executed > slice.executed) {
            terminal::note(format_args!("{here:<40}  {}", machine.show_stack()));
        }
    }

    /// Uses up fuel for something that is no instruction.
    pub fn spend(&mut self, units: u64) {
        self.left = self.left.map(|left| left.saturating_sub(units));
    }

    /// Saves the image if requested, reports on standard error why it stopped, and returns the exit code.
    ///
    /// # Errors
    /// If the image cannot be saved.
    pub fn end(
        &self,
        ending: &Ending,
        image: &Image,
        file: Option<&Path>,
        save: Option<&Path>,
    ) -> Result<u8, Rejected> {
        let write = |out: &mut dyn Write| image.write_file_text(out);
        let saved = save.map(|path| store::replace_in_pieces(path, &write));
        let source = Source { file, saved: save.filter(|_| matches!(saved, Some(Ok(_)))) };
        if let Some(report) = report::report(ending, image, source) {
            if self.console.is_mid_line() {
                terminal::end_line();
            }
            say(&report);
        }
        self.stats.inspect(|stats| say(&stats.line(&image.machine)));
        match saved {
            Some(Err(error)) => Err(Rejected(format!("the image was not saved: {error}"))),
            Some(Ok(replaced)) => {
                save.filter(|_| replaced.parted).map(say_parted);
                Ok(ending.code())
            }
            None => Ok(ending.code()),
        }
    }
}
