//! The desk: the working half of the window, without drawing.
//!
//! A front end (the window, a terminal, a test) turns what its user does into [`action::Action`]s.
//! [`Desk::perform`] carries them out: each changes what the desk shows or, by a gesture, the session.
//! [`Desk::tick`] continues long work, in slices shorter than a frame. Both return [`Effect`]s: what
//! only a front end can do. A front end may ask at any time what to show; the answers are cached until
//! something they depend on changes ([`derived`]).
//!
//! No egui here: `app` draws a desk.

pub mod action;
mod answers;
mod became;
mod bookmark;
mod branches;
mod breakpoint;
mod choosing;
mod chosen_frame;
mod clipboard;
pub mod completion;
pub mod derived;
pub mod dialogs;
mod document;
pub mod draft;
pub mod draft_preview;
mod editing;
pub mod effect;
pub mod entry_line;
mod examining;
pub mod example;
mod example_shown;
mod examples;
mod expectation;
pub mod file;
pub mod find;
mod focus;
mod follow;
mod gesture;
mod ghost;
mod glance;
mod hint;
mod history;
mod intent;
mod job;
mod key;
mod marks;
mod moving;
mod naming;
mod navigation;
pub mod notice;
mod old_input;
mod once;
mod open;
mod opening;
mod outside;
mod outward;
pub mod overlay;
mod pacing;
pub mod passes;
pub mod path_field;
mod perform;
mod play;
pub mod player;
pub mod preferences;
pub mod provenance;
pub mod question;
mod recovery;
pub mod replacement;
mod run;
mod save;
pub mod scene;
pub mod selection;
mod source;
pub mod speed;
mod stack_values;
mod supposed;
pub mod surroundings;
pub mod tour;
mod trial;
mod typed_source;
pub mod watch;
mod watching;
pub mod write;

use std::ops::Range;
use std::rc::Rc;
use std::time::Duration;

pub use answers::Answers;
pub use document::Index;
pub use editing::Editing;
pub use ghost::Ghost;
pub use trial::Trial;

use action::Field;
use completion::Completion;
use dialogs::Dialogs;
use document::Document;
use effect::Effect;
use entry_line::{EntryLine, EntryMode};
use example_shown::Beside;
use file::File;
use follow::Following;
use notice::Notice;
use opening::Opening;
use outside::Outside;
use overlay::Overlay;
use preferences::Preferences;
use recovery::Recovery;
use scene::Scene;
use selection::Sight;
use tour::Tour;

use crate::program::notation::Notation;
use crate::program::scope::Scope;
use crate::session::Session;
use crate::session::checkpoint::megabytes;
use crate::view::arrangement::Arrangement;
use crate::view::memory::{self, At, BodyExtent, BodyRow};
use crate::view::stop::{StopRow, in_window, stop};
use crate::view::timeline::Timeline;
use crate::vm::index::BodyId;
use crate::vm::memory::Place;

/// An open program, and the state of the interface around it.
pub struct Desk {
    document: Document,
    entry: EntryLine,
    sight: Sight,
    overlay: Overlay,
    /// The value being changed, if any.
    value: Option<Editing>,
    outside: Outside,
    /// The tour; none if it is hidden.
    tour: Option<Tour>,
    notice: Notice,
    files: Files,
    preferences: Preferences,
    /// Requests that the front end has not seen yet.
    effects: Vec<Effect>,
}

/// File dialogs, autosaved work, and whether to close.
struct Files {
    dialogs: Box<dyn Dialogs>,
    /// The file that is being read, if any.
    opening: Option<Opening>,
    /// The program text that is followed, if any.
    following: Option<Following>,
    /// The program that files hold, while one of its examples is shown in its place.
    beside: Option<Beside>,
    recovery: Recovery,
    /// A file was asked for: unsaved work is offered beside it, not shown in its place.
    named: bool,
    /// The front end should close.
    quits: bool,
}

/// The result of [`Desk::tick`].
#[derive(Debug)]
pub struct Tick {
    /// What the front end should do.
    pub effects: Vec<Effect>,
    /// When to call [`Desk::tick`] again; none if no work is left.
    pub again: Option<Duration>,
}

impl Desk {
    /// A desk with an empty memory.
    pub fn new(dialogs: Box<dyn Dialogs>, preferences: Preferences) -> Desk {
        let mut session = Session::default();
        session.set_checkpoint_budget(megabytes(preferences.checkpoints));
        let file = File::none(&session);
        Desk {
            document: Document::new(session, file),
            entry: EntryLine::default(),
            sight: Sight::default(),
            overlay: Overlay::None,
            value: None,
            outside: Outside::default(),
            tour: (!preferences.tour_done).then(Tour::default),
            notice: Notice::default(),
            files: Files {
                dialogs,
                opening: None,
                following: None,
                beside: None,
                recovery: Recovery::default(),
                named: false,
                quits: false,
            },
            preferences,
            effects: vec![Effect::Focus(Field::Entry)],
        }
    }

    /// Continues long work for part of a frame. `now` is the time of the frame, in seconds.
    pub fn tick(&mut self, now: f64) -> Tick {
        self.document.pace.now = now;
        let (dialog, opening) = (self.poll_dialog(), self.poll_opening());
        let (job, host, play) = (self.job_part(), self.host_part(), self.play_part());
        if let Some(tour) = &mut self.tour {
            tour.go_on(self.document.session.machine());
        }
        self.settle_focus();
        self.write_autosave();
        let followed = self.follow_part();
        let (trial, find, keep) = (self.trial_part(), self.find_part(), self.keep_again());
        // After everything that moves the session, so that the next frame shows what is true there.
        let watch = self.watch_part();
        let examples = self.examples_part();
        let values = self.values_part();
        let parts = [
            dialog, opening, followed, job, host, play, trial, find, keep, watch, values, examples,
        ];
        let again = parts.into_iter().flatten().min();
        Tick { effects: self.take_effects(), again }
    }

    fn emit(&mut self, effect: Effect) {
        self.effects.push(effect);
    }

    fn take_effects(&mut self) -> Vec<Effect> {
        std::mem::take(&mut self.effects)
    }

    // --- what it shows ----------------------------------------------------------------------------

    /// The session.
    pub fn session(&self) -> &Session {
        &self.document.session
    }

    /// The entry line.
    pub fn entry(&self) -> &EntryLine {
        &self.entry
    }

    /// Which cells are looked at.
    pub fn sight(&self) -> &Sight {
        &self.sight
    }

    /// The overlay, if one is open.
    pub fn overlay(&self) -> &Overlay {
        &self.overlay
    }

    /// The value being changed, if any.
    pub fn value(&self) -> Option<&Editing> {
        self.value.as_ref()
    }

    /// The line being typed for the program to read.
    pub fn input(&self) -> &str {
        &self.outside.input
    }

    /// The current hint of the tour; none if the tour is hidden.
    pub fn tour(&self) -> Option<usize> {
        self.tour.map(|tour| tour.step)
    }

    /// What the tour says, and whether it fits the program; none if the tour is hidden.
    pub fn tour_words(&self) -> Option<(String, bool)> {
        let (machine, notation) = (self.session().machine(), self.preferences.code.notation);
        self.tour.map(|tour| (tour.words(machine, notation), tour::fits(machine)))
    }

    /// The message to the user.
    pub fn notice(&self) -> &Notice {
        &self.notice
    }

    /// What is kept for the next start.
    pub fn preferences(&self) -> &Preferences {
        &self.preferences
    }

    /// Remembers which theme is drawn.
    pub fn set_dark(&mut self, dark: bool) {
        self.preferences.dark = Some(dark);
    }

    /// Remembers the size of the window.
    pub fn note_window(&mut self, width: f32, height: f32) {
        self.preferences.window = (width, height);
    }

    /// Remembers the width of the panels at the side.
    pub fn note_side(&mut self, width: f32) {
        self.preferences.sizes.side = width;
    }

    /// Remembers the height of the console.
    pub fn note_console(&mut self, height: f32) {
        self.preferences.sizes.console = height;
    }

    /// Whether a program runs.
    pub fn runs(&self) -> bool {
        self.document.runs()
    }

    /// Whether the front end should close.
    pub fn quits(&self) -> bool {
        self.files.quits
    }

    /// The rows to draw in a frame.
    pub fn scene(&self) -> Scene {
        let image = self.session().image();
        let mut scene =
            Scene::new(image, &self.marks().breakpoints, self.arrangement(), &self.document.before);
        let stop = in_window(scene.stop, &image.machine, self.preferences.code.notation);
        scene.stop = self.in_context(stop);
        scene
    }

    /// All bodies, as they are shown.
    pub fn arrangement(&self) -> Rc<Arrangement> {
        self.document.arrangement(self.preferences.code.order)
    }

    /// Some cells of a body.
    pub fn cells(&self, scene: &Scene, extent: BodyExtent, range: Range<u32>) -> BodyRow {
        let machine = self.session().machine();
        let mut row = memory::body(machine, &scene.marks, extent, range);
        let journal = self.session().journal();
        let gesture = journal.entry(self.session().position().entry);
        let commands = gesture.map_or(&[][..], |entry| &entry.commands);
        self.document.before.mark_cells(machine, commands, &mut row);
        self.mark_runs(&mut row);
        row
    }

    /// Functions and holes.
    pub fn index(&self) -> Rc<Index> {
        self.document.index()
    }

    /// The timeline.
    pub fn timeline(&self) -> Rc<Timeline> {
        self.document.timeline()
    }

    /// Completions of the last word of the entry line.
    pub fn completions(&self) -> Rc<Vec<Completion>> {
        let key = self.typed_key();
        self.document.derived.completions.get(key, || {
            let (text, machine) = (&self.entry.text, self.session().machine());
            let (index, scope) = (self.index(), self.typed_scope());
            match self.notation() {
                Notation::Forth => completion::completions(text, &index, machine, &scope),
                Notation::Source if text.is_empty() => self.proposed(),
                Notation::Source => completion::in_source(text, &index, machine, &scope),
            }
        })
    }

    /// What the words of the entry line mean: inside the function of the cell they are written at.
    fn typed_scope(&self) -> Scope<'_> {
        let machine = self.session().machine();
        match (self.entry.mode, self.head().body) {
            (EntryMode::Write | EntryMode::Replace, BodyId::Code(body)) => Scope::of(machine, body),
            (EntryMode::Write | EntryMode::Replace, BodyId::Data(_))
            | (EntryMode::Answer | EntryMode::Restart(_), _) => Scope::outside(machine),
        }
    }

    /// The cell of the program counter.
    pub fn counter(&self) -> At {
        self.session().machine().task().counter().into()
    }

    /// The selected cell, or the counter's.
    pub fn head(&self) -> At {
        self.sight.selection.map_or_else(|| self.counter(), |selection| selection.head)
    }

    /// The head, if it can hold an instruction.
    fn place(&self) -> Option<Place> {
        self.head().place()
    }

    /// Whether what is typed goes to the counter, so that Enter also executes it.
    fn at_counter(&self) -> bool {
        self.head() == self.counter()
    }

    /// A stop in the words for a call that a host answers, or for the run of an example.
    fn in_context(&self, row: StopRow) -> StopRow {
        match self.in_example() {
            true => self.with_example(row),
            false => self.with_host(row),
        }
    }

    /// Why the machine waits.
    fn stop(&self) -> StopRow {
        self.in_context(stop(self.session().machine()))
    }
}
