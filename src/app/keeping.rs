//! Keeping the work: what the window does with its autosaved recording.

use std::path::Path;

use super::App;
use crate::autosave::{Autosave, Opened, Recovery};

impl App {
    /// Keeps a recording in a folder. If a recording was left there, because a window ended without
    /// being closed, its session is shown, unless a file was opened.
    pub fn keep_in(&mut self, folder: &Path) {
        self.kept_in = Some(folder.to_path_buf());
        match Autosave::open(folder, self.file.path().is_none()) {
            Ok(opened) => self.take_over(opened),
            Err(error) => self.warn(format!("The work is not kept: {error}")),
        }
    }

    fn take_over(&mut self, opened: Opened) {
        if let Some(recovery) = opened.recovery {
            self.recover(recovery);
        }
        if let Some(error) = opened.unreadable.first() {
            self.warn(format!("Unsaved work was left that cannot be read: {error}"));
        }
        self.autosave = Some(opened.autosave);
        self.name_recording();
        self.waiting = opened.others;
        self.tell_of_waiting();
    }

    /// Tells the recording which file the session is in, so that it is known after a crash.
    pub(super) fn name_recording(&mut self) {
        if let Some(autosave) = &mut self.autosave {
            autosave.set_origin(self.file.path());
        }
    }

    /// Says if there is unsaved work that is not shown.
    fn tell_of_waiting(&mut self) {
        let there = match self.waiting {
            0 => return,
            1 => "Unsaved work of another window was left".to_owned(),
            several => format!("Unsaved work of {several} other windows was left"),
        };
        let key = "the File menu recovers it";
        let notice = &mut self.interface.notice;
        let before = if notice.words.is_empty() { "" } else { " " };
        notice.words += &format!("{before}{there}: {key}.");
    }

    /// Shows what another window left, instead of what is shown.
    pub(super) fn recover_waiting(&mut self) {
        let Some(folder) = self.kept_in.clone() else {
            return self.warn("There is no folder in which work is kept");
        };
        match Autosave::open(&folder, true) {
            Ok(Opened { recovery: None, unreadable, others, .. }) => {
                let error =
                    unreadable.first().map(|error| format!("; one cannot be read: {error}"));
                let error = error.unwrap_or_default();
                self.waiting = others;
                self.warn(format!("No unsaved work of another window can be recovered{error}"));
            }
            // Where there are no locks, this may be the window's own.
            Ok(opened)
                if self
                    .autosave
                    .as_ref()
                    .is_some_and(|own| own.path() == opened.autosave.path()) =>
            {
                self.warn("The files of this system cannot be locked: close this window first");
            }
            Ok(opened) => {
                let old = self.autosave.take();
                self.take_over(opened);
                // Whoever asked for this had the question about unsaved work before.
                if let Some(Err(error)) = old.map(Autosave::close) {
                    self.warn(error.to_string());
                }
            }
            Err(error) => self.warn(error.to_string()),
        }
    }

    fn recover(&mut self, recovery: Recovery) {
        self.show_session(recovery.session, None);
        (self.player, self.recording) = (None, None);
        self.file.recover(recovery.origin);
        self.interface.tour = None;
        self.go_to_moment(recovery.at);
        let words = "This is the unsaved work of last time, paused where it was.";
        match recovery.lost {
            None => self.tell(words),
            Some(bad) => self.warn(format!("{words} The last of it is lost: {bad}.")),
        }
    }

    /// Writes what happened since the last frame.
    pub(super) fn write_lines(&mut self) {
        let Some(autosave) = &mut self.autosave else {
            drop(self.session.take_records());
            return;
        };
        if let Err(error) = autosave.write(&mut self.session) {
            self.warn(format!("The work is not kept: {error}"));
        }
    }

    /// The file that is open, whether there is unsaved work, and whether not even a crash would leave it.
    pub(super) fn file_words(&self) -> String {
        let lost = self.autosave.as_ref().is_some_and(Autosave::is_behind);
        self.file.words(&self.session) + if lost { ", not kept" } else { "" }
    }

    /// Another session is shown: its journal has to be written from the start.
    pub(super) fn rewrite(&mut self) {
        if let Some(autosave) = &mut self.autosave {
            autosave.rewrite();
        }
    }

    /// The window closes in the ordinary way: nothing is to be recovered.
    pub fn close_recording(&mut self) {
        if let Some(autosave) = self.autosave.take()
            && let Err(error) = autosave.close()
        {
            self.warn(error.to_string());
        }
    }
}
