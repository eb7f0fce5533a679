//! Searches for when something became a value, compared with looking at every state.

use midflight::session::Session;
use midflight::session::became::{Became, Watched};
use midflight::session::command;
use midflight::session::journal::Position;
use midflight::session::load::image_of_program;
use midflight::session::wanted::{Direction, Wanted};
use midflight::vm::index::{Body, BodyId, DataId};
use midflight::vm::instruction::Instruction;
use midflight::vm::machine::Machine;

/// fib writes what it is called with into data and a global, on the way down and on the way up.
const PROGRAM: &str = "[ assign: i i d 0 memory.set i 3 < [ 1 return ] if \
                       i 2 - fib i 1 - fib + assign: sum sum set: last sum d 1 memory.set sum return ] bind: fib";

fn session() -> Session {
    let program = format!("{}\n2 allocate set: d 6 fib print", PROGRAM.replace(" d ", " get: d "));
    let mut session = Session::new(image_of_program(&program).unwrap());
    session.apply(&command::read("run 100000").unwrap()).unwrap();
    session
}

fn integer(machine: &Machine, what: &Watched) -> Option<i64> {
    let memory = machine.memory();
    match what {
        Watched::Data { body, index } => {
            memory.data(*body)?.get(*index as usize).and_then(|cell| cell.as_integer())
        }
        Watched::Local { function, name } => {
            // The counter is in the function itself, so its frame is the innermost one.
            let frame = machine.task().calls().activations().find(|entry| entry.is_frame)?;
            if frame.body != *function {
                return None;
            }
            let locals = memory.code(*function)?.locals();
            let slot = locals.iter().position(|&local| memory.name(local) == name)?;
            frame.locals[slot].as_integer()
        }
        Watched::Global(name) => machine.globals().get(name)?.as_integer(),
        Watched::Top => machine.task().parameters().last()?.as_integer(),
    }
}

fn wanted(what: &Watched, value: i64) -> Wanted {
    let (value, spelled) = (Instruction::Integer(value), value.to_string());
    Wanted::Became(Became { what: what.clone(), value, spelled })
}

#[test]
fn every_step_at_which_a_value_came_about_is_found_in_both_directions() {
    let mut session = session();
    let end = session.position();
    let fib = session.machine().memory().function("fib").unwrap();
    let data = |index| Watched::Data { body: DataId(0), index };
    let local = |name: &str| Watched::Local { function: fib, name: name.to_owned() };
    for what in
        [data(0), data(1), local("i"), local("sum"), Watched::Global("last".into()), Watched::Top]
    {
        let (mut values, mut could) = (Vec::new(), Vec::new());
        for done in 0..=end.done {
            session.goto(Position { done, ..end }).unwrap();
            let machine = session.machine();
            values.push(integer(machine, &what));
            // A return shows the local of another call, which did not become anything.
            let next = machine.instruction(machine.task().counter());
            could.push(!matches!(what, Watched::Local { .. }) || next.assigned().is_some());
        }
        for value in 0..=8 {
            let is_it = |at: usize| values[at] == Some(value);
            let steps = 0..end.done as usize;
            let found: Vec<u64> = steps
                .filter(|&at| could[at] && !is_it(at) && is_it(at + 1))
                .map(|at| at as u64)
                .collect();
            session.goto(end).unwrap();
            for &done in found.iter().rev() {
                let at = session.find(wanted(&what, value), Direction::Back).unwrap();
                assert_eq!(at, Some(Position { done, ..end }), "{what:?} became {value}");
                session.goto(at.unwrap()).unwrap();
            }
            assert_eq!(session.find(wanted(&what, value), Direction::Back), Ok(None));
            session.goto(Position { done: 0, ..end }).unwrap();
            for &done in found.iter().filter(|&&done| done > 0) {
                let at = session.find(wanted(&what, value), Direction::Forward).unwrap();
                assert_eq!(at, Some(Position { done, ..end }), "{what:?} becomes {value}");
                session.goto(at.unwrap()).unwrap();
            }
            assert_eq!(session.find(wanted(&what, value), Direction::Forward), Ok(None));
        }
    }
}

#[test]
fn a_value_that_a_person_set_is_found() {
    let mut session = session();
    let before = session.position();
    let at = session.machine().memory().start(BodyId::Data(DataId(0)));
    assert!(at > 0);
    for line in ["data 0:1 `77`", "global last `78`", "push `79`"] {
        session.apply(&command::read(line).unwrap()).unwrap();
    }
    let data = Watched::Data { body: DataId(0), index: 1 };
    for (what, value) in [(data, 77), (Watched::Global("last".into()), 78), (Watched::Top, 79)] {
        let found = session.find(wanted(&what, value), Direction::Back).unwrap();
        assert!(found.is_some_and(|found| found >= before), "{what:?}");
    }
    let other = Watched::Local { function: Body(0), name: "i".into() };
    assert_eq!(session.find(wanted(&other, 3), Direction::Back), Ok(None), "main has no i");
}

#[test]
fn texts_are_compared_by_what_they_say() {
    let text = "[ assign: s ] bind: keep \"a\" \"b\" str_join keep \"ab\" keep 1 drop";
    let mut session = Session::new(image_of_program(text).unwrap());
    session.apply(&command::read("run 1000").unwrap()).unwrap();
    let (keep, ab) = (session.machine().memory().function("keep").unwrap(), "ab");
    let what = Watched::Local { function: keep, name: "s".into() };
    let became = Became { what, value: Instruction::Text(ab.into()), spelled: "\"ab\"".into() };
    for _ in 0..2 {
        let at = session.find(Wanted::Became(became.clone()), Direction::Back).unwrap().unwrap();
        session.goto(at).unwrap();
        assert_eq!(session.machine().show_stack(), "\"ab\"");
    }
    assert_eq!(session.find(Wanted::Became(became), Direction::Back), Ok(None));
}
