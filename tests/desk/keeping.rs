//! Unsaved work that cannot be kept: the desk says so until it is kept, and tries again.

use std::fs;
use std::path::{Path, PathBuf};

use midflight::autosave::Autosave;
use midflight::session::Session;
use midflight::session::command::Command;

use super::Front;
use midflight::desk::action::Action;

/// Keeps work in a folder. Unlike [`Front::kept_in`], this does not wait until the desk has no more to do: it
/// tries again and again.
fn kept_in(folder: &Path) -> Front {
    let mut front = Front::new();
    let calm = super::STARTING.read();
    front.desk.keep_in(folder);
    front.tick();
    drop(calm);
    front
}

impl Front {
    /// Writes a line, in a single frame.
    fn work(&mut self, line: &str) {
        self.typed(line);
        self.perform(Action::Submit);
        self.tick();
    }

    /// Why the work is not kept; empty if it is kept.
    fn not_kept(&self) -> String {
        self.desk.not_kept().unwrap_or_default().to_owned()
    }

    /// Some frames, without a gesture.
    fn wait(&mut self) {
        let wanted = (0..40).map(|_| self.tick()).filter(|&wanted| wanted).count();
        println!("{wanted} frames were asked for");
    }
}

/// The stack of the work that a crash would leave in a folder.
fn left_in(folder: &Path) -> String {
    let copy = tempfile::tempdir().expect("there is room");
    for entry in fs::read_dir(folder).expect("it is there") {
        let entry = entry.expect("it can be read");
        fs::copy(entry.path(), copy.path().join(entry.file_name())).expect("there is room");
    }
    let opened = Autosave::open(copy.path(), true).expect("it can be written");
    let mut left = opened.recovery.expect("something is left");
    left.session.goto(left.at).expect("it is there");
    left.session.machine().show_stack()
}

#[test]
fn a_folder_that_cannot_be_made_is_said_for_good_until_it_can() {
    let folder = tempfile::tempdir().expect("there is room");
    let block = folder.path().join("state");
    fs::write(&block, "a file is in the way").expect("there is room");
    let inner = block.join("midflight");
    let mut front = kept_in(&inner);
    assert!(front.says("Autosave failed: "));
    assert!(front.not_kept().contains("midflight: "), "{}", front.not_kept());
    front.work("3");
    front.work("4");
    front.wait();
    assert!(!front.not_kept().is_empty() && !front.says("Autosave failed"), "a lasting mark");
    assert!(front.tick(), "it wants to try again");
    fs::remove_file(&block).expect("it can be removed");
    // No gesture, but time goes by.
    front.wait();
    assert_eq!((front.not_kept(), left_in(&inner)), (String::new(), "3 4".to_owned()));
    assert!(!front.tick(), "there is nothing to try again");
}

#[test]
fn a_removed_folder_is_made_again_with_all_of_the_work() {
    let folder = tempfile::tempdir().expect("there is room");
    let inner = folder.path().join("state");
    let mut front = kept_in(&inner);
    front.work("3");
    front.work("4");
    for by_gesture in [true, false] {
        fs::remove_dir_all(&inner).expect("it can be removed");
        match by_gesture {
            true => front.work("5"),
            false => front.wait(),
        }
        assert_eq!((front.not_kept(), left_in(&inner)), (String::new(), "3 4 5".to_owned()));
    }
    // While it cannot be made again, this is said; then it is made at the next gesture, before any pause.
    fs::remove_dir_all(&inner).expect("it can be removed");
    fs::write(&inner, "a file is in the way").expect("there is room");
    front.work("6");
    assert!(front.not_kept().contains("state"), "{}", front.not_kept());
    fs::remove_file(&inner).expect("it can be removed");
    front.perform(Action::Typed(midflight::desk::action::Field::Entry, "7".to_owned()));
    assert!(!front.not_kept().is_empty());
    front.perform(Action::Submit);
    front.tick();
    assert_eq!((front.not_kept(), left_in(&inner)), (String::new(), "3 4 5 6 7".to_owned()));
}

#[test]
fn a_removed_folder_in_which_another_window_works_now_is_shared_with_it() {
    let folder = tempfile::tempdir().expect("there is room");
    let inner = folder.path().join("state");
    let mut first = kept_in(&inner);
    first.work("1");
    fs::remove_dir_all(&inner).expect("it can be removed");
    let mut second = kept_in(&inner);
    second.work("2");
    first.work("3");
    second.work("4");
    assert_eq!([first.not_kept(), second.not_kept()], ["", ""]);
    drop((first, second));
    let stacks = [(); 2].map(|()| {
        let opened = Autosave::open(&inner, true).expect("it can be written");
        let mut left = opened.recovery.expect("something is left");
        left.session.goto(left.at).expect("it is there");
        let stack = left.session.machine().show_stack();
        opened.autosave.close().expect("it can be emptied");
        stack
    });
    assert_eq!(stacks, ["2 4", "1 3"]);
}

#[test]
fn a_folder_full_of_recordings_is_said_for_good_until_there_is_room() {
    let folder = tempfile::tempdir().expect("there is room");
    let mut windows: Vec<Autosave> = (0..16)
        .map(|_| {
            let mut autosave =
                Autosave::open(folder.path(), false).expect("there is room").autosave;
            let mut session = Session::default();
            let push = Command::Push { text: "1".into() };
            session.apply(&[push]).expect("it pushes");
            autosave.write(&mut session).expect("there is room");
            autosave
        })
        .collect();
    let mut front = kept_in(folder.path());
    front.work("7");
    front.wait();
    assert!(front.not_kept().contains("all 16 autosave files are in use"), "{}", front.not_kept());
    windows.pop().expect("there are 16").close().expect("it can be emptied");
    front.wait();
    assert_eq!(front.not_kept(), "");
    drop(windows);
    let path: PathBuf = folder.path().join("unsaved-16.session");
    let text = fs::read_to_string(path).expect("it is there");
    assert!(text.contains("write 0:0 `7`"), "{text}");
}

#[test]
fn a_file_that_cannot_be_read_is_told_of_and_unsaved_work_is_only_offered() {
    let folder = tempfile::tempdir().expect("there is room");
    let state = folder.path().join("state");
    let mut crashed = kept_in(&state);
    crashed.work("3");
    drop(crashed);
    let path = folder.path().join("broken.flpy");
    fs::write(&path, "f <- fun[]:\n  (1\n").expect("there is room");
    let mut front = Front::new();
    let calm = super::STARTING.read();
    front.desk.open(path);
    front.desk.keep_in(&state);
    drop(calm);
    front.until_idle();
    assert!(front.says("broken.flpy"), "{}", front.desk.notice().words);
    assert!(front.says(". Another window left"), "{}", front.desk.notice().words);
    assert!(front.says("the File menu recovers it"), "{}", front.desk.notice().words);
    assert_eq!(front.stack(), "");
    front.perform(Action::Recover);
    front.until_idle();
    assert_eq!(front.stack(), "3");
}

#[test]
fn a_system_without_a_place_for_unsaved_work_is_said_for_good() {
    let mut front = Front::new();
    front.desk.keep_nowhere("there is no such place");
    front.work("3");
    assert_eq!((front.not_kept().as_str(), front.tick()), ("there is no such place", false));
}
