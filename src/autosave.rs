//! The autosave: before each frame, the journal of the session is written to a file, as a recording.
//!
//! After a crash or a kill, the next start finds the recording and the position where it ends; nothing
//! runs until the user says so. Each window has its own recording, locked while the window is open, so
//! two windows never write to the same one. A window that is closed normally leaves its recording empty.
//!
//! Snapshots beside the recording (`autosave/snapshot.rs`) save executing a long run again. The file
//! that the session was opened from or saved to is also noted there (`autosave/origin.rs`).
//!
//! An append is one write, which the system keeps when the program dies. A thread syncs it to the disk,
//! so no frame waits for that. A recording that has to be rewritten is first written to a second file, so
//! at every moment one of the two files holds all of the work.

mod origin;
mod recovery;
mod snapshot;

use std::io::Write;
use std::path::{Path, PathBuf};

use origin::Origin;
use recovery::Found;
use snapshot::Snapshots;

use crate::program::version::Version;
use crate::session::Session;
use crate::session::journal::Position;
use crate::session::record::Record;
use crate::session::recording::{self, BadLine};
use crate::store::{self, Appender, Background, FILE_BYTES, StoreError};

/// The most windows that can have a recording.
const WINDOWS: usize = 16;

/// The recording of a window.
#[derive(Debug)]
pub struct Autosave {
    appender: Appender,
    /// Syncs the file; without this thread, the system does so in its own time.
    disk: Option<Background>,
    /// Whether the whole journal has to be rewritten.
    stale: bool,
    /// Whether some work could not be written.
    behind: bool,
    /// What could not be appended. Appending it later needs less room than rewriting the journal.
    pending: Vec<Record>,
    snapshots: Snapshots,
    /// The checksum of the base that snapshots and origin belong to.
    head: u64,
    origin: Origin,
}

/// Unsaved work of a window that was not closed normally.
#[derive(Debug)]
pub struct Recovery {
    /// Its session, at the base. Nothing was executed.
    pub session: Session,
    /// The position where the work ended.
    pub at: Position,
    /// The first line that could not be read, if any: it and all lines after it are lost.
    pub lost: Option<BadLine>,
    /// The file that the session was opened from or last saved to, if known.
    pub origin: Option<PathBuf>,
}

/// A recording to write, and what was found in its folder.
#[derive(Debug)]
pub struct Opened {
    /// The recording.
    pub autosave: Autosave,
    /// The work that was found in it.
    pub recovery: Option<Recovery>,
    /// Recordings that cannot be read, and why; they are not touched.
    pub unreadable: Vec<StoreError>,
    /// How many more recordings hold work of windows that are no longer open. Another
    /// [`Autosave::open`] finds each of them.
    pub others: usize,
}

/// Whether a window that is no longer open left work in a recording.
fn holds_work(path: &Path) -> bool {
    // The lock makes sure that a window that is just opening is not counted.
    recovery::is_used(path) && Appender::open(path).is_ok_and(|_lock| recovery::has_lines(path))
}

/// The recordings that a folder can have.
fn paths(folder: &Path) -> Vec<PathBuf> {
    (1..=WINDOWS).map(|n| folder.join(format!("unsaved-{n}.session"))).collect()
}

/// The second file, to which the recording is rewritten first.
fn rewritten(path: &Path) -> PathBuf {
    path.with_extension("session.new")
}

impl Autosave {
    /// Opens a recording in a folder: with `recovers`, the first with unsaved work, if there is any;
    /// otherwise an empty one. Makes the folder, if it does not exist. Executes nothing. Recordings of open windows are not touched, even if
    /// they belong to this process.
    ///
    /// # Errors
    /// If nothing can be written in the folder, or all recordings there are in use.
    pub fn open(folder: &Path, recovers: bool) -> Result<Opened, StoreError> {
        store::make_folder(folder)?;
        let paths = paths(folder);
        let mut unreadable = Vec::new();
        let mut found = None;
        for path in paths.iter().filter(|path| recovers && recovery::is_used(path)) {
            // A recording that is locked belongs to an open window.
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
            None => (Autosave::new(Autosave::unused(folder)?, true), None),
        };
        let known = |path: &Path| {
            path == autosave.path() || unreadable.iter().any(|error| error.path == path)
        };
        let others = paths.iter().filter(|path| !known(path) && holds_work(path)).count();
        Ok(Opened { autosave, recovery, unreadable, others })
    }

    /// How many recordings in a folder hold work of windows that are no longer open.
    pub fn left_in(folder: &Path) -> usize {
        paths(folder).iter().filter(|path| holds_work(path)).count()
    }

    /// Opens a recording that nobody uses.
    fn unused(folder: &Path) -> Result<Appender, StoreError> {
        let mut problem = None;
        for path in paths(folder).iter().filter(|path| !recovery::is_used(path)) {
            match Appender::open(path) {
                Ok(appender) if appender.length() == 0 => return Ok(appender),
                Ok(_) => {}
                Err(error) => problem = Some(error),
            }
        }
        Err(problem.unwrap_or_else(|| StoreError {
            path: folder.to_path_buf(),
            cause: format!(
                "all {WINDOWS} autosave files are in use; close a window or recover the work of one"
            ),
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
        }
    }

    /// Continues a recording that holds work; clears a recording that holds none.
    fn take_over(mut appender: Appender) -> Result<Option<(Autosave, Recovery)>, StoreError> {
        let rewritten = rewritten(appender.path());
        let Some(found) = recovery::find(appender.path())? else {
            appender.clear()?;
            store::remove(&rewritten)?;
            return Ok(None);
        };
        let Found { journal, at, lost, head, version } = found;
        // What is appended is of the newest version.
        let is_old = version != Version::NEWEST;
        let stale = is_old || store::length(&rewritten).is_some() || lost.is_some();
        let mut autosave = Autosave::new(appender, stale);
        autosave.head = head;
        let origin = autosave.origin.read(head);
        let mut session = Session::of_recording(journal, at);
        if let Some((at, image)) = autosave.snapshots.read(head, session.journal()) {
            session.remember(at, &image);
        }
        Ok(Some((autosave, Recovery { session, at, lost, origin })))
    }

    /// The path of the recording.
    pub fn path(&self) -> &Path {
        self.appender.path()
    }

    /// Writes what happened in a session since the last call. Rewrites the recording if it did not get
    /// to the disk, or if another program changed or removed it.
    ///
    /// # Errors
    /// If it cannot be written. Then each call tries again.
    pub fn write(&mut self, session: &mut Session) -> Result<(), StoreError> {
        let records = session.take_records();
        let failed = self.disk.as_ref().and_then(Background::problem);
        if !self.stale {
            self.origin.write(self.head);
        }
        let is_lost = self.is_lost();
        let is_damaged = failed.is_some() || is_lost && self.appender.length() > 0;
        if records.is_empty() && !self.behind && !is_damaged {
            return Ok(());
        }
        self.stale |= is_damaged || is_lost;
        let fuel = |record: &Record| if let Record::More(fuel) = record { *fuel } else { 0 };
        let ran = records.iter().map(fuel).sum();
        for record in records {
            recording::append(&mut self.pending, record);
        }
        let text = recording::print(&self.pending);
        // Rewriting makes the recording shorter: it adds up the lines of one run.
        self.stale |= self.appender.length() + text.len() as u64 > FILE_BYTES;
        let is_whole = self.stale;
        let written = match is_whole {
            true => self.write_whole(session),
            false => self.appender.append(&text),
        };
        if is_whole && written.is_ok() {
            session.recording_written();
        }
        self.behind = written.is_err();
        // What a failed append wrote is cut off again, so the text can be appended later.
        self.stale = written.is_err() && (self.stale || self.is_lost());
        if written.is_ok() || self.stale {
            self.pending.clear();
        }
        if let Some(disk) = &self.disk {
            disk.soon();
        }
        if written.is_ok() {
            self.origin.write(self.head);
            self.snapshots.ran(ran, self.head, session);
        }
        written
    }

    /// As [`Autosave::write`], for a session of which its file holds everything. It is not written before
    /// there is something that could be lost: a recording that was only played does not come back as
    /// unsaved work.
    ///
    /// # Errors
    /// If it cannot be written, or what it held of another session cannot be removed.
    pub fn write_saved(&mut self, session: &mut Session) -> Result<(), StoreError> {
        if !self.stale {
            return self.write(session);
        }
        drop(session.take_records());
        if self.appender.length() > 0 {
            self.empty()?;
        }
        self.behind = false;
        Ok(())
    }

    /// Whether another program removed or changed the file.
    fn is_lost(&self) -> bool {
        store::length(self.path()) != Some(self.appender.length())
    }

    fn write_whole(&mut self, session: &Session) -> Result<(), StoreError> {
        let (journal, position) = (session.journal(), session.position());
        let write = |out: &mut dyn Write| recording::write_to(journal, position, out);
        self.head = snapshot::check_of_base(journal.base());
        self.snapshots.forget();
        if self.appender.length() > 0 && self.appender.is_there() {
            store::overwrite_in_pieces(&rewritten(self.path()), write)?;
        }
        if self.is_lost() {
            self.reopen()?;
        }
        self.origin.clear_for(self.head)?;
        self.appender.clear()?;
        self.appender.append_in_pieces(write)?;
        let rewritten = rewritten(self.path());
        if store::length(&rewritten).is_some() {
            // The other file is needed until this one is on the disk.
            self.appender.sync()?;
            store::remove(&rewritten)?;
        }
        Ok(())
    }

    /// Creates the file again, after another program removed or changed it, or removed its folder. If
    /// another window has taken its name, takes another name.
    fn reopen(&mut self) -> Result<(), StoreError> {
        let folder = self.path().parent().expect("the recording is in a folder").to_path_buf();
        store::make_folder(&folder)?;
        match self.appender.again()? {
            Some(appender) => self.appender = appender,
            None => {
                self.appender = Autosave::unused(&folder)?;
                self.snapshots.belong_to(self.appender.path());
                self.origin.belong_to(self.appender.path());
            }
        }
        self.disk = self.appender.background().ok();
        Ok(())
    }

    /// Changes the least number of instructions between two snapshots.
    pub fn set_snapshot_spacing(&mut self, instructions: u64) {
        self.snapshots.set_spacing(instructions);
    }

    /// Whether some work could not be written, and still is not.
    pub fn is_behind(&self) -> bool {
        self.behind
    }

    /// Sets the file that the session was opened from or saved to, or none: [`Recovery::origin`] after
    /// a crash. Takes effect with the next [`Autosave::write`]. A path that is not UTF-8 is not kept.
    pub fn set_origin(&mut self, file: Option<&Path>) {
        self.origin.set(file);
    }

    /// Makes the next [`Autosave::write`] rewrite the whole recording, because it gets another session or
    /// because something was removed from this one. Set its origin separately.
    pub fn rewrite(&mut self) {
        self.stale = true;
        self.pending.clear();
    }

    /// As [`Autosave::rewrite`], also if nothing new happens: there is work that was never written.
    pub fn catch_up(&mut self) {
        self.rewrite();
        self.behind = true;
    }

    /// Closes it normally: there is nothing to recover then.
    ///
    /// # Errors
    /// If the recording cannot be emptied, or the files beside it cannot be removed.
    pub fn close(mut self) -> Result<(), StoreError> {
        self.empty()
    }

    fn empty(&mut self) -> Result<(), StoreError> {
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
            session.apply(&[Command::Push { text: text.into() }]).unwrap();
        };
        push(&mut session, "1");
        autosave.write(&mut session).unwrap();
        let path = autosave.path().to_path_buf();
        // As long as after very many lines of runs and journeys; a sparse file takes no room.
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

    /// A disk that fails at every sync.
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
        session.apply(&[Command::Push { text: "1".into() }]).unwrap();
        autosave.write(&mut session).unwrap();
        let path = autosave.path().to_path_buf();
        let good = store::read(&path, 1000).unwrap();
        // The system drops what it could not write, so the file holds other bytes.
        std::fs::write(&path, "\0".repeat(good.len())).unwrap();
        let mut disk = Background::of(Failing).unwrap();
        disk.soon();
        disk.end();
        autosave.disk = Some(disk);
        // No new work, but the recording is written again.
        autosave.write(&mut session).unwrap();
        assert_eq!(store::read(&path, 1000).unwrap(), good);
        assert!(!autosave.is_behind());
    }
}
