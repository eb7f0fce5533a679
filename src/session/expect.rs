//! Expectations of a recording: lines that turn a demonstration or a bug report into a test.
//!
//! An expectation names a subject and what it should be. What the subject is in a session is spelled in
//! exactly one way and compared as text, so the program can also write expectations itself.

use super::session::Session;
use super::word::{Word, Words, quote};
use crate::program::diagnostic::quoted;
use crate::program::notation::expected;
use crate::program::scope::Scope;
use crate::vm::cell::Cell;
use crate::vm::frame::Activation;
use crate::vm::index::{BodyId, TaskId};
use crate::vm::machine::Machine;
use crate::vm::memory::Place;
use crate::vm::spelling::clip;
use crate::vm::stop::{Blocked, Stop};
use crate::vm::task::{OVER, Task, TaskState};

/// The most characters of what was expected or found that a message shows.
pub const SHOWN: usize = 400;
/// How many bytes before the first difference are shown of what is longer.
const BEFORE: usize = 80;

/// An expectation that does not hold, as it is shown: what is long is cut around the first difference.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Unmet {
    /// The subject: `stack`, `cells 100`.
    pub subject: String,
    /// What the subject should be.
    pub expected: String,
    /// What it is.
    pub found: String,
}

impl std::fmt::Display for Unmet {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let Unmet { subject, expected, found } = self;
        write!(formatter, "{subject}\n  expected {expected}\n  found    {found}")
    }
}

/// All subjects and what they are, for documentation and errors.
pub const SUBJECTS: &[(&str, &str)] = &[
    ("counter", "the address of the program counter"),
    ("stack", "the parameter stack, top last, as a text in backticks"),
    ("calls", "the call stack, bottom first, with locals, as a text in backticks"),
    ("returns", "the return addresses, bottom first, as a text in backticks"),
    (
        "stack of NUMBER",
        "the same of a task, as for `counter of`, `calls of` and `returns of`; `over` if it is over",
    ),
    (
        "tasks",
        "what each task does, by number, as a text in backticks: ``0 finished, 2 waits missing base, 3 rests``",
    ),
    ("cells ADDRESS", "the cells from an address to the last used one, as a text in backticks"),
    (
        "waits",
        "`breakpoint`, `missing NAME`, `input`, `fault KIND`, `limit KIND`, `finished`, `exit CODE`, `blocked`, `deadlock`, `no`",
    ),
    ("output", "all output, as a text in backticks"),
    ("holes", "the names of the missing functions, sorted, as a text in backticks"),
    ("retired", "the count of retired instructions"),
];

/// Checks an expectation, given by the words after `expect`; returns how it fails, if it does not hold.
///
/// # Errors
/// In words, if the expectation cannot be read.
pub fn check(session: &Session, expectation: &str) -> Result<Option<Unmet>, String> {
    let mut words = Words::new(expectation);
    let (subject, found) = found(session.machine(), &mut words)?;
    let expected = match words.rest.trim() {
        rest if rest.starts_with('`') => match words.next()? {
            Some(Word::Quoted(text)) => quote(&text),
            _ => rest.to_string(),
        },
        rest => rest.split_whitespace().collect::<Vec<_>>().join(" "),
    };
    Ok((expected != found).then(|| {
        let same = expected.bytes().zip(found.bytes()).take_while(|(one, other)| one == other);
        let same = same.count();
        Unmet {
            subject: clip(&subject, SHOWN).into_owned(),
            expected: around(&expected, same),
            found: around(&found, same),
        }
    }))
}

/// A text, or the part of a long one around a byte.
fn around(text: &str, at: usize) -> String {
    if text.len() <= SHOWN {
        return text.to_string();
    }
    let from = text.floor_char_boundary(at.min(text.len()).saturating_sub(BEFORE));
    let before = if from > 0 { "…" } else { "" };
    format!("{before}{}", clip(&text[from..], SHOWN))
}

/// The expectation with the same subject that holds now.
///
/// # Errors
/// In words, if the subject cannot be read.
pub fn update(session: &Session, expectation: &str) -> Result<String, String> {
    let mut words = Words::new(expectation);
    let (subject, found) = found(session.machine(), &mut words)?;
    Ok(format!("{subject} {found}"))
}

fn found(machine: &Machine, words: &mut Words<'_>) -> Result<(String, String), String> {
    let subject = match words.next()? {
        Some(Word::Plain(subject)) => subject,
        _ => return Err("`expect` needs a subject, as in: expect stack `3`".to_string()),
    };
    let found = match subject {
        "counter" => {
            let counter = |task: &Task| machine.memory().address(task.counter()).to_string();
            return of_task(machine, words, subject, &counter);
        }
        "stack" => {
            let stack = |task: &Task| quote(&spelled(machine, task.parameters().iter().copied()));
            return of_task(machine, words, subject, &stack);
        }
        "calls" => {
            return of_task(machine, words, subject, &|task| quote(&calls(machine, task)));
        }
        "returns" => {
            return of_task(machine, words, subject, &|task| quote(&returns(machine, task)));
        }
        "tasks" => quote(&tasks(machine)),
        "cells" => {
            let at = words.next()?;
            let Some(Word::Plain(address)) = at else {
                return Err("`cells` needs an address, as in: expect cells 100 `3`".to_string());
            };
            return Ok((format!("cells {address}"), quote(&cells(machine, address)?)));
        }
        "waits" => waits(machine.waits()),
        "output" => quote(machine.output()),
        "holes" => quote(&machine.missing_names().join(" ")),
        "retired" => machine.retired().to_string(),
        other => {
            let subjects: Vec<&str> = SUBJECTS.iter().map(|&(subject, _)| subject).collect();
            let subjects = subjects.join(", ");
            let other = quoted(other);
            return Err(format!("{other} cannot be expected; use one of: {subjects}"));
        }
    };
    Ok((subject.to_string(), found))
}

fn spelled(machine: &Machine, cells: impl Iterator<Item = Cell>) -> String {
    let scope = Scope::outside(machine);
    cells.map(|cell| expected(&machine.spell(cell), &scope)).collect::<Vec<_>>().join(" ")
}

/// A subject and what it is in a task: in the one that executes the next instruction, if none is named.
fn of_task(
    machine: &Machine,
    words: &mut Words<'_>,
    subject: &str,
    found: &dyn Fn(&Task) -> String,
) -> Result<(String, String), String> {
    let rest = words.rest;
    if words.next() != Ok(Some(Word::Plain("of"))) {
        words.rest = rest;
        return Ok((subject.to_string(), found(machine.due())));
    }
    let number = match words.next()? {
        Some(Word::Plain(number)) => number.parse::<TaskId>().ok(),
        Some(Word::Quoted(_)) | None => None,
    };
    let number = number.ok_or_else(|| {
        format!("`{subject} of` needs the number of a task, as in: expect stack of 2 `3`")
    })?;
    let found = machine.task_of(number).map_or_else(|| OVER.to_string(), found);
    Ok((format!("{subject} of {number}"), found))
}

/// What each task does.
fn tasks(machine: &Machine) -> String {
    let words: Vec<String> =
        machine.tasks().map(|task| format!("{} {}", task.number(), does(machine, task))).collect();
    words.join(", ")
}

fn does(machine: &Machine, task: &Task) -> String {
    let strand = match task.state() {
        TaskState::Rests | TaskState::Waits => return task.state().word().to_string(),
        TaskState::Runs => machine.strand_of(task.number()).expect("it is the top of one"),
    };
    match machine.stop_of(task.number()) {
        Some(Stop::Blocked(Blocked::Task(awaited))) => format!("joins {awaited}"),
        Some(Stop::Blocked(Blocked::Full(data))) => format!("sends to {data}"),
        Some(Stop::Blocked(Blocked::Empty(data))) => format!("receives from {data}"),
        Some(stop @ (Stop::Finished | Stop::Exit(_))) => waits(Some(stop)),
        Some(stop) => format!("waits {}", waits(Some(stop))),
        None if strand.share == 0 => "is held".to_string(),
        None if strand.wake > machine.clock() => "sleeps".to_string(),
        None => task.state().word().to_string(),
    }
}

fn calls(machine: &Machine, task: &Task) -> String {
    let scope = Scope::outside(machine);
    let entry = |entry: Activation<'_>| {
        let title = machine.memory().title(entry.body);
        let locals: Vec<String> = machine
            .locals(entry)
            .into_iter()
            .map(|(name, value)| format!("{name}={}", expected(&value, &scope)))
            .collect();
        if locals.is_empty() { title } else { format!("{title}({})", locals.join(" ")) }
    };
    let mut entries: Vec<String> = task.calls().activations().map(entry).collect();
    entries.reverse();
    entries.join(" > ")
}

fn returns(machine: &Machine, task: &Task) -> String {
    let calls = task.calls();
    let places = calls.activations().filter_map(|entry| entry.returns_to);
    let mut addresses: Vec<String> =
        places.map(|place| machine.memory().address(place).to_string()).collect();
    addresses.reverse();
    addresses.join(" ")
}

fn cells(machine: &Machine, address: &str) -> Result<String, String> {
    let memory = machine.memory();
    let found = address.parse().ok().and_then(|address| memory.find(address));
    match found {
        Some((BodyId::Code(body), offset)) => {
            let used = memory.code(body).map_or(0, |code| code.used().len() as u32);
            let places = (offset as u32..used).map(|offset| Place::new(body, offset));
            Ok(spelled(machine, places.map(|place| memory.cell(place))))
        }
        Some((BodyId::Data(body), offset)) => {
            let cells = memory.data(body).into_iter().flat_map(|data| data.cells());
            Ok(spelled(machine, cells.skip(offset as usize)))
        }
        None => Err(format!("no body has a cell at {}", quoted(address))),
    }
}

fn waits(stop: Option<Stop>) -> String {
    match stop {
        None => "no".to_string(),
        Some(Stop::NotYetImplemented(name)) => format!("missing {name}"),
        Some(Stop::Fault(fault)) => format!("fault {}", fault.word()),
        Some(Stop::Limit(kind)) => format!("limit {kind}"),
        Some(Stop::Exit(code)) => format!("exit {code}"),
        Some(stop) => stop.word().to_string(),
    }
}
