//! The examples of a program as rows: what each says, and what came of it.

use super::title::title;
use crate::program::comment::CommentPlace;
use crate::program::diagnostic::{counted, grouped};
use crate::session::example::{ExampleRun, FUEL, Verdict};
use crate::session::examples::{Examples, Lack};
use crate::vm::machine::Machine;
use crate::vm::memory::Place;
use crate::vm::stop::Stop;

/// What attention an example asks for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Tone {
    /// It is not known yet what comes of it.
    Running,
    /// It holds.
    Holds,
    /// Something is still to be written.
    Waits,
    /// It does not hold, or cannot.
    Fails,
}

/// An example.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ExampleRow {
    /// The text that runs: `5 fact`.
    pub code: String,
    /// What it should leave; none if it does not say.
    pub wanted: Option<String>,
    /// What attention it asks for.
    pub tone: Tone,
    /// What came of it: `✓`, `left 24`, `fact is missing`.
    pub words: String,
    /// Whether the program has changed since, so that this may not hold any more.
    pub is_old: bool,
    /// The last values on its stack.
    pub stack: String,
    /// Where its counter is, if that is a cell of the program.
    pub at: Option<Place>,
    /// The name of the function that it waits for.
    pub missing: Option<String>,
    /// Where its comment stands.
    pub place: CommentPlace,
}

impl ExampleRow {
    /// It in words, as a screen reader says it.
    pub fn sentence(&self) -> String {
        let wanted = match self.wanted.as_deref() {
            None => String::new(),
            Some("") => ", wants nothing".to_owned(),
            Some(wanted) => format!(", wants {wanted}"),
        };
        let words = if self.tone == Tone::Holds { "holds" } else { &self.words };
        let old = if self.is_old && self.tone != Tone::Running { ", running again" } else { "" };
        format!("example {}{wanted}: {words}{old}", self.code)
    }
}

/// The rows of all examples. The machine is that of their program.
pub fn rows(machine: &Machine, examples: &Examples) -> Vec<ExampleRow> {
    examples.runs().iter().map(|run| row(machine, run)).collect()
}

fn row(machine: &Machine, run: &ExampleRun) -> ExampleRow {
    let (code, wanted) = run.example().sides();
    let at = run.end().and_then(|end| end.at);
    // An edit may have removed the body since.
    let at = at.filter(|at| machine.memory().code(at.body).is_some());
    let missing = match run.verdict() {
        Verdict::Waits(Stop::NotYetImplemented(name)) => Some(name.clone()),
        Verdict::Waits(_)
        | Verdict::Running
        | Verdict::Passed
        | Verdict::Left(_)
        | Verdict::OutOfRoom(_)
        | Verdict::Endless(_)
        | Verdict::Bad(_) => None,
    };
    ExampleRow {
        code: code.to_owned(),
        wanted: wanted.map(str::to_owned),
        tone: tone(run.verdict()),
        words: words(machine, run.verdict(), at),
        is_old: run.is_old(),
        stack: run.end().map(|end| end.stack.clone()).unwrap_or_default(),
        at,
        missing,
        place: run.example().place,
    }
}

fn tone(verdict: &Verdict) -> Tone {
    match verdict {
        Verdict::Running => Tone::Running,
        Verdict::Passed => Tone::Holds,
        Verdict::Waits(_) if !verdict.is_failure() => Tone::Waits,
        Verdict::Waits(_)
        | Verdict::Left(_)
        | Verdict::OutOfRoom(_)
        | Verdict::Endless(_)
        | Verdict::Bad(_) => Tone::Fails,
    }
}

/// What came of an example whose counter is at a cell of this machine, in words.
pub fn words(machine: &Machine, verdict: &Verdict, at: Option<Place>) -> String {
    match verdict {
        Verdict::Running => "running".to_owned(),
        Verdict::Passed => "✓".to_owned(),
        Verdict::Left(left) if left.is_empty() => "left nothing".to_owned(),
        Verdict::Left(left) => format!("left {left}"),
        Verdict::Waits(Stop::Breakpoint) => match at {
            Some(at) => {
                let address = machine.memory().address(at);
                format!("waits at cell {address} of {}", title(machine, at.body))
            }
            None => "waits at an empty cell of its text".to_owned(),
        },
        Verdict::Waits(Stop::Input) => "asks for input".to_owned(),
        Verdict::Waits(Stop::Exit(code)) => format!("ended with exit code {code}"),
        Verdict::Waits(stop) => stop.to_string(),
        Verdict::OutOfRoom(kind) => format!("it needs more {kind} than an example may use"),
        Verdict::Endless(retired) if *retired >= FUEL => {
            format!("no end within {}", counted(FUEL, "instruction"))
        }
        Verdict::Endless(retired) => format!(
            "no end within {} instructions, which took as long as {} usually do",
            grouped(retired),
            grouped(FUEL)
        ),
        Verdict::Bad(mistake) => mistake.to_string(),
    }
}

/// What the examples wait for, in words: `fact is missing: 3 examples wait for it`.
pub fn lacks(machine: &Machine, examples: &Examples) -> Vec<String> {
    let lacks = examples.lacks().into_iter();
    let sentence = |(lack, count): (Lack, usize)| {
        let what = match lack {
            Lack::Missing(name) => format!("{name} is missing"),
            Lack::Empty(at) => {
                let address = machine.memory().address(at);
                format!("cell {address} of {} is empty", title(machine, at.body))
            }
        };
        let verb = if count == 1 { "waits" } else { "wait" };
        format!("{what}: {} {verb} for it", counted(count as u64, "example"))
    };
    lacks.map(sentence).collect()
}
