//! `midflight play --code`: what is said, and the exit codes.

mod shell;
mod support;

use shell::{Shell, program};

const SUM: &str = "input.line str_to_int input.line str_to_int + print_line\n";

/// A shell with `old.session`, which was given 1 and 2.
fn shell() -> Shell {
    let shell = Shell::new();
    let lines = "run 99\ngive `1\\n2\\n`\nrun 99\nexpect output `4\\n`\n";
    shell.file(
        "old.session",
        format!("midflight-session 5\nbase program `{}`\n{lines}", SUM.trim()),
    );
    shell.file("same.flpc", SUM);
    shell.file("new.flpc", SUM.replace('+', "*"));
    shell
}

/// Case 40 of the design: both instructions, and what made either value.
#[test]
fn the_first_difference_is_shown_with_both_sides() {
    let shell = shell();
    let run = shell.run(&["play", "old.session", "--code", "new.flpc"]);
    let wanted = "\
output line 1 was `3`, is `2`
  was  5 in main: print_line  line 1, column 47            (step 5)
       stack  3
       calls  frame 1 (main)
       value  3 made by + at 4 in main (line 1, column 45) · step 4 · frame 1
  is   5 in main: print_line  new.flpc, line 1, column 47  (step 5)
       stack  2
       calls  frame 1 (main)
       value  2 made by * at 4 in main (new.flpc, line 1, column 45) · step 4 · frame 1
";
    assert_eq!((&*run.out, &*run.err, run.code), (wanted, "", 1));
}

#[test]
fn the_same_is_said_and_ends_with_0() {
    let shell = shell();
    let said = "the same output, 1 line, and the same 2 waits\n";
    shell.run(&["run", "same.flpc", "--save", "same.ron"]);
    for code in ["same.flpc", "same.ron", "old.flpy"] {
        if code == "old.flpy" {
            let printed = shell.run(&["print", "--source", "same.flpc"]).out;
            shell.file(code, printed);
        }
        let run = shell.run(&["play", "old.session", "--code", code]);
        assert_eq!((&*run.out, &*run.err, run.code), (said, "", 0), "{code}");
    }
    // Up to a line: before anything was given.
    let run = shell.run(&["play", "old.session", "--to", "4", "--code", "new.flpc"]);
    assert_eq!((&*run.out, run.code), ("no output in both, and the same wait\n", 0));
    let fib = program("fib.session");
    let run = shell.run(&["play", &fib, "--code", &program("fib.flpc")]);
    assert!(run.out.starts_with("output line 1 was `2`, is `55`\n"), "{}", run.out);
}

#[test]
fn a_program_without_end_is_undecided() {
    let shell = shell();
    shell.file("endless.flpc", "[ 1 drop ] repeat");
    let run = shell.run(&["play", "old.session", "--code", "endless.flpc", "--fuel", "1e3"]);
    let wanted = "was: waits for input; is: neither that nor anything else in 1,000 instructions\n";
    assert!(run.out.starts_with(wanted), "{}", run.out);
    assert_eq!((&*run.err, run.code), ("", 5));
}

#[test]
fn what_does_not_fit_is_refused() {
    let shell = shell();
    shell.file("bad.flpc", "[ 1 ");
    shell.file("refused.session", "midflight-session 5\nbase empty\nremove 7\n");
    for (arguments, wanted) in [
        (&["--code", "none.flpc"][..], "none.flpc"),
        (&["--code", "bad.flpc"], "bad.flpc"),
        (&["--code", "old.session"], "old.session: this is a recording; --code takes a program"),
        (&["--code", "new.flpc", "--update"], "cannot be used with"),
        (&["--code", "new.flpc", "--save", "a.ron"], "cannot be used with"),
        (&["--code", "new.flpc", "--revise", "same.flpc"], "cannot be used with"),
        (&["--code", "new.flpc", "--trace"], "cannot be used with"),
        (&["--code", "new.flpc", "--stats"], "cannot be used with"),
    ] {
        let run = shell.run(&[&["play", "old.session"], arguments].concat());
        assert_eq!((&*run.out, run.code), ("", 2), "{arguments:?}: {}", run.err);
        assert!(run.err.contains(wanted), "{arguments:?}: {}", run.err);
    }
    let run = shell.run(&["play", "refused.session", "--code", "new.flpc"]);
    assert_eq!((&*run.out, run.code), ("", 2));
    assert!(run.err.contains("refused.session: line 3: cannot be done: "), "{}", run.err);
    // Limits hold for both.
    let run = shell.run(&["play", "old.session", "--limit", "output=1", "--code", "new.flpc"]);
    assert_eq!((&*run.out, run.code), ("no output in both, and the same 2 waits\n", 0));
}
