//! Several tasks in the window: their rows and marks, which of them is looked at, and what is done in it.

use egui::{Key, Modifiers};
use egui_kittest::kittest::{NodeT, Queryable};
use midflight::session::command::Command;
use midflight::session::journal::Position;
use midflight::vm::index::TaskId;

use crate::driver::Window;

const ALT: Modifiers = Modifiers::ALT;
const ALT_SHIFT: Modifiers = Modifiers::ALT.plus(Modifiers::SHIFT);

/// Main waits for `other`, tasks 1 and 2 for `base` in the same cell, task 3 for task 2.
const FOUR: &str = "
    [ assign: n n base ] bind: f
    [ get: t task.join drop ] bind: g
    3 1 pushf: f task.spawn drop
    4 1 pushf: f task.spawn set: t
    0 pushf: g task.spawn drop
    other";

fn four() -> Window {
    let mut window = Window::of_program(FOUR);
    // Main runs until it waits; then it lets the others run.
    window.key(Key::F5);
    window.key(Key::F5);
    window
}

/// Whose turns were asked for, by all gestures.
fn turns(window: &Window) -> Vec<String> {
    let entries = window.session().journal().entries();
    let commands = entries.iter().flat_map(|entry| &entry.commands);
    let turns = commands.filter(|command| matches!(command, Command::Turn { .. }));
    turns.map(|turn| midflight::session::command::print(std::slice::from_ref(turn))).collect()
}

/// Checks that something is shown; if not, says what is shown about tasks.
#[track_caller]
fn shows(window: &Window, words: &str) {
    let about = window.harness.query_all_by_label_contains("ask ");
    let about: Vec<_> = about.filter_map(|node| node.accesskit_node().label()).collect();
    assert!(window.shows(words), "{words} is not among {about:#?}");
}

fn focus(window: &Window) -> u64 {
    window.session().focus().0
}

#[test]
fn with_one_task_nothing_is_said_of_tasks() {
    let mut window = Window::two_activations();
    shows(&window, "Call stack");
    for words in ["Tasks", "task 0", "Task 0"] {
        assert!(!window.shows(words), "{words}");
    }
    window.key(Key::F11);
    window.keys(ALT_SHIFT, Key::ArrowDown);
    shows(&window, "There is only one task");
    assert_eq!(turns(&window), [""; 0]);
}

#[test]
fn each_task_has_a_row_that_says_what_it_does() {
    let window = four();
    for row in [
        "task 0, main at 14, other is missing, shown",
        "task 1, f at 102, base is missing, stack 3",
        "task 2, f at 102, base is missing, stack 4",
        "task 3, g at 201, waits for task 2, stack task: 2",
    ] {
        shows(&window, row);
    }
    shows(&window, "Task 0: other is missing");
    shows(&window, "base, not yet implemented, task 1 is here, task 2 is here");
    shows(&window, "other, not yet implemented, program counter here");
    assert_eq!(turns(&window), [""; 0]);
}

#[test]
fn a_click_or_a_key_looks_at_a_task() {
    let mut window = four();
    window.click("task 2, f at 102, base is missing, stack 4");
    assert_eq!(focus(&window), 2);
    shows(&window, "Task 2: base is missing");
    shows(&window, "base, not yet implemented, program counter here, task 1 is here");
    shows(&window, "stack at the counter: 4");
    shows(&window, "local n of frame 1");
    window.click_with("show task 1");
    assert_eq!(focus(&window), 1);
    for (key, expected) in [
        (Key::ArrowDown, 2),
        (Key::ArrowDown, 3),
        (Key::ArrowDown, 0),
        (Key::ArrowUp, 3),
        (Key::ArrowUp, 2),
    ] {
        window.keys(ALT_SHIFT, key);
        assert_eq!(focus(&window), expected);
    }
    // Looking changes nothing.
    assert_eq!(turns(&window), [""; 0]);
    let before = window.session().position();
    window.keys(ALT_SHIFT, Key::ArrowUp);
    assert_eq!(window.session().position(), before);
}

#[test]
fn what_is_done_is_done_in_the_task_that_is_looked_at() {
    let mut window = four();
    window.click_with("task 2, f at 102");
    window.keys(Modifiers::COMMAND, Key::Enter);
    assert_eq!(turns(&window), ["turn 2 alone"]);
    shows(&window, "task 1, f at 102, frozen: task 2 runs alone");
    assert_eq!((focus(&window), window.stack().as_str()), (2, "4"));
    window.enter("10 *");
    window.enter("return");
    assert_eq!((focus(&window), window.stack().as_str()), (2, "40"));
    assert_eq!(turns(&window), ["turn 2 alone"], "once is enough");
    let machine = window.session().machine();
    assert_eq!(machine.task_of(TaskId(1)).unwrap().parameters().len(), 1);
    // The others run again.
    window.key(Key::F5);
    assert_eq!(turns(&window), ["turn 2 alone", "turn free"]);
    let machine = window.session().machine();
    assert!(machine.task_of(TaskId(1)).is_none() && machine.task_of(TaskId(3)).is_none());
    assert_eq!(focus(&window), 0);
    shows(&window, "other is missing");
    // A step back is one of everybody; back in this task is a search.
    while window.session().position() != Position::default() {
        window.keys(Modifiers::COMMAND, Key::Z);
    }
    assert_eq!(window.session().machine().tasks().len(), 1);
}

#[test]
fn a_task_that_waits_for_another_lets_the_others_run() {
    let text = "
        [ assign: n [ n 0 > ] [ n 1 - assign: n ] while n ] bind: f
        [ 0 drop task.join drop 1 + hole ] bind: g
        900 1 pushf: f task.spawn assign: t
        t 1 pushf: g task.spawn drop
        other";
    let mut window = Window::of_program(text);
    window.key(Key::F5);
    window.click_with("task 2, g at");
    window.key(Key::F11);
    window.key(Key::F11);
    assert_eq!(turns(&window), ["turn 2 alone"]);
    shows(&window, "Task 2 waits for task 1");
    shows(&window, "task 1, f at 100, frozen: task 2 runs alone");
    window.click("Let the others run");
    assert_eq!(turns(&window), ["turn 2 alone", "turn free"]);
    assert_eq!(focus(&window), 2);
    shows(&window, "Task 2: ready at");
    window.keys(ALT, Key::F11);
    assert_eq!(
        (focus(&window), window.session().machine().task_of(TaskId(1)).is_some()),
        (2, true)
    );
}

#[test]
fn a_task_is_held_and_let_go() {
    let mut window = four();
    window.click_with("task 1, f at");
    window.keys(ALT_SHIFT, Key::S);
    let share = |window: &Window| window.session().machine().strand_of(TaskId(1)).unwrap().share;
    assert_eq!((share(&window), focus(&window)), (0, 1));
    shows(&window, "Task 1 is held");
    window.keys(ALT_SHIFT, Key::S);
    assert_eq!(share(&window), 1);
    shows(&window, "Task 1 takes turns again");
}

#[test]
fn a_deadlock_names_the_circle() {
    let text = "
        [ get: b task.join ] bind: one
        [ get: a task.join ] bind: two
        0 pushf: one task.spawn set: a
        0 pushf: two task.spawn set: b
        get: a task.join";
    let mut window = Window::of_program(text);
    window.key(Key::F5);
    shows(&window, "Deadlock");
    shows(&window, "task 1 waits for task 2, task 2 waits for task 1");
}

#[test]
fn a_thousand_tasks_have_a_few_rows() {
    let text = "[ 1 hole ] bind: f 0 assign: i \
                1 [ 0 pushf: f task.spawn drop i 1 + assign: i i 900 < ] repeat_if other";
    let mut window = Window::of_program(text);
    window.key(Key::F5);
    window.key(Key::F5);
    assert_eq!(window.session().machine().tasks().len(), 901);
    // The first fifty, and the current one.
    shows(&window, "and 850 more");
    assert_eq!(window.harness.query_all_by_label_contains("hole is missing, stack 1").count(), 50);
    window.keys(ALT_SHIFT, Key::ArrowUp);
    shows(&window, "task 900, f at 101, hole is missing, stack 1, shown");
    shows(&window, "and 850 more");
}
