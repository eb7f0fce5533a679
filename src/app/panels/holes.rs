//! The holes: names that cells use and no function has.

use egui::{Align2, Role, ScrollArea, Sense, Ui, WidgetInfo, vec2};

use super::{heading, nothing};
use crate::app::theme::{Look, mono, plain};
use crate::desk::action::{Action, Panel};
use crate::view::names::{HoleRow, Holes};
use crate::vm::machine::Machine;

const HEIGHT: f32 = 24.0;

/// Draws the visible holes of a machine; there may be a million.
pub fn show(ui: &mut Ui, holes: &Holes, machine: &Machine, actions: &mut Vec<Action>) {
    heading(ui, "Holes", holes.count(), Panel::Holes, actions);
    ui.spacing_mut().item_spacing.y = 1.0;
    if holes.count() == 0 {
        nothing(ui, "nothing is missing");
        return;
    }
    let area = ScrollArea::vertical().id_salt("holes").max_height(250.0).auto_shrink([false, true]);
    area.show_rows(ui, HEIGHT, holes.count(), |ui, range| {
        for row in holes.rows(machine, range) {
            hole(ui, &row, actions);
        }
    });
}

fn hole(ui: &mut Ui, row: &HoleRow, actions: &mut Vec<Action>) {
    let look = Look::of(ui.ctx());
    let (rect, response) =
        ui.allocate_exact_size(vec2(ui.available_width(), HEIGHT), Sense::click());
    super::ground(ui, rect, &response);
    let painter = ui.painter();
    let color = if row.waiting { look.signs.missing } else { look.text };
    let name = rect.left_center() + vec2(6.0, 0.0);
    painter.text(name, Align2::LEFT_CENTER, format!("{}?", row.name), mono(13.0), color);
    let addresses: Vec<String> =
        row.uses.iter().take(3).map(|site| site.address.to_string()).collect();
    let more = if row.uses.len() + row.more > 3 { ", ..." } else { "" };
    let waits = if row.waiting { "waiting, used" } else { "used" };
    let note = format!("{waits} at {}{more}", addresses.join(", "));
    painter.text(
        rect.right_center() - vec2(6.0, 0.0),
        Align2::RIGHT_CENTER,
        &note,
        plain(12.0),
        look.dim,
    );
    response.widget_info(|| {
        WidgetInfo::labeled(Role::Button, true, format!("hole {}, {note}", row.name))
    });
    if super::copies(ui, &response) {
        actions.push(Action::CopyName(row.name.clone()));
    }
    if response.clicked()
        && let Some(site) = row.uses.first()
    {
        actions.push(Action::GoTo(site.at));
    }
}
