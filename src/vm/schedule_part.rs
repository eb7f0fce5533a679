//! Checking the tasks and strands of a file, which may come from anyone, before a machine is made of them.
//!
//! A strand lists its tasks, so who resumed whom and what each task does follow from the lists. What is checked is
//! that no task is in two of them.

use std::collections::HashSet;

use super::cell::Cell;
use super::index::{LAST_TASK, TaskId};
use super::limit::LimitKind;
use super::machine::{Machine, RETIRED};
use super::plan_task::HANDED;
use super::serialized::{Malformed, Serialized, SerializedStrand, malformed};
use super::task::{Task, TaskState};
use super::tasks::{LONGEST, SHARES, Strand};

/// The strands of a file: each task has resumed the one after it.
pub(super) type Chains = Vec<SerializedStrand>;

/// Checks the numbers of all tasks, and who takes turns.
pub(super) fn check_tasks(parts: &Serialized) -> Result<Chains, Malformed> {
    let numbers: Vec<TaskId> = parts.tasks.iter().map(|task| task.number).collect();
    if !numbers.is_sorted_by(|a, b| a < b) {
        return malformed("tasks", "their numbers are out of order");
    }
    if numbers.first() != Some(&TaskId::MAIN) {
        return malformed("tasks", "there is no task 0, which runs `main`");
    }
    if numbers.len() as u64 > LimitKind::Tasks.maximum() {
        let most = LimitKind::Tasks.maximum();
        return malformed("tasks", format!("there can be at most {most}"));
    }
    let chains =
        parts.schedule.strands.clone().unwrap_or_else(|| one_runs(&numbers, parts.current));
    check_chains(&chains, &numbers)?;
    let is_top = |chain: &SerializedStrand| chain.tasks.last() == Some(&parts.current);
    if !chains.iter().any(is_top) {
        let cause = format!("task {} cannot run: it is at the top of no strand", parts.current);
        return malformed("tasks", cause);
    }
    check_numbers(parts, &numbers)?;
    Ok(chains)
}

/// What files of older versions mean: only the current task runs.
fn one_runs(numbers: &[TaskId], current: TaskId) -> Chains {
    let share = |task: TaskId| u64::from(task == current);
    let strand =
        |&task: &TaskId| SerializedStrand { tasks: vec![task], wake: 0, share: share(task) };
    numbers.iter().map(strand).collect()
}

fn check_chains(chains: &[SerializedStrand], numbers: &[TaskId]) -> Result<(), Malformed> {
    let mut seen = HashSet::new();
    for (number, chain) in chains.iter().enumerate() {
        let here = || format!("strand {number}");
        if chain.tasks.is_empty() {
            return malformed(here(), "it has no task");
        }
        for (depth, &task) in chain.tasks.iter().enumerate() {
            if numbers.binary_search(&task).is_err() {
                return malformed(here(), format!("there is no task {task}"));
            }
            if !seen.insert(task) {
                return malformed(here(), format!("task {task} is in a strand already"));
            }
            if task == TaskId::MAIN && depth > 0 {
                return malformed(here(), "nobody can have resumed task 0");
            }
        }
        if chain.share > SHARES || chain.wake > RETIRED {
            let cause =
                format!("its share is at most {SHARES}, and it wakes at {RETIRED} at the latest");
            return malformed(here(), cause);
        }
    }
    if !seen.contains(&TaskId::MAIN) {
        return malformed("strands", "task 0 is in none, and it never rests");
    }
    Ok(())
}

fn check_numbers(parts: &Serialized, numbers: &[TaskId]) -> Result<(), Malformed> {
    let schedule = &parts.schedule;
    let last = numbers.last().copied().max(schedule.left.last().map(|&(task, _)| task));
    let last = last.expect("there is a task 0");
    if !schedule.left.is_sorted_by(|(a, _), (b, _)| a < b) {
        return malformed("left", "the numbers of the tasks are out of order");
    }
    let can_be_left = 1..=HANDED;
    if let Some((task, _)) = schedule.left.iter().find(|(_, all)| !can_be_left.contains(&all.len()))
    {
        return malformed("left", format!("task {task} can have left 1 to {HANDED} values"));
    }
    if let Some((task, _)) =
        schedule.left.iter().find(|(task, _)| numbers.binary_search(task).is_ok())
    {
        return malformed("left", format!("task {task} is not over"));
    }
    if schedule.next_task.is_some_and(|next| next <= last || next.0 > LAST_TASK + 1)
        || last.0 > LAST_TASK
    {
        return malformed(
            "tasks",
            format!("there is a task {last}, so the next cannot have this number"),
        );
    }
    if !(1..=LONGEST).contains(&schedule.quantum) {
        return malformed("quantum", format!("a turn has 1 to {LONGEST} instructions"));
    }
    let most = LimitKind::Tasks.maximum();
    if schedule.made > most {
        return malformed("tasks_made", format!("it is at most {most}"));
    }
    if schedule.turn > RETIRED || schedule.slept > RETIRED {
        return malformed("turn", format!("no count can be above {RETIRED}"));
    }
    Ok(())
}

impl Machine {
    /// Sets the tasks, still without values, and who takes turns.
    pub(super) fn set_tasks(&mut self, parts: &Serialized, mut tasks: Vec<Task>, chains: Chains) {
        let mut strands = Vec::with_capacity(chains.len());
        let find = |tasks: &[Task], number: TaskId| {
            tasks
                .binary_search_by_key(&number, |task| task.number)
                .expect("the chains were checked")
        };
        for chain in &chains {
            let mut below = None;
            for &number in &chain.tasks {
                let at = find(&tasks, number);
                (tasks[at].resumer, tasks[at].state) = (below, TaskState::Waits);
                below = Some(number);
            }
            let top = below.expect("the chains were checked");
            let at = find(&tasks, top);
            tasks[at].state = TaskState::Runs;
            strands.push(Strand { top, wake: chain.wake, share: chain.share });
        }
        let strand = strands.iter().position(|strand| strand.top == parts.current);
        let schedule = &parts.schedule;
        let after = |task: TaskId| TaskId(task.0 + 1);
        let made = tasks.last().map_or(TaskId(1), |task| after(task.number));
        let left = schedule.left.last().map_or(made, |&(task, _)| after(task).max(made));
        self.tasks.set(tasks, strands, strand.expect("the chains were checked"));
        self.tasks.next = schedule.next_task.unwrap_or(left);
        self.tasks.made = schedule.made;
        (self.tasks.turn, self.tasks.quantum) = (schedule.turn, schedule.quantum);
        (self.tasks.slept, self.tasks.alone) = (schedule.slept, schedule.alone);
    }

    /// Sets what tasks that are over have left, when all tasks have their values.
    pub(super) fn finish_tasks(&mut self, parts: &Serialized) -> Result<(), Malformed> {
        self.tasks.return_to_current();
        let homes = self.assumed_homes();
        for (task, values) in &parts.schedule.left {
            let here = || format!("what task {task} has left");
            let cells: Result<Vec<Cell>, Malformed> =
                values.iter().map(|value| self.value_part(value, &homes, here)).collect();
            self.tasks.leave(*task, cells?);
        }
        self.tasks.count_elsewhere();
        Ok(())
    }
}
