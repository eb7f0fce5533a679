//! The list of breakpoints: arrows choose one, and keys or buttons change it.

use egui::{Align2, Key, Modifiers, Response, Role, Sense, Ui, WidgetInfo, vec2};

use crate::app::breakpoint;
use crate::app::theme::{Look, mono, plain};
use crate::desk::action::{Action, MarkAction};
use crate::view::breakpoints::BreakpointRow;

/// The height of a row.
const ROW: f32 = 44.0;

/// Draws the list.
pub fn show(ui: &mut Ui, rows: &[BreakpointRow], row: usize, actions: &mut Vec<Action>) {
    let look = Look::of(ui.ctx());
    let pressed = |key| ui.ctx().input_mut(|input| input.consume_key(Modifiers::NONE, key));
    let row = row.min(rows.len().saturating_sub(1));
    let moved = (row + usize::from(pressed(Key::ArrowDown)))
        .saturating_sub(usize::from(pressed(Key::ArrowUp)))
        .min(rows.len().saturating_sub(1));
    if moved != row {
        actions.push(Action::ChooseRow(moved));
    }
    if let Some(chosen) = rows.get(moved) {
        let keys = [
            (Key::Space, MarkAction::Switch),
            (Key::C, MarkAction::AskCondition),
            (Key::T, MarkAction::AskTime),
        ];
        actions.extend(
            keys.into_iter()
                .filter(|(key, _)| pressed(*key))
                .map(|(_, action)| Action::Mark(chosen.at, action)),
        );
        if pressed(Key::Enter) {
            actions.extend([Action::Close, Action::GoTo(chosen.at.into())]);
        }
    }
    let help = "Enter goes there · Space enables or disables · C condition · T times · Del removes";
    ui.label(egui::RichText::new(help).font(plain(12.0)).color(look.dim));
    ui.add_space(4.0);
    super::in_room(ui, 360.0, |ui, area| {
        area.show_rows(ui, ROW, rows.len(), |ui, range| {
            for (index, breakpoint) in range.clone().zip(&rows[range]) {
                let response = line(ui, breakpoint, index == moved, actions);
                if index == moved && moved != row {
                    response.scroll_to_me(None);
                }
            }
        });
    });
}

fn line(ui: &mut Ui, row: &BreakpointRow, chosen: bool, actions: &mut Vec<Action>) -> Response {
    let look = Look::of(ui.ctx());
    let (rect, response) = ui.allocate_exact_size(vec2(ui.available_width(), ROW), Sense::CLICK);
    if chosen || response.hovered() {
        ui.painter().rect_filled(rect, 4.0, look.line);
    }
    let painter = ui.painter().with_clip_rect(rect.intersect(ui.clip_rect()));
    let dot = rect.left_center() + vec2(14.0, 0.0);
    breakpoint::draw(&painter, dot, 5.0, &row.mark, look);
    let left = rect.left_center() + vec2(30.0, -9.0);
    let title = format!("{}  {}", row.address, row.title);
    painter.text(left, Align2::LEFT_CENTER, title, mono(13.0), look.text);
    let left = rect.left_center() + vec2(30.0, 10.0);
    painter.text(left, Align2::LEFT_CENTER, &row.mark.words, plain(12.0), look.dim);
    let label = format!("address {}, {}, {}", row.address, row.title, row.mark.words);
    response.widget_info(|| WidgetInfo::selected(Role::ListBoxOption, true, chosen, &label));
    if response.clicked() {
        actions.extend([Action::Close, Action::GoTo(row.at.into())]);
    }
    buttons(ui, rect, row, actions);
    response.on_hover_text(label)
}

fn buttons(ui: &mut Ui, rect: egui::Rect, row: &BreakpointRow, actions: &mut Vec<Action>) {
    let switch = if row.mark.enabled { "Disable" } else { "Enable" };
    let all = [
        ("Remove", MarkAction::Remove),
        (switch, MarkAction::Switch),
        ("Times…", MarkAction::AskTime),
        ("Condition…", MarkAction::AskCondition),
    ];
    let inside = rect.shrink2(vec2(6.0, 4.0)).with_min_x(rect.center().x);
    let layout = egui::Layout::right_to_left(egui::Align::Center);
    ui.scope_builder(egui::UiBuilder::new().max_rect(inside).layout(layout), |ui| {
        for (words, action) in all {
            let button = egui::Button::new(egui::RichText::new(words).font(plain(12.0)));
            let name = format!("{words} {}", row.address);
            if ui.add(button).accessible_name(name).clicked() {
                actions.push(Action::Mark(row.at, action));
            }
        }
    });
}
