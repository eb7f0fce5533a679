//! Examples in the window: they run by themselves, one edit serves all, and the run of one can be looked into.

use egui::{Key, Modifiers};
use egui_kittest::kittest::Queryable;
use midflight::desk::overlay::Overlay;
use midflight::view::examples::Tone;

use crate::driver::Window;

const CTRL_SHIFT: Modifiers = Modifiers::COMMAND.plus(Modifiers::SHIFT);

fn add(window: &mut Window, text: &str) {
    window.keys(CTRL_SHIFT, Key::X);
    window.enter(text);
}

/// The tones and the words of all rows.
fn verdicts(window: &Window) -> Vec<(Tone, String)> {
    window.desk().examples().iter().map(|row| (row.tone, row.words.clone())).collect()
}

fn words(window: &Window) -> Vec<String> {
    verdicts(window).into_iter().map(|(_, words)| words).collect()
}

/// Three examples of a function that does not exist.
fn three() -> Window {
    let mut window = Window::new();
    for text in ["0 fact -- 1", "1 fact -- 1", "5 fact -- 120"] {
        add(&mut window, text);
    }
    window
}

#[test]
fn factorial_is_built_from_three_examples() {
    let mut window = three();
    assert_eq!(words(&window), ["fact is missing"; 3]);
    assert!(window.shows("0 of 3 hold") && window.shows("3 examples wait for it"));
    // One function serves all rows.
    window.click_with("Create fact: 3 examples wait for it");
    assert_eq!(words(&window), ["waits at cell 100 of fact"; 3]);
    // Look into the third: its stack is shown, and what is typed goes to the program.
    for _ in 0..3 {
        window.keys(Modifiers::COMMAND, Key::PageDown);
    }
    assert!(window.shows("Example 5 fact") && window.stack() == "5");
    window.enter("assign: n n 0 = base");
    assert_eq!(words(&window), ["base is missing"; 3]);
    assert_eq!(window.stack(), "0");
    assert!(window.shows("base is missing") && window.shows("Create base"));
    let stacks: Vec<String> =
        window.desk().examples().iter().map(|row| row.stack.clone()).collect();
    assert_eq!(stacks, ["1", "0", "0"]);
    window.key(Key::F2);
    window.keys(Modifiers::COMMAND, Key::A);
    window.enter("[ 1 return ] if");
    assert_eq!(window.desk().examples()[0].tone, Tone::Holds);
    assert_eq!(window.stack(), "");
    window.enter("n n 1 - fact * return");
    assert_eq!(words(&window), ["✓"; 3]);
    assert!(window.shows("3 of 3 hold") && window.stack() == "120");
    window.key(Key::Escape);
    assert!(!window.desk().in_example());
    // The program itself has executed nothing, and its history is what was written.
    assert_eq!(window.session().machine().retired(), 0);
    assert_eq!(window.session().journal().entries().len(), 7);
    window.enter("4 fact");
    window.key(Key::F5);
    assert_eq!(window.stack(), "24");
}

#[test]
fn undo_in_an_example_undoes_the_program() {
    let mut window = three();
    window.click_with("Create fact");
    window.keys(Modifiers::COMMAND, Key::PageDown);
    window.enter("drop 1 return");
    assert_eq!(verdicts(&window)[0].0, Tone::Holds);
    window.keys(Modifiers::COMMAND, Key::Z);
    assert_eq!(words(&window)[0], "waits at cell 100 of fact");
    assert!(window.desk().in_example() && window.stack() == "0");
    window.keys(CTRL_SHIFT, Key::Z);
    assert_eq!(verdicts(&window)[0].0, Tone::Holds);
}

#[test]
fn an_example_is_stepped_through_without_touching_the_program() {
    let mut window = Window::of_program("[ dup * 1 + ] bind: f 7 #= 3 f -- 10\n");
    window.keys(Modifiers::COMMAND, Key::PageDown);
    assert_eq!(window.stack(), "10");
    for stack in ["9 1", "9", "3 3", "3"] {
        window.keys(Modifiers::SHIFT, Key::F10);
        while window.stack() != stack {
            window.keys(Modifiers::SHIFT, Key::F10);
        }
    }
    window.key(Key::F11);
    assert_eq!(window.stack(), "3 3");
    window.key(Key::F5);
    assert!(window.stack() == "10" && window.shows("1 of 1 hold"));
    window.keys(Modifiers::COMMAND, Key::PageDown);
    assert!(!window.desk().in_example());
    let session = window.session();
    assert_eq!((session.machine().retired(), session.journal().entries().len()), (0, 0));
}

#[test]
fn what_an_example_cannot_take_is_refused() {
    let mut window = Window::of_program("[ dup * ] bind: f 7 #= 3 f -- 9\n");
    window.keys(Modifiers::COMMAND, Key::PageDown);
    let before = window.session().machine().clone();
    // Its own text is not a part of the program.
    window.enter("4");
    assert!(window.shows("change it in the list of examples"));
    window.key(Key::Escape);
    window.keys(Modifiers::COMMAND, Key::F5);
    assert!(window.shows("An example always runs from its start"));
    assert_eq!(*window.session().machine(), before);
    assert!(window.desk().in_example());
}

#[test]
fn an_endless_example_hurts_nobody() {
    let mut window = Window::of_program(
        "[ [ 1 drop ] repeat ] bind: spin [ dup * ] bind: f\n#= spin --\n#= 3 f -- 9\n#= 3 f -- 8\n",
    );
    let mut frames = 0..10_000;
    while verdicts(&window)[0].0 == Tone::Running && frames.next().is_some() {
        window.harness.step();
    }
    assert_eq!(
        words(&window),
        ["no end within 10,000,000 instructions", "✓", "left 9"],
        "{:?}",
        window.desk().examples()
    );
    assert_eq!(window.session().machine().retired(), 0);
}

#[test]
fn an_example_is_changed_and_removed() {
    let mut window = Window::of_program("[ dup * ] bind: f\n#= 3 f -- 8\n#= 2 f -- 4\n");
    assert_eq!(words(&window), ["left 9", "✓"]);
    window.harness.get_by_label("example 3 f, wants 8: left 9").focus();
    window.harness.run();
    window.key(Key::F2);
    window.harness.run();
    let Overlay::Ask(_, text) = window.desk().overlay() else { panic!("it is asked for") };
    assert_eq!(text, "3 f -- 8");
    window.keys(Modifiers::COMMAND, Key::A);
    window.enter("3 f -- 9");
    assert_eq!(words(&window), ["✓", "✓"]);
    window.harness.get_by_label("example 2 f, wants 4: holds").focus();
    window.harness.run();
    window.key(Key::Delete);
    assert_eq!(window.desk().examples().len(), 1);
    window.keys(Modifiers::COMMAND, Key::Z);
    assert_eq!(window.desk().examples().len(), 2);
}

#[test]
fn the_panel_can_be_hidden_and_then_runs_nothing() {
    let mut window = Window::of_program("[ dup * ] bind: f\n#= 3 f -- 9\n");
    assert!(window.shows("1 of 1 hold"));
    window.keys(Modifiers::COMMAND, Key::Num8);
    assert!(!window.shows("1 of 1 hold"));
    window.keys(Modifiers::COMMAND, Key::Num8);
    assert!(window.shows("1 of 1 hold"));
}

#[test]
fn a_program_is_saved_from_an_example() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("f.ron");
    let mut window = Window::of_program("[ dup * ] bind: f\n#= 3 f -- 9\n");
    window.keys(Modifiers::COMMAND, Key::PageDown);
    window.enter("1");
    window.answers.0.borrow_mut().push_back(path.clone());
    window.keys(CTRL_SHIFT, Key::S);
    window.harness.run();
    assert!(!window.desk().in_example());
    let text = std::fs::read_to_string(path).unwrap();
    assert!(text.contains("= 3 f -- 9"), "{text}");
}

/// What is written into the program while an example is shown is in the autosave.
#[test]
fn edits_in_an_example_survive_a_crash() {
    let folder = tempfile::tempdir().unwrap();
    let mut window = Window::kept_in(folder.path());
    add(&mut window, "3 f -- 9");
    window.click_with("Create f");
    window.keys(Modifiers::COMMAND, Key::PageDown);
    window.enter("dup * return");
    assert_eq!(verdicts(&window)[0].0, Tone::Holds);
    drop(window);
    let window = Window::kept_in(folder.path());
    assert_eq!(window.cells("f"), "dup * return");
    assert_eq!(verdicts(&window)[0].0, Tone::Holds);
}

#[test]
fn the_banner_says_what_came_of_the_example_that_is_shown() {
    let mut window =
        Window::of_program("[ dup * ] bind: f\n#= 3 f -- 8\n#= 3 f -- 9\n#= 1 drop --\n");
    window.keys(Modifiers::COMMAND, Key::PageDown);
    assert!(window.shows("It left 9") && window.shows("it should leave 8"));
    window.keys(Modifiers::COMMAND, Key::PageDown);
    assert!(window.shows("It holds") && window.shows("it leaves 9"));
    window.keys(Modifiers::COMMAND, Key::PageDown);
    assert!(window.shows("It holds") && window.shows("it leaves nothing"));
    // In the middle of it, nothing is said of its end.
    window.keys(Modifiers::SHIFT, Key::F10);
    assert!(!window.shows("It holds"));
}

/// What is attached to the program is not attached to the run of an example.
#[test]
fn marks_are_refused_in_an_example() {
    let mut window = Window::of_program("[ dup * ] bind: f 7 #= 3 f -- 9\n");
    window.keys(Modifiers::COMMAND, Key::PageDown);
    for (modifiers, key, words) in [
        (Modifiers::NONE, Key::F9, "An example has no breakpoints"),
        (CTRL_SHIFT, Key::W, "An example has no watches"),
        (Modifiers::COMMAND, Key::E, "An example has no expectations"),
        (Modifiers::COMMAND, Key::M, "An example has no bookmarks"),
        (CTRL_SHIFT, Key::F10, "An example has no counter that is moved"),
    ] {
        window.keys(modifiers, key);
        assert!(window.shows(words) && window.desk().in_example(), "{words}");
    }
    window.key(Key::Escape);
    assert_eq!(window.session().journal().entries().len(), 0);
}
