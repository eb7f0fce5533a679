//! Line and column of every cell that a program text made, after any edit; and how a stop shows them.

mod shell;
mod support;

use midflight::program::image::Image;
use midflight::program::notation::Notation;
use midflight::session::Session;
use midflight::session::command::Command;
use midflight::session::load::{image_of_file, image_of_program};
use midflight::session::recording::Recording;
use midflight::view::stop::stop_in;
use midflight::vm::instruction::Instruction;
use midflight::vm::memory::Place;
use shell::{Shell, program};
use support::choices::Choices;

/// Every number of the text stands alone on the line of its value, so a cell says where it is written.
fn numbers() -> String {
    let number = |n: usize| format!("{n}\n");
    let part = |from, to| (from..to).map(number).collect::<String>();
    format!("[ {}[ {}[ {}] ] ] bind: f {}", part(1, 40), part(40, 60), part(60, 70), part(70, 130))
}

/// Checks every cell that has a place: a number of the text has the place where it is written, anything
/// that was typed has none.
fn check(image: &Image, context: &str) -> usize {
    let memory = image.machine.memory();
    let mut count = 0;
    for (body, code) in memory.code_bodies() {
        for offset in 0..code.size {
            let at = Place::new(body.0, offset);
            let origin = image.origins.of(at).map(|origin| origin.to_string());
            if let Instruction::Integer(n) = image.machine.instruction(at) {
                let place = origin.as_deref().map(|origin| origin.split(',').next().unwrap());
                let line = (n < 1000).then(|| format!("line {n}"));
                assert_eq!(place, line.as_deref(), "{n} at {at:?}: {context}");
                count += usize::from(line.is_some());
            } else if image.machine.instruction(at) == Instruction::Breakpoint {
                assert_eq!(origin, None, "{at:?}: {context}");
            }
        }
    }
    count
}

/// A random edit of code; the numbers that it writes are in no text.
fn edit(image: &Image, choices: &mut Choices) -> Command {
    let bodies: Vec<(u32, u32, u32)> = image
        .machine
        .memory()
        .code_bodies()
        .map(|(body, code)| (body.0, code.used().len() as u32, code.size))
        .collect();
    let (body, used, size) = choices.of(&bodies);
    let offset = choices.below((used + 3).min(size) as usize) as u32;
    let at = Place::new(body, offset);
    let words = ["1000", "1001 1002 1003", "1004 [ 1005 ] 1006", "", "breakpoint 1007"];
    let text = choices.of(&words).into();
    match choices.below(7) {
        0 | 1 => Command::Insert { at, text },
        2 | 3 => Command::Write { at, text },
        4 => Command::Replace { at, text },
        5 => Command::Delete { at, count: 1 + choices.below(4) as u32 },
        _ => Command::Remove { body: at.body },
    }
}

#[test]
fn every_cell_keeps_its_line_whatever_is_edited() {
    for seed in 0..200 {
        let mut choices = Choices::new(seed);
        let mut session = Session::new(image_of_program(&numbers()).unwrap());
        assert_eq!(check(session.image(), "read"), 129);
        let mut seen = vec![(session.position(), 129)];
        for n in 0..40 {
            let command = edit(session.image(), &mut choices);
            let context = format!("seed {seed}, edit {n}: {command:?}");
            if session.apply(&[command]).is_ok() {
                seen.push((session.position(), check(session.image(), &context)));
            }
        }
        // Going back, and reading the recording again, makes the same places again.
        for _ in 0..5 {
            let (to, count) = choices.of(&seen);
            session.goto(to).unwrap();
            assert_eq!(check(session.image(), &format!("seed {seed}, at {to}")), count);
        }
    }
}

#[test]
fn a_body_that_grows_keeps_its_lines() {
    let mut session = Session::new(image_of_program(&numbers()).unwrap());
    for n in 0..300 {
        let at = Place::new(0, n % 50);
        session.apply(&[Command::Insert { at, text: "1000 1001".into() }]).unwrap();
    }
    assert_eq!(check(session.image(), "grown"), 129);
}

#[test]
fn a_text_that_is_loaded_later_has_its_own_lines() {
    let mut image = image_of_file("g f", Some("main.flpc"), Notation::Forth).unwrap();
    let load = |text: &str, image: &mut Image| {
        Command::Reload { text: text.into() }.apply(image).unwrap();
    };
    let place = |image: &Image, name: &str, offset: u32| {
        let body = image.machine.memory().function(name).unwrap();
        image.origins.of(Place::new(body, offset)).map(|origin| origin.to_string())
    };
    load("[ 1\n2 ] bind: f\n[ f ] bind: g", &mut image);
    assert_eq!(place(&image, "f", 1).unwrap(), "line 2, column 1");
    assert_eq!(place(&image, "g", 0).unwrap(), "line 3, column 3");
    // `g` is the same and keeps its place; `f` is new.
    load("\n\n[ f ] bind: g [ 3 ] bind: f", &mut image);
    assert_eq!(place(&image, "f", 0).unwrap(), "line 3, column 17");
    assert_eq!(place(&image, "f", 1).unwrap(), "line 3, column 19", "the bracket writes `end`");
    assert_eq!(place(&image, "g", 0).unwrap(), "line 3, column 3");
    assert_eq!(place(&image, "main", 1).unwrap(), "main.flpc, line 1, column 3");
    Command::Redefine { name: "f".into(), text: "4".into() }.apply(&mut image).unwrap();
    assert_eq!(place(&image, "f", 0), None, "it was typed");
}

#[test]
fn places_are_no_part_of_equality_and_of_files() {
    let image = image_of_program("1 \n2").unwrap();
    let other = image_of_program("1 2").unwrap();
    assert!(image == other && image.to_file_text() == other.to_file_text());
    let again = Image::from_file_text(&image.to_file_text()).unwrap();
    assert!(again == image && again.origin().is_none());
    // A recording has the text, and so its lines.
    let text = "midflight-session 2\nbase program `1\\n 2 x`\n";
    let recording = Recording::read(text).unwrap();
    let mut session = Session::new(recording.base.clone());
    session.apply(&[Command::Run { fuel: 9 }]).unwrap();
    assert_eq!(session.image().origin().unwrap().to_string(), "line 2, column 4");
}

#[test]
fn the_window_says_line_and_column() {
    let image = |text: &str| {
        let mut image = image_of_file(text, Some("fib.flpc"), Notation::Forth).unwrap();
        image.machine.run(100);
        image
    };
    for (text, place) in [
        ("\n 3 fib", Some("fib.flpc, line 2, column 4")),
        ("1\n0 /", Some("fib.flpc, line 2, column 3")),
        ("1 breakpoint 2", Some("fib.flpc, line 1, column 3")),
        ("[ 1 [ ... ] call ] bind: f f", None),
        ("1 input.line", None),
        ("1 2 +", None),
    ] {
        let detail = stop_in(&image(text)).detail;
        let said = detail.rsplit("; ").next().filter(|part| part.starts_with("fib.flpc"));
        assert_eq!(said, place, "{text}: {detail}");
    }
    // What is typed moves it.
    let mut waiting = image("1 x");
    Command::Insert { at: Place::new(0, 0), text: "7 8".into() }.apply(&mut waiting).unwrap();
    assert!(stop_in(&waiting).detail.ends_with("fib.flpc, line 1, column 3"));
    Command::Replace { at: Place::new(0, 3), text: "y".into() }.apply(&mut waiting).unwrap();
    assert!(!stop_in(&waiting).detail.contains("line"), "{:?}", stop_in(&waiting));
}

/// A program, and what its report shows of it.
const SHOWN: &[(&str, &str)] = &[
    ("3 fib", " --> a.flpc:1:3\n  |\n1 | 3 fib\n  |   ^^^\n"),
    ("# one\n\n1 0\n\t/ drop", " --> a.flpc:4:2\n  |\n4 |     / drop\n  |     ^\n"),
    ("\"日本\" 1 + 2", " --> a.flpc:1:8\n  |\n1 | \"日本\" 1 + 2\n  |          ^\n"),
    ("[ f ] bind: f f", " --> a.flpc:1:3\n  |\n1 | [ f ] bind: f f\n  |   ^\n"),
    ("call:  x", " --> a.flpc:1:1\n  |\n1 | call:  x\n  | ^^^^^^^^\n"),
    (
        "[ assign: n ] bind: f\r\nf",
        " --> a.flpc:1:3\n  |\n1 | [ assign: n ] bind: f\n  |   ^^^^^^^^^\n",
    ),
    ("1 breakpoint", ""),
    ("1 breakpoint 2", " --> a.flpc:1:3\n  |\n1 | 1 breakpoint 2\n  |   ^^^^^^^^^^\n"),
    ("cafe\u{301}", " --> a.flpc:1:1\n  |\n1 | caf\u{e9}\n  | ^^^^\n"),
];

#[test]
fn a_report_shows_the_line() {
    let shell = Shell::new();
    for &(text, shown) in SHOWN {
        let done = shell.run(&["run", &shell.file("a.flpc", text)]);
        assert!(done.err.contains(shown), "{text}:\n{}", done.err);
        assert_eq!(done.err.contains("-->"), !shown.is_empty(), "{text}:\n{}", done.err);
    }
    let long = format!("{} missing {}", "1 drop ".repeat(100_000), "2 drop ".repeat(100_000));
    let done = shell.run(&["run", &shell.file("a.flpc", &long)]);
    let place = done.err.lines().find(|line| line.contains("-->")).unwrap();
    assert_eq!(place, " --> a.flpc:1:700002");
    assert!(done.err.len() < 1000 && done.err.contains("^^^^^^^\n"), "{}", done.err);
}

#[test]
fn the_right_file_is_named() {
    let shell = Shell::new();
    let main = shell.file("main.flpc", "1 one");
    let one = shell.file("one.flpc", "[ two ] bind: one");
    let two = shell.file("two.flpc", "# two\n[ three ] bind: two");
    let place = |arguments: &[&str], input: &str| {
        let done = shell.give(arguments, input.as_bytes());
        done.err.lines().find(|line| line.contains("-->")).map(str::to_string).unwrap_or(done.err)
    };
    assert_eq!(place(&["run", &main], ""), " --> main.flpc:1:3");
    assert_eq!(place(&["run", &main, "--with", &one], ""), " --> one.flpc:1:3");
    assert_eq!(place(&["run", &main, "--with", &one, "--with", &two], ""), " --> two.flpc:2:3");
    assert_eq!(place(&["run", &main, "--with", "-"], "[\nx ] bind: one"), " --> /dev/stdin:2:1");
    assert_eq!(place(&["run", "-"], "\n\n x"), " --> /dev/stdin:3:2");
    assert_eq!(place(&["eval", "1 x"], ""), " --> text:1:3");
    // An image has no text; what is added to it has.
    assert_eq!(shell.run(&["run", &main, "--save", "a.ron"]).code, 3);
    assert!(!shell.run(&["run", "a.ron"]).err.contains("-->"));
    assert_eq!(place(&["run", "a.ron", "--with", &one], ""), " --> one.flpc:1:3");
    let recording = shell.file("a.session", "midflight-session 2\nbase program `1\\n x`\nrun 9\n");
    assert_eq!(place(&["play", &recording], ""), " --> program text:2:2");
    assert!(!shell.run(&["play", &program("fib.session")]).err.contains("-->"));
}

#[test]
fn an_invisible_character_in_the_line_is_shown() {
    let shell = Shell::new();
    let done = shell.run(&["run", &shell.file("a.flpc", "\"\u{1b}[2J\u{202e}\" missing")]);
    assert!(!done.err.contains('\u{1b}') && !done.err.contains('\u{202e}'), "{:?}", done.err);
    assert!(done.err.contains("\"\\u{1b}[2J\\u{202e}\" missing"), "{}", done.err);
}
