//! The fuzz targets: each takes any bytes and must neither panic nor break a law.
//!
//! `tests/fuzzing.rs` runs them for a bounded time with the seeds in `corpus/`; cargo-fuzz runs them
//! from this folder without bound.

use midflight::program::check::check;
use midflight::program::image::Image;
use midflight::program::notation::Notation;
use midflight::program::plain_name::Known;
use midflight::program::scope::Scope;
use midflight::program::source::read_typed;
use midflight::session::Session;
use midflight::session::command;
use midflight::session::command::Command;
use midflight::session::load::image_of_program;
use midflight::session::recording::Recording;
use midflight::session::request::Request;
use midflight::vm::limit::LimitKind;
use midflight::vm::machine::Machine;
use midflight::vm::memory::Place;
use midflight::vm::stop::Stop;

/// A target: its name, which is also the name of its folder of seeds, and its function.
pub type Target = (&'static str, fn(&[u8]));

/// All of them.
pub const TARGETS: [Target; 6] = [
    ("image", image),
    ("recording", recording),
    ("program", program),
    ("source", source),
    ("command", command),
    ("lockstep", lockstep),
];

/// How many instructions a program may run.
const FUEL: u64 = 3_000;
/// The most cells: few enough to compare and copy quickly.
const CELLS: u64 = 100_000;

fn bound(machine: &mut Machine) {
    for (kind, value) in [(LimitKind::Memory, CELLS), (LimitKind::Text, 1 << 20)] {
        // A limit may be below what is in use; it only stops instructions.
        machine.set_limit(kind, value).expect("any limit can be set");
    }
}

/// An image that loads can be saved and loaded again as the same image, and runs.
pub fn image(bytes: &[u8]) {
    let Ok(text) = std::str::from_utf8(bytes) else { return };
    let Ok(mut image) = Image::from_file_text(text) else { return };
    let saved = image.to_file_text();
    let again = Image::from_file_text(&saved).expect("what was saved loads");
    assert!(again == image, "another image was loaded than was saved: {saved}");
    bound(&mut image.machine);
    image.machine.run(FUEL);
}

/// A recording is read, or recovered, and its journal is replayed for a while.
pub fn recording(bytes: &[u8]) {
    let Ok(text) = std::str::from_utf8(bytes) else { return };
    let read = Recording::read(text);
    let recovered = Recording::recover(text);
    if read.is_ok() {
        assert!(recovered.is_ok(), "what can be read can be recovered");
    }
    let Ok((recording, _)) = recovered else { return };
    let (journal, end, damage) = recording.journal_before_damage();
    assert_eq!(recording.journal().is_err(), damage.is_some(), "both find the same damage");
    assert!(journal.contains(end), "its end is a position of the journal");
    let mut session = Session::of_recording(journal, end);
    session.start(Request::goto(end)).expect("the end is a position");
    // Whatever the journal says, the result is a machine or an error.
    let _ = session.advance(FUEL);
}

/// A program that parses can be printed and parsed again as the same program, and runs.
pub fn program(bytes: &[u8]) {
    let Ok(text) = std::str::from_utf8(bytes) else { return };
    let Ok(image) = image_of_program(text) else { return };
    checked(text, &image);
    let printed = image.print(Notation::Forth);
    let again = image_of_program(&printed).unwrap_or_else(|e| panic!("{e}\n{printed}"));
    assert_eq!(again.print(Notation::Forth), printed);
    let mut machine = image.machine;
    bound(&mut machine);
    machine.run(FUEL);
}

/// What `check` accepts has no holes, and every cell has a place that can be shown.
fn checked(text: &str, image: &Image) {
    let text = Known::none().text(text);
    let findings = check(&text, Notation::Forth)
        .unwrap_or_else(|report| panic!("it was read before: {report}"));
    findings.render("fuzz.flpc", &text);
    let mut holes = 0;
    for (body, code) in image.machine.memory().code_bodies() {
        for offset in 0..code.used().len() {
            let place = Place::new(body.0, offset as u32);
            holes += usize::from(image.machine.instruction(place).missing().is_some());
            let origin = image.origins.of(place).unwrap_or_else(|| panic!("{place:?} is nowhere"));
            if offset < 20 {
                origin.excerpt();
            }
        }
    }
    assert!(holes == 0 || findings.missing() > 0, "{holes} holes, and nothing is missing: {text}");
}

/// A source text that can be read is printed and read again as the same program, with its comments. A typed line
/// is read, or what it lacks is put in.
pub fn source(bytes: &[u8]) {
    let Ok(text) = std::str::from_utf8(bytes) else { return };
    let scope = Scope::empty();
    let line = Notation::Source.read_line(text, &scope);
    // A typed line is also refused if a word in it surely means something else.
    let typed = read_typed(text, &scope);
    if let (Ok(line), Ok(typed)) = (line, typed) {
        assert!(line == typed.read && typed.repairs.is_empty(), "nothing is missing: {text}");
    }
    let Ok(read) = Notation::Source.read_program(text) else { return };
    let printed = Notation::Source.print_program(&read.cells, &scope);
    let again = Notation::Source.read_program(&printed.text);
    let again = again.unwrap_or_else(|report| panic!("{report}\n{}", printed.text));
    assert!(again.cells == read.cells, "another program is read: {}", printed.text);
    assert_eq!(again.spans, printed.spans, "{}", printed.text);
    assert_eq!(Notation::Source.print_program(&again.cells, &scope), printed);
}

/// Each line is a gesture. It prints as it was read, and leaves no trace if it is refused.
pub fn command(bytes: &[u8]) {
    let Ok(text) = std::str::from_utf8(bytes) else { return };
    let mut session = Session::default();
    for line in text.lines().take(60) {
        let Ok(mut commands) = command::read(line) else { continue };
        let printed = command::print(&commands);
        assert_eq!(command::read(&printed).as_ref(), Ok(&commands), "{printed}");
        for command in &mut commands {
            match command {
                Command::Run { fuel } => *fuel = FUEL.min(*fuel),
                Command::Limit { kind: LimitKind::Memory, value } => *value = CELLS.min(*value),
                _ => {}
            }
        }
        let before = (session.position(), session.image().clone());
        if session.apply(&commands).is_err() {
            assert!(before == (session.position(), session.image().clone()), "{printed}");
        }
    }
    let end = session.position();
    let there = session.image().clone();
    session.goto(Default::default()).expect("the base is there");
    session.goto(end).expect("the end is there");
    assert!(*session.image() == there, "going back and forward leads elsewhere");
}

/// The fast loop and the stepper do the same, in slices whose length depends on the first byte.
pub fn lockstep(bytes: &[u8]) {
    let Some((&first, rest)) = bytes.split_first() else { return };
    let Ok(text) = std::str::from_utf8(rest) else { return };
    let Ok(image) = image_of_program(text) else { return };
    let mut fast = image.machine;
    bound(&mut fast);
    fast.give_input("50\n25\n12\n");
    let mut slow = fast.clone();
    let slice = 1 + u64::from(first) * 7;
    while fast.retired() < FUEL {
        let stop = fast.run(slice);
        let refused = (0..slice).find_map(|_| slow.step().err());
        let why = refused.or_else(|| slow.waits()).unwrap_or(Stop::OutOfFuel);
        assert_eq!(stop, why, "{text}");
        assert!(fast == slow, "they differ after {} instructions: {text}", slow.retired());
        if stop != Stop::OutOfFuel {
            break;
        }
    }
}
