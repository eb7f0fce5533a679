//! Recovery from damaged recordings and damaged snapshots.

use midflight::autosave::Opened;
use midflight::session::Session;
use midflight::session::goal::Goal;
use midflight::session::load::image_of_program;
use midflight::session::request::Request;
use midflight::store;

use super::{HEAD, folder, names, open, push, window};
use crate::support::choices::Choices;

/// The stack that is recovered from a file with these bytes, and the message about the rest.
fn recovered(bytes: &[u8]) -> (String, String) {
    let folder = folder();
    std::fs::write(folder.path().join("unsaved-1.session"), bytes).expect("there is room");
    let opened = open(folder.path(), true);
    assert!(opened.unreadable.is_empty(), "{:?}", opened.unreadable);
    let mut left = opened.recovery.expect("something is left");
    left.session.goto(left.at).expect("it is there");
    let lost = left.lost.map(|bad| bad.to_string()).unwrap_or_default();
    (left.session.machine().show_stack(), lost)
}

#[test]
fn recover_what_stands_before_a_tail_that_a_power_cut_left() {
    let good = format!("{HEAD}push `1`\npush `2`\n");
    for tail in ["", "pus", "push `\u{e9}", "push `3`"] {
        for zeros in [1, 4096, 100_000] {
            let bytes = [good.as_bytes(), tail.as_bytes(), &vec![0; zeros]].concat();
            let (stack, lost) = recovered(&bytes);
            assert_eq!(stack, "1 2", "{tail} and {zeros} zero bytes");
            assert!(lost.starts_with("line 5: ") && lost.contains("is zero"), "{lost}");
        }
    }
    let (_, lost) = recovered(format!("{good}pus").as_bytes());
    assert_eq!(lost, "line 5: the line is incomplete");
}

#[test]
fn recover_what_stands_before_a_character_that_was_cut() {
    let text = format!("{HEAD}push `1`\npush `\"\u{20ac}\"`\n");
    let at = text.find('\u{20ac}').expect("it is there");
    for cut in [at + 1, at + 2] {
        let (stack, lost) = recovered(&text.as_bytes()[..cut]);
        assert_eq!(stack, "1");
        assert!(lost.starts_with("line 4: "), "{lost}");
        // Overwritten by something else, with more after it.
        let bytes = [&text.as_bytes()[..cut], b"`\npush `3`\n"].concat();
        let (stack, lost) = recovered(&bytes);
        assert_eq!(stack, "1");
        assert!(lost.starts_with("line 4: ") && lost.contains("UTF-8"), "{lost}");
    }
}

#[test]
fn recover_after_a_cut_at_every_byte_and_a_tail_of_zeros() {
    let folder = folder();
    let mut autosave = open(folder.path(), false).autosave;
    let program = "0 [ 1+ 1 ] assign: b 1 b repeat_if";
    let mut session = Session::new(image_of_program(program).expect("it is a program"));
    // After each gesture: the length of the file, the position and the image.
    let mut states = Vec::new();
    for number in 0..15 {
        match number % 5 {
            0 => push(&mut session, "\"\u{20ac} ` \u{1f600}\""),
            1 => drop(session.start(Request::run(Goal::Free))),
            2 => drop(session.set_bookmark("\u{e9}t\u{e9}")),
            3 => drop(session.advance(10)),
            _ => drop(session.undo()),
        }
        if number % 5 == 1 {
            session.advance(10).expect("it runs");
        }
        autosave.write(&mut session).expect("there is room");
        let bytes = std::fs::read(autosave.path()).expect("it is there");
        states.push((bytes.len(), session.position(), session.image().clone()));
    }
    let bytes = std::fs::read(autosave.path()).expect("it is there");
    let first = states[3].0;
    for cut in first..=bytes.len() {
        for zeros in [0, 7] {
            let folder = self::folder();
            let torn = [&bytes[..cut], &vec![0; zeros]].concat();
            std::fs::write(folder.path().join("unsaved-1.session"), torn).expect("there is room");
            let opened = open(folder.path(), true);
            let mut left = opened.recovery.unwrap_or_else(|| panic!("something is left at {cut}"));
            left.session.goto(left.at).expect("the journal replays");
            let kept = states.iter().rev().find(|state| state.0 <= cut);
            let (_, at, image) = kept.expect("something was written before");
            assert_eq!(left.session.position(), *at, "cut at {cut}");
            assert!(left.session.image() == image, "cut at {cut}");
            let is_whole = bytes[..cut].ends_with(b"\n") && zeros == 0;
            assert_eq!(left.lost.is_none(), is_whole, "cut at {cut}");
        }
    }
}

#[test]
fn recover_what_stands_before_a_position_that_is_not_there() {
    for bad in ["goto 7:0", "goto 1:1", "moment `` off off", "pus `1`"] {
        let (stack, lost) = recovered(format!("{HEAD}push `1`\n{bad}\npush `3`\n").as_bytes());
        assert_eq!(stack, "1", "{bad}");
        assert!(lost.starts_with("line 4: "), "{lost}");
    }
}

#[test]
fn recover_a_file_that_an_editor_saved() {
    let text = format!("{HEAD}push `1`\n# by hand\n\npush `2`\n");
    assert_eq!(
        recovered(text.replace('\n', "\r\n").as_bytes()),
        ("1 2".to_string(), String::new())
    );
    assert_eq!(recovered(format!("\u{feff}{text}").as_bytes()).0, "1 2");
}

#[test]
fn recover_keeps_what_stands_behind_the_damage() {
    let folder = folder();
    let path = folder.path().join("unsaved-1.session");
    let text = format!("{HEAD}push `1`\npus `2`\npush `3`\npush `4`\n");
    std::fs::write(&path, &text).expect("there is room");
    let Opened { mut autosave, recovery: left, .. } = open(folder.path(), true);
    let mut left = left.expect("something is left");
    let lost = left.lost.take().expect("not all can be read").to_string();
    assert!(lost.contains("unsaved-1.session~"), "{lost}");
    push(&mut left.session, "5");
    autosave.write(&mut left.session).expect("there is room");
    autosave.close().expect("it can be emptied");
    assert_eq!(store::read(&store::previous(&path), 1000).expect("it is kept"), text);
}

/// A recording with a few bytes changed, removed, doubled or set to zero.
fn damaged(bytes: &[u8], c: &mut Choices) -> Vec<u8> {
    let mut bytes = bytes.to_vec();
    for _ in 0..=c.below(3) {
        let at = c.below(bytes.len() + 1);
        let behind = at + c.below(20).min(bytes.len() - at);
        let new = match c.below(6) {
            0 => Vec::new(),
            1 => bytes[at..behind].repeat(2),
            2 => vec![0; behind - at + 1],
            3 => b"\n".to_vec(),
            4 => b"goto 1:0".to_vec(),
            _ => vec![c.below(256) as u8],
        };
        bytes.splice(at..behind, new);
    }
    bytes
}

#[test]
fn recover_from_any_bytes_and_destroy_none_that_may_be_work() {
    let good = format!(
        "{HEAD}push `1`\n# \u{e9}t\u{e9}\npush `2 3` | run 1\ngoto 1:0\nmoment `a`\nexpect stack `1`\n\
         push `\"\u{20ac}\"`\nwrite 0:0 `1 2 +` | run 2\nmore 1\nmoment `a` off\n"
    );
    let mut c = Choices::new(1);
    let (mut taken, mut kept, mut refused) = (0, 0, 0);
    for round in 0..400 {
        let bytes = damaged(good.as_bytes(), &mut c);
        let folder = folder();
        let path = folder.path().join("unsaved-1.session");
        std::fs::write(&path, &bytes).expect("there is room");
        let shown = format!("round {round}: {:?}", String::from_utf8_lossy(&bytes));
        let Opened { mut autosave, recovery: left, unreadable, .. } = open(folder.path(), true);
        if let Some(error) = unreadable.first() {
            refused += 1;
            assert!(left.is_none() && error.path == path, "{shown}");
            assert!(std::fs::read(&path).expect("it is there") == bytes, "{shown}");
            continue;
        }
        let Some(mut left) = left else {
            let ends = bytes.iter().filter(|&&byte| byte == b'\n').count();
            assert!(ends < 3, "nothing is left: {shown}");
            continue;
        };
        taken += 1;
        if left.lost.as_ref().is_some_and(|lost| lost.cause.contains(" kept as ")) {
            kept += 1;
            let copy = std::fs::read(store::previous(&path)).expect("it is kept");
            assert!(copy == bytes, "{shown}");
        }
        // Work continues, from the recovered position if it can be reached.
        let _ = left.session.goto(left.at);
        push(&mut left.session, "7");
        autosave.write(&mut left.session).expect("there is room");
        drop(autosave);
        let again = open(folder.path(), true).recovery.expect("something is left");
        assert_eq!(again.lost, None, "{shown}");
        assert_eq!(again.at, left.session.position(), "{shown}");
        assert_eq!(again.session.journal(), left.session.journal(), "{shown}");
    }
    println!("{taken} taken over, {kept} of them with a copy kept, {refused} refused");
    assert!(taken > 100 && kept > 60 && refused > 40);
}

#[test]
fn recover_of_the_two_files_the_one_that_holds_the_work() {
    let text = format!("{HEAD}push `1`\n");
    let newer = format!("{HEAD}push `1`\npush `2`\n");
    let bad = "midflight-session 9\nbase empty\n";
    let cases: [(&[u8], &[u8], &str); 12] = [
        // The file, the new file beside it, the stack that is recovered.
        (b"", newer.as_bytes(), "1 2"),
        (text.as_bytes(), newer.as_bytes(), "1 2"),
        (&newer.as_bytes()[..40], newer.as_bytes(), "1 2"),
        (bad.as_bytes(), newer.as_bytes(), "1 2"),
        (b"\xff\0", newer.as_bytes(), "1 2"),
        (newer.as_bytes(), b"", "1 2"),
        (newer.as_bytes(), b"\0\0\0\0", "1 2"),
        (newer.as_bytes(), b"\xff", "1 2"),
        (newer.as_bytes(), HEAD.as_bytes(), "1 2"),
        (newer.as_bytes(), bad.as_bytes(), "1 2"),
        // The new file was removed but the removal was lost. Work continued in the other file.
        (newer.as_bytes(), text.as_bytes(), "1 2"),
        (&[newer.as_bytes(), b"pus"].concat(), text.as_bytes(), "1 2"),
    ];
    for (file, anew, stack) in cases {
        let folder = folder();
        let path = folder.path().join("unsaved-1.session");
        std::fs::write(&path, file).expect("there is room");
        std::fs::write(path.with_extension("session.new"), anew).expect("there is room");
        let case =
            format!("{:?} {:?}", String::from_utf8_lossy(file), String::from_utf8_lossy(anew));
        // And again after more work.
        for stack in [stack.to_string(), format!("{stack} 3")] {
            assert_eq!(open(folder.path(), false).others, 1, "{case}");
            let Opened { mut autosave, recovery: left, .. } = open(folder.path(), true);
            let mut left = left.unwrap_or_else(|| panic!("something is left: {case}"));
            left.session.goto(left.at).expect("it is there");
            assert_eq!(left.session.machine().show_stack(), stack, "{case}");
            push(&mut left.session, "3");
            autosave.write(&mut left.session).expect("there is room");
        }
        open(folder.path(), true).autosave.close().expect("it can be emptied");
        let names = names(folder.path());
        assert!(names.iter().all(|name| !name.contains("new")), "{names:?}");
    }
}

#[test]
fn recover_of_two_damaged_files_the_one_that_was_written_last() {
    // Both are damaged in the middle. A copy of the file that is recovered from is kept.
    let damaged = |text: &str| format!("{HEAD}push `1`\n{text}pus `x`\npush `9`\n");
    let (short, long) = (damaged(""), damaged("push `2`\n"));
    let cases = [
        // The file, the new file beside it, the stack that is recovered, the bytes that are kept.
        (&short, &long, "1 2", &long),
        (&long, &short, "1", &short),
        // The new file was removed but the removal was lost. Work continued in the other file.
        (&(short.clone() + "push `3`\n"), &short, "1", &(short.clone() + "push `3`\n")),
    ];
    for (file, anew, stack, kept) in cases {
        let folder = folder();
        let path = folder.path().join("unsaved-1.session");
        std::fs::write(&path, file).expect("there is room");
        std::fs::write(path.with_extension("session.new"), anew).expect("there is room");
        let opened = open(folder.path(), true);
        let mut left = opened.recovery.expect("something is left");
        let lost = left.lost.take().expect("not all can be read").to_string();
        assert!(lost.contains("unsaved-1.session~"), "{lost}");
        left.session.goto(left.at).expect("it is there");
        assert_eq!(left.session.machine().show_stack(), stack, "{file:?} {anew:?}");
        assert_eq!(&store::read(&store::previous(&path), 1000).expect("it is kept"), kept);
    }
}

#[test]
fn recover_what_is_no_gesture() {
    // Notes and bookmarks are work too, even without a gesture.
    for line in ["expect stack `1`", "# a comment", "moment `here`"] {
        let folder = folder();
        let path = folder.path().join("unsaved-1.session");
        std::fs::write(&path, format!("{HEAD}{line}\n")).expect("there is room");
        let left = open(folder.path(), true).recovery;
        let left = left.unwrap_or_else(|| panic!("`{line}` is not taken over"));
        assert_eq!(left.lost, None);
        let journal = left.session.journal();
        assert!(journal.entries().is_empty());
        assert_eq!(journal.notes().all().len() + journal.bookmarks().by_name().len(), 1, "{line}");
    }
}

#[test]
fn recover_much_joining_of_texts_from_a_snapshot() {
    const SPACING: u64 = 1_000_000;
    let folder = folder();
    let text = format!(
        "\"{}\" assign: t 0 [ 1+ dup int_to_str t str_join drop ] repeat",
        "long ".repeat(6_000)
    );
    let mut session = Session::new(image_of_program(&text).unwrap());
    let mut autosave = open(folder.path(), false).autosave;
    autosave.set_snapshot_spacing(SPACING);
    session.start(Request::run(Goal::Free)).expect("it begins");
    for _ in 0..10 {
        session.advance(1_000_000).expect("it runs");
        autosave.write(&mut session).expect("there is room");
    }
    assert!(session.machine().retired() < SPACING, "few instructions that cost much");
    drop(autosave);
    let recovered = open(folder.path(), true).recovery.unwrap().session;
    assert_eq!(recovered.checkpoints().count(), 1);
}

#[test]
fn recover_no_state_from_an_image_with_another_number_in_it() {
    let folder = folder();
    let mut session = Session::new(image_of_program("0 [ 1+ 1 ] assign: b 1 b repeat_if").unwrap());
    session.set_checkpoint_interval(500);
    let mut autosave = open(folder.path(), false).autosave;
    autosave.set_snapshot_spacing(500);
    session.start(Request::run(Goal::Free)).expect("it begins");
    for _ in 0..10 {
        session.advance(1000).expect("it runs");
        autosave.write(&mut session).expect("there is room");
    }
    let image = autosave.path().with_extension("waypoint");
    drop(autosave);
    let whole = store::read(&image, 1 << 20).expect("one was written");
    let known = || open(folder.path(), true).recovery.unwrap().session.checkpoints().count();
    assert_eq!(known(), 1);
    let at = whole.find("parameters: [").expect("it has parameters");
    let digit = at + whole[at..].find(|char: char| char.is_ascii_digit()).expect("a number");
    let other = if whole.as_bytes()[digit] == b'1' { "2" } else { "1" };
    let damaged = [&whole[..digit], other, &whole[digit + 1..]].concat();
    store::overwrite(&image, &damaged).expect("there is room");
    assert_eq!(known(), 0, "a number was changed");
}

#[test]
fn crash_in_the_middle_of_a_write_leaves_nothing_for_ever() {
    let folder = folder();
    // A file that is written aside has such a name until it is renamed.
    let mine = [".unsaved-1.session.new.UXNcVg", ".unsaved-1.waypoint.a1", ".unsaved-1.name.b2"];
    let others = [".unsaved-10.waypoint.c3", ".unsaved-2.name.d4", "unsaved-1.txt", ".unsaved-1"];
    for name in mine.iter().chain(&others) {
        std::fs::write(folder.path().join(name), "half").expect("there is room");
    }
    let (autosave, _) = window(folder.path(), "1");
    let names = names(folder.path());
    assert!(mine.iter().all(|name| !names.contains(&name.to_string())), "{names:?}");
    assert!(others.iter().all(|name| names.contains(&name.to_string())), "{names:?}");
    drop(autosave);
}
