//! The fast interpreter and the stepper in lockstep: on random programs made of what is fused, and on
//! every example, at random slices, compared in everything a machine holds at every pause.

use std::collections::BTreeSet;
use std::fmt::Write as _;
use std::fs;
use std::path::Path;

use midflight::session::command::image_of_program;
use midflight::vm::instruction::{Fragment, Instruction};
use midflight::vm::limit::LimitKind;
use midflight::vm::machine::Machine;
use midflight::vm::memory::Place;
use midflight::vm::run_until::Until;
use midflight::vm::stop::Stop;

/// A generator of numbers (splitmix64): the same on every machine.
struct Random(u64);

impl Random {
    fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut z = self.0;
        z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        z ^ (z >> 31)
    }

    fn below(&mut self, bound: u64) -> u64 {
        self.next() % bound
    }

    fn of<'a>(&mut self, list: &[&'a str]) -> &'a str {
        list[self.below(list.len() as u64) as usize]
    }
}

const LOCALS: &[&str] = &["a", "b", "c", "d"];
const OPERATORS: &[&str] = &[
    "+", "-", "*", "/", "mod", "and", "or", "xor", "min", "max", "lshift", "rshift", "<", ">",
    "<=", ">=", "=", "<>",
];
const TESTS: &[&str] = &["<", ">", "<=", ">=", "=", "<>"];
const ENDS: &[&str] =
    &["1152921504606846975", "-1152921504606846976", "4611686018427387", "2147483648", "\"text\""];

/// A program text: functions `f0` to `f2` of one parameter, and main, which calls them.
fn program(random: &mut Random) -> String {
    let mut text = String::new();
    for function in 0..3 {
        if random.below(4) == 0 {
            let _ = write!(text, "[ assign: a a {} < [ a return ] if ", random.below(4));
        } else {
            text.push_str("[ assign: a ");
        }
        let _ = write!(
            text,
            "{} ",
            LOCALS.iter().map(|l| format!("0 assign: {l} ")).skip(1).collect::<String>()
        );
        if random.below(3) > 0 {
            let leave = random.of(&["1 return", "a return", "b return", "a 1 + return", "return"]);
            let _ = write!(text, "a {} < [ {leave} ] if ", random.below(4));
        }
        statements(random, &mut text, function, 0);
        let end = random.of(&["a return", "return", "a b + return", "7 return", "", "a 3 <"]);
        let _ = writeln!(text, "{end} ] bind: f{function}");
    }
    text.push_str("[ assign: a assign: b a b call + return ] bind: given\n");
    text.push_str("[ assign: a assign: b b a if 1 drop return ] bind: given-if\n");
    for local in LOCALS {
        let _ = write!(text, "{} assign: {local} ", random.below(20));
    }
    text.push_str("5 allocate assign: m 1 2 3 ");
    statements(random, &mut text, 3, 0);
    text
}

fn value(random: &mut Random) -> String {
    match random.below(12) {
        0 => random.of(ENDS).to_string(),
        1..=4 => (random.below(12) as i64 - 2).to_string(),
        5 => "dup".to_string(),
        6 => String::new(),
        _ => random.of(LOCALS).to_string(),
    }
}

fn statements(random: &mut Random, text: &mut String, function: u64, depth: u32) {
    for _ in 0..=random.below(5) {
        statement(random, text, function, depth);
    }
}

fn statement(random: &mut Random, text: &mut String, function: u64, depth: u32) {
    let (a, b, operator) = (value(random), value(random), random.of(OPERATORS));
    let (x, y, test) = (random.of(LOCALS), random.of(LOCALS), random.of(TESTS));
    let kind = if depth > 2 { random.below(7) } else { random.below(16) };
    let _ = match kind {
        0 => write!(text, "{a} {b} {operator} "),
        1 | 2 => write!(text, "{a} {b} {operator} assign: {x} "),
        3 if random.below(3) == 0 => {
            write!(text, "assign: {x} {x} {} {test} [ {x} return ] if ", random.below(9))
        }
        3 => write!(text, "assign: {x} {x} {b} {operator} "),
        4 => {
            let word = random.of(&[
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
                "abs",
            ]);
            write!(text, "{word} ")
        }
        5 if function == 3 => {
            let word = random.of(&[
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
        // Calls go to later functions, or to the same one with less: most end.
        5 | 6 if function < 3 => {
            let target = if random.below(2) == 0 { function } else { (function + 1).min(2) };
            write!(text, "a {} - f{target} ", 1 + random.below(2))
        }
        5 | 6 => write!(text, "{} f{} ", random.below(7), random.below(3)),
        7 | 8 => {
            let _ = write!(text, "{a} {b} {test} [ ");
            statements(random, text, function, depth + 1);
            let _ = write!(text, "{} ", random.of(&["", "1 return", "return", "...", "a 2 <"]));
            write!(text, "] if ")
        }
        9 => {
            let _ = write!(text, "{a} {b} {test} [ ");
            statements(random, text, function, depth + 1);
            text.push_str("] [ ");
            statements(random, text, function, depth + 1);
            write!(text, "] if-else ")
        }
        // Blocks and functions that are handed over, to this function and to others.
        13 | 14 => {
            let _ = match random.below(5) {
                0 => write!(text, "pushf: f{} ", random.below(3)),
                1 => write!(text, "b "),
                _ => {
                    let _ = write!(text, "[ ");
                    statements(random, text, function, depth + 1);
                    write!(text, "{} ] ", random.of(&["", "1 return", "return", "a 2 <"]))
                }
            };
            let flag = format!("{a} {b} {test}");
            match random.below(8) {
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
            statements(random, text, function, depth + 1);
            let step = random.of(&["1 +", "2 +", "c +", "1 -", "d -", "3 *"]);
            let limit = random.of(&["9", "50", "c", "-3", "200"]);
            write!(text, "{x} {step} assign: {x} {x} {limit} {test} ] repeat_if ")
        }
        _ => {
            let _ = write!(text, "[ ");
            statements(random, text, function, depth + 1);
            write!(text, "{y} 1 + assign: {y} {y} 9 > return_if ] repeat ")
        }
    };
}

/// Runs both side by side for so many pauses; how many instructions retired.
fn lockstep(random: &mut Random, machine: &mut Machine, pauses: u32) -> u64 {
    let mut slow = machine.clone();
    for _ in 0..pauses {
        let fuel = match random.below(4) {
            0 => 1 + random.below(4),
            1 => 1 + random.below(40),
            2 => 1 + random.below(700),
            _ => 1 + random.below(20_000),
        };
        if random.below(3) == 0 && paused(random, machine, &mut slow, fuel) {
            break;
        }
        let stop = machine.run(fuel);
        let mut why = None;
        for _ in 0..fuel {
            why = slow.step().err();
            if why.is_some() {
                break;
            }
        }
        let why = why.or_else(|| slow.waits()).unwrap_or(Stop::OutOfFuel);
        assert_eq!(stop, why);
        assert!(*machine == slow, "they differ after {} instructions: {machine:?}", slow.retired());
        if stop != Stop::OutOfFuel {
            break;
        }
        edit(random, machine, &mut slow);
    }
    slow.retired()
}

/// Runs both up to a condition, several times; whether the machine stopped.
fn paused(random: &mut Random, machine: &mut Machine, slow: &mut Machine, fuel: u64) -> bool {
    let cells = (0..random.below(4)).map(|_| {
        let body = random.below(u64::from(machine.memory().code_count())) as u32;
        let used = machine.memory().code(body).map_or(0, |code| code.used().len() as u64);
        Place::new(body, random.below(used + 1) as u32)
    });
    let cells: BTreeSet<Place> = cells.collect();
    let depth = machine.task().calls().depth();
    let depths = match random.below(4) {
        0 => 0..=u32::MAX,
        1 => depth.saturating_sub(random.below(3) as u32)..=u32::MAX,
        2 => 0..=depth + random.below(3) as u32,
        _ => depth.saturating_sub(1)..=depth + 1,
    };
    let until = Until { cells: &cells, depths };
    for _ in 0..5 {
        let fast = machine.run_until(fuel, &until);
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
        assert!(*machine == *slow, "they differ after {}, {until:?}: {machine:?}", slow.retired());
        // Off the place where it paused.
        let (a, b) = (machine.step(), slow.step());
        assert_eq!(a, b);
        if fast.is_err() || a.is_err() {
            return true;
        }
    }
    false
}

/// Now and then changes both: what was decoded is stale, and limits come near.
fn edit(random: &mut Random, machine: &mut Machine, slow: &mut Machine) {
    let body = random.below(u64::from(machine.memory().code_count())) as u32;
    let used = machine.memory().code(body).map_or(0, |code| code.used().len() as u64);
    let at = Place::new(body, random.below(used + 1) as u32);
    let line = Fragment::line(vec![Instruction::Label("edited".into())]);
    match random.below(14) {
        0 => assert_eq!(machine.insert(at, &line), slow.insert(at, &line)),
        1 => {
            let height = machine.task().parameters().len() as u64 + random.below(4);
            assert_eq!(
                machine.set_limit(LimitKind::Parameters, height),
                slow.set_limit(LimitKind::Parameters, height)
            );
        }
        2 => {
            let depth = u64::from(machine.task().calls().depth()) + random.below(4);
            assert_eq!(
                machine.set_limit(LimitKind::Calls, depth),
                slow.set_limit(LimitKind::Calls, depth)
            );
        }
        3..=8 => {
            for kind in [LimitKind::Parameters, LimitKind::Calls] {
                let value = kind.default_value();
                assert_eq!(machine.set_limit(kind, value), slow.set_limit(kind, value));
            }
        }
        // The counter where no call has led it.
        9 => assert_eq!(machine.set_counter(at), slow.set_counter(at)),
        _ => {}
    }
}

#[test]
fn random_programs_run_as_the_stepper_runs_them() {
    let (mut retired, mut stops) = (0, std::collections::BTreeMap::new());
    for seed in 0..3_000 {
        let mut random = Random(seed);
        let text = program(&mut random);
        let mut machine = match image_of_program(&text) {
            Ok(image) => image.machine,
            Err(refused) => panic!("seed {seed}: {refused}\n{text}"),
        };
        println!("seed {seed}");
        retired += lockstep(&mut random, &mut machine, 12);
        *stops.entry(machine.waits().map_or("more", |stop| stop.word())).or_insert(0) += 1;
    }
    println!("{retired} instructions; {stops:?}");
    assert!(retired > 2_000_000, "{retired}: the programs are not alive");
    assert!(stops.len() > 4, "{stops:?}");
}

#[test]
fn examples_run_as_the_stepper_runs_them() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("programs");
    let mut count = 0;
    for entry in fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.extension().is_some_and(|extension| extension == "flpc") {
            let mut machine =
                image_of_program(&fs::read_to_string(&path).unwrap()).unwrap().machine;
            machine.give_input("50\n25\n12\n");
            lockstep(&mut Random(7), &mut machine, 30);
            count += 1;
        }
    }
    assert!(count >= 8);
}
