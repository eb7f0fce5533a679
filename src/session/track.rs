//! The track of a recording: the positions along which it is played, from its base through the end of each
//! gesture. The track is fixed when the player opens; what the user does meanwhile starts a branch and does
//! not change it. When to move is decided elsewhere.

use super::command::Command;
use super::journal::{Journal, Position};

/// The positions along which a recording is played.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Track {
    /// The base and the ends of the gestures; no two are in the same entry.
    ends: Vec<Position>,
}

impl Track {
    /// The track of the branch that leads to a position of the journal.
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

    /// The end of a gesture of the track; 0 is the base.
    ///
    /// # Panics
    /// If the track has fewer gestures.
    pub fn end_of(&self, gesture: usize) -> Position {
        self.ends[gesture]
    }

    /// The gesture that a position belongs to; none if the position is not on the track.
    pub fn gesture(&self, position: Position) -> Option<usize> {
        let index = self.ends.binary_search_by_key(&position.entry, |end| end.entry).ok()?;
        (position.done <= self.ends[index].done).then_some(index)
    }

    /// The position at which the branch to a position leaves the track.
    pub fn left(&self, journal: &Journal, position: Position) -> Position {
        journal.shared(self.end(), position)
    }

    /// The end of the next gesture, or of the gesture that a position is within; none at the end of the
    /// track. If the position is not on the track, the position at which it left the track.
    pub fn next(&self, journal: &Journal, position: Position) -> Option<Position> {
        let Some(gesture) = self.gesture(position) else {
            return Some(self.left(journal, position));
        };
        let is_within = position != self.ends[gesture];
        self.ends.get(if is_within { gesture } else { gesture + 1 }).copied()
    }

    /// The end of the previous gesture; none at the start. If the position is not on the track, the position
    /// at which it left the track.
    pub fn previous(&self, journal: &Journal, position: Position) -> Option<Position> {
        if self.gesture(position).is_none() {
            return Some(self.left(journal, position));
        }
        let index = self.ends.partition_point(|&end| end < position);
        self.ends.get(index.checked_sub(1)?).copied()
    }

    /// As [`Track::next`], but at most `steps` instructions further. All commands of a gesture before its
    /// first run count as one instruction.
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
        let text = "midflight-session 2\nbase empty\nwrite 0:0 `1 2 3` | run 3\ngoto 1:2\n\
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
        let text = "midflight-session 2\nbase empty\nwrite 0:0 `1 2 3`\nrun 3\n";
        let (journal, end) = Recording::read(text).unwrap().journal().unwrap();
        let track = Track::new(&journal, end);
        let at = |entry, done| Position { entry, done };
        assert_eq!(track.further(&journal, at(1, 0), 1), Some(at(2, 1)));
        assert_eq!(track.further(&journal, at(1, 0), 3), Some(at(2, 2)));
    }
}
