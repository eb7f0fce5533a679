//! Where the tasks stand that are not looked at: several may stand in the same cell.

use std::collections::HashMap;

use crate::program::diagnostic::{counted, grouped};
use crate::vm::index::{Body, TaskId};
use crate::vm::machine::Machine;
use crate::vm::memory::Place;

/// The most tasks that are looked for. A million must not slow the window down.
const LOOKED_AT: usize = 10_000;
/// The most that are named at a cell.
pub const NAMED: usize = 3;

/// The tasks that stand at a cell, besides the one that is looked at.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Others {
    /// The first of them.
    pub named: Vec<TaskId>,
    /// How many more there are.
    pub more: usize,
}

impl Others {
    /// What a screen reader says after the rest: `, task 2 is here, task 3 is here, 12 more tasks are here`.
    pub fn words(&self) -> String {
        let mut words = String::new();
        for task in &self.named {
            words += &format!(", task {task} is here");
        }
        match self.more {
            0 => {}
            1 => words += ", 1 more task is here",
            more => words += &format!(", {} are here", counted(more, "more task")),
        }
        words
    }

    /// What is drawn for those that are not named: `+12`.
    pub fn rest(&self) -> Option<String> {
        (self.more > 0).then(|| format!("+{}", grouped(self.more)))
    }
}

/// All cells at which other tasks stand.
#[derive(Clone, Debug, Default)]
pub struct OtherTasks {
    at: HashMap<Place, Others>,
    /// The last of these cells in each body.
    last: HashMap<Body, Place>,
}

impl OtherTasks {
    /// Those of a machine.
    pub fn new(machine: &Machine) -> OtherTasks {
        let mut others = OtherTasks::default();
        if machine.tasks().len() == 1 {
            return others;
        }
        let seen = machine.task().number();
        for task in machine.tasks().take(LOOKED_AT).filter(|task| task.number() != seen) {
            let place = task.counter();
            let here = others.at.entry(place).or_default();
            match here.named.len() < NAMED {
                true => here.named.push(task.number()),
                false => here.more += 1,
            }
            let last = others.last.entry(place.body).or_insert(place);
            *last = place.max(*last);
        }
        others
    }

    /// Those at a place.
    pub fn at(&self, place: Place) -> Option<&Others> {
        self.at.get(&place)
    }

    /// The last place in a body at which one stands.
    pub fn last(&self, body: Body) -> Option<Place> {
        self.last.get(&body).copied()
    }

    /// Those in some bodies, and where.
    pub fn within<'o>(&'o self, bodies: &'o [Body]) -> impl Iterator<Item = (Place, &'o Others)> {
        let all = self.at.iter().map(|(&place, others)| (place, others));
        all.filter(|(place, _)| bodies.contains(&place.body))
    }

    /// All these places.
    pub fn places(&self) -> impl Iterator<Item = Place> {
        self.at.keys().copied()
    }
}
