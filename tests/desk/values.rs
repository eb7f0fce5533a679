//! Adding, removing and reordering values of the stack; restarting and rewinding a chosen frame; where input is shown.

use midflight::desk::action::{Action, ValuePlace};
use midflight::desk::dialogs::Reply;
use midflight::desk::effect::Effect;
use midflight::view::stacks;

use super::Front;

#[test]
fn values_are_added_removed_and_moved_in_one_gesture_each() {
    let mut front = Front::new();
    front.enter("1 \"two\" 3 allocate 4");
    let start = front.stack();
    let gestures = front.desk.session().journal().entries().len();
    let up = |from_top| Action::MoveValue { from_top, up: true };
    let down = |from_top| Action::MoveValue { from_top, up: false };
    let steps = [
        (up(1), "1 \"two\" 4 @100", 0),
        (down(0), "1 \"two\" @100 4", 1),
        (up(3), "\"two\" 1 @100 4", 2),
        (Action::RemoveValue(2), "\"two\" @100 4", 2),
        (Action::RemoveValue(0), "\"two\" @100", 0),
        (Action::RemoveValue(1), "@100", 0),
    ];
    for (n, (action, stack, focused)) in steps.into_iter().enumerate() {
        front.perform(action);
        assert_eq!(front.stack(), stack);
        assert!(front.asked_for(&Effect::FocusStack(focused)), "{stack}");
        assert_eq!(front.desk.session().journal().entries().len(), gestures + n + 1, "{stack}");
    }
    assert!(front.desk.session().machine().memory().data_count() == 1, "the data is still there");
    for _ in 0..6 {
        front.perform(Action::Undo);
        front.until_idle();
    }
    assert_eq!(front.stack(), start);
}

#[test]
fn what_cannot_be_moved_or_removed_says_why() {
    let mut front = Front::new();
    front.enter("1 2");
    for (action, why) in [
        (Action::MoveValue { from_top: 0, up: true }, "the top of the stack already"),
        (Action::MoveValue { from_top: 1, up: false }, "the bottom of the stack already"),
        (Action::RemoveValue(2), "no longer exists"),
        (Action::MoveValue { from_top: 7, up: true }, "no longer exists"),
    ] {
        front.perform(action);
        assert!(front.says(why), "{}", front.desk.notice().words);
        assert_eq!(front.stack(), "1 2");
    }
    front.perform(Action::Step);
    assert!(!front.says("no longer exists"), "a message goes with the next action");
}

#[test]
fn a_value_is_added_on_top() {
    let mut front = Front::new();
    front.enter("1");
    front.perform(Action::AddValue);
    assert_eq!(front.desk.value().map(|value| value.text.as_str()), Some(""));
    front.perform(Action::SetValue(ValuePlace::New, "x y".to_owned()));
    assert!(front.desk.value().is_some_and(|value| value.refused), "it can be corrected");
    front.perform(Action::SetValue(ValuePlace::New, "2 \"three\"".to_owned()));
    assert_eq!((front.stack().as_str(), front.desk.value().is_none()), ("1 2 \"three\"", true));
}

/// Three frames of fib, each at its first cell or after it.
fn frames() -> Front {
    let mut front = Front::new();
    for line in ["5 fib", "", "assign: i", "i 2 - fib", "", "", "", "", ""] {
        front.enter(line);
    }
    front
}

#[test]
fn restart_and_rewind_act_on_the_chosen_frame() {
    let depth = |front: &Front| front.desk.session().machine().task().calls().depth();
    let names = |front: &Front| front.desk.frame_actions().map(|(_, name)| name);
    let mut front = frames();
    assert_eq!(depth(&front), 4, "main and three calls");
    assert_eq!(names(&front)[0], "Restart frame 4: fib", "the innermost, if none is chosen");
    let rows = stacks::calls(front.desk.session().machine(), 9).frames;
    front.perform(Action::GoToFrame(rows[2].id));
    assert_eq!(front.desk.chosen_frame(), rows[2].id);
    assert_eq!(
        names(&front),
        ["Restart frame 2: fib", "Rewind, keep edits: frame 2, fib"].map(str::to_owned)
    );
    // Frames 2 and 3 go on at the same cell, and are told apart.
    assert_eq!(rows[1].stands, rows[2].stands);
    front.perform(Action::RestartFrame);
    front.until_idle();
    assert_eq!((depth(&front), front.stack().as_str()), (2, "5"));
    assert_eq!(names(&front)[0], "Restart frame 2: fib");
}

#[test]
fn a_frame_stays_chosen_only_while_its_cell_is_selected() {
    let mut front = frames();
    let rows = stacks::calls(front.desk.session().machine(), 9).frames;
    let innermost = front.desk.chosen_frame();
    for action in [Action::Close, Action::Step, Action::Select(Some(rows[0].stands))] {
        front.perform(Action::GoToFrame(rows[1].id));
        assert_eq!(front.desk.chosen_frame(), rows[1].id);
        front.perform(action);
        front.until_idle();
        assert_eq!(front.desk.chosen_frame(), front.desk.chosen_frame().max(innermost));
    }
}

#[test]
fn input_is_noted_where_it_was_given_also_in_the_past_and_when_replayed() {
    let mut front = Front::new();
    let given = |front: &Front| {
        let image = front.desk.session().image();
        image.given.texts().map(|given| (given.at, given.text.clone())).collect::<Vec<_>>()
    };
    front.enter("\"name? \" print input.line print_line \"age? \" print input.line print_line");
    front.perform(Action::RunOrPause);
    front.until_idle();
    for line in ["Ann", "42"] {
        front.perform(Action::Input(line.to_owned()));
        front.until_idle();
    }
    assert_eq!(front.desk.session().machine().output(), "name? Ann\nage? 42\n");
    let both = [(6, "Ann\n".to_owned()), (15, "42\n".to_owned())];
    assert_eq!(given(&front), both);
    front.perform(Action::Undo);
    front.until_idle();
    assert_eq!(given(&front), both[..1]);
    front.perform(Action::Undo);
    front.until_idle();
    assert_eq!(given(&front), []);
    front.enter("0 drop");
    front.perform(Action::RunOrPause);
    front.until_idle();
    front.perform(Action::ReplayAllInput);
    front.until_idle();
    assert!(given(&front).iter().map(|(_, text)| text).eq(["Ann\n", "42\n"]));
    // What is copied is what the program printed.
    front.perform(Action::CopyOutput);
    let copied = front.effects.iter().find_map(|effect| match effect {
        Effect::Copy(source) => Some(source.to_string()),
        _ => None,
    });
    assert_eq!(copied.as_deref(), Some(front.desk.session().machine().output()));
}

#[test]
fn all_output_is_saved_as_it_is() {
    let folder = tempfile::tempdir().expect("there is room");
    let path = folder.path().join("out");
    let mut front = Front::new();
    front.perform(Action::SaveOutput);
    assert!(front.says("Nothing was printed yet"));
    front.enter("\"a\" print_line 7 print");
    front.script.answer(path.clone());
    front.perform(Action::SaveOutput);
    front.until_idle();
    assert!(front.says("Saved the output as"), "{}", front.desk.notice().words);
    assert_eq!(std::fs::read_to_string(&path).expect("it is written"), "a\n7");
    assert_eq!(front.script.proposals.borrow().last().map(String::as_str), Some("program.txt"));
    // Without a dialog, a file that exists is asked about.
    front.enter("8 print");
    front.script.answers.borrow_mut().push_back(Reply::Unavailable);
    front.perform(Action::SaveOutput);
    front.until_idle();
    front.perform(Action::Typed(
        midflight::desk::action::Field::Overlay,
        path.display().to_string(),
    ));
    front.perform(Action::ChoosePath);
    assert!(matches!(front.desk.overlay(), midflight::desk::overlay::Overlay::Replace(..)));
    front.perform(Action::AnswerReplace(midflight::desk::dialogs::Replace::Anyway));
    assert_eq!(std::fs::read_to_string(&path).expect("it is written"), "a\n78");
}

#[test]
fn a_message_goes_with_whatever_is_done_next() {
    let mut front = Front::new();
    front.enter("1");
    for next in [
        Action::Typed(midflight::desk::action::Field::Entry, "2".to_owned()),
        Action::Select(None),
        Action::Step,
        Action::Undo,
    ] {
        front.perform(Action::DeleteCell);
        assert!(front.says("Select a cell first"));
        front.perform(next);
        front.until_idle();
        assert!(!front.says("Select a cell first"), "{}", front.desk.notice().words);
    }
}

#[test]
fn a_run_that_cannot_start_does_not_repeat_the_banner() {
    let mut front = Front::new();
    front.enter("1 0 /");
    front.perform(Action::RunOrPause);
    let banner = front.desk.scene().stop;
    let words = front.desk.notice().words.clone();
    assert!(words.contains("Fix the cause"), "{words}");
    assert!(!words.contains(&banner.title) && !words.contains(&banner.detail), "{words}");
}

#[test]
fn the_tour_knows_when_it_does_not_apply() {
    let mut front = Front::new();
    front.enter("7 gcd");
    let (words, fits) = front.desk.tour_words().expect("it is shown");
    assert!(!fits && words.contains("another program"), "{words}");
    assert_eq!(front.desk.tour(), Some(0));
    front.perform(Action::BeginTour);
    front.perform(Action::AnswerUnsaved(midflight::desk::dialogs::Answer::Discard));
    front.until_idle();
    assert!(front.desk.is_empty());
    assert!(front.desk.tour_words().is_some_and(|(words, fits)| fits && words.contains("fib(3)")));
    // Steps that are done at once are done too, and that is said.
    for line in ["3 fib", ""] {
        front.enter(line);
    }
    assert!(!front.desk.tour_words().expect("it is shown").0.contains("another way"));
    front.enter("assign: i i 2 - fib");
    front.until_idle();
    let (words, _) = front.desk.tour_words().expect("it is shown");
    assert!(words.starts_with("That was done in another way"), "{words}");
    front.enter("");
    front.until_idle();
    assert!(!front.desk.tour_words().expect("it is shown").0.contains("another way"));
}
