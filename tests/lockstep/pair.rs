//! The same image twice, run by the fast interpreter and by the stepper.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt::{Debug, Display, Formatter};

use midflight::program::image::Image;
use midflight::session::command;
use midflight::session::load::image_of_program;
use midflight::vm::cell::Content;
use midflight::vm::index::TaskId;
use midflight::vm::instruction::Primitive;
use midflight::vm::memory::Place;
use midflight::vm::run_until::Until;
use midflight::vm::stop::Stop;

use super::edits::{change, mend, near, place};
use crate::support::choices::Choices;

/// The same image twice: the fast interpreter runs one, the stepper the other.
pub struct Pair {
    pub fast: Image,
    pub slow: Image,
    /// A fork of the fast image while one is kept, and what it must equal.
    fork: Option<(Image, Image)>,
    /// How many edits were done.
    pub edits: usize,
    /// How often each instruction was executed.
    pub executed: BTreeMap<Primitive, u64>,
}

impl Pair {
    pub fn new(program: &str) -> Pair {
        let image = image_of_program(program).unwrap_or_else(|no| panic!("{no}\n{program}"));
        Pair { fast: image.clone(), slow: image, fork: None, edits: 0, executed: BTreeMap::new() }
    }

    pub fn check(&self, after: &dyn Debug) {
        let retired = self.slow.machine.retired();
        assert!(self.fast == self.slow, "they differ at {retired}, after {after:?}:\n{self}");
    }

    /// Makes collections frequent, limits low, or neither.
    pub fn prepare(&mut self, c: &mut Choices) {
        if c.one_in(3) {
            let (least, step) = (c.of(&[1, 8, 64]), c.of(&[1, 16, 1 << 16]));
            self.fast.machine.collect_often(least, step);
            self.slow.machine.collect_often(least, step);
        }
        if c.one_in(3) {
            for _ in 0..=c.below(3) {
                let line = near(c, &self.slow.machine);
                self.tell(&line);
            }
        }
        if c.one_in(2) {
            self.tell("give `50\\nüber\\n\\na long line of input, which is no number\\n7`");
        }
    }

    /// Applies the commands of a line to both, and returns whether they were accepted.
    pub fn tell(&mut self, line: &str) -> bool {
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
    pub fn run(&mut self, c: &mut Choices, pauses: usize) -> Stop {
        let mut stop = Stop::OutOfFuel;
        for _ in 0..pauses {
            let fuel = match c.below(5) {
                0 => 1 + c.count(4),
                1 => 1 + c.count(20),
                2 => 1 + c.count(40),
                3 => 1 + c.count(700),
                _ => 1 + c.count(20_000),
            };
            self.share(c);
            stop = match c.below(9) {
                0..=2 => self.pause(c, fuel),
                3 => self.effort(fuel, c.count(400)),
                _ => self.slice(fuel),
            };
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

    pub fn slice(&mut self, fuel: u64) -> Stop {
        let stop = self.fast.machine.run(fuel);
        let steps = (0..fuel).try_for_each(|_| self.step());
        let slow = &self.slow.machine;
        let why = steps.err().or_else(|| slow.waits()).unwrap_or(Stop::OutOfFuel);
        assert_eq!(stop, why);
        self.check(&fuel);
        stop
    }

    /// Runs until some effort was made. Where that is may depend on the slices.
    fn effort(&mut self, fuel: u64, extra: u64) -> Stop {
        self.fast.machine.pause_after(Some(extra));
        let stop = self.fast.machine.run(fuel);
        self.fast.machine.pause_after(None);
        while self.slow.machine.retired() < self.fast.machine.retired() {
            self.step().unwrap_or_else(|stop| panic!("{stop}:\n{self}"));
        }
        assert_eq!(stop, self.slow.machine.waits().unwrap_or(Stop::OutOfFuel));
        self.check(&("effort", fuel));
        stop
    }

    /// One step of the stepper.
    fn step(&mut self) -> Result<(), Stop> {
        let machine = &mut self.slow.machine;
        let next = machine.next_task().and_then(|task| machine.task_of(task));
        let cell = machine.memory().cell(next.unwrap_or(machine.task()).counter());
        machine.step()?;
        if let Content::Primitive(primitive) = cell.content() {
            *self.executed.entry(primitive).or_insert(0) += 1;
        }
        Ok(())
    }

    /// Runs both until a condition holds, several times.
    fn pause(&mut self, c: &mut Choices, fuel: u64) -> Stop {
        let machine = &self.slow.machine;
        let cells: BTreeSet<Place> = (0..c.below(6)).map(|_| place(c, machine)).collect();
        let depth = machine.task().calls().depth();
        let few = |c: &mut Choices| c.below(8) as u32;
        let depths = match c.below(5) {
            0 => 0..=u32::MAX,
            1 => depth.saturating_sub(c.below(3) as u32)..=u32::MAX,
            2 => 0..=depth + c.below(3) as u32,
            3 => depth.saturating_sub(few(c))..=depth + few(c),
            _ => depth.saturating_sub(1)..=depth + 1,
        };
        let tasks: Vec<TaskId> = machine.tasks().map(|task| task.number()).collect();
        let task = if c.one_in(3) { c.of(&tasks) } else { machine.current() };
        let until = match c.below(6) {
            0 => Until::at(&cells),
            _ => Until { cells: &cells, depths, task: Some(task), parks: c.one_in(2) },
        };
        for _ in 0..5 {
            if let Err(stop) = self.until(fuel, &until) {
                return stop;
            }
            // One step further, so that the next run does not pause at once.
            let (fast, slow) = (self.fast.machine.step(), self.slow.machine.step());
            assert_eq!(fast, slow);
            if let Err(stop) = fast {
                return stop;
            }
        }
        Stop::OutOfFuel
    }

    /// Runs both until a condition holds.
    pub fn until(&mut self, fuel: u64, until: &Until<'_>) -> Result<bool, Stop> {
        let fast = self.fast.machine.run_until(fuel, until);
        let mut steps = 0;
        let plain = loop {
            match () {
                () if until.holds(&self.slow.machine) => break Ok(true),
                () if steps == fuel => break Ok(false),
                () => {}
            }
            if let Err(stop) = self.step() {
                break Err(stop);
            }
            steps += 1;
        };
        assert_eq!(fast, plain, "{until:?}");
        self.check(until);
        plain
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
