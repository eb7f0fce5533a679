//! The laws of the machine, on random programs with random edits in between.

mod oracle;

use midflight::vm::machine::Machine;
use midflight::vm::stop::Stop;
use oracle::command::{Command, assert_same};
use oracle::generate::{Choices, Writer, gesture};
use oracle::model::{Model, halt};
use proptest::prelude::*;
use proptest::test_runner::{Config, RngAlgorithm, TestRng, TestRunner};

/// Every property starts from this seed, so that a failure is the same failure everywhere.
const SEED: [u8; 32] = *b"midflight: one seed for all laws";

/// Runs a property on so many cases; a failure is shrunk and printed with the seed.
fn check<S: Strategy>(cases: u32, strategy: &S, property: impl Fn(S::Value)) {
    println!("seed {:?}, {cases} cases", std::str::from_utf8(&SEED).unwrap());
    let config = Config { cases, failure_persistence: None, ..Config::default() };
    let rng = TestRng::from_seed(RngAlgorithm::ChaCha, &SEED);
    let mut runner = TestRunner::new_with_rng(config, rng);
    let result = runner.run(strategy, |value| {
        property(value);
        Ok(())
    });
    if let Err(error) = result {
        panic!("{error}\nseed {SEED:?}");
    }
}

/// A program, and gestures after it.
fn story(gestures: usize) -> impl Strategy<Value = (u64, Vec<u64>)> {
    (any::<u64>(), prop::collection::vec(any::<u64>(), gestures))
}

fn program(seed: u64) -> Vec<Command> {
    Writer { choices: &mut Choices(seed), quiet: false }.program()
}

/// The machine and the model, told the same.
struct Pair {
    machine: Machine,
    model: Model,
}

impl Pair {
    fn new(seed: u64) -> Pair {
        let mut pair = Pair { machine: Machine::new(), model: Model::new() };
        for command in program(seed) {
            pair.apply(&command);
        }
        pair
    }

    fn apply(&mut self, command: &Command) {
        let same = match command {
            Command::Run(fuel) => return self.run(*fuel),
            _ => command.apply(&mut self.machine) == command.tell(&mut self.model),
        };
        assert!(same, "done by one and refused by the other: {command:?}");
        assert_same(&self.machine, &self.model);
    }

    /// In lockstep, until it stops.
    fn run(&mut self, fuel: u64) {
        for _ in 0..fuel {
            let real = self.machine.step();
            let told = self.model.step();
            assert_eq!(real.as_ref().err().and_then(halt), told.err());
            assert_eq!(self.machine.task().counter(), self.model.counter);
            assert_eq!(self.machine.task().parameters().len(), self.model.stack.len());
            if real.is_err() {
                break;
            }
        }
        assert_same(&self.machine, &self.model);
    }
}

#[test]
fn the_machine_does_what_the_model_does() {
    check(2500, &story(40), |(seed, gestures)| {
        let mut pair = Pair::new(seed);
        for gesture_seed in gestures {
            for command in gesture(gesture_seed, &pair.model) {
                pair.apply(&command);
            }
        }
        let _ = Stop::Finished;
    });
}
