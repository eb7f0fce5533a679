//! Keys that are pressed faster than the window draws mean the same as when each is pressed after the
//! window has answered the one before.

use std::cell::RefCell;
use std::rc::Rc;

use egui::{Event, Key, Modifiers};
use midflight::app::App;
use midflight::desk::dialogs::{Dialogs, FileQuestion, Reply};
use midflight::desk::overlay::Overlay;
use midflight::desk::preferences::Preferences;

use crate::driver::{Answers, Window};

/// The keys of a line: names for commands, and text for the rest.
fn events(keys: &[&str]) -> Vec<Event> {
    keys.iter().flat_map(|&key| event(key)).collect()
}

fn event(name: &str) -> Vec<Event> {
    let shift = Modifiers::COMMAND | Modifiers::SHIFT;
    let (key, modifiers) = match name {
        "Enter" => (Key::Enter, Modifiers::NONE),
        "Escape" => (Key::Escape, Modifiers::NONE),
        "Tab" => (Key::Tab, Modifiers::NONE),
        "F5" => (Key::F5, Modifiers::NONE),
        "F10" => (Key::F10, Modifiers::NONE),
        "Space" => (Key::Space, Modifiers::NONE),
        "F6" => (Key::F6, Modifiers::NONE),
        "Right" => (Key::ArrowRight, Modifiers::NONE),
        "Ctrl+G" => (Key::G, Modifiers::COMMAND),
        "Ctrl+M" => (Key::M, Modifiers::COMMAND),
        "Ctrl+Z" => (Key::Z, Modifiers::COMMAND),
        "Ctrl+Shift+G" => (Key::G, shift),
        "Ctrl+Shift+P" => (Key::P, shift),
        text => return vec![Event::Text(text.to_owned())],
    };
    let key = |pressed| Event::Key { key, physical_key: None, pressed, repeat: false, modifiers };
    vec![key(true), key(false)]
}

/// The same window typed into in three ways: all keys in one frame, one in each frame, and each after the
/// window has come to rest. All must agree, and the last one is what is promised.
fn typed(make: impl Fn() -> Window, keys: &[&str]) -> Window {
    let (mut at_once, mut in_frames, mut slowly) = (make(), make(), make());
    at_once.harness.input_mut().events.extend(events(keys));
    events(keys).into_iter().for_each(|event| in_frames.harness.event(event));
    for window in [&mut at_once, &mut in_frames] {
        window.harness.run_steps(60);
        window.harness.run();
    }
    for key in keys {
        for event in event(key) {
            slowly.harness.event(event);
            slowly.harness.run();
        }
    }
    for (window, way) in [(&at_once, "in one frame"), (&in_frames, "in consecutive frames")] {
        assert!(*window.session().image() == *slowly.session().image(), "{way}: {keys:?}");
        assert_eq!(window.desk().entry().text, slowly.desk().entry().text, "{way}: {keys:?}");
        assert_eq!(window.desk().input(), slowly.desk().input(), "{way}: {keys:?}");
        let open = |window: &Window| format!("{:?}", window.desk().overlay());
        assert_eq!(open(window), open(&slowly), "{way}: {keys:?}");
        let head = |window: &Window| window.desk().head();
        assert_eq!(head(window), head(&slowly), "{way}: {keys:?}");
    }
    at_once
}

fn reader() -> Window {
    Window::of_program("[ input.line print_line 1 ] repeat")
}

fn waiting() -> Window {
    let mut window = reader();
    window.key(Key::F5);
    window
}

#[test]
fn what_is_typed_after_go_to_goes_into_its_field() {
    let window = typed(Window::two_activations, &["Ctrl+G", "1", "0", "3", "Enter"]);
    assert!(window.shows("insert before 103") && !window.desk().overlay().is_open());
    let window = typed(Window::two_activations, &["Ctrl+Shift+G", "2", "Enter"]);
    assert_eq!(window.session().machine().retired(), 2);
    assert!(!window.desk().overlay().is_open());
}

#[test]
fn what_is_typed_after_bookmark_names_it() {
    let window = typed(Window::two_activations, &["Ctrl+M", "a", "b", "Enter"]);
    let session = window.session();
    assert_eq!(session.journal().bookmarks().name_of(session.position()), Some("ab"));
}

#[test]
fn what_is_typed_after_the_palette_finds_an_action() {
    let make = || {
        let mut window = Window::of_program("1 2 3");
        window.key(Key::Escape);
        window
    };
    let window = typed(make, &["Ctrl+Shift+P", "s", "t", "e", "p", "Enter"]);
    assert_eq!((window.stack().as_str(), window.cells("main").as_str()), ("1", "1 2 3"));
}

#[test]
fn what_is_typed_after_a_dialog_was_closed_goes_to_the_entry_line() {
    let make = || {
        let mut window = Window::new();
        window.keys(Modifiers::COMMAND, Key::G);
        window
    };
    let window = typed(make, &["Escape", "1", "2", "3", "Enter"]);
    assert_eq!(window.stack(), "123");
    let window =
        typed(Window::new, &["Ctrl+G", "Escape", "4", "Enter", "5", "Enter", "Ctrl+Z", "6"]);
    assert_eq!((window.stack().as_str(), window.desk().entry().text.as_str()), ("4", "6"));
}

#[test]
fn what_is_typed_after_run_is_read_by_the_program() {
    let window = typed(reader, &["F5", "h", "e", "l", "l", "o", "Enter"]);
    assert_eq!(window.session().machine().output(), "hello\n");
    let window = typed(waiting, &["a", "Enter", "1", "2", "Enter", "3"]);
    assert_eq!(window.session().machine().output(), "a\n12\n");
    assert_eq!(window.desk().input(), "3");
    let ends = || Window::of_program("input.line print_line");
    let window = typed(ends, &["F5", "h", "i", "Enter", "7", "Enter"]);
    assert_eq!((window.session().machine().output(), window.stack().as_str()), ("hi\n", "7"));
}

#[test]
fn tab_takes_the_completion_of_what_was_typed_just_before() {
    let window = typed(Window::new, &["3", "Enter", "du", "Tab", "Enter"]);
    assert_eq!(window.stack(), "3 3");
    let window = typed(Window::two_activations, &["F6", "Right", "7", "Enter"]);
    assert_eq!(window.cells("fib"), "assign: i i 7 2 - fib");
}

#[test]
fn a_long_run_is_paused_by_the_next_key_and_what_is_typed_during_it_is_not_lost() {
    let mut window = Window::of_program("[ 1 drop ] repeat");
    window.harness.input_mut().events.extend(events(&["F5", "Escape"]));
    window.harness.run_steps(12);
    assert!(window.session().machine().retired() > 0 && window.session().job().is_none());
    window.harness.run_steps(60);
    window.harness.input_mut().events.extend(events(&["F5", "7"]));
    window.harness.run_steps(12);
    assert!(window.session().job().is_some());
    assert_eq!(window.desk().entry().text, "7");
}

/// A file dialog of the system that stays open until it is told what was chosen.
#[derive(Clone, Default)]
struct Open(Rc<RefCell<Option<Reply>>>);

impl Dialogs for Open {
    fn ask(&mut self, _question: &FileQuestion) {}

    fn reply(&mut self) -> Option<Reply> {
        self.0.borrow_mut().take()
    }
}

#[test]
fn keys_pressed_while_a_file_dialog_is_open_neither_cancel_it_nor_run_afterwards() {
    let folder = tempfile::tempdir().expect("there is room");
    let path = folder.path().join("seven.flpc");
    std::fs::write(&path, "7").expect("it is written");
    let open = Open::default();
    let app = App::new(Box::new(open.clone()), Preferences::default());
    let mut window = Window::of(app, Answers::default(), 1280.0, 800.0);
    window.keys(Modifiers::COMMAND, Key::O);
    for name in ["Enter", "Space", "Enter", "F10", "5"] {
        window.harness.input_mut().events.extend(events(&[name]));
        window.harness.run_steps(4);
        let overlay = window.desk().overlay();
        assert!(matches!(overlay, Overlay::FileDialog(_)), "{name}: {overlay:?}");
    }
    *open.0.borrow_mut() = Some(Reply::Chosen(path));
    window.harness.input_mut().events.extend(events(&["5", "Enter", "F10"]));
    window.harness.run_steps(20);
    assert_eq!((window.stack().as_str(), window.cells("main").as_str()), ("", "7"));
    assert_eq!(window.desk().entry().text, "");
}
