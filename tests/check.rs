//! `midflight check`: what is said about the texts in the folder `check`, and about files of every kind.
//!
//! Beside each text is what is said about it, after its exit code. `UPDATE_CHECKS=1` writes that again.

mod shell;
mod support;

use std::fs;
use std::path::Path;

use midflight::program::check::{KEPT, check};
use midflight::program::notation::Notation;
use midflight::session::load::image_of_program;
use midflight::view::stop::stop_in;
use shell::{Shell, program};

#[test]
fn each_text_is_told_what_is_missing() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/check");
    let shell = Shell::new();
    let mut count = 0;
    for entry in fs::read_dir(&folder).unwrap() {
        let path = entry.unwrap().path();
        if path.extension().is_none_or(|extension| extension == "txt") {
            continue;
        }
        count += 1;
        let name = path.file_name().unwrap().to_str().unwrap();
        let done = shell.run(&["check", &shell.file(name, fs::read(&path).unwrap())]);
        let said = format!("exit code {}\n\n{}{}", done.code, done.out, done.err);
        let expected = path.with_extension("txt");
        if std::env::var_os("UPDATE_CHECKS").is_some() {
            fs::write(&expected, &said).unwrap();
        }
        let expected = fs::read_to_string(&expected).unwrap_or_default().replace("\r\n", "\n");
        assert_eq!(said, expected, "{name}");
    }
    assert_eq!(count, 15);
}

#[test]
fn examples_are_complete() {
    let shell = Shell::new();
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("programs");
    let mut count = 0;
    for entry in fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            continue;
        }
        let name = path.file_name().unwrap().to_str().unwrap().to_string();
        let done = shell.run(&["check", path.to_str().unwrap()]);
        // This one is about a hole.
        let lacks = name == "holes.flpc";
        assert_eq!(done.code, if lacks { 3 } else { 0 }, "{name}: {}{}", done.out, done.err);
        assert_eq!(done.out.contains("missing: "), lacks, "{name}: {}", done.out);
        count += 1;
    }
    assert!(count > 10);
}

#[test]
fn each_of_several_files_is_checked() {
    let shell = Shell::new();
    let good = shell.file("good.flpc", "1 print");
    let hole = shell.file("hole.flpc", "1 hole");
    let bad = shell.file("bad.flpc", "[ 1");
    let notice = shell.file("notice.flpc", "[ 1 ] bind: dup dup");
    let code = |files: &[&str]| shell.run(&[&["check"], files].concat()).code;
    assert_eq!(code(&[&good]), 0);
    assert_eq!(code(&[&good, &notice]), 0);
    assert_eq!(code(&[&good, &hole, &notice]), 3);
    assert_eq!(code(&[&bad, &hole]), 2);
    assert_eq!(code(&[&hole, "none.flpc"]), 2);
    assert_eq!(code(&[]), 2);
    let done = shell.run(&["check", &bad, &hole, "none.flpc", &notice]);
    assert!(done.err.contains("bad.flpc:1:1") && done.err.contains("none.flpc"), "{}", done.err);
    assert!(
        done.out.contains("hole.flpc:1:3") && done.out.contains("notice: `dup`"),
        "{}",
        done.out
    );
    let given = shell.give(&["check", "-"], b"\n x");
    assert!(given.code == 3 && given.out.contains("/dev/stdin:2:2"), "{}", given.out);
    shell.file("-odd.flpc", "x");
    assert_eq!(shell.run(&["check", "--", "-odd.flpc"]).code, 3);
}

#[test]
fn images_and_recordings_are_checked_too() {
    let shell = Shell::new();
    let code = |arguments: &[&str]| shell.run(arguments).code;
    assert_eq!(code(&["check", &program("fib.session")]), 0);
    let file = shell.file("a.flpc", "[ area ] bind: f 1 f");
    assert_eq!(code(&["run", &file, "--save", "a.ron"]), 3);
    let done = shell.run(&["check", "a.ron"]);
    assert!(done.code == 3 && done.out.contains("`area` is not defined"), "{}", done.out);
    assert!(done.out.contains("--> a.ron, as midflight print shows it:1:3"), "{}", done.out);
    for (name, text, why) in [
        ("b.ron", "(version: 2)", "b.ron"),
        ("b.session", "midflight-session 2\nbase empty\nnonsense\n", "line 3"),
        ("c.session", "midflight-session 2\nbase empty\nexpect nonsense\n", "line 3"),
        ("b.flpc", " ]", "b.flpc:1:2"),
    ] {
        let done = shell.run(&["check", &shell.file(name, text)]);
        assert!(done.code == 2 && done.err.contains(why), "{name}: {}", done.err);
    }
    assert_eq!(shell.run(&["check", &shell.file("d.flpc", b"\xff")]).code, 2);
}

#[test]
fn very_many_findings_are_counted_and_the_first_are_shown() {
    let shell = Shell::new();
    let holes: String = (0..100_000).map(|n| format!("hole{n}\n")).collect();
    let done = shell.run(&["check", &shell.file("holes.flpc", &holes)]);
    assert_eq!(done.code, 3);
    assert_eq!(done.out.matches("missing: `hole").count(), KEPT);
    assert!(done.out.ends_with("\nand 99,900 more missing\n") && done.out.len() < 50_000);
    let same = "hole ".repeat(100_000);
    let done = shell.run(&["check", &shell.file("same.flpc", &same)]);
    assert!(done.out.contains("also at 1:6, 1:11, 1:16 and 99,996 more places"), "{}", done.out);
    let names: String = (0..50_000).map(|n| format!("[ name{n}x ] bind: name{n}\n")).collect();
    assert_eq!(check(&names, Notation::Forth).unwrap().missing(), 50_000);
    // What is missing is shown, however many notices come before it.
    let notices: String = (0..200).map(|n| format!("[ ] bind: 0x{n}\n0x{n} ")).collect();
    let done = shell.run(&["check", &shell.file("notices.flpc", notices + "hole")]);
    assert!(done.out.contains("missing: `hole`") && done.out.contains("100 more with a notice"));
}

#[test]
fn where_a_hole_is_met_the_same_is_said() {
    let shell = Shell::new();
    for (text, hint) in [
        ("5 .", "write `print`, or `print_line` to end the line"),
        ("1 3.14", "there are no fractions, only whole numbers"),
        ("\u{2212}5", "write `-5`"),
        ("[ assign: count cuont ] bind: f 1 f", "did you mean `count`?"),
        ("[ [ dupp ] call ] bind: f f", "did you mean `dup`?"),
        ("[ ] bind: area aera", "did you mean `area`?"),
    ] {
        let file = shell.file("a.flpc", text);
        for command in ["run", "check"] {
            let done = shell.run(&[command, &file]);
            let said = done.out + &done.err;
            assert!(done.code == 3 && said.contains(hint), "{command} {text}: {said}");
        }
        let mut image = image_of_program(text).unwrap();
        image.machine.run(100);
        let detail = stop_in(&image).detail;
        assert!(detail.contains(hint), "{text}: {detail}");
    }
    let done = shell.run(&["run", &shell.file("a.flpc", "pushi: 3")]);
    assert!(done.code == 2 && done.err.contains("write the number alone: `3`"), "{}", done.err);
    let none = shell.run(&["run", &shell.file("a.flpc", "nothing_near")]);
    assert!(none.err.starts_with("midflight: `nothing_near` is missing\n"), "{}", none.err);
}

#[test]
#[cfg(unix)]
fn the_sessions_in_the_manual_are_true() {
    let shell = Shell::new();
    shell.file("sum.flpc", "# A sum.\n36 0 / print_line\n");
    shell.file("old.flpc", "65 emit 3.14 depht .\n");
    let fact = "# The product of the numbers up to n.\n#= 0 fact -- 1\n#= 5 fact -- 24\n\
                [ assign: n\n  n 0 = [ 1 return ] if\n  n n 1 - fact * return ] bind: fact\n";
    shell.file("fact.flpc", fact);
    let page = Path::new(env!("CARGO_MANIFEST_DIR")).join("docs/language.md");
    let manual = fs::read_to_string(page).unwrap();
    let mut count = 0;
    for block in manual.split("```console\n$ midflight ").skip(1) {
        let (session, _) = block.split_once("```").unwrap();
        let (command, said) = session.split_once('\n').unwrap();
        let done = shell.run(&command.split(' ').collect::<Vec<_>>());
        assert!((done.out.clone() + &done.err).starts_with(said), "{command}: {done:?}");
        count += 1;
    }
    assert_eq!(count, 3);
}

/// Whatever is checked, what is said to be missing is what a run would wait for.
#[test]
fn a_word_that_check_accepts_is_never_missing() {
    for text in
        ["main", "[ main ] call", "breakpoint 1", "prim: breakpoint 1", "'a' 0xFF", "label: x"]
    {
        assert_eq!(check(text, Notation::Forth).unwrap().missing(), 0, "{text}");
    }
}
