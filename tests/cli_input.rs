//! The input and output of `midflight run`: what the program gets and when, and where the rest goes.

mod shell;
mod support;

use std::fs;

use shell::{Shell, program};

/// Prints its first line.
const ONE: &str = "input.line print_line";
/// Prints all lines.
const ALL: &str = "[ [ input.ended return_if input.line print_line ] repeat ] bind: all all";
/// Prints all characters, each on a line of its own.
const CHARACTERS: &str = "[ [ input.ended return_if input.char print_line ] repeat ] bind: all all";
/// How much is read at once.
const BLOCK: usize = 1 << 16;

#[test]
fn input_is_read_line_by_line() {
    let shell = Shell::new();
    let lines = program("reverse.flpc");
    let done = shell.give(&["run", &lines], "abc\r\n\nlast".as_bytes());
    assert_eq!((done.code, &*done.out), (0, "cba\n\ntsal\n"));
    let file = shell.file("ask.flpc", "\"? \" print input.line print_line");
    let ended = shell.run(&["run", &file, "--save", "ask.ron"]);
    assert_eq!((ended.code, &*ended.out), (6, "? "));
    let on = shell.give(&["run", "ask.ron"], b"here\n");
    assert_eq!((on.code, &*on.out), (0, "here\n"));
}

/// Lines of `bytes` bytes and more.
fn long_lines(bytes: usize) -> String {
    (0..6).map(|n| format!("{n}é{}\n", "x€".repeat(bytes / 4))).collect()
}

/// Arguments, program, input, exit code, what it prints, and what the next command finds.
const FILES: &[(&str, &str, &str, i32, &str, &str)] = &[
    ("", ONE, "one\ntwo\nthree", 0, "one\n", "two\nthree"),
    ("", ONE, "one\r\n\r\n", 0, "one\n", "\r\n"),
    ("", ALL, "one\ntwo", 0, "one\ntwo\n", ""),
    ("", "", "one\n", 0, "", "one\n"),
    ("", "input.char print", "éa\nb", 0, "é", "a\nb"),
    ("--save a.ron", "input.char print", "éa\nb", 0, "é", "a\nb"),
    ("", "input.line 1 +", "one\ntwo\n", 4, "", "two\n"),
    ("", "[ input.line ... ] bind: f f", "one\ntwo\n", 3, "", "two\n"),
    ("", "input.line absent", "one\ntwo\n", 3, "", "two\n"),
    ("", "input.line 7 exit", "one\ntwo\n", 7, "", "two\n"),
    ("--fuel 2", "input.line input.line input.line", "1\n2\n3\n", 5, "", "3\n"),
    ("--limit output=3", "input.line print input.line print", "one\ntwo\n3", 5, "one", "3"),
    ("", "input.line input.line", "one\n", 6, "", ""),
    ("", "input.ended print input.line print", "one\ntwo\n", 0, "0one", "two\n"),
];

#[cfg(unix)]
#[test]
fn the_next_command_finds_the_rest_of_a_file() {
    let shell = Shell::new();
    for &(arguments, text, input, code, out, rest) in FILES {
        shell.file("a.flpc", text);
        shell.file("in", input);
        let run = format!("'{}' run a.flpc {arguments}", shell::BINARY);
        let done = shell.script(&format!("({run}; echo \"[$?]\"; cat) < in"), b"");
        assert_eq!(done.out, format!("{out}[{code}]\n{rest}"), "{text}: {}", done.err);
    }
    // Of several blocks, with characters that are cut.
    let input = long_lines(BLOCK / 2);
    let (first, rest) = input.split_once('\n').unwrap();
    shell.file("in", &input);
    shell.file("a.flpc", "input.line drop input.char print");
    let script = format!("('{}' run a.flpc; cat) < in", shell::BINARY);
    assert!(shell.script(&script, b"").out == rest, "after {} bytes", first.len());
}

/// The rest of a program that stops in the middle.
const REST: &str = "[ [ input.ended return_if input.line print_line ] repeat ] bind: rest";

#[cfg(unix)]
#[test]
fn a_file_is_continued_where_the_program_was() {
    let shell = Shell::new();
    shell.file("a.flpc", format!("{ONE} rest"));
    shell.file("rest.flpc", REST);
    shell.file("in", "one\ntwo\nthree\n");
    let run = format!("'{}' run", shell::BINARY);
    let script = format!("({run} a.flpc --save a.ron; {run} a.ron --with rest.flpc) < in");
    let done = shell.script(&script, b"");
    // What was wound back is not in the image too.
    assert_eq!(done.out, "one\ntwo\nthree\n", "{}", done.err);
    // Nor does it say that nothing comes.
    shell.file("a.flpc", "input.ended drop input.char drop input.char print 1 \"a\" +");
    shell.file("in", "ab");
    let done = shell.script(&format!("({run} a.flpc --save a.ron; cat) < in"), b"");
    assert_eq!(done.out, "b", "{}", done.err);
}

#[test]
fn a_saved_image_keeps_the_rest_of_a_pipe() {
    let shell = Shell::new();
    shell.file("rest.flpc", REST);
    for (text, input, first, rest) in [
        (ONE, "one\ntwo\nth", "one\n", "two\nthlater\n"),
        (ONE, "one\r\ntwo\r\n\r\n", "one\n", "two\n\nlater\n"),
        ("input.char print", "éa\nb\n", "é", "a\nb\nlater\n"),
        ("", "one\n", "", "later\n"),
    ] {
        let file = shell.file("a.flpc", format!("{text} rest"));
        let done = shell.give(&["run", &file, "--save", "a.ron"], input.as_bytes());
        assert_eq!((done.code, &*done.out), (3, first), "{}", done.err);
        let on = shell.give(&["run", "a.ron", "--with", "rest.flpc"], b"later\n");
        assert_eq!((on.code, &*on.out), (0, rest), "{}", on.err);
    }
}

#[test]
fn a_line_of_a_pipe_that_is_no_text_is_not_left_out_silently() {
    let shell = Shell::new();
    let file = shell.file("a.flpc", format!("{ONE} rest"));
    for (input, said) in [
        (&b"one\ntwo\n"[..], None),
        (b"one\n\xff\ntwo\n", Some("1 line of the input that was read: no text, so not saved")),
        (b"one\n\xff\ntwo\n\xff\n", Some("some lines of the input that was read")),
    ] {
        let done = shell.give(&["run", &file, "--save", "a.ron"], input);
        assert_eq!(done.out, "one\n");
        let is_said = done.err.contains("of the input that was read");
        assert_eq!(is_said, said.is_some(), "{}", done.err);
        assert!(said.is_none_or(|said| done.err.contains(said)), "{}", done.err);
    }
}

#[cfg(unix)]
#[test]
fn nothing_is_lost_between_an_image_and_its_pipe() {
    let shell = Shell::new();
    shell.file("rest.flpc", REST);
    let file = shell.file("a.flpc", format!("{ONE} rest"));
    // The first block ends within a character, or does not.
    for shift in 0..3 {
        let input = format!("{}\n{}", "-".repeat(shift), long_lines(BLOCK / 2));
        let run = format!("'{}' run", shell::BINARY);
        let script = format!("{run} {file} --save a.ron; {run} a.ron --with rest.flpc");
        let done = shell.script(&script, input.as_bytes());
        assert!(done.out == input, "{shift}: {} of {}", done.out.len(), input.len());
    }
}

#[test]
fn blocks_make_no_difference() {
    let shell = Shell::new();
    let all = shell.file("all.flpc", ALL);
    let characters = shell.file("characters.flpc", CHARACTERS);
    for shift in 0..3 {
        // What the program gets of an end of a line, of a character, and of a line without an end.
        let start = "x".repeat(BLOCK / 2 - shift);
        let input = format!("{start}\n{}\r\n€\nend", &start[..start.len() - 1]);
        let lines = input.replace('\r', "") + "\n";
        let given = shell.give(&["run", &all], input.as_bytes());
        assert!(given.out == lines && given.code == 0, "{shift}: {}", given.err);
        let input = format!("{}€", &start[..BLOCK / 2 - 4].repeat(2)) + "€€€€";
        let lines: String = input.chars().map(|character| format!("{character}\n")).collect();
        let given = shell.give(&["run", &characters], input.as_bytes());
        assert!(given.out == lines && given.code == 0, "{shift}: {}", given.err);
    }
}

#[test]
fn the_longest_line_is_a_text() {
    let shell = Shell::new();
    let file = shell.file("a.flpc", "input.line str_len print_line input.line print_line");
    for end in ["\n", "\r\n", ""] {
        let longest = "x".repeat(1 << 16);
        let next = if end.is_empty() { "" } else { "next\n" };
        let done = shell.give(&["run", &file], format!("{longest}{end}{next}").as_bytes());
        assert_eq!(done.out, format!("65536\n{next}"), "{}", done.err);
        let longer = shell.give(&["run", &file], format!("{longest}x{end}next\n").as_bytes());
        assert_eq!((longer.code, &*longer.out), (4, ""), "{}", longer.err);
        assert!(longer.err.contains("the maximum is 65536"), "{}", longer.err);
    }
    // It is too long however much of it came.
    let long = shell.give(&["run", &file], &[b'x'; 200_000]);
    assert!(long.code == 4 && long.err.contains("a text of 65539 bytes"), "{}", long.err);
}

#[test]
fn input_that_is_no_text_is_said_to_be_none() {
    let shell = Shell::new();
    let file = shell.file("ask.flpc", "input.line print_line input.line print_line");
    let done = shell.give(&["run", &file, "--save", "ask.ron"], b"good\nb\xffd\n");
    assert_eq!((done.code, &*done.out), (6, "good\n"));
    assert!(done.err.contains("line 2: invalid UTF-8 at byte 2"), "{}", done.err);
    let on = shell.give(&["run", "ask.ron"], b"better\n");
    assert_eq!((on.code, &*on.out), (0, "better\n"));
    // The image keeps what came after that line.
    shell.give(&["run", &file, "--save", "ask.ron"], b"good\nb\xffd\nthird\n");
    let on = shell.run(&["run", "ask.ron"]);
    assert_eq!((on.code, &*on.out), (0, "third\n"));
    // A character without its end, at the end.
    let done = shell.give(&["run", &file, "--save", "ask.ron"], b"good\nb\xc3");
    assert!(done.err.contains("line 2: invalid UTF-8 at byte 2"), "{}", done.err);
    let on = shell.give(&["run", "ask.ron"], b"better\n");
    assert_eq!((on.code, &*on.out), (0, "better\n"));
}

#[test]
fn input_that_is_no_text_far_on_stops_only_there() {
    let shell = Shell::new();
    let file = shell.file("all.flpc", ALL);
    let good = "line\n".repeat(BLOCK);
    let input = [good.as_bytes(), b"li\xffe\nmore\n"].concat();
    let done = shell.give(&["run", &file], &input);
    assert!(done.code == 6 && done.out == good, "{}", done.err);
    let line = BLOCK + 1;
    assert!(done.err.contains(&format!("line {line}: invalid UTF-8 at byte 3")), "{}", done.err);
}

#[cfg(unix)]
#[test]
fn a_line_that_is_no_text_stays_in_its_file() {
    let shell = Shell::new();
    shell.file("all.flpc", ALL);
    shell.file("in", b"good\nb\xffd\nmore\n");
    let script = format!("('{}' run all.flpc; tail -n 1) < in", shell::BINARY);
    assert_eq!(shell.script(&script, b"").out, "good\nmore\n");
    let script = format!("('{}' run all.flpc; head -c 1) < in", shell::BINARY);
    assert_eq!(shell.script(&script, b"").out, "good\nb");
}

#[test]
fn input_is_given_as_soon_as_it_is_there() {
    let shell = Shell::new();
    let file = shell.file("ask.flpc", format!("\"? \" print {ONE} \"?? \" print {ALL}"));
    let mut child = shell.start(&["run", &file]);
    child.wait_for("? ");
    child.give(b"one\ntw");
    child.wait_for("one\n?? ");
    child.give(b"o\nthree\nfour");
    child.wait_for("two\nthree\n");
    child.give(b"teen\n");
    child.wait_for("fourteen\n");
    child.close_input();
    assert_eq!(child.end(), (0, String::new()));
    // A character needs no end of its line.
    let file = shell.file("characters.flpc", CHARACTERS);
    let mut child = shell.start(&["run", &file]);
    child.give(b"a");
    child.wait_for("a\n");
    child.give(b"bc");
    child.wait_for("b\nc\n");
    child.close_input();
    assert_eq!(child.end().0, 0);
}

#[cfg(unix)]
#[test]
fn an_interrupted_program_keeps_what_it_has_not_taken() {
    let shell = Shell::new();
    shell.file("rest.flpc", REST);
    for (text, first) in [("[ 1 drop ] repeat", "one\n"), ("input.line drop input.line", "one\n")] {
        let file = shell.file("a.flpc", format!("{ONE} \"ready\" print_line {text}"));
        let mut child = shell.start(&["run", &file, "--save", "a.ron"]);
        child.give(format!("{first}two\nthr").as_bytes());
        child.wait_for("ready\n");
        child.interrupt();
        assert_eq!(child.end().0, 130);
        let image = fs::read_to_string(shell.path("a.ron")).unwrap();
        assert!(image.contains("thr"), "{image}");
    }
}

#[test]
fn many_short_lines_are_written_in_order() {
    let shell = Shell::new();
    let text = "1 assign: n [ n print_line n 1+ assign: n n 300000 <= ] 1 swap repeat_if";
    let done = shell.run(&["run", &shell.file("a.flpc", text)]);
    let lines: String = (1..=300_000).map(|n| format!("{n}\n")).collect();
    assert!(done.code == 0 && done.out == lines, "{}", done.err);
}
