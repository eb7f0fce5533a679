//! The parameter stack, top first.

use egui::Ui;

use super::value::{self, Line};
use super::{heading, nothing};
use crate::app::action::{Action, Panel, Slot};
use crate::app::interface::Editing;
use crate::app::theme::{Look, mono};
use crate::view::stacks::StackRows;

/// How many values are shown.
pub const SHOWN: usize = 200;

/// Draws the parameter stack.
pub fn show(
    ui: &mut Ui,
    rows: &StackRows,
    editing: &mut Option<Editing>,
    actions: &mut Vec<Action>,
) {
    heading(ui, "Parameter stack", rows.depth, Panel::Stack, actions);
    if !rows.effect.is_empty() {
        let look = Look::of(ui.ctx());
        let effect = egui::RichText::new(&rows.effect).font(mono(12.0)).color(look.changed);
        ui.label(effect).on_hover_text("What the last gesture took from the stack and left on it");
    }
    ui.spacing_mut().item_spacing.y = 1.0;
    if rows.values.is_empty() {
        nothing(ui, "empty");
    }
    for (depth, row) in rows.values.iter().enumerate() {
        let name = if depth == 0 { "top".to_owned() } else { depth.to_string() };
        let label = format!("stack {name}");
        let line = Line { name: &name, label: &label, value: Some(row), slot: Slot::Stack(depth) };
        value::show(ui, line, editing, actions);
    }
    if rows.depth > rows.values.len() {
        nothing(ui, &format!("and {} more", rows.depth - rows.values.len()));
    }
}
