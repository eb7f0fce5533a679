//! What an instruction can wait for: room for its result, and input.

mod oracle;
mod support;

use midflight::vm::index::{DataId, FrameId};
use midflight::vm::instruction::{Fragment, Instruction};
use midflight::vm::limit::LimitKind;
use midflight::vm::machine::Machine;
use midflight::vm::memory::Place;
use midflight::vm::stop::{Fault, Stop};
use oracle::bench::{AT, bench};
use oracle::words::{instruction, line, stack, values};

#[test]
fn texts_end_at_65536_bytes() {
    let text = |bytes: usize| Instruction::Text("ñ".repeat(bytes / 2).into());
    let mut machine = bench("", "str_join");
    machine.push(&[text(65_534), instruction("\"ñ\"")]).unwrap();
    machine.step().unwrap();
    let longest = machine.task().parameters()[0].as_text().unwrap();
    assert_eq!(machine.memory().text(longest).len(), 65_536);

    let mut machine = bench("", "str_join");
    machine.push(&[text(65_536), instruction("\"a\"")]).unwrap();
    let too_long = Fault::TextLength { instruction: "str_join".into(), bytes: 65_537 };
    assert_eq!(machine.step(), Err(Stop::Fault(too_long)));
    assert!(machine.push(&[text(65_538)]).is_err());
    assert!(
        machine.write(Place::new(0, AT), &line(&format!("\"{}\"", "a".repeat(65_537)))).is_err()
    );
    machine.write(Place::new(0, AT), &line(&format!("\"{}\"", "a".repeat(65_536)))).unwrap();
}

#[test]
fn no_text_of_a_person_is_longer_than_65536_bytes() {
    let text = |bytes: usize| Instruction::Text("a".repeat(bytes).into());
    let fragment = |bytes: usize| Fragment::line(vec![text(bytes)]);
    type Change = fn(&mut Machine, &Instruction, &Fragment) -> bool;
    let at = Place::new(0, AT);
    let changes: [(&str, Change); 10] = [
        ("push", |m, value, _| m.push(std::slice::from_ref(value)).is_ok()),
        ("set_parameter", |m, value, _| m.set_parameter(0, value).is_ok()),
        ("set_local", |m, value, _| m.set_local(FrameId(0), "v", Some(value)).is_ok()),
        ("set_data", |m, value, _| m.set_data(DataId(0), 0, value).is_ok()),
        ("restart", |m, value, _| m.restart(FrameId(0), std::slice::from_ref(value)).is_ok()),
        ("write", |m, _, line| m.write(Place::new(0, AT), line).is_ok()),
        ("insert", |m, _, line| m.insert(Place::new(0, AT), line).is_ok()),
        ("replace", |m, _, line| m.replace(Place::new(0, AT), line).is_ok()),
        ("define", |m, _, line| m.define("new", line).is_ok()),
        ("redefine", |m, _, line| m.redefine("f", line).is_ok()),
    ];
    let machine = bench("1", "assign:v");
    assert_eq!(machine.task().counter(), at);
    for (name, change) in changes {
        let mut changed = machine.clone();
        assert!(!change(&mut changed, &text(65_537), &fragment(65_537)), "{name} takes it");
        assert!(changed == machine, "{name} was refused and left a trace");
        assert!(change(&mut changed, &text(65_536), &fragment(65_536)), "{name} refuses it");
    }
}

// Input.

/// A machine about to execute an input instruction, with this input.
fn reading(word: &str, given: &str) -> Machine {
    let mut machine = bench("", word);
    machine.give_input(given);
    machine
}

#[test]
fn a_line_is_taken_without_its_end() {
    let rows = [
        ("one\ntwo\n", "\"one\"", "two\n"),
        ("one\r\ntwo", "\"one\"", "two"),
        ("\nx", "\"\"", "x"),
        ("\r\n", "\"\"", ""),
        ("a\rb\nc", "\"a\\rb\"", "c"),
        ("ñ→\n", "\"ñ→\"", ""),
    ];
    for (given, taken, rest) in rows {
        let mut machine = reading("input.line", given);
        machine.step().unwrap();
        assert_eq!((stack(&machine).as_str(), machine.input().rest()), (taken, rest));
    }
}

#[test]
fn a_line_that_is_not_complete_waits_and_resumes() {
    let mut machine = reading("input.line", "on");
    let before = machine.clone();
    assert_eq!(machine.step(), Err(Stop::Input));
    assert_eq!(machine, before);
    machine.give_input("e\nt");
    machine.step().unwrap();
    assert_eq!((stack(&machine).as_str(), machine.input().rest()), ("\"one\"", "t"));

    let mut machine = reading("input.line", "last");
    assert_eq!(machine.step(), Err(Stop::Input));
    machine.end_input();
    machine.step().unwrap();
    assert_eq!((stack(&machine).as_str(), machine.input().rest()), ("\"last\"", ""));

    let mut machine = reading("input.line", "");
    machine.end_input();
    assert_eq!(machine.step(), Err(Stop::Input), "at the end there is nothing to take");
    machine.give_input("more\n");
    machine.step().unwrap();
    assert_eq!(stack(&machine), "\"more\"");
}

#[test]
fn a_line_that_is_no_text_is_a_fault() {
    for (given, length) in
        [("\n", None), ("\r\n", None), ("x\n", Some(65_537)), ("xxx", Some(65_539))]
    {
        let mut machine = reading("input.line", &format!("{}{given}", "x".repeat(65_536)));
        let stop = length.map(|bytes| {
            Stop::Fault(Fault::TextLength { instruction: "input.line".into(), bytes })
        });
        assert_eq!(machine.step().err(), stop);
    }
    let mut machine = reading("input.line", &"x".repeat(65_536));
    assert_eq!(machine.step(), Err(Stop::Input), "its end may still come");
    machine.end_input();
    assert_eq!(machine.step(), Ok(()));
}

#[test]
fn characters_and_the_end() {
    let mut machine = bench("", "input.char");
    machine
        .write(Place::new(0, AT + 1), &line("input.ended input.char input.char input.ended"))
        .unwrap();
    machine.give_input("ñ");
    machine.give_input("\r\n");
    assert_eq!(machine.run(9), Stop::Input);
    assert_eq!((stack(&machine).as_str(), machine.input().rest()), ("\"ñ\" 0 \"\\r\" \"\\n\"", ""));
    let waiting = machine.clone();
    machine.give_input("");
    assert_eq!(machine, waiting, "nothing was given");
    machine.end_input();
    assert_eq!(machine.step(), Ok(()));
    assert_eq!(stack(&machine), "\"ñ\" 0 \"\\r\" \"\\n\" 1");

    let mut machine = waiting;
    machine.give_input("x");
    assert_eq!(machine.step(), Ok(()));
    assert_eq!(
        (stack(&machine).as_str(), machine.input().rest()),
        ("\"ñ\" 0 \"\\r\" \"\\n\" 0", "x")
    );

    let mut machine = reading("input.char", "");
    machine.end_input();
    assert_eq!(machine.step(), Err(Stop::Input), "no character is left");
    machine.give_input("x");
    assert!(!machine.input().ended(), "giving more reopens an ended input");
    assert_eq!(machine.step(), Ok(()));
}

// Limits: an instruction that reaches the limit runs; one that would pass it waits until it is raised.

fn at_its_limit(machine: &Machine, kind: LimitKind, needed: u64) {
    let mut machine = machine.clone();
    machine.set_limit(kind, needed - 1).unwrap();
    let before = machine.clone();
    assert_eq!(machine.step(), Err(Stop::Limit(kind)));
    assert_eq!(machine, before);
    assert_eq!(machine.run(5), Stop::Limit(kind));
    machine.set_limit(kind, needed).unwrap();
    assert_eq!(machine.step(), Ok(()), "{kind} of {needed} is enough");
    assert_eq!(machine.retired(), before.retired() + 1);
}

#[test]
fn each_limit_stops_before_the_instruction() {
    use LimitKind::{Calls, Memory, Output, Parameters, Text};
    // main, f, a block: 100 cells each; data: 3.
    at_its_limit(&bench("5", "allocate"), Memory, 308);
    at_its_limit(&bench("0", "allocate"), Memory, 304);
    for word in ["7", "\"x\"", "@2", "&f", "depth", "dup", "over", "tuck"] {
        at_its_limit(&bench("1 2", word), Parameters, 3);
    }
    at_its_limit(&bench("1 2", "2dup"), Parameters, 4);
    let mut assigned = bench("1 2", "pick:i");
    assigned.set_local(FrameId(0), "i", Some(&Instruction::Integer(1))).unwrap();
    at_its_limit(&assigned, Parameters, 3);
    for word in ["input.line", "input.char", "input.ended"] {
        at_its_limit(&reading(word, "x\n"), Parameters, 1);
    }
    for (before, word) in [
        ("", "f"),
        ("@2", "call"),
        ("1 @2", "if"),
        ("1 @1 @2", "if-else"),
        ("@2", "repeat"),
        ("1 @2", "repeat_if"),
    ] {
        at_its_limit(&bench(before, word), Calls, 2);
    }
    at_its_limit(&bench("123", "print"), Output, 3);
    at_its_limit(&bench("\"ñ\"", "print_line"), Output, 3);
    at_its_limit(&bench("\"añ\" \"x\"", "str_join"), Text, 3 + 1 + 4);
    at_its_limit(&bench("1234", "int_to_str"), Text, 4);
    at_its_limit(&bench("241", "code_to_str"), Text, 2);
    at_its_limit(&bench("\"abc\" 0 2", "sub_str"), Text, 5);
    at_its_limit(&reading("input.line", "abc\n"), Text, 3);
    at_its_limit(&reading("input.char", "ñ"), Text, 2);
}

#[test]
fn what_needs_no_more_room_runs_beyond_a_limit() {
    let mut machine = bench("1 2 3", "swap");
    for kind in LimitKind::ALL {
        machine.set_limit(kind, 0).unwrap();
    }
    assert_eq!(machine.step(), Ok(()));
    machine.write(Place::new(0, AT + 1), &line("drop + drop")).unwrap();
    machine.push(&values("4")).unwrap();
    assert_eq!(machine.run(9), Stop::Breakpoint);
    assert_eq!(machine.task().parameters().len(), 1);
    machine.write(Place::new(0, AT + 4), &line("[ ] 0 swap if")).unwrap();
    assert_eq!(machine.run(9), Stop::Limit(LimitKind::Parameters));
}

#[test]
fn limits_have_a_highest_value() {
    let mut machine = Machine::new();
    for kind in LimitKind::ALL {
        machine.set_limit(kind, kind.maximum()).unwrap();
        let before = machine.clone();
        assert!(machine.set_limit(kind, kind.maximum() + 1).is_err());
        assert!(machine.set_limit(kind, u64::MAX).is_err());
        assert_eq!(machine, before);
        assert_eq!(machine.limits().get(kind), kind.maximum());
    }
}

#[test]
fn the_text_limit_counts_what_can_be_reached() {
    // Each pass makes three texts that nothing keeps; together they are far beyond the limit.
    let words = "0 1 [ 1+ dup int_to_str \"abcdefgh\" str_join drop dup 5000 < ] repeat_if";
    let looping = words.replace("] repeat_if", "end ] repeat_if");
    let mut machine = oracle::words::machine(&[], &looping);
    assert_eq!(machine.text_bytes(), 8);
    // The literal, the number and the joined text: 8 + 4 + 12.
    machine.set_limit(LimitKind::Text, 24).unwrap();
    assert_eq!(machine.run(u64::MAX), Stop::Finished);
    assert_eq!((stack(&machine).as_str(), machine.text_bytes()), ("5000", 8));
    // A text that can already be reached takes no more room, wherever it is.
    for keeper in ["assign:t", "1 allocate dup assign:d 0 memory.set", "label:x"] {
        let mut machine =
            oracle::words::machine(&[], &format!("1234 int_to_str {keeper} 1234 int_to_str"));
        machine.set_limit(LimitKind::Text, 4).unwrap();
        assert_eq!(machine.run(99), Stop::Finished, "{keeper}");
        assert_eq!(machine.text_bytes(), 4);
        // If the first text is kept, another one has no room.
        machine.drop_top(1).unwrap();
        machine.write(machine.task().counter(), &line("5678 int_to_str")).unwrap();
        let kept = keeper != "label:x";
        let room = if kept { Stop::Limit(LimitKind::Text) } else { Stop::Finished };
        machine.drop_top(machine.task().parameters().len()).unwrap();
        assert_eq!(machine.run(99), room, "{keeper}");
    }
    let mut machine =
        oracle::words::machine(&[], "1234 int_to_str drop 5678 int_to_str 9 int_to_str");
    machine.set_limit(LimitKind::Text, 4).unwrap();
    assert_eq!(machine.run(99), Stop::Limit(LimitKind::Text));
    assert_eq!(stack(&machine), "\"5678\" 9");
    machine.write(machine.task().counter(), &line("swap drop")).unwrap();
    assert_eq!(machine.run(99), Stop::Finished, "dropping a text makes room");
    assert_eq!(stack(&machine), "\"9\"");
}
