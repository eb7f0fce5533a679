//! Opening: something else takes the place of what is open.
//!
//! A file is read completely before anything is replaced, so a file that cannot be read leaves the
//! session as it was. Unsaved work is never dropped without asking: the requested replacement waits for
//! the answer.

use std::path::PathBuf;
use std::time::Duration;

use super::Desk;
use super::action::Field;
use super::dialogs::Answer;
use super::document::Document;
use super::effect::Effect;
use super::example::EXAMPLES;
use super::file::{File, Unsaved};
use super::opening::{Loaded, Opening, Trouble};
use super::overlay::Overlay;
use super::replacement::Replacement;
use super::selection::Sight;
use super::tour::{self, Tour};
use super::write::Choosing;
use crate::program::diagnostic::counted;
use crate::program::image::Image;
use crate::session::Session;
use crate::session::checkpoint::megabytes;
use crate::session::file_kind::FileKind;

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
        match self.document.file.unsaved_part(&self.document.session) {
            None => self.replace_now(by),
            Some(part) => self.overlay = Overlay::Unsaved(by, self.unsaved_words(part)),
        }
    }

    /// What would be lost, in a sentence.
    fn unsaved_words(&self, part: Unsaved) -> String {
        let name = self.document.file.path().map(|path| path.display().to_string());
        let older = |name| format!("{name} does not hold what was done since. Saving replaces it.");
        match (part, name, self.document.file.kind()) {
            (Unsaved::State, None, _) => "This program is in no file.".to_owned(),
            (Unsaved::State, Some(name), FileKind::Program(_)) => {
                format!("{name} holds only code, and no state. Saving asks for another file.")
            }
            (Unsaved::State, Some(name), FileKind::Image | FileKind::Recording)
            | (Unsaved::History, Some(name), FileKind::Recording) => older(name),
            (Unsaved::History, None, _) => {
                let gestures = self.session().journal().entries().len();
                let count = counted(gestures, "gesture");
                format!("The history of {count} is in no file. Only a recording keeps all of it.")
            }
            (Unsaved::History, Some(name), FileKind::Image | FileKind::Program(_)) => format!(
                "{name} holds no history: later gestures, other branches, bookmarks and \
                 expectations are in no file. Only a recording keeps them."
            ),
        }
    }

    /// Continues the waiting replacement, or cancels it.
    pub(super) fn answer_unsaved(&mut self, answer: Answer) {
        let Overlay::Unsaved(by, _) = std::mem::take(&mut self.overlay) else { return };
        match answer {
            Answer::Save => self.save_all(by),
            Answer::Discard => self.replace_now(by),
            Answer::Cancel => {}
        }
    }

    pub(super) fn replace_now(&mut self, by: Replacement) {
        match by {
            Replacement::New => {
                let session = Session::default();
                let file = File::none(&session);
                self.show_session(session, file);
            }
            Replacement::Choose => self.choose(Choosing::Open),
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
        self.files.named = true;
        self.overlay = Overlay::Opening(path.clone());
        self.files.opening = Some(Opening::start(path));
        self.poll_opening();
    }

    /// Shows the file that is being read, once it is there; when to look again, if it is not.
    pub(super) fn poll_opening(&mut self) -> Option<Duration> {
        let opening = self.files.opening.as_mut()?;
        let Some(loaded) = opening.loaded() else { return Some(Duration::ZERO) };
        let path = opening.path.clone();
        self.files.opening = None;
        if matches!(self.overlay, Overlay::Opening(_)) {
            self.overlay = Overlay::None;
        }
        match loaded {
            Ok(loaded) => self.show_loaded(loaded, path),
            Err(Trouble::Unreadable(words)) => {
                self.notice.warn(words);
                // At a start with a file, this may be why somebody is here.
                if self.session().journal().entries().is_empty() {
                    self.tell_of_others();
                }
            }
            Err(Trouble::Damaged(damaged)) => self.overlay = Overlay::Damaged(damaged),
        }
        None
    }

    fn show_loaded(&mut self, loaded: Loaded, path: PathBuf) {
        let Loaded { session, kind, version, is_cut } = loaded;
        self.preferences.remember(path.clone());
        let file = File::of(&session, path, kind, version);
        self.show_session(session, file);
        if is_cut {
            self.notice.warn(
                "The last line of this recording has no line end: the file may have been cut off",
            );
        }
    }

    /// Opens the readable part of a damaged recording, as unsaved work.
    pub(super) fn open_recovered(&mut self) {
        let Overlay::Damaged(damaged) = std::mem::take(&mut self.overlay) else { return };
        match damaged.recording.journal() {
            Ok((journal, end)) => {
                self.show_session(Session::of_recording(journal, end), File::unsaved(None));
            }
            Err(bad) => self.notice.warn(format!("{}: {bad}", damaged.path.display())),
        }
    }

    fn open_example(&mut self, n: usize) {
        let Some(example) = EXAMPLES.get(n) else { return };
        let kind = FileKind::of(example.name.as_ref(), example.text);
        match kind.read(example.text) {
            Ok(session) => {
                let file = File::example(&session, kind);
                self.show_session(session, file);
            }
            Err(problem) => self.notice.warn(problem),
        }
    }

    /// Shows another session, with the file it is in. Unsaved work is dropped.
    pub fn show_session(&mut self, mut session: Session, file: File) {
        session.set_checkpoint_budget(megabytes(self.preferences.checkpoints));
        if *session.image() != Image::default() || !session.journal().entries().is_empty() {
            // The tour is for an empty memory.
            self.tour = None;
        } else if let Some(Tour { step, .. }) = self.tour {
            self.tour = (!tour::is_last(step)).then(Tour::default);
            self.preferences.tour_done |= self.tour.is_none();
        }
        self.document = Document::new(session, file);
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
