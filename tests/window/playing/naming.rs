//! Renaming and removing from the Names panel and with keys.

use egui::{Key, Modifiers};
use egui_kittest::kittest::Queryable;

use crate::driver::Window;

#[test]
fn a_function_is_renamed_from_its_row() {
    let mut window = Window::two_activations();
    window.harness.get_all_by_label_contains("function fib").next().unwrap().click_secondary();
    window.harness.run();
    window.click("Rename...");
    assert!(window.shows("Rename a function") && window.shows("new name"));
    window.typed("wave");
    window.key(Key::Enter);
    assert_eq!(window.cells("wave"), "assign: i i 2 - wave");
    assert!(window.shows("function wave"));
}

#[test]
fn a_local_is_renamed_with_keys_and_its_uses_are_gone_through() {
    let mut window = Window::two_activations();
    window.click_with("address 101, ");
    window.keys(Modifiers::COMMAND, Key::F2);
    window.typed("n");
    window.key(Key::Enter);
    assert_eq!(window.cells("fib"), "assign: n n 2 - fib");
    assert!(window.shows("local n of frame 3"));
    window.click_with("address 101, ");
    window.keys(Modifiers::ALT, Key::ArrowDown);
    assert!(window.shows("Use 1 of 2 of"));
}
