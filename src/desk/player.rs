//! A recording that is played: the gestures it goes along, and where it goes next.
//!
//! The gestures are fixed when the player opens; what is done besides begins a branch, and the
//! recording stays there to be gone back to.

use super::derived::Derived;
use super::speed::Rate;
use crate::session::Session;
use crate::session::command::Command;
use crate::session::journal::note::Note;
use crate::session::journal::{Journal, Position};
use crate::session::travel::Journey;
use crate::view::gesture;

/// How it goes on by itself.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) enum Pace {
    /// Not at all.
    Paused,
    /// The next part is due at a time, in seconds.
    Playing(f64),
    /// To the end, as fast as it goes.
    ToEnd,
}

/// What a front shows of the player.
#[derive(Debug)]
pub struct PlayerRow {
    /// It plays, or is on its way somewhere.
    pub busy: bool,
    /// The gesture it is at, counted from 1; 0 is before the first.
    pub gesture: usize,
    /// How many there are.
    pub gestures: usize,
    /// It is in the middle of that gesture.
    pub within: bool,
    /// What the gesture did.
    pub words: String,
    /// What the recording says here.
    pub comment: String,
    /// How many expectations there are here.
    pub expected: usize,
    /// The first of them that does not hold.
    pub unmet: Option<String>,
    /// Something else was done after this gesture.
    pub taken_over: bool,
    /// How fast it plays.
    pub rate: Rate,
}

/// A recording, and how it is played.
#[derive(Debug)]
pub(super) struct Player {
    /// The base and the ends of the gestures.
    path: Vec<Position>,
    pub pace: Pace,
    pub journey: Option<Journey>,
    /// Where it brought the session; if that is elsewhere, the user took over.
    pub at: Position,
    /// What is not as expected at a position, when the journal had been written to so often.
    pub unmet: Derived<(Position, u64), Option<String>>,
}

impl Player {
    /// Plays what a session did up to a position.
    pub fn new(session: &Session, end: Position) -> Player {
        let mut path: Vec<Position> = session.journal().path(end).collect();
        path.reverse();
        let at = session.position();
        Player { path, pace: Pace::Paused, journey: None, at, unmet: Derived::default() }
    }

    /// The gesture that a position of the recording belongs to; none if it is on a branch.
    fn gesture(&self, position: Position) -> Option<usize> {
        let index = self.path.binary_search_by_key(&position.entry, |end| end.entry).ok()?;
        (position.done <= self.path[index].done).then_some(index)
    }

    /// The last position of the recording on the way to a position.
    pub fn left(&self, journal: &Journal, position: Position) -> Position {
        let shared = |at: Position| {
            let index = self.path.binary_search_by_key(&at.entry, |end| end.entry).ok()?;
            Some(at.min(self.path[index]))
        };
        journal.path(position).find_map(shared).unwrap_or_default()
    }

    /// Its end.
    pub fn end(&self) -> Position {
        self.path.last().copied().unwrap_or_default()
    }

    /// Stays where it is.
    pub fn pause(&mut self) {
        (self.pace, self.journey) = (Pace::Paused, None);
    }

    /// Whether it plays, or is on its way to somewhere in the recording.
    pub fn is_busy(&self) -> bool {
        self.pace != Pace::Paused || self.journey.is_some()
    }

    /// The end of the next gesture, or of the one that a position is in the middle of. From a branch,
    /// where it left the recording.
    pub fn next(&self, journal: &Journal, position: Position) -> Option<Position> {
        match self.gesture(position) {
            Some(_) => self.next_end(position),
            None => Some(self.left(journal, position)),
        }
    }

    /// The end of the previous gesture. From a branch, where it left the recording.
    pub fn previous(&self, journal: &Journal, position: Position) -> Option<Position> {
        match self.gesture(position) {
            Some(_) => self.previous_end(position),
            None => Some(self.left(journal, position)),
        }
    }

    /// Whether a gesture ends at a position.
    pub fn is_end(&self, position: Position) -> bool {
        self.gesture(position).is_some_and(|n| self.path[n] == position)
    }

    fn next_end(&self, position: Position) -> Option<Position> {
        let index = self.gesture(position)?;
        let within = position != self.path[index];
        self.path.get(if within { index } else { index + 1 }).copied()
    }

    fn previous_end(&self, position: Position) -> Option<Position> {
        let index = self.path.partition_point(|&end| end < position);
        self.path.get(index.checked_sub(1)?).copied()
    }

    /// Where playing goes next: `steps` instructions further within a run that is watched, or to the
    /// end of a gesture, and no further than to where something is expected.
    pub fn target(&self, journal: &Journal, at: Position, steps: Option<u64>) -> Option<Position> {
        if self.gesture(at).is_none() {
            return Some(self.left(journal, at));
        }
        let next = match self.pace {
            Pace::ToEnd => Some(self.end()).filter(|&end| end != at)?,
            Pace::Playing(_) | Pace::Paused => self.next_end(at)?,
        };
        let next = steps.map_or(next, |steps| within(journal, at, next, steps));
        Some(self.expected_before(journal, at, next).unwrap_or(next))
    }

    /// The first place between two positions of the way where something is expected.
    fn expected_before(&self, journal: &Journal, at: Position, to: Position) -> Option<Position> {
        let until = journal.notes().after(at).iter().take_while(|&&(place, _)| place < to);
        let mut expected = until.filter(|(place, note)| {
            matches!(note, Note::Expectation(_)) && self.gesture(*place).is_some()
        });
        expected.next().map(|&(place, _)| place)
    }

    /// What a front shows while a session is where it is now.
    pub fn row(&self, session: &Session, rate: Rate) -> PlayerRow {
        let (journal, now) = (session.journal(), session.position());
        let left = self.left(journal, now);
        let gesture = self.gesture(left).unwrap_or(0);
        let end = self.path[gesture];
        let words = match journal.entry(end.entry) {
            Some(entry) => gesture::words(entry),
            None => "the beginning".to_owned(),
        };
        let comments = journal.notes().at(now).filter_map(|note| match note {
            Note::Comment(text) => Some(text.trim().trim_start_matches('#').trim()),
            Note::Expectation(_) => None,
        });
        let unmet = self.unmet.known(&(now, session.changes()));
        PlayerRow {
            busy: self.is_busy(),
            gesture,
            gestures: self.path.len() - 1,
            within: left != end,
            words,
            comment: comments.filter(|text| !text.is_empty()).collect::<Vec<_>>().join(" "),
            expected: session.expected_here().len(),
            unmet: unmet.and_then(|unmet| Option::clone(&unmet)),
            taken_over: left != now,
            rate,
        }
    }
}

/// So many instructions behind a position, in the gesture that ends at `end`. What it did before its
/// first run counts as one.
fn within(journal: &Journal, at: Position, end: Position, steps: u64) -> Position {
    let done = match at.entry == end.entry {
        true => at.done.saturating_add(steps),
        false => steps - 1,
    };
    let begins_with_run = journal
        .entry(end.entry)
        .is_some_and(|entry| matches!(entry.commands.first(), Some(Command::Run { .. })));
    let done = if begins_with_run { done.max(1) } else { done };
    Position { done: done.min(end.done), ..end }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::session::recording::Recording;

    #[test]
    fn a_branch_inside_the_recording_is_not_part_of_it() {
        let text = "midflight-session 1\nbase empty\nwrite 0:0 `1 2 3` | run 3\ngoto 1:2\n\
                    push `7`\ngoto 1:1\npush `8`\nexpect stack `1 8`\n";
        let (journal, end) = Recording::read(text).unwrap().journal().unwrap();
        let session = Session::of_recording(journal, end);
        let (journal, player) = (session.journal(), Player::new(&session, session.future()));
        let at = |entry, done| Position { entry, done };
        assert_eq!(player.path, [at(0, 0), at(1, 1), at(3, 0)]);
        assert_eq!(player.gesture(at(1, 0)), Some(1));
        assert_eq!(player.gesture(at(3, 0)), Some(2));
        for branch in [at(1, 2), at(1, 3), at(2, 0)] {
            assert_eq!(player.gesture(branch), None, "{branch}");
            assert_eq!(player.left(journal, branch), at(1, 1));
        }
        assert_eq!(player.next_end(at(1, 0)), Some(at(1, 1)));
        assert_eq!(player.previous_end(at(1, 0)), Some(at(0, 0)));
        assert_eq!(player.target(journal, at(0, 0), Some(1)), Some(at(1, 0)));
        assert_eq!(player.target(journal, at(1, 0), Some(9)), Some(at(1, 1)));
        assert_eq!(player.target(journal, at(3, 0), None), None);
    }
}
