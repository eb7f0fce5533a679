//! Work is on the disk before the next frame: the journal of the session, as a recording.
//!
//! After a crash, or a kill at any moment, the next start finds the recording and where it leaves off;
//! nothing runs until someone says so. Each window has a recording of its own, locked while the window
//! is open, so that two windows do not write into one. A window that is closed in the ordinary way
//! leaves its recording empty.
//!
//! What ran long need not run again: images on the way are written beside the recording
//! (`autosave/snapshot.rs`). So is the name of the file that the session is in (`autosave/origin.rs`).
//!
//! An append is one write, which the system keeps when the program dies. A thread brings it to the
//! disk, so that no frame waits for that. Where the whole has to be written anew, it is first written
//! beside: at every moment one of the two files holds all of the work.

mod origin;
mod recovery;
mod snapshot;

use std::path::{Path, PathBuf};

use origin::Origin;
use recovery::Found;
use snapshot::Snapshots;

use crate::session::Session;
use crate::session::journal::{Journal, Position};
use crate::session::recording::{self, BadLine, Line};
use crate::store::{self, Appender, Background, FILE_BYTES, StoreError};

/// The most windows that have a recording each.
const WINDOWS: usize = 16;

/// The recording of a window.
#[derive(Debug)]
pub struct Autosave {
    appender: Appender,
    disk: Option<Background>,
    /// The whole journal has to be written again.
    stale: bool,
    /// Something that was done could not be written.
    behind: bool,
    /// What could not be appended. It is tried again, so that there need not be room for it all anew.
    pending: Vec<Line>,
    /// Images to recover from, and the check of the base they belong to.
    snapshots: Snapshots,
    head: u64,
    /// The file that the session is in.
    name: Origin,
    /// Where the session stood when its recording was taken over, if nothing was written since: the
    /// recording leaves off elsewhere.
    stood: Option<Position>,
}

/// What a window left behind that was not closed.
#[derive(Debug)]
pub struct Left {
    /// Its session, at the base. Nothing was executed.
    pub session: Session,
    /// Where it left off.
    pub at: Position,
    /// What cannot be read behind that.
    pub lost: Option<BadLine>,
    /// The file that it was opened from or saved to last, if that is known.
    pub name: Option<PathBuf>,
}

/// A recording to write, and what was found in its folder.
#[derive(Debug)]
pub struct Opened {
    /// The recording.
    pub autosave: Autosave,
    /// Work that was left in it.
    pub left: Option<Left>,
    /// Recordings that cannot be read, and why; they are left alone.
    pub unreadable: Vec<StoreError>,
    /// In how many more recordings windows left work that are no longer open: each is there for
    /// another [`Autosave::open`].
    pub others: usize,
}

/// All lines of a session, from the base to the position.
pub fn lines(journal: &Journal, position: Position) -> Vec<Line> {
    let mut lines = Vec::new();
    let mut at = Position::default();
    let remark = |lines: &mut Vec<Line>, at: &mut Position, number| {
        for (place, remark) in journal.remarks_in(number) {
            if place != at {
                lines.push(Line::Goto(*place));
                *at = *place;
            }
            lines.push(Line::of_remark(remark));
        }
    };
    remark(&mut lines, &mut at, 0);
    for (index, entry) in journal.entries().iter().enumerate() {
        if entry.parent != at {
            lines.push(Line::Goto(entry.parent));
        }
        lines.push(Line::Gesture(entry.commands.clone()));
        at = journal.end_of(index + 1);
        remark(&mut lines, &mut at, index + 1);
    }
    for (name, &place) in journal.moments() {
        if place != at {
            lines.push(Line::Goto(place));
            at = place;
        }
        lines.push(Line::Moment { name: name.clone(), here: true });
    }
    if position != at {
        lines.push(Line::Goto(position));
    }
    lines
}

/// A session as a recording.
pub fn recorded(session: &Session) -> String {
    let journal = session.journal();
    recording::head(journal.base()) + &printed(&lines(journal, session.position()))
}

/// Adds a line to others; those of one run are added up.
fn add(lines: &mut Vec<Line>, line: Line) {
    match (lines.last_mut(), line) {
        (Some(Line::More(sum)), Line::More(fuel)) => *sum += fuel,
        (_, line) => lines.push(line),
    }
}

/// Lines as text; those of one run are added up.
fn printed<'l>(lines: impl IntoIterator<Item = &'l Line>) -> String {
    let mut text = String::new();
    let mut more = 0;
    for line in lines {
        if let Line::More(fuel) = line {
            more += fuel;
            continue;
        }
        end_run(&mut text, &mut more);
        text.push_str(&line.print());
        text.push('\n');
    }
    end_run(&mut text, &mut more);
    text
}

fn end_run(text: &mut String, more: &mut u64) {
    if *more > 0 {
        text.push_str(&Line::More(std::mem::take(more)).print());
        text.push('\n');
    }
}

/// Whether a window that is no longer open left a line in a recording.
fn was_left(path: &Path) -> bool {
    // Locked meanwhile, so that no window that is just being opened is counted.
    recovery::is_used(path) && Appender::open(path).is_ok_and(|_lock| recovery::has_lines(path))
}

/// Where a recording is written anew.
fn beside(path: &Path) -> PathBuf {
    path.with_extension("session.new")
}

impl Autosave {
    /// Opens a recording in a folder: with `recovers`, the first that a window left behind, otherwise
    /// an empty one. Executes nothing. What a window has open, this program's too, is not touched.
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
            let Some(taken) = Appender::open_free(path).transpose() else { continue };
            match taken.and_then(Autosave::take_over) {
                Ok(Some(work)) => {
                    found = Some(work);
                    break;
                }
                Ok(None) => {}
                Err(error) => unreadable.push(error),
            }
        }
        let (autosave, left) = match found {
            Some((autosave, left)) => (autosave, Some(left)),
            None => (Autosave::empty(folder, &paths)?, None),
        };
        let known = |path: &Path| {
            path == autosave.path() || unreadable.iter().any(|error| error.path == path)
        };
        let others = paths.iter().filter(|path| !known(path) && was_left(path)).count();
        Ok(Opened { autosave, left, unreadable, others })
    }

    /// An empty recording.
    fn empty(folder: &Path, paths: &[PathBuf]) -> Result<Autosave, StoreError> {
        let mut problem = None;
        for path in paths.iter().filter(|path| !recovery::is_used(path)) {
            match Appender::open(path) {
                Ok(appender) if appender.length() == 0 => return Ok(Autosave::of(appender, true)),
                Ok(_) => {}
                Err(error) => problem = Some(error),
            }
        }
        Err(problem.unwrap_or_else(|| StoreError {
            path: folder.to_path_buf(),
            cause: format!("there are {WINDOWS} recordings of unsaved work already"),
        }))
    }

    fn of(appender: Appender, stale: bool) -> Autosave {
        let disk = appender.background().ok();
        store::remove_broken_off(appender.path());
        let snapshots = Snapshots::beside(appender.path());
        let name = Origin::beside(appender.path());
        let head = snapshot::START;
        Autosave {
            appender,
            disk,
            stale,
            behind: false,
            pending: Vec::new(),
            snapshots,
            head,
            name,
            stood: None,
        }
    }

    /// Goes on with a recording that was left; one without work is emptied.
    fn take_over(mut appender: Appender) -> Result<Option<(Autosave, Left)>, StoreError> {
        let anew = beside(appender.path());
        let Some(found) = recovery::find(appender.path())? else {
            appender.clear()?;
            store::remove(&anew)?;
            return Ok(None);
        };
        let Found { journal, at, lost, head } = found;
        let stale = store::length(&anew).is_some() || lost.is_some();
        let mut autosave = Autosave::of(appender, stale);
        autosave.head = head;
        let name = autosave.name.left(head);
        let mut left = Left { session: Session::of_recording(journal, at), at, lost, name };
        autosave.stood = Some(left.session.position());
        if let Some((at, image)) = autosave.snapshots.left(head, left.session.journal()) {
            left.session.remember(at, &image);
        }
        Ok(Some((autosave, left)))
    }

    /// The file.
    pub fn path(&self) -> &Path {
        self.appender.path()
    }

    /// Writes what happened in a session since the last time. What did not get to the disk, or was
    /// changed or removed by someone else, is written anew.
    ///
    /// # Errors
    /// If it cannot be written; told once for what was done. Each call tries it again.
    pub fn write(&mut self, session: &mut Session) -> Result<(), StoreError> {
        let lines = session.take_lines();
        let failed = self.disk.as_ref().and_then(Background::problem);
        if !self.stale {
            self.name.keep(self.head);
        }
        let is_news = !lines.is_empty() || failed.is_some();
        if !is_news && self.pending.is_empty() {
            return Ok(());
        }
        let fuel = |line: &Line| if let Line::More(fuel) = line { *fuel } else { 0 };
        let ran = lines.iter().map(fuel).sum();
        lines.into_iter().for_each(|line| add(&mut self.pending, line));
        let text = self.pending_text();
        // Written anew, there are fewer lines: those of one run are added up.
        let fits = self.appender.length() + text.len() as u64 <= FILE_BYTES;
        self.stale |= failed.is_some() || !fits || !self.is_there();
        let written = match self.stale {
            true => self.write_anew(session),
            false => self.appender.append(&text),
        };
        self.behind = written.is_err();
        // What an append failed to add is cut off again, so it can be added later.
        self.stale = written.is_err() && (self.stale || !self.is_there());
        if written.is_ok() || self.stale {
            self.pending.clear();
        }
        self.stood = self.stood.filter(|_| written.is_err());
        if let Some(disk) = &self.disk {
            disk.soon();
        }
        if written.is_ok() {
            self.name.keep(self.head);
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
        let goes = matches!(self.pending.first(), Some(Line::Goto(_)));
        let stood = self.stood.filter(|_| !goes).map(Line::Goto);
        printed(stood.iter().chain(&self.pending))
    }

    fn write_anew(&mut self, session: &Session) -> Result<(), StoreError> {
        let head = recording::head(session.journal().base());
        let text = head.clone() + &printed(&lines(session.journal(), session.position()));
        self.head = snapshot::add(snapshot::START, &head);
        self.snapshots.forget();
        self.name.clear_for(self.head)?;
        let whole = beside(self.path());
        let is_there = self.is_there();
        if self.appender.length() > 0 || !is_there {
            store::overwrite(&whole, &text)?;
        }
        match is_there {
            true => self.appender.clear()?,
            false => self.reopen()?,
        }
        self.appender.append(&text)?;
        if store::length(&whole).is_some() {
            // Only what is on the disk makes the other one superfluous.
            self.appender.sync()?;
            store::remove(&whole)?;
        }
        Ok(())
    }

    /// Makes the file again, after someone else removed or changed it.
    fn reopen(&mut self) -> Result<(), StoreError> {
        store::remove(self.path())?;
        self.appender = Appender::open(self.path())?;
        self.disk = self.appender.background().ok();
        Ok(())
    }

    /// Changes how many instructions of running lie at least between two images that are written beside
    /// the recording: those from which recovery starts.
    pub fn set_snapshot_spacing(&mut self, instructions: u64) {
        self.snapshots.set_spacing(instructions);
    }

    /// Whether something that was done could not be written, and has not been since.
    pub fn is_behind(&self) -> bool {
        self.behind
    }

    /// The session is in this file from now on, or in none: [`Left::name`] after a crash. Written with
    /// what is written next; a path that is no text is not remembered.
    pub fn set_name(&mut self, file: Option<&Path>) {
        self.name.set(file);
    }

    /// Another session is to be written, or this one from its start. Its name is set apart.
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
        store::remove(&beside(self.path()))?;
        self.name.remove()?;
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
        let mut autosave = Autosave::of(Appender::open(&path).unwrap(), false);
        push(&mut session, "2");
        autosave.write(&mut session).unwrap();
        push(&mut session, "3");
        autosave.write(&mut session).unwrap();
        drop(autosave);
        let mut left = Autosave::open(folder.path(), true).unwrap().left.unwrap();
        left.session.goto(left.at).unwrap();
        assert_eq!(left.session.machine().show_stack(), "1 2 3");
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
