//! Long runs and many gestures, with checkpoints.

use midflight::session::Session;
use midflight::session::command::Command;
use midflight::session::goal::Goal;
use midflight::session::journal::Position;
use midflight::session::load::image_of_program;
use midflight::session::outcome::Progress;
use midflight::session::record::Record;
use midflight::session::recording::{self, Recording, append};
use midflight::session::request::Request;
use midflight::vm::memory::Place;

use super::SEED;
use crate::support::choices::Choices;
use crate::support::wait::until;

#[test]
fn anywhere_in_three_million_instructions() {
    const STEP: u64 = 100_000;
    let text =
        "1000 allocate assign: a 0 [ 1+ dup a 2 memory.set dup 7 mod a 3 memory.set ] repeat";
    let base = image_of_program(text).unwrap();
    let mut machine = base.machine.clone();
    let mut states = vec![machine.clone()];
    for _ in 0..30 {
        machine.run(STEP);
        states.push(machine.clone());
    }
    let mut session = Session::new(base);
    session.start(Request::run(Goal::Fuel(30 * STEP))).unwrap();
    until("the end of the run", || session.advance(70_000) != Ok(Progress::More));
    assert_eq!(*session.machine(), machine);
    assert!(session.checkpoints().count() >= 4);
    let c = &mut Choices::new(SEED);
    for round in 0..24 {
        if round == 12 {
            let (bytes, count) = (session.checkpoints().bytes(), session.checkpoints().count());
            session.set_checkpoint_budget(bytes / 2);
            assert!(session.checkpoints().count() < count);
        }
        assert!(session.checkpoints().bytes() <= session.checkpoints().budget());
        let at = c.below(states.len());
        let to = Position { entry: 1, done: at as u64 * STEP };
        session.goto(to).unwrap();
        // A sliced journey does not move the session before it arrives.
        let next = Position { entry: 1, done: c.below(30 * STEP as usize) as u64 };
        session.start(Request::goto(next)).unwrap();
        until("the end of the journey", || {
            let more = session.advance(30_000) == Ok(Progress::More);
            assert!(!more || (session.position(), session.machine()) == (to, &states[at]));
            !more
        });
        assert_eq!(session.position(), next);
        assert_eq!(session.machine().retired(), next.done);
    }
}

#[test]
fn gestures_without_runs_are_not_all_done_again() {
    let mut session = Session::default();
    let push = Command::Push { text: "1".into() };
    for _ in 0..5000 {
        session.apply(std::slice::from_ref(&push)).unwrap();
    }
    assert!(session.checkpoints().count() >= 9);
    session.undo().unwrap();
    assert_eq!(session.machine().task().parameters().len(), 4999);
    session.goto(Position { entry: 777, done: 0 }).unwrap();
    assert_eq!(session.machine().task().parameters().len(), 777);
}

#[test]
fn checkpoints_are_thinned_where_they_are_old() {
    const INTERVAL: u64 = 1_000;
    const END: u64 = 1_000 * INTERVAL;
    let mut session = Session::new(image_of_program("0 1 [ 1+ 1 ] repeat_if").unwrap());
    session.set_checkpoint_interval(INTERVAL);
    session.start(Request::run(Goal::Fuel(END))).unwrap();
    session.advance(INTERVAL).unwrap();
    let one = session.checkpoints().bytes() / session.checkpoints().count();
    session.set_checkpoint_budget(30 * one);
    until("the end of the run", || session.advance(INTERVAL) != Ok(Progress::More));
    let kept = session.checkpoints();
    assert!((20..=30).contains(&kept.count()) && kept.bytes() <= 30 * one, "{}", kept.count());
    // The distance from the nearest checkpoint, in intervals: short near the end, longer far back.
    for (back, most) in [(0, 2), (5, 10), (50, 60), (500, 400)] {
        let done = END - back * INTERVAL;
        let nearest = session.checkpoint_before(Position { entry: 1, done }).unwrap();
        let way = (done - nearest.position().done) / INTERVAL;
        assert!(way <= most, "{back} back: {way}");
    }
}

#[test]
fn locals_are_counted_in_what_checkpoints_take() {
    let locals: String = (0..50).map(|n| format!("0 assign: l{n} ")).collect();
    let text = format!("[ {locals} f ] bind: f f");
    let mut session = Session::new(image_of_program(&text).unwrap());
    session.apply(&[Command::Run { fuel: 100_000 }]).unwrap();
    session.set_checkpoint_interval(1);
    session.apply(&[Command::Push { text: "1".into() }]).unwrap();
    let depth = session.machine().task().calls().depth() as usize;
    assert!(session.checkpoints().bytes() > depth * 50 * size_of::<u64>());
}

#[test]
fn names_are_counted_in_what_checkpoints_take() {
    let mut session = Session::default();
    let at = Place::new(0, 0);
    let text: String = (0..5000).map(|n| format!("label: l{n} ")).collect();
    session.apply(&[Command::Write { at, text: text.into() }]).unwrap();
    // The names stay known when nothing has them any more.
    session.apply(&[Command::Delete { at, count: 5000 }]).unwrap();
    session.set_checkpoint_interval(1);
    session.apply(&[Command::Push { text: "1".into() }]).unwrap();
    let kept = session.checkpoints();
    assert!(kept.bytes() / kept.count() > 5000 * size_of::<(&str, &str, u64)>());
}

#[test]
fn a_run_in_many_slices_is_one_entry_and_one_line() {
    let mut session = Session::new(image_of_program("0 [ 1+ ] repeat").unwrap());
    session.set_checkpoint_budget(0);
    session.start(Request::run(Goal::Free)).unwrap();
    let mut kept = Vec::new();
    for slice in 0..30_000 {
        session.advance(3).unwrap();
        if slice % 100 == 99 {
            let taken = session.take_records();
            assert_eq!(taken.len(), 1, "100 slices are one line");
            taken.into_iter().for_each(|record| append(&mut kept, record));
        }
    }
    let entry = session.journal().entries();
    assert_eq!((entry.len(), entry[0].commands.len()), (1, 1));
    assert_eq!(kept, [Record::Gesture(vec![Command::Run { fuel: 300 }]), Record::More(89_700)]);
}

#[test]
fn what_a_long_run_appended_line_by_line_is_read_as_one_entry() {
    let lines = "more 3\n".repeat(30_000);
    let text = format!("midflight-session 2\nbase program `0 [ 1+ ] repeat`\nrun 3\n{lines}");
    let (journal, end) = Recording::read(&text).unwrap().journal().unwrap();
    assert_eq!(end, Position { entry: 1, done: 90_003 });
    assert_eq!(journal.entry(1).unwrap().commands, [Command::Run { fuel: 90_003 }]);
}

#[test]
fn a_million_empty_lines_in_a_recording_are_one_comment() {
    let lines = "\n".repeat(1_000_000);
    let text = format!("midflight-session 6\nbase empty\n{lines}# one\npush `1`\n# two\n");
    let (journal, end) = Recording::read(&text).unwrap().journal().unwrap();
    assert_eq!(journal.notes().all().len(), 2);
    // They are written again as they were.
    assert_eq!(recording::write(&journal, end), text);
}
