//! Going on with new code and the old input: what was given on the way that was left is offered
//! again, in its order. It is only offered: applying it is a gesture like any other.

use super::command::Command;
use super::journal::Position;
use super::session::Session;

/// Where the newest branch began, and the input that its old future would have had.
#[derive(Clone, Debug)]
pub(super) struct Fork {
    at: Position,
    ahead: Vec<Command>,
}

impl Session {
    /// The input that was given behind a position on the way that redo leads along.
    pub fn inputs_after(&self, position: Position) -> Vec<Command> {
        self.inputs(position, self.future())
    }

    /// The input given on the way that was left where the newest branch began, without as many as
    /// were given since: what to give when the program waits for input.
    pub fn offered_inputs(&self) -> Vec<Command> {
        self.offered_at(self.position)
    }

    fn offered_at(&self, position: Position) -> Vec<Command> {
        let Some(fork) = &self.fork else { return Vec::new() };
        if !self.journal.passes(position, fork.at) {
            return Vec::new();
        }
        let given = self.inputs(fork.at, position).len();
        fork.ahead.get(given..).unwrap_or_default().to_vec()
    }

    /// Something new is about to be done: if that begins a branch, remembers what input lies ahead.
    pub(super) fn note_fork(&mut self) {
        if self.next_gesture().is_none() {
            return;
        }
        let future = self.future();
        let mut ahead = self.inputs(self.position, future);
        ahead.extend(self.offered_at(future));
        self.fork = Some(Fork { at: self.position, ahead });
    }

    /// The input given between two positions of one way; none if they are not.
    fn inputs(&self, from: Position, to: Position) -> Vec<Command> {
        if !self.journal.passes(to, from) {
            return Vec::new();
        }
        let legs = self.journal.legs(from, to).into_iter();
        let commands = legs.flat_map(|leg| self.journal.commands(leg));
        commands.filter(|c| matches!(c, Command::Give { .. } | Command::EndInput)).collect()
    }
}
