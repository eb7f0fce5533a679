//! The typical mistakes of steppers with a history, one test each.

use midflight::program::image::Image;
use midflight::session::Session;
use midflight::session::command::Command;
use midflight::session::goal::Goal;
use midflight::session::journal::Position;
use midflight::session::load::image_of_program;
use midflight::session::outcome::Progress;
use midflight::session::request::Request;
use midflight::vm::index::Body;
use midflight::vm::limit::LimitKind;
use midflight::vm::memory::Place;
use midflight::vm::relocate::Shift;
use midflight::vm::stop::Stop;

use crate::support::wait::until;

fn session(text: &str) -> Session {
    Session::new(image_of_program(text).unwrap())
}

fn run(session: &mut Session, fuel: u64) {
    session.apply(&[Command::Run { fuel }]).unwrap();
}

fn give(text: &str) -> Command {
    Command::Give { text: text.to_string() }
}

/// Runs step by step to where the program stops, then back and forward through all states. Returns them.
fn there_and_back(session: &mut Session) -> Vec<Image> {
    let mut states: Vec<Image> = vec![session.image().clone()];
    while session.machine().waits().is_none() {
        run(session, 1);
        states.push(session.image().clone());
        assert!(states.len() < 500);
    }
    for state in states.iter().rev() {
        assert_eq!(session.image(), state);
        session.step_back().unwrap();
    }
    assert_eq!(session.step_back(), Ok(false));
    assert_eq!(*session.image(), states[0]);
    for state in &states[1..] {
        assert_eq!(session.redo(), Ok(true));
        assert_eq!(session.image(), state);
    }
    assert_eq!(session.redo(), Ok(false));
    states
}

#[test]
fn back_over_a_jump() {
    there_and_back(&mut session("1 [ 5 ] [ 6 ] if-else 0 [ 7 ] if"));
    there_and_back(&mut session("3 [ 1- dup ] [ ] drop 1 swap repeat_if"));
    there_and_back(&mut session("0 [ 1+ dup 3 > return_if ] repeat"));
}

#[test]
fn back_over_calls_and_returns() {
    let fib = "[ assign: i i 2 < [ 1 return ] if i 2 - fib i 1 - fib + return ] bind: fib 4 fib";
    there_and_back(&mut session(fib));
    there_and_back(&mut session("[ call ] bind: g [ assign: i [ i 3 + return ] g 9 ] bind: f 2 f"));
}

#[test]
fn back_over_output_input_and_data() {
    let mut session = session(
        "2 allocate assign: a 7 a 1 memory.set input.line print input.ended a 1 memory.get print",
    );
    session.apply(&[give("one\ntwo")]).unwrap();
    let states = there_and_back(&mut session);
    // To just after the input was given, and to where the last gesture began.
    for (entry, state) in [(1, &states[0]), (states.len(), &states[states.len() - 2])] {
        session.goto(Position { entry, done: 0 }).unwrap();
        assert_eq!(session.image(), state, "gesture {entry}");
    }
}

#[test]
fn back_after_a_fault() {
    let mut session = session("1 2 3 + \"a\" +");
    there_and_back(&mut session);
    run(&mut session, 99);
    assert!(matches!(session.machine().waits(), Some(Stop::Fault(_))));
    let faulty = session.image().clone();
    assert_eq!(session.step_back(), Ok(true));
    assert_eq!(session.machine().show_stack(), "1 5");
    run(&mut session, 99);
    assert_eq!(*session.image(), faulty);
}

#[test]
fn back_after_a_limit_was_raised() {
    let mut session = session("[ f ] bind: f f");
    session.apply(&[Command::Limit { kind: LimitKind::Calls, value: 5 }]).unwrap();
    run(&mut session, 99);
    assert_eq!(session.machine().waits(), Some(Stop::Limit(LimitKind::Calls)));
    let low = session.image().clone();
    session.apply(&[Command::Limit { kind: LimitKind::Calls, value: 6 }]).unwrap();
    run(&mut session, 99);
    assert_eq!(session.machine().task().calls().depth(), 6);
    session.undo().unwrap();
    session.undo().unwrap();
    assert_eq!(*session.image(), low);
}

#[test]
fn back_at_the_end_and_at_the_beginning() {
    let mut session = session("1 2 +");
    assert_eq!(session.step_back(), Ok(false));
    assert_eq!(session.undo(), Ok(false));
    run(&mut session, 99);
    assert_eq!(session.machine().waits(), Some(Stop::Finished));
    // Running a finished program does nothing, so it is no gesture.
    run(&mut session, 99);
    assert_eq!(session.journal().entries().len(), 1);
    session.step_back().unwrap();
    assert_eq!(session.machine().show_stack(), "1 2");
    session.redo().unwrap();
    assert_eq!(session.machine().show_stack(), "3");
    assert_eq!(session.redo(), Ok(false));
}

#[test]
fn input_during_replay_is_what_was_given() {
    let mut session = session("input.line input.line str_join print");
    run(&mut session, 9);
    assert_eq!(session.machine().waits(), Some(Stop::Input));
    session.apply(&[give("a\n")]).unwrap();
    run(&mut session, 9);
    session.apply(&[give("b\nc")]).unwrap();
    run(&mut session, 9);
    let end = (session.position(), session.image().clone());
    until("the base", || !session.undo().unwrap());
    assert_eq!(session.machine().input().rest(), "");
    session.set_checkpoint_budget(0);
    session.goto(end.0).unwrap();
    assert_eq!(*session.image(), end.1);
    for rest in ["c", "c", "c", "b\nc"] {
        assert_eq!(session.machine().input().rest(), rest);
        session.step_back().unwrap();
    }
}

#[test]
fn back_over_growth_and_moves() {
    let mut session = session("[ ] bind: f f 1 2 +");
    run(&mut session, 1);
    let (entry, before) = (session.position(), session.image().clone());
    let at = Place::new(1, 0);
    let text = "1 drop ".repeat(60);
    session.apply(&[Command::Write { at, text: text.into() }, Command::Run { fuel: 7 }]).unwrap();
    assert_eq!(session.machine().memory().code(Body(1)).unwrap().size, 200);
    let after = (session.position(), session.image().clone());
    session.undo().unwrap();
    assert_eq!((session.position(), session.image()), (entry, &before));
    session.redo().unwrap();
    assert_eq!((session.position(), session.image()), (after.0, &after.1));
}

#[test]
fn redo_passes_through_a_branch_in_the_middle_of_a_run() {
    let mut session = session("1 2 3 4 5 6");
    run(&mut session, 6);
    session.step_back().unwrap();
    session.step_back().unwrap();
    session.apply(&[Command::Push { text: "77".into() }]).unwrap();
    let branch = session.position();
    session.undo().unwrap();
    session.undo().unwrap();
    assert_eq!(session.position(), Position::default());
    session.redo().unwrap();
    assert_eq!(session.machine().show_stack(), "1 2 3 4");
    session.redo().unwrap();
    assert_eq!(session.position(), branch);
    assert_eq!(session.machine().show_stack(), "1 2 3 4 77");
}

#[test]
fn going_somewhere_ends_the_run_in_progress() {
    let mut session = session("0 [ 1+ ] repeat");
    session.start(Request::run(Goal::Free)).unwrap();
    assert_eq!(session.advance(10), Ok(Progress::More));
    assert!(session.job().is_some());
    session.goto(Position::default()).unwrap();
    assert!(session.job().is_none());
    session.advance(10).unwrap();
    assert_eq!(session.position(), Position::default(), "nothing runs on from here");
}

#[test]
fn new_cells_were_nowhere_before() {
    let at = Place::new(0, 3);
    let before = |offset| Shift::Inserted { at, count: 2 }.before(Place::new(0, offset));
    assert_eq!(before(2), Some(Place::new(0, 2)));
    assert_eq!((before(3), before(4)), (None, None));
    assert_eq!(before(5), Some(at));
}
