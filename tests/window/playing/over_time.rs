//! Values over time, and how often cells ran.

use egui::{Key, Modifiers};
use egui_kittest::kittest::Queryable;

use super::driver::Window;

const FIB: &str = "[ assign: i i 2 < [ i return ] if i 1- fib i 2 - fib + return ] bind: fib 5 fib";
const SHIFT: Modifiers = Modifiers::COMMAND.plus(Modifiers::SHIFT);

/// A window in which fib(5) was computed, with its `assign: i` selected.
fn fib() -> Window {
    let mut window = Window::of_program(FIB);
    window.key(Key::F5);
    let mut frames = 0..10_000;
    while window.desk().is_busy() && frames.next().is_some() {
        window.harness.step();
    }
    window.harness.run();
    assert_eq!(window.stack(), "5");
    window.keys(Modifiers::COMMAND, Key::G);
    window.enter("100");
    window
}

fn retired(window: &Window) -> u64 {
    window.session().machine().retired()
}

#[test]
fn the_values_of_a_local_lead_to_their_moments() {
    let mut window = fib();
    window.keys(Modifiers::COMMAND, Key::L);
    assert!(window.shows("The local `i` of fib"));
    assert_eq!(window.desk().values_row().unwrap().count, "15");
    assert!(window.shows("value 5 at step 3, frame 2"));
    let end = retired(&window);
    window.click("value 5 at step 3, frame 2");
    assert_eq!(retired(&window), 3, "the step of the row");
    assert!(window.shows("Return to now"), "the banner says so");
    window.keys(SHIFT, Key::ArrowDown);
    let machine = window.session().machine();
    assert_eq!(machine.memory().cell(machine.task().counter()).content(), content(&window, 101));
    assert_eq!(window.desk().values_row().unwrap().completed, 2);
    window.keys(SHIFT, Key::ArrowUp);
    assert_eq!(retired(&window), 3);
    window.keys(SHIFT, Key::ArrowUp);
    assert!(window.shows("There is no earlier value"));
    // A branch cuts the list where it begins, and what it does is added.
    window.enter("7 return");
    window.harness.run_steps(30);
    window.key(Key::F5);
    window.harness.run();
    assert!(retired(&window) < end);
    assert_eq!(window.desk().values_row().unwrap().count, "1");
    window.key(Key::Escape);
    assert!(window.desk().values_row().is_none());
}

fn content(window: &Window, offset: u32) -> midflight::vm::cell::Content {
    let place = midflight::vm::memory::Place::new(1, offset - 100);
    window.session().machine().memory().cell(place).content()
}

#[test]
fn what_an_instruction_left_is_listed() {
    let mut window = fib();
    // `<`.
    window.keys(Modifiers::COMMAND, Key::G);
    window.enter("103");
    window.keys(Modifiers::COMMAND, Key::L);
    assert!(window.shows("After `<` at 103"));
    let row = window.desk().values_row().unwrap();
    assert_eq!((row.count.as_str(), row.completed), ("15", 15));
    assert!(window.harness.query_all_by_label_contains("value 1 at step").count() >= 8);
    window.click("Close the values over time");
    assert!(window.desk().values_row().is_none());
}

#[test]
fn cells_say_how_often_they_ran() {
    let mut window = fib();
    assert!(!window.shows("ran 15 times"));
    window.keys(Modifiers::COMMAND, Key::K);
    assert!(window.shows("address 100, assign: i, ran 15 times"));
    assert!(window.shows("entered 15×"));
    window.keys(SHIFT, Key::Home);
    assert!(window.shows("address 100, assign: i, never ran"));
    window.keys(Modifiers::SHIFT, Key::F12);
    window.keys(Modifiers::SHIFT, Key::F12);
    window.keys(Modifiers::SHIFT, Key::F12);
    assert!(window.shows("ran once"));
    // The same in the text.
    window.keys(Modifiers::COMMAND, Key::U);
    window.keys(Modifiers::COMMAND, Key::U);
    assert!(window.shows("in line 1 of main, ran once"));
    window.keys(Modifiers::COMMAND, Key::K);
    assert!(!window.shows("ran once"));
}

/// Breakpoints and watches that are set after a run are there in the past, and in what is done there.
#[test]
fn what_is_marked_now_is_seen_in_the_past() {
    let mut window = fib();
    window.keys(Modifiers::COMMAND, Key::G);
    window.enter("101");
    window.keys(SHIFT, Key::F9);
    window.enter("i 3 =");
    window.keys(SHIFT, Key::W);
    window.keys(Modifiers::COMMAND, Key::A);
    window.enter("i 10 *");
    let end = retired(&window);
    window.keys(SHIFT, Key::Home);
    assert!(window.session().image().breakpoints.is_empty(), "it was set later");
    assert!(window.shows("breakpoint if `i 3 =`"));
    assert!(window.desk().shows_watches());
    window.keys(Modifiers::COMMAND, Key::F9);
    window.harness.run();
    assert!(window.shows("i 10 *: 30"), "the watch has a value there");
    let there = retired(&window);
    assert!(there > 2 && there < end);
    // A run from before it pauses there too, in a branch that has both.
    window.keys(SHIFT, Key::Home);
    window.harness.run_steps(30);
    window.key(Key::F5);
    let mut frames = 0..10_000;
    while window.desk().is_busy() && frames.next().is_some() {
        window.harness.step();
    }
    window.harness.run();
    assert_eq!(retired(&window), there);
    assert_eq!(window.session().image().breakpoints.len(), 1);
    assert_eq!(window.session().image().watches.len(), 1);
    assert!(window.shows("A new branch begins here"));
    // One undo takes all of it back.
    window.keys(Modifiers::COMMAND, Key::Z);
    assert!(window.session().image().watches.is_empty() && !window.desk().shows_watches());
}
