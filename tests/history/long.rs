//! Long runs and many gestures, with checkpoints.

use midflight::session::Session;
use midflight::session::command::Command;
use midflight::session::goal::Goal;
use midflight::session::journal::Position;
use midflight::session::load::image_of_program;
use midflight::session::outcome::Progress;
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
    let push = Command::Push { text: "1".to_string() };
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
    session.apply(&[Command::Push { text: "1".to_string() }]).unwrap();
    let depth = session.machine().task().calls().depth() as usize;
    assert!(session.checkpoints().bytes() > depth * 50 * size_of::<u64>());
}

#[test]
fn names_are_counted_in_what_checkpoints_take() {
    let mut session = Session::default();
    let at = Place::new(0, 0);
    let text: String = (0..5000).map(|n| format!("label: l{n} ")).collect();
    session.apply(&[Command::Write { at, text }]).unwrap();
    // The names stay known when nothing has them any more.
    session.apply(&[Command::Delete { at, count: 5000 }]).unwrap();
    session.set_checkpoint_interval(1);
    session.apply(&[Command::Push { text: "1".to_string() }]).unwrap();
    let kept = session.checkpoints();
    assert!(kept.bytes() / kept.count() > 5000 * size_of::<(&str, &str, u64)>());
}
