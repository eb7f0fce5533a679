//! The program as source: what is copied, pasted, saved and said in the words of the notation.

use midflight::desk::action::{Action, Direction};
use midflight::desk::effect::Effect;
use midflight::view::memory::At;
use midflight::vm::memory::Place;

use crate::Front;

/// A desk in whose entry line source is typed.
fn typing_source() -> Front {
    let mut front = Front::new();
    front.perform(Action::SwitchNotation);
    front
}

fn copied(front: &mut Front) -> String {
    front.effects.clear();
    front.perform(Action::CopyCells);
    let copied = |effect: &Effect| match effect {
        Effect::Copy(text) => Some(text.to_string()),
        _ => None,
    };
    front.effects.iter().find_map(copied).expect("something is copied")
}

#[test]
fn lines_are_copied_in_source_and_cells_in_the_notation_of_cells() {
    let mut front = typing_source();
    front.enter("x = 1 + 2; print(x * 2)");
    front.perform(Action::Select(Some(At::from(Place::new(0, 1)))));
    assert_eq!(copied(&mut front), "x = 1 + 2");
    front.perform(Action::SelectTo(At::from(Place::new(0, 5))));
    assert_eq!(copied(&mut front), "x = 1 + 2\nprint(x * 2)");
    front.perform(Action::SwitchNotation);
    assert_eq!(copied(&mut front), "2 + assign: x x 2");
}

#[test]
fn pasted_lines_are_one_line_unless_they_have_blocks() {
    let mut front = typing_source();
    front.perform(Action::PasteLines("x = 1 + 2 # three\nprint(x)\n".to_owned()));
    assert_eq!(front.desk.entry().text, "x = 1 + 2; print(x)");
    front.perform(Action::Submit);
    front.until_idle();
    assert_eq!(front.desk.session().machine().output(), "3");
    front.perform(Action::PasteLines("if x:\n  print(x)\n".to_owned()));
    assert!(front.says("this text has blocks"), "{}", front.desk.notice().words);
    assert_eq!(front.desk.entry().text, "");
}

#[test]
fn the_program_text_is_saved_in_the_notation_that_is_typed() {
    let folder = tempfile::tempdir().expect("there is room");
    let mut front = typing_source();
    front.enter("x = 1 + 2");
    for (name, text) in [("a", "x = 1 + 2"), ("b.flpc", "1 2 + assign: x")] {
        front.script.answer(folder.path().join(name));
        front.perform(Action::SaveProgram);
        front.until_idle();
        let name = if name == "a" { "a.flpy" } else { name };
        let saved = std::fs::read_to_string(folder.path().join(name)).expect(name);
        assert!(saved.contains(text), "{name}: {saved}");
    }
    front.perform(Action::SwitchNotation);
    front.script.answer(folder.path().join("c"));
    front.perform(Action::SaveProgram);
    assert_eq!(*front.script.proposals.borrow(), ["program.flpy", "program.flpy", "program.flpc"]);
    assert!(folder.path().join("c.flpc").exists());
}

#[test]
fn why_the_machine_waits_is_said_in_the_words_of_the_notation() {
    let mut front = typing_source();
    let stop = |front: &Front| {
        let stop = front.desk.scene().stop;
        format!("{}: {}", stop.title, stop.detail)
    };
    assert_eq!(stop(&front), "Nothing is written yet: write what should happen");
    front.enter("x = 1 + 2");
    front.perform(Action::Select(Some(At::from(Place::new(0, 0)))));
    front.perform(Action::MoveCounter);
    for (offset, expected) in ["`1`", "`2`", "`... + ...`", "`x = ...`"].into_iter().enumerate() {
        assert_eq!(stop(&front), format!("Ready at {offset}: next: {expected}"));
        if offset < 3 {
            front.perform(Action::Step);
            front.until_idle();
        }
    }
    front.perform(Action::SwitchNotation);
    assert_eq!(stop(&front), "Ready at 3: next is `assign: x`");
}

#[test]
fn where_a_line_ends_is_a_function_and_no_address() {
    let mut front = typing_source();
    front.enter("f(1)");
    front.enter("");
    front.typed("x = _");
    assert_eq!(front.desk.ghost().words, "stack empty, then waits in f");
    front.enter("x = _");
    assert!(front.desk.hint().starts_with("Write what should happen here."));
    assert_eq!(front.desk.scene().stop.title, "Nothing is written here yet in f");
}

#[test]
fn what_a_local_without_a_value_needs_is_said() {
    let mut front = Front::new();
    front.enter("0 [ 1 assign: done ] if done");
    let stop = |front: &Front| front.desk.scene().stop.detail;
    assert!(stop(&front).contains("double-click `done`"), "{}", stop(&front));
    assert!(stop(&front).contains("write `assign: done` before"), "{}", stop(&front));
    front.perform(Action::SwitchNotation);
    assert!(stop(&front).contains("write `done = ...` before"), "{}", stop(&front));
}

#[test]
fn a_tour_that_is_done_ends_with_the_next_program() {
    let mut front = Front::new();
    assert_eq!(front.desk.tour(), Some(0));
    let lines = ["3 fib", "", "assign: i", "i 2 - fib", "", "i 3 < [ ] if", "1 return"];
    lines.iter().for_each(|line| front.enter(line));
    assert!(front.desk.tour() > Some(3));
    front.perform(Action::New);
    front.perform(Action::AnswerUnsaved(midflight::desk::dialogs::Answer::Discard));
    assert_eq!(front.desk.tour(), Some(0), "in the middle it begins again");
    lines.iter().for_each(|line| front.enter(line));
    front.enter("i 1 - fib");
    front.perform(Action::RunOrPause);
    front.until_idle();
    front.enter("+ return");
    front.perform(Action::New);
    front.perform(Action::AnswerUnsaved(midflight::desk::dialogs::Answer::Discard));
    assert_eq!(front.desk.tour(), None);
    assert!(front.desk.preferences().tour_done);
}

#[test]
fn the_selection_moves_through_data_line_by_line() {
    let mut front = Front::new();
    front.enter("3 allocate 12 allocate");
    let data = |id: u64, offset| At {
        body: midflight::vm::index::BodyId::Data(midflight::vm::index::DataId(id)),
        offset,
    };
    front.perform(Action::Select(Some(data(0, 2))));
    let mut seen = Vec::new();
    for direction in [
        Direction::Right,
        Direction::Left,
        Direction::Down,
        Direction::Down,
        Direction::End,
        Direction::Left,
        Direction::Up,
        Direction::Home,
        Direction::Up,
        Direction::PageUp,
        Direction::PageDown,
    ] {
        front.perform(Action::MoveInText(direction));
        seen.push(front.desk.head());
    }
    let main = seen[9];
    assert!(main.place().is_some(), "main is before the data");
    let expected = [
        data(1, 0),
        data(0, 2),
        data(1, 2),
        data(1, 11),
        data(1, 11),
        data(1, 10),
        data(1, 0),
        data(1, 0),
        data(0, 0),
        main,
        data(0, 0),
    ];
    assert_eq!(seen, expected);
}

/// What is copied is program text.
#[test]
fn an_open_end_copies_the_cell_that_is_there() {
    let mut front = typing_source();
    assert_eq!(copied(&mut front), "");
}
