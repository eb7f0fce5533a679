//! `midflight run`: runs a program from its start, or a saved image from where it stopped.

use std::path::Path;

use crate::session::code_text::CodeText;
use crate::session::command::Command;
use crate::session::file_kind::FileKind;
use crate::session::load::{DIFFERS, in_forth};
use crate::session::plain_run::PlainRun;
use crate::session::refused::Refused;

use super::arguments::{Bounds, Run};
use super::console::Console;
use super::revise::{self, Change};
use super::runner::Runner;
use super::terminal::say;
use super::{Rejected, open, shake};
use crate::grant;
use crate::program::hidden::{hidden, notice};
use crate::program::notation::Notation;
use crate::vm::limit::{LimitKind, Limits};
use crate::vm::machine::Machine;

/// Runs a file and returns the exit code.
///
/// # Errors
/// If a file cannot be read, does not parse or is refused; then nothing has run.
pub fn run(arguments: &Run) -> Result<u8, Rejected> {
    let Run { file, with, revise, notation, save, quantum, shake, granted, bounds } = arguments;
    let notation = notation.map(Notation::from);
    match shake {
        Some(_) => shake::check_save(save.as_deref())?,
        None => open::check_save(save.as_deref())?,
    }
    let host = grant::hosts(granted.grants.clone(), &granted.words)?;
    let image = open::image(file, notation, &bounds.limits)?;
    open::warn_of_tasks(file, &image);
    let mut run = PlainRun::new(image);
    for path in with {
        load(&mut run, path, notation)?;
    }
    for change in Change::all(revise, notation)? {
        for command in revise::revision(&change, run.image())?.commands {
            run.apply(command)?;
        }
    }
    for &(kind, value) in &bounds.limits {
        run.apply(Command::Limit { kind, value })?;
    }
    if let &Some(count) = quantum {
        run.apply(Command::Quantum { count })?;
    }
    hidden(run.machine()).into_iter().for_each(|word| say(&notice(word)));
    if let &Some(schedules) = shake {
        let image = run.image().clone();
        return shake::shake(file, image, schedules, save.as_deref(), bounds);
    }
    let console = Console::new(run.machine());
    let forgets_output = save.is_none() && !has_own_output_limit(run.machine(), bounds);
    let mut runner = Runner::new(run, host, console, bounds);
    runner.forgets_output = forgets_output;
    let ending = runner.run();
    runner.end(&ending, Some(file), save.as_deref())
}

/// Whether somebody chose a limit of output: now, or when the image was made.
fn has_own_output_limit(machine: &Machine, bounds: &Bounds) -> bool {
    let usual = Limits::default().get(LimitKind::Output);
    let is_given = bounds.limits.iter().any(|&(kind, _)| kind == LimitKind::Output);
    is_given || machine.limits().get(LimitKind::Output) != usual
}

/// Adds the definitions of a program text.
fn load(run: &mut PlainRun, path: &Path, notation: Option<Notation>) -> Result<(), Rejected> {
    let (kind, text) = open::read(path, notation)?;
    let refused = |other: &str| {
        let shown = path.display();
        let takes = "--with takes the text of a program (.flpc or .flpy)";
        Err(Rejected(format!("{shown}: this is {other}; {takes}")))
    };
    let text = match kind {
        FileKind::Program(notation) => {
            in_forth(text, notation).map_err(|refused| open::rejected(path, &refused))?
        }
        FileKind::Image => return refused("an image"),
        FileKind::Recording => return refused("a recording"),
    };
    let text = CodeText::from(text).from_file(&path.display().to_string());
    run.apply(Command::Load { text }).map_err(|refused| {
        let Rejected(mut reason) = open::rejected(path, &refused);
        if matches!(&refused, Refused::Other(words) if words.contains(DIFFERS)) {
            reason += ", or change it with --revise";
        }
        Rejected(reason)
    })
}
