//! Renaming functions and locals while they run.

use midflight::program::image::Image;
use midflight::program::notation::Notation;
use midflight::session::Session;
use midflight::session::command;
use midflight::session::load::image_of_program;

fn session(text: &str, fuel: u64) -> Session {
    let mut session = Session::new(image_of_program(text).expect("it parses"));
    apply(&mut session, &format!("run {fuel}")).expect("it runs");
    session
}

fn apply(session: &mut Session, line: &str) -> Result<(), String> {
    let commands = command::read(line).expect("it is a command");
    session.apply(&commands).map(drop).map_err(|refused| refused.to_string())
}

fn code(session: &Session) -> String {
    session.image().print(Notation::Forth)
}

/// Saved and loaded, it is the same image.
fn loaded_again(image: &Image) -> Image {
    Image::from_file_text(&image.to_file_text()).expect("what was saved can be loaded")
}

const FIB: &str =
    "[ assign: i i 3 < [ i drop 1 return ] if i 2 - fib i 1 - fib + return ] bind: fib 5 fib";

#[test]
fn a_function_is_renamed_under_its_calls() {
    let mut session = session(FIB, 30);
    let (depth, before) = (session.machine().task().calls().depth(), code(&session));
    assert!(depth > 2, "calls are alive");
    apply(&mut session, "rename fib wave").unwrap();
    assert_eq!(code(&session), before.replace("fib", "wave"));
    assert_eq!(session.machine().task().calls().depth(), depth);
    assert_eq!(loaded_again(session.image()), *session.image());
    apply(&mut session, "run 10000").unwrap();
    assert_eq!(session.machine().show_stack(), "5");
    let renamed = session.image().clone();
    session.undo().unwrap();
    session.undo().unwrap();
    assert_eq!(code(&session), before);
    session.redo().unwrap();
    session.redo().unwrap();
    assert_eq!(*session.image(), renamed);
}

#[test]
fn a_local_is_renamed_with_its_values_and_in_blocks() {
    let mut session = session(FIB, 30);
    let before = code(&session);
    apply(&mut session, "rename-local 1 i n").unwrap();
    assert_eq!(
        code(&session),
        before
            .replace("assign: i", "assign: n")
            .replace("i 3", "n 3")
            .replace("i 2", "n 2")
            .replace("i 1", "n 1")
            .replace("i drop", "n drop")
    );
    assert_eq!(loaded_again(session.image()), *session.image());
    apply(&mut session, "run 10000").unwrap();
    assert_eq!(session.machine().show_stack(), "5", "every frame kept its value");
}

#[test]
fn what_misses_the_new_name_finds_it() {
    let mut session = session("[ 7 return ] bind: f [ assign: i later ] bind: g wanted 1 g", 99);
    apply(&mut session, "rename f wanted").unwrap();
    apply(&mut session, "run 99").unwrap();
    assert_eq!(session.machine().show_stack(), "7");
    apply(&mut session, "rename-local 2 i later").unwrap();
    apply(&mut session, "run 99").unwrap();
    assert_eq!(session.machine().show_stack(), "7 1", "the hole became the local");
}

#[test]
fn a_name_that_was_left_over_can_be_used_again() {
    let mut session = session("[ assign: a assign: b a b + return ] bind: f 1 2 f", 99);
    apply(&mut session, "delete 1:1 1 | replace 1:2 `1`").unwrap();
    apply(&mut session, "rename-local 1 a b").unwrap();
    let code = code(&session).split_whitespace().collect::<Vec<_>>().join(" ");
    assert!(code.starts_with("[ assign: b b 1 + return ] bind: f"), "{code}");
    apply(&mut session, "rename-local 1 b a").unwrap();
    assert_eq!(loaded_again(session.image()), *session.image());
}

#[test]
fn a_name_that_cannot_be_given_is_refused_and_nothing_changes() {
    let mut session = session("[ assign: i assign: j i j + ] bind: f [ 1 ] bind: g 2 3 f", 99);
    let before = session.image().clone();
    for (line, problem) in [
        ("rename f g", "`g` is already defined, at 200; edit it there or replace it"),
        ("rename f 12", "`12` cannot be a name"),
        ("rename h k", "there is no function `h`"),
        ("rename main m", "main"),
        ("rename-local 1 i j", "`f` already has a local `j`; choose another name"),
        ("rename-local 1 k l", "`f` has no local `k`"),
        ("rename-local 9 i k", "there is no code body 9"),
        ("rename-local 1 i `a b`", "`a b` cannot be a name"),
    ] {
        let refused = apply(&mut session, line).expect_err(line);
        assert!(refused.contains(problem), "{line}: {refused}");
        assert_eq!(*session.image(), before, "{line}");
    }
}
