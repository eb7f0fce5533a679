//! The track of a recording: the positions that playing it goes along, from its base over the end of
//! each gesture. It is fixed when the player opens; what a person does meanwhile begins a branch, and
//! the track stays where it is. Whoever plays keeps the time.

use super::command::Command;
use super::journal::{Journal, Position};

/// The positions that playing a recording goes along.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Track {
    /// The base and the ends of the gestures; each in another entry.
    ends: Vec<Position>,
}

impl Track {
    /// The track of what was done up to a position of the journal.
    pub fn new(journal: &Journal, end: Position) -> Track {
        let mut ends: Vec<Position> = journal.path(end).collect();
        ends.reverse();
        Track { ends }
    }

    /// How many gestures it has.
    pub fn gestures(&self) -> usize {
        self.ends.len() - 1
    }

    /// Its end.
    pub fn end(&self) -> Position {
        *self.ends.last().expect("the base is on every track")
    }

    /// Where a gesture of it ends; 0 is the base.
    ///
    /// # Panics
    /// If it has fewer gestures.
    pub fn end_of(&self, gesture: usize) -> Position {
        self.ends[gesture]
    }

    /// The gesture that a position of the track belongs to; nothing if it is not on the track.
    pub fn gesture(&self, position: Position) -> Option<usize> {
        let index = self.ends.binary_search_by_key(&position.entry, |end| end.entry).ok()?;
        (position.done <= self.ends[index].done).then_some(index)
    }

    /// The last position of the track on the way to a position.
    pub fn left(&self, journal: &Journal, position: Position) -> Position {
        journal.shared(self.end(), position)
    }

    /// The end of the next gesture, or of the one that a position is in the middle of; nothing at the
    /// end. From elsewhere, back to the track.
    pub fn next(&self, journal: &Journal, position: Position) -> Option<Position> {
        let Some(gesture) = self.gesture(position) else {
            return Some(self.left(journal, position));
        };
        let is_within = position != self.ends[gesture];
        self.ends.get(if is_within { gesture } else { gesture + 1 }).copied()
    }

    /// The end of the gesture before; nothing at the beginning. From elsewhere, back to the track.
    pub fn previous(&self, journal: &Journal, position: Position) -> Option<Position> {
        if self.gesture(position).is_none() {
            return Some(self.left(journal, position));
        }
        let index = self.ends.partition_point(|&end| end < position);
        self.ends.get(index.checked_sub(1)?).copied()
    }

    /// As [`Track::next`], but at most so many instructions further. What a gesture does before its
    /// first run counts as one.
    pub fn further(&self, journal: &Journal, position: Position, steps: u64) -> Option<Position> {
        let end = self.next(journal, position)?;
        if self.gesture(position).is_none() {
            return Some(end);
        }
        let done = match position.entry == end.entry {
            true => position.done.saturating_add(steps),
            false => steps.saturating_sub(1),
        };
        let entry = journal.entry(end.entry).expect("a gesture on the track is an entry");
        let begins_with_run = matches!(entry.commands.first(), Some(Command::Run { .. }));
        let done = if begins_with_run { done.max(1) } else { done };
        Some(Position { done: done.min(end.done), ..end })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::session::Session;
    use crate::session::recording::Recording;

    #[test]
    fn a_branch_inside_the_recording_is_not_on_its_track() {
        let text = "midflight-session 1\nbase empty\nwrite 0:0 `1 2 3` | run 3\ngoto 1:2\n\
                    push `7`\ngoto 1:1\npush `8`\nexpect stack `1 8`\n";
        let (journal, end) = Recording::read(text).unwrap().journal().unwrap();
        let session = Session::of_recording(journal, end);
        let (journal, track) = (session.journal(), Track::new(session.journal(), session.future()));
        let at = |entry, done| Position { entry, done };
        assert_eq!(track.ends, [at(0, 0), at(1, 1), at(3, 0)]);
        assert_eq!(track.gesture(at(1, 0)), Some(1));
        assert_eq!(track.gesture(at(3, 0)), Some(2));
        for branch in [at(1, 2), at(1, 3), at(2, 0)] {
            assert_eq!(track.gesture(branch), None, "{branch}");
            assert_eq!(track.left(journal, branch), at(1, 1));
            assert_eq!(track.next(journal, branch), Some(at(1, 1)));
            assert_eq!(track.previous(journal, branch), Some(at(1, 1)));
            assert_eq!(track.further(journal, branch, 1), Some(at(1, 1)));
        }
        assert_eq!(track.next(journal, at(1, 0)), Some(at(1, 1)));
        assert_eq!(track.previous(journal, at(1, 0)), Some(at(0, 0)));
        assert_eq!(track.further(journal, at(0, 0), 1), Some(at(1, 0)));
        assert_eq!(track.further(journal, at(1, 0), 9), Some(at(1, 1)));
        assert_eq!(track.further(journal, at(3, 0), 9), None);
        assert_eq!((track.gestures(), track.end(), track.end_of(1)), (2, at(3, 0), at(1, 1)));
    }

    #[test]
    fn a_gesture_that_begins_with_a_run_moves_by_its_first_step() {
        let text = "midflight-session 1\nbase empty\nwrite 0:0 `1 2 3`\nrun 3\n";
        let (journal, end) = Recording::read(text).unwrap().journal().unwrap();
        let track = Track::new(&journal, end);
        let at = |entry, done| Position { entry, done };
        assert_eq!(track.further(&journal, at(1, 0), 1), Some(at(2, 1)));
        assert_eq!(track.further(&journal, at(1, 0), 3), Some(at(2, 2)));
    }
}
