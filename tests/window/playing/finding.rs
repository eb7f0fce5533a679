//! The search strip, driven by keys and read by its accessible names.

use egui::{Key, Modifiers};

use crate::driver::Window;

#[test]
fn code_and_values_are_found_with_keys() {
    let mut window = Window::two_activations();
    window.keys(Modifiers::COMMAND, Key::F);
    window.typed("fib");
    assert!(window.shows("1 of 3"));
    window.key(Key::Enter);
    assert!(window.shows("2 of 3") && window.shows("100 in fib: assign: i"));
    window.keys(Modifiers::SHIFT, Key::Enter);
    assert!(window.shows("1 of 3"));
    window.click("search: Values");
    window.keys(Modifiers::COMMAND, Key::A);
    window.typed("3");
    assert!(window.shows("local i of frame 2: 3, found"));
    window.key(Key::Escape);
    assert!(!window.shows("local i of frame 2: 3, found") && !window.shows("text to find"));
    // The entry line has the keyboard again. The cell that was found is still selected.
    assert!(window.shows("insert before 1"));
    window.key(Key::Escape);
    window.enter("5");
    assert!(window.stack().ends_with('5'));
}

#[test]
fn the_strip_stays_open_while_the_program_is_written() {
    let mut window = Window::two_activations();
    window.keys(Modifiers::COMMAND, Key::F);
    window.typed("77");
    assert!(window.shows("nothing found"));
    window.click("instructions");
    window.enter("77");
    assert!(window.shows("1 of 1") && window.shows("77"));
    window.keys(Modifiers::COMMAND, Key::F3);
    assert!(window.shows("1 of 1"));
}

#[test]
fn output_that_is_found_is_marked() {
    let mut window = Window::new();
    window.enter("\"one\\ntwo\\n\" print");
    window.keys(Modifiers::COMMAND, Key::F);
    window.click("search: Output");
    window.typed("two");
    assert!(window.shows("found in output: two"));
}

#[test]
fn what_changed_since_a_mark_is_listed() {
    let mut window = Window::two_activations();
    window.keys(Modifiers::COMMAND | Modifiers::SHIFT, Key::M);
    window.enter("i 7 +");
    window.keys(Modifiers::COMMAND | Modifiers::SHIFT, Key::D);
    assert!(window.shows("1 of 4 since step"));
    window.key(Key::Enter);
    window.keys(Modifiers::COMMAND, Key::F3);
    window.keys(Modifiers::COMMAND, Key::F3);
    assert!(window.shows("stack top: 8, found"), "the value is marked in its panel");
}

#[test]
fn a_value_is_looked_for_in_the_past() {
    let mut window = Window::two_activations();
    window.keys(Modifiers::SHIFT, Key::F4);
    assert!(window.shows("Back to a value") && window.shows("The top of the stack becomes this"));
    window.typed("i = 3");
    window.key(Key::Enter);
    assert_eq!(window.stack(), "3");
    assert!(!window.shows("value to look for"));
}
