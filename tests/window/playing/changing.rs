//! Cells and values can be edited and copied whole, however short they are drawn: opening one and pressing
//! Enter without typing changes nothing.

use egui::{Event, Key, Modifiers, OutputCommand};
use egui_kittest::kittest::Queryable;

use crate::driver::Window;

/// A text that is too long for any label.
fn long_text() -> String {
    let line = "a long \\\"text\\\" -- with all that there is: [ # ] \\n\\u{202e} é ";
    format!("\"{}\"", line.repeat(5_000 / line.len() + 1))
}

#[test]
fn a_cell_that_is_changed_to_itself_stays_as_it_is() {
    let long = long_text();
    for (program, address) in [
        (format!("1 {long}"), 1),
        ("1 empty?".to_owned(), 1),
        ("1 pushf: empty?".to_owned(), 1),
        ("assign: dup 1 pick: dup".to_owned(), 2),
        ("[ 1 ] bind: breakpoint 1 call: breakpoint".to_owned(), 1),
        ("[ 1 ] bind: dup 1 call: dup pushf: dup".to_owned(), 1),
        ("[ 1 ] bind: dup 1 call: dup pushf: dup".to_owned(), 2),
        ("[ 1 ] bind: f assign: f 1 call: f f".to_owned(), 2),
        ("[ 1 ] bind: f assign: f 1 call: f f".to_owned(), 3),
        ("assign: f 1 call: f".to_owned(), 2),
        ("1 [ 2 [ 3 ] if ] if".to_owned(), 1),
        ("1 label: call".to_owned(), 1),
    ] {
        let mut window = Window::of_program(&program);
        let before = window.session().image().clone();
        window.click_with(&format!("address {address}, "));
        window.key(Key::F2);
        assert_ne!(window.desk().entry().text, "", "{program}");
        window.key(Key::Enter);
        assert_eq!(window.desk().entry().text, "", "{program}: it was refused");
        assert!(*window.session().image() == before, "{program}");
    }
}

#[test]
fn a_value_that_is_changed_to_itself_stays_as_it_is() {
    let long = long_text();
    let program = format!("{long} dup assign: text [ 1 ] bind: f pushf: f 3 allocate\n");
    let mut window = Window::of_program(&program);
    window.key(Key::F5);
    let before = window.session().image().clone();
    let entries = window.session().journal().entries().len();
    for (n, value) in
        ["stack 2: ", "stack 1: ", "stack top: ", "local text of frame 1: "].iter().enumerate()
    {
        window.harness.get_by_label_contains(value).focus();
        window.harness.run();
        window.key(Key::Enter);
        window.key(Key::Enter);
        assert!(window.desk().value().is_none(), "{value}");
        assert_eq!(window.session().journal().entries().len(), entries + n + 1, "{value}");
        assert!(*window.session().image() == before, "{value}");
    }
}

#[test]
fn a_cell_of_data_is_changed_and_copied_as_it_is() {
    let long = long_text();
    let program =
        format!("2 allocate assign: d {long} d 0 memory.set [ 1 ] bind: f pushf: f d 1 memory.set");
    let mut window = Window::of_program(&program);
    window.key(Key::F5);
    let before = window.session().image().clone();
    for address in [200, 201] {
        window.click_with(&format!("address {address}, "));
        window.key(Key::F2);
        window.key(Key::Enter);
        assert_eq!(window.desk().entry().text, "");
        assert!(*window.session().image() == before);
    }
    assert_eq!(copied(&mut window, 200, 201), format!("{long} pushf: f"));
}

#[test]
fn the_cells_that_are_copied_read_back_where_they_stand() {
    let long = long_text();
    let program = format!("[ 1 ] bind: f assign: f {long} call: f call: breakpoint pick: dup f");
    let mut window = Window::of_program(&program);
    assert_eq!(copied(&mut window, 1, 5), format!("{long} call: f call: breakpoint pick: dup f"));
}

#[test]
fn what_a_missing_call_takes_is_counted_in_values() {
    let mut window = Window::of_program("\"one -- two\" lookup print");
    window.key(Key::F5);
    window.click("Answer once");
    assert_eq!(window.desk().entry().text, "\"one -- two\" -- ");
    window.enter("12");
    assert_eq!(window.stack(), "12");
}

/// Using another function writes a call, even if a local has the same name.
#[test]
fn another_name_is_used_as_a_call() {
    let mut window = Window::of_program("[ 7 ] bind: drops 1 assign: drops drosp");
    window.key(Key::F5);
    assert!(window.shows("drosp is missing"));
    window.click_with("Use drops");
    assert_eq!(window.cells("main"), "1 assign: drops call: drops");
    window.key(Key::F5);
    assert_eq!(window.stack(), "7");
}

/// Copies the cells from one address to another, and returns the text.
fn copied(window: &mut Window, from: u64, to: u64) -> String {
    window.key(Key::F6);
    window.click_with(&format!("address {from}, "));
    let last = format!("address {to}, ");
    let last = window.harness.get_all_by_label_contains(&last).next().expect("it is in sight");
    last.click_modifiers(Modifiers::SHIFT);
    window.harness.run();
    window.harness.event(Event::Copy);
    window.harness.step();
    let commands = &window.harness.output().platform_output.commands;
    let text = commands.iter().find_map(|command| match command {
        OutputCommand::CopyText(text) => Some(text.clone()),
        _ => None,
    });
    text.expect("something was copied")
}
