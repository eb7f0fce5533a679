//! Recovery: a session of what a crash left of its recording.

use super::record::Record;
use super::recording::{BadLine, Recording};
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
            recording.records.retain(|&(line, _)| line < worse.line);
            bad = Some(worse);
        }
    }
}

/// The line to leave out, with all that follow, where an entry does not do what it says: where its run
/// went on, or else the gesture itself.
fn line_of(recording: &Recording, entry: usize) -> usize {
    let mut gestures = 0;
    let mut wrong = None;
    for (line, record) in &recording.records {
        match record {
            Record::Gesture(_) if gestures == entry => break,
            Record::Gesture(_) => {
                gestures += 1;
                wrong = Some(*line);
            }
            Record::More(_) if gestures == entry => return *line,
            Record::Goto(_) if gestures == entry => break,
            Record::More(_) | Record::Goto(_) | Record::Bookmark { .. } | Record::Note(_) => {}
        }
    }
    wrong.expect("a journal only has entries that its recording tells of")
}
