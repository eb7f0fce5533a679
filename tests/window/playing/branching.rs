//! The list of branches and the legend of the timeline.

use egui::{Key, Modifiers};

use crate::driver::Window;

#[test]
fn branches_are_listed_compared_and_gone_to() {
    let mut window = Window::new();
    window.enter("1 2");
    window.enter("3 print");
    window.keys(Modifiers::COMMAND, Key::Z);
    window.enter("4");
    window.keys(Modifiers::COMMAND | Modifiers::SHIFT, Key::H);
    assert!(window.shows("branch: write `4`, step 3, left at step 2, shown"));
    window.key(Key::ArrowDown);
    window.key(Key::Space);
    assert!(window.shows("Code differs in: main") && window.shows("Stack: 1 2 4 here, 1 2 there"));
    window.key(Key::Enter);
    assert!(!window.shows("branch: write"));
    assert_eq!(window.stack(), "1 2");
    assert_eq!(window.session().machine().output(), "3");
}

#[test]
fn the_marks_of_the_timeline_are_explained() {
    let mut window = Window::new();
    window.enter("1 2");
    window.click("Marks");
    assert!(window.shows("Marks on the timeline") && window.shows("a run paused at a breakpoint"));
    window.key(Key::Escape);
    assert!(!window.shows("a run paused at a breakpoint"));
}

#[test]
fn a_branch_is_replayed_through_other_code() {
    let mut window = Window::new();
    window.enter("1 2 +");
    window.enter("print");
    window.keys(Modifiers::COMMAND | Modifiers::SHIFT, Key::Home);
    window.enter("1 2 -");
    window.enter("print_line");
    window.keys(Modifiers::COMMAND | Modifiers::SHIFT, Key::H);
    window.click("replay branch: write `print`");
    assert!(window.shows("Replayed: output line 1 was `3`, is `-1`"));
    assert!(window.shows("That branch: output line 1, `3`") && window.shows("stack: 3"));
    assert!(window.shows("The code shown: output line 1, `-1`") && window.shows("stack: -1"));
    window.click("go to the difference");
    assert!(!window.shows("Replayed"));
    assert_eq!(window.stack(), "3");
    // By keys: the newest other branch, and the difference.
    window.keys(Modifiers::ALT, Key::F12);
    assert!(window.shows("Replayed: output line 1 was `-1`, is `3`"));
    window.key(Key::G);
    assert_eq!(window.stack(), "-1");
    window.keys(Modifiers::COMMAND | Modifiers::SHIFT, Key::H);
    window.key(Key::R);
    assert!(window.shows("Replayed: the same output, 1 line"));
    window.key(Key::Escape);
    assert!(!window.shows("Replayed"));
}
