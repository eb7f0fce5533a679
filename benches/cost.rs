//! What it costs to pause, to keep the history, and to go back in it. `docs/performance.md` explains the
//! figures.
//!
//!     cargo bench --no-default-features --features cli --bench cost
//!
//! Runs with and without the measured feature take turns, and the processor time of the thread is
//! counted, so that other work on the machine disturbs little. Only Linux reports that time without
//! foreign code. Elsewhere the time on the clock is counted.

use std::time::{Duration, Instant};

use midflight::autosave::Autosave;
use midflight::program::image::Image;
use midflight::session::Session;
use midflight::session::command::Command;
use midflight::session::goal::Goal;
use midflight::session::journal::Position;
use midflight::session::load::image_of_program;
use midflight::session::outcome::Progress;
use midflight::session::request::Request;
use midflight::session::wanted::{Direction, Wanted};
use midflight::vm::index::Offset;
use midflight::vm::index::TaskId;
use midflight::vm::instruction::{Fragment, Instruction};
use midflight::vm::limit::LimitKind;
use midflight::vm::memory::{MAIN, Place};
use midflight::vm::stop::Stop;

/// Instructions in one time slice of a session: some milliseconds.
const SLICE: u64 = 1 << 20;
const ROUNDS: usize = 9;
const PROGRAMS: [&str; 3] = ["fib", "loop", "sieve"];

fn main() {
    println!("least processor time of {ROUNDS} rounds, milliseconds");
    for program in PROGRAMS {
        pause(program);
    }
    for program in PROGRAMS {
        history(program);
    }
    for program in PROGRAMS {
        watched(program);
    }
    for program in ["loop", "sieve"] {
        back(program);
    }
    insert();
    append();
    for program in ["loop", "sieve"] {
        keep(program);
    }
}

/// A long line inserted under many activations.
fn insert() {
    let mut deep = image_of_program("[ 1 drop f 2 3 ] bind: f f").expect("it is a program").machine;
    assert_eq!(deep.run(u64::MAX), Stop::Limit(LimitKind::Calls));
    let line = Fragment::line(vec![Instruction::Integer(7); 2_000]);
    let mut least = f64::INFINITY;
    for _ in 0..ROUNDS {
        let mut machine = deep.clone();
        least = least.min(time(|| {
            machine.insert(Place::new(1, 1), &line).expect("it fits");
        }));
    }
    println!("insert   2,000 cells at call depth {}: {least:.2}", deep.task().calls().depth());
}

/// A program of `programs/` that runs for about a tenth of a second; with `long`, practically for ever.
fn image(program: &str, long: bool) -> Image {
    let (text, from, to) = match program {
        "fib" => (include_str!("programs/fib.flpc"), "35 fib", "30 fib"),
        "loop" if long => (include_str!("programs/loop.flpc"), "10000 run", "1000000000 run"),
        "loop" => (include_str!("programs/loop.flpc"), "10000 run", "1000 run"),
        "sieve" if long => (include_str!("programs/sieve.flpc"), "n 10 <", "n 1000000000 <"),
        _ => (include_str!("programs/sieve.flpc"), "n 10 <", "n 5 <"),
    };
    image_of_program(&text.replace(from, to)).expect("it is a program")
}

/// The processor time of this thread so far, or the time since `start` if the system does not report it.
fn now(start: Instant) -> Duration {
    let told = std::fs::read_to_string("/proc/thread-self/schedstat").ok();
    let nanoseconds = told.and_then(|text| text.split(' ').next()?.parse().ok());
    nanoseconds.map_or_else(|| start.elapsed(), Duration::from_nanos)
}

/// How long something takes, in milliseconds. The system counts processor time in steps of some
/// milliseconds. Shorter work is seldom interrupted, so it is measured with the clock.
fn time(work: impl FnOnce()) -> f64 {
    let start = Instant::now();
    let before = now(start);
    work();
    let clock = start.elapsed();
    let taken = if clock < Duration::from_millis(10) { clock } else { now(start) - before };
    taken.as_secs_f64() * 1000.0
}

/// One run without a pause, and runs that pause every N instructions.
fn pause(program: &str) {
    let every = [u64::MAX, 100_000, 10_000, 1_000];
    let mut least = every.map(|_| f64::INFINITY);
    for _ in 0..ROUNDS {
        for (least, every) in least.iter_mut().zip(every) {
            let mut machine = image(program, false).machine;
            let taken = time(|| while machine.run(every) == Stop::OutOfFuel {});
            assert_eq!(machine.waits(), Some(Stop::Finished));
            *least = least.min(taken);
        }
    }
    println!("pause    {program:6} none {:8.1}", least[0]);
    for (least_of, every) in least.iter().zip(every).skip(1) {
        println!(
            "pause    {program:6} every {every:6}: {least_of:8.1} {}",
            more(*least_of, least[0])
        );
    }
}

/// The machine alone, and a session that keeps its history.
fn history(program: &str) {
    let (mut off, mut on) = (f64::INFINITY, f64::INFINITY);
    let mut kept = 0;
    for _ in 0..ROUNDS {
        let mut machine = image(program, false).machine;
        off = off.min(time(|| while machine.run(SLICE) == Stop::OutOfFuel {}));
        let mut session = Session::new(image(program, false));
        session.start(Request::run(Goal::Free)).expect("it begins");
        on = on.min(time(|| while session.advance(SLICE) == Ok(Progress::More) {}));
        assert_eq!(session.machine().retired(), machine.retired());
        kept = session.checkpoints().count();
    }
    println!("history  {program:6} off {off:8.1}");
    println!("history  {program:6} on  {on:8.1} {}, {kept} checkpoints", more(on, off));
}

/// A free run, a run with a breakpoint that is never reached, and a run as one call that is stepped over.
/// Then a search back through all of it.
fn watched(program: &str) {
    let mut least = [f64::INFINITY; 4];
    for _ in 0..ROUNDS {
        let mut retired = Vec::new();
        for (n, least) in least.iter_mut().take(3).enumerate() {
            let mut image = image(program, false);
            if n == 1 {
                let main = image.machine.memory().code(MAIN).expect("main is always there");
                let empty = Place::new(MAIN, Offset::from_index(main.used().len()));
                image.breakpoints.insert(empty.next());
            }
            let goal = if n == 2 { Goal::Depth(TaskId::MAIN, 1) } else { Goal::Free };
            let mut session = Session::new(image);
            let run = |session: &mut Session| {
                session.start(Request::run(goal)).expect("it begins");
                while session.advance(SLICE) == Ok(Progress::More) {}
            };
            *least = least.min(time(|| {
                while session.machine().waits().is_none() {
                    run(&mut session)
                }
            }));
            retired.push(session.machine().retired());
        }
        assert!(retired.iter().all(|&other| other == retired[0]));
        let mut session = Session::new(image(program, false));
        session.finish(&[], Goal::Free).expect("it runs");
        least[3] = least[3].min(time(|| {
            assert_eq!(session.find(Wanted::Depth(TaskId::MAIN, 0), Direction::Back), Ok(None));
        }));
    }
    let [free, stop, over, back] = least;
    println!("watched  {program:6} free {free:8.1}");
    println!("watched  {program:6} breakpoint set {stop:8.1} {}", more(stop, free));
    println!("watched  {program:6} over {over:8.1} {}", more(over, free));
    println!("watched  {program:6} back through all of it {back:8.1}");
}

fn more(with: f64, without: f64) -> String {
    format!("{:+.1} %", (with / without - 1.0) * 100.0)
}

/// Back from the end of 100,000,000 instructions: step by step, and to random positions as in scrubbing.
fn back(program: &str) {
    const INSTRUCTIONS: u64 = 100_000_000;
    const TIMES: usize = 40;
    let mut session = Session::new(image(program, true));
    session.start(Request::run(Goal::Fuel(INSTRUCTIONS))).expect("it begins");
    while session.advance(SLICE) == Ok(Progress::More) {}
    assert_eq!(session.machine().retired(), INSTRUCTIONS);
    let step = || time(|| assert_eq!(session.step_back(), Ok(true)));
    report(program, "one step back", std::iter::repeat_with(step).take(TIMES));
    let mut random: u64 = 1;
    let anywhere = || {
        random = random.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1);
        let done = (random >> 33) % INSTRUCTIONS;
        time(|| session.goto(Position { entry: 1, done }).expect("it is there"))
    };
    report(program, "to anywhere", std::iter::repeat_with(anywhere).take(TIMES));
}

/// Autosaving one gesture: the part that a frame waits for.
fn append() {
    let folder = tempfile::tempdir().expect("there is room");
    let mut autosave = Autosave::open(folder.path(), false).expect("it can be written").autosave;
    let mut session = Session::default();
    let push = [Command::Push { text: "1".into() }];
    let once = || {
        session.apply(&push).expect("it pushes");
        time(|| autosave.write(&mut session).expect("there is room"))
    };
    report("append", "one gesture", std::iter::repeat_with(once).take(10_000));
}

/// Autosaving a run of 3,000 million instructions, snapshots included: the part that a frame waits for.
/// Then how long recovery takes after a crash, with the snapshot and without it.
fn keep(program: &str) {
    const SLICES: usize = 3000;
    let folder = tempfile::tempdir().expect("there is room");
    let mut autosave = Autosave::open(folder.path(), false).expect("it can be written").autosave;
    let mut session = Session::new(image(program, true));
    session.start(Request::run(Goal::Free)).expect("it begins");
    let slice = || {
        session.advance(1_000_000).expect("it runs");
        time(|| autosave.write(&mut session).expect("there is room"))
    };
    report(program, "a slice kept", std::iter::repeat_with(slice).take(SLICES));
    let recording = autosave.path().to_path_buf();
    drop(autosave);
    let back = || {
        time(|| {
            let opened = Autosave::open(folder.path(), true).expect("it can be read");
            let mut left = opened.recovery.expect("something is left");
            left.session.goto(left.at).expect("it is there");
        })
    };
    println!("recover  {program:6} from an image {:.0}", back());
    std::fs::remove_file(recording.with_extension("waypoint")).expect("one was written");
    println!("recover  {program:6} from the start {:.0}", back());
}

fn report(program: &str, what: &str, times: impl Iterator<Item = f64>) {
    let mut times: Vec<f64> = times.collect();
    times.sort_unstable_by(f64::total_cmp);
    let (median, worst) = (times[times.len() / 2], times[times.len() - 1]);
    println!(
        "back     {program:6} {what}: least {:.3}, median {median:.3}, worst {worst:.2}",
        times[0]
    );
}
