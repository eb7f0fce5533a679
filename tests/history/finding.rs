//! Searches and restarts across edits.

use midflight::session::Session;
use midflight::session::command;
use midflight::session::goal::{Ended, Goal};
use midflight::session::journal::Position;
use midflight::session::load::image_of_program;
use midflight::session::outcome::{Outcome, Progress};
use midflight::session::request::Request;
use midflight::session::wanted::{Direction, Wanted};
use midflight::vm::index::{Body, FrameId, TaskId};
use midflight::vm::memory::Place;

fn session(text: &str, gestures: &[&str]) -> Session {
    let mut session = Session::new(image_of_program(text).unwrap());
    for line in gestures {
        session.apply(&command::read(line).unwrap()).unwrap();
    }
    session
}

fn forth(session: &mut Session, wanted: Wanted) -> Option<Position> {
    session.find(wanted, Direction::Forward).unwrap()
}

#[test]
fn forth_to_the_call_of_what_was_missing() {
    let mut session = session("1 f", &["run 9", "define f `assign: i i print 2` | run 1", "run 9"]);
    session.goto(Position { entry: 1, done: 1 }).unwrap();
    let call = Position { entry: 2, done: 0 };
    assert_eq!(forth(&mut session, Wanted::Call("f".to_string())), Some(call));
    assert_eq!(
        forth(&mut session, Wanted::Start { task: TaskId::MAIN, frame: FrameId(1), body: Body(1) }),
        Some(call)
    );
    session.goto(call).unwrap();
    assert_eq!(forth(&mut session, Wanted::Call("f".to_string())), None);
}

#[test]
fn forth_to_an_output_that_was_written_where_it_waited() {
    let mut session = session("1 missing 2 print", &["run 9", "replace 0:1 `print`", "run 9"]);
    session.goto(Position { entry: 1, done: 1 }).unwrap();
    for at in [Position { entry: 3, done: 0 }, Position { entry: 3, done: 2 }] {
        assert_eq!(forth(&mut session, Wanted::Output), Some(at));
        session.goto(at).unwrap();
    }
    assert_eq!(forth(&mut session, Wanted::Output), None);
}

#[test]
fn forth_from_an_output_skips_it_though_something_else_is_done_first() {
    let mut session =
        session("1 print 2 print", &["run 1", "push `3`", "breakpoint 0:3 on", "run 9"]);
    session.goto(Position { entry: 1, done: 1 }).unwrap();
    assert_eq!(forth(&mut session, Wanted::Output), Some(Position { entry: 4, done: 2 }));
}

#[test]
fn returning_to_the_first_cell_is_no_call() {
    // The call of `g` is deleted while `g` is alive, so `g` returns to the first cell of `f`.
    let text = "[ g assign: i missing ] bind: f [ 5 return ] bind: g 1 f";
    let mut session = session(text, &["run 3", "delete 1:0 1", "run 9"]);
    assert_eq!(session.machine().show_stack(), "1");
    let call = session.find(Wanted::Call("f".to_string()), Direction::Back);
    assert_eq!(call, Ok(Some(Position { entry: 1, done: 1 })));
    assert_eq!(session.restart_frame(FrameId(1)), Ok(Outcome::Done));
    assert_eq!(session.machine().show_stack(), "1", "without what `g` left");
    assert!(session.restart_frame(FrameId(u32::MAX)).is_err());
    let start = Wanted::Start { task: TaskId::MAIN, frame: FrameId(u32::MAX), body: Body(1) };
    assert_eq!(session.find(start, Direction::Back), Ok(None));
}

#[test]
fn forth_to_a_cell_that_an_edit_moves_at_the_end() {
    let wanted = |offset| Wanted::Cells([Place::new(0, offset)].into());
    let mut session = session("1 2 missing 4", &["run 1", "run 9", "write 0:2 `5`"]);
    session.goto(Position { entry: 1, done: 1 }).unwrap();
    assert_eq!(forth(&mut session, wanted(2)), None);
    session.goto(Position { entry: 2, done: 1 }).unwrap();
    session.apply(&command::read("delete 0:2 1 | push `3`").unwrap()).unwrap();
    let end = session.position();
    session.goto(Position { entry: 1, done: 1 }).unwrap();
    assert_eq!(forth(&mut session, wanted(3)), Some(end));
}

#[test]
fn the_call_of_the_bottom_frame_is_not_looked_for() {
    let mut session = session("7 1 [ 1+ 1 ] repeat_if", &["run 100000"]);
    let start = Wanted::Start { task: TaskId::MAIN, frame: FrameId::BOTTOM, body: Body(0) };
    assert_eq!(session.find(start, Direction::Back), Ok(None));
    assert_eq!(session.restart_frame(FrameId::BOTTOM), Ok(Outcome::Done));
    assert_eq!(session.machine().show_stack(), "");
}

#[test]
fn a_line_in_a_block_that_starts_again_is_carried_out_once() {
    let mut session = session("1 [ ... ] repeat_if", &["run 9"]);
    let at = session.machine().task().counter();
    let line = format!("write {}:{} `1 end`", at.body, at.offset);
    let goal = Goal::line(session.machine(), at, 2);
    session.start(Request::gesture(command::read(&line).unwrap(), Some(goal))).unwrap();
    let before = session.machine().retired();
    assert_eq!(session.advance(1000), Ok(Progress::Done(Outcome::Ran(Ended::Reached))));
    assert_eq!(session.machine().retired(), before + 2);
    assert_eq!(session.machine().task().counter(), at);
}
