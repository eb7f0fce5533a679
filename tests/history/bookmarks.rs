//! Bookmarks: positions with a name.

use std::collections::BTreeMap;

use midflight::session::Session;
use midflight::session::command::Command;
use midflight::session::goal::Goal;
use midflight::session::journal::Position;
use midflight::session::load::image_of_program;
use midflight::session::recording::{self, Recording, head};
use midflight::session::request::Request;

fn push(text: &str) -> Command {
    Command::Push { text: text.into() }
}

#[test]
fn a_bookmark_stays_at_its_position() {
    let mut session = Session::new(image_of_program("1 1 [ 1+ dup 100 < ] repeat_if").unwrap());
    session.apply(&[Command::Run { fuel: 20 }]).unwrap();
    assert_eq!(session.set_bookmark("  in the loop "), Ok(None));
    let first = session.position();
    session.apply(&[Command::Run { fuel: 20 }]).unwrap();
    session.step_back().unwrap();
    assert_eq!(session.set_bookmark("later"), Ok(None));
    let second = session.position();
    session.goto(Position::default()).unwrap();
    session.apply(&[push("7")]).unwrap();
    let bookmarks =
        BTreeMap::from([("in the loop".to_string(), first), ("later".to_string(), second)]);
    assert_eq!(
        *session.journal().bookmarks().by_name(),
        bookmarks,
        "bookmarks stay on a branch that was left"
    );
    assert_eq!(session.journal().bookmarks().name_of(second), Some("later"));

    // A position has one name, and a name has one position.
    assert_eq!(session.set_bookmark("later"), Ok(Some(second)));
    assert_eq!(session.set_bookmark("now"), Ok(None));
    let now = session.position();
    assert_eq!(session.journal().bookmarks().by_name().get("now"), Some(&now));
    assert_eq!(session.journal().bookmarks().by_name().len(), 2);
    assert!(session.remove_bookmark("in the loop") && !session.remove_bookmark("in the loop"));

    let appended = head(session.journal().base())
        + &session.take_records().iter().map(|line| line.print() + "\n").collect::<String>();
    for text in [appended, recording::write(session.journal(), session.position())] {
        let (journal, at) = Recording::read(&text).unwrap().journal().unwrap();
        assert_eq!((&journal, at), (session.journal(), now), "{text}");
    }
}

#[test]
fn a_refused_name_changes_nothing() {
    let mut session = Session::default();
    for (bad, said) in [("  ", "needs a name"), ("a\nb", "one line"), (&"x".repeat(61), "60")] {
        let problem = session.set_bookmark(bad).unwrap_err();
        assert!(problem.contains(said), "{problem}");
    }
    assert_eq!(session.set_bookmark(&"x".repeat(60)), Ok(None));
    let changes = session.changes();
    assert_eq!(
        session.set_bookmark(&"x".repeat(60)),
        Ok(None),
        "the position has this name already"
    );
    assert_eq!((session.changes(), session.take_records().len()), (changes, 1));
}

#[test]
fn a_run_with_a_bookmark_in_its_middle_goes_on() {
    let mut session = Session::new(image_of_program("1 1 [ 1+ dup 100 < ] repeat_if").unwrap());
    session.start(Request::gesture([push("3")], Some(Goal::Free))).unwrap();
    session.advance(10).unwrap();
    session.set_bookmark("here").unwrap();
    session.advance(10).unwrap();
    assert_eq!(session.journal().entries().len(), 1);
    let text = recording::write(session.journal(), session.position());
    let (journal, at) = Recording::read(&text).unwrap().journal().unwrap();
    assert_eq!((&journal, at), (session.journal(), session.position()));
    assert_eq!(journal.bookmarks().by_name()["here"], Position { entry: 1, done: 10 });
}
