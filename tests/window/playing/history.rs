//! History in the window: searches, steps, the timeline and its branches.

use egui::{Key, Modifiers};
use egui_kittest::kittest::Queryable;
use midflight::desk::entry_line::EntryMode;
use midflight::session::journal::Position;
use midflight::vm::index::Offset;

use crate::driver::Window;

const CTRL: Modifiers = Modifiers::COMMAND;

fn shifted() -> Modifiers {
    Modifiers::COMMAND | Modifiers::SHIFT
}

impl Window {
    fn position(&self) -> Position {
        self.session().position()
    }

    fn executed(&self) -> u64 {
        self.session().machine().retired()
    }

    fn opened(file: &str) -> Window {
        let mut window = Window::new();
        let path = format!("{}/../../programs/{file}", env!("CARGO_MANIFEST_DIR"));
        window.answers.0.borrow_mut().push_back(path.into());
        window.keys(CTRL, Key::O);
        window
    }
}

const FIB: &str =
    "[ assign: i i 3 < [ 1 return ] if i 2 - fib i 1 - fib + return ] bind: fib 3 fib";

#[test]
fn back_to_the_first_call_and_on_with_new_code() {
    let mut window = Window::of_program(FIB);
    window.key(Key::F5);
    assert_eq!(window.stack(), "2");
    let first = window.position();
    // Back through the calls of fib to the first.
    for _ in 0..3 {
        window.click_with("call fib");
        window.keys(Modifiers::SHIFT, Key::F8);
    }
    assert_eq!((window.executed(), window.stack().as_str()), (1, "3"));
    window.keys(Modifiers::SHIFT, Key::F8);
    assert!(window.shows("was not called before this"));
    window.click("address 200, 1");
    window.key(Key::F2);
    assert_eq!(window.desk().entry().text, "1");
    window.keys(CTRL, Key::A);
    window.typed("2");
    window.key(Key::Enter);
    assert!(window.shows("address 200, 2") && window.shows("address 201, return"));
    window.key(Key::Escape);
    window.key(Key::F5);
    assert_eq!(window.stack(), "4", "both base cases return 2");
    // One click leads to the old branch, and another to the new one.
    window.click_with("branch of 1 gesture after gesture");
    assert_eq!((window.position(), window.stack().as_str()), (first, "2"));
    window.click_with("branch of 2 gestures after gesture");
    assert_eq!(window.stack(), "4");
    window.keys(shifted(), Key::B);
    assert_eq!(window.stack(), "2");
}

#[test]
fn a_gesture_on_the_time_line_is_gone_to() {
    let mut window = Window::new();
    for line in ["3", "4", "+", "print_line"] {
        window.enter(line);
    }
    assert!(window.shows("step 4 of 4 · gesture 4 of 4"));
    window.click_with("gesture 2: write `4`");
    assert_eq!(window.stack(), "3 4");
    assert!(window.shows("step 2 of 4 · gesture 2 of 4"));
    window.keys(CTRL, Key::End);
    assert!(window.shows("gesture 4 of 4"));
    window.keys(Modifiers::SHIFT, Key::F6);
    assert_eq!((window.executed(), window.stack().as_str()), (3, "7"), "before the output");
    window.keys(shifted(), Key::Home);
    assert_eq!(window.position(), Position::default());
    window.keys(CTRL, Key::F6);
    assert_eq!(window.executed(), 3);
    assert!(window.session().machine().output().is_empty());
}

#[test]
fn dragging_the_time_line_scrubs() {
    let mut window = Window::of_program("1 1 [ 1+ dup 40 < ] repeat_if");
    window.key(Key::F5);
    let end = window.position();
    let band = window.harness.get_by_label_contains("timeline, ").rect();
    let at = |part: f32| egui::pos2(band.left() + band.width() * part, band.top() + 25.0);
    window.harness.hover_at(at(0.9));
    window.harness.drag_at(at(0.9));
    let mut before = end.done + 1;
    for part in [0.7, 0.5, 0.3] {
        window.harness.hover_at(at(part));
        window.harness.run();
        let now = window.position();
        assert!(now.entry == end.entry && (1..before).contains(&now.done), "{now} at {part}");
        before = now.done;
    }
    window.harness.drop_at(at(0.3));
    window.harness.run();
    assert_eq!(window.position().done, before);
}

#[test]
fn a_step_is_gone_to_by_its_number() {
    let mut window = Window::of_program(FIB);
    window.key(Key::F5);
    let last = window.executed();
    window.keys(shifted(), Key::G);
    window.typed("1,0");
    window.key(Key::Enter);
    assert_eq!(window.executed(), 10);
    for _ in 0..2 {
        window.keys(Modifiers::SHIFT, Key::F12);
    }
    assert_eq!(window.executed(), 12);
    window.keys(shifted(), Key::G);
    window.typed(&(last + 1).to_string());
    window.key(Key::Enter);
    assert_eq!(window.executed(), 12);
    assert!(window.shows(&format!("nor a step from 0 to {last}")));
}

#[test]
fn a_long_search_is_given_up() {
    let mut window = Window::of_program("2 allocate assign: m 1 [ 0 m 0 memory.set 1 ] repeat_if");
    window.harness.key_press(Key::F5);
    let executes = (0..100_000).any(|_| {
        window.harness.step();
        window.executed() >= 20_000_000
    });
    assert!(executes, "{}", window.executed());
    window.harness.key_press(Key::F5);
    window.harness.step();
    let here = window.position();
    // The search has to look at every write of the other cell.
    window.click_with("address 201");
    window.harness.key_press_modifiers(Modifiers::SHIFT, Key::F7);
    window.harness.step();
    window.harness.step();
    assert!(window.shows("Searching the history"));
    window.harness.key_press(Key::Escape);
    window.harness.run();
    assert!(!window.shows("Searching the history"));
    assert_eq!(window.position(), here);
    window.enter("7");
    assert_eq!(window.position().entry, here.entry + 1, "the next gesture is done here");
}

#[test]
fn one_goes_from_write_to_write_of_a_cell() {
    let mut window =
        Window::of_program("2 allocate assign: m 7 m 1 memory.set 8 m 1 memory.set 9 drop");
    window.key(Key::F5);
    window.click_with("address 101");
    for step in [10, 6] {
        window.keys(Modifiers::SHIFT, Key::F7);
        assert_eq!(window.executed(), step);
    }
    window.keys(CTRL, Key::F7);
    assert_eq!(window.executed(), 10);
}

#[test]
fn one_goes_from_stop_to_stop_also_before_they_were_set() {
    let mut window = Window::of_program("0 assign: n 1 [ n 1 + assign: n n 5 < ] repeat_if");
    window.key(Key::F5);
    window.click_with("address 101,");
    window.key(Key::F9);
    window.key(Key::Escape);
    let mut steps = Vec::new();
    for _ in 0..3 {
        window.keys(Modifiers::SHIFT, Key::F9);
        steps.push(window.executed());
    }
    assert_eq!(steps, [38, 30, 22]);
    window.keys(CTRL, Key::F9);
    assert_eq!(window.executed(), 30);
}

#[test]
fn stepping_in_the_past_follows_what_was_done() {
    let mut window = Window::of_program("1 2 3 4");
    window.key(Key::F5);
    let (end, entries) = (window.position(), window.session().journal().entries().len());
    for _ in 0..3 {
        window.keys(Modifiers::SHIFT, Key::F10);
    }
    window.key(Key::F11);
    window.key(Key::Enter);
    assert_eq!(window.stack(), "1 2 3");
    window.key(Key::F11);
    assert_eq!(window.position(), end);
    assert_eq!(window.session().journal().entries().len(), entries, "no branch");
    // At the end it executes, also after a change.
    window.keys(Modifiers::SHIFT, Key::F10);
    window.enter("9");
    window.key(Key::F11);
    assert_eq!(window.stack(), "1 2 3 9 4");
}

#[test]
fn every_way_is_come_to_one_after_the_other() {
    let mut window = Window::new();
    for text in ["1", "2", "3", "4"] {
        window.enter(text);
        window.keys(CTRL, Key::Z);
    }
    let mut stacks = Vec::new();
    for _ in 0..4 {
        window.keys(shifted(), Key::B);
        stacks.push(window.stack());
    }
    assert_eq!(stacks, ["3", "2", "1", "4"]);
}

#[test]
fn work_that_other_windows_left_is_told_of_and_recovered() {
    let folder = tempfile::tempdir().expect("there is room");
    let mut windows = [(); 2].map(|()| Window::kept_in(folder.path()));
    for (window, text) in windows.iter_mut().zip(["3", "4 5"]) {
        window.enter(text);
    }
    // Neither is closed.
    drop(windows);
    let mut window = Window::kept_in(folder.path());
    assert_eq!(window.stack(), "3");
    assert!(window.shows("Another window left unsaved work"));
    window.keys(shifted(), Key::O);
    window.click("Don't save");
    assert_eq!(window.stack(), "4 5");
    assert!(!window.shows("left unsaved work"));
    window.enter("+");
    drop(window);
    let mut window = Window::kept_in(folder.path());
    assert_eq!(window.stack(), "9", "work done after that is kept");
    assert!(!window.shows("left unsaved work"), "discarded work is gone");
    window.keys(shifted(), Key::O);
    assert_eq!(window.stack(), "9");
    // After a crash it knows its file, and that the file does not hold the latest work.
    let file = folder.path().join("nine.ron");
    window.answers.0.borrow_mut().push_back(file);
    window.keys(CTRL, Key::S);
    assert!(window.shows("nine.ron"));
    window.enter("1 +");
    drop(window);
    let window = Window::kept_in(folder.path());
    assert_eq!(window.stack(), "10");
    assert!(window.shows("nine.ron, not saved"));
}

#[test]
fn what_lies_over_the_window_keeps_the_keys() {
    let mut window = Window::of_program(FIB);
    window.keys(CTRL, Key::M);
    window.key(Key::F11);
    window.key(Key::F5);
    assert_eq!(window.executed(), 0, "nothing runs under it");
    window.typed("first");
    window.key(Key::Enter);
    window.key(Key::F11);
    window.keys(CTRL, Key::M);
    window.typed("second");
    window.key(Key::Enter);
    window.keys(CTRL, Key::Z);
    window.keys(CTRL, Key::M);
    // The whole name is selected, so typing takes its place.
    window.typed("start");
    window.key(Key::Enter);
    let journal = window.session().journal();
    let names: Vec<&str> = journal.bookmarks().by_name().keys().map(String::as_str).collect();
    assert_eq!(names, ["second", "start"]);
}

#[test]
fn searches_say_what_they_need() {
    let mut window = Window::new();
    window.enter("3");
    for (modifiers, key, words) in [
        (Modifiers::SHIFT, Key::F9, "No breakpoint is set: F9 sets one"),
        (Modifiers::SHIFT, Key::F7, "Select a data cell first"),
        (shifted(), Key::F11, "This is the outermost function"),
        (shifted(), Key::B, "There is no other branch"),
        (Modifiers::SHIFT, Key::F12, "Nothing was executed after this"),
    ] {
        window.keys(modifiers, key);
        assert!(window.shows(words), "{words}");
    }
}

#[test]
fn a_frame_that_began_before_the_history_asks_for_its_arguments() {
    let mut window = Window::opened("fib-paused.ron");
    let depth = window.session().machine().task().calls().depth();
    assert!(depth > 1);
    window.keys(CTRL, Key::F5);
    assert!(window.shows("This call began before the history"));
    assert!(window.shows("restart frame"));
    let proposed = window.desk().entry().text.clone();
    window.key(Key::Enter);
    assert_eq!(window.stack(), proposed);
    let task = window.session().machine().task();
    assert_eq!(task.counter().offset, Offset(0));
    assert!(window.desk().entry().mode == EntryMode::Write);
}

#[test]
fn any_frame_is_restarted_from_the_call_stack() {
    let mut window = Window::two_activations();
    let frame = window.session().machine().task().calls().depth() - 1;
    let label = format!("frame {frame}, fib");
    window.harness.get_all_by_label_contains(&label).next().expect("it is shown").click_secondary();
    window.harness.run();
    window.harness.get_all_by_label("Restart frame").last().expect("the menu is open").click();
    window.harness.run();
    assert_eq!(window.stack(), "3");
    assert_eq!(window.session().machine().task().calls().depth(), frame);
}

#[test]
fn checkpoints_get_more_room_or_less() {
    let mut window = Window::new();
    let budget = |window: &Window| window.session().checkpoints().budget() >> 20;
    assert_eq!(budget(&window), 256);
    window.keys(Modifiers::ALT, Key::PageUp);
    assert!(window.shows("Checkpoints may take 512 MB"));
    // It also holds for the next session.
    window.keys(CTRL, Key::N);
    assert_eq!(budget(&window), 512);
    for _ in 0..9 {
        window.keys(Modifiers::ALT, Key::PageDown);
    }
    assert_eq!(budget(&window), 16, "not less than something useful");
}

#[test]
fn a_moment_is_named_and_gone_to_by_its_name() {
    let mut window = Window::of_program("1 1 [ 1+ dup 40 < ] repeat_if");
    window.key(Key::F11);
    window.key(Key::F11);
    let named = window.position();
    window.keys(CTRL, Key::M);
    window.typed("the very start");
    window.key(Key::Enter);
    assert!(window.shows("Bookmarked as the very start"));
    window.key(Key::F5);
    let end = window.position();
    window.keys(CTRL, Key::M);
    window.typed("the end");
    window.key(Key::Enter);
    assert!(window.shows("gesture 3 of 3 · the end"));
    // By a part of its name, from the list, and from the timeline.
    window.keys(shifted(), Key::G);
    assert!(window.shows("go to the end"));
    window.typed("Very");
    assert!(!window.shows("go to the end"));
    window.key(Key::Enter);
    assert_eq!(window.position(), named);
    assert!(window.shows("gesture 2 of 3 · the very start"));
    window.keys(shifted(), Key::G);
    window.click("go to the end");
    assert_eq!(window.position(), end);
    window.click("bookmark: the very start");
    assert_eq!(window.position(), named);

    // A number is a step. A word that is neither a number nor a bookmark is reported.
    window.keys(shifted(), Key::G);
    window.typed("no such");
    window.key(Key::Enter);
    assert!(window.shows("no such is neither a bookmark"));
    window.click("Close");
    window.keys(shifted(), Key::G);
    window.typed("5");
    window.key(Key::Enter);
    assert_eq!(window.executed(), 5);

    // A name is given to another position, and removed.
    window.keys(CTRL, Key::M);
    window.typed("the end");
    window.key(Key::Enter);
    assert!(window.shows("before, that was step "));
    window.keys(shifted(), Key::G);
    window.click("Remove the bookmark the very start");
    assert!(!window.shows("go to the very start"));
    window.click("Close");
    window.keys(CTRL, Key::M);
    window.keys(CTRL, Key::A);
    window.key(Key::Backspace);
    window.key(Key::Enter);
    assert!(window.session().journal().bookmarks().by_name().is_empty());
}

#[test]
fn naming_holds_what_runs() {
    let mut window = Window::of_program("1 [ 1 ] repeat_if");
    // Does not wait for the run to end, because it never does.
    let press = |window: &mut Window, modifiers, key| {
        window.harness.key_press_modifiers(modifiers, key);
        window.harness.step();
    };
    press(&mut window, Modifiers::NONE, Key::F5);
    window.harness.step();
    assert!(window.session().job().is_some());
    press(&mut window, CTRL, Key::M);
    window.harness.run();
    assert!(window.session().job().is_none());
    window.typed("somewhere");
    window.key(Key::Enter);
    let here = window.position();
    assert!(window.executed() > 0);
    assert_eq!(window.session().journal().bookmarks().name_of(here), Some("somewhere"));
}

#[test]
fn names_of_moments_outlive_the_window() {
    let folder = tempfile::tempdir().expect("there is room");
    let mut window = Window::kept_in(folder.path());
    window.enter("3");
    window.keys(CTRL, Key::M);
    window.typed("three");
    window.key(Key::Enter);
    window.enter("4");
    drop(window);
    let mut window = Window::kept_in(folder.path());
    assert_eq!(window.stack(), "3 4");
    window.click("bookmark: three");
    assert_eq!(window.stack(), "3");
}

#[test]
fn what_runs_can_be_paused_whatever_is_open() {
    let mut window = Window::of_program("1 [ 1 ] repeat_if");
    window.harness.key_press(Key::F5);
    window.harness.step();
    window.harness.key_press(Key::F1);
    window.harness.step();
    assert!(window.session().job().is_some());
    window.harness.key_press(Key::F5);
    window.harness.step();
    assert!(window.session().job().is_none());
}
