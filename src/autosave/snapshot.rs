//! A snapshot: an image beside the recording, from which recovery starts, so that it need not execute a
//! run of minutes again.
//!
//! The journal stays the truth. A thread writes a snapshot while the program runs, from the newest
//! checkpoint. The snapshot names its position and carries a checksum of everything that led there, and of
//! itself. If the checksum does not match the recording, or the file cannot be read, everything is
//! executed again: that takes longer and has the same result. So nothing is lost if a snapshot cannot be
//! written.

use std::io::{self, Write};
use std::path::{Path, PathBuf};

use crate::program::image::Image;
use crate::session::Session;
use crate::session::command;
use crate::session::journal::{Journal, Leg, Position};
use crate::session::recording;
use crate::store::{self, FILE_BYTES, Writer};

/// The least number of instructions between two snapshots: less than a second.
const SPACING: u64 = 500_000_000;
/// The least number of instructions for each byte of the checkpoint, so that writing keeps up: twenty
/// seconds for a hundred megabytes.
const PER_BYTE: u64 = 300;
/// The first word of the file, and the version of its format.
const HEADER: &str = "midflight-waypoint 1";

/// Writes snapshots of a session beside its recording.
#[derive(Debug)]
pub(super) struct Snapshots {
    path: PathBuf,
    writer: Option<Writer>,
    spacing: u64,
    /// The instructions that ran since the last snapshot was written; costly ones count as many.
    since: u64,
    /// What costly instructions of the session counted at the last look.
    extra: u64,
    /// A position and the checksum of what led there: the next checksum starts from it.
    known: Option<(Position, u64)>,
}

impl Snapshots {
    /// The snapshots of a recording. Writes nothing.
    pub(super) fn beside(recording: &Path) -> Snapshots {
        let path = recording.with_extension("waypoint");
        Snapshots { path, writer: None, spacing: SPACING, since: 0, extra: 0, known: None }
    }

    /// From now on, they are beside another recording.
    pub(super) fn belong_to(&mut self, recording: &Path) {
        *self = Snapshots { spacing: self.spacing, ..Snapshots::beside(recording) };
    }

    /// Changes the least number of instructions between two snapshots.
    pub(super) fn set_spacing(&mut self, instructions: u64) {
        self.spacing = instructions;
    }

    /// Forgets the known checksum, because another session is written from now on.
    pub(super) fn forget(&mut self) {
        self.known = None;
    }

    /// Counts instructions that ran, and writes a snapshot if one is due. `head` is the checksum of the
    /// base.
    pub(super) fn ran(&mut self, instructions: u64, head: u64, session: &Session) {
        // Another session counts from 0 again.
        let extra = session.extra_effort().saturating_sub(self.extra);
        self.extra = session.extra_effort();
        self.since = self.since.saturating_add(instructions).saturating_add(extra);
        if self.since < self.spacing {
            return;
        }
        let Some(checkpoint) = session.checkpoint_before(session.position()) else { return };
        let writing = PER_BYTE.saturating_mul(checkpoint.bytes() as u64);
        // A spacing below the default asks for snapshots at any cost.
        let far = if self.spacing < SPACING { 0 } else { writing };
        if self.since < far.max(self.spacing) {
            return;
        }
        if self.writer.is_none() {
            self.writer = Writer::new().ok();
        }
        let Some(writer) = self.writer.as_ref().filter(|writer| !writer.is_busy()) else { return };
        self.since = 0;
        let position = checkpoint.position();
        let check = check(session.journal(), head, position, &mut self.known);
        let checkpoint = checkpoint.clone();
        // Twice, because the checksum comes first, and the text may be larger than all of the memory.
        let text = move |out: &mut dyn Write| {
            let mut sum = Sum(check);
            checkpoint.write_file_text(&mut sum)?;
            writeln!(out, "{HEADER} {position} {:016x}", sum.0)?;
            checkpoint.write_file_text(out)
        };
        writer.write(self.path.clone(), Box::new(text));
    }

    /// Reads the snapshot, if it belongs to this journal.
    pub(super) fn read(&mut self, head: u64, journal: &Journal) -> Option<(Position, Image)> {
        store::length(&self.path)?;
        let text = store::read(&self.path, FILE_BYTES).ok()?;
        let (first, image) = text.split_once('\n')?;
        let mut words = first.strip_prefix(HEADER)?.split_whitespace();
        let (entry, done) = words.next()?.split_once(':')?;
        let position = Position { entry: entry.parse().ok()?, done: done.parse().ok()? };
        if !journal.contains(position) {
            return None;
        }
        let wanted = add(check(journal, head, position, &mut self.known), image);
        if u64::from_str_radix(words.next()?, 16) != Ok(wanted) {
            return None;
        }
        let image = Image::from_file_text(image).ok()?;
        let retired = journal.base().machine.retired() + journal.retired(position);
        (image.machine.retired() == retired).then_some((position, image))
    }

    /// Removes the file.
    ///
    /// # Errors
    /// If it cannot be removed.
    pub(super) fn remove(&mut self) -> Result<(), store::StoreError> {
        // Waits until a snapshot in progress is written.
        self.writer = None;
        store::remove(&self.path)
    }
}

/// The checksum of everything that leads to a position.
fn check(
    journal: &Journal,
    head: u64,
    position: Position,
    known: &mut Option<(Position, u64)>,
) -> u64 {
    let parent = journal.entry(position.entry).map(|entry| entry.parent);
    let until = known.filter(|&(at, _)| Some(at) == parent);
    let mut sum = until.map_or(head, |(_, sum)| sum);
    let mut unknown = Vec::new();
    for at in journal.path(position) {
        if until.is_some_and(|(known, _)| known == at) {
            break;
        }
        unknown.push(at);
    }
    for at in unknown.into_iter().rev() {
        sum = step(sum, journal, at);
        if Some(at) == parent {
            *known = Some((at, sum));
        }
    }
    sum
}

/// The checksum of the head of a recording.
pub(super) fn check_of_head(recording: &str) -> u64 {
    recording.split_inclusive('\n').take(2).fold(START, add)
}

/// The checksum of the head of a recording with this base.
pub(super) fn check_of_base(base: &Image) -> u64 {
    let mut sum = Sum(START);
    recording::write_head(base, &mut sum).expect("a sum takes all that is written to it");
    sum.0
}

/// The checksum extended by an entry, up to a position in it.
fn step(sum: u64, journal: &Journal, at: Position) -> u64 {
    let leg = Leg { entry: at.entry, from: None, to: at.done };
    let words = command::print(&journal.commands(leg));
    add(sum, &format!("{at} {words}\n"))
}

/// Adds a text to a checksum.
fn add(sum: u64, text: &str) -> u64 {
    add_bytes(sum, text.as_bytes())
}

/// Adds bytes to a checksum. This is FNV-1a as published: the same on every machine and in every version.
fn add_bytes(sum: u64, bytes: &[u8]) -> u64 {
    let over = |sum: u64, &byte: &u8| (sum ^ u64::from(byte)).wrapping_mul(0x0000_0100_0000_01b3);
    bytes.iter().fold(sum, over)
}

/// The checksum of what is written to it.
struct Sum(u64);

impl Write for Sum {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.0 = add_bytes(self.0, bytes);
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

/// The start value of FNV-1a.
pub(super) const START: u64 = 0xcbf2_9ce4_8422_2325;

#[cfg(test)]
mod tests {
    use super::*;
    use crate::session::command::Command;

    #[test]
    fn a_check_tells_branches_apart_and_does_not_depend_on_what_is_known() {
        let push = |text: &str| Command::Push { text: text.into() };
        let mut session = Session::default();
        session.apply(&[push("1")]).expect("it pushes");
        session.apply(&[push("2")]).expect("it pushes");
        session.undo().expect("it is there");
        session.apply(&[push("3")]).expect("it pushes");
        let journal = session.journal();
        let fresh = |entry| check(journal, START, Position { entry, done: 0 }, &mut None);
        assert_ne!(fresh(2), fresh(3));
        let mut known = None;
        for entry in [1, 2, 3, 2, 0, 3, 1] {
            let position = Position { entry, done: 0 };
            assert_eq!(check(journal, START, position, &mut known), fresh(entry));
        }
        assert_eq!(add(START, "foobar"), 0x8594_4171_f739_67e8, "a published value");
    }
}
