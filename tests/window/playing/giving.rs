//! Input that was given before going back, replayed.

use egui::{Key, Modifiers};

use crate::driver::Window;

/// A program that was given three lines, taken back before them, and edited in its first cell.
fn went_back(folder: &std::path::Path) -> Window {
    let mut window = Window::kept_in(folder);
    window.enter("[ input.line print_line 1 ] repeat");
    window.key(Key::F5);
    for line in ["seven", "eight", "nine"] {
        window.typed(line);
        window.key(Key::Enter);
    }
    assert_eq!(window.session().machine().output(), "seven\neight\nnine\n");
    for _ in 0..3 {
        window.keys(Modifiers::COMMAND, Key::Z);
    }
    assert!(!window.shows("Replay: "), "redo does that");
    // It waits for input again, so the input field has the keyboard. Esc leads back to the entry line.
    assert_eq!(window.desk().entry().text, "");
    window.key(Key::Escape);
    window.typed("0 drop");
    window.key(Key::Enter);
    window
}

#[test]
fn input_is_given_again_line_by_line() {
    let folder = tempfile::tempdir().unwrap();
    let mut window = went_back(folder.path());
    window.key(Key::F5);
    assert!(window.shows("Replay: seven") && window.shows("Replay all 3"));
    window.keys(Modifiers::COMMAND, Key::I);
    assert_eq!(window.session().machine().output(), "seven\n");
    window.click("Replay: eight");
    assert!(window.shows("Replay: nine") && !window.shows("Replay all"));
    window.typed("other");
    window.key(Key::Enter);
    assert_eq!(window.session().machine().output(), "seven\neight\nother\n");
    assert!(!window.shows("Replay: "));
}

#[test]
fn all_input_is_given_again_also_after_a_crash() {
    let folder = tempfile::tempdir().unwrap();
    let mut window = went_back(folder.path());
    window.key(Key::F5);
    drop(window);
    let mut window = Window::kept_in(folder.path());
    assert!(window.shows("Replay: seven"));
    window.keys(Modifiers::COMMAND | Modifiers::SHIFT, Key::I);
    window.key(Key::F5);
    assert_eq!(window.session().machine().output(), "seven\neight\nnine\n");
    window.keys(Modifiers::COMMAND, Key::Z);
    window.keys(Modifiers::COMMAND, Key::Z);
    assert_eq!(window.session().machine().output(), "", "it was one gesture");
}
