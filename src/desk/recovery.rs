//! The autosaved recording of the open session, and unsaved work that other windows left.

use std::path::{Path, PathBuf};
use std::time::Duration;

use super::document::Document;
use super::example_shown::Beside;
use super::file::File;
use super::surroundings::Surroundings;
use super::{Desk, Files};
use crate::autosave::{self, Autosave, Opened};
use crate::session::target::Target;

/// How long to wait before trying again to keep work, in seconds.
const PAUSE: f64 = 2.0;

/// Where unsaved work is kept.
#[derive(Default)]
pub(super) struct Recovery {
    folder: Option<PathBuf>,
    autosave: Option<Autosave>,
    /// How many other windows left work there.
    others: usize,
    /// Why work is not kept, if it is not.
    problem: Option<String>,
    /// When to try again, in seconds.
    again: f64,
}

impl Recovery {
    /// Whether another window left work.
    pub fn has_other_work(&self) -> bool {
        self.others > 0
    }

    /// How long to wait before trying again, if work is not kept but may be later.
    fn pause(&self, now: f64) -> Option<Duration> {
        let waits = self.problem.is_some() && self.folder.is_some();
        waits.then(|| Duration::from_secs_f64((self.again - now).clamp(0.1, PAUSE)))
    }
}

impl Desk {
    /// Keeps an autosaved recording in a folder, which is made if it does not exist. If a window that did
    /// not close normally left one there, shows its session. If a file was asked for, whether or not it could be
    /// opened, only says that there is unsaved work.
    pub fn keep_in(&mut self, folder: &Path) {
        self.files.recovery.folder = Some(folder.to_path_buf());
        match Autosave::open(folder, !self.files.named) {
            Ok(opened) => self.take_over(opened),
            Err(error) => {
                self.files.recovery.others = Autosave::left_in(folder);
                self.not_kept_because(error.to_string());
            }
        }
    }

    /// Says for good that there is no place to keep an autosaved recording, and why.
    pub fn keep_nowhere(&mut self, why: &str) {
        self.not_kept_because(why.to_owned());
    }

    /// Why unsaved work is not kept, if it is not. This lasts until it is kept.
    pub fn not_kept(&self) -> Option<&str> {
        self.files.recovery.problem.as_deref()
    }

    /// When to try again to keep unsaved work, if it is not kept.
    pub(super) fn keep_again(&self) -> Option<Duration> {
        self.files.recovery.pause(self.document.pace.now)
    }

    fn not_kept_because(&mut self, why: String) {
        let recovery = &mut self.files.recovery;
        recovery.again = self.document.pace.now + PAUSE;
        // The mark of it lasts, so a message for each gesture would only hide other messages.
        if recovery.problem.replace(why.clone()).is_none() {
            self.notice.warn(format!("Autosave failed: {why}"));
        }
    }

    fn take_over(&mut self, opened: Opened) {
        if let Some(recovery) = opened.recovery {
            self.recover(recovery);
        }
        if let Some(error) = opened.unreadable.first() {
            self.notice.warn(format!("Unsaved work cannot be read: {error}"));
        }
        self.files.recovery.autosave = Some(opened.autosave);
        self.files.recovery.others = opened.others;
        self.name_autosave();
        self.tell_of_others();
    }

    /// Gives the autosave the path of the open file, so that it is known after a crash.
    pub(super) fn name_autosave(&mut self) {
        if let Some(autosave) = &mut self.files.recovery.autosave {
            autosave.set_origin(self.document.file.path());
        }
    }

    /// Says whether other windows left unsaved work.
    pub(super) fn tell_of_others(&mut self) {
        let there = match self.files.recovery.others {
            0 => return,
            1 => "Another window left unsaved work".to_owned(),
            several => format!("{several} other windows left unsaved work"),
        };
        self.notice.add(&format!("{there}: the File menu recovers it."));
    }

    /// Replaces the open session by unsaved work of another window.
    pub(super) fn recover_other(&mut self) {
        let Some(folder) = self.files.recovery.folder.clone() else {
            return self.notice.warn("There is no folder for autosaved work");
        };
        match Autosave::open(&folder, true) {
            Ok(Opened { recovery: None, unreadable, others, .. }) => {
                let error = unreadable
                    .first()
                    .map(|error| format!("; one file cannot be read: {error}"))
                    .unwrap_or_default();
                self.files.recovery.others = others;
                self.notice.warn(format!("There is no unsaved work to recover{error}"));
            }
            // Without file locks, it may be this window's own autosave.
            Ok(opened) if self.owns(opened.autosave.path()) => {
                self.notice.warn("This system cannot lock files: close this window first");
            }
            Ok(opened) => {
                let old = self.files.recovery.autosave.take();
                self.take_over(opened);
                // The user has already been asked about the unsaved work that this drops.
                if let Some(Err(error)) = old.map(Autosave::close) {
                    self.notice.warn(error.to_string());
                }
            }
            Err(error) => self.notice.warn(error.to_string()),
        }
    }

    fn owns(&self, path: &Path) -> bool {
        self.files.recovery.autosave.as_ref().is_some_and(|own| own.path() == path)
    }

    fn recover(&mut self, left: autosave::Recovery) {
        self.show_session(left.session, File::unsaved(left.origin));
        (self.document.player, self.document.recording) = (None, None);
        self.tour = None;
        self.go(Target::At(left.at));
        self.mark_nothing();
        let words = match self.files.dialogs.surroundings() {
            Surroundings::System => "This is the unsaved work from last time, paused where it was.",
            // There, nobody says that work is done: a page is just closed.
            Surroundings::Page => "This is the work from last time, paused where it was.",
        };
        match left.lost {
            None => self.notice.tell(words),
            Some(bad) => self.notice.warn(format!("{words} Its last part is lost: {bad}.")),
        }
    }

    /// Appends to the autosave what happened since the last call. If it failed before, tries again with the
    /// next gesture, or after a pause.
    pub(super) fn write_autosave(&mut self) {
        let now = self.document.pace.now;
        let recovery = &self.files.recovery;
        let waits = recovery.problem.is_some()
            && (recovery.again - PAUSE..recovery.again).contains(&now)
            && !self.program().session.has_gestures_to_record();
        if self.files.recovery.autosave.is_none() {
            if !waits && self.files.recovery.problem.is_some() {
                self.open_autosave();
            }
        } else if waits {
            // The records stay in the session.
            return;
        }
        let Files { recovery, beside, .. } = &mut self.files;
        let program = beside.as_mut().map_or(&mut self.document, Beside::program_mut);
        let Document { session, file, .. } = program;
        let Some(autosave) = &mut recovery.autosave else {
            drop(session.take_records());
            return;
        };
        let written = match file.holds_history(session) {
            true => autosave.write_saved(session),
            false => autosave.write(session),
        };
        match written {
            Ok(()) => self.files.recovery.problem = None,
            Err(error) => self.not_kept_because(error.to_string()),
        }
    }

    /// Opens an autosave for the work that was not kept so far.
    fn open_autosave(&mut self) {
        let Some(folder) = self.files.recovery.folder.clone() else { return };
        match Autosave::open(&folder, false) {
            Ok(Opened { mut autosave, others, .. }) => {
                autosave.catch_up();
                self.files.recovery.autosave = Some(autosave);
                self.files.recovery.others = others;
                self.name_autosave();
            }
            Err(error) => self.not_kept_because(error.to_string()),
        }
    }

    /// The name of the open file, and whether it holds the work.
    pub fn file_words(&self) -> String {
        let Document { session, file, .. } = self.program();
        let words = file.words(session);
        match self.followed().and_then(Path::file_name) {
            Some(name) => format!("{words}, follows {}", name.to_string_lossy()),
            None => words,
        }
    }

    /// Writes the autosave from its start: another session is shown, or something changed that cannot
    /// be appended.
    pub(super) fn rewrite_autosave(&mut self) {
        if let Some(autosave) = &mut self.files.recovery.autosave {
            autosave.rewrite();
        }
    }

    /// The window closes normally: removes the autosave, because there is nothing to recover.
    pub fn close_recording(&mut self) {
        if let Some(autosave) = self.files.recovery.autosave.take()
            && let Err(error) = autosave.close()
        {
            self.notice.warn(error.to_string());
        }
    }
}
