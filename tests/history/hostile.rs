//! Long histories and hostile recordings: what they cost does not grow faster than they do.
//!
//! The bounds of time are generous: what they were written against took ten times as long at least.

use std::time::{Duration, Instant};

use midflight::session::Session;
use midflight::session::command::Command;
use midflight::session::journal::Position;
use midflight::session::recording::Recording;
use midflight::session::search::Wanted;

const MANY: usize = 100_000;

fn soon<T>(what: &str, does: impl FnOnce() -> T) -> T {
    let began = Instant::now();
    let done = does();
    assert!(began.elapsed() < Duration::from_secs(3), "{what}: {:?}", began.elapsed());
    done
}

#[test]
fn going_back_does_not_look_at_the_whole_way() {
    let mut session = Session::default();
    for n in 0..MANY {
        let push = Command::Push { text: "1".to_string() };
        let nothing = Command::Give { text: String::new() };
        session.apply(&[if n % 1000 == 0 { push } else { nothing }]).unwrap();
    }
    soon("undo", || {
        for _ in 0..1000 {
            assert_eq!(session.undo(), Ok(true));
        }
    });
    assert_eq!(session.position(), Position { entry: MANY - 1000, done: 0 });
    assert_eq!(session.machine().task().parameters().len(), (MANY - 1000) / 1000);
    for _ in 0..3 {
        let nothing = soon("search", || session.find(session.search_back(Wanted::Output)));
        assert_eq!(nothing, Ok(None));
    }
}

#[test]
fn remarks_and_moments_in_any_order_are_read_in_a_moment() {
    let lines = |line: &dyn Fn(usize) -> String| (0..MANY).map(line).collect::<String>();
    let comments = lines(&|_| "#\n".to_string());
    let moments = lines(&|n| format!("end-input\nmoment `{n}`\n"));
    let runs =
        format!("end-input{}\n", " | end-input".repeat(MANY)) + &lines(&|_| "more 1\n".into());
    for body in [format!("end-input\n{comments}goto 0\n{comments}"), moments, runs] {
        let text = format!("midflight-session 1\nbase empty\n{body}");
        let recording = soon("reading", || Recording::read(&text)).unwrap();
        let (journal, _) = soon(&body[..30], || recording.journal()).unwrap();
        assert!(journal.remarks().is_sorted_by_key(|(at, _)| at));
    }
}
