//! Expectations of a session: made and checked at the position that is shown, so that a session becomes
//! a test. `midflight play` checks the same lines.

use super::expect::{self, Unmet};
use super::journal::note::Note;
use super::record::Record;
use super::session::Session;

/// The longest expectation that is made, in bytes: a line that a person can still read.
const LONGEST: usize = 1 << 16;

impl Session {
    /// Expects the state that is shown, in place of earlier expectations at this position. Returns the
    /// new ones, as a recording has them. Leaves out any that would be longer than 65,536 bytes.
    ///
    /// # Errors
    /// In words, if no expectation can be made of this state.
    pub fn expect_here(&mut self) -> Result<Vec<String>, String> {
        let mut wanted = Vec::new();
        // With several tasks, what all of them do, and the stack that is looked at.
        let subjects = match self.machine().tasks().len() {
            1 => vec!["stack".to_owned()],
            _ => vec![format!("stack of {}", self.focus()), "tasks".to_owned()],
        };
        let subjects = subjects.into_iter().chain(["waits", "output"].map(str::to_owned));
        for subject in subjects {
            let words = expect::update(self, &subject)?;
            if words.len() <= LONGEST {
                wanted.push(words);
            }
        }
        // Every expectation at a position is checked, so old ones that differ have to be removed.
        if self.expected_here() != wanted {
            self.forget_expectations();
            for words in &wanted {
                let note = Note::Expectation(words.clone());
                self.unsaved.add(self.position, Record::Note(note.clone()));
                self.journal.notes.add(self.position, note);
            }
            self.changes += 1;
        }
        Ok(wanted)
    }

    /// Removes all expectations at this position; returns how many there were. Recordings are only
    /// appended to, so one that is being written has to be rewritten then.
    pub fn forget_expectations(&mut self) -> usize {
        let forgotten = self.journal.notes.remove_expectations(self.position);
        self.changes += u64::from(forgotten > 0);
        forgotten
    }

    /// The expectations at this position, as a recording has them.
    pub fn expected_here(&self) -> Vec<String> {
        self.expectations_here().map(str::to_owned).collect()
    }

    /// The same, without a copy: one may have megabytes.
    pub fn expectations_here(&self) -> impl Iterator<Item = &str> {
        self.journal.notes.at(self.position).filter_map(|note| match note {
            Note::Expectation(words) => Some(words.as_str()),
            Note::Comment(_) => None,
        })
    }

    /// The first expectation at this position that does not hold.
    ///
    /// # Errors
    /// In words, if one cannot be read.
    pub fn unmet_here(&self) -> Result<Option<Unmet>, String> {
        for words in self.expectations_here() {
            if let Some(unmet) = expect::check(self, words)? {
                return Ok(Some(unmet));
            }
        }
        Ok(None)
    }
}
