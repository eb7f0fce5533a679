//! Control flow: calls, blocks, loops, `return` and `end`, and the two ways to be finished.

mod oracle;
mod support;

use midflight::vm::frame::Again;
use midflight::vm::index::{Body, DataId, FrameId};
use midflight::vm::limit::LimitKind;
use midflight::vm::machine::Machine;
use midflight::vm::memory::Place;
use midflight::vm::stop::{Fault, Stop};
use oracle::words::{instruction, line, machine, stack, values};

/// Runs a program to its end and returns the parameter stack.
fn result(functions: &[(&str, &str)], main: &str) -> String {
    let mut machine = machine(functions, main);
    assert_eq!(machine.run(100_000), Stop::Finished, "{} in {main}", stack(&machine));
    assert_eq!(machine.task().calls().depth(), 1);
    stack(&machine)
}

#[test]
fn return_leaves_the_function_out_of_any_number_of_blocks() {
    let f = "1 1 [ 2 1 [ 3 1 [ 4 return 5 end ] if 6 end ] if 7 end ] if 8 end";
    assert_eq!(result(&[("f", f)], "f 9"), "1 2 3 4 9");
    let f = "1 [ 2 1 [ 3 1 return_if 5 end ] if 6 end ] call 8 end";
    assert_eq!(result(&[("f", f)], "f 9"), "1 2 3 9");
    let f = "1 [ 2 1 [ 3 0 return_if 5 end ] if 6 end ] call 8 end";
    assert_eq!(result(&[("f", f)], "f 9"), "1 2 3 5 6 8 9");
    assert_eq!(result(&[("f", "1 return 2"), ("g", "f 3 end")], "g 4"), "1 3 4");
}

#[test]
fn fib_of_ten() {
    let fib = "assign:i pick:i 3 < [ 1 return ] if pick:i 2 - fib pick:i 1 - fib + return";
    assert_eq!(result(&[("fib", fib)], "10 fib"), "55");
    let end = "assign:i pick:i 3 < [ 1 end ] [ pick:i 2 - fib pick:i 1 - fib + end ] if-else end";
    assert_eq!(result(&[("fib", end)], "12 fib"), "144");
}

#[test]
fn a_block_given_away_sees_its_owners_locals() {
    // g has a local of the same name, but the block uses f's.
    let g = "assign:block 100 assign:i pick:block call pick:i end";
    let f = "7 assign:i [ pick:i 1+ assign:i pick:i end ] g pick:i end";
    assert_eq!(result(&[("f", f), ("g", g)], "f"), "8 100 8");
    // A block of main that f runs.
    assert_eq!(result(&[("f", "call 5 end")], "3 assign:i [ pick:i end ] f"), "3 5");
}

#[test]
fn return_in_a_block_given_away_leaves_its_owner() {
    let g = "1 swap call 2 end";
    let h = "g 3 end";
    let f = "[ 4 return ] h 5 end";
    assert_eq!(result(&[("f", f), ("g", g), ("h", h)], "f 6"), "1 4 6");
    // Through a loop of another function.
    let each = "assign:b 0 1 [ 1+ dup pick:b call 1 end ] repeat_if end";
    let find = "[ 4 = [ 44 return ] if end ] each end";
    assert_eq!(result(&[("each", each), ("find", find)], "find 6"), "4 44 6");
}

#[test]
fn a_block_runs_in_the_frame_it_was_made_in() {
    // The block made by f(2) runs under f(0) and sees f(2)'s local.
    let f = "assign:n pick:n 2 = [ [ pick:n end ] end ] if pick:n 0 = [ call return ] if pick:n 1- f pick:n end";
    assert_eq!(result(&[("f", f)], "2 f"), "2 1 2");
    // The same through another function, where the machine must search for the frame.
    let through = f.replace("[ call return ]", "[ g return ]");
    assert_eq!(result(&[("f", &through), ("g", "call end")], "2 f"), "2 1 2");
    // And `return` in it leaves f(2).
    let f = "assign:n pick:n 0 = [ call 8 end ] if pick:n 0 > [ pick:n 2 = [ [ 77 return ] end ] if pick:n 1 - f pick:n end ] if end";
    assert_eq!(result(&[("f", f)], "2 f"), "77");
}

#[test]
fn a_block_whose_owner_is_not_alive_has_no_locals() {
    let f = "5 assign:i [ pick:i end ] end";
    let mut m = machine(&[("f", f)], "f call");
    let no_frame = |word: &str| {
        Stop::Fault(Fault::NoFrame {
            instruction: word.to_string(),
            function: "f".to_string(),
            has_others: false,
        })
    };
    assert_eq!(m.run(99), no_frame("i"));
    assert_eq!(
        m.waits().unwrap().to_string(),
        "`i` needs the frame of `f` that this code belongs to, and that frame has ended"
    );
    for (word, message) in
        [("return", "return"), ("return_if", "return_if"), ("assign:i", "assign: i")]
    {
        m.replace(m.task().counter(), &line(word)).unwrap();
        m.push(&values("1")).unwrap();
        assert_eq!(m.waits(), Some(no_frame(message)));
    }
    m.replace(m.task().counter(), &line("6")).unwrap();
    assert_eq!(m.run(99), Stop::Finished, "`end` needs no frame");
    assert_eq!(stack(&m), "1 1 1 6");
}

#[test]
fn a_local_belongs_to_one_frame() {
    let f = "assign:i pick:i 0 > [ pick:i 1 - f pick:i end ] if end";
    assert_eq!(result(&[("f", f)], "3 f"), "1 2 3");
    let mut m = machine(&[("f", "pick:i assign:i")], "5 assign:i f");
    let unassigned = Fault::Unassigned { local: "i".into(), function: "f".into() };
    assert_eq!(m.run(99), Stop::Fault(unassigned));
}

#[test]
fn repeat_runs_until_it_is_left() {
    let f = "0 assign:i [ pick:i 1+ assign:i pick:i pick:i 3 = return_if end ] repeat 9";
    assert_eq!(result(&[("f", f)], "f 5"), "1 2 3 5");
    // The end of the loop's block costs one instruction, and so does each entry.
    let mut m = machine(&[], "0 [ 1+ end ] repeat");
    assert_eq!((m.run(3 + 2 * 1000), stack(&m).as_str()), (Stop::OutOfFuel, "1000"));
    assert_eq!((m.task().calls().depth(), m.retired()), (2, 2003));
    assert_eq!(m.task().calls().innermost().again, Again::Always);
}

#[test]
fn repeat_if_takes_a_flag_first_and_after_every_pass() {
    assert_eq!(result(&[], "5 0 [ 7 1 end ] repeat_if"), "5");
    assert_eq!(result(&[], "3 dup [ dup 1- dup end ] repeat_if"), "3 2 1 0");
    assert_eq!(result(&[], "1 [ 8 0 end ] repeat_if 9"), "8 9");
    assert_eq!(result(&[], "3 1 [ 1- dup 0 > end ] repeat_if"), "0");
    // Any value except zero is true.
    assert_eq!(result(&[], "\"\" [ 4 0 end ] repeat_if"), "4");
    let text_or_zero = "dup 3 < [ \"\" end ] [ 0 end ] if-else";
    assert_eq!(result(&[], &format!("0 1 [ 1+ {text_or_zero} end ] repeat_if")), "3");
    let mut m = machine(&[], "1 [ drop \"x\" end ] repeat_if");
    m.push(&values("1")).unwrap();
    assert_eq!(m.run(5), Stop::OutOfFuel);
    assert_eq!(
        m.run(95),
        Stop::Fault(Fault::Operands {
            instruction: "drop".into(),
            needs: "a value".into(),
            stack: String::new()
        })
    );
}

#[test]
fn the_end_of_a_repeat_if_block_needs_a_flag() {
    let mut m = machine(&[], "1 [ end ] repeat_if 5");
    assert_eq!(m.run(99), Stop::Fault(Fault::NoFlag));
    assert_eq!(m.retired(), 3);
    let before = m.clone();
    assert_eq!(m.step(), Err(Stop::Fault(Fault::NoFlag)));
    assert_eq!(m, before);
    m.push(&values("1")).unwrap();
    assert_eq!((m.run(1), stack(&m).as_str()), (Stop::Fault(Fault::NoFlag), ""));
    m.push(&values("0")).unwrap();
    assert_eq!((m.run(99), stack(&m).as_str()), (Stop::Finished, "5"));
}

#[test]
fn return_out_of_loops() {
    let f = "3 1 [ 1 [ 2 return ] repeat_if 1 end ] repeat_if 4";
    assert_eq!(result(&[("f", f)], "f 5"), "3 2 5");
    let f = "[ [ [ 1 return ] repeat ] repeat ] repeat";
    assert_eq!(result(&[("f", f)], "f f"), "1 1");
}

#[test]
fn functions_are_run_by_if_and_repeat() {
    assert_eq!(result(&[("f", "7 end")], "1 &f if 0 &f if"), "7");
    assert_eq!(
        result(&[("f", "7 end"), ("g", "8 return")], "1 &f &g if-else 0 &f &g if-else"),
        "7 8"
    );
    assert_eq!(result(&[("f", "1- dup end")], "3 1 &f repeat_if"), "0");
    // `return` ends one run of a function under `repeat_if`, and takes the flag as `end` does.
    assert_eq!(result(&[("f", "1- dup return 99")], "3 1 &f repeat_if"), "0");
    assert_eq!(result(&[("f", "1- dup 1 return_if 99")], "3 1 &f repeat_if"), "0");
    assert_eq!(result(&[("f", "1- dup 1 [ return ] if 99")], "3 1 &f repeat_if"), "0");
    let mut m = machine(&[("f", "1 return_if")], "1 &f repeat_if 5");
    assert_eq!(m.run(99), Stop::Fault(Fault::NoFlag), "`return_if` takes its own flag too");
    assert_eq!(stack(&m), "1");
    m.drop_top(1).unwrap();
    m.push(&values("0 1")).unwrap();
    assert_eq!((m.run(99), stack(&m).as_str()), (Stop::Finished, "5"));
}

#[test]
fn a_function_under_repeat_starts_with_cleared_locals() {
    let mut m = machine(&[("f", "assign:i end")], "1 2 3 &f repeat");
    m.push(&[]).unwrap();
    let short = Fault::Operands {
        instruction: "assign: i".into(),
        needs: "a value".into(),
        stack: String::new(),
    };
    assert_eq!(m.run(99), Stop::Fault(short));
    let top = m.task().calls().innermost();
    assert_eq!(
        (top.again, m.locals(top)),
        (Again::Always, vec![]),
        "the local of the last pass is gone"
    );
    assert_eq!(m.retired(), 5 + 3 * 2);
}

#[test]
fn return_in_main_cuts_the_call_stack_and_is_finished() {
    let mut m = machine(&[("f", "call end")], "5 [ 6 return 7 end ] f 8");
    assert_eq!(m.run(4), Stop::OutOfFuel);
    assert_eq!((stack(&m).as_str(), m.task().calls().depth()), ("5", 3));
    let place = Place::new(2, 1);
    assert_eq!(m.run(1), Stop::OutOfFuel);
    assert_eq!(m.step(), Ok(()), "cutting the stack is one instruction");
    assert_eq!((m.retired(), m.task().counter(), m.task().calls().depth()), (6, place, 1));
    assert_eq!((m.run(9), m.retired()), (Stop::Finished, 6));
    // What is written there runs.
    m.insert(place, &line("9")).unwrap();
    assert_eq!((m.run(9), stack(&m).as_str()), (Stop::Finished, "5 6 9"));
}

#[test]
fn a_finished_program_goes_on() {
    let mut m = machine(&[], "1 2");
    assert_eq!((m.run(99), m.retired()), (Stop::Finished, 2));
    m.write(Place::new(0, 2), &line("+")).unwrap();
    assert_eq!(m.run(0), Stop::OutOfFuel);
    assert_eq!((m.run(99), stack(&m).as_str(), m.retired()), (Stop::Finished, "3", 3));
    // With an instruction further on, the machine waits at the empty cells before it.
    m.write(Place::new(0, 7), &line("4")).unwrap();
    assert_eq!(m.run(99), Stop::Breakpoint);
    m.set_counter(Place::new(0, 7)).unwrap();
    assert_eq!((m.run(99), stack(&m).as_str()), (Stop::Finished, "3 4"));
    m.set_counter(Place::new(0, 99)).unwrap();
    assert_eq!(m.run(99), Stop::Finished);
    for word in ["end", "return", "1 return_if"] {
        let mut m = machine(&[], &format!("5 {word} 6"));
        assert_eq!(m.run(99), Stop::Finished, "{word}");
        m.delete(m.task().counter(), 1).unwrap();
        assert_eq!(m.run(99), Stop::Finished);
        assert!(stack(&m).ends_with(" 6") && stack(&m).starts_with('5'));
    }
}

#[test]
fn an_empty_body_waits() {
    let mut m = machine(&[("f", "")], "f 1 [ ] if");
    assert_eq!(m.run(99), Stop::Breakpoint);
    assert_eq!((m.task().counter(), m.task().calls().depth()), (Place::new(1, 0), 2));
    m.write(Place::new(1, 0), &line("end")).unwrap();
    assert_eq!((m.run(99), m.task().counter()), (Stop::Breakpoint, Place::new(2, 0)));
    m.write(Place::new(2, 0), &line("7")).unwrap();
    assert_eq!((m.run(99), m.task().counter()), (Stop::Breakpoint, Place::new(2, 1)));
    m.write(Place::new(2, 1), &line("end")).unwrap();
    assert_eq!((m.run(99), stack(&m).as_str()), (Stop::Finished, "7"));
}

#[test]
fn main_can_be_called() {
    let main = "depth 2 < [ 1 &main call 2 return ] if 3";
    let mut m = machine(&[], main);
    assert_eq!(m.run(99), Stop::Breakpoint, "an inner main that runs out is not finished");
    assert_eq!((m.task().calls().depth(), stack(&m).as_str()), (5, "1 1 3"));
    m.write(m.task().counter(), &line("end")).unwrap();
    // The inner main returns into the block, and `return` there leaves the main that owns the block.
    assert_eq!((m.run(99), stack(&m).as_str()), (Stop::Finished, "1 1 3 2 2"));
}

#[test]
fn holes_wait_and_go_on() {
    let mut m = machine(&[("f", "1 g 4 end")], "f &g call 5");
    let missing = Stop::NotYetImplemented("g".into());
    assert_eq!((m.run(99), m.retired()), (missing.clone(), 2));
    assert_eq!((m.run(99), m.retired()), (missing, 2));
    m.define("g", &line("3 end")).unwrap();
    assert_eq!((m.run(99), stack(&m).as_str()), (Stop::Finished, "1 3 4 3 5"));
    assert_eq!(m.retired(), 12);
}

#[test]
fn a_hole_becomes_the_local_when_it_is_assigned() {
    let mut m = machine(&[("f", "1 [ i end ] if i end"), ("g", "i end")], "f g");
    let missing = Stop::NotYetImplemented("i".into());
    assert_eq!(m.run(99), missing);
    m.write(m.task().counter(), &line("5 assign:i")).unwrap();
    assert_eq!(m.run(99), missing, "g has no such local");
    assert_eq!((stack(&m).as_str(), m.task().counter().body), ("5 5", Body(2)));
}

#[test]
fn redefining_under_live_activations() {
    let f = "assign:n pick:n 0 > [ pick:n 1 - f end ] if wait pick:n end";
    let mut m = machine(&[("f", f)], "&f 1 allocate 0 memory.set &f assign:keep 2 f");
    assert_eq!(m.run(99), Stop::NotYetImplemented("wait".into()));
    m.push(&values("&f")).unwrap();
    let new = m.redefine("f", &line("drop 100 end")).unwrap();
    assert_eq!(stack(&m), "@400", "addresses on the stack are redirected");
    assert_eq!(m.show(m.memory().data(DataId(0)).unwrap().get(0).unwrap()), "@400");
    assert_eq!(m.instruction(Place::new(0, 0)), instruction("&f"));
    let main = m.task().calls().activations().last().unwrap();
    assert_eq!(m.locals(main), [("keep", instruction("&f"))]);
    assert_eq!(
        (m.memory().title(Body(1)).as_str(), m.memory().function("f")),
        ("f (replaced)", Some(new))
    );
    // The live activations finish in the old body with their locals; `wait` calls the new one.
    m.define("wait", &line("5 f 1+ end")).unwrap();
    assert_eq!((m.run(99), stack(&m).as_str()), (Stop::Finished, "@400 101 0 101 1 101 2"));
    assert!(m.remove(Body(1)).is_ok(), "nothing points into the old one any more");
    assert!(m.redefine("main", &line("1")).is_err());
    assert!(m.redefine("nothing", &line("1")).is_err());
}

#[test]
fn deep_recursion_stops_at_the_limit_and_goes_on() {
    let mut m = machine(&[("f", "1+ f end")], "0 f");
    assert_eq!(m.run(u64::MAX), Stop::Limit(LimitKind::Calls));
    assert_eq!((stack(&m).as_str(), m.task().calls().depth()), ("99999", 100_000));
    m.set_limit(LimitKind::Calls, 100_005).unwrap();
    assert_eq!(m.run(u64::MAX), Stop::Limit(LimitKind::Calls));
    assert_eq!(stack(&m), "100004");
    m.replace(m.task().counter(), &line("end")).unwrap();
    assert_eq!((m.run(u64::MAX), stack(&m).as_str()), (Stop::Finished, "100004"));
}

#[test]
fn a_frame_starts_again() {
    let f = "assign:i pick:i 0 > [ pick:i 1- f end ] if wait";
    let mut m = machine(&[("f", f)], "2 f");
    assert_eq!(m.run(99), Stop::NotYetImplemented("wait".into()));
    let calls = |m: &Machine| m.task().calls().depth();
    assert_eq!(calls(&m), 6, "main, f 2, block, f 1, block, f 0");
    for frame in [FrameId(6), FrameId(u32::MAX)] {
        let before = m.clone();
        assert!(m.restart(frame, &[]).is_err());
        assert!(m.set_local(frame, "i", None).is_err());
        assert_eq!(m, before);
    }
    m.restart(FrameId(1), &values("0")).unwrap();
    assert_eq!((m.task().counter(), calls(&m), stack(&m).as_str()), (Place::new(1, 0), 2, "0"));
    assert_eq!(m.locals(m.task().calls().innermost()), []);
    assert_eq!(m.run(99), Stop::NotYetImplemented("wait".into()));
    assert_eq!(
        (calls(&m), m.locals(m.task().calls().innermost())),
        (2, vec![("i", instruction("0"))])
    );
}

#[test]
fn the_counter_can_be_put_into_another_function() {
    let mut m = machine(&[("f", "5 assign:i pick:i return")], "f");
    m.set_counter(Place::new(1, 0)).unwrap();
    let no_frame =
        Fault::NoFrame { instruction: "assign: i".into(), function: "f".into(), has_others: false };
    assert_eq!(m.run(9), Stop::Fault(no_frame));
    assert_eq!(stack(&m), "5");
}

#[test]
fn a_machine_with_frames_can_be_printed_for_debugging() {
    let mut machine = machine(&[("f", "1 2 drop")], "7 f");
    machine.run(2);
    let printed = format!("{:?}", machine.task().calls());
    for part in ["id: FrameId(0), body: Body(0)", "id: FrameId(1), body: Body(1)"] {
        assert_eq!(printed.matches(part).count(), 1, "{printed}");
    }
}
