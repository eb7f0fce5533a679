//! Doing things once, taking lines back, copying the output.

use midflight::desk::action::{Action, Field};
use midflight::desk::effect::Effect;
use midflight::view::memory::At;

use super::Front;

impl Front {
    fn once(&mut self, line: &str) {
        self.typed(line);
        self.perform(Action::DoOnce);
        self.until_idle();
    }
}

#[test]
fn a_line_is_done_once_and_leaves_no_code() {
    let mut front = Front::new();
    front.enter("1 2 3");
    let code = front.code();
    for (line, stack) in [
        ("5", "1 2 3 5"),
        ("drop swap", "1 3 2"),
        ("2 *", "1 3 4"),
        ("1 [ 7 ] if", "1 3 4 7"),
        ("drop 0 3 [ 1 + ] times", "1 3 4 3"),
    ] {
        front.once(line);
        assert_eq!((front.stack().as_str(), front.code()), (stack, code.clone()), "{line}");
        assert_eq!(front.desk.entry().text, "");
    }
    // Each is one gesture.
    front.perform(Action::Undo);
    assert_eq!(front.stack(), "1 3 4 7");
    front.perform(Action::Undo);
    assert_eq!(front.stack(), "1 3 4");
    // Where code follows, it stays.
    front.perform(Action::StepBack);
    front.until_idle();
    let (before, code) = (front.desk.counter(), front.code());
    front.once("8");
    assert_eq!((front.desk.counter(), front.code()), (before, code));
}

#[test]
fn what_does_not_come_to_its_end_is_not_done_at_all() {
    let mut front = Front::new();
    front.enter("1");
    let before = front.code();
    for (line, why) in [
        ("missing", "missing is missing"),
        ("[ ] repeat", "Cell"),
        ("0 [ 1 + ] repeat", "more than 1,000,000 instructions"),
        ("1 0 /", "Fault"),
        ("input.line", "Waits for input"),
    ] {
        front.once(line);
        assert!(front.says(why), "{line}: {}", front.desk.notice().words);
        assert_eq!((front.stack().as_str(), front.code()), ("1", before.clone()), "{line}");
        assert_eq!(front.desk.entry().text, line, "it can be corrected");
    }
}

#[test]
fn what_esc_takes_away_comes_back_with_up() {
    let mut front = Front::new();
    front.typed("1 2 +");
    front.perform(Action::Close);
    assert_eq!(front.desk.entry().text, "");
    front.perform(Action::RecallOlder);
    assert_eq!(front.desk.entry().text, "1 2 +");
}

#[test]
fn all_output_is_copied_as_it_is() {
    let mut front = Front::new();
    front.perform(Action::CopyOutput);
    assert!(front.says("Nothing was printed yet"));
    front.enter("\"a\" print_line 7 print");
    front.perform(Action::CopyOutput);
    let copied = front.effects.iter().find_map(|effect| match effect {
        Effect::Copy(source) => Some(source.to_string()),
        _ => None,
    });
    assert_eq!(copied.as_deref(), Some("a\n7"));
    front.perform(Action::Typed(Field::Entry, String::new()));
}

#[test]
fn a_line_of_empty_cells_after_the_end_of_the_code_is_refused() {
    let mut front = Front::new();
    front.enter("1");
    front.perform(Action::Select(Some(At { offset: 7, ..front.desk.counter() })));
    front.perform(Action::MoveCounter);
    let before = front.code();
    front.once("breakpoint breakpoint");
    assert!(front.says("it stops before its end"), "{}", front.desk.notice().words);
    assert_eq!(front.code(), before);
    front.once("4");
    assert_eq!((front.stack().as_str(), front.code()), ("1 4", before));
}
