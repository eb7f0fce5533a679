//! Random programs with several tasks, and gestures for them, each made from a seed.
//!
//! Tasks, channels and data are shared through globals: `t`, `u` and `v` hold tasks, `c` a channel, and `d`
//! data. Much of it cannot go on as it stands: it resumes what runs, sends into what is full, or stands on a
//! hole. That only parks its task, so most programs stop with several tasks alive.

use midflight::vm::instruction::Fragment;
use midflight::vm::memory::Place;

use super::command::Command;
use super::generate::{Writer, adjust, edit, mend, place};
use super::model::{Halt, Model};
use super::words::line;
use crate::support::choices::Choices;

const QUANTA: [u64; 7] = [1, 2, 3, 7, 10, 100, 1_000];
const TASKS: [&str; 5] = ["get:t", "get:t", "get:u", "get:v", "task.self"];
const NAMES: [&str; 3] = ["t", "u", "v"];

/// Lines of words about tasks.
pub struct Crowd<'c> {
    pub choices: &'c mut Choices,
    /// Whether lines must not print, take input, exit, or contain holes or empty cells.
    pub quiet: bool,
    /// Whether what happens may depend on how many instructions others execute.
    pub timed: bool,
}

impl Crowd<'_> {
    fn of(&mut self, list: &[&'static str]) -> &'static str {
        self.choices.of(list)
    }

    fn plain(&mut self, depth: usize) -> String {
        Writer { choices: self.choices, quiet: self.quiet }.piece(depth)
    }

    /// A transfer: values and how many.
    fn handed(&mut self) -> String {
        let count = self.choices.below(4);
        let values: String =
            (0..count).map(|n| format!("{} ", n + self.choices.below(5))).collect();
        let more = if self.choices.one_in(12) { 1 } else { 0 };
        format!("{values}{}", count + more)
    }

    fn code(&mut self, depth: usize) -> String {
        match self.choices.below(10) {
            0..=3 if depth < 3 => format!("[ {} end ]", self.pieces(3, depth + 1)),
            0..=6 => self.of(&["&p", "&q", "&r"]).to_string(),
            7 if self.choices.one_in(4) => "&main".to_string(),
            _ => self.of(&["&f", "&g", "&h"]).to_string(),
        }
    }

    /// One to `most` pieces.
    pub fn pieces(&mut self, most: usize, depth: usize) -> String {
        let count = 1 + self.choices.below(most);
        let pieces: Vec<String> = (0..count).map(|_| self.piece(depth)).collect();
        pieces.join(" ")
    }

    /// A piece of program.
    pub fn piece(&mut self, depth: usize) -> String {
        let a = self.choices.below(6);
        let (task, name) = (self.of(&TASKS), self.of(&NAMES));
        let after = self.of(&["", "drop", "drop drop", "drop drop"]);
        match self.choices.below(40) {
            0..=3 => format!("{} {} task.spawn set:{name}", self.handed(), self.code(depth)),
            4 => format!("{} {} task.spawn drop", self.handed(), self.code(depth)),
            5 | 6 => format!("{} task.new set:{name}", self.code(depth)),
            7 | 8 => format!("{} {task} task.resume {after}", self.handed()),
            9 | 10 => format!(
                "{task} task.status \"rests\" = [ {} {task} task.resume {after} end ] if",
                self.handed()
            ),
            11..=13 => format!("{} task.yield {after}", self.handed()),
            14 => format!(
                "{} task.new set:y {} get:y task.yieldto {after}",
                self.code(depth),
                self.handed()
            ),
            15 => format!("{task} task.close"),
            16 => format!("{task} task.status {}", self.of(&["", "drop", "str_len"])),
            17 | 18 => format!("{task} task.join {after}"),
            19 | 20 => "task.pause".to_string(),
            21 if self.timed => format!("{} task.sleep", a * self.choices.of(&[1, 1, 10, 1_000])),
            22 if self.timed => {
                let share = self.of(&["0", "1", "1", "2", "3", "1000", "1001", "-1"]);
                format!("{share} {task} task.share")
            }
            23 | 24 => format!("{a} get:c channel.send"),
            25 | 26 => format!("get:c channel.receive {}", self.of(&["", "drop", "assign:i"])),
            27 => format!("get:d {} memory.get 1+ get:d {} memory.set", a % 3, a % 3),
            28 if depth < 3 => format!("{a} [ {} end ] times", self.pieces(2, depth + 1)),
            29 if self.timed => format!("{} [ end ] times", 5 * a),
            30 if !self.quiet => format!("{task} print"),
            31 => format!("{a} channel.new set:c"),
            32 if self.choices.one_in(3) => {
                format!(
                    "{} get:c {} memory.set",
                    self.of(&["0", "1", "9", "-1", "\"\"", "&f"]),
                    a % 2
                )
            }
            33 if depth < 3 => format!(
                "{} task.new assign:i {} [ 0 pick:i task.resume {after} end ] times",
                self.code(depth),
                1 + a
            ),
            34 => format!(
                "{a} assign:n [ pick:n 1+ assign:n pick:n 1 task.yield drop {} end ] task.new set:{name}",
                self.of(&["", "pick:n", "return", "3 1 task.yield"])
            ),
            35 => format!("task.self set:{name}"),
            36 => format!("{task} get:d 2 memory.set get:d 2 memory.get task.status drop"),
            37 if !self.quiet && self.choices.one_in(6) => format!("{a} exit"),
            38 if !self.quiet => self.of(&["z", "·", "input.line drop", "w", "1 0 /"]).to_string(),
            39 => format!("{task} {} =", self.of(&TASKS)),
            _ => self.plain(depth),
        }
    }

    /// The contents of a function.
    pub fn function(&mut self, name: &str) -> String {
        let end = self.of(&["end", "return", "end", ""]);
        match (name, self.choices.below(4)) {
            ("p", 0) => {
                format!("3 [ {} 1 task.yield drop end ] times {end}", self.choices.below(9))
            }
            ("p", 1) => format!("1 1 task.yield drop 2 1 task.yield drop {end}"),
            ("p", 2) => format!("[ {} depth 1 task.yield 4 return_if end ] repeat", self.piece(2)),
            ("r", 0) => format!(
                "{} task.new set:y 1 1 get:y task.yieldto drop {} {end}",
                self.code(2),
                self.piece(1)
            ),
            ("q", 0) => {
                format!("3 [ {} get:c channel.send end ] times {end}", self.choices.below(9))
            }
            ("q", 1) => {
                format!("3 [ get:c channel.receive drop {} end ] times {end}", self.piece(2))
            }
            ("q", 2) => format!("assign:n {} pick:n {end}", self.piece(1)),
            ("p" | "q" | "r", _) => format!("{} {end}", self.pieces(4, 1)),
            _ => Writer { choices: self.choices, quiet: self.quiet }.function(name),
        }
    }

    /// The commands that write a program.
    pub fn program(&mut self) -> Vec<Command> {
        let names = ["f", "g", "h", "k", "p", "q", "r"];
        let list = names.iter().map(|&name| (name.to_string(), line(&self.function(name))));
        let define = Command::Define(list.collect());
        let begin = "2 channel.new set:c 3 allocate set:d task.self set:t &p task.new set:u";
        let crowd: Vec<String> = (0..2 + self.choices.below(4))
            .map(|_| {
                format!("{} {} task.spawn set:{}", self.handed(), self.code(0), self.of(&NAMES))
            })
            .collect();
        let words = format!("{begin} {} {}", crowd.join(" "), self.pieces(6, 0));
        let main = Command::Write(Place::new(0, 0), line(&words));
        vec![define, main, Command::Quantum(self.choices.of(&QUANTA))]
    }
}

/// The program of a seed.
pub fn program(seed: u64, quiet: bool, timed: bool) -> Vec<Command> {
    Crowd { choices: &mut Choices::new(seed), quiet, timed }.program()
}

/// What a person does next to a machine in the state of the model: one gesture.
pub fn gesture(seed: u64, model: &Model) -> Vec<Command> {
    let mut choices = Choices::new(seed);
    let c = &mut choices;
    match c.below(100) {
        0..44 => vec![Command::Run(1 + c.below(60) as u64)],
        44..66 => help(c, model),
        66..74 => vec![Command::Insert(place(c, model), writing(c))],
        74..80 => vec![edit(c, model)],
        80..88 => vec![adjust(c, model)],
        _ => vec![schedule(c, model)],
    }
}

fn writing(c: &mut Choices) -> Fragment {
    line(&Crowd { choices: c, quiet: false, timed: true }.pieces(2, 1))
}

/// Changes who runs.
fn schedule(c: &mut Choices, model: &Model) -> Command {
    match c.below(10) {
        0..5 => {
            let tops: Vec<u64> = model.strands.iter().map(|strand| strand.top()).collect();
            let any = c.count(model.made + 1);
            let task = if c.one_in(4) { any } else { c.of(&tops) };
            Command::Turn(task, c.one_in(4))
        }
        5..8 => Command::FreeTurn,
        _ => Command::Quantum(c.of(&QUANTA)),
    }
}

/// Gives the machine what it waits for, to the task that waits for it. If it does not wait, runs it.
pub fn help(c: &mut Choices, model: &Model) -> Vec<Command> {
    let mut commands = Vec::new();
    let mut there = model.clone();
    if let Some(task) = model.stopped()
        && task != model.current
    {
        commands.push(Command::Turn(task, false));
        assert!(there.set_turn(task, false), "a task that stops is the top of its strand");
    }
    match there.waits() {
        Some(Halt::Blocked) => commands.push(Command::FreeTurn),
        Some(Halt::Deadlock | Halt::Finished) => commands.push(free(c, &there)),
        _ if model.alone && c.one_in(2) => commands.push(Command::FreeTurn),
        _ => commands.extend(mend(c, &there)),
    }
    commands
}

/// Lets a program that nobody can mend go on.
fn free(c: &mut Choices, model: &Model) -> Command {
    let tops: Vec<u64> = model.strands.iter().map(|strand| strand.top()).collect();
    match c.below(3) {
        0 => Command::Turn(c.of(&tops), false),
        1 => Command::Replace(model.counter, line("label:freed")),
        _ => Command::Insert(model.counter, writing(c)),
    }
}
