//! Cutting and moving cells, and giving data cells several values.

use midflight::desk::action::Action;
use midflight::desk::effect::Effect;
use midflight::program::notation::Notation;
use midflight::view::memory::At;
use midflight::vm::index::{BodyId, DataId};
use midflight::vm::memory::MAIN;

use super::Front;

fn main_cell(offset: u32) -> At {
    At { body: BodyId::Code(MAIN), offset }
}

impl Front {
    fn select(&mut self, from: At, to: At) {
        self.perform(Action::Select(Some(from)));
        self.perform(Action::SelectTo(to));
    }

    fn cell_of(&self, name: &str, offset: u32) -> At {
        let body = self.desk.session().machine().memory().function(name).expect("it is defined");
        At { body: BodyId::Code(body), offset }
    }

    /// The code on one line.
    fn on_one_line(&self) -> String {
        self.code().split_whitespace().collect::<Vec<_>>().join(" ")
    }

    fn gestures(&self) -> usize {
        self.desk.session().journal().entries().len()
    }

    fn copied_text(&mut self) -> Option<String> {
        let effects = std::mem::take(&mut self.effects);
        effects.into_iter().find_map(|effect| match effect {
            Effect::Copy(source) => Some(source.to_string()),
            _ => None,
        })
    }
}

#[test]
fn what_is_cut_is_copied_and_can_be_pasted() {
    for notation in [Notation::Forth, Notation::Source] {
        let mut front = Front::new();
        front.enter("1 2 + 4");
        if notation == Notation::Source {
            front.perform(Action::SwitchNotation);
        }
        let (before, gestures) = (front.code(), front.gestures());
        front.select(main_cell(1), main_cell(2));
        front.perform(Action::CutCells);
        assert_eq!((front.on_one_line().as_str(), front.gestures()), ("1 4", gestures + 1));
        let copied = front.copied_text().expect("it is on the clipboard");
        front.perform(Action::Select(Some(main_cell(1))));
        front.enter(&copied);
        assert_eq!(front.code(), before, "{copied}");
    }
}

#[test]
fn cutting_that_is_refused_copies_nothing() {
    let mut front = Front::new();
    front.enter("3 allocate drop 1");
    front.perform(Action::CutCells);
    assert!(front.says("Select a cell first"));
    let data = At { body: BodyId::Data(DataId(0)), offset: 0 };
    front.perform(Action::Select(Some(data)));
    front.perform(Action::CutCells);
    assert!(front.says("Data cells cannot be deleted"), "{}", front.desk.notice().words);
    assert_eq!(front.copied_text(), None);
}

#[test]
fn cells_move_within_their_body_in_one_gesture() {
    for (from, to, before, line, selected) in [
        (1, 2, 0, "2 3 1 4", 0..2),
        (1, 2, 4, "1 4 2 3", 2..4),
        (0, 0, 3, "2 3 1 4", 2..3),
        (3, 3, 0, "4 1 2 3", 0..1),
        // What is dropped after the code comes to its end.
        (0, 0, 40, "2 3 4 1", 3..4),
    ] {
        let mut front = Front::new();
        front.enter("1 2 3 4");
        let (image, gestures) = (front.desk.session().image().clone(), front.gestures());
        front.select(main_cell(from), main_cell(to));
        front.perform(Action::MoveCells(main_cell(before)));
        assert_eq!((front.on_one_line().as_str(), front.gestures()), (line, gestures + 1));
        let selection = front.desk.sight().selection.expect("what moved is selected");
        assert_eq!(selection.offsets(), selected, "{line}");
        front.perform(Action::Undo);
        front.until_idle();
        assert!(*front.desk.session().image() == image, "{line}: one gesture");
    }
}

#[test]
fn cells_that_are_dropped_on_themselves_stay() {
    let mut front = Front::new();
    front.enter("1 2 3 4");
    let gestures = front.gestures();
    for to in 1..=3 {
        front.select(main_cell(1), main_cell(2));
        front.perform(Action::MoveCells(main_cell(to)));
        assert_eq!((front.on_one_line().as_str(), front.gestures()), ("1 2 3 4", gestures), "{to}");
    }
}

#[test]
fn the_keyboard_moves_cells_by_one() {
    let mut front = Front::new();
    front.enter("1 2 3 4");
    front.select(main_cell(2), main_cell(1));
    for (action, line) in [
        (Action::MoveCellsRight, "1 4 2 3"),
        (Action::MoveCellsRight, "1 4 2 3"),
        (Action::MoveCellsLeft, "1 2 3 4"),
        (Action::MoveCellsLeft, "2 3 1 4"),
        (Action::MoveCellsLeft, "2 3 1 4"),
    ] {
        let before = front.on_one_line();
        front.perform(action);
        assert_eq!(front.on_one_line(), line);
        assert_eq!(front.says("ends here"), before == line);
    }
}

/// A cell means the same wherever it is moved to, and takes its block along.
#[test]
fn cells_move_to_another_body() {
    let mut front = Front::new();
    for line in ["3 fib", "", "assign: i", "i 2 - [ i ] drop"] {
        front.enter(line);
    }
    let block = front.cell_of("fib", 4);
    front.select(block, front.cell_of("fib", 5));
    front.perform(Action::MoveCells(main_cell(1)));
    assert_eq!(front.on_one_line(), "[ assign: i i 2 - ... ] bind: fib 3 [ pick: i ] drop fib");
    // The only cells that name a local: its frame keeps the value.
    front.select(front.cell_of("fib", 0), front.cell_of("fib", 0));
    front.perform(Action::MoveCellsRight);
    assert!(front.on_one_line().contains("i assign: i 2 -"), "{}", front.on_one_line());
    let calls = midflight::view::stacks::calls(front.desk.session().machine(), 9);
    let value = calls.frames[0].locals[0].value.as_ref().expect("it has its value");
    assert_eq!(value.label.to_string(), "3");
}

#[test]
fn running_calls_follow_a_move_as_they_follow_edits() {
    let mut front = Front::new();
    front.enter("1 2 3 4");
    front.perform(Action::GoToStart);
    front.until_idle();
    front.enter("10 20 30 +");
    assert_eq!(front.stack(), "10 50");
    // The counter is after all cells, and stays there.
    front.select(main_cell(3), main_cell(3));
    front.perform(Action::MoveCells(main_cell(0)));
    assert_eq!(front.on_one_line(), "+ 10 20 30");
    assert_eq!(front.desk.counter(), main_cell(4));
    // A cell that is moved to the counter is executed next.
    front.perform(Action::MoveCells(main_cell(4)));
    assert_eq!(front.on_one_line(), "10 20 30 +");
    front.perform(Action::Select(None));
    front.perform(Action::Step);
    front.until_idle();
    assert_eq!(front.stack(), "60");
}

#[test]
fn data_cells_keep_their_places() {
    let mut front = Front::new();
    front.enter("3 allocate drop 1");
    let data = At { body: BodyId::Data(DataId(0)), offset: 0 };
    front.perform(Action::Select(Some(data)));
    for action in [Action::MoveCells(main_cell(0)), Action::MoveCellsRight] {
        front.perform(action);
        assert!(front.says("Data cells keep their places"));
    }
    front.select(main_cell(0), main_cell(0));
    front.perform(Action::MoveCells(data));
    assert!(front.says("Data cells keep their places"));
    front.select(main_cell(20), main_cell(22));
    front.perform(Action::MoveCells(main_cell(0)));
    assert!(front.says("Empty cells"), "{}", front.desk.notice().words);
}

#[test]
fn several_values_fill_data_from_the_selected_cell_on_or_none_does() {
    let mut front = Front::new();
    front.enter("4 allocate assign: d");
    let cell = |offset| At { body: BodyId::Data(DataId(0)), offset };
    let data = |front: &Front| {
        let body = front.desk.session().machine().memory().data(DataId(0)).expect("it is there");
        let machine = front.desk.session().machine();
        body.cells().map(|value| machine.show(value)).collect::<Vec<_>>().join(" ")
    };
    let gestures = front.gestures();
    front.perform(Action::Select(Some(cell(1))));
    front.perform(Action::PasteLines("7\n\"a b\"\n".to_owned()));
    front.perform(Action::Submit);
    assert_eq!((data(&front).as_str(), front.gestures()), ("0 7 \"a b\" 0", gestures + 1));
    front.perform(Action::Select(Some(cell(0))));
    front.enter("1 2 3 4");
    assert_eq!(data(&front), "1 2 3 4");
    let gestures = front.gestures();
    front.perform(Action::Select(Some(cell(2))));
    front.enter("3 1 2");
    let why = "3 values do not fit: from here to the end of the data there are 2 cells";
    assert_eq!(front.desk.ghost().words, why);
    front.perform(Action::Close);
    for line in ["1 +", "1 [ 2 ]", "1 fib"] {
        front.perform(Action::Select(Some(cell(0))));
        front.enter(line);
        assert!(front.desk.ghost().warns, "{line}");
        front.perform(Action::Close);
    }
    assert_eq!((data(&front).as_str(), front.gestures()), ("1 2 3 4", gestures));
}
