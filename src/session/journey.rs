//! A journey: works out the image at another position, in time slices. It replays from the nearest image:
//! a checkpoint, or the image that is shown.
//!
//! Undo, redo, stepping back and going anywhere are journeys.

use super::checkpoint::{Checkpoints, NEAR};
use super::journal::{Journal, Mismatch, Position};
use super::replay::{End, Replay, Replayed};
use crate::program::image::Image;

/// A journey in progress.
#[derive(Clone, Debug)]
pub(super) struct Journey {
    to: Position,
    /// How many instructions were executed before the destination.
    step: u64,
    replay: Replay,
    since_checkpoint: u64,
}

impl Journey {
    /// A journey to a position of the journal; `shown` is the image that is shown, and its position.
    pub(super) fn new(
        journal: &Journal,
        kept: &Checkpoints,
        shown: (Position, &mut Image),
        to: Position,
    ) -> Journey {
        let replay = replay(journal, kept, shown, to);
        let step = replay.image.machine.retired().saturating_add(replay.length());
        Journey { to, step, replay, since_checkpoint: 0 }
    }

    /// Its destination.
    pub(super) fn to(&self) -> Position {
        self.to
    }

    /// How many instructions were executed before its destination.
    pub(super) fn step(&self) -> u64 {
        self.step
    }

    /// Continues for about `fuel` instructions, and keeps checkpoints; true if it has arrived.
    ///
    /// # Errors
    /// If the replay diverges from a journal that was made by hand.
    pub(super) fn advance(
        &mut self,
        journal: &Journal,
        kept: &mut Checkpoints,
        fuel: u64,
    ) -> Result<bool, Mismatch> {
        let mut left = fuel.max(1);
        while left > 0 {
            let part = left.min(kept.spacing()).min(self.before_near());
            let before = self.replay.image.machine.extra_effort();
            self.replay.image.machine.pause_after(Some(kept.spacing()));
            let replayed = self.replay.advance(journal, part, None);
            self.replay.image.machine.pause_after(None);
            if replayed? == Replayed::Arrived {
                return Ok(true);
            }
            let extra = self.replay.image.machine.extra_effort() - before;
            let done = part.saturating_add(extra);
            left = left.saturating_sub(done);
            self.since_checkpoint = self.since_checkpoint.saturating_add(done);
            let since = self.since_checkpoint;
            let is_wanted = kept.is_due(since, &self.replay.image)
                || self.ahead() <= NEAR && kept.pays_off(since, &self.replay.image);
            if self.replay.is_exact() && is_wanted {
                self.since_checkpoint = 0;
                kept.keep(self.replay.position, &self.replay.image);
            }
        }
        Ok(false)
    }

    /// How many instructions are still to be executed.
    fn ahead(&self) -> u64 {
        self.step.saturating_sub(self.replay.image.machine.retired())
    }

    /// How many instructions to execute before it is [`NEAR`] its destination; no bound if it is already.
    fn before_near(&self) -> u64 {
        self.ahead().checked_sub(NEAR).filter(|&before| before > 0).unwrap_or(u64::MAX)
    }

    /// The gestures whose end it passed since the last call.
    pub(super) fn take_ends(&mut self) -> Vec<End> {
        std::mem::take(&mut self.replay.ends)
    }

    /// The image at the position that it has reached.
    pub(super) fn into_image(self) -> Image {
        self.replay.image
    }
}

/// The replay from the nearest image.
fn replay(
    journal: &Journal,
    kept: &Checkpoints,
    (position, image): (Position, &mut Image),
    to: Position,
) -> Replay {
    let nearest = kept.nearest(journal, to);
    let (from, retired) = match nearest {
        Some(kept) => (kept.position(), kept.retired()),
        None => (Position::default(), journal.base().machine.retired()),
    };
    // When going forward, the image that is shown is often the nearest.
    let shown_is_nearer = image.machine.retired() >= retired && position.entry >= from.entry;
    if shown_is_nearer && journal.passes(to, position) {
        return Replay::new(journal, position, image.fork(), to);
    }
    Replay::from_checkpoint(journal, nearest, to)
}
