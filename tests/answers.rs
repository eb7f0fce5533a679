//! Answering calls from outside: what an answer does, what is refused, and that a refused one changes nothing.

use midflight::Command;
use midflight::program::image::Image;
use midflight::session::Session;
use midflight::session::command::{print, read};
use midflight::session::load::image_of_program;
use midflight::session::recording::{self, Recording};
use midflight::session::request::Request;
use midflight::session::target::Target;

/// The image of a program that ran as far as it can.
fn run(text: &str) -> Image {
    let mut image = image_of_program(text).unwrap();
    image.machine.run(10_000);
    image
}

fn apply(image: &mut Image, line: &str) -> Result<(), String> {
    let commands = read(line).unwrap_or_else(|error| panic!("{line}: {error}"));
    commands.iter().try_for_each(|each| each.apply(image)).map_err(|refused| refused.to_string())
}

/// Programs, the answer where they wait, and what they leave when they run on.
const ANSWERED: &[(&str, &str, &str)] = &[
    ("\"http://x\" http.get 7", "answer http.get `\"http://x\"` `\"body\"`", "\"body\" 7"),
    ("1 2 3 f 4", "answer f `2 3` `5`", "1 5 4"),
    ("1 2 f", "answer f `` ``", "1 2"),
    ("1 2 f", "answer f `1 2` ``", ""),
    ("f", "answer f `` `1 2 3`", "1 2 3"),
    // In a function, in a block, and where the call is the last cell.
    ("[ f 1 + ] bind: g 3 g", "answer f `3` `10`", "11"),
    ("[ f ] bind: g 3 g 5", "answer f `3` `10`", "10 5"),
    ("1 [ 2 f ] if 9", "answer f `2` `4`", "4 9"),
    // A function that exists, in which nothing is written.
    ("[ ] bind: f 1 2 f 9", "answer f `2` `20 30`", "1 20 30 9"),
    ("[ ] bind: f 5 pushf: f call 6", "answer f `5` `50`", "50 6"),
    ("[ ] bind: f [ f ] bind: g 1 g 6", "answer f `1` `2`", "2 6"),
    // It returns what `repeat_if` takes.
    ("[ ] bind: f 1 pushf: f repeat_if 6", "answer f `` `0`", "6"),
    ("\"a b\" \"c\" f", "answer f `\"a b\" \"c\"` `\"\\`|\"`", "\"`|\""),
    ("3 allocate f", "answer f `` `-1`", "@2000 -1"),
];

#[test]
fn an_answer_takes_operands_and_leaves_results() {
    for &(program, answer, left) in ANSWERED {
        let mut image = run(program);
        let retired = image.machine.retired();
        apply(&mut image, answer).unwrap_or_else(|refused| panic!("{program}: {refused}"));
        assert_eq!(image.machine.retired(), retired, "an answer is no instruction");
        image.machine.run(1000);
        let shown = image.machine.show_stack();
        let is_data = left.starts_with('@');
        let shown = if is_data { shown.split_once(' ').unwrap().1 } else { &shown };
        let left = if is_data { left.split_once(' ').unwrap().1 } else { left };
        assert_eq!(shown, left, "{program}");
        assert_eq!(image.machine.waits().map(|stop| stop.word()), Some("finished"), "{program}");
    }
}

/// Programs, an answer, and why it is refused.
const REFUSED: &[(&str, &str, &str)] = &[
    ("1 2 +", "answer f `` `1`", "nothing is asked here"),
    ("1 g", "answer f `1` `2`", "on a call of `g`"),
    ("1 2 f", "answer f `1` `2`", "with other operands"),
    ("2 f", "answer f `\"2\"` `2`", "with other operands"),
    ("2 f", "answer f `1 2` `2`", "too few values"),
    ("f", "answer f `` `+`", "`+` is not a value"),
    ("f", "answer f `` `g`", "not a value"),
    ("f", "answer f `` `[ 1 ]`", "not a value"),
    ("f", "answer f `` `1`x", ""),
    ("pushf: f", "answer f `` `1`", "nothing is asked here"),
    ("1 0 /", "answer f `1 0` `1`", "nothing is asked here"),
    // An empty main is finished, and an empty block is no function.
    ("", "answer main `` `1`", "nothing is asked here"),
    ("[ ] call 1", "answer f `` `1`", "nothing is asked here"),
    // The counter was put into the function by hand: no call waits.
    ("[ ] bind: f 1", "counter 1:0 | answer f `1` `2`", "nothing is asked here"),
    ("[ ] bind: f [ ] bind: g 1 g", "counter 1:0 | answer f `1` `2`", "nothing is asked here"),
    // `repeat_if` needs a flag.
    ("[ ] bind: f 1 pushf: f repeat_if", "answer f `` ``", "cannot return with this answer"),
    ("f", "answer f `` `1152921504606846976`", ""),
];

#[test]
fn a_refused_answer_leaves_no_trace() {
    for &(program, answer, words) in REFUSED {
        let image = run(program);
        let Ok(commands) = read(answer) else {
            assert_eq!(words, "", "{answer} can be read");
            continue;
        };
        let mut tried = image.clone();
        let before = commands.len() - 1;
        for command in &commands[..before] {
            command.apply(&mut tried).unwrap();
        }
        let there = tried.clone();
        let refused = commands[before].apply(&mut tried).unwrap_err().to_string();
        assert!(refused.contains(words), "{program}: {refused}");
        assert!(tried == there, "{program}");
    }
}

#[test]
fn a_second_answer_belongs_to_no_question() {
    let mut image = run("1 f 2 f");
    apply(&mut image, "answer f `1` `5`").unwrap();
    assert!(apply(&mut image, "answer f `1` `5`").unwrap_err().contains("nothing is asked here"));
    image.machine.run(9);
    assert!(apply(&mut image, "answer f `1` `5`").unwrap_err().contains("with other operands"));
    apply(&mut image, "answer f `5 2` `6`").unwrap();
    assert_eq!(image.machine.show_stack(), "6");
}

/// A later definition of the function takes the place of whoever answered.
#[test]
fn a_definition_replaces_the_answer() {
    let mut image = run("\"http://x\" http.get print_line \"y\" http.get print_line");
    apply(&mut image, "answer http.get `\"http://x\"` `\"body\"` | run 2").unwrap();
    apply(&mut image, "define http.get `drop \"mock\" return` | run 20").unwrap();
    assert_eq!(image.machine.output(), "body\nmock\n");
}

#[test]
fn answers_are_undone_and_played() {
    let mut session = Session::new(image_of_program("20 now + now + 2 *").unwrap());
    for line in ["run 9", "answer now `20` `20 1`", "run 9", "answer now `21` `21 5`", "run 9"] {
        session.apply(&read(line).unwrap()).unwrap_or_else(|refused| panic!("{line}: {refused}"));
    }
    assert_eq!(session.machine().show_stack(), "52");
    let text = recording::write(session.journal(), session.position());
    assert!(text.starts_with("midflight-session 6\n"), "{text}");
    let (journal, end) = Recording::read(&text).unwrap().journal().unwrap();
    let mut played = Session::of_recording(journal, end);
    played.perform(Request::goto(end)).unwrap();
    assert!(played.image() == session.image());
    let all = session.image().clone();
    let mut stacks = Vec::new();
    while session.perform(Request::Go(Target::Undo)).is_ok() {
        stacks.push(session.machine().show_stack());
    }
    assert_eq!(stacks, ["21 5", "21", "20 1", "20", ""]);
    while session.perform(Request::Go(Target::Redo)).is_ok() {}
    assert!(*session.image() == all);
}

#[test]
fn old_answers_are_offered_where_they_fit() {
    let mut session = Session::new(image_of_program("1 f drop 2 f drop 1 f drop").unwrap());
    let lines =
        ["run 9", "answer f `1` `10`", "run 9", "answer f `2` `20`", "run 9", "answer f `1` `30`"];
    for line in lines {
        session.apply(&read(line).unwrap()).unwrap();
    }
    for _ in 0..6 {
        session.perform(Request::Go(Target::Undo)).unwrap();
    }
    // Another branch: what was answered is offered again, in its order.
    session.apply(&read("push `0` | drop 1 | run 9").unwrap()).unwrap();
    let offered = |session: &Session| print(&session.offered_answers());
    assert_eq!(offered(&session), "answer f `1` `10` | answer f `1` `30`");
    session.apply(&session.offered_answers()[..1]).unwrap();
    session.apply(&[Command::Run { fuel: 9 }]).unwrap();
    assert_eq!(offered(&session), "answer f `2` `20`");
    session.apply(&session.offered_answers()).unwrap();
    session.apply(&[Command::Run { fuel: 9 }]).unwrap();
    assert_eq!(offered(&session), "answer f `1` `30`");
}
