//! The records of a session that no recording has yet.

use super::journal::Position;
use super::journal::rewind::Rewind;
use super::record::Record;

/// Records to be appended to a recording.
#[derive(Clone, Debug, Default)]
pub(super) struct Unsaved {
    records: Vec<Record>,
    /// Where the recording ends to which they will be appended.
    end: Position,
}

impl Unsaved {
    /// No records; the recording of the session ends at a position.
    pub(super) fn of_recording(end: Position) -> Unsaved {
        Unsaved { records: Vec::new(), end }
    }

    /// Adds a record about a position.
    pub(super) fn add(&mut self, at: Position, record: Record) {
        // A session of a recording begins at its base, but its recording ends elsewhere.
        if self.records.is_empty() && at != self.end {
            self.records.push(Record::Goto(at));
        }
        self.records.push(record);
    }

    /// Adds that the session went to a position.
    pub(super) fn go(&mut self, to: Position) {
        // A repeated `goto` would mean a rewind.
        if !self.records.is_empty() || to != self.end {
            self.records.push(Record::Goto(to));
        }
    }

    /// Adds the first half of a rewind. A repeated `goto` says that it is one, from where the lines before
    /// it lead.
    pub(super) fn rewind(&mut self, rewind: Rewind) {
        self.add(rewind.from, Record::Goto(rewind.to));
        self.records.push(Record::Goto(rewind.to));
    }

    /// The last record, to be continued.
    pub(super) fn last_mut(&mut self) -> Option<&mut Record> {
        self.records.last_mut()
    }

    /// Whether there are gestures among them.
    pub(super) fn has_gestures(&self) -> bool {
        self.records.iter().any(|record| matches!(record, Record::Gesture(_)))
    }

    /// Takes them for a recording that then ends at a position. Without records, it ends where it did: a session that
    /// was recovered is not there yet.
    pub(super) fn take(&mut self, end: Position) -> Vec<Record> {
        if !self.records.is_empty() {
            self.end = end;
        }
        std::mem::take(&mut self.records)
    }

    /// The recording was written as a whole, and ends at a position.
    pub(super) fn written(&mut self, end: Position) {
        self.end = end;
    }
}
