//! The command line: the same images and recordings as in the window, driven by a script or a person at a
//! terminal.
//!
//! A command reads and checks everything it needs before it runs anything. It runs in short slices, so
//! that Ctrl-C acts at once and output appears as it comes. How it ended is a value
//! (`Ending`), which decides the report, the exit code and the saved image.

mod arguments;
mod blocks;
mod check;
mod compare;
mod console;
mod ending;
mod eval;
mod interrupt;
mod open;
mod play;
mod print;
mod report;
mod revise;
mod run;
mod runner;
mod shake;
mod stats;
mod terminal;
mod waiting;
mod watch;
mod window;

use std::path::Path;
use std::process::ExitCode;

use clap::error::ErrorKind;
use clap::{CommandFactory, Parser};

use arguments::{Arguments, Task};
use terminal::say;

/// Why a command did nothing: a message that names the place. Exit code 2.
#[derive(Debug)]
struct Rejected(String);

impl<E: std::fmt::Display> From<E> for Rejected {
    fn from(error: E) -> Rejected {
        Rejected(error.to_string())
    }
}

/// Carries out the arguments of the process.
pub fn main() -> ExitCode {
    let arguments = match Arguments::try_parse() {
        Ok(arguments) => arguments,
        Err(error) if error.use_stderr() => {
            // It quotes the arguments, which may be the names of files.
            let reason = unknown_command(&error).unwrap_or_else(|| error.to_string());
            say(reason.trim_end());
            return ExitCode::from(ending::REJECTED);
        }
        Err(help) => {
            // Help goes to standard output. Printing must not panic on a closed pipe.
            let _ = help.print();
            return ExitCode::SUCCESS;
        }
    };
    let done = match arguments.task {
        None => window::window(arguments.file, arguments.granted),
        Some(Task::Run(arguments)) => run::run(&arguments),
        Some(Task::Play(arguments)) if arguments.code.is_some() => compare::compare(&arguments),
        Some(Task::Play(arguments)) => play::play(&arguments),
        Some(Task::Print(arguments)) => print::print(&arguments),
        Some(Task::Eval(arguments)) => eval::eval(&arguments),
        Some(Task::Check(arguments)) => check::check(&arguments),
        Some(Task::Completions { shell }) => completions(shell),
    };
    match done {
        Ok(code) => ExitCode::from(code),
        Err(Rejected(reason)) => {
            say(reason.trim_end());
            ExitCode::from(ending::REJECTED)
        }
    }
}

/// Prints the completions for a shell.
fn completions(shell: clap_complete::Shell) -> Result<u8, Rejected> {
    // Into memory first: the generator panics when it cannot write.
    let mut script = Vec::new();
    clap_complete::generate(shell, &mut Arguments::command(), "midflight", &mut script);
    let script = String::from_utf8(script).expect("a script is made from texts");
    terminal::output(&script)?;
    Ok(0)
}

/// Says that a file was replaced under one of its names only.
fn say_parted(file: &Path) {
    let shown = file.display();
    say(&format!("{shown}: the other names of this file (hard links) keep the previous version"));
}

/// Why two plain words are no arguments: clap takes the first for a file that a command follows.
fn unknown_command(error: &clap::Error) -> Option<String> {
    let first = std::env::args_os().nth(1)?;
    let (word, path) = (first.to_string_lossy(), Path::new(&first));
    let is_known = Arguments::command().find_subcommand(&first).is_some();
    let is_followed = match error.kind() {
        ErrorKind::ArgumentConflict => true,
        ErrorKind::UnknownArgument => {
            let second = std::env::args_os().nth(2);
            second.is_some_and(|second| !second.to_string_lossy().starts_with('-'))
        }
        _ => false,
    };
    if !is_followed || is_known || word.starts_with('-') {
        return None;
    }
    Some(if path.exists() {
        format!("`{word}` is opened in the window, and nothing can follow it")
    } else {
        let commands = Arguments::command();
        let names: Vec<&str> = commands.get_subcommands().map(clap::Command::get_name).collect();
        format!("`{word}` is neither a command nor a file; the commands are {}", names.join(", "))
    })
}
