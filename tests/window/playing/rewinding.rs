//! Rewinding with the edits kept, in the window, and undoing that.

use egui::{Key, Modifiers};

use midflight::vm::index::DataId;

use crate::driver::Window;

const CTRL: Modifiers = Modifiers::COMMAND;

fn shifted() -> Modifiers {
    Modifiers::COMMAND | Modifiers::SHIFT
}

/// `work` writes output and data, then waits at a hole.
const WORK: &str = "[ assign: n \"at work\" print_line n 0 memory.set missing return ] bind: work \
                    2 allocate assign: d 7 d work";

fn data(window: &Window) -> Vec<i64> {
    let memory = window.session().machine().memory();
    let body = memory.data(DataId(0)).expect("it is allocated");
    body.cells().map(|cell| cell.as_integer().expect("it is a number")).collect()
}

#[test]
fn rewinding_takes_data_and_output_back_and_keeps_the_edits() {
    let mut window = Window::of_program(WORK);
    window.key(Key::F5);
    let end = window.session().position();
    assert_eq!(window.session().machine().output(), "at work\n");
    assert_eq!(data(&window), [7, 0]);
    // Change the text that is printed.
    window.click("address 101, \"at work\"");
    window.key(Key::F2);
    window.keys(CTRL, Key::A);
    window.typed("\"at home\"");
    window.key(Key::Enter);
    window.key(Key::Escape);
    let edited = window.session().image().clone();

    window.keys(shifted(), Key::F5);
    let machine = window.session().machine();
    assert_eq!(machine.output(), "", "output is taken back");
    assert_eq!(machine.show_stack().split(' ').next(), Some("7"), "the arguments are there again");
    assert_eq!(data(&window), [0, 0], "data is as it was");
    assert_eq!(machine.task().calls().depth(), 1, "in front of the call");
    assert!(window.cells("work").contains("at home"), "edits stay");

    // The rewind is one gesture: undo comes back to the state before it, and redo does it again.
    let rewound = window.session().image().clone();
    for _ in 0..2 {
        window.keys(CTRL, Key::Z);
        assert_eq!(*window.session().image(), edited);
        window.keys(CTRL, Key::Y);
        assert_eq!(*window.session().image(), rewound);
    }
    window.keys(shifted(), Key::B);
    assert_eq!(*window.session().image(), edited);
    assert!(window.session().journal().passes(window.session().position(), end));
}

#[test]
fn rewinding_main_goes_to_the_beginning_with_the_edits() {
    let mut window = Window::of_program("1 print_line missing");
    window.key(Key::F5);
    window.click("address 0, 1");
    window.key(Key::F2);
    window.keys(CTRL, Key::A);
    window.typed("2");
    window.key(Key::Enter);
    window.key(Key::Escape);
    window.keys(shifted(), Key::F5);
    let machine = window.session().machine();
    assert_eq!((machine.retired(), machine.output()), (0, ""));
    window.key(Key::F5);
    assert_eq!(window.session().machine().output(), "2\n");
}
