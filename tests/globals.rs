//! Globals: one table of values for a whole program, in the machine, in files, in commands and in what is
//! shown.

use midflight::program::image::Image;
use midflight::program::notation::Notation;
use midflight::program::scope::Scope;
use midflight::session::Session;
use midflight::session::command;
use midflight::session::load::image_of_program;
use midflight::view::screen::screen;
use midflight::vm::stop::Stop;

fn session(program: &str) -> Session {
    Session::new(image_of_program(program).unwrap())
}

fn tell(session: &mut Session, line: &str) {
    try_to(session, line).unwrap_or_else(|refused| panic!("{line}: {refused}"));
}

fn try_to(session: &mut Session, line: &str) -> Result<(), String> {
    let done = session.apply(&command::read(line).unwrap());
    done.map(drop).map_err(|refused| refused.to_string())
}

fn stack(session: &Session) -> String {
    session.machine().show_stack()
}

/// The image, after it was written to a file and read back as the same.
#[track_caller]
fn round_trip(image: &Image) -> String {
    let text = image.to_file_text();
    assert_eq!(Image::from_file_text(&text).as_ref(), Ok(image), "{text}");
    text
}

#[test]
fn all_functions_share_them_and_a_local_of_the_same_name_is_another() {
    let mut session = session(
        "[ get: n 1 + set: n ] bind: count [ assign: n count count n get: n ] bind: f
         40 set: n 7 f get: n",
    );
    tell(&mut session, "run 99");
    assert_eq!(stack(&session), "7 42 42");
}

#[test]
fn one_that_was_never_set_is_a_fault_that_a_person_can_fix() {
    let mut session = session("get: total 1 +");
    tell(&mut session, "run 9");
    let stop = session.machine().waits().unwrap();
    assert_eq!(
        stop.to_string(),
        "the global `total` has no value; give it one with `set: total` first"
    );
    tell(&mut session, "global total `41` | run 9");
    assert_eq!((stack(&session).as_str(), session.machine().waits()), ("42", Some(Stop::Finished)));
    tell(&mut session, "global total ``");
    assert!(session.machine().globals().is_empty());
    session.undo().unwrap();
    assert_eq!(session.machine().globals().len(), 1);
}

#[test]
fn a_refused_change_says_why() {
    let mut session = session("5 set: x");
    tell(&mut session, "run 9");
    let before = session.image().clone();
    for (line, why) in [
        ("global y ``", "the global `y` has no value that could be cleared"),
        ("global x `dup`", "not a value"),
        ("global x `1 2`", "type one value"),
        ("global `a b` `1`", "`a b` cannot be a name: it contains a space"),
        ("global 12 `1`", "`12` cannot be a name: it is a number"),
        ("global x `@100`", "no body starts at 100"),
    ] {
        let refused = try_to(&mut session, line).unwrap_err();
        assert!(refused.contains(why), "{line}: {refused}");
        assert_eq!(*session.image(), before, "{line}");
    }
}

#[test]
fn a_file_holds_them_and_leaves_the_field_out_when_there_are_none() {
    let mut session =
        session("[ ] bind: f 3 allocate set: d \"a \\\"b\\\"\" set: é pushf: f set: f -5 set: x");
    assert!(!round_trip(session.image()).contains("globals"));
    tell(&mut session, "run 99");
    let text = round_trip(session.image());
    let field = "    globals: {\n        \"d\": \"@200\",\n        \"f\": \"pushf: f\",\n        \
                 \"x\": \"-5\",\n        \"é\": r#\"\"a \\\"b\\\"\"\"#,\n    },\n";
    assert!(text.contains(field), "{text}");
}

#[test]
fn a_block_in_a_global_keeps_its_frame() {
    let mut session = session(
        "[ assign: n [ n 1 + assign: n n ] set: next [ drop ] set: over rest ] bind: f
         [ get: next call get: next call + ... ] bind: rest
         10 f get: next call",
    );
    tell(&mut session, "run 99");
    assert_eq!(stack(&session), "23");
    let text = round_trip(session.image());
    assert!(text.contains("\"next\": \"@300/2\""), "{text}");
    tell(&mut session, "write 2:5 `end` | run 99");
    let refused = session.machine().waits().unwrap().to_string();
    assert!(refused.contains("that frame has ended"), "{refused}");
}

#[test]
fn nothing_that_a_global_points_into_is_removed() {
    let mut session = session("[ [ 1 ] set: next ] bind: f f");
    tell(&mut session, "run 9 | redefine f ``");
    let refused = try_to(&mut session, "remove 1").unwrap_err();
    assert!(refused.contains("the global `next` points into it"), "{refused}");
    tell(&mut session, "global next `` | remove 1");
}

#[test]
fn frames_are_numbered_again_in_globals_too() {
    let program = "[ assign: n [ n ] set: block  0 [ 1 drop f ] call get: block call ] bind: g
                   [ 1 drop ] bind: f  f f f 7 g f f f";
    let mut machine = image_of_program(program).unwrap().machine;
    let mut bounded = machine.clone();
    bounded.number_frames_up_to(6);
    assert_eq!((machine.run(99), bounded.run(99)), (Stop::Finished, Stop::Finished));
    assert_eq!((machine.show_stack().as_str(), bounded.show_stack().as_str()), ("0 7", "0 7"));
    let home = |machine: &midflight::vm::machine::Machine| {
        let block = machine.globals().get("block").unwrap();
        machine.show(block)
    };
    assert_ne!(home(&machine), home(&bounded));
    assert_eq!(machine.globals().len(), bounded.globals().len());
}

#[test]
fn a_redefined_function_is_the_new_one_in_globals() {
    let mut session = session("[ 1 ] bind: f pushf: f set: action get: action call");
    tell(&mut session, "run 2 | redefine f `2` | run 9");
    assert_eq!(stack(&session), "2");
}

#[test]
fn a_fork_has_its_own() {
    let mut machine = image_of_program("1 set: x 2 set: x 3 set: y").unwrap().machine;
    machine.run(2);
    let mut fork = machine.fork();
    assert!(fork == machine);
    fork.run(9);
    assert_eq!(machine.globals().iter().count(), 1);
    assert!(fork != machine);
    machine.run(9);
    assert!(fork == machine);
    let compressed = machine.compress();
    assert!(compressed.decompress() == machine);
}

#[test]
fn a_text_prints_and_reads_back_whatever_has_the_same_name() {
    let text = "[ assign: x set: x x get: x get: f f set: dup ] bind: f\n\nget: f f set: 0xFF\n";
    let program = Notation::Forth.read_program(text).unwrap().cells;
    let printed = Notation::Forth.print_program(&program, &Scope::empty()).text;
    let again = Notation::Forth.read_program(&printed).unwrap().cells;
    assert_eq!(again, program, "{printed}");
    for (text, why) in [
        ("set:", "`set:` needs a name after it"),
        ("get: 5", "is a number"),
        ("get: [ ]", "needs a name"),
    ] {
        let report = Notation::Forth.read_program(text).unwrap_err().to_string();
        assert!(report.contains(why), "{text}: {report}");
    }
}

#[test]
fn version_1_has_no_globals() {
    let old = "midflight-session 1\nbase empty\nwrite 0:0 `set: x`\n";
    let read = midflight::session::recording::Recording::read(old).unwrap();
    let (journal, end) = read.journal().unwrap();
    assert!(Session::of_recording(journal, end).goto(end).is_err(), "`set:` is no word there");
    let mut session = session("1 set: x");
    tell(&mut session, "run 9");
    let text = round_trip(session.image()).replace("\"1 set: x\"", "\"1\"");
    let old = text.replace("version: 6", "version: 1");
    let refused = Image::from_file_text(&old).unwrap_err().to_string();
    assert_eq!(refused, "globals: an image of version 1 does not have it");
}

#[test]
fn forged_globals_are_refused_by_name() {
    let mut session = session("1 set: x");
    tell(&mut session, "run 9");
    let text = round_trip(session.image());
    for (forged, why) in [
        ("\"x y\": \"1\"", "globals: `x y` cannot be a name: it contains a space"),
        ("\"x\": \"dup\"", "global `x`: "),
        ("\"x\": \"1 2\"", "global `x`: a global has one value, not 2"),
        ("\"x\": \"\"", "global `x`: a global has one value, not 0"),
        ("\"x\": \"@0/1\"", "global `x`: no block starts at this address"),
        ("\"x\": \"@700\"", "global `x`: no body starts at 700"),
        ("\"x\": \"1\", \"x\": \"2\"", "duplicate key `x`"),
    ] {
        let changed = text.replace("\"x\": \"1\"", forged);
        assert_ne!(changed, text);
        let refused = Image::from_file_text(&changed).unwrap_err().to_string();
        assert!(refused.contains(why), "{forged}: {refused}");
    }
}

#[test]
fn the_screen_lists_them_with_their_values() {
    let mut session = session("5 set: x \"a\" set: b");
    assert!(!screen(session.image()).contains("globals"));
    tell(&mut session, "run 99");
    let text = screen(session.image());
    assert!(text.contains("\nglobals\n  b=\"a\"\n  x=5\n"), "{text}");
}
