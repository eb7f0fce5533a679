//! `while`, `times` and `leave`: what they do, what they keep, and that a program can be stopped, saved,
//! edited and renumbered anywhere in them.

use midflight::program::image::Image;
use midflight::session::Session;
use midflight::session::command;
use midflight::session::load::image_of_program;
use midflight::view::screen::screen;
use midflight::view::stacks::calls;
use midflight::vm::machine::Machine;
use midflight::vm::stop::{Fault, Stop};

fn machine(program: &str) -> Machine {
    image_of_program(program).unwrap_or_else(|no| panic!("{no}\n{program}")).machine
}

/// The stack that a program leaves, run at full speed and one instruction at a time.
#[track_caller]
fn result(program: &str) -> String {
    let (mut fast, mut slow) = (machine(program), machine(program));
    let stop = fast.run(100_000);
    assert_eq!(stop, Stop::Finished, "{program}: {}", fast.show_stack());
    while slow.step().is_ok() {}
    assert!(fast == slow, "{program}");
    fast.show_stack()
}

#[track_caller]
fn fault(program: &str) -> Fault {
    match machine(program).run(100_000) {
        Stop::Fault(fault) => fault,
        stop => panic!("{program}: {stop}"),
    }
}

fn session(program: &str) -> Session {
    Session::new(image_of_program(program).unwrap())
}

fn tell(session: &mut Session, line: &str) {
    session.apply(&command::read(line).unwrap()).unwrap_or_else(|no| panic!("{line}: {no}"));
}

fn turns(machine: &Machine) -> Vec<String> {
    calls(machine, 99).frames.into_iter().map(|frame| frame.turns).collect()
}

#[test]
fn times_runs_its_body_that_often() {
    assert_eq!(result("0 5 [ 1 + ] times"), "5");
    assert_eq!(result("7 0 [ 1 + ] times"), "7");
    assert_eq!(result("3 [ 2 [ 8 ] times ] times"), "8 8 8 8 8 8");
    assert_eq!(result("[ 5 assign: a a a ] bind: f 2 pushf: f times"), "5 5 5 5");
    assert_eq!(fault("-1 [ ] times").word(), "negative");
    assert_eq!(fault("[ ] 3 times").word(), "operands");
    assert_eq!(fault("3 times").word(), "operands");
    // Two turns of two instructions each, and an end each.
    let mut counted = machine("2 [ 1 drop ] times");
    counted.run(99);
    assert_eq!(counted.retired(), 3 + 2 * 3);
}

#[test]
fn while_asks_its_condition_before_each_turn() {
    assert_eq!(result("0 assign: i [ i 3 < ] [ i i 1 + assign: i ] while 9"), "0 1 2 9");
    assert_eq!(result("[ 0 ] [ 5 ] while 9"), "9");
    assert_eq!(result("3 [ dup ] [ 1 - ] while"), "0");
    let until = "1 assign: p [ p 100 < ] [ p 2 * assign: p ] while p";
    assert_eq!(result(until), "128");
    assert_eq!(fault("[ ] 1 while").word(), "operands");
    assert_eq!(fault("[ ] while").word(), "operands");
    assert_eq!(fault("[ 1 drop ] [ 5 ] while"), Fault::NoFlag);
    assert_eq!(
        result("[ dup 0 > ] bind: more [ 1 - ] bind: less 4 pushf: more pushf: less while"),
        "0"
    );
    assert_eq!(result("[ dup 0 > ] bind: more 4 pushf: more [ 1 - ] while"), "0");
}

#[test]
fn a_function_that_repeats_has_a_new_frame_in_each_turn() {
    let twice = "[ seen call ] bind: f";
    let once = "[ 1 assign: seen get: last 1 set: last ] bind: f 0 set: last 3 pushf: f times";
    assert_eq!(result(once), "0 1 1");
    assert_eq!(fault("[ n 1 assign: n ] bind: f 1 pushf: f times").word(), "unassigned");
    assert!(machine(twice).run(9) == Stop::Finished);
    // `return` ends the turn.
    assert_eq!(result("[ 7 return 8 ] bind: f 2 pushf: f times"), "7 7");
    assert_eq!(result("[ dup 0 > return ] bind: f [ 1 - ] bind: g 3 pushf: f pushf: g while"), "0");
}

#[test]
fn the_two_blocks_of_while_may_have_two_frames() {
    // The body is a block of the caller, the condition one of the callee.
    let count =
        "[ assign: body 3 assign: i [ i 0 > ] [ i 1 - assign: i body call ] while ] bind: count
                 0 assign: i [ i 10 + assign: i ] count i";
    assert_eq!(result(count), "30");
    let directly = "[ assign: body 0 assign: i
                      [ i 1 + assign: i i 4 < ] body while i ] bind: count
                    0 assign: i [ i 10 + assign: i ] count i";
    assert_eq!(result(directly), "4 30");
    // Of a frame that has ended, a block without locals still runs.
    let ended = "[ [ 1 - dup ] [ 5 drop ] ] bind: make 4 make while";
    assert_eq!(result(ended), "0");
    assert_eq!(fault("[ assign: n [ n ] ] bind: make [ 1 ] 4 make while").word(), "frame");
}

#[test]
fn leave_ends_the_innermost_loop_of_this_call() {
    assert_eq!(result("[ 1 leave 2 ] repeat 3"), "1 3");
    assert_eq!(result("1 [ 4 leave 1 ] repeat_if 3"), "4 3");
    assert_eq!(result("9 [ 4 leave ] times 3"), "4 3");
    assert_eq!(result("[ 1 ] [ 4 leave ] while 3"), "4 3");
    assert_eq!(result("[ 4 leave ] [ 5 ] while 3"), "4 3");
    // Out of blocks within it, but not out of the next one.
    assert_eq!(result("2 [ 7 [ 1 [ 1 [ leave ] if ] if 8 ] repeat 9 ] times"), "7 9 7 9");
    // Out of a function that was called in between, which was given the block.
    assert_eq!(result("[ call 5 ] bind: f [ 1 [ leave ] f 2 ] repeat 3"), "1 3");
    // Not one that another function began: `each` repeats, main does not.
    let each = "[ assign: body [ body call ] repeat ] bind: each [ 1 leave ] each";
    assert_eq!(fault(each), Fault::NoLoop { function: "main".into() });
    let own = "[ assign: body [ body call ] repeat ] bind: each [ [ 1 leave ] each ] repeat 2";
    assert_eq!(result(own), "1 2");
    // A function that repeats has begun nothing itself.
    let function = "[ leave ] bind: f 3 pushf: f times";
    assert_eq!(fault(function), Fault::NoLoop { function: "f".into() });
    assert_eq!(fault("leave").word(), "loop");
    assert_eq!(fault("1 [ leave ] if").word(), "loop");
    let ended = "[ [ leave ] ] bind: make [ make call ] repeat";
    assert_eq!(fault(ended).word(), "frame");
}

const PROGRAMS: [&str; 6] = [
    "3 [ 2 [ 8 drop ] times ] times 9",
    "0 assign: i [ i 3 < ] [ i 1 + assign: i  2 [ 1 drop ] times ] while i",
    "[ assign: b 3 assign: i [ i 1 - assign: i i ] b while ] bind: f 0 assign: n [ n 1 + assign: n ] f n",
    "[ [ 1 - dup ] [ 5 drop ] ] bind: make 4 make while",
    "[ dup 0 > ] bind: more [ assign: n n 1 - ] bind: less 3 pushf: more pushf: less while",
    "[ 1 assign: a 2 assign: b ] bind: f 3 pushf: f times",
];

#[test]
fn an_image_is_saved_anywhere_in_a_loop() {
    for program in PROGRAMS {
        let mut image = image_of_program(program).unwrap();
        let mut whole = image.machine.clone();
        whole.run(10_000);
        loop {
            let text = image.to_file_text();
            let read = Image::from_file_text(&text).unwrap_or_else(|no| panic!("{no}\n{text}"));
            assert!(read == image, "{text}");
            image = read;
            if image.machine.step().is_err() {
                break;
            }
        }
        assert!(image.machine == whole, "{program}");
    }
}

#[test]
fn a_file_says_what_is_kept() {
    let kept = |program: &str, fuel| {
        let mut image = image_of_program(program).unwrap();
        image.machine.run(fuel);
        let text = image.to_file_text();
        let line = text.lines().find(|line| line.contains("again:")).unwrap_or_default();
        line.trim().to_owned()
    };
    let times = "(body: 1, returns_to: 3, again: Times(left: 4)), // block in main";
    assert_eq!(kept("5 [ 1 drop ] times", 3), times);
    let program = "[ 1 ] [ 2 drop ] while";
    let condition = "again: Condition(body: \"@200/1\")";
    assert!(kept(program, 3).contains(condition), "{}", kept(program, 3));
    let body = "again: Body(condition: \"@100/1\")";
    assert!(kept(program, 5).contains(body), "{}", kept(program, 5));
}

#[test]
fn forged_loops_are_refused_by_name() {
    let forged = |program: &str, fuel, from: &str, to: &str| {
        let mut image = image_of_program(program).unwrap();
        image.machine.run(fuel);
        let text = image.to_file_text();
        assert!(text.contains(from), "{text}");
        Image::from_file_text(&text.replace(from, to)).unwrap_err().to_string()
    };
    let times = |to: &str| forged("5 [ 1 drop ] times", 3, "Times(left: 4)", to);
    let left = "task 0, call 1: `times` keeps how many turns are left, 0 or more";
    assert_eq!(times("Times(left: -1)"), left);
    let large = times("Times(left: 1152921504606846976)");
    assert!(large.starts_with("task 0, call 1: ") && large.contains("does not fit"), "{large}");
    assert!(times("Times(left: 9223372036854775808)").contains("out of range"));
    assert!(times("Times").contains("`(` is expected here"), "{}", times("Times"));
    assert!(times("Times(left: 4, of: 9)").contains("`of`"));
    let code = "task 0, call 1: `while` keeps the address of a block or function";
    assert_eq!(times("Body(condition: \"4\")"), code);
    let program = "[ 1 ] [ 2 drop ] while";
    let body = |to: &str| forged(program, 3, "body: \"@200/1\"", to);
    assert!(body("body: \"@700\"").contains("what `while` keeps: no body starts at 700"));
    assert!(body("body: \"@200/9\"").contains("there has been no frame 9"));
    assert!(body("body: \"1 2\"").contains("a loop has one value, not 2"));
    assert!(body("body: \"dup\"").starts_with("task 0, call 1"), "{}", body("body: \"dup\""));
    let first = forged("5 [ 1 drop ] times", 3, "version: 6", "version: 1");
    assert_eq!(first, "calls: an image of version 1 has no `while` or `times`");
    let bottom = forged("", 0, "(body: 0)", "(body: 0, again: Times(left: 1))");
    assert!(bottom.contains("must be a plain call of `main`"), "{bottom}");
}

#[test]
fn frames_are_numbered_again_in_loops_too() {
    for program in [
        "[ 1 drop ] bind: f [ assign: b 9 assign: i [ f f i 1 - assign: i i ] b while ] bind: g
         f f f 0 assign: n [ n 1 + assign: n f ] g n",
        "[ dup 0 > ] bind: more [ 1 - ] bind: less 30 pushf: more pushf: less while",
        "[ 1 drop ] bind: f 40 pushf: f times 3 [ f f f ] times",
    ] {
        let mut plain = machine(program);
        let mut bounded = machine(program);
        bounded.number_frames_up_to(7);
        assert_eq!((plain.run(9_999), bounded.run(9_999)), (Stop::Finished, Stop::Finished));
        assert_eq!(plain.show_stack(), bounded.show_stack(), "{program}");
        assert_eq!(plain.retired(), bounded.retired());
        // However the run is divided.
        let mut stepped = machine(program);
        stepped.number_frames_up_to(7);
        while stepped.step().is_ok() {}
        assert!(stepped == bounded, "{program}");
    }
}

#[test]
fn a_block_that_a_loop_keeps_is_followed_by_edits_and_not_removed() {
    let mut session = session("[ 1 drop ] bind: more 3 pushf: more [ 1 - ... ] while");
    // The body waits, and the condition, which is kept, is replaced.
    tell(&mut session, "redefine more `dup end`");
    tell(&mut session, "run 4");
    let refused = |session: &mut Session, line: &str| {
        session.apply(&command::read(line).unwrap()).unwrap_err().to_string()
    };
    tell(&mut session, "run 9");
    assert_eq!(session.machine().waits(), Some(Stop::Breakpoint));
    tell(&mut session, "redefine more `dup 0 > end`");
    tell(&mut session, "write 2:2 `end` | run 99");
    assert_eq!(session.machine().show_stack(), "0");
    assert_eq!(session.machine().waits(), Some(Stop::Finished));
    session.undo().unwrap();
    let before = session.image().clone();
    tell(&mut session, "delete 0:1 2");
    let no = refused(&mut session, "remove 2");
    assert!(no.contains("cannot be removed"), "{no}");
    session.undo().unwrap();
    assert_eq!(*session.image(), before);
}

#[test]
fn what_a_loop_keeps_is_not_removed() {
    let mut session = session("[ 1 ... ] [ 2 drop ] while");
    tell(&mut session, "run 9 | delete 0:1 2");
    let no = session.apply(&command::read("remove 2").unwrap()).unwrap_err().to_string();
    assert!(no.contains("a loop on the call stack points into it"), "{no}");
}

#[test]
fn a_new_local_of_a_running_function_moves_nothing_that_is_kept() {
    let mut session = session("[ 1 assign: a ... ] bind: f 5 pushf: f times");
    tell(&mut session, "run 5");
    assert_eq!(turns(session.machine()), ["times: 4 more turns", ""]);
    tell(&mut session, "write 1:2 `2 assign: b 3 assign: c b c` | run 6");
    assert_eq!(session.machine().show_stack(), "2 3");
    assert_eq!(turns(session.machine()), ["times: 4 more turns", ""]);
    tell(&mut session, "write 1:8 `end` | run 99");
    assert_eq!(session.machine().show_stack(), "(4 more) 2 3 2 3 2 3");
    // A restart begins the same turn again.
    session.undo().unwrap();
    tell(&mut session, "restart 1 `7` | run 8");
    assert_eq!(session.machine().show_stack(), "7 2 3");
    assert_eq!(turns(session.machine()), ["times: 4 more turns", ""]);
}

#[test]
fn the_call_stack_shows_the_turn() {
    let mut image = image_of_program("[ 1 ] [ 2 [ 3 drop ] times ] while").unwrap();
    let mut seen = Vec::new();
    for _ in 0..13 {
        image.machine.step().unwrap();
        seen.extend(turns(&image.machine).into_iter().find(|turn| !turn.is_empty()));
    }
    seen.dedup();
    let condition = "while: the condition; the body is @200/1";
    let body = "while: the body; the condition is @100/1";
    let [more, last] = ["times: 1 more turn", "times: the last turn"];
    assert_eq!(seen, [condition, body, more, last]);
    let text = screen(&image);
    assert!(text.contains("times block of main at 302\n     times: the last turn\n"), "{text}");
}

#[test]
fn old_texts_mean_what_they_meant() {
    let old = "midflight-session 1\nbase program `[ 7 ] bind: while`\n\
               write 0:0 `5 assign: times times leave while` | run 2\n";
    let read = midflight::session::recording::Recording::read(old).unwrap();
    let (journal, end) = read.journal().unwrap();
    let mut session = Session::of_recording(journal, end);
    session.goto(end).unwrap();
    let text = session.image().to_file_text();
    assert!(text.contains("times call: leave while"), "{text}");
}
