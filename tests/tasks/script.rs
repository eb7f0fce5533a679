//! Cases as data: a program in the product's notation, and lines that run it, check it and change it.
//!
//! | line | meaning |
//! |---|---|
//! | `run: STOP` | runs until it stops; then for that reason |
//! | `run 20: STOP` | the same with that much fuel |
//! | `says: TEXT` | how the stop is told |
//! | `stack 1: WORDS` | the parameter stack of task 1, top last |
//! | `many 1: 255` | how many values are on it |
//! | `status 1: rests` | what the task does |
//! | `at: 2` | the task that runs |
//! | `output: TEXT` | all that was printed, with `/` for a line end |
//! | `retired: 39`, `slept: 300`, `turn: 3` | the counts |
//! | `limit tasks 5`, `quantum 3`, `turn 2`, `turn 2 alone`, `free` | sets these |
//! | `push: WORDS`, `drop: 3` | changes the stack of the current task |
//! | `here: WORDS` | replaces the cell under the counter of the current task |
//! | `define f: WORDS` | defines a function |
//! | `no turn 2` | the command must be refused, without a trace |
//!
//! Words that are put in are spelled as in the tests of the machine: `assign:i`, `&f`.

use midflight::session::load::image_of_program;
use midflight::vm::index::TaskId;
use midflight::vm::instruction::Fragment;
use midflight::vm::limit::LimitKind;
use midflight::vm::machine::Machine;
use midflight::vm::stop::Stop;
use midflight::vm::task::OVER;

use crate::oracle::command::Command;
use crate::oracle::words::{line, values};

/// A name, a program, and what happens.
pub type Case = (&'static str, &'static str, &'static str);

/// How a case is run.
#[derive(Clone, Copy, Debug)]
enum Pace {
    Whole,
    Pieces,
    Steps,
}

const FUEL: u64 = 10_000_000;

/// Plays all cases of a table at every pace.
pub fn play_all(table: &[Case]) {
    let mut wrong = Vec::new();
    for &(name, program, script) in table {
        for pace in [Pace::Whole, Pace::Pieces, Pace::Steps] {
            let done = std::panic::catch_unwind(|| play(program, script, pace));
            match done {
                Ok(Ok(())) => continue,
                Ok(Err(error)) => wrong.push(format!("{name} ({pace:?}): {error}\n    {program}")),
                Err(_) => wrong.push(format!("{name} ({pace:?}) panics\n    {program}")),
            }
            break;
        }
    }
    assert!(wrong.is_empty(), "{} of {}:\n{}", wrong.len(), table.len(), wrong.join("\n"));
}

fn play(program: &str, script: &str, pace: Pace) -> Result<(), String> {
    let mut machine = image_of_program(program).map_err(|no| no.to_string())?.machine;
    for told in script.lines().map(str::trim).filter(|told| !told.is_empty()) {
        tell(&mut machine, told, pace)?;
        machine = reloaded(&machine)?;
    }
    Ok(())
}

/// The machine after it was taken apart and put together again.
fn reloaded(machine: &Machine) -> Result<Machine, String> {
    let again = Machine::deserialize(&machine.serialize()).map_err(|no| no.to_string())?;
    if again == *machine { Ok(again) } else { Err("another machine was loaded".to_string()) }
}

fn run(machine: &mut Machine, fuel: u64, pace: Pace) -> Stop {
    match pace {
        Pace::Whole => return machine.run(fuel),
        Pace::Pieces => {
            let mut left = fuel;
            for piece in [1, 2, 5, 13, 40, 7].into_iter().cycle() {
                let piece = u64::min(piece, left);
                let stop = machine.run(piece);
                left -= piece;
                if stop != Stop::OutOfFuel || left == 0 {
                    return stop;
                }
            }
            unreachable!()
        }
        Pace::Steps => {}
    }
    for _ in 0..fuel {
        if let Err(stop) = machine.step() {
            assert_eq!(machine.waits(), Some(stop.clone()));
            return stop;
        }
    }
    machine.waits().unwrap_or(Stop::OutOfFuel)
}

/// A stop as cases spell it.
fn spelled(stop: &Stop) -> String {
    match stop {
        Stop::NotYetImplemented(name) => format!("missing {name}"),
        Stop::Fault(fault) => format!("fault {}", fault.word()),
        Stop::Limit(kind) => format!("limit {kind}"),
        Stop::Exit(code) => format!("exit {code}"),
        other => other.word().to_string(),
    }
}

fn status(machine: &Machine, task: TaskId) -> &'static str {
    assert!(task < machine.next_number(), "task {task} was never made");
    machine.task_of(task).map_or(OVER, |task| task.state().word())
}

fn tell(machine: &mut Machine, told: &str, pace: Pace) -> Result<(), String> {
    if let Some(refused) = told.strip_prefix("no ") {
        let command = command(machine, refused).expect(refused);
        return same(told, command.apply(machine), false);
    }
    if let Some(command) = command(machine, told) {
        return same(told, command.apply(machine), true);
    }
    let (what, wanted) = told.split_once(':').expect(told);
    let wanted = wanted.trim();
    let (word, number) = what.split_once(' ').unwrap_or((what, ""));
    let number: Option<u64> = number.parse().ok();
    let task = || TaskId(number.expect(told));
    let stack = || {
        let stack = machine.task_of(task()).expect(told).parameters().iter();
        stack.map(|&value| machine.show(value)).collect::<Vec<_>>()
    };
    let found = match word {
        "run" => spelled(&run(machine, number.unwrap_or(FUEL), pace)),
        "says" => machine.waits().map_or(String::new(), |stop| stop.to_string()),
        "stack" => stack().join(" "),
        "many" => stack().len().to_string(),
        "status" => status(machine, task()).to_string(),
        "at" => machine.current().to_string(),
        "output" => machine.output().replace('\n', "/"),
        "retired" => machine.retired().to_string(),
        "slept" => machine.serialize().schedule.slept.to_string(),
        "turn" => machine.serialize().schedule.turn.to_string(),
        _ => panic!("{told}"),
    };
    same(told, found.as_str(), wanted)
}

fn same<T: PartialEq + std::fmt::Debug>(told: &str, found: T, wanted: T) -> Result<(), String> {
    if found == wanted { Ok(()) } else { Err(format!("`{told}`, but it is {found:?}")) }
}

/// The command that a line spells.
fn command(machine: &Machine, told: &str) -> Option<Command> {
    if let Some((head, words)) = told.split_once(':') {
        let words = words.trim();
        return match head.split_once(' ').unwrap_or((head, "")) {
            ("push", _) => Some(Command::Push(values(words))),
            ("drop", _) => Some(Command::Drop(words.parse().expect(told))),
            ("here", _) => Some(Command::Replace(machine.task().counter(), filled(words))),
            ("define", name) => Some(Command::Define(vec![(name.to_string(), line(words))])),
            _ => None,
        };
    }
    let words: Vec<&str> = told.split_whitespace().collect();
    let number = |at: usize| words[at].parse().expect(told);
    Some(match words[..] {
        ["limit", kind, _] => Command::SetLimit(LimitKind::find(kind).expect(told), number(2)),
        ["quantum", _] => Command::Quantum(number(1)),
        ["turn", _] => Command::Turn(number(1), false),
        ["turn", _, "alone"] => Command::Turn(number(1), true),
        ["free"] => Command::FreeTurn,
        ["remove", _] => Command::Remove(number(1) as u32),
        _ => panic!("{told}"),
    })
}

fn filled(words: &str) -> Fragment {
    line(words)
}
