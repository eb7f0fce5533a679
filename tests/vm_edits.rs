//! Edits: which cells are filled or inserted, what moves, when bodies grow, what is refused.

mod oracle;
mod support;

use midflight::vm::edit::Edit;
use midflight::vm::index::{Body, BodyId, DataId, FrameId};
use midflight::vm::instruction::{Fragment, Instruction};
use midflight::vm::limit::LimitKind;
use midflight::vm::machine::Machine;
use midflight::vm::memory::Place;
use midflight::vm::refusal::Refusal;
use midflight::vm::relocate::Shift;
use midflight::vm::serialized::SerializedData;
use midflight::vm::stop::Stop;
use oracle::words::{instruction, line, machine, stack, values};

fn labels(count: usize) -> Fragment {
    Fragment::line(vec![instruction("label:x"); count])
}

fn size(machine: &Machine, body: impl Into<Body>) -> (u64, u32) {
    let body = machine.memory().code(body.into()).unwrap();
    (body.start, body.size)
}

fn cells(machine: &Machine, body: impl Into<Body>) -> Vec<Instruction> {
    let body = machine.memory().code(body.into()).unwrap();
    body.used().iter().map(|&cell| machine.spell(cell)).collect()
}

#[test]
fn an_empty_cell_is_filled_and_any_other_moves() {
    let mut m = machine(&[], "1 2");
    assert_eq!(m.write(Place::new(0, 5), &line("5")), Ok(None));
    assert_eq!(cells(&m, 0), values("1 2 · · · 5"));
    // Two empty cells are filled, then the 5 is in the way.
    let moved = m.write(Place::new(0, 3), &line("6 7 8"));
    assert_eq!(moved, Ok(Some(Shift::Inserted { at: Place::new(0, 5), count: 1 })));
    assert_eq!(cells(&m, 0), values("1 2 · 6 7 8 5"));
    let moved = m.insert(Place::new(0, 2), &line("9"));
    assert_eq!(moved, Ok(Some(Shift::Inserted { at: Place::new(0, 2), count: 1 })));
    assert_eq!(cells(&m, 0), values("1 2 9 · 6 7 8 5"));
    assert_eq!(m.replace(Place::new(0, 0), &line("3")), Ok(None));
    assert_eq!(m.replace(Place::new(0, 1), &line("")), Ok(None));
    assert_eq!(cells(&m, 0), values("3 · 9 · 6 7 8 5"));
    let gone = m.delete(Place::new(0, 3), 2);
    assert_eq!(gone, Ok(Some(Shift::Deleted { at: Place::new(0, 3), count: 2 })));
    assert_eq!(cells(&m, 0), values("3 · 9 7 8 5"));
    assert_eq!(m.replace(Place::new(0, 5), &line("·")), Ok(None));
    assert_eq!(cells(&m, 0), values("3 · 9 7 8"));
    assert_eq!(
        m.delete(Place::new(0, 99), 2),
        Err(Refusal::NotEnoughCells { wanted: 2, there: 1 })
    );
    assert_eq!(
        m.delete(Place::new(0, 99), 1),
        Ok(Some(Shift::Deleted { at: Place::new(0, 99), count: 1 }))
    );
}

#[test]
fn marks_move_with_their_instruction() {
    let mark = Place::new(3, 7);
    for (at, inserted, deleted) in [
        (Place::new(3, 6), Some(8), Some(6)),
        (Place::new(3, 7), Some(8), None),
        (Place::new(3, 8), Some(7), Some(7)),
        (Place::new(2, 6), Some(7), Some(7)),
    ] {
        let offset = |mark: Option<Place>| mark.map(|place| place.offset.0);
        assert_eq!(offset(Shift::Inserted { at, count: 1 }.mark(mark)), inserted);
        assert_eq!(offset(Shift::Deleted { at, count: 1 }.mark(mark)), deleted);
    }
    let deleted = |first| {
        let shift = Shift::Deleted { at: Place::new(3, first), count: 3 };
        shift.mark(mark).map(|m| m.offset.0)
    };
    assert_eq!([3, 4, 5, 7, 8].map(deleted), [Some(4), Some(4), None, None, Some(7)]);
}

/// main calls f, and f calls itself from its block: three frames of f are alive.
fn three_alive() -> Machine {
    let mut m = machine(&[("f", "dup 0 > [ 1- f 10 end ] if wait 20 end")], "2 f 30");
    assert_eq!(m.run(99), Stop::NotYetImplemented("wait".into()));
    assert_eq!(saved(&m), [(1, 5), (2, 2), (1, 5), (2, 2), (1, 5), (0, 2)]);
    m
}

/// Saved positions: the counter, then the return addresses, top first.
fn saved(m: &Machine) -> Vec<(u32, u32)> {
    let returns = m.task().calls().activations().filter_map(|entry| entry.returns_to);
    [m.task().counter()].into_iter().chain(returns).map(|p| (p.body.0, p.offset.0)).collect()
}

#[test]
fn the_one_rule() {
    let at = |edit: fn(&mut Machine)| {
        let mut m = three_alive();
        edit(&mut m);
        saved(&m)
    };
    let same = saved(&three_alive());
    let block = |p| [(1, 5), (2, p), (1, 5), (2, p), (1, 5), (0, 2)];
    let f = |p| [(1, p), (2, 2), (1, p), (2, 2), (1, p), (0, 2)];
    assert_eq!(at(|m| drop(m.insert(Place::new(2, 1), &line("1")))), block(3));
    assert_eq!(at(|m| drop(m.insert(Place::new(2, 2), &line("1")))), same);
    assert_eq!(at(|m| drop(m.insert(Place::new(2, 3), &line("1")))), same);
    assert_eq!(at(|m| drop(m.insert(Place::new(2, 1), &line("1 2")))), block(4));
    assert_eq!(at(|m| drop(m.insert(Place::new(1, 5), &line("1 2")))), same);
    assert_eq!(at(|m| drop(m.insert(Place::new(1, 4), &line("1 2")))), f(7));
    assert_eq!(at(|m| drop(m.delete(Place::new(1, 4), 1))), f(4));
    assert_eq!(at(|m| drop(m.delete(Place::new(1, 5), 1))), same);
    assert_eq!(at(|m| drop(m.delete(Place::new(1, 3), 9))), f(3));
    assert_eq!(at(|m| drop(m.delete(Place::new(2, 1), 2))), block(1));
    assert_eq!(at(|m| drop(m.delete(Place::new(1, 0), 3))), f(2));
}

#[test]
fn an_edit_reaches_those_that_have_not_passed_it() {
    let mut m = three_alive();
    // Both activations of the block return to the 10, so they execute what is inserted before it.
    m.insert(Place::new(2, 2), &line("11")).unwrap();
    // Both have passed the call; only a later pass executes this.
    m.insert(Place::new(2, 1), &line("label:passed")).unwrap();
    m.define("wait", &line("end")).unwrap();
    assert_eq!((m.run(999), stack(&m).as_str()), (Stop::Finished, "0 20 11 10 20 11 10 20 30"));
    m.write(m.task().counter(), &line("2drop 2drop 2drop 2drop f")).unwrap();
    let retired = m.retired();
    assert_eq!(m.run(999), Stop::Finished);
    assert_eq!(stack(&m), "0 20", "{}", m.retired() - retired);
}

#[test]
fn the_last_cell_stays_empty() {
    let mut m = Machine::new();
    m.write(Place::new(0, 0), &labels(99)).unwrap();
    assert_eq!(size(&m, 0), (0, 100));
    m.write(Place::new(0, 99), &labels(1)).unwrap();
    assert_eq!((size(&m, 0), cells(&m, 0).len()), ((100, 200), 100));
    // The old place is free for a new body.
    let f = m.define("f", &line("")).unwrap();
    assert_eq!(size(&m, f), (0, 100));
    let g = m.define("g", &line("")).unwrap();
    assert_eq!(size(&m, g), (300, 100));
    m.insert(Place::new(0, 0), &labels(100)).unwrap();
    assert_eq!(size(&m, 0), (400, 400));
    let h = m.define("h", &labels(150)).unwrap();
    assert_eq!(size(&m, h), (800, 200), "made at 100, where 200 cells are free, it needs others");
    let k = m.define("k", &line("")).unwrap();
    assert_eq!(size(&m, k), (100, 100));
}

#[test]
fn a_saved_position_is_pushed_off_the_end_only_at_the_end() {
    let standing = |offset: u32, at: u32| {
        let mut m = machine(&[], "1 2 3");
        m.set_counter(Place::new(0, offset)).unwrap();
        m.insert(Place::new(0, at), &labels(1)).unwrap();
        (size(&m, 0).1, m.task().counter().offset.0)
    };
    assert_eq!(standing(98, 0), (100, 99), "there is still a cell for it");
    assert_eq!(standing(99, 0), (200, 100));
    assert_eq!(standing(99, 98), (200, 100));
    assert_eq!(standing(99, 99), (200, 99));
}

#[test]
fn references_follow_a_body_that_moves() {
    let f = "assign:n pick:n 0 > [ pick:n 1- f end ] if wait pick:n end";
    let mut m = machine(&[("f", f)], "&f 1 f &f 3 allocate 0 memory.set");
    assert_eq!(m.run(99), Stop::NotYetImplemented("wait".into()));
    let waiting = saved(&m);
    m.insert(Place::new(1, 0), &labels(120)).unwrap();
    m.insert(Place::new(2, 0), &labels(230)).unwrap();
    assert_eq!((size(&m, 1), size(&m, 2)), ((300, 200), (700, 400)));
    assert_eq!(m.memory().address(m.task().counter()), 300 + 126);
    let pushed = |(body, offset): (u32, u32)| (body, offset + [0, 120, 230][body as usize]);
    assert_eq!(saved(&m), waiting.into_iter().map(pushed).collect::<Vec<_>>());
    assert_eq!(stack(&m), "@300");
    m.define("wait", &line("end")).unwrap();
    assert_eq!((m.run(9_999), stack(&m).as_str()), (Stop::Finished, "@300 0 1"));
    assert_eq!(m.show(m.memory().data(DataId(0)).unwrap().get(0).unwrap()), "@300");
}

/// However long the line is, cells move by one shift, which relocates each activation once.
#[test]
fn a_long_line_moves_cells_by_one_shift() {
    const DEPTH: usize = 100_000;
    const CELLS: u32 = 2_000;
    let mut m = machine(&[("f", "1 drop f 2 3 end")], "f");
    assert_eq!(m.run(u64::MAX), Stop::Limit(LimitKind::Calls));
    assert_eq!(m.task().calls().depth() as usize, DEPTH);
    let (counter, returns) = ((1, 2), (1, 3));
    assert_eq!(saved(&m)[..2], [counter, returns]);

    // The first two cells fill the empty ones; the other cells move the call and everything after it.
    m.replace(Place::new(1, 0), &line("")).unwrap();
    m.replace(Place::new(1, 1), &line("")).unwrap();
    let words = labels(CELLS as usize + 2);
    let plan = m.plan_edit(Edit::Write { at: Place::new(1, 0), line: &words }).unwrap();
    let shift = Shift::Inserted { at: Place::new(1, 2), count: CELLS };
    assert_eq!(m.commit_edit(plan), Some(shift));
    assert_eq!(m.instruction(Place::new(1, 1)), instruction("label:x"));
    assert_eq!(m.instruction(Place::new(1, 2 + CELLS)), instruction("f"));
    let saved_now = saved(&m);
    assert_eq!(saved_now[0], counter, "it is on the first inserted cell");
    assert_eq!(saved_now[1..DEPTH - 1], vec![(1, 3 + CELLS); DEPTH - 2]);
    assert_eq!(saved_now[DEPTH - 1], (0, 1));

    let shift = Shift::Deleted { at: Place::new(1, 1), count: CELLS };
    assert_eq!(m.delete(Place::new(1, 1), CELLS), Ok(Some(shift)));
    assert_eq!(saved(&m)[0], (1, 1));
    assert_eq!(saved(&m)[1..DEPTH - 1], vec![(1, 3); DEPTH - 2]);
}

/// A plan says how cells will move, and planning changes nothing.
#[test]
fn planning_changes_nothing() {
    let mut m = machine(&[("f", "1 end")], "f g");
    let before = m.clone();
    let contents = line("assign:i [ pick:i ] g f");
    let list = [("g", &contents), ("h", &contents)];
    let redefine = Edit::Redefine { name: "f", contents: &contents };
    let write = Edit::Write { at: Place::new(0, 0), line: &contents };
    for edit in [Edit::Define { functions: &list }, redefine, write] {
        let mut edited = m.clone();
        let plan = m.plan_edit(edit).unwrap();
        edited.commit_edit(plan);
        assert_ne!(edited, m, "{edit:?}");
        assert_eq!(m, before, "{edit:?}");
    }
    let plan = m.plan_edit(Edit::Define { functions: &list }).unwrap();
    m.commit_edit(plan);
    let numbers = ["g", "h"].map(|name| m.memory().function(name).unwrap().0);
    assert_eq!(numbers, [2, 3], "functions first, then their blocks");
    assert_eq!(cells(&m, 0), [instruction("f"), instruction("g")]);
}

/// With the counter on the last cell, each insertion at the front doubles the body.
#[test]
fn a_body_cannot_be_made_to_grow_without_end() {
    let mut m = machine(&[], "1");
    let refused = (0..40).find_map(|_| {
        let size = size(&m, 0).1;
        m.set_counter(Place::new(0, size - 1)).unwrap();
        let before = m.clone();
        let refused = m.insert(Place::new(0, 0), &labels(1)).err();
        assert!(refused.is_none() || m == before);
        refused
    });
    assert_eq!(refused, Some(Refusal::BodyTooLarge { title: "main".into() }));
    assert_eq!(Machine::deserialize(&m.serialize()).as_ref(), Ok(&m));
    let last = Place::new(0, size(&m, 0).1 - 1);
    assert!(m.write(last, &labels(1)).is_err());
    assert!(m.replace(Place::new(0, 0), &labels(2)).is_err());
    assert!(m.delete(Place::new(0, 0), last.offset.0 + 1).is_ok(), "and can be emptied at once");
    assert_eq!(m.task().counter(), Place::new(0, 0));
}

#[test]
fn a_piece_of_program_hangs_together() {
    let block = |n| Instruction::Block(n);
    let one = instruction("1");
    let bad: [Vec<Vec<Instruction>>; 7] = [
        vec![],
        vec![vec![block(0)]],
        vec![vec![block(1)]],
        vec![vec![], vec![one.clone()]],
        vec![vec![block(1), block(1)], vec![]],
        // Blocks that hold each other, but that no cell of the line holds.
        vec![vec![one.clone()], vec![block(1)]],
        vec![vec![one.clone()], vec![block(2)], vec![block(1)]],
    ];
    for bodies in bad {
        let mut m = machine(&[], "1");
        let before = m.clone();
        let line = Fragment { bodies };
        assert_eq!(m.write(Place::new(0, 0), &line), Err(Refusal::Malformed), "{line:?}");
        assert_eq!(m.define("f", &line), Err(Refusal::Malformed));
        assert_eq!(m, before);
    }
    let good = Fragment { bodies: vec![vec![block(2)], vec![one.clone()], vec![block(1)]] };
    assert!(Machine::new().write(Place::new(0, 0), &good).is_ok());
}

#[test]
fn a_block_belongs_to_one_cell_of_its_function() {
    let mut m = machine(&[("f", "[ 1 end ]")], "[ 2 end ]");
    let refused = |m: &Machine, words: &str| m.clone().write(Place::new(0, 5), &line(words)).err();
    assert!(matches!(refused(&m, "@3"), Some(Refusal::BlockElsewhere { start: 300, at: 0 })));
    assert!(matches!(refused(&m, "@2"), Some(Refusal::ForeignBlock { start: 200, .. })));
    assert_eq!(refused(&m, "@9"), Some(Refusal::UnknownAddress));
    assert_eq!(refused(&m, "@d0"), Some(Refusal::DataInCode));
    assert_eq!(refused(&m, "@1 @1 @0"), None, "functions can be written anywhere");
    assert_eq!(m.replace(Place::new(0, 0), &line("@3")), Ok(None), "where it is, it may stay");
    m.delete(Place::new(0, 0), 1).unwrap();
    assert_eq!(refused(&m, "@3 @3"), Some(Refusal::Malformed));
    assert_eq!(refused(&m, "@3"), None);
    assert_eq!(m.remove(Body(3)), Ok(()));
    assert_eq!(refused(&m, "@3"), Some(Refusal::UnknownAddress));
    assert_eq!(m.memory().code_count(), 4, "a number is not used again");
    assert_eq!(m.write(Place::new(0, 0), &line("[ ]")), Ok(None));
    assert_eq!(cells(&m, 0), [Instruction::Address(BodyId::Code(Body(4)))]);
    assert_eq!(size(&m, 4).0, 300, "its place is");
}

#[test]
fn a_body_is_removed_when_nothing_points_into_it() {
    let fresh = || machine(&[("f", "[ 1 end ] call end"), ("g", "end")], "f");
    assert!(matches!(fresh().remove(Body(1)), Err(Refusal::Referenced { .. })));
    assert!(
        matches!(fresh().remove(Body(3)), Err(Refusal::Referenced { .. })),
        "f holds its block"
    );
    assert_eq!(
        (fresh().remove(Body(0)), fresh().remove(Body(9))),
        (Err(Refusal::Main), Err(Refusal::NoBody { body: Body(9) }))
    );
    assert_eq!(fresh().remove(Body(2)), Ok(()));
    let mut m = fresh();
    assert_eq!(m.run(3), Stop::OutOfFuel);
    m.delete(Place::new(0, 0), 1).unwrap();
    assert!(m.remove(Body(1)).is_err(), "it is alive");
    assert_eq!(m.run(99), Stop::Finished);
    assert_eq!(m.remove(Body(1)), Ok(()));
    assert!(m.memory().code(Body(3)).is_none(), "its block went with it");
    for keep in ["&f", "&f assign:i", "&f 1 allocate 0 memory.set"] {
        let mut m = machine(&[("f", "1 end")], keep);
        m.run(99);
        m.delete(Place::new(0, 0), 1).unwrap();
        assert!(matches!(m.remove(Body(1)), Err(Refusal::Referenced { .. })), "{keep}");
    }
}

#[test]
fn locals_are_those_the_code_speaks_of() {
    let mut m = machine(&[], "label:x assign:i");
    assert_eq!(m.set_local(FrameId(0), "i", Some(&Instruction::Integer(1))), Ok(()));
    assert!(matches!(m.set_local(FrameId(0), "x", None), Err(Refusal::NoLocal { .. })));
    // A local that is in no code and no frame does not exist, and a machine deserialized from this one
    // agrees.
    m.set_local(FrameId(0), "i", None).unwrap();
    m.delete(Place::new(0, 1), 1).unwrap();
    let mut made = Machine::deserialize(&m.serialize()).unwrap();
    assert_eq!(made, m);
    let set = |m: &mut Machine| m.set_local(FrameId(0), "i", Some(&Instruction::Integer(1)));
    assert_eq!(set(&mut made), set(&mut m));
}

#[test]
fn a_function_has_255_locals() {
    let words = |range: std::ops::Range<usize>| {
        range.map(|n| format!("pick:l{n}")).collect::<Vec<_>>().join(" ")
    };
    let mut m = machine(&[("f", "1 assign:l0 2 assign:l7 wait end")], "f");
    assert_eq!(m.run(99), Stop::NotYetImplemented("wait".into()));
    let end = Place::new(1, 50);
    m.write(end, &line(&words(1..255))).unwrap();
    assert!(matches!(m.write(end, &line("pick:l255")), Err(Refusal::TooManyLocals { .. })));
    assert!(m.define("g", &line(&words(0..256))).is_err());
    // Removed locals make room for others. The live frame keeps those it has assigned.
    m.delete(end, 254).unwrap();
    m.delete(Place::new(1, 3), 1).unwrap();
    m.write(end, &line(&words(300..553))).unwrap();
    assert!(m.write(end, &line("pick:l999")).is_err());
    let frame = m.task().calls().innermost();
    assert_eq!(m.locals(frame), [("l0", instruction("1")), ("l7", instruction("2"))]);
    m.set_counter(Place::new(1, 50 + 252)).unwrap();
    m.set_local(FrameId(1), "l552", Some(&instruction("9"))).unwrap();
    assert_eq!((m.step(), stack(&m).as_str()), (Ok(()), "9"));
}

#[test]
fn names_and_values_that_are_none_are_refused() {
    let mut m = machine(&[("f", "")], "1 assign:i");
    m.run(2);
    let before = m.clone();
    let at = Place::new(0, 1);
    let long = "x".repeat(256);
    for name in [
        "", "a b", "12", "-1", "+7", "@x", "#x", "x:", "a[", "a]", "a\"", "a`", "...", "\n",
        "\u{7f}", &long,
    ] {
        for make in [
            Instruction::Call,
            Instruction::Pick,
            Instruction::Assign,
            Instruction::Label,
            Instruction::PushFunction,
            Instruction::Hole,
            Instruction::FunctionHole,
        ] {
            let word = make(name.into());
            assert!(
                matches!(m.write(at, &Fragment::line(vec![word])), Err(Refusal::Name { .. })),
                "{name:?}"
            );
        }
        assert!(m.define(name, &line("")).is_err());
    }
    for number in [i64::MIN, i64::MAX, 1 << 60, -(1 << 60) - 1] {
        let word = Instruction::Integer(number);
        assert_eq!(
            m.insert(at, &Fragment::line(vec![word.clone()])).err(),
            Some(Refusal::Integer { value: number })
        );
        assert_eq!(
            m.push(&[Instruction::Integer(1), word]),
            Err(Refusal::Integer { value: number })
        );
    }
    for word in ["dup", "f", "pick:i", "assign:i", "·", "label:x", "@9", "@d0", "&g"] {
        let word = instruction(word);
        assert!(m.push(std::slice::from_ref(&word)).is_err(), "{word:?}");
        assert!(m.set_local(FrameId(0), "i", Some(&word)).is_err());
        assert!(m.restart(FrameId(0), &[Instruction::Integer(1), word]).is_err());
    }
    assert!(m.define("f", &line("")).is_err() && m.define("main", &line("")).is_err());
    assert!(m.define_all(&[("a", &line("1")), ("a", &line("1"))]).is_err());
    assert_eq!(m, before);
    assert!(m.define("+", &line("")).is_ok(), "a function may be named like an instruction");
}

// Serialized.

#[test]
fn parts_that_do_not_fit_are_refused() {
    let mut m = machine(&[("f", "assign:i [ pick:i end ] wait end")], "1 f");
    m.run(99);
    assert_eq!(Machine::deserialize(&m.serialize()).as_ref(), Ok(&m));
    let with = |change: &dyn Fn(&mut midflight::vm::serialized::Serialized)| {
        let mut parts = m.serialize();
        change(&mut parts);
        Machine::deserialize(&parts).err().map(|malformed| malformed.part)
    };
    let run = |first| SerializedData {
        number: DataId(0),
        start: 900,
        size: 3,
        runs: vec![(first, values("5"))],
    };
    let pushed = |parts: &mut midflight::vm::serialized::Serialized, first| {
        parts.data.push(run(first));
        (parts.next_data, parts.free_space) = (None, None);
    };
    assert_eq!(with(&|parts| pushed(parts, 2)), None);
    assert_eq!(with(&|parts| parts.next_data = Some(DataId(1 << 61))), Some("next_data".into()));
    assert_eq!(with(&|parts| parts.free_space.as_mut().unwrap().end = 0), Some("free".into()));
    for first in [3, u64::MAX] {
        let part = with(&|parts| pushed(parts, first));
        assert_eq!(part, Some(format!("data body 0, cell {first}")));
    }
    assert_eq!(with(&|parts| parts.retired = u64::MAX), Some("retired".to_string()));
    let block = |parts: &mut midflight::vm::serialized::Serialized| {
        parts.code[0].cells.push(Instruction::Block(0));
    };
    assert_eq!(with(&block), Some("code body 0, cell 2".to_string()));
    assert_eq!(
        with(&|parts| parts.code[0].cells.push(instruction("@2"))),
        Some("code body 0, cell 2".into())
    );
    assert_eq!(
        with(&|parts| parts.code[1].cells.push(instruction("@2"))),
        Some("code body 1, cell 4".into())
    );
    assert_eq!(with(&|parts| parts.code[1].start = 0), Some("code body 1".into()));
    assert_eq!(with(&|parts| parts.code[1].start = 150), Some("code body 1".into()));
    assert_eq!(with(&|parts| parts.code[1].size = 4), Some("code body 1, cell 4".into()));
    assert_eq!(with(&|parts| parts.tasks.clear()), Some("tasks".into()));
    assert_eq!(
        with(&|parts| parts.tasks[0].counter = Place::new(1, 100)),
        Some("task 0, counter".into())
    );
    assert_eq!(with(&|parts| parts.tasks[0].calls.clear()), Some("task 0".into()));
}

#[test]
fn limits_stop_instructions_and_never_edits() {
    let mut m = machine(&[("f", "1 end")], "1");
    for kind in LimitKind::ALL {
        m.set_limit(kind, 0).unwrap();
    }
    assert!(m.push(&values("1 \"text\"")).is_ok());
    assert!(m.define("g", &line("\"more_text\" [ 1 ] end")).is_ok());
    assert!(m.write(Place::new(0, 0), &labels(150)).is_ok());
    assert_eq!(m.run(500), Stop::Limit(LimitKind::Parameters));
    assert_eq!(m.retired(), 150);
}
