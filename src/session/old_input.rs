//! Continuing with new code and old input: the input given on the branch that was left is offered again,
//! in its order. It is only offered; giving it is a gesture like any other.
//!
//! The branch that was left is the one that was newest when the present branch began. The journal shows
//! that, so it is known after a crash too.

use super::command::Command;
use super::journal::Position;
use super::session::Session;

/// The most branchings that are looked at: each costs a walk over the journal.
const BRANCHES: usize = 1000;

impl Session {
    /// The input that was given after a position, on the branch that redo follows.
    pub fn inputs_after(&self, position: Position) -> Vec<Command> {
        self.inputs(position, self.future())
    }

    /// The old input to offer when the program waits for input: the inputs of the branch that was left
    /// last, without the first ones, one for each input given since. After them come the inputs that the
    /// other branch was itself offered and did not take.
    pub fn offered_inputs(&self) -> Vec<Command> {
        let mut offered = Vec::new();
        let mut given = 0;
        let mut at = self.position;
        for _ in 0..BRANCHES {
            let Some((from, left)) = self.journal.branching(at) else { break };
            given += self.inputs(from, at).len();
            let ahead = self.inputs(from, left);
            offered.extend(ahead.iter().skip(given).cloned());
            given = given.saturating_sub(ahead.len());
            at = left;
        }
        offered
    }

    /// The input given between two positions of one branch; none if they are on different branches.
    fn inputs(&self, from: Position, to: Position) -> Vec<Command> {
        if !self.journal.passes(to, from) {
            return Vec::new();
        }
        let legs = self.journal.legs(from, to).into_iter();
        let commands = legs.flat_map(|leg| self.journal.commands(leg));
        commands.filter(|c| matches!(c, Command::Give { .. } | Command::EndInput)).collect()
    }
}
