//! The autosaved recording of the open session, and unsaved work that other windows left.

use std::path::{Path, PathBuf};

use super::Desk;
use super::file::File;
use crate::autosave::{self, Autosave, Opened};
use crate::session::target::Target;

/// Where unsaved work is kept.
#[derive(Default)]
pub(super) struct Recovery {
    folder: Option<PathBuf>,
    autosave: Option<Autosave>,
    /// How many other windows left work there.
    others: usize,
}

impl Recovery {
    /// Whether another window left work.
    pub fn has_other_work(&self) -> bool {
        self.others > 0
    }
}

impl Desk {
    /// Keeps an autosaved recording in a folder. If a window that did not close normally left one
    /// there, shows its session, unless a file was opened.
    pub fn keep_in(&mut self, folder: &Path) {
        self.files.recovery.folder = Some(folder.to_path_buf());
        let is_opening = self.files.opening.is_some();
        match Autosave::open(folder, self.document.file.path().is_none() && !is_opening) {
            Ok(opened) => self.take_over(opened),
            Err(error) => self.notice.warn(format!("Autosave failed: {error}")),
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
    fn tell_of_others(&mut self) {
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
        let words = "This is the unsaved work from last time, paused where it was.";
        match left.lost {
            None => self.notice.tell(words),
            Some(bad) => self.notice.warn(format!("{words} Its last part is lost: {bad}.")),
        }
    }

    /// Appends to the autosave what happened since the last call.
    pub(super) fn write_autosave(&mut self) {
        let Some(autosave) = &mut self.files.recovery.autosave else {
            drop(self.document.session.take_records());
            return;
        };
        if let Err(error) = autosave.write(&mut self.document.session) {
            self.notice.warn(format!("Autosave failed: {error}"));
        }
    }

    /// The name of the open file, whether it holds the work, and whether the autosave fails.
    pub fn file_words(&self) -> String {
        let lost = self.files.recovery.autosave.as_ref().is_some_and(Autosave::is_behind);
        self.document.file.words(self.session()) + if lost { ", not autosaved" } else { "" }
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
