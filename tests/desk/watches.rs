//! What is watched: its values where the program stands, when they are found out, and the gestures that change it.

use midflight::desk::action::{Action, Panel, WatchAction};
use midflight::program::notation::Notation;
use midflight::program::watch::Shape;
use midflight::view::memory::At;
use midflight::view::watches::WatchRow;
use midflight::vm::index::{BodyId, DataId};

use super::Front;

/// Makes data of four numbers.
const SORT: &str = "4 allocate assign: d 7 d 0 memory.set -3 d 1 memory.set 5 d 2 memory.set";
/// Counts for ever.
const COUNT: &str = "0 assign: n 1 [ n 1 + assign: n 1 ] repeat_if";

impl Front {
    fn watch(&mut self, line: &str) {
        self.perform(Action::Watch);
        self.perform(Action::AnswerText(line.to_owned()));
        self.until_idle();
    }

    fn watches(&mut self, action: WatchAction) {
        self.perform(Action::Watches(action));
        self.until_idle();
    }

    fn row(&self, n: usize) -> WatchRow {
        self.desk.watches().swap_remove(n)
    }

    fn words(&self) -> Vec<String> {
        self.desk.watches().iter().map(WatchRow::words).collect()
    }

    fn evaluated(&self) -> u64 {
        self.desk.watches_evaluated()
    }
}

#[test]
fn a_watch_has_its_value_wherever_the_program_stands() {
    let mut front = Front::new();
    assert!(!front.desk.shows_watches());
    front.enter("5 f");
    front.watch("i 2 +");
    assert!(front.desk.shows_watches());
    assert_eq!(front.words(), ["watch i 2 +: it stops: i is missing"]);
    front.enter("");
    front.enter("assign: i");
    assert_eq!(front.words(), ["watch i 2 +: 7"]);
    front.watch("dup");
    front.watch("\"a\" 7");
    assert_eq!(front.words()[2], "watch \"a\" 7: \"a\" 7");
    assert!(front.row(1).value.is_err());
    front.enter("i 2 - assign: i");
    assert_eq!(front.words()[0], "watch i 2 +: 5, changed");
    front.perform(Action::StepBack);
    front.until_idle();
    assert_eq!(front.words()[0], "watch i 2 +: 7, changed");
    assert_eq!(front.stack(), "3", "a watch changes nothing");
    front.perform(Action::SwitchNotation);
    front.tick();
    assert_eq!(front.row(0).title, "i + 2");
    front.watches(WatchAction::Edit(0));
    front.perform(Action::AnswerText("i * 10".to_owned()));
    front.until_idle();
    assert_eq!(front.words()[0], "watch i * 10: 50");
}

#[test]
fn what_cannot_be_read_or_done_is_said() {
    let mut front = Front::new();
    front.watch("[ 1");
    assert!(front.says("not closed"), "{}", front.desk.notice().words);
    assert!(front.desk.overlay().is_open() && front.desk.watches().is_empty());
    front.perform(Action::AnswerText(String::new()));
    assert!(!front.desk.overlay().is_open());
    front.perform(Action::Show(Panel::Watches));
    assert!(front.says("Nothing is watched"));
    for (line, why) in [
        ("1 0 /", "it stops: "),
        ("x 1 assign: x", "no value here: `x`"),
        ("get: total", "no value here: the global"),
        ("drop", "it "),
        ("1 [ 1 ] repeat_if", "100,000 instructions"),
        ("1 drop", "it leaves no value"),
    ] {
        front.watch(line);
        let row = front.desk.watches().pop().expect("it was added");
        assert!(row.value.as_ref().is_err_and(|said| said.contains(why)), "{line}: {row:?}");
    }
}

#[test]
fn watches_are_moved_removed_undone_and_saved() {
    let folder = tempfile::tempdir().unwrap();
    let mut front = Front::new();
    front.enter(SORT);
    front.watch("d memory.len");
    front.watches(WatchAction::Data(DataId(0)));
    let (line, data) = ("watch d memory.len: 4", "watch data of d: 7 -3 5 0");
    assert_eq!(front.words(), [line, data]);
    front.watches(WatchAction::Up(0));
    assert_eq!(front.words(), [line, data], "it is the first");
    front.watches(WatchAction::Up(1));
    assert_eq!((front.words(), front.row(0).shape), (vec![data.into(), line.into()], Shape::Bars));
    front.watches(WatchAction::Shape(0, Shape::Table));
    front.script.answer(folder.path().join("sort.ron"));
    front.perform(Action::Save);
    front.until_idle();
    front.watches(WatchAction::Remove(0));
    assert_eq!(front.words(), [line]);
    for (shape, rows) in [(Shape::Table, [data, line]), (Shape::Bars, [data, line])] {
        front.perform(Action::Undo);
        front.until_idle();
        assert_eq!((front.words(), front.row(0).shape), (rows.map(String::from).into(), shape));
    }
    let mut other = Front::new();
    other.perform(Action::OpenPath(folder.path().join("sort.ron")));
    other.until_idle();
    assert_eq!((other.words(), other.row(0).shape), (vec![data.into(), line.into()], Shape::Table));
}

#[test]
fn data_is_shown_with_what_changed_and_where_locals_point() {
    let mut front = Front::new();
    front.enter(SORT);
    front.enter("2 assign: i 9 assign: big");
    front.perform(Action::Select(Some(At { body: BodyId::Data(DataId(0)), offset: 1 })));
    front.perform(Action::Watch);
    assert!(!front.desk.overlay().is_open(), "the selected data needs no question");
    front.perform(Action::Select(None));
    front.enter("8 d i memory.set");
    let data = front.row(0).data.expect("it is data");
    let chart = data.chart.expect("data is shown as bars at first");
    assert_eq!(chart.words(), "4 values, least -3, greatest 8");
    let changed: Vec<bool> = chart.columns.iter().map(|column| column.changed).collect();
    assert_eq!((changed, data.indices), (vec![false, false, true, false], vec![(2, "i".into())]));
    // A line whose value is data is shown as that; one that changes it is shown as a text.
    front.watch("d");
    assert_eq!(front.row(1).data.map(|data| data.extent.size), Some(4));
    front.watch("1 d 0 memory.set d");
    assert_eq!((front.row(2).value, front.row(2).data), (Ok("1 -3 8 0".into()), None));
    front.watch("3 allocate");
    assert_eq!((front.row(3).value, front.row(3).data), (Ok("0 0 0".into()), None));
    front.perform(Action::GoToStart);
    front.until_idle();
    let seen = front.desk.watches();
    assert_eq!(seen.len(), 4, "what was watched later is seen in the past");
    assert_eq!(seen[0].value, Err("it is not made yet".into()));
    assert!(front.desk.session().image().watches.is_empty(), "nothing was watched then");
}

#[test]
fn a_still_window_evaluates_nothing() {
    let mut front = Front::new();
    front.enter(SORT);
    front.watch("d memory.len");
    front.watches(WatchAction::Data(DataId(0)));
    let before = front.evaluated();
    for _ in 0..5 {
        front.tick();
    }
    front.typed("1 2");
    front.perform(Action::Close);
    front.until_idle();
    assert_eq!(front.evaluated(), before);
    front.enter("1");
    assert_eq!(front.evaluated(), before + 2, "once each");
    front.perform(Action::Show(Panel::Watches));
    front.enter("2");
    assert_eq!(front.evaluated(), before + 2, "nobody sees them");
}

/// A watch of some 60,000 instructions may take a sixtieth of the run, and one that costs little is known in
/// each frame; what is old says so.
#[test]
fn a_running_program_evaluates_a_watch_once_a_frame_at_most_and_for_little_of_its_work() {
    let mut front = Front::new();
    front.enter("1 drop");
    front.watch("n");
    front.watch("0 assign: k 1 [ k 1 + assign: k k 10000 < ] repeat_if k");
    front.enter(COUNT);
    front.perform(Action::RunOrPause);
    let (evaluated, started) = (front.evaluated(), front.desk.session().machine().retired());
    let mut costly = 0;
    for frame in 1..=30 {
        let before = front.evaluated();
        assert!(front.tick(), "it runs");
        assert!(front.evaluated() - before <= 2);
        let machine = front.desk.session().machine();
        let now = machine.task().calls().activations().last().unwrap().locals[0];
        let row = front.row(0);
        if row.as_of.is_none() {
            assert_eq!(row.value, Ok(machine.show(now)), "frame {frame}");
        }
        costly += u64::from(front.row(1).as_of.is_none());
    }
    let done = front.desk.session().machine().retired() - started;
    assert!(costly * 60_000 <= done / 60 + 2 * 90_000, "{costly} times in {done}");
    assert!(front.evaluated() - evaluated <= 60);
    front.perform(Action::Stop);
    front.until_idle();
    assert!(front.desk.watches().iter().all(|row| row.as_of.is_none()));
}

#[test]
fn in_source_a_watch_is_typed_and_proposed_as_source() {
    let mut front = Front::new();
    front.enter("3 assign: i i 4 *");
    front.perform(Action::SwitchNotation);
    assert_eq!(front.desk.preferences().code.notation, Notation::Source);
    let at = At { body: BodyId::Code(midflight::vm::memory::MAIN), offset: 2 };
    front.perform(Action::Select(Some(at)));
    front.perform(Action::Watch);
    let midflight::desk::overlay::Overlay::Ask(_, proposed) = front.desk.overlay() else {
        panic!("it asks for a line")
    };
    assert_eq!(proposed, "i");
    front.perform(Action::AnswerText("i * 3 + 1".to_owned()));
    front.until_idle();
    assert_eq!(front.words(), ["watch i * 3 + 1: 10"]);
}
