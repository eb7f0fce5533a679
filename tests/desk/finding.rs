//! The search strip, and when something became a value.

use midflight::desk::action::{Action, Field, Panel, ValuePlace};
use midflight::desk::effect::Effect;
use midflight::desk::overlay::Overlay;
use midflight::view::find::Area;
use midflight::view::memory::At;
use midflight::vm::index::{BodyId, DataId};

use super::Front;

impl Front {
    fn finds(&mut self, area: Area, text: &str) {
        self.perform(Action::Find);
        self.perform(Action::FindIn(area));
        self.perform(Action::Typed(Field::Find, text.to_owned()));
        self.until_idle();
    }

    fn count(&self) -> String {
        self.desk.find_row().expect("the strip is open").count
    }

    fn hit(&self) -> String {
        self.desk.find_row().expect("the strip is open").words
    }

    fn value_text(&mut self, text: &str) {
        self.perform(Action::ValueText(text.to_owned()));
        self.until_idle();
    }
}

/// fib(3) has called fib(1), which has set its local.
fn two_activations() -> Front {
    let mut front = Front::new();
    for line in ["3 fib", "", "assign: i", "i 2 - fib", ""] {
        front.enter(line);
    }
    front
}

#[test]
fn hits_are_gone_through_in_both_directions() {
    let mut front = two_activations();
    front.finds(Area::Code, "fib");
    assert_eq!((front.count().as_str(), front.hit().as_str()), ("1 of 3", "1 in main: fib"));
    assert_eq!(
        front.desk.head(),
        At { offset: 1, ..At { body: BodyId::Code(0.into()), offset: 0 } }
    );
    front.perform(Action::FindNext);
    assert_eq!((front.count().as_str(), front.hit().as_str()), ("2 of 3", "100 in fib: assign: i"));
    front.perform(Action::FindPrevious);
    front.perform(Action::FindPrevious);
    assert_eq!((front.count().as_str(), front.hit().as_str()), ("3 of 3", "104 in fib: fib"));
    front.perform(Action::FindNext);
    assert_eq!(front.count(), "1 of 3", "after the last comes the first");
    front.finds(Area::Code, "gcd");
    assert_eq!(front.count(), "nothing found");
    front.perform(Action::CloseFind);
    assert_eq!(front.desk.find_row(), None);
    assert!(front.asked_for(&Effect::Focus(Field::Entry)));
}

#[test]
fn a_value_that_is_found_is_shown_in_its_panel() {
    let mut front = two_activations();
    let stack = Panel::Calls;
    front.perform(Action::Show(stack));
    assert!(!front.desk.preferences().shows(stack));
    front.finds(Area::Values, "3");
    let frame = front.desk.scene().calls.frames[1].id;
    assert_eq!(front.desk.found_value(), Some(ValuePlace::Local(frame, "i".to_owned())));
    assert!(front.desk.preferences().shows(stack), "a panel that was hidden is shown");
    assert_eq!(front.hit(), "local i of frame 1: 3".replace('1', "2"));
    front.enter("\"a\\nthree\\n\" print");
    front.finds(Area::Output, "THREE");
    assert_eq!(front.desk.found_output(), Some(2..7));
    assert_eq!(front.hit(), "output line 2: three");
}

#[test]
fn a_step_begins_the_search_again() {
    let mut front = two_activations();
    front.finds(Area::Values, "77");
    assert_eq!(front.count(), "nothing found");
    front.enter("77");
    assert_eq!((front.count().as_str(), front.hit().as_str()), ("1 of 1", "stack top: 77"));
    front.perform(Action::StepBack);
    front.until_idle();
    assert_eq!(front.count(), "nothing found");
}

#[test]
fn what_changed_since_a_mark_is_listed() {
    let mut front = two_activations();
    front.perform(Action::ListChanges);
    assert!(front.says("Mark a position first"));
    assert_eq!(front.count(), "no position is marked");
    front.perform(Action::MarkHere);
    front.perform(Action::ListChanges);
    front.until_idle();
    let step = front.desk.session().machine().retired();
    assert_eq!(front.count(), format!("nothing differs since step {step}"));
    front.enter("i 7 + assign: i");
    let mut told = vec![front.hit()];
    while told.len() < 5 {
        front.perform(Action::FindNext);
        told.push(front.hit());
    }
    // The `i` that was there is taken for the typed one: both are the same.
    assert_eq!(told[0], "102 in fib: 7");
    assert_eq!(told[4], "local i of frame 3: 8");
    assert_eq!(front.count(), format!("5 of 5 since step {step}"));
}

#[test]
fn what_changed_is_listed_by_its_own_action_only() {
    let mut front = two_activations();
    front.perform(Action::MarkHere);
    front.enter("77");
    front.perform(Action::ListChanges);
    front.until_idle();
    let step = front.desk.session().machine().retired();
    assert!(front.count().starts_with("1 of 2"), "{}", front.count());
    front.perform(Action::Typed(Field::Find, "i =".to_owned()));
    front.until_idle();
    let marked = step - 1;
    assert_eq!(front.count(), format!("nothing that differs since step {marked} matches"));
    front.perform(Action::Find);
    front.until_idle();
    assert_eq!(front.desk.find_row().unwrap().area, Area::Code);
    assert_eq!(front.hit(), "100 in fib: assign: i");
    front.finds(Area::Output, "");
    front.perform(Action::Find);
    assert_eq!(front.desk.find_row().unwrap().area, Area::Output, "it was chosen there");
}

#[test]
fn what_the_beginning_of_a_text_found_does_not_stay_selected() {
    let mut front = two_activations();
    let place = |offset| At { body: BodyId::Code(1.into()), offset };
    front.perform(Action::Select(Some(place(3))));
    front.finds(Area::Code, "fib");
    front.finds(Area::Code, "assign: i");
    assert_eq!(front.desk.head(), place(0));
    front.finds(Area::Code, "assign: ix");
    assert_eq!(front.desk.head(), place(3), "as it was before the search");
    front.finds(Area::Code, "assign: i i");
    assert_eq!((front.desk.head(), front.count()), (place(0), "1 of 1".to_owned()));
    front.finds(Area::Code, "fib(i - 2)");
    assert_eq!(front.hit(), "104 in fib: fib", "in the source, by the first word");
}

#[test]
fn when_a_local_became_a_value_is_found_and_where_it_did_not_is_said() {
    let mut front = two_activations();
    let end = front.desk.session().position();
    front.perform(Action::BackToValue);
    front.value_text("i = 3");
    assert!(!front.desk.overlay().is_open());
    assert_eq!(front.stack(), "3", "the next step makes it 3");
    assert!(front.desk.session().position() < end);
    front.perform(Action::ForwardToValue);
    front.value_text("i = 1");
    assert_eq!(front.stack(), "1");
    front.perform(Action::ForwardToValue);
    front.value_text("i = 9");
    assert!(
        front.says("The local `i` of fib did not become 9 after this"),
        "{:?}",
        front.desk.notice()
    );
    for (text, problem) in [
        ("j = 9", "`j` is neither a local of fib nor a global"),
        ("1 2", "`1 2` is not a value"),
        ("\"", "is not a value"),
    ] {
        front.perform(Action::BackToValue);
        front.value_text(text);
        assert!(front.says(problem), "{text}: {:?}", front.desk.notice());
        assert!(front.desk.overlay().is_open(), "it can be corrected");
    }
}

#[test]
fn the_selected_data_cell_is_asked_for() {
    let mut front = Front::new();
    front.enter("2 allocate assign: d 42 d 1 memory.set 7 d 1 memory.set 5");
    front.perform(Action::Select(Some(At { body: BodyId::Data(DataId(0)), offset: 1 })));
    front.perform(Action::BackToValue);
    let Overlay::Became(asking) = front.desk.overlay() else { panic!("it asks") };
    assert_eq!((asking.words.as_str(), asking.text.as_str()), ("Cell 101", "7"));
    front.value_text("42");
    assert_eq!(front.stack(), "42 @100 1");
    front.perform(Action::BackToValueOf(ValuePlace::Stack(2)));
    assert!(front.says("Only the top of the stack"));
    front.perform(Action::BackToValueOf(ValuePlace::Stack(0)));
    front.value_text("42");
    assert_eq!(front.stack(), "");
}
