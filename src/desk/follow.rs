//! Following a program text on the disk: when another editor saves it, its functions are revised here, under their
//! live activations.
//!
//! The file is looked at four times a second. A watcher of the system would be quicker by a tenth of a second; a look
//! works everywhere, on network folders too, and whether the editor writes into the file or replaces it. A file that
//! is being written changes between two looks, so a change counts once it has been the same for two.

use std::path::{Path, PathBuf};
use std::time::Duration;

use super::Desk;
use super::write::Choosing;
use crate::program::notation::Notation;
use crate::program::visible::visible;
use crate::session::file_kind::FileKind;
use crate::session::fork::Bounds;
use crate::session::goal::Goal;
use crate::session::revise::program::{MainCode, Part, ProgramRevision};
use crate::store::{self, FILE_BYTES, Stamp};
use crate::vm::room::Room;

/// The seconds between two looks.
const LOOK: f64 = 0.25;
/// The most functions whose change is told.
const NAMED: usize = 3;
/// What trying a text may take up.
const BOUNDS: Bounds =
    Bounds { fuel: 0, room: Room { cells: 1 << 24, text: 64 << 20, output: 1 << 20 } };

/// A file that is followed.
#[derive(Debug)]
pub(super) struct Following {
    path: PathBuf,
    /// How it was when its functions were last revised.
    done: Option<Stamp>,
    /// How it was at the last look.
    seen: Option<Stamp>,
    /// The time of the next look, in seconds.
    next: f64,
}

impl Desk {
    /// Begins to follow a file, or ends it.
    pub(super) fn follow_file(&mut self) {
        if let Some(following) = self.files.following.take() {
            return self.notice.tell(format!("No longer follows {}", following.path.display()));
        }
        let own = self.document.file.path().filter(|path| is_program(path));
        match own.map(Path::to_path_buf) {
            Some(path) => self.follow_path(path),
            None => self.choose(Choosing::Follow),
        }
    }

    /// Follows this file from now on. If it differs already, it is read at once.
    pub(super) fn follow_path(&mut self, path: PathBuf) {
        if !is_program(&path) {
            let shown = path.display();
            return self.notice.warn(format!(
                "{shown} is no program text: only .flpc and .flpy files can be followed"
            ));
        }
        let shown = path.display().to_string();
        self.files.following = Some(Following { path, done: None, seen: None, next: 0.0 });
        self.notice
            .tell(format!("Follows {shown}: save it in your editor, and the program changes here"));
    }

    /// The file that is followed, if any.
    pub fn followed(&self) -> Option<&Path> {
        self.files.following.as_ref().map(|following| following.path.as_path())
    }

    /// Looks at the followed file. Returns when to look again.
    pub(super) fn follow_part(&mut self) -> Option<Duration> {
        let now = self.document.pace.now;
        let busy = self.overlay.is_open() || self.is_busy() && !self.runs();
        let following = self.files.following.as_mut()?;
        if now >= following.next {
            following.next = now + LOOK;
            let stamp = store::stamp(&following.path);
            let is_steady = stamp == following.seen;
            following.seen = stamp;
            if is_steady && stamp.is_some() && stamp != following.done && !busy {
                following.done = stamp;
                let path = following.path.clone();
                self.read_followed(path);
            }
        }
        Some(Duration::from_secs_f64(LOOK))
    }

    fn read_followed(&mut self, path: PathBuf) {
        let name = path.file_name().map(|name| name.to_string_lossy().into_owned());
        let name = visible(&name.unwrap_or_default()).into_owned();
        let text = match store::read(&path, FILE_BYTES) {
            Ok(text) => text,
            Err(error) => return self.notice.warn(format!("{error}. Nothing was changed")),
        };
        let FileKind::Program(notation) = FileKind::of(&path, &text) else {
            return self
                .notice
                .warn(format!("{name} is no program text any more. Nothing was changed"));
        };
        if let Err(problem) = self.revise_by(&text, notation, &name) {
            self.notice.warn(format!("{name}: {problem}. Nothing was changed"));
        }
    }

    /// Revises the functions that a text defines, as one gesture. A run goes on afterwards.
    fn revise_by(&mut self, text: &str, notation: Notation, name: &str) -> Result<(), String> {
        let trial = self.document.session.fork(BOUNDS).into_image();
        let revision = ProgramRevision::of_text(trial, text, notation, MainCode::Stays);
        let revision = revision.map_err(|refused| refused.with_place())?;
        let parts: Vec<String> = revision.parts.iter().map(Part::words).collect();
        let words = match parts.len() {
            0 => "nothing differs".to_owned(),
            1..=NAMED => parts.join("; "),
            more => format!("{}; and {} more", parts[..NAMED].join("; "), more - NAMED),
        };
        let goal = self.runs().then_some(Goal::Free);
        if revision.commands.is_empty() {
            self.notice.tell(format!("{name}: {words}"));
        } else if self.gesture(revision.commands, goal) {
            self.notice.tell(format!("{name}: {words}. Ctrl+Z undoes all of it."));
        }
        Ok(())
    }
}

fn is_program(path: &Path) -> bool {
    matches!(FileKind::named(path), Some(FileKind::Program(_)))
}
