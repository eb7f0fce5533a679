//! Saving: the image, the program text, or the whole recording.

use std::path::{Path, PathBuf};

use super::Desk;
use super::file::{File, FileKind};
use crate::program::notation::Notation;
use crate::session::recording;
use crate::store;

impl Desk {
    /// Saves to the open file, or asks for a name. False if nothing was saved.
    pub(super) fn save(&mut self) -> bool {
        match self.document.file.path().filter(|path| holds_state(path)) {
            Some(path) => self.save_to(path.to_path_buf()),
            None => self.save_as(),
        }
    }

    /// Asks for a name and saves. False if nothing was saved.
    pub(super) fn save_as(&mut self) -> bool {
        let name = self.document.file.path().and_then(Path::file_stem);
        let name = name.map_or("program".into(), |name| name.to_string_lossy());
        match self.files.dialogs.save(&format!("{name}.ron")) {
            Some(path) => self.save_to(with_ending(path, "ron")),
            None => false,
        }
    }

    fn save_to(&mut self, path: PathBuf) -> bool {
        let session = &self.document.session;
        let is_recording = FileKind::of(&path) == FileKind::Recording;
        let text = match is_recording {
            true => recording::write(session.journal(), session.position()),
            false => session.image().to_file_text(),
        };
        if let Err(error) = store::replace(&path, &text) {
            self.notice.warn(error.to_string());
            return false;
        }
        self.notice.tell(format!("Saved {}", path.display()));
        self.preferences.remember(path.clone());
        self.document.file = File::of(&self.document.session, Some(path), is_recording);
        self.name_autosave();
        true
    }

    /// Asks for a name and saves the whole history, to be played.
    pub(super) fn save_recording(&mut self) {
        if let Some(path) = self.files.dialogs.save("program.session") {
            self.save_to(path.with_extension("session"));
        }
    }

    /// Asks for a name and saves only the code, as text.
    pub(super) fn save_program(&mut self) {
        let Some(path) = self.files.dialogs.save("program.flpc") else { return };
        let path = with_ending(path, "flpc");
        let text = Notation::default().print_machine(self.session().machine()).text;
        match store::replace(&path, &text) {
            Ok(()) => self.notice.tell(format!("Saved the program text as {}", path.display())),
            Err(error) => self.notice.warn(error.to_string()),
        }
    }
}

/// Whether a file of this name holds the state of a program, not only its code.
fn holds_state(path: &Path) -> bool {
    path.extension().is_some_and(|ending| ending == "ron" || ending == "session")
}

fn with_ending(path: PathBuf, ending: &str) -> PathBuf {
    if path.extension().is_some() { path } else { path.with_extension(ending) }
}
