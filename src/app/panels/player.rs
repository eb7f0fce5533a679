//! The player of a recording: its buttons, where it is, and what the recording says there. Always two
//! lines, so that nothing below them moves.

use egui::{Align, Button, ComboBox, Layout, ProgressBar, RichText, Ui, vec2};

use crate::app::action_table::row;
use crate::app::theme::{Look, plain, sentence};
use crate::desk::action::Action;
use crate::desk::player::PlayerRow;
use crate::desk::speed::Rate;
use crate::program::diagnostic::counted;

/// Draws the player.
pub fn show(ui: &mut Ui, player: &PlayerRow, actions: &mut Vec<Action>) {
    ui.horizontal(|ui| {
        button(ui, &Action::PreviousGesture, "Previous", actions);
        button(ui, &Action::Play, if player.busy { "Pause" } else { "Play" }, actions);
        button(ui, &Action::NextGesture, "Next", actions);
        button(ui, &Action::ToEnd, "To the end", actions);
        ui.with_layout(Layout::right_to_left(Align::Center), |ui| {
            if ui.add(Button::new("Close")).accessible_name("Close the player").clicked() {
                actions.push(Action::Player);
            }
            rate(ui, player.rate, actions);
            ui.with_layout(Layout::left_to_right(Align::Center), |ui| place(ui, player));
        });
    });
    ui.allocate_ui_with_layout(
        vec2(ui.available_width(), 18.0),
        Layout::left_to_right(Align::Center),
        |ui| said(ui, player),
    );
}

fn button(ui: &mut Ui, action: &Action, words: &str, actions: &mut Vec<Action>) {
    let row = row(action).expect("every button of the player is in the table");
    let response = ui.add(Button::new(words)).accessible_name(row.name);
    if response.on_hover_text(row.tooltip(ui.ctx())).clicked() {
        actions.push(action.clone());
    }
}

fn rate(ui: &mut Ui, chosen: Rate, actions: &mut Vec<Action>) {
    let combo = ComboBox::from_id_salt("rate").selected_text(chosen.words()).width(170.0);
    let response = combo.show_ui(ui, |ui| {
        for rate in Rate::all() {
            let words = RichText::new(rate.words()).color(Look::of(ui.ctx()).text);
            if ui.selectable_label(rate == chosen, words).clicked() {
                actions.push(Action::SetRate(rate));
            }
        }
    });
    response.response.accessible_name("Playing speed").on_hover_text(
        "How fast the recording is played. Runs in it use the speed of the tool bar.",
    );
}

/// `gesture 7 of 25: write 3 fib`.
fn place(ui: &mut Ui, player: &PlayerRow) {
    let look = Look::of(ui.ctx());
    let part = player.gesture as f32 / player.gestures.max(1) as f32;
    ui.add(ProgressBar::new(part).desired_width(70.0).desired_height(6.0).fill(look.signs.select))
        .accessible_name("played so far");
    let words = match player.gesture {
        n if player.taken_over => format!("you took over at gesture {n} of {}", player.gestures),
        0 => format!("start of {}", counted(player.gestures, "gesture")),
        n if player.within => format!("in gesture {n} of {}: {}", player.gestures, player.words),
        n => format!("gesture {n} of {}: {}", player.gestures, player.words),
    };
    let job = sentence(&words, 13.0, look.text, look);
    ui.add(egui::Label::new(job).truncate()).on_hover_text(&words);
}

/// What the recording says here, and whether its expectations hold.
fn said(ui: &mut Ui, player: &PlayerRow) {
    let look = Look::of(ui.ctx());
    let (words, color) = match (&player.unmet, player.expected) {
        (Some(unmet), _) => (format!("not as expected: {unmet}"), look.signs.fault),
        (None, 0) => (String::new(), look.dim),
        (None, n) => (format!("{} here", counted(n, "expectation")), look.signs.good),
    };
    ui.with_layout(Layout::right_to_left(Align::Center), |ui| {
        ui.label(RichText::new(words).font(plain(12.5)).color(color));
        ui.with_layout(Layout::left_to_right(Align::Center), |ui| {
            let words = match player.taken_over {
                true => {
                    "What you do now is a branch: nothing is lost. Next goes back to the recording."
                }
                false => &player.comment,
            };
            let job = sentence(words, 12.5, look.dim, look);
            ui.add(egui::Label::new(job).truncate()).on_hover_text(words);
        });
    });
}
