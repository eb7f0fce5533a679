//! Work that cannot be lost: a session of what a crash left of its recording.

use super::recording::{BadLine, Line, Recording};
use super::session::Session;

impl Session {
    /// A session of a recording that may be torn or damaged: up to the last line that can be read and
    /// done, at the position where that leaves off. Also says what is wrong with the rest, if there is
    /// one. Runs as far as the recording did; where that may take long, use [`Recording::recover`],
    /// [`Session::of`] and [`Session::journey`].
    ///
    /// # Errors
    /// If not even its base can be read.
    pub fn recover(text: &str) -> Result<(Session, Option<BadLine>), BadLine> {
        let (mut recording, mut bad) = Recording::recover(text)?;
        loop {
            let worse = match recording.journal() {
                Err(worse) => worse,
                Ok((journal, at)) => {
                    let mut session = Session::of(journal);
                    match session.goto(at) {
                        Ok(()) => {
                            session.take_lines();
                            return Ok((session, bad));
                        }
                        Err(mismatch) => BadLine {
                            line: line_of(&recording, mismatch.entry),
                            cause: mismatch.cause,
                        },
                    }
                }
            };
            recording.lines.retain(|&(number, _)| number < worse.line);
            bad = Some(worse);
        }
    }
}

/// The line to leave out, with all behind it, where entry `entry` does not do what it says: what its
/// run went on for, or else the gesture itself.
fn line_of(recording: &Recording, entry: usize) -> usize {
    let does = |line: &&(usize, Line)| {
        !matches!(line.1, Line::Comment(_) | Line::Expect(_) | Line::Moment { .. })
    };
    let mut lines = recording.lines.iter().filter(does);
    let is_gesture = |line: &&(usize, Line)| matches!(line.1, Line::Gesture(_));
    let gesture = lines.by_ref().filter(is_gesture).nth(entry.saturating_sub(1));
    match (gesture, lines.next()) {
        (_, Some((number, Line::More(_)))) | (Some((number, _)), _) => *number,
        (None, _) => 0,
    }
}
