//! Doing things by keyboard and mouse: completions, moving cells and values, menus, lists that are searched, the wheel;
//! and what a screen reader is told.

use egui::accesskit::Live;
use egui::{
    Event, Key, Modifiers, MouseWheelUnit, OutputCommand, TouchPhase, ViewportCommand, vec2,
};
use egui_kittest::kittest::{NodeT, Queryable};

use crate::driver::Window;

const CTRL: Modifiers = Modifiers::COMMAND;
const ALT: Modifiers = Modifiers::ALT;

/// Presses and releases Alt alone, as the window system tells it.
fn alt(window: &mut Window) {
    hold_alt(window);
    window.harness.event(Event::ModifiersChanged(Modifiers::NONE));
    window.harness.event(alt_key(false));
    window.harness.run();
}

/// Presses Alt.
fn hold_alt(window: &mut Window) {
    window.harness.event(Event::ModifiersChanged(ALT));
    window.harness.event(alt_key(true));
    window.harness.step();
}

fn alt_key(pressed: bool) -> Event {
    let key = Key::AltLeft;
    let modifiers = if pressed { ALT } else { Modifiers::NONE };
    Event::Key { key, physical_key: Some(key), pressed, repeat: false, modifiers }
}

fn press(modifiers: Modifiers, key: Key) -> Event {
    Event::Key { key, physical_key: None, pressed: true, repeat: false, modifiers }
}

fn focused(window: &Window, label: &str) -> bool {
    window.harness.get_all_by_label(label).any(|node| node.is_focused())
}

#[test]
fn completions_cover_neither_the_banner_nor_the_preview() {
    for size in [(1280.0, 820.0), (900.0, 600.0), (640.0, 420.0)] {
        let mut window = Window::sized(size.0, size.1);
        window.enter("1");
        window.typed("p");
        let rows: Vec<_> =
            window.harness.query_all_by_label_contains("complete ").map(|row| row.rect()).collect();
        assert!(rows.len() > 2, "{size:?}");
        for label in ["Finished", "instructions", "p is missing"] {
            let node = window.harness.query_all_by_label_contains(label).next();
            let rect = node.unwrap_or_else(|| panic!("{label} is shown at {size:?}")).rect();
            assert!(rows.iter().all(|row| !row.intersects(rect)), "{label} at {size:?}");
        }
    }
}

#[test]
fn the_whole_word_is_first_with_its_help() {
    let mut window = Window::new();
    window.enter("1");
    window.typed("dup");
    let row = window.desk().completions()[0].clone();
    assert_eq!((row.word.as_str(), row.effect.as_str()), ("dup", "( a -- a a )"));
    assert!(window.shows("complete dup"));
    window.key(Key::Enter);
    assert_eq!(window.stack(), "1 1", "Enter does the line");
    window.typed("assign: du");
    assert!(!window.shows("complete "));
}

#[test]
fn cells_are_dragged_to_another_place() {
    let mut window = Window::new();
    window.enter("1 2 3 4");
    let at = |window: &Window, label: &str| {
        window.harness.get_all_by_label_contains(label).next().expect("it is shown").rect()
    };
    let to = at(&window, "address 2, 3").right_center() - vec2(3.0, 0.0);
    window.harness.drag_at(at(&window, "address 0, 1").center());
    window.harness.run();
    window.harness.hover_at(to - vec2(40.0, 0.0));
    window.harness.step();
    window.harness.hover_at(to);
    window.harness.step();
    window.harness.drop_at(to);
    window.harness.run();
    assert_eq!(window.cells("main"), "2 3 1 4");
    window.keys(CTRL, Key::Z);
    assert_eq!(window.cells("main"), "1 2 3 4", "one gesture");
}

#[test]
fn cells_are_cut_and_moved_by_keyboard() {
    let mut window = Window::new();
    window.enter("1 2 3 4");
    window.click_with("address 1, 2");
    window.key(Key::F6);
    window.keys(Modifiers::SHIFT, Key::ArrowRight);
    window.keys(ALT | Modifiers::SHIFT, Key::ArrowLeft);
    assert_eq!(window.cells("main"), "2 3 1 4");
    window.keys(ALT | Modifiers::SHIFT, Key::ArrowRight);
    window.keys(ALT | Modifiers::SHIFT, Key::ArrowRight);
    assert_eq!(window.cells("main"), "1 4 2 3");
    window.harness.event(Event::Cut);
    window.harness.step();
    let commands = window.harness.output().platform_output.commands.clone();
    window.harness.run();
    assert_eq!(window.cells("main"), "1 4");
    assert!(commands.contains(&OutputCommand::CopyText("2 3".to_owned())), "{commands:?}");
    // In a text field, Ctrl+X cuts text.
    window.key(Key::Escape);
    window.typed("5 6");
    window.keys(CTRL, Key::A);
    window.harness.event(Event::Cut);
    window.harness.run();
    assert_eq!((window.cells("main").as_str(), window.desk().entry().text.as_str()), ("1 4", ""));
}

#[test]
fn values_are_moved_and_removed_where_the_keyboard_is() {
    let mut window = Window::new();
    window.enter("1 2 3 assign: n 3");
    window.harness.get_by_label("stack top: 3").focus();
    window.harness.run();
    window.keys(ALT, Key::ArrowDown);
    assert_eq!(window.stack(), "1 3 2");
    window.keys(ALT, Key::ArrowDown);
    assert_eq!(window.stack(), "3 1 2", "the keyboard follows the value");
    window.keys(ALT, Key::ArrowUp);
    assert_eq!(window.stack(), "1 3 2");
    window.key(Key::Delete);
    assert_eq!(window.stack(), "1 2");
    window.key(Key::Delete);
    assert_eq!(window.stack(), "2", "the next one has the keyboard");
    window.keys(ALT, Key::Insert);
    window.typed("9");
    window.key(Key::Enter);
    assert_eq!(window.stack(), "2 9");
    window.harness.get_by_label("local n of frame 1: 3").focus();
    window.harness.run();
    window.key(Key::Delete);
    assert!(window.shows("local n of frame 1: not assigned"));
    assert_eq!(window.cells("main"), "1 2 3 assign: n 3", "no cell is deleted");
}

#[test]
fn the_menu_of_a_value_has_what_the_keys_do() {
    let mut window = Window::new();
    window.enter("1 2 3");
    window.harness.get_by_label("stack top: 3").click_secondary();
    window.harness.run();
    window.click("Move it down");
    assert_eq!(window.stack(), "1 3 2");
    window.harness.get_by_label("stack 1: 3").click_secondary();
    window.harness.run();
    window.click("Remove it");
    assert_eq!(window.stack(), "1 2");
}

#[test]
fn the_menu_says_which_frame_is_restarted() {
    let mut window = Window::two_activations();
    window.click("History");
    assert!(
        window.shows("Restart frame 3: fib") && window.shows("Rewind, keep edits: frame 3, fib")
    );
    window.key(Key::Escape);
    window.click_with("frame 2, fib");
    assert!(window.shows(", chosen"));
    window.click("History");
    // In a low window, the menu has to be scrolled to come there.
    window.harness.get_by_label("Restart frame 2: fib").click_accesskit();
    window.harness.run();
    assert_eq!(window.session().machine().task().calls().depth(), 2);
    assert_eq!(window.stack(), "3");
}

#[test]
fn alt_opens_menus_and_arrows_move_in_them() {
    let mut window = Window::new();
    window.enter("1 2");
    alt(&mut window);
    assert!(window.shows("Open recent"), "Alt alone opens the first menu");
    assert!(focused(&window, "New"));
    window.key(Key::ArrowRight);
    assert!(!window.shows("Open recent") && window.shows("Insert or replace"), "the next menu");
    assert!(focused(&window, "Undo"), "the first item that can be taken");
    window.key(Key::Enter);
    assert_eq!(window.stack(), "");
    assert!(!window.shows("Insert or replace"), "taking an item closes the menu");
    window.typed("7");
    window.key(Key::Enter);
    assert_eq!(window.stack(), "7", "the entry line has the keyboard again");
    for key in [Key::V, Key::F] {
        // The window system sends the letter as text too.
        let text = Event::Text(key.name().to_lowercase());
        window.harness.input_mut().events.extend([press(ALT, key), text]);
        window.harness.run();
        assert_eq!(window.desk().entry().text, "");
    }
    assert!(window.shows("Open recent"));
    window.key(Key::ArrowUp);
    assert!(focused(&window, "Quit"), "up from the first is the last");
    window.key(Key::Escape);
    assert!(!window.shows("Open recent"));
    assert!(window.harness.get_by_label("instructions").is_focused());
    alt(&mut window);
    alt(&mut window);
    assert!(!window.shows("Open recent"), "Alt closes it again");
}

#[test]
fn a_quick_press_of_alt_opens_the_menus() {
    let mut window = Window::new();
    // Both are there before a frame is drawn, so no frame sees the modifier.
    window.harness.input_mut().events.extend([alt_key(true), alt_key(false)]);
    window.harness.run();
    assert!(window.shows("Open recent"));
    window.harness.input_mut().events.extend([alt_key(true), alt_key(false)]);
    window.harness.run();
    assert!(!window.shows("Open recent"));
}

#[test]
fn alt_with_another_key_opens_no_menu() {
    let mut window = Window::new();
    window.enter("1 2");
    hold_alt(&mut window);
    window.keys(ALT, Key::ArrowDown);
    window.harness.event(Event::ModifiersChanged(Modifiers::NONE));
    window.harness.event(alt_key(false));
    window.harness.run();
    assert!(!window.shows("Open recent"));
    window.key(Key::F1);
    alt(&mut window);
    assert!(!window.shows("Open recent"), "an overlay keeps the keyboard");
}

/// A list in an overlay is below its field, in the window, and as high as it is wanted when it opens.
#[test]
fn lists_have_the_height_of_the_window_when_they_open() {
    let shift = CTRL.plus(Modifiers::SHIFT);
    for size in [(1280.0, 820.0), (900.0, 600.0)] {
        let mut window = Window::sized(size.0, size.1);
        let rect = |window: &Window, label: &str| {
            let node = window.harness.query_all_by_label_contains(label).next();
            node.unwrap_or_else(|| panic!("{label} is shown at {size:?}")).rect()
        };
        window.keys(shift, Key::P);
        let (field, first) = (rect(&window, "find an action"), rect(&window, "palette: New"));
        assert!(field.bottom() <= first.top(), "{field:?} {first:?}");
        window.key(Key::Escape);
        window.enter("7");
        window.keys(CTRL, Key::M);
        window.enter("here");
        window.keys(shift, Key::G);
        let (field, first) = (rect(&window, "step or bookmark"), rect(&window, "go to here"));
        assert!(field.bottom() <= first.top(), "{field:?} {first:?}");
        window.key(Key::Escape);
        for line in ["1", "2", "3"] {
            window.keys(CTRL, Key::Z);
            window.enter(line);
        }
        window.keys(shift, Key::H);
        let branches = window.harness.query_all_by_label_contains("compare branch: ").count();
        assert_eq!(branches, 4, "at {size:?}");
        window.key(Key::Escape);
    }
}

#[test]
fn keys_and_instructions_are_searched_by_typing() {
    let mut window = Window::new();
    window.key(Key::F1);
    assert!(window.shows("Saves under another name."));
    window.typed("text smaller");
    assert!(window.shows("Makes everything a tenth smaller."));
    assert!(!window.shows("Saves under another name."));
    window.typed("zzz");
    assert!(window.shows("no row fits"));
    window.key(Key::Escape);
    window.keys(CTRL, Key::F1);
    window.typed("greatest");
    let before = window.harness.query_all_by_label_contains("no row fits").count();
    window.keys(CTRL, Key::A);
    window.typed("dup");
    assert!(window.shows("( a -- a a )"), "{before}");
    assert!(!window.shows("( a b -- b a )"));
    window.key(Key::Escape);
    assert_eq!(window.desk().entry().text, "", "what was typed there is not typed here");
}

#[test]
fn the_console_shows_what_was_given_in_its_place() {
    let mut window = Window::new();
    window.enter("\"name? \" print input.line print_line");
    window.key(Key::F5);
    window.typed("Ann");
    window.key(Key::Enter);
    assert!(window.shows("name? Ann\nAnn\n"), "as on a terminal");
    assert!(window.shows("given: Ann"));
    assert_eq!(window.session().machine().output(), "name? Ann\n");
    window.keys(CTRL, Key::Z);
    assert!(!window.shows("given: Ann"), "not given yet");
    window.keys(CTRL, Key::Y);
    assert!(window.shows("name? Ann\nAnn\n") && window.shows("given: Ann"));
    window.harness.input_mut().events.push(press(CTRL | Modifiers::SHIFT, Key::C));
    window.harness.step();
    let commands = window.harness.output().platform_output.commands.clone();
    assert!(commands.contains(&OutputCommand::CopyText("name? Ann\n".to_owned())), "{commands:?}");
}

/// How a screen reader says a label that contains this, if it says one by itself.
fn live(window: &Window, label: &str) -> Live {
    let nodes = window.harness.query_all_by_label_contains(label);
    let said = nodes.map(|node| node.accesskit_node().live());
    said.into_iter().find(|live| *live != Live::Off).unwrap_or(Live::Off)
}

#[test]
fn a_screen_reader_says_why_the_program_stopped_and_what_is_refused() {
    let mut window = Window::new();
    window.enter("1");
    assert_eq!(live(&window, "Finished"), Live::Polite);
    window.enter("3 fib");
    assert_eq!(live(&window, "fib is missing"), Live::Polite);
    window.key(Key::Delete);
    assert_eq!(live(&window, "Select a cell first"), Live::Assertive);
    window.key(Key::Escape);
    window.enter("1 0 /");
    assert_eq!(live(&window, "Fault"), Live::Assertive);
    window.keys(Modifiers::SHIFT, Key::F10);
    assert_eq!(live(&window, "In the past"), Live::Polite);
}

#[test]
fn the_wheel_zooms_with_ctrl_only() {
    let mut window = Window::new();
    let zoom = |window: &Window| window.desk().preferences().zoom;
    let turn = |window: &mut Window, lines: f32, modifiers| {
        window.harness.hover_at(egui::pos2(300.0, 300.0));
        window.harness.event(Event::MouseWheel {
            unit: MouseWheelUnit::Line,
            delta: vec2(0.0, lines),
            phase: TouchPhase::Move,
            source: egui::MouseWheelSource::Wheel,
            modifiers,
        });
        window.harness.run();
    };
    let before = zoom(&window);
    turn(&mut window, 1.0, Modifiers::NONE);
    assert_eq!(zoom(&window), before);
    turn(&mut window, 1.0, CTRL);
    let larger = zoom(&window);
    assert!(larger > before);
    turn(&mut window, -1.0, CTRL);
    assert!(zoom(&window) < larger);
}

#[test]
fn the_window_is_named_after_its_file() {
    let mut window = Window::new();
    window.enter("1");
    window.harness.step();
    let titles = |window: &Window| {
        let outputs = &window.harness.output().viewport_output;
        let commands = outputs.values().flat_map(|output| &output.commands);
        let title = commands.filter_map(|command| match command {
            ViewportCommand::Title(title) => Some(title.clone()),
            _ => None,
        });
        title.collect::<Vec<_>>()
    };
    let folder = tempfile::tempdir().expect("there is room");
    window.answers.0.borrow_mut().push_back(folder.path().join("fib.ron"));
    window.harness.input_mut().events.push(press(CTRL, Key::S));
    let mut named = Vec::new();
    for _ in 0..6 {
        window.harness.step();
        named.extend(titles(&window));
    }
    assert_eq!(named.last().map(String::as_str), Some("fib.ron - Midflight"), "{named:?}");
}

#[test]
fn the_tour_offers_to_begin_where_it_applies() {
    let mut window = Window::of_program("[ 1 ] bind: f f");
    assert!(!window.shows("Hide the tour"));
    window.keys(Modifiers::SHIFT, Key::F1);
    assert!(window.shows("this is another program"));
    window.click("Begin with an empty memory");
    assert!(window.shows("Let's compute fib(3)") && window.shows("1 of 11"));
}
