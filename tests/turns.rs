//! Gestures when there are several tasks: which turn they begin with, and what that does to the others.

use midflight::session::Session;
use midflight::session::command::{self, Command};
use midflight::session::expect;
use midflight::session::goal::{Ended, Goal};
use midflight::session::journal::Position;
use midflight::session::load::image_of_program;
use midflight::session::outcome::{Outcome, Progress};
use midflight::session::request::Request;
use midflight::session::wanted::{Direction, Wanted};
use midflight::vm::index::{FrameId, TaskId};
use midflight::vm::machine::Machine;
use midflight::vm::memory::{MAIN, Place};
use midflight::vm::stop::{Blocked, Stop};

/// Main waits for `base`; task 1 counts for ever; task 2 waits for `other` with 7; task 3 joins task 1.
const FOUR: &str = "
    [ assign: n 1 [ n twice drop n 1 + assign: n 1 ] repeat_if ] bind: count
    [ 2 * ] bind: twice
    [ other ] bind: ask
    [ task.join drop ] bind: wait
    0 1 pushf: count task.spawn assign: t
    7 1 pushf: ask task.spawn drop
    t 1 pushf: wait task.spawn drop
    base";

fn session(text: &str, fuel: u64) -> Session {
    let mut session = Session::new(image_of_program(text).expect(text));
    session.apply(&[Command::Run { fuel }]).unwrap();
    session
}

fn read(commands: &str) -> Vec<Command> {
    if commands.is_empty() { Vec::new() } else { command::read(commands).unwrap() }
}

/// A gesture in the task that is looked at.
fn gesture(session: &mut Session, commands: &str, goal: Option<Goal>) -> Outcome {
    let commands = read(commands);
    let request = session.request_in_focus(Request::Gesture { commands, goal });
    let mut progress = session.start(request).unwrap();
    for _ in 0..100 {
        match progress {
            Progress::More => progress = session.advance(10_000).unwrap(),
            Progress::Done(outcome) => return outcome,
        }
    }
    panic!("it runs on: {:?}", session.machine().strands());
}

/// A task as far as it can be seen.
fn seen(machine: &Machine, task: TaskId) -> String {
    let Some(task) = machine.task_of(task) else { return "over".to_string() };
    let values: Vec<_> = task.parameters().iter().map(|&value| machine.spell(value)).collect();
    let calls: Vec<_> = task.calls().activations().collect();
    format!("{:?} {:?} {values:?} {calls:?}", task.counter(), task.state())
}

#[test]
fn with_one_strand_no_turn_is_written() {
    let mut session =
        session("[ 1 task.yield drop ] bind: f pushf: f task.new assign: t 5 1 t", 20);
    assert_eq!((session.machine().tasks().len(), session.machine().strands().len()), (2, 1));
    for task in [None, Some(TaskId::MAIN)] {
        session.look_at(task);
        for commands in ["", "push `3`", "counter 0:0", "write 0:9 `5`", "drop 1 | run 1"] {
            for goal in
                [None, Some(Goal::Free), Some(Goal::Fuel(1)), Some(Goal::Cell(Place::start(MAIN)))]
            {
                let request = Request::Gesture { commands: read(commands), goal };
                assert_eq!(session.request_in_focus(request.clone()), request);
            }
        }
    }
    // A task that rests takes no turns, and says so.
    session.look_at(Some(TaskId(1)));
    let before = session.image().clone();
    let request =
        session.request_in_focus(Request::gesture(command::read("push `3`").unwrap(), None));
    let refused = session.start(request).unwrap_err().to_string();
    assert!(refused.contains("it rests"), "{refused}");
    assert_eq!(*session.image(), before);
    assert_eq!(session.focus(), TaskId(1), "it is still looked at");
}

#[test]
fn a_gesture_begins_with_the_turn_that_it_needs() {
    let fuel = Some(Goal::Fuel(1));
    let over = |task| Some(Goal::Depth(TaskId(task), 1));
    for (alone, looks_at, commands, goal, expected) in [
        (None, 0, "push `3`", None, "push `3`"),
        (None, 2, "push `3`", None, "turn 2 | push `3`"),
        (None, 2, "define g `1`", None, "define g `1`"),
        (None, 2, "give `a`", Some(Goal::Free), "give `a`"),
        (None, 0, "", fuel, "turn 0 alone"),
        (None, 2, "", fuel, "turn 2 alone"),
        (None, 2, "", over(2), "turn 2 alone"),
        (None, 2, "", Some(Goal::Free), ""),
        (None, 2, "push `3`", Some(Goal::Free), "turn 2 | push `3`"),
        (None, 2, "push `3`", fuel, "turn 2 alone | push `3`"),
        (None, 2, "define other `1` | run 1", None, "turn 2 alone | define other `1` | run 1"),
        (None, 1, "turn 2 | push `3`", None, "turn 2 | push `3`"),
        (Some(2), 2, "", fuel, ""),
        (Some(2), 2, "push `3`", fuel, "push `3`"),
        (Some(2), 1, "push `3`", None, "turn 1 alone | push `3`"),
        (Some(2), 1, "", fuel, "turn 1 alone"),
        (Some(2), 2, "", Some(Goal::Free), "turn free"),
        (Some(2), 2, "", Some(Goal::Cell(Place::start(MAIN))), "turn free"),
        (Some(2), 2, "", Some(Goal::Going(TaskId(2))), "turn free"),
        (Some(2), 1, "push `3`", Some(Goal::Free), "turn 1 | push `3`"),
    ] {
        let mut session = session(FOUR, 400);
        let first = alone.map_or("turn 0".to_string(), |task: u64| format!("turn {task} alone"));
        session.apply(&command::read(&first).unwrap()).unwrap();
        session.look_at(Some(TaskId(looks_at)));
        let commands =
            if commands.is_empty() { Vec::new() } else { command::read(commands).unwrap() };
        let (commands, then) = session.in_focus(commands, goal);
        assert_eq!(command::print(&commands), expected, "{first}, looking at {looks_at}");
        let watched = Some(Goal::Watching(TaskId(looks_at)));
        assert_eq!(then, if goal == Some(Goal::Free) { watched } else { goal });
    }
}

#[test]
fn a_step_freezes_all_others() {
    let mut session = session(FOUR, 400);
    let all = [0, 1, 2, 3].map(TaskId);
    for (looks_at, goal) in [
        (1, Goal::Fuel(1)),
        (1, Goal::Fuel(7)),
        (1, Goal::Depth(TaskId(1), 2)),
        (1, Goal::Depth(TaskId(1), 3)),
        (1, Goal::Fuel(5000)),
    ] {
        let before = all.map(|task| seen(session.machine(), task));
        session.look_at(Some(TaskId(looks_at)));
        gesture(&mut session, "", Some(goal));
        for (task, before) in all.iter().zip(&before) {
            let is_same = seen(session.machine(), *task) == *before;
            assert_eq!(is_same, task.0 != looks_at, "{goal:?}: task {task}");
        }
        assert_eq!(session.focus(), TaskId(1), "what was stepped is looked at");
    }
    // In pieces or at once, and replayed: the same.
    every_position_is_what_it_was(&mut session);
}

/// Goes to the start and to the end of each gesture, and finds the same images on both ways.
fn every_position_is_what_it_was(session: &mut Session) {
    let end = session.position();
    let ends: Vec<Position> = session.journal().path(end).collect();
    let mut there = Vec::new();
    for &at in &ends {
        session.goto(at).unwrap();
        there.push((at, session.image().clone()));
    }
    while session.undo().unwrap() {}
    while session.redo().unwrap() {
        let known = there.iter().find(|(at, _)| *at == session.position());
        let (at, image) = known.expect("an end of a gesture");
        assert!(session.image() == image, "{at}");
    }
    assert_eq!(session.position(), end);
}

#[test]
fn a_run_pauses_where_the_task_that_is_looked_at_parks_and_then_lets_the_others_run() {
    let text = "
        [ assign: n [ n 0 > ] [ n 1 - assign: n ] while hole ] bind: f
        [ \"z\" print ] bind: g
        1000 1 pushf: f task.spawn drop
        30 1 pushf: f task.spawn drop
        0 pushf: g task.spawn task.join drop";
    let mut session = session(text, 9);
    session.look_at(Some(TaskId(2)));
    let parked = Outcome::Ran(Ended::Stopped(Stop::NotYetImplemented("hole".into())));
    assert_eq!(gesture(&mut session, "", Some(Goal::Free)), parked);
    assert_eq!(session.focus(), TaskId(2), "it stays in sight");
    assert!(session.machine().waits().is_none(), "others can go on");
    let at = seen(session.machine(), TaskId(2));
    assert_eq!(gesture(&mut session, "", Some(Goal::Free)), parked);
    assert_eq!(session.machine().waits(), Some(Stop::NotYetImplemented("hole".into())));
    assert_eq!((session.focus(), seen(session.machine(), TaskId(2))), (TaskId(2), at));
    assert_eq!(session.machine().output(), "z");
    // A breakpoint of any task ends a run, and that task is looked at.
    session.undo().unwrap();
    session.look_at(Some(TaskId(1)));
    let breakpoint = Place::new(session.machine().memory().function("g").unwrap(), 1);
    let set = command::read(&format!("breakpoint {}:1 on", breakpoint.body)).unwrap();
    session.apply(&set).unwrap();
    let ran = gesture(&mut session, "", Some(Goal::Free));
    if ran == Outcome::Ran(Ended::Breakpoint(breakpoint)) {
        assert_eq!(session.focus(), TaskId(3));
    } else {
        panic!("{ran:?}");
    }
    every_position_is_what_it_was(&mut session);
}

#[test]
fn what_is_blocked_while_alone_goes_on_when_the_others_have_run() {
    let text = "
        [ assign: n [ n 0 > ] [ n 1 - assign: n ] while n ] bind: f
        [ task.join drop 1 + ] bind: g
        5000 1 pushf: f task.spawn assign: t
        t 1 pushf: g task.spawn drop
        1 [ 1 ] repeat_if";
    let mut session = session(text, 20);
    session.look_at(Some(TaskId(2)));
    let blocked = Outcome::Ran(Ended::Stopped(Stop::Blocked(Blocked::Task(TaskId(1)))));
    assert_eq!(gesture(&mut session, "", Some(Goal::Fuel(10))), blocked);
    assert_eq!(session.focus(), TaskId(2));
    assert!(session.machine().waits().is_some() && session.machine().waits_together().is_none());
    let before = seen(session.machine(), TaskId(2));
    let ran = gesture(&mut session, "", Some(Goal::Going(TaskId(2))));
    assert_eq!(ran, Outcome::Ran(Ended::Reached));
    assert_eq!(session.machine().task_of(TaskId(1)).map(|task| task.number()), None, "it is over");
    assert_eq!(seen(session.machine(), TaskId(2)), before, "it has executed nothing yet");
    assert_eq!(session.machine().due().number(), TaskId(2));
    session.look_at(Some(TaskId(2)));
    assert_eq!(gesture(&mut session, "", Some(Goal::Fuel(1))), Outcome::Ran(Ended::Reached));
    assert_ne!(seen(session.machine(), TaskId(2)), before);
    every_position_is_what_it_was(&mut session);
}

#[test]
fn a_step_into_a_coroutine_follows_it_and_a_step_over_waits_for_it() {
    let text = "
        [ 1 1 task.yield drop 2 ] bind: g
        pushf: g task.new assign: c 0 c task.resume drop drop drop 0 c task.resume";
    for over in [false, true] {
        let mut session = session(text, 5);
        let goal = if over { Goal::over(session.machine()) } else { Goal::Fuel(1) };
        gesture(&mut session, "", Some(goal));
        assert_eq!(session.focus(), TaskId(u64::from(!over)));
        let commands = &session.journal().entry(2).unwrap().commands;
        assert!(commands.iter().all(|command| matches!(command, Command::Run { .. })));
        if over {
            assert_eq!(session.machine().show_stack(), "1 1 1");
        }
    }
}

/// Three tasks with calls, a coroutine, turns of 5 instructions.
const BUSY: &str = "
    [ assign: n n 2 < [ 1 return ] if n 1 - fact n * ] bind: fact
    [ 3 fact 1 task.yield drop 2 fact ] bind: gen
    [ assign: k pushf: gen task.new assign: c 0 c task.resume drop drop k + 0 c task.resume ] bind: f
    10 1 pushf: f task.spawn drop
    20 1 pushf: f task.spawn drop
    4 fact drop 0 pushf: fact task.new drop 3 fact";

#[test]
fn searches_find_what_looking_at_every_state_finds() {
    let mut session = Session::new(image_of_program(BUSY).unwrap());
    session.set_checkpoint_interval(40);
    for gesture in ["quantum 5 | run 60", "run 40", "turn TOP alone | run 9", "turn free | run 90"]
    {
        let top = session.machine().strands().last().unwrap().top.to_string();
        session.apply(&command::read(&gesture.replace("TOP", &top)).unwrap()).unwrap();
    }
    let end = session.position();
    let mut states = vec![(end, session.machine().clone())];
    while session.step_back().unwrap() {
        states.push((session.position(), session.machine().clone()));
    }
    states.reverse();
    // The states before an instruction, with the one after it.
    let executes = |n: usize| {
        let (now, next) = (&states[n].1, &states.get(n + 1)?.1);
        (next.retired() == now.retired() + 1).then_some((now, next))
    };
    let number = |machine: &Machine| machine.due().number();
    let fact = session.machine().memory().function("fact").unwrap();
    let wants = |wanted: &Wanted, n: usize| {
        let Some((now, next)) = executes(n) else { return false };
        let (before, after) = (now.due(), next.task_of(next.current()).unwrap());
        let returns =
            after.number() == before.number() && after.calls().depth() < before.calls().depth();
        match wanted {
            Wanted::Task(task) => number(now) == *task,
            Wanted::Depth(task, depth) => number(now) == *task && before.calls().depth() <= *depth,
            Wanted::Call(_) => {
                !returns
                    && after.counter() == Place::start(fact)
                    && after.calls().innermost().is_frame
            }
            Wanted::Start { task, frame, body } => {
                !returns
                    && after.number() == *task
                    && after.calls().innermost_id() == *frame
                    && after.counter() == Place::start(*body)
            }
            _ => unreachable!("not looked for here"),
        }
    };
    let mut wanted: Vec<Wanted> = vec![Wanted::Call("fact".into())];
    for task in [0, 1, 2, 3, 4].map(TaskId) {
        wanted.push(Wanted::Task(task));
        wanted.extend([1, 2, 4].map(|depth| Wanted::Depth(task, depth)));
        let frame = |frame| Wanted::Start { task, frame: FrameId(frame), body: fact };
        wanted.extend([1, 2].map(frame));
    }
    let mut found = 0;
    for wanted in wanted {
        for n in (0..states.len()).step_by(3) {
            session.goto(states[n].0).unwrap();
            let expected = (0..n).rev().find(|&n| wants(&wanted, n)).map(|n| states[n].0);
            let back = session.find(wanted.clone(), Direction::Back).unwrap();
            assert_eq!(back, expected, "{wanted:?} back from {}", states[n].0);
            found += usize::from(back.is_some());
        }
    }
    assert!(found > 300, "{found}");
}

#[test]
fn expectations_name_tasks() {
    let mut session = session(FOUR, 3000);
    let tasks = "tasks `0 waits missing base, 1 runs, 2 waits missing other, 3 joins 1`";
    for (expectation, holds) in [
        (tasks, true),
        ("tasks `0 waits missing base`", false),
        ("stack of 2 `7`", true),
        ("stack of 2 `8`", false),
        ("stack of 9 over", true),
        ("counter of 2 300", true),
        ("calls of 2 `ask`", true),
        ("returns of 2 ``", true),
    ] {
        let found = expect::check(&session, expectation).unwrap();
        assert_eq!(found.is_none(), holds, "{expectation}: {found:?}");
    }
    assert!(expect::check(&session, "stack of x `3`").is_err());
    session.apply(&command::read("turn 3 alone | share 1 0").unwrap()).unwrap();
    session.look_at(Some(TaskId(2)));
    let expected = session.expect_here().unwrap();
    let tasks = "tasks `0 waits missing base, 1 is held, 2 waits missing other, 3 joins 1`";
    assert_eq!(expected, ["stack of 2 `7`", tasks, "waits blocked", "output ``"]);
    assert_eq!(session.unmet_here(), Ok(None));
}
