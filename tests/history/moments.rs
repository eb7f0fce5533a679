//! Names of moments: bookmarks in time.

use std::collections::BTreeMap;

use midflight::autosave::recorded;
use midflight::session::Session;
use midflight::session::command::Command;
use midflight::session::journal::Position;
use midflight::session::load::image_of_program;
use midflight::session::recording::{Recording, head};

fn push(text: &str) -> Command {
    Command::Push { text: text.to_string() }
}

#[test]
fn a_name_stays_with_its_moment() {
    let mut session = Session::new(image_of_program("1 1 [ 1+ dup 100 < ] repeat_if").unwrap());
    session.apply(&[Command::Run { fuel: 20 }]).unwrap();
    assert_eq!(session.name_moment("  in the loop "), Ok(None));
    let first = session.position();
    session.apply(&[Command::Run { fuel: 20 }]).unwrap();
    session.step_back().unwrap();
    assert_eq!(session.name_moment("later"), Ok(None));
    let second = session.position();
    session.goto(Position::default()).unwrap();
    session.apply(&[push("7")]).unwrap();
    let moments =
        BTreeMap::from([("in the loop".to_string(), first), ("later".to_string(), second)]);
    assert_eq!(*session.journal().moments(), moments, "also on a way that was left");
    assert_eq!(session.journal().name_of(second), Some("later"));

    // One name a moment, one moment a name.
    assert_eq!(session.name_moment("later"), Ok(Some(second)));
    assert_eq!(session.name_moment("now"), Ok(None));
    let now = session.position();
    assert_eq!(session.journal().moments().get("now"), Some(&now));
    assert_eq!(session.journal().moments().len(), 2);
    assert!(session.forget_moment("in the loop") && !session.forget_moment("in the loop"));

    let appended = head(session.journal().base())
        + &session.take_lines().iter().map(|line| line.print() + "\n").collect::<String>();
    for text in [appended, recorded(&session)] {
        let (journal, at) = Recording::read(&text).unwrap().journal().unwrap();
        assert_eq!((&journal, at), (session.journal(), now), "{text}");
    }
}

#[test]
fn a_name_that_is_none_changes_nothing() {
    let mut session = Session::default();
    for (bad, said) in [("  ", "at least one"), ("a\nb", "one line"), (&"x".repeat(61), "60")] {
        let problem = session.name_moment(bad).unwrap_err();
        assert!(problem.contains(said), "{problem}");
    }
    assert_eq!(session.name_moment(&"x".repeat(60)), Ok(None));
    let changes = session.changes();
    assert_eq!(session.name_moment(&"x".repeat(60)), Ok(None), "it has it already");
    assert_eq!((session.changes(), session.take_lines().len()), (changes, 1));
}

#[test]
fn a_run_that_is_named_in_its_middle_goes_on() {
    let mut session = Session::new(image_of_program("1 1 [ 1+ dup 100 < ] repeat_if").unwrap());
    session.begin(&[push("3")], Some(midflight::session::goal::Goal::Free)).unwrap();
    session.slice(10);
    session.name_moment("here").unwrap();
    session.slice(10);
    assert_eq!(session.journal().entries().len(), 1);
    let text = recorded(&session);
    let (journal, at) = Recording::read(&text).unwrap().journal().unwrap();
    assert_eq!((&journal, at), (session.journal(), session.position()));
    assert_eq!(journal.moments()["here"], Position { entry: 1, done: 10 });
}
