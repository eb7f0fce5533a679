//! Breakpoints that pause only under a condition or from their n-th time on, and their list.

use egui::{Key, Modifiers};
use egui_kittest::kittest::Queryable;
use midflight::vm::memory::Place;

use super::driver::Window;

const FIB: &str = "[ assign: i i 2 < [ i return ] if i 1- fib i 2 - fib + return ] bind: fib 6 fib";
const SHIFT: Modifiers = Modifiers::COMMAND.plus(Modifiers::SHIFT);

/// A window of fib, with the cell after `assign: i` selected.
fn fib() -> Window {
    let mut window = Window::of_program(FIB);
    window.keys(Modifiers::COMMAND, Key::G);
    window.enter("101");
    window
}

fn run(window: &mut Window) {
    // A second press that comes quickly would only pause.
    window.harness.run_steps(30);
    window.key(Key::F5);
    let mut frames = 0..10_000;
    while window.desk().is_busy() && frames.next().is_some() {
        window.harness.step();
    }
    window.harness.run();
}

/// The local `i` of the innermost frame.
fn local(window: &Window) -> String {
    let rows = midflight::view::stacks::calls(window.session().machine(), 1);
    let value = rows.frames[0].locals[0].value.as_ref();
    value.map(|value| value.source.to_string()).unwrap_or_default()
}

#[test]
fn a_condition_is_typed_and_pauses_both_ways() {
    let mut window = fib();
    window.keys(SHIFT, Key::F9);
    assert!(window.harness.query_by_label("condition of the breakpoint").is_some());
    window.enter("[ i");
    assert!(window.shows("not closed"), "what is refused says why");
    window.harness.get_by_label("condition of the breakpoint").focus();
    window.harness.run();
    window.keys(Modifiers::COMMAND, Key::A);
    window.enter("i 2 =");
    assert!(!window.desk().overlay().is_open());
    assert!(window.shows("breakpoint if `i 2 =`"));
    run(&mut window);
    assert_eq!(local(&window), "2");
    let first = window.session().machine().retired();
    run(&mut window);
    assert_eq!(local(&window), "2");
    assert!(window.session().machine().retired() > first);
    window.keys(Modifiers::SHIFT, Key::F9);
    assert_eq!(window.session().machine().retired(), first);
    // In the other notation, it is typed and shown in that.
    window.keys(Modifiers::COMMAND, Key::T);
    window.keys(SHIFT, Key::F9);
    window.enter("i == 3");
    let breakpoint = window.session().image().breakpoints.get(Place::new(1, 1)).cloned();
    assert_eq!(breakpoint.unwrap().condition, "i 3 =");
    window.keys(SHIFT, Key::F9);
    window.key(Key::End);
    window.enter("0");
    let breakpoint = window.session().image().breakpoints.get(Place::new(1, 1)).cloned();
    assert_eq!(breakpoint.unwrap().condition, "i 30 =");
}

#[test]
fn a_condition_without_a_value_pauses_and_says_why() {
    let mut window = fib();
    window.keys(SHIFT, Key::F9);
    window.enter("absent 2 =");
    run(&mut window);
    assert!(window.shows("its condition cannot be evaluated"));
    assert!(window.shows("absent"));
}

#[test]
fn breakpoints_are_listed_and_changed_by_keys() {
    let mut window = fib();
    window.keys(SHIFT, Key::F7);
    assert!(window.shows("No breakpoint is set"));
    window.key(Key::F9);
    window.keys(SHIFT, Key::F8);
    window.enter("3");
    window.keys(Modifiers::COMMAND, Key::G);
    window.enter("104");
    window.key(Key::F9);
    window.keys(SHIFT, Key::F7);
    assert!(window.shows("address 101, fib: `i`, breakpoint, from the 3rd time on (0 so far)"));
    window.key(Key::ArrowDown);
    window.key(Key::Space);
    assert!(window.shows("disabled breakpoint"));
    window.key(Key::C);
    window.enter("i 1 =");
    assert!(window.shows("disabled breakpoint if `i 1 =`"), "the list is back");
    window.key(Key::Delete);
    let left = window.session().image().breakpoints.len();
    assert_eq!(left, 1);
    window.key(Key::Escape);
    run(&mut window);
    assert_eq!(local(&window), "4", "the third call of fib");
    window.keys(Modifiers::ALT, Key::F9);
    run(&mut window);
    assert_eq!(window.session().machine().show_stack(), "8");
    window.keys(SHIFT, Key::F7);
    window.click("Enable 101");
    window.click("Remove 101");
    assert!(!window.desk().overlay().is_open() && window.session().image().breakpoints.is_empty());
}
