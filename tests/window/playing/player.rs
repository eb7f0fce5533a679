//! Recordings in the window: played, taken over by typing, and made into tests.

use egui::{Key, Modifiers};
use egui_kittest::kittest::Queryable;
use midflight::session::recording::Recording;

use crate::driver::Window;

const CTRL: Modifiers = Modifiers::COMMAND;
const CTRL_SHIFT: Modifiers = Modifiers::COMMAND.plus(Modifiers::SHIFT);

impl Window {
    /// A window with a recording opened from a file.
    fn on_recording(text: &str) -> (Window, tempfile::TempDir) {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("work.session");
        std::fs::write(&path, text).unwrap();
        let mut window = Window::new();
        window.answers.0.borrow_mut().push_back(path);
        window.keys(CTRL, Key::O);
        (window, folder)
    }

    fn entries(&self) -> usize {
        self.session().journal().entries().len()
    }
}

const THREE: &str = "midflight-session 2\nbase empty\n# One to begin with.\nwrite 0:0 `1` | run 1\n\
                     expect stack `1`\n# And two.\nwrite 0:1 `2 3` | run 2\nwrite 0:3 `+` | run 1\n\
                     expect stack `1 5`\n";

#[test]
fn a_recording_is_opened_at_its_start_and_played_to_its_end() {
    let (mut window, _folder) = Window::on_recording(THREE);
    assert!(window.shows("start of 3 gestures") && window.shows("One to begin with."));
    assert_eq!(window.session().machine().retired(), 0, "opening runs nothing");
    window.harness.run_steps(20);
    assert_eq!(window.session().machine().retired(), 0);
    window.keys(CTRL, Key::P);
    assert!(window.shows("gesture 1 of 3: write 1"));
    assert!(window.shows("And two.") && window.shows("1 expectation here"));
    // One gesture every two seconds, in frames of a quarter of a second.
    let mut shown = Vec::new();
    for _ in 0..24 {
        window.harness.step();
        shown.push(window.session().position().entry);
    }
    let frames = |entry| shown.iter().filter(|&&at| at == entry).count();
    assert!(shown.is_sorted() && (7..=9).contains(&frames(2)), "{shown:?}");
    assert!(window.shows("gesture 3 of 3") && window.shows("end of the recording"));
    assert_eq!((window.stack().as_str(), window.entries()), ("1 5", 3));
    assert!(window.harness.query_by_label("Play or pause").is_some());
}

#[test]
fn the_player_shows_the_recording_again_after_it_was_hidden() {
    let (mut window, _folder) = Window::on_recording(THREE);
    window.keys(CTRL_SHIFT, Key::ArrowRight);
    window.enter("7");
    window.keys(CTRL, Key::J);
    assert!(window.harness.query_by_label("Play or pause").is_none());
    window.keys(CTRL, Key::J);
    assert!(window.shows("of 3"));
    window.keys(CTRL_SHIFT, Key::End);
    assert_eq!(window.stack(), "1 5");
}

#[test]
fn a_recording_whose_last_line_has_no_end_is_told_of() {
    let (window, _folder) = Window::on_recording(THREE.trim_end());
    assert!(window.shows("may have been cut off"));
}

#[test]
fn gestures_are_stepped_forth_and_back() {
    let (mut window, _folder) = Window::on_recording(THREE);
    window.keys(CTRL_SHIFT, Key::ArrowRight);
    window.click("Next gesture");
    assert!(window.shows("gesture 2 of 3") && window.stack() == "1 2 3");
    window.keys(CTRL_SHIFT, Key::ArrowLeft);
    assert!(window.shows("gesture 1 of 3") && window.stack() == "1");
    window.click("Play to the end");
    assert!(window.shows("gesture 3 of 3") && window.stack() == "1 5");
    window.click("Next gesture");
    assert!(window.shows("This is the end of the recording"));
    window.key(Key::F10);
    assert!(!window.shows("not saved"), "moving through a recording is not a change");
    for _ in 0..3 {
        window.click("Previous gesture");
    }
    assert!(window.shows("start of 3 gestures"));
    window.click("Previous gesture");
    assert!(window.shows("This is the beginning of the recording"));
    window.click("Close the player");
    assert!(!window.shows("start of 3 gestures"));
    window.keys(CTRL, Key::J);
    assert!(window.shows("start of 3 gestures"));
}

#[test]
fn runs_in_a_recording_are_watched() {
    let text = "midflight-session 2\nbase empty\nwrite 0:0 `1 2 3 4 5 6 7` | run 7\n";
    let (mut window, _folder) = Window::on_recording(text);
    for _ in 0..6 {
        window.keys(CTRL, Key::Comma);
    }
    window.harness.key_press_modifiers(CTRL, Key::P);
    window.harness.run_steps(6);
    assert!(window.shows("in gesture 1 of 1"), "two steps a second");
    window.keys(CTRL, Key::P);
    let paused = window.session().position();
    assert!((1..6).contains(&paused.done), "{paused}");
    window.harness.run_steps(20);
    assert_eq!(window.session().position(), paused, "a paused player stays");
    window.click("Next gesture");
    assert_eq!(window.session().machine().retired(), 7);
}

#[test]
fn a_long_way_is_gone_in_slices_and_can_be_stopped() {
    let text = "midflight-session 2\nbase empty\nwrite 0:0 `[ 1 drop ] repeat` | run 2\n\
                run 900000000000 | push `1`\n";
    let (mut window, _folder) = Window::on_recording(text);
    window.click("Next gesture");
    window.harness.key_press_modifiers(CTRL_SHIFT, Key::End);
    window.harness.run_steps(5);
    assert!(window.shows("Playing the recording. F5 pauses"));
    assert!(window.shows("gesture 1 of 2"), "it stays until it arrives");
    window.harness.key_press(Key::F5);
    window.harness.run_steps(2);
    window.harness.run();
    assert!(!window.shows("Playing the recording"));
    window.harness.key_press_modifiers(CTRL_SHIFT, Key::End);
    window.harness.run_steps(5);
    window.harness.key_press(Key::Escape);
    window.harness.run_steps(2);
    window.harness.run();
    assert!(!window.shows("Playing the recording"));
    window.key(Key::F11);
    assert_eq!(window.session().machine().retired(), 3);
}

#[test]
fn typing_takes_over_and_nothing_is_lost() {
    let (mut window, folder) = Window::on_recording(THREE);
    window.keys(CTRL, Key::P);
    window.typed("7");
    window.harness.run_steps(40);
    assert_eq!(window.stack(), "1", "typing pauses the player");
    window.key(Key::Enter);
    assert_eq!((window.stack().as_str(), window.entries()), ("1 7", 4));
    assert!(window.shows("you took over at gesture 1 of 3") && window.shows("not saved"));
    assert!(window.shows("Next goes back to the recording"));
    window.click("Next gesture");
    assert!(window.shows("gesture 1 of 3") && !window.shows("you took over"));
    window.click("Play to the end");
    assert_eq!(window.stack(), "1 5", "the recording is still there");
    window.keys(CTRL, Key::S);
    let text = std::fs::read_to_string(folder.path().join("work.session")).unwrap();
    let (journal, _) = Recording::read(&text).unwrap().journal().unwrap();
    assert_eq!(&journal, window.session().journal(), "branches and comments are saved");
    assert!(text.contains("# One to begin with."));
}

#[test]
fn an_unmet_expectation_is_shown_where_it_stands() {
    let (mut window, _folder) = Window::on_recording(&THREE.replace("`1`\n#", "`2`\n#"));
    window.click("Play to the end");
    assert!(window.shows("gesture 1 of 3"), "it stops where it is not as expected");
    assert!(window.shows("not as expected: stack: expected `2`, found `1`"));
    window.keys(CTRL_SHIFT, Key::U);
    assert!(window.shows("Nothing is expected here any more"));
    window.click("Play to the end");
    assert_eq!(window.stack(), "1 5");
}

#[test]
fn a_session_becomes_a_test() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("test.session");
    let mut window = Window::new();
    window.enter("1 2 +");
    window.keys(CTRL, Key::E);
    assert!(window.shows("Expected here from now on") && window.shows("3 expectations here"));
    window.enter("fib");
    window.keys(CTRL, Key::E);
    window.answers.0.borrow_mut().push_back(path.clone());
    window.keys(CTRL_SHIFT, Key::R);
    assert!(!window.shows("not saved"));
    let text = std::fs::read_to_string(&path).unwrap();
    assert!(text.contains("\nexpect stack `3`\nexpect waits finished\nexpect output ``\nwrite"));
    assert!(text.ends_with("expect stack `3`\nexpect waits missing fib\nexpect output ``\n"));

    std::fs::write(&path, text.replace("1 2 +", "1 2 -")).unwrap();
    window.answers.0.borrow_mut().push_back(path);
    window.keys(CTRL, Key::O);
    window.keys(CTRL_SHIFT, Key::End);
    assert!(window.shows("expected `3`, found `-1`"));
}

#[test]
fn what_is_expected_within_a_run_is_saved_in_its_place_and_checked() {
    let (mut window, folder) = Window::on_recording(THREE);
    window.click("Play to the end");
    window.keys(Modifiers::SHIFT, Key::F10);
    window.keys(Modifiers::SHIFT, Key::F10);
    assert_eq!(window.stack(), "1 2", "in the middle of the second gesture");
    window.keys(CTRL, Key::E);
    window.keys(CTRL, Key::S);
    let path = folder.path().join("work.session");
    let text = std::fs::read_to_string(&path).unwrap();
    assert!(text.contains("goto 2:1\nexpect stack `1 2`\n"), "{text}");
    let (journal, _) = Recording::read(&text).unwrap().journal().unwrap();
    assert_eq!(&journal, window.session().journal());
    std::fs::write(&path, text.replace("expect stack `1 2`", "expect stack `1 9`")).unwrap();
    window.answers.0.borrow_mut().push_back(path);
    window.keys(CTRL, Key::O);
    window.click("Play to the end");
    assert!(window.shows("in gesture 2 of 3") && window.shows("expected `1 9`, found `1 2`"));
}

#[test]
fn what_is_expected_outlives_a_window_that_was_never_closed() {
    let folder = tempfile::tempdir().unwrap();
    let mut window = Window::kept_in(folder.path());
    window.enter("1 2 +");
    window.keys(CTRL, Key::E);
    drop(window);
    let window = Window::kept_in(folder.path());
    assert_eq!(window.session().expected_here().len(), 3);
}

#[test]
fn a_damaged_recording_is_opened_up_to_the_damage_if_one_wants() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("a.session");
    let text = "midflight-session 2\nbase empty\npush `1`\npush `2`\npsh `3`\npush `4`\n";
    std::fs::write(&path, text).unwrap();
    let mut window = Window::new();
    window.enter("7");
    window.keys(Modifiers::COMMAND, Key::N);
    window.click("Don't save");
    for answer in ["Cancel", "Open what can be read"] {
        window.answers.0.borrow_mut().push_back(path.clone());
        window.keys(Modifiers::COMMAND, Key::O);
        assert!(window.shows("line 5") && window.shows("it holds 2 gestures"));
        window.click(answer);
        assert!(!window.shows("line 5"));
    }
    assert_eq!(window.session().journal().entries().len(), 2);
    window.keys(Modifiers::COMMAND, Key::End);
    assert_eq!(window.stack(), "1 2");
}
