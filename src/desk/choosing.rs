//! Choosing a file, in a dialog of the front end or in a path field of the desk.
//!
//! A dialog stays open over many frames. Until it is answered, the desk has an overlay that keeps the
//! keyboard, so no key that was meant for the dialog does anything here.

use std::path::{Path, PathBuf};
use std::time::Duration;

use super::Desk;
use super::action::Field;
use super::dialogs::{FileQuestion, Reply};
use super::effect::Effect;
use super::overlay::Overlay;
use super::path_field::PathField;
use super::write::{Choosing, Write};
use crate::store;

/// How often an open dialog is asked for its answer.
const POLL: Duration = Duration::from_millis(50);

impl Desk {
    /// Asks for a file.
    pub(super) fn choose(&mut self, choosing: Choosing) {
        let question = self.question(&choosing);
        self.files.dialogs.ask(&question);
        self.overlay = Overlay::FileDialog(choosing);
        self.poll_dialog();
    }

    fn question(&self, choosing: &Choosing) -> FileQuestion {
        let path = self.document.file.path();
        let folder = path.and_then(Path::parent).filter(|folder| !folder.as_os_str().is_empty());
        let folder = folder.map(Path::to_path_buf);
        match choosing {
            Choosing::Open | Choosing::Load | Choosing::Follow => FileQuestion::Open { folder },
            Choosing::Save(content, _) => {
                FileQuestion::Save { folder, name: content.proposal(path) }
            }
        }
    }

    /// Looks whether an open dialog was answered; when to look again, if it is still open.
    pub(super) fn poll_dialog(&mut self) -> Option<Duration> {
        if !matches!(self.overlay, Overlay::FileDialog(_)) {
            return None;
        }
        let Some(reply) = self.files.dialogs.reply() else { return Some(POLL) };
        let Overlay::FileDialog(choosing) = std::mem::take(&mut self.overlay) else {
            unreachable!("it was looked at above");
        };
        match reply {
            Reply::Chosen(path) => self.chosen(choosing, path, true),
            Reply::Cancelled => {}
            Reply::Unavailable => {
                let question = self.question(&choosing);
                self.overlay = Overlay::Path(choosing, PathField::new(&question));
            }
        }
        None
    }

    /// Takes what was typed in the path field: opens a folder, or chooses a file.
    pub(super) fn choose_path(&mut self) {
        let Overlay::Path(choosing, mut field) = std::mem::take(&mut self.overlay) else { return };
        match field.submit() {
            Some(path) => {
                // The field had the keyboard.
                self.emit(Effect::Focus(Field::Entry));
                self.chosen(choosing, path, false);
            }
            None => self.overlay = Overlay::Path(choosing, field),
        }
    }

    /// A file was chosen. A dialog of the system has already asked before it returns a file that exists.
    fn chosen(&mut self, choosing: Choosing, path: PathBuf, asked: bool) {
        match choosing {
            Choosing::Open => self.open(path),
            Choosing::Load => self.load_path(&path),
            Choosing::Follow => self.follow_path(path),
            Choosing::Save(content, then) => {
                let (write, is_same) = Write::new(content, path, then);
                if store::exists(&write.path) && !(asked && is_same) {
                    self.ask_to_replace(write);
                } else {
                    self.write_unless_changed(write);
                }
            }
        }
    }
}
