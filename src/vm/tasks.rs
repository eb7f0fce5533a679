//! All tasks of a machine, and whose turn it is.
//!
//! A task that has resumed another waits for it, so tasks form chains. A *strand* is such a chain, and its top
//! task runs; strands take turns, in a ring. So coroutines and tasks that run beside each other are two layers:
//! resuming and yielding moves within a strand and takes nobody's turn. (kyren's piccolo has the same two layers:
//! executors, each with a stack of threads.)
//!
//! Limits are totals, and what tasks other than the current one hold cannot change while it runs: that is kept as a
//! sum, so a limit is checked in the same time however many tasks there are.

use std::collections::{BTreeMap, HashSet};
use std::sync::Arc;

use super::cell::Cell;
use super::index::{FrameNumber, LAST_TASK, TaskId};
use super::task::{Task, TaskState};

/// How many instructions a turn has in a new machine.
pub const QUANTUM: u64 = 1000;
/// The longest turn that can be set.
pub const LONGEST: u64 = 1 << 40;
/// The largest share that a strand can have.
pub const SHARES: u64 = 1000;

/// A chain of tasks, of which the top one runs.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Strand {
    /// The task that runs.
    pub top: TaskId,
    /// When it goes on, by [`Machine::clock`](super::machine::Machine::clock).
    pub wake: u64,
    /// How many times as long its turns are; 0 holds it.
    pub share: u64,
}

/// How many values and how many activations some tasks have.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) struct Held {
    pub(super) parameters: u64,
    pub(super) calls: u64,
}

impl Held {
    pub(super) fn by(task: &Task) -> Held {
        let parameters = task.parameters.len() as u64;
        Held { parameters, calls: u64::from(task.calls.depth()) }
    }

    pub(super) fn add(&mut self, other: Held) {
        self.parameters += other.parameters;
        self.calls += other.calls;
    }

    pub(super) fn subtract(&mut self, other: Held) {
        self.parameters -= other.parameters;
        self.calls -= other.calls;
    }
}

/// All tasks, and whose turn it is.
#[derive(Clone, Debug)]
#[allow(clippy::vec_box, reason = "taking one of a million away must not move them all")]
pub(super) struct Tasks {
    /// By number.
    list: Vec<Box<Task>>,
    /// The index of the task that runs, and of its strand.
    current: usize,
    pub(super) strand: usize,
    pub(super) strands: Vec<Strand>,
    /// What tasks that are over have left, until somebody takes it.
    pub(super) left: BTreeMap<TaskId, Arc<[Cell]>>,
    /// The number of the next task.
    pub(super) next: TaskId,
    /// How many were made since lost ones were looked for.
    pub(super) made: u64,
    /// How many instructions the strand has executed in this turn. Not counted while only one can go on.
    pub(super) turn: u64,
    pub(super) quantum: u64,
    /// How much time was skipped because all slept, in instructions.
    pub(super) slept: u64,
    /// Whether the others are frozen.
    pub(super) alone: bool,
    /// What all tasks but the current one hold, and what those that are over have left.
    pub(super) elsewhere: Held,
    is_plain: bool,
    /// The task that questions from outside are about, if it is not the current one.
    pub(super) looked_at: Option<TaskId>,
}

impl Tasks {
    /// Only the task of main, at its start.
    pub(super) fn of_main(locals: usize, frame: FrameNumber) -> Tasks {
        Tasks {
            list: vec![Box::new(Task::of_main(locals, frame))],
            current: 0,
            strand: 0,
            strands: vec![Strand { top: TaskId::MAIN, wake: 0, share: 1 }],
            left: BTreeMap::new(),
            next: TaskId(1),
            made: 0,
            turn: 0,
            quantum: QUANTUM,
            slept: 0,
            alone: false,
            elsewhere: Held::default(),
            is_plain: true,
            looked_at: None,
        }
    }

    #[inline(always)]
    pub(super) fn current(&self) -> &Task {
        &self.list[self.current]
    }

    #[inline(always)]
    pub(super) fn current_mut(&mut self) -> &mut Task {
        &mut self.list[self.current]
    }

    pub(super) fn iter(&self) -> impl ExactSizeIterator<Item = &Task> + Clone {
        self.list.iter().map(|task| &**task)
    }

    pub(super) fn iter_mut(&mut self) -> impl Iterator<Item = &mut Task> {
        self.list.iter_mut().map(|task| &mut **task)
    }

    /// How many there are, and how many are over but have left something.
    pub(super) fn count(&self) -> u64 {
        (self.list.len() + self.left.len()) as u64
    }

    /// Whether there is only one task, which never slept: then nothing about turns needs to be asked.
    #[inline(always)]
    pub(super) fn is_plain(&self) -> bool {
        self.is_plain
    }

    /// Notes whether there is only one task that never slept, after a change.
    pub(super) fn note_plain(&mut self) {
        self.is_plain = self.list.len() == 1 && self.strands[0].wake == 0;
    }

    /// Whether there is only one strand, so that nobody takes turns.
    #[inline(always)]
    pub(super) fn is_single(&self) -> bool {
        self.strands.len() == 1
    }

    fn index(&self, number: TaskId) -> Option<usize> {
        // As long as none is over, the number is the index.
        let guess = (number.0 as usize).min(self.list.len() - 1);
        if self.list[guess].number == number {
            return Some(guess);
        }
        self.list[..=guess].binary_search_by_key(&number, |task| task.number).ok()
    }

    /// The task with this number, unless it is over.
    pub(super) fn find(&self, number: TaskId) -> Option<&Task> {
        self.index(number).map(|index| &*self.list[index])
    }

    /// A task that exists.
    pub(super) fn existing(&self, number: TaskId) -> &Task {
        self.find(number).expect("chains name tasks that are there")
    }

    /// The strand whose top is this task.
    pub(super) fn strand_of_top(&self, top: TaskId) -> Option<usize> {
        self.strands.iter().position(|strand| strand.top == top)
    }

    /// The strand that a task is in. Walks down each chain.
    pub(super) fn strand_of(&self, task: TaskId) -> Option<usize> {
        self.strands.iter().position(|strand| self.chain(strand.top).any(|number| number == task))
    }

    /// A task and those below it in its chain: who resumed it, who resumed that one, ...
    pub(super) fn chain(&self, top: TaskId) -> impl Iterator<Item = TaskId> {
        std::iter::successors(Some(top), |&task| self.find(task)?.resumer)
    }

    /// Values that are on no stack: those that tasks which are over have left.
    pub(super) fn left_cells(&self) -> impl Iterator<Item = Cell> {
        self.left.values().flat_map(|values| values.iter().copied())
    }

    /// Replaces every value on stacks, in frames, and left by tasks that are over.
    pub(super) fn map_values(&mut self, change: impl Fn(Cell) -> Cell) {
        for task in self.iter_mut() {
            task.parameters.iter_mut().for_each(|value| *value = change(*value));
            task.calls.map_values(&change);
        }
        for values in self.left.values_mut() {
            Arc::make_mut(values).iter_mut().for_each(|value| *value = change(*value));
        }
    }

    /// How many words all stacks take.
    pub(super) fn words(&self) -> usize {
        let stacks = self.iter().map(|task| task.parameters.len() + task.calls.words());
        stacks.sum::<usize>() + self.left.values().map(|values| values.len()).sum::<usize>()
    }

    /// Makes the top of a strand the current task.
    pub(super) fn switch_to(&mut self, strand: usize) {
        self.strand = strand;
        let top = self.index(self.strands[strand].top).expect("the top of a strand is there");
        if top != self.current {
            self.elsewhere.add(Held::by(&self.list[self.current]));
            self.elsewhere.subtract(Held::by(&self.list[top]));
            self.current = top;
        }
    }

    /// A task that is not the current one. What is put on its stack must be added to `elsewhere`.
    fn other_mut(&mut self, number: TaskId) -> &mut Task {
        let index = self.index(number).expect("chains name tasks that are there");
        &mut self.list[index]
    }

    /// Moves the top values of the current task to the stack of another, with more above them.
    #[inline]
    pub(super) fn hand_over(
        &mut self,
        to: TaskId,
        count: usize,
        more: impl IntoIterator<Item = Cell>,
    ) {
        let to = self.index(to).expect("chains name tasks that are there");
        let pair = self.list.get_disjoint_mut([self.current, to]);
        let [from, to] = pair.expect("a task hands over to another");
        let (left, before) = (from.parameters.len() - count, to.parameters.len());
        to.parameters.extend(from.parameters[left..].iter().copied().chain(more));
        from.parameters.truncate(left);
        self.elsewhere.parameters += (to.parameters.len() - before) as u64;
    }

    /// Puts values on the stack of a task that is not the current one.
    pub(super) fn hand(&mut self, to: TaskId, values: impl IntoIterator<Item = Cell>) {
        let parameters = &mut self.other_mut(to).parameters;
        let before = parameters.len();
        parameters.extend(values);
        let more = (parameters.len() - before) as u64;
        self.elsewhere.parameters += more;
    }

    /// A task begins to run at the top of a strand, above who resumed it.
    pub(super) fn put_on_top(&mut self, strand: usize, top: TaskId, resumer: Option<TaskId>) {
        let task = self.other_mut(top);
        (task.state, task.resumer) = (TaskState::Runs, resumer);
        self.strands[strand].top = top;
    }

    /// Adds a task that is not the current one.
    pub(super) fn add(&mut self, task: Task) {
        self.next = TaskId(task.number.0 + 1);
        self.elsewhere.add(Held::by(&task));
        self.list.push(Box::new(task));
        self.note_plain();
    }

    /// Adds a strand of one task, after all others.
    pub(super) fn add_strand(&mut self, top: TaskId) {
        self.strands.push(Strand { top, wake: 0, share: 1 });
    }

    /// Whether there can be another task.
    pub(super) fn has_number(&self) -> bool {
        self.next.0 <= LAST_TASK
    }

    /// Takes away a task that is not the current one.
    pub(super) fn remove(&mut self, number: TaskId) {
        let index = self.index(number).expect("chains name tasks that are there");
        assert_ne!(index, self.current, "the current task is left before it is over");
        let task = self.list.remove(index);
        self.elsewhere.subtract(Held::by(&task));
        if index < self.current {
            self.current -= 1;
        }
        self.note_plain();
        if self.looked_at == Some(number) {
            self.looked_at = None;
        }
    }

    /// Takes away tasks that rest, and what such that are over have left.
    pub(super) fn forget(&mut self, lost: &HashSet<TaskId>) {
        let current = self.current().number;
        self.list.retain(|task| !lost.contains(&task.number));
        self.left.retain(|task, _| !lost.contains(task));
        self.looked_at = self.looked_at.filter(|task| !lost.contains(task));
        self.current = self.index(current).expect("a task that runs is not lost");
        self.count_elsewhere();
        self.note_plain();
    }

    /// Takes away a strand that is not the current one.
    pub(super) fn remove_strand(&mut self, strand: usize) {
        assert_ne!(strand, self.strand, "another strand is current by now");
        self.strands.remove(strand);
        if strand < self.strand {
            self.strand -= 1;
        }
    }

    /// Keeps what a task that is over has left.
    pub(super) fn leave(&mut self, number: TaskId, values: Vec<Cell>) {
        if !values.is_empty() {
            self.elsewhere.parameters += values.len() as u64;
            self.left.insert(number, values.into());
        }
    }

    /// Takes what a task that is over has left.
    pub(super) fn take_left(&mut self, number: TaskId) -> Arc<[Cell]> {
        let values = self.left.remove(&number).unwrap_or_default();
        self.elsewhere.parameters -= values.len() as u64;
        values
    }

    /// The length of the turns of a strand.
    pub(super) fn turn_of(&self, strand: usize) -> u64 {
        self.quantum.saturating_mul(self.strands[strand].share)
    }

    /// Ends the turn of the current strand.
    pub(super) fn end_turn(&mut self) {
        self.turn = self.turn_of(self.strand);
    }

    /// All tasks anew, which must fit together: the top of the strand with this index runs.
    pub(super) fn set(&mut self, list: Vec<Task>, strands: Vec<Strand>, strand: usize) {
        self.list = list.into_iter().map(Box::new).collect();
        (self.strands, self.strand) = (strands, strand);
        let top = self.strands[strand].top;
        self.current = self.index(top).expect("the tasks were checked");
        self.note_plain();
        self.count_elsewhere();
    }

    /// Lets a task be the current one, to change it. It need not run.
    pub(super) fn visit(&mut self, index: usize) {
        self.current = index;
    }

    /// What all tasks hold, and what those that are over have left.
    pub(super) fn all_held(&self) -> Held {
        let mut held = self.elsewhere;
        held.add(Held::by(self.current()));
        held
    }

    /// Whether as many tasks take turns in the same way. Does not look at the tasks themselves.
    pub(super) fn is_scheduled_as(&self, other: &Tasks) -> bool {
        let Tasks {
            list,
            current: _,
            strand,
            strands,
            left: _,
            next,
            made,
            turn,
            quantum,
            slept,
            alone,
            elsewhere: _,
            is_plain: _,
            looked_at: _,
        } = self;
        list.len() == other.list.len()
            && (strand, strands) == (&other.strand, &other.strands)
            && (next, made) == (&other.next, &other.made)
            && (turn, quantum) == (&other.turn, &other.quantum)
            && (slept, alone) == (&other.slept, &other.alone)
    }

    /// Ends the visits.
    pub(super) fn return_to_current(&mut self) {
        let top = self.index(self.strands[self.strand].top);
        self.current = top.expect("the top of a strand is there");
    }

    /// Counts what the others hold anew.
    pub(super) fn count_elsewhere(&mut self) {
        let mut all = Held::default();
        self.iter().for_each(|task| all.add(Held::by(task)));
        all.subtract(Held::by(self.current()));
        all.parameters += self.left.values().map(|values| values.len() as u64).sum::<u64>();
        self.elsewhere = all;
    }
}
