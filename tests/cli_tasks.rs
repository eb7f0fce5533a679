//! Tasks on the command line: how a run with several ends, and what `--shake` finds.

mod shell;
mod support;

use shell::Shell;

/// Two tasks that add to a cell, each reading it before the other has written it.
const RACE: &str = "\
1 allocate assign: cell
[ assign: c 50 [ c 0 memory.get 1+ c 0 memory.set ] times ] bind: adds
cell 1 pushf: adds task.spawn assign: a
cell 1 pushf: adds task.spawn assign: b
a task.join drop b task.join drop
cell 0 memory.get print_line
";

/// The same with a channel as a lock.
const LOCKED: &str = "\
1 allocate assign: cell
1 channel.new assign: lock
0 lock channel.send
[ assign: l assign: c
  50 [ l channel.receive c 0 memory.get 1+ c 0 memory.set l channel.send ] times
] bind: adds
cell lock 2 pushf: adds task.spawn assign: a
cell lock 2 pushf: adds task.spawn assign: b
a task.join drop b task.join drop
cell 0 memory.get print_line
";

#[test]
fn a_race_is_found_and_its_recording_shows_it_again() {
    let shell = Shell::new();
    shell.file("p.flpc", RACE);
    let run = shell.run(&["run", "p.flpc"]);
    assert_eq!((run.out.as_str(), run.code), ("100\n", 0));
    let shaken = shell.run(&["run", "p.flpc", "--shake", "30", "--save", "race.session"]);
    assert_eq!((shaken.out.as_str(), shaken.code), ("", 1), "{}", shaken.err);
    assert!(
        shaken.err.contains("output line 1 is") && shaken.err.contains("`100`"),
        "{}",
        shaken.err
    );
    let other = shaken.err.split('`').nth(1).expect("it is quoted").to_string();
    assert!(other != "100" && other.parse::<u64>().is_ok(), "{other}");
    let played = shell.run(&["play", "race.session"]);
    assert_eq!((played.out, played.code), (format!("{other}\n"), 0), "{}", played.err);
    // Without --save, the same recording goes to standard output.
    let printed = shell.run(&["run", "p.flpc", "--shake", "30"]);
    let saved = std::fs::read_to_string(shell.path("race.session")).expect("it was saved");
    assert_eq!((printed.out, printed.code), (saved, 1));
}

#[test]
fn what_does_not_differ_is_said_to_be_the_same() {
    let shell = Shell::new();
    for (program, input, words) in [
        (LOCKED, "", "the same output under 30 other schedules; finished"),
        ("1 print_line", "", "the same output under 30 other schedules; finished"),
        ("input.line print input.line", "a\n", "waits for input"),
        ("0 [ 7 print nowhere ] task.spawn task.join", "", "nowhere is missing"),
        ("[ 1 drop ] repeat", "", "out of fuel"),
    ] {
        shell.file("p.flpc", program);
        let arguments = ["run", "p.flpc", "--shake", "30", "--fuel", "20000"];
        let run = shell.give(&arguments, input.as_bytes());
        assert_eq!((run.out.as_str(), run.code), ("", 0), "{program}: {}", run.err);
        assert!(run.err.contains(words), "{program}: {}", run.err);
    }
}

#[test]
fn a_schedule_that_ends_otherwise_differs() {
    let shell = Shell::new();
    // The second task finds the cell as it was only if it runs early.
    shell.file(
        "p.flpc",
        "1 allocate assign: c c 1 [ 0 memory.get [ ] [ gone ] if-else ] task.spawn assign: t \
         100 [ ] times 1 c 0 memory.set t task.join",
    );
    let run = shell.run(&["run", "p.flpc", "--shake", "60"]);
    assert_eq!(run.code, 1, "{}", run.err);
    assert!(run.err.contains("it ends with `"), "{}", run.err);
}

/// Arguments, and what is said about them.
#[test]
fn bad_arguments_run_nothing() {
    let shell = Shell::new();
    shell.file("p.flpc", "1 print");
    for (arguments, words) in [
        (&["--shake", "3", "--save", "a.ron"][..], "must end in .session"),
        (&["--shake", "x"], "invalid value"),
        (&["--shake", "3", "--trace"], "cannot be used with"),
        (&["--quantum", "0"], "a turn has 1 to"),
        (&["--quantum", "99999999999999"], "a turn has 1 to"),
    ] {
        let run = shell.run(&[&["run", "p.flpc"], arguments].concat());
        assert_eq!((run.out.as_str(), run.code), ("", 2), "{arguments:?}: {}", run.err);
        assert!(run.err.contains(words), "{arguments:?}: {}", run.err);
    }
}

/// A program, the option, and what it prints: turns of different lengths interleave differently.
#[test]
fn turns_have_the_length_that_is_asked_for() {
    let shell = Shell::new();
    let program = "[ assign: s 4 [ s print ] times ] bind: f \
                   \"a\" 1 pushf: f task.spawn \"b\" 1 pushf: f task.spawn task.join drop task.join drop";
    shell.file("p.flpc", program);
    for (quantum, out) in [("1000", "aaaabbbb"), ("4", "abababab")] {
        let run = shell.run(&["run", "p.flpc", "--quantum", quantum]);
        assert_eq!((run.out.len(), run.code), (8, 0), "{}", run.err);
        if quantum == "1000" {
            assert_eq!(run.out, out);
        } else {
            assert_ne!(run.out, "aaaabbbb");
        }
    }
}

#[test]
fn a_deadlock_has_its_code_and_names_the_circle() {
    let shell = Shell::new();
    let program = "1 allocate assign: cell \
                   cell 1 [ 0 memory.get task.join ] task.spawn assign: a \
                   a 1 [ task.join ] task.spawn cell 0 memory.set";
    shell.file("p.flpc", program);
    let run = shell.run(&["run", "p.flpc", "--save", "p.ron"]);
    assert_eq!((run.out.as_str(), run.code), ("", 4));
    let words = "deadlock: task 1 waits for task 2, task 2 waits for task 1";
    assert!(run.err.contains(words), "{}", run.err);
    let again = shell.run(&["run", "p.ron"]);
    assert!(again.code == 4 && again.err.contains(words), "{}", again.err);
}
