//! What is said where the machine stops, and what is offered.

use midflight::desk::action::Action;

use super::Front;

impl Front {
    fn offers(&self) -> Vec<String> {
        self.desk.answers().choices.into_iter().map(|(_, words)| words).collect()
    }
}

#[test]
fn the_past_is_named_and_left_again() {
    let mut front = Front::new();
    front.enter("1 2 3 4");
    assert_eq!((front.desk.past(), front.offers()), (None, vec![]));
    front.perform(Action::StepBack);
    front.perform(Action::StepBack);
    front.until_idle();
    assert_eq!(front.desk.past().as_deref(), Some("step 2 of 4"));
    assert_eq!(front.offers(), ["Return to now"]);
    front.perform(Action::GoToEnd);
    front.until_idle();
    assert_eq!((front.desk.past(), front.stack().as_str()), (None, "1 2 3 4"));
    // What is typed in the past begins a branch, which is now.
    front.perform(Action::StepBack);
    front.until_idle();
    front.enter("7");
    assert_eq!(front.desk.past(), None);
}

#[test]
fn open_code_can_be_ended() {
    let mut front = Front::new();
    front.enter("3 f");
    assert!(!front.offers().iter().any(|words| words.starts_with("Return")));
    front.enter("");
    assert_eq!(front.offers(), ["Return 3", "End"]);
    front.enter("assign: i i 5 < [ ] if");
    assert_eq!(front.offers(), ["Return", "End the block"]);
    front.perform(Action::WriteEnd);
    front.until_idle();
    assert_eq!(front.offers(), ["Return", "End"]);
    front.enter("i");
    front.perform(Action::WriteReturn);
    front.until_idle();
    assert!(
        front.code().contains("[ assign: i\n  i 5 < [ end ] if\n  i return ] bind: f"),
        "{}",
        front.code()
    );
    assert_eq!(front.stack(), "3");
    // Main has no end.
    front.perform(Action::WriteReturn);
    assert!(front.says("No function or block is open here"));
}

#[test]
fn why_a_line_stopped_early_is_said() {
    let mut front = Front::new();
    front.enter("3 f");
    front.enter("");
    front.enter("1 + return");
    front.enter("4 f 5");
    assert!(
        front.says("Stopped: it entered f. Enter steps in it"),
        "{}",
        front.desk.notice().words
    );
    front.enter("");
    assert!(!front.says("Stopped"));
}
