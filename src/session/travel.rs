//! Going back and forth in time. Undo, redo, stepping back and going anywhere are one thing: the
//! nearest image that is at hand, and a replay from there.
//!
//! Where redo leads is one position, the *tip*: the end of the way that was last gone. Going back
//! along it, or forth again, leaves it; going elsewhere, or doing something new, moves it.

use super::checkpoint::Checkpoint;
use super::journal::{Mismatch, Position};
use super::record::Record;
use super::session::Session;
use super::walk::{Walk, Walked};
use crate::program::image::Image;

/// A way to a position, gone in slices. Until it is there the session stays where it is, so a
/// journey can be given up at any time.
#[derive(Clone, Debug)]
pub struct Journey {
    to: Position,
    /// Nothing once it is there.
    walk: Option<Walk>,
    since_checkpoint: u64,
}

impl Journey {
    /// Where it leads.
    pub fn to(&self) -> Position {
        self.to
    }

    /// Goes on for about `fuel` instructions; true if it is there.
    ///
    /// # Errors
    /// If the journal was made by hand and does not do what it says; the session is where it was.
    pub fn slice(&mut self, session: &mut Session, fuel: u64) -> Result<bool, Mismatch> {
        if let Some(image) = self.look(session, fuel)? {
            session.arrive(self.to, image);
        }
        Ok(self.walk.is_none())
    }

    /// As [`Journey::slice`], but the session stays where it is, and gets the image that is there.
    ///
    /// # Errors
    /// As [`Journey::slice`].
    pub fn look(&mut self, session: &mut Session, fuel: u64) -> Result<Option<Image>, Mismatch> {
        let mut left = fuel.max(1);
        while let Some(walk) = &mut self.walk {
            if left == 0 {
                return Ok(None);
            }
            let part = left.min(session.checkpoints.spacing());
            left -= part;
            let walked = walk.go_on(&session.journal, part, None)?;
            session.note_stops(walk.ends.drain(..));
            if walked == Walked::There {
                break;
            }
            self.since_checkpoint += part;
            if walk.is_exact() && session.checkpoints.is_due(self.since_checkpoint, &walk.image) {
                self.since_checkpoint = 0;
                session.checkpoints.keep(walk.position, &walk.image);
            }
        }
        Ok(self.walk.take().map(|walk| walk.image))
    }
}

impl Session {
    /// Goes to a position of the journal. Ends a run in progress.
    ///
    /// # Errors
    /// If there is no such position, or the journal was made by hand and does not do what it says;
    /// then the image is as it was.
    pub fn goto(&mut self, to: Position) -> Result<(), Mismatch> {
        let mut journey = self.journey(to)?;
        while !journey.slice(self, u64::MAX)? {}
        Ok(())
    }

    /// Begins to go to a position: call [`Journey::slice`] until it is there.
    ///
    /// # Errors
    /// If there is no such position.
    pub fn journey(&self, to: Position) -> Result<Journey, Mismatch> {
        if !self.journal.contains(to) {
            let cause = format!("there is no position {to}");
            return Err(Mismatch { entry: to.entry, cause });
        }
        Ok(Journey { to, walk: Some(self.walk_to(to)), since_checkpoint: 0 })
    }

    /// The walk to a position from the nearest image on the way.
    pub(super) fn walk_to(&self, to: Position) -> Walk {
        let kept = self.checkpoints.nearest(&self.journal, to);
        let behind =
            kept.map_or_else(|| self.journal.base().machine.retired(), |kept| kept.retired());
        let from = kept.map_or(Position::default(), |kept| kept.position);
        // Going forward, the image that is shown is often the nearest.
        let shown = &self.image;
        if shown.machine.retired() >= behind
            && self.position.entry >= from.entry
            && self.journal.passes(to, self.position)
        {
            return Walk::new(&self.journal, self.position, shown.clone(), to);
        }
        self.walk_from(kept, to)
    }

    /// The walk to a position from a checkpoint, or from the base.
    pub(super) fn walk_from(&self, kept: Option<&Checkpoint>, to: Position) -> Walk {
        let from = kept.map_or(Position::default(), |kept| kept.position);
        let image = kept.map_or_else(|| self.journal.base().clone(), Checkpoint::image);
        Walk::new(&self.journal, from, image, to)
    }

    pub(super) fn arrive(&mut self, to: Position, image: Image) {
        self.running = None;
        if to == self.position {
            return;
        }
        self.image = image;
        self.position = to;
        self.since_checkpoint = 0;
        if !self.journal.passes(self.tip, to) {
            self.tip = to;
        }
        self.note_stop();
        match self.unsaved.last_mut() {
            Some(Record::Goto(last)) => *last = to,
            _ => self.unsaved.push(Record::Goto(to)),
        }
    }

    /// Takes back the last gesture; false at the base. What follows stays reachable.
    ///
    /// # Errors
    /// As [`Session::goto`].
    pub fn undo(&mut self) -> Result<bool, Mismatch> {
        let Some(entry) = self.journal.entry(self.position.entry) else { return Ok(false) };
        let to = entry.parent;
        self.goto(to).map(|()| true)
    }

    /// Goes forth again: to the end of the next gesture of the way that undo or stepping back came,
    /// or else of the newest that follows here; false if none does.
    ///
    /// # Errors
    /// As [`Session::goto`].
    pub fn redo(&mut self) -> Result<bool, Mismatch> {
        match self.next_gesture() {
            Some(to) => self.goto(to).map(|()| true),
            None => Ok(false),
        }
    }

    /// Where redo leads, if anywhere.
    pub fn next_gesture(&self) -> Option<Position> {
        if self.position == self.tip {
            return self.journal.onward(self.tip);
        }
        // Every entry has a higher number than the one it follows.
        self.journal.path(self.tip).take_while(|&at| at > self.position).last()
    }

    /// The end of the way that redo leads along, step by step.
    pub fn future(&self) -> Position {
        let onward = std::iter::successors(Some(self.tip), |&at| self.journal.onward(at));
        onward.last().unwrap_or(self.tip)
    }

    /// Takes back one instruction, and what was edited since; false if none lies before.
    ///
    /// # Errors
    /// As [`Session::goto`].
    pub fn step_back(&mut self) -> Result<bool, Mismatch> {
        match self.journal.back(self.position) {
            Some(to) => self.goto(to).map(|()| true),
            None => Ok(false),
        }
    }
}
