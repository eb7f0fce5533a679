//! Names of a program that hide instructions: typed, shown, edited and completed.

use midflight::desk::action::{Action, ValuePlace};
use midflight::view::memory::At;

use super::Front;

#[test]
fn a_name_that_hides_an_instruction_is_said_once() {
    let mut front = Front::new();
    front.enter("1 dup");
    assert!(!front.says("prim: dup"));
    front.enter("assign: dup");
    assert!(front.says("`dup` is a name of this program; the instruction is `prim: dup`"));
    front.enter("dup");
    assert!(!front.says("prim: dup"));
    assert_eq!(
        (front.stack().as_str(), front.code().trim()),
        ("1 1", "1 prim: dup assign: dup\ndup")
    );
}

#[test]
fn a_cell_that_is_edited_stays_what_it_is() {
    let mut front = Front::new();
    front.enter("1 dup assign: x");
    front.enter("swap");
    front.perform(Action::Undo);
    front.enter("5 assign: dup");
    let counter = front.desk.counter();
    let before = front.code();
    front.perform(Action::Select(Some(At { offset: 1, ..counter })));
    front.perform(Action::ChangeCell);
    assert_eq!(front.desk.entry().text, "prim: dup");
    front.perform(Action::Submit);
    front.until_idle();
    assert_eq!(front.code(), before);
    front.perform(Action::Select(Some(At { offset: 1, ..counter })));
    front.perform(Action::ChangeCell);
    front.enter("dup");
    assert!(front.code().starts_with("1 dup assign: x"), "{}", front.code());
}

#[test]
fn what_is_created_at_a_hole_wins_over_the_instruction() {
    let mut front = Front::new();
    front.enter("1 call: max");
    front.enter("");
    front.enter("7 return");
    assert!(front.code().ends_with("1 max\n"), "{}", front.code());
    front.enter("max");
    assert!(front.code().ends_with("1 max max\n"), "{}", front.code());
    front.typed("ma");
    let words: Vec<String> =
        front.desk.completions().iter().map(|completion| completion.word.clone()).collect();
    assert_eq!(words, ["max", "prim: max"]);
}

#[test]
fn a_global_is_listed_changed_and_completed() {
    let mut front = Front::new();
    front.enter("5 set: total");
    let place = ValuePlace::Global("total".to_owned());
    front.perform(Action::Edit(place.clone()));
    assert_eq!(front.desk.value().map(|value| value.text.as_str()), Some("5"));
    front.perform(Action::SetValue(place.clone(), "x y".to_owned()));
    assert!(front.desk.notice().warns);
    front.perform(Action::SetValue(place, "30".to_owned()));
    front.enter("get: total");
    assert_eq!(front.stack(), "30");
    let words = |front: &mut Front, text: &str| -> Vec<String> {
        front.typed(text);
        front.desk.completions().iter().map(|completion| completion.word.clone()).collect()
    };
    assert_eq!(words(&mut front, "tot"), ["get: total"]);
    assert_eq!(words(&mut front, "1 set: to"), ["total"]);
    assert!(!words(&mut front, "call: tot").contains(&"total".to_owned()));
}
