//! A run in progress: first for a fixed number of instructions, if a command says so, then towards a goal.
//! It changes the image of the session itself, so giving it up does not undo it.

use super::goal::{Ended, Goal};
use crate::program::image::Image;

/// A run in progress.
#[derive(Clone, Debug)]
pub(super) struct Run {
    /// How many instructions are left of a `run` command, which ignores breakpoints.
    fixed: u64,
    /// Its goal after that.
    goal: Option<Goal>,
    /// Whether the run towards the goal is still at its first instruction.
    first: bool,
    /// The entry that it belongs to; none if the gesture is only a run and nothing has retired yet.
    pub(super) entry: Option<usize>,
}

impl Run {
    /// A run of `fixed` instructions and then towards a goal.
    pub(super) fn new(fixed: u64, goal: Option<Goal>) -> Run {
        Run { fixed, goal, first: true, entry: None }
    }

    /// Its goal, if it has one.
    pub(super) fn goal(&self) -> Option<&Goal> {
        self.goal.as_ref()
    }

    /// Whether there is nothing to run.
    pub(super) fn is_empty(&self) -> bool {
        self.fixed == 0 && self.goal.is_none()
    }

    /// Runs at most `fuel` instructions; returns how the run ended, if it did.
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
        let stop = image.run(self.fixed.min(fuel));
        self.fixed -= image.machine.retired() - before;
        let ended = if self.fixed == 0 {
            Ended::Reached
        } else if image.machine.is_spent() {
            Ended::Stopped(stop)
        } else {
            Ended::by(stop)?
        };
        self.fixed = 0;
        self.goal.is_none().then_some(ended)
    }
}
