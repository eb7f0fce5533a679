//! The field in which a line is edited in its place, and below it what the edit would do. It lies over the lines
//! below, so that no line moves while it is open.

use egui::{
    Area, Event, EventFilter, Frame, Key, KeyboardShortcut, Label, Modifiers, Order, Pos2,
    RichText, Stroke,
};
use egui::{Id, Margin, TextEdit, Ui};

use crate::app::theme::{Look, mono, plain, sentence};
use crate::desk::action::{Action, Commit, Field};
use crate::desk::draft::Draft;
use crate::desk::draft_preview::DraftPreview;

/// A draft, and what it would do.
pub struct DraftField<'a> {
    /// The draft.
    pub draft: &'a Draft,
    /// What it would do.
    pub preview: &'a DraftPreview,
    /// What the line is called.
    pub name: &'a str,
    /// Whether the field takes the keyboard focus in this frame.
    pub focus: bool,
}

/// The id of the field, for keyboard focus.
pub fn field_id() -> Id {
    Id::unique("draft")
}

/// Draws the field at a place of the screen.
pub fn show(ui: &Ui, field: &DraftField<'_>, at: Pos2, width: f32, actions: &mut Vec<Action>) {
    let look = Look::of(ui.ctx());
    if ui.memory(|memory| memory.has_focus(field_id())) {
        if take(ui, Key::Enter) {
            actions.push(Action::CommitDraft(Commit::GoOn));
        } else if take(ui, Key::Escape) {
            actions.push(Action::Close);
        }
    }
    let area = Area::new(Id::unique("draft area")).order(Order::Middle).fixed_pos(at);
    area.show(ui.ctx(), |ui| {
        let stroke = Stroke::new(1.0, look.signs.select);
        let frame = Frame::new().fill(look.panel).stroke(stroke).corner_radius(4.0);
        frame.inner_margin(Margin::symmetric(6, 4)).show(ui, |ui| {
            ui.set_width(width);
            edit(ui, field, actions);
            below(ui, field.preview, look, actions);
        });
    });
}

/// Takes a key that was pressed alone. egui would take Shift+Enter, which begins a line, for Enter.
fn take(ui: &Ui, wanted: Key) -> bool {
    let is_it = |event: &Event| {
        matches!(event, Event::Key { key, pressed: true, modifiers, .. }
            if *key == wanted && modifiers.is_none())
    };
    ui.ctx().input_mut(|input| {
        let found = input.events.iter().position(is_it);
        found.map(|at| input.events.remove(at)).is_some()
    })
}

fn edit(ui: &mut Ui, field: &DraftField<'_>, actions: &mut Vec<Action>) {
    let mut text = field.draft.text.clone();
    let filter =
        EventFilter { tab: false, horizontal_arrows: true, vertical_arrows: true, escape: true };
    let editor = TextEdit::multiline(&mut text)
        .id(field_id())
        .font(mono(14.0))
        .desired_rows(1)
        .event_filter(filter)
        .return_key(KeyboardShortcut::new(Modifiers::SHIFT, Key::Enter))
        .desired_width(f32::INFINITY);
    let response = ui.add(editor).accessible_name(format!("edit {}", field.name));
    if field.focus {
        response.request_focus();
    }
    if text != field.draft.text {
        actions.push(Action::Typed(Field::Draft, text));
    }
}

fn below(ui: &mut Ui, preview: &DraftPreview, look: &Look, actions: &mut Vec<Action>) {
    let color = if preview.warns { look.signs.missing } else { look.dim };
    ui.add(Label::new(sentence(&preview.words, 12.5, color, look)).wrap());
    for row in &preview.rows {
        ui.add(Label::new(sentence(row, 12.0, look.text, look)).wrap());
    }
    if preview.choices.is_empty() {
        return;
    }
    ui.horizontal_wrapped(|ui| {
        for (words, how) in &preview.choices {
            if ui.button(RichText::new(words.replace('`', "")).font(plain(12.5))).clicked() {
                actions.push(Action::CommitDraft(*how));
            }
        }
        if ui.button(RichText::new("Cancel").font(plain(12.5))).clicked() {
            actions.push(Action::Close);
        }
    });
}
