//! Where a value came from: asked by keys and menus, and asked on from its operands.

use egui::{Key, Modifiers};
use egui_kittest::kittest::Queryable;

use super::driver::Window;

const SHIFT: Modifiers = Modifiers::COMMAND.plus(Modifiers::SHIFT);

fn run(window: &mut Window) {
    // A second press that comes quickly would only pause.
    window.harness.run_steps(30);
    window.harness.key_press(Key::F5);
    wait(window);
}

fn wait(window: &mut Window) {
    window.harness.run_steps(2);
    let mut frames = 0..10_000;
    while window.desk().is_busy() && frames.next().is_some() {
        window.harness.step();
    }
    window.harness.run_steps(4);
}

#[test]
fn a_wrong_value_is_followed_to_its_cause_by_keys() {
    let text = "[ assign: b assign: a a b - ] bind: less 10 4 less 1 swap nip 2 +";
    let mut window = Window::of_program(text);
    run(&mut window);
    let end = window.session().position();
    window.keys(SHIFT, Key::J);
    assert!(window.shows("cause: 8, the top of the stack: made by + at 7 in main"));
    assert!(window.shows("cause: 8, the top of the stack") && window.shows("cause: 6, operand 1"));
    assert!(window.shows("cause: 2, operand 2: Enter asks where it came from"));
    window.key(Key::Enter);
    assert!(window.shows("cause: 6, operand 1: made by - at 104 in less"), "asks on");
    assert!(window.shows("moved by nip at 5 (step 11), swap at 4"));
    window.key(Key::ArrowDown);
    window.key(Key::ArrowRight);
    assert!(window.shows("the literal in cell 1 of main, there when the file was opened"));
    assert_eq!(window.session().position(), end, "nothing has moved");
    // It is shown, and the list stays.
    window.key(Key::ArrowUp);
    window.key(Key::ArrowUp);
    window.key(Key::Space);
    wait(&mut window);
    assert!(window.desk().overlay().is_open());
    assert_eq!(window.stack(), "10 4");
    window.key(Key::ArrowLeft);
    assert!(!window.shows("the literal in cell 1 of main"));
    window.key(Key::G);
    wait(&mut window);
    assert!(!window.desk().overlay().is_open());
    assert_eq!(window.stack(), "10 4");
    window.key(Key::F11);
    assert_eq!(window.stack(), "6");
}

#[test]
fn rows_cells_and_output_have_it_in_their_menus() {
    let text =
        "[ assign: i i ... ] bind: f 3 allocate set: d 7 get: d 2 memory.set \"ab\" print 5 f";
    let mut window = Window::of_program(text);
    run(&mut window);
    for (row, cause) in [
        ("local i of frame 2: 5", "cause: 5, i of frame 2: the literal in cell 9 of main"),
        ("stack top: 5", "cause: 5, the top of the stack: the literal in cell 9 of main"),
        ("ab", "cause: \"ab\", the output: the literal in cell 7 of main"),
    ] {
        window.harness.get_by_label(row).click_secondary();
        window.harness.run();
        window.click("Where did this come from");
        wait(&mut window);
        assert!(window.shows(cause), "{row}");
        window.key(Key::Escape);
        assert!(!window.desk().overlay().is_open());
    }
    // By keys: the row that has the keyboard, and the data cell that is selected.
    window.harness.get_by_label("local i of frame 2: 5").focus();
    window.harness.run();
    window.keys(SHIFT, Key::J);
    assert!(window.shows("cause: 5, i of frame 2"));
    window.key(Key::Escape);
    let data = window.session().machine().memory().data_bodies().next().unwrap().start;
    window.keys(Modifiers::COMMAND, Key::G);
    window.enter(&(data + 2).to_string());
    window.keys(SHIFT, Key::J);
    assert!(window.shows(&format!("cause: 7, cell {}: the literal in cell 3 of main", data + 2)));
}

#[test]
fn without_a_value_it_says_what_to_do() {
    let mut window = Window::of_program("1 drop");
    window.keys(SHIFT, Key::J);
    assert!(window.shows("There is no value to ask about"));
    assert!(!window.desk().overlay().is_open());
}

#[test]
fn a_search_is_given_up_with_esc() {
    let mut window = Window::of_program("40 2 + [ 1 drop ] 3000000 swap times");
    run(&mut window);
    // So few frames that the search has begun and is most likely not over.
    window.harness.key_press_modifiers(SHIFT, Key::J);
    window.harness.run_steps(2);
    if window.desk().travels() {
        window.harness.key_press(Key::Escape);
        window.harness.run_steps(2);
        assert!(!window.desk().is_busy(), "given up");
    }
    wait(&mut window);
    window.key(Key::Escape);
    window.harness.key_press_modifiers(SHIFT, Key::J);
    wait(&mut window);
    assert!(window.shows("cause: 42, the top of the stack: made by + at 2 in main"));
}
