//! Looking into the run of an example: its stacks, counter and history take the place of the program's.
//!
//! The run is a document of its own, and the program's waits beside it, so everything that shows a session shows
//! this one. What is done there is told apart here: going and running concern the run; edits of code, and undo, go to
//! the one program, and then the example runs again. Whatever is about files or recordings leaves the example first.

use super::Desk;
use super::action::{Action, Field, Panel};
use super::document::Document;
use super::effect::Effect;
use super::file::File;
use super::glance::Glance;
use crate::session::Session;
use crate::session::command::Command;
use crate::session::request::Request;
use crate::session::target::Target;
use crate::view::examples;
use crate::view::stop::{StopRow, Tone};
use crate::vm::index::Body;

/// The program, while the run of one of its examples is shown.
pub(super) struct Beside {
    program: Box<Document>,
    /// Which example is shown.
    index: usize,
    /// Whether its run has begun again since it was shown.
    is_old: bool,
    /// Whether a run of the same example is shown now.
    is_same: bool,
}

impl Beside {
    /// The document of the program.
    pub fn program_mut(&mut self) -> &mut Document {
        &mut self.program
    }
}

impl Desk {
    /// The document of the program, which is shown unless an example is.
    pub(super) fn program(&self) -> &Document {
        self.files.beside.as_ref().map_or(&self.document, |beside| &beside.program)
    }

    pub(super) fn program_mut(&mut self) -> &mut Document {
        match &mut self.files.beside {
            Some(beside) => &mut beside.program,
            None => &mut self.document,
        }
    }

    /// Whether an example is shown in the place of the program.
    pub fn in_example(&self) -> bool {
        self.files.beside.is_some()
    }

    /// The index of the example that is shown.
    pub fn example_shown(&self) -> Option<usize> {
        self.files.beside.as_ref().map(|beside| beside.index)
    }

    /// The text of the example that is shown.
    pub fn example_words(&self) -> Option<String> {
        let rows = self.examples();
        rows.get(self.example_shown()?).map(|row| row.code.clone())
    }

    /// A stop in the words for the run of an example: it says whether the example holds, and nothing is written
    /// behind its text.
    pub(super) fn with_example(&self, row: StopRow) -> StopRow {
        if row.tone != Tone::Finished {
            return row;
        }
        let rows = self.examples();
        let example = self.example_shown().and_then(|index| rows.get(index));
        let named = |values: &str| match values {
            "" => "nothing".to_owned(),
            values => values.to_owned(),
        };
        let left = named(&self.session().machine().show_stack());
        match example {
            Some(example) if example.tone == examples::Tone::Fails => {
                let wanted = named(example.wanted.as_deref().unwrap_or_default());
                let (title, detail) =
                    (format!("It left {left}"), format!("it should leave {wanted}"));
                StopRow { tone: Tone::Wrong, title, detail, ..row }
            }
            Some(_) | None => {
                let title = "It holds".to_owned();
                StopRow { title, detail: format!("it leaves {left}"), ..row }
            }
        }
    }

    /// Shows the run of an example; if it is shown already, the program again.
    pub(super) fn show_example(&mut self, index: usize) {
        if self.example_shown() == Some(index) {
            return self.leave_example();
        }
        self.hold();
        self.program_mut().asked.examples.list.hold(Some(index));
        match &mut self.files.beside {
            Some(beside) => {
                (beside.index, beside.is_old, beside.is_same) = (index, true, false);
            }
            None => {
                let session = Session::default();
                let file = File::none(&session);
                let shown = Document::new(session, file);
                let now = self.document.pace.now;
                let program = Box::new(std::mem::replace(&mut self.document, shown));
                self.document.pace.now = now;
                self.files.beside = Some(Beside { program, index, is_old: true, is_same: false });
            }
        }
        self.sight.selection = None;
        // Most are over at once.
        self.examples_part();
        self.follow_example(false);
    }

    /// Shows the next example, or the one before; the program comes before the first and after the last.
    pub(super) fn next_example(&mut self, forward: bool) {
        let count = self.examples().len();
        if count == 0 {
            return self.notice.warn("There is no example yet: Ctrl+Shift+X adds one");
        }
        let next = match (self.example_shown(), forward) {
            (None, true) => Some(0),
            (None, false) => Some(count - 1),
            (Some(index), true) => Some(index + 1).filter(|&next| next < count),
            (Some(index), false) => index.checked_sub(1),
        };
        match next {
            Some(next) => self.show_example(next),
            None => self.leave_example(),
        }
    }

    /// Shows the program again.
    pub(super) fn leave_example(&mut self) {
        let Some(Beside { program, .. }) = self.files.beside.take() else { return };
        let now = self.document.pace.now;
        self.document = *program;
        self.document.pace.now = now;
        self.document.asked.examples.list.hold(None);
        (self.sight.selection, self.value) = (None, None);
        self.emit(Effect::Reveal(self.counter()));
        self.emit(Effect::Focus(Field::Entry));
    }

    /// Shows the run of the example that is shown, if it is another; `is_other` says that runs have begun again.
    pub(super) fn follow_example(&mut self, is_other: bool) {
        let Some(beside) = &mut self.files.beside else { return };
        beside.is_old |= is_other;
        let list = &mut beside.program.asked.examples.list;
        match list.held() {
            Some(held) => beside.index = held,
            // Its text was changed.
            None => {
                list.hold(Some(beside.index));
                beside.is_old = true;
            }
        }
        let Some(run) = beside.program.asked.examples.list.runs().get(beside.index) else {
            return self.leave_example();
        };
        if !beside.is_old || !run.is_over() {
            return;
        }
        beside.is_old = false;
        let is_same = std::mem::replace(&mut beside.is_same, true);
        // One that cannot be read has no run.
        let session = run.session().cloned().unwrap_or_default();
        let file = File::none(&session);
        let now = self.document.pace.now;
        // Only what the same example did before can have changed.
        let before = match is_same {
            true => self.document.glance(),
            false => Glance::default(),
        };
        // Nothing that was derived from the earlier run holds for this one.
        self.document = Document::new(session, file);
        (self.document.before, self.document.pace.now) = (before, now);
        self.follow_counter();
    }

    /// Carries out a request while an example is shown, if it does not concern its run. Returns whether it was done;
    /// none if it concerns the run.
    pub(super) fn start_in_example(&mut self, request: &Request) -> Option<bool> {
        let commands = match request {
            Request::Gesture { commands, .. } if commands.is_empty() => return None,
            Request::Gesture { commands, .. } => commands.clone(),
            Request::Prepared(prepared, _) => prepared.clone().into_commands(),
            Request::Revise { change, .. } => change.commands.clone(),
            Request::Go(_)
            | Request::Scrub(_)
            | Request::Search(..)
            | Request::Trace(_)
            | Request::Compare(..)
            | Request::CompareCode(_) => return None,
            Request::Record(_)
            | Request::Restart(_)
            | Request::Rewind(_)
            | Request::RewindTo(_)
            | Request::Play(_) => {
                self.notice
                    .warn("An example always runs from its start. Esc leads back to the program");
                return Some(false);
            }
        };
        // A turn is one in the run of the example.
        let is_run =
            |command: &Command| matches!(command, Command::Run { .. } | Command::Turn { .. });
        let commands = commands.into_iter().filter(|command| !is_run(command)).collect();
        Some(self.edit_program(commands))
    }

    /// Carries out edits in the program while an example is shown, and runs that again; false, with a message, if they
    /// are refused or are none.
    pub(super) fn edit_program(&mut self, commands: Vec<Command>) -> bool {
        let has = |body: Body| self.program().asked.examples.list.has(body);
        let is_foreign = |command: &Command| command.body().is_some_and(|body| !has(body));
        if let Some(command) = commands.iter().find(|command| !command.is_edit()) {
            let words = command.words();
            self.notice.warn(format!(
                "Cannot {words}: an example follows from its text and the code. Esc leads back to the program"
            ));
            return false;
        }
        if commands.iter().any(is_foreign) {
            self.notice.warn("This is the text of the example: change it in the list of examples");
            return false;
        }
        self.gesture_in_program(commands)
    }

    /// Carries out a gesture in the program while an example is shown.
    pub(super) fn gesture_in_program(&mut self, commands: Vec<Command>) -> bool {
        let done = self.program_mut().session.perform(Request::gesture(commands, None));
        self.edited_program(done.map(drop).map_err(|refused| refused.to_string()))
    }

    /// Undoes or redoes the last gesture of the program while an example is shown.
    pub(super) fn go_in_program(&mut self, target: Target) -> bool {
        let done = self.program_mut().session.perform(Request::Go(target));
        let done = self.edited_program(done.map(drop).map_err(|refused| refused.to_string()));
        if done {
            // It may have been one that shows nothing here.
            let words = if target == Target::Undo { "undone" } else { "done again" };
            self.notice.tell(format!("The last gesture of the program is {words}"));
        }
        done
    }

    fn edited_program(&mut self, done: Result<(), String>) -> bool {
        match done {
            Ok(()) => {
                self.notice.clear();
                self.write_autosave();
                self.examples_part();
                true
            }
            Err(words) => {
                self.notice.warn(words);
                false
            }
        }
    }

    /// Leaves the example if an action is about the program as a whole.
    pub(super) fn leave_example_for(&mut self, action: &Action) {
        let is_about_program = matches!(
            action,
            Action::New
                | Action::Open
                | Action::OpenPath(_)
                | Action::OpenExample(_)
                | Action::Recover
                | Action::Quit
                | Action::Save
                | Action::SaveAs
                | Action::SaveProgram
                | Action::SaveRecording
                | Action::LoadFunctions
                | Action::FollowFile
                | Action::CopyLink
                | Action::Player
                | Action::Play
                | Action::NextGesture
                | Action::PreviousGesture
                | Action::ToEnd
                | Action::Tour
                | Action::BeginTour
        );
        if is_about_program && self.in_example() {
            self.leave_example();
        }
    }

    /// Whether an action is about what is attached to the program, which the run of an example has not. Says so.
    pub(super) fn is_refused_in_example(&mut self, action: &Action) -> bool {
        let belongings = [
            (
                matches!(
                    action,
                    Action::ToggleBreakpoint
                        | Action::EnableBreakpoint
                        | Action::BreakpointCondition
                        | Action::BreakpointTimes
                        | Action::Breakpoints
                        | Action::Mark(..)
                ),
                "breakpoints",
            ),
            (
                matches!(action, Action::Watch | Action::Watches(_) | Action::Show(Panel::Watches)),
                "watches",
            ),
            (matches!(action, Action::Expect | Action::RemoveExpectations), "expectations"),
            (
                matches!(
                    action,
                    Action::NameBookmark | Action::NameBookmarkText(_) | Action::RemoveBookmark(_)
                ),
                "bookmarks",
            ),
            (
                matches!(
                    action,
                    Action::Branches
                        | Action::GoToBranch(_)
                        | Action::CompareBranch(_)
                        | Action::ReplayOther
                        | Action::ReplayBranch(_)
                ),
                "branches",
            ),
            (matches!(action, Action::MoveCounter), "counter that is moved"),
        ];
        let Some((_, what)) = belongings.into_iter().find(|(is, _)| *is) else { return false };
        if self.in_example() {
            let words = format!("An example has no {what}: Esc leads back to the program");
            self.notice.warn(words);
        }
        self.in_example()
    }
}
