//! The overlay: the palette, a table or a question, drawn over everything else.

use egui::text::{CCursor, CCursorRange};
use egui::text_edit::TextEditState;
use egui::{Align2, Area, Event, Frame, Id, Key, Order, Response, RichText, TextEdit, Ui, vec2};

use super::bookmarks;
use super::branches;
use super::breakpoints;
use super::palette::{self, Choice};
use super::path;
use super::provenance;
use super::reference;
use super::timeline;
use crate::app::theme::{Look, mono, plain};
use crate::desk::action::{Action, Field, MarkAction};
use crate::desk::dialogs::{Answer, Replace};
use crate::desk::overlay::{Asking, MarkField, Overlay};
use crate::desk::provenance::CauseRow;
use crate::desk::write::{Choosing, Content};
use crate::session::wanted::Direction;
use crate::view::bookmarks::Named;
use crate::view::breakpoints::BreakpointRow;

/// The lists to choose from.
#[derive(Debug)]
pub struct Lists {
    /// Actions, for the palette.
    pub choices: Vec<Choice>,
    /// Bookmarks that fit the typed text.
    pub bookmarks: Vec<Named>,
    /// Breakpoints.
    pub breakpoints: Vec<BreakpointRow>,
    /// Where a value came from.
    pub causes: Vec<CauseRow>,
}

/// Draws the open overlay, if there is one.
pub fn show(ui: &Ui, overlay: &Overlay, lists: &Lists, actions: &mut Vec<Action>) {
    if !overlay.is_open() {
        return;
    }
    if ui.ctx().input(|input| input.key_pressed(Key::Escape)) {
        actions.push(Action::Close);
    }
    let (title, width) = match overlay {
        Overlay::None => return,
        Overlay::Palette { .. } => ("", 560.0),
        Overlay::Keys(_) => ("Keys", 760.0),
        Overlay::Instructions(_) => ("Instruction set", 860.0),
        Overlay::GoTo(_) => ("Go to", 360.0),
        Overlay::GoToStep(_) => ("Go to step or bookmark", 420.0),
        Overlay::Became(Asking { direction: Direction::Back, .. }) => ("Back to a value", 460.0),
        Overlay::Became(Asking { direction: Direction::Forward, .. }) => {
            ("Forward to a value", 460.0)
        }
        Overlay::Branches(_) => ("Branches", 720.0),
        Overlay::Provenance(_) => ("Where did this come from", 760.0),
        Overlay::Legend => ("Marks on the timeline", 520.0),
        Overlay::Ask(question, _) => (question.title(), 520.0),
        Overlay::NameBookmark(_) => ("Bookmark this position", 420.0),
        Overlay::Breakpoints(_) => ("Breakpoints", 760.0),
        Overlay::Mark { field: MarkField::Condition, .. } => ("Pause only if", 420.0),
        Overlay::Mark { field: MarkField::Time, .. } => ("Pause from which time on", 420.0),
        Overlay::Damaged(_) => ("The recording is damaged", 520.0),
        Overlay::Unsaved(..) => ("There is unsaved work", 440.0),
        Overlay::FileDialog(_) => ("A file dialog is open", 440.0),
        Overlay::Path(Choosing::Open, _) => ("Open a file", 640.0),
        Overlay::Path(Choosing::Load, _) => ("Load functions from a file", 640.0),
        Overlay::Path(Choosing::Follow, _) => ("Follow a file", 640.0),
        Overlay::Path(Choosing::Save(Content::Program(_), _), _) => {
            ("Save program text: .flpy is source, .flpc cells", 640.0)
        }
        Overlay::Path(Choosing::Save(Content::Output, _), _) => ("Save the output", 640.0),
        Overlay::Path(Choosing::Save(..), _) => ("Save to a file", 640.0),
        Overlay::Replace(..) => ("Replace the file?", 520.0),
        Overlay::Opening(_) => ("Reading a file", 440.0),
    };
    let width = f32::min(width, ui.ctx().content_rect().width() - 60.0);
    // An id for each overlay, because egui remembers the size of an area by its id.
    let area = Area::new(Id::unique(("overlay", title)))
        .order(Order::Foreground)
        .anchor(Align2::CENTER_TOP, vec2(0.0, 70.0));
    area.show(ui.ctx(), |ui| {
        Frame::popup(ui.style()).inner_margin(14).show(ui, |ui| {
            ui.set_width(width);
            heading(ui, title, actions);
            contents(ui, overlay, lists, actions);
        });
    });
}

fn heading(ui: &mut Ui, title: &str, actions: &mut Vec<Action>) {
    if title.is_empty() {
        return;
    }
    ui.horizontal(|ui| {
        ui.label(RichText::new(title).font(plain(17.0)).strong());
        ui.with_layout(egui::Layout::right_to_left(egui::Align::Center), |ui| {
            if ui
                .add(egui::Button::new("Close").shortcut_text("Esc"))
                .accessible_name("Close")
                .clicked()
            {
                actions.push(Action::Close);
            }
        });
    });
    ui.add_space(4.0);
}

fn contents(ui: &mut Ui, overlay: &Overlay, lists: &Lists, actions: &mut Vec<Action>) {
    match overlay {
        Overlay::None => {}
        Overlay::Palette { query, row } => palette::show(ui, &lists.choices, query, *row, actions),
        Overlay::Keys(query) => reference::keys(ui, query, actions),
        Overlay::Instructions(query) => {
            reference::instructions(ui, query, actions);
        }
        Overlay::GoTo(text) => {
            let field = ("address or function", "an address or the name of a function");
            ask(ui, text, field, Action::GoToText, actions);
        }
        Overlay::GoToStep(text) => {
            let field = ("step or bookmark", "a number of instructions, or the name of a bookmark");
            ask(ui, text, field, Action::GoToStepText, actions);
            bookmarks::show(ui, &lists.bookmarks, actions);
        }
        Overlay::NameBookmark(text) => {
            let field = ("name of the bookmark", "for example: before the base case");
            ask(ui, text, field, Action::NameBookmarkText, actions);
        }
        Overlay::Branches(list) => branches::show(ui, list, actions),
        Overlay::Provenance(row) => provenance::show(ui, &lists.causes, *row, actions),
        Overlay::Legend => timeline::legend(ui),
        Overlay::Ask(question, text) => {
            let look = Look::of(ui.ctx());
            ui.label(RichText::new(question.words()).color(look.dim));
            ask(ui, text, question.field(), Action::AnswerText, actions);
        }
        Overlay::Became(asking) => {
            let look = Look::of(ui.ctx());
            let words = format!("{} becomes this. A name can be given: i = 42", asking.words);
            ui.label(RichText::new(words).color(look.dim));
            let field = ("value to look for", "a value, or a name and a value: i = 42");
            ask(ui, &asking.text, field, Action::ValueText, actions);
        }
        Overlay::Breakpoints(row) => breakpoints::show(ui, &lists.breakpoints, *row, actions),
        &Overlay::Mark { at, field: MarkField::Condition, ref text, .. } => {
            let field = ("condition of the breakpoint", "`i 2 =`; nothing to pause always");
            ask(ui, text, field, |text| Action::Mark(at, MarkAction::Condition(text)), actions);
        }
        &Overlay::Mark { at, field: MarkField::Time, ref text, .. } => {
            let field = ("time of the breakpoint", "3 for the third time; 1 for every time");
            ask(ui, text, field, |text| Action::Mark(at, MarkAction::Time(text)), actions);
        }
        Overlay::Damaged(damage) => {
            let answers =
                [("Open what can be read", Action::OpenRecovered), ("Cancel", Action::Close)];
            question(ui, &damage.words, answers, actions);
        }
        Overlay::Unsaved(_, words) => question(ui, words, unsaved(), actions),
        Overlay::Replace(_, words) => question(ui, words, replace(), actions),
        Overlay::FileDialog(_) => {
            take_presses(ui);
            let words = "Choose a file in the dialog of the system. Esc cancels.";
            question(ui, words, [("Cancel", Action::Close)], actions);
        }
        Overlay::Opening(path) => {
            take_presses(ui);
            let words = format!("{} is being read. Esc cancels.", path.display());
            question(ui, &words, [("Cancel", Action::Close)], actions);
        }
        Overlay::Path(_, field) => path::show(ui, field, actions),
    }
}

/// A field with a name and a hint; Enter makes an action of the typed text.
fn ask(
    ui: &mut Ui,
    text: &str,
    (name, hint): (&str, &str),
    action: impl FnOnce(String) -> Action,
    actions: &mut Vec<Action>,
) {
    let enter = ui.ctx().input(|input| input.key_pressed(Key::Enter));
    let mut text = text.to_owned();
    let field =
        TextEdit::singleline(&mut text).id_salt(name).hint_text(hint).desired_width(f32::INFINITY);
    // In the font of sentences, two dashes look like one.
    let response = ui.add(field.font(mono(14.0))).accessible_name(name);
    if response.changed() {
        actions.push(Action::Typed(Field::Overlay, text.clone()));
    }
    if enter {
        actions.push(action(text));
    } else if !response.has_focus() {
        response.request_focus();
        select_all(ui, response.id, &text);
    }
}

/// Selects the whole text, so that typing replaces it.
pub(super) fn select_all(ui: &Ui, field: Id, text: &str) {
    let mut state = TextEditState::default();
    let end = CCursor::new(text.chars().count());
    state.cursor.set_char_range(Some(CCursorRange::two(CCursor::default(), end)));
    state.store(ui.ctx(), field);
}

fn unsaved() -> [(&'static str, Action); 3] {
    [
        ("Save", Action::AnswerUnsaved(Answer::Save)),
        ("Don't save", Action::AnswerUnsaved(Answer::Discard)),
        ("Cancel", Action::AnswerUnsaved(Answer::Cancel)),
    ]
}

fn replace() -> [(&'static str, Action); 3] {
    [
        ("Save as…", Action::AnswerReplace(Replace::Elsewhere)),
        ("Replace it", Action::AnswerReplace(Replace::Anyway)),
        ("Cancel", Action::AnswerReplace(Replace::Cancel)),
    ]
}

/// A text with a button for each answer.
fn question<const N: usize>(
    ui: &mut Ui,
    words: &str,
    answers: [(&str, Action); N],
    actions: &mut Vec<Action>,
) {
    let look = Look::of(ui.ctx());
    ui.label(RichText::new(words).color(look.dim));
    ui.add_space(8.0);
    ui.horizontal(|ui| {
        let buttons = answers.each_ref().map(|(words, _)| ui.button(*words));
        for (button, (_, action)) in buttons.iter().zip(answers) {
            if button.clicked() {
                actions.push(action);
            }
        }
        keep_focus(&buttons);
    });
}

/// Takes the keys that would press the button with the focus: they were meant for the file dialog of the
/// system, which may have closed just now. Esc cancels.
fn take_presses(ui: &Ui) {
    let presses = |event: &Event| {
        matches!(event, Event::Key { key: Key::Enter | Key::Space, pressed: true, .. })
    };
    ui.input_mut(|input| input.events.retain(|event| !presses(event)));
}

/// Keeps the keyboard focus in the question.
fn keep_focus(buttons: &[Response]) {
    if !buttons.iter().any(|button| button.has_focus()) {
        buttons[0].request_focus();
    }
}
