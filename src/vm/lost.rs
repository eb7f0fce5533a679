//! Tasks that rest and that nobody can resume any more, because nothing holds them: a generator that was left
//! halfway. At the limit of tasks they make room for others.
//!
//! They are looked for only there, and only if enough tasks were made since the last time; that count is a part of
//! the machine, so it happens at the same instruction in every replay. A program cannot tell that they are gone.

use std::collections::HashSet;

use super::cell::Cell;
use super::data::DataBody;
use super::index::TaskId;
use super::limit::LimitKind;
use super::machine::Machine;

/// The part of the limit that must have been made since they were looked for.
const SHARE: u64 = 16;

impl Machine {
    /// Whether there can be another task, if need be when the lost ones are gone.
    pub(super) fn fits_task(&self) -> bool {
        let limit = self.limits.get(LimitKind::Tasks);
        let count = self.tasks.count();
        if count < limit {
            return true;
        }
        self.tasks.made >= (limit / SHARE).max(1) && count - (self.lost().len() as u64) < limit
    }

    /// Makes room for another task, which is planned.
    pub(super) fn make_room_for_task(&mut self) {
        if self.tasks.count() >= self.limits.get(LimitKind::Tasks) {
            self.count_search();
            let lost = self.lost();
            self.tasks.forget(&lost);
            self.tasks.made = 0;
        }
        self.tasks.made = (self.tasks.made + 1).min(LimitKind::Tasks.maximum());
    }

    /// The tasks, and what tasks that are over have left, that nothing which runs can come to.
    fn lost(&self) -> HashSet<TaskId> {
        let machine = self.settled();
        let tasks = &machine.tasks;
        let mut found: HashSet<TaskId> = HashSet::new();
        let mut open: Vec<TaskId> = Vec::new();
        let mut meet = |task: TaskId, open: &mut Vec<TaskId>| {
            if found.insert(task) {
                open.push(task);
            }
        };
        let globals = machine.globals.iter().map(|(_, value)| value);
        let data = machine.memory.data_bodies().flat_map(DataBody::cells);
        globals.chain(data).filter_map(Cell::as_task).for_each(|task| meet(task, &mut open));
        for strand in &tasks.strands {
            tasks.chain(strand.top).for_each(|task| meet(task, &mut open));
        }
        while let Some(number) = open.pop() {
            let left =
                tasks.left.get(&number).into_iter().flat_map(|values| values.iter().copied());
            let own = tasks.find(number).into_iter().flat_map(|task| task.cells());
            own.chain(left).filter_map(Cell::as_task).for_each(|task| meet(task, &mut open));
        }
        let all = tasks.iter().map(|task| task.number).chain(tasks.left.keys().copied());
        all.filter(|task| !found.contains(task)).collect()
    }
}
