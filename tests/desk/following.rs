//! Following a program text that another editor saves.

use std::path::Path;

use midflight::desk::action::{Action, Field};

use super::Front;
use crate::support::wait::wait_for;

const FIB: &str = "fib <- fun[i]:\n  if i < 3:\n    return(1)\n  return(fib(i - 2) + fib(i - 1))\n";

/// Saves a text with another stamp than before, as an editor does.
fn save(path: &Path, text: &str) {
    let before = std::fs::metadata(path).and_then(|about| about.modified()).ok();
    wait_for("another stamp", || {
        std::fs::write(path, text).expect("there is room");
        let now = std::fs::metadata(path).and_then(|about| about.modified()).ok();
        (now != before).then_some(())
    });
}

impl Front {
    /// Lets the time of the desk pass until a message contains some words.
    fn until_told(&mut self, words: &str) {
        self.until(|front| {
            front.tick();
            front.says(words)
        });
    }

    /// A followed file is looked at for ever, so the desk always wants another frame.
    fn until_calm(&mut self) {
        self.until(|front| {
            front.tick();
            !front.desk.is_busy()
        });
    }
}

#[test]
fn what_another_editor_saves_changes_the_program_under_its_activations() {
    let folder = tempfile::tempdir().expect("there is room");
    let path = folder.path().join("fib.flpy");
    save(&path, FIB);
    let mut front = Front::new();
    front.perform(Action::OpenPath(path.clone()));
    front.until_idle();
    front.enter("5 fib");
    front.perform(Action::FollowFile);
    front.until_told("nothing differs");
    assert!(front.desk.file_words().contains("follows fib.flpy"), "{}", front.desk.file_words());

    // Three more instructions: the counter is in the middle of the condition.
    for _ in 0..3 {
        front.perform(Action::Step);
    }
    let before = front.desk.session().image().clone();
    save(&path, &FIB.replace("return(1)", "return(10)"));
    front.until_told("Ctrl+Z");
    assert!(
        front.desk.notice().words.contains("fib: 1 cell replaced"),
        "{:?}",
        front.desk.notice()
    );
    front.perform(Action::Undo);
    front.until_calm();
    assert!(*front.desk.session().image() == before, "one undo takes back all of it");
    front.perform(Action::Redo);
    front.until_calm();
    front.perform(Action::RunOrPause);
    front.until_calm();
    assert_eq!(front.desk.session().machine().show_stack(), "50");
}

#[test]
fn a_text_that_cannot_be_read_changes_nothing_and_says_where() {
    let folder = tempfile::tempdir().expect("there is room");
    let path = folder.path().join("fib.flpy");
    save(&path, FIB);
    let mut front = Front::new();
    front.perform(Action::OpenPath(path.clone()));
    front.until_idle();
    front.perform(Action::FollowFile);
    front.until_told("nothing differs");
    let before = front.desk.session().image().clone();
    save(&path, &FIB.replace("i < 3:", "i < :"));
    front.until_told("Nothing was changed");
    let words = &front.desk.notice().words;
    assert!(front.desk.notice().warns && words.contains("line 2, column 10"), "{words}");
    assert!(*front.desk.session().image() == before);
    std::fs::remove_file(&path).expect("it is there");
    front.perform(Action::Typed(Field::Entry, String::new()));
    for _ in 0..9 {
        front.tick();
    }
    assert!(*front.desk.session().image() == before, "a file that is gone changes nothing");
    front.perform(Action::FollowFile);
    assert!(front.desk.followed().is_none());
}

#[test]
fn only_program_texts_are_followed() {
    let mut front = Front::new();
    front.script.answer("work.ron");
    front.perform(Action::FollowFile);
    front.until_idle();
    assert!(front.desk.notice().warns && front.desk.followed().is_none());
}
