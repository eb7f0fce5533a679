//! Work is on the disk before the next frame: the journal of the session, as a recording.
//!
//! After a crash, or a kill at any moment, the next start finds the recording and goes to where it
//! leaves off; nothing runs until someone says so. Each window has a recording of its own, locked
//! while the window is open, so that two windows do not write into one. A window that is closed in
//! the ordinary way leaves its recording empty.

use std::path::Path;

use super::App;
use crate::session::Session;
use crate::session::journal::{Journal, Position};
use crate::session::recording::{self, Line, Recording};
use crate::store::{self, Appender, FILE_BYTES};

/// The most windows that have a recording each.
const WINDOWS: usize = 16;
/// How many instructions are executed again to come to where the work left off: some seconds. What
/// ran for longer is offered by redo.
const REPLAY: u64 = 300_000_000;

/// The recording of a window.
#[derive(Debug)]
pub struct Autosave {
    appender: Appender,
    /// The whole journal has to be written again.
    stale: bool,
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

impl App {
    /// Keeps a recording in a folder. If a recording was left there, because a window ended without
    /// being closed, its session is shown, unless a file was opened.
    pub fn keep_in(&mut self, folder: &Path) {
        let fresh = self.file.is_new();
        let mut names = (1..=WINDOWS).map(|n| folder.join(format!("unsaved-{n}.session")));
        let opened: Vec<Appender> =
            names.by_ref().filter_map(|path| Appender::open(&path).ok()).collect();
        let (left, mut empty): (Vec<_>, Vec<_>) =
            opened.into_iter().partition(|file| file.length() > 0);
        for file in left.into_iter().filter(|_| fresh) {
            if let Some(session) = self.left_in(file.path()) {
                self.recover(session);
                self.autosave = Some(Autosave { appender: file, stale: true });
                return;
            }
        }
        empty.truncate(1);
        match empty.pop() {
            Some(appender) => self.autosave = Some(Autosave { appender, stale: true }),
            None => {
                self.warn(format!("No autosave: nothing can be written in {}", folder.display()))
            }
        }
    }

    fn left_in(&mut self, path: &Path) -> Option<Session> {
        let text = store::read(path, FILE_BYTES).ok()?;
        let (recording, _) = Recording::recover(&text).ok()?;
        let (journal, mut at) = recording.journal().ok()?;
        if journal.entries().is_empty() {
            return None;
        }
        if at.done > REPLAY {
            at.done = 0;
        }
        let mut session = Session::of(journal);
        session.goto(at).ok()?;
        Some(session)
    }

    fn recover(&mut self, session: Session) {
        self.show_session(session, None);
        self.file.forget();
        self.interface.tour = None;
        self.warn("This is the unsaved work of last time, paused where it was");
    }

    /// Writes what happened since the last frame.
    pub(super) fn write_lines(&mut self) {
        let new = self.session.take_lines();
        let Some(autosave) = &mut self.autosave else { return };
        if new.is_empty() {
            return;
        }
        let result = if autosave.stale {
            autosave
                .appender
                .clear()
                .and_then(|()| autosave.appender.append(&recorded(&self.session)))
        } else {
            autosave.appender.append(&printed(new))
        };
        match result {
            Ok(()) => autosave.stale = false,
            Err(error) => {
                autosave.stale = true;
                self.warn(format!("The work is not kept: {error}"));
            }
        }
    }

    /// Another session is shown: its journal has to be written from the start.
    pub(super) fn rewrite(&mut self) {
        if let Some(autosave) = &mut self.autosave {
            autosave.stale = true;
        }
    }

    /// The window closes in the ordinary way: nothing is to be recovered.
    pub fn close_recording(&mut self) {
        if let Some(mut autosave) = self.autosave.take()
            && let Err(error) = autosave.appender.clear()
        {
            self.warn(error.to_string());
        }
    }
}
