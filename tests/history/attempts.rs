//! A gesture tried in slices is the same gesture.

use midflight::session::Session;
use midflight::session::command;
use midflight::session::command::Command;
use midflight::session::record::Record;
use midflight::vm::stop::Stop;

fn gesture(line: &str) -> Vec<Command> {
    command::read(line).unwrap()
}

/// Tries a gesture in slices; how many there were, or why it was refused.
fn tried(session: &mut Session, line: &str, fuel: u64) -> Result<usize, String> {
    let mut attempt = session.attempt(&gesture(line));
    for slices in 1.. {
        let before = session.position();
        match attempt.slice(session, fuel) {
            Err(refused) => return Err(refused.to_string()),
            Ok(true) => return Ok(slices),
            Ok(false) => assert_eq!(session.position(), before, "until it is whole, nothing is"),
        }
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
    let mut attempt = session.attempt(&gesture("run 1000000000000 | push `1`"));
    assert_eq!(attempt.slice(&mut session, 10), Ok(false));
    assert_eq!(attempt.retired(), 10);
    drop(attempt);
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
