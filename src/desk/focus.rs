//! The task that is looked at, when there are several: its stacks, counter and stop are what is shown, and what is
//! done is done in it.

use super::Desk;
use super::effect::Effect;
use crate::session::command::Command;
use crate::session::goal::{Ended, Goal};
use crate::session::wanted::{Direction, Wanted};
use crate::view::tasks;
use crate::vm::index::TaskId;
use crate::vm::stop::Stop;

impl Desk {
    /// Looks at a task.
    pub(super) fn focus_task(&mut self, task: TaskId) {
        if self.session().machine().task_of(task).is_none() {
            return self.notice.warn(format!("Task {task} is over"));
        }
        self.look_at(Some(task));
        (self.sight.selection, self.sight.frame, self.value) = (None, None, None);
        self.emit(Effect::Reveal(self.counter()));
    }

    fn look_at(&mut self, task: Option<TaskId>) {
        self.document.session.look_at(task);
    }

    /// What is looked at stays so until something moves on, even if another task could execute the next instruction.
    pub(super) fn settle_focus(&mut self) {
        if self.session().job().is_some() {
            return;
        }
        let machine = self.session().machine();
        let task = (machine.tasks().len() > 1).then(|| machine.task().number());
        self.look_at(task);
    }

    /// While a run is watched, the task that executes is looked at.
    pub(super) fn follow_watched_run(&mut self) {
        if self.watched_at().is_some() {
            self.look_at(None);
        }
    }

    /// A run has ended: the task that it watched is looked at, if it cannot go on.
    pub(super) fn focus_watched(&mut self, ended: &Ended) {
        let Some((Goal::Watching(task), _)) = self.document.pace.goal else { return };
        if matches!(ended, Ended::Stopped(_)) && self.session().machine().parks(task) {
            self.look_at(Some(task));
        }
    }

    /// Looks at the next task by number, or at the one before.
    pub(super) fn next_task(&mut self, forward: bool) {
        match self.neighbour(forward) {
            Some(next) => self.focus_task(next),
            None => self.notice.warn("There is only one task"),
        }
    }

    /// The next task by number, or the one before; none if there is no other.
    fn neighbour(&self, forward: bool) -> Option<TaskId> {
        let machine = self.session().machine();
        let here = machine.task().number();
        let mut numbers = machine.tasks().map(|task| task.number());
        let next = match forward {
            true => {
                let first = numbers.clone().next();
                numbers.find(|&number| number > here).or(first)
            }
            false => {
                let last = numbers.clone().last();
                numbers.take_while(|&number| number < here).last().or(last)
            }
        };
        next.filter(|&next| next != here)
    }

    /// Holds the strand of a task, or lets it go on.
    pub(super) fn hold_task(&mut self, task: TaskId) {
        let Some(strand) = self.session().machine().strand_of(task) else {
            return self.notice.warn(format!("Task {task} rests: it takes no turns"));
        };
        let share = u64::from(strand.share == 0);
        if self.gesture(vec![Command::Share { task, share }], None) {
            self.notice.tell(match share {
                0 => format!("Task {task} is held"),
                _ => format!("Task {task} takes turns again"),
            });
        }
    }

    /// Lets the others run until the task that is looked at can go on.
    pub(super) fn let_others_run(&mut self) {
        let machine = self.session().machine();
        let task = machine.task().number();
        match machine.stop_of(task) {
            Some(Stop::Blocked(_)) if machine.waits_together().is_none() => {
                self.run_to(Goal::Going(task));
            }
            Some(Stop::Blocked(_)) => match machine.stopped_together() {
                Some((other, stop)) if other != task => {
                    self.notice.warn(format!("No other task can go on: task {other}: {stop}"));
                }
                _ => self.notice.warn("No other task can go on"),
            },
            _ => self.notice.warn(format!("Task {task} waits for no other")),
        }
    }

    /// Goes to the last or next position at which the task that is looked at executed an instruction.
    pub(super) fn look_for_task(&mut self, direction: Direction) {
        self.look(Wanted::Task(self.session().focus()), direction);
    }

    /// The rows of the tasks; none if there is only one.
    pub fn tasks(&self) -> tasks::TaskRows {
        tasks::tasks(self.session().machine(), tasks::SHOWN)
    }
}
