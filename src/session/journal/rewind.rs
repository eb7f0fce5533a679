//! Rewinds: where the session was when it went back and kept its edits.
//!
//! A rewind is one gesture, although it goes back and applies edits again. The entry with its edits
//! follows the earlier position, because replay starts there. So undo cannot tell from the tree where the
//! rewind began; that is kept here. A rewind without edits makes no entry. It is remembered until the
//! session goes elsewhere.

use std::collections::HashMap;

use super::{Entry, Journal, Position};
use crate::session::command::Command;

/// A rewind from a position to an earlier one of its branch.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Rewind {
    /// Where it began.
    pub from: Position,
    /// Where it went back to.
    pub to: Position,
}

/// The rewinds of a journal.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Rewinds {
    /// Where the rewind that made an entry began.
    began: HashMap<usize, Position>,
    /// The newest entry that a rewind from a position made.
    newest: HashMap<Position, usize>,
    /// The last rewind, if it made no entry and the session is where it led, or where undo of it leads.
    bare: Option<Rewind>,
}

impl Rewinds {
    /// Where the rewind that made this entry began, if one made it.
    pub fn began(&self, entry: usize) -> Option<Position> {
        self.began.get(&entry).copied()
    }

    /// The last rewind, if it made no entry and the session is where it led, or where undo of it leads.
    pub fn bare(&self) -> Option<Rewind> {
        self.bare
    }

    /// The session goes from one position to another, not by a rewind. A session of a recording begins at
    /// the base, and may then go to where the recording ends.
    pub(in crate::session) fn moved(&mut self, here: Position, to: Position) {
        let stays = |rewind: &Rewind| to == rewind.from || to == rewind.to && here != rewind.from;
        self.bare = self.bare.filter(stays);
    }

    /// Something was done, so the last rewind is no longer the last gesture. Returns it.
    pub(super) fn take_bare(&mut self) -> Option<Rewind> {
        self.bare.take()
    }

    /// A rewind made an entry.
    pub(super) fn made(&mut self, entry: usize, from: Position) {
        self.began.insert(entry, from);
        self.newest.insert(from, entry);
    }
}

impl Journal {
    /// The edits of code between a position and a later one of its branch.
    pub(in crate::session) fn edits(&self, earlier: Position, later: Position) -> Vec<Command> {
        let legs = self.legs(earlier, later);
        let commands = legs.into_iter().flat_map(|leg| self.commands(leg));
        commands.filter(Command::is_edit).collect()
    }

    /// Begins a rewind. If the next entry has its edits, the rewind made that entry. Does nothing unless
    /// the rewind goes to an earlier position of the same branch.
    pub(in crate::session) fn rewind(&mut self, rewind: Rewind) {
        if rewind.from != rewind.to && self.passes(rewind.from, rewind.to) {
            self.rewinds.bare = Some(rewind);
        }
    }

    /// Where the last rewind began, if it is the one that makes this entry: it has its edits, the values of locals
    /// that they renamed, and at most a run that continued it. From now on, another gesture is the last one.
    pub(super) fn rewind_that_makes(&mut self, entry: &Entry) -> Option<Position> {
        let rewind = self.rewinds.take_bare().filter(|rewind| rewind.to == entry.parent)?;
        let edits = self.edits(rewind.to, rewind.from);
        let mut rest =
            entry.commands.strip_prefix(edits.as_slice()).filter(|_| !edits.is_empty())?;
        while let [Command::Local { .. }, after @ ..] = rest {
            rest = after;
        }
        matches!(rest, [] | [Command::Run { .. }]).then_some(rewind.from)
    }

    /// The position before the last gesture.
    pub fn undone(&self, position: Position) -> Option<Position> {
        match self.rewinds.bare {
            Some(rewind) if rewind.to == position => Some(rewind.from),
            Some(_) | None => {
                let began = self.rewinds.began(position.entry);
                began.or_else(|| self.entry(position.entry).map(|entry| entry.parent))
            }
        }
    }

    /// As [`Journal::onward`], but a rewind that began at the position also follows it.
    pub fn redone(&self, position: Position) -> Option<Position> {
        match self.rewinds.newest.get(&position) {
            Some(&entry) if self.newest.get(&position) < Some(&entry) => Some(self.end_of(entry)),
            Some(_) | None => self.onward(position),
        }
    }
}
