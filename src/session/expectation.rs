//! What is expected at a position, made and checked while one works: so a session becomes a test.
//! `midflight play` checks the same lines.

use super::expect::{self, Unmet};
use super::journal::Remark;
use super::recording::Line;
use super::session::Session;

/// What is expected of a state by default: what the stack holds, why it waits, and all output.
const SUBJECTS: [&str; 3] = ["stack", "waits", "output"];
/// The longest expectation that is made, in bytes: a line that one can still look at.
const LONGEST: usize = 1 << 16;

impl Session {
    /// Expects the state that is here now, from now on: what it is made of, as words. What was
    /// expected here before is replaced. What would be longer than 65,536 bytes is left out.
    ///
    /// # Errors
    /// In words, if nothing can be said about this state.
    pub fn expect_here(&mut self) -> Result<Vec<String>, String> {
        let mut wanted = Vec::new();
        for subject in SUBJECTS {
            let words = expect::update(self, subject)?;
            if words.len() <= LONGEST {
                wanted.push(words);
            }
        }
        // Lines behind each other are all expected, so what was there may stay if it is the same.
        if self.expected_here() != wanted {
            self.forget_expectations();
            for words in &wanted {
                self.unsaved.push(Line::Expect(words.clone()));
                self.journal.remark(self.position, Remark::Expect(words.clone()));
            }
            self.changes += 1;
        }
        Ok(wanted)
    }

    /// Expects nothing here any more; how many expectations there were. Recordings only grow, so one
    /// that is being written has to be written anew then.
    pub fn forget_expectations(&mut self) -> usize {
        let forgotten = self.journal.forget_expectations(self.position);
        self.changes += u64::from(forgotten > 0);
        forgotten
    }

    /// What is expected here, in the words of a recording.
    pub fn expected_here(&self) -> Vec<String> {
        let remarks = self.journal.remarks_at(self.position);
        let expected = remarks.filter_map(|remark| match remark {
            Remark::Expect(words) => Some(words.clone()),
            Remark::Comment(_) => None,
        });
        expected.collect()
    }

    /// The first expectation here that does not hold.
    ///
    /// # Errors
    /// In words, if one cannot be read.
    pub fn unmet_here(&self) -> Result<Option<Unmet>, String> {
        for words in self.expected_here() {
            if let Some(unmet) = expect::check(self, &words)? {
                return Ok(Some(unmet));
            }
        }
        Ok(None)
    }
}
