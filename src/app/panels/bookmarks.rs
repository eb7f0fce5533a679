//! The list of bookmarks: a click goes to one, its cross removes it.

use egui::{Align, Align2, Layout, RichText, Role, Sense, Ui, WidgetInfo, vec2};

use crate::app::action_table::key_text;
use crate::app::theme::{Look, plain};
use crate::desk::action::Action;
use crate::program::diagnostic::grouped;
use crate::view::bookmarks::Named;

/// The height of a line.
const LINE: f32 = 25.0;

/// Draws the list.
pub fn show(ui: &mut Ui, bookmarks: &[Named], actions: &mut Vec<Action>) {
    let look = Look::of(ui.ctx());
    ui.add_space(6.0);
    if bookmarks.is_empty() {
        let key = key_text(ui.ctx(), &Action::NameBookmark);
        let words = format!("No bookmark has this name. {key} bookmarks the current position.");
        ui.label(RichText::new(words).font(plain(12.5)).color(look.dim));
        return;
    }
    ui.spacing_mut().item_spacing.y = 1.0;
    super::in_room(ui, 260.0, |ui, area| {
        area.show_rows(ui, LINE, bookmarks.len(), |ui, range| {
            for bookmark in &bookmarks[range] {
                line(ui, bookmark, actions);
            }
        });
    });
}

fn line(ui: &mut Ui, bookmark: &Named, actions: &mut Vec<Action>) {
    let look = Look::of(ui.ctx());
    let size = vec2(ui.available_width(), LINE);
    ui.allocate_ui_with_layout(size, Layout::right_to_left(Align::Center), |ui| {
        if super::cross(ui, &format!("Remove the bookmark {}", bookmark.name)) {
            actions.push(Action::RemoveBookmark(bookmark.name.clone()));
        }
        let size = vec2(ui.available_width(), LINE);
        let (rect, response) = ui.allocate_exact_size(size, Sense::CLICK);
        if response.hovered() || response.has_focus() {
            ui.painter().rect_filled(rect, 4.0, look.line);
        }
        let branch = if bookmark.on_way { "" } else { " · on a branch" };
        let step = format!("step {}{branch}", grouped(bookmark.step));
        let painter = ui.painter();
        let right = rect.right_center() - vec2(8.0, 0.0);
        let taken = painter.text(right, Align2::RIGHT_CENTER, step, plain(12.0), look.dim);
        let mut room = rect.with_max_x(taken.left() - 10.0);
        room.min.x += 8.0;
        let left = room.left_center();
        let clipped = painter.with_clip_rect(room.intersect(painter.clip_rect()));
        clipped.text(left, Align2::LEFT_CENTER, &bookmark.name, plain(14.0), look.text);
        let label = format!("go to {}", bookmark.name);
        response.widget_info(|| WidgetInfo::labeled(Role::ListBoxOption, true, &label));
        if response.on_hover_text(&bookmark.name).clicked() {
            actions.extend([Action::Close, Action::GoToPosition(bookmark.position)]);
        }
    });
}
