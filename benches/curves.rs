//! How work grows: each line is one kind of work at three sizes. What is linear takes ten times as long at
//! ten times the size; what is constant takes the same. `docs/performance.md` explains the figures.
//!
//!     cargo bench --no-default-features --bench curves [words in the names of the lines]

use std::hint::black_box;
use std::time::{Duration, Instant};

use midflight::program::image::Image;
use midflight::program::notation::Notation;
use midflight::session::Session;
use midflight::session::command::Command;
use midflight::session::fork::Bounds;
use midflight::session::goal::Goal;
use midflight::session::load::image_of_program;
use midflight::session::outcome::Progress;
use midflight::session::request::Request;
use midflight::session::target::Target;
use midflight::view::memory::{Marks, body, extents};
use midflight::vm::index::Body;
use midflight::vm::memory::{MAIN, Place};
use midflight::vm::room::Room;

/// How often an edit is repeated.
const EDITS: usize = 200;
const ROUNDS: usize = 3;
/// Instructions in one time slice.
const SLICE: u64 = 1 << 20;

fn main() {
    let wanted: Vec<String> =
        std::env::args().skip(1).filter(|arg| !arg.starts_with('-')).collect();
    let print = |name: &str, unit: &str, sizes: [usize; 3], measure: &dyn Fn(usize) -> f64| {
        if !wanted.iter().all(|word| name.contains(word.as_str())) {
            return;
        }
        let figures = sizes.map(|size| {
            let least = (0..ROUNDS).map(|_| measure(size)).fold(f64::INFINITY, f64::min);
            format!("{size:>9}: {least:>9.2}")
        });
        println!("{name:46} {unit:3} {}", figures.join(" "));
    };
    const SIZES: [usize; 3] = [10_000, 40_000, 100_000];
    for (name, text) in TEXTS {
        print(&format!("load {name}"), "ms", SIZES, &|n| load(&text(n)));
        print(&format!("load as an image, {name}"), "ms", SIZES, &|n| load_image(&text(n)));
    }
    print("load one by one, definitions", "ms", SIZES, &define_one_by_one);
    for (name, edit) in EDITS_OF {
        for kept in [Kept::Nothing, Kept::Ghost] {
            let name = format!("edit {name}{}", kept.said());
            print(&name, "us", [1_000, 10_000, 100_000], &|n| edit(n, kept));
        }
    }
    let line = |frames| insert_line(frames, 1_000);
    print("insert 1,000 words, by frames", "ms", [10_000, 100_000, 1_000_000], &line);
    print("insert words under 100,000 frames", "ms", [10, 100, 1_000], &|n| {
        insert_line(100_000, n)
    });
    print("gesture of two commands, by cells", "us", [160_000, 1_600_000, 16_000_000], &gesture);
    print("first allocation after a fork, by bodies", "us", [1_000, 10_000, 100_000], &allocate);
    print("undo each of n gestures", "ms", [1_000, 4_000, 10_000], &|n| undo(n).0);
    print("redo each of n gestures", "ms", [1_000, 4_000, 10_000], &|n| undo(n).1);
    print("print, by blocks", "ms", SIZES, &print_program);
    print("rows of a frame, by bodies", "us", [1_000, 10_000, 100_000], &frame);
}

/// The processor time of this thread so far, or the time since `start` if the system does not report it.
fn now(start: Instant) -> Duration {
    let told = std::fs::read_to_string("/proc/thread-self/schedstat").ok();
    let nanoseconds = told.and_then(|text| text.split(' ').next()?.parse().ok());
    nanoseconds.map_or_else(|| start.elapsed(), Duration::from_nanos)
}

/// How long something takes. The system counts processor time in steps of some milliseconds, so shorter work
/// is measured with the clock.
fn milliseconds(work: impl FnOnce()) -> f64 {
    let start = Instant::now();
    let before = now(start);
    work();
    let clock = start.elapsed();
    let taken = if clock < Duration::from_millis(10) { clock } else { now(start) - before };
    taken.as_secs_f64() * 1e3
}

// --- loading ------------------------------------------------------------------------------------------

type Text = fn(usize) -> String;

const TEXTS: &[(&str, Text)] = &[
    ("definitions", |n| each(n, |i| format!("[ f{} ] bind: f{i}\n", i.max(1) - 1))),
    ("definitions with holes", |n| each(n, |i| format!("[ hole{i} ] bind: f{i}\n"))),
    ("definitions with blocks and locals", |n| {
        each(n, |i| {
            format!(
                "[ assign: x{i} x{i} 0 > [ x{i} f{i} ] [ [ x{i} ] call ] if-else ] bind: f{i}\n"
            )
        })
    }),
    ("blocks in one function", |n| {
        format!("[ {} ] bind: f", each(n, |_| "1 [ 2 drop ] if\n".into()))
    }),
    ("nested blocks", |n| format!("[ {}1 {}] bind: f", "[ ".repeat(n), "] ".repeat(n))),
    ("words of 255 locals", |n| {
        let locals = each(255, |i| format!("assign: x{i} "));
        format!("[ {locals} {} ] bind: f", each(n, |i| format!("x{} ", i % 255)))
    }),
    ("lines outside functions", |n| each(n, |i| format!("{i} drop\n"))),
    ("labels", |n| each(n, |i| format!("label: x{i}\n"))),
    ("globals", |n| each(n, |i| format!("{i} set: x{i}\n"))),
    ("texts", |n| each(n, |i| format!("\"text {i}\" drop\n"))),
    ("missing words", |n| each(n, |i| format!("word{i}\n"))),
];

fn each(n: usize, one: impl Fn(usize) -> String) -> String {
    (0..n).map(one).collect()
}

fn load(text: &str) -> f64 {
    milliseconds(|| drop(black_box(image_of_program(text).expect("it is a program"))))
}

fn load_image(text: &str) -> f64 {
    let text = image_of_program(text).expect("it is a program").to_file_text();
    milliseconds(|| drop(black_box(Image::from_file_text(&text).expect("it is an image"))))
}

fn define_one_by_one(n: usize) -> f64 {
    let mut session = Session::default();
    milliseconds(|| {
        for i in 0..n {
            let text = format!("f{}", i.max(1) - 1);
            do_now(
                &mut session,
                Command::Define { name: format!("f{i}"), text: text.as_str().into() },
            );
        }
    })
}

// --- edits --------------------------------------------------------------------------------------------

/// What shares the image while it is edited.
#[derive(Clone, Copy, PartialEq)]
enum Kept {
    Nothing,
    /// A fork for each edit, which makes the edit first, as the window shows what a line would do.
    Ghost,
}

impl Kept {
    fn said(self) -> &'static str {
        match self {
            Kept::Nothing => "",
            Kept::Ghost => ", previewed",
        }
    }
}

type EditOf = fn(usize, Kept) -> f64;

const EDITS_OF: &[(&str, EditOf)] = &[
    ("insert", |n, kept| edits(bodies(n), kept, |i| insert(5, i))),
    ("insert a call", |n, kept| {
        edits(bodies(n), kept, |i| Command::Insert { at: at(4 * i), text: "f3".into() })
    }),
    ("insert in bodies with blocks", |n, kept| {
        edits(nested_bodies(n / 3), kept, |i| Command::Insert {
            at: at(3 * i),
            text: "[ 5 ]".into(),
        })
    }),
    ("insert beside data", |n, kept| edits(data_bodies(n), kept, |i| insert(1, i))),
    ("delete", |n, kept| edits(bodies(n), kept, |i| Command::Delete { at: at(i), count: 1 })),
    ("replace", |n, kept| {
        edits(bodies(n), kept, |i| Command::Replace { at: at(i), text: "f9".into() })
    }),
    ("define", |n, kept| edits(bodies(n), kept, |i| define(&format!("new{i}")))),
    ("define what is missing", |n, kept| edits(holes(n), kept, |i| define(&format!("hole{i}")))),
    ("redefine", |n, kept| {
        edits(bodies(n), kept, |i| Command::Redefine { name: format!("f{i}"), text: "1 2".into() })
    }),
    ("remove", |n, kept| {
        edits(holes(n), kept, |i| Command::Remove { body: Body::from(1 + i as u32) })
    }),
    ("a global", |n, kept| {
        edits(globals(n), kept, |i| Command::Global { name: format!("x{i}"), text: "7".into() })
    }),
    ("a text", |n, kept| {
        let text = |i| format!("\"new {i}\"").as_str().into();
        edits(texts(n), kept, |i| Command::Insert { at: Place::new(MAIN, 0), text: text(i) })
    }),
];

fn at(i: usize) -> Place {
    Place::new(1 + i as u32, 0)
}

fn insert(body: usize, i: usize) -> Command {
    Command::Insert { at: at(body), text: i.to_string().as_str().into() }
}

fn define(name: &str) -> Command {
    Command::Define { name: name.to_string(), text: "1 f0 [ 2 ] if".into() }
}

fn bodies(n: usize) -> Session {
    session(&each(n, |i| format!("[ f{} 1 ] bind: f{i}\n", i.max(1) - 1)))
}

fn nested_bodies(n: usize) -> Session {
    session(&each(n, |i| format!("[ [ 1 ] [ 2 ] if-else f{} ] bind: f{i}\n", i.max(1) - 1)))
}

fn holes(n: usize) -> Session {
    session(&each(n, |i| format!("[ hole{i} ] bind: f{i}\n")))
}

fn globals(n: usize) -> Session {
    ran(session(&format!("[ 1 ] bind: f {}", each(n, |i| format!("{i} set: x{i}\n")))))
}

fn texts(n: usize) -> Session {
    session(&each(n, |i| format!("\"text {i}\" drop\n")))
}

fn data_bodies(n: usize) -> Session {
    ran(session(&format!("[ 1 2 ] bind: f 1 allocate assign: a {n} [ 1 allocate ] times")))
}

fn session(text: &str) -> Session {
    Session::new(image_of_program(text).expect("it is a program"))
}

fn ran(mut session: Session) -> Session {
    let run = session.start(Request::run(Goal::Free));
    run.expect("it begins");
    while session.advance(SLICE) == Ok(Progress::More) {}
    session
}

fn do_now(session: &mut Session, command: Command) {
    assert!(session.start(Request::gesture([command], None)).is_ok());
}

/// Microseconds for an edit, the mean of all.
fn edits(mut session: Session, kept: Kept, edit: impl Fn(usize) -> Command) -> f64 {
    // The window keeps the image before the last gesture, to mark what it changed.
    let mut before = None;
    let commands: Vec<Command> = (0..EDITS).map(edit).collect();
    let taken = milliseconds(|| {
        for command in commands {
            if kept == Kept::Ghost {
                let room = Room { cells: 1 << 16, text: 1 << 16, output: 1 << 16 };
                let mut ghost = session.fork(Bounds { fuel: 100, room });
                ghost.apply(std::slice::from_ref(&command)).expect("it is applied");
                drop(ghost);
                before = Some(session.fork(Bounds::default()));
            }
            do_now(&mut session, command);
        }
    });
    drop(before);
    taken * 1e3 / EDITS as f64
}

fn insert_line(frames: usize, words: usize) -> f64 {
    let text = format!("[ 1 - dup 0 > [ f ] if 5 ] bind: f {frames} f");
    let mut session = session(&text);
    let raise = midflight::vm::limit::LimitKind::Calls;
    do_now(&mut session, Command::Limit { kind: raise, value: raise.maximum() });
    // Stops at the innermost call, which waits for a word.
    do_now(&mut session, Command::Insert { at: Place::new(1, 7), text: "hole".into() });
    let mut session = ran(session);
    let line = "7 ".repeat(words);
    let insert = Command::Insert { at: Place::new(1, 7), text: line.as_str().into() };
    milliseconds(|| do_now(&mut session, insert))
}

fn gesture(cells: usize) -> f64 {
    let mut session = ran(session(&format!("{cells} allocate assign: a 7 a 1 memory.set")));
    let commands = || {
        let text = "1".into();
        vec![Command::Push { text }, Command::Drop { count: 1 }]
    };
    let taken = milliseconds(|| {
        for _ in 0..10 {
            session.start(Request::gesture(commands(), None)).expect("it is done");
        }
    });
    taken * 1e3 / 10.0
}

fn allocate(bodies: usize) -> f64 {
    let keeps = format!(
        "[ 1 ] bind: f {bodies} allocate assign: all 0 assign: i \
        {bodies} [ 1 allocate all i memory.set i 1 + assign: i ] times breakpoint 5 allocate"
    );
    let mut session = ran(self::session(&keeps));
    let fork = session.fork(Bounds::default());
    let counter = session.machine().task().counter();
    do_now(&mut session, Command::Counter { at: counter.next() });
    let taken = milliseconds(|| {
        session.start(Request::run(Goal::Fuel(2))).expect("it begins");
        while session.advance(SLICE) == Ok(Progress::More) {}
    });
    drop(fork);
    taken * 1e3
}

// --- history and listings -----------------------------------------------------------------------------

/// Milliseconds for undoing n gestures one by one, and for redoing them.
fn undo(n: usize) -> (f64, f64) {
    let mut session = bodies(100);
    for i in 0..n {
        do_now(&mut session, Command::Push { text: i.to_string().as_str().into() });
    }
    let mut go = |target| {
        milliseconds(|| {
            for _ in 0..n {
                session.start(Request::Go(target)).expect("there is something");
                while session.advance(SLICE) == Ok(Progress::More) {}
            }
        })
    };
    (go(Target::Undo), go(Target::Redo))
}

fn print_program(n: usize) -> f64 {
    let image = image_of_program(&TEXTS[2].1(n / 3)).expect("it is a program");
    milliseconds(|| drop(black_box(image.print(Notation::Forth))))
}

/// What a frame of the window reads of the memory: the extents, and the rows of the bodies in sight.
fn frame(n: usize) -> f64 {
    let session = nested_bodies(n / 3);
    let machine = session.machine();
    let taken = milliseconds(|| {
        let extents = extents(machine);
        let marks = Marks::new(machine, &Default::default());
        let middle = extents.len() / 2;
        for &extent in &extents[middle..middle + 10] {
            black_box(body(machine, &marks, extent, 0..20));
        }
    });
    taken * 1e3
}
