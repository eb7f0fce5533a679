//! Where a desk is: what is around it decides what can be done at all.

use std::path::Path;

use super::Desk;
use super::effect::Effect;
use super::replacement::Replacement;
use crate::session::recording;

/// What is around a desk.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Surroundings {
    /// A system with files and windows.
    System,
    /// A page in a browser: it has only the files that it is given, and is closed with its tab.
    Page,
}

/// The key that switches the notation, and the one that watches a line, for sentences. In a page they are others,
/// because the browser keeps these for its tabs; `app/action_table.rs` has them all.
pub(super) const SWITCH_KEY: &str = if cfg!(target_arch = "wasm32") { "Alt+T" } else { "Ctrl+T" };
pub(super) const WATCH_KEY: &str =
    if cfg!(target_arch = "wasm32") { "Alt+Shift+W" } else { "Ctrl+Shift+W" };

impl Desk {
    /// Closes the window, after asking about unsaved work.
    pub(super) fn quit(&mut self) {
        match self.files.dialogs.surroundings() {
            Surroundings::System => self.replace(Replacement::Quit),
            Surroundings::Page => self.notice.warn(match self.not_kept() {
                None => "A page closes with its tab. The work is kept in this browser, and is here again next time",
                Some(_) => "A page closes with its tab, and this work is not kept here: save it as a file first",
            }),
        }
    }

    /// Follows a file, or ends it.
    pub(super) fn follow_or_refuse(&mut self) {
        match self.files.dialogs.surroundings() {
            Surroundings::System => self.follow_file(),
            Surroundings::Page => self.notice.warn(
                "A page sees a file only when you open it, so it cannot follow one. Load functions reads it once",
            ),
        }
    }

    /// Puts a link on the clipboard that opens this work, with its whole history.
    pub(super) fn copy_link(&mut self) {
        match self.files.dialogs.surroundings() {
            Surroundings::Page => {
                let text = recording::write(self.session().journal(), self.session().position());
                self.emit(Effect::CopyLink(text));
            }
            Surroundings::System => self.notice.warn(
                "A link leads to a page, and this window is not in a browser: save a recording and open it there",
            ),
        }
    }

    /// The open file, if it is one.
    pub fn file_path(&self) -> Option<&Path> {
        self.program().file.path()
    }

    /// Whether there is work that is in no file.
    pub fn has_unsaved_work(&self) -> bool {
        let program = self.program();
        program.file.unsaved_part(&program.session).is_some()
    }

    /// Says something that the front end knows: what was done, or why something could not be done.
    pub fn say(&mut self, words: &str, warns: bool) {
        match warns {
            true => self.notice.warn(words),
            false => self.notice.tell(words),
        }
    }
}
