//! A program that is killed at any moment loses at most its last gesture.
//!
//! The test starts itself again as a child. The child does random gestures with autosave, and prints
//! what it does before and after each write. It also saves a file from time to time, and has the autosave
//! rewritten. It is killed at a random moment, often within one of these. Then the test recovers its work,
//! which must be a state that the child was in, and no earlier than the last state whose write was complete.
//! The saved file must be the old or the new one, whole.

#[path = "crash/killing.rs"]
mod killing;
#[path = "crash/saving.rs"]
mod saving;
mod support;

use std::hash::{DefaultHasher, Hash, Hasher};
use std::io::Write;
use std::path::{Path, PathBuf};
use std::process::Command as Process;
use std::sync::{Mutex, MutexGuard, PoisonError};

use killing::{Moment, killed, killed_of, this_test};
use midflight::autosave::{Autosave, Recovery};
use midflight::session::Session;
use midflight::session::command::Command;
use midflight::session::goal::Goal;
use midflight::session::journal::Position;
use midflight::session::load::image_of_program;
use midflight::session::recording;
use midflight::session::request::Request;
use midflight::session::target::Target;
use midflight::store::{self, Appender};
#[cfg(target_os = "linux")]
use nix::sys::resource::{Resource, getrlimit, setrlimit};
use support::choices::Choices;

/// The environment variables that tell a child its autosave folder and its seed.
const FOLDER: &str = "MIDFLIGHT_CRASH_FOLDER";
const SEED: &str = "MIDFLIGHT_CRASH_SEED";
/// How often a child is killed.
fn kills() -> u64 {
    let wanted = std::env::var("MIDFLIGHT_CRASH_KILLS").ok();
    wanted.map_or(100, |wanted| wanted.parse().expect("a number of kills"))
}

/// One test at a time: a child that is just being started holds the parent's open files, and the locks on
/// them, for a moment.
static TURN: Mutex<()> = Mutex::new(());

fn turn() -> MutexGuard<'static, ()> {
    TURN.lock().unwrap_or_else(PoisonError::into_inner)
}

fn hash(session: &Session) -> u64 {
    let mut hasher = DefaultHasher::new();
    session.image().to_file_text().hash(&mut hasher);
    session.position().hash(&mut hasher);
    session.journal().bookmarks().by_name().hash(&mut hasher);
    session.target(Target::Undo).hash(&mut hasher);
    hasher.finish()
}

/// A gesture of any kind. If it is refused, nothing happens.
fn gesture(session: &mut Session, c: &mut Choices) {
    let at = session.machine().task().counter();
    let entries = session.journal().entries().len();
    let text = c.of(&["1", "2 3 +", "f", "[ 4 drop ] call", "\"two words\"", "dup"]);
    let commands = match c.below(12) {
        0..=2 => vec![Command::Write { at, text: text.into() }],
        3 => vec![Command::Push { text: "7 \"a\"".into() }],
        4 => vec![Command::Give { text: "a line\n".to_string() }],
        5 => vec![Command::Define { name: format!("f{entries}"), text: "".into() }],
        6 if entries > 0 => {
            let entry = c.below(entries + 1);
            let done = c.count(session.journal().end_of(entry).done + 1);
            let _ = session.goto(Position { entry, done });
            return;
        }
        7 => return drop(session.undo()),
        10 => {
            let path: Vec<Position> = session.journal().path(session.position()).collect();
            let at = c.of(&path);
            let to = Position { done: c.count(at.done + 1), ..at };
            return drop(session.rewind_keeping_edits(to));
        }
        8 => return drop(session.start(Request::run(Goal::Free))),
        9 => {
            let name = c.of(&["before `it`", "b", "\u{e9}t\u{e9} \\ 3"]);
            return match c.below(3) {
                0 => drop(session.remove_bookmark(name)),
                _ => drop(session.set_bookmark(name)),
            };
        }
        _ => vec![Command::Run { fuel: c.count(50) }],
    };
    let _ = session.apply(&commands);
}

/// What a child does until it is killed.
fn child(folder: &Path, seed: u64) {
    let mut c = Choices::new(seed);
    let program = "0 [ 1+ dup f drop 1 ] assign: b 1 b repeat_if";
    let mut session = match c.below(2) {
        0 => Session::default(),
        _ => Session::new(image_of_program(program).expect("it is a program")),
    };
    let mut autosave = Autosave::open(folder, false).expect("the folder can be written").autosave;
    let mut out = std::io::stdout();
    for number in 0..100_000_u64 {
        match session.job() {
            Some(_) if c.below(4) > 0 => drop(session.advance(1 + c.count(1000))),
            _ => gesture(&mut session, &mut c),
        }
        writeln!(out, "\nstate {number} {}", hash(&session)).expect("someone reads");
        out.flush().expect("someone reads");
        if c.below(10) == 0 {
            writeln!(out, "\nrewriting {number}").expect("someone reads");
            out.flush().expect("someone reads");
            autosave.rewrite();
        }
        match autosave.write(&mut session) {
            Ok(()) if autosave.is_behind() => Ok(()),
            Ok(()) => writeln!(out, "\nkept {number}"),
            Err(error) => writeln!(out, "\nlost {error}"),
        }
        .expect("someone reads");
        out.flush().expect("someone reads");
        if c.below(8) == 0 && !autosave.is_behind() {
            saving::save(folder, &session, number, &mut out);
        }
    }
}

#[test]
fn crash_child() {
    // Does nothing unless it was started as a child.
    if let (Ok(folder), Ok(seed)) = (std::env::var(FOLDER), std::env::var(SEED)) {
        child(Path::new(&folder), seed.parse().expect("a seed is a number"));
    }
}

/// The hashes of the states that a child was in, and how many of them were certainly autosaved.
fn states(said: &str) -> (Vec<u64>, usize) {
    let whole = said.rfind('\n').map_or("", |end| &said[..end]);
    let (mut states, mut kept) = (Vec::new(), 0);
    for line in whole.lines() {
        match line.split(' ').collect::<Vec<_>>()[..] {
            ["state", _, hash] => states.push(hash.parse().expect("a hash")),
            ["kept", _] => kept = states.len(),
            _ => {}
        }
    }
    (states, kept)
}

fn left_in(folder: &Path) -> (Autosave, Option<Recovery>) {
    let opened = Autosave::open(folder, true).expect("the folder can be written");
    assert!(opened.unreadable.is_empty(), "{:?}", opened.unreadable);
    (opened.autosave, opened.recovery)
}

/// Whether a child was killed after it had begun to rewrite the autosave and before it was done.
fn was_rewriting(said: &str) -> bool {
    said.rfind("\nrewriting ").is_some_and(|begun| !said[begun..].contains("\nkept "))
}

#[test]
fn crash_at_any_moment_loses_at_most_the_last_gesture() {
    let _turn = turn();
    let mut c = Choices::new(1);
    let kills = kills();
    let (mut later, mut saving, mut rewriting) = (0, 0, 0);
    for seed in 0..kills {
        let folder = tempfile::tempdir().expect("there is room");
        println!("seed {seed}");
        let said = killed(folder.path(), seed, Moment::any(&mut c));
        let (states, kept) = states(&said);
        saving += u64::from(saving::check(folder.path(), &said));
        rewriting += u64::from(was_rewriting(&said));
        let (_autosave, left) = left_in(folder.path());
        let Some(Recovery { mut session, at, .. }) = left else {
            let empty = hash(&Session::default());
            let nothing =
                states.iter().take(kept).all(|&state| state == states[0]) || states[0] == empty;
            assert!(kept <= 1 || nothing, "seed {seed}: nothing is left of {kept} gestures");
            continue;
        };
        session.goto(at).expect("the journal replays");
        let found = states.iter().rposition(|&state| state == hash(&session));
        // A child prints a state before it writes it, so the recovered state was printed.
        let found = found.expect("it is a state that the child was in");
        assert!(found + 1 >= kept, "seed {seed}: gesture {found} is left of {kept}");
        later += u64::from(kept > 10);
    }
    println!("{kills} kills: {saving} while saving, {rewriting} while the autosave was rewritten");
    assert!(later > kills / 2, "{later} had done something");
    assert!(saving > kills / 10 && rewriting > kills / 10, "the kills hit what they should");
}

/// The system refuses to let any file grow beyond a number of blocks, as a full disk does.
#[cfg(unix)]
#[test]
fn crash_after_the_disk_was_full_leaves_what_there_was_room_for() {
    let _turn = turn();
    // One block has no room even for the head.
    for seed in 2..=20 {
        let folder = tempfile::tempdir().expect("there is room");
        let mut process = Process::new("sh");
        // Without the trap, a signal would end the child before it sees the error.
        let script = format!("trap '' XFSZ; ulimit -f {seed}; exec \"$0\" \"$@\"");
        process.arg("-c").arg(script).arg(this_test());
        let said = killed_of(process, folder.path(), seed, Moment::Bytes(40_000));
        // The file itself was full, or the one that was to replace it.
        let mut lost = said.lines().filter(|line| line.starts_with("lost "));
        assert!(lost.any(|line| line.contains("unsaved-1.session")), "seed {seed}");
        let (states, kept) = states(&said);
        assert!(kept > 0, "seed {seed}: there was room for something");
        let (_autosave, left) = left_in(folder.path());
        let Recovery { mut session, at, .. } = left.expect("something is left");
        session.goto(at).expect("the journal replays");
        let found = states.iter().rposition(|&state| state == hash(&session));
        let found = found.expect("it is a state that the child was in");
        assert!(found + 1 >= kept, "seed {seed}: gesture {found} is left of {kept}");
    }
}

/// What a child does when its files have no room, and then have room again.
#[cfg(target_os = "linux")]
fn child_without_room(folder: &Path) {
    let mut autosave = Autosave::open(folder, false).expect("the folder can be written").autosave;
    let mut session = Session::default();
    let mut push = |autosave: &mut Autosave| {
        session.apply(&[Command::Push { text: "1".into() }]).expect("it pushes");
        (autosave.write(&mut session), hash(&session))
    };
    let (_, most) = getrlimit(Resource::RLIMIT_FSIZE).expect("files have a limit");
    let give_room = |bytes| setrlimit(Resource::RLIMIT_FSIZE, bytes, most).expect("it is allowed");
    give_room(1000);
    support::wait::until("a full disk", || push(&mut autosave).0.is_err());
    let (full, state) = push(&mut autosave);
    assert!(full.is_err() && autosave.is_behind());
    assert!(autosave.write(&mut Session::default()).is_err());
    assert!(autosave.is_behind());
    give_room(most);
    // Without another gesture, the work is written as soon as there is room.
    autosave.write(&mut Session::default()).expect("there is room");
    assert!(!autosave.is_behind());
    println!("\nkept {state}");
}

#[cfg(target_os = "linux")]
#[test]
fn crash_after_there_was_room_again_loses_nothing() {
    let _turn = turn();
    let folder = tempfile::tempdir().expect("there is room");
    if let Ok(folder) = std::env::var(FOLDER) {
        return child_without_room(Path::new(&folder));
    }
    let mut process = Process::new("sh");
    process.args(["-c", "trap '' XFSZ; exec \"$0\" \"$@\""]).arg(this_test());
    process.args(["crash_after_there_was_room_again_loses_nothing", "--exact", "--nocapture"]);
    let done = process.env(FOLDER, folder.path()).output().expect("it starts");
    let said = String::from_utf8_lossy(&done.stdout);
    assert!(done.status.success(), "{said}{}", String::from_utf8_lossy(&done.stderr));
    let Recovery { mut session, at, .. } = left_in(folder.path()).1.expect("something is left");
    session.goto(at).expect("it is there");
    assert!(said.contains(&format!("\nkept {}\n", hash(&session))), "{said}");
}

#[test]
fn crash_while_everything_is_written_anew_loses_nothing() {
    let _turn = turn();
    let folder = tempfile::tempdir().expect("there is room");
    let (mut autosave, _) = left_in(folder.path());
    let mut session = Session::default();
    for _ in 0..3 {
        session.apply(&[Command::Push { text: "1".into() }]).expect("it pushes");
        autosave.write(&mut session).expect("there is room");
    }
    let path = autosave.path().to_path_buf();
    drop(autosave);
    let text = recording::write(session.journal(), session.position());
    // The new file is complete; the old one is whole, empty, or written in part.
    store::replace(&path.with_extension("session.new"), &text).expect("there is room");
    for part in [text.len(), 0, text.len() / 2] {
        let mut file = Appender::open(&path).expect("nobody has it");
        file.clear().expect("it can be emptied");
        file.append(&text[..part]).expect("there is room");
        drop(file);
        let (_, left) = left_in(folder.path());
        let mut session = left.expect("something is left").session;
        session.goto(session.future()).expect("it is there");
        assert_eq!(session.machine().show_stack(), "1 1 1", "{part} bytes written");
    }
}

#[test]
fn recover_goes_on_in_the_same_recording() {
    let _turn = turn();
    let folder = tempfile::tempdir().expect("there is room");
    let push = |session: &mut Session, text: &str| {
        session.apply(&[Command::Push { text: text.into() }]).expect("it pushes");
    };
    let (mut autosave, _) = left_in(folder.path());
    let mut session = Session::default();
    push(&mut session, "1");
    push(&mut session, "2");
    autosave.write(&mut session).expect("there is room");
    drop(autosave);
    // Work continues at the base, before the session is taken to where it was left.
    let (mut autosave, left) = left_in(folder.path());
    let mut session = left.expect("something is left").session;
    push(&mut session, "3");
    autosave.write(&mut session).expect("there is room");
    drop(autosave);
    let (mut autosave, left) = left_in(folder.path());
    let Recovery { mut session, at, lost, .. } = left.expect("something is left");
    assert_eq!(lost, None);
    session.goto(at).expect("it is there");
    assert_eq!(session.machine().show_stack(), "3");
    session.goto(Position { entry: 2, done: 0 }).expect("the other branch is there");
    assert_eq!(session.machine().show_stack(), "1 2");
    // Work continues a third time, from where it was left.
    push(&mut session, "4");
    autosave.write(&mut session).expect("there is room");
    drop(autosave);
    let (autosave, left) = left_in(folder.path());
    let Recovery { mut session, at, .. } = left.expect("something is left");
    session.goto(at).expect("it is there");
    assert_eq!(session.machine().show_stack(), "1 2 4");
    autosave.close().expect("it can be emptied");
    assert!(left_in(folder.path()).1.is_none(), "what was closed is not recovered");
}

/// Does gestures of all kinds for a while and leaves the files that a crash would leave.
fn long_work(folder: &Path, seed: u64) -> PathBuf {
    let program = "0 [ 1+ dup f drop 1 ] assign: b 1 b repeat_if";
    let mut session = Session::new(image_of_program(program).expect("it is a program"));
    session.set_checkpoint_interval(500);
    let (mut autosave, _) = left_in(folder);
    autosave.set_snapshot_spacing(500);
    let mut c = Choices::new(seed);
    let body = Command::Define { name: "f".to_string(), text: "dup return".into() };
    session.apply(&[body]).expect("it is new");
    for _ in 0..300 {
        match session.job() {
            Some(_) if c.below(8) > 0 => drop(session.advance(1 + c.count(300))),
            _ if c.below(2) == 0 => drop(session.start(Request::run(Goal::Free))),
            _ => gesture(&mut session, &mut c),
        }
        autosave.write(&mut session).expect("there is room");
    }
    autosave.path().to_path_buf()
}

/// The hash of the recovered state, and the number of checkpoints before anything was executed.
fn recovered(folder: &Path) -> (u64, usize) {
    let Recovery { mut session, at, lost, .. } = left_in(folder).1.expect("something is left");
    assert_eq!(lost, None);
    let known = session.checkpoints().count();
    session.goto(at).expect("the journal replays");
    (hash(&session), known)
}

#[test]
fn recover_from_an_image_is_what_executing_everything_is() {
    let _turn = turn();
    let mut used = 0;
    for seed in 0..30 {
        let folder = tempfile::tempdir().expect("there is room");
        let recording = long_work(folder.path(), seed);
        let (with, known) = recovered(folder.path());
        used += known;
        let image = recording.with_extension("waypoint");
        assert_eq!(known, usize::from(store::length(&image).is_some()), "seed {seed}");
        store::remove(&image).expect("it can be removed");
        assert_eq!(recovered(folder.path()), (with, 0), "seed {seed}");
    }
    assert!(used > 20, "{used} images");
}

#[test]
fn recover_takes_no_image_that_belongs_to_something_else() {
    let _turn = turn();
    let folder = tempfile::tempdir().expect("there is room");
    let recording = long_work(folder.path(), 1);
    let image = recording.with_extension("waypoint");
    let whole = store::read(&image, 1 << 20).expect("one was written");
    let (state, known) = recovered(folder.path());
    assert_eq!(known, 1);
    // Snapshots that are cut, damaged, of another position or version; then one of another base.
    let (head, rest) = whole.split_once('\n').expect("it has a head");
    let words: Vec<&str> = head.split(' ').collect();
    let elsewhere = format!("{} {} 1:0 {}\n{rest}", words[0], words[1], words[3]);
    let nowhere = format!("{} {} 9999:0 {}\n{rest}", words[0], words[1], words[3]);
    let newer = whole.replacen(" 1 ", " 2 ", 1);
    let damaged = whole.replacen("retired", "retried", 1);
    let cut = &whole[..whole.len() / 2];
    for bad in ["", "\n", cut, &elsewhere, &nowhere, &newer, &damaged, head] {
        store::replace(&image, bad).expect("there is room");
        assert_eq!(recovered(folder.path()), (state, 0), "{}", &bad[..bad.len().min(60)]);
    }
    store::replace(&image, &whole).expect("there is room");
    let text = store::read(&recording, 1 << 20).expect("it is there");
    let other = text.replacen("dup return", "dup 1 + return", 1);
    assert_ne!(other, text);
    store::replace(&recording, &other).expect("there is room");
    let left = left_in(folder.path()).1.expect("something is left");
    assert_eq!(left.session.checkpoints().count(), 0, "another function was run");
}

#[test]
fn recover_leaves_what_another_window_has_open() {
    let _turn = turn();
    let folder = tempfile::tempdir().expect("there is room");
    let (mut first, _) = left_in(folder.path());
    let mut session = Session::default();
    session.apply(&[Command::Push { text: "1".into() }]).expect("it pushes");
    first.write(&mut session).expect("there is room");
    let (second, left) = left_in(folder.path());
    assert!(left.is_none());
    assert_ne!(first.path(), second.path());
    let mut names: Vec<_> = std::fs::read_dir(folder.path())
        .expect("it is a folder")
        .map(|entry| entry.expect("it can be read").file_name())
        .collect();
    names.sort();
    assert_eq!(names, ["unsaved-1.session", "unsaved-2.session"], "no more than are needed");
}

#[test]
fn recover_says_what_cannot_be_read_and_leaves_it() {
    let _turn = turn();
    let folder = tempfile::tempdir().expect("there is room");
    let path = folder.path().join("unsaved-1.session");
    let text = "midflight-session 9\nbase empty\npush `1`\n";
    store::replace(&path, text).expect("there is room");
    let opened = Autosave::open(folder.path(), true).expect("another file can be written");
    assert!(opened.recovery.is_none());
    let words = opened.unreadable[0].to_string();
    assert!(words.contains("unsaved-1.session") && words.contains("version 9"), "{words}");
    assert_ne!(opened.autosave.path(), path);
    assert_eq!(store::read(&path, 1000).expect("it is there"), text);
}
