//! Lines of the program's text that are edited in their place.
//!
//! What is typed is a draft until it is committed: the text of the function with the line replaced is read, and
//! the function gets this code as one gesture, under its live activations. A draft that cannot be read keeps the
//! program from running, so what runs is always what is shown.

use std::ops::Range;
use std::rc::Rc;

use super::Desk;
use super::action::{Commit, Field};
use super::draft_preview::DraftPreview;
use super::effect::Effect;
use super::key::SessionKey;
use crate::program::notation::Notation;
use crate::session::fork::Bounds;
use crate::session::request::Request;
use crate::session::revise::program::{MainCode, ProgramRevision};
use crate::session::wanted::Wanted;
use crate::view::memory::At;
use crate::view::source::{FunctionPart, FunctionText};
use crate::vm::index::{Body, FrameId};
use crate::vm::memory::Place;
use crate::vm::room::Room;

/// What trying an edit may take up.
const BOUNDS: Bounds =
    Bounds { fuel: 0, room: Room { cells: 1 << 24, text: 64 << 20, output: 1 << 20 } };

/// A line that is being edited.
#[derive(Clone, Debug)]
pub struct Draft {
    /// The lines, counted from 0.
    pub lines: Range<usize>,
    /// What is typed.
    pub text: String,
    /// The function as it was when the line was opened.
    part: Rc<FunctionPart>,
    /// What the lines were.
    was: String,
    /// The session searches for where the statement was begun, to commit it there.
    goes_back: bool,
    /// That is not in the history.
    is_not_begun: bool,
}

/// What a preview depends on.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct DraftKey {
    body: Body,
    lines: Range<usize>,
    text: String,
    is_not_begun: bool,
    session: SessionKey,
}

impl Draft {
    /// The function.
    pub fn body(&self) -> Body {
        self.part.body
    }

    fn function(&self) -> &FunctionText {
        self.part.text.as_ref().expect("only what is shown as text is edited as text")
    }

    /// The first cell of its lines. An edit of them leaves the cells before it alone.
    fn first_cell(&self) -> Option<Place> {
        let lines = &self.function().lines[self.lines.clone()];
        let places = || lines.iter().flat_map(|line| &line.tokens).filter_map(|token| token.place);
        let body = places().next()?.body;
        places().filter(|place| place.body == body).min()
    }

    /// Whether nothing was changed.
    fn is_as_before(&self) -> bool {
        self.text == self.was
    }
}

impl Desk {
    /// The line that is being edited, if any.
    pub fn draft(&self) -> Option<&Draft> {
        self.document.draft.as_ref()
    }

    /// Opens the line of the selected cell, or the lines from the first selected cell to the last.
    pub(super) fn edit_line(&mut self) {
        if self.document.draft.is_some() && !self.commit_draft(Commit::GoOn) {
            return;
        }
        let page = self.source();
        let found = page.find(self.session().machine().memory(), self.head());
        let Some((index, Some(spot))) = found else {
            return self.notice.warn("This cell is not shown as text: change it among the cells");
        };
        let part = Rc::clone(&page.functions()[index]);
        let anchor = self.sight.selection.and_then(|selection| {
            let found = page.find(self.session().machine().memory(), selection.anchor);
            found.and_then(|(_, spot)| spot)
        });
        let other = anchor.map_or(spot.line, |anchor| anchor.line);
        let lines = spot.line.min(other)..spot.line.max(other) + 1;
        let text = part
            .text
            .as_ref()
            .map_or_else(|_| String::new(), |text| text.lines_text(lines.clone()));
        let was = text.clone();
        self.document.draft =
            Some(Draft { lines, was, text, part, goes_back: false, is_not_begun: false });
        self.emit(Effect::Reveal(self.head()));
        self.emit(Effect::Focus(Field::Draft));
    }

    /// What the draft would do.
    pub fn draft_preview(&mut self) -> Rc<DraftPreview> {
        let Some(draft) = &self.document.draft else { return Rc::default() };
        let key = DraftKey {
            body: draft.body(),
            lines: draft.lines.clone(),
            text: draft.text.clone(),
            is_not_begun: draft.is_not_begun,
            session: self.document.session_key(),
        };
        if let Some(known) = self.document.derived.draft.known(&key) {
            return known;
        }
        let preview = self.foretell_draft();
        self.document.derived.draft.get(key, || preview)
    }

    fn foretell_draft(&mut self) -> DraftPreview {
        let Some(draft) = self.document.draft.clone() else { return DraftPreview::default() };
        if draft.is_as_before() {
            let words = "Enter commits, Shift+Enter begins a line, Esc drops".to_owned();
            return DraftPreview { words, ..DraftPreview::default() };
        }
        match self.revision(&draft) {
            Ok(revision) => self.described(draft.body(), draft.is_not_begun, revision),
            Err(words) => DraftPreview { words, warns: true, ..DraftPreview::default() },
        }
    }

    /// The text of the function with the draft, as commands.
    fn revision(&mut self, draft: &Draft) -> Result<ProgramRevision, String> {
        let function = draft.function();
        let text = function.with_lines(draft.lines.clone(), &draft.text);
        let name = self.session().machine().memory().function_name(draft.body()).to_owned();
        check_header(&text, function.has_header().then_some(name.as_str()))?;
        let trial = self.document.session.fork(BOUNDS).into_image();
        let main = if function.has_header() { MainCode::Stays } else { MainCode::Whole };
        ProgramRevision::of_text(trial, &text, Notation::Source, main)
            .map_err(|refused| refused.to_string())
    }

    /// Commits the draft. False, with a message, if that is refused; the line then stays open.
    pub(super) fn commit_draft(&mut self, how: Commit) -> bool {
        let Some(draft) = self.document.draft.clone() else { return true };
        if draft.is_as_before() {
            self.drop_draft();
            return true;
        }
        let preview = self.draft_preview();
        if preview.warns {
            let name = self.session().machine().memory().title(draft.body());
            let words = &preview.words;
            self.notice.warn(format!("The line of {name} that is being edited: {words}"));
            self.emit(Effect::Focus(Field::Draft));
            return false;
        }
        if let (Commit::Rewind, Some((frame, statement)), Some(change)) =
            (how, preview.begun, &preview.change)
        {
            let change = change.clone();
            return self.start(Request::Revise { frame, statement, change });
        }
        let mut commands = preview.commands.clone();
        match how {
            Commit::Inside => commands.extend(preview.enter.iter().cloned()),
            Commit::Drop => commands.extend(preview.drops.iter().cloned()),
            Commit::GoOn | Commit::Rewind | Commit::Restart => {}
        }
        if !commands.is_empty() && !self.gesture(commands, None) {
            self.emit(Effect::Focus(Field::Draft));
            return false;
        }
        self.drop_draft();
        // What is typed next goes to the counter again.
        self.sight.selection = None;
        if how == Commit::GoOn {
            self.emit(Effect::Reveal(draft.first_cell().map_or_else(|| self.counter(), At::from)));
        }
        if let (Commit::Restart, Some((inside, _))) = (how, preview.begun) {
            let frame = self.frame_of(inside);
            self.start(Request::Restart(frame));
        }
        true
    }

    /// The frame that an activation is, or the next one below it.
    fn frame_of(&self, activation: FrameId) -> FrameId {
        let mut entries = self.session().machine().task().calls().activations();
        let frame = entries.find(|entry| entry.is_frame && entry.id <= activation);
        frame.expect("the bottom of a call stack is the frame of main").id
    }

    /// A request starts. Whether the draft is committed where it arrives.
    pub(super) fn draft_waits_for(&mut self, request: &Request) {
        if let Some(draft) = &mut self.document.draft {
            draft.goes_back = matches!(request, Request::Revise { .. });
        }
    }

    /// The session arrived. If the draft was committed there, it is over.
    pub(super) fn rewound_draft(&mut self) {
        if self.document.draft.as_ref().is_some_and(|draft| draft.goes_back) {
            self.drop_draft();
        }
    }

    /// A search found nothing. If it was for where the statement began, the call can still be restarted.
    pub(super) fn draft_not_begun(&mut self, wanted: &Wanted) {
        if let (Some(draft), Wanted::Statement { .. }) = (&mut self.document.draft, wanted) {
            draft.goes_back = false;
            draft.is_not_begun = true;
            self.emit(Effect::Focus(Field::Draft));
        }
    }

    /// Changes the text of the draft.
    pub(super) fn typed_draft(&mut self, text: String) {
        self.stop_going_back();
        if let Some(draft) = &mut self.document.draft {
            draft.text = text;
            draft.is_not_begun = false;
        }
    }

    /// Drops the draft, and gives up committing it in the past.
    pub(super) fn cancel_draft(&mut self) {
        self.stop_going_back();
        self.document.draft = None;
    }

    fn stop_going_back(&mut self) {
        if let Some(draft) = &mut self.document.draft
            && std::mem::take(&mut draft.goes_back)
        {
            self.document.session.give_up();
        }
    }

    /// Drops the draft.
    pub(super) fn drop_draft(&mut self) {
        self.document.draft = None;
        self.emit(Effect::Focus(Field::Entry));
    }

    /// Drops a draft whose function is no longer what it was.
    pub(super) fn drop_old_draft(&mut self) {
        let Some(draft) = &self.document.draft else { return };
        let page = self.source();
        if !page.functions().iter().any(|part| Rc::ptr_eq(part, &draft.part)) {
            self.notice.warn("The function has changed: the line that was being edited is closed");
            self.drop_draft();
        }
    }
}

/// Checks that a text is that of this function alone, or of main alone.
fn check_header(text: &str, name: Option<&str>) -> Result<(), String> {
    let first = text.lines().find(|line| !line.trim().is_empty() && !line.trim().starts_with('#'));
    if let Some(name) = name
        && !first.is_some_and(|first| first.contains("<-") && !first.starts_with(' '))
    {
        return Err(format!("the first line must stay: `{name} <- fun[...]:`"));
    }
    let read = Notation::Source.read_program(text).map_err(|report| {
        let line = report
            .iter()
            .next()
            .map_or(1, |first| 1 + text[..first.span.start.min(text.len())].matches('\n').count());
        format!("line {line}: {report}")
    })?;
    let names: Vec<&str> = read.cells.definitions.iter().map(|one| &*one.name).collect();
    let has_main = read.cells.main.bodies.iter().any(|body| !body.is_empty());
    match (name, &*names) {
        (None, []) => Ok(()),
        (Some(name), [only]) if name == *only && !has_main => Ok(()),
        (Some(name), [other]) if name != *other => Err(format!(
            "this would be another function, `{other}`; the first line must keep the name `{name}`"
        )),
        (Some(_), _) => Err("a line of a function must be indented".to_owned()),
        (None, _) => {
            Err("a function cannot be defined within main: use `Save program text`".to_owned())
        }
    }
}
