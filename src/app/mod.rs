//! The window. The only part that knows egui.
//!
//! One frame: [`keymap`] turns keys into [`action::Action`]s, [`App::ui`] gathers rows and lets the
//! panels draw them, which yields more actions, and [`perform`] carries them all out, in order: each
//! changes either [`interface::Interface`] or, by a gesture, the session. Programs run in
//! [`App::logic`], in slices shorter than a frame.

pub mod action;
pub mod cells;
mod complete;
pub mod dialogs;
mod draw;
mod expect;
mod file;
mod gesture;
mod ghost;
mod give;
pub mod interface;
mod keeping;
pub mod keymap;
pub mod layout;
mod moments;
pub mod paint;
pub mod panels;
pub mod perform;
mod player;
mod rhythm;
pub mod rows;
mod running;
pub mod speed;
pub mod theme;
pub mod tour;
mod travel;
pub mod window;

use std::collections::{BTreeSet, HashMap};
use std::path::PathBuf;

use egui::{Context, Event, Ui};

use action::Action;
use dialogs::Dialogs;
use file::File;
use ghost::Ghost;
use give::Offers;
use interface::{Interface, Overlay, Preferences};
use keymap::Focus;
use panels::{console, entry, timeline};
use player::Player;
use rhythm::Rhythm;
use rows::{Glance, Index};
use running::Pace;
use travel::Travel;

use crate::autosave::Autosave;
use crate::session::Session;
use crate::session::journal::Position;
use crate::session::recording::Recording;
use crate::view::memory::At;
use crate::view::timeline::Timeline;
use crate::vm::memory::Place;

pub use window::start;

/// The window without its frame: it can be drawn by eframe and by a test.
pub struct App {
    session: Session,
    interface: Interface,
    dialogs: Box<dyn Dialogs>,
    file: File,
    /// What was asked for and waits until it is known what to do with unsaved work.
    wanted: Option<Action>,
    /// What can be read of a damaged recording, while it is asked whether to open it.
    damaged: Option<(PathBuf, Recording)>,
    /// The window is to be closed.
    quits: bool,
    /// The run in progress goes on until something stops it.
    free: bool,
    pace: Option<Pace>,
    rhythm: Rhythm,
    /// Counts changes of the image, so that what is looked up from it is looked up once.
    stamp: u64,
    index: Index,
    before: Glance,
    seen: HashMap<At, String>,
    ghost: Ghost,
    travel: Option<Travel>,
    /// Where the last search led, and where the stops that it looked for lie there.
    stops_there: Option<(Position, BTreeSet<Place>)>,
    way: Timeline,
    autosave: Option<Autosave>,
    /// Where unsaved work is kept, and how much other windows left there.
    kept_in: Option<PathBuf>,
    waiting: usize,
    /// What is played, while the strip for it is shown.
    player: Option<Player>,
    /// The end of the recording that was opened.
    recording: Option<Position>,
    offers: Offers,
    /// Events that wait for the next frame.
    later: Vec<Event>,
}

impl App {
    /// A window on an empty memory.
    pub fn new(dialogs: Box<dyn Dialogs>, preferences: Preferences) -> App {
        let tour = (!preferences.tour_done).then_some(0);
        let mut session = Session::default();
        session.set_checkpoint_budget(preferences.checkpoints << 20);
        App {
            session,
            interface: Interface { focus_entry: true, tour, preferences, ..Interface::default() },
            dialogs,
            file: File::default(),
            wanted: None,
            damaged: None,
            quits: false,
            free: false,
            pace: None,
            rhythm: Rhythm::default(),
            stamp: 0,
            index: Index::default(),
            before: Glance::default(),
            seen: HashMap::new(),
            ghost: Ghost::default(),
            travel: None,
            stops_there: None,
            way: Timeline::default(),
            autosave: None,
            kept_in: None,
            waiting: 0,
            player: None,
            recording: None,
            offers: Offers::default(),
            later: Vec::new(),
        }
    }

    /// The session that is shown.
    pub fn session(&self) -> &Session {
        &self.session
    }

    /// What the window knows beyond the session.
    pub fn interface(&self) -> &Interface {
        &self.interface
    }

    /// Whether the window is to be closed.
    pub fn quits(&self) -> bool {
        self.quits
    }

    /// Runs the program for a part of a frame.
    pub fn logic(&mut self, ctx: &Context) {
        self.run_part(ctx);
        self.play_part(ctx);
        self.travel_on(ctx);
        self.write_lines();
    }

    /// Draws a frame and carries out what was asked for.
    pub fn ui(&mut self, ui: &mut Ui) {
        keymap::one_at_a_time(ui.ctx(), &mut self.later);
        let focus = self.focus(ui.ctx());
        self.interface.in_timeline =
            ui.ctx().memory(|memory| memory.has_focus(timeline::focus_id()));
        let mut actions = keymap::take(ui.ctx(), focus);
        // What runs can be paused whatever is open.
        let pauses = |action: &Action| *action == Action::RunOrPause && self.runs();
        actions.retain(|action| self.interface.overlay.lets_through(action) || pauses(action));
        self.type_anywhere(ui.ctx(), focus);
        actions.extend(self.escape(ui.ctx(), focus));
        actions.extend(dropped(ui.ctx()));
        self.index.refresh(self.session.machine(), self.stamp);
        self.offers.refresh(&self.session);
        self.way.refresh(&self.session);
        if let Some(step) = self.interface.tour {
            self.interface.tour = Some(tour::advance(self.session.machine(), step));
        }
        self.draw(ui, &mut actions);
        // What was drawn is the state before the actions, and before what was typed.
        let changes = self.haunt() || !actions.is_empty();
        for action in actions {
            self.perform(action, ui.ctx());
        }
        self.write_lines();
        if changes {
            ui.ctx().request_repaint();
        }
    }

    fn focus(&self, ctx: &Context) -> Focus {
        match ctx.memory(|memory| memory.focused()) {
            Some(id) if id == entry::field_id() && self.interface.entry.text.is_empty() => {
                Focus::EmptyEntry
            }
            Some(id) if id == console::field_id() && self.interface.input.is_empty() => {
                Focus::EmptyEntry
            }
            Some(id) if id == entry::field_id() || id == console::field_id() => Focus::Text,
            Some(id) if id == cells::focus_id() => Focus::Cells,
            Some(_) if ctx.text_edit_focused() => Focus::Text,
            _ => Focus::Other,
        }
    }

    /// Esc where no field and nothing that is open takes it: back to the counter.
    fn escape(&self, ctx: &Context, focus: Focus) -> Option<Action> {
        let free = self.interface.overlay == Overlay::None
            && self.interface.editing.is_none()
            && !egui::Popup::is_any_open(ctx)
            && matches!(focus, Focus::Cells | Focus::Other);
        (free && ctx.input(|input| input.key_pressed(egui::Key::Escape))).then_some(Action::Close)
    }

    /// Typing that no text field takes goes to the entry line.
    fn type_anywhere(&mut self, ctx: &Context, focus: Focus) {
        let nothing_open =
            self.interface.overlay == Overlay::None && self.interface.editing.is_none();
        let typed = |input: &egui::InputState| {
            input.events.iter().any(|event| {
                matches!(event, Event::Text(text) if text.trim() != "")
                    || matches!(event, Event::Paste(_))
            })
        };
        if nothing_open && matches!(focus, Focus::Cells | Focus::Other) && ctx.input(typed) {
            ctx.memory_mut(|memory| memory.request_focus(entry::field_id()));
        }
    }
}

/// Files that were dropped onto the window.
fn dropped(ctx: &Context) -> Option<Action> {
    let path =
        ctx.input(|input| input.raw.dropped_files.first().map(|file| file.path().to_path_buf()));
    path.map(Action::OpenPath)
}
