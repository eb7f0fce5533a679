//! Rewinding with the edits kept, when addresses have changed.

use midflight::session::Session;
use midflight::session::command;
use midflight::session::command::Command;
use midflight::session::journal::Position;
use midflight::session::load::image_of_program;
use midflight::vm::index::Body;
use midflight::vm::memory::Place;

/// A session after these gestures, rewound to its start.
fn rewound(text: &str, gestures: &[&str]) -> Session {
    let mut session = Session::new(image_of_program(text).unwrap());
    for line in gestures {
        session.apply(&command::read(line).unwrap()).unwrap();
    }
    session.rewind_keeping_edits(Position::default()).unwrap();
    session
}

#[test]
fn a_text_that_looks_like_an_address_is_none() {
    let gestures = ["run 3", "write 0:3 `\"see @100 there\"`"];
    let mut session = rewound("2 allocate assign: d", &gestures);
    session.apply(&[Command::Run { fuel: 9 }]).unwrap();
    assert_eq!(session.machine().show_stack(), "\"see @100 there\"");
}

#[test]
fn a_block_that_was_put_elsewhere_and_grew_is_the_same_block() {
    let grow = format!("write 1:0 `{}`", "label: x ".repeat(120));
    let session =
        rewound("1 2 3 [ 4 ] drop", &["run 1", "delete 0:3 1", "write 0:3 `@100`", &grow]);
    let memory = session.machine().memory();
    assert_eq!(memory.code(Body(1)).unwrap().start, 200);
    assert_eq!(memory.reference(Body(1)), Some(Place::new(0, 3)));
    assert_eq!(session.machine().retired(), 0);
}
