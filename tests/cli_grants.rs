//! What a program is granted on the command line, and what it is not.

mod shell;
mod support;

use shell::Shell;

/// Arguments before and after the file, the program, and what it prints.
const GRANTED: &[(&[&str], &str, &str)] = &[
    (&["--grant", "args", "--", "a b", "-x"], "args.count print 1 args.get print", "2-x"),
    (&["--grant", "args"], "args.count print", "0"),
    (&["--grant", "file:notes=n.txt"], "file.notes print file.notes str_len print", "one\ntwo\n8"),
    (&["--grant", "clock"], "0 clock.wait clock.now 1000000000000 > print", "1"),
    (&["--grant", "clock"], "20 clock.wait 7 print", "7"),
    (&["--grant", "args"], "3 pushf: args.count times depth print", "3"),
    (&["--grant", "random=7"], "[ 6 random.below 6 < drop ] drop 1 random.below print", "0"),
    (&["--grant", "random=7"], "pushf: random.below assign: f 1 f call print", "0"),
    (
        &["--grant", "random=7", "--grant", "args", "--", "x"],
        "[ args.count random.below ] bind: f f f f + + print",
        "0",
    ),
];

#[test]
fn what_is_granted_is_answered() {
    let shell = Shell::new();
    shell.file("n.txt", "one\ntwo\n");
    for &(granted, program, out) in GRANTED {
        shell.file("p.flpc", program);
        let run = shell.run(&[&["run", "p.flpc"], granted].concat());
        assert_eq!((run.out.as_str(), run.code), (out, 0), "{program}: {}", run.err);
    }
}

/// Without a grant, a call is a hole; the message says what would answer it.
#[test]
fn nothing_is_granted_by_default() {
    let shell = Shell::new();
    for (program, hint) in [
        ("clock.now", "--grant clock would answer it"),
        ("6 random.below", "--grant random=7"),
        ("args.count", "--grant args -- WORDS"),
        ("file.notes", "--grant file:notes=PATH"),
    ] {
        shell.file("p.flpc", program);
        let run = shell.run(&["run", "p.flpc"]);
        assert_eq!(run.code, 3);
        assert!(run.err.contains("is missing") && run.err.contains(hint), "{}", run.err);
    }
}

#[test]
fn a_bad_grant_runs_nothing() {
    let shell = Shell::new();
    shell.file("p.flpc", "1 print");
    shell.file("n.txt", "text");
    shell.file("large.txt", "x".repeat(65_537));
    for (granted, words) in [
        (&["--grant", "network"][..], "`network` cannot be granted"),
        (&["--grant", "random"], "random=7"),
        (&["--grant", "file:notes=none.txt"], "none.txt"),
        (&["--grant", "file:notes=."], "."),
        (&["--grant", "file:notes=large.txt"], "large.txt"),
        (&["--grant", "file:a=n.txt", "--grant", "file:a=p.flpc"], "`file.a` is granted twice"),
        (&["--", "word"], "--grant args"),
    ] {
        let run = shell.run(&[&["run", "p.flpc"], granted].concat());
        assert_eq!((run.code, run.out.as_str()), (2, ""), "{granted:?}: {}", run.err);
        assert!(run.err.contains(words), "{granted:?}: {}", run.err);
    }
}

/// A host without an answer stops the program at the call, as a hole does.
#[test]
fn a_call_without_an_answer_waits() {
    let shell = Shell::new();
    for (program, words) in [
        ("\"a\" random.below", "operand 0 must be an integer, and it is a text"),
        ("0 random.below", "not below 0"),
        ("random.below", "it takes 1 value, and the stack is empty"),
        ("9 args.get", "there is no word 9"),
    ] {
        shell.file("p.flpc", format!("1 print {program}"));
        let granted = ["--grant", "random=7", "--grant", "args", "--", "w"];
        let run = shell.run(&[&["run", "p.flpc", "--save", "p.ron"][..], &granted].concat());
        assert_eq!((run.code, run.out.as_str()), (3, "1"), "{}", run.err);
        assert!(run.err.contains("has no answer") && run.err.contains(words), "{}", run.err);
        assert!(run.err.contains("p.flpc:1:"), "{}", run.err);
        // The image has the call still open; a definition answers it.
        shell.file("mock.flpc", "[ 5 ] bind: random.below [ 6 ] bind: args.get");
        let again = shell.run(&["run", "p.ron", "--with", "mock.flpc"]);
        assert_eq!(again.code, 0, "{}", again.err);
    }
}

/// The image that was saved holds the answers, so nothing is asked twice.
#[test]
fn a_saved_image_goes_on() {
    let shell = Shell::new();
    shell.file("p.flpc", "1000000 random.below dup print_line input.line drop print");
    let granted = ["--grant", "random=3"];
    let first = shell.run(&[&["run", "p.flpc", "--save", "p.ron"][..], &granted].concat());
    assert_eq!(first.code, 6, "{}", first.err);
    shell.file("in.txt", "x\n");
    let second = shell.give(&["run", "p.ron"], b"x\n");
    assert_eq!((second.code, second.out.as_str()), (0, first.out.trim()), "{}", second.err);
}

/// An answer takes a unit of fuel, so a loop that only asks comes to an end.
#[test]
fn fuel_bounds_a_program_that_only_asks() {
    let shell = Shell::new();
    shell.file("p.flpc", "[ clock.now drop ] repeat");
    let run = shell.run(&["run", "p.flpc", "--grant", "clock", "--fuel", "1000"]);
    assert_eq!(run.code, 5, "{}", run.err);
    assert!(run.err.contains("out of fuel"), "{}", run.err);
}
