//! `midflight eval`: runs a program text within a bound and prints the stack it leaves.

use std::io;
use std::path::Path;

use crate::session::command::Command;
use crate::session::evaluation::{Evaluation, FUEL};
use crate::session::hosts::Hosts;
use crate::session::plain_run::PlainRun;
use crate::vm::stop::Stop;

use super::arguments::{Bounds, Eval};
use super::console::Console;
use super::ending::Ending;
use super::runner::Runner;
use super::{Rejected, open, terminal};

/// The name of the text in error messages.
const NAME: &str = "text";

/// Evaluates a text, prints the stack, and returns the exit code.
///
/// # Errors
/// If it does not parse.
pub fn eval(arguments: &Eval) -> Result<u8, Rejected> {
    let begun = Evaluation::begin(&*arguments.text);
    let begun = begun.map_err(|refused| open::rejected(Path::new(NAME), &refused))?;
    let mut run = PlainRun::new(begun.into_session().into_image());
    for &(kind, value) in &arguments.bounds.limits {
        run.apply(Command::Limit { kind, value })?;
    }
    let fuel = Some(arguments.bounds.fuel.unwrap_or(FUEL));
    let Bounds { trace, stats, .. } = arguments.bounds;
    let bounds = Bounds { fuel, limits: Vec::new(), trace, stats };
    let console = Console::without_input(run.machine());
    let mut runner = Runner::new(run, Hosts::default(), console, &bounds);
    let mut ending = runner.run();
    if let Ending::Stopped(Stop::Finished) = ending
        && let Err(error) = print_stack(&runner)
    {
        ending = Ending::Output(error);
    }
    runner.end(&ending, None, None)
}

/// Prints the stack on its own line, after the output of the text.
fn print_stack(runner: &Runner) -> io::Result<()> {
    let machine = runner.machine();
    let unfinished = !machine.output().is_empty() && !machine.output().ends_with('\n');
    let end = if unfinished { "\n" } else { "" };
    terminal::show(&format!("{end}{}\n", crate::session::evaluation::stack(machine)))
}
