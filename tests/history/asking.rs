//! Breakpoints with conditions and counts, forwards and backwards, compared with an oracle that executes one
//! instruction after another and decides without evaluating anything.

use midflight::program::breakpoint::Breakpoint;
use midflight::session::Session;
use midflight::session::command::{self, Command};
use midflight::session::goal::{Ended, Goal};
use midflight::session::load::image_of_program;
use midflight::session::outcome::{Outcome, Progress};
use midflight::session::request::Request;
use midflight::session::wanted::{Direction, Wanted};
use midflight::view::stacks;
use midflight::vm::machine::Machine;
use midflight::vm::memory::Place;

use crate::support::choices::Choices;
use crate::support::wait::until;

const PROGRAM: &str = "\
[ assign: i  i 2 <  [ i return ] if  i 1- fib  i 2 - fib  +  return ] bind: fib
[ assign: n  n [ n drop ] times  n 0 >  [ n 1- down ] if ] bind: down
5 fib  4 down  0 assign: n  1 [ n 1+ assign: n  n 6 < ] repeat_if";

/// A condition, and whether it holds; none if it cannot be evaluated.
type Condition = (&'static str, fn(&Machine) -> Option<bool>);

const CONDITIONS: &[Condition] = &[
    ("", |_| Some(true)),
    ("i 2 =", |machine| Some(local(machine, "i")? == 2)),
    ("n 2 mod", |machine| Some(local(machine, "n")?.rem_euclid(2) == 1)),
    ("[ n 3 < ] call", |machine| Some(local(machine, "n")? < 3)),
    ("dup 1 >", |machine| Some(top(machine)? > 1)),
    ("missing", |_| None),
    ("[ 1 drop ] repeat", |_| None),
];

fn top(machine: &Machine) -> Option<i64> {
    machine.task().parameters().last()?.as_integer()
}

/// A local of the innermost frame, if its function has this local and it is assigned.
fn local(machine: &Machine, name: &str) -> Option<i64> {
    let rows = stacks::calls(machine, 100);
    let frame = rows.frames.iter().find(|frame| frame.is_frame)?;
    let local = frame.locals.iter().find(|local| local.name == name)?;
    local.value.as_ref()?.source.to_string().parse().ok()
}

/// The steps at which a run should pause, and whether for lack of an answer.
fn expected(session: &Session, chosen: &[(Place, Condition)]) -> Vec<(u64, bool)> {
    let mut image = session.image().clone();
    let mut passed = vec![0; chosen.len()];
    let mut steps = Vec::new();
    loop {
        let counter = image.machine.task().counter();
        let here = chosen.iter().position(|(place, _)| *place == counter);
        if let Some(index) = here {
            let breakpoint = image.breakpoints.get(counter).unwrap().clone();
            let holds = (chosen[index].1.1)(&image.machine);
            if breakpoint.enabled && passed[index] + 1 >= breakpoint.from && holds != Some(false) {
                steps.push((image.machine.retired(), holds.is_none()));
            }
        }
        if image.machine.step().is_err() {
            return steps;
        }
        if let Some(index) = here {
            passed[index] += 1;
        }
    }
}

/// A session of the program with random breakpoints, before its first instruction.
fn watched(c: &mut Choices) -> (Session, Vec<(Place, Condition)>) {
    let mut session = Session::new(image_of_program(PROGRAM).unwrap());
    session.set_checkpoint_interval(1 + c.below(200) as u64);
    let mut chosen: Vec<(Place, Condition)> = Vec::new();
    for _ in 0..1 + c.below(4) {
        let memory = session.machine().memory();
        let bodies: Vec<_> =
            memory.code_bodies().map(|(body, code)| (body, code.used().len())).collect();
        let (body, cells) = c.of(&bodies);
        let at = Place::new(body, c.below(cells) as u32);
        if chosen.iter().any(|(place, _)| *place == at) {
            continue;
        }
        let condition = c.of(CONDITIONS);
        let mut commands = vec![Command::Breakpoint { at, on: true }];
        commands.push(Command::Condition { at, line: condition.0.to_owned() });
        commands.push(Command::From { at, time: 1 + c.below(6) as u64 });
        commands.push(Command::Enable { at, on: !c.one_in(5) });
        session.apply(&commands).unwrap();
        chosen.push((at, condition));
    }
    (session, chosen)
}

/// Runs in slices of random lengths until something stops it.
fn run(session: &mut Session, c: &mut Choices) -> Ended {
    let mut progress = session.start(Request::run(Goal::Free)).unwrap();
    until("the end of the run", || {
        if progress == Progress::More {
            progress = session.advance(1 + c.below(60) as u64).unwrap();
        }
        progress != Progress::More
    });
    match progress {
        Progress::Done(Outcome::Ran(ended)) => ended,
        other => panic!("{other:?}"),
    }
}

fn seek(session: &mut Session, c: &mut Choices, direction: Direction) -> bool {
    let wanted = Wanted::Breakpoints(session.breakpoints_to_seek());
    let mut progress = session.start(Request::Search(wanted, direction)).unwrap();
    until("the end of the search", || {
        if progress == Progress::More {
            progress = session.advance(1 + c.below(60) as u64).unwrap();
        }
        progress != Progress::More
    });
    progress == Progress::Done(Outcome::Arrived)
}

#[test]
fn runs_and_searches_pause_where_the_oracle_says() {
    let (mut paused, mut unclear) = (0, 0);
    for seed in 0..100 {
        let c = &mut Choices::new(seed);
        let (mut session, chosen) = watched(c);
        let all = expected(&session, &chosen);
        let mut forwards = Vec::new();
        loop {
            let ended = run(&mut session, c);
            let step = session.machine().retired();
            match ended {
                Ended::Breakpoint(at) => {
                    assert_eq!(at, session.machine().task().counter());
                    forwards.push((step, false));
                }
                Ended::Unclear(..) => forwards.push((step, true)),
                Ended::Reached | Ended::Stopped(_) => break,
            }
        }
        // A run does not pause at its first instruction.
        let later: Vec<_> = all.iter().copied().filter(|&(step, _)| step > 0).collect();
        assert_eq!(forwards, later, "seed {seed}");
        paused += forwards.len();
        unclear += forwards.iter().filter(|&&(_, unclear)| unclear).count();
        let end = session.position();
        let mut backwards = Vec::new();
        while seek(&mut session, c, Direction::Back) {
            backwards.push(session.machine().retired());
        }
        backwards.reverse();
        let steps: Vec<u64> = all.iter().map(|&(step, _)| step).collect();
        assert_eq!(backwards, steps, "seed {seed}");
        let mut again = Vec::new();
        session
            .goto(midflight::session::journal::Position { entry: chosen.len(), done: 0 })
            .unwrap();
        while session.position() != end && seek(&mut session, c, Direction::Forward) {
            again.push(session.machine().retired());
        }
        again.retain(|step| *step > 0);
        assert_eq!(
            again,
            steps.into_iter().filter(|&step| step > 0).collect::<Vec<_>>(),
            "seed {seed}"
        );
        // What was counted is what replaying counts.
        session.goto(end).unwrap();
        let counted = session.image().clone();
        let mut fresh = Session::of_recording(session.journal().clone(), end);
        fresh.goto(end).unwrap();
        assert_eq!(*fresh.image(), counted);
    }
    assert!(paused > 500 && unclear > 200, "{paused} {unclear}");
}

#[test]
fn a_count_is_undone_and_begins_anew() {
    let mut session = Session::new(image_of_program("1 [ 1 ] repeat_if").unwrap());
    session.apply(&[Command::Run { fuel: 3 }]).unwrap();
    let line = "breakpoint 1:0 on | from 1:0 10";
    session.apply(&command::read(line).unwrap()).unwrap();
    let at = Place::new(1, 0);
    let passed = |session: &Session| session.image().breakpoints.get(at).map(|b| b.passed);
    let run = Request::run(Goal::Free);
    assert_eq!(session.perform(run.clone()), Ok(Outcome::Ran(Ended::Breakpoint(at))));
    assert_eq!(passed(&session), Some(9));
    // From then on, it pauses every time.
    assert_eq!(session.perform(run.clone()), Ok(Outcome::Ran(Ended::Breakpoint(at))));
    assert_eq!(passed(&session), Some(10));
    session.step_back().unwrap();
    session.step_back().unwrap();
    assert_eq!(passed(&session), Some(9));
    // A disabled one does not count.
    session.apply(&command::read("enable 1:0 off | run 100 | enable 1:0 on").unwrap()).unwrap();
    assert_eq!(passed(&session), Some(9));
    session.apply(&command::read("from 1:0 2").unwrap()).unwrap();
    assert_eq!(passed(&session), Some(0));
    let plain = Breakpoint { from: 2, ..Breakpoint::default() };
    assert_eq!(session.image().breakpoints.get(at), Some(&plain));
}

#[test]
fn a_condition_that_cannot_be_read_is_refused() {
    let mut session = Session::new(image_of_program("[ assign: i i ] bind: f 1 f").unwrap());
    session.apply(&command::read("breakpoint 1:1 on").unwrap()).unwrap();
    for (line, why) in [
        ("condition 1:1 `[ i`", "not closed"),
        ("condition 1:0 `1`", "no breakpoint"),
        ("from 1:1 0", "the first time is 1"),
        ("from 1:0 2", "no breakpoint"),
        ("enable 0:0 on", "no breakpoint"),
    ] {
        let before = session.image().clone();
        let refused = session.apply(&command::read(line).unwrap()).unwrap_err().to_string();
        assert!(refused.contains(why), "{line}: {refused}");
        assert_eq!(*session.image(), before);
    }
}
