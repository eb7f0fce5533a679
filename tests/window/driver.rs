//! A window without a screen, for the tests that drive it.
#![allow(dead_code, reason = "each test uses its own part")]

use std::cell::RefCell;
use std::collections::VecDeque;
use std::path::PathBuf;
use std::rc::Rc;

use egui::{Key, Modifiers, Theme};
use egui_kittest::Harness;
use egui_kittest::kittest::Queryable;
use midflight::app::App;
use midflight::app::theme;
use midflight::desk::Desk;
use midflight::desk::dialogs::{Dialogs, FileQuestion, Reply};
use midflight::desk::overlay::Overlay;
use midflight::desk::preferences::Preferences;
use midflight::session::Session;

/// A person's answers to file dialogs, in order.
#[derive(Clone, Default)]
pub struct Answers(pub Rc<RefCell<VecDeque<PathBuf>>>);

impl Dialogs for Answers {
    fn ask(&mut self, _question: &FileQuestion) {}

    fn reply(&mut self) -> Option<Reply> {
        Some(self.0.borrow_mut().pop_front().map_or(Reply::Cancelled, Reply::Chosen))
    }
}

/// The window, driven by keys, clicks and accessible names.
pub struct Window {
    pub harness: Harness<'static, App>,
    pub answers: Answers,
}

impl Window {
    pub fn new() -> Window {
        Window::sized(1280.0, 800.0)
    }

    pub fn sized(width: f32, height: f32) -> Window {
        let answers = Answers::default();
        let app = App::new(Box::new(answers.clone()), Preferences::default());
        Window::of(app, answers, width, height)
    }

    /// A window that keeps its work in a folder.
    pub fn kept_in(folder: &std::path::Path) -> Window {
        let answers = Answers::default();
        let mut app = App::new(Box::new(answers.clone()), Preferences::default());
        app.desk_mut().keep_in(folder);
        Window::of(app, answers, 1280.0, 800.0)
    }

    /// A program in a file of its own, opened.
    pub fn of_program(text: &str) -> Window {
        Window::of_text("program.flpc", text)
    }

    /// The same in source notation.
    pub fn of_source(text: &str) -> Window {
        Window::of_text("program.flpy", text)
    }

    fn of_text(name: &str, text: &str) -> Window {
        let folder = tempfile::tempdir().expect("there is room");
        let path = folder.path().join(name);
        std::fs::write(&path, text).expect("it is written");
        let mut window = Window::new();
        window.answers.0.borrow_mut().push_back(path);
        window.harness.key_press_modifiers(Modifiers::COMMAND, Key::O);
        // The window does not wait for a file that takes long to read.
        let opens = |window: &Window| matches!(window.desk().overlay(), Overlay::Opening(_));
        window.harness.run_steps(3);
        let mut frames = 0..100_000;
        while opens(&window) && frames.next().is_some() {
            window.harness.step();
        }
        window.harness.run();
        window
    }

    pub fn of(app: App, answers: Answers, width: f32, height: f32) -> Window {
        let mut harness = Harness::builder()
            .with_size([width, height])
            .with_theme(Theme::Dark)
            .with_context_setup(theme::install)
            .build_ui_state(
                |ui, app: &mut App| {
                    app.logic(ui.ctx());
                    app.ui(ui);
                },
                app,
            );
        harness.run();
        Window { harness, answers }
    }

    pub fn key(&mut self, key: Key) {
        self.keys(Modifiers::NONE, key);
    }

    pub fn keys(&mut self, modifiers: Modifiers, key: Key) {
        self.harness.key_press_modifiers(modifiers, key);
        self.harness.run();
    }

    pub fn typed(&mut self, text: &str) {
        self.harness.event(egui::Event::Text(text.to_owned()));
        self.harness.run();
    }

    /// Types a line and presses Enter.
    pub fn enter(&mut self, line: &str) {
        self.typed(line);
        self.key(Key::Enter);
    }

    pub fn click(&mut self, label: &str) {
        self.harness.get_by_label(label).click();
        self.harness.run();
    }

    /// Clicks the first element whose label contains this.
    pub fn click_with(&mut self, label: &str) {
        self.harness.get_all_by_label_contains(label).next().unwrap().click();
        self.harness.run();
    }

    pub fn shows(&self, label: &str) -> bool {
        self.harness.query_all_by_label_contains(label).next().is_some()
    }

    pub fn desk(&self) -> &Desk {
        self.harness.state().desk()
    }

    pub fn session(&self) -> &Session {
        self.desk().session()
    }

    pub fn stack(&self) -> String {
        self.session().machine().show_stack()
    }

    pub fn cells(&self, name: &str) -> String {
        let machine = self.session().machine();
        let body = machine.memory().function(name).expect("the function is defined");
        let used = machine.memory().code(body).expect("it has a body").used().len() as u32;
        let at = |offset| midflight::vm::memory::Place::new(body, offset).into();
        let row =
            |offset| midflight::view::memory::cell(machine, &Default::default(), at(offset)).label;
        (0..used).map(|offset| row(offset).to_string()).collect::<Vec<_>>().join(" ")
    }

    /// A window with fib(3) and fib(1) alive. The second has executed its `assign: i`.
    pub fn two_activations() -> Window {
        let mut window = Window::new();
        for line in ["3 fib", "", "assign: i", "i 2 - fib", ""] {
            window.enter_or_empty(line);
        }
        window
    }

    pub fn enter_or_empty(&mut self, line: &str) {
        if line.is_empty() { self.key(Key::Enter) } else { self.enter(line) }
    }
}
