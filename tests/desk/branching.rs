//! The list of branches: how each ends, going there, and comparing two.

use midflight::desk::action::Action;
use midflight::desk::overlay::{Branches, Overlay};
use midflight::vm::memory::Place;

use super::Front;

impl Front {
    fn branches(&self) -> &Branches {
        let Overlay::Branches(list) = self.desk.overlay() else { panic!("the list is open") };
        list
    }
}

/// Two branches: `1 2` went on with `3 print`, and later with a function.
fn two_branches() -> Front {
    let mut front = Front::new();
    front.enter("1 2");
    front.enter("3 print");
    front.perform(Action::Undo);
    front.until_idle();
    front.enter("[ 7 return ] drop 4");
    front
}

#[test]
fn each_branch_says_how_it_ends_and_where_it_left() {
    let mut front = two_branches();
    front.perform(Action::Branches);
    let told: Vec<String> = front.branches().rows.iter().map(|row| row.words()).collect();
    assert_eq!(
        told,
        [
            "write `[ 7 return ] drop 4`, step 5, left at step 2, shown",
            "write `3 print`, step 4, the oldest branch",
        ]
    );
    assert_eq!(front.branches().row, 0);
    let end = front.branches().rows[1].end;
    front.perform(Action::GoToBranch(end));
    front.until_idle();
    assert_eq!((front.desk.session().position(), front.stack().as_str()), (end, "1 2"));
    front.perform(Action::NameBookmarkText("printed".to_owned()));
    front.perform(Action::Branches);
    assert_eq!(front.branches().rows[1].name.as_deref(), Some("printed"));
    assert!(front.branches().rows[1].is_shown && front.branches().row == 1);
}

#[test]
fn two_branches_are_compared_by_their_ends() {
    let mut front = two_branches();
    front.perform(Action::Branches);
    let here = front.desk.session().position();
    let [shown, other] = [0, 1].map(|n: usize| front.branches().rows[n].end);
    front.perform(Action::CompareBranch(shown));
    assert_eq!(front.branches().comparison, ["This is the branch shown; compare another."]);
    front.perform(Action::CompareBranch(other));
    front.until_idle();
    assert_eq!(
        front.branches().comparison,
        [
            "Code differs in: main",
            "Stack: 1 2 4 here, 1 2 there",
            "Output differs from line 1: nothing here, `3` there",
            "Instructions executed: 5 here, 4 there",
        ]
    );
    assert_eq!(front.desk.session().position(), here, "the session stays where it is");
    front.perform(Action::CompareBranch(other));
    front.perform(Action::Close);
    front.until_idle();
    assert!(!front.desk.overlay().is_open());
}

#[test]
fn a_run_that_paused_at_a_breakpoint_is_marked_on_the_timeline() {
    let mut front = Front::new();
    front.enter("1 2 3 4");
    front.perform(Action::Select(Some(Place::new(0, 0).into())));
    front.perform(Action::MoveCounter);
    front.perform(Action::Select(Some(Place::new(0, 2).into())));
    front.perform(Action::ToggleBreakpoint);
    front.until_idle();
    let paused = |front: &Front| -> Vec<bool> {
        let bars = front.desk.timeline().bars(front.desk.session(), 1000);
        bars.iter().map(|bar| bar.paused).collect()
    };
    assert_eq!(paused(&front), [false; 3], "setting one is no run");
    front.perform(Action::RunOrPause);
    front.until_idle();
    assert_eq!(paused(&front), [false, false, false, true], "{:?}", front.desk.notice());
    front.perform(Action::Undo);
    front.perform(Action::Redo);
    front.until_idle();
    assert_eq!(paused(&front).last(), Some(&true));
}

/// The input of a branch, through the code of another.
#[test]
fn a_branch_is_replayed_through_the_code_shown() {
    let mut front = Front::new();
    front.perform(Action::ReplayOther);
    assert!(front.branches().comparison[0].starts_with("There is no other branch"));
    front.perform(Action::Close);
    front.enter("input.line str_to_int 2 + print_line");
    front.perform(Action::Input("5".to_owned()));
    front.until_idle();
    front.perform(Action::RunOrPause);
    front.until_idle();
    let other = front.desk.session().position();
    front.perform(Action::GoToStart);
    front.until_idle();
    front.enter("input.line str_to_int 2 * print_line");
    let (here, image) = (front.desk.session().position(), front.desk.session().image().clone());
    let entries = front.desk.session().journal().entries().len();
    front.perform(Action::ReplayOther);
    front.until_idle();
    assert_eq!(front.branches().comparison, ["Replayed: output line 1 was `7`, is `10`"]);
    let parted = front.branches().parted.clone().expect("they part");
    assert_eq!(parted.sides.clone().map(|side| side.stack), ["7", "10"]);
    assert_eq!(parted.sides[1].instruction, "4 in main: print_line");
    let session = front.desk.session();
    assert_eq!((session.position(), session.journal().entries().len()), (here, entries));
    assert!(*session.image() == image, "nothing changes");
    // Its own branch waits for input, as it does.
    front.perform(Action::ReplayBranch(here));
    front.until_idle();
    assert_eq!(front.branches().comparison, ["Replayed: no output in both, and the same wait"]);
    assert_eq!(front.branches().parted, None);
    front.perform(Action::ReplayBranch(other));
    front.perform(Action::Close);
    assert!(front.desk.session().job().is_none(), "it is given up");
    assert!(!front.desk.overlay().is_open());
    front.perform(Action::GoToBranch(parted.at));
    front.until_idle();
    assert_eq!((front.stack(), front.desk.session().position()), ("7".to_owned(), parted.at));
}
