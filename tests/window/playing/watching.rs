//! Watched runs, breakpoints and limits on the way, and what an edit would reach.

use egui::{Key, Modifiers};

use crate::driver::Window;

impl Window {
    fn retired(&self) -> u64 {
        self.session().machine().retired()
    }

    /// Draws frames of a quarter of a second each.
    fn quarters(&mut self, count: usize) {
        self.harness.run_steps(count);
    }
}

/// A program with the counter back on its first cell.
fn at_start(line: &str) -> Window {
    let mut window = Window::new();
    window.enter(line);
    window.click_with("address 0, ");
    window.keys(Modifiers::COMMAND | Modifiers::SHIFT, Key::F10);
    window
}

#[test]
fn a_watched_run_goes_one_step_at_a_time() {
    let mut window = at_start("1 2 3 4 5");
    for _ in 0..7 {
        window.keys(Modifiers::COMMAND, Key::Comma);
    }
    assert!(window.shows("Runs at 1 step a second"));
    let before = window.retired();
    window.harness.key_press(Key::F5);
    window.quarters(2);
    let mut steps = vec![window.retired() - before];
    assert!(window.shows("Running") && steps[0] <= 1);
    for _ in 0..5 {
        window.quarters(4);
        steps.push(window.retired() - before);
    }
    let growth: Vec<u64> = steps.windows(2).map(|pair| pair[1] - pair[0]).collect();
    assert!(growth.iter().all(|&step| step <= 1), "one step a second: {steps:?}");
    assert_eq!(steps.last(), Some(&5), "all of them in the end: {steps:?}");
    window.quarters(8);
    assert!(window.session().job().is_none());
    assert!(window.stack().ends_with("5 1 2 3 4 5"));
}

#[test]
fn a_watched_run_is_paused_between_two_steps_and_goes_on() {
    let mut window = at_start("1 2 3 4 5");
    for _ in 0..6 {
        window.keys(Modifiers::COMMAND, Key::Comma);
    }
    let before = window.retired();
    window.harness.key_press(Key::F5);
    window.quarters(4);
    window.key(Key::F5);
    let paused = window.retired() - before;
    assert!((1..5).contains(&paused), "{paused}");
    window.quarters(8);
    assert_eq!(window.retired() - before, paused, "a paused run stays where it is");
    window.harness.key_press(Key::F5);
    window.quarters(20);
    assert_eq!(window.retired() - before, 5);
}

#[test]
fn a_limit_is_raised_and_it_goes_on() {
    let mut window = Window::new();
    window.enter("f");
    window.key(Key::Enter);
    window.enter("f");
    window.harness.key_press(Key::F5);
    window.quarters(40);
    assert!(window.shows("Raise it"), "the call stack is full");
    let retired = window.retired();
    let depth = window.session().machine().task().calls().depth();
    window.key(Key::Enter);
    assert!(!window.shows("Raise it"));
    window.key(Key::F11);
    assert_eq!(window.retired(), retired + 1);
    assert_eq!(window.session().machine().task().calls().depth(), depth + 1);
    window.keys(Modifiers::COMMAND, Key::Z);
    window.keys(Modifiers::COMMAND, Key::Z);
    assert!(window.shows("Raise it"), "raising it is a gesture like any other");
}

#[test]
fn a_run_stops_where_the_person_set_a_stop() {
    let mut window = at_start("1 2 3 4 5");
    window.click_with("address 3, ");
    window.key(Key::F9);
    window.key(Key::Escape);
    assert!(window.shows("address 3, 4, breakpoint"));
    window.key(Key::F5);
    assert!(window.shows("Stopped at the breakpoint at 3"));
    assert!(window.stack().ends_with("5 1 2 3"));
    window.key(Key::F5);
    assert!(window.stack().ends_with("5 1 2 3 4 5"), "it does not stop twice");
    window.click_with("address 3, ");
    window.key(Key::F9);
    assert!(!window.shows(", breakpoint"));
}

#[test]
fn what_came_into_sight_by_a_step_is_shown_as_changed() {
    let mut window = Window::new();
    window.enter("7 300 allocate 250 memory.set");
    assert!(window.shows("address 0, 7, changed"));
    window.keys(Modifiers::COMMAND, Key::G);
    window.typed("350");
    window.key(Key::Enter);
    assert!(window.shows("address 350, 7, changed"), "nobody saw it before it was written");
    window.key(Key::Escape);
    window.enter("1");
    window.enter("f");
    assert!(!window.shows("address 0, 7, changed"));
}

#[test]
fn a_preview_names_some_activations_and_counts_the_others() {
    let mut window = Window::new();
    window.enter("12 f");
    window.key(Key::Enter);
    window.enter("assign: n n 0 = [ wait ] if n 1 - f");
    window.key(Key::F5);
    assert!(window.shows("wait is missing"));
    window.click_with("address 100, ");
    window.typed("7 drop");
    assert!(
        window.shows(
            "frame 14 (f: n = 0), frame 13 (f: n = 1), frame 12 (f: n = 2) and 10 more are past this cell and won't run it"
        )
    );
}
