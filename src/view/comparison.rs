//! What came of replaying the input of a recording through other code, in words: a headline, and both programs side by
//! side.

use super::memory::{At, CellKind, Marks, cell};
use super::stacks::calls;
use super::title::title;
use crate::program::diagnostic::{counted, grouped};
use crate::session::difference::{Difference, Does, Finding, Same, Side};
use crate::vm::machine::Machine;
use crate::vm::spelling::clip;
use crate::vm::stop::Stop;

/// The most characters that are shown of a line of output.
const SHOWN: usize = 80;
/// The most entries of the call stack.
const ENTRIES: usize = 5;

/// One of the two programs at the first difference.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SideRow {
    /// What it does: `prints 7`, `waits for input`.
    pub does: String,
    /// Its next instruction, and where it is: `104 in main: print`; with several tasks, whose it is.
    pub instruction: String,
    /// The file, line and column of that; may be empty.
    pub written: String,
    /// How many instructions were executed before it.
    pub step: u64,
    /// The top of the parameter stack.
    pub stack: String,
    /// The call stack, the innermost entry first, each with its locals.
    pub calls: Vec<String>,
}

/// What came of it, in a line.
pub fn headline(finding: &Finding) -> String {
    match finding {
        Finding::Same(same) => same_words(same),
        Finding::Differs(difference) => difference_words(difference),
    }
}

fn same_words(same: &Same) -> String {
    let output = match same.lines {
        0 => "no output in both".to_owned(),
        lines => format!("the same output, {}", counted(lines as u64, "line")),
    };
    let waits = match same.waits {
        0 => String::new(),
        1 => ", and the same wait".to_owned(),
        waits => format!(", and the same {} waits", grouped(waits)),
    };
    let end = if same.paused { ", up to where the recording is paused" } else { "" };
    format!("{output}{waits}{end}")
}

fn difference_words(difference: &Difference) -> String {
    let Difference { line, old, new, .. } = difference;
    let line = grouped(*line);
    match (&old.does, &new.does) {
        (Does::Prints(was), Does::Prints(is)) => {
            format!("output line {line} was {}, is {}", quoted(was), quoted(is))
        }
        (Does::Takes(what), Does::Refuses(why)) => {
            format!("was: {what}; now that cannot be done: {why}")
        }
        (was, is) => format!("was: {}; is: {}", does(was, &line), does(is, &line)),
    }
}

/// What a program does; the line of output that it is in.
fn does(does: &Does, line: &str) -> String {
    match does {
        Does::Prints(text) => format!("output line {line}, {}", quoted(text)),
        Does::Waits(stop, None) => waits(stop),
        Does::Waits(stop, Some(operands)) => {
            format!("{}, called with {}", waits(stop), quoted(operands))
        }
        Does::RunsOn => "ran on".to_owned(),
        Does::Takes(what) => what.clone(),
        Does::Refuses(why) => why.clone(),
        Does::NoEnd(ran) => {
            format!("neither that nor anything else in {}", counted(*ran, "instruction"))
        }
    }
}

fn waits(stop: &Stop) -> String {
    match stop {
        Stop::Fault(fault) => format!("fault: {fault}"),
        Stop::Breakpoint
        | Stop::NotYetImplemented(_)
        | Stop::Input
        | Stop::Limit(_)
        | Stop::OutOfFuel
        | Stop::Finished
        | Stop::Exit(_)
        | Stop::Blocked(_)
        | Stop::Deadlock(_) => stop.to_string(),
    }
}

/// Both programs at the first difference: the recorded one and the other one.
pub fn sides(difference: &Difference) -> [SideRow; 2] {
    let line = grouped(difference.line);
    [&difference.old, &difference.new].map(|side| row(side, &line))
}

fn row(side: &Side, line: &str) -> SideRow {
    let machine = &side.image.machine;
    let counter = machine.task().counter();
    let address = machine.memory().address(counter);
    let stack = match machine.show_stack() {
        empty if empty.is_empty() => "empty".to_owned(),
        stack => stack,
    };
    let is_one = machine.tasks().len() == 1;
    let of = if is_one { String::new() } else { format!("task {}: ", machine.task().number()) };
    let rows = calls(machine, ENTRIES);
    let mut entries: Vec<String> = rows.frames.iter().map(|frame| frame.words()).collect();
    if rows.depth > entries.len() {
        entries.push(format!("and {} more below", grouped(rows.depth - entries.len())));
    }
    SideRow {
        does: does(&side.does, line),
        instruction: format!(
            "{of}{address} in {}: {}",
            title(machine, counter.body),
            word(machine)
        ),
        written: side.image.origin().map(|origin| origin.to_string()).unwrap_or_default(),
        step: machine.retired(),
        stack,
        calls: entries,
    }
}

fn word(machine: &Machine) -> String {
    let row = cell(machine, &Marks::default(), At::from(machine.task().counter()));
    if row.kind == CellKind::Empty { "an empty cell".to_owned() } else { row.label.to_string() }
}

fn quoted(text: &str) -> String {
    format!("`{}`", clip(text, SHOWN))
}
