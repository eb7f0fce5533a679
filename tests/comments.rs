//! Comments belong to the program: they are read, printed, edited, loaded and saved with it.

mod shell;
mod support;

use std::fmt::Write;

use midflight::program::comment::{CommentAt, Comments};
use midflight::program::listing::Program;
use midflight::program::notation::Notation;
use midflight::program::scope::Scope;
use midflight::session::command;
use midflight::session::journal::Position;
use midflight::session::load::image_of_program;
use midflight::session::recording::{self, Recording};
use midflight::vm::index::Body;
use midflight::{Image, Session};
use shell::Shell;

fn read(text: &str) -> Program {
    match Notation::Forth.read_program(text) {
        Ok(read) => read.cells,
        Err(report) => panic!("{}", report.render("test", text)),
    }
}

fn print(program: &Program) -> String {
    Notation::Forth.print_program(program, &Scope::empty()).text
}

/// Each comment as `body:index text`, bodies as numbers of the fragment.
fn shown(comments: &Comments) -> String {
    let one = |((body, index), text): ((usize, usize), &std::sync::Arc<str>)| {
        format!("{body}:{index}{}", text.replace('\n', "/"))
    };
    comments.iter().map(one).collect::<Vec<_>>().join(", ")
}

#[test]
fn a_comment_stands_where_a_reader_expects_it() {
    for (text, main, function) in [
        // Before the next cell, across lines.
        ("# a\n1 2", "0:0 a", ""),
        ("1\n\n# a\n\n#b\n2", "0:1 a/b", ""),
        ("1 2\n# a\r\n# b\r# c", "0:2 a/ b/ c", ""),
        // With words before it, before the first cell of the line.
        ("1\n2 3 # a\n4", "0:1 a", ""),
        ("1\n# a\n2 # b\n# c\n3", "0:1 a/ b, 0:2 c", ""),
        ("1\n2 [ 3 # a\n4 ] call", "0:1 a", ""),
        ("[ 1\n2 ] call # a", "1:1 a", ""),
        ("[ 1\n] # a\ncall", "1:2 a", ""),
        ("assign:\n# a\nx y", "0:0 a", ""),
        // At the end of a body, after the `end` that its bracket writes.
        ("[ 1\n# a\n] call", "1:2 a", ""),
        ("[ 1 return\n# a\n] call", "1:2 a", ""),
        ("[ 1\n# a\nend ] call", "1:1 a", ""),
        ("[ 1\n# a\n... ] call", "1:1 a", ""),
        ("[ ... # a\n] call", "0:0 a", ""),
        ("[\n# a\n] call", "1:0 a", ""),
        ("# a\n[ # b\n# c\n] call", "0:0 a/ b, 1:0 c", ""),
        ("# a", "0:0 a", ""),
        ("1 breakpoint\n# a\nbreakpoint\n# b", "0:1 a/ b", ""),
        // A function is commented above it.
        ("# a\n\n# b\n[ 1 ] bind: f\n# c\n2", "0:0 c", "0:0 a/ b"),
        ("# a\n[ # b\n# c\n1 # d\n] # e\nbind: f # f\n# g", "0:0 f/ g", "0:0 a/ b/ c/ d, 0:2 e"),
        ("# a\n[ ] bind: f # b\n# c", "0:0 c", "0:0 a/ b"),
        ("1 # a\n# b\n[ 1 ] bind: f 2", "0:0 a", "0:0 b"),
        ("1 [ 2 # a\n[ 3 # b\n] ] bind: f", "0:0 a", "0:1 b"),
        // What says nothing is none.
        ("#\n1 #\n#\n2\n#", "", ""),
        ("#= 3 \t\n#\n#\u{1b}x\n1", "0:0= 3//\\u{1b}x", ""),
        ("\"# a\" a#b", "", ""),
    ] {
        let program = read(text);
        let definition = program.definitions.first();
        let found = definition.map_or(String::new(), |one| shown(&one.comments));
        assert_eq!(
            (shown(&program.main_comments), found),
            (main.into(), function.into()),
            "{text}"
        );
        let printed = print(&program);
        assert_eq!(read(&printed), program, "{text}\n{printed}");
        assert_eq!(print(&read(&printed)), printed);
    }
}

#[test]
fn a_commented_program_prints_as_it_was_written() {
    let text = "\
# Fibonacci numbers,
#
# the slow way.
[ assign: i
  # the base case
  i 3 <
  [
    # Both are 1.
    1 return ] if
  i
  # two before
  2 - fib i 1 - fib + return
  # not reached
] bind: fib

# to do
[ ] bind: later

[
  # to do
] bind: open

# ten of them
10
# a word
label: x
fib
[ 1
  # before the end
  end ] call
[ 1
  # open
  ... ] call
# done
";
    let text = text.replace("[\n  # to do\n] bind: open\n\n", "# to do\n[ ] bind: open\n\n");
    assert_eq!(print(&read(&text)), text);
    let image = image_of_program(&text).unwrap();
    assert_eq!(image.print(Notation::Forth), text);
    assert_eq!(image.program(), read(&text));
}

#[test]
fn a_million_comments_take_linear_time() {
    let mut text = String::new();
    for n in 0..200_000 {
        writeln!(text, "# {n}\n#\nbreakpoint # and").unwrap();
    }
    let all_at_the_end = read(&text);
    assert_eq!(all_at_the_end.main_comments.iter().count(), 1);
    assert_eq!(read(&print(&all_at_the_end)), all_at_the_end);
    let text = "[ # a\n".repeat(100_000) + &"# b\n]\n".repeat(100_000);
    let nested = read(&text);
    assert_eq!(nested.main_comments.iter().count(), 200_000);
    assert!(read(&print(&nested)) == nested);
    let lines = "#\n".repeat(1 << 20) + "# a\n1";
    assert_eq!(read(&lines).main_comments.at(0, 0).unwrap().len(), (1 << 20) + 2);
}

// --- in an image ----------------------------------------------------------------------------------

const FIB: &str =
    "# fib\n[ assign: i\n  i 3 <\n  [\n    # base\n    1 return ] if\n  i ] bind: fib\n";

fn session(text: &str) -> Session {
    Session::new(image_of_program(text).unwrap())
}

fn tell(session: &mut Session, line: &str) {
    let commands = command::read(line).unwrap();
    session.apply(&commands).unwrap_or_else(|refused| panic!("{line}: {refused}"));
}

fn refused(session: &mut Session, line: &str) -> String {
    let before = session.image().clone();
    let refused = session.apply(&command::read(line).unwrap()).unwrap_err().to_string();
    assert_eq!(*session.image(), before);
    refused
}

/// Each comment as `body:offset text`.
fn in_image(image: &Image) -> String {
    let one = |(place, text): (midflight::program::comment::CommentPlace, &std::sync::Arc<str>)| {
        let at = match place.at {
            CommentAt::Before(offset) => offset.to_string(),
            CommentAt::End => "end".to_string(),
        };
        format!("{}:{at}{}", place.body, text.replace('\n', "/"))
    };
    image.comments.iter().map(one).collect::<Vec<_>>().join(", ")
}

#[test]
fn the_command_sets_changes_and_removes() {
    let mut session = session(FIB);
    assert_eq!(in_image(session.image()), "1:0 fib, 2:0 base");
    tell(&mut session, "comment 1:4 ` a \\r\\n b\\t` | comment 1:end ` c` | comment 0:0 ` main`");
    assert_eq!(in_image(session.image()), "0:end main, 1:0 fib, 1:4 a/ b, 1:end c, 2:0 base");
    // After the last cell there is only the end.
    tell(&mut session, "comment 1:50 ` d` | comment 1:0 `` | comment 2:0 ` \\n`");
    assert_eq!(in_image(session.image()), "0:end main, 1:4 a/ b, 1:end d");
    tell(&mut session, "comment 7:end `` | comment 7:3 ``");
    session.undo().unwrap();
    session.undo().unwrap();
    assert_eq!(in_image(session.image()), "0:end main, 1:0 fib, 1:4 a/ b, 1:end c, 2:0 base");
    assert!(refused(&mut session, "comment 7:end ` a`").contains("there is no code body 7"));
    assert!(refused(&mut session, "comment 1:100 ` a`").contains("100"));
    let long = format!("comment 1:0 `{}`", "a".repeat(65_537));
    assert!(refused(&mut session, &long).contains("65,537 bytes"));
}

#[test]
fn edits_move_and_hand_on() {
    let mut session = session("# one\n1\n# two\n2\n# three\n3\n# end\n");
    tell(&mut session, "insert 0:1 `7 8`");
    assert_eq!(in_image(session.image()), "0:0 one, 0:3 two, 0:4 three, 0:end end");
    tell(&mut session, "replace 0:3 `5 6`");
    assert_eq!(in_image(session.image()), "0:0 one, 0:3 two, 0:5 three, 0:end end");
    tell(&mut session, "delete 0:0 4");
    assert_eq!(in_image(session.image()), "0:0 one/ two, 0:1 three, 0:end end");
    // Emptying the last cell leaves nothing to comment but the end.
    tell(&mut session, "replace 0:1 ``");
    assert_eq!(in_image(session.image()), "0:0 one/ two, 0:end three/ end");
    tell(&mut session, "write 0:1 `4 5`");
    assert_eq!(in_image(session.image()), "0:0 one/ two, 0:end three/ end");
    tell(&mut session, "replace 0:0 `` | write 0:0 `[ 2 ]`");
    assert_eq!(in_image(session.image()), "0:0 one/ two, 0:end three/ end");
    tell(&mut session, "define f `1` | comment 2:0 ` f` | remove 2");
    assert_eq!(in_image(session.image()), "0:0 one/ two, 0:end three/ end");
}

#[test]
fn redefining_and_loading_bring_the_comments_of_the_text() {
    let mut session = session(FIB);
    tell(&mut session, "write 0:0 `3 fib` | run 3");
    // The same code with other comments stays the same function.
    let other = FIB.replace("# fib", "# other").replace("    # base\n", "");
    let load = command::Command::Load { text: other.as_str().into() };
    session.apply(&[load]).unwrap();
    assert_eq!(in_image(session.image()), "1:0 fib, 2:0 base");
    let reload = command::Command::Reload { text: other.as_str().into() };
    session.apply(&[reload]).unwrap();
    assert_eq!(in_image(session.image()), "1:0 other");
    assert_eq!(session.machine().memory().function("fib"), Some(Body(1)));
    // Other code is a new body; the former one keeps its comments.
    let changed = "# new\n[ 5 ] bind: fib # g\n[\n6 # six\n] bind: g\n# main\n";
    let reload = command::Command::Reload { text: changed.into() };
    session.apply(&[reload]).unwrap();
    assert_eq!(in_image(session.image()), "1:0 other, 3:0 six, 4:0 new/ g");
    tell(&mut session, "redefine fib `7`");
    assert_eq!(in_image(session.image()), "1:0 other, 3:0 six, 4:0 new/ g");
    let printed = session.image().print(Notation::Forth);
    assert_eq!(printed, "# six\n[ 6 ] bind: g\n\n[ 7 ... ] bind: fib\n\n3 fib\n");
}

#[test]
fn what_is_typed_has_no_comments() {
    let mut session = session("");
    tell(&mut session, "write 0:0 `1 # one\\n# two\\n2` | define f `# f\\n3`");
    assert_eq!(in_image(session.image()), "");
    assert_eq!(session.machine().memory().code(Body(0)).unwrap().used().len(), 2);
}

#[test]
fn rewinding_keeps_comments_and_replay_gives_them_again() {
    let mut session = session(FIB);
    tell(&mut session, "write 0:0 `3 fib` | run 2");
    tell(&mut session, "comment 1:1 ` later` | run 2");
    tell(&mut session, "comment 2:end ` end`");
    let now = in_image(session.image());
    assert_eq!(now, "1:0 fib, 1:1 later, 2:0 base, 2:end end");
    session.rewind_keeping_edits(Position::default()).unwrap();
    assert_eq!((in_image(session.image()), session.machine().retired()), (now.clone(), 0));
    let text = recording::write(session.journal(), session.position());
    assert!(text.contains("comment 1:1 ` later`"), "{text}");
    let (journal, end) = Recording::read(&text).unwrap().journal().unwrap();
    assert_eq!(journal, *session.journal());
    let mut again = Session::of_recording(journal, end);
    again.goto(end).unwrap();
    assert_eq!(again.image(), session.image());
}

// --- in files -------------------------------------------------------------------------------------

#[test]
fn an_image_file_holds_them() {
    let mut session = session(FIB);
    tell(&mut session, "comment 0:end ` \"main\"` | comment 1:4 ` a\\n\\n b`");
    let text = session.image().to_file_text();
    let part = "    comments: [
        (at: End(of: 0), lines: [\" \\\"main\\\"\"]),
        (at: Before(100), lines: [\" fib\"]),
        (at: Before(104), lines: [
            \" a\",
            \"\",
            \" b\",
        ]),
        (at: Before(200), lines: [\" base\"]),
    ],
";
    assert!(text.contains(part), "{text}");
    assert_eq!(Image::from_file_text(&text).as_ref(), Ok(session.image()));
    for old in ["version: 1", "version: 2"] {
        let error = Image::from_file_text(&text.replace("version: 6", old)).unwrap_err();
        assert!(error.to_string().contains("comments: an image of"), "{error}");
    }
}

#[test]
fn forged_comments_are_refused_by_name() {
    let text = image_of_program(FIB).unwrap().to_file_text();
    let good = "(at: Before(200), lines: [\" base\"]),";
    assert!(text.contains(good), "{text}");
    for (forged, why) in [
        ("(at: Before(900), lines: [\"a\"])", "comment before 900: there is no code cell at 900"),
        ("(at: Before(250), lines: [\"a\"])", "comment before 250: no instruction is there or"),
        ("(at: End(of: 9), lines: [\"a\"])", "comment at the end of body 9: there is no such body"),
        ("(at: Before(100), lines: [\"a\"])", "comment before 100: there are two"),
        ("(at: Before(200), lines: [])", "comment before 200: it says nothing"),
        ("(at: Before(200), lines: [\" \", \"\"])", "comment before 200: it says nothing"),
        ("(at: Before(200), lines: [\"a \"])", "comment before 200: it has spaces at the end"),
        ("(at: Before(200), lines: [\"\\u{1b}\"])", "comment before 200: it has spaces at the end"),
        ("(at: Start(1), lines: [\"a\"])", "Start"),
        ("(at: Before(200), lines: [\"a\"], by: 1)", "by"),
    ] {
        let error = Image::from_file_text(&text.replace(good, forged)).unwrap_err().to_string();
        assert!(error.contains(why), "{forged}: {error}");
    }
}

#[test]
fn the_command_line_keeps_them() {
    let shell = Shell::new();
    shell.file("a.flpc", FIB);
    assert_eq!(shell.run(&["print", "a.flpc"]).out, FIB);
    assert_eq!(shell.run(&["run", "a.flpc", "--save", "a.ron"]).code, 0);
    assert_eq!(shell.run(&["print", "a.ron"]).out, FIB);
}
