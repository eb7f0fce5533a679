//! Peeking: what a line would leave if it were executed here, in the innermost frame.
//!
//! The line is written on a fork, after everything in the body of the counter and an empty cell, and executed
//! there. So it sees the locals, the stack and the data, nothing that it calls executes it again, and
//! nobody notices. It may take so much work and no more: it is evaluated while a program runs, at every
//! breakpoint with a condition and for every watch.
//!
//! A condition decides where a run pauses, so what it costs is part of the run. A watch is only looked at, and
//! costs the machine nothing.

use super::refused::Refused;
use crate::program::breakpoint::Breakpoint;
use crate::program::diagnostic::grouped;
use crate::program::notation::Notation;
use crate::program::scope::Scope;
use crate::vm::cell::Cell;
use crate::vm::instruction::Instruction;
use crate::vm::limit::LimitKind;
use crate::vm::machine::Machine;
use crate::vm::memory::Place;
use crate::vm::room::Room;
use crate::vm::run_until::Until;
use crate::vm::stop::{Fault, Stop};

/// How many instructions a line may execute.
pub const FUEL: u64 = 100_000;
/// What it may take up.
const ROOM: Room = Room { cells: 1 << 16, text: 1 << 20, output: 1 << 12 };
/// What evaluating a line costs beyond the instructions that it executes, in instructions.
const COST: u64 = 1000;

/// Whether a run pauses at a breakpoint.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Pauses {
    /// It does not: it is not the time, or the condition does not hold.
    No,
    /// It does.
    Yes,
    /// It does, because its condition cannot be evaluated: why.
    Unclear(String),
}

impl Pauses {
    /// Whether a machine with its counter on this breakpoint pauses; its cell was executed `passed` times.
    pub fn at(breakpoint: &Breakpoint, passed: u64, machine: &mut Machine) -> Pauses {
        if passed.saturating_add(1) < breakpoint.from {
            return Pauses::No;
        }
        if breakpoint.condition.is_empty() {
            return Pauses::Yes;
        }
        match peek(machine, &breakpoint.condition) {
            Ok(after) => match after.task().parameters().last() {
                Some(flag) if flag.is_false() => Pauses::No,
                Some(_) => Pauses::Yes,
                None => Pauses::Unclear(NO_VALUE.to_owned()),
            },
            Err(why) => Pauses::Unclear(why),
        }
    }
}

/// What a line leaves, and what finding that out cost.
#[derive(Debug)]
pub struct Peeked {
    /// The machine after the line, and the values that it left above those that were on the stack; or why there
    /// are none, in words.
    pub values: Result<(Machine, Vec<Cell>), String>,
    /// The work in the time of an instruction. It is the same on every computer.
    pub cost: u64,
}

/// The machine after a line was executed at its counter, on a fork.
///
/// # Errors
/// Why the line has no value, in words.
fn peek(machine: &mut Machine, line: &str) -> Result<Machine, String> {
    machine.count_extra(COST);
    let (mut fork, end) = begun(machine, line)?;
    let before = work(&fork);
    let ended = run(&mut fork, end);
    machine.count_extra(work(&fork) - before);
    ended.map(|()| fork)
}

/// The values that a line leaves above those that were on the stack. Costs the machine nothing.
pub(super) fn values(machine: &mut Machine, line: &str) -> Peeked {
    /// The words of stacks and code that are copied in the time of an instruction.
    const WORDS: usize = 8;
    let (task, before) = (machine.task(), work(machine));
    let code = machine.memory().code(task.counter().body).map_or(0, |code| code.used().len());
    let copied = task.parameters().len() + 4 * task.calls().depth() as usize + code;
    let below = task.parameters().len();
    let mut cost = COST + (copied / WORDS) as u64;
    let values = begun(machine, line).and_then(|(mut fork, end)| {
        let ended = run(&mut fork, end);
        cost += work(&fork) - before;
        ended?;
        let stack = fork.task().parameters();
        let values = stack.get(below..).unwrap_or_default().to_vec();
        if values.is_empty() { Err(NO_VALUE.to_owned()) } else { Ok((fork, values)) }
    });
    Peeked { values, cost }
}

const NO_VALUE: &str = "it leaves no value";

/// What a machine has executed, in the time of an instruction.
fn work(machine: &Machine) -> u64 {
    machine.retired() + machine.extra_effort()
}

/// Executes the line up to its end.
fn run(fork: &mut Machine, end: Place) -> Result<(), String> {
    fork.pause_after(Some(FUEL));
    match fork.run_until(FUEL, &Until::at(&[end].into())) {
        Ok(true) => Ok(()),
        Ok(false) => Err(format!("it takes more than {} instructions", grouped(FUEL))),
        Err(Stop::Limit(kind)) if fork.lacks_room() => Err(match kind {
            LimitKind::Output => "it prints too much".to_owned(),
            LimitKind::Memory
            | LimitKind::Text
            | LimitKind::Parameters
            | LimitKind::Calls
            | LimitKind::Tasks => format!("it takes too much {kind}"),
        }),
        // A row of a watch has room for a few words, so these come first.
        Err(stop @ Stop::Fault(Fault::Unassigned { .. } | Fault::Unset { .. })) => {
            Err(format!("no value here: {stop}"))
        }
        Err(stop) => Err(format!("it stops: {stop}")),
    }
}

/// Checks that a line can be read in the function of a cell.
///
/// # Errors
/// What is wrong with it.
pub(super) fn check(machine: &Machine, at: Place, line: &str) -> Result<(), Refused> {
    let read = Notation::Forth.read_line(line, &Scope::of(machine, at.body));
    read.map(drop).map_err(|diagnostics| Refused::Text(line.to_owned(), diagnostics))
}

/// A fork with its counter on the line, and the cell after the line.
fn begun(machine: &mut Machine, line: &str) -> Result<(Machine, Place), String> {
    let at = machine.task().counter();
    let read = Notation::Forth.read_line(line, &Scope::of(machine, at.body));
    let refused = |diagnostics| Refused::Text(line.to_owned(), diagnostics).to_string();
    let mut code = read.map_err(refused)?.cells;
    let first = code.bodies.first_mut().expect("a line is the first body");
    if first.is_empty() {
        return Err("it is empty".to_owned());
    }
    first.insert(0, Instruction::Breakpoint);
    let count = u32::try_from(first.len()).expect("a text is shorter than memory");
    let body = machine.memory().code(at.body).expect("the counter is in a body");
    let used = u32::try_from(body.used().len()).expect("a body is shorter than memory");
    let (task, are_several) = (machine.task().number(), machine.tasks().len() > 1);
    let mut fork = machine.fork_within(ROOM);
    fork.pause_after(None);
    if are_several {
        fork.look_at(None);
        fork.give_turn(task, true).map_err(|refusal| refusal.to_string())?;
    }
    let after = |cells| Place::new(at.body, used + cells);
    let written = fork.write(after(0), &code).and_then(|_| fork.set_counter(after(1)));
    written.map_err(|refusal| refusal.to_string())?;
    Ok((fork, after(count)))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::session::load::image_of_program;

    /// In a call of f with 3, after `assign: i`.
    fn inside() -> Machine {
        let program = "[ assign: i 7 i 10 + ] bind: f [ ] drop 3 allocate 3 f";
        let mut image = image_of_program(program).unwrap();
        image.machine.run(8);
        assert_eq!(image.machine.show_stack().split(' ').next_back(), Some("7"));
        image.machine
    }

    #[test]
    fn a_line_sees_what_is_here_and_changes_nothing() {
        let mut machine = inside();
        let before = machine.clone();
        for (line, left) in [
            ("i 3 =", "1"),
            ("dup", "7"),
            ("[ i 1 + ] call", "4"),
            ("5 assign: i i", "5"),
            ("[ i 1- ] call f", "7 12"),
            ("\"a\" \"b\" str_join", "\"ab\""),
            ("1 2", "1 2"),
        ] {
            let (after, values) = values(&mut machine, line).values.expect(line);
            let told: Vec<String> = values.iter().map(|&value| after.show(value)).collect();
            assert_eq!(told.join(" "), left, "{line}");
            assert_eq!(machine, before);
        }
    }

    #[test]
    fn what_has_no_value_says_why() {
        let mut machine = inside();
        let before = machine.clone();
        for (line, why) in [
            ("", "it is empty"),
            ("drop", "it leaves no value"),
            ("[ 1", "not closed"),
            ("missing", "missing"),
            ("1 0 /", "zero"),
            ("[ 1 drop ] repeat", "100,000 instructions"),
            ("70000 allocate", "memory"),
            ("[ \"aaaaaaaaaa\" print ] repeat", "prints too much"),
        ] {
            let error = values(&mut machine, line).values.unwrap_err();
            assert!(error.contains(why), "{line}: {error}");
            assert_eq!(machine, before);
        }
    }

    #[test]
    fn a_watch_costs_the_machine_nothing_and_work_on_texts_is_bounded() {
        let mut machine = inside();
        let before = work(&machine);
        let short = values(&mut machine, "i");
        let called = values(&mut machine, "0 assign: n 1 [ n 1 + assign: n n 100 < ] repeat_if n");
        assert!(short.values.is_ok() && called.values.is_ok());
        assert!(short.cost + 500 < called.cost, "{} and {}", short.cost, called.cost);
        let long = "\"a\" 60000 str_repeat 1 [ dup \"b\" str_find drop 1 ] repeat_if";
        let costly = values(&mut machine, long);
        assert!(costly.values.unwrap_err().contains("100,000 instructions"));
        assert!(costly.cost < 3 * FUEL, "{}", costly.cost);
        assert_eq!(work(&machine), before);
        let breakpoint = Breakpoint { condition: long.to_owned(), ..Breakpoint::default() };
        let pauses = Pauses::at(&breakpoint, 0, &mut machine);
        assert!(matches!(pauses, Pauses::Unclear(why) if why.contains("100,000 instructions")));
        assert!((FUEL..3 * FUEL).contains(&(work(&machine) - before)));
    }
}
