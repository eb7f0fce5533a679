//! A bounded fork takes no more than its bounds, does not change what it was forked from, and otherwise
//! does what an unbounded copy does. A copy that shares nothing with the fork executes the same
//! instructions one by one, and counts what they take up.

mod oracle;
mod support;

use std::cell::RefCell;
use std::collections::{BTreeMap, BTreeSet};

use midflight::program::image::Image;
use midflight::session::Session;
use midflight::session::command::Command;
use midflight::session::fork::{Bounds, Ending};
use midflight::session::goal::{Ended, Goal};
use midflight::session::load::image_of_program;
use midflight::vm::index::DataId;
use midflight::vm::instruction::{Instruction, Primitive};
use midflight::vm::limit::LimitKind;
use midflight::vm::machine::Machine;
use midflight::vm::room::Room;
use midflight::vm::serialized::Serialized;
use midflight::vm::stop::Stop;
use oracle::property::{check_from, machine};
use proptest::prelude::*;

const SEED: &[u8; 32] = b"midflight: the bounds of a fork.";

/// The instructions that make a text.
const TEXT_MAKERS: [Primitive; 6] = [
    Primitive::TextJoin,
    Primitive::TextPart,
    Primitive::CodeText,
    Primitive::IntegerText,
    Primitive::InputLine,
    Primitive::InputChar,
];

/// How many cells are copied when one of them is written to.
const PAGE: usize = 64;

/// A fork: how far the program is when it is made, what it may take, and how it runs.
#[derive(Clone, Debug)]
struct Case {
    begin: u64,
    /// How many instructions the program executes after an earlier fork, which stays.
    later: Option<u64>,
    /// A limit of the program, and how much it still allows.
    limit: Option<(LimitKind, u64)>,
    bounds: Bounds,
    /// How many instructions each call of `run` may execute, in turn.
    slices: Vec<u64>,
}

fn cases() -> impl Strategy<Value = Case> {
    let kind = prop::sample::select(vec![
        LimitKind::Memory,
        LimitKind::Output,
        LimitKind::Parameters,
        LimitKind::Calls,
    ]);
    let cells = prop_oneof![
        prop::sample::select(vec![0, 1, 63, 64, 65, 127, 128, 400, u64::MAX]),
        0..3000_u64
    ];
    let bytes = || prop_oneof![2 => 0..80_u64, 1 => 0..5000_u64, 1 => Just(u64::MAX)];
    let room = (cells, bytes(), bytes());
    let room = room.prop_map(|(cells, text, output)| Room { cells, text, output });
    let bounds = (prop_oneof![1 => 0..60_u64, 3 => 0..5000_u64], room);
    (
        0..400_u64,
        prop::option::of(0..200_u64),
        prop::option::weighted(0.3, (kind, 0..300_u64)),
        bounds.prop_map(|(fuel, room)| Bounds { fuel, room }),
        prop::collection::vec(1..700_u64, 1..4),
    )
        .prop_map(|(begin, later, limit, bounds, slices)| Case {
            begin,
            later,
            limit,
            bounds,
            slices,
        })
}

/// What instructions have taken up since the fork.
#[derive(Clone, Debug, Default)]
struct Taken {
    text: u64,
    output: u64,
    allocated: u64,
    /// The pages that were written to in bodies from before the fork.
    pages: BTreeSet<(DataId, usize)>,
}

impl Taken {
    fn cells(&self) -> u64 {
        self.allocated + (self.pages.len() * PAGE) as u64
    }
}

/// A copy that shares nothing with the machine.
fn apart(machine: &Machine) -> Machine {
    Machine::deserialize(&machine.serialize()).expect("its own parts")
}

/// An unbounded copy that counts what its instructions take up.
#[derive(Clone)]
struct Counting {
    machine: Machine,
    /// The data bodies that were there before.
    old: DataId,
    taken: Taken,
}

impl Counting {
    fn of(machine: &Machine) -> Counting {
        let (machine, old) = (apart(machine), machine.memory().next_data());
        Counting { machine, old, taken: Taken::default() }
    }

    fn step(&mut self) -> Result<(), Stop> {
        let printed = self.machine.output().len();
        let cells = self.machine.task().parameters().to_vec();
        let instruction = self.machine.instruction(self.machine.task().counter());
        self.machine.step()?;
        self.taken.output += (self.machine.output().len() - printed) as u64;
        let Instruction::Primitive(primitive) = instruction else { return Ok(()) };
        let integer = cells.last().and_then(|cell| cell.as_integer()).unwrap_or_default();
        if TEXT_MAKERS.contains(&primitive) {
            self.taken.text += self.top_bytes();
        }
        if primitive == Primitive::Allocate {
            self.taken.allocated += integer.max(1) as u64;
        }
        if primitive == Primitive::MemorySet
            && let Some(slot) = cells[cells.len() - 2].as_data()
            && let body = self.machine.memory().data_in(slot).id
            && body < self.old
        {
            self.taken.pages.insert((body, integer as usize / PAGE));
        }
        Ok(())
    }

    /// The bytes of the text at the top of the stack.
    fn top_bytes(&self) -> u64 {
        let top = self.machine.task().parameters().last().expect("it was pushed");
        match self.machine.spell(*top) {
            Instruction::Text(text) => text.len() as u64,
            other => panic!("{other:?} is no text"),
        }
    }
}

/// What a fork holds that begins with no output, if a machine with this output does the same.
fn with_own_output(machine: &Machine, before: usize) -> Serialized {
    let mut parts = machine.serialize();
    parts.output.drain(..before);
    parts
}

fn check_taken(taken: &Taken, fork: &Machine, room: Room) {
    assert!(fork.memory().own_data_cells() <= room.cells, "{taken:?}");
    assert!(taken.allocated <= room.cells, "{taken:?}");
    assert!(taken.text <= room.text, "{taken:?}");
    assert_eq!(fork.output().len() as u64, taken.output);
    assert!(taken.output <= room.output, "{taken:?}");
}

/// Fails unless the program itself would continue, and the next instruction would take too much.
fn check_next(mut twin: Counting, kind: LimitKind, fork: &Machine, room: Room) {
    assert_eq!(fork.waits(), Some(Stop::Limit(kind)));
    assert_eq!(twin.step(), Ok(()), "the program itself would continue");
    let Taken { text, output, .. } = twin.taken;
    match kind {
        LimitKind::Text => assert!(text > room.text, "{text} of {room:?}"),
        LimitKind::Output => assert!(output > room.output, "{output} of {room:?}"),
        LimitKind::Memory => {
            // After many accesses a fork copies all data, which takes up more than the pages would.
            let memory = fork.memory();
            let sizes = memory.data_bodies().map(|body| body.size() as u64);
            let is_copied = memory.own_data_cells() == sizes.sum();
            assert!(twin.taken.cells() > room.cells || is_copied, "{:?}", twin.taken);
        }
        LimitKind::Parameters | LimitKind::Calls | LimitKind::Tasks => {
            panic!("there is no bound on {kind:?}")
        }
    }
}

/// Runs a fork of the machine in slices until it ends. Returns how it ended.
fn check_fork(machine: Machine, case: &Case) -> Ending {
    let Bounds { fuel, room } = case.bounds;
    let before = apart(&machine);
    let mut session = Session::new(Image::new(machine));
    let mut fork = session.fork(case.bounds);
    let mut slices = case.slices.iter().cycle();
    let retired = |machine: &Machine| machine.retired() - before.retired();
    let ending = loop {
        let slice = *slices.next().expect("they are repeated for ever");
        let ending = fork.run(Goal::Free, slice);
        if ending != Ending::OutOfFuel || retired(fork.machine()) == fuel {
            break ending;
        }
    };
    let mut twin = Counting::of(&before);
    for _ in 0..retired(fork.machine()) {
        twin.step().expect("the fork executed this");
    }
    let same = with_own_output(&twin.machine, before.output().len());
    assert_eq!(fork.machine().serialize(), same);
    check_taken(&twin.taken, fork.machine(), room);
    match &ending {
        Ending::Ended(Ended::Stopped(stop)) => {
            assert_eq!(twin.machine.waits().as_ref(), Some(stop))
        }
        Ending::Ended(other) => panic!("{other:?}"),
        Ending::OutOfFuel => assert_eq!(retired(fork.machine()), fuel),
        Ending::OutOfRoom(kind) => check_next(twin, *kind, fork.machine(), room),
    }
    // What it was forked from has not changed, and continues as if there had been no fork.
    let mut unforked = before;
    assert_eq!(session.machine().serialize(), unforked.serialize());
    session.apply(&[Command::Run { fuel: 500 }]).expect("it runs");
    unforked.run(500);
    assert_eq!(session.machine().serialize(), unforked.serialize());
    ending
}

/// Begins the program of a machine, and gives it the limit of the case. Returns the earlier fork too.
fn begun(mut machine: Machine, case: &Case) -> (Machine, Option<Machine>) {
    machine.run(case.begin);
    let earlier = case.later.map(|fuel| {
        let fork = machine.fork();
        machine.run(fuel);
        fork
    });
    if let Some((kind, more)) = case.limit {
        machine.set_limit(kind, machine.used(kind) + more).expect("it is a limit");
    }
    (machine, earlier)
}

/// A word for an ending, to count endings by.
fn word(ending: &Ending) -> &'static str {
    match ending {
        Ending::Ended(Ended::Stopped(stop)) => stop.word(),
        Ending::Ended(Ended::Reached | Ended::Breakpoint(_) | Ended::Unclear(..)) => "reached",
        Ending::OutOfFuel => "fuel",
        Ending::OutOfRoom(LimitKind::Memory) => "cells",
        Ending::OutOfRoom(LimitKind::Text) => "text",
        Ending::OutOfRoom(LimitKind::Output) => "output",
        Ending::OutOfRoom(LimitKind::Parameters | LimitKind::Calls | LimitKind::Tasks) => {
            "another bound"
        }
    }
}

/// A piece of a loop over `i`. It uses data from before the fork (`old`) and new data (`new`), and makes
/// and prints texts.
fn pieces() -> impl Strategy<Value = String> {
    let at = || 0..300_u32;
    prop_oneof![
        2 => (1..200_u32).prop_map(|size| format!("{size} allocate assign: new")),
        1 => Just("0 allocate drop".to_owned()),
        2 => Just("i new i new memory.len mod memory.set".to_owned()),
        2 => (1..200_u32).prop_map(|step| format!("i old i {step} * 300 mod memory.set")),
        2 => at().prop_map(|at| format!("i old {at} memory.set")),
        1 => (at(), at()).prop_map(|(a, b)| format!("old {a} memory.get old {b} memory.set")),
        1 => at().prop_map(|at| format!("text old {at} memory.set")),
        2 => at().prop_map(|at| format!("old {at} memory.get drop")),
        2 => Just("i int_to_str assign: text".to_owned()),
        2 => Just("text \"\u{f1}b\" str_join assign: text".to_owned()),
        1 => Just("65 code_to_str assign: text".to_owned()),
        1 => Just("text 0 1 sub_str assign: text".to_owned()),
        2 => prop::sample::select(vec!["i print", "text print_line"]).prop_map(str::to_owned),
        1 => prop::sample::select(vec!["input.line drop", "input.char drop"]).prop_map(str::to_owned),
        1 => (0..60_u32).prop_map(|end| format!("i {end} > [ hole ] if")),
    ]
}

fn looping(pieces: &[String]) -> Machine {
    let text = format!(
        "300 allocate assign: old 3 allocate assign: new \"t\" assign: text 0 assign: i \
         [ i 1+ assign: i {} ] repeat",
        pieces.join(" ")
    );
    let mut image = image_of_program(&text).unwrap_or_else(|refused| panic!("{refused}\n{text}"));
    let give = Command::Give { text: "a line\n\u{f1}\n".repeat(20) };
    give.apply(&mut image).expect("it takes input");
    image.machine
}

/// Checks forks of machines, and returns how often each ending occurred.
fn check_forks<S: Strategy>(
    count: u32,
    programs: S,
    machine: impl Fn(&S::Value) -> Machine,
) -> BTreeMap<&'static str, u32> {
    let endings = RefCell::new(BTreeMap::new());
    check_from(SEED, count, &(programs, cases()), |(program, case)| {
        let (machine, earlier) = begun(machine(&program), &case);
        let before = earlier.as_ref().map(Machine::serialize);
        let ending = check_fork(machine, &case);
        assert_eq!(earlier.as_ref().map(Machine::serialize), before);
        *endings.borrow_mut().entry(word(&ending)).or_insert(0) += 1;
    });
    let endings = endings.into_inner();
    println!("{endings:?}");
    endings
}

#[test]
fn a_bounded_fork_does_what_a_copy_does_within_its_bounds() {
    let programs = prop::collection::vec(pieces(), 1..8);
    let endings = check_forks(3000, programs, |pieces| looping(pieces));
    for wanted in ["fuel", "cells", "text", "output", "limit", "missing", "input"] {
        assert!(endings.get(wanted) >= Some(&10), "{wanted}: {endings:?}");
    }
}

#[test]
fn a_bounded_fork_of_any_program_stays_within_its_bounds() {
    let endings = check_forks(3000, any::<u64>(), |&seed| machine(seed, false));
    assert!(endings.len() > 5, "{endings:?}");
}
