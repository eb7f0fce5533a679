//! Checks a property on many random cases, the same in every run.

use std::fmt::Debug;

use midflight::vm::machine::Machine;
use proptest::prelude::*;
use proptest::test_runner::{Config, RngAlgorithm, TestRng, TestRunner};

use super::command::{Command, assert_same};
use super::generate::Writer;
use super::model::{Model, halt};
use crate::support::choices::{self, Choices};

/// Every property starts from this seed, so that a failure is the same everywhere.
const SEED: &[u8; 32] = b"midflight: one seed for all laws";

/// Checks a property on `cases` cases. A case that fails is shrunk and shown.
pub fn check<S: Strategy>(cases: u32, strategy: &S, property: impl Fn(S::Value))
where
    S::Value: Debug,
{
    check_from(SEED, cases, strategy, property);
}

/// The same from another seed.
pub fn check_from<S: Strategy>(
    seed: &[u8; 32],
    cases: u32,
    strategy: &S,
    property: impl Fn(S::Value),
) where
    S::Value: Debug,
{
    let variant = choices::variant();
    let name = String::from_utf8_lossy(seed);
    println!("{cases} cases from the seed {name:?}, PROPTEST_RNG_SEED={variant}");
    let config = Config { cases, failure_persistence: None, ..Config::default() };
    let rng = TestRng::from_seed(RngAlgorithm::ChaCha, &shifted(seed));
    let mut runner = TestRunner::new_with_rng(config, rng);
    let result = runner.run(strategy, |value| {
        property(value);
        Ok(())
    });
    if let Err(error) = result {
        panic!("{error}");
    }
}

/// A seed with its first bytes shifted.
fn shifted(seed: &[u8; 32]) -> [u8; 32] {
    let mut shifted = *seed;
    for (byte, shift) in shifted.iter_mut().zip(choices::shift().to_le_bytes()) {
        *byte ^= shift;
    }
    shifted
}

/// The seed of a program, and the seeds of the gestures after it.
pub fn story(gestures: usize) -> impl Strategy<Value = (u64, Vec<u64>)> {
    (any::<u64>(), prop::collection::vec(any::<u64>(), gestures))
}

/// The program of a seed. A quiet program does no input or output, and has no holes or empty cells.
pub fn program(seed: u64, quiet: bool) -> Vec<Command> {
    Writer { choices: &mut Choices::new(seed), quiet }.program()
}

/// A machine with the program of a seed.
pub fn machine(seed: u64, quiet: bool) -> Machine {
    let mut machine = Machine::new();
    for command in program(seed, quiet) {
        assert!(command.apply(&mut machine), "{command:?}");
    }
    machine
}

/// The machine and the model, which get the same commands.
#[derive(Clone)]
pub struct Pair {
    pub machine: Machine,
    pub model: Model,
}

impl Pair {
    pub fn new(seed: u64) -> Pair {
        Pair::with(&program(seed, false), seed)
    }

    /// A pair that is given a program. The seed says how often it collects.
    pub fn with(program: &[Command], seed: u64) -> Pair {
        let mut pair = Pair { machine: Machine::new(), model: Model::new() };
        // Most machines collect after a few cells, and look at few in a step.
        if !seed.is_multiple_of(4) {
            pair.model.least = seed % 13;
            pair.set_pace();
        }
        for command in program {
            pair.apply(command);
        }
        pair
    }

    /// Lets the machine collect as often as the model does. Files do not hold that.
    pub fn set_pace(&mut self) {
        let least = self.model.least;
        if least < 100 {
            self.machine.collect_often(least, 1 + least % 5);
        }
    }

    /// Applies a command to both and returns whether it was accepted; for a run, whether anything ran.
    pub fn apply(&mut self, command: &Command) -> bool {
        if let Command::Run(fuel) = command {
            return self.run(*fuel) > 0;
        }
        let done = command.apply(&mut self.machine);
        assert_eq!(
            done,
            command.tell(&mut self.model),
            "accepted by only one of them: {command:?}"
        );
        assert_same(&self.machine, &self.model);
        done
    }

    /// Runs both in lockstep until they stop, and returns how many instructions retired.
    fn run(&mut self, fuel: u64) -> u64 {
        let before = self.model.retired;
        for _ in 0..fuel {
            let at = self.machine.task().counter();
            let instruction = self.machine.instruction(at);
            let (real, told) = (self.machine.step(), self.model.step());
            assert_eq!(real.as_ref().err().and_then(halt), told.err());
            let current = self.machine.task_of(self.machine.current()).expect("it is not over");
            let place = (current.number().0, current.counter());
            let told = (self.model.current, self.model.counter);
            assert_eq!(place, told, "after {instruction:?} at {at:?}");
            assert_eq!(current.parameters().len(), self.model.stack.len());
            let growth = self.machine.settled().growth();
            assert_eq!(
                growth,
                self.model.growth,
                "{instruction:?} {:?} {} {}",
                self.model.limits,
                self.model.least,
                self.machine.is_collecting()
            );
            if real.is_err() {
                break;
            }
        }
        assert_same(&self.machine, &self.model);
        self.model.retired - before
    }
}
