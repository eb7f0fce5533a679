//! Random gestures for the tests of history.
//!
//! Uniformly random commands fault at once and test little. So lines are put together from pieces that
//! leave the machine alive, edits aim at places where something is alive, and the machine mostly gets what
//! it waits for.

use midflight::program::comment::{CommentAt, CommentPlace};
use midflight::session::command::{Command, TABLE};
use midflight::session::goal::Goal;
use midflight::session::operand::DataPlace;
use midflight::vm::index::{Body, DataId, FrameId};
use midflight::vm::limit::LimitKind;
use midflight::vm::machine::Machine;
use midflight::vm::memory::Place;
use midflight::vm::stop::Stop;

use super::oracle::generate::Writer;
use crate::support::choices::Choices;

const FUNCTIONS: [&str; 4] = ["f", "g", "h", "k"];
const LOCALS: [&str; 3] = ["i", "j", "n"];
const TEXTS: [&str; 5] = ["\"\"", "\"a\"", "\"añ→ `|`\"", "\"42\"", "\"# \\\\ \""];

/// The program text of words in the assembler of `oracle/words.rs`.
fn spelled(words: &str) -> String {
    let word = |word: &str| match word.split_at(word.find([':', '&']).map_or(0, |at| at + 1)) {
        _ if word.starts_with('"') => word.replace('_', " "),
        _ if word == "·" => "breakpoint".to_string(),
        _ if word == "&&" => word.to_string(),
        ("&", name) => format!("pushf: {name}"),
        ("", name) => name.to_string(),
        (prefix, name) => format!("{prefix} {name}"),
    };
    words.split_whitespace().map(word).collect::<Vec<_>>().join(" ")
}

/// A piece of program that mostly runs; sometimes a block that is still empty.
pub fn piece(c: &mut Choices, depth: usize) -> String {
    match c.below(16) {
        0 => format!("{} [ ] if", c.below(2)),
        1 => "[ 7 1+ ... ] call".to_string(),
        _ => spelled(&Writer { choices: c, quiet: false }.piece(depth)),
    }
}

pub fn pieces(c: &mut Choices, most: usize, depth: usize) -> String {
    let count = 1 + c.below(most);
    (0..count).map(|_| piece(c, depth)).collect::<Vec<_>>().join(" ")
}

/// The contents of a function, sometimes empty.
fn function(c: &mut Choices, name: &str) -> String {
    match c.below(6) {
        0 => String::new(),
        _ => spelled(&Writer { choices: c, quiet: false }.function(name)),
    }
}

/// A place, mostly at or near one where something is alive.
pub fn place(c: &mut Choices, machine: &Machine) -> Place {
    let task = machine.task();
    let mut saved: Vec<Place> = task.calls().activations().filter_map(|a| a.returns_to).collect();
    saved.extend([task.counter(), task.counter()]);
    let mut at = c.of(&saved);
    if c.one_in(4) {
        let bodies: Vec<Body> = machine.memory().code_bodies().map(|(number, _)| number).collect();
        at = Place::new(c.of(&bodies), c.below(10) as u32);
    }
    let size = machine.memory().code(at.body).map_or(1, |body| body.size);
    let offset = match c.below(10) {
        0..5 => at.offset.0,
        5..7 => at.offset.0 + 1,
        7..9 => at.offset.0.saturating_sub(1),
        _ => size - 1 - c.below(3) as u32,
    };
    Place::new(at.body, offset.min(size - 1))
}

/// What a person does next: one gesture, sometimes refused.
pub fn gesture(c: &mut Choices, machine: &Machine) -> Vec<Command> {
    match c.below(100) {
        0..30 => vec![run(c)],
        30..60 => mend(c, machine),
        60..75 => edit(c, machine),
        75..90 => vec![adjust(c, machine)],
        90..96 => {
            let mut several = edit(c, machine);
            several.push(run(c));
            several.push(adjust(c, machine));
            several.push(run(c));
            several
        }
        _ => refused(c, machine),
    }
}

fn run(c: &mut Choices) -> Command {
    let most = if c.one_in(4) { 40 } else { 6 };
    Command::Run { fuel: 1 + c.below(most) as u64 }
}

/// A gesture, and the goal that it runs to.
pub fn goal(c: &mut Choices, machine: &Machine) -> (Vec<Command>, Goal) {
    let at = machine.task().counter();
    match c.below(6) {
        0 => (Vec::new(), Goal::over(machine)),
        1 => (Vec::new(), Goal::out(machine)),
        2 => (Vec::new(), Goal::Cell(place(c, machine))),
        3 => (Vec::new(), Goal::Fuel(c.below(30) as u64)),
        4 => {
            let text = format!("{} {}", c.below(4), c.of(&["dup", "1+", "drop", "f", "g"]));
            (vec![Command::Write { at, text: text.into() }], Goal::line(machine, at, 2))
        }
        _ => (mend(c, machine), Goal::Free),
    }
}

/// Gives the machine what it waits for. If it does not wait, runs it.
fn mend(c: &mut Choices, machine: &Machine) -> Vec<Command> {
    let at = machine.task().counter();
    let step = Command::Run { fuel: 1 };
    match machine.waits() {
        None => vec![Command::Run { fuel: 1 + c.below(60) as u64 }],
        Some(Stop::Breakpoint) => {
            let end = if machine.task().calls().depth() > 1 { "end" } else { "5" };
            vec![Command::Write { at, text: format!("{} {end}", piece(c, 1)).into() }, step]
        }
        Some(Stop::Finished) => vec![Command::Write { at, text: pieces(c, 3, 0).into() }],
        Some(Stop::NotYetImplemented(_)) if c.one_in(3) => vec![
            // Answered once.
            Command::Push { text: "1 \"x\"".into() },
            Command::Counter { at: at.next() },
        ],
        Some(Stop::NotYetImplemented(name)) => {
            let text = function(c, &name);
            vec![Command::Define { name, text: text.into() }, step]
        }
        Some(Stop::Input) if c.one_in(6) => vec![Command::EndInput],
        Some(Stop::Input) => vec![Command::Give { text: "añ `x`\n".to_string() }],
        Some(Stop::Limit(kind)) => {
            vec![Command::Limit { kind, value: kind.default_value() }, run(c)]
        }
        Some(_) if c.one_in(2) => vec![Command::Push { text: "1 2".into() }, step],
        Some(_) => vec![Command::Replace { at, text: "label: cured".into() }, step],
    }
}

fn edit(c: &mut Choices, machine: &Machine) -> Vec<Command> {
    let at = place(c, machine);
    let counter = machine.task().counter();
    vec![match c.below(30) {
        0..4 => Command::Write { at: counter, text: pieces(c, 2, 1).into() },
        4..7 => Command::Write { at, text: pieces(c, 2, 1).into() },
        7..12 => Command::Insert { at, text: pieces(c, 2, 1).into() },
        12..14 => Command::Replace { at, text: piece(c, 1).into() },
        14 => Command::Replace { at, text: "".into() },
        15..18 => Command::Delete { at, count: 1 + c.below(3) as u32 },
        18 => Command::Insert { at, text: "label: x ".repeat(10 + c.below(90)).into() },
        19 => {
            let body = Body(c.below(machine.memory().code_count() as usize) as u32);
            Command::Remove { body }
        }
        20 => {
            let name = c.of(&FUNCTIONS);
            Command::Redefine { name: name.to_string(), text: function(c, name).into() }
        }
        24 => {
            let name = c.of(&FUNCTIONS);
            let comment = c.of(&["", "# above\n", "# two\n\n#\n#lines\n"]);
            let text = format!("{comment}[ {} # end\n ] bind: {name}\n", function(c, name));
            match c.one_in(2) {
                true => Command::Reload { text: text.into() },
                false => Command::Load { text: text.into() },
            }
        }
        21..24 => {
            let end = CommentPlace { body: at.body, at: CommentAt::End };
            let at = if c.one_in(3) { end } else { at.into() };
            Command::Comment { at, text: c.of(&[" a", "= 3", " b \r\n# c\t", " ", ""]).to_string() }
        }
        27 => {
            let (from, to) = (c.of(&FUNCTIONS).to_string(), c.of(&["w", "z", "g"]).to_string());
            Command::Rename { from, to }
        }
        28 | 29 => {
            let (from, to) = (c.of(&LOCALS).to_string(), c.of(&["i", "m", "w"]).to_string());
            Command::RenameLocal { body: at.body, from, to }
        }
        _ => {
            let name = c.of(&["f", "g", "h", "k", "w", "z"]);
            Command::Define { name: name.to_string(), text: function(c, name).into() }
        }
    }]
}

fn value(c: &mut Choices) -> String {
    match c.below(6) {
        0 => c.of(&TEXTS).to_string(),
        1 => "pushf: f".to_string(),
        2 => "@100".to_string(),
        _ => c.below(5).to_string(),
    }
}

fn adjust(c: &mut Choices, machine: &Machine) -> Command {
    let task = machine.task();
    let frame = FrameId(c.below(task.calls().depth() as usize + 1) as u32);
    match c.below(22) {
        0 | 1 => Command::Counter { at: place(c, machine) },
        2..5 => Command::Push { text: format!("{} {}", value(c), value(c)).into() },
        5 => Command::Drop { count: c.below(3) },
        6 => Command::Parameter {
            index: c.below(task.parameters().len() + 1),
            text: value(c).into(),
        },
        7..9 => {
            let text = if c.one_in(4) { String::new() } else { value(c) };
            Command::Local { frame, name: c.of(&LOCALS).to_string(), text: text.into() }
        }
        9 => {
            let body = DataId(c.below(machine.memory().next_data().0 as usize + 1) as u64);
            Command::Data {
                at: DataPlace { body, index: c.below(3) as u64 },
                text: value(c).into(),
            }
        }
        10 | 11 => Command::Restart { frame, text: value(c).into() },
        12..14 => {
            Command::Give { text: c.of(&["x", "one\n", "two\r\n", "añ`|`", "\n", ""]).to_string() }
        }
        14 => Command::EndInput,
        15 | 16 => Command::Breakpoint { at: place(c, machine), on: !c.one_in(3) },
        17 => {
            let at = (!c.one_in(3)).then(|| place(c, machine));
            Command::Bookmark { name: c.of(&["here", "a|b", "ä"]).to_string(), at }
        }
        _ => limit(c, machine),
    }
}

/// A limit that is reached now or soon.
fn limit(c: &mut Choices, machine: &Machine) -> Command {
    let kind = c.of(&LimitKind::ALL);
    Command::Limit { kind, value: machine.used(kind) + c.of(&[0, 1, 3, 10, 300]) }
}

/// Commands of which only the last is refused.
fn refused(c: &mut Choices, machine: &Machine) -> Vec<Command> {
    let mut list = Vec::new();
    if c.one_in(2) {
        list.push(Command::Push { text: "1".into() });
    }
    if c.one_in(2) {
        list.push(run(c));
    }
    if c.one_in(2) {
        list.push(Command::Breakpoint { at: Place::new(0, 1), on: true });
    }
    let at = machine.task().counter();
    list.push(match c.below(8) {
        0 => Command::Drop { count: 1 << 40 },
        1 => Command::Write { at, text: "1 [ 2".into() },
        2 => Command::Define { name: "main".to_string(), text: "".into() },
        3 => Command::Counter { at: Place::new(9999, 0) },
        4 => Command::Insert { at: Place::new(0, u32::MAX), text: "1".into() },
        5 => Command::Limit { kind: LimitKind::Calls, value: u64::MAX },
        6 => Command::Bookmark { name: "no name".to_string(), at: Some(at) },
        _ => Command::Push { text: "1 + \"a".into() },
    });
    list
}

/// Any command, applicable or not, with texts that are hard to write on one line.
pub fn hostile_command(c: &mut Choices) -> Command {
    c.of(TABLE).sample(&mut || c.next() >> c.below(64))
}
