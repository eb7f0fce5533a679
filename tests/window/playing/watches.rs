//! Watching lines and data: the panel, and what can be done with its rows by keys and menus.

use egui::{Key, Modifiers};
use egui_kittest::kittest::Queryable;

use crate::driver::Window;

const CTRL: Modifiers = Modifiers::COMMAND;
const SHIFT: Modifiers = Modifiers::COMMAND.plus(Modifiers::SHIFT);
const SORT: &str = "3 allocate assign: d 7 d 0 memory.set -3 d 1 memory.set 5 d 2 memory.set";

impl Window {
    fn watch(&mut self, line: &str) {
        self.keys(SHIFT, Key::W);
        self.typed(line);
        self.key(Key::Enter);
    }

    fn focus(&mut self, label: &str) {
        self.harness.get_all_by_label_contains(label).next().expect("it is shown").focus();
        self.harness.run();
    }

    fn in_menu(&mut self, label: &str, choice: &str) {
        self.harness
            .get_all_by_label_contains(label)
            .next()
            .expect("it is shown")
            .click_secondary();
        self.harness.run();
        self.harness.get_all_by_label(choice).last().expect("the menu is open").click();
        self.harness.run();
    }
}

#[test]
fn a_line_is_watched_changed_and_removed_by_keys() {
    let mut window = Window::new();
    window.enter("3 assign: i");
    assert!(!window.shows("Hide Watches"));
    window.keys(SHIFT, Key::W);
    assert!(window.shows("Watch a line") && window.shows("line to watch"));
    window.typed("i 2 *");
    window.key(Key::Enter);
    assert!(window.shows("Hide Watches") && window.shows("watch i 2 *: 6"));
    window.enter("4 assign: i");
    assert!(window.shows("watch i 2 *: 8, changed"));
    window.watch("1 0 /");
    assert!(window.shows("watch 1 0 /: it stops: "));
    window.focus("watch i 2 *: 8");
    window.keys(Modifiers::ALT, Key::ArrowDown);
    let first = window.desk().watches()[0].title.clone();
    assert_eq!(first, "1 0 /");
    // The keyboard focus moved with it.
    window.key(Key::F2);
    window.typed("i 3 *");
    window.key(Key::Enter);
    assert!(window.shows("watch i 3 *: 12"));
    window.focus("watch i 3 *: 12");
    window.key(Key::Delete);
    assert!(!window.shows("watch i 3 *") && window.shows("watch 1 0 /"));
    window.keys(CTRL, Key::Num7);
    assert!(!window.shows("Hide Watches"));
    window.keys(CTRL, Key::Num7);
    assert!(window.shows("watch 1 0 /"));
    window.in_menu("watch 1 0 /", "Remove");
    assert!(!window.shows("Hide Watches"));
}

#[test]
fn values_and_data_are_watched_from_their_menus() {
    let mut window = Window::new();
    window.enter(SORT);
    window.in_menu("local d of frame 1", "Watch its data");
    assert!(window.shows("chart of d, 3 values, least -3, greatest 7"));
    window.click("Show on a line: d");
    assert!(window.shows("watch data of d: 7 -3 5") && !window.shows("chart of d"));
    window.click("Show as a table: d");
    assert!(window.shows("d[1]: -3"));
    window.enter("8 d 1 memory.set");
    assert!(window.shows("d[1]: 8, changed"));
    window.in_menu("watch data of d", "Show as a bar chart");
    assert!(window.shows("chart of d, 3 values, least 0, greatest 8") || window.shows("least 5"));
    window.in_menu("local d of frame 1", "Watch");
    assert!(window.shows("watch d: 7 8 5"));
    window.focus("local d of frame 1");
    window.keys(SHIFT, Key::W);
    assert_eq!(window.desk().watches().len(), 3);
}

#[test]
fn a_title_of_data_is_watched_and_a_still_window_evaluates_nothing() {
    let mut window = Window::new();
    window.enter(SORT);
    window.in_menu("data of d, ", "Watch");
    window.watch("d memory.len");
    let before = window.desk().watches_evaluated();
    window.harness.run_steps(10);
    assert_eq!(window.desk().watches_evaluated(), before);
    assert!(window.shows("watch d memory.len: 3"));
}
