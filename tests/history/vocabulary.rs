//! A text means what it meant when it was written, wherever its command is applied again.

use midflight::session::Session;
use midflight::session::command;
use midflight::session::journal::Position;
use midflight::session::recording::{self, Recording};
use midflight::vm::instruction::{Instruction, Primitive};
use midflight::vm::memory::{MAIN, Place};

/// In version 1, `dup` is the instruction, even in a function that assigns a local of this name.
const OLD: &str = "midflight-session 1\nbase program `[ assign: dup 5 dup ] bind: twice`\n\
                   write 0:0 `1 assign: dup dup` | run 2\n";

fn session(text: &str) -> Session {
    let (journal, end) = Recording::read(text).unwrap().journal().unwrap();
    let mut session = Session::of_recording(journal, end);
    session.goto(end).unwrap();
    session
}

fn main_of(session: &Session) -> Vec<Instruction> {
    let code = session.machine().memory().code(MAIN).unwrap().used().len();
    (0..code as u32).map(|offset| session.machine().instruction(Place::new(0, offset))).collect()
}

fn apply(session: &mut Session, line: &str) {
    session.apply(&command::read(line).unwrap()).unwrap();
}

fn dup() -> Instruction {
    Instruction::Primitive(Primitive::Dup)
}

fn local() -> Instruction {
    Instruction::Pick("dup".into())
}

#[test]
fn version_1_is_read_by_its_own_order_and_saved_with_a_mark() {
    let session = session(OLD);
    assert_eq!(main_of(&session)[2], dup());
    let twice = session.machine().memory().function("twice").unwrap();
    assert_eq!(session.machine().instruction(Place::new(twice.0, 2)), dup());
    let text = recording::write(session.journal(), session.position());
    assert!(text.starts_with("midflight-session 6\nbase image `"), "{text}");
    assert!(text.ends_with("\nwords 1 | write 0:0 `1 assign: dup dup` | run 2\n"), "{text}");
    assert_eq!(Recording::read(&text).unwrap().journal().unwrap().0, *session.journal());
}

#[test]
fn a_session_that_continues_version_1_has_both() {
    let mut session = session(OLD);
    apply(&mut session, "write 0:3 `dup`");
    assert_eq!(main_of(&session)[2..], [dup(), local()]);
    let image = session.image().clone();
    session.rewind_keeping_edits(Position::default()).unwrap();
    assert_eq!(main_of(&session)[2..], [dup(), local()]);
    let line = command::print(&session.journal().entries().last().unwrap().commands);
    assert_eq!(line, "words 1 | write 0:0 `1 assign: dup dup` | words 3 | write 0:3 `dup`");
    let text = recording::write(session.journal(), session.position());
    let mut again = self::session(&text);
    assert_eq!((again.journal(), again.image()), (session.journal(), session.image()));
    // Undo and redo apply the commands again.
    again.undo().unwrap();
    assert_eq!(*again.image(), image);
    again.redo().unwrap();
    assert_eq!(again.image(), session.image());
}

#[test]
fn a_cell_stays_what_it_is_when_its_word_becomes_a_name() {
    let mut session = Session::default();
    apply(&mut session, "write 0:0 `1 dup +`");
    apply(&mut session, "define dup ``");
    assert_eq!(main_of(&session)[1], dup());
    apply(&mut session, "write 1:0 `dup 7`");
    apply(&mut session, "write 0:3 `dup`");
    let cell = |body, offset| session.machine().instruction(Place::new(body, offset));
    let call = || Instruction::Call("dup".into());
    assert_eq!([cell(0, 1), cell(0, 3), cell(1, 0)], [dup(), call(), call()]);
    let text = session.image().to_file_text();
    assert!(text.contains("\"1 prim: dup + dup\""), "{text}");
    assert_eq!(midflight::Image::from_file_text(&text).unwrap(), *session.image());
}

#[test]
fn the_text_of_a_function_knows_the_name_of_the_function() {
    let mut session = Session::default();
    apply(&mut session, "define swap `swap`");
    apply(&mut session, "load `[ swap over ] bind: f [ ] bind: over`");
    let call = |name: &str| Instruction::Call(name.into());
    let cell = |body, offset| session.machine().instruction(Place::new(body, offset));
    assert_eq!([cell(1, 0), cell(2, 0), cell(2, 1)], [call("swap"), call("swap"), call("over")]);
}

#[test]
fn an_image_of_version_1_keeps_its_meaning() {
    let mut session = Session::default();
    apply(&mut session, "write 0:0 `1 assign: dup prim: dup pick: dup`");
    let new = session.image().to_file_text();
    let old = new.replace("version: 6", "version: 1").replace("prim: dup dup", "dup pick: dup");
    assert!(old.contains("dup pick: dup"), "{old}");
    assert_eq!(midflight::Image::from_file_text(&old).unwrap(), *session.image());
}

#[test]
fn words_that_came_later_are_names_in_version_1() {
    let session = session("midflight-session 1\nbase empty\nwrite 0:0 `within 0xFF`\n");
    let hole = |name: &str| Instruction::Hole(name.into());
    assert_eq!(main_of(&session), [hole("within"), hole("0xFF")]);
    let text = session.image().to_file_text();
    assert!(text.contains("\"call: within call: 0xFF\""), "{text}");
    assert_eq!(midflight::Image::from_file_text(&text).unwrap(), *session.image());
    let old = text.replace("version: 6", "version: 1").replace("call: ", "");
    assert_eq!(midflight::Image::from_file_text(&old).unwrap(), *session.image());
}
