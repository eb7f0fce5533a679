//! Whose turn it is. Choosing a task is a part of planning: which task executes the next instruction, and what that
//! does, is found out together and without a change. So fuel stays exact, a stop stays precise, and a task that
//! waits needs no flag: it waits as long as its next instruction cannot be executed.
//!
//! Time is counted in instructions. If all tasks that could go on sleep, the time until the first of them wakes is
//! skipped.

use std::collections::HashMap;

use super::in_task::InTask;
use super::index::TaskId;
use super::machine::Machine;
use super::plan::Effect;
use super::refusal::Refusal;
use super::stop::{Blocked, Stop};
use super::task::{OVER, Task, TaskState};
use super::tasks::{LONGEST, SHARES, Strand};

/// The most tasks that a deadlock names.
const NAMED: usize = 8;

/// The strand whose instruction is next, and what that does.
pub(super) type Choice = Result<(usize, Effect), Stop>;

/// A stop of one task that a person can do something about.
pub(super) fn is_mendable(stop: &Stop) -> bool {
    match stop {
        Stop::Breakpoint
        | Stop::NotYetImplemented(_)
        | Stop::Input
        | Stop::Fault(_)
        | Stop::Limit(_) => true,
        Stop::OutOfFuel | Stop::Finished | Stop::Exit(_) | Stop::Blocked(_) | Stop::Deadlock(_) => {
            false
        }
    }
}

/// The circle that a task is in, by number.
fn circle_from(
    first: usize,
    waiting: &[(TaskId, Blocked)],
    next: impl Fn(usize) -> Option<usize>,
) -> Vec<(TaskId, Blocked)> {
    let rest = std::iter::successors(next(first), |&at| next(at));
    let rest = rest.take_while(|&at| at != first);
    let mut circle: Vec<_> = [first].into_iter().chain(rest).map(|at| waiting[at]).collect();
    circle.sort_by_key(|&(task, _)| task);
    circle
}

impl Machine {
    /// Why the next instruction cannot run; `None` if it can. Never [`Stop::OutOfFuel`].
    pub fn waits(&self) -> Option<Stop> {
        self.choose().err()
    }

    /// Why the machine could not go on if all tasks took turns; `None` if it could.
    pub fn waits_together(&self) -> Option<Stop> {
        if !self.tasks.alone {
            return self.waits();
        }
        match self.here().plan() {
            Ok(_) => None,
            Err(stop @ Stop::Exit(_)) => Some(stop),
            Err(_) => self.choose_another().err(),
        }
    }

    /// Why the machine could not go on if all tasks took turns, and which task that is about; `None` if it could.
    pub fn stopped_together(&self) -> Option<(TaskId, Stop)> {
        self.waits_together().map(|stop| self.with_owner(stop))
    }

    /// Why the machine cannot go on, and which task that is about; `None` if it can.
    pub fn stopped(&self) -> Option<(TaskId, Stop)> {
        self.waits().map(|stop| self.with_owner(stop))
    }

    /// A stop of the machine, and the task that it is about.
    fn with_owner(&self, stop: Stop) -> (TaskId, Stop) {
        (self.whose(&stop).unwrap_or(self.current()), stop)
    }

    /// The first task from the current one on that stands at such a stop.
    fn whose(&self, stop: &Stop) -> Option<TaskId> {
        let is_it = |&strand: &usize| {
            self.counts(strand) && self.plan_top(strand).err().as_ref() == Some(stop)
        };
        let found = [self.tasks.strand].into_iter().chain(self.ring()).find(is_it)?;
        Some(self.tasks.strands[found].top)
    }

    /// Why a task cannot go on by itself, whosever turn it is; `None` if it can, or is over.
    pub fn stop_of(&self, number: TaskId) -> Option<Stop> {
        let task = self.tasks.find(number)?;
        match task.state {
            TaskState::Runs => InTask { machine: self, task }.plan().err(),
            TaskState::Rests | TaskState::Waits => None,
        }
    }

    /// The tasks whose turn can come and that cannot go on, and why.
    pub fn waiting(&self) -> Vec<(TaskId, Stop)> {
        let tops = self.tasks.strands.iter().map(|strand| strand.top);
        tops.filter_map(|top| Some((top, self.in_task(top).plan().err()?))).collect()
    }

    /// The task that would execute the next instruction; `None` if none can.
    pub fn next_task(&self) -> Option<TaskId> {
        let (strand, _) = self.choose().ok()?;
        Some(self.tasks.strands[strand].top)
    }

    /// The time, in instructions: how many have retired, and how long all have slept.
    pub fn clock(&self) -> u64 {
        self.retired + self.tasks.slept
    }

    /// The strand that a task is in: its top task runs. `None` if it rests, or is over.
    pub fn strand_of(&self, task: TaskId) -> Option<Strand> {
        self.tasks.strand_of(task).map(|strand| self.tasks.strands[strand])
    }

    /// Whether nobody takes turns: there is only one strand, or the others are frozen.
    #[inline(always)]
    pub(super) fn is_alone(&self) -> bool {
        self.tasks.is_single() || self.tasks.alone
    }

    /// Whether the current strand may go on without asking whether another could.
    #[inline(always)]
    fn is_in_turn(&self) -> bool {
        self.is_alone() || self.tasks.turn < self.tasks.turn_of(self.tasks.strand)
    }

    fn is_awake(&self, strand: usize) -> bool {
        self.tasks.strands[strand].wake <= self.clock()
    }

    /// How much of a fuel the current task can use up before another is asked; 0 if one must be asked now.
    #[inline(always)]
    pub(super) fn turn_left(&self, fuel: u64) -> u64 {
        if self.tasks.is_plain() {
            return fuel;
        }
        self.turn_left_among(fuel)
    }

    fn turn_left_among(&self, fuel: u64) -> u64 {
        if !self.is_awake(self.tasks.strand) {
            return 0;
        }
        if self.is_alone() {
            return fuel;
        }
        fuel.min(self.tasks.turn_of(self.tasks.strand).saturating_sub(self.tasks.turn))
    }

    /// Counts instructions that the current task has executed.
    #[inline(always)]
    pub(super) fn count_retired(&mut self, retired: u64) {
        self.retired += retired;
        if !self.tasks.is_plain() && !self.is_alone() {
            self.tasks.turn += retired;
        }
    }

    fn plan_top(&self, strand: usize) -> Result<Effect, Stop> {
        self.in_task(self.tasks.strands[strand].top).plan()
    }

    /// The strands in the order in which they are asked: the current one last.
    fn ring(&self) -> impl Iterator<Item = usize> {
        let (here, count) = (self.tasks.strand, self.tasks.strands.len());
        (here + 1..count).chain(0..=here)
    }

    /// The strand whose instruction is next, and what that does.
    pub(super) fn choose(&self) -> Choice {
        let here = self.tasks.strand;
        if self.is_alone() || self.is_awake(here) {
            match self.here().plan() {
                // The program ends, before anybody else is asked.
                Err(stop @ Stop::Exit(_)) => return Err(stop),
                Ok(effect) if self.is_in_turn() => return Ok((here, effect)),
                Err(stop) if self.tasks.alone => return Err(stop),
                Ok(_) | Err(_) => {}
            }
        }
        self.choose_another()
    }

    #[cold]
    fn choose_another(&self) -> Choice {
        let takes_turns = |&strand: &usize| self.tasks.strands[strand].share > 0;
        let awake = self.ring().filter(takes_turns).filter(|&strand| self.is_awake(strand));
        if let Some(choice) = self.first_that_can(awake) {
            return choice;
        }
        let asleep = self.ring().filter(takes_turns).filter(|&strand| !self.is_awake(strand));
        let mut asleep: Vec<usize> = asleep.collect();
        asleep.sort_by_key(|&strand| self.tasks.strands[strand].wake);
        if let Some(choice) = self.first_that_can(asleep.into_iter()) {
            return choice;
        }
        Err(self.common_stop())
    }

    /// The first of these strands that can go on, or that ends the program.
    fn first_that_can(&self, mut strands: impl Iterator<Item = usize>) -> Option<Choice> {
        strands.find_map(|strand| match self.plan_top(strand) {
            Ok(effect) => Some(Ok((strand, effect))),
            Err(stop @ Stop::Exit(_)) => Some(Err(stop)),
            Err(_) => None,
        })
    }

    /// Whether a strand is one of those that should go on: it is not held, or it is the current one.
    fn counts(&self, strand: usize) -> bool {
        strand == self.tasks.strand || self.tasks.strands[strand].share > 0
    }

    /// Why nobody can go on.
    fn common_stop(&self) -> Stop {
        let order = [self.tasks.strand].into_iter().chain(self.ring());
        let order = order.filter(|&strand| self.counts(strand));
        let stops: Vec<Stop> = order.filter_map(|strand| self.plan_top(strand).err()).collect();
        if let Some(mendable) = stops.iter().find(|stop| is_mendable(stop)) {
            return mendable.clone();
        }
        let is_blocked = stops.iter().any(|stop| matches!(stop, Stop::Blocked(_)));
        let is_finished = stops.contains(&Stop::Finished);
        if is_finished && !is_blocked { Stop::Finished } else { Stop::Deadlock(self.deadlock()) }
    }

    /// Who waits for whom: a circle if there is one, else everybody.
    fn deadlock(&self) -> String {
        let mut waiting: Vec<(TaskId, Blocked)> = Vec::new();
        for (number, strand) in self.tasks.strands.iter().enumerate() {
            if self.counts(number)
                && let Err(Stop::Blocked(blocked)) = self.plan_top(number)
            {
                waiting.push((strand.top, blocked));
            }
        }
        let named = self.circle(&waiting).unwrap_or(waiting);
        if named.is_empty() {
            return "every task is held: its share is 0".to_string();
        }
        let more = named.len().saturating_sub(NAMED);
        let words = named
            .iter()
            .take(NAMED)
            .map(|&(task, blocked)| format!("task {task} waits for {}", self.awaited(blocked)));
        let mut words: Vec<String> = words.collect();
        if more > 0 {
            words.push(format!("and {more} more"));
        }
        words.join(", ")
    }

    /// Tasks each of which waits for the next, and the last for the first.
    fn circle(&self, waiting: &[(TaskId, Blocked)]) -> Option<Vec<(TaskId, Blocked)>> {
        // Which of those that wait is at the top of the chain of each task.
        let mut tops: HashMap<TaskId, usize> = HashMap::new();
        for (at, &(top, _)) in waiting.iter().enumerate() {
            tops.extend(self.tasks.chain(top).map(|task| (task, at)));
        }
        let next = |at: usize| match waiting[at].1 {
            Blocked::Task(awaited) => tops.get(&awaited).copied(),
            Blocked::Full(_) | Blocked::Empty(_) => None,
        };
        // By which walk each was met. One that comes to what it met itself is in a circle.
        let mut met = vec![None; waiting.len()];
        for walk in 0..waiting.len() {
            let mut at = walk;
            while met[at].is_none() {
                met[at] = Some(walk);
                let Some(there) = next(at) else { break };
                at = there;
                if met[at] == Some(walk) {
                    return Some(circle_from(at, waiting, next));
                }
            }
        }
        None
    }

    /// If the current strand sleeps, the time until it wakes is skipped.
    #[inline(always)]
    pub(super) fn wake(&mut self) {
        let wake = self.tasks.strands[self.tasks.strand].wake;
        // Most never slept.
        if wake > 0 {
            self.tasks.slept += wake.saturating_sub(self.clock());
        }
    }

    /// Makes a strand the current one before it executes an instruction, and counts that.
    pub(super) fn begin_instruction(&mut self, strand: usize) {
        if strand != self.tasks.strand || !self.is_in_turn() {
            self.tasks.switch_to(strand);
            self.tasks.turn = 0;
        }
        self.wake();
        if !self.is_alone() {
            self.tasks.turn += 1;
        }
        self.retired += 1;
    }

    /// Nothing is counted when only one strand is left.
    #[inline(always)]
    pub(super) fn end_instruction(&mut self) {
        if self.tasks.is_single() {
            (self.tasks.turn, self.tasks.alone) = (0, false);
        }
    }

    /// All tasks that are not over, by number.
    pub fn tasks(&self) -> impl ExactSizeIterator<Item = &Task> + Clone {
        self.tasks.iter()
    }

    /// A task; `None` if it is over, or was never made.
    pub fn task_of(&self, number: TaskId) -> Option<&Task> {
        self.tasks.find(number)
    }

    /// The task that runs.
    pub fn current(&self) -> TaskId {
        self.tasks.current().number
    }

    /// The task that questions about the counter, the stacks and the home frame are about: the one that executes
    /// the next instruction, or the one that keeps the machine from going on, unless [`Machine::look_at`] says
    /// another. Changes from outside are changes of the current one.
    #[inline(always)]
    pub fn task(&self) -> &Task {
        let is_current = self.tasks.is_single() && self.tasks.looked_at.is_none();
        if is_current { self.tasks.current() } else { self.task_among() }
    }

    fn task_among(&self) -> &Task {
        let looked_at = self.tasks.looked_at.and_then(|number| self.tasks.find(number));
        looked_at.unwrap_or_else(|| self.due())
    }

    /// The task that executes the next instruction, or the one that keeps the machine from going on, whatever is
    /// looked at.
    pub fn due(&self) -> &Task {
        if self.tasks.is_single() {
            return self.tasks.current();
        }
        match self.choose() {
            Ok((strand, _)) => self.tasks.existing(self.tasks.strands[strand].top),
            Err(stop) => self.tasks.existing(self.with_owner(stop).0),
        }
    }

    /// Lets questions be about another task, or about the current one again. It is no part of the program, and ends
    /// when that runs on.
    pub fn look_at(&mut self, task: Option<TaskId>) {
        self.tasks.looked_at = task;
    }

    /// The strands, in the order of their turns.
    pub fn strands(&self) -> &[Strand] {
        &self.tasks.strands
    }

    /// The number of the next task.
    pub fn next_number(&self) -> TaskId {
        self.tasks.next
    }

    /// Whether the other strands are frozen.
    pub fn runs_alone(&self) -> bool {
        self.tasks.alone
    }

    /// How many instructions a turn has.
    pub fn quantum(&self) -> u64 {
        self.tasks.quantum
    }

    /// Makes a task the current one, and begins its turn: alone, until [`Machine::free_turns`], or as one of all.
    ///
    /// # Errors
    /// If it does not run: why.
    pub fn give_turn(&mut self, task: TaskId, alone: bool) -> Result<(), Refusal> {
        let strand = self.tasks.strand_of_top(task).ok_or_else(|| self.takes_no_turns(task))?;
        self.tasks.switch_to(strand);
        (self.tasks.turn, self.tasks.alone) = (0, alone && !self.tasks.is_single());
        self.tasks.looked_at = None;
        Ok(())
    }

    /// Lets all take turns again.
    pub fn free_turns(&mut self) {
        (self.tasks.alone, self.tasks.looked_at) = (false, None);
    }

    /// Sets how many instructions a turn has.
    ///
    /// # Errors
    /// If it is 0, or too many.
    pub fn set_quantum(&mut self, quantum: u64) -> Result<(), Refusal> {
        if !(1..=LONGEST).contains(&quantum) {
            return Err(Refusal::Quantum { quantum, most: LONGEST });
        }
        self.tasks.quantum = quantum;
        Ok(())
    }

    /// Sets the share of the strand that a task is in.
    ///
    /// # Errors
    /// If it is too large, or the task takes no turns.
    pub fn set_share(&mut self, task: TaskId, share: u64) -> Result<(), Refusal> {
        if share > SHARES {
            return Err(Refusal::Share { share, most: SHARES });
        }
        let strand = self.tasks.strand_of(task).ok_or_else(|| self.takes_no_turns(task))?;
        self.tasks.strands[strand].share = share;
        Ok(())
    }

    fn takes_no_turns(&self, task: TaskId) -> Refusal {
        let state = self.tasks.find(task).map_or(OVER, |task| task.state.word());
        let is_made = task < self.tasks.next;
        if is_made { Refusal::NoTurn { task, state } } else { Refusal::NoTask { task } }
    }
}
