//! What single keys do in the window: running and stopping, copying, and Enter on a line that is refused.
#![cfg(feature = "gui")]

mod driver;

use driver::Window;
use egui::{Event, Key, Modifiers, OutputCommand};
use egui_kittest::kittest::Queryable;
use midflight::vm::memory::Place;

/// A program that runs until it is stopped.
fn endless() -> Window {
    let mut window = Window::new();
    window.enter("[ 1 drop ] repeat");
    window
}

fn gestures(window: &Window) -> usize {
    window.session().journal().entries().len()
}

/// Presses of F5 that all arrive in one frame.
fn burst(window: &mut Window, presses: usize) {
    let event = |pressed| Event::Key {
        key: Key::F5,
        physical_key: None,
        pressed,
        repeat: false,
        modifiers: Modifiers::NONE,
    };
    for _ in 0..presses {
        window.harness.input_mut().events.extend([event(true), event(false)]);
    }
}

#[test]
fn stop_only_stops() {
    for (modifiers, key) in [(Modifiers::SHIFT, Key::F5), (Modifiers::NONE, Key::Escape)] {
        let mut window = endless();
        let before = (gestures(&window), window.session().position());
        for _ in 0..3 {
            window.keys(modifiers, key);
            assert!(!window.desk().is_busy(), "{key:?} starts something");
        }
        assert_eq!((gestures(&window), window.session().position()), before, "{key:?}");
        window.harness.key_press(Key::F5);
        window.harness.run_steps(3);
        assert!(window.desk().runs());
        window.harness.key_press_modifiers(modifiers, key);
        window.harness.run_steps(3);
        window.harness.run();
        assert!(!window.desk().is_busy(), "{key:?} stops the run");
        let there = (gestures(&window), window.session().position());
        window.keys(modifiers, key);
        assert_eq!((gestures(&window), window.session().position()), there, "{key:?}, once more");
    }
}

#[test]
fn four_quick_presses_of_f5_are_one_run() {
    let mut window = endless();
    let before = gestures(&window);
    burst(&mut window, 4);
    window.harness.run_steps(8);
    assert!(window.desk().runs(), "the burst is one press");
    assert_eq!(gestures(&window), before + 1);
    burst(&mut window, 4);
    window.harness.run_steps(8);
    assert!(!window.desk().is_busy(), "the next burst pauses, and nothing starts again");
    assert_eq!(gestures(&window), before + 1);
}

/// The window system does not say that a key is held: its presses just come without releases.
#[test]
fn holding_f5_is_one_run() {
    let mut window = endless();
    let before = gestures(&window);
    for _ in 0..6 {
        window.harness.key_down(Key::F5);
        window.harness.run_steps(3);
        assert!(window.desk().runs(), "it neither pauses nor starts again");
    }
    assert_eq!(gestures(&window), before + 1);
}

/// A run that ends at once at a breakpoint: quick presses must not run past the next ones.
#[test]
fn quick_presses_after_a_short_run_do_not_run_again() {
    let mut window = Window::new();
    window.enter("[ 1 drop ] repeat");
    window.key(Key::F6);
    window.key(Key::F9);
    window.key(Key::Escape);
    let (before, position) = (gestures(&window), window.session().machine().retired());
    burst(&mut window, 4);
    window.harness.run_steps(8);
    window.harness.run();
    assert!(gestures(&window) <= before + 1);
    assert!(window.session().machine().retired() <= position + 4, "one pass of the loop");
}

#[test]
fn a_refusal_stands_once_at_the_entry_line() {
    let mut window = Window::new();
    for line in ["3 [", "\"a", "x:", "99999999999999999999", "1 drop ]"] {
        window.enter(line);
        let words = window.desk().notice().words.clone();
        assert_eq!(words, "", "{line} is refused at the entry line");
        let ghost = window.harness.state_mut().desk_mut().ghost();
        let words = ghost.words.replace('`', "");
        let standing = window.harness.query_all_by_label_contains(&words).count();
        assert_eq!((ghost.warns, standing), (true, 1), "{line}: {words}");
        assert_eq!(window.desk().entry().text, line, "the text stays");
        window.key(Key::Escape);
        window.key(Key::Escape);
    }
    // Refused by the machine, not by the parser.
    window.enter("5 allocate assign: m m");
    window.enter("1 fib");
    window.key(Key::F4);
    window.keys(Modifiers::COMMAND, Key::A);
    window.enter("1 2 3 4 5 6 -- 1");
    assert_eq!(window.desk().notice().words, "");
    assert!(window.shows("too few values on the parameter stack"));
}

/// What Ctrl+C copies now.
fn copied(window: &mut Window) -> Option<String> {
    window.harness.event(Event::Copy);
    window.harness.step();
    let commands = window.harness.output().platform_output.commands.clone();
    window.harness.run();
    commands.into_iter().find_map(|command| match command {
        OutputCommand::CopyText(text) => Some(text),
        _ => None,
    })
}

#[test]
fn ctrl_c_on_a_block_in_the_call_stack_copies_its_address_as_a_value() {
    let mut window = Window::new();
    window.enter("1 [ 2 missing ] if");
    assert!(window.shows("if block of main, at "));
    let counter = window.session().machine().task().counter();
    let start = window.session().machine().memory().address(Place::new(counter.body, 0));
    assert_ne!(start, 0, "it is in the block");
    let row = window.harness.query_all_by_label_contains("if block of main, at ").next();
    row.expect("it is shown").focus();
    window.harness.run();
    assert_eq!(copied(&mut window), Some(format!("@{start}")));
}

#[test]
fn ctrl_c_copies_what_is_selected_wherever_it_is() {
    let mut window = Window::new();
    let long = format!("\"{}\"", "a b ".repeat(30));
    window.enter(&format!("{long} assign: n"));
    // Cells.
    window.key(Key::F6);
    assert!(copied(&mut window).is_some(), "the cell at the counter");
    window.key(Key::Escape);
    window.enter(&long);
    window.enter("7 missing");
    // A value of the stack.
    window.harness.get_by_label("stack top: 7").focus();
    window.harness.run();
    assert_eq!(copied(&mut window).as_deref(), Some("7"));
    let label = window.harness.get_all_by_label_contains("stack 1: ").next().unwrap();
    label.focus();
    window.harness.run();
    let label = window.harness.get_all_by_label_contains("stack 1: ").next().unwrap();
    assert!(label.is_focused(), "{label:?}");
    assert_eq!(copied(&mut window).as_deref(), Some(long.as_str()), "whole");
    // A local.
    let label = window.harness.get_all_by_label_contains("local n of frame").next().unwrap();
    label.focus();
    window.harness.run();
    assert_eq!(copied(&mut window).as_deref(), Some(long.as_str()), "whole");
    // A name, a hole and a frame.
    for (label, name) in [("function main", "main"), ("hole missing", "missing")] {
        let row = window.harness.get_all_by_label_contains(label).next().unwrap();
        row.focus();
        window.harness.run();
        assert_eq!(copied(&mut window).as_deref(), Some(name));
    }
}

#[test]
fn marked_output_is_copied_and_not_the_cells() {
    let mut window = Window::new();
    window.enter("\"the output\" print");
    let label = window.harness.get_by_label("the output");
    let rect = label.rect();
    window.harness.drag_at(rect.left_center() + egui::vec2(1.0, 0.0));
    window.harness.run();
    window.harness.drop_at(rect.left_center() + egui::vec2(60.0, 0.0));
    window.harness.run();
    let text = copied(&mut window).expect("something is copied");
    assert!(!text.is_empty() && "the output".starts_with(&text), "{text}");
}

/// Every kind of value can be what the missing call takes: what is proposed is read back as one value.
#[test]
fn a_missing_call_is_answered_whatever_it_takes() {
    for value in
        ["3", "\"a b\"", "\"--\"", "\"-- x\"", "\"\"", "pushf: main", "[ 1 ]", "5 allocate"]
    {
        let mut window = Window::new();
        window.enter(&format!("9 {value} missing 1"));
        window.key(Key::F4);
        assert!(window.desk().entry().text.ends_with(" -- "), "{value}");
        window.enter("\"x y\" 2");
        assert_eq!(window.desk().notice().words, "", "{value}");
        assert_eq!(window.stack(), "9 \"x y\" 2", "{value}");
        assert!(window.desk().entry().is_clear(), "{value}");
    }
}
