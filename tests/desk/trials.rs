//! What is typed for the program is tried on a fork, and shown before Enter gives it.

use std::fs;
use std::path::Path;

use midflight::desk::Trial;
use midflight::desk::action::{Action, Field};
use midflight::vm::stop::Stop;

use super::Front;

/// A desk on a program that was run until it waits for input.
fn running(text: &str) -> Front {
    let mut front = opened(text);
    front.perform(Action::RunOrPause);
    front.until_idle();
    assert_eq!(front.desk.session().machine().waits(), Some(Stop::Input));
    front
}

fn opened(text: &str) -> Front {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("program.flpc");
    fs::write(&path, text).unwrap();
    let mut front = Front::new();
    front.perform(Action::OpenPath(path));
    front.until_idle();
    front
}

fn sets() -> Front {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("programs/sets.flpc");
    running(&fs::read_to_string(path).unwrap())
}

impl Front {
    fn types_input(&mut self, line: &str) {
        self.perform(Action::Typed(Field::Input, line.to_owned()));
    }

    /// Types a line for the program and waits until its trial has ended.
    fn tries(&mut self, line: &str) -> Trial {
        self.types_input(line);
        self.until_idle();
        (*self.desk.trial().expect("it was tried")).clone()
    }

    fn gives(&mut self, line: &str) {
        self.perform(Action::Input(line.to_owned()));
        self.until_idle();
    }

    fn output(&self) -> &str {
        self.desk.session().machine().output()
    }
}

#[test]
fn a_line_for_the_program_is_tried_and_enter_does_just_that() {
    let mut front = sets();
    for (line, words) in [
        ("0 1 | ^ *", "prints 4 lines, then waits for input"),
        ("0 1", "prints 1 line, then waits for input"),
        (" ", "prints 1 line, then waits for input"),
        ("e\u{301}\r", "prints 1 line, then waits for input"),
        ("01|^*^*^*", "prints 256 lines, then waits for input"),
    ] {
        let (before, was) = (front.desk.session().image().clone(), front.output().len());
        let journal = front.desk.session().journal().clone();
        let trial = front.tries(line);
        assert_eq!(trial.words, words, "{line:?}");
        assert!(*front.desk.session().image() == before, "{line:?}: nothing was given");
        assert!(*front.desk.session().journal() == journal, "{line:?}");
        front.gives(line);
        assert_eq!(front.output()[was..], trial.output, "{line:?}");
        assert_eq!(front.desk.trial(), None, "nothing is typed");
    }
}

#[test]
fn each_change_of_the_line_is_tried() {
    let mut front = sets();
    for (line, output) in [
        ("0", "0, \n"),
        ("0 1", "error.ParseError\n"),
        ("0 1 ", "error.ParseError\n"),
        ("0 1 |", "1, \n0, \n"),
        ("0 1 *", "1, 0, \n"),
    ] {
        assert_eq!(front.tries(line).output, output, "{line}");
    }
    front.types_input("");
    front.until_idle();
    assert_eq!(front.desk.trial(), None);
}

#[test]
fn the_trial_says_where_the_program_would_stop() {
    for (text, words) in [
        ("input.line drop 1 0 /", "prints nothing, then a fault: division by zero: 1 / 0"),
        ("input.line print_line fib", "prints 1 line, then waits: fib is missing"),
        ("input.line print", "prints 1 line, then finished"),
        ("input.line drop 3 exit", "prints nothing, then ends"),
        ("input.line drop input.char print input.line", "prints nothing, then waits for input"),
        ("input.char print input.char print input.line", "prints 1 line, then finished"),
        (
            "input.line drop [ 1 print_line ] bind: f f 999999999 allocate",
            "prints 1 line, then a fault: `allocate` can make 0 to 268435456 cells, not 999999999",
        ),
        (
            "input.line drop 20000000 allocate",
            "prints nothing, then waits: The limit of memory is reached",
        ),
        (
            "input.line drop 2000000 allocate",
            "prints nothing, still running: it needs more memory than a preview may use",
        ),
    ] {
        assert_eq!(running(text).tries("seven").words, words, "{text}");
    }
}

#[test]
fn a_breakpoint_ends_the_trial() {
    let mut front = opened("1 print_line input.line print_line 2 print_line");
    let at = front.desk.counter();
    let at = midflight::view::memory::At { offset: 5, ..at };
    front.perform(Action::Select(Some(at)));
    front.perform(Action::ToggleBreakpoint);
    front.perform(Action::Select(None));
    front.perform(Action::RunOrPause);
    front.until_idle();
    let trial = front.tries("one");
    assert_eq!(
        (&*trial.output, &*trial.words),
        ("one\n", "prints 1 line, then stops at the breakpoint at 5")
    );
}

#[test]
fn if_enter_would_only_step_the_trial_says_so() {
    let mut front = Front::new();
    front.enter("input.line print_line");
    let trial = front.tries("one");
    assert_eq!(
        (&*trial.output, &*trial.words),
        ("one\n", "if it runs: prints 1 line, then finished")
    );
    front.gives("one");
    assert_eq!((front.stack().as_str(), front.output()), ("\"one\"", ""));
    front.perform(Action::Undo);
    front.until_idle();
    // A press of F5 at the input makes Enter run.
    front.perform(Action::RunOrPause);
    assert_eq!(front.tries("one").words, "prints 1 line, then finished");
}

#[test]
fn nothing_is_tried_that_could_not_be_given() {
    let mut front = Front::new();
    front.types_input("one");
    front.until_idle();
    assert_eq!(front.desk.trial(), None, "nobody waits for it");
    front.enter("input.line input.line");
    front.until_idle();
    assert!(front.desk.trial().is_some(), "now somebody does");
    front.perform(Action::EndInput);
    front.until_idle();
    assert_eq!(front.desk.trial(), None, "the input has ended");
}

#[test]
fn a_trial_that_takes_long_is_given_up_when_typing_goes_on() {
    let text = "[ input.line assign: line line print_line
                  line \"\" <> [ [ 1 drop ] repeat ] if ] bind: f f";
    let mut front = running(text);
    front.types_input("l");
    assert!(front.tick(), "the first part is done, and more follows");
    let trial = front.desk.trial().unwrap();
    assert_eq!((&*trial.output, &*trial.words), ("l\n", "prints 1 line, still running"));
    front.types_input("lo");
    assert_eq!(front.desk.trial(), None, "that was another line");
    assert!(front.tick());
    assert_eq!(front.desk.trial().unwrap().output, "lo\n");
    let words = "prints 1 line, still running after 10,000,000 instructions";
    assert_eq!(front.tries("loop").words, words);
    assert!(!front.tick(), "a trial ends");
}

#[test]
fn no_machine_is_too_large_to_try_a_line() {
    let text = "16000000 allocate assign: m 7 m 15999999 memory.set
                [ input.line assign: n m 15999999 memory.get 1+ dup m 0 memory.set print_line ] call";
    let mut front = running(text);
    for line in ["a", "ab", "abc"] {
        assert_eq!(front.tries(line).output, "8\n");
    }
    let scene = front.desk.scene();
    let row = front.desk.cells(&scene, scene.arrangement.placed()[2].extent, 0..1);
    assert_eq!(row.cells[0].label.to_string(), "0", "the program's own memory is as it was");
}

#[test]
fn a_trial_is_neither_autosaved_nor_unsaved_work() {
    let folder = tempfile::tempdir().unwrap();
    let mut front = Front::kept_in(folder.path());
    front.enter("[ input.line print_line 1 ] repeat");
    front.perform(Action::RunOrPause);
    front.until_idle();
    let kept = || -> Vec<_> {
        let files = fs::read_dir(folder.path()).unwrap().map(|entry| entry.unwrap().path());
        let mut files: Vec<_> = files.map(|path| (fs::read(&path).ok(), path)).collect();
        files.sort();
        files
    };
    let (before, words) = (kept(), front.desk.file_words());
    front.tries("one");
    front.tries("one two");
    assert!(kept() == before);
    assert_eq!(front.desk.file_words(), words);
    front.gives("one two");
    assert!(kept() != before);
}
