//! A run in progress, and how it goes on: first for a fixed number of instructions, if a command says
//! so, then towards a goal. It changes the image of the session itself, so what has run, has run.

use super::goal::{Ended, Goal};
use crate::program::image::Image;

/// A run in progress.
#[derive(Clone, Debug)]
pub(super) struct Run {
    /// How many instructions a `run` command still wants, whatever breakpoints a person set.
    fixed: u64,
    /// What it is for after that.
    goal: Option<Goal>,
    /// Whether it has not begun to run towards its goal.
    first: bool,
    /// The entry that it belongs to; nothing before a run of its own has retired anything.
    pub(super) entry: Option<usize>,
}

impl Run {
    /// A run for so many instructions and then towards a goal.
    pub(super) fn new(fixed: u64, goal: Option<Goal>) -> Run {
        Run { fixed, goal, first: true, entry: None }
    }

    /// What it is for.
    pub(super) fn goal(&self) -> Option<&Goal> {
        self.goal.as_ref()
    }

    /// Whether there is nothing to run.
    pub(super) fn is_empty(&self) -> bool {
        self.fixed == 0 && self.goal.is_none()
    }

    /// Runs at most `fuel` instructions; why it ended, if it did.
    pub(super) fn advance(&mut self, image: &mut Image, fuel: u64) -> Option<Ended> {
        if self.fixed > 0 {
            return self.advance_fixed(image, fuel);
        }
        let goal = self.goal.as_mut()?;
        let before = image.machine.retired();
        let ended = goal.run(image, fuel, self.first);
        self.first &= image.machine.retired() == before;
        ended
    }

    fn advance_fixed(&mut self, image: &mut Image, fuel: u64) -> Option<Ended> {
        let before = image.machine.retired();
        let stop = image.machine.run(self.fixed.min(fuel));
        self.fixed -= image.machine.retired() - before;
        let ended = if self.fixed == 0 { Ended::Reached } else { Ended::by(stop)? };
        self.fixed = 0;
        self.goal.is_none().then_some(ended)
    }
}
