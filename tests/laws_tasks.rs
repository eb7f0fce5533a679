//! The laws of the machine for programs with several tasks: random programs, random gestures, and seven
//! lengths of turns. They are compared with the model of `oracle/`, and with themselves in other pieces.
//!
//! What is hard to get right is who goes on: a machine that changes tasks before it has planned an
//! instruction runs through in the same way, and differs only where it stops. So programs have holes, and
//! most stop with several tasks alive.
//!
//! `tests/mutants/mistakes.txt` lists mistakes that these tests catch.

mod oracle;
mod support;

use std::cell::{Cell as Counter, RefCell};
use std::collections::BTreeMap;

use midflight::program::image::Image;
use midflight::vm::index::TaskId;
use midflight::vm::instruction::{Instruction, Primitive};
use midflight::vm::machine::Machine;
use midflight::vm::memory::Place;
use midflight::vm::stop::Stop;
use oracle::command::{Command, assert_same};
use oracle::crowd::{gesture, help, program};
use oracle::model::{Halt, Model};
use oracle::property::{Pair, check, story};
use oracle::words::line;
use support::choices::Choices;

/// A pair of machine and model with the program of a seed.
fn crowd(seed: u64) -> Pair {
    Pair::with(&program(seed, false, true), seed)
}

/// A machine with the program of a seed.
fn machine(seed: u64) -> Machine {
    let mut machine = Machine::new();
    for command in program(seed, false, true) {
        assert!(command.apply(&mut machine), "{command:?}");
    }
    machine
}

/// How often things happened without which the tests would be worthless.
#[derive(Default)]
struct Tally {
    retired: Counter<u64>,
    stopped_alone: Counter<u64>,
    stopped_among: Counter<u64>,
    executed: RefCell<BTreeMap<Primitive, u64>>,
    halts: RefCell<BTreeMap<String, u64>>,
}

impl Tally {
    fn note(&self, model: &Model) {
        let Some(halt) = model.waits() else { return };
        let alive = model.strands.len() > 1;
        let counter = if alive { &self.stopped_among } else { &self.stopped_alone };
        counter.set(counter.get() + 1);
        *self.halts.borrow_mut().entry(format!("{halt:?}").replace('"', "")).or_insert(0) += 1;
    }

    /// Fails unless programs were alive, and stopped among others more often than alone.
    fn assert_alive(&self, kinds: &[&str]) {
        let (alone, among) = (self.stopped_alone.get(), self.stopped_among.get());
        let halts = self.halts.borrow();
        println!("{} retired, {alone} stops alone, {among} among others", self.retired.get());
        println!("{halts:?}");
        assert!(among > 2 * alone, "{among} stops with several tasks alive, {alone} with one");
        for kind in kinds {
            assert!(halts.keys().any(|seen| seen.contains(kind)), "no {kind}");
        }
    }
}

/// The machine and the model in lockstep. Now and then the machine is serialized and deserialized.
#[test]
fn several_tasks_do_what_the_model_does() {
    let tally = Tally::default();
    check(500, &story(30), |(seed, gestures)| {
        let mut pair = crowd(seed);
        for gesture_seed in gestures {
            for command in gesture(gesture_seed, &pair.model) {
                let retired = pair.model.retired;
                if let Command::Run(fuel) = command {
                    run_counted(&tally, &mut pair, fuel);
                } else {
                    pair.apply(&command);
                }
                tally.retired.set(tally.retired.get() + pair.model.retired - retired);
            }
            tally.note(&pair.model);
            if gesture_seed % 8 == 0 {
                let made = Machine::deserialize(&pair.machine.serialize()).expect("its own parts");
                assert_eq!(made, pair.machine);
                pair.machine = made;
                pair.set_pace();
            }
        }
    });
    let executed = tally.executed.borrow();
    let about_tasks = |name: &str| name.starts_with("task.") || name.starts_with("channel.");
    for primitive in Primitive::ALL.iter().filter(|primitive| about_tasks(primitive.name())) {
        let count = executed.get(primitive).copied().unwrap_or(0);
        println!("{}: {count}", primitive.name());
        assert!(count >= 30, "{} is executed {count} times", primitive.name());
    }
    tally.assert_alive(&["Deadlock", "Blocked", "Finished", "Exit", "Missing", "Limit(Tasks)"]);
}

/// Runs a pair and counts the instructions that it executes.
fn run_counted(tally: &Tally, pair: &mut Pair, fuel: u64) {
    for _ in 0..fuel {
        let next = pair.machine.next_task().and_then(|task| pair.machine.task_of(task));
        let cell = next.map(|task| pair.machine.instruction(task.counter()));
        if !pair.apply(&Command::Run(1)) {
            return;
        }
        if let Some(Instruction::Primitive(primitive)) = cell {
            *tally.executed.borrow_mut().entry(primitive).or_insert(0) += 1;
        }
    }
}

/// Runs in pieces of random lengths.
fn in_pieces(machine: &mut Machine, fuel: u64, c: &mut Choices) -> Stop {
    let mut left = fuel;
    loop {
        let piece = (1 + c.count(60)).min(left);
        let stop = machine.run(piece);
        left -= piece;
        if stop != Stop::OutOfFuel || left == 0 {
            return stop;
        }
    }
}

fn in_steps(machine: &mut Machine, fuel: u64) -> Stop {
    let refused = (0..fuel).find_map(|_| machine.step().err());
    refused.or_else(|| machine.waits()).unwrap_or(Stop::OutOfFuel)
}

/// Law 2. A whole run is the sum of any pieces, and of its single instructions: the same output, counts,
/// turns, strands and stacks, the same stop, and the same bytes when it is saved.
#[test]
fn whole_runs_are_pieces_and_steps() {
    let (slices, most) = (Counter::new(0), Counter::new(0));
    let stops = RefCell::new(BTreeMap::new());
    check(1_200, &story(6), |(seed, parts)| {
        let mut whole = machine(seed);
        let (mut pieces, mut steps) = (whole.clone(), whole.clone());
        for part in parts {
            let mut c = Choices::new(part);
            let fuel = c.of(&[1, 3, 12, 40, 200, 900, 2_500]) + c.count(30);
            let stop = whole.run(fuel);
            assert_eq!(in_pieces(&mut pieces, fuel, &mut c), stop);
            assert_eq!(in_steps(&mut steps, fuel), stop);
            assert!(whole == pieces && whole == steps, "they differ");
            assert_eq!(whole.serialize(), steps.serialize());
            slices.set(slices.get() + 1);
            most.set(most.get().max(whole.tasks().len()));
            *stops.borrow_mut().entry(stop.word()).or_insert(0) += 1;
            let commands = match whole.stopped() {
                Some((task, stop)) => mended(&mut c, &whole, task, &stop),
                None => vec![Command::Quantum(c.of(&[1, 2, 3, 7, 10, 100, 1_000]))],
            };
            for command in commands {
                for machine in [&mut whole, &mut pieces, &mut steps] {
                    command.apply(machine);
                }
            }
        }
        let file = |machine: Machine| Image::new(machine).to_file_text();
        let saved = file(whole);
        assert!(saved == file(pieces) && saved == file(steps), "they are saved differently");
    });
    let stops = stops.into_inner();
    println!("{} slices, up to {} tasks, {stops:?}", slices.get(), most.get());
    assert!(most.get() > 20 && stops.len() > 7, "{stops:?}");
}

/// What lets a machine go on that stopped, to the task that it stopped for.
fn mended(c: &mut Choices, machine: &Machine, task: TaskId, stop: &Stop) -> Vec<Command> {
    let at = machine.task_of(task).expect("it stands there").counter();
    let turn = Command::Turn(task.0, false);
    let filled = ["1", "label:mended", "task.pause", "0 &p task.spawn set:t", "drop", "end"];
    let here = Command::Replace(at, line(c.of(&filled)));
    match stop {
        Stop::NotYetImplemented(name) => {
            vec![turn, Command::Define(vec![(name.clone(), line("1 drop end"))])]
        }
        Stop::Input => vec![Command::GiveInput("given\n".to_string())],
        Stop::Limit(kind) => vec![Command::SetLimit(*kind, kind.maximum())],
        Stop::Breakpoint
        | Stop::Fault(_)
        | Stop::OutOfFuel
        | Stop::Finished
        | Stop::Exit(_)
        | Stop::Blocked(_)
        | Stop::Deadlock(_) => vec![turn, here],
    }
}

/// Law 3. Where nobody can go on, running changes nothing at all; not whose turn it is, either. Once the
/// cause is fixed, that instruction is the next.
#[test]
fn a_stop_among_several_tasks_is_precise() {
    let tally = Tally::default();
    check(400, &story(10), |(seed, gestures)| {
        let mut pair = crowd(seed);
        for gesture_seed in gestures {
            for command in gesture(gesture_seed, &pair.model) {
                pair.apply(&command);
            }
            pair.apply(&Command::Run(60));
            let Some(halt) = pair.model.waits() else { continue };
            tally.note(&pair.model);
            let before = pair.machine.clone();
            let (stop, saved) = (pair.machine.waits(), pair.machine.serialize());
            assert_eq!(pair.machine.step().err(), stop);
            assert_eq!(Some(pair.machine.run(1)), stop);
            assert_eq!(Some(pair.machine.run(300)), stop);
            assert_eq!(pair.machine, before);
            assert_eq!(pair.machine.serialize(), saved);
            assert_eq!(pair.machine.next_task(), None);
            if let Some(task) = pair.model.stopped() {
                assert_eq!(pair.machine.stopped(), stop.map(|stop| (TaskId(task), stop)));
                fix(&mut pair, task, &halt);
            }
        }
    });
    tally.assert_alive(&[
        "Breakpoint",
        "Input",
        "Finished",
        "Deadlock",
        "Blocked",
        "Exit",
        "Missing",
        "division",
        "operands",
        "resumer",
        "rests",
        "close",
        "count",
        "turns",
        "channel",
        "home",
        "Limit(Tasks)",
        "Limit(Parameters)",
        "Limit(Calls)",
        "Limit(Memory)",
    ]);
}

/// Fixes what a task waits for. Nothing runs by that; then that task goes on first.
fn fix(pair: &mut Pair, task: u64, halt: &Halt) {
    let Some(commands) = cause(pair, task, halt) else { return };
    let retired = pair.machine.retired();
    for command in commands {
        assert!(pair.apply(&command), "{command:?}");
    }
    assert_eq!(pair.machine.retired(), retired, "fixing the cause runs nothing");
    // Other tasks may wait for the same.
    if pair.model.waits().is_some() {
        return;
    }
    let strand = &pair.model.strands[pair.model.round];
    if strand.share > 0 && strand.wake <= pair.model.clock() {
        assert_eq!(pair.machine.next_task(), Some(TaskId(task)));
    }
    assert!(pair.apply(&Command::Run(1)));
}

fn cause(pair: &Pair, task: u64, halt: &Halt) -> Option<Vec<Command>> {
    let turn = Command::Turn(task, pair.model.alone);
    let at = pair.model.threads()[&task].counter;
    let mended = Command::Replace(at, line("label:mended"));
    let give = |halt: &Halt| match halt {
        Halt::Breakpoint | Halt::Fault(_) => Some(mended),
        Halt::Input => Some(Command::GiveInput("given\n".to_string())),
        Halt::Limit(kind) => Some(Command::SetLimit(*kind, kind.maximum())),
        Halt::Missing(name) => Some(Command::Define(vec![(name.clone(), line("end"))])),
        Halt::Finished | Halt::Exit(_) | Halt::Blocked | Halt::Deadlock => None,
    };
    // The turn begins first: a fault may be at a place that others share.
    Some(vec![turn, give(halt)?])
}

/// Law 5, for the machine alone: a copy and the same commands lead to the same machine.
#[test]
fn a_crowd_visited_twice_is_the_same_crowd() {
    check(200, &story(24), |(seed, gestures)| {
        let mut pair = crowd(seed);
        let mut c = Choices::new(seed);
        let (mut journal, mut copies) = (Vec::new(), vec![(0, pair.machine.clone())]);
        let mut states = vec![pair.model.clone()];
        for gesture_seed in gestures {
            for command in gesture(gesture_seed, &pair.model) {
                pair.apply(&command);
                journal.push(command);
                states.push(pair.model.clone());
            }
            if c.one_in(5) {
                copies.push((journal.len(), pair.machine.clone()));
            }
        }
        for _ in 0..5 {
            let (from, copy) = &copies[c.below(copies.len())];
            let to = from + c.below(journal.len() - from + 1);
            let mut again = copy.clone();
            for command in &journal[*from..to] {
                command.apply(&mut again);
            }
            assert_same(&again, &states[to]);
            if let Some(Command::Run(fuel)) = journal.get(to) {
                let part = c.count(*fuel);
                let mut inside = states[to].clone();
                again.run(part);
                inside.run(part);
                assert_same(&again, &inside);
            }
        }
    });
}

/// A crowd that was saved and loaded anywhere goes on as one that was not: the same machine, the same bytes.
#[test]
fn a_crowd_that_was_saved_goes_on_as_if_it_was_not() {
    let among = Counter::new(0);
    check(400, &story(8), |(seed, gestures)| {
        let mut pair = crowd(seed);
        let mut loaded = pair.machine.clone();
        for gesture_seed in gestures {
            let commands = match gesture_seed % 3 {
                0 => gesture(gesture_seed, &pair.model),
                _ => help(&mut Choices::new(gesture_seed), &pair.model),
            };
            for command in commands.into_iter().chain([Command::Run(gesture_seed % 90)]) {
                pair.apply(&command);
                command.apply(&mut loaded);
            }
            let text = Image::new(pair.machine.clone()).to_file_text();
            assert_eq!(Image::new(loaded).to_file_text(), text);
            let image = Image::from_file_text(&text).unwrap_or_else(|no| panic!("{no}\n{text}"));
            loaded = image.machine;
            // How often it collects is not in files.
            let least = pair.model.least;
            if least < 100 {
                loaded.collect_often(least, 1 + least % 5);
            }
            assert!(loaded == pair.machine, "another machine was loaded from {text}");
            among.set(among.get() + u64::from(pair.model.strands.len() > 1));
        }
    });
    assert!(among.get() > 1_000, "{}", among.get());
}

/// A task that nobody shares anything with leaves what it leaves alone, whatever the turns are, and whatever
/// others wait for in the meantime. So holes that are filled late change the results of none.
#[test]
fn tasks_that_share_nothing_leave_the_same_under_every_schedule() {
    const WORK: [&str; 6] = [
        "assign:n pick:n 1 [ pick:n 2 * end ] call + end",
        "assign:n 0 pick:n 1+ [ 2 + end ] times end",
        "f end",
        "hole end",
        "assign:n [ pick:n 1 task.yield drop pick:n 1+ end ] task.new assign:c 0 pick:c task.resume 2drop \
         0 pick:c task.resume 2drop end",
        "100 task.sleep hole hole + end",
    ];
    check(300, &story(1), |(seed, _)| {
        let mut c = Choices::new(seed);
        let list: Vec<String> = (0..4).map(|_| c.of(&WORK).to_string()).collect();
        let calls: Vec<String> = (0..4).map(|n| format!("{} 1 &w{n} task.spawn", 1 + n)).collect();
        let main = format!(
            "{} assign:d assign:c assign:b assign:a \
             pick:a task.join pick:b task.join pick:c task.join pick:d task.join",
            calls.join(" ")
        );
        let mut results = Vec::new();
        for quantum in [1, 2, 3, 7, 10, 100, 1_000] {
            for early in [false, true] {
                let mut machine = Machine::new();
                let mut functions: Vec<(String, _)> =
                    (0..4).map(|n| (format!("w{n}"), line(&list[n]))).collect();
                functions.push((
                    "f".to_string(),
                    line("assign:n pick:n 2 < [ 1 return end ] if pick:n 1- f pick:n * end"),
                ));
                let hole = Command::Define(vec![("hole".to_string(), line("1 + 7 end"))]);
                assert!(Command::Define(functions).apply(&mut machine));
                assert!(Command::Quantum(quantum).apply(&mut machine));
                assert!(Command::Write(Place::new(0, 0), line(&main)).apply(&mut machine));
                if early {
                    hole.apply(&mut machine);
                }
                let mut stop = machine.run(10_000);
                if stop == Stop::NotYetImplemented("hole".to_string()) {
                    assert!(!early);
                    hole.apply(&mut machine);
                    stop = machine.run(10_000);
                }
                let stack: Vec<String> = machine
                    .task_of(TaskId(0))
                    .unwrap()
                    .parameters()
                    .iter()
                    .map(|&v| machine.show(v))
                    .collect();
                results.push((stop, stack, machine.retired()));
            }
        }
        let first = &results[0];
        assert!(results.iter().all(|result| result == first), "{results:?}");
    });
}

/// Everything of the tasks but the numbers of their frames.
fn without_frames(machine: &Machine) -> Vec<String> {
    let tasks = machine.tasks().map(|task| {
        let calls: Vec<_> = task.calls().activations().collect();
        let calls = calls.iter().map(|entry| (entry.body, entry.again, entry.returns_to));
        let calls: Vec<_> = calls.collect();
        let values = task.parameters().iter().map(|&value| machine.show(value));
        let values: Vec<String> =
            values.map(|text| text.split('/').next().unwrap_or("").to_string()).collect();
        format!("{} {:?} {:?} {calls:?} {values:?}", task.number(), task.state(), task.counter())
    });
    tasks.chain([machine.output().to_string(), machine.retired().to_string()]).collect()
}

/// Workers that call functions, hand blocks to themselves and run beside tasks made of blocks.
const WORKER: &str = "assign:n [ pick:n 1+ end ] assign:w \
    12 [ pick:w call drop task.pause pick:n helper drop pick:g 0 swap task.resume 2drop drop end ] times \
    pick:w end";

/// When the numbers of frames are used up, those of all tasks are given anew, and nobody can tell.
#[test]
fn frames_of_all_tasks_are_numbered_anew() {
    let generator = "assign:k 99 [ [ pick:k end ] call 1 task.yield drop end ] times end";
    let worker = WORKER.replace("assign:w ", "assign:w pick:n &counts task.new assign:g drop ");
    let worker = worker.replace("pick:g 0 swap", "pick:n 1 pick:g");
    let functions = [
        ("helper", "assign:k [ pick:k end ] call end"),
        ("counts", generator),
        ("worker", &*worker),
    ];
    let main = "1 1 &worker task.spawn set:a 2 1 &worker task.spawn set:b \
                0 [ 6 [ 5 worker drop task.pause end ] times 7 end ] task.spawn set:c \
                get:a task.join get:b task.join get:c task.join";
    for quantum in [1, 2, 3, 7, 10, 100, 1_000] {
        let mut plain = oracle::words::machine(&functions, main);
        assert!(Command::Quantum(quantum).apply(&mut plain));
        let mut bounded = plain.clone();
        bounded.number_frames_up_to(40);
        let mut anew = 0;
        loop {
            let (one, other) = (plain.run(37), in_steps(&mut bounded, 37));
            assert_eq!(one, other);
            assert_eq!(without_frames(&plain), without_frames(&bounded));
            let newest = |machine: &Machine| machine.serialize().newest_frame;
            anew += u32::from(newest(&bounded) != newest(&plain));
            if one != Stop::OutOfFuel {
                assert_eq!(one, Stop::Finished);
                break;
            }
        }
        assert!(anew > 20, "{anew} slices after the first numbers were used up");
    }
}
