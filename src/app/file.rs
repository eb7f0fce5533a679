//! Opening and saving.
//!
//! A file is read completely before anything is replaced, so a file that cannot be read leaves the
//! session as it was. Unsaved work is never dropped without asking; what was asked for waits until
//! the question is answered.

use std::path::{Path, PathBuf};

use egui::Context;

use super::App;
use super::action::Action;
use super::dialogs::Answer;
use super::interface::{Entry, Overlay};
use super::player::Player;
use crate::program::image::Image;
use crate::program::print::print_program;
use crate::session::Session;
use crate::session::journal::Position;
use crate::session::load::image_of_program;
use crate::session::record::Record;
use crate::session::recording::{self, Recording};
use crate::store;

/// An example that comes with the program.
#[derive(Debug)]
pub struct Example {
    /// What it shows.
    pub title: &'static str,
    /// Its file name.
    pub name: &'static str,
    /// Its text.
    pub text: &'static str,
}

macro_rules! examples {
    ($($title:literal $name:literal,)*) => {
        [$(Example {
            title: $title,
            name: $name,
            text: include_str!(concat!("../../programs/", $name)),
        },)*]
    };
}

/// The examples, in the order of the menu.
pub const EXAMPLES: [Example; 10] = examples! {
    "Fibonacci, built while it runs" "fib.session",
    "Fibonacci" "fib.flpc",
    "A program with a hole" "holes.flpc",
    "Factorial" "factorial.flpc",
    "Primes" "primes.flpc",
    "Towers of Hanoi" "hanoi.flpc",
    "Ackermann's function" "ackermann.flpc",
    "99 bottles" "bottles.flpc",
    "Guess a number" "guess.flpc",
    "Lines backwards" "reverse.flpc",
};

/// The longest file that is opened, in bytes: a memory of all the cells there can be is smaller.
const BYTES: u64 = store::FILE_BYTES;

/// How much of a session a file holds.
#[derive(Clone, Copy, Debug)]
enum Saved {
    /// The image at a position.
    Image(Position),
    /// The whole history, when it had been written to so often.
    History(u64),
}

impl Default for Saved {
    fn default() -> Saved {
        Saved::Image(Position::default())
    }
}

/// The file of the session.
#[derive(Debug, Default)]
pub struct File {
    /// Where it was opened or saved, if it was.
    path: Option<PathBuf>,
    saved: Saved,
    /// No file has any of it: it was recovered.
    unsaved: bool,
}

impl File {
    /// Whether the file holds the work: walking about in a recording is none.
    pub fn holds(&self, session: &Session) -> bool {
        let is_there = match self.saved {
            Saved::Image(position) => position == session.position(),
            Saved::History(changes) => changes == session.changes(),
        };
        is_there && !self.unsaved
    }

    /// Where it was opened or saved, if it was.
    pub fn path(&self) -> Option<&Path> {
        self.path.as_deref()
    }

    /// The work was recovered: the file does not hold it.
    pub fn recover(&mut self, path: Option<PathBuf>) {
        (self.path, self.unsaved) = (path, true);
    }

    /// The work is in no file.
    pub fn forget(&mut self) {
        self.unsaved = true;
    }

    /// Its name, and whether there is unsaved work.
    pub fn words(&self, session: &Session) -> String {
        let name = self.path.as_ref().and_then(|path| path.file_name());
        let name = name.map_or("untitled".into(), |name| name.to_string_lossy());
        if self.holds(session) { name.into_owned() } else { format!("{name}, not saved") }
    }
}

/// Reads a session from a text; the name says of which kind it is.
///
/// # Errors
/// What is wrong with it, and where.
pub fn read_session(name: &str, text: &str) -> Result<Session, String> {
    let kind = Path::new(name).extension().and_then(|extension| extension.to_str());
    match kind.map(|kind| kind.trim_end_matches('~')) {
        Some("ron") => {
            Image::from_file_text(text).map(Session::new).map_err(|error| error.to_string())
        }
        Some("session") => {
            let recording = Recording::read(text).map_err(|error| error.to_string())?;
            let (journal, end) = recording.journal().map_err(|error| error.to_string())?;
            Ok(Session::of_recording(journal, end))
        }
        _ => image_of_program(text).map(Session::new).map_err(|error| error.to_string()),
    }
}

impl App {
    /// Whether there is work that no file has.
    pub(super) fn unsaved(&self) -> bool {
        !self.file.holds(&self.session)
    }

    /// Whether the window may close now; if there is unsaved work, the question is put.
    pub fn may_close(&mut self, ctx: &Context) -> bool {
        if !self.quits {
            self.ask_first(Action::Quit, ctx);
        }
        self.quits
    }

    /// Does something that replaces the session, once it is known what to do with unsaved work.
    pub(super) fn ask_first(&mut self, action: Action, ctx: &Context) {
        if self.unsaved() {
            self.wanted = Some(action);
            self.interface.overlay = Overlay::Unsaved;
        } else {
            self.replace(action, ctx);
        }
    }

    /// Carries on with what was asked for, or not.
    pub(super) fn answer_unsaved(&mut self, answer: Answer, ctx: &Context) {
        self.interface.overlay = Overlay::None;
        let Some(action) = self.wanted.take() else { return };
        let goes_on = match answer {
            Answer::Save => self.save(),
            Answer::Discard => true,
            Answer::Cancel => false,
        };
        if goes_on {
            self.replace(action, ctx);
        }
    }

    fn replace(&mut self, action: Action, ctx: &Context) {
        match action {
            Action::New => self.show_session(Session::default(), None),
            Action::Open => {
                if let Some(path) = self.dialogs.open() {
                    self.open(path);
                }
            }
            Action::OpenPath(path) => self.open(path),
            Action::OpenExample(n) => self.open_example(n),
            Action::Recover => self.recover_waiting(),
            Action::Quit => {
                self.quits = true;
                ctx.send_viewport_cmd(egui::ViewportCommand::Close);
            }
            _ => {}
        }
    }

    /// Opens a file; if it cannot be read, says why and leaves everything as it was.
    pub fn open(&mut self, path: PathBuf) {
        let name = path.to_string_lossy().into_owned();
        let text = store::read(&path, BYTES).map_err(|error| error.to_string());
        let cut = text.as_ref().is_ok_and(|text| !text.ends_with('\n'));
        match text.and_then(|text| read_session(&name, &text)) {
            Ok(session) => {
                self.interface.preferences.remember(path.clone());
                self.show_session(session, Some(path));
                if cut && self.recording.is_some() {
                    self.warn("The last line of this recording has no end: if it was cut, more is missing");
                }
            }
            Err(problem) => self.refuse(path, &problem),
        }
    }

    /// Says what is wrong with a file, and what can be opened instead.
    fn refuse(&mut self, path: PathBuf, problem: &str) {
        let shown = path.display();
        let text = store::read(&path, BYTES).unwrap_or_default();
        match Recording::recover(&text) {
            Ok((recording, _)) => {
                let can_be = recording.records.iter();
                let count =
                    can_be.filter(|(_, record)| matches!(record, Record::Gesture(_))).count();
                let words = format!("{shown}: {problem}. Before that it holds {count} gestures.");
                self.interface.overlay = Overlay::Damaged(words);
                self.damaged = Some((path, recording));
            }
            Err(_) => {
                let kept = store::kept(&path);
                let kept = kept.map(|kept| format!("; it was kept as {}", kept.display()));
                self.warn(format!("{shown}: {problem}{}", kept.unwrap_or_default()));
            }
        }
    }

    /// Opens what can be read of a damaged recording. It is in no file.
    pub(super) fn open_recovered(&mut self) {
        self.interface.overlay = Overlay::None;
        let Some((path, recording)) = self.damaged.take() else { return };
        match recording.journal() {
            Ok((journal, end)) => {
                self.show_session(Session::of_recording(journal, end), None);
                self.file.forget();
            }
            Err(bad) => self.warn(format!("{}: {bad}", path.display())),
        }
    }

    fn open_example(&mut self, n: usize) {
        let Some(example) = EXAMPLES.get(n) else { return };
        match read_session(example.name, example.text) {
            Ok(session) => self.show_session(session, None),
            Err(problem) => self.warn(problem),
        }
    }

    /// Shows another session, which a file may hold; unsaved work is gone.
    pub fn show_session(&mut self, session: Session, path: Option<PathBuf>) {
        let gestures = session.journal().entries().len();
        let recorded = gestures > 0 && session.position() == Position::default();
        let saved = match recorded {
            true => Saved::History(session.changes()),
            false => Saved::Image(session.position()),
        };
        self.file = File { path, saved, unsaved: false };
        if *session.image() != Image::default() || !session.journal().entries().is_empty() {
            // The tour begins with an empty memory.
            self.interface.tour = None;
        }
        self.session = session;
        self.stops_there = None;
        self.session.set_checkpoint_budget(self.interface.preferences.checkpoints << 20);
        self.recording = recorded.then(|| self.session.future());
        self.player = self.recording.map(|end| Player::new(&self.session, end));
        self.rewrite();
        self.name_recording();
        self.interface.selection = None;
        self.interface.trail.clear();
        self.interface.open.clear();
        self.interface.editing = None;
        self.interface.entry = Entry {
            history: std::mem::take(&mut self.interface.entry.history),
            ..Entry::default()
        };
        self.forget();
        self.back_to_counter();
        if recorded {
            self.tell(format!("A recording of {gestures} gestures: Play shows how it was made"));
        }
    }

    /// Saves where it was saved before; false if it was not saved.
    pub(super) fn save(&mut self) -> bool {
        match self.file.path.clone().filter(|path| keeps_all(path)) {
            Some(path) => self.save_to(path),
            None => self.save_as(),
        }
    }

    /// Asks for a name and saves; false if it was not saved.
    pub(super) fn save_as(&mut self) -> bool {
        let name = self.file.path.as_ref().and_then(|path| path.file_stem());
        let name = name.map_or("program".into(), |name| name.to_string_lossy());
        match self.dialogs.save(&format!("{name}.ron")) {
            Some(path) => self.save_to(with_kind(path, "ron")),
            None => false,
        }
    }

    fn save_to(&mut self, path: PathBuf) -> bool {
        let is_recording = path.extension().is_some_and(|kind| kind == "session");
        let text = match is_recording {
            true => recording::write(self.session.journal(), self.session.position()),
            false => self.session.image().to_file_text(),
        };
        match store::replace(&path, &text) {
            Ok(()) => {
                self.tell(format!("Saved {}", path.display()));
                self.interface.preferences.remember(path.clone());
                let saved = match is_recording {
                    true => Saved::History(self.session.changes()),
                    false => Saved::Image(self.session.position()),
                };
                self.file = File { path: Some(path), saved, unsaved: false };
                self.name_recording();
                true
            }
            Err(error) => {
                self.warn(error.to_string());
                false
            }
        }
    }

    /// Asks for a name and saves everything that was done, to be played again.
    pub(super) fn save_recording(&mut self) {
        if let Some(path) = self.dialogs.save("program.session") {
            self.save_to(path.with_extension("session"));
        }
    }

    /// Asks for a name and saves the code alone, as text.
    pub(super) fn save_program(&mut self) {
        let Some(path) = self.dialogs.save("program.flpc") else { return };
        let path = with_kind(path, "flpc");
        let text = print_program(self.session.machine());
        match store::replace(&path, &text) {
            Ok(()) => self.tell(format!("Saved the program text as {}", path.display())),
            Err(error) => self.warn(error.to_string()),
        }
    }
}

/// Whether a file of this kind holds all of a session, and not its code alone.
fn keeps_all(path: &Path) -> bool {
    path.extension().is_some_and(|kind| kind == "ron" || kind == "session")
}

fn with_kind(path: PathBuf, kind: &str) -> PathBuf {
    if path.extension().is_some() { path } else { path.with_extension(kind) }
}
