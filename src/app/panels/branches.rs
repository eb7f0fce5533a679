//! The list of branches: Enter or a click goes to the end of one, Space or its button compares it with the
//! end of the branch shown, R or its button replays its input through the code shown. The first difference is shown
//! side by side, and G goes there.

use egui::{Align, Align2, Button, Key, Layout, Modifiers, RichText, Role, Sense, Ui};
use egui::{WidgetInfo, vec2};

use crate::app::theme::{Look, mono, plain};
use crate::desk::action::Action;
use crate::desk::overlay::Branches;
use crate::program::diagnostic::grouped;
use crate::view::branches::BranchRow;
use crate::view::comparison::SideRow;

/// The height of a row: two lines.
const ROW: f32 = 42.0;

/// Draws the list.
pub fn show(ui: &mut Ui, list: &Branches, actions: &mut Vec<Action>) {
    let look = Look::of(ui.ctx());
    let dim = |words: String| RichText::new(words).font(plain(12.5)).color(look.dim);
    actions.extend(take_keys(ui, list));
    ui.label(dim(
        "Enter goes to the end of a branch, Space compares it with the branch shown, R replays its input through \
         the code shown."
            .into(),
    ));
    ui.add_space(4.0);
    ui.spacing_mut().item_spacing.y = 1.0;
    super::in_room(ui, 8.0 * (ROW + 1.0), |ui, area| {
        area.show_rows(ui, ROW, list.rows.len(), |ui, range| {
            for n in range {
                row(ui, &list.rows[n], n == list.row, actions);
            }
        });
    });
    if list.hidden > 0 {
        ui.label(dim(format!("and {} older", grouped(list.hidden))));
    }
    if !list.comparison.is_empty() {
        ui.separator();
    }
    for line in &list.comparison {
        ui.label(RichText::new(line).font(plain(13.0)).color(look.text));
    }
    if let Some(parted) = &list.parted {
        ui.add_space(4.0);
        ui.columns(2, |columns| {
            for ((ui, name), row) in
                columns.iter_mut().zip(["That branch", "The code shown"]).zip(&parted.sides)
            {
                side(ui, name, row);
            }
        });
        let button = ui.add(Button::new("Go there (G)").small());
        if button.accessible_name("go to the difference").clicked() {
            actions.push(Action::GoToBranch(parted.at));
        }
    }
}

/// What one of the two programs does at the first difference.
fn side(ui: &mut Ui, name: &str, row: &SideRow) {
    let look = Look::of(ui.ctx());
    let label = |ui: &mut Ui, words: &str, font, color| {
        ui.label(RichText::new(words).font(font).color(color));
    };
    label(ui, &format!("{name}: {}", row.does), plain(13.0), look.text);
    label(ui, &row.instruction, mono(13.0), look.text);
    let step = format!("step {}", grouped(row.step));
    let place = match row.written.is_empty() {
        true => step,
        false => format!("{step} · {}", row.written),
    };
    label(ui, &place, plain(12.0), look.dim);
    label(ui, &format!("stack: {}", row.stack), mono(12.5), look.text);
    for entry in &row.calls {
        label(ui, entry, plain(12.0), look.dim);
    }
}

fn take_keys(ui: &Ui, list: &Branches) -> Option<Action> {
    let pressed = |key| ui.ctx().input_mut(|input| input.consume_key(Modifiers::NONE, key));
    let (up, down) = (pressed(Key::ArrowUp), pressed(Key::ArrowDown));
    let (enter, space) = (pressed(Key::Enter), pressed(Key::Space));
    let (replay, go) = (pressed(Key::R), pressed(Key::G));
    let end = list.rows.get(list.row)?.end;
    let last = list.rows.len() - 1;
    match (up, down) {
        (true, _) => Some(Action::ChooseRow(list.row.saturating_sub(1))),
        (_, true) => Some(Action::ChooseRow((list.row + 1).min(last))),
        _ if enter => Some(Action::GoToBranch(end)),
        _ if replay => Some(Action::ReplayBranch(end)),
        _ if go => list.parted.as_ref().map(|parted| Action::GoToBranch(parted.at)),
        _ => space.then_some(Action::CompareBranch(end)),
    }
}

fn row(ui: &mut Ui, row: &BranchRow, chosen: bool, actions: &mut Vec<Action>) {
    let look = Look::of(ui.ctx());
    let size = vec2(ui.available_width(), ROW);
    ui.allocate_ui_with_layout(size, Layout::right_to_left(Align::Center), |ui| {
        let button = ui.add(Button::new("Compare").small());
        let button = button.accessible_name(format!("compare branch: {}", row.last));
        if button.clicked() {
            actions.push(Action::CompareBranch(row.end));
        }
        let button = ui.add(Button::new("Replay").small());
        let button = button.accessible_name(format!("replay branch: {}", row.last));
        if button.clicked() {
            actions.push(Action::ReplayBranch(row.end));
        }
        let size = vec2(ui.available_width(), ROW);
        let (rect, response) = ui.allocate_exact_size(size, Sense::CLICK);
        if chosen || response.hovered() {
            ui.painter().rect_filled(rect, 4.0, look.line);
        }
        let painter = ui.painter().with_clip_rect(rect.shrink(2.0).intersect(ui.clip_rect()));
        let name = row.name.as_ref().map(|name| format!("{name}: ")).unwrap_or_default();
        let at = |y: f32| rect.left_top() + vec2(8.0, y);
        let text = format!("{name}{}", row.last);
        painter.text(at(12.0), Align2::LEFT_CENTER, text, mono(13.0), look.text);
        let shown = if row.is_shown { " · shown" } else { "" };
        let note = format!("ends at step {} · {}{shown}", grouped(row.step), row.left);
        painter.text(at(30.0), Align2::LEFT_CENTER, note, plain(12.0), look.dim);
        let label = format!("branch: {}", row.words());
        response.widget_info(|| WidgetInfo::selected(Role::ListBoxOption, true, chosen, &label));
        if response.clicked() {
            actions.push(Action::GoToBranch(row.end));
        }
    });
}
