//! Images and their files: a saved image loads as the same image and continues in the same way.

mod oracle;
mod support;

use midflight::program::comment::{CommentAt, CommentPlace};
use midflight::program::image::Image;
use midflight::session::command::Command;
use midflight::session::load::image_of_program;
use midflight::session::operand::DataPlace;
use midflight::vm::frame::Again;
use midflight::vm::index::{Body, DataId, FrameId, TaskId};
use midflight::vm::instruction::Instruction;
use midflight::vm::limit::LimitKind;
use midflight::vm::machine::Machine;
use midflight::vm::memory::Place;
use midflight::vm::serialized::SerializedCall;
use midflight::vm::stop::Stop;
use oracle::property::check_from;
use proptest::prelude::*;
use std::cell::Cell;

fn image_of(source: &str) -> Image {
    image_of_program(source).unwrap_or_else(|refused| panic!("{refused}"))
}

#[track_caller]
fn apply(image: &mut Image, command: Command) {
    command.apply(image).unwrap_or_else(|refused| panic!("{command:?}: {refused}"));
}

/// Fails unless a saved image loads as the same image, saves as the same bytes and continues in the same
/// way. Returns the file.
#[track_caller]
fn round_trip(image: &Image) -> String {
    let text = image.to_file_text();
    let loaded = Image::from_file_text(&text).unwrap_or_else(|error| panic!("{error}\n{text}"));
    assert!(loaded == *image, "another image was loaded from\n{text}");
    assert_eq!(loaded.to_file_text(), text);
    let (mut loaded, mut original) = (loaded, image.clone());
    assert_eq!(loaded.machine.run(500), original.machine.run(500), "{text}");
    assert!(loaded == original, "it continued differently from\n{text}");
    text
}

/// Saves and loads every three instructions until the program waits.
#[track_caller]
fn all_the_way(image: &mut Image) -> Stop {
    for _ in 0..10_000 {
        round_trip(image);
        let stop = image.machine.run(3);
        if stop != Stop::OutOfFuel {
            round_trip(image);
            return stop;
        }
    }
    panic!("it does not stop");
}

const FIB: &str = "
    [ assign: i
      i 3 < [ 1 return ] if
      i 2 - fib i 1 - fib + return ] bind: fib
    7 fib print_line";

#[test]
fn a_person_sees_the_program() {
    let mut image = image_of(FIB);
    assert_eq!(image.machine.run(11), Stop::OutOfFuel);
    let text = round_trip(&image);
    let shown = r#"
        (number: 1, kind: Function("fib"), start: 100, size: 100, cells: [
            "assign: i",
            "i 3 < @200 if",
            "i 2 - fib i 1 - fib + return",
        ]),
        (number: 2, kind: Block(of: 1), start: 200, size: 100, cells: [
            "1 return",
        ]),
"#;
    assert!(text.contains(shown), "{text}");
    assert!(text.contains(r#"(body: 1, returns_to: 2, locals: {"i": "7"}), // fib"#), "{text}");
}

#[test]
fn every_moment_of_a_run() {
    let mut image = image_of(FIB);
    assert_eq!(all_the_way(&mut image), Stop::Finished);
    assert_eq!(image.machine.output(), "13\n");
    round_trip(&Image::default());
}

#[test]
fn blocks_that_run_again_and_blocks_of_another_function() {
    let mut image = image_of(
        "[ assign: block assign: n n 0 > [ n block call n 1 - assign: n n 0 > ] repeat_if ] bind: times
         [ assign: sum 0 assign: sum
           5 [ sum + assign: sum ] times
           [ sum 1 - dup assign: sum 12 = return_if ] repeat ] bind: work
         1 work 2 [ print ] times",
    );
    assert_eq!(all_the_way(&mut image), Stop::Finished);
    assert_eq!(image.machine.output(), "21");
}

#[test]
fn replaced_and_removed_bodies() {
    let mut image = image_of("[ 1 gap 2 ] bind: f [ 3 ] bind: g f");
    image.machine.run(10);
    apply(&mut image, Command::Remove { body: Body(2) });
    let text = "4 5".to_string();
    apply(&mut image, Command::Redefine { name: "f".into(), text: text.into() });
    apply(&mut image, Command::Define { name: "h".into(), text: "[ pushf: f ] call end".into() });
    let text = round_trip(&image);
    assert!(text.contains(r#"kind: Former("f")"#) && text.contains("// f (replaced)"), "{text}");
    assert!(text.contains("// not yet implemented: gap\n"), "{text}");
    apply(&mut image, Command::Define { name: "gap".into(), text: "h end".into() });
    assert_eq!(all_the_way(&mut image), Stop::Finished);
    assert_eq!(image.machine.show_stack(), "1 @200 2");
}

#[test]
fn values_of_every_kind_everywhere() {
    let texts = [
        "",
        "a",
        "\"",
        "\\",
        "a\"#b\"##",
        "two\nlines\r\n\ttab",
        "\0\u{7f}\u{202e}\u{feff}",
        "é漢😀",
        "]) // [",
        "r#\"",
        "'",
        "`",
        "\u{10ffff}\u{e000}\u{a0}\u{2028}",
    ];
    let mut image = image_of("[ assign: v ] bind: f 40 allocate 0 allocate 3 allocate");
    image.machine.run(6);
    let text = "1152921504606846975 -1152921504606846976 0 pushf: f @100 @200".to_string();
    apply(&mut image, Command::Push { text: text.into() });
    let parameters = image.machine.serialize().tasks[0].parameters.clone();
    for (index, value) in parameters.iter().cycle().take(10).enumerate() {
        image.machine.set_data(DataId(0), 4 * index as u64, value).unwrap();
    }
    for (index, text) in texts.into_iter().enumerate() {
        let value = Instruction::Text(text.into());
        image.machine.push(std::slice::from_ref(&value)).unwrap();
        image.machine.set_data(DataId(0), index as u64 + 13, &value).unwrap();
    }
    let mut cells: Vec<Instruction> =
        texts.into_iter().map(|text| Instruction::Text(text.into())).collect();
    cells.push(Instruction::Call("f".into()));
    let line = midflight::vm::instruction::Fragment::line(cells);
    image.machine.write(Place::new(0, 6), &line).unwrap();
    all_the_way(&mut image);
}

#[test]
fn names_that_look_like_something_else() {
    let mut image = image_of(
        "[ assign: dup pick: dup prim: dup call: + assign: f call: f f gap? ? call: dup pushf: none
           label: end [ pick: dup assign: gap gap ... ] ] bind: +
         [ ] bind: // [ ] bind: a\\b [ ] bind: r [ ] bind: a# [ ] bind: {}(),' 1 call: + // a\\b",
    );
    let text = round_trip(&image);
    assert!(text.contains("dup prim: dup + assign: f"), "{text}");
    image.machine.run(20);
    round_trip(&image);
}

#[test]
fn input_and_output() {
    for (input, end) in [("", false), ("", true), ("one\ntw", false), ("\n\n\r\na\n\n\"b", true)] {
        let mut image = image_of("[ input.line print_line \"\" print_line ] repeat");
        apply(&mut image, Command::Give { text: input.to_string() });
        if end {
            apply(&mut image, Command::EndInput);
        }
        all_the_way(&mut image);
    }
}

#[test]
fn limits_and_marks() {
    let mut image = image_of("[ 1 f ] bind: f f");
    apply(&mut image, Command::Limit { kind: LimitKind::Calls, value: 40 });
    apply(&mut image, Command::Limit { kind: LimitKind::Text, value: 0 });
    assert_eq!(all_the_way(&mut image), Stop::Limit(LimitKind::Calls));
    for at in [Place::new(1, 99), Place::new(0, 0), Place::new(1, 0)] {
        apply(&mut image, Command::Breakpoint { at, on: true });
        for name in ["a \"name\"", "", "\n"] {
            image.bookmarks.insert(format!("{name}{}", at.offset), at);
        }
    }
    assert!(round_trip(&image).contains("breakpoints: [0, 100, 199],"));
}

#[test]
fn a_body_that_grew_and_moved() {
    let mut image = image_of("f f f");
    apply(&mut image, Command::Define { name: "f".into(), text: "[ 1 ] call".into() });
    image.machine.run(3);
    let text = "1 ".repeat(250);
    apply(&mut image, Command::Insert { at: Place::new(2, 0), text: text.clone().into() });
    apply(&mut image, Command::Insert { at: Place::new(0, 0), text: text.into() });
    let text = round_trip(&image);
    assert!(text.contains("start: 900, size: 400") && text.contains("returns_to: 1151"), "{text}");
    all_the_way(&mut image);
}

#[test]
fn several_tasks() {
    let mut image = image_of(FIB);
    image.machine.run(20);
    let mut parts = image.machine.serialize();
    let mut second = parts.tasks[0].clone();
    second.parameters.push(Instruction::Text("second".into()));
    // A local that the frames of the first task do not have, in a function that repeats.
    let locals = vec![("other".to_string(), Instruction::Integer(1))];
    let returns_to = Some(Place::new(0, 1));
    second.calls.push(SerializedCall {
        body: Body(1),
        again: Again::Always,
        kept: None,
        returns_to,
        home: None,
        locals,
    });
    second.number = TaskId(1);
    (parts.schedule.strands, parts.schedule.next_task) = (None, None);
    parts.tasks.push(second);
    parts.current = TaskId(1);
    parts.newest_frame = None;
    round_trip(&Image::new(Machine::deserialize(&parts).unwrap()));
}

/// A published version stays readable, so its file is never rewritten.
#[test]
fn the_samples_of_earlier_versions_are_saved_as_version_6() {
    let [one, two] = [include_str!("images/version-1.ron"), include_str!("images/version-2.ron")];
    let three = include_str!("images/version-3.ron");
    let four = include_str!("images/version-4.ron");
    let five = include_str!("images/version-5.ron");
    let newest = |text: &str, version: u32| {
        let text = text.replace(&format!("version: {version}"), "version: 6");
        text.replace("output: 1000)", "output: 1000, tasks: 1000)")
    };
    for (old, saved) in [
        (one, newest(two, 2)),
        (two, newest(two, 2)),
        (three, newest(three, 3)),
        (four, newest(four, 4)),
        (five, newest(five, 5)),
    ] {
        assert_eq!(round_trip(&Image::from_file_text(old).unwrap()), saved);
    }
}

#[test]
fn the_sample_of_version_6() {
    let text = include_str!("images/version-6.ron");
    let mut image = Image::from_file_text(text).unwrap();
    assert_eq!(round_trip(&image), text);
    let manual = include_str!("../docs/image-format.md");
    assert!(manual.contains(text), "the manual shows another file");
    assert_eq!(image.machine.waits(), Some(Stop::NotYetImplemented("shout".into())));
    apply(&mut image, Command::Define { name: "shout".into(), text: "\"!\" str_join end".into() });
    assert_eq!(image.machine.run(1000), Stop::Input);
    assert_eq!(image.machine.output(), "Who are you?\nHello, \"Ada\"!\n");
}

fn text() -> impl Strategy<Value = String> {
    let word = prop::sample::select(vec![
        "1",
        "-7",
        "0",
        "\"\"",
        "\"a\\\"#\"",
        "\"\\n\u{e9}\"",
        "f",
        "g",
        "gap",
        "i",
        "j",
        "assign: i",
        "assign: j",
        "assign: dup",
        "pick: dup",
        "prim: dup",
        "pick: j",
        "call: i",
        "pushf: f",
        "pushf: gap",
        "label: x",
        "breakpoint",
        "@100",
        "@200",
        "@300",
        "call",
        "if",
        "repeat",
        "repeat_if",
        "return",
        "return_if",
        "end",
        "+",
        "dup",
        "drop",
        "swap",
        "allocate",
        "memory.get",
        "memory.set",
        "str_join",
        "print",
        "print_line",
        "input.line",
        "[ 1 ]",
        "[ i f ]",
        "[ ]",
        "[ dup [ 0 assign: i ] call return_if ]",
        "0 [ 1 ] repeat_if",
        "3 allocate",
    ]);
    prop::collection::vec(word, 0..6).prop_map(|words| words.join(" "))
}

fn command() -> impl Strategy<Value = Command> {
    let place = || (0u32..6, 0u32..14).prop_map(|(body, offset)| Place::new(body, offset));
    let name = || prop::sample::select(vec!["f", "g", "gap"]).prop_map(str::to_string);
    let kind = prop::sample::select(LimitKind::ALL.to_vec());
    prop_oneof![
        5 => (place(), text()).prop_map(|(at, text)| Command::Write { at, text: text.into() }),
        2 => (place(), text()).prop_map(|(at, text)| Command::Insert { at, text: text.into() }),
        2 => (place(), text()).prop_map(|(at, text)| Command::Replace { at, text: text.into() }),
        2 => (place(), 0u32..4).prop_map(|(at, count)| Command::Delete { at, count }),
        3 => (name(), text()).prop_map(|(name, text)| Command::Define { name, text: text.into() }),
        2 => (name(), text()).prop_map(|(name, text)| Command::Redefine { name, text: text.into() }),
        1 => (0u32..8).prop_map(|body| Command::Remove { body: Body(body) }),
        1 => place().prop_map(|at| Command::Counter { at }),
        2 => text().prop_map(|text| Command::Push { text: text.into() }),
        1 => (0u32..9, text()).prop_map(|(depth, text)| Command::Restart { frame: FrameId(depth), text: text.into() }),
        1 => (0u32..9, text())
            .prop_map(|(depth, text)| Command::Local { frame: FrameId(depth), name: "i".into(), text: text.into() }),
        1 => (0u32..2, 0u64..3, text())
            .prop_map(|(body, index, text)| {
                Command::Data { at: DataPlace { body: DataId(u64::from(body)), index }, text: text.into() }
            }),
        1 => "[a\\n\"\\\\]{0,4}".prop_map(|text| Command::Give { text }),
        1 => Just(Command::EndInput),
        1 => (kind, 0u64..300).prop_map(|(kind, value)| Command::Limit { kind, value }),
        3 => (place(), any::<bool>(), "[ab\"\\\\#\n ]{0,6}").prop_map(|(at, is_end, text)| {
            let end = CommentPlace { body: at.body, at: CommentAt::End };
            Command::Comment { at: if is_end { end } else { at.into() }, text }
        }),
        1 => (place(), any::<bool>()).prop_map(|(at, on)| Command::Breakpoint { at, on }),
        1 => ("[ab\\\\]{1,2}", place())
            .prop_map(|(name, at)| Command::Bookmark { name, at: Some(at) }),
        6 => (0u64..40).prop_map(|fuel| Command::Run { fuel }),
    ]
}

/// Random edits and runs: every image they lead to survives saving and loading.
#[test]
fn random_images() {
    let deepest = Cell::new(0);
    let former = Cell::new(0);
    let commands = prop::collection::vec(command(), 1..40).no_shrink();
    check_from(&[7; 32], 1500, &commands, |commands| {
        let mut image = image_of("[ 1 gap ] bind: f [ assign: i i f ] bind: g 2 g f [ 3 g ] call");
        for command in &commands {
            // A refused command leaves the image as it was.
            let _ = command.apply(&mut image);
        }
        let text = round_trip(&image);
        deepest.set(deepest.get().max(image.machine.task().calls().depth()));
        former.set(former.get() + usize::from(text.contains("Former(")));
    });
    let (deepest, former) = (deepest.get(), former.get());
    assert!(deepest > 8 && former > 100, "too tame: depth {deepest}, {former} with a former body");
}
