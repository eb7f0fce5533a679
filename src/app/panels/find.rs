//! The search strip, above the entry line: a field, where to search, and the hit that is shown. Everything
//! else stays usable while it is open.

use egui::{Button, Key, Modifiers, RichText, TextEdit, Ui};

use super::overlay::select_all;
use crate::app::action_table::row;
use crate::app::theme::{Look, mono, plain, sentence};
use crate::desk::action::{Action, Field};
use crate::desk::find::FindRow;
use crate::view::find::Area;

/// The id of the field, for keyboard focus.
pub fn field_id() -> egui::Id {
    egui::Id::unique("find")
}

/// Draws the strip.
pub fn show(ui: &mut Ui, strip: &FindRow, focus: bool, actions: &mut Vec<Action>) {
    let look = Look::of(ui.ctx());
    actions.extend(take_keys(ui));
    ui.horizontal(|ui| {
        ui.label(RichText::new("Find").font(plain(12.5)).color(look.dim).strong());
        field(ui, strip, focus, actions);
        for area in Area::ALL {
            let on = area == strip.area;
            let color = if on { look.text } else { look.dim };
            let button = Button::new(RichText::new(area.title()).font(plain(12.0)).color(color));
            let button = ui.add(button.small().selected(on));
            let button = button.accessible_name(format!("search: {}", area.title()));
            if button.on_hover_text(area.help()).clicked() {
                actions.push(Action::FindIn(area));
            }
        }
        for (words, action) in [("Previous", Action::FindPrevious), ("Next", Action::FindNext)] {
            let row = row(&action).expect("both are in the table");
            let button = ui.add(Button::new(RichText::new(words).font(plain(12.0))).small());
            let button = button.accessible_name(format!("search: {}", row.name));
            if button.on_hover_text(row.tooltip(ui.ctx())).clicked() {
                actions.push(action);
            }
        }
        ui.label(RichText::new(&strip.count).font(plain(12.5)).color(look.text));
        ui.with_layout(egui::Layout::right_to_left(egui::Align::Center), |ui| {
            if super::cross(ui, "Close the search") {
                actions.push(Action::CloseFind);
            }
            ui.with_layout(egui::Layout::left_to_right(egui::Align::Center), |ui| {
                let words = sentence(&strip.words, 12.5, look.dim, look);
                ui.add(egui::Label::new(words).truncate());
            });
        });
    });
}

/// Enter goes to the next hit, Shift+Enter to the previous one, Esc closes. Called before the field is drawn.
fn take_keys(ui: &Ui) -> Option<Action> {
    if !ui.memory(|memory| memory.has_focus(field_id())) {
        return None;
    }
    let pressed = |modifiers, key| ui.ctx().input_mut(|input| input.consume_key(modifiers, key));
    if pressed(Modifiers::SHIFT, Key::Enter) {
        Some(Action::FindPrevious)
    } else if pressed(Modifiers::NONE, Key::Enter) {
        Some(Action::FindNext)
    } else if pressed(Modifiers::NONE, Key::Escape) {
        Some(Action::CloseFind)
    } else {
        None
    }
}

fn field(ui: &mut Ui, strip: &FindRow, focus: bool, actions: &mut Vec<Action>) {
    let mut text = strip.text.clone();
    let filter = egui::EventFilter { horizontal_arrows: true, escape: true, ..Default::default() };
    let field = TextEdit::singleline(&mut text)
        .id(field_id())
        .font(mono(13.0))
        .hint_text("a name, a value, some text")
        .event_filter(filter)
        .desired_width(200.0);
    let response = ui.add(field).accessible_name("text to find");
    if focus {
        response.request_focus();
        select_all(ui, field_id(), &text);
    }
    if response.changed() {
        actions.push(Action::Typed(Field::Find, text));
    }
}
