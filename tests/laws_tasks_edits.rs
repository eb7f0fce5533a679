//! Law 8 for programs with several tasks: an edit reaches everyone it can, in whatever task.
//!
//! As in laws_edits.rs, a program that is edited while it is alive must end up like the one that had the
//! edit from the start. What was inserted is executed and so takes time; so no program here sleeps, and turns
//! end only where a task pauses, waits or ends.

mod oracle;
mod support;

use std::cell::Cell as Counter;
use std::collections::BTreeMap;

use midflight::vm::index::{Offset, TaskId};
use midflight::vm::instruction::Fragment;
use midflight::vm::machine::Machine;
use midflight::vm::memory::Place;
use midflight::vm::serialized::Serialized;
use midflight::vm::stop::Stop;
use midflight::vm::task::Task;
use oracle::command::Command;
use oracle::crowd;
use oracle::property::{check, story};
use oracle::words::line;
use support::choices::Choices;

/// No turn ends by itself.
const QUANTUM: u64 = 1 << 40;

fn program(seed: u64) -> Machine {
    let mut machine = Machine::new();
    for command in crowd::program(seed, true, false) {
        assert!(command.apply(&mut machine), "{command:?}");
    }
    assert!(Command::Quantum(QUANTUM).apply(&mut machine));
    machine
}

/// A machine and the places of the inserted cells in it.
#[derive(Clone)]
struct Edited {
    machine: Machine,
    marks: Vec<Place>,
    /// Where tasks stand that could not go on when they stood there first.
    stuck: BTreeMap<TaskId, Place>,
}

impl Edited {
    fn new(machine: Machine) -> Edited {
        Edited { machine, marks: Vec::new(), stuck: BTreeMap::new() }
    }

    fn insert(&mut self, at: Place, words: &Fragment) {
        let shift = self.machine.insert(at, words).unwrap().expect("cells are inserted");
        self.marks = self.marks.iter().filter_map(|&mark| shift.mark(mark)).collect();
        let inserted = (0..words.bodies[0].len() as u32).map(|n| at.offset.plus(n));
        self.marks.extend(inserted.map(|offset| Place::new(at.body, offset)));
    }

    /// Deletes all that was inserted.
    fn delete(&mut self) {
        while let Some(mark) = self.marks.pop() {
            let shift = self.machine.delete(mark, 1).unwrap().expect("a cell is deleted");
            self.marks = self.marks.iter().filter_map(|&mark| shift.mark(mark)).collect();
        }
    }

    /// Whether the next instruction, in whatever task, was inserted.
    fn is_on_mark(&self) -> bool {
        let next = self.machine.next_task().and_then(|task| self.machine.task_of(task));
        next.is_some_and(|task| self.marks.contains(&task.counter()))
    }

    /// Executes up to `steps` instructions that were not inserted, and returns how many ran.
    fn run(&mut self, steps: u64) -> u64 {
        let mut done = 0;
        while done < steps {
            let counts = !self.is_on_mark();
            self.note_stuck();
            if self.machine.step().is_err() {
                break;
            }
            done += u64::from(counts);
        }
        done
    }

    fn note_stuck(&mut self) {
        let machine = &self.machine;
        let counter = |task| machine.task_of(task).map(|task| task.counter());
        self.stuck.retain(|&task, at| counter(task) == Some(*at));
        for (task, _) in machine.waiting() {
            self.stuck.insert(task, counter(task).expect("it is not over"));
        }
    }

    /// Executes inserted instructions until another one is next.
    fn settle(&mut self) {
        while self.is_on_mark() {
            self.machine.step().unwrap();
        }
    }

    /// Everything, without what may differ.
    fn state(&self) -> Serialized {
        let mut parts = self.machine.serialize();
        parts.retired = 0;
        let turn = &mut parts.schedule.turn;
        *turn = if *turn < QUANTUM { 0 } else { QUANTUM };
        parts.code.iter_mut().for_each(|body| body.start = 0);
        parts.data.iter_mut().for_each(|body| body.start = 0);
        parts.free_space = None;
        parts
    }
}

/// A place at or next to a saved position of any task, or at the start of any body.
fn place(choices: &mut Choices, machine: &Machine) -> Place {
    let mut places = Vec::new();
    for task in machine.tasks() {
        places.push(task.counter());
        places.extend(task.calls().activations().filter_map(|entry| entry.returns_to));
    }
    if choices.one_in(3) {
        let bodies = machine.memory().code_bodies();
        places = bodies.map(|(number, _)| Place::new(number, choices.below(9) as u32)).collect();
    }
    let near = choices.of(&places);
    let used = machine.memory().code(near.body).unwrap().used().len() as u32;
    let Offset(offset) = near.offset;
    let offset = choices.of(&[offset, offset, offset + 1, offset.saturating_sub(1)]);
    Place::new(near.body, offset.min(used))
}

/// A place in any body but main.
fn anywhere(choices: &mut Choices, machine: &Machine) -> Place {
    let bodies: Vec<_> = machine.memory().code_bodies().skip(1).collect();
    let (number, body) = bodies[choices.below(bodies.len())];
    Place::new(number, choices.below(body.used().len() + 1) as u32)
}

fn harmless(choices: &mut Choices) -> Fragment {
    line(choices.of(&["label:new", "\"new\" drop", "label:new \"new\" drop label:new"]))
}

#[test]
fn inserting_among_live_tasks_is_having_had_it_from_the_start() {
    let alive = Counter::new(0);
    check(3_000, &story(4), |(seed, edits)| {
        let mut edited = Edited::new(program(seed));
        let mut done = Vec::new();
        let mut steps = 0;
        for edit in edits {
            let mut choices = Choices::new(edit);
            steps += edited.run(choices.below(40) as u64);
            let (at, words) = (place(&mut choices, &edited.machine), harmless(&mut choices));
            // Who waits for another and finds something to do there does it when the turn comes, not before.
            edited.note_stuck();
            if edited.stuck.values().any(|&place| place == at) {
                continue;
            }
            let begun = |task: &Task| task.counter().offset > Offset(0);
            let several = edited.machine.tasks().filter(|&task| begun(task)).count() > 1;
            alive.set(alive.get() + u32::from(several));
            edited.insert(at, &words);
            done.push((at, words));
        }
        let mut had = Edited::new(program(seed));
        for (at, words) in &done {
            had.insert(*at, words);
        }
        assert_eq!(had.run(steps), steps);
        for rest in [0, 1, 10, 300] {
            assert_eq!(edited.run(rest), had.run(rest));
            edited.settle();
            had.settle();
            assert_eq!(edited.state(), had.state(), "{rest} later");
            assert_eq!(edited.machine.waits(), had.machine.waits());
        }
    });
    assert!(alive.get() > 4_000, "{} edits with several tasks begun", alive.get());
}

#[test]
fn deleting_among_live_tasks_is_never_having_had_it() {
    check(2_000, &story(3), |(seed, edits)| {
        let mut edited = Edited::new(program(seed));
        let mut choices = Choices::new(seed);
        for edit in edits {
            let mut choices = Choices::new(edit);
            let (at, words) = (place(&mut choices, &edited.machine), harmless(&mut choices));
            edited.insert(at, &words);
        }
        let steps = edited.run(choices.below(120) as u64);
        edited.delete();
        let mut plain = Edited::new(program(seed));
        assert_eq!(plain.run(steps), steps);
        for rest in [0, 1, 300] {
            assert_eq!(edited.run(rest), plain.run(rest));
            assert_eq!(edited.state(), plain.state(), "{rest} later");
        }
    });
}

#[test]
fn defining_before_anybody_waits_for_it_is_having_had_it_from_the_start() {
    let late = Counter::new(0);
    check(1_500, &story(2), |(seed, holes)| {
        let with_holes = || {
            let mut machine = program(seed);
            for hole in &holes {
                let mut choices = Choices::new(*hole);
                let at = anywhere(&mut choices, &machine);
                machine.insert(at, &line("z")).unwrap();
            }
            machine
        };
        let define = Command::Define(vec![("z".to_string(), line("label:there end"))]);
        let mut live = Edited::new(with_holes());
        let steps = live.run(Choices::new(seed).count(100));
        let stop = Stop::NotYetImplemented("z".to_string());
        if live.machine.waiting().iter().any(|(_, other)| *other == stop) {
            return;
        }
        assert!(define.apply(&mut live.machine));
        let mut had = Edited::new(with_holes());
        assert!(define.apply(&mut had.machine));
        assert_eq!(had.run(steps), steps);
        late.set(late.get() + u32::from(live.machine.tasks().len() > 2));
        for rest in [0, 1, 300] {
            assert_eq!(live.run(rest), had.run(rest));
            assert_eq!(live.state(), had.state(), "{rest} later");
        }
    });
    assert!(late.get() > 500, "{}", late.get());
}

/// A program in which three tasks are in the same function at once, at different depths.
const SHARED: &str =
    "assign:i pick:i 3 < [ 1 return end ] if pick:i 2 - fib task.pause pick:i 1- fib + return";

fn fibs() -> Machine {
    let mut machine = oracle::words::machine(
        &[("fib", SHARED)],
        "4 1 &fib task.spawn set:a 5 1 &fib task.spawn set:b 3 fib get:b task.join get:a task.join",
    );
    assert!(Command::Quantum(7).apply(&mut machine));
    machine
}

/// Stops after every instruction and edits at every place: every later pass of every task prints, and no
/// earlier one.
#[test]
fn every_later_pass_of_every_task_executes_it() {
    let print = line("\"x\" print");
    let places: Vec<Place> = {
        let machine = fibs();
        let bodies = machine.memory().code_bodies();
        let of =
            |(number, used): (_, usize)| (0..used as u32).map(move |at| Place::new(number, at));
        bodies.map(|(number, body)| (number, body.used().len())).flat_map(of).collect()
    };
    for at in places {
        // How often each step of the plain program stands before the place is how often the text is printed.
        let mut passes = Vec::new();
        let mut plain = fibs();
        loop {
            let next = plain.next_task().and_then(|task| plain.task_of(task));
            passes.push(u32::from(next.is_some_and(|task| task.counter() == at)));
            if plain.step().is_err() {
                break;
            }
        }
        assert_eq!(plain.waits(), Some(Stop::Finished));
        let mut live = fibs();
        for step in 0..passes.len() {
            let mut edited = live.clone();
            edited.insert(at, &print).unwrap();
            assert_eq!(edited.run(99_999), Stop::Finished);
            let later: u32 = passes[step..].iter().sum();
            assert_eq!(edited.output().len() as u32, later, "at {at:?} after {step}");
            assert_eq!(oracle::words::stack(&edited), "2 5 1 3 1");
            let _ = live.step();
        }
    }
}
