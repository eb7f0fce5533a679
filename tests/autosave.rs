//! Autosave: the files beside a recording, recovery from damage, and several windows on one folder.

#[path = "autosave/damage.rs"]
mod damage;
mod support;

use std::path::{Path, PathBuf};

use midflight::autosave::{Autosave, Opened};
use midflight::session::Session;
use midflight::session::command::Command;
use midflight::session::load::image_of_program;
use midflight::store;

/// How a recording without a base image begins.
const HEAD: &str = "midflight-session 6\nbase empty\n";

fn folder() -> tempfile::TempDir {
    tempfile::tempdir().expect("there is room")
}

fn open(folder: &Path, recovers: bool) -> Opened {
    Autosave::open(folder, recovers).expect("the folder can be written")
}

fn push(session: &mut Session, text: &str) {
    session.apply(&[Command::Push { text: text.into() }]).expect("it pushes");
}

/// A window with one value on its stack, autosaved.
fn window(folder: &Path, text: &str) -> (Autosave, Session) {
    let mut autosave = open(folder, false).autosave;
    let mut session = Session::default();
    push(&mut session, text);
    autosave.write(&mut session).expect("there is room");
    (autosave, session)
}

/// The autosave, the stack that was recovered, and how many other recordings can still be recovered.
fn left(opened: Opened) -> (Autosave, Option<String>, usize) {
    let stack = opened.recovery.map(|mut left| {
        left.session.goto(left.at).expect("it is there");
        left.session.machine().show_stack()
    });
    (opened.autosave, stack, opened.others)
}

/// Something is typed before the recovered work has come back to where it was. In the frames before, nothing happened
/// that is recorded; they must not forget where the recording ends.
#[test]
fn recover_what_was_typed_before_the_work_was_back() {
    for rewrites in [false, true] {
        let folder = folder();
        let (mut autosave, mut session) = window(folder.path(), "1");
        push(&mut session, "2");
        autosave.write(&mut session).expect("there is room");
        drop(autosave);
        let Opened { mut autosave, recovery, .. } = open(folder.path(), true);
        let mut session = recovery.expect("there is work").session;
        if rewrites {
            autosave.catch_up();
        }
        autosave.write(&mut session).expect("there is room");
        autosave.write(&mut session).expect("there is room");
        push(&mut session, "77");
        assert_eq!(session.machine().show_stack(), "77", "it stands where the recording begins");
        autosave.write(&mut session).expect("there is room");
        drop(autosave);
        let (_, stack, _) = left(open(folder.path(), true));
        assert_eq!(stack.as_deref(), Some("77"), "rewritten: {rewrites}");
    }
}

fn names(folder: &Path) -> Vec<String> {
    let entries = std::fs::read_dir(folder).expect("it is a folder");
    let mut names: Vec<String> = entries
        .map(|entry| entry.expect("it can be read").file_name().into_string().expect("a text"))
        .collect();
    names.sort();
    names
}

// --- several windows ------------------------------------------------------------------------------

#[test]
fn recover_tells_of_the_work_of_other_windows() {
    let folder = folder();
    let windows: Vec<_> = ["1", "2", "3"].map(|text| window(folder.path(), text)).into();
    assert_eq!(open(folder.path(), false).others, 0, "all of them are open");
    drop(windows);
    assert_eq!(open(folder.path(), false).others, 3, "with a file opened, none is taken over");
    let (first, stack, others) = left(open(folder.path(), true));
    assert_eq!((stack.as_deref(), others), (Some("1"), 2));
    // A second window of the same program does not take over the recording of the first.
    let (second, stack, others) = left(open(folder.path(), true));
    assert_eq!((stack.as_deref(), others), (Some("2"), 1));
    assert_ne!(first.path(), second.path());
    second.close().expect("it can be emptied");
    let (third, stack, others) = left(open(folder.path(), true));
    assert_eq!((stack.as_deref(), others), (Some("3"), 0));
    let (fourth, stack, others) = left(open(folder.path(), true));
    assert_eq!((stack, others), (None, 0));
    third.close().expect("it can be emptied");
    fourth.close().expect("it can be emptied");
    drop(first);
    assert_eq!(open(folder.path(), false).others, 1, "the first was not closed");
}

#[test]
fn recover_does_not_stop_at_a_recording_without_work() {
    let folder = folder();
    drop(window(folder.path(), "1"));
    let path = |n| folder.path().join(format!("unsaved-{n}.session"));
    let kept = store::read(&path(1), 1000).expect("it is there");
    let base = midflight::session::recording::head(
        Session::new(image_of_program("1 2 3").expect("it is a program")).image(),
    );
    for empty in ["midflight-sess", "midflight-session 2\nbase em", &base, &(base.clone() + "pus")]
    {
        store::overwrite(&path(1), empty).expect("there is room");
        store::overwrite(&path(2), &kept).expect("there is room");
        let (second, stack, others) = left(open(folder.path(), true));
        assert_eq!((stack.as_deref(), others), (Some("1"), 0), "{empty}");
        // The first file is used again, but not with the base that it had.
        let (mut first, mut session) = window(folder.path(), "7");
        assert_eq!(first.path(), path(1));
        push(&mut session, "8");
        first.write(&mut session).expect("there is room");
        drop((first, second));
        store::remove(&path(2)).expect("it can be removed");
        assert_eq!(left(open(folder.path(), true)).1.as_deref(), Some("7 8"));
    }
}

#[test]
fn recover_leaves_a_recording_alone_whose_first_gesture_is_damaged() {
    let folder = folder();
    let path = folder.path().join("unsaved-1.session");
    let text = "midflight-session 2\nbase empty\npus `1`\npush `2`\npush `3`\n";
    store::overwrite(&path, text).expect("there is room");
    let opened = open(folder.path(), true);
    assert!(opened.recovery.is_none());
    assert!(opened.unreadable[0].cause.contains("line 3"), "{}", opened.unreadable[0]);
    assert_ne!(opened.autosave.path(), path);
    assert_eq!(store::read(&path, 1000).expect("it is there"), text);
}

/// Lines of version 2 must not be appended to a file of version 1.
#[test]
fn recover_of_a_recording_of_version_1_writes_it_as_version_2() {
    let folder = folder();
    let path = folder.path().join("unsaved-1.session");
    store::overwrite(&path, "midflight-session 1\nbase empty\npush `1`\n").expect("there is room");
    let Opened { mut autosave, recovery, .. } = open(folder.path(), true);
    let mut session = recovery.expect("there is work").session;
    session.goto(session.future()).expect("it is there");
    push(&mut session, "2");
    autosave.write(&mut session).expect("there is room");
    let text = store::read(&path, 1000).expect("it is there");
    assert!(text.starts_with(HEAD) && text.ends_with("push `2`\n"), "{text}");
}

// --- the name of the file -------------------------------------------------------------------------

/// The file name that is recovered. The work itself must be recovered in any case.
fn name_left(folder: &Path) -> Option<PathBuf> {
    open(folder, true).recovery.expect("something is left").origin
}

#[test]
fn recover_knows_the_name_of_the_file() {
    let folder = folder();
    let (mut autosave, mut session) = window(folder.path(), "1");
    let file = |name: &str| folder.path().join("somewhere").join(name);
    for name in ["a.ron", "sp ace.session", "\u{e9}t\u{e9}.flpc", "two\nlines.ron"] {
        autosave.set_origin(Some(&file(name)));
        autosave.write(&mut session).expect("there is room");
        drop(autosave);
        let opened = open(folder.path(), true);
        assert_eq!(opened.recovery.expect("something is left").origin, Some(file(name)));
        autosave = opened.autosave;
    }
    // A relative name is stored as an absolute one: the current folder is not known at recovery.
    autosave.set_origin(Some(Path::new("b.ron")));
    autosave.write(&mut session).expect("there is room");
    drop(autosave);
    let whole = std::path::absolute("b.ron").expect("there is a folder");
    let opened = open(folder.path(), true);
    assert_eq!(opened.recovery.expect("something is left").origin, Some(whole));
    autosave = opened.autosave;
    autosave.set_origin(None);
    autosave.write(&mut session).expect("there is room");
    drop(autosave);
    assert_eq!(name_left(folder.path()), None);
    open(folder.path(), true).autosave.close().expect("it can be emptied");
    assert_eq!(names(folder.path()), ["unsaved-1.session"]);
}

#[test]
fn recover_gives_no_session_the_name_of_another() {
    let folder = folder();
    let name = folder.path().join("unsaved-1.name");
    let (mut autosave, mut session) = window(folder.path(), "1");
    autosave.set_origin(Some(Path::new("/a.ron")));
    autosave.write(&mut session).expect("there is room");
    let kept = store::read(&name, 1000).expect("it was written");
    // Another session is opened but nothing is done in it, so the recording still holds the first one.
    autosave.set_origin(Some(Path::new("/b.ron")));
    autosave.rewrite();
    let mut other = Session::new(image_of_program("5").expect("it is a program"));
    autosave.write(&mut other).expect("there is nothing to write");
    drop(autosave);
    let opened = open(folder.path(), true);
    let left = opened.recovery.expect("something is left");
    assert_eq!(left.origin, Some(PathBuf::from("/a.ron")));
    // A gesture writes the recording, and with it the new name.
    let mut autosave = opened.autosave;
    autosave.set_origin(Some(Path::new("/b.ron")));
    autosave.rewrite();
    push(&mut other, "6");
    autosave.write(&mut other).expect("there is room");
    drop(autosave);
    assert_eq!(name_left(folder.path()), Some(PathBuf::from("/b.ron")));
    // A name is ignored if it belongs to another base, is damaged, of another version or relative.
    let good = store::read(&name, 1000).expect("it was written");
    let newer = good.replace("-name 1", "-name 2");
    let relative = good.replace("/b", "b");
    for bad in [&kept, "", "midflight-name 1", &good[..30], &newer, &relative] {
        store::overwrite(&name, bad).expect("there is room");
        assert_eq!(name_left(folder.path()), None, "{bad}");
    }
    std::fs::write(&name, [good.as_bytes(), b"\xff"].concat()).expect("there is room");
    assert_eq!(name_left(folder.path()), None);
}

#[test]
fn recover_takes_no_name_that_an_earlier_window_left() {
    let folder = folder();
    let (mut autosave, mut session) = window(folder.path(), "1");
    autosave.set_origin(Some(Path::new("/a.ron")));
    autosave.write(&mut session).expect("there is room");
    let name = folder.path().join("unsaved-1.name");
    let kept = store::read(&name, 1000).expect("it was written");
    autosave.close().expect("it can be emptied");
    assert_eq!(names(folder.path()), ["unsaved-1.session"]);
    // As if the program had been killed while closing. The next window has the same base.
    store::overwrite(&name, &kept).expect("there is room");
    drop(window(folder.path(), "2"));
    assert_eq!(name_left(folder.path()), None);
}

#[cfg(unix)]
#[test]
fn recover_does_without_a_name_that_is_no_text() {
    use std::os::unix::ffi::OsStrExt;
    let folder = folder();
    let (mut autosave, mut session) = window(folder.path(), "1");
    for file in [Path::new(std::ffi::OsStr::from_bytes(b"/\xff.ron")), Path::new("")] {
        autosave.set_origin(Some(Path::new("/a.ron")));
        autosave.write(&mut session).expect("there is room");
        autosave.set_origin(Some(file));
        autosave.write(&mut session).expect("there is room");
        assert_eq!(names(folder.path()), ["unsaved-1.session"]);
    }
    drop(autosave);
    assert_eq!(name_left(folder.path()), None);
}

// --- disks and folders ----------------------------------------------------------------------------

#[test]
fn crash_after_the_recording_was_removed_while_it_was_open() {
    let folder = folder();
    let inner = folder.path().join("work");
    store::make_folder(&inner).expect("there is room");
    let (mut autosave, mut session) = window(&inner, "1");
    let path = autosave.path().to_path_buf();
    for what in ["removed", "cut", "written to"] {
        match what {
            "removed" => std::fs::remove_file(&path),
            "cut" => std::fs::write(&path, HEAD),
            _ => std::fs::write(&path, "something else\n".repeat(100)),
        }
        .expect("it can be");
        push(&mut session, "2");
        autosave.write(&mut session).expect("there is room");
        push(&mut session, "3");
        autosave.write(&mut session).expect("there is room");
        let copy = self::folder();
        std::fs::copy(&path, copy.path().join("unsaved-1.session")).expect("it is there");
        let (_, stack, _) = left(open(copy.path(), true));
        assert_eq!(stack, Some(session.machine().show_stack()), "{what}");
        assert!(Autosave::open(&inner, true).unwrap().recovery.is_none(), "it is locked: {what}");
    }
    std::fs::remove_dir_all(&inner).expect("it can be removed");
    std::fs::write(&inner, "a file is in the way").expect("there is room");
    push(&mut session, "4");
    assert!(autosave.write(&mut session).is_err(), "nothing can be written there");
    assert!(autosave.is_behind());
    std::fs::remove_file(&inner).expect("it can be removed");
    push(&mut session, "5");
    autosave.write(&mut session).expect("the folder is made again");
    assert!(!autosave.is_behind());
    drop(autosave);
    assert_eq!(left(open(&inner, true)).1, Some(session.machine().show_stack()));
}

#[test]
fn recover_says_what_cannot_be_taken_over() {
    let folder = folder();
    // Stands for a file of another user: nobody can open a folder for writing.
    std::fs::create_dir(folder.path().join("unsaved-1.session")).expect("there is room");
    let opened = open(folder.path(), true);
    assert!(opened.recovery.is_none());
    let words: Vec<String> = opened.unreadable.iter().map(ToString::to_string).collect();
    assert!(words.len() == 1 && words[0].contains("unsaved-1.session: "), "{words:?}");
}

#[test]
fn recover_by_many_windows_at_once_gives_each_its_own() {
    for _ in 0..20 {
        let folder = folder();
        drop(["1", "2", "3"].map(|text| window(folder.path(), text)));
        let opened: Vec<Opened> = std::thread::scope(|scope| {
            let starts: Vec<_> =
                (0..8).map(|_| scope.spawn(|| open(folder.path(), true))).collect();
            starts.into_iter().map(|start| start.join().expect("it does not panic")).collect()
        });
        let mut paths: Vec<&Path> = opened.iter().map(|opened| opened.autosave.path()).collect();
        paths.sort();
        paths.dedup();
        assert_eq!(paths.len(), 8, "no two write into one");
        // A recording that one window read while another wanted it is still there.
        let taken = opened.iter().filter(|opened| opened.recovery.is_some()).count();
        assert_eq!(taken + open(folder.path(), false).others, 3);
    }
}
