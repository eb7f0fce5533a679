//! Rows of the tasks, when there are several: where each stands and why it does not go on.

use super::memory::At;
use super::stacks::{StackRows, parameters_of};
use super::title::title;
use crate::program::diagnostic::grouped;
use crate::vm::index::TaskId;
use crate::vm::machine::Machine;
use crate::vm::stop::Stop;
use crate::vm::task::{Task, TaskState};

/// The most rows that are made. There may be a million tasks.
pub const SHOWN: usize = 50;
/// The values of the parameter stack in a row.
const VALUES: usize = 3;

/// What a task does, for the form of its mark.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Doing {
    /// Its turn comes.
    Runs,
    /// It goes on by itself later: it sleeps, or waits for another.
    Waits,
    /// It is held, frozen, or rests: somebody has to let it go on.
    Rests,
    /// A person has to do something: it stands at a stop.
    Stands,
}

/// A task.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct TaskRow {
    /// Its number.
    pub number: TaskId,
    /// What it runs: `fib`, or `block of fib`.
    pub title: String,
    /// Where it stands.
    pub counter: At,
    /// The address of that now.
    pub address: u64,
    /// What it does.
    pub doing: Doing,
    /// The same in words: `runs`, `base is missing`, `waits for task 3`.
    pub words: String,
    /// The top of its parameter stack.
    pub stack: StackRows,
    /// Whether questions and gestures are about it.
    pub is_focus: bool,
    /// Whether its strand is held.
    pub is_held: bool,
}

impl TaskRow {
    /// Its last values, the top rightmost.
    pub fn values(&self) -> String {
        let mut words: Vec<&str> =
            self.stack.values.iter().rev().map(|value| value.label.as_str()).collect();
        if self.stack.depth > self.stack.values.len() {
            words.insert(0, "…");
        }
        words.join(" ")
    }

    /// What a screen reader says: `task 2, fib at 104, base is missing, stack 3 4`.
    pub fn description(&self) -> String {
        let stack = match self.values() {
            values if values.is_empty() => String::new(),
            values => format!(", stack {values}"),
        };
        let shown = if self.is_focus { ", shown" } else { "" };
        let TaskRow { number, title, address, words, .. } = self;
        format!("task {number}, {title} at {address}, {words}{stack}{shown}")
    }
}

/// The tasks, if there are several.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct TaskRows {
    /// How many there are; 0 if there is only one.
    pub count: usize,
    /// The first of them, and always the one that is looked at and the current one, by number.
    pub rows: Vec<TaskRow>,
}

/// At most `count` tasks and, if they are not among them, two more.
pub fn tasks(machine: &Machine, count: usize) -> TaskRows {
    let all = machine.tasks();
    if all.len() == 1 {
        return TaskRows::default();
    }
    let always = [machine.task().number(), machine.current()];
    let mut rows: Vec<TaskRow> = all.clone().take(count).map(|task| row(machine, task)).collect();
    for number in always {
        if !rows.iter().any(|row| row.number == number) {
            let task = machine.task_of(number).expect("a task that is looked at is there");
            rows.push(row(machine, task));
        }
    }
    rows.sort_by_key(|row| row.number);
    TaskRows { count: all.len(), rows }
}

fn row(machine: &Machine, task: &Task) -> TaskRow {
    let (doing, words) = state(machine, task);
    let strand = machine.strand_of(task.number());
    TaskRow {
        number: task.number(),
        title: title(machine, task.counter().body),
        counter: task.counter().into(),
        address: machine.memory().address(task.counter()),
        doing,
        words,
        stack: parameters_of(machine, task, VALUES),
        is_focus: task.number() == machine.task().number(),
        is_held: strand.is_some_and(|strand| strand.share == 0),
    }
}

/// What a task does, in words.
pub fn state(machine: &Machine, task: &Task) -> (Doing, String) {
    match task.state() {
        TaskState::Rests => (Doing::Rests, "rests".to_owned()),
        TaskState::Waits => {
            let words = match resumed_by(machine, task.number()) {
                Some(other) => format!("waits for task {other}"),
                None => "waits".to_owned(),
            };
            (Doing::Waits, words)
        }
        TaskState::Runs => running(machine, task),
    }
}

fn running(machine: &Machine, task: &Task) -> (Doing, String) {
    let strand = machine.strand_of(task.number()).expect("it is the top of a strand");
    let stop = machine.stop_of(task.number());
    let sleeps = strand.wake.saturating_sub(machine.clock());
    match stop {
        Some(Stop::Blocked(blocked)) => {
            let held = if strand.share == 0 { "held; " } else { "" };
            (Doing::Waits, format!("{held}waits for {}", machine.awaited(blocked)))
        }
        Some(Stop::Finished) => (Doing::Rests, "finished".to_owned()),
        Some(stop) if strand.share == 0 => (Doing::Stands, format!("held; {stop}")),
        Some(stop) => (Doing::Stands, stop.to_string()),
        None if strand.share == 0 => (Doing::Rests, "is held".to_owned()),
        None if machine.runs_alone() && machine.current() != task.number() => {
            (Doing::Rests, format!("frozen: task {} runs alone", machine.current()))
        }
        None if sleeps > 0 => (Doing::Waits, format!("sleeps, {} more", grouped(sleeps))),
        None => (Doing::Runs, "runs".to_owned()),
    }
}

/// The task that a waiting one has resumed.
pub fn resumed_by(machine: &Machine, task: TaskId) -> Option<TaskId> {
    let top = machine.strand_of(task)?.top;
    let resumer = |number: &TaskId| machine.task_of(*number)?.resumer();
    let mut chain = std::iter::successors(Some(top), resumer);
    chain.find(|number| resumer(number) == Some(task))
}
