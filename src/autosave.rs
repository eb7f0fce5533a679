//! Work is on the disk before the next frame: the journal of the session, as a recording.
//!
//! After a crash, or a kill at any moment, the next start finds the recording and where it leaves off;
//! nothing runs until a person says so. Each window has a recording of its own, locked while the window
//! is open, so that two windows never write to one. A window that is closed in the ordinary way leaves
//! its recording empty.
//!
//! What ran long need not run again: snapshots are written beside the recording
//! (`autosave/snapshot.rs`). So is the name of the file that the session is in (`autosave/origin.rs`).
//!
//! An append is one write, which the system keeps when the program dies. A thread brings it to the
//! disk, so that no frame waits for that. Where the whole recording has to be rewritten, it is first
//! written to a second file: at every moment one of the two files holds all of the work.

mod origin;
mod recovery;
mod snapshot;

use std::path::{Path, PathBuf};

use origin::Origin;
use recovery::Found;
use snapshot::Snapshots;

use crate::session::Session;
use crate::session::journal::Position;
use crate::session::record::Record;
use crate::session::recording::{self, BadLine};
use crate::store::{self, Appender, Background, FILE_BYTES, StoreError};

/// The most windows that have a recording each.
const WINDOWS: usize = 16;

/// The recording of a window.
#[derive(Debug)]
pub struct Autosave {
    appender: Appender,
    /// Without this thread, the system brings the file to the disk in its own time.
    disk: Option<Background>,
    /// The whole journal has to be written again.
    stale: bool,
    /// Something that was done could not be written.
    behind: bool,
    /// What could not be appended. It is tried again, so that there need not be room for all of the
    /// journal.
    pending: Vec<Record>,
    snapshots: Snapshots,
    /// The check of the base that snapshots and origin belong to.
    head: u64,
    origin: Origin,
    /// Where the session was when its recording was taken over, if nothing was written since: the
    /// recording leaves off elsewhere.
    taken_over_at: Option<Position>,
}

/// Unsaved work of a window that was not closed.
#[derive(Debug)]
pub struct Recovery {
    /// Its session, at the base. Nothing was executed.
    pub session: Session,
    /// Where it left off.
    pub at: Position,
    /// What cannot be read of the rest.
    pub lost: Option<BadLine>,
    /// The file that it was opened from or saved to last, if that is known.
    pub origin: Option<PathBuf>,
}

/// A recording to write, and what was found in its folder.
#[derive(Debug)]
pub struct Opened {
    /// The recording.
    pub autosave: Autosave,
    /// Work that was found in it.
    pub recovery: Option<Recovery>,
    /// Recordings that cannot be read, and why; they are left alone.
    pub unreadable: Vec<StoreError>,
    /// How many more recordings hold work of windows that are no longer open: each is there for
    /// another [`Autosave::open`].
    pub others: usize,
}

/// Whether a window that is no longer open left work in a recording.
fn holds_work(path: &Path) -> bool {
    // Locked meanwhile, so that no window that is just being opened is counted.
    recovery::is_used(path) && Appender::open(path).is_ok_and(|_lock| recovery::has_lines(path))
}

/// Where a recording is rewritten.
fn rewritten(path: &Path) -> PathBuf {
    path.with_extension("session.new")
}

impl Autosave {
    /// Opens a recording in a folder: with `recovers`, the first with unsaved work, otherwise an empty
    /// one. Executes nothing. Recordings of open windows, also of this program, are not touched.
    ///
    /// # Errors
    /// If nothing can be written there.
    pub fn open(folder: &Path, recovers: bool) -> Result<Opened, StoreError> {
        let paths: Vec<PathBuf> =
            (1..=WINDOWS).map(|n| folder.join(format!("unsaved-{n}.session"))).collect();
        let mut unreadable = Vec::new();
        let mut found = None;
        for path in paths.iter().filter(|path| recovers && recovery::is_used(path)) {
            // What another window has open is its own.
            let Some(free) = Appender::open_free(path).transpose() else { continue };
            match free.and_then(Autosave::take_over) {
                Ok(Some(work)) => {
                    found = Some(work);
                    break;
                }
                Ok(None) => {}
                Err(error) => unreadable.push(error),
            }
        }
        let (autosave, recovery) = match found {
            Some((autosave, recovery)) => (autosave, Some(recovery)),
            None => (Autosave::empty(folder, &paths)?, None),
        };
        let known = |path: &Path| {
            path == autosave.path() || unreadable.iter().any(|error| error.path == path)
        };
        let others = paths.iter().filter(|path| !known(path) && holds_work(path)).count();
        Ok(Opened { autosave, recovery, unreadable, others })
    }

    /// An empty recording.
    fn empty(folder: &Path, paths: &[PathBuf]) -> Result<Autosave, StoreError> {
        let mut problem = None;
        for path in paths.iter().filter(|path| !recovery::is_used(path)) {
            match Appender::open(path) {
                Ok(appender) if appender.length() == 0 => return Ok(Autosave::new(appender, true)),
                Ok(_) => {}
                Err(error) => problem = Some(error),
            }
        }
        Err(problem.unwrap_or_else(|| StoreError {
            path: folder.to_path_buf(),
            cause: format!("there are {WINDOWS} recordings of unsaved work already"),
        }))
    }

    fn new(appender: Appender, stale: bool) -> Autosave {
        store::remove_broken_off(appender.path());
        Autosave {
            disk: appender.background().ok(),
            snapshots: Snapshots::beside(appender.path()),
            origin: Origin::beside(appender.path()),
            appender,
            stale,
            behind: false,
            pending: Vec::new(),
            head: snapshot::START,
            taken_over_at: None,
        }
    }

    /// Continues a recording that holds work; clears one that holds none.
    fn take_over(mut appender: Appender) -> Result<Option<(Autosave, Recovery)>, StoreError> {
        let rewritten = rewritten(appender.path());
        let Some(found) = recovery::find(appender.path())? else {
            appender.clear()?;
            store::remove(&rewritten)?;
            return Ok(None);
        };
        let Found { journal, at, lost, head } = found;
        let stale = store::length(&rewritten).is_some() || lost.is_some();
        let mut autosave = Autosave::new(appender, stale);
        autosave.head = head;
        let origin = autosave.origin.read(head);
        let mut session = Session::of_recording(journal, at);
        autosave.taken_over_at = Some(session.position());
        if let Some((at, image)) = autosave.snapshots.read(head, session.journal()) {
            session.remember(at, &image);
        }
        Ok(Some((autosave, Recovery { session, at, lost, origin })))
    }

    /// The file.
    pub fn path(&self) -> &Path {
        self.appender.path()
    }

    /// Writes what happened in a session since the last time. What did not get to the disk, or was
    /// changed or removed by another program, is rewritten.
    ///
    /// # Errors
    /// If it cannot be written; told once for what was done. Each call tries it again.
    pub fn write(&mut self, session: &mut Session) -> Result<(), StoreError> {
        let records = session.take_records();
        let failed = self.disk.as_ref().and_then(Background::problem);
        if !self.stale {
            self.origin.write(self.head);
        }
        let is_news = !records.is_empty() || failed.is_some();
        if !is_news && self.pending.is_empty() {
            return Ok(());
        }
        let fuel = |record: &Record| if let Record::More(fuel) = record { *fuel } else { 0 };
        let ran = records.iter().map(fuel).sum();
        for record in records {
            recording::append(&mut self.pending, record);
        }
        let text = self.pending_text();
        // A rewritten recording has fewer lines: those of one run are added up.
        let fits = self.appender.length() + text.len() as u64 <= FILE_BYTES;
        self.stale |= failed.is_some() || !fits || !self.is_there();
        let written = match self.stale {
            true => self.write_whole(session),
            false => self.appender.append(&text),
        };
        self.behind = written.is_err();
        // What an append failed to add is cut off again, so it can be added later.
        self.stale = written.is_err() && (self.stale || !self.is_there());
        if written.is_ok() || self.stale {
            self.pending.clear();
        }
        self.taken_over_at = self.taken_over_at.filter(|_| written.is_err());
        if let Some(disk) = &self.disk {
            disk.soon();
        }
        if written.is_ok() {
            self.origin.write(self.head);
            self.snapshots.ran(ran, self.head, session);
        }
        if is_news { written } else { Ok(()) }
    }

    /// Whether the file is the one that was written, as far as its length tells.
    fn is_there(&self) -> bool {
        store::length(self.path()) == Some(self.appender.length())
    }

    /// The text of what is to be appended.
    fn pending_text(&self) -> String {
        let goes = matches!(self.pending.first(), Some(Record::Goto(_)));
        let goto = self.taken_over_at.filter(|_| !goes).map(Record::Goto);
        recording::print(goto.iter().chain(&self.pending))
    }

    fn write_whole(&mut self, session: &Session) -> Result<(), StoreError> {
        let text = recording::write(session.journal(), session.position());
        self.head = snapshot::check_of_head(&text);
        self.snapshots.forget();
        self.origin.clear_for(self.head)?;
        let rewritten = rewritten(self.path());
        let is_there = self.is_there();
        if self.appender.length() > 0 || !is_there {
            store::overwrite(&rewritten, &text)?;
        }
        match is_there {
            true => self.appender.clear()?,
            false => self.reopen()?,
        }
        self.appender.append(&text)?;
        if store::length(&rewritten).is_some() {
            // Only what is on the disk makes the other one superfluous.
            self.appender.sync()?;
            store::remove(&rewritten)?;
        }
        Ok(())
    }

    /// Makes the file again, after another program removed or changed it.
    fn reopen(&mut self) -> Result<(), StoreError> {
        store::remove(self.path())?;
        self.appender = Appender::open(self.path())?;
        self.disk = self.appender.background().ok();
        Ok(())
    }

    /// Changes how many instructions of running lie at least between two snapshots.
    pub fn set_snapshot_spacing(&mut self, instructions: u64) {
        self.snapshots.set_spacing(instructions);
    }

    /// Whether something that was done could not be written, and has not been since.
    pub fn is_behind(&self) -> bool {
        self.behind
    }

    /// The session is in this file from now on, or in none: [`Recovery::origin`] after a crash. Written
    /// with what is written next; a path that is not UTF-8 is not remembered.
    pub fn set_origin(&mut self, file: Option<&Path>) {
        self.origin.set(file);
    }

    /// Another session is to be written, or this one from its start; its origin is set separately.
    pub fn rewrite(&mut self) {
        self.stale = true;
        self.pending.clear();
    }

    /// Closes it in the ordinary way: nothing is to be recovered.
    ///
    /// # Errors
    /// If it cannot be emptied.
    pub fn close(mut self) -> Result<(), StoreError> {
        self.appender.clear()?;
        store::remove(&rewritten(self.path()))?;
        self.origin.remove()?;
        self.snapshots.remove()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::session::command::Command;

    #[test]
    fn recover_what_grew_as_long_as_a_file_can_be() {
        let folder = tempfile::tempdir().unwrap();
        let mut autosave = Autosave::open(folder.path(), false).unwrap().autosave;
        let mut session = Session::default();
        let push = |session: &mut Session, text: &str| {
            session.apply(&[Command::Push { text: text.to_string() }]).unwrap();
        };
        push(&mut session, "1");
        autosave.write(&mut session).unwrap();
        let path = autosave.path().to_path_buf();
        // As after very many lines of runs and of travels; a hole takes up no room.
        std::fs::OpenOptions::new()
            .write(true)
            .open(&path)
            .unwrap()
            .set_len(FILE_BYTES - 3)
            .unwrap();
        drop(autosave);
        let mut autosave = Autosave::new(Appender::open(&path).unwrap(), false);
        push(&mut session, "2");
        autosave.write(&mut session).unwrap();
        push(&mut session, "3");
        autosave.write(&mut session).unwrap();
        drop(autosave);
        let mut recovery = Autosave::open(folder.path(), true).unwrap().recovery.unwrap();
        recovery.session.goto(recovery.at).unwrap();
        assert_eq!(recovery.session.machine().show_stack(), "1 2 3");
    }

    /// A disk that fails whenever it is asked.
    struct Failing;

    impl std::io::Write for Failing {
        fn write(&mut self, bytes: &[u8]) -> std::io::Result<usize> {
            Ok(bytes.len())
        }

        fn flush(&mut self) -> std::io::Result<()> {
            Ok(())
        }
    }

    impl store::Tail for Failing {
        fn cut(&mut self, _length: u64) -> std::io::Result<()> {
            Ok(())
        }

        fn sync(&mut self) -> std::io::Result<()> {
            Err(std::io::ErrorKind::Other.into())
        }
    }

    #[test]
    fn what_did_not_get_to_the_disk_is_written_anew_at_once() {
        let folder = tempfile::tempdir().unwrap();
        let mut autosave = Autosave::open(folder.path(), false).unwrap().autosave;
        let mut session = Session::default();
        session.apply(&[Command::Push { text: "1".to_string() }]).unwrap();
        autosave.write(&mut session).unwrap();
        let path = autosave.path().to_path_buf();
        let good = store::read(&path, 1000).unwrap();
        // The system gives up what it could not write: other bytes are there then.
        std::fs::write(&path, "\0".repeat(good.len())).unwrap();
        let mut disk = Background::of(Failing).unwrap();
        disk.soon();
        disk.end();
        autosave.disk = Some(disk);
        // Nothing more is done, and it is written.
        autosave.write(&mut session).unwrap();
        assert_eq!(store::read(&path, 1000).unwrap(), good);
        assert!(!autosave.is_behind());
    }
}
