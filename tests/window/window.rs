//! The window without a screen, driven by its accessible names.

mod driver;

use driver::Window;
use egui::{Key, Modifiers};
use egui_kittest::kittest::Queryable;
use midflight::app::action_table::TABLE;
use midflight::desk::action::Action;

#[test]
fn the_first_frame_says_what_to_do() {
    let window = Window::new();
    assert!(window.shows("address 0, empty, program counter here"));
    assert!(window.shows("stack empty"));
    assert!(window.shows("100 free, main"));
    assert!(window.shows("Cell 0 is empty: write what should happen. Enter does it."));
    assert!(window.shows("Let's compute fib(3)"));
    assert!(window.harness.get_by_label("instructions").is_focused());
}

#[test]
fn fib_is_written_by_keyboard_while_it_runs() {
    let mut window = Window::new();
    window.enter("3 fib");
    assert!(window.shows("address 1, fib, not yet implemented, program counter here"));
    assert!(window.shows("fib is missing") && window.shows("Create fib"));
    window.key(Key::Enter);
    assert!(window.shows("address 100, empty, program counter here"));
    assert!(window.shows("3 is waiting. Name it"));
    window.enter("assign: i");
    window.enter("i 2 - fib");
    window.key(Key::Enter);
    assert!(window.shows("address 101, local i, program counter here"));
    assert!(window.shows("local i of frame 3: 1") && window.shows("local i of frame 2: 3"));
    window.enter("i 3 < [ ] if");
    assert!(window.shows("address 200, empty, program counter here"));
    assert!(window.shows("frame 4, if block of fib, at 200"));
    window.enter("1 return");
    assert_eq!(window.stack(), "1");
    window.enter("i 1 - fib");
    window.key(Key::F5);
    assert_eq!(window.stack(), "1 1");
    window.enter("+ return");
    assert_eq!(window.stack(), "2");
    assert_eq!(window.cells("fib"), "assign: i i 3 < @200 if i 2 - fib i 1 - fib + return");
    assert!(window.shows("Finished") && window.shows("11 of 11"));
    let written = window.session().journal().entries().len();
    for _ in 0..written {
        window.keys(Modifiers::COMMAND, Key::Z);
    }
    assert!(window.shows("address 0, empty, program counter here"));
    for _ in 0..written {
        window.keys(Modifiers::COMMAND | Modifiers::SHIFT, Key::Z);
    }
    assert_eq!(window.stack(), "2");
}

#[test]
fn what_was_created_can_be_taken_back_completely() {
    let mut window = Window::new();
    window.enter("3 fib");
    let before = window.session().image().clone();
    window.key(Key::Enter);
    assert!(window.session().machine().memory().function("fib").is_some());
    window.keys(Modifiers::COMMAND, Key::Z);
    assert!(*window.session().image() == before);
    window.click("Create fib");
    assert!(window.shows("address 100, empty, program counter here"));
}

#[test]
fn an_insertion_is_foretold_for_each_activation() {
    let mut window = Window::two_activations();
    window.click("address 102, 2");
    window.typed("1 drop");
    assert!(window.shows(
        "frame 3 (fib: i = 1) will run this; frame 2 (fib: i = 3) is past this cell and won't run it"
    ));
    let depth = window.session().machine().task().calls().depth();
    window.key(Key::Enter);
    assert_eq!(window.cells("fib"), "assign: i i 1 drop 2 - fib");
    assert_eq!(window.session().machine().task().calls().depth(), depth);
    assert!(window.shows("frame 2 continues here"));
}

#[test]
fn the_ghost_says_what_would_happen_and_changes_nothing() {
    let mut window = Window::new();
    window.typed("3 fib");
    assert!(window.shows("stack 3, then waits: fib is missing"));
    assert_eq!(window.session().journal().entries().len(), 0);
    window.key(Key::Escape);
    window.typed("[ 1 drop ] repeat");
    assert!(window.shows("still running after 100,000 instructions"));
    window.key(Key::Escape);
    window.typed("3 [");
    assert!(window.shows("this bracket is not closed"));
}

#[test]
fn values_are_edited_and_it_goes_on() {
    let mut window = Window::new();
    window.enter("3 4");
    window.harness.get_by_label("stack top: 4").focus();
    window.harness.run();
    window.key(Key::Enter);
    window.keys(Modifiers::COMMAND, Key::A);
    window.typed("40");
    window.key(Key::Enter);
    assert_eq!(window.stack(), "3 40");
    window.enter("+");
    assert_eq!(window.stack(), "43");
    assert!(window.shows("( 3 40 -- 43 )"));
    window.keys(Modifiers::COMMAND, Key::Z);
    window.keys(Modifiers::COMMAND, Key::Z);
    assert_eq!(window.stack(), "3 4");
}

#[test]
fn an_endless_loop_can_be_paused_and_the_window_answers() {
    let mut window = Window::new();
    window.enter("[ 1 drop ] repeat");
    window.harness.key_press(Key::F5);
    window.harness.run_steps(4);
    assert!(window.session().job().is_some());
    assert!(window.shows("Running"));
    window.harness.key_press(Key::F5);
    window.harness.run_steps(2);
    window.harness.run();
    assert!(window.session().job().is_none());
    assert!(window.session().machine().retired() > 1000);
}

#[test]
fn files_are_saved_opened_and_never_lost() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("work.flpc");
    let mut window = Window::new();
    window.enter("1 2 +");
    window.answers.0.borrow_mut().push_back(path.clone());
    window.keys(Modifiers::COMMAND | Modifiers::SHIFT, Key::E);
    assert!(std::fs::read_to_string(&path).unwrap().contains("1 2 +"));
    window.keys(Modifiers::COMMAND, Key::N);
    assert!(window.shows("There is unsaved work"));
    window.click("Cancel");
    assert_eq!(window.stack(), "3");
    window.keys(Modifiers::COMMAND, Key::O);
    window.answers.0.borrow_mut().push_back(path);
    window.click("Don't save");
    assert_eq!((window.stack().as_str(), window.cells("main").as_str()), ("", "1 2 +"));
    assert!(!window.shows("Let's compute fib(3)"), "the tour is for an empty memory");
    window.answers.0.borrow_mut().push_back(folder.path().join("missing.flpc"));
    window.keys(Modifiers::COMMAND, Key::O);
    assert_eq!(window.cells("main"), "1 2 +");
    assert!(window.shows("missing.flpc"));
}

#[test]
fn every_action_is_in_a_menu_and_in_the_palette() {
    let mut window = Window::new();
    for row in TABLE {
        window.harness.get_by_label(row.menu.title()).click();
        window.harness.run();
        assert!(window.shows(row.name), "{} in the menu {}", row.name, row.menu.title());
        window.key(Key::Escape);
        window.keys(Modifiers::COMMAND | Modifiers::SHIFT, Key::P);
        window.typed(row.name);
        assert!(window.shows(&format!("palette: {}", row.name)), "{} in the palette", row.name);
        window.key(Key::Escape);
    }
    window.keys(Modifiers::COMMAND | Modifiers::SHIFT, Key::P);
    window.typed("keys");
    window.key(Key::Enter);
    assert!(window.shows("Executes one instruction and everything it calls."));
    assert!(TABLE.iter().any(|row| row.action == Action::Keys));
}

#[test]
fn arrows_move_in_the_cells_and_typing_goes_to_the_line() {
    let mut window = Window::two_activations();
    window.key(Key::F6);
    window.key(Key::ArrowRight);
    window.key(Key::ArrowRight);
    assert_eq!(window.desk().sight().selection.map(|selection| selection.head.offset), Some(3));
    window.key(Key::F12);
    assert!(window.shows("points to nothing"));
    window.key(Key::ArrowRight);
    window.key(Key::F12);
    assert_eq!(window.desk().sight().selection.map(|selection| selection.head.offset), Some(0));
    window.typed("7");
    assert_eq!(window.desk().entry().text, "7");
    window.key(Key::ArrowLeft);
    assert_eq!(window.desk().sight().selection.map(|selection| selection.head.offset), Some(0));
}

#[test]
fn escape_leads_from_the_cells_back_to_the_counter() {
    let mut window = Window::two_activations();
    window.key(Key::F6);
    window.key(Key::ArrowRight);
    assert!(window.shows("insert before 102"));
    window.key(Key::Escape);
    assert!(window.shows("do at 101"));
    assert!(window.harness.get_by_label("instructions").is_focused());
}

#[test]
fn lines_are_pasted_as_one_and_written_on_behind() {
    let mut window = Window::new();
    window.harness.event(egui::Event::Paste("1 # one\n\n# none\n2".to_owned()));
    window.harness.run();
    window.enter(" 3");
    assert_eq!(window.stack(), "1 2 3");
}

#[test]
fn the_question_about_unsaved_work_is_answered_by_keyboard_alone() {
    let folder = tempfile::tempdir().unwrap();
    let mut window = Window::new();
    window.enter("1 2");
    window.keys(Modifiers::COMMAND, Key::N);
    assert!(window.harness.get_by_label("Save").is_focused());
    window.key(Key::F10);
    window.typed("3");
    assert_eq!((window.stack().as_str(), window.cells("main").as_str()), ("1 2", "1 2"));
    window.key(Key::Escape);
    assert!(!window.shows("There is unsaved work"));
    window.typed(" + ");
    assert_eq!(window.desk().entry().text, " + ", "the entry line has the keyboard again");
    window.key(Key::Enter);
    window.keys(Modifiers::COMMAND, Key::N);
    window.answers.0.borrow_mut().push_back(folder.path().join("sum.ron"));
    window.key(Key::Enter);
    assert!(folder.path().join("sum.ron").exists());
    assert_eq!(window.cells("main"), "");
    window.enter("7");
    window.keys(Modifiers::COMMAND, Key::N);
    window.key(Key::Tab);
    window.key(Key::Enter);
    assert_eq!(window.cells("main"), "", "it was not saved");
}

#[derive(Debug)]
struct Dropped(std::path::PathBuf);

impl egui::DroppedFile for Dropped {
    fn path(&self) -> &std::path::Path {
        &self.0
    }

    fn bytes(&self) -> Result<Vec<u8>, String> {
        Err("it is read by its path".to_owned())
    }
}

#[test]
fn a_dropped_file_is_opened_and_found_among_the_recent_ones() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("dropped.flpc");
    std::fs::write(&path, "1 2").unwrap();
    let mut window = Window::new();
    let file = std::sync::Arc::new(Dropped(path.clone()));
    window.harness.input_mut().dropped_files.push(file);
    window.harness.run();
    assert_eq!(window.cells("main"), "1 2");
    window.keys(Modifiers::COMMAND, Key::N);
    assert_eq!(window.cells("main"), "");
    assert_eq!(window.desk().preferences().recent, [path]);
    window.click("File");
    window.click("Open recent");
    window.click("dropped.flpc");
    assert_eq!(window.cells("main"), "1 2");
}

#[test]
fn a_narrow_window_still_shows_what_matters() {
    let mut window = Window::sized(900.0, 600.0);
    window.enter("3 fib");
    for label in [
        "program counter here",
        "fib is missing",
        "Create fib",
        "stack top: 3",
        "hole fib",
        "instructions",
    ] {
        assert!(window.shows(label), "{label}");
    }
    let cell = window.harness.get_by_label_contains("program counter here").rect();
    assert!(window.harness.ctx.content_rect().contains_rect(cell));
}

#[test]
fn work_outlives_a_window_that_was_never_closed() {
    let folder = tempfile::tempdir().unwrap();
    let mut window = Window::kept_in(folder.path());
    window.enter("3 fib");
    window.key(Key::Enter);
    window.enter("assign: i");
    window.keys(Modifiers::COMMAND, Key::Z);
    let second = Window::kept_in(folder.path());
    assert_eq!(second.stack(), "", "the first window still has its recording");
    let image = window.session().image().clone();
    drop((window, second));

    let mut window = Window::kept_in(folder.path());
    assert!(*window.session().image() == image);
    assert!(window.shows("unsaved work from last time"));
    window.keys(Modifiers::COMMAND | Modifiers::SHIFT, Key::Z);
    assert_eq!(window.cells("fib"), "assign: i");
    window.keys(Modifiers::COMMAND, Key::Q);
    window.click("Don't save");
    window.harness.state_mut().desk_mut().close_recording();
    drop(window);
    assert_eq!(Window::kept_in(folder.path()).stack(), "");
}

#[test]
fn fib_is_written_with_the_mouse_where_keys_are_not_needed() {
    let mut window = Window::new();
    window.enter("3 fib");
    window.click("Create fib");
    window.enter("assign: i");
    window.enter("i 2 - fib");
    window.click("Step");
    window.enter("i 3 < [ ] if");
    window.enter("1 return");
    window.enter("i 1 - fib");
    window.click("Run or pause");
    window.enter("+ return");
    assert_eq!(window.stack(), "2");
    window.click("Step back");
    window.click("Undo");
    assert_eq!(window.stack(), "1 1");
}

#[test]
fn a_missing_call_is_answered_once_or_named_or_changed() {
    let mut window = Window::new();
    window.enter("3 fib 1 +");
    window.key(Key::F4);
    assert_eq!(window.desk().entry().text, "3 -- ");
    window.enter("7");
    assert_eq!((window.stack().as_str(), window.cells("main").as_str()), ("7", "3 fib? 1 +"));
    window.keys(Modifiers::COMMAND, Key::Z);
    window.key(Key::F8);
    assert_eq!(window.cells("main"), "3 assign: fib fib 1 +");
    window.key(Key::Enter);
    assert_eq!(window.stack(), "3");
}

#[test]
fn a_call_is_started_again_with_its_argument_and_the_edits() {
    let mut window = Window::two_activations();
    window.keys(Modifiers::COMMAND, Key::F5);
    assert!(window.shows("address 100, assign: i, program counter here"));
    assert_eq!(window.stack(), "1");
    window.key(Key::F11);
    window.enter("i drop");
    window.keys(Modifiers::COMMAND | Modifiers::SHIFT, Key::F5);
    assert_eq!(window.cells("fib"), "assign: i i drop i 2 - fib");
    assert_eq!(window.stack(), "1", "in front of the call again");
}

#[test]
fn blocks_are_copied_with_what_is_in_them() {
    let mut window = Window::new();
    window.enter("1 [ 2 [ 3 ] if ] if");
    window.key(Key::F6);
    window.key(Key::Home);
    window.click_with("address 0, 1");
    window.harness.get_by_label("address 2, if, changed").click_modifiers(Modifiers::SHIFT);
    window.harness.run();
    window.harness.event(egui::Event::Copy);
    window.harness.step();
    let copied =
        window.harness.output().platform_output.commands.iter().find_map(|command| match command {
            egui::OutputCommand::CopyText(text) => Some(text.clone()),
            _ => None,
        });
    assert_eq!(copied.as_deref(), Some("1 [ 2 [ 3 ] if ] if"));
}

#[test]
fn of_a_hundred_thousand_missing_names_the_window_draws_those_in_sight() {
    let text: String = (0..100_000).map(|n| format!("n{n} ")).collect();
    let window = Window::of_program(&text);
    assert_eq!(window.desk().index().holes.count(), 100_000);
    let drawn = window.harness.query_all_by_label_contains("hole n").count();
    assert!((3..30).contains(&drawn), "{drawn} holes are drawn");
    let cells = window.harness.query_all_by_label_contains("address ").count();
    assert!((10..2_000).contains(&cells), "{cells} cells are drawn");
}

#[test]
fn small_blocks_stand_in_the_row_of_the_cell_that_uses_them() {
    let mut window = Window::new();
    window.enter("0 [ 1 return ] if");
    let height = |window: &Window, label: &str| {
        let mut found = window.harness.query_all_by_label_contains(label);
        found.next().expect("it is shown").rect().center().y
    };
    assert!(!window.shows("if block of main, at "));
    assert_eq!(height(&window, "address 0, 0"), height(&window, "address 100, 1"));
    window.keys(Modifiers::COMMAND | Modifiers::SHIFT, Key::T);
    assert!(window.shows("if block of main, at "), "by address, all bodies have rows of their own");
    assert!(height(&window, "address 100, 1") > height(&window, "address 0, 0"));
}

#[test]
fn the_past_is_unmistakable() {
    let mut window = Window::new();
    window.enter("1 2 +");
    assert!(!window.shows("Return to now"));
    window.keys(Modifiers::SHIFT, Key::F10);
    assert!(window.shows("In the past, step 2 of 3: typing or running starts a branch"));
    window.click("Return to now");
    assert!(!window.shows("In the past"));
}

#[test]
fn the_console_takes_no_room_before_it_has_something_to_say() {
    let mut window = Window::new();
    let shown = |window: &Window| window.shows("input for the program");
    assert!(!shown(&window));
    window.keys(Modifiers::COMMAND, Key::Num5);
    assert!(shown(&window), "it was asked for");
    window.keys(Modifiers::COMMAND, Key::Num5);
    assert!(!shown(&window));
    window.enter("7 print_line");
    assert!(shown(&window), "output shows it");
    window.keys(Modifiers::COMMAND, Key::Num5);
    assert!(!shown(&window), "it was hidden");
}

#[test]
fn typed_cells_are_shown_where_they_would_stand() {
    let mut window = Window::new();
    window.enter("1 2 +");
    window.typed("5 dup");
    assert!(window.shows("would write 5 dup at 3"));
    window.key(Key::Escape);
    window.key(Key::Escape);
    assert!(!window.shows("would write"));
}

#[test]
fn shift_enter_does_a_line_once_and_enter_takes_a_chosen_completion() {
    let mut window = Window::new();
    window.enter("1 2");
    window.typed("swap");
    window.keys(Modifiers::SHIFT, Key::Enter);
    assert_eq!(window.session().machine().show_stack(), "2 1");
    assert!(!window.shows("address 2, swap"));
    window.typed("pri");
    window.key(Key::ArrowDown);
    let taken = window.desk().completions()[1].word.clone();
    window.key(Key::Enter);
    assert_eq!(window.desk().entry().text.trim(), taken, "Enter takes what Down has chosen");
}
