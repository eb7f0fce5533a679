//! Cases by hand: what was recorded, the other code, and what is said.

use midflight::session::Session;
use midflight::session::difference::{Does, Finding};
use midflight::session::goal::Goal;
use midflight::session::journal::Position;
use midflight::session::load::image_of_program;
use midflight::session::outcome::{Outcome, Progress};
use midflight::session::provenance::{Answer, Given, Maker};
use midflight::session::request::Request;
use midflight::view::comparison::{headline, sides};
use midflight::vm::flow::Holder;

use super::{compare, compare_with, played};

/// A recorded program, what was done with it, other code, and what is said of it.
type Case<'c> = (&'c str, &'c [&'c str], &'c str, &'c str);

fn check(cases: &[Case<'_>]) {
    for (text, lines, code, wanted) in cases {
        let mut session = played(text, lines);
        let said = headline(&compare(&mut session, code));
        assert_eq!(said, *wanted, "{text} {lines:?} with {code}");
    }
}

const SUM: &str = "input.line str_to_int input.line str_to_int + print_line";

#[test]
fn outputs_differ() {
    let given: &[&str] = &["run 99", "give `1\\n2\\n`", "run 99"];
    check(&[
        (SUM, given, SUM, "the same output, 1 line, and the same 2 waits"),
        (
            SUM,
            given,
            "input.line str_to_int input.line str_to_int * print_line",
            "output line 1 was `3`, is `2`",
        ),
        // The input was given in one piece and is asked for in another way.
        (
            "input.line drop input.line print_line",
            given,
            "input.char drop input.char drop input.line print_line",
            "the same output, 1 line, and the same 2 waits",
        ),
        (
            "1 print_line 2 print_line",
            &["run 9"],
            "1 print_line 3 print_line",
            "output line 2 was `2`, is `3`",
        ),
        // A line in pieces is shown whole.
        (
            "\"a\" print 1 print \"b\" print_line",
            &["run 9"],
            "\"a\" print 2 print \"c\" print_line",
            "output line 1 was `a1b`, is `a2c`",
        ),
        (
            "1 print_line 2 print_line",
            &["run 9"],
            "1 print_line",
            "was: output line 2, `2`; is: finished",
        ),
        (
            "1 print_line",
            &["run 9"],
            "1 print_line 2 print_line",
            "was: finished; is: output line 2, `2`",
        ),
        ("1 print_line", &["run 9"], "1 print", "was: output line 1, `1`; is: finished"),
        ("1 print", &["run 9"], "1 print_line", "was: finished; is: output line 1, `1`"),
        ("\"ä\" print", &["run 9"], "\"ö\" print", "output line 1 was `ä`, is `ö`"),
        ("1 drop", &["run 9"], "2 drop 3 drop", "no output in both, and the same wait"),
    ]);
}

#[test]
fn waits_differ() {
    check(&[
        (
            "input.line print",
            &["run 9"],
            "7 asked print",
            "was: waits for input; is: asked is missing",
        ),
        (
            "\"name? \" print input.line print",
            &["run 9", "give `a\\n`", "run 9"],
            "input.line \"name? \" print print",
            "was: output line 1, `name? a`; is: waits for input",
        ),
        (
            "input.line print",
            &["run 9", "give `a\\n`", "run 9"],
            "input.line print input.line print",
            "was: finished; is: waits for input",
        ),
        (
            "1 print",
            &["run 9"],
            "1 print 1 0 /",
            "was: finished; is: fault: division by zero: 1 / 0",
        ),
        ("1 0 /", &["run 9"], "2 0 /", "no output in both, and the same wait"),
        (
            "1 0 /",
            &["run 9"],
            "1 0 mod",
            "was: fault: division by zero: 1 / 0; is: fault: division by zero: 1 mod 0",
        ),
        (
            "7 exit",
            &["run 9"],
            "8 exit",
            "was: the program ended with exit code 7; is: the program ended with exit code 8",
        ),
        ("1 breakpoint 2", &["run 9"], "1 breakpoint 3", "no output in both, and the same wait"),
        ("1 breakpoint 2", &["run 9"], "1 2", "was: waits at an empty cell; is: finished"),
        (
            "[ 1 + f ] bind: f 1 f",
            &["limit calls 10", "run 99"],
            "[ 1 + ] bind: f 1 f",
            "was: the limit of calls is reached; is: finished",
        ),
    ]);
}

#[test]
fn answers_belong_to_a_call_and_its_operands() {
    let text = "\"x\" http.get print_line";
    let lines: &[&str] = &["run 9", "answer http.get `\"x\"` `\"page\"`", "run 9"];
    check(&[
        (text, lines, text, "the same output, 1 line, and the same 2 waits"),
        // Elsewhere in the code, and in a function.
        (
            text,
            lines,
            "[ \"x\" ] bind: where 1 drop where http.get print_line",
            "the same output, 1 line, and the same 2 waits",
        ),
        (
            text,
            lines,
            "\"y\" http.get print_line",
            "was: http.get is missing, called with `\"x\"`; is: http.get is missing, called with `\"y\"`",
        ),
        (
            text,
            lines,
            "\"x\" http.post print_line",
            "was: http.get is missing; is: http.post is missing",
        ),
        // A function that has no code yet asks too.
        (
            text,
            lines,
            "[ ] bind: http.get \"x\" http.get print_line",
            "the same output, 1 line, and the same 2 waits",
        ),
        (
            text,
            lines,
            "[ drop \"mock\" ] bind: http.get \"x\" http.get print_line",
            "was: http.get is missing; is: output line 1, `mock`",
        ),
        // As before there were answers: the counter goes on behind the call.
        (
            text,
            &["run 9", "drop 1 | push `\"page\"` | counter 0:2", "run 9"],
            "1 drop \"x\" http.get print_line",
            "the same output, 1 line, and the same 2 waits",
        ),
        // A function is the same wherever it is.
        (
            "[ 1 ] bind: f pushf: f ask drop",
            &["run 9", "answer ask `pushf: f` `pushf: f`", "run 9"],
            "[ 2 ] bind: g [ 1 ] bind: f pushf: f ask drop",
            "no output in both, and the same 2 waits",
        ),
    ]);
}

#[test]
fn what_was_done_is_done_again() {
    check(&[
        (
            "1 0 / print",
            &["run 9", "drop 1 | push `2`", "run 9"],
            "4 0 / print",
            "output line 1 was `0`, is `2`",
        ),
        (
            "[ assign: i i 0 / print ] bind: f 1 f",
            &["run 9", "local 1 i `5`", "restart 1 `6`", "run 2"],
            "1 0 / print",
            "was: change i to `5`; now that cannot be done: the call stack has no frame 1; 0 is the bottom",
        ),
        // Where it does not wait, after as many instructions.
        (
            "1 2 3 print",
            &["run 2", "push `7`", "run 9"],
            "1 2 print",
            "output line 1 was `3`, is `7`",
        ),
        // Input is given when it is needed, at the latest.
        (
            "1 drop 1 drop input.line print",
            &["run 3", "give `a\\n`", "run 9"],
            "input.line print",
            "the same output, 1 line, and the same wait",
        ),
        // What a faster program prints after that is not in the recording.
        (
            "1 drop 1 drop 1 print",
            &["run 3"],
            "7 print 1 drop 2 drop",
            "no output in both, up to where the recording is paused",
        ),
        (
            "1 drop 1 drop 1 drop 9 print",
            &["run 4"],
            "1 drop",
            "no output in both, up to where the recording is paused",
        ),
        (
            "1 drop 1 drop 9 print",
            &["run 4", "push `3`", "run 9"],
            "1 drop",
            "was: ran on; is: finished",
        ),
        ("1 drop 1 drop", &["run 3"], "0 0 /", "was: ran on; is: fault: division by zero: 0 / 0"),
    ]);
}

#[test]
fn edits_belong_to_the_recording_alone() {
    check(&[
        // Written while it ran, with a mistake that was put right.
        (
            "",
            &[
                "write 0:0 `3 twice print_line` | run 9",
                "define twice `` | run 1",
                "write 1:0 `dup + return` | run 2",
                "replace 1:1 `*` | restart 1 `3` | run 9",
            ],
            "9 print_line",
            "the same output, 1 line, and the same wait",
        ),
        (
            "",
            &["write 0:0 `3 twice print_line` | run 9", "define twice `dup + return` | run 9"],
            "[ 2 * ] bind: twice 3 twice print_line",
            "the same output, 1 line, and the same wait",
        ),
        (
            "",
            &["write 0:0 `3 twice print_line` | run 9", "define twice `dup + return` | run 9"],
            "[ 3 * ] bind: twice 3 twice print_line",
            "output line 1 was `6`, is `9`",
        ),
        (
            "",
            &["write 0:0 `3 twice print_line` | run 9", "define twice `dup + return` | run 9"],
            "3 twice print_line",
            "was: output line 1, `6`; is: twice is missing",
        ),
        // Input that was given while code was changed too.
        (
            "input.line +",
            &["run 9", "give `4\\n` | replace 0:1 `print`", "run 9"],
            "input.line print",
            "the same output, 1 line, and the same 2 waits",
        ),
        // A frame that was restarted after its function was mended.
        (
            "[ assign: i i 0 / ] bind: f 8 f print",
            &["run 9", "replace 1:2 `2`", "restart 1 `8`", "run 9"],
            "[ assign: i i 2 / ] bind: f 8 f print",
            "the same output, 1 line, and the same wait",
        ),
        // A comment mends nothing.
        (
            "1 0 /",
            &["run 9", "comment 0:2 ` by nothing`"],
            "1",
            "was: fault: division by zero: 1 / 0; is: finished",
        ),
    ]);
}

#[test]
fn a_program_without_end_ends() {
    let mut session = played(SUM, &["run 99", "give `1\\n2\\n`", "run 99"]);
    for (code, wanted) in [
        (
            "[ 1 drop ] repeat",
            "was: waits for input; is: neither that nor anything else in 10,000,000 instructions",
        ),
        ("[ 1 print_line ] repeat", "was: waits for input; is: output line 1, `1`"),
    ] {
        let finding = compare(&mut session, code);
        assert_eq!(headline(&finding), wanted);
        let Finding::Differs(difference) = finding else { panic!("{code}") };
        assert_eq!(difference.is_undecided(), code.contains("drop"));
    }
    let endless = image_of_program("[ 1 drop ] repeat").unwrap();
    let finding = compare_with(&mut session, endless, Some(50), || 7);
    assert!(headline(&finding).ends_with("in 50 instructions"), "{}", headline(&finding));
}

#[test]
fn both_instructions_are_shown() {
    let mut session = played(SUM, &["run 99", "give `1\\n2\\n`", "run 99"]);
    let code = "1 drop input.line str_to_int input.line str_to_int * print_line";
    let Finding::Differs(difference) = compare(&mut session, code) else { panic!() };
    let [old, new] = sides(&difference);
    assert_eq!((&*old.instruction, &*old.stack, old.step), ("5 in main: print_line", "3", 5));
    assert_eq!((&*new.instruction, &*new.stack, new.step), ("7 in main: print_line", "2", 7));
    assert_eq!(
        (old.calls, new.written),
        (vec!["frame 1 (main)".to_owned()], "line 1, column 54".to_owned())
    );
    assert_eq!((difference.printed, difference.line), (0, 1));
}

fn ask(session: &mut Session, request: Request) -> Answer {
    match session.perform(request) {
        Ok(Outcome::Traced(answer)) => *answer,
        other => panic!("{other:?}"),
    }
}

/// Case 40 of the design: both programs can be asked where their value came from.
#[test]
fn the_values_are_followed_to_the_input() {
    let mut session = played(SUM, &["run 99", "give `1\\n2\\n`", "run 99"]);
    let code = "input.line str_to_int input.line str_to_int * print_line";
    let Finding::Differs(difference) = compare(&mut session, code) else { panic!() };
    assert!(matches!(&difference.old.does, Does::Prints(line) if line == "3"));
    let counterpart = Session::of((*difference.counterpart).clone());
    for (mut session, side, made) in
        [(session, &difference.old, "+"), (counterpart, &difference.new, "*")]
    {
        session.goto(Position { done: side.at.done + 1, ..side.at }).unwrap();
        let question = session.question(Holder::Output(0)).unwrap();
        let answer = ask(&mut session, Request::Trace(Box::new(question)));
        let Maker::Instruction { by, operands, .. } = answer.maker else { panic!() };
        assert_eq!((by.label.to_string(), operands.len()), (made.to_owned(), 2));
        for (operand, value) in operands.into_iter().zip(["1", "2"]) {
            assert_eq!(operand.value.to_string(), value);
            let text = ask(&mut session, Request::Trace(Box::new(operand)));
            let Maker::Instruction { operands, .. } = text.maker else { panic!() };
            let line = ask(&mut session, Request::Trace(Box::new(operands[0].clone())));
            let Maker::Instruction { given, .. } = line.maker else { panic!() };
            assert!(matches!(given, Some(Given::Input(Some(_)))), "{given:?}");
        }
    }
}

#[test]
fn a_comparison_is_given_up_and_leaves_no_trace() {
    let mut session = Session::new(image_of_program("[ 1 drop ] 100000 swap times").unwrap());
    session.finish(&[], Goal::Free).unwrap();
    let (here, before) = (session.position(), session.image().clone());
    let code = image_of_program("1").unwrap();
    let comparing = midflight::session::compare::Comparing { to: here, code, most: None };
    assert_eq!(
        session.start(Request::CompareCode(Box::new(comparing.clone()))),
        Ok(Progress::More)
    );
    assert_eq!(session.advance(100), Ok(Progress::More));
    assert_eq!(session.job().unwrap().words(), "Comparing");
    session.give_up();
    assert!(session.job().is_none() && session.position() == here && *session.image() == before);
    let nowhere = Position { entry: 9, done: 0 };
    let nowhere = midflight::session::compare::Comparing { to: nowhere, ..comparing };
    assert!(session.start(Request::CompareCode(Box::new(nowhere))).is_err());
}

/// Also when the difference is a million instructions into a slice, of programs that are costly to copy.
#[test]
fn a_difference_far_in_a_run_is_found_to_the_instruction() {
    let program = |last: &str| {
        format!("1000 allocate assign: list [ 1 list 3 memory.set ] 100000 swap times {last} print")
    };
    let mut session = played(&program("1 2 +"), &["run 9999999"]);
    for slice in [1_000, 5_000_000] {
        let code = image_of_program(&program("3 4 *")).unwrap();
        let finding = compare_with(&mut session, code, None, || slice);
        assert_eq!(headline(&finding), "output line 1 was `3`, is `12`");
        let Finding::Differs(difference) = finding else { panic!() };
        let [old, new] = sides(&difference);
        assert_eq!((old.step, new.step), (session.machine().retired() - 1, old.step));
        assert_eq!((&*old.stack, &*new.stack), ("3", "12"));
    }
}

/// The code of one branch with the input of another.
#[test]
fn the_code_of_the_present_performs_another_branch() {
    let mut session = played(SUM, &["run 99", "give `1\\n2\\n`", "run 99"]);
    let other = session.position();
    session.goto(Position::default()).unwrap();
    session.apply(&midflight::session::command::read("replace 0:4 `*`").unwrap()).unwrap();
    let code = session.base_with_code().unwrap();
    let comparing = midflight::session::compare::Comparing { to: other, code, most: None };
    let outcome = session.perform(Request::CompareCode(Box::new(comparing))).unwrap();
    let Outcome::CodeCompared(finding) = outcome else { panic!("{outcome:?}") };
    assert_eq!(headline(&finding), "output line 1 was `3`, is `2`");
}
