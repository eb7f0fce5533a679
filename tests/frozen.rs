//! Files of versions 1 to 6, which must always load, and exactly as they were saved.
//!
//! They are never rewritten. A change of the format gets a new version number, and these files stay.

#[cfg(unix)]
mod shell;
mod support;

use std::path::{Path, PathBuf};

use midflight::program::comment::CommentAt;
use midflight::program::image::Image;
use midflight::program::notation::Notation;
use midflight::session::Session;
use midflight::session::command::Command;
use midflight::session::expect;
use midflight::session::journal::Position;
use midflight::session::journal::note::Note;
use midflight::session::operand::TurnOf;
use midflight::session::record::Record;
use midflight::session::recording::{self, Recording};
use midflight::store;
use midflight::vm::index::{Body, DataId, TaskId};
use midflight::vm::machine::Machine;
use midflight::vm::stop::Stop;
#[cfg(unix)]
use shell::{BINARY, Shell};

fn folder(version: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/frozen").join(version)
}

fn text_of(version: &str, name: &str) -> String {
    store::read(&folder(version).join(name), 1 << 20).unwrap()
}

/// A file of version 1.
fn text(name: &str) -> String {
    text_of("v1", name)
}

/// File name, counter, parameter stack, why it waits, retired instructions, output.
type Kept = (&'static str, u64, &'static str, &'static str, u64, &'static str);

const IMAGES: &[Kept] = &[
    ("breakpoint.ron", 200, "", "breakpoint", 8, ""),
    ("everything.ron", 3, "8", "input", 63, "3\n"),
    ("fault.ron", 103, "3 1 \"x\"", "fault", 8, ""),
    ("finished.ron", 4, "", "finished", 4, "3\n"),
    ("limit.ron", 101, "(43 more) 1 1 1 1 1 1", "limit", 98, ""),
    ("missing.ron", 109, "\"a \\\"b\\\"\" 5", "missing", 12, ""),
    ("running.ron", 100, "247", "fuel", 1234, ""),
];

/// The same for version 2.
const IMAGES_2: &[Kept] = &[
    ("everything.ron", 1000, "", "input", 533, ""),
    ("exit.ron", 12, "4", "exit", 22016, "250000\n"),
    ("loops.ron", 1000, "", "input", 647, ""),
    ("running.ron", 215, "", "fuel", 5000, ""),
];

/// The same for version 3.
const IMAGES_3: &[Kept] = &[("everything.ron", 4, "", "fault", 33, "")];

/// The same for version 4.
const IMAGES_4: &[Kept] = &[("everything.ron", 115, "1 1", "fuel", 96, "")];

/// The same for version 5.
const IMAGES_5: &[Kept] =
    &[("everything.ron", 17, "2 \"three\" -4", "finished", 15, "a `page`\n50\n")];

/// The same for version 6.
const IMAGES_6: &[Kept] = &[
    ("everything.ron", 804, "task: 1 12 2", "missing", 392, "5\n11\nhello\n?\nmore\n"),
    ("running.ron", 1100, "", "fuel", 390, "5\n11\nhello\n?\nmore\n"),
];

#[test]
fn images_load_to_what_they_hold() {
    check_images("v1", IMAGES);
    check_images("v2", IMAGES_2);
    check_images("v3", IMAGES_3);
    check_images("v4", IMAGES_4);
    check_images("v5", IMAGES_5);
    check_images("v6", IMAGES_6);
}

fn check_images(version: &str, images: &[Kept]) {
    for &(name, counter, stack, waits, retired, output) in images {
        let text = text_of(version, name);
        let image = Image::from_file_text(&text).unwrap_or_else(|e| panic!("{name}: {e}"));
        let machine = &image.machine;
        let at = machine.memory().address(machine.task().counter());
        let word = machine.waits().as_ref().map_or("fuel", Stop::word);
        let shown = machine.show_stack();
        assert_eq!(
            (name, at, shown.as_str(), word, machine.retired(), machine.output()),
            (name, counter, stack, waits, retired, output)
        );
        let saved = image.to_file_text();
        assert_eq!(Image::from_file_text(&saved).as_ref(), Ok(&image), "{saved}");
        // Version 3 only adds comments, version 4 breakpoints and watches, version 5 nothing, and version 6 tasks.
        let number = version.trim_start_matches('v');
        match version {
            "v1" => {}
            "v6" => assert_eq!(saved, text, "{name}"),
            _ => {
                let text = text.replacen(&format!("version: {number}"), "version: 6", 1);
                let limits = text.find("limits: (").unwrap();
                let end = limits + text[limits..].find("),").unwrap();
                let text = format!("{}, tasks: 1000{}", &text[..end], &text[end..]);
                assert_eq!(saved, text, "{name}");
            }
        }
    }
    let files = std::fs::read_dir(folder(version)).unwrap();
    let there = files.filter(|file| {
        file.as_ref().unwrap().path().extension().is_some_and(|extension| extension == "ron")
    });
    assert_eq!(there.count(), images.len(), "each file is in the list");
}

#[test]
fn an_image_keeps_what_a_person_attached() {
    let image = Image::from_file_text(&text("everything.ron")).unwrap();
    let memory = image.machine.memory();
    let stops: Vec<u64> =
        image.breakpoints.iter().map(|(place, _)| memory.address(place)).collect();
    assert_eq!(stops, [100]);
    assert_eq!(image.bookmarks.keys().collect::<Vec<_>>(), ["here"]);
    assert_eq!(memory.title(Body(5)), "three (replaced)");
}

#[test]
fn a_loaded_run_goes_on_at_the_very_instruction() {
    let mut image = Image::from_file_text(&text("running.ron")).unwrap();
    let stop = image.machine.run(1_000_000);
    assert_eq!((stop, image.machine.show_stack().as_str()), (Stop::Finished, "100000"));
    assert_eq!(image.machine.retired(), 499_999);
}

#[test]
fn a_loop_of_version_2_goes_on_at_the_very_instruction() {
    let mut image = Image::from_file_text(&text_of("v2", "running.ron")).unwrap();
    assert_eq!((image.machine.run(1_000_000), image.machine.output()), (Stop::Exit(4), "250000\n"));
    let exit = Image::from_file_text(&text_of("v2", "exit.ron")).unwrap();
    assert_eq!(image, exit);
    // Of the data that was collected, neither number nor address is used again.
    let memory = image.machine.memory();
    assert!(memory.was_freed(DataId(100)) && memory.next_data() == DataId(1000));
}

#[test]
fn what_loops_keep_and_globals_are_as_they_were() {
    let mut image = Image::from_file_text(&text_of("v2", "loops.ron")).unwrap();
    let machine = &mut image.machine;
    machine.give_input("three\nfour\nfive\nsix\nseven\n");
    // `exit` finds no code on the stack.
    assert_eq!((machine.run(1_000_000).word(), machine.output()), ("fault", "60\nsix\n"));
    assert_eq!(machine.input().rest(), "seven\n");
}

/// The running image of version 1, with another task before the one that runs.
fn two_of_version_1() -> String {
    let other = "tasks: [\n        (counter: 0, calls: [(body: 0)]),\n";
    let two = text("running.ron").replacen("tasks: [\n", other, 1);
    format!("{}current: 1)", two.trim_end().trim_end_matches(')'))
}

/// Before version 6, only the current task ever ran. The others are held, and whoever runs the file is told.
#[test]
fn a_second_task_of_version_1_is_held() {
    let texts = [text("running.ron"), two_of_version_1()];
    let [mut alone, mut with] = texts.map(|text| Image::from_file_text(&text).unwrap());
    let machine = &with.machine;
    let shares: Vec<u64> = machine.strands().iter().map(|strand| strand.share).collect();
    assert_eq!((machine.tasks().count(), shares), (2, vec![1, 0]));
    assert_eq!(machine.current(), TaskId(0), "the one that ran");
    assert_eq!(machine.task().counter(), alone.machine.task().counter());
    assert_eq!(with.machine.run(1_000_000), Stop::Finished);
    assert_eq!(alone.machine.run(1_000_000), Stop::Finished);
    assert_eq!(with.machine.retired(), alone.machine.retired());
    assert_eq!(with.machine.show_stack(), "100000");
    assert!(with.to_file_text().contains("(tasks: [1], share: 0)"));
}

#[cfg(unix)]
#[test]
fn a_held_task_is_told() {
    let shell = Shell::new();
    shell.file("two.ron", two_of_version_1());
    let done = shell.script(&format!("'{BINARY}' run two.ron 2>&1"), b"");
    assert_eq!(done.out, "midflight: two.ron: held, because its share is 0: task 1\n");
}

#[test]
fn tasks_go_on_as_they_were() {
    let mut image = Image::from_file_text(&text_of("v6", "running.ron")).unwrap();
    let machine = &mut image.machine;
    let is_over = |machine: &Machine, task| machine.task_of(TaskId(task)).is_none();
    assert_eq!(machine.current(), TaskId(7));
    let over = (0..8).filter(|&task| is_over(machine, task));
    assert_eq!(over.collect::<Vec<_>>(), [4]);
    // The sleeper wakes, prints and is over. The others wait, and one counts for ever.
    assert_eq!(
        (machine.run(3_000_000), machine.output()),
        (Stop::OutOfFuel, "5\n11\nhello\n?\nmore\nlate\n")
    );
    assert!(is_over(machine, 3));
    // What task 4 left is still there: main joins it instead of the task that never ends.
    for command in [
        Command::Turn { of: TurnOf::Alone(TaskId(0)) },
        Command::Drop { count: 1 },
        Command::Push { text: "task: 4".into() },
        Command::Run { fuel: 1 },
    ] {
        command.apply(&mut image).unwrap();
    }
    assert_eq!(image.machine.show_stack(), "10 task: 1 \"runs\" 7 \"eight\" 2");
}

#[test]
fn recordings_do_what_they_did() {
    let session = check_recording("v1", "everything.session", 11);
    assert_eq!(session.machine().retired(), 63);
    let session = check_recording("v2", "everything.session", 10);
    assert_eq!(session.machine().waits(), Some(Stop::Exit(72)));
    let session = check_recording("v3", "everything.session", 7);
    let image = Image::from_file_text(&text_of("v3", "everything.ron")).unwrap();
    assert_eq!(*session.image(), image);
    let session = check_recording("v4", "everything.session", 4);
    let image = Image::from_file_text(&text_of("v4", "everything.ron")).unwrap();
    assert_eq!(*session.image(), image);
    let session = check_recording("v5", "everything.session", 8);
    let image = Image::from_file_text(&text_of("v5", "everything.ron")).unwrap();
    assert_eq!(*session.image(), image);
    let session = check_recording("v6", "everything.session", 13);
    let newest = Image::from_file_text(&text_of("v6", "everything.ron")).unwrap();
    assert_eq!(*session.image(), newest);
    let examples = image.examples();
    let texts: Vec<&str> = examples.iter().map(|example| example.text.trim()).collect();
    assert_eq!(texts, ["4 twice -- 8", "5 twice -- 10", "twice --"]);
}

#[test]
fn comments_are_where_they_were() {
    let image = Image::from_file_text(&text_of("v3", "everything.ron")).unwrap();
    let ends = image.comments.iter().filter(|(place, _)| place.at == CommentAt::End).count();
    assert_eq!((image.comments.len(), ends), (17, 7));
    let text = text_of("v3", "everything.flpc");
    assert_eq!(image.print(Notation::Forth), text);
}

/// Plays a recording, which has this many expectations, and goes to every entry of its journal.
fn check_recording(version: &str, name: &str, expectations: u32) -> Session {
    let recording = Recording::read(&text_of(version, name)).unwrap();
    let mut session = Session::new(recording.base.clone());
    let mut expected = 0;
    for (number, line) in recording.records() {
        match line {
            Record::Note(Note::Expectation(words)) => {
                assert_eq!(expect::check(&session, &words), Ok(None), "line {number}");
                expected += 1;
            }
            line => {
                session.play(&line).unwrap_or_else(|problem| panic!("line {number}: {problem}"))
            }
        }
    }
    assert_eq!(expected, expectations);
    // Read as a journal, the recording leads to the same image, and the start of every entry can be
    // reached.
    let (journal, end) = recording.journal().unwrap();
    let saved = recording::write(&journal, end);
    assert!(saved.contains("\nwords 1 | "), "{saved}");
    assert_eq!(Recording::read(&saved).unwrap().journal().unwrap(), (journal.clone(), end));
    let mut again = Session::of_recording(journal, end);
    again.goto(end).unwrap();
    assert_eq!(again.image(), session.image());
    for entry in 0..=again.journal().entries().len() {
        again.goto(Position { entry, done: 0 }).unwrap();
    }
    session
}

#[test]
fn moments_have_the_names_that_they_had() {
    let recording = Recording::read(&text("moments.session")).unwrap();
    let (journal, end) = recording.journal().unwrap();
    let named: Vec<(&str, Position)> =
        journal.bookmarks().by_name().iter().map(|(name, &at)| (name.as_str(), at)).collect();
    let at = |entry, done| Position { entry, done };
    let wanted = [
        ("a branch, \u{e9}t\u{e9}", at(2, 0)),
        ("in the `loop`", at(1, 10)),
        ("the start", at(0, 0)),
    ];
    assert_eq!((named.as_slice(), end), (&wanted[..], at(0, 0)));
    let mut session = Session::of_recording(journal, end);
    session.goto(at(2, 0)).unwrap();
    assert_eq!(session.machine().show_stack().split(' ').next_back(), Some("7"));
}

#[test]
fn what_is_newer_is_refused_in_words() {
    let image = text("finished.ron").replace("version: 1", "version: 7");
    let error = Image::from_file_text(&image).unwrap_err().to_string();
    assert!(error.contains("version 7") && error.contains("versions 1 to 6"), "{error}");
    let recording =
        text("everything.session").replace("midflight-session 1", "midflight-session 7");
    let error = Recording::read(&recording).unwrap_err().to_string();
    assert!(error.contains("version 7") && error.contains("versions 1 to 6"), "{error}");
}
