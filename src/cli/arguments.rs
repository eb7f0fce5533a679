//! The arguments, as clap reads them.

use std::path::PathBuf;

use clap::builder::{PathBufValueParser, TypedValueParser};
use clap::{Args, Parser, Subcommand, ValueEnum};
use clap_complete::Shell;

use crate::grant::Grant;
use crate::program::notation::Notation;
use crate::vm::limit::LimitKind;
use crate::vm::name::is_number;

const CODES: &str = "\
Exit codes of run, play and eval:
  0  finished
  1  an expectation of the recording does not hold, --code found a difference, or --shake did
  2  bad usage, or a file that cannot be read or written
  3  waits for you: a missing function, one without an answer, an empty cell, a breakpoint
  4  a fault, or a deadlock of tasks
  5  a limit, out of fuel, or paused where a recording ends
  6  waits for input, and the input has ended
  130  stopped with Ctrl-C (143 by kill, 129 by a closed terminal)
  N  the program ended itself with `N exit`
A program that stopped can continue: save its image with --save, then run that image.";

/// An environment in which you write a program while it runs, one instruction at a time.
///
/// Without a command, opens the window, with FILE if it is given: a program (.flpc or .flpy), a saved image
/// (.ron) or a recording (.session). Without a display, runs or plays FILE instead.
#[derive(Debug, Parser)]
#[command(name = "midflight", bin_name = "midflight", version, after_help = CODES, after_long_help = CODES)]
#[command(args_conflicts_with_subcommands = true)]
pub struct Arguments {
    /// The file to open in the window.
    pub file: Option<PathBuf>,
    #[command(flatten)]
    #[allow(missing_docs)]
    pub granted: Grants,
    /// What to do without a window.
    #[command(subcommand)]
    pub task: Option<Task>,
}

/// A command.
#[derive(Debug, Subcommand)]
pub enum Task {
    /// Runs a program, or continues a saved image.
    ///
    /// The program reads standard input when it needs more, and its output is written as it comes. If it
    /// needs something that does not exist, the run stops and says what and where. What it has not taken
    /// of an input file is left to the next command; of a pipe, the saved image keeps what was read.
    #[command(after_help = CODES, after_long_help = CODES)]
    Run(Run),
    /// Plays a recording and checks what it expects.
    ///
    /// Carries out each line as if you had done it in the window, and compares the machine with every
    /// `expect` line. Stops at the first one that does not hold, and shows what was expected and found.
    /// With --code, compares with what other code does with the same input.
    #[command(after_help = CODES, after_long_help = CODES)]
    Play(Play),
    /// Prints a program or an image as canonical program text.
    Print(Print),
    /// Runs program text and prints the resulting stack.
    ///
    /// The program gets no input. For example: midflight eval '3 4 + dup *'
    #[command(after_help = CODES, after_long_help = CODES)]
    Eval(Eval),
    /// Says what is missing in programs, without running them, and runs their examples.
    ///
    /// Names words that nothing defines, numbers that are none, words of other languages and what to write
    /// instead, locals never assigned, globals never set, and words that have several meanings. Recordings are
    /// only read. An example is a comment such as `#= 5 fact -- 120`: its text runs by itself, with the
    /// functions and globals of the program, for at most 10,000,000 instructions and without input. Exit code
    /// 0 if nothing is missing and all examples hold, 1 if an example does not hold, 3 if something is missing,
    /// also for an example, 2 if a file cannot be read.
    Check(Check),
    /// Prints a script with which a shell completes the commands and options of midflight.
    ///
    /// For bash: midflight completions bash > ~/.local/share/bash-completion/completions/midflight
    Completions {
        /// The shell.
        shell: Shell,
    },
}

/// How far a run may go.
#[derive(Debug, Args)]
pub struct Bounds {
    /// Stop after N instructions, such as 1000, 1_000 or 1e3 [default: never for run and play, 10000000 for eval].
    #[arg(long, value_name = "N", value_parser = number::<u64>)]
    pub fuel: Option<u64>,
    /// Set a limit: memory (cells), parameters, calls, text (bytes), output (bytes) or tasks. Can be repeated.
    /// An image that already holds more is refused, except for its output.
    #[arg(long = "limit", value_name = "KIND=N", value_parser = limit)]
    pub limits: Vec<(LimitKind, u64)>,
    /// Write each instruction to standard error: its address, body and text, and the stack after it.
    #[arg(long)]
    pub trace: bool,
    /// Say on standard error what the run took: instructions, frames, memory and time.
    #[arg(long)]
    pub stats: bool,
}

/// `run`
#[derive(Debug, Args)]
pub struct Run {
    /// A program (.flpc or .flpy) or a saved image (.ron); `-` is standard input.
    #[arg(value_parser = file())]
    pub file: PathBuf,
    /// Add the definitions in FILE before running. Can be repeated.
    #[arg(long = "with", value_name = "FILE", value_parser = file())]
    pub with: Vec<PathBuf>,
    #[command(flatten)]
    #[allow(missing_docs)]
    pub revise: Revise,
    /// How program texts are written whose names end neither in .flpc nor in .flpy [default: forth].
    #[arg(long)]
    pub notation: Option<Written>,
    /// Save the image when the program stops, for whatever reason, even by Ctrl-C or kill. The image keeps
    /// all output, up to its limit; without --save or --limit output, a run may print for ever.
    #[arg(long, value_name = "FILE.ron")]
    pub save: Option<PathBuf>,
    /// Let each task run N instructions in a turn [default: 1000, or what the image says].
    #[arg(long, value_name = "N", value_parser = number::<u64>)]
    pub quantum: Option<u64>,
    /// Run the program under N other schedules of its tasks, and say which is the first that prints something
    /// else: a race. Its recording is saved with --save FILE.session, or else written to standard output. Each
    /// schedule gets the same input and at most 10000000 instructions, or those of --fuel. Exit code 1 if one
    /// differs, 0 if none does.
    #[arg(long, value_name = "N", value_parser = number::<u64>, conflicts_with_all = ["grants", "trace", "stats"])]
    pub shake: Option<u64>,
    #[command(flatten)]
    #[allow(missing_docs)]
    pub granted: Grants,
    #[command(flatten)]
    #[allow(missing_docs)]
    pub bounds: Bounds,
}

/// What a program may use.
#[derive(Debug, Default, Args)]
pub struct Grants {
    /// Let the program ask for something; nothing is granted by default. Can be repeated:
    /// `clock` offers clock.now and clock.wait, in milliseconds; `random=SEED` offers random.below;
    /// `file:NAME=PATH` offers file.NAME, the text in that file; `args` offers args.count and args.get, the words
    /// after `--`.
    #[arg(long = "grant", value_name = "WHAT", value_parser = Grant::read)]
    pub grants: Vec<Grant>,
    /// Words for the program, with --grant args.
    #[arg(last = true)]
    pub words: Vec<String>,
}

/// Changing a program that is already running.
#[derive(Debug, Default, Args)]
pub struct Revise {
    /// Give functions the code that FILE has for them, under their live activations, and add those that are
    /// new. Says on standard error what becomes of each. Can be repeated.
    #[arg(long = "revise", value_name = "FILE", value_parser = file())]
    pub files: Vec<PathBuf>,
    /// Give main the main code of the files too.
    #[arg(long, requires = "files")]
    pub revise_main: bool,
}

/// `play`
#[derive(Debug, Args)]
pub struct Play {
    /// A recording (.session); `-` is standard input.
    #[arg(value_parser = file())]
    pub file: PathBuf,
    /// Rewrite the `expect` lines of the file with what holds now.
    #[arg(long, conflicts_with_all = ["fuel", "limits", "to"])]
    pub update: bool,
    /// Play a damaged recording up to the damage.
    #[arg(long, conflicts_with = "update")]
    pub recover: bool,
    /// Stop before this line of the file.
    #[arg(long, value_name = "LINE", value_parser = number::<usize>)]
    pub to: Option<usize>,
    /// Replay the input of the recording through other code: a program (.flpc or .flpy), or the code of a saved
    /// image (.ron), stands in the place of the recorded program from the beginning. Says that output and waits
    /// are the same, or shows the first difference and ends with exit code 1. The recording's own edits and
    /// expectations are left out. --fuel bounds the other program from each input to the next.
    #[arg(long, value_name = "FILE", value_parser = file())]
    #[arg(conflicts_with_all = ["update", "files", "revise_main", "save", "trace", "stats"])]
    pub code: Option<PathBuf>,
    #[command(flatten)]
    #[allow(missing_docs)]
    pub revise: Revise,
    /// Save the image when playing stops.
    #[arg(long, value_name = "FILE.ron")]
    pub save: Option<PathBuf>,
    #[command(flatten)]
    #[allow(missing_docs)]
    pub bounds: Bounds,
}

/// `print`
#[derive(Debug, Args)]
pub struct Print {
    /// A program (.flpc or .flpy) or a saved image (.ron); `-` is standard input.
    #[arg(value_parser = file())]
    pub file: PathBuf,
    /// Print the program as indented source.
    #[arg(long, conflicts_with_all = ["cells", "screen"])]
    pub source: bool,
    /// How a program text is written whose name ends neither in .flpc nor in .flpy [default: forth].
    #[arg(long)]
    pub notation: Option<Written>,
    /// Print every cell with its address.
    #[arg(long)]
    pub cells: bool,
    /// Print what the window would show: memory, stacks, holes, why it waits.
    #[arg(long, conflicts_with = "cells")]
    pub screen: bool,
}

/// `check`
#[derive(Debug, Args)]
pub struct Check {
    /// Programs (.flpc or .flpy), saved images (.ron) or recordings (.session); `-` is standard input.
    #[arg(required = true, value_name = "FILE", value_parser = file())]
    pub files: Vec<PathBuf>,
    /// How program texts are written whose names end neither in .flpc nor in .flpy [default: forth].
    #[arg(long)]
    pub notation: Option<Written>,
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

/// How a program text is written.
#[derive(Clone, Copy, Debug, ValueEnum)]
pub enum Written {
    /// One word for each cell, blocks in brackets.
    Forth,
    /// Indented source.
    Source,
}

impl From<Written> for Notation {
    fn from(written: Written) -> Notation {
        match written {
            Written::Forth => Notation::Forth,
            Written::Source => Notation::Source,
        }
    }
}

/// A file; `-` is standard input.
fn file() -> impl TypedValueParser<Value = PathBuf> {
    let input = |path: PathBuf| if path.as_os_str() == "-" { "/dev/stdin".into() } else { path };
    PathBufValueParser::new().map(input)
}

/// Reads a number: `1000`, `1_000` or `1e3`.
fn number<N: TryFrom<u64>>(word: &str) -> Result<N, String> {
    let (digits, zeros) = word.split_once(['e', 'E']).unwrap_or((word, "0"));
    let (digits, zeros) = (digits.replace('_', ""), zeros.parse().ok());
    if !is_number(&digits) || digits.starts_with('-') || zeros.is_none() {
        return Err("use a number, such as 1000 or 1e6".to_owned());
    }
    let unit = zeros.and_then(|zeros| 10_u64.checked_pow(zeros));
    let number =
        digits.parse().ok().zip(unit).and_then(|(n, unit): (u64, u64)| n.checked_mul(unit));
    let number = number.and_then(|number| N::try_from(number).ok());
    number.ok_or_else(|| format!("the number is too large; use at most {}", u64::MAX))
}

/// Reads `memory=1000`.
fn limit(word: &str) -> Result<(LimitKind, u64), String> {
    let kinds = || LimitKind::ALL.map(LimitKind::name).join(", ");
    let Some((kind, value)) = word.split_once('=') else {
        return Err(format!("a limit is KIND=N, where KIND is one of {}", kinds()));
    };
    let Some(kind) = LimitKind::find(kind) else {
        return Err(format!("there is no limit `{kind}`; the limits are {}", kinds()));
    };
    let maximum = kind.maximum();
    match value.parse() {
        Ok(value) if value <= maximum => Ok((kind, value)),
        _ => Err(format!("the limit of {kind} must be a number from 0 to {maximum}")),
    }
}
