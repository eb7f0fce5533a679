//! The desk without a window: what any front end can rely on.

#[path = "desk/branching.rs"]
mod branching;
#[path = "desk/cells.rs"]
mod cells;
#[path = "desk/doing.rs"]
mod doing;
#[path = "desk/drafts.rs"]
mod drafts;
#[path = "desk/files.rs"]
mod files;
#[path = "desk/finding.rs"]
mod finding;
#[path = "desk/following.rs"]
mod following;
#[path = "desk/keeping.rs"]
mod keeping;
#[path = "desk/names.rs"]
mod names;
#[path = "desk/naming.rs"]
mod naming;
#[path = "desk/pane.rs"]
mod pane;
#[path = "desk/source.rs"]
mod source;
#[path = "desk/stops.rs"]
mod stops;
#[path = "desk/trials.rs"]
mod trials;
#[path = "desk/values.rs"]
mod values;
#[path = "desk/watches.rs"]
mod watches;

mod support;

use std::cell::RefCell;
use std::collections::VecDeque;
use std::path::{Path, PathBuf};
use std::rc::Rc;
use std::sync::RwLock;

use midflight::desk::Desk;
use midflight::desk::action::{Action, Field, ValuePlace};
use midflight::desk::dialogs::{Dialogs, FileQuestion, Reply};
use midflight::desk::effect::Effect;
use midflight::desk::entry_line::EntryMode;
use midflight::desk::overlay::Overlay;
use midflight::desk::preferences::Preferences;
use midflight::program::notation::Notation;
use midflight::view::memory::At;
use midflight::vm::limit::LimitKind;

/// A program that is being started has every open file for a moment, and with it the locks of folders. So no
/// test takes one meanwhile.
static STARTING: RwLock<()> = RwLock::new(());

/// Answers file dialogs in order, and records the proposed names.
#[derive(Clone, Default)]
struct Script {
    answers: Rc<RefCell<VecDeque<Reply>>>,
    proposals: Rc<RefCell<Vec<String>>>,
}

impl Script {
    fn answer(&self, path: impl Into<PathBuf>) {
        self.answers.borrow_mut().push_back(Reply::Chosen(path.into()));
    }
}

impl Dialogs for Script {
    fn ask(&mut self, question: &FileQuestion) {
        if let FileQuestion::Save { name, .. } = question {
            self.proposals.borrow_mut().push(name.clone());
        }
    }

    fn reply(&mut self) -> Option<Reply> {
        // Without an answer, the dialog stays open.
        self.answers.borrow_mut().pop_front()
    }
}

/// A desk that is driven only by actions.
struct Front {
    desk: Desk,
    script: Script,
    now: f64,
    /// What the desk requested since these were last taken.
    effects: Vec<Effect>,
}

impl Front {
    fn new() -> Front {
        let script = Script::default();
        let desk = Desk::new(Box::new(script.clone()), Preferences::default());
        Front { desk, script, now: 0.0, effects: Vec::new() }
    }

    fn kept_in(folder: &Path) -> Front {
        let mut front = Front::new();
        let calm = STARTING.read();
        front.desk.keep_in(folder);
        drop(calm);
        front.until_idle();
        front
    }

    fn perform(&mut self, action: Action) {
        self.effects.extend(self.desk.perform(action));
    }

    /// A frame of a quarter of a second. Returns whether the desk wants another frame.
    fn tick(&mut self) -> bool {
        self.now += 0.25;
        let tick = self.desk.tick(self.now);
        self.effects.extend(tick.effects);
        tick.again.is_some()
    }

    /// Repeats until the condition holds.
    fn until(&mut self, wanted: impl Fn(&mut Front) -> bool) {
        let drawn = (0..100_000).find(|_| wanted(self));
        drawn.expect("the condition holds in the end");
    }

    fn until_idle(&mut self) {
        self.until(|front| !front.tick());
    }

    fn typed(&mut self, text: &str) {
        self.perform(Action::Typed(Field::Entry, text.to_owned()));
    }

    /// Types a line and presses Enter. An empty line is just Enter.
    fn enter(&mut self, line: &str) {
        self.typed(line);
        self.perform(Action::Submit);
        self.until_idle();
    }

    fn stack(&self) -> String {
        self.desk.session().machine().show_stack()
    }

    fn code(&self) -> String {
        self.desk.session().image().print(Notation::Forth)
    }

    fn says(&self, words: &str) -> bool {
        self.desk.notice().words.contains(words)
    }

    fn asked_for(&mut self, effect: &Effect) -> bool {
        std::mem::take(&mut self.effects).contains(effect)
    }
}

#[test]
fn after_the_end_of_the_input_nothing_is_given_and_typing_goes_to_the_entry_line() {
    let mut front = Front::new();
    front.enter("\"hi\" print_line input.ended drop");
    front.perform(Action::RunOrPause);
    assert!(front.asked_for(&Effect::Focus(Field::Input)));
    front.perform(Action::EndInput);
    front.until_idle();
    let ended = front.desk.session().image().clone();
    assert!(front.desk.hint().starts_with("Finished"));
    assert!(front.asked_for(&Effect::Focus(Field::Entry)));
    front.perform(Action::Typed(Field::Input, "7 8 +".to_owned()));
    front.perform(Action::Input("7 8 +".to_owned()));
    front.until_idle();
    assert!(front.says("The input has ended") && front.asked_for(&Effect::Focus(Field::Entry)));
    assert!(*front.desk.session().image() == ended);
    assert_eq!(front.desk.input(), "7 8 +", "what was typed is not lost");
}

#[test]
fn the_hint_says_what_enter_does_with_what_is_being_edited() {
    let mut front = Front::new();
    front.enter("10 modulo");
    assert_eq!(front.desk.hint(), "Enter creates modulo.");
    front.typed("3");
    assert_eq!(front.desk.hint(), "Enter does what is typed, Esc clears it.");
    front.perform(Action::Close);
    front.perform(Action::ChangeCell);
    assert_eq!(front.desk.entry().mode, EntryMode::Replace);
    for text in ["modulo", ""] {
        front.typed(text);
        assert!(front.desk.hint().starts_with("Write what replaces cell 1. Enter replaces it"));
        assert_eq!(front.desk.answers().enter, None);
    }
    front.perform(Action::Close);
    front.perform(Action::Edit(ValuePlace::Stack(0)));
    assert_eq!(front.desk.hint(), "Enter sets the value, Esc cancels.");
    assert_eq!(front.desk.answers().enter, None);
    front.perform(Action::Close);
    assert_eq!(front.desk.answers().enter, Some(Action::Create));
}

#[test]
fn a_message_about_the_line_goes_when_the_line_changes() {
    let mut front = Front::new();
    front.enter("[ 1 2");
    assert!(front.desk.ghost().words.contains("this bracket is not closed"));
    front.typed("\"a\" 1 +");
    assert!(!front.desk.ghost().words.contains("bracket") && front.desk.notice().words.is_empty());
    front.perform(Action::Follow);
    assert!(front.says("points to nothing"));
    front.typed("1");
    assert!(!front.says("points to nothing"), "who types does something else");
    // What was not saved is not forgotten for that.
    front.script.answer("/no/such/folder/file.ron");
    front.perform(Action::Save);
    front.until_idle();
    let words = front.desk.notice().words.clone();
    assert!(front.desk.notice().warns && words.contains("/no/such/folder"), "{words}");
    front.typed("12");
    assert_eq!(front.desk.notice().words, words);
    front.perform(Action::Select(None));
    assert!(front.desk.notice().words.is_empty());
}

/// What the user sees changed after a crash is what the last gesture changed, and that is not known.
#[test]
fn recovered_work_is_not_marked_as_changed() {
    let folder = tempfile::tempdir().unwrap();
    let mut front = Front::kept_in(folder.path());
    for line in ["1 2 3", "+", "assign: n"] {
        front.enter(line);
    }
    drop(front);
    let front = Front::kept_in(folder.path());
    assert_eq!(front.stack(), "1");
    let scene = front.desk.scene();
    assert!(scene.stack.values.iter().all(|value| !value.changed) && scene.stack.effect.is_empty());
    let row = front.desk.cells(&scene, scene.arrangement.placed()[0].extent, 0..9);
    assert!(row.cells.iter().all(|cell| !cell.changed));
}

#[test]
fn fib_is_written_while_it_runs() {
    let mut front = Front::new();
    front.enter("3 fib");
    assert_eq!(front.desk.answers().enter, Some(Action::Create));
    for line in ["", "assign: i", "i 2 - fib", "", "i 3 < [ ] if", "1 return", "i 1 - fib"] {
        front.enter(line);
    }
    front.perform(Action::RunOrPause);
    front.until_idle();
    assert_eq!(front.stack(), "1 1");
    front.enter("+ return");
    assert_eq!(front.stack(), "2");
    assert_eq!(front.desk.tour(), Some(10), "every hint of the tour was followed");
    let gestures = front.desk.session().journal().entries().len();
    for _ in 0..gestures {
        front.perform(Action::Undo);
        front.until_idle();
    }
    assert!(front.desk.is_empty());
    front.perform(Action::GoToEnd);
    front.until_idle();
    assert_eq!(front.stack(), "2");
}

#[test]
fn the_mode_of_the_entry_line_decides_what_enter_does() {
    let mut front = Front::new();
    front.enter("3 fib 1 +");
    assert_eq!(front.desk.prompt(), "do at 1");
    front.perform(Action::AnswerOnce);
    assert_eq!((front.desk.entry().mode, &*front.desk.entry().text), (EntryMode::Answer, "3 -- "));
    assert_eq!(front.desk.prompt(), "answer fib");
    front.perform(Action::Close);
    assert!(front.desk.entry().is_clear(), "Esc cancels");

    front.perform(Action::AnswerOnce);
    front.enter("3 -- 7");
    assert_eq!((front.stack().as_str(), front.desk.entry().mode), ("7", EntryMode::Write));

    front.perform(Action::Undo);
    front.perform(Action::ChangeCell);
    assert_eq!((front.desk.entry().mode, &*front.desk.entry().text), (EntryMode::Replace, "fib"));
    front.enter("1+");
    assert_eq!((front.stack().as_str(), front.code().trim()), ("4", "3 1+ 1 +"));

    front.perform(Action::ToggleInsert);
    assert_eq!(front.desk.prompt(), "replace 2");
    front.enter("5");
    assert_eq!((front.stack().as_str(), front.code().trim()), ("4 5", "3 1+ 5 +"));
    front.perform(Action::ToggleInsert);
    front.enter("2");
    assert_eq!(front.code().trim(), "3 1+ 5 2 +");
}

#[test]
fn an_unknown_call_asks_for_the_stack_it_starts_again_with() {
    let mut front = Front::new();
    let file = format!("{}/programs/fib-paused.ron", env!("CARGO_MANIFEST_DIR"));
    front.perform(Action::OpenPath(file.into()));
    front.until_idle();
    front.perform(Action::RestartFrame);
    front.until_idle();
    assert!(matches!(front.desk.entry().mode, EntryMode::Restart(_)));
    let proposed = front.desk.entry().text.clone();
    front.perform(Action::Submit);
    assert_eq!((front.stack(), front.desk.entry().mode), (proposed, EntryMode::Write));
    assert_eq!(front.desk.counter().offset, 0);
}

#[test]
fn a_line_is_foretold_and_then_does_just_that() {
    let mut front = Front::new();
    front.typed("3 4 + fib");
    assert_eq!(front.desk.ghost().words, "stack `7`, then waits: fib is missing");
    assert!(front.desk.is_empty(), "a ghost changes nothing");
    front.perform(Action::Submit);
    front.until_idle();
    assert_eq!(front.stack(), "7");
    front.typed("3 [");
    assert!(front.desk.ghost().warns);
    front.perform(Action::Submit);
    assert!(front.desk.ghost().warns && front.desk.entry().text == "3 [", "it stays");
    assert_eq!(front.desk.notice().words, "", "the refusal stands once");
    // The ghost depends on the selection.
    front.typed("1 drop");
    let at_counter = front.desk.ghost().words.clone();
    front.perform(Action::Select(Some(front.desk.counter())));
    front.perform(Action::Move(midflight::desk::action::Direction::Home));
    assert_ne!(front.desk.ghost().words, at_counter);
}

#[test]
fn data_that_was_freed_under_the_selection_is_said_to_be_gone() {
    let mut front = Front::new();
    front.enter("300000 allocate assign: m 1 assign: m 1 allocate");
    let bodies = |front: &Front| front.desk.scene().arrangement.placed().len();
    assert_eq!(bodies(&front), 2, "one was freed, one was made");
    front.perform(Action::StepBack);
    front.until_idle();
    assert_eq!(bodies(&front), 2);
    let data = front.desk.scene().arrangement.placed()[1].extent.body;
    front.perform(Action::Select(Some(At { body: data, offset: 3 })));
    front.perform(Action::StepForward);
    front.until_idle();
    assert!(front.says("Data 0 was freed: nothing refers to it any more."));
    // What is typed goes to the counter again.
    front.enter("2");
    assert_eq!(front.stack(), "@300100 2");
}

#[test]
fn no_machine_is_too_large_to_foretell_or_to_mark_changes() {
    let mut front = Front::new();
    front.enter("16000000 allocate assign: m 7 m 15999999 memory.set");
    front.typed("m 15999999 memory.get 1 + m 0 memory.set m 0 memory.get");
    assert_eq!(front.desk.ghost().words, "stack `8`, then finished");
    front.perform(Action::Submit);
    front.until_idle();
    let scene = front.desk.scene();
    let row = front.desk.cells(&scene, scene.arrangement.placed()[1].extent, 0..2);
    assert_eq!(row.cells.iter().map(|cell| cell.changed).collect::<Vec<_>>(), [true, false]);
}

#[test]
fn what_is_too_much_to_foretell_is_said() {
    let mut front = Front::new();
    front.typed("2000000 allocate");
    let words = "stack `2000000`, still running: it needs more memory than a preview may use";
    assert_eq!(front.desk.ghost().words, words);
    front.typed("20000000 allocate");
    let words = "stack `20000000`, then waits: The limit of memory is reached";
    assert_eq!(front.desk.ghost().words, words);
}

#[test]
fn changes_that_are_not_marked_are_said_to_be_not() {
    let mut front = Front::new();
    front.enter("70000000 allocate");
    while front.desk.session().machine().limits().get(LimitKind::Memory) < 80_000_000 {
        front.perform(Action::RaiseLimit);
    }
    front.perform(Action::Step);
    front.enter("[ 1 drop ] repeat");
    front.perform(Action::RunOrPause);
    assert!(front.tick() && front.desk.runs());
    assert!(front.says("are not marked"), "{:?}", front.desk.notice());
}

#[test]
fn values_are_changed_and_a_refused_one_stays_in_its_field() {
    let mut front = Front::new();
    front.enter("3 4");
    front.perform(Action::Edit(ValuePlace::Stack(1)));
    assert!(front.asked_for(&Effect::Focus(Field::Value)));
    front.perform(Action::Typed(Field::Value, "x y".to_owned()));
    front.perform(Action::SetValue(ValuePlace::Stack(1), "x y".to_owned()));
    assert!(front.desk.notice().warns);
    assert_eq!(front.desk.value().map(|value| value.text.as_str()), Some("x y"));
    front.perform(Action::SetValue(ValuePlace::Stack(1), "30".to_owned()));
    assert_eq!((front.stack().as_str(), front.desk.value().is_none()), ("30 4", true));
    front.perform(Action::SetValue(ValuePlace::Stack(2), "1".to_owned()));
    assert!(front.says("no longer exists") && front.stack() == "30 4");
}

#[test]
fn a_refused_value_is_not_lost_when_another_one_is_clicked() {
    let mut front = Front::new();
    front.enter("3 4");
    front.perform(Action::Edit(ValuePlace::Stack(1)));
    front.perform(Action::Typed(Field::Value, "x y".to_owned()));
    front.perform(Action::SetValue(ValuePlace::Stack(1), "x y".to_owned()));
    front.perform(Action::Edit(ValuePlace::Stack(0)));
    let value = front.desk.value().expect("the field is open");
    assert_eq!((value.text.as_str(), &value.place), ("x y", &ValuePlace::Stack(1)));
    assert!(
        front.says("Correct this value first") && front.asked_for(&Effect::Focus(Field::Value))
    );
    front.perform(Action::Close);
    front.perform(Action::Edit(ValuePlace::Stack(0)));
    assert_eq!(front.desk.value().map(|value| value.text.as_str()), Some("4"));
}

#[test]
fn a_refusal_of_the_empty_line_goes_when_something_is_typed() {
    let mut front = Front::new();
    front.perform(Action::Submit);
    assert!(front.says("Type an instruction"));
    front.typed("1");
    assert_eq!(front.desk.notice().words, "");
}

#[test]
fn work_outlives_a_desk_that_was_never_closed() {
    let folder = tempfile::tempdir().expect("there is room");
    let mut front = Front::kept_in(folder.path());
    front.enter("3 fib");
    front.perform(Action::Create);
    front.enter("assign: i");
    drop(front);
    let mut front = Front::kept_in(folder.path());
    assert!(front.says("unsaved work from last time") && front.code().contains("assign: i"));
    assert_eq!(front.desk.file_words(), "untitled, not saved");
    front.perform(Action::Undo);
    front.until_idle();
    assert_eq!(front.stack(), "3", "its history is there too");
    front.desk.close_recording();
    drop(front);
    assert!(Front::kept_in(folder.path()).desk.is_empty());
}

#[test]
fn an_edit_while_something_runs_is_done_at_once() {
    let mut front = Front::new();
    front.typed("[ 1 drop ] repeat");
    front.perform(Action::Submit);
    front.perform(Action::RunOrPause);
    for _ in 0..3 {
        assert!(front.tick() && front.desk.runs());
    }
    assert_eq!(front.desk.ghost().words, "", "no ghost while it runs");
    // In the running body, but not at the counter.
    let counter = front.desk.counter();
    let offset = u32::from(counter.offset == 0);
    front.perform(Action::Select(Some(At { offset, ..counter })));
    let before = front.desk.session().machine().retired();
    front.enter("7 drop");
    assert!(before > 0 && front.code().contains("7 drop"));
    assert_eq!(
        front.desk.sight().selection.map(|selection| selection.head.offset),
        Some(offset + 2)
    );
    assert!(!front.tick(), "a gesture ends what runs");
}

const RECORDING: &str = "midflight-session 2\nbase empty\n# One.\nwrite 0:0 `1` | run 1\n\
                         expect stack `1`\nwrite 0:1 `2 3` | run 2\nwrite 0:3 `+` | run 1\n\
                         expect stack `1 5`\n";

/// A desk with a recording, at its start.
fn on_recording(text: &str) -> (Front, tempfile::TempDir) {
    let folder = tempfile::tempdir().expect("there is room");
    let path = folder.path().join("three.session");
    std::fs::write(&path, text).expect("it is written");
    let mut front = Front::new();
    front.perform(Action::OpenPath(path));
    front.until_idle();
    (front, folder)
}

#[test]
fn a_recording_is_played_at_its_rate() {
    let (mut front, _folder) = on_recording(RECORDING);
    let row = front.desk.player_row().expect("the player is shown");
    assert_eq!((row.gesture, row.gestures, row.comment.as_str()), (0, 3, "One."));
    front.perform(Action::Play);
    let mut seen = Vec::new();
    while front.desk.plays() {
        front.tick();
        seen.push(front.desk.session().position().entry);
        assert!(seen.len() < 100, "{seen:?}");
    }
    // One gesture every two seconds, in frames of a quarter of a second.
    let frames = |entry| seen.iter().filter(|&&at| at == entry).count();
    assert!(seen.is_sorted() && [1, 2].iter().all(|&n| frames(n) == 8), "{seen:?}");
    assert!(front.says("end of the recording") && front.stack() == "1 5");
    assert_eq!(front.desk.file_words(), "three.session", "playing leaves nothing to save");
}

#[test]
fn what_is_typed_takes_over_and_the_recording_stays() {
    let (mut front, _folder) = on_recording(RECORDING);
    front.perform(Action::Play);
    front.tick();
    front.typed("7");
    for _ in 0..40 {
        front.tick();
    }
    assert_eq!((front.stack().as_str(), front.desk.plays()), ("1", false));
    front.perform(Action::Submit);
    front.until_idle();
    let row = front.desk.player_row().expect("the player is shown");
    assert_eq!((front.stack().as_str(), row.taken_over, row.gesture), ("1 7", true, 1));
    front.perform(Action::ToEnd);
    front.until_idle();
    assert_eq!(front.stack(), "1 5");
    front.perform(Action::ToEnd);
    front.perform(Action::Undo);
    front.until_idle();
    assert_eq!((front.stack().as_str(), front.desk.plays()), ("1 2 3", false));
}

#[test]
fn playing_stops_where_something_is_not_as_expected() {
    let (mut front, _folder) =
        on_recording(&RECORDING.replace("expect stack `1`\n", "expect stack `2`\n"));
    front.perform(Action::ToEnd);
    front.until_idle();
    assert!(front.says("Not as expected: stack: expected `2`, found `1`"));
    assert!(!front.desk.plays() && front.stack() == "1");
    front.perform(Action::RemoveExpectations);
    front.perform(Action::ToEnd);
    front.until_idle();
    assert_eq!(front.stack(), "1 5");
}

#[test]
fn a_recording_with_megabytes_on_a_line_shows_a_part_of_them() {
    let long = "x".repeat(3 << 20);
    let text =
        format!("midflight-session 2\nbase empty\npush `1`\n# {long}\nexpect output `{long}`\n");
    let (mut front, _folder) = on_recording(&text);
    front.perform(Action::ToEnd);
    front.until_idle();
    assert!(front.says("Not as expected"));
    let player = front.desk.player_row().expect("a recording is played");
    let shown = [Some(player.comment), player.unmet, Some(front.desk.notice().words.clone())];
    for shown in shown.into_iter().flatten() {
        assert!((100..2000).contains(&shown.len()), "{} bytes", shown.len());
    }
}

#[test]
fn each_search_says_what_it_did_not_find() {
    let mut front = Front::new();
    front.enter("3 fib");
    front.perform(Action::Create);
    front.until_idle();
    for (action, words) in [
        (Action::BackToBreakpoint, "No breakpoint is set"),
        (Action::BackToWrite, "Select a data cell first"),
        (Action::ForwardOut, "The history ends within this function"),
        (Action::ForwardOver, "Nothing was executed after this"),
        (Action::BackToOutput, "Nothing was printed before this"),
        (Action::ForwardToCall, "`fib` was not called after this"),
        (Action::StepForward, "Nothing was executed after this"),
        (Action::NextBranch, "There is no other branch"),
        (Action::GoToStepText("9".to_owned()), "`9` is neither a bookmark nor a step from 0 to 2"),
    ] {
        front.perform(action.clone());
        front.until_idle();
        assert!(front.says(words), "{action:?}: {}", front.desk.notice().words);
    }
    front.perform(Action::ToggleBreakpoint);
    front.perform(Action::ForwardToBreakpoint);
    front.until_idle();
    assert!(front.says("The counter was on no breakpoint after this"));
}

#[test]
fn a_bookmark_is_named_found_and_removed() {
    let mut front = Front::new();
    front.enter("3");
    front.perform(Action::NameBookmark);
    assert!(matches!(front.desk.overlay(), Overlay::NameBookmark(name) if name.is_empty()));
    front.perform(Action::NameBookmarkText("three here".to_owned()));
    assert!(front.says("Bookmarked as `three here`") && !front.desk.overlay().is_open());
    front.enter("4");
    front.perform(Action::GoToStep);
    front.perform(Action::Typed(Field::Overlay, "HERE".to_owned()));
    assert_eq!(front.desk.bookmarks().len(), 1);
    front.perform(Action::GoToStepText("HERE".to_owned()));
    front.until_idle();
    assert_eq!(front.stack(), "3");
    front.perform(Action::NameBookmarkText(String::new()));
    assert!(front.says("Removed the bookmark `three here`"));
}

#[test]
fn a_run_that_waits_for_input_goes_on_with_it() {
    let mut front = Front::new();
    front.enter("[ input.line print_line 1 ] repeat");
    front.perform(Action::RunOrPause);
    front.until_idle();
    assert!(front.asked_for(&Effect::Focus(Field::Input)));
    for line in ["seven", "eight"] {
        front.perform(Action::Typed(Field::Input, line.to_owned()));
        front.perform(Action::Input(line.to_owned()));
        front.until_idle();
        assert_eq!(front.desk.input(), "");
    }
    assert_eq!(front.desk.session().machine().output(), "seven\neight\n");
    for _ in 0..2 {
        front.perform(Action::Undo);
        front.until_idle();
    }
    front.enter("0 drop");
    front.perform(Action::RunOrPause);
    front.until_idle();
    let words: Vec<String> =
        front.desk.answers().choices.into_iter().map(|(_, words)| words).collect();
    assert_eq!(words, ["Replay: seven", "Replay all 2", "End the input"]);
    front.perform(Action::ReplayAllInput);
    front.until_idle();
    assert_eq!(front.desk.session().machine().output(), "seven\neight\n");
}

#[test]
fn a_long_travel_is_given_up_by_whatever_is_done_next() {
    let mut front = Front::new();
    front.enter("7 print");
    front.typed("1 [ 1 ] repeat_if");
    front.perform(Action::Submit);
    front.perform(Action::RunOrPause);
    front.until(|front| front.tick() && front.desk.session().machine().retired() > 40_000_000);
    front.perform(Action::RunOrPause);
    let here = front.desk.session().position();
    front.perform(Action::BackToOutput);
    assert!(front.desk.travel_words().is_some(), "the search takes more than one time slice");
    front.perform(Action::Close);
    front.until_idle();
    assert_eq!((front.desk.session().position(), front.desk.travels()), (here, false));
    // Another gesture gives it up too.
    front.perform(Action::BackToOutput);
    assert!(front.desk.travels());
    front.enter("8");
    assert_eq!(front.desk.session().position().entry, here.entry + 1);
    // If nothing is done, it arrives.
    front.perform(Action::BackToOutput);
    front.until_idle();
    assert_eq!(front.desk.session().machine().retired(), 1);
    front.perform(Action::GoToStart);
    front.until_idle();
    assert_eq!(front.desk.session().machine().retired(), 0);
}
