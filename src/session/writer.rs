//! Who wrote a cell, and who gave a piece of input: the gesture, found in the journal.
//!
//! A cell is followed back through the edits that moved it. Only the stretches of the history that edit code are
//! replayed, because only they could have written it.

use super::apply::Code;
use super::checkpoint::Checkpoints;
use super::command::Command;
use super::journal::{Journal, Mismatch, Position};
use super::replay::{Event, Observer, Replay, Replayed, Scene};
use crate::program::image::Image;
use crate::vm::index::Body;
use crate::vm::memory::Place;
use crate::vm::relocate::Shift;
use crate::vm::stop::Stop;

/// The gesture that gave the first byte of the input that is still to be read at a position, `rest` bytes of
/// it; none if the history begins with that.
pub(super) fn gave(journal: &Journal, at: Position, rest: usize) -> Option<u64> {
    let mut left = rest;
    for leg in journal.legs(Position::default(), at).into_iter().rev() {
        for command in journal.commands(leg).iter().rev() {
            let Command::Give { text } = command else { continue };
            if left <= text.len() {
                return Some(journal.gestures_to(leg.entry));
            }
            left -= text.len();
        }
    }
    None
}

/// A search for the gesture that wrote a cell.
#[derive(Clone, Debug)]
pub(super) struct Writer {
    /// Where the cell is at the end of the stretch.
    place: Place,
    to: Position,
    from: Position,
    replay: Replay,
    /// The edits of the stretch.
    edits: Vec<Edit>,
}

/// An edit that was passed.
#[derive(Clone, Debug)]
struct Edit {
    /// The position before it.
    at: Position,
    /// How many shifts were before it.
    shifted: usize,
    /// The number of the first body that it could make.
    makes: Body,
    /// Its text is in these cells.
    writes: Option<(Place, u32)>,
}

impl Writer {
    /// A search for the gesture that wrote a cell, back from a position.
    pub(super) fn new(journal: &Journal, kept: &Checkpoints, place: Place, to: Position) -> Writer {
        let (to, replay) = stretch(journal, kept, to);
        Writer { place, to, from: replay.position, replay, edits: Vec::new() }
    }

    /// Continues the search for about `fuel` instructions; returns the number of the gesture on its branch when
    /// it is known, and no number if the history begins with the cell.
    ///
    /// # Errors
    /// If the replay diverges from a journal that was made by hand.
    pub(super) fn advance(
        &mut self,
        journal: &Journal,
        kept: &Checkpoints,
        fuel: u64,
    ) -> Result<Option<Option<u64>>, Mismatch> {
        let mut notes = Notes { body: self.place.body, edits: &mut self.edits };
        if self.replay.advance(journal, fuel, Some(&mut notes))? != Replayed::Arrived {
            return Ok(None);
        }
        if let Some(at) = self.written() {
            let entry = journal.next_towards(self.to, at).map_or(at.entry, |next| next.entry);
            return Ok(Some(Some(journal.gestures_to(entry))));
        }
        if self.from == Position::default() {
            return Ok(Some(None));
        }
        *self = Writer::new(journal, kept, self.place, self.from);
        Ok(None)
    }

    /// The position before the edit of the stretch that wrote the cell. If none did, follows the cell to the
    /// start of the stretch.
    fn written(&mut self) -> Option<Position> {
        let mut end = self.replay.shifts.len();
        for edit in self.edits.iter().rev() {
            let Place { body, offset } = self.place;
            let is_in = |(at, count): (Place, u32)| {
                at.body == body && offset >= at.offset && offset.since(at.offset) < count
            };
            if body >= edit.makes || edit.writes.is_some_and(is_in) {
                return Some(edit.at);
            }
            let shifts = &self.replay.shifts[edit.shifted..end];
            match shifts.iter().rev().try_fold(self.place, |place, shift| shift.before(place)) {
                Some(before) => self.place = before,
                None => return Some(edit.at),
            }
            end = edit.shifted;
        }
        None
    }
}

/// The replay of the last stretch before a position that edits code, and its end. If none does, one that has
/// nothing to do.
fn stretch(journal: &Journal, kept: &Checkpoints, mut to: Position) -> (Position, Replay) {
    let edits = |from, to| {
        let mut legs = journal.legs(from, to).into_iter();
        legs.any(|leg| journal.commands(leg).iter().any(Command::is_edit))
    };
    loop {
        let kept = kept.nearest_before(journal, to);
        let from = kept.map_or(Position::default(), |kept| kept.position());
        if edits(from, to) {
            return (to, Replay::from_checkpoint(journal, kept, to));
        }
        to = from;
        if to == Position::default() {
            return (to, Replay::from_checkpoint(journal, None, to));
        }
    }
}

/// Notes the edits of a replay.
struct Notes<'w> {
    body: Body,
    edits: &'w mut Vec<Edit>,
}

impl Observer for Notes<'_> {
    fn observe(&mut self, scene: Scene<'_>, event: Event<'_>) -> bool {
        let Event::Command(command) = event else { return false };
        if command.is_edit() {
            let (Scene { image, at, .. }, shifted) = (scene, scene.shifts.len());
            let makes = image.machine.memory().next_code();
            self.edits.push(Edit { at, shifted, makes, writes: writes(command, image, self.body) });
        }
        false
    }

    fn fast_forward(
        &mut self,
        image: &mut Image,
        _: Position,
        _: &[Shift],
        fuel: u64,
    ) -> Result<(u64, bool), Stop> {
        let before = image.machine.retired();
        let stop = image.run(fuel);
        let ran = image.machine.retired() - before;
        if ran == fuel || image.machine.pauses() { Ok((ran, false)) } else { Err(stop) }
    }
}

/// The cells of a body that a command writes its text into.
fn writes(command: &Command, image: &Image, body: Body) -> Option<(Place, u32)> {
    let (Command::Write { at, .. } | Command::Insert { at, .. } | Command::Replace { at, .. }) =
        command
    else {
        return None;
    };
    let code = (at.body == body).then(|| Code::of(command, image).ok())??;
    command.overwrites(&code)
}
