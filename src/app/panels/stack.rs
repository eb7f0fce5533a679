//! The parameter stack, top first.

use egui::Ui;

use super::value::{self, Attention, ValueLine};
use super::{heading, nothing};
use crate::app::theme::{Look, mono};
use crate::desk::action::{Action, Panel, ValuePlace};
use crate::view::stacks::StackRows;

/// Draws the parameter stack.
pub fn show(ui: &mut Ui, rows: &StackRows, attention: Attention<'_>, actions: &mut Vec<Action>) {
    heading(ui, "Parameter stack", rows.depth, Panel::Stack, actions);
    if !rows.effect.is_empty() {
        let look = Look::of(ui.ctx());
        let effect = egui::RichText::new(&rows.effect).font(mono(12.0)).color(look.signs.changed);
        ui.label(effect).on_hover_text("What the last gesture took from the stack and left on it");
    }
    ui.spacing_mut().item_spacing.y = 1.0;
    if attention.changing.is_some_and(|changing| changing.value.place == ValuePlace::New) {
        let (name, label) = ("new", "the new top of the stack");
        let line = ValueLine { name, label, value: None, place: ValuePlace::New };
        value::show(ui, line, attention, actions);
    } else if rows.values.is_empty() {
        nothing(ui, "empty");
    }
    for (depth, row) in rows.values.iter().enumerate() {
        let name = if depth == 0 { "top".to_owned() } else { depth.to_string() };
        let label = format!("stack {name}");
        let line = ValueLine {
            name: &name,
            label: &label,
            value: Some(row),
            place: ValuePlace::Stack(depth),
        };
        value::show(ui, line, attention, actions);
    }
    if rows.depth > rows.values.len() {
        nothing(ui, &format!("and {} more", rows.depth - rows.values.len()));
    }
}
