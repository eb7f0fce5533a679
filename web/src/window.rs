//! The window around [`App`] on a canvas: what `app/window.rs` of the library is on a desktop.

use std::cell::RefCell;
use std::path::{Path, PathBuf};
use std::rc::Rc;
use std::time::Duration;

use egui::{Context, RawInput, Theme};
use js_sys::Uint8Array;
use midflight::Session;
use midflight::app::{App, theme};
use midflight::desk::action::Action;
use midflight::desk::preferences::Preferences;
use midflight::session::journal::Position;
use midflight::store::shelf;
use wasm_bindgen::JsValue;
use wasm_bindgen_futures::{JsFuture, spawn_local};
use web_sys::HtmlCanvasElement;
use web_time::Instant;

use crate::dialogs::PageDialogs;
use crate::fonts;
use crate::options::Options;
use crate::shelf::keep;
use crate::{gesture, place_of_link};

/// The file of preferences.
const PREFERENCES: &str = "/preferences.ron";
/// The folder of unsaved work.
const UNSAVED: &str = "/unsaved";
/// How long a window may take to open where it should; then it goes on while it is seen.
const ARRIVAL: Duration = Duration::from_secs(1);

/// What is read or made while the window goes on.
#[derive(Default)]
struct Arrivals {
    /// Files that were dropped and can be opened now.
    files: Vec<PathBuf>,
    /// Something to say, and whether it is a warning.
    words: Vec<(String, bool)>,
}

/// A window on a canvas.
pub struct Window {
    app: App,
    options: Rc<Options>,
    canvas: HtmlCanvasElement,
    ctx: Context,
    kept: Preferences,
    title: String,
    arrivals: Rc<RefCell<Arrivals>>,
}

impl Window {
    /// A window with what its options say.
    pub fn new(ctx: &Context, canvas: HtmlCanvasElement, options: Options) -> Window {
        theme::install(ctx);
        fonts::install(ctx);
        let options = Rc::new(options);
        let keeps = options.keeps();
        let mut preferences = Preferences::default();
        if keeps {
            preferences = Preferences::load(Path::new(PREFERENCES));
            let open = options.name().map(PathBuf::from);
            let listed: Vec<_> = preferences.recent.iter().cloned().chain(open).collect();
            shelf::keep_only(&listed);
        } else {
            // Where a window is one of several on a page, the page explains.
            preferences.tour_done = true;
        }
        let dark = options.theme().map(|theme| theme == "dark").or(preferences.dark);
        if let Some(dark) = dark {
            ctx.set_theme(if dark { Theme::Dark } else { Theme::Light });
        }
        let kept = preferences.clone();
        let dialogs = PageDialogs::new(options.clone(), ctx.clone());
        let mut app = App::new(Box::new(dialogs), preferences);
        let mut way = Vec::new();
        if let Some(name) = options.name() {
            app.desk_mut().open(PathBuf::from(name));
            let session = app.desk().session();
            way = match options.at() {
                Some(at) => gesture(session, at as usize).to_vec(),
                None if options.is_link() => place_of_link(session, options.position().as_deref()),
                None => Vec::new(),
            };
        }
        match options.kept_nowhere() {
            _ if !keeps => {}
            Some(why) => app.desk_mut().keep_nowhere(&why),
            None => app.desk_mut().keep_in(Path::new(UNSAVED)),
        }
        let mut window = Window {
            app,
            options,
            canvas,
            ctx: ctx.clone(),
            kept,
            title: String::new(),
            arrivals: Rc::default(),
        };
        window.fit();
        window.go(way);
        window
    }

    /// The open session.
    pub fn session(&self) -> &Session {
        self.app.desk().session()
    }

    /// Makes the accessible names from now on.
    pub fn name_everything(&self) {
        self.ctx.enable_accesskit();
        self.ctx.request_repaint();
    }

    /// Whether something would be lost with the page: work that is in no file and not kept either.
    pub fn would_lose(&self) -> bool {
        let desk = self.app.desk();
        desk.not_kept().is_some() && desk.has_unsaved_work()
    }

    /// Says something.
    pub fn say(&mut self, words: &str, warns: bool) {
        self.app.desk_mut().say(words, warns);
        self.ctx.request_repaint();
    }

    /// Carries out an action.
    pub fn perform(&mut self, action: Action) {
        let ctx = self.ctx.clone();
        self.app.perform(action, &ctx);
        ctx.request_repaint();
    }

    /// Opens a file; of a link, at this position.
    pub fn open(&mut self, name: &str, position: Option<&str>) {
        self.perform(Action::OpenPath(name.into()));
        let desk = self.app.desk();
        let is_open = !desk.overlay().is_open() && desk.file_path() == Some(Path::new(name));
        if let Some(position) = position.filter(|_| is_open) {
            let way = place_of_link(desk.session(), Some(position));
            self.go(way);
        }
    }

    /// Goes to each of some positions.
    fn go(&mut self, way: Vec<Position>) {
        for there in way.into_iter().filter(|&there| there != Position::default()) {
            self.app.perform(Action::GoToPosition(there), &self.ctx);
            arrive(&mut self.app, &self.ctx);
        }
    }

    /// Draws everything smaller where there is little room.
    fn fit(&mut self) {
        let width = self.options.width().unwrap_or_default() as f32;
        // As eframe counts: a browser that only plays a phone gives fewer pixels than it says.
        let scale = self.ctx.native_pixels_per_point().unwrap_or(1.0);
        let there = self.canvas.width() as f32 / scale;
        let fits = if width > 0.0 && there > 0.0 { (there / width).min(1.0) } else { 1.0 };
        let zoom = self.app.desk().preferences().zoom * fits;
        if self.ctx.zoom_factor() != zoom {
            self.ctx.set_zoom_factor(zoom);
        }
    }

    /// Reads the first file that was dropped; it is opened once it is there.
    fn take_dropped(&self, input: &mut RawInput) {
        let mut dropped = std::mem::take(&mut input.dropped_files).into_iter();
        let Some(file) = dropped.next() else { return };
        let Some(content) = file.web_file() else { return };
        let (arrivals, ctx) = (self.arrivals.clone(), self.ctx.clone());
        let name = PathBuf::from(file.path().file_name().unwrap_or_default());
        let read = JsFuture::from(self.options.read(content));
        spawn_local(async move {
            let read = read.await;
            let mut arrivals = arrivals.borrow_mut();
            match read {
                Ok(bytes) => {
                    shelf::give(&name, Uint8Array::from(bytes).to_vec());
                    arrivals.files.push(name);
                }
                // A folder, or a file that is gone.
                Err(_) => {
                    let words = format!("{}: the browser cannot read it", name.display());
                    arrivals.words.push((words, true));
                }
            }
            ctx.request_repaint();
        });
    }

    /// Takes what was read or made meanwhile.
    fn take_arrivals(&mut self) {
        let Arrivals { files, words } = self.arrivals.take();
        for file in files {
            self.perform(Action::OpenPath(file));
        }
        for (words, warns) in words {
            self.say(&words, warns);
        }
    }

    /// Makes the links that were asked for.
    fn make_links(&mut self) {
        let position = self.session().position().to_string();
        for recording in self.app.links() {
            let (arrivals, ctx) = (self.arrivals.clone(), self.ctx.clone());
            let made = JsFuture::from(self.options.link(&recording, &position));
            spawn_local(async move {
                let said = |value: JsValue| value.as_string().unwrap_or_default();
                let words = match made.await {
                    Ok(words) => (said(words), false),
                    Err(why) => (said(why), true),
                };
                arrivals.borrow_mut().words.push(words);
                ctx.request_repaint();
            });
        }
    }

    /// Keeps the preferences if they have changed. If that fails, the next start has the earlier ones.
    fn keep_preferences(&mut self) {
        let now = self.app.desk().preferences();
        if self.options.keeps() && *now != self.kept {
            let _ = now.keep(Path::new(PREFERENCES));
            self.kept = now.clone();
        }
    }

    fn entitle(&mut self) {
        let title = self.app.desk().file_words();
        if title != self.title {
            self.options.entitle(&title);
            self.title = title;
        }
    }
}

/// Goes on for a moment, so that a window that opens in the middle of a recording is seen there first.
fn arrive(app: &mut App, ctx: &Context) {
    let start = Instant::now();
    while app.desk().is_busy() && start.elapsed() < ARRIVAL {
        app.logic(ctx);
    }
}

impl eframe::App for Window {
    fn raw_input_hook(&mut self, _ctx: &Context, input: &mut RawInput) {
        self.take_dropped(input);
    }

    fn logic(&mut self, ctx: &Context, _frame: &mut eframe::Frame) {
        self.fit();
        self.take_arrivals();
        self.app.logic(ctx);
        keep(&self.options.keep());
    }

    fn ui(&mut self, ui: &mut egui::Ui, _frame: &mut eframe::Frame) {
        self.app.ui(ui);
        self.make_links();
        self.entitle();
        self.keep_preferences();
        // What was done in this frame is kept before its picture is seen.
        keep(&self.options.keep());
    }

    fn as_any_mut(&mut self) -> Option<&mut dyn std::any::Any> {
        Some(self)
    }
}
