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
use crate::vm::index::BodyId;
use crate::vm::machine::Machine;
use crate::vm::memory::Place;
use crate::vm::spelling::clip;
use crate::vm::stop::Stop;

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
    ("cells ADDRESS", "the cells from an address to the last used one, as a text in backticks"),
    (
        "waits",
        "`breakpoint`, `missing NAME`, `input`, `fault KIND`, `limit KIND`, `finished`, `exit CODE`, `deadlock`, `blocked`, `no`",
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
    let task = machine.task();
    let found = match subject {
        "counter" => machine.memory().address(task.counter()).to_string(),
        "stack" => quote(&spelled(machine, task.parameters().iter().copied())),
        "calls" => quote(&calls(machine)),
        "returns" => quote(&returns(machine)),
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

fn calls(machine: &Machine) -> String {
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
    let mut entries: Vec<String> = machine.task().calls().activations().map(entry).collect();
    entries.reverse();
    entries.join(" > ")
}

fn returns(machine: &Machine) -> String {
    let calls = machine.task().calls();
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
