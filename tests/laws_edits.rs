//! Law 8: an edit reaches everyone it can.
//!
//! A program runs, is edited while it is alive, and continues. It must end up like the same program that
//! had the edit from the start and ran equally far, not counting the inserted instructions. These are
//! harmless (a label, or a text pushed and dropped), so everything but the count of retired instructions
//! must be the same. An activation at or before the edited place has executed them or will; one that has
//! passed it is past it in both programs; and no stack shows a difference. Addresses are not compared:
//! bodies that grow at another time get other places.

mod oracle;
mod support;

use midflight::vm::index::Offset;
use midflight::vm::instruction::Fragment;
use midflight::vm::machine::Machine;
use midflight::vm::memory::Place;
use midflight::vm::serialized::Serialized;
use midflight::vm::stop::Stop;
use oracle::property::{check, machine as program, story};
use oracle::words::{line, machine};
use support::choices::Choices;

/// A machine and the places of the inserted cells in it.
#[derive(Clone)]
struct Edited {
    machine: Machine,
    marks: Vec<Place>,
}

impl Edited {
    fn new(machine: Machine) -> Edited {
        Edited { machine, marks: Vec::new() }
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

    fn is_on_mark(&self) -> bool {
        self.marks.contains(&self.machine.task().counter())
    }

    /// Executes up to `steps` instructions that were not inserted, and returns how many ran.
    fn run(&mut self, steps: u64) -> u64 {
        let mut done = 0;
        while done < steps {
            let counts = !self.is_on_mark();
            if self.machine.step().is_err() {
                break;
            }
            done += u64::from(counts);
        }
        done
    }

    /// Executes inserted instructions until the counter is on another one.
    fn settle(&mut self) {
        while self.is_on_mark() {
            self.machine.step().unwrap();
        }
    }

    /// Everything, without what may differ.
    fn state(&self) -> Serialized {
        let mut parts = self.machine.serialize();
        parts.retired = 0;
        parts.code.iter_mut().for_each(|body| body.start = 0);
        parts.data.iter_mut().for_each(|body| body.start = 0);
        parts
    }
}

/// A place at or next to a saved position, or at the start of any body.
fn place(choices: &mut Choices, machine: &Machine) -> Place {
    let task = machine.task();
    let returns = task.calls().activations().filter_map(|entry| entry.returns_to);
    let mut places: Vec<Place> = returns.chain([task.counter()]).collect();
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

fn harmless(choices: &mut Choices) -> Fragment {
    line(choices.of(&["label:new", "\"new\" drop", "label:new \"new\" drop label:new"]))
}

#[test]
fn inserting_live_is_having_had_it_from_the_start() {
    let alive = std::cell::Cell::new(0);
    check(10_000, &story(4), |(seed, edits)| {
        let mut edited = Edited::new(program(seed, true));
        let mut done = Vec::new();
        let mut steps = 0;
        for edit in edits {
            let mut choices = Choices::new(edit);
            steps += edited.run(choices.below(30) as u64);
            let (at, words) = (place(&mut choices, &edited.machine), harmless(&mut choices));
            alive.set(alive.get() + u32::from(edited.machine.task().calls().depth() >= 3));
            edited.insert(at, &words);
            done.push((at, words));
        }
        let mut had = Edited::new(program(seed, true));
        for (at, words) in &done {
            had.insert(*at, words);
        }
        assert_eq!(had.run(steps), steps);
        for rest in [0, 1, 10, 200] {
            assert_eq!(edited.run(rest), had.run(rest));
            edited.settle();
            had.settle();
            assert_eq!(edited.state(), had.state(), "{rest} later");
            assert_eq!(edited.machine.waits(), had.machine.waits());
        }
    });
    assert!(alive.get() > 10_000, "{} edits under three and more activations", alive.get());
}

#[test]
fn deleting_live_is_never_having_had_it() {
    check(5_000, &story(3), |(seed, edits)| {
        let mut edited = Edited::new(program(seed, true));
        let mut choices = Choices::new(seed);
        for edit in edits {
            let mut choices = Choices::new(edit);
            let (at, words) = (place(&mut choices, &edited.machine), harmless(&mut choices));
            edited.insert(at, &words);
        }
        let steps = edited.run(choices.below(100) as u64);
        edited.delete();
        let mut plain = Edited::new(program(seed, true));
        assert_eq!(plain.run(steps), steps);
        for rest in [0, 1, 200] {
            assert_eq!(edited.run(rest), plain.run(rest));
            assert_eq!(edited.state(), plain.state(), "{rest} later");
        }
    });
}

const FIB: &str = "assign:i pick:i 3 < [ 1 return ] if pick:i 2 - fib pick:i 1 - fib + return";

fn places(machine: &Machine) -> Vec<Place> {
    let bodies = machine.memory().code_bodies().map(|(number, body)| (number, body.used().len()));
    bodies.flat_map(|(body, used)| (0..used as u32).map(move |at| Place::new(body, at))).collect()
}

/// Runs fib of 5, stops after every instruction and edits at every place: passes before the edit do not
/// print, and every later pass does.
#[test]
fn every_later_pass_executes_it() {
    let fresh = || Edited::new(machine(&[("fib", FIB)], "5 fib"));
    let print = line("\"x\" print");
    let mut length = fresh();
    let length = length.run(9_999);
    assert!(length > 100);
    for at in places(&fresh().machine) {
        let mut had = fresh();
        had.insert(at, &print);
        let mut passes = Vec::new();
        for step in 0..=length {
            passes.push(had.machine.output().len());
            assert_eq!(had.run(1), u64::from(step < length));
        }
        assert_eq!(had.machine.waits(), Some(Stop::Finished));
        let all = had.machine.output().len();
        let mut live = fresh();
        for passed in passes {
            let mut edited = live.clone();
            edited.insert(at, &print);
            edited.run(9_999);
            assert_eq!(edited.machine.output().len(), all - passed, "at {at:?}");
            assert_eq!(edited.machine.task().parameters().len(), 1);
            assert_eq!(edited.machine.show_stack(), "5");
            live.run(1);
        }
    }
}

/// Inserts a label at every place after every step, compares everything, and deletes it again.
#[test]
fn fib_edited_anywhere_at_any_time() {
    let fresh = || Edited::new(machine(&[("fib", FIB)], "4 fib"));
    let label = line("label:new");
    for at in places(&fresh().machine) {
        let mut had = fresh();
        had.insert(at, &label);
        let mut live = fresh();
        loop {
            let mut edited = live.clone();
            edited.insert(at, &label);
            assert_eq!(edited.state(), had.state(), "at {at:?}");
            let mut deleted = had.clone();
            deleted.delete();
            assert_eq!(deleted.state(), live.state(), "at {at:?}");
            if had.run(1) + live.run(1) < 2 {
                break;
            }
        }
    }
}
