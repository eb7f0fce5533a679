//! The programs, images and recordings under `programs/` print and do what they should. A program's input
//! and expected output are in `programs/expected/NAME.in` and `programs/expected/NAME.out`.

use std::collections::BTreeSet;
use std::fs;
use std::path::PathBuf;

use midflight::program::notation::Notation;
use midflight::session::expect;
use midflight::session::goal::{Ended, Goal};
use midflight::session::journal::note::Note;
use midflight::session::load::{image_of_file, image_of_program};
use midflight::session::outcome::{Outcome, Progress};
use midflight::session::record::Record;
use midflight::session::recording::Recording;
use midflight::session::request::Request;
use midflight::session::shake::Shaken;
use midflight::vm::index::Body;
use midflight::{Command, Image, Session, Stop};

fn path(name: &str) -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("programs").join(name)
}

fn read(name: &str) -> String {
    let text = fs::read_to_string(path(name)).unwrap_or_else(|error| panic!("{name}: {error}"));
    text.replace("\r\n", "\n")
}

/// The names of the files with an extension.
fn names(folder: &str, extension: &str) -> BTreeSet<String> {
    let files = fs::read_dir(path(folder)).unwrap().map(|entry| entry.unwrap().path());
    let files = files.filter(|file| file.extension().is_some_and(|found| found == extension));
    files.map(|file| file.file_stem().unwrap().to_str().unwrap().to_string()).collect()
}

/// Files that hold only definitions, for use with other programs.
const DEFINITIONS: [&str; 1] = ["more"];

#[test]
fn every_program_prints_what_it_should() {
    let mut programs = names("", "flpc");
    for name in DEFINITIONS {
        assert!(programs.remove(name), "{name}");
    }
    let in_source = names("", "flpy");
    assert!(programs.is_disjoint(&in_source));
    programs.extend(in_source.iter().cloned());
    assert_eq!(programs, names("expected", "out"), "each has an expected output, and no other");
    let with_input = names("expected", "in");
    assert!(with_input.is_subset(&programs));
    for name in programs {
        let image = if in_source.contains(&name) {
            image_of_file(&read(&format!("{name}.flpy")), None, Notation::Source)
        } else {
            image_of_program(&read(&format!("{name}.flpc")))
        };
        let mut session = Session::new(image.unwrap());
        let mut commands = Vec::new();
        if with_input.contains(&name) {
            commands.push(Command::Give { text: read(&format!("expected/{name}.in")) });
        }
        commands.push(Command::EndInput);
        let outcome = session.finish(&commands, Goal::Fuel(10_000_000)).unwrap();
        let Outcome::Ran(Ended::Stopped(stop)) = outcome else { panic!("{name}: {outcome:?}") };
        let ends = match &*name {
            "holes" => "missing",
            "philosophers" => "deadlock",
            _ => "finished",
        };
        assert_eq!(stop.word(), ends, "{name}: {stop}");
        assert_eq!(session.machine().output(), read(&format!("expected/{name}.out")), "{name}");
        assert!(session.machine().input().rest().is_empty(), "{name} reads all of its input");
        if ends == "finished" {
            assert!(session.machine().task().parameters().is_empty(), "{name} leaves nothing");
        }
    }
}

fn given(text: &str) -> [Command; 1] {
    [Command::Give { text: text.to_string() }]
}

/// The files in `programs/expected/bf/` are inputs of the interpreter too: a program, and what it reads.
#[test]
fn the_bf_interpreter_runs_longer_programs() {
    let names = names("expected/bf", "in");
    assert!(names.contains("squares") && names.contains("primes"));
    for name in names {
        let mut session = Session::new(image_of_program(&read("bf.flpc")).unwrap());
        let [give] = given(&read(&format!("expected/bf/{name}.in")));
        let outcome = session.finish(&[give, Command::EndInput], Goal::Fuel(50_000_000)).unwrap();
        assert_eq!(outcome, Outcome::Ran(Ended::Stopped(Stop::Finished)), "{name}");
        assert_eq!(session.machine().output(), read(&format!("expected/bf/{name}.out")), "{name}");
    }
}

/// Reading blocks the BF program, and nothing else.
#[test]
fn a_bf_program_that_waits_for_input_is_saved_taken_back_and_cancelled() {
    let waits = Outcome::Ran(Ended::Stopped(Stop::Input));
    let mut session = Session::new(image_of_program(&read("bf.flpc")).unwrap());
    let input = read("expected/bf.in");
    let rot13 = input.split_inclusive('\n').next().unwrap();
    assert_eq!(session.finish(&given(rot13), Goal::Free).unwrap(), waits);
    assert_eq!(session.finish(&given("Ab"), Goal::Free).unwrap(), waits);
    assert_eq!(session.machine().output(), "No");
    let saved = Image::from_file_text(&session.image().to_file_text()).unwrap();

    assert!(session.step_back().unwrap());
    assert_eq!(session.machine().waits(), None, "an instruction before it waits");
    assert!(session.undo().unwrap());
    assert_eq!((session.machine().output(), session.machine().waits()), ("", Some(Stop::Input)));

    let request = Request::gesture(given("xyz"), Some(Goal::Free));
    assert_eq!(session.start(request).unwrap(), Progress::More);
    assert_eq!(session.advance(5_000).unwrap(), Progress::More);
    session.give_up();
    assert!(session.machine().output().len() < 3 && session.job().is_none());
    assert_eq!(session.finish(&[], Goal::Free).unwrap(), waits);
    assert_eq!(session.machine().output(), "klm", "it goes on where it was cancelled");

    let mut loaded = Session::new(saved);
    assert_eq!(loaded.finish(&given("c\n"), Goal::Free).unwrap(), waits);
    assert_eq!(loaded.machine().output(), "Nop\n");
    let ended = loaded.finish(&[Command::EndInput], Goal::Free).unwrap();
    assert_eq!(ended, Outcome::Ran(Ended::Stopped(Stop::Finished)));
}

#[test]
fn a_bracket_without_partner_is_said() {
    for (program, says) in [("+[[-]", "a [ without a ]\n"), ("+]", "a ] without a [\n")] {
        let mut session = Session::new(image_of_program(&read("bf.flpc")).unwrap());
        let outcome = session.finish(&given(&format!("{program}\n")), Goal::Fuel(10_000)).unwrap();
        assert_eq!(outcome, Outcome::Ran(Ended::Stopped(Stop::Exit(1))));
        assert_eq!(session.machine().output(), says);
    }
}

#[test]
fn every_program_prints_and_reads_back() {
    for name in names("", "flpc") {
        let source = read(&format!("{name}.flpc"));
        let image = image_of_program(&source).unwrap();
        let printed = print(&image);
        assert_eq!(parse(&printed).main, parse(&source).main, "{name}");
        assert_eq!(print(&image_of_program(&printed).unwrap()), printed, "{name}");
    }
}

/// Plays a recording up to a line and checks its expectations. Returns how many there were.
fn play(name: &str, until: &str) -> (Session, usize) {
    let recording = Recording::read(&read(name)).unwrap();
    let mut session = Session::new(recording.base.clone());
    let mut checked = 0;
    for (number, line) in recording.records() {
        if !until.is_empty() && line.print() == until {
            break;
        }
        session.play(&line).unwrap_or_else(|error| panic!("{name}, line {number}: {error}"));
        if let Record::Note(Note::Expectation(words)) = line {
            let unmet = expect::check(&session, &words).unwrap();
            assert!(unmet.is_none(), "{name}, line {number}: {}", unmet.unwrap());
            checked += 1;
        }
    }
    (session, checked)
}

#[test]
fn every_recording_does_what_it_expects() {
    let recordings = names("", "session");
    assert!(recordings.contains("fib"));
    for name in recordings {
        let (session, checked) = play(&format!("{name}.session"), "");
        assert!(checked > 0, "{name} expects something");
        assert_eq!(session.machine().waits(), Some(Stop::Finished), "{name}");
    }
}

#[test]
fn fib_is_built_top_down() {
    let (session, checked) = play("fib.session", "");
    assert!(checked > 50);
    assert_eq!(session.machine().output(), "2\n");
    // The function that was built while it ran equals the one in the file.
    let built = parse(&print(session.image()));
    let written = parse(&read("fib.flpc"));
    assert_eq!(built.definitions[0].code, written.definitions[0].code);
}

/// A definition, as a recording made it and as the program has it.
type Made = (&'static str, &'static str, &'static [&'static str]);

#[test]
fn what_is_built_with_tasks_is_what_the_programs_have() {
    let cases: [Made; 5] = [
        ("generators", "generators", &["count-from", "next", "without"]),
        ("producer", "producer", &["produce", "consume"]),
        ("switch", "switch", &["letter", "digit"]),
        ("race", "lock", &["add"]),
        ("two-loops", "two-loops", &[]),
    ];
    for (recording, program, names) in cases {
        let (session, _) = play(&format!("{recording}.session"), "");
        let built = parse(&print(session.image()));
        let written = parse(&read(&format!("{program}.flpc")));
        for name in names {
            let code = |program: &midflight::program::listing::Program| {
                let found = program.definitions.iter().find(|one| &*one.name == *name);
                found.unwrap_or_else(|| panic!("{recording}: {name}")).code.clone()
            };
            assert_eq!(code(&built), code(&written), "{recording}: {name}");
        }
        if recording == program {
            assert_eq!(built.main, written.main, "{recording}");
            assert_eq!(built.definitions.len(), names.len(), "{recording}");
        }
    }
}

#[test]
fn the_philosophers_are_mended_while_they_wait() {
    let (session, _) = play(
        "philosophers.session",
        "# The last one, whose number is 4, waits for the right fork, with the left one in hand.",
    );
    let machine = session.machine();
    let Some(Stop::Deadlock(told)) = machine.waits() else { panic!("{:?}", machine.waits()) };
    for task in 1..=5 {
        assert!(told.contains(&format!("task {task} waits for")), "{told}");
    }
    let (session, _) = play("philosophers.session", "");
    let mut lines: Vec<&str> = session.machine().output().lines().collect();
    lines.sort_unstable();
    let meals = (0..15).map(|meal| format!("{} eats", meal / 3));
    assert_eq!(lines, meals.collect::<Vec<_>>());
}

/// Some schedule loses additions, and none does with the lock.
#[test]
fn schedules_find_the_race_and_not_the_mended_one() {
    for (name, has_race) in [("race", true), ("lock", false), ("generators", false)] {
        let image = image_of_program(&read(&format!("{name}.flpc"))).unwrap();
        let shaken = |number| Shaken::run(&image, number, 100_000).unwrap();
        let usual = shaken(0);
        let differs = (1..=30).any(|number| usual.differs(&shaken(number)).is_some());
        assert_eq!(differs, has_race, "{name}");
    }
}

#[test]
fn fib_paused_is_the_recording_in_the_middle() {
    let (session, _) = play("fib.session", "# When i < 3 the result is 1.");
    let calls = session.machine().task().calls();
    let fibs = calls.activations().filter(|entry| entry.is_frame && entry.body == Body(1));
    assert_eq!(fibs.count(), 2, "two activations of fib are alive");
    let file = read("fib-paused.ron");
    assert_eq!(session.image().to_file_text(), file);
    assert_eq!(Image::from_file_text(&file).unwrap(), *session.image());
}

fn print(image: &Image) -> String {
    image.print(Notation::Forth)
}

fn parse(text: &str) -> midflight::program::listing::Program {
    Notation::Forth.read_program(text).unwrap().cells
}
