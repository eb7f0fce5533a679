//! Lines of the text that are edited in their place, under a live activation.

use std::fs;

use midflight::desk::action::{Action, Commit, Field};
use midflight::desk::effect::Effect;
use midflight::program::image::Image;
use midflight::session::command::Command;
use midflight::session::load::image_of_program;
use midflight::view::memory::At;
use midflight::vm::memory::Place;

use super::Front;

/// A desk on an image of a program that ran some steps. The history of the desk begins after them, or before.
fn opened(text: &str, steps: u64, has_history: bool) -> Front {
    let folder = tempfile::tempdir().unwrap();
    let mut front = Front::new();
    let mut image: Image = image_of_program(text).unwrap();
    if !has_history {
        Command::Run { fuel: steps }.apply(&mut image).unwrap();
    }
    let path = folder.path().join("image.ron");
    fs::write(&path, image.to_file_text()).unwrap();
    front.perform(Action::OpenPath(path));
    front.until_idle();
    for _ in 0..if has_history { steps } else { 0 } {
        front.perform(Action::Step);
        front.until_idle();
    }
    assert_eq!(front.desk.session().machine().retired(), steps);
    front
}

impl Front {
    /// Opens the line of a cell and types another.
    fn edits(&mut self, function: &str, offset: u32, line: &str) {
        let body = self.desk.session().machine().memory().function(function).unwrap();
        self.perform(Action::Select(Some(Place::new(body, offset).into())));
        self.perform(Action::EditLine);
        self.perform(Action::Typed(Field::Draft, line.to_owned()));
    }

    fn rows(&mut self) -> String {
        self.desk.draft_preview().rows.join("\n")
    }

    fn choices(&mut self) -> Vec<String> {
        self.desk.draft_preview().choices.iter().map(|(words, _)| words.clone()).collect()
    }

    fn commits(&mut self, how: Commit) {
        self.perform(Action::CommitDraft(how));
        self.until_idle();
    }

    fn printed(&self) -> &str {
        self.desk.session().machine().output()
    }
}

/// What was just changed stays in view, though the counter is elsewhere.
#[test]
fn changes_elsewhere_do_not_show_the_counter() {
    let mut front = opened(PRINTS, 3, true);
    let place = |body: u32, offset| At::from(Place::new(body, offset));
    let revealed = |front: &mut Front| {
        let effects = std::mem::take(&mut front.effects).into_iter();
        let reveals = effects.filter_map(|effect| match effect {
            Effect::Reveal(at) => Some(at),
            _ => None,
        });
        reveals.collect::<Vec<_>>()
    };
    front.perform(Action::Select(Some(place(1, 7))));
    revealed(&mut front);
    front.perform(Action::ToggleBreakpoint);
    assert_eq!(revealed(&mut front), [place(1, 7)]);
    front.perform(Action::Watch);
    front.perform(Action::AnswerText("n".to_owned()));
    front.until_idle();
    assert_eq!((front.desk.watches().len(), revealed(&mut front)), (1, vec![]));
    // A cell before the counter: that moves, and is not shown.
    front.perform(Action::Select(Some(place(1, 1))));
    revealed(&mut front);
    front.perform(Action::DeleteCell);
    assert_eq!(revealed(&mut front), [place(1, 1)]);
    front.perform(Action::Undo);
    front.until_idle();
    front.edits("main", 0, "f(6)");
    revealed(&mut front);
    front.commits(Commit::GoOn);
    assert_eq!(front.desk.session().machine().retired(), 3, "{}", front.desk.notice().words);
    assert_eq!(revealed(&mut front), [place(0, 0)]);
    front.perform(Action::Step);
    front.until_idle();
    let counter = Place::new(1, front.desk.session().machine().task().counter().offset);
    assert_eq!(revealed(&mut front).last(), Some(&counter.into()));
}

const PRINTS: &str = "[ assign: n 1 print n 2 + print 3 print return ] bind: f 5 f";

#[test]
fn a_statement_that_was_begun_runs_again_with_its_new_code() {
    let mut front = opened(PRINTS, 7, true);
    front.edits("f", 5, "print(n + 20)");
    assert_eq!(front.choices(), ["Go on", "Rewind to the statement"]);
    front.commits(Commit::Rewind);
    assert!(front.desk.draft().is_none(), "{}", front.desk.notice().words);
    assert_eq!((front.stack().as_str(), front.printed()), ("", "1"));
    front.perform(Action::RunOrPause);
    front.until_idle();
    assert_eq!(front.printed(), "1253");
}

#[test]
fn where_the_history_does_not_reach_back_the_call_can_be_restarted() {
    let mut front = opened(PRINTS, 7, false);
    front.edits("f", 5, "print(n + 20)");
    front.commits(Commit::Rewind);
    assert!(front.says("The history does not reach back"), "{}", front.desk.notice().words);
    assert!(front.desk.draft().is_some());
    assert_eq!(front.choices(), ["Go on", "Restart the call"]);
    front.commits(Commit::Restart);
    assert!(front.desk.draft().is_none());
    assert!(front.says("write the stack it starts with"), "{}", front.desk.notice().words);
    assert!(front.code().contains("n 20 + print"), "{}", front.code());
}

#[test]
fn going_back_is_given_up_when_the_line_is_closed_or_changed() {
    for changes in [false, true] {
        let mut front = opened(
            "[ assign: n [ n 1- assign: n n ] repeat_if 1 2 + ] bind: f 9 3000000 f",
            4,
            true,
        );
        front.perform(Action::RunOrPause);
        front.until_idle();
        front.perform(Action::StepBack);
        front.perform(Action::StepBack);
        front.until_idle();
        front.edits("f", 4, "3 + 2");
        let choices = front.choices();
        assert_eq!(choices, ["Go on", "Rewind to the statement"], "{}", front.rows());
        let position = front.desk.session().position();
        front.perform(Action::CommitDraft(Commit::Rewind));
        if changes {
            front.perform(Action::Typed(Field::Draft, "4 + 2".to_owned()));
        } else {
            front.perform(Action::Close);
        }
        let was_long = front.desk.session().position() == position;
        front.until_idle();
        if was_long {
            assert_eq!(front.desk.session().position(), position, "it was given up");
            assert_eq!(front.desk.draft().is_some(), changes);
        }
    }
}

#[test]
fn a_value_of_a_deleted_line_is_named_and_dropped() {
    for (text, line, value, left) in [
        ("[ assign: b assign: a a b - return ] bind: f 7 2 f", "return(a)", "2", "7"),
        ("[ assign: b assign: a a b 9 max + return ] bind: f 7 2 f", "return(a + 9)", "2", "7 9"),
    ] {
        let steps = if left == "7" { 7 } else { 8 };
        let mut front = opened(text, steps, true);
        front.edits("f", 2, line);
        let named = format!("with 1 value more than the new code expects: `{value}`");
        assert!(front.rows().contains(&named), "{}", front.rows());
        let dropping = format!("Drop `{value}`");
        assert!(front.choices().contains(&dropping), "{:?}", front.choices());
        let entries = front.desk.session().journal().entries().len();
        front.commits(Commit::Drop);
        assert_eq!(front.stack(), left);
        assert_eq!(front.desk.session().journal().entries().len(), entries + 1, "one gesture");
    }
}

#[test]
fn a_line_that_will_lack_values_is_named() {
    let text = "[ assign: n 1 print 2 print 3 print return ] bind: f 3 f";
    let mut front = opened(text, 7, true);
    let body = front.desk.session().machine().memory().function("f").unwrap();
    front.perform(Action::Select(Some(Place::new(body, 1).into())));
    front.perform(Action::SelectTo(Place::new(body, 6).into()));
    front.perform(Action::EditLine);
    let lines = "5\nprint(1)\nprint(2)\nprint(3)\nprint(_)";
    front.perform(Action::Typed(Field::Draft, lines.to_owned()));
    let rows = front.rows();
    let lacks = "with 1 value fewer than the new code expects; `print(_)` lacks it";
    assert!(rows.contains(lacks), "{rows}");
    assert!(front.choices().iter().all(|choice| !choice.starts_with("Drop")));
}
