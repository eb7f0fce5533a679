//! Random edits of both images: decoded code becomes stale, limits come near, and causes of stops are fixed.

use midflight::vm::limit::LimitKind;
use midflight::vm::machine::Machine;
use midflight::vm::memory::Place;
use midflight::vm::stop::Stop;

use super::program::words;
use super::values::{self, LOCALS};
use crate::support::choices::Choices;

/// A place, most often where something is alive.
pub fn place(c: &mut Choices, machine: &Machine) -> Place {
    let task = machine.task();
    if c.one_in(3) {
        return task.counter();
    }
    let returns = task.calls().activations().take(20).filter_map(|entry| entry.returns_to);
    let live: Vec<Place> = returns.chain([task.counter()]).collect();
    if c.one_in(2) {
        let at = c.of(&live);
        return Place::new(at.body, (at.offset.0 + c.below(3) as u32).saturating_sub(1));
    }
    let bodies: Vec<_> = machine.memory().code_bodies().map(|(number, _)| number).collect();
    let body = c.of(&bodies);
    let used = machine.memory().code(body).map_or(0, |code| code.used().len());
    Place::new(body, c.below(used + 1) as u32)
}

/// A line that changes code, the stacks, data or limits.
pub fn change(c: &mut Choices, machine: &Machine) -> String {
    let at = place(c, machine);
    let at = format!("{}:{}", at.body, at.offset);
    let stack = machine.task().parameters().len();
    let depth = machine.task().calls().depth() as usize;
    let mut value = || {
        let values = ["0", "1", "3", "-2", "1152921504606846975", "-1152921504606846976"];
        c.of(&[&values[..], &["\"text\"", "\"é\"", "pushf: f1"]].concat())
    };
    let (value, other) = (value(), value());
    let local = if c.one_in(4) { c.of(&["t", "w", "m", "u", "n"]) } else { c.of(LOCALS) };
    match c.below(36) {
        0..=4 => format!("insert {at} `{}`", words(c)),
        5..=8 => format!("write {at} `{}`", words(c)),
        9..=11 => format!("replace {at} `{}`", words(c)),
        12..=14 => format!("delete {at} {}", 1 + c.below(3)),
        15 => format!("redefine f{} `assign: a {} a return`", c.below(3), words(c)),
        16 => format!("define gap `{}`", words(c)),
        17 => format!("remove {}", c.count(u64::from(machine.memory().code_count()) + 1)),
        // Moves the counter to where no call has led.
        18 => format!("counter {at}"),
        19 | 20 => format!("push `{value} {other}`"),
        21 => format!("drop {}", c.below(3)),
        22 => format!("parameter {} `{value}`", c.below(stack + 1)),
        23 | 24 => format!("local {} {local} `{value}`", c.below(depth)),
        25 => format!("local {} {local} ``", c.below(depth)),
        26 => format!("global {} `{value}`", c.of(&["g", "h0", "h1", "s"])),
        27 => format!("global {} ``", c.of(&["g", "h0", "h1", "s"])),
        28 => format!("data {}:{} `{value}`", c.below(3), c.below(6)),
        29 => format!("restart {} `{value}`", c.below(depth)),
        30 => format!("give `{}\\n`", values::text(c).trim_matches('"')),
        31 if c.one_in(8) => "end-input".to_string(),
        31..=33 => near(c, machine),
        _ => FAR.to_string(),
    }
}

/// Lifts every limit.
const FAR: &str = "limit parameters 1000000 | limit calls 100000 | limit output 16777216 | limit tasks 1000 | \
                   limit text 67108864 | limit memory 16777216";

/// A line that sets a limit a little above what is used.
pub fn near(c: &mut Choices, machine: &Machine) -> String {
    let (kind, most) = c.of(&[
        (LimitKind::Parameters, 4),
        (LimitKind::Parameters, 41),
        (LimitKind::Calls, 3),
        (LimitKind::Calls, 25),
        (LimitKind::Output, 60),
        (LimitKind::Text, 200),
        (LimitKind::Text, 3000),
        (LimitKind::Memory, 30),
        (LimitKind::Tasks, 3),
    ]);
    format!("limit {kind} {}", machine.used(kind) + c.count(most))
}

/// A line after which the machine may continue.
pub fn mend(c: &mut Choices, machine: &Machine, stop: &Stop) -> String {
    let at = machine.task().counter();
    let at = format!("{}:{}", at.body, at.offset);
    match stop {
        Stop::Breakpoint | Stop::Finished => format!("write {at} `{} 1 f0`", words(c)),
        Stop::NotYetImplemented(name) => format!("define {name} `{} 1 return`", words(c)),
        Stop::Limit(_) if c.one_in(4) => near(c, machine),
        Stop::Limit(_) => FAR.to_string(),
        Stop::Input if c.one_in(4) => "end-input".to_string(),
        Stop::Input => "give `50\\né `".to_string(),
        Stop::Fault(_) if c.one_in(2) => format!("push `{} {}`", c.below(9), c.below(9)),
        Stop::Fault(_) | Stop::Exit(_) | Stop::OutOfFuel | Stop::Blocked(_) | Stop::Deadlock(_) => {
            format!("replace {at} `{}`", words(c))
        }
    }
}
