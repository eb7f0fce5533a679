//! Cases by hand: each is a question that a person asks.

use midflight::program::notation::Notation;
use midflight::session::Session;
use midflight::session::command;
use midflight::session::goal::Goal;
use midflight::session::journal::Position;
use midflight::session::load::{image_of_file, image_of_program};
use midflight::session::provenance::{Answer, Given, Maker, Question};
use midflight::session::request::Request;
use midflight::session::target::Target;
use midflight::vm::flow::Holder;
use midflight::vm::index::{DataId, FrameId, Slot};

use super::{ask, finish};
use crate::support::choices::Choices;

fn session(program: &str) -> Session {
    Session::new(image_of_program(program).expect(program))
}

fn does(session: &mut Session, request: Request) {
    finish(session, request, &mut Choices::new(1)).expect("it can be done");
}

fn apply(session: &mut Session, line: &str) {
    does(session, Request::gesture(command::read(line).expect(line), None));
}

fn run(session: &mut Session) {
    does(session, Request::run(Goal::Free));
}

fn asked(session: &mut Session, holder: Holder) -> Answer {
    let question = session.question(holder).expect("it has a value");
    ask(session, question, &mut Choices::new(2))
}

fn top(session: &mut Session) -> Answer {
    let height = session.machine().task().parameters().len();
    asked(session, Holder::Parameter(height - 1))
}

/// A local of frame 1.
fn local(session: &Session, slot: usize) -> Holder {
    let frame = FrameId(1);
    let function = session.machine().task().calls().activation_of(frame).expect("a frame").body;
    Holder::Local { frame, function, slot: Slot::from_index(slot) }
}

/// What made a value, in words; the operands in brackets.
fn words(answer: &Answer) -> String {
    match &answer.maker {
        Maker::Instruction { by, operands, given } => {
            let operands: Vec<_> = operands.iter().map(|each| each.value.to_string()).collect();
            let given = match given {
                None => String::new(),
                Some(Given::Written(gesture)) => format!(", written {gesture:?}"),
                Some(Given::Input(gesture)) => format!(", given {gesture:?}"),
            };
            format!("step {}: {} in {} [{}]{given}", by.step, by.label, by.body, operands.join(" "))
        }
        Maker::Command { gesture, words, .. } => format!("gesture {gesture}: {words}"),
        Maker::Base => "at the beginning".to_owned(),
    }
}

/// The operand of an answer.
fn operand(answer: &Answer, index: usize) -> Question {
    let Maker::Instruction { operands, .. } = &answer.maker else { panic!("{answer:?}") };
    operands[index].clone()
}

/// The instructions that moved the value, the newest first.
fn moves(answer: &Answer) -> Vec<&str> {
    answer.moves.iter().map(|step| step.by.label.as_str()).collect()
}

#[test]
fn a_sum_through_three_calls() {
    let mut session = session("[ assign: x x ] bind: f [ f ] bind: g [ g ] bind: h 3 4 + h dup");
    run(&mut session);
    let answer = top(&mut session);
    assert_eq!(words(&answer), "step 2: + in main [3 4]");
    assert_eq!((moves(&answer), answer.moved), (vec!["dup", "x", "assign: x"], 3));
    assert_eq!(answer.moves[1].by.frame, FrameId(3));
    let literal = ask(&mut session, operand(&answer, 1), &mut Choices::new(3));
    assert_eq!(words(&literal), "step 1: 4 in main [], written None");
    let Maker::Instruction { by, .. } = &literal.maker else { panic!("{literal:?}") };
    assert_eq!(by.written.as_deref(), Some("line 1, column 55"));
}

#[test]
fn a_value_that_a_sort_moved_about() {
    let text = include_str!("../../programs/sort.flpy");
    let image = image_of_file(text, Some("sort.flpy"), Notation::Source).unwrap();
    let mut session = Session::new(image);
    run(&mut session);
    let data = session.machine().memory().data(DataId(0)).expect("the numbers");
    let values: Vec<_> = data.cells().map(|cell| cell.as_integer().unwrap()).collect();
    assert!(values.is_sorted());
    for (index, value) in values.into_iter().enumerate() {
        let answer = asked(&mut session, Holder::Data { body: DataId(0), index });
        let Maker::Instruction { by, operands, .. } = &answer.maker else { panic!("{answer:?}") };
        assert_eq!((by.label.as_str(), by.body.as_str()), ("mod", "block in main"));
        assert_eq!((operands.len(), operands[1].value.as_str()), (2, "101"));
        assert_eq!(answer.value.to_string(), value.to_string());
        assert!(by.written.as_deref().is_some_and(|at| at.starts_with("sort.flpy, line 32")));
    }
}

#[test]
fn a_byte_of_the_output() {
    let mut session = session("\"a\" print 20 3 * print 5 print_line");
    run(&mut session);
    assert_eq!(session.machine().output(), "a605\n");
    for (byte, maker, value) in [
        (0, "step 0: \"a\" in main [], written None", "\"a\""),
        (1, "step 4: * in main [20 3]", "60"),
        (2, "step 4: * in main [20 3]", "60"),
        (4, "step 6: 5 in main [], written None", "5"),
    ] {
        let answer = asked(&mut session, Holder::Output(byte));
        assert_eq!((words(&answer).as_str(), answer.value.as_str()), (maker, value));
        assert!(moves(&answer)[0].starts_with("print"));
    }
    assert!(session.question(Holder::Output(5)).is_err());
}

#[test]
fn input_names_the_gesture_that_gave_it() {
    let mut session = session("input.line input.line input.char");
    apply(&mut session, "give `1\\n2`");
    apply(&mut session, "push `9`");
    apply(&mut session, "give `3\\nx`");
    run(&mut session);
    let asks = |session: &mut Session, at| words(&asked(session, Holder::Parameter(at)));
    assert_eq!(asks(&mut session, 0), "gesture 2: push `9`");
    assert_eq!(asks(&mut session, 1), "step 0: input.line in main [], given Some(1)");
    // Its first byte was given there.
    assert_eq!(asks(&mut session, 2), "step 1: input.line in main [], given Some(1)");
    assert_eq!(asks(&mut session, 3), "step 2: input.char in main [], given Some(3)");
}

#[test]
fn a_literal_names_the_gesture_that_wrote_its_cell() {
    let mut session = session("1");
    apply(&mut session, "write 0:1 `2 3`");
    apply(&mut session, "insert 0:0 `label: a label: b`");
    apply(&mut session, "replace 0:3 `7`");
    apply(&mut session, "write 0:5 `[ 8 ] call`");
    apply(&mut session, "define f `6` | write 0:7 `f`");
    run(&mut session);
    apply(&mut session, "insert 0:0 `label: c` | delete 0:2 1");
    let gesture = |session: &mut Session, at| match asked(session, Holder::Parameter(at)).maker {
        Maker::Instruction { by, given: Some(Given::Written(gesture)), .. } => {
            (gesture, by.now.map(|place| place.offset.0))
        }
        other => panic!("{other:?}"),
    };
    assert_eq!(gesture(&mut session, 0), (None, Some(2)));
    assert_eq!(gesture(&mut session, 1), (Some(3), Some(3)));
    assert_eq!(gesture(&mut session, 2), (Some(1), Some(4)));
    assert_eq!(gesture(&mut session, 3), (Some(4), Some(0)));
    assert_eq!(gesture(&mut session, 4), (Some(5), Some(0)));
    // The cell of the 3 is emptied, and that of the 7 is another.
    apply(&mut session, "replace 0:4 `` | replace 0:3 `1 7`");
    assert_eq!(gesture(&mut session, 2), (Some(1), None));
    assert_eq!(gesture(&mut session, 1), (Some(3), None));
}

#[test]
fn what_a_person_did_is_a_source() {
    let mut session = session("[ assign: i i ... ] bind: f 3 allocate set: d 5 set: g 4 f");
    run(&mut session);
    let local = local(&session, 0);
    let data = Holder::Data { body: DataId(0), index: 1 };
    let global = Holder::Global("g".to_owned());
    assert_eq!(words(&asked(&mut session, local.clone())), "step 5: 4 in main [], written None");
    assert_eq!(words(&asked(&mut session, data.clone())), "step 1: allocate in main [3]");
    assert_eq!(words(&asked(&mut session, global.clone())), "step 3: 5 in main [], written None");
    apply(
        &mut session,
        "local 1 i `8` | data 0:1 `9` | global g `2` | parameter 0 `6` | push `1 2`",
    );
    assert_eq!(words(&asked(&mut session, local)), "gesture 2: change i to `8`");
    assert_eq!(words(&asked(&mut session, data)), "gesture 2: change data to `9`");
    assert_eq!(words(&asked(&mut session, global)), "gesture 2: change g to `2`");
    assert_eq!(
        words(&asked(&mut session, Holder::Parameter(0))),
        "gesture 2: change a value to `6`"
    );
    assert_eq!(words(&top(&mut session)), "gesture 2: push `1 2`");
    apply(&mut session, "drop 1 | push `3`");
    assert_eq!(words(&top(&mut session)), "gesture 3: push `3`");
    apply(&mut session, "restart 1 `4`");
    assert_eq!(words(&top(&mut session)), "gesture 4: restart a frame");
}

#[test]
fn undo_and_another_branch() {
    let mut session = session("1 2 +");
    run(&mut session);
    assert_eq!(words(&top(&mut session)), "step 2: + in main [1 2]");
    does(&mut session, Request::Go(Target::At(Position { entry: 1, done: 1 })));
    apply(&mut session, "push `5` | counter 0:2");
    run(&mut session);
    let answer = top(&mut session);
    assert_eq!(words(&answer), "step 1: + in main [1 5]");
    let pushed = ask(&mut session, operand(&answer, 1), &mut Choices::new(1));
    assert_eq!(words(&pushed), "gesture 2: push `5`");
    let first = operand(&answer, 0);
    does(&mut session, Request::Go(Target::Start));
    // A question is of the history, wherever the session is.
    let literal = ask(&mut session, first, &mut Choices::new(1));
    assert_eq!(words(&literal), "step 0: 1 in main [], written None");
}

#[test]
fn before_the_history_nothing_is_known() {
    let mut image = image_of_program("1 2 + 3 allocate \"x\" print").unwrap();
    image.machine.run(100);
    let mut session = Session::new(image);
    apply(&mut session, "write 0:10 `dup`");
    does(&mut session, Request::run(Goal::Fuel(1)));
    for holder in
        [Holder::Parameter(0), Holder::Data { body: DataId(0), index: 2 }, Holder::Output(0)]
    {
        assert_eq!(words(&asked(&mut session, holder)), "at the beginning");
    }
    assert!(session.question(Holder::Parameter(9)).is_err());
}

#[test]
fn copies_and_parts_of_data() {
    let program = "4 allocate set: d 5 get: d 0 memory.set get: d 0 get: d 1 3 memory.copy \
                   8 get: d 2 2 memory.fill get: d 6 memory.resize \"a b\" \" \" str_split set: p";
    let mut session = session(program);
    run(&mut session);
    let data = |session: &mut Session, body, index| {
        let answer = asked(session, Holder::Data { body: DataId(body), index });
        let moves: Vec<_> = moves(&answer).into_iter().map(str::to_owned).collect();
        (words(&answer), moves.join(" "))
    };
    let of = |words: &str, moves: &str| (words.to_owned(), moves.to_owned());
    let five = "step 3: 5 in main [], written None";
    assert_eq!(data(&mut session, 0, 1), of(five, "memory.copy memory.set"));
    assert_eq!(data(&mut session, 0, 3).1, "memory.fill");
    assert_eq!(data(&mut session, 0, 5).0.split(' ').nth(2), Some("memory.resize"));
    assert_eq!(data(&mut session, 1, 1).0.split(' ').nth(2), Some("str_split"));
}

#[test]
fn many_moves_are_counted_and_the_last_are_listed() {
    let mut session = session("1 2 [ swap ] 5000 swap times");
    run(&mut session);
    let answer = top(&mut session);
    assert_eq!(words(&answer), "step 1: 2 in main [], written None");
    assert_eq!((answer.moved, answer.moves.len()), (5001 - 1, 100));
}

#[test]
fn a_hidden_value_survives_everything_above_it() {
    // What looks at the height of the stack or deep into it sees the hidden values too.
    let mut session = session(
        "40 2 + [ assign: i depth 1 pick + drop i 3 mod [ 1 2 3 2 roll 2drop drop ] if ] bind: f \
         20000 [ dup f 1- dup ] 1 swap repeat_if",
    );
    run(&mut session);
    assert!(session.machine().retired() > 200_000);
    assert_eq!(words(&asked(&mut session, Holder::Parameter(0))), "step 2: + in main [40 2]");
}
