//! Recovery: makes a session of what a crash left of its recording.

use super::record::Record;
use super::recording::{BadLine, Recording};
use super::session::Session;

impl Session {
    /// A session of a recording that may be torn or damaged: up to the first line that cannot be read or
    /// done, at the position to which the lines before it lead. Also returns that line, if there is one.
    /// Executes everything up to there; to do that in slices, use [`Recording::recover`] and
    /// [`Session::of_recording`], and start a journey.
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
                            session.take_records();
                            return Ok((session, bad));
                        }
                        Err(mismatch) => BadLine {
                            line: line_of(&recording, mismatch.entry),
                            cause: mismatch.cause,
                        },
                    }
                }
            };
            recording.cut(worse.line);
            bad = Some(worse);
        }
    }
}

/// The first line to leave out if the replay diverges in an entry: the line that continues its run, or
/// else the gesture itself.
fn line_of(recording: &Recording, entry: usize) -> usize {
    let mut gestures = 0;
    let mut wrong = None;
    for (line, record) in recording.records() {
        match record {
            Record::Gesture(_) if gestures == entry => break,
            Record::Gesture(_) => {
                gestures += 1;
                wrong = Some(line);
            }
            Record::More(_) if gestures == entry => return line,
            Record::Goto(_) if gestures == entry => break,
            Record::More(_) | Record::Goto(_) | Record::Bookmark { .. } | Record::Note(_) => {}
        }
    }
    wrong.expect("every entry of the journal comes from a line of the recording")
}
