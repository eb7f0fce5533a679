//! Long histories and hostile recordings: the work must not grow faster than their length.
//!
//! If it does, a test does not finish before the deadline of [`ended`]. Otherwise it takes a moment.

use midflight::session::Session;
use midflight::session::command::Command;
use midflight::session::journal::Position;
use midflight::session::recording::Recording;
use midflight::session::wanted::{Direction, Wanted};

use crate::support::wait::ended;

const MANY: usize = 100_000;
/// Lines of a recording.
const LINES: usize = 400_000;

#[test]
fn going_back_does_not_look_at_the_whole_way() {
    let mut session = Session::default();
    for n in 0..MANY {
        let push = Command::Push { text: "1".into() };
        let nothing = Command::Give { text: String::new() };
        session.apply(&[if n % 1000 == 0 { push } else { nothing }]).unwrap();
    }
    let mut session = ended("undo", move || {
        for _ in 0..1000 {
            assert_eq!(session.undo(), Ok(true));
        }
        session
    });
    assert_eq!(session.position(), Position { entry: MANY - 1000, done: 0 });
    assert_eq!(session.machine().task().parameters().len(), (MANY - 1000) / 1000);
    ended("searches", move || {
        for _ in 0..3 {
            assert_eq!(session.find(Wanted::Output, Direction::Back), Ok(None));
        }
    });
}

#[test]
fn notes_and_bookmarks_in_any_order_are_read_at_once() {
    let lines = |line: &dyn Fn(usize) -> String| (0..LINES).map(line).collect::<String>();
    let comments = lines(&|_| "#\n".to_string());
    let bookmarks = lines(&|n| format!("end-input\nmoment `{n}`\n"));
    let runs =
        format!("end-input{}\n", " | end-input".repeat(LINES)) + &lines(&|_| "more 1\n".into());
    let notes = format!("end-input\n{comments}goto 0\n{comments}");
    for (what, body) in [("notes", notes), ("bookmarks", bookmarks), ("runs", runs)] {
        let text = format!("midflight-session 2\nbase empty\n{body}");
        let read = move || Recording::read(&text).unwrap().journal().unwrap();
        let (journal, _) = ended(&format!("reading {what}"), read);
        assert!(journal.notes().all().is_sorted_by_key(|(at, _)| at));
    }
}
