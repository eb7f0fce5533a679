//! What is said where the machine stops, and what is offered.

use midflight::desk::action::Action;
use midflight::view::memory::At;
use midflight::vm::index::BodyId;
use midflight::vm::memory::MAIN;

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
    // Nothing is written yet, so the call can still be answered by hand.
    assert_eq!(front.offers(), ["Return 3", "End", "Answer once"]);
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

#[test]
fn what_a_deletion_concerns_is_said_before() {
    let mut front = Front::new();
    front.enter("0 assign: i [ i 1 + assign: i i 3 = [ missing ] if ] repeat 7");
    let ghost = |front: &mut Front| front.desk.ghost().words.clone();
    let select = |front: &mut Front, offset: u32| {
        let at = At { body: BodyId::Code(MAIN), offset };
        front.perform(Action::Select(Some(at)));
    };
    front.perform(Action::RunOrPause);
    front.until_idle();
    select(&mut front, 3);
    let runs = "frame 2 (repeat block of main) runs its block, and goes on with that as before";
    assert_eq!(ghost(&mut front), format!("Deleting this: {runs}"));
    select(&mut front, 2);
    let runs = "frame 2 (repeat block of main) runs the block, and finishes it";
    assert_eq!(ghost(&mut front), format!("Deleting this: {runs}"));
    select(&mut front, 4);
    assert!(
        ghost(&mut front).contains("frame 1 (main: i = 3) stands on it"),
        "{}",
        ghost(&mut front)
    );
    select(&mut front, 0);
    assert_eq!(ghost(&mut front), "", "it was passed");
    // What is typed replaces the words by its own, and shows its cells.
    front.typed("8 9");
    let ghost = front.desk.ghost();
    let cells: Vec<&str> = ghost.cells.iter().map(|cell| cell.label.as_str()).collect();
    assert_eq!((cells, ghost.replaces), (vec!["8", "9"], false));
    assert_eq!(front.desk.prompt(), "insert before 0");
}
