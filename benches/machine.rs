//! What it costs to stop, to remember, to edit and to go back; `docs/performance.md` says what the
//! figures mean.
//!
//!     cargo bench --no-default-features --bench machine
//!
//! Compare the fastest times, and only those of one group in one run: each group holds the same work
//! with and without what is measured.

use divan::{Bencher, black_box};
use midflight::program::image::Image;
use midflight::session::Session;
use midflight::session::command::{Command, image_of_program};
use midflight::session::goal::{Goal, Progress};
use midflight::session::journal::Position;
use midflight::session::recording::{HEADER, Line, Recording};
use midflight::vm::machine::Machine;
use midflight::vm::memory::Place;
use midflight::vm::stop::Stop;

fn main() {
    divan::main();
}

/// How much a session runs between two looks at what a person does: some milliseconds.
const SLICE: u64 = 1 << 20;

const PROGRAMS: [&str; 3] = ["fib", "loop", "sieve"];

/// A program of `programs/`, with its count of repetitions made smaller.
fn image(program: &str) -> Image {
    let text = match program {
        "fib" => include_str!("programs/fib.flpc").replace("35 fib", "30 fib"),
        "loop" => include_str!("programs/loop.flpc").replace("10000 run", "500 run"),
        "sieve" => include_str!("programs/sieve.flpc").replace("n 10 <", "n 2 <"),
        _ => unreachable!("there is no {program}"),
    };
    image_of_program(&text).expect("it is a program")
}

/// A program that takes a few milliseconds: some of its runs are not disturbed.
fn short(program: &str) -> Image {
    let text = match program {
        "fib" => include_str!("programs/fib.flpc").replace("35 fib", "24 fib"),
        "loop" => include_str!("programs/loop.flpc").replace("10000 run", "40 run"),
        _ => {
            include_str!("programs/sieve.flpc").replace("2000000", "100000").replace("10 <", "2 <")
        }
    };
    image_of_program(&text).expect("it is a program")
}

/// A program that runs for long enough.
fn endless(program: &str) -> Image {
    let text = match program {
        "sieve" => include_str!("programs/sieve.flpc").replace("n 10 <", "n 1000000 <"),
        _ => include_str!("programs/loop.flpc").replace("10000 run", "1000000000 run"),
    };
    image_of_program(&text).expect("it is a program")
}

/// The same work in one run (0), or with a pause every so many instructions.
#[divan::bench_group(sample_count = 100, sample_size = 1)]
mod pause {
    use super::*;

    const EVERY: [u64; 4] = [0, 100_000, 10_000, 1_000];

    #[divan::bench(args = EVERY)]
    fn fib(bencher: Bencher, every: u64) {
        run(bencher, every, "fib");
    }

    #[divan::bench(args = EVERY)]
    fn nested_loop(bencher: Bencher, every: u64) {
        run(bencher, every, "loop");
    }

    #[divan::bench(args = EVERY)]
    fn sieve(bencher: Bencher, every: u64) {
        run(bencher, every, "sieve");
    }

    fn run(bencher: Bencher, every: u64, program: &str) {
        let fuel = if every == 0 { u64::MAX } else { every };
        let start = || short(program).machine;
        bencher.with_inputs(start).bench_local_refs(|machine: &mut Machine| {
            while machine.run(fuel) == Stop::OutOfFuel {}
            assert_eq!(machine.waits(), Some(Stop::Finished));
        });
    }
}

/// The machine alone, and as a session that keeps its history.
#[divan::bench_group(sample_count = 30, sample_size = 1)]
mod history {
    use super::*;

    #[divan::bench(args = PROGRAMS)]
    fn off(bencher: Bencher, program: &str) {
        bencher
            .with_inputs(|| image(program).machine)
            .bench_local_refs(|machine| while machine.run(SLICE) == Stop::OutOfFuel {});
    }

    #[divan::bench(args = PROGRAMS)]
    fn on(bencher: Bencher, program: &str) {
        bencher.with_inputs(|| Session::new(image(program))).bench_local_refs(|session| {
            session.begin(&[], Some(Goal::Free)).expect("it begins");
            while session.slice(SLICE) == Progress::More {}
            session.take_lines()
        });
    }
}

/// A thousand instructions, and the same after an edit.
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
                false => Command::Insert { at, text: "label: here".to_string() },
                true => Command::Delete { at, count: 1 },
            };
            there = !there;
            session.apply(&[edit]).expect("it is edited");
            session.apply(&[RUN])
        });
    }
}

/// Back from the end of 100,000,000 instructions.
#[divan::bench_group(sample_count = 40, sample_size = 1)]
mod back {
    use super::*;

    const INSTRUCTIONS: u64 = 100_000_000;

    /// By one instruction, and one more, and so on.
    #[divan::bench(args = ["loop", "sieve"])]
    fn one_step(bencher: Bencher, program: &str) {
        let mut session = running(program, INSTRUCTIONS);
        bencher.bench_local(|| assert_eq!(session.step_back(), Ok(true)));
    }

    /// To anywhere, as one scrubs.
    #[divan::bench(args = ["loop", "sieve"])]
    fn anywhere(bencher: Bencher, program: &str) {
        let mut session = running(program, INSTRUCTIONS);
        let mut random: u64 = 1;
        bencher.bench_local(|| {
            random = random.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1);
            let done = (random >> 33) % INSTRUCTIONS;
            session.goto(Position { entry: 1, done })
        });
    }
}

/// A program in the middle of its run.
fn running(program: &str, instructions: u64) -> Session {
    let mut session = Session::new(endless(program));
    session.begin(&[], Some(Goal::Fuel(instructions))).expect("it begins");
    while session.slice(SLICE) == Progress::More {}
    assert_eq!(session.machine().retired(), instructions);
    session
}

/// Files.
#[divan::bench_group(sample_count = 10, sample_size = 1)]
mod file {
    use super::*;

    /// A recording of 100,000 gestures, read.
    #[divan::bench]
    fn read_recording(bencher: Bencher) {
        let text = recording();
        bencher.bench_local(|| journal_of(black_box(&text)));
    }

    /// The same, carried out too.
    #[divan::bench]
    fn go_to_its_end(bencher: Bencher) {
        let (journal, end) = journal_of(&recording());
        let start = || Session::of(journal.clone());
        bencher.with_inputs(start).bench_local_refs(|session| session.goto(end));
    }

    /// An image of a million numbers, as a text.
    #[divan::bench]
    fn save_image(bencher: Bencher) {
        let image = million();
        bencher.bench_local(|| image.to_file_text());
    }

    /// The same, from its text.
    #[divan::bench]
    fn load_image(bencher: Bencher) {
        let text = million().to_file_text();
        bencher.bench_local(|| Image::from_file_text(black_box(&text)).expect("it is an image"));
    }
}

fn journal_of(text: &str) -> (midflight::session::journal::Journal, Position) {
    let recording = Recording::read(text).expect("it is a recording");
    recording.journal().expect("it tells of a journal")
}

/// 100,000 gestures: values pushed and dropped, code written and deleted, each with a run.
fn recording() -> String {
    let at = Place::new(0, 0);
    let gestures = (0..100_000).map(|n| match n % 4 {
        0 => vec![Command::Push { text: n.to_string() }],
        1 => vec![Command::Write { at, text: format!("{n} +") }, Command::Run { fuel: 2 }],
        2 => vec![Command::Drop { count: 1 }, Command::Counter { at }],
        _ => vec![Command::Delete { at, count: 2 }],
    });
    let lines = gestures.map(|commands| Line::Gesture(commands).print() + "\n");
    format!("{HEADER}\nbase empty\n{}", lines.collect::<String>())
}

fn million() -> Image {
    let text = "1000000 allocate assign: a 0 assign: i \
        1 [ i i * 1000 mod a i memory.set i 1 + assign: i i 1000000 < ] repeat_if";
    let mut image = image_of_program(text).expect("it is a program");
    assert_eq!(image.machine.run(u64::MAX), Stop::Finished);
    image
}
