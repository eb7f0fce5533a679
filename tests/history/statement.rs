//! Going back to where a statement was begun, and running its new code from there.

use midflight::program::notation::Notation;
use midflight::session::Session;
use midflight::session::change::Change;
use midflight::session::command::Command;
use midflight::session::load::image_of_program;
use midflight::session::outcome::Outcome;
use midflight::session::request::Request;
use midflight::session::revise::program::{MainCode, Part, ProgramRevision};
use midflight::vm::index::FrameId;
use midflight::vm::memory::Place;

use super::rewinding::Kept;

const PRINTS: &str = "[ assign: n 1 print n 2 + print 3 print return ] bind: f 5 f";
const FIB: &str =
    "[ assign: i i 3 < [ 1 return ] if i 2 - fib i 1 - fib + return ] bind: fib 5 fib print";

/// The request that gives a function its text and goes back to where the statement was begun.
fn request(session: &Session, name: &str, text: &str) -> Option<(FrameId, Place, Request)> {
    let image = session.image().clone();
    let body = image.machine.memory().function(name).unwrap();
    let whole = ProgramRevision::of_text(image, text, Notation::Source, MainCode::Stays).unwrap();
    let [Part::Revised(_, revision)] = &*whole.parts else { panic!("{:?}", whole.parts) };
    let (frame, statement) = revision.begun?;
    let renamed = revision.renamed.clone();
    let change = Change { commands: whole.commands, body, renamed };
    Some((frame, statement, Request::Revise { frame, statement, change }))
}

#[test]
fn the_statement_runs_again_with_its_new_code() {
    let mut kept = Kept::new(PRINTS);
    kept.apply("run 7");
    assert_eq!(
        (kept.session.machine().output(), &*kept.session.machine().show_stack()),
        ("1", "5 2")
    );
    let before = kept.session.position();
    let text = "f <- fun[n]:\n  print(1)\n  print(n + 20)\n  print(3)\n  return()\n";
    let (frame, statement, request) =
        request(&kept.session, "f", text).expect("f stands inside it");
    assert_eq!((frame, statement.offset.0), (FrameId(1), 3));
    assert_eq!(kept.session.perform(request), Ok(Outcome::Arrived));
    kept.save();
    let machine = kept.session.machine();
    assert_eq!((machine.output(), &*machine.show_stack(), machine.retired()), ("1", "", 5));
    assert_eq!(machine.task().counter(), statement);
    let rewound = kept.session.position();
    for mut session in kept.and_after_a_crash() {
        session.undo().unwrap();
        let machine = session.machine();
        assert_eq!(
            (&*machine.show_stack(), machine.retired()),
            ("5 2", 7),
            "the change is done here"
        );
        session.undo().unwrap();
        assert_eq!(session.position(), before);
        session.redo().unwrap();
        session.redo().unwrap();
        assert_eq!(session.position(), rewound);
        session.apply(&[Command::Run { fuel: 100 }]).unwrap();
        assert_eq!(session.machine().output(), "1253");
    }
}

#[test]
fn renamed_locals_keep_the_values_that_they_had_there() {
    let program = "[ assign: n n 1 + assign: n n 2 + print return ] bind: f 5 f";
    let mut kept = Kept::new(program);
    kept.apply("run 9");
    assert_eq!(kept.session.machine().show_stack(), "6 2");
    let text = "f <- fun[m]:\n  m = m + 1\n  print(m * 2)\n  return()\n";
    let (_, _, request) = request(&kept.session, "f", text).unwrap();
    assert_eq!(kept.session.perform(request), Ok(Outcome::Arrived));
    kept.save();
    for mut session in kept.and_after_a_crash() {
        // All of it changed, so it starts with the parameter.
        assert_eq!(session.machine().retired(), 2);
        session.apply(&[Command::Run { fuel: 100 }]).unwrap();
        assert_eq!(session.machine().output(), "12");
        session.undo().unwrap();
        session.undo().unwrap();
        assert_eq!(session.machine().retired(), 9, "undo of a rewind with locals is one step");
    }
}

#[test]
fn it_is_where_a_walk_back_finds_it() {
    let texts = [
        "fib <- fun[i]:\n  if i < 3:\n    return(1)\n  return(fib(i - 1) + fib(i - 2))\n",
        "fib <- fun[i]:\n  if i < 3:\n    return(2)\n  return(fib(i - 2) + fib(i - 1) + 1)\n",
        "fib <- fun[i]:\n  if i < 4:\n    return(1)\n  x = fib(i - 2)\n  return(x + fib(i - 1))\n",
    ];
    let mut found = 0;
    for text in texts {
        for steps in 0..70 {
            let mut session = Session::new(image_of_program(FIB).unwrap());
            for _ in 0..steps {
                session.apply(&[Command::Run { fuel: 1 }]).unwrap();
            }
            let Some((frame, statement, request)) = request(&session, "fib", text) else {
                continue;
            };
            let mut walk = session.clone();
            let expected = loop {
                let task = walk.machine().task();
                if task.calls().innermost_id() == frame && task.counter() == statement {
                    break Some(walk.machine().retired());
                }
                if task.calls().innermost_id() < frame || !walk.step_back().unwrap() {
                    break None;
                }
            };
            let outcome = session.perform(request).unwrap();
            assert_eq!(outcome == Outcome::Arrived, expected.is_some(), "{text} after {steps}");
            assert_eq!(Some(session.machine().retired()), expected, "{text} after {steps}");
            found += 1;
        }
    }
    assert!(found > 60, "{found}");
}

#[test]
fn a_loop_goes_back_within_its_turn() {
    let program =
        "[ assign: n [ n print n 2 + print n 1- assign: n n 0 > ] repeat_if ] bind: f 1 3 f";
    let mut session = Session::new(image_of_program(program).unwrap());
    session.apply(&[Command::Run { fuel: 23 }]).unwrap();
    assert_eq!((session.machine().output(), &*session.machine().show_stack()), ("352", "2 2"));
    let text =
        "f <- fun[n]:\n  repeat_if _:\n    print(n)\n    print(n + 20)\n    n = n -1\n    n > 0\n";
    let (_, _, request) = request(&session, "f", text).unwrap();
    assert_eq!(session.perform(request), Ok(Outcome::Arrived));
    assert_eq!((session.machine().output(), session.machine().retired()), ("352", 21));
    session.apply(&[Command::Run { fuel: 100 }]).unwrap();
    assert_eq!(session.machine().output(), "35222121");
}

#[test]
fn what_the_history_does_not_have_is_not_found_and_changes_nothing() {
    let mut image = image_of_program(PRINTS).unwrap();
    Command::Run { fuel: 7 }.apply(&mut image).unwrap();
    let text = "f <- fun[n]:\n  print(1)\n  print(n + 20)\n  print(3)\n  return()\n";
    let mut loaded = Session::new(image);
    let mut restarted = Session::new(image_of_program(PRINTS).unwrap());
    // The statement was run once, but not since the call was started again and the counter moved.
    for commands in
        ["run 9", "restart 1 `5`", "run 1", "counter 1:3 | counter 1:4", "push `5`", "run 1"]
    {
        restarted.apply(&midflight::session::command::read(commands).unwrap()).unwrap();
    }
    for session in [&mut loaded, &mut restarted] {
        let before = session.image().clone();
        let (_, _, request) = request(session, "f", text).expect("f stands inside it");
        let outcome = session.perform(request).unwrap();
        assert!(matches!(outcome, Outcome::NotFound(..)), "{outcome:?}");
        assert!(*session.image() == before);
    }
}
