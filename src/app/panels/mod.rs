//! The parts of the window, one file each. A panel takes rows and returns actions; panels do not know
//! each other and change nothing themselves.

pub mod banner;
pub mod bar;
pub mod bookmarks;
pub mod branches;
pub mod breakpoints;
pub mod calls;
pub mod console;
pub mod entry;
pub mod examples;
pub mod find;
pub mod holes;
pub mod names;
pub mod overlay;
pub mod palette;
pub mod path;
pub mod player;
pub mod provenance;
pub mod reference;
pub mod stack;
pub mod status;
pub mod timeline;
pub mod tour;
pub mod value;
pub mod values;
pub mod watches;

use egui::accesskit::Live;
use egui::{Event, Rect, Response, ScrollArea, Sense, Stroke, StrokeKind, Ui};

use super::theme::{Look, plain};
use crate::desk::action::{Action, Panel};
use crate::vm::index::TaskId;

/// The heading of a side panel, with a cross that hides the panel.
pub fn heading(ui: &mut Ui, title: &str, count: usize, panel: Panel, actions: &mut Vec<Action>) {
    let look = Look::of(ui.ctx());
    ui.add_space(4.0);
    ui.horizontal(|ui| {
        ui.label(egui::RichText::new(title).font(plain(12.5)).color(look.dim).strong());
        if count > 0 {
            ui.label(egui::RichText::new(count.to_string()).font(plain(11.5)).color(look.dim));
        }
        ui.with_layout(egui::Layout::right_to_left(egui::Align::Center), |ui| {
            if cross(ui, &format!("Hide {title}")) {
                actions.push(Action::Show(panel));
            }
        });
    });
}

fn cross(ui: &mut Ui, label: &str) -> bool {
    let look = Look::of(ui.ctx());
    let (rect, response) = ui.allocate_exact_size(egui::vec2(16.0, 16.0), Sense::CLICK);
    let color = if response.hovered() { look.text } else { look.dim };
    let r = rect.shrink(5.0);
    let stroke = Stroke::new(1.3, color);
    ui.painter().line_segment([r.left_top(), r.right_bottom()], stroke);
    ui.painter().line_segment([r.right_top(), r.left_bottom()], stroke);
    response.widget_info(|| egui::WidgetInfo::labeled(egui::Role::Button, true, label));
    response.on_hover_text(label).clicked()
}

/// The background of a clickable row: lit under the pointer, framed if it has the keyboard focus.
fn ground(ui: &Ui, rect: Rect, response: &Response) {
    let look = Look::of(ui.ctx());
    if response.hovered() || response.has_focus() {
        ui.painter().rect_filled(rect, 3.0, look.cell);
    }
    if response.has_focus() {
        let stroke = Stroke::new(1.0, look.signs.select);
        ui.painter().rect_stroke(rect, 3.0, stroke, StrokeKind::Inside);
    }
}

/// Shows a list in an overlay, with the height that the window has below it, up to `most`. Otherwise its area
/// would propose a height of its own, and remember how little it took when it was first drawn.
fn in_room(ui: &mut Ui, most: f32, show: impl FnOnce(&mut Ui, ScrollArea)) {
    let below = ui.ctx().content_rect().bottom() - ui.next_widget_position().y - 32.0;
    let height = below.clamp(80.0, most);
    // What is above the list keeps its place.
    ui.scope(|ui| {
        ui.set_max_height(height);
        let area = ScrollArea::vertical().max_height(height).min_scrolled_height(height);
        show(ui, area.auto_shrink([false, true]));
    });
}

/// Frames a row that a search found, and scrolls to it when it is new.
fn found(ui: &Ui, rect: Rect, response: &Response) {
    let look = Look::of(ui.ctx());
    let stroke = Stroke::new(1.5, look.signs.changed);
    ui.painter().rect_stroke(rect, 3.0, stroke, StrokeKind::Inside);
    let id = egui::Id::unique("found row");
    if ui.data(|data| data.get_temp(id)) != Some(response.id) {
        ui.data_mut(|data| data.insert_temp(id, response.id));
        response.scroll_to_me(None);
    }
}

/// Whether the row has the keyboard focus and is to be copied.
fn copies(ui: &Ui, response: &Response) -> bool {
    let is_copy = |event: &Event| *event == Event::Copy;
    response.has_focus() && ui.input(|input| input.events.iter().any(is_copy))
}

/// Lets a screen reader say the words of a label whenever they change: at once, or when it has finished.
fn say(response: &Response, at_once: bool) {
    let live = if at_once { Live::Assertive } else { Live::Polite };
    response.ctx.accesskit_node_builder(response.id, |node| node.set_live(live));
}

/// A mark of a task at a cell: a click looks at the task.
pub fn task_mark(ui: &Ui, rect: Rect, id: egui::Id, task: TaskId, actions: &mut Vec<Action>) {
    let response = ui.interact(rect, id, Sense::CLICK);
    let label = format!("show task {task}");
    response.widget_info(|| egui::WidgetInfo::labeled(egui::Role::Button, true, &label));
    if response.on_hover_text(format!("Task {task} is here. A click shows it.")).clicked() {
        actions.push(Action::FocusTask(task));
    }
}

/// The text of an empty panel.
pub fn nothing(ui: &mut Ui, text: &str) {
    let look = Look::of(ui.ctx());
    ui.label(egui::RichText::new(text).font(plain(12.5)).color(look.dim));
}
