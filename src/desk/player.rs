//! The player: the recording being played, when its next part is due, and what is shown of it.

use super::derived::Derived;
use super::speed::Rate;
use crate::session::Session;
use crate::session::journal::Position;
use crate::session::journal::note::Note;
use crate::session::track::Track;
use crate::view::gesture;
use crate::vm::spelling::clip;

/// Whether and how it plays.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) enum Playing {
    /// It does not.
    Paused,
    /// The next part is due at a time, in seconds.
    AtRate(f64),
    /// To the end, at full speed.
    ToEnd,
}

/// What a front end shows of the player.
#[derive(Debug)]
pub struct PlayerRow {
    /// It plays.
    pub busy: bool,
    /// The gesture it is at, counted from 1; 0 is before the first.
    pub gesture: usize,
    /// How many gestures there are.
    pub gestures: usize,
    /// It is in the middle of that gesture.
    pub within: bool,
    /// What the gesture does.
    pub words: String,
    /// What the recording says here.
    pub comment: String,
    /// How many expectations there are here.
    pub expected: usize,
    /// The first of them that does not hold.
    pub unmet: Option<String>,
    /// The user did something else after this gesture.
    pub taken_over: bool,
    /// How fast it plays.
    pub rate: Rate,
}

/// The most characters of a comment that are shown.
const COMMENT: usize = 600;
/// How much of a comment is looked at, in bytes: it may be millions of empty lines.
const LOOKED_AT: usize = 1 << 14;

/// The comments of a position in one line, cut if it is long.
fn comment<'n>(notes: impl Iterator<Item = &'n Note>) -> String {
    let mut shown = String::new();
    let mut left = LOOKED_AT;
    for note in notes {
        let Note::Comment(text) = note else { continue };
        let part = &text[..text.floor_char_boundary(left)];
        left -= part.len();
        for line in part.lines().map(|line| line.trim().trim_start_matches('#').trim()) {
            if !line.is_empty() {
                shown.extend((!shown.is_empty()).then_some(' '));
                shown += line;
            }
        }
        if part.len() < text.len() {
            shown.push('…');
            break;
        }
    }
    clip(&shown, COMMENT).into_owned()
}

/// A recording, and how it is played.
#[derive(Debug)]
pub(super) struct Player {
    pub track: Track,
    pub playing: Playing,
    /// Where it left the session. If the session is elsewhere, the user took over.
    pub at: Position,
    /// The first expectation that does not hold, for a position and a count of journal changes.
    pub unmet: Derived<(Position, u64), Option<String>>,
}

impl Player {
    /// Plays what a session did up to a position.
    pub fn new(session: &Session, end: Position) -> Player {
        Player {
            track: Track::new(session.journal(), end),
            playing: Playing::Paused,
            at: session.position(),
            unmet: Derived::default(),
        }
    }

    /// What a front end shows at the current position of a session.
    pub fn row(&self, session: &Session, rate: Rate) -> PlayerRow {
        let (journal, now) = (session.journal(), session.position());
        let left = self.track.left(journal, now);
        let gesture = self.track.gesture(left).expect("the track is left at one of its positions");
        let end = self.track.end_of(gesture);
        let words = match journal.entry(end.entry) {
            Some(entry) => gesture::words_until(entry, left.done),
            None => "the beginning".to_owned(),
        };
        let unmet = self.unmet.known(&(now, session.changes()));
        PlayerRow {
            busy: self.playing != Playing::Paused,
            gesture,
            gestures: self.track.gestures(),
            within: left != end,
            words,
            comment: comment(journal.notes().at(now)),
            expected: session.expectations_here().count(),
            unmet: unmet.and_then(|unmet| Option::clone(&unmet)),
            taken_over: left != now,
            rate,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_comment_of_megabytes_is_cut_before_it_is_shown() {
        let long = Note::Comment("# c".to_owned() + &"c".repeat(3 << 20));
        let shown = comment([&long].into_iter());
        assert_eq!(shown.chars().count(), COMMENT);
        assert!(shown.ends_with('…'));
        let empty = Note::Comment("\n".repeat(3 << 20));
        assert_eq!(comment([&empty, &long].into_iter()), "…");
        let plain = [Note::Comment("# one\n\n# two".to_owned()), Note::Comment("three".to_owned())];
        assert_eq!(comment(plain.iter()), "one two three");
    }
}
