//! Files: what they hold, and that nothing is lost or replaced unasked.

use std::path::{Path, PathBuf};

use midflight::desk::action::{Action, Field};
use midflight::desk::dialogs::{Answer, Replace, Reply};
use midflight::desk::effect::Effect;
use midflight::desk::overlay::Overlay;
use midflight::program::image::Image;
use tempfile::TempDir;

use super::Front;

fn folder() -> TempDir {
    tempfile::tempdir().expect("there is room")
}

fn read(path: impl AsRef<Path>) -> String {
    std::fs::read_to_string(path).expect("it is there")
}

fn stack_in(path: impl AsRef<Path>) -> String {
    Image::from_file_text(&read(path)).expect("it is an image").machine.show_stack()
}

impl Front {
    /// Answers the next file dialog, and asks for it.
    fn choosing(&mut self, path: impl Into<PathBuf>, action: Action) {
        self.script.answer(path);
        self.perform(action);
        self.until_idle();
    }

    /// Opens a file in a new desk.
    fn on(path: &Path) -> Front {
        let mut front = Front::new();
        front.perform(Action::OpenPath(path.to_path_buf()));
        front.until_idle();
        front
    }

    /// A new desk with a line that was written and saved.
    fn saved(line: &str, path: impl Into<PathBuf>) -> Front {
        let mut front = Front::new();
        front.enter(line);
        front.choosing(path, Action::Save);
        front
    }

    fn saves(&mut self) {
        self.perform(Action::Save);
        self.until_idle();
    }

    /// Whether closing asks, and about what.
    fn question(&mut self) -> Option<String> {
        match self.desk.may_close() {
            true => None,
            false => match self.desk.overlay() {
                Overlay::Unsaved(_, words) => Some(words.clone()),
                other => panic!("not a question about work: {other:?}"),
            },
        }
    }
}

#[test]
fn a_file_holds_the_work_or_not_and_nothing_is_lost_unasked() {
    let folder = tempfile::tempdir().expect("there is room");
    let path = |name: &str| folder.path().join(name);
    let mut front = Front::new();
    assert_eq!(front.desk.file_words(), "untitled");
    front.enter("1 2 +");
    assert_eq!(front.desk.file_words(), "untitled, not saved");

    front.choosing(path("sum"), Action::Save);
    assert_eq!(front.desk.file_words(), "sum.ron", "an image, unless the name says otherwise");
    front.perform(Action::Undo);
    assert_eq!(front.desk.file_words(), "sum.ron, not saved");
    front.perform(Action::Redo);
    assert_eq!(front.desk.file_words(), "sum.ron", "it is what was saved");
    front.enter("3");
    front.perform(Action::Save);
    front.script.answer(path("other.session"));
    front.perform(Action::SaveAs);
    assert_eq!(*front.script.proposals.borrow(), ["program.ron", "sum.ron"]);
    front.perform(Action::Undo);
    assert_eq!(front.desk.file_words(), "other.session", "a recording holds every position");
    front.enter("4");
    assert_eq!(front.desk.file_words(), "other.session, not saved");

    for (answer, stack) in [(Answer::Cancel, "3 4"), (Answer::Discard, "3 3")] {
        front.perform(Action::OpenPath(path("sum.ron")));
        assert!(matches!(front.desk.overlay(), Overlay::Unsaved(..)));
        front.perform(Action::AnswerUnsaved(answer));
        assert_eq!((front.stack().as_str(), front.desk.overlay().is_open()), (stack, false));
    }
    assert_eq!(front.desk.preferences().recent, [path("sum.ron"), path("other.session")]);

    front.enter("5");
    assert!(!front.desk.may_close());
    front.perform(Action::AnswerUnsaved(Answer::Save));
    assert!(front.asked_for(&Effect::Close) && front.desk.quits() && front.desk.may_close());
    let saved = std::fs::read_to_string(path("sum.ron")).expect("it is there");
    let image = Image::from_file_text(&saved).expect("it is an image");
    assert_eq!(image.machine.show_stack(), "3 3 5");
}

#[test]
fn a_file_that_cannot_be_read_changes_nothing() {
    let folder = tempfile::tempdir().expect("there is room");
    let bad = folder.path().join("bad.flpc");
    std::fs::write(&bad, "1 [").expect("it is written");
    let mut front = Front::new();
    front.enter("7");
    let file = folder.path().join("seven.ron");
    front.script.answer(&file);
    front.perform(Action::Save);
    for path in [bad, folder.path().join("missing.ron")] {
        front.perform(Action::OpenPath(path.clone()));
        assert!(front.says(&path.display().to_string()) && front.desk.notice().warns);
        assert_eq!((front.stack().as_str(), &*front.desk.file_words()), ("7", "seven.ron"));
    }
}

#[test]
fn work_is_not_lost_by_closing_at_the_start_of_its_history() {
    let folder = folder();
    let mut front = Front::new();
    assert_eq!(front.question(), None, "an empty memory is no work");
    let mut front = Front::new();
    front.enter("1 2 +");
    front.perform(Action::GoToStart);
    front.until_idle();
    assert!(front.stack().is_empty());
    assert!(front.question().expect("it asks").contains("a recording keeps all"));
    // Saving keeps what was done, not the empty memory that is shown.
    let path = folder.path().join("sum.session");
    front.choosing(&path, Action::AnswerUnsaved(Answer::Save));
    assert!(front.asked_for(&Effect::Close));
    let mut front = Front::on(&path);
    front.perform(Action::GoToEnd);
    front.until_idle();
    assert_eq!(front.stack(), "3");
}

#[test]
fn redo_other_branches_and_bookmarks_are_work() {
    let folder = folder();
    let path = folder.path().join("sum.ron");
    let saved = || {
        assert_eq!(Front::saved("1 2 +", &path).question(), None, "it is saved");
        let _ = std::fs::remove_file(&path);
        Front::saved("1 2 +", &path)
    };
    // Something was done after saving, and undone.
    let mut front = saved();
    front.enter("4");
    front.perform(Action::Undo);
    assert_eq!(front.desk.file_words(), "sum.ron, history not saved");
    assert!(front.question().expect("redo would bring it back").contains("no history"));
    // Saved work was undone, and something else was done.
    let mut front = saved();
    front.perform(Action::Undo);
    assert!(front.question().is_some());
    front.perform(Action::Close);
    front.enter("5");
    front.saves();
    assert!(front.says("without the rest of the history"), "{:?}", front.desk.notice());
    assert!(front.question().is_some(), "the other branch is in no file");
    // A bookmark.
    let mut front = saved();
    front.perform(Action::NameBookmarkText("here".to_owned()));
    assert!(front.question().is_some());
    // A recording keeps all of it.
    front.perform(Action::Close);
    front.choosing(folder.path().join("all.session"), Action::SaveRecording);
    assert_eq!(front.question(), None);
}

#[test]
fn a_new_memory_is_asked_about_like_closing() {
    let mut front = Front::new();
    front.enter("1");
    front.perform(Action::Undo);
    front.perform(Action::New);
    assert!(matches!(front.desk.overlay(), Overlay::Unsaved(..)));
    front.perform(Action::AnswerUnsaved(Answer::Cancel));
    front.perform(Action::Redo);
    assert_eq!(front.stack(), "1");
}

#[test]
fn an_extension_is_appended_and_the_name_asked_about_if_it_exists() {
    let folder = folder();
    let at = |name: &str| folder.path().join(name);
    std::fs::write(at("run-1.session"), "precious").expect("there is room");
    std::fs::write(at("run-1.3.session"), "older").expect("there is room");
    std::fs::write(at("fib.flpc"), "1 1 +").expect("there is room");
    let mut front = Front::new();
    front.enter("1 2 +");
    front.choosing(at("run-1.3"), Action::SaveRecording);
    let Overlay::Replace(write, words) = front.desk.overlay() else { panic!("it must ask") };
    assert_eq!(write.path, at("run-1.3.session"));
    assert!(words.contains("exists already"), "{words}");
    front.perform(Action::AnswerReplace(Replace::Cancel));
    assert_eq!(read(at("run-1.3.session")), "older");
    front.choosing(at("run-1.3"), Action::SaveRecording);
    front.script.answer(at("run-1.4"));
    front.perform(Action::AnswerReplace(Replace::Elsewhere));
    assert!(read(at("run-1.4.session")).starts_with("midflight-session"));
    assert_eq!([read(at("run-1.session")), read(at("run-1.3.session"))], ["precious", "older"]);
    front.choosing(at("fib.flpc"), Action::SaveAs);
    assert_eq!(read(at("fib.flpc")), "1 1 +", "an image is not program text");
    assert_eq!(stack_in(at("fib.flpc.ron")), "3");
}

#[test]
fn a_file_is_what_it_holds_whatever_its_name() {
    let folder = folder();
    let at = |name: &str| folder.path().join(name);
    let mut front = Front::saved("1 2 +", at("sum.ron"));
    front.choosing(at("sum.session"), Action::SaveAs);
    std::fs::rename(at("sum.ron"), at("sum.v1")).expect("it is there");
    std::fs::rename(at("sum.session"), at("sum.txt")).expect("it is there");
    let mut front = Front::on(&at("sum.v1"));
    assert_eq!(front.stack(), "3");
    front.enter("4");
    front.saves();
    assert_eq!(front.desk.file_words(), "sum.v1");
    assert_eq!(stack_in(at("sum.v1")), "3 4", "it is saved as what it is");
    let mut front = Front::on(&at("sum.txt"));
    front.perform(Action::GoToEnd);
    front.until_idle();
    assert_eq!((front.stack().as_str(), &*front.desk.file_words()), ("3", "sum.txt"));
}

#[test]
fn a_file_that_another_window_saved_is_not_replaced_unasked() {
    let folder = folder();
    let path = folder.path().join("work.ron");
    let mut front = Front::new();
    front.enter("[ 1 ] bind: one");
    front.perform(Action::Undo);
    front.enter("one");
    front.perform(Action::Create);
    front.enter("1");
    front.choosing(&path, Action::Save);
    let mut other = Front::on(&path);
    other.enter("2");
    other.saves();
    let theirs = read(&path);
    front.enter("3");
    front.saves();
    let Overlay::Replace(_, words) = front.desk.overlay() else { panic!("it must ask") };
    assert!(words.contains("Another program has changed"), "{words}");
    assert!(words.contains("These functions differ: one."), "{words}");
    front.perform(Action::AnswerReplace(Replace::Cancel));
    assert_eq!(read(&path), theirs);
    front.saves();
    front.perform(Action::AnswerReplace(Replace::Anyway));
    assert_ne!(read(&path), theirs);
    assert_eq!(read(folder.path().join("work.ron~")), theirs, "what was replaced is kept");
    front.saves();
    assert!(!front.desk.overlay().is_open(), "what it wrote itself is no change");
    other.enter("4");
    other.saves();
    assert!(matches!(other.desk.overlay(), Overlay::Replace(..)));
    // A file that is gone is written again.
    std::fs::remove_file(&path).expect("it is there");
    front.enter("5");
    front.saves();
    assert!(!front.desk.overlay().is_open() && path.exists());
}

#[test]
fn what_is_said_about_a_file_before_it_is_replaced_is_what_is_known() {
    let [folder, state] = [folder(), folder()];
    let path = folder.path().join("work.ron");
    let mut front = Front::kept_in(state.path());
    front.enter("1");
    front.choosing(&path, Action::Save);
    front.enter("2");
    drop(front);
    // After a crash.
    let mut front = Front::kept_in(state.path());
    let asked = |front: &mut Front| {
        front.saves();
        let Overlay::Replace(_, words) = front.desk.overlay() else { panic!("it must ask") };
        let words = words.clone();
        front.perform(Action::AnswerReplace(Replace::Cancel));
        words
    };
    let words = asked(&mut front);
    assert!(words.starts_with("This work was recovered, so it is not known whether "), "{words}");
    assert!(!words.contains("Another program has changed"), "{words}");
    front.saves();
    front.perform(Action::AnswerReplace(Replace::Anyway));
    front.enter("3");
    let length = read(&path).len();
    std::fs::write(&path, vec![0xff; length]).expect("there is room");
    let words = asked(&mut front);
    assert!(words.contains("has changed") && words.contains("cannot be read"), "{words}");
    std::fs::remove_file(&path).expect("it is there");
    std::fs::create_dir(&path).expect("there is room");
    let words = asked(&mut front);
    assert!(words.contains("cannot be read now: it is a directory"), "{words}");
    assert!(words.contains("not known whether another program has changed it"), "{words}");
}

#[test]
fn a_recording_that_was_only_played_is_no_unsaved_work_after_a_kill() {
    let [folder, state] = [folder(), folder()];
    let path = folder.path().join("work.session");
    let mut front = Front::new();
    front.enter("1");
    front.enter("2");
    front.choosing(&path, Action::SaveRecording);
    let play = || {
        let mut front = Front::kept_in(state.path());
        assert!(!front.says("unsaved work"), "{}", front.desk.notice().words);
        // What this window showed before is saved or was given up.
        front.enter("9");
        front.perform(Action::OpenPath(path.clone()));
        front.perform(Action::AnswerUnsaved(Answer::Discard));
        front.until_idle();
        assert_eq!(front.desk.file_words(), "work.session");
        front.perform(Action::GoToEnd);
        front.until_idle();
        front
    };
    drop(play());
    let mut front = play();
    front.enter("3");
    drop(front);
    let front = Front::kept_in(state.path());
    assert!(front.says("This is the unsaved work"), "{}", front.desk.notice().words);
    assert_eq!(front.stack(), "1 2 3");
}

#[test]
fn an_open_dialog_keeps_the_keyboard_and_can_be_cancelled() {
    let folder = folder();
    let path = folder.path().join("late.ron");
    let mut front = Front::new();
    front.enter("1");
    front.perform(Action::Save);
    assert!(matches!(front.desk.overlay(), Overlay::FileDialog(_)));
    assert!(front.tick(), "it looks again");
    front.perform(Action::Close);
    assert!(!front.desk.overlay().is_open());
    // An answer to a dialog that was cancelled here means nothing.
    front.script.answer(&path);
    front.tick();
    assert!(!path.exists());
}

#[test]
fn where_there_are_no_dialogs_the_path_is_typed() {
    let folder = folder();
    let path = folder.path().join("typed.ron");
    let mut front = Front::new();
    front.enter("1 2 +");
    let ask = |front: &mut Front, action| {
        front.script.answers.borrow_mut().push_back(Reply::Unavailable);
        front.perform(action);
        assert!(matches!(front.desk.overlay(), Overlay::Path(..)));
    };
    let has_entry = |front: &Front| front.effects.contains(&Effect::Focus(Field::Entry));
    let type_path = |front: &mut Front| {
        front.perform(Action::Typed(Field::Overlay, path.display().to_string()));
        front.effects.clear();
        front.perform(Action::ChoosePath);
        assert!(has_entry(front) || front.desk.overlay().is_open(), "where the keys go then");
        front.until_idle();
    };
    ask(&mut front, Action::Save);
    type_path(&mut front);
    assert_eq!((stack_in(&path), &*front.desk.file_words()), ("3".to_owned(), "typed.ron"));
    front.enter("4");
    ask(&mut front, Action::SaveAs);
    type_path(&mut front);
    assert!(matches!(front.desk.overlay(), Overlay::Replace(..)), "nobody else has asked");
    front.effects.clear();
    front.perform(Action::AnswerReplace(Replace::Anyway));
    assert_eq!(stack_in(&path), "3 4");
    assert!(has_entry(&front), "where the keys go then");
    ask(&mut front, Action::Open);
    front.perform(Action::Typed(Field::Overlay, format!("{}/ty", folder.path().display())));
    front.perform(Action::CompletePath);
    front.perform(Action::ChoosePath);
    front.until_idle();
    assert_eq!((front.stack().as_str(), &*front.desk.file_words()), ("3 4", "typed.ron"));
}

#[cfg(unix)]
#[test]
fn opening_a_pipe_or_a_device_does_not_wait_and_says_what_it_is() {
    let folder = folder();
    let pipe = folder.path().join("pipe");
    let alone = super::STARTING.write();
    let made = std::process::Command::new("mkfifo").arg(&pipe).status().expect("mkfifo is there");
    drop(alone);
    assert!(made.success());
    let mut front = Front::saved("7", folder.path().join("seven.ron"));
    for (path, words) in [(pipe, "named pipe"), ("/dev/zero".into(), "device")] {
        front.perform(Action::OpenPath(path));
        front.until_idle();
        assert!(front.says(words) && front.desk.notice().warns, "{}", front.desk.notice().words);
        assert_eq!(front.stack(), "7");
    }
}

#[cfg(unix)]
#[test]
fn saving_a_file_with_several_names_says_that_the_others_keep_the_previous_version() {
    let folder = folder();
    let [path, other] = ["one.ron", "other.ron"].map(|name| folder.path().join(name));
    let mut front = Front::saved("7", &path);
    assert!(!front.says("hard links"));
    std::fs::hard_link(&path, &other).expect("the system has them");
    front.enter("8");
    front.perform(Action::Save);
    assert!(front.says("hard links"), "{}", front.desk.notice().words);
    assert_eq!([&path, &other].map(stack_in), ["7 8", "7"]);
    front.enter("9");
    front.perform(Action::Save);
    assert!(!front.says("hard links"), "the names are parted");
}
