//! Midflight in a browser: the window on a canvas, and programs without one.
//!
//! `web/static/midflight.js` is the other half: what a browser does best itself (its storage, file dialogs, links) is
//! there, in plain JavaScript; everything about programs is here and in the library. There may be several windows on
//! one page.

#![cfg(target_arch = "wasm32")]

mod dialogs;
mod fonts;
mod keys;
mod names;
mod options;
mod program;
mod shelf;
mod window;

use eframe::{WebOptions, WebRunner};
use midflight::Session;
use midflight::session::journal::Position;
use midflight::session::recording;
use midflight::session::track::Track;
use wasm_bindgen::prelude::*;
use web_sys::HtmlCanvasElement;

use names::Names;
use options::Options;
use window::Window;

/// The most instructions of a link that are replayed to show where it ends: less than a second.
const REPLAYED: u64 = 10_000_000;

/// A window on a canvas.
#[wasm_bindgen]
pub struct Page {
    runner: WebRunner,
    names: Names,
}

#[wasm_bindgen]
impl Page {
    /// Opens a window on a canvas. Its program, if it is given one, does not run by itself.
    ///
    /// # Errors
    /// If the browser cannot draw it.
    pub async fn start(canvas: HtmlCanvasElement, options: Options) -> Result<Page, JsValue> {
        let runner = WebRunner::new();
        let names = Names::default();
        let shared = names.clone();
        let on = canvas.clone();
        let create = move |context: &eframe::CreationContext<'_>| {
            context.egui_ctx.add_plugin(shared);
            let window = Window::new(&context.egui_ctx, on, options);
            Ok(Box::new(window) as Box<dyn eframe::App>)
        };
        // Keys that the page has a use for go no further, all others are the browser's.
        runner.start(canvas, WebOptions::default(), Box::new(create)).await?;
        Ok(Page { runner, names })
    }

    /// Ends the window and frees what it took.
    pub fn close(&self) {
        self.runner.destroy();
    }

    /// Whether it broke. It draws nothing more then.
    pub fn is_broken(&self) -> bool {
        self.runner.has_panicked()
    }

    /// The accessible nodes of the last frame, as JSON. The first call only asks the window to make them.
    pub fn rows(&self) -> String {
        if let Some(window) = self.runner.app_mut::<Window>() {
            window.name_everything();
        }
        self.names.rows()
    }

    /// What the program has printed.
    pub fn output(&self) -> String {
        let window = self.runner.app_mut::<Window>();
        window.map_or_else(String::new, |window| window.session().machine().output().to_owned())
    }

    /// The values of the parameter stack, the top last, as JSON.
    pub fn stack(&self) -> String {
        let window = self.runner.app_mut::<Window>();
        let values =
            window.map_or_else(Vec::new, |window| program::stack(window.session().machine()));
        serde_json::to_string(&values).expect("texts can be written")
    }

    /// The work with its history, as a recording.
    pub fn recording(&self) -> String {
        let window = self.runner.app_mut::<Window>();
        window.map_or_else(String::new, |window| {
            let session = window.session();
            recording::write(session.journal(), session.position())
        })
    }

    /// Where in its recording the work is.
    pub fn position(&self) -> String {
        let window = self.runner.app_mut::<Window>();
        window.map_or_else(String::new, |window| window.session().position().to_string())
    }

    /// Whether something would be lost with the page.
    pub fn would_lose(&self) -> bool {
        self.runner.app_mut::<Window>().is_some_and(|window| window.would_lose())
    }

    /// Says something in the window.
    pub fn say(&self, words: &str, warns: bool) {
        if let Some(mut window) = self.runner.app_mut::<Window>() {
            window.say(words, warns);
        }
    }

    /// Opens a file that is on the shelf; asks first, if something unsaved would be dropped. A recording of a link
    /// opens at its position, unless it was asked.
    pub fn open(&self, name: &str, position: Option<String>) {
        if let Some(mut window) = self.runner.app_mut::<Window>() {
            window.open(name, position.as_deref());
        }
    }
}

/// The ends of a gesture of a recording that was just opened, and of the one before: going there from the one before
/// marks what this gesture changed.
fn gesture(session: &Session, count: usize) -> [Position; 2] {
    let track = Track::new(session.journal(), session.future());
    let count = count.min(track.gestures());
    [count.saturating_sub(1), count].map(|count| track.end_of(count))
}

/// Where a recording of a link is to be opened: at a position in it, or else where it ends. Nowhere, if very much was
/// executed there: a link must not keep a machine busy.
fn place_of_link(session: &Session, position: Option<&str>) -> Option<Position> {
    let given = position.and_then(|words| {
        let (entry, done) = words.split_once(':')?;
        Some(Position { entry: entry.parse().ok()?, done: done.parse().ok()? })
    });
    let journal = session.journal();
    let there = given.filter(|&given| journal.contains(given)).unwrap_or_else(|| session.future());
    (journal.retired(there) <= REPLAYED).then_some(there)
}
