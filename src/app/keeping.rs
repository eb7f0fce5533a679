//! Keeping the work: what the window does with its autosaved recording.

use std::path::Path;

use super::App;
use crate::autosave::{Autosave, Left};

impl App {
    /// Keeps a recording in a folder. If a recording was left there, because a window ended without
    /// being closed, its session is shown, unless a file was opened.
    pub fn keep_in(&mut self, folder: &Path) {
        match Autosave::open(folder, self.file.is_new()) {
            Ok(opened) => {
                if let Some(left) = opened.left {
                    self.recover(left);
                }
                if let Some(error) = opened.unreadable.first() {
                    self.warn(format!("Unsaved work was left that cannot be read: {error}"));
                }
                self.autosave = Some(opened.autosave);
            }
            Err(error) => self.warn(format!("The work is not kept: {error}")),
        }
    }

    fn recover(&mut self, left: Left) {
        self.show_session(left.session, None);
        self.player = None;
        self.file.forget();
        self.interface.tour = None;
        self.go_to_moment(left.at);
        let lost =
            left.lost.map(|bad| format!(" The last of it is lost: {bad}.")).unwrap_or_default();
        self.warn(format!("This is the unsaved work of last time, paused where it was.{lost}"));
    }

    /// Writes what happened since the last frame.
    pub(super) fn write_lines(&mut self) {
        let Some(autosave) = &mut self.autosave else {
            drop(self.session.take_lines());
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
