//! Expectations that are recorded while working.

use midflight::session::Session;
use midflight::session::command::Command;
use midflight::session::journal::Position;
use midflight::session::journal::note::Note;
use midflight::session::recording::{Recording, head};

use crate::support::wait::until;

fn push(text: &str) -> Command {
    Command::Push { text: text.into() }
}

#[test]
fn what_is_expected_here_holds_and_is_kept_in_its_place() {
    let mut session = Session::default();
    session.apply(&[push("1")]).unwrap();
    let first = session.position();
    let expected = session.expect_here().unwrap();
    assert_eq!(expected, ["stack `1`", "waits finished", "output ``"]);
    session.expect_here().unwrap();
    assert_eq!(session.expected_here(), expected, "it is recorded once");
    session.apply(&[push("2")]).unwrap();
    assert_eq!(session.expected_here(), Vec::<String>::new());
    session.goto(first).unwrap();
    assert_eq!(session.unmet_here(), Ok(None));

    let lines = session.take_records();
    let text = head(session.journal().base())
        + &lines.iter().map(|line| line.print() + "\n").collect::<String>();
    let (journal, at) = Recording::read(&text).unwrap().journal().unwrap();
    assert_eq!((&journal, at), (session.journal(), first));
}

#[test]
fn an_expectation_that_does_not_hold_is_found_where_it_stands() {
    let text = "midflight-session 2\nbase empty\n# one\npush `1`\nexpect stack `2`\nexpect retired 0\n\
                # two\npush `2`\nexpect stack `1 2`\n";
    let (journal, end) = Recording::read(text).unwrap().journal().unwrap();
    let comment = |text: &str| Note::Comment(text.to_string());
    assert_eq!(journal.notes().at(Position::default()).collect::<Vec<_>>(), [&comment("# one")]);
    assert_eq!(journal.notes().within(1).len(), 3);
    let mut session = Session::of_recording(journal, end);
    assert_eq!(session.position(), Position::default());
    assert!(session.redo().unwrap());
    let unmet = session.unmet_here().unwrap().unwrap();
    assert_eq!((unmet.subject.as_str(), unmet.found.as_str()), ("stack", "`1`"));
    assert_eq!(session.forget_expectations(), 2);
    assert_eq!(session.unmet_here(), Ok(None));
    assert_eq!(session.journal().notes().within(1), [(session.position(), comment("# two"))]);
    assert!(session.redo().unwrap());
    assert_eq!((session.unmet_here(), session.position()), (Ok(None), end));
}

#[test]
fn redo_of_a_recording_leads_to_where_it_leaves_off() {
    let text = "midflight-session 2\nbase empty\npush `1`\npush `2`\ngoto 1\npush `3`\ngoto 2\n";
    let (journal, end) = Recording::read(text).unwrap().journal().unwrap();
    let mut session = Session::of_recording(journal, end);
    until("the end of the branch", || !session.redo().unwrap());
    assert_eq!(session.machine().show_stack(), "1 2");
}
