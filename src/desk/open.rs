//! Opening something else in place of the open session.
//!
//! A file is read completely before anything is replaced, so a file that cannot be read leaves the
//! session as it was. Unsaved work is never dropped without asking: the request waits for the answer.

use std::path::PathBuf;

use super::Desk;
use super::action::Field;
use super::dialogs::Answer;
use super::document::Document;
use super::effect::Effect;
use super::example::EXAMPLES;
use super::file::{File, FileKind};
use super::overlay::{Damaged, Overlay};
use super::replacement::Replacement;
use super::selection::Sight;
use crate::program::diagnostic::counted;
use crate::program::image::Image;
use crate::session::Session;
use crate::session::record::Record;
use crate::session::recording::Recording;
use crate::store;

/// The longest file that is opened, in bytes. An image with as many cells as possible is smaller.
const BYTES: u64 = store::FILE_BYTES;

impl Desk {
    /// Whether the front end may close now. If there is unsaved work, asks about it.
    pub fn may_close(&mut self) -> bool {
        if !self.files.quits {
            self.replace(Replacement::Quit);
        }
        self.files.quits
    }

    /// Replaces the open session, after asking about unsaved work.
    pub(super) fn replace(&mut self, by: Replacement) {
        if self.document.file.holds(&self.document.session) {
            self.replace_now(by);
        } else {
            self.overlay = Overlay::Unsaved(by);
        }
    }

    /// Continues the waiting replacement, or cancels it.
    pub(super) fn answer_unsaved(&mut self, answer: Answer) {
        let Overlay::Unsaved(by) = std::mem::take(&mut self.overlay) else { return };
        let goes_on = match answer {
            Answer::Save => self.save(),
            Answer::Discard => true,
            Answer::Cancel => false,
        };
        if goes_on {
            self.replace_now(by);
        }
    }

    fn replace_now(&mut self, by: Replacement) {
        match by {
            Replacement::New => self.show_session(Session::default(), None),
            Replacement::Choose => {
                if let Some(path) = self.files.dialogs.open() {
                    self.open(path);
                }
            }
            Replacement::Path(path) => self.open(path),
            Replacement::Example(n) => self.open_example(n),
            Replacement::Recover => self.recover_other(),
            Replacement::Quit => {
                self.files.quits = true;
                self.emit(Effect::Close);
            }
        }
    }

    /// Opens a file without asking. If it cannot be read, says why and changes nothing.
    pub fn open(&mut self, path: PathBuf) {
        let text = store::read(&path, BYTES).map_err(|error| error.to_string());
        let cut = text.as_ref().is_ok_and(|text| !text.ends_with('\n'));
        match text.and_then(|text| FileKind::of(&path).read(&text)) {
            Ok(session) => {
                self.preferences.remember(path.clone());
                self.show_session(session, Some(path));
                if cut && self.document.recording.is_some() {
                    self.notice.warn(
                        "The last line of this recording has no line end: the file may have been cut off",
                    );
                }
            }
            Err(problem) => self.refuse(path, &problem),
        }
    }

    /// Says what is wrong with a file, and what can be opened instead.
    fn refuse(&mut self, path: PathBuf, problem: &str) {
        let shown = path.display();
        // A file that cannot be read at all counts as empty, which is not a recording.
        let text = store::read(&path, BYTES).unwrap_or_default();
        match Recording::recover(&text) {
            Ok((recording, _)) => {
                let readable = recording.records.iter().map(|(_, record)| record);
                let count = readable.filter(|record| matches!(record, Record::Gesture(_))).count();
                let words = format!(
                    "{shown}: {problem}. Before that it holds {}.",
                    counted(count, "gesture")
                );
                self.overlay = Overlay::Damaged(Box::new(Damaged { words, path, recording }));
            }
            Err(_) => {
                let kept = store::kept(&path)
                    .map(|kept| format!("; the previous version is {}", kept.display()))
                    .unwrap_or_default();
                self.notice.warn(format!("{shown}: {problem}{kept}"));
            }
        }
    }

    /// Opens the readable part of a damaged recording, as unsaved work.
    pub(super) fn open_recovered(&mut self) {
        let Overlay::Damaged(damaged) = std::mem::take(&mut self.overlay) else { return };
        match damaged.recording.journal() {
            Ok((journal, end)) => {
                self.show_session(Session::of_recording(journal, end), None);
                self.document.file = File::unsaved(None);
            }
            Err(bad) => self.notice.warn(format!("{}: {bad}", damaged.path.display())),
        }
    }

    fn open_example(&mut self, n: usize) {
        let Some(example) = EXAMPLES.get(n) else { return };
        match FileKind::of(example.name.as_ref()).read(example.text) {
            Ok(session) => self.show_session(session, None),
            Err(problem) => self.notice.warn(problem),
        }
    }

    /// Shows another session, with the file it is in. Unsaved work is dropped.
    pub fn show_session(&mut self, mut session: Session, path: Option<PathBuf>) {
        session.set_checkpoint_budget(self.preferences.checkpoints << 20);
        if *session.image() != Image::default() || !session.journal().entries().is_empty() {
            // The tour is for an empty memory.
            self.tour = None;
        }
        self.document = Document::new(session, path);
        self.sight = Sight::default();
        self.entry.clear();
        self.value = None;
        self.rewrite_autosave();
        self.name_autosave();
        self.back_to_counter();
        if self.document.recording.is_some() {
            let gestures = self.session().journal().entries().len();
            self.notice.tell(format!(
                "A recording of {}: Play shows how it was made",
                counted(gestures, "gesture")
            ));
        }
    }

    /// Shows the cell of the counter; the entry line gets the keyboard focus.
    pub(super) fn back_to_counter(&mut self) {
        self.sight.selection = None;
        self.emit(Effect::Focus(Field::Entry));
        self.emit(Effect::Reveal(self.counter()));
    }
}
