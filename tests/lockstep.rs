//! The fast interpreter and the stepper in lockstep, on the examples and on random programs made of
//! instructions that are fused. They run in random slices with edits of every kind in between. At every
//! pause, everything in their images is compared.

mod support;

use std::collections::{BTreeMap, BTreeSet};
use std::fmt::{Debug, Display, Formatter, Write as _};
use std::fs;
use std::path::Path;

use midflight::program::image::Image;
use midflight::session::command;
use midflight::session::load::image_of_program;
use midflight::vm::machine::Machine;
use midflight::vm::memory::Place;
use midflight::vm::run_until::Until;
use midflight::vm::stop::Stop;
use support::choices::Choices;

const LOCALS: &[&str] = &["a", "b", "c", "d"];
const OPERATORS: &[&str] = &[
    "+", "-", "*", "/", "mod", "and", "or", "xor", "min", "max", "lshift", "rshift", "<", ">",
    "<=", ">=", "=", "<>",
];
const TESTS: &[&str] = &["<", ">", "<=", ">=", "=", "<>"];
const ENDS: &[&str] =
    &["1152921504606846975", "-1152921504606846976", "4611686018427387", "2147483648", "\"text\""];

/// A program text: functions `f0` to `f2` of one parameter, and main, which calls them.
fn program(c: &mut Choices) -> String {
    let mut text = String::new();
    for function in 0..3 {
        if c.below(4) == 0 {
            let _ = write!(text, "[ assign: a a {} < [ a return ] if ", c.below(4));
        } else {
            text.push_str("[ assign: a ");
        }
        let _ = write!(
            text,
            "{} ",
            LOCALS.iter().map(|l| format!("0 assign: {l} ")).skip(1).collect::<String>()
        );
        if c.below(3) > 0 {
            let leave = c.of(&["1 return", "a return", "b return", "a 1 + return", "return"]);
            let _ = write!(text, "a {} < [ {leave} ] if ", c.below(4));
        }
        statements(c, &mut text, function, 0);
        let end = c.of(&["a return", "return", "a b + return", "7 return", "", "a 3 <"]);
        let _ = writeln!(text, "{end} ] bind: f{function}");
    }
    text.push_str("[ assign: a assign: b a b call + return ] bind: given\n");
    text.push_str("[ assign: a assign: b b a if 1 drop return ] bind: given-if\n");
    text.push_str("[ assign: a 1 drop 3 a times a call ] bind: given-times\n");
    text.push_str(
        "[ assign: a 3 assign: b [ b 1 - assign: b b 0 > ] a while ] bind: given-while\n",
    );
    for local in LOCALS {
        let _ = write!(text, "{} assign: {local} ", c.below(20));
    }
    text.push_str("5 allocate assign: m 1 2 3 ");
    statements(c, &mut text, 3, 0);
    text
}

fn value(c: &mut Choices) -> String {
    match c.below(12) {
        0 => c.of(ENDS).to_string(),
        1..=4 => (c.below(12) as i64 - 2).to_string(),
        5 => "dup".to_string(),
        6 => String::new(),
        _ => c.of(LOCALS).to_string(),
    }
}

fn statements(c: &mut Choices, text: &mut String, function: u64, depth: u32) {
    for _ in 0..=c.below(5) {
        statement(c, text, function, depth);
    }
}

fn statement(c: &mut Choices, text: &mut String, function: u64, depth: u32) {
    let (a, b, operator) = (value(c), value(c), c.of(OPERATORS));
    let (x, y, test) = (c.of(LOCALS), c.of(LOCALS), c.of(TESTS));
    let kind = if depth > 2 { c.below(7) } else { c.below(20) };
    let _ = match kind {
        0 => write!(text, "{a} {b} {operator} "),
        1 | 2 => write!(text, "{a} {b} {operator} assign: {x} "),
        3 if c.below(3) == 0 => {
            write!(text, "assign: {x} {x} {} {test} [ {x} return ] if ", c.below(9))
        }
        3 => write!(text, "assign: {x} {x} {b} {operator} "),
        4 => {
            let word = c.of(&[
                "dup",
                "drop",
                "swap",
                "over",
                "rot",
                "-rot",
                "nip",
                "tuck",
                "2dup",
                "2drop",
                "not",
                "1+",
                "1-",
                "negate",
                "depth",
                "label: here",
                "1 roll",
                "2 roll",
                "set: g",
                "get: g",
                "5 set: g get: g",
                "abs",
            ]);
            write!(text, "{word} ")
        }
        5 if c.below(30) == 0 => write!(text, "3 exit "),
        5 if function == 3 => {
            let word = c.of(&[
                "m a memory.get",
                "7 m b memory.set",
                "a m c memory.set",
                "m a memory.get [ 1 ] if",
                "m 2 memory.get",
                "m memory.len",
                "a b m 1 memory.set",
            ]);
            write!(text, "{word} ")
        }
        // Calls go to a later function, or to the same one with a smaller argument, so most end.
        5 | 6 if function < 3 => {
            let target = if c.below(2) == 0 { function } else { (function + 1).min(2) };
            write!(text, "a {} - f{target} ", 1 + c.below(2))
        }
        5 | 6 => write!(text, "{} f{} ", c.below(7), c.below(3)),
        7 | 8 => {
            let _ = write!(text, "{a} {b} {test} [ ");
            statements(c, text, function, depth + 1);
            let _ = write!(text, "{} ", c.of(&["", "1 return", "return", "...", "a 2 <"]));
            write!(text, "] if ")
        }
        9 => {
            let _ = write!(text, "{a} {b} {test} [ ");
            statements(c, text, function, depth + 1);
            text.push_str("] [ ");
            statements(c, text, function, depth + 1);
            write!(text, "] if-else ")
        }
        // Blocks and functions passed as values, within this function and to others.
        13 | 14 => {
            let _ = match c.below(5) {
                0 => write!(text, "pushf: f{} ", c.below(3)),
                1 => write!(text, "b "),
                _ => {
                    let _ = write!(text, "[ ");
                    statements(c, text, function, depth + 1);
                    write!(text, "{} ] ", c.of(&["", "1 return", "return", "a 2 <"]))
                }
            };
            let flag = format!("{a} {b} {test}");
            match c.below(12) {
                8 => write!(text, "given-times "),
                9 => write!(text, "given-while "),
                10 => write!(text, "{} swap times ", c.below(4)),
                11 => write!(text, "[ {y} 1 + assign: {y} {y} 9 < ] swap while "),
                0 => write!(text, "call "),
                1 => write!(text, "dup call call "),
                2 => write!(text, "{flag} swap if "),
                3 => write!(text, "{flag} swap repeat_if "),
                4 => write!(text, "dup {flag} rot rot if-else "),
                5 => write!(text, "1 given "),
                6 => write!(text, "{flag} swap given-if "),
                _ => write!(text, "drop "),
            }
        }
        10..=12 => {
            let _ = write!(text, "1 [ ");
            statements(c, text, function, depth + 1);
            let step = c.of(&["1 +", "2 +", "c +", "1 -", "d -", "3 *"]);
            let limit = c.of(&["9", "50", "c", "-3", "200"]);
            write!(text, "{x} {step} assign: {x} {x} {limit} {test} ] repeat_if ")
        }
        16 => {
            let _ = write!(text, "{} [ ", c.below(6));
            statements(c, text, function, depth + 1);
            write!(text, "{} ] times ", c.of(&["", "", "return", "...", "a b <", "leave"]))
        }
        17 | 18 => {
            let condition =
                c.of(&["{y} 9 <", "{y} 9 < ", "{y} 1 + assign: {y} {y} 9 <", "a b <", "b"]);
            let _ = write!(text, "[ {} ] [ ", condition.replace("{y}", y));
            statements(c, text, function, depth + 1);
            write!(
                text,
                "{y} 1 + assign: {y} {} ] while ",
                c.of(&["", "", "leave", "a 9 > [ leave ] if"])
            )
        }
        19 => {
            let _ = write!(text, "1 [ ");
            statements(c, text, function, depth + 1);
            let repeat = c.of(&["repeat", "repeat_if", "times"]);
            write!(text, "{a} {b} {test} [ leave ] if {y} 1 + assign: {y} {y} 9 < ] {repeat} ")
        }
        _ => {
            let _ = write!(text, "[ ");
            statements(c, text, function, depth + 1);
            write!(text, "{y} 1 + assign: {y} {y} 9 > return_if ] repeat ")
        }
    };
}

/// The same image twice: the fast interpreter runs one, the stepper the other.
struct Pair {
    fast: Image,
    slow: Image,
    /// A fork of the fast image while one is kept, and what it must equal.
    fork: Option<(Image, Image)>,
    /// How many edits were done.
    edits: usize,
}

impl Pair {
    fn new(program: &str) -> Pair {
        let image = image_of_program(program).unwrap_or_else(|no| panic!("{no}\n{program}"));
        Pair { fast: image.clone(), slow: image, fork: None, edits: 0 }
    }

    fn check(&self, after: &dyn Debug) {
        let retired = self.slow.machine.retired();
        assert!(self.fast == self.slow, "they differ at {retired}, after {after:?}:\n{self}");
    }

    /// Applies the commands of a line to both, and returns whether they were accepted.
    fn tell(&mut self, line: &str) -> bool {
        let commands = command::read(line).unwrap_or_else(|no| panic!("{line}: {no}"));
        for command in commands {
            let done = command.apply(&mut self.fast);
            assert_eq!(done, command.apply(&mut self.slow), "{line}");
            if done.is_err() {
                self.check(&line);
                return false;
            }
        }
        self.check(&line);
        true
    }

    /// Runs both up to `pauses` pauses, with edits in between, and returns the last stop.
    fn run(&mut self, c: &mut Choices, pauses: usize) -> Stop {
        let mut stop = Stop::OutOfFuel;
        for _ in 0..pauses {
            let fuel = match c.below(4) {
                0 => 1 + c.count(4),
                1 => 1 + c.count(40),
                2 => 1 + c.count(700),
                _ => 1 + c.count(20_000),
            };
            self.share(c);
            stop = if c.one_in(3) { self.pause(c, fuel) } else { self.slice(fuel) };
            if c.one_in(2) || stop != Stop::OutOfFuel {
                self.edit(c);
            }
        }
        stop
    }

    /// Forks the fast image, so that its data is shared for a while, or drops the fork.
    fn share(&mut self, c: &mut Choices) {
        if let Some((fork, then)) = &self.fork {
            assert!(fork == then, "a fork has changed:\n{self}");
        }
        match c.below(4) {
            0 => self.fork = Some((self.fast.fork(), self.slow.clone())),
            1 => self.fork = None,
            _ => {}
        }
    }

    fn slice(&mut self, fuel: u64) -> Stop {
        let stop = self.fast.machine.run(fuel);
        let slow = &mut self.slow.machine;
        let steps = (0..fuel).try_for_each(|_| slow.step());
        let why = steps.err().or_else(|| slow.waits()).unwrap_or(Stop::OutOfFuel);
        assert_eq!(stop, why);
        self.check(&fuel);
        stop
    }

    /// Runs both until a condition holds, several times.
    fn pause(&mut self, c: &mut Choices, fuel: u64) -> Stop {
        let machine = &self.slow.machine;
        let cells: BTreeSet<Place> = (0..c.below(4)).map(|_| place(c, machine)).collect();
        let depth = machine.task().calls().depth();
        let depths = match c.below(4) {
            0 => 0..=u32::MAX,
            1 => depth.saturating_sub(c.below(3) as u32)..=u32::MAX,
            2 => 0..=depth + c.below(3) as u32,
            _ => depth.saturating_sub(1)..=depth + 1,
        };
        let until = Until { cells: &cells, depths };
        for _ in 0..5 {
            let fast = self.fast.machine.run_until(fuel, &until);
            let slow = &mut self.slow.machine;
            let mut steps = 0;
            let plain = loop {
                match () {
                    () if until.holds(slow) => break Ok(true),
                    () if steps == fuel => break Ok(false),
                    () => {}
                }
                if let Err(stop) = slow.step() {
                    break Err(stop);
                }
                steps += 1;
            };
            assert_eq!(fast, plain, "{until:?}");
            self.check(&until);
            // One step further, so that the next run does not pause at once.
            let (fast, slow) = (self.fast.machine.step(), self.slow.machine.step());
            assert_eq!(fast, slow);
            if let Err(stop) = fast {
                return stop;
            }
        }
        Stop::OutOfFuel
    }

    /// Edits both: decoded code becomes stale, limits come near, and causes of stops are fixed.
    fn edit(&mut self, c: &mut Choices) {
        for _ in 0..1 + c.below(3) {
            let line = match self.slow.machine.waits() {
                Some(stop) if c.below(3) > 0 => mend(c, &self.slow.machine, &stop),
                _ => change(c, &self.slow.machine),
            };
            self.edits += usize::from(self.tell(&line));
        }
    }
}

impl Display for Pair {
    fn fmt(&self, formatter: &mut Formatter<'_>) -> std::fmt::Result {
        let (fast, slow) = (self.fast.to_file_text(), self.slow.to_file_text());
        write!(formatter, "fast: {fast}\nslow: {slow}")
    }
}

/// A place, most often where something is alive.
fn place(c: &mut Choices, machine: &Machine) -> Place {
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

/// A few words for the middle of a function.
fn words(c: &mut Choices) -> String {
    let mut text = String::new();
    let function = c.count(4);
    match c.below(8) {
        0 => text.push_str("label: edited"),
        1 => text.push_str(c.of(&["a", "1", "drop", "return", "...", "gap", "dup", "[ 1 ] call"])),
        _ => statement(c, &mut text, function, 2),
    }
    text
}

/// A line that changes code, the stacks, data or limits.
fn change(c: &mut Choices, machine: &Machine) -> String {
    let at = place(c, machine);
    let at = format!("{}:{}", at.body, at.offset);
    let stack = machine.task().parameters().len();
    let depth = machine.task().calls().depth() as usize;
    let limits = [("parameters", stack), ("calls", depth)];
    let mut value = || c.of(&["0", "1", "3", "-2", "1152921504606846975", "\"text\"", "pushf: f1"]);
    let (value, other) = (value(), value());
    match c.below(30) {
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
        23 | 24 => format!("local {} {} `{value}`", c.below(depth), c.of(LOCALS)),
        25 => format!("local {} {} ``", c.below(depth), c.of(LOCALS)),
        26 if c.one_in(2) => format!("global g `{value}`"),
        26 => format!("data 0:{} `{value}`", c.below(6)),
        27 => format!("restart {} `{value}`", c.below(depth)),
        28 => {
            let (kind, now) = c.of(&limits);
            format!("limit {kind} {}", now + c.below(4))
        }
        _ => "limit parameters 1000000 | limit calls 100000".to_string(),
    }
}

/// A line after which the machine may continue.
fn mend(c: &mut Choices, machine: &Machine, stop: &Stop) -> String {
    let at = machine.task().counter();
    let at = format!("{}:{}", at.body, at.offset);
    match stop {
        Stop::Breakpoint | Stop::Finished => format!("write {at} `{} 1 f0`", words(c)),
        Stop::NotYetImplemented(name) => format!("define {name} `{} 1 return`", words(c)),
        Stop::Limit(_) => "limit parameters 1000000 | limit calls 100000".to_string(),
        Stop::Input => "give `50\\n`".to_string(),
        Stop::Fault(_) if c.one_in(2) => format!("push `{} {}`", c.below(9), c.below(9)),
        Stop::Fault(_) | Stop::Exit(_) | Stop::OutOfFuel => format!("replace {at} `{}`", words(c)),
    }
}

#[test]
fn random_programs_run_as_the_stepper_runs_them() {
    let (mut retired, mut edits, mut stops) = (0, 0, BTreeMap::new());
    for seed in 0..1_500 {
        let mut c = Choices::new(seed);
        let mut pair = Pair::new(&program(&mut c));
        let stop = pair.run(&mut c, 12);
        retired += pair.slow.machine.retired();
        edits += pair.edits;
        *stops.entry(stop.word()).or_insert(0) += 1;
    }
    println!("{retired} instructions, {edits} edits; {stops:?}");
    assert!(retired > 2_000_000, "{retired}: the programs are not alive");
    assert!(edits > 10_000, "{edits}: most edits were refused");
    assert!(stops.len() > 4, "{stops:?}");
}

#[test]
fn examples_run_as_the_stepper_runs_them() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("programs");
    let mut count = 0;
    for entry in fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.extension().is_some_and(|extension| extension == "flpc") {
            for seed in 0..4 {
                let mut pair = Pair::new(&fs::read_to_string(&path).unwrap());
                pair.tell("give `50\\n25\\n12\\n`");
                pair.run(&mut Choices::new(seed), 30);
            }
            count += 1;
        }
    }
    assert!(count >= 8);
}
