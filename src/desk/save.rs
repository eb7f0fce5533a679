//! Saving: the image, the program text, or the whole recording.
//!
//! A file is written only if the user knows what it replaces: a file that exists, or that another program
//! has changed since it was read, is asked about first.

use super::Desk;
use super::action::Field;
use super::dialogs::Replace;
use super::effect::Effect;
use super::file::{Doubt, File, Unsaved};
use super::overlay::Overlay;
use super::replacement::Replacement;
use super::write::{Choosing, Content, Write};
use crate::session::file_kind::FileKind;
use crate::store::{self, Replaced};

impl Desk {
    /// Saves where it was saved before, or asks for a name. A replacement waits until it is saved.
    pub(super) fn save(&mut self, then: Option<Replacement>) {
        let file = &self.document.file;
        match (file.kind(), file.path()) {
            (kind @ (FileKind::Image | FileKind::Recording), Some(path)) => {
                let (path, kind) = (path.to_path_buf(), Some(kind));
                self.write_unless_changed(Write { path, kind, then });
            }
            (FileKind::Program(_), _) | (_, None) => {
                self.choose(Choosing::Save(Content::Work, then))
            }
        }
    }

    /// Saves the work before something replaces it: as a recording if an image cannot hold all of it.
    pub(super) fn save_all(&mut self, then: Replacement) {
        let file = &self.document.file;
        let all = file.kind() == FileKind::Recording && file.path().is_some();
        match file.unsaved_part(&self.document.session) {
            Some(Unsaved::History) if !all => {
                self.choose(Choosing::Save(Content::Recording, Some(then)));
            }
            Some(Unsaved::History | Unsaved::State) | None => self.save(Some(then)),
        }
    }

    /// Asks for a name and saves some content.
    pub(super) fn save_as(&mut self, content: Content) {
        self.choose(Choosing::Save(content, None));
    }

    /// Asks for a name and saves what the program has printed.
    pub(super) fn save_output(&mut self) {
        match self.session().machine().output().is_empty() {
            true => self.notice.warn("Nothing was printed yet"),
            false => self.save_as(Content::Output),
        }
    }

    /// Asks whether a file may be replaced, which exists but was not chosen by its full name.
    pub(super) fn ask_to_replace(&mut self, write: Write) {
        let words = format!("{} exists already.", write.path.display());
        self.overlay = Overlay::Replace(write, words);
    }

    /// Writes a file, unless it is the open file and another program has changed it.
    pub(super) fn write_unless_changed(&mut self, write: Write) {
        let Some(doubt) = self.document.file.doubt(&write.path) else {
            return self.write_file(write);
        };
        let path = write.path.display();
        let differs = || write.difference(&self.document.session);
        let words = match doubt {
            Doubt::Changed => {
                format!("Another program has changed {path} since it was read here. {}", differs())
            }
            Doubt::Unknown => format!(
                "This work was recovered, so it is not known whether {path} has changed since it was \
                 read. {}",
                differs()
            ),
            Doubt::Unreadable(cause) => format!(
                "{path} cannot be read now: {cause}. So it is not known whether another program has \
                 changed it."
            ),
        };
        self.overlay = Overlay::Replace(write, words);
    }

    /// Continues with a file that would be replaced, or not.
    pub(super) fn answer_replace(&mut self, answer: Replace) {
        let Overlay::Replace(write, _) = std::mem::take(&mut self.overlay) else { return };
        match answer {
            Replace::Anyway => {
                self.emit(Effect::Focus(Field::Entry));
                self.write_file(write);
            }
            Replace::Elsewhere => {
                let content = match write.kind {
                    Some(FileKind::Image) => Content::Work,
                    Some(FileKind::Recording) => Content::Recording,
                    Some(FileKind::Program(notation)) => Content::Program(notation),
                    None => Content::Output,
                };
                self.choose(Choosing::Save(content, write.then));
            }
            Replace::Cancel => {}
        }
    }

    fn write_file(&mut self, write: Write) {
        let Write { path, kind, then } = &write;
        let session = &self.document.session;
        let replaced = store::replace_in_pieces(path, &|out| write.write_text(session, out));
        let Replaced { version, parted } = match replaced {
            Ok(replaced) => replaced,
            Err(error) => return self.notice.fail(error.to_string()),
        };
        let shown = path.display();
        match kind {
            None => {
                self.document.file.written(path, version);
                self.notice.tell(format!("Saved the output as {shown}"));
            }
            Some(FileKind::Program(_)) => {
                self.document.file.written(path, version);
                self.notice.tell(format!("Saved the program text as {shown}"));
            }
            Some(kind @ (FileKind::Image | FileKind::Recording)) => {
                self.preferences.remember(path.clone());
                let session = &self.document.session;
                self.document.file = File::of(session, path.clone(), *kind, version);
                self.name_autosave();
                self.notice.tell(match self.document.file.unsaved_part(&self.document.session) {
                    None => format!("Saved {shown}"),
                    Some(_) => format!(
                        "Saved {shown}, without the rest of the history: Save recording keeps it"
                    ),
                });
            }
        }
        if parted {
            self.notice.add("The other names of this file (hard links) keep the previous version.");
        }
        if let Some(then) = then {
            self.replace_now(then.clone());
        }
    }
}
