//! Continuing with new code and old input: the input given on the branch that was left is offered again,
//! in its order. It is only offered; giving it is a gesture like any other. The same holds for answers: those
//! to a call of the same function with the same operands.
//!
//! The branch that was left is the one that was newest when the present branch began. The journal shows
//! that, so it is known after a crash too.

use super::apply::check_answer;
use super::command::Command;
use super::journal::Position;
use super::session::Session;

/// The most branchings that are looked at: each costs a walk over the journal.
const BRANCHES: usize = 1000;

impl Session {
    /// The input that was given after a position, on the branch that redo follows.
    pub fn inputs_after(&self, position: Position) -> Vec<Command> {
        self.given(position, self.future(), &is_input)
    }

    /// The old input to offer when the program waits for input: the inputs of the branch that was left
    /// last, without the first ones, one for each input given since. After them come the inputs that the
    /// other branch was itself offered and did not take.
    pub fn offered_inputs(&self) -> Vec<Command> {
        self.offered(&is_input)
    }

    /// The old answers to offer at a call that can be answered, in the same way.
    pub fn offered_answers(&self) -> Vec<Command> {
        let machine = self.machine();
        let is_asked = |command: &Command| {
            let Command::Answer { name, operands, .. } = command else { return false };
            check_answer(machine, name, operands).is_ok()
        };
        self.offered(&is_asked)
    }

    fn offered(&self, is_wanted: &dyn Fn(&Command) -> bool) -> Vec<Command> {
        let mut offered = Vec::new();
        let mut given = 0;
        let mut at = self.position;
        for _ in 0..BRANCHES {
            let Some((from, left)) = self.journal.branching(at) else { break };
            given += self.given(from, at, is_wanted).len();
            let ahead = self.given(from, left, is_wanted);
            offered.extend(ahead.iter().skip(given).cloned());
            given = given.saturating_sub(ahead.len());
            at = left;
        }
        offered
    }

    /// What was given between two positions of one branch; nothing if they are on different branches.
    fn given(
        &self,
        from: Position,
        to: Position,
        is_wanted: &dyn Fn(&Command) -> bool,
    ) -> Vec<Command> {
        if !self.journal.passes(to, from) {
            return Vec::new();
        }
        let legs = self.journal.legs(from, to).into_iter();
        let commands = legs.flat_map(|leg| self.journal.commands(leg));
        commands.filter(|command| is_wanted(command)).collect()
    }
}

fn is_input(command: &Command) -> bool {
    matches!(command, Command::Give { .. } | Command::EndInput)
}
