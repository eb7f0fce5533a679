//! The arguments, as clap reads them.

use std::path::PathBuf;

use clap::{Args, Parser, Subcommand};

use crate::vm::limit::LimitKind;

const CODES: &str = "\
Exit codes of run, play and eval:
  0  finished
  1  an expectation of a recording does not hold
  2  bad usage, or a file that cannot be read or written
  3  waits for a person: a missing function, an empty cell, a breakpoint
  4  a fault
  5  a limit, or out of fuel
  6  waits for input that has ended
  130  stopped with Ctrl-C
Whatever it waits for, the program can go on: keep it with --save and run the image.";

/// An environment in which you write a program while it runs, one instruction at a time.
///
/// Without a command it opens the window, with FILE if one is given: a program (.flpc), a saved image
/// (.ron) or a recording (.session). Where there is no display, FILE is run or played instead.
#[derive(Debug, Parser)]
#[command(name = "midflight", version, after_help = CODES, after_long_help = CODES)]
#[command(args_conflicts_with_subcommands = true)]
pub struct Arguments {
    /// What to open in the window.
    pub file: Option<PathBuf>,
    /// What to do instead.
    #[command(subcommand)]
    pub task: Option<Task>,
}

/// A command.
#[derive(Debug, Subcommand)]
pub enum Task {
    /// Runs a program, or goes on with a saved image.
    ///
    /// Reads the program's input from standard input, a line at a time and only when the program
    /// waits for it, and writes its output as it comes. Where the program waits for something that
    /// is not there, it says what and where, and stops.
    #[command(after_help = CODES, after_long_help = CODES)]
    Run(Run),
    /// Plays a recording and checks what it expects.
    ///
    /// Does what each line says, as if a person did it, and compares the machine with every `expect`
    /// line. Stops at the first that does not hold and shows both.
    #[command(after_help = CODES, after_long_help = CODES)]
    Play(Play),
    /// Prints a program or an image as canonical program text.
    Print(Print),
    /// Runs a line of program and prints the resulting stack.
    ///
    /// Without input. As in: midflight eval '3 4 + dup *'
    #[command(after_help = CODES, after_long_help = CODES)]
    Eval(Eval),
}

/// How far a run may go.
#[derive(Debug, Args)]
pub struct Bounds {
    /// Stop after so many instructions [default: none for run and play, 10000000 for eval].
    #[arg(long, value_name = "N")]
    pub fuel: Option<u64>,
    /// Set a limit: memory (cells), parameters, calls, text (bytes) or output (bytes). Repeatable.
    #[arg(long = "limit", value_name = "KIND=N", value_parser = limit)]
    pub limits: Vec<(LimitKind, u64)>,
    /// Write a line for each instruction to standard error: address, place, instruction, stack.
    #[arg(long)]
    pub trace: bool,
}

/// `run`
#[derive(Debug, Args)]
pub struct Run {
    /// A program (.flpc) or a saved image (.ron).
    pub file: PathBuf,
    /// Add the definitions of a program text before running. Repeatable.
    #[arg(long = "with", value_name = "FILE")]
    pub with: Vec<PathBuf>,
    /// Save the image where the program stops, however it stops.
    #[arg(long, value_name = "FILE.ron")]
    pub save: Option<PathBuf>,
    #[command(flatten)]
    #[allow(missing_docs)]
    pub bounds: Bounds,
}

/// `play`
#[derive(Debug, Args)]
pub struct Play {
    /// A recording (.session).
    pub file: PathBuf,
    /// Write the `expect` lines anew, as they hold now.
    #[arg(long, conflicts_with_all = ["fuel", "limits", "to"])]
    pub update: bool,
    /// Of a damaged recording, play what stands before the damage.
    #[arg(long, conflicts_with = "update")]
    pub recover: bool,
    /// Stop before this line of the file.
    #[arg(long, value_name = "LINE")]
    pub to: Option<usize>,
    /// Save the image where the recording stops.
    #[arg(long, value_name = "FILE.ron")]
    pub save: Option<PathBuf>,
    #[command(flatten)]
    #[allow(missing_docs)]
    pub bounds: Bounds,
}

/// `print`
#[derive(Debug, Args)]
pub struct Print {
    /// A program (.flpc) or a saved image (.ron).
    pub file: PathBuf,
    /// Print every cell with its address instead.
    #[arg(long)]
    pub cells: bool,
    /// Print what the window would show instead: memory, stacks, holes, why it waits.
    #[arg(long, conflicts_with = "cells")]
    pub screen: bool,
}

/// `eval`
#[derive(Debug, Args)]
pub struct Eval {
    /// The program text.
    #[arg(allow_hyphen_values = true)]
    pub text: String,
    #[command(flatten)]
    #[allow(missing_docs)]
    pub bounds: Bounds,
}

/// `memory=1000`; the highest value of each is checked by the machine.
fn limit(word: &str) -> Result<(LimitKind, u64), String> {
    let kinds = || LimitKind::ALL.map(LimitKind::name).join(", ");
    let Some((kind, value)) = word.split_once('=') else {
        return Err(format!("a limit is KIND=N, KIND one of {}", kinds()));
    };
    let Some(kind) = LimitKind::find(kind) else {
        return Err(format!("there is no limit of `{kind}`; there are {}", kinds()));
    };
    let maximum = kind.maximum();
    match value.parse() {
        Ok(value) if value <= maximum => Ok((kind, value)),
        _ => Err(format!("the limit of {kind} is a number from 0 to {maximum}")),
    }
}
