//! `--revise`: a program text changes what a saved image or a recording is in the middle of.

mod shell;
mod support;

use shell::{Shell, program};

const FIB: &str = "[ assign: i
  i 2 < [ 1 return ] if
  i 2 - fib i 1 - fib + return ] bind: fib

5 fib print
";

/// A shell with `paused.ron`: fib, somewhere in the middle.
fn paused(fuel: &str) -> Shell {
    let shell = Shell::new();
    shell.file("fib.flpc", FIB);
    let run = shell.run(&["run", "fib.flpc", "--fuel", fuel, "--save", "paused.ron"]);
    assert_eq!((run.code, &*run.out), (5, ""), "{}", run.err);
    shell
}

#[test]
fn a_paused_program_goes_on_in_changed_functions() {
    let shell = paused("24");
    shell.file(
        "changed.flpy",
        "fib <- fun[i]:\n  print(\".\")\n  if i < 2:\n    return(1)\n  return(fib(i - 2) + fib(i - 1))\n",
    );
    let run = shell.run(&["run", "paused.ron", "--revise", "changed.flpy"]);
    assert_eq!(run.code, 0, "{}", run.err);
    assert!(run.out.ends_with('8') && run.out.starts_with("..."), "{}", run.out);
    assert!(run.err.starts_with("midflight: fib: 2 cells inserted; "), "{}", run.err);
    assert!(run.err.contains("have passed it"), "{}", run.err);
    // The same text in the other notation does the same.
    let forth = shell.run(&["print", "changed.flpy"]).out;
    shell.file("changed.flpc", &forth);
    let other = shell.run(&["run", "paused.ron", "--revise", "changed.flpc"]);
    assert_eq!((other.out, other.err), (run.out, run.err));
}

#[test]
fn new_functions_are_added_and_missing_ones_stay() {
    let shell = paused("30");
    shell.file("more.flpy", "add <- fun[a, b]:\n  a + b\n");
    let run = shell.run(&["run", "paused.ron", "--revise", "more.flpy", "--save", "end.ron"]);
    assert_eq!((&*run.out, &*run.err), ("8", "midflight: add: added\n"));
    let printed = shell.run(&["print", "end.ron"]).out;
    assert!(printed.contains("bind: fib") && printed.contains("bind: add"), "{printed}");
    let same = shell.run(&["run", "end.ron", "--revise", "more.flpy"]);
    assert!(same.err.contains("more.flpy: nothing differs"), "{}", same.err);
}

#[test]
fn main_is_changed_only_if_asked_for() {
    let shell = paused("30");
    shell.file("main.flpc", FIB.replace("print\n", "1 + print\n"));
    let run = shell.run(&["run", "paused.ron", "--revise", "main.flpc"]);
    assert_eq!(run.out, "8");
    assert!(run.err.contains("main: differs, and stays as it is; --revise-main"), "{}", run.err);
    let asked = shell.run(&["run", "paused.ron", "--revise", "main.flpc", "--revise-main"]);
    assert_eq!(asked.out, "9");
    assert!(asked.err.contains("main: 2 cells inserted; 1 activation will run"), "{}", asked.err);
    assert_eq!(shell.run(&["run", "paused.ron", "--revise-main"]).code, 2);
}

#[test]
fn a_recording_is_played_and_then_changed() {
    let shell = Shell::new();
    let fib = program("fib.session");
    shell.file("fib.flpy", "fib <- fun[i]:\n  7\n");
    let arguments = ["play", &fib, "--to", "20", "--revise", "fib.flpy", "--save", "end.ron"];
    let play = shell.run(&arguments);
    assert!(play.err.contains("midflight: fib: "), "{}", play.err);
    let printed = shell.run(&["print", "--source", "end.ron"]).out;
    assert!(printed.starts_with("fib <- fun[i]:\n  7\n"), "{printed}");
}

#[test]
fn what_no_revision_reaches_is_named() {
    let shell = Shell::new();
    shell.file(
        "former.session",
        "midflight-session 2\nbase empty\nwrite 0:0 `3 fib` | run 1\n\
         define fib `assign: i i 1 2` | run 3\nredefine fib `assign: i 7`\n",
    );
    shell.file("fib.flpy", "fib <- fun[i]:\n  8\n");
    let play = shell.run(&["play", "former.session", "--revise", "fib.flpy"]);
    let said = "fib: 1 activation in replaced code finishes there and cannot be reached";
    assert!(play.err.contains(said), "{}", play.err);
    assert!(play.err.contains("fib: 1 cell inserted, 1 replaced"), "{}", play.err);
}

#[test]
fn a_refused_text_changes_nothing() {
    let shell = paused("30");
    shell.file("bad.flpy", "fib <- fun[i]:\n  if i < 2\n");
    shell.file("twice.flpc", "[ 1 ] bind: fib [ 2 ] bind: fib");
    for (file, said) in [
        ("bad.flpy", "bad.flpy:2:"),
        ("twice.flpc", "twice.flpc:1:"),
        ("paused.ron", "this is an image; --revise takes"),
        ("none.flpc", "none.flpc"),
    ] {
        let run = shell.run(&["run", "paused.ron", "--revise", file]);
        assert_eq!((run.code, &*run.out), (2, ""), "{file}");
        assert!(run.err.contains(said), "{file}: {}", run.err);
    }
    // Additions are told of it.
    shell.file("other.flpc", "[ 1 ] bind: fib");
    let with = shell.run(&["run", "paused.ron", "--with", "other.flpc"]);
    assert!(with.code == 2 && with.err.contains("--revise"), "{}", with.err);
}

#[test]
fn comments_of_the_text_come_with_its_code() {
    let shell = paused("30");
    let commented = format!("# the numbers of Fibonacci\n{FIB}");
    shell.file("commented.flpc", &commented);
    let run = shell.run(&["run", "paused.ron", "--revise", "commented.flpc", "--save", "end.ron"]);
    assert!(run.err.contains("fib: a comment changed"), "{}", run.err);
    let printed = shell.run(&["print", "end.ron"]).out;
    assert!(printed.starts_with("# the numbers of Fibonacci\n["), "{printed}");
    // Without it, it goes again, and the cells stay.
    shell.file("bare.flpc", FIB);
    let run = shell.run(&["run", "end.ron", "--revise", "bare.flpc", "--save", "bare.ron"]);
    assert!(run.err.contains("fib: a comment changed"), "{}", run.err);
    assert!(!shell.run(&["print", "bare.ron"]).out.contains('#'));
    // A changed line keeps its comment, whatever the notation of the text.
    let source = shell.run(&["print", "--source", "end.ron"]).out;
    let changed = source.replace("return(1)", "# small\n    return(7)");
    assert!(changed != source, "{source}");
    shell.file("changed.flpy", &changed);
    let run = shell.run(&["run", "paused.ron", "--revise", "changed.flpy", "--save", "end.ron"]);
    assert!(run.err.contains("fib: 2 comments changed"), "{}", run.err);
    let again = shell.run(&["print", "--source", "end.ron"]).out;
    assert!(again.contains("# small\n    return(7)\n"), "{again}");
}

/// Every name of the function changes, and nothing else stays beside them.
#[test]
fn renamed_parameters_keep_their_values() {
    let shell = Shell::new();
    let text = "area <- fun[w, h]:\n  w * h\n\nprint_line(area(6, 7))\n";
    shell.file("o.flpy", text);
    shell.file(
        "n.flpy",
        text.replace("w", "width")
            .replace("[width, h]", "[width, height]")
            .replace("* h", "* height"),
    );
    for fuel in ["3", "4", "5", "6"] {
        shell.run(&["run", "o.flpy", "--fuel", fuel, "--save", "p.ron"]);
        let run = shell.run(&["run", "p.ron", "--revise", "n.flpy"]);
        assert_eq!((run.code, &*run.out), (0, "42\n"), "{fuel}: {}", run.err);
    }
}

#[test]
fn what_is_inserted_before_the_parameters_leaves_them_their_values() {
    let shell = paused("3");
    shell.file("n.flpc", FIB.replace("[ assign: i", "[ \"in\" drop assign: i"));
    for fuel in ["3", "6", "11", "20"] {
        shell.run(&["run", "fib.flpc", "--fuel", fuel, "--save", "paused.ron"]);
        let run = shell.run(&["run", "paused.ron", "--revise", "n.flpc"]);
        assert_eq!((run.code, &*run.out), (0, "8"), "{fuel}: {}", run.err);
        assert!(!run.err.contains("another number of values"), "{}", run.err);
    }
}
