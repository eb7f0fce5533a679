//! Where a value came from: a list of values, each above the operands that it was made from. Enter unfolds
//! one, Space shows when it was made, and G goes there.

use std::sync::Arc;

use egui::{Color32, Shape, Stroke, WidgetInfo, pos2, vec2};
use egui::{FontId, Galley, Id, Key, Modifiers, Pos2, Rect, RichText, Role, Sense, Ui};

use crate::app::theme::{Look, mono, plain};
use crate::desk::action::{Action, CauseAction};
use crate::desk::provenance::CauseRow;

/// How far an operand is to the right of what was made from it.
const INDENT: f32 = 18.0;
/// The most steps to the right; what is deeper stands below each other.
const DEEPEST: usize = 12;

/// Draws the list.
pub fn show(ui: &mut Ui, rows: &[CauseRow], chosen: usize, actions: &mut Vec<Action>) {
    let look = Look::of(ui.ctx());
    actions.extend(take_keys(ui, rows, chosen));
    let help = "Enter asks on, Left folds. Space shows that moment behind this list, G goes there.";
    ui.label(RichText::new(help).font(plain(12.5)).color(look.dim));
    ui.add_space(4.0);
    ui.spacing_mut().item_spacing.y = 1.0;
    let last = Id::unique("chosen cause");
    let moved = ui.data(|data| data.get_temp(last)) != Some((chosen, rows.len()));
    ui.data_mut(|data| data.insert_temp(last, (chosen, rows.len())));
    super::in_room(ui, 460.0, |ui, area| {
        area.show(ui, |ui| {
            for (n, cause) in rows.iter().enumerate() {
                let rect = row(ui, (n, cause), n == chosen, actions);
                if n == chosen && moved {
                    ui.scroll_to_rect(rect, None);
                }
            }
        });
    });
}

fn take_keys(ui: &Ui, rows: &[CauseRow], chosen: usize) -> Option<Action> {
    let pressed = |key| ui.ctx().input_mut(|input| input.consume_key(Modifiers::NONE, key));
    let last = rows.len().checked_sub(1)?;
    let keys = [
        (Key::ArrowUp, Action::ChooseRow(chosen.saturating_sub(1))),
        (Key::ArrowDown, Action::ChooseRow((chosen + 1).min(last))),
        (Key::Enter, Action::Cause(chosen, CauseAction::Unfold)),
        (Key::ArrowRight, Action::Cause(chosen, CauseAction::Unfold)),
        (Key::ArrowLeft, Action::Cause(chosen, CauseAction::Fold)),
        (Key::Space, Action::Cause(chosen, CauseAction::Show)),
        (Key::G, Action::Cause(chosen, CauseAction::Go)),
    ];
    // Every key is taken, so that none reaches what is behind the list.
    let taken = keys.into_iter().filter(|(key, _)| pressed(*key)).map(|(_, action)| action);
    taken.collect::<Vec<_>>().pop()
}

fn row(ui: &mut Ui, (n, row): (usize, &CauseRow), chosen: bool, actions: &mut Vec<Action>) -> Rect {
    let look = Look::of(ui.ctx());
    let left = 22.0 + INDENT * row.depth.min(DEEPEST) as f32;
    let width = ui.available_width();
    let text = |words: &str, font: FontId, color: Color32| {
        ui.painter().layout(words.to_owned(), font, color, (width - left - 8.0).max(80.0))
    };
    let head = text(&format!("{}  {}", row.value, row.name), mono(13.5), look.text);
    let mut lines: Vec<Arc<Galley>> = vec![head, text(&row.made, plain(12.5), look.dim)];
    if !row.moved.is_empty() {
        lines.push(text(&row.moved, plain(12.0), look.dim));
    }
    let height: f32 = lines.iter().map(|line| line.size().y + 1.0).sum::<f32>() + 8.0;
    let (rect, response) = ui.allocate_exact_size(vec2(width, height), Sense::CLICK);
    if chosen || response.hovered() {
        ui.painter().rect_filled(rect, 4.0, look.line);
    }
    let mut at = rect.left_top() + vec2(left, 4.0);
    if row.unfolds {
        sign(ui, pos2(at.x - 11.0, at.y + 9.0), row.open, look.dim);
    }
    for line in lines {
        let below = line.size().y + 1.0;
        ui.painter().galley(at, line, look.text);
        at.y += below;
    }
    let state = if row.open { ", unfolded" } else { "" };
    let label = format!("cause: {}{state}", row.words());
    response.widget_info(|| WidgetInfo::selected(Role::ListBoxOption, true, chosen, &label));
    if response.clicked() {
        let fold = if row.open { CauseAction::Fold } else { CauseAction::Unfold };
        actions.push(Action::Cause(n, fold));
    }
    rect
}

/// A triangle: to the right if there is more, down if it is shown.
fn sign(ui: &Ui, centre: Pos2, open: bool, color: Color32) {
    let points = match open {
        true => [vec2(-4.0, -2.5), vec2(4.0, -2.5), vec2(0.0, 3.5)],
        false => [vec2(-2.5, -4.0), vec2(3.5, 0.0), vec2(-2.5, 4.0)],
    };
    let points = points.map(|point| centre + point).to_vec();
    ui.painter().add(Shape::convex_polygon(points, color, Stroke::NONE));
}
