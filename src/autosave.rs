//! Work is on the disk before the next frame: the journal of the session, as a recording.
//!
//! After a crash, or a kill at any moment, the next start finds the recording and where it leaves off;
//! nothing runs until someone says so. Each window has a recording of its own, locked while the window
//! is open, so that two windows do not write into one. A window that is closed in the ordinary way
//! leaves its recording empty.
//!
//! What ran long need not run again: images on the way are written beside the recording
//! (`autosave/waypoint.rs`).
//!
//! An append is one write, which the system keeps when the program dies. A thread brings it to the
//! disk, so that no frame waits for that. Where the whole has to be written anew, it is first written
//! beside: at every moment one of the two files holds all of the work.

mod waypoint;

use std::path::{Path, PathBuf};

use waypoint::Waypoints;

use crate::session::Session;
use crate::session::journal::{Journal, Position};
use crate::session::recording::{self, BadLine, Line, Recording};
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
    /// Images to recover from, and the check of the base they belong to.
    waypoints: Waypoints,
    head: u64,
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
    recording::head(journal.base()) + &printed(lines(journal, session.position()))
}

/// Lines as text; those of one run are added up.
fn printed(lines: Vec<Line>) -> String {
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

/// The recordings that there may be in a folder.
fn recordings(folder: &Path) -> impl Iterator<Item = PathBuf> {
    (1..=WINDOWS).map(|n| folder.join(format!("unsaved-{n}.session")))
}

/// Whether there is anything in a recording.
fn is_used(path: &Path) -> bool {
    store::length(path).is_some_and(|length| length > 0) || store::length(&beside(path)).is_some()
}

/// How many recordings were left in a folder by windows that are open no more.
pub fn waiting(folder: &Path) -> usize {
    recordings(folder).filter(|path| is_used(path) && Appender::open(path).is_ok()).count()
}

/// Where a recording is written anew.
fn beside(path: &Path) -> PathBuf {
    path.with_extension("session.new")
}

impl Autosave {
    /// Opens a recording in a folder: with `recovers`, the first that a window left behind, otherwise
    /// an empty one. Executes nothing.
    ///
    /// # Errors
    /// If nothing can be written there.
    pub fn open(folder: &Path, recovers: bool) -> Result<Opened, StoreError> {
        let mut unreadable = Vec::new();
        for path in recordings(folder).filter(|path| recovers && is_used(path)) {
            // What another window has open is its own.
            let Ok(appender) = Appender::open(&path) else { continue };
            match Autosave::take_over(appender) {
                Ok((autosave, left)) => return Ok(Opened { autosave, left, unreadable }),
                Err(error) => unreadable.push(error),
            }
        }
        let mut problem = None;
        for path in recordings(folder).filter(|path| !is_used(path)) {
            match Appender::open(&path) {
                Ok(appender) if appender.length() == 0 => {
                    let autosave = Autosave::of(appender, true);
                    return Ok(Opened { autosave, left: None, unreadable });
                }
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
        let waypoints = Waypoints::beside(appender.path());
        let head = waypoint::START;
        Autosave { appender, disk, stale, behind: false, waypoints, head, stood: None }
    }

    /// Goes on with a recording that was left.
    fn take_over(appender: Appender) -> Result<(Autosave, Option<Left>), StoreError> {
        let path = appender.path().to_path_buf();
        // Written anew and not finished: the file beside is the whole one.
        let whole = beside(&path);
        let anew = store::length(&whole).is_some();
        let text = store::read(if anew { &whole } else { &path }, FILE_BYTES)?;
        let bad = |bad: BadLine| StoreError { path: path.clone(), cause: bad.to_string() };
        if text.lines().count() < 2 || text.lines().count() == 2 && !text.ends_with('\n') {
            // Not even its head was written: there was no gesture yet.
            return Ok((Autosave::of(appender, true), None));
        }
        let (recording, lost) = Recording::recover(&text).map_err(bad)?;
        let (journal, at) = recording.journal().map_err(bad)?;
        let worth = !journal.entries().is_empty();
        let mut left = Left { session: Session::of_recording(journal, at), at, lost };
        let mut autosave = Autosave::of(appender, anew || left.lost.is_some());
        autosave.stood = Some(left.session.position());
        autosave.head = text.split_inclusive('\n').take(2).fold(waypoint::START, waypoint::add);
        if let Some((at, image)) = autosave.waypoints.left(autosave.head, left.session.journal()) {
            left.session.remember(at, &image);
        }
        Ok((autosave, worth.then_some(left)))
    }

    /// The file.
    pub fn path(&self) -> &Path {
        self.appender.path()
    }

    /// Writes what happened in a session since the last time.
    ///
    /// # Errors
    /// If it cannot be written, or what was written before did not get to the disk. The next call that
    /// has something to write writes everything anew.
    pub fn write(&mut self, session: &mut Session) -> Result<(), StoreError> {
        let lines = session.take_lines();
        let failed = self.disk.as_ref().and_then(Background::problem);
        if lines.is_empty() && failed.is_none() {
            return Ok(());
        }
        let ran =
            lines.iter().map(|line| if let Line::More(fuel) = line { *fuel } else { 0 }).sum();
        let written = match (failed, self.stale) {
            (Some(cause), _) => Err(StoreError { path: self.path().to_path_buf(), cause }),
            (None, true) => self.write_anew(session),
            (None, false) => self.append(lines),
        };
        self.stale = written.is_err();
        self.behind = self.stale;
        self.stood = self.stood.filter(|_| written.is_err());
        if let Some(disk) = &self.disk {
            disk.soon();
        }
        if written.is_ok() {
            self.waypoints.ran(ran, self.head, session);
        }
        written
    }

    fn append(&mut self, mut lines: Vec<Line>) -> Result<(), StoreError> {
        let goes = matches!(lines.first(), Some(Line::Goto(_)));
        if let Some(stood) = self.stood.filter(|_| !goes) {
            lines.insert(0, Line::Goto(stood));
        }
        self.appender.append(&printed(lines))
    }

    fn write_anew(&mut self, session: &Session) -> Result<(), StoreError> {
        let head = recording::head(session.journal().base());
        let text = head.clone() + &printed(lines(session.journal(), session.position()));
        self.head = waypoint::add(waypoint::START, &head);
        self.waypoints.forget();
        let whole = beside(self.path());
        if self.appender.length() > 0 {
            store::replace(&whole, &text)?;
        }
        self.appender.clear()?;
        self.appender.append(&text)?;
        store::remove(&whole)
    }

    /// Changes how many instructions of running lie at least between two images that are written beside
    /// the recording: those from which recovery starts.
    pub fn set_waypoint_spacing(&mut self, instructions: u64) {
        self.waypoints.set_spacing(instructions);
    }

    /// Whether something that was done could not be written, and has not been since.
    pub fn is_behind(&self) -> bool {
        self.behind
    }

    /// Another session is to be written, or this one from its start.
    pub fn rewrite(&mut self) {
        self.stale = true;
    }

    /// Closes it in the ordinary way: nothing is to be recovered.
    ///
    /// # Errors
    /// If it cannot be emptied.
    pub fn close(mut self) -> Result<(), StoreError> {
        self.appender.clear()?;
        store::remove(&beside(self.path()))?;
        self.waypoints.remove()
    }
}
