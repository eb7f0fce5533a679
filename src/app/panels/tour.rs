//! One hint of the tour, above the memory.

use egui::{Align, Button, Layout, Ui, vec2};

use crate::app::theme::{Look, plain, sentence};
use crate::desk::action::Action;

/// Room for two lines, which the longest hints need in most windows, ...
const HEIGHT: f32 = 44.0;
/// ... and for each line more, which they need in a narrow one.
const LINE: f32 = 18.0;
/// What stands beside the text: which hint it is, and the button.
const BESIDE: f32 = 160.0;

/// Draws the hint. `step` says which one it is; without it, the hint offers to begin the tour.
pub fn show(ui: &mut Ui, hint: &str, step: Option<String>, actions: &mut Vec<Action>) {
    let look = Look::of(ui.ctx());
    let width = ui.max_rect().width();
    let mut job = sentence(hint, 14.0, look.text, look);
    job.wrap.max_width = (width - BESIDE).max(60.0);
    let lines = ui.fonts_mut(|fonts| fonts.layout_job(job)).rows.len();
    let height = HEIGHT + LINE * lines.saturating_sub(2) as f32;
    let rect = egui::Rect::from_min_size(ui.max_rect().min, vec2(width, height));
    ui.painter().rect_filled(
        rect,
        6.0,
        super::super::paint::blend(look.ground, look.signs.select, 0.12),
    );
    ui.allocate_ui_with_layout(rect.size(), Layout::left_to_right(Align::Center), |ui| {
        ui.add_space(12.0);
        if let Some(step) = &step {
            ui.label(egui::RichText::new(step).font(plain(12.0)).color(look.signs.select));
        }
        ui.with_layout(Layout::right_to_left(Align::Center), |ui| {
            ui.add_space(6.0);
            if ui
                .add(Button::new("Hide").shortcut_text("Esc"))
                .accessible_name("Hide the tour")
                .clicked()
            {
                actions.push(Action::Tour);
            }
            if step.is_none() && ui.button("Begin with an empty memory").clicked() {
                actions.push(Action::BeginTour);
            }
            ui.with_layout(Layout::left_to_right(Align::Center), |ui| {
                let job = sentence(hint, 14.0, look.text, look);
                ui.add(egui::Label::new(job).wrap()).on_hover_text(hint);
            });
        });
    });
}
