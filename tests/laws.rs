//! The laws of the machine, on random programs with random edits in between. The machine is compared with
//! the model of `oracle/`, which gets the same commands.
//!
//! `tests/mutants/mistakes.txt` lists mistakes that these tests catch.

mod oracle;
mod support;

use std::cell::Cell as Counter;

use midflight::vm::instruction::{Fragment, Instruction};
use midflight::vm::machine::Machine;
use midflight::vm::memory::Place;
use midflight::vm::relocate::Shift;
use midflight::vm::stop::Stop;
use oracle::command::{Command, assert_same};
use oracle::generate::{cure, gesture};
use oracle::model::{Halt, Model};
use oracle::property::{Pair, check, machine, story};
use oracle::words::line;
use support::choices::Choices;

/// How often things happened without which the test would be worthless.
#[derive(Default)]
struct Tally {
    gestures: Counter<u64>,
    retired: Counter<u64>,
    stuck: Counter<u64>,
    deep: Counter<u64>,
    refused: Counter<u64>,
    grown: Counter<u64>,
}

fn count(counter: &Counter<u64>, more: u64) {
    counter.set(counter.get() + more);
}

/// The machine and the model in lockstep, through 40 gestures a program, 200,000 in all. Now and then the
/// machine is serialized and deserialized.
#[test]
fn the_machine_does_what_the_model_does() {
    let tally = Tally::default();
    check(5_000, &story(40), |(seed, gestures)| {
        let mut pair = Pair::new(seed);
        for gesture_seed in gestures {
            count(&tally.gestures, 1);
            for command in gesture(gesture_seed, &pair.model) {
                observe(&tally, &mut pair, &command);
            }
            if gesture_seed % 8 == 0 {
                let made = Machine::deserialize(&pair.machine.serialize()).expect("its own parts");
                assert_eq!(made, pair.machine);
                pair.machine = made;
                pair.set_pace();
            }
        }
    });
    let per_gesture = |counter: &Counter<u64>| counter.get() * 100 / tally.gestures.get();
    println!(
        "of 100 gestures: {} instructions, {} runs that could not start",
        per_gesture(&tally.retired),
        per_gesture(&tally.stuck)
    );
    println!(
        "{} edits under three and more activations, {} refused, {} bodies moved",
        tally.deep.get(),
        tally.refused.get(),
        tally.grown.get()
    );
    assert!(tally.gestures.get() >= 200_000);
    assert!(per_gesture(&tally.retired) > 200, "the programs are not alive");
    assert!(per_gesture(&tally.stuck) < 30, "the programs are not alive");
    assert!(tally.deep.get() > 20_000 && tally.refused.get() > 5_000 && tally.grown.get() > 600);
}

fn observe(tally: &Tally, pair: &mut Pair, command: &Command) {
    let sizes = |model: &Model| -> usize {
        model.bodies.iter().flatten().map(|body| body.cells.len() - 100).sum()
    };
    let (retired, size) = (pair.model.retired, sizes(&pair.model));
    let done = pair.apply(command);
    match command {
        Command::Run(_) => {
            count(&tally.retired, pair.model.retired - retired);
            count(&tally.stuck, u64::from(!done));
        }
        Command::Write(..) | Command::Insert(..) | Command::Delete(..) if done => {
            count(&tally.deep, u64::from(pair.model.calls.len() >= 3));
        }
        _ => count(&tally.refused, u64::from(!done)),
    }
    count(&tally.grown, u64::from(sizes(&pair.model) > size));
}

/// Law 2. Runs add up, and a run is its steps: the same machine, the same stop.
#[test]
fn fuel_is_exact_and_additive() {
    check(600, &story(12), |(seed, gestures)| {
        let mut pair = Pair::new(seed);
        for gesture_seed in gestures {
            let mut choices = Choices::new(gesture_seed);
            let (a, b) = (choices.below(30) as u64, choices.below(30) as u64);
            let (mut apart, mut whole, mut stepped) =
                (pair.machine.clone(), pair.machine.clone(), pair.machine.clone());
            apart.run(a);
            let stop = apart.run(b);
            assert_eq!(whole.run(a + b), stop);
            assert_eq!(apart, whole);
            let steps = (0..a + b).take_while(|_| stepped.step().is_ok()).count() as u64;
            assert_eq!(stepped, whole);
            assert_eq!(whole.retired(), pair.machine.retired() + steps);
            match stop {
                Stop::OutOfFuel => assert_eq!((whole.waits(), steps), (None, a + b)),
                stop => assert_eq!(whole.waits(), Some(stop)),
            }
            for command in gesture(gesture_seed, &pair.model) {
                command.apply(&mut pair.machine);
                command.tell(&mut pair.model);
            }
        }
    });
}

/// Law 3. An instruction that cannot run changes nothing. Once the cause is fixed, it runs.
#[test]
fn a_stop_is_precise() {
    let kinds = std::cell::RefCell::new(std::collections::BTreeMap::new());
    check(3_000, &story(10), |(seed, gestures)| {
        let mut pair = Pair::new(seed);
        for gesture_seed in gestures {
            for command in gesture(gesture_seed, &pair.model) {
                pair.apply(&command);
            }
            pair.apply(&Command::Run(30));
            let Some(halt) = pair.model.waits() else { continue };
            *kinds.borrow_mut().entry(format!("{halt:?}").replace('"', "")).or_insert(0) += 1;
            let before = pair.machine.clone();
            let stop = pair.machine.waits();
            assert_eq!(pair.machine.step().err(), stop);
            assert_eq!(Some(pair.machine.run(3)), stop);
            assert_eq!(pair.machine, before);
            // laws_tasks.rs has those with several tasks.
            if pair.model.others.is_empty() {
                resume(&mut pair);
            }
        }
    });
    let kinds = kinds.into_inner();
    println!("{kinds:?}");
    for kind in [
        "Breakpoint",
        "Input",
        "Finished",
        "operands",
        "overflow",
        "division",
        "unassigned",
        "flag",
        "frame",
        "index",
        "Limit(Memory)",
        "Limit(Parameters)",
        "Limit(Calls)",
        "Limit(Text)",
        "Limit(Output)",
        "Missing",
    ] {
        assert!(kinds.keys().any(|seen| seen.contains(kind)), "no {kind}");
    }
}

/// Fixes causes until the instruction can run. The counter must stay there, and then one instruction
/// retires.
fn resume(pair: &mut Pair) {
    let at = pair.machine.task().counter();
    for _ in 0..6 {
        let Some(halt) = pair.model.waits() else { break };
        assert_eq!(pair.machine.task().counter(), at);
        let retired = pair.machine.retired();
        let commands = match halt {
            Halt::Breakpoint => vec![Command::Write(at, line("label:mended"))],
            Halt::Finished => vec![Command::Insert(at, line("label:mended"))],
            Halt::Missing(name) => vec![Command::Define(vec![(name, line("end"))])],
            Halt::Input => vec![Command::GiveInput("given\n".to_string())],
            Halt::Limit(kind) => vec![Command::SetLimit(kind, kind.maximum())],
            Halt::Fault(_) => cure(&pair.model),
            Halt::Exit(_) | Halt::Blocked | Halt::Deadlock => {
                vec![Command::Replace(at, line("label:mended"))]
            }
        };
        for command in commands {
            assert!(pair.apply(&command), "{command:?}");
        }
        assert_eq!(pair.machine.retired(), retired, "fixing the cause runs nothing");
    }
    assert_eq!(pair.model.waits(), None);
    let retired = pair.machine.retired();
    pair.apply(&Command::Run(1));
    assert_eq!(pair.machine.retired(), retired + 1);
}

/// Law 5, for the machine alone: a copy and the same commands lead to the same machine, at every point
/// between two commands and within a run. The model keeps every state to compare with.
#[test]
fn a_position_visited_twice_is_the_same_machine() {
    check(300, &story(30), |(seed, gestures)| {
        let mut pair = Pair::new(seed);
        let mut choices = Choices::new(seed);
        let mut journal = Vec::new();
        let mut states = vec![pair.model.clone()];
        let mut copies = vec![(0, pair.machine.clone())];
        for gesture_seed in gestures {
            for command in gesture(gesture_seed, &pair.model) {
                pair.apply(&command);
                journal.push(command);
                states.push(pair.model.clone());
            }
            if choices.one_in(5) {
                copies.push((journal.len(), pair.machine.clone()));
            }
        }
        for _ in 0..6 {
            let (from, copy) = &copies[choices.below(copies.len())];
            let to = from + choices.below(journal.len() - from + 1);
            let mut again = copy.clone();
            for command in &journal[*from..to] {
                command.apply(&mut again);
            }
            assert_same(&again, &states[to]);
            if let Some(Command::Run(fuel)) = journal.get(to) {
                let part = choices.below(*fuel as usize) as u64;
                let mut inside = states[to].clone();
                again.run(part);
                inside.run(part);
                assert_same(&again, &inside);
            }
        }
    });
}

/// A mark on an instruction moves with it, by the shift that each edit returns.
#[test]
fn marks_stay_on_their_instructions() {
    check(600, &story(20), |(seed, gestures)| {
        let mut m = machine(seed, false);
        for gesture_seed in gestures {
            let mut choices = Choices::new(gesture_seed);
            let bodies: Vec<_> = m.memory().code_bodies().map(|(number, _)| number).collect();
            let body = choices.of(&bodies);
            let used = m.memory().code(body).unwrap().used().len();
            let at = Place::new(body, choices.below(used + 2) as u32);
            let words = choices.of(&["label:a", "1 2 +", "label:a · label:b", "[ 1 ] 2"]);
            let before = listing(&m);
            let filled = m.instruction(at);
            let shift = match choices.below(4) {
                0 => m.write(at, &line(words)),
                1 => m.insert(at, &line(words)),
                2 => m.delete(at, 1 + choices.below(5) as u32),
                _ => m.replace(at, &Fragment::line(vec![filled])),
            };
            let shift = shift.unwrap();
            let deleted = if let Some(Shift::Deleted { count, .. }) = shift { count } else { 0 };
            for (place, instruction) in before {
                match shift.map_or(Some(place), |shift| shift.mark(place)) {
                    Some(mark) => assert_eq!(m.instruction(mark), instruction, "{place:?}"),
                    None => {
                        assert!(place.body == at.body && place.offset.since(at.offset) < deleted)
                    }
                }
            }
        }
    });
}

/// Every cell that is not empty.
fn listing(m: &Machine) -> Vec<(Place, Instruction)> {
    let cells = m.memory().code_bodies().flat_map(|(number, body)| {
        (0..body.used().len() as u32).map(move |offset| Place::new(number, offset))
    });
    let listed = cells.map(|place| (place, m.instruction(place)));
    listed.filter(|(_, instruction)| *instruction != Instruction::Breakpoint).collect()
}
