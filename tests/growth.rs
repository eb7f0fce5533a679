//! Work that must not grow with what it does not concern. The programs here are so large that work that grows
//! with the square of their size would never finish.

mod support;

use midflight::session::Session;
use midflight::session::command::Command;
use midflight::session::fork::Bounds;
use midflight::session::load::image_of_program;
use midflight::session::request::Request;
use midflight::vm::memory::Place;
use support::wait::ended;

fn each(n: usize, one: impl Fn(usize) -> String) -> String {
    (0..n).map(one).collect()
}

#[test]
fn four_hundred_thousand_definitions_load() {
    let count = ended("the definitions", || {
        let text = each(400_000, |n| format!("[ f{} ] bind: f{n}\n", n.max(1) - 1));
        image_of_program(&text).unwrap().machine.memory().functions().count()
    });
    assert_eq!(count, 400_001);
}

#[test]
fn edits_beside_a_hundred_thousand_functions_take_no_longer_than_beside_ten() {
    const EDITS: u32 = 4_000;
    let session = ended("the edits", || {
        let text = each(100_000, |n| format!("[ missing{n} ] bind: f{n}\n"));
        let mut session = Session::new(image_of_program(&text).unwrap());
        for n in 0..EDITS {
            let commands = [
                Command::Define { name: format!("missing{n}"), text: "f7 [ 5 ] if".into() },
                Command::Insert { at: Place::new(n + 1, 0), text: "[ new ] f9".into() },
                Command::Delete { at: Place::new(n + 2, 0), count: 1 },
                Command::Redefine { name: format!("f{n}"), text: "1".into() },
            ];
            // As the window does: a fork shows what the line would do, another what it has changed.
            let before = session.fork(Bounds::default());
            for command in commands {
                session.fork(Bounds::default()).apply(std::slice::from_ref(&command)).unwrap();
                session.start(Request::gesture([command], None)).unwrap();
            }
            drop(before);
        }
        session
    });
    let memory = session.machine().memory();
    assert_eq!(memory.functions().count(), 100_001 + EDITS as usize);
}
