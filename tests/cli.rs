//! The command line: runs the real binary as a person or a script would.

mod shell;
mod support;

use std::fs;

use shell::{Shell, program};

/// A program that prints when it has begun and never ends.
const ENDLESS: &str = "[ [ 1 drop ] repeat ] bind: spin \"ready\" print_line spin";

#[test]
fn finished_programs_exit_with_0() {
    let shell = Shell::new();
    let done = shell.run(&["run", &program("fib.flpc")]);
    assert_eq!((done.code, &*done.out, &*done.err), (0, "55\n", ""));
    let empty = shell.file("empty.flpc", "");
    assert_eq!(shell.run(&["run", &empty]).code, 0);
    let played = shell.run(&["play", &program("fib.session")]);
    assert_eq!((played.code, &*played.out, &*played.err), (0, "2\n", ""));
}

#[test]
fn a_program_that_exits_gives_its_own_exit_code() {
    let shell = Shell::new();
    for code in [0, 3, 255] {
        let text = format!("\"before\" print_line [ {code} exit ] call \"after\" print_line");
        let file = shell.file("exit.flpc", text);
        let done = shell.run(&["run", &file, "--save", "exit.ron"]);
        assert_eq!((done.code, &*done.out, &*done.err), (code, "before\n", ""));
        // The counter stays on it, so the saved image ends at once.
        let again = shell.run(&["run", "exit.ron"]);
        assert_eq!((again.code, &*again.out, &*again.err), (code, "", ""));
    }
    for (text, needs) in [("\"3\" exit", "an integer"), ("256 exit", "from 0 to 255, not 256")] {
        let done = shell.run(&["run", &shell.file("fault.flpc", text)]);
        assert_eq!((done.code, done.err.contains(needs)), (4, true), "{}", done.err);
    }
    let evaluated = shell.run(&["eval", "7 3 exit"]);
    assert_eq!((evaluated.code, &*evaluated.out, &*evaluated.err), (3, "", ""));
    let recording =
        "midflight-session 2\nbase empty\nwrite 0:0 `3 exit` | run 1\nrun 9\nexpect waits exit 3\n";
    let recording = shell.file("exit.session", recording);
    assert_eq!(shell.run(&["play", &recording]).code, 3);
}

/// Exit code, program, parts of standard error.
const STOPS: &[(u8, &str, &[&str])] = &[
    (3, "3 fib", &["`fib` is missing", "at     1 in main: fib?", "stack  3", "1  main at 1"]),
    (3, "[ ] bind: fib fbi", &["`fbi` is missing; did you mean `fib`?"]),
    (3, "[ 7 assign: n ... ] bind: f f", &["empty cell", "at     102 in f", "2  f at 102  n=7"]),
    (4, "1 \"a\" +", &["needs two integers", "stack  1 \"a\"", "at     2 in main: +"]),
    (
        4,
        "3 [ 1 0 / ] times",
        &["division by zero: 1 / 0", "2  times block of main at 102  times: 2 more turns"],
    ),
    (4, "[ 2 0 / ] bind: f [ f ] call", &["division by zero: 2 / 0", "3  f at 102"]),
    (5, "[ f ] bind: f f", &["limit of calls", "100000", "--limit calls=200000"]),
    (5, "16777217 allocate", &["limit of memory", "cells"]),
    (6, "input.line", &["waits for input, and the input has ended"]),
];

#[test]
fn every_stop_has_its_code_and_report() {
    let shell = Shell::new();
    for &(code, text, words) in STOPS {
        let file = shell.file("stop.flpc", text);
        let done = shell.run(&["run", &file, "--save", "stop.ron"]);
        assert_eq!(done.code, i32::from(code), "{text}: {}", done.err);
        for word in words {
            assert!(done.err.contains(word), "{text}: {word} is not in\n{}", done.err);
        }
        assert!(done.err.contains("next   ") && done.err.contains("saved  stop.ron"));
        // The image that was saved stops there again, with the same report; it knows no lines of the text.
        let again = shell.run(&["run", "stop.ron", "--save", "stop.ron"]);
        let is_excerpt = |line: &&str| line.contains(" |") || line.contains("--> stop.flpc:1:");
        let said: Vec<&str> = done.err.lines().filter(|line| !is_excerpt(line)).collect();
        assert_eq!((again.code, again.err.trim_end()), (done.code, &*said.join("\n")), "{text}");
        assert_eq!(again.out, "");
        // The exit code does not depend on --save.
        assert_eq!(shell.run(&["run", &file]).code, done.code);
    }
}

#[test]
fn a_hole_is_filled_and_nothing_runs_twice() {
    let shell = Shell::new();
    let first = shell.run(&["run", &program("holes.flpc"), "--save", "paused.ron"]);
    assert_eq!((first.code, &*first.out), (3, "This runs once.\n"));
    assert!(first.err.contains("`area` is missing"), "{}", first.err);
    assert!(first.err.contains("midflight run paused.ron --with FILE"), "{}", first.err);
    let on =
        shell.run(&["run", "paused.ron", "--with", &program("more.flpc"), "--save", "end.ron"]);
    assert_eq!((on.code, &*on.out, &*on.err), (0, "42\n", ""));
    // A finished image has nothing more to say.
    let end = shell.run(&["run", "end.ron"]);
    assert_eq!((end.code, &*end.out), (0, ""));
    let at_once = shell.run(&["run", &program("holes.flpc"), "--with", &program("more.flpc")]);
    assert_eq!((at_once.code, &*at_once.out), (0, "This runs once.\n42\n"));
    // Identical definitions are not a conflict.
    let twice = ["run", "end.ron", "--with", &program("more.flpc")];
    assert_eq!(shell.run(&twice).code, 0);
}

#[test]
fn the_paused_fib_waits_for_its_base_case() {
    let shell = Shell::new();
    let done = shell.run(&["run", &program("fib-paused.ron")]);
    assert_eq!(done.code, 3);
    for line in ["at     200 in if block of fib", "3  fib at 106  i=1", "2  fib at 110  i=3"] {
        assert!(done.err.contains(line), "{}", done.err);
    }
}

#[test]
fn a_run_in_pieces_is_one_run() {
    let shell = Shell::new();
    let whole = shell.run(&["run", &program("primes.flpc")]).out;
    let mut done = shell.run(&["run", &program("primes.flpc"), "--fuel", "200", "--save", "p.ron"]);
    let mut out = done.out.clone();
    let mut pieces = 1;
    while done.code == 5 {
        assert!(done.err.contains("out of fuel"), "{}", done.err);
        // Saves over the file that it runs.
        done = shell.run(&["run", "p.ron", "--fuel", "200", "--save", "p.ron"]);
        out += &done.out;
        pieces += 1;
        assert!(pieces < 100);
    }
    assert_eq!((done.code, out), (0, whole));
    assert!(pieces > 5);
}

#[test]
fn fuel_is_exact() {
    let shell = Shell::new();
    let file = shell.file("a.flpc", "1 print 2 print");
    for (fuel, out, code) in
        [("0", "", 5), ("1", "", 5), ("2", "1", 5), ("3", "1", 5), ("4", "12", 0)]
    {
        let done = shell.run(&["run", &file, "--fuel", fuel]);
        assert_eq!((&*done.out, done.code), (out, code), "{fuel}");
    }
}

#[test]
fn fuel_is_given_as_people_write_numbers() {
    let shell = Shell::new();
    let file = shell.file("a.flpc", "0 [ 1+ ] repeat");
    for (fuel, said) in [("1e3", "1,000"), ("1_0e1", "100"), ("2_000", "2,000"), ("3E0", "3")] {
        let done = shell.run(&["run", &file, "--fuel", fuel]);
        let line = format!("out of fuel after {said} instructions");
        assert!(done.code == 5 && done.err.contains(&line), "{fuel}: {}", done.err);
    }
    for (fuel, why) in [
        ("1e20", "too large; use at most 18446744073709551615"),
        ("1e", "use a number, such as 1000 or 1e6"),
        ("e3", "use a number, such as 1000 or 1e6"),
        ("-1e3", "use a number, such as 1000 or 1e6"),
        ("1.5e3", "use a number, such as 1000 or 1e6"),
    ] {
        let done = shell.run(&["run", &file, &format!("--fuel={fuel}")]);
        assert!(done.code == 2 && done.err.contains(why), "{fuel}: {}", done.err);
    }
}

#[test]
fn what_a_run_took_is_said_on_request() {
    let shell = Shell::new();
    let file = shell.file("a.flpc", "[ 1 ] bind: f  f f + print  100 allocate drop");
    let done = shell.run(&["run", &file, "--stats"]);
    assert_eq!((done.code, &*done.out), (0, "2"));
    // main, f, and the data; each call of f takes three instructions.
    let line = "stats: 11 instructions, 2 frames, 300 cells of memory, ";
    assert!(done.err.contains(line) && done.err.trim_end().ends_with(" s"), "{}", done.err);
    let eval = shell.run(&["eval", "1 2 +", "--stats"]);
    assert!(
        eval.out == "3\n" && eval.err.contains("stats: 3 instructions, 0 frames"),
        "{}",
        eval.err
    );
}

#[test]
#[cfg(unix)]
fn a_dash_is_standard_input() {
    let shell = Shell::new();
    assert_eq!(shell.give(&["run", "-"], b"3 4 + print").out, "7");
    assert_eq!(shell.give(&["print", "-"], b"3   4 +").out, "3 4 +\n");
    let recording = std::fs::read(program("fib.session")).unwrap();
    assert_eq!(shell.give(&["play", "-"], &recording).code, 0);
    let with = shell.file("b.flpc", "two print");
    assert_eq!(shell.give(&["run", &with, "--with", "-"], b"[ 2 ] bind: two").out, "2");
}

#[test]
fn shells_complete_commands_and_options() {
    let shell = Shell::new();
    for name in ["bash", "zsh", "fish", "elvish", "powershell"] {
        let done = shell.run(&["completions", name]);
        let has = |word: &str| done.out.contains(word);
        assert!(done.code == 0 && has("midflight") && has("fuel") && has("play"), "{name}");
    }
    let done = shell.run(&["completions", "csh"]);
    assert!(done.code == 2 && done.err.contains("bash"), "{}", done.err);
}

#[test]
fn limits_stop_before_the_instruction_and_are_raised() {
    let shell = Shell::new();
    let whole = shell.run(&["run", &program("bottles.flpc")]).out;
    let low = ["run", &program("bottles.flpc"), "--limit", "output=1000", "--save", "b.ron"];
    let first = shell.run(&low);
    assert_eq!(first.code, 5);
    assert!(
        first.out.len() <= 1000 && first.err.contains("limit of output is reached: 1,000 bytes")
    );
    assert_eq!(shell.run(&["run", "b.ron"]).out, "");
    let rest = shell.run(&["run", "b.ron", "--limit", "output=100000"]);
    assert_eq!((rest.code, first.out + &rest.out), (0, whole));
    for (kind, text) in [
        ("memory=150", "100 allocate"),
        ("parameters=2", "1 2 3"),
        ("calls=1", "[ ] call"),
        ("text=3", "\"abc\" \"d\" str_join"),
        ("output=0", "1 print"),
    ] {
        let file = shell.file("limit.flpc", text);
        let done = shell.run(&["run", &file, "--limit", kind]);
        let name = kind.split('=').next().unwrap();
        assert_eq!(done.code, 5, "{kind}: {}", done.err);
        assert!(done.err.contains(&format!("limit of {name}")), "{}", done.err);
    }
}

#[test]
fn a_set_that_is_too_large_goes_on_when_the_limit_is_raised() {
    let (shell, sets) = (Shell::new(), program("sets.flpc"));
    let line = b"01|^*^*^*^*\n";
    let whole = shell.give(&["run", &sets], line);
    assert_eq!((whole.code, whole.out.lines().count()), (0, 1 << 16), "{}", whole.err);
    for line in [&line[..], b"01|^*^*^*^*^*^*^*^*^*^*^*\n"] {
        let low = ["run", &sets, "--limit", "memory=20000", "--save", "s.ron"];
        let first = shell.give(&low, line);
        assert_eq!((first.code, &*first.out), (5, ""), "{}", first.err);
        assert!(first.err.contains("the limit of memory is reached: 20,000 cells"));
    }
    // The longer line goes on to the next limit, and so on.
    let raised = ["run", "s.ron", "--limit", "memory=16777216"];
    let next = [&raised[..], &["--limit", "text=10000000", "--save", "t.ron"]].concat();
    let next = shell.run(&next);
    assert_eq!((next.code, &*next.out), (5, ""));
    assert!(next.err.contains("the limit of text is reached"), "{}", next.err);
    let more = shell.run(&["run", "t.ron", "--limit", "text=11000000"]);
    assert_eq!((more.code, &*more.out), (5, ""));
    shell.give(&["run", &sets, "--limit", "memory=20000", "--save", "s.ron"], line);
    let rest = shell.run(&raised);
    assert_eq!((rest.code, rest.out == whole.out, &*rest.err), (0, true, ""));
}

/// More than the limit of output, in lines that differ.
const LONG_LINES: usize = 300;

fn long_lines() -> (&'static str, String) {
    let text = "\"x\" 16 [ assign: n dup str_join n 1- dup 0 > ] 1 swap repeat_if drop
                1 [ dup print over print_line 1+ dup 300 <= ] 1 swap repeat_if";
    let line = |n: usize| format!("{n}{}\n", "x".repeat(1 << 16));
    (text, (1..=LONG_LINES).map(line).collect())
}

#[test]
fn a_run_never_stops_for_having_written_much() {
    let shell = Shell::new();
    let (text, whole) = long_lines();
    assert!(whole.len() > 16 << 20);
    let file = shell.file("long.flpc", text);
    let done = shell.run_bounded(&["run", &file]);
    assert!(done.code == 0 && done.err.is_empty(), "{}", done.err);
    assert!(done.out == whole, "all of it is written once, in order: {} bytes", done.out.len());
    // A limit that is given is one, and a saved image keeps what was written.
    let limited = shell.run(&["run", &file, "--limit", "output=16777216"]);
    assert!(limited.code == 5 && limited.err.contains("limit of output"), "{}", limited.err);
    assert!(limited.out.len() <= 16 << 20 && whole.starts_with(&limited.out));
    let saved = shell.run(&["run", &file, "--save", "long.ron"]);
    assert!(saved.code == 5 && saved.out == limited.out, "{}", saved.err);
    // The image goes on where it stopped.
    let rest = shell.run(&["run", "long.ron"]);
    assert!(rest.code == 0 && saved.out + &rest.out == whole, "{}", rest.err);
}

#[test]
fn fuel_is_exact_however_much_is_written() {
    let shell = Shell::new();
    let (text, whole) = long_lines();
    let file = shell.file("long.flpc", text);
    let done = shell.run(&["run", &file, "--stats"]);
    let (_, stats) = done.err.split_once("stats: ").unwrap();
    let fuel: u64 = stats.split(' ').next().unwrap().replace(',', "").parse().unwrap();
    let short = shell.run(&["run", &file, "--fuel", &(fuel - 1).to_string()]);
    assert!(short.code == 5 && short.err.contains("out of fuel"), "{}", short.err);
    let exact = shell.run(&["run", &file, "--fuel", &fuel.to_string()]);
    assert!(exact.code == 0 && exact.out == whole, "{}", exact.err);
}

#[test]
fn a_trace_has_a_line_for_each_instruction() {
    let shell = Shell::new();
    let file = shell.file("a.flpc", "[ dup * ] bind: square 3 square drop");
    let done = shell.run(&["run", &file, "--trace"]);
    let lines: Vec<String> = done
        .err
        .lines()
        .map(|line| line.split_whitespace().collect::<Vec<_>>().join(" "))
        .collect();
    let expected = [
        "0 main 3 3",
        "1 main square 3",
        "100 square dup 3 3",
        "101 square * 9",
        "102 square end 9",
        "2 main drop",
    ];
    assert_eq!(lines, expected);
    let played = shell.run(&["play", &program("fib.session"), "--trace"]);
    // Gestures that write and run trace what they run.
    assert_eq!(played.code, 0);
    assert!(played.err.lines().count() > 20 && played.err.contains("return"), "{}", played.err);
}

#[test]
fn eval_prints_the_stack() {
    let shell = Shell::new();
    for (text, out) in [
        ("3 4 + dup *", "49\n"),
        ("", "\n"),
        ("\"a\\n\" -3", "\"a\\n\" -3\n"),
        ("-3 abs", "3\n"),
        ("\"out\" print 1", "out\n1\n"),
        ("\"out\" print_line 1", "out\n1\n"),
        ("[ 1 + ] bind: up 1 up pushf: up", "2 pushf: up\n"),
    ] {
        let done = shell.run(&["eval", text]);
        assert_eq!((done.code, &*done.out), (0, out), "{text}: {}", done.err);
    }
    for (code, arguments) in [
        (3, &["eval", "nothing"][..]),
        (4, &["eval", "1 0 /"]),
        (5, &["eval", ENDLESS]),
        (5, &["eval", "1048576 allocate"]),
        (0, &["eval", "1048576 allocate drop", "--limit", "memory=2000000"]),
        (5, &["eval", "1 2", "--fuel", "1"]),
        (0, &["eval", "1 2", "--fuel", "2"]),
        (6, &["eval", "input.line"]),
        (2, &["eval", "[ 1"]),
        (2, &["eval", "@200"]),
    ] {
        let done = shell.give(arguments, b"never read\n");
        assert_eq!(done.code, code, "{arguments:?}: {}", done.err);
        assert_eq!(done.err.is_empty(), code == 0, "{arguments:?}");
        assert!(!done.err.contains("--save"), "an evaluation has no image: {}", done.err);
    }
}

#[test]
fn the_names_of_a_program_win_and_this_is_said_once() {
    let shell = Shell::new();
    let source = "[ assign: depth depth 1+ return ] bind: deeper 10 20 30 5 deeper print_line
                  [ assign: max assign: min max min - return ] bind: range 3 10 range print_line
                  [ 1 deepr ] bind: swap [ assign: swapp swap ] bind: f 1 f";
    let done = shell.run(&["run", &shell.file("a.flpc", source)]);
    assert_eq!((done.out.as_str(), done.code), ("6\n7\n", 3), "{}", done.err);
    for word in ["depth", "max", "min", "swap"] {
        let said = format!("`{word}` is a name of this program; the instruction is `prim: {word}`");
        assert_eq!(done.err.matches(&said).count(), 1, "{}", done.err);
    }
    assert!(done.err.contains("did you mean `deeper`?"), "{}", done.err);
    // A name that would be a number needs its prefix.
    let source = "[ 1 ] bind: 0xFF [ assign: total 0xFG ] bind: f 1 f";
    let done = shell.run(&["run", &shell.file("a.flpc", source)]);
    assert!(done.err.contains("did you mean `call: 0xFF`?"), "{}", done.err);
}

#[test]
fn print_is_canonical() {
    let shell = Shell::new();
    let source = shell.file("a.flpc", "# kept \n[ assign: i i\n\n 1 + ] bind: f 3   f\tprint");
    let printed = shell.run(&["print", &source]);
    assert_eq!(printed.out, "# kept\n[ assign: i\n  i 1 + ] bind: f\n\n3 f print\n");
    let same = shell.file("b.flpc", &printed.out);
    assert_eq!(shell.run(&["print", &same]).out, printed.out);
    shell.run(&["run", &source, "--save", "a.ron"]);
    assert_eq!(shell.run(&["print", "a.ron"]).out, printed.out);
    let cells = shell.run(&["print", "a.ron", "--cells"]).out;
    assert!(cells.contains("f at 100: 5 of 100 cells used\n     100  assign: i\n"), "{cells}");
    let screen = shell.run(&["print", &program("fib-paused.ron"), "--screen"]).out;
    for part in ["Cell 200 is empty", "     200  ·", "call stack", "i=3", "names"] {
        assert!(screen.contains(part), "{screen}");
    }
    assert_eq!(shell.run(&["print", "a.ron", "--cells", "--screen"]).code, 2);
}

#[test]
fn a_failed_expectation_shows_both() {
    let shell = Shell::new();
    let text = "midflight-session 2\nbase empty\n# a test\nwrite 0:0 `1 2` | run 2\nexpect stack `1 3`\n  expect  counter 2\nexpect waits breakpoint\n";
    let file = shell.file("test.session", text);
    let done = shell.run(&["play", &file, "--save", "failed.ron"]);
    assert_eq!(done.code, 1);
    for part in ["test.session: line 5", "expected `1 3`", "found    `1 2`", "--update"] {
        assert!(done.err.contains(part), "{}", done.err);
    }
    assert!(shell.path("failed.ron").exists());
    let updated = shell.run(&["play", &file, "--update"]);
    assert_eq!(updated.code, 0, "{}", updated.err);
    let right = text.replace("`1 3`", "`1 2`").replace("waits breakpoint", "waits finished");
    assert_eq!(fs::read_to_string(shell.path("test.session")).unwrap(), right);
    assert_eq!(shell.run(&["play", &file]).code, 0);
    // With nothing to update, no file is written.
    let before = shell.listing();
    assert_eq!(shell.run(&["play", &file, "--update"]).code, 0);
    assert_eq!(shell.listing(), before);
}

#[test]
fn recordings_end_as_programs_do() {
    let shell = Shell::new();
    for (code, line) in [
        (3, "write 0:0 `fib` | run 5"),
        (4, "write 0:0 `drop` | run 5"),
        (5, "write 0:0 `1 2`"),
        (5, "write 0:0 `1 2` | run 1"),
        (6, "write 0:0 `input.line`"),
        (0, "write 0:0 `1 2` | run 1\nmore 1"),
        (0, "write 0:0 `1 2` | run 2\ngoto 0"),
        (1, "write 0:0 `[ 1`"),
        (1, "goto 5:0"),
    ] {
        let file = shell.file("a.session", format!("midflight-session 2\nbase empty\n{line}\n"));
        let done = shell.run(&["play", &file]);
        assert_eq!(done.code, code, "{line}: {}", done.err);
    }
    let file = shell.file(
        "b.session",
        "midflight-session 2\nbase empty\nwrite 0:0 `1 print 2 print` | run 4\n",
    );
    let done = shell.run(&["play", &file, "--fuel", "3"]);
    assert_eq!((done.code, &*done.out), (5, "1"));
    assert_eq!(shell.run(&["play", &file, "--limit", "output=1"]).code, 5);
    assert_eq!(shell.run(&["play", &file, "--to", "3"]).out, "");
}

#[cfg(any(target_os = "linux", not(feature = "gui")))]
#[test]
fn without_a_display_a_file_is_run() {
    let shell = Shell::new();
    for (file, out) in [("fib.session", "2\n"), ("fib.flpc", "55\n")] {
        let done = shell.run(&[&program(file)]);
        assert_eq!((done.code, &*done.out), (0, out));
        assert_eq!(done.err.lines().count(), 1, "{}", done.err);
    }
    assert_eq!(shell.run(&[&program("fib-paused.ron")]).code, 3);
    let nothing = shell.run(&[]);
    assert_eq!(nothing.code, 2);
    assert!(nothing.err.contains("midflight run FILE"), "{}", nothing.err);
    assert_eq!(shell.run(&["no-such-file.flpc"]).code, 2);
}

#[test]
fn help_says_what_there_is() {
    let shell = Shell::new();
    let help = shell.run(&["--help"]);
    assert_eq!(help.code, 0);
    for word in ["run", "play", "print", "eval", "check", "Exit codes", "--save"] {
        assert!(help.out.contains(word), "{word}");
    }
    let run = shell.run(&["run", "--help"]).out;
    for word in ["--with", "--save", "--fuel", "--limit", "--trace", "memory", "130"] {
        assert!(run.contains(word), "{word}");
    }
    assert!(shell.run(&["--version"]).out.starts_with("midflight "));
}

#[cfg(unix)]
mod signals {
    use super::*;
    use std::io::Read;

    #[test]
    fn ctrl_c_stops_precisely_and_saves() {
        let shell = Shell::new();
        let file = shell.file("spin.flpc", ENDLESS);
        let mut child = shell.start(&["run", &file, "--save", "spin.ron"]);
        child.wait_for("ready\n");
        child.interrupt();
        let (code, err) = child.end();
        assert_eq!(code, 130, "{err}");
        assert!(err.contains("stopped with Ctrl-C") && err.contains("saved  spin.ron"), "{err}");
        let on = shell.run(&["run", "spin.ron", "--fuel", "1000"]);
        assert_eq!((on.code, &*on.out), (5, ""), "{}", on.err);
    }

    /// `kill`, a shutdown, and a terminal that is closed.
    #[test]
    fn a_program_that_is_killed_or_loses_its_terminal_saves_first() {
        for (signal, code, words) in
            [("-TERM", 143, "a request to end (SIGTERM)"), ("-HUP", 129, "the terminal was closed")]
        {
            let shell = Shell::new();
            let file = shell.file("spin.flpc", ENDLESS);
            let mut child = shell.start(&["run", &file, "--save", "spin.ron"]);
            child.wait_for("ready\n");
            child.signal(signal);
            let (found, err) = child.end();
            assert_eq!(found, code, "{err}");
            assert!(err.contains(words) && err.contains("saved  spin.ron"), "{err}");
            let on = shell.run(&["run", "spin.ron", "--fuel", "1000"]);
            assert_eq!((on.code, &*on.out), (5, ""), "{}", on.err);
            // The same while it waits for input.
            let file = shell.file("ask.flpc", "\"? \" print input.line print_line");
            let mut child = shell.start(&["run", &file, "--save", "ask.ron"]);
            child.wait_for("? ");
            child.signal(signal);
            assert_eq!(child.end().0, code);
            assert_eq!(shell.give(&["run", "ask.ron"], b"later\n").out, "later\n");
        }
    }

    #[test]
    #[cfg(target_os = "linux")]
    fn a_program_under_nohup_outlives_its_terminal() {
        let shell = Shell::new();
        let file = shell.file("ask.flpc", "\"? \" print input.line print_line");
        let mut child = shell.start_script(&format!("trap '' HUP; exec \"$0\" run {file}"));
        child.wait_for("? ");
        child.signal("-HUP");
        child.give(b"still here\n");
        child.wait_for("still here\n");
        assert_eq!(child.end().0, 0);
    }

    #[test]
    fn ctrl_c_acts_while_input_is_awaited() {
        let shell = Shell::new();
        let file = shell.file("ask.flpc", "\"? \" print input.line print_line");
        let mut child = shell.start(&["run", &file, "--save", "ask.ron"]);
        child.wait_for("? ");
        child.interrupt();
        assert_eq!(child.end().0, 130);
        let on = shell.give(&["run", "ask.ron"], b"later\n");
        assert_eq!((on.code, &*on.out), (0, "later\n"));
    }

    #[test]
    fn ctrl_c_stops_instructions_that_cost_much() {
        let shell = Shell::new();
        for (name, line) in [
            ("split", "\",\" 65536 str_repeat \",\" str_split drop"),
            ("resize", "a 65536 memory.resize a 16000000 memory.resize a 2 memory.resize"),
        ] {
            let text = format!("2 allocate assign: a \"ready\" print_line [ {line} ] repeat");
            let file = shell.file(&format!("{name}.flpc"), &text);
            let mut child = shell.start(&["run", &file, "--stats"]);
            child.wait_for("ready\n");
            child.interrupt();
            let (code, err) = child.end();
            assert_eq!(code, 130);
            // A slice of instructions that cost nothing beyond one unit would have 262,144.
            let stats = err.lines().find(|line| line.contains("stats: ")).unwrap();
            let executed = stats.split("stats: ").nth(1).unwrap().split(' ').next().unwrap();
            let executed: u64 = executed.replace(',', "").parse().unwrap();
            assert!(executed < 100_000, "{name}: {err}");
        }
    }

    #[test]
    fn ctrl_c_stops_a_recording() {
        let shell = Shell::new();
        let text = "midflight-session 2\nbase empty\nwrite 0:0 `\"ready\" print_line [ 1 drop ] repeat` | run 1000000000000\n";
        let file = shell.file("spin.session", text);
        let mut child = shell.start(&["play", &file, "--save", "spin.ron"]);
        child.wait_for("ready\n");
        child.interrupt();
        assert_eq!(child.end().0, 130);
        assert_eq!(shell.run(&["run", "spin.ron", "--fuel", "9"]).code, 5);
    }

    #[test]
    fn ctrl_c_stops_a_recording_inside_a_gesture() {
        let shell = Shell::new();
        let text = "midflight-session 2\nbase empty\nwrite 0:0 `\"ready\" print_line [ 1 drop ] repeat` | run 2\nrun 1000000000000 | push `1`\n";
        let file = shell.file("spin.session", text);
        let mut child = shell.start(&["play", &file, "--save", "spin.ron"]);
        child.wait_for("ready\n");
        child.interrupt();
        assert_eq!(child.end().0, 130);
        let image = fs::read_to_string(shell.path("spin.ron")).unwrap();
        assert!(image.contains("retired: 2,"), "a gesture is done whole or not at all: {image}");
        let done = shell.run(&["play", &file, "--fuel", "5000"]);
        assert_eq!(done.code, 5, "{}", done.err);
    }

    #[test]
    fn a_closed_pipe_is_no_panic() {
        let shell = Shell::new();
        let file = shell.file("loud.flpc", "[ [ \"line\" print_line ] repeat ] bind: spin spin");
        let script = format!("'{}' run '{file}' | head -n 1", shell::BINARY);
        let done = shell.script(&script, b"");
        assert_eq!((&*done.out, &*done.err), ("line\n", ""));
        let mut child = shell.start(&["run", &file, "--save", "loud.ron"]);
        let mut some = [0; 4];
        child.out().read_exact(&mut some).unwrap();
        child.close();
        let (code, err) = child.end();
        assert_eq!((code, &*err), (141, ""));
        assert!(shell.path("loud.ron").exists());
        let script = format!("'{}' run '{}' 2>&-", shell::BINARY, program("holes.flpc"));
        assert_eq!(shell.script(&script, b"").code, 3);
    }
}

#[test]
fn a_recording_that_ends_where_the_program_could_run_on_is_paused() {
    let shell = Shell::new();
    shell.file("a.session", "midflight-session 2\nbase empty\nwrite 0:0 `1 2` | run 1\n");
    let done = shell.run(&["play", "a.session"]);
    assert_eq!(done.code, 5, "{}", done.err);
    assert!(done.err.contains("paused where the recording ends"), "{}", done.err);
    assert!(!done.err.contains("fuel"), "{}", done.err);
    let done = shell.run(&["play", "a.session", "--fuel", "0"]);
    assert!(done.err.contains("out of fuel"), "{}", done.err);
}

/// An image with these fields.
fn image(retired: &str, tasks: &str) -> String {
    format!(
        "(version: 2, retired: {retired}, limits: (memory: 1000, parameters: 10, calls: 10, text: 10, \
         output: 10), code: [(number: 0, kind: Function(\"main\"), start: 0, size: 100, \
         cells: [\"1 2 +\"])], next_code: 1, tasks: [{tasks}])"
    )
}

const TASK: &str = "(counter: 0, calls: [(body: 0)])";

#[test]
fn at_the_highest_count_of_instructions_the_limit_is_named() {
    let shell = Shell::new();
    shell.file("a.ron", image("4611686018427387903", TASK));
    let done = shell.run(&["run", "a.ron"]);
    assert_eq!(done.code, 5);
    let words = "the limit of 4,611,686,018,427,387,904 retired instructions is reached";
    assert!(done.err.contains(words) && !done.err.contains("next"), "{}", done.err);
}

#[test]
fn the_second_task_of_an_old_image_is_held_and_that_is_said_once() {
    let shell = Shell::new();
    shell.file("a.ron", image("0", &format!("{TASK}, {TASK}")));
    shell.file("b.ron", image("0", TASK));
    for arguments in [&["run"][..], &["print", "--screen"]] {
        let done = shell.run(&[arguments, &["a.ron"]].concat());
        let words = "a.ron: held, because its share is 0: task 1";
        assert_eq!(done.err.matches(words).count(), 1, "{arguments:?}: {}", done.err);
        assert_eq!(done.code, 0, "{}", done.err);
        let done = shell.run(&[arguments, &["b.ron"]].concat());
        assert!(!done.err.contains("task"), "{}", done.err);
    }
}

#[test]
fn what_is_expected_in_megabytes_is_shown_around_the_first_difference() {
    let shell = Shell::new();
    let long = "x".repeat(3 << 20);
    let lines = "midflight-session 2\nbase empty\nwrite 0:0 `\"x\" print` | run 2\n";
    for (subject, found) in [("output", "`x`"), ("waits", "finished"), (&*long, "")] {
        shell.file("a.session", format!("{lines}expect {subject} `{long}y`\n"));
        let done = shell.run(&["play", "a.session"]);
        assert!(done.err.contains(found), "{}", done.err);
        assert!(done.err.len() < 2000, "{subject:.9}: {} bytes", done.err.len());
    }
}
