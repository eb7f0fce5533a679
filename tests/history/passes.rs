//! Values over time, compared with going through the history step by step.

use std::collections::BTreeMap;

use midflight::session::Session;
use midflight::session::became::Watched;
use midflight::session::command::{self, Command};
use midflight::session::counts::Counts;
use midflight::session::journal::Position;
use midflight::session::load::image_of_program;
use midflight::session::passes::{Followed, Pass, Passes, Value};
use midflight::session::request::Request;
use midflight::session::target::Target;
use midflight::vm::index::Body;
use midflight::vm::memory::Place;

use crate::any_checkpoints;
use crate::story;
use crate::support::choices::Choices;
use crate::support::wait::until;
use crate::walker::Walker;

const PROGRAM: &str =
    "[ assign: n 0 assign: i 1 [ i 1+ assign: i i n < ] repeat_if ] bind: f 20 f 30 f";

/// A session in which two cells were inserted in the loop, and the step at which that was done.
fn edited(c: &mut Choices) -> (Session, u64) {
    let mut session = Session::new(image_of_program(PROGRAM).unwrap());
    session.set_checkpoint_interval(1 + c.below(60) as u64);
    session.apply(&command::read(&format!("run {}", 10 + c.below(100))).unwrap()).unwrap();
    let edited = session.machine().retired();
    session.apply(&command::read("insert 2:0 `1 drop`").unwrap()).unwrap();
    session.apply(&command::read("run 1000").unwrap()).unwrap();
    (session, edited)
}

/// The steps and values that are found, in slices of random lengths.
fn found(session: &mut Session, followed: Followed, c: &mut Choices) -> Vec<(u64, i64)> {
    let mut passes = session.passes(followed);
    until("the end of the search", || {
        session.find_passes(&mut passes, 1 + c.below(90) as u64).unwrap();
        passes.is_over()
    });
    let rows = (0..passes.count()).map(|number| passes.get(number).unwrap().clone());
    rows.map(|pass| match pass.value {
        Value::Integer(value) => (pass.step, value),
        other => panic!("{other:?}"),
    })
    .collect()
}

#[test]
fn every_pass_is_found_from_anywhere() {
    for seed in 0..20 {
        let c = &mut Choices::new(seed);
        let (mut session, edited) = edited(c);
        // `1+` was the second cell of the block, and is the fourth.
        let (mut cells, mut locals) = (Vec::new(), Vec::new());
        let end = session.position();
        session.goto(Position::default()).unwrap();
        while session.position() != end {
            if session.machine().retired() == edited {
                // The step that follows comes after the edit.
                session.goto(Position { entry: 2, done: 0 }).unwrap();
            }
            let machine = session.machine();
            let (step, at) = (machine.retired(), machine.task().counter());
            let cell = Place::new(2, if step < edited { 1 } else { 3 });
            let gives = machine.instruction(at)
                == midflight::vm::instruction::Instruction::Assign("i".into());
            let top = machine.task().parameters().last().and_then(|top| top.as_integer());
            session.perform(Request::Go(Target::StepForward)).unwrap();
            if session.machine().retired() == step {
                continue;
            }
            if at == cell {
                let top = session.machine().task().parameters().last().unwrap();
                cells.push((step + 1, top.as_integer().unwrap()));
            }
            if gives {
                locals.push((step + 1, top.unwrap()));
            }
        }
        assert!(cells.len() > 40 && locals.len() == cells.len() + 2);
        for to in [end, Position { entry: 1, done: 5 }, Position { entry: 3, done: 20 }] {
            session.goto(to).unwrap();
            let at = if to.entry == 1 { 1 } else { 3 };
            let cell = Followed::Cell(Place::new(2, at));
            assert_eq!(found(&mut session, cell, c), cells, "seed {seed}, from {to}");
            let watched = Watched::Local { function: Body(1), name: "i".to_owned() };
            let local = Followed::Value(watched);
            assert_eq!(found(&mut session, local, c), locals, "seed {seed}, from {to}");
            assert_eq!(session.position(), to);
        }
    }
}

/// All passes, or all counts, found in slices.
fn all(session: &Session, passes: &mut Passes, c: &mut Choices) {
    until("the end of the search", || {
        session.find_passes(passes, 1 + c.below(90) as u64).unwrap();
        passes.is_over()
    });
}

/// The nearest passes, found anew as long as these are not among those that are kept.
fn all_near(session: &mut Session, passes: &mut Passes, c: &mut Choices) {
    until("the nearest passes", || {
        if !session.are_current(passes) {
            session.follow_passes(passes);
        }
        all(session, passes, c);
        session.are_current(passes)
    });
}

/// Fails unless the few passes are a part of all passes, with the ones just before and after a position.
fn is_near(few: &Passes, all: &Passes, here: Position) {
    let (few_rows, all_rows) = (rows(few), rows(all));
    let Some(first) = few_rows.first() else { return assert!(all_rows.is_empty()) };
    let start = all_rows.iter().position(|row| row == first).expect("it is one of them");
    assert_eq!(few_rows, all_rows[start..start + few_rows.len()]);
    let (done, all_done) = (few.completed(here), all.completed(here));
    assert_eq!(done == 0, all_done == 0, "{done} of {all_done} before {here}");
    let (left, all_left) = (few.count() - done, all.count() - all_done);
    assert_eq!(left == 0, all_left == 0, "{left} of {all_left} after {here}");
}

fn rows(passes: &Passes) -> Vec<Pass> {
    (0..passes.count()).map(|number| passes.get(number).unwrap().clone()).collect()
}

fn count(session: &Session, counts: &mut Counts, c: &mut Choices) {
    until("the end of counting", || {
        session.count_more(counts, 1 + c.below(90) as u64).unwrap();
        session.is_counted(counts)
    });
}

/// What was found is kept while a person goes back and forth, edits and begins branches, and given up or not, it is what
/// a search from the present finds.
#[test]
fn what_is_kept_is_what_would_be_found_now() {
    for number in 0..150 {
        println!("story {number}");
        let c = &mut Choices::new(7_000 + number);
        let mut walker = Walker::new();
        any_checkpoints(c, &mut walker);
        let program = format!("{} {}", story::pieces(c, 6, 0), story::pieces(c, 3, 0));
        let at = walker.session.machine().task().counter();
        walker.apply(&[Command::Write { at, text: program.into() }]);
        let session = &mut walker.session;
        let cell = story::place(c, session.machine());
        let mut kept = session.passes(Followed::Cell(cell));
        let mut few = kept.clone();
        few.keep_at_most(6);
        let mut counts = Counts::default();
        for _ in 0..25 {
            walker.step(c);
            let session = &mut walker.session;
            all_near(session, &mut few, c);
            if !session.are_current(&kept) {
                session.follow_passes(&mut kept);
            }
            session.find_passes(&mut kept, 1 + c.below(200) as u64).unwrap();
            session.count_more(&mut counts, 1 + c.below(200) as u64).unwrap();
            if c.one_in(3) {
                continue;
            }
            all(session, &mut kept, c);
            count(session, &mut counts, c);
            let mut fresh = Counts::default();
            count(session, &mut fresh, c);
            assert_eq!(counts.total(), fresh.total());
            assert!(kept.completed(session.position()) <= kept.count());
            let Some(cell) = kept.cell_at(session.position()) else { continue };
            let mut fresh = session.passes(Followed::Cell(cell));
            all(session, &mut fresh, c);
            assert_eq!(rows(&kept), rows(&fresh), "{cell:?} at {}", session.position());
            is_near(&few, &kept, session.position());
            assert!(kept.completed(session.position()) as u64 >= counts.total().of(cell));
        }
    }
}

/// How often each cell ran is what going from position to position counts.
#[test]
fn every_run_is_counted() {
    for seed in 0..20 {
        let c = &mut Choices::new(seed);
        let (mut session, edited) = edited(c);
        let end = session.position();
        let (mut counts, mut expected) = (Counts::default(), BTreeMap::new());
        session.goto(Position::default()).unwrap();
        while session.position() != end {
            if session.machine().retired() == edited {
                session.goto(Position { entry: 2, done: 0 }).unwrap();
            }
            let (step, mut at) = (session.machine().retired(), session.machine().task().counter());
            if at.body == Body(2) && step < edited {
                at = Place::new(2, at.offset.0 + 2);
            }
            session.perform(Request::Go(Target::StepForward)).unwrap();
            if session.machine().retired() > step {
                *expected.entry(at).or_insert(0) += 1;
            }
            if c.one_in(40) {
                count(&session, &mut counts, c);
            }
        }
        count(&session, &mut counts, c);
        assert!(expected.len() >= 15);
        assert_eq!(expected.values().max(), Some(&counts.total().most()));
        for (at, times) in expected {
            assert_eq!(counts.total().of(at), times, "{at:?}");
        }
    }
}
