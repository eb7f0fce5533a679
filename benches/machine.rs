//! What it costs to edit, load and save. `docs/performance.md` explains the figures. Longer measurements
//! are in `cost.rs`.
//!
//!     cargo bench --no-default-features --bench machine
//!
//! Compare the fastest times. The others also measure whatever else the machine was doing.

use divan::{Bencher, black_box};
use midflight::program::image::Image;
use midflight::session::Session;
use midflight::session::command::Command;
use midflight::session::goal::Goal;
use midflight::session::journal::Position;
use midflight::session::load::image_of_program;
use midflight::session::outcome::Progress;
use midflight::session::record::Record;
use midflight::session::recording::{HEADER, Recording};
use midflight::session::request::Request;
use midflight::vm::memory::Place;
use midflight::vm::stop::Stop;

fn main() {
    divan::main();
}

/// Instructions in one time slice of a session: some milliseconds.
const SLICE: u64 = 1 << 20;

/// A program that runs longer than any measurement here.
fn endless(program: &str) -> Image {
    let text = match program {
        "sieve" => include_str!("programs/sieve.flpc").replace("n 10 <", "n 1000000 <"),
        _ => include_str!("programs/loop.flpc").replace("10000 run", "1000000000 run"),
    };
    image_of_program(&text).expect("it is a program")
}

/// A thousand instructions without an edit, and after one.
#[divan::bench_group(sample_count = 200, sample_size = 10)]
mod edit {
    use super::*;

    const RUN: Command = Command::Run { fuel: 1_000 };

    #[divan::bench(args = ["loop", "sieve"])]
    fn none(bencher: Bencher, program: &str) {
        let mut session = running(program, 50_000_000);
        bencher.bench_local(|| session.apply(&[RUN]));
    }

    #[divan::bench(args = ["loop", "sieve"])]
    fn one(bencher: Bencher, program: &str) {
        let mut session = running(program, 50_000_000);
        let body = session.machine().task().counter().body;
        let at = Place::new(body, 0);
        let mut there = false;
        bencher.bench_local(|| {
            let edit = match there {
                false => Command::Insert { at, text: "label: here".into() },
                true => Command::Delete { at, count: 1 },
            };
            there = !there;
            session.apply(&[edit]).expect("it is edited");
            session.apply(&[RUN])
        });
    }
}

/// A program in the middle of its run.
fn running(program: &str, instructions: u64) -> Session {
    let mut session = Session::new(endless(program));
    session.start(Request::run(Goal::Fuel(instructions))).expect("it begins");
    while session.advance(SLICE) == Ok(Progress::More) {}
    assert_eq!(session.machine().retired(), instructions);
    session
}

/// Files.
#[divan::bench_group(sample_count = 10, sample_size = 1)]
mod file {
    use super::*;

    /// Reads a recording of 100,000 gestures.
    #[divan::bench]
    fn read_recording(bencher: Bencher) {
        let text = recording();
        bencher.bench_local(|| journal_of(black_box(&text)));
    }

    /// Replays the same recording to its end.
    #[divan::bench]
    fn go_to_its_end(bencher: Bencher) {
        let (journal, end) = journal_of(&recording());
        let start = || Session::of(journal.clone());
        bencher.with_inputs(start).bench_local_refs(|session| session.goto(end));
    }

    /// Writes an image of a million numbers as text.
    #[divan::bench]
    fn save_image(bencher: Bencher) {
        let image = million();
        bencher.bench_local(|| image.to_file_text());
    }

    /// Reads the same image from its text.
    #[divan::bench]
    fn load_image(bencher: Bencher) {
        let text = million().to_file_text();
        bencher.bench_local(|| Image::from_file_text(black_box(&text)).expect("it is an image"));
    }
}

fn journal_of(text: &str) -> (midflight::session::journal::Journal, Position) {
    let recording = Recording::read(text).expect("it is a recording");
    recording.journal().expect("it holds a journal")
}

/// 100,000 gestures that push and drop values, write code and run it, and delete code.
fn recording() -> String {
    let at = Place::new(0, 0);
    let gestures = (0..100_000).map(|n| match n % 4 {
        0 => vec![Command::Push { text: n.to_string().into() }],
        1 => vec![Command::Write { at, text: format!("{n} +").into() }, Command::Run { fuel: 2 }],
        2 => vec![Command::Drop { count: 1 }, Command::Counter { at }],
        _ => vec![Command::Delete { at, count: 2 }],
    });
    let lines = gestures.map(|commands| Record::Gesture(commands).print() + "\n");
    format!("{HEADER}\nbase empty\n{}", lines.collect::<String>())
}

fn million() -> Image {
    let text = "1000000 allocate assign: a 0 assign: i \
        1 [ i i * 1000 mod a i memory.set i 1 + assign: i i 1000000 < ] repeat_if";
    let mut image = image_of_program(text).expect("it is a program");
    assert_eq!(image.machine.run(u64::MAX), Stop::Finished);
    image
}
