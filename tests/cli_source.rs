//! Program texts in source notation on the command line.

mod shell;
mod support;

use shell::Shell;

const FIZZ: &str = "\
# What children count
fizz <- fun[n]:
  if mod(n, 15) == 0:
    return(\"FizzBuzz\")
  elif mod(n, 3) == 0:
    return(\"Fizz\")
  return(n)

i = 1
while i <= 3:
  print_line(fizz(i))
  i = i + 1
print(fizz(15))
";

#[test]
fn source_runs_and_prints_in_both_notations() {
    let shell = Shell::new();
    shell.file("fizz.flpy", FIZZ);
    assert_eq!(shell.run(&["run", "fizz.flpy"]).out, "1\n2\nFizz\nFizzBuzz");
    let forth = shell.run(&["print", "fizz.flpy"]).out;
    assert!(forth.contains("] bind: fizz") && forth.contains("while"), "{forth}");
    shell.file("fizz.flpc", &forth);
    let source = shell.run(&["print", "--source", "fizz.flpc"]).out;
    assert!(source.contains("  elif mod(n, 3) == 0:\n"), "{source}");
    shell.file("again.flpy", &source);
    assert_eq!(shell.run(&["print", "again.flpy"]).out, forth);
}

#[test]
fn a_switch_says_what_a_name_does_not() {
    let shell = Shell::new();
    let given = |arguments: &[&str]| shell.give(arguments, b"print(1 + 2)");
    assert_eq!(given(&["run", "--notation", "source", "-"]).out, "3");
    assert_eq!(given(&["print", "--notation", "source", "-"]).out, "1 2 + print\n");
    assert_eq!(given(&["check", "--notation", "source", "-"]).code, 0);
    assert_ne!(given(&["run", "-"]).code, 0);
    // The extension decides where there is one.
    shell.file("a.flpc", "1 2 + print");
    assert_eq!(shell.run(&["run", "--notation", "source", "a.flpc"]).out, "3");
}

#[test]
fn a_stop_shows_the_line_of_source() {
    let shell = Shell::new();
    shell.file("hole.flpy", "x = 3\nprint(missing(x))\n");
    let run = shell.run(&["run", "hole.flpy"]);
    assert_eq!(run.code, 3);
    assert!(run.err.contains("hole.flpy:2:7") && run.err.contains("^^^^^^^\n"), "{}", run.err);
}

#[test]
fn definitions_in_source_are_added() {
    let shell = Shell::new();
    shell.file("main.flpc", "3 double print");
    shell.file("more.flpy", "double <- fun[n]:\n  return(n + n)\n");
    assert_eq!(shell.run(&["run", "main.flpc", "--with", "more.flpy"]).out, "6");
}

#[test]
fn check_finds_what_is_missing_in_source() {
    let shell = Shell::new();
    shell.file("bad.flpy", "f <- fun[a]:\n  return(b + $c + g(@h))\n");
    let check = shell.run(&["check", "bad.flpy"]);
    assert_eq!(check.code, 3);
    for part in ["`b` is never assigned", "`c` is never set", "no function `g`", "no function `h`"]
    {
        assert!(check.out.contains(part), "{part}: {}", check.out);
    }
    shell.file("wrong.flpy", "if x:\nprint 3\n");
    let check = shell.run(&["check", "wrong.flpy"]);
    assert_eq!(check.code, 2);
    assert!(
        check.err.contains("wrong.flpy:2:7") && check.err.contains("print_line(x)"),
        "{}",
        check.err
    );
}
