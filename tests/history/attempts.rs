//! A gesture done in time slices has the same result as one done at once.

use midflight::session::Session;
use midflight::session::command;
use midflight::session::command::Command;
use midflight::session::job::Job;
use midflight::session::outcome::Progress;
use midflight::session::record::Record;
use midflight::session::request::Request;
use midflight::vm::stop::Stop;

fn gesture(line: &str) -> Vec<Command> {
    command::read(line).unwrap()
}

/// Does a gesture in slices. Returns how many slices it took, or why it was refused.
fn tried(session: &mut Session, line: &str, fuel: u64) -> Result<usize, String> {
    let mut progress = session.start(Request::gesture(gesture(line), None));
    for slices in 0.. {
        match progress {
            Err(refused) => return Err(refused.to_string()),
            Ok(Progress::Done(_)) => return Ok(slices),
            Ok(Progress::More) => {}
        }
        let (before, tries) = (session.position(), !session.job().is_some_and(Job::is_run));
        progress = session.advance(fuel);
        let goes_on = progress == Ok(Progress::More) && !session.job().is_some_and(Job::is_run);
        assert!(
            !(tries && goes_on) || session.position() == before,
            "nothing shows until the gesture is complete"
        );
    }
    unreachable!()
}

#[test]
fn slices_make_no_difference() {
    for line in [
        "run 50 | push `7`",
        "push `1` | run 9 | drop 1 | run 20 | counter 0:3 | run 5",
        "run 0 | push `2` | run 8",
        "run 9 | run 9 | push `4` | run 3 | run 1",
        "drop 1 | run 100 | push `3` | run 100",
    ] {
        let mut whole = Session::default();
        whole.apply(&gesture("write 0:0 `0 [ 1 + 1 ] repeat` | run 2")).unwrap();
        let start = whole.clone();
        whole.apply(&gesture(line)).unwrap();
        for fuel in [1, 2, 3, 7, 1001, 5000] {
            let mut sliced = start.clone();
            let slices = tried(&mut sliced, line, fuel).unwrap();
            assert!(fuel > 3 || slices > 1, "{slices} slices");
            assert_eq!(sliced.image(), whole.image(), "{line}, {fuel}");
            assert_eq!(sliced.position(), whole.position(), "{line}, {fuel}");
            assert_eq!(sliced.journal(), whole.journal(), "{line}, {fuel}");
            assert_eq!(sliced.stop_after(2), whole.stop_after(2), "{line}, {fuel}");
        }
    }
}

#[test]
fn a_refused_or_abandoned_attempt_leaves_no_trace() {
    let mut session = Session::default();
    session.apply(&gesture("write 0:0 `[ 1 drop ] repeat`")).unwrap();
    session.take_records();
    let before = session.clone();
    assert!(tried(&mut session, "run 10 | counter 99:0", 3).is_err());
    session.start(Request::gesture(gesture("run 1000000000000 | push `1`"), None)).unwrap();
    assert_eq!(session.advance(10), Ok(Progress::More));
    assert_eq!(session.job().map(Job::tried), Some(10));
    session.give_up();
    assert_eq!((session.image(), session.journal()), (before.image(), before.journal()));
    assert!(session.take_records().is_empty());
}

#[test]
fn who_plays_on_sees_why_it_waits_now() {
    let mut session = Session::default();
    session.apply(&gesture("write 0:0 `1 2 missing` | run 1")).unwrap();
    assert_eq!(session.stop_after(1), Some(&None));
    session.play(&Record::More(9)).unwrap();
    let missing = Stop::NotYetImplemented("missing".to_string());
    assert_eq!(session.stop_after(1), Some(&Some(missing)));
}
