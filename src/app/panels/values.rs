//! The list of the values of something over time, one row for each pass.
//!
//! There may be millions of rows, more than the numbers of a scroll area can tell apart. So it scrolls by whole
//! rows, and remembers where it is relative to the present: earlier passes that are found later do not move what
//! is shown.

use egui::{Align2, Rect, Role, Sense, Ui, WidgetInfo, pos2, vec2};

use crate::app::theme::{Look, mono, plain};
use crate::desk::action::Action;
use crate::desk::passes::ValuesRow;
use crate::program::diagnostic::grouped;
use crate::session::journal::Position;
use crate::session::passes::{Pass, Value};
use crate::vm::spelling::clip;

/// The height of a row.
const ROW: f32 = 20.0;
/// The width of the bar that scrolls.
const BAR: f32 = 8.0;

/// Where the list is scrolled to.
#[derive(Clone, Copy, Debug, PartialEq)]
struct Scrolled {
    /// The first row shown, counted from the first row after the present.
    first: i64,
    /// The present.
    here: Position,
    /// How many rows were at or before the present.
    completed: usize,
}

/// Draws the list.
pub fn show(ui: &mut Ui, row: &ValuesRow<'_>, actions: &mut Vec<Action>) {
    let look = Look::of(ui.ctx());
    ui.add_space(4.0);
    ui.horizontal(|ui| {
        ui.label(
            egui::RichText::new("Values over time").font(plain(12.5)).color(look.dim).strong(),
        );
        ui.label(egui::RichText::new(&row.count).font(plain(11.5)).color(look.dim));
        ui.with_layout(egui::Layout::right_to_left(egui::Align::Center), |ui| {
            if super::cross(ui, "Close the values over time") {
                actions.push(Action::CloseValues);
            }
        });
    });
    let title = egui::RichText::new(&row.title).font(plain(12.5)).color(look.text);
    ui.add(egui::Label::new(title).truncate());
    ui.add_space(2.0);
    head(ui, look);
    list(ui, row, actions);
}

/// The names of the columns.
fn head(ui: &mut Ui, look: &Look) {
    let (rect, _) = ui.allocate_exact_size(vec2(ui.available_width(), ROW), Sense::hover());
    let [step, value, frame] = columns(rect);
    let painter = ui.painter();
    painter.text(step, Align2::RIGHT_CENTER, "step", plain(11.5), look.dim);
    painter.text(value, Align2::LEFT_CENTER, "value", plain(11.5), look.dim);
    painter.text(frame, Align2::RIGHT_CENTER, "frame", plain(11.5), look.dim);
    painter.hline(rect.x_range(), rect.bottom(), egui::Stroke::new(1.0, look.line));
}

/// Where the columns stand in a row: the right end of the step, the left end of the value, the right end of the
/// frame.
fn columns(rect: Rect) -> [egui::Pos2; 3] {
    let y = rect.center().y;
    let step = rect.left() + f32::min(92.0, rect.width() * 0.42);
    [pos2(step, y), pos2(step + 14.0, y), pos2(rect.right() - BAR - 6.0, y)]
}

fn list(ui: &mut Ui, row: &ValuesRow<'_>, actions: &mut Vec<Action>) {
    let look = Look::of(ui.ctx());
    let (rect, area) = ui.allocate_exact_size(ui.available_size(), Sense::hover());
    let fits = ((rect.height() / ROW) as usize).max(1);
    let count = row.passes.count();
    let first = first_row(ui, row, fits, area.hovered());
    let shown = first..count.min(first + fits);
    for (line, number) in shown.enumerate() {
        let Some(pass) = row.passes.get(number) else { break };
        let top = rect.left_top() + vec2(0.0, line as f32 * ROW);
        let place = Rect::from_min_size(top, vec2(rect.width() - BAR, ROW));
        let is_here = number + 1 == row.completed;
        pass_row(ui, place, (pass, number, is_here), actions);
    }
    // The present is between two rows.
    if (first..=first + fits).contains(&row.completed) && count > 0 {
        let y = rect.top() + (row.completed - first) as f32 * ROW;
        let stroke = egui::Stroke::new(1.5, look.signs.counter);
        ui.painter().hline(rect.left()..=rect.right() - BAR, y, stroke);
    }
    bar(ui, rect, (first, fits, count), row);
}

fn id() -> egui::Id {
    egui::Id::unique("values over time")
}

fn keep(ui: &Ui, first: usize, row: &ValuesRow<'_>) {
    let (here, completed) = (row.here, row.completed);
    let first = first as i64 - completed as i64;
    ui.data_mut(|data| data.insert_temp(id(), Scrolled { first, here, completed }));
}

/// The first row to show. If the present has moved out of sight, it is shown in the middle.
fn first_row(ui: &Ui, row: &ValuesRow<'_>, fits: usize, hovered: bool) -> usize {
    let middle = (row.completed as i64) - (fits as i64) / 2;
    let last = row.passes.count().saturating_sub(fits) as i64;
    let kept = ui.data(|data| data.get_temp::<Scrolled>(id()));
    let first = match kept {
        None => middle,
        Some(kept) if kept.here == row.here => row.completed as i64 + kept.first,
        Some(kept) => {
            let first = kept.completed as i64 + kept.first;
            let present = row.completed as i64;
            if (first + 1..first + fits as i64).contains(&present) { first } else { middle }
        }
    };
    let wheel = if hovered { ui.input(|input| input.smooth_scroll_delta.y) } else { 0.0 };
    let turned = ui.data_mut(|data| {
        let rest: &mut f32 = data.get_temp_mut_or_default(id().with("wheel"));
        *rest += wheel;
        let rows = (*rest / ROW).trunc();
        *rest -= rows * ROW;
        rows as i64
    });
    let first = (first - turned).clamp(0, last) as usize;
    keep(ui, first, row);
    first
}

/// The bar at the right, to scroll far.
fn bar(ui: &mut Ui, rect: Rect, (first, fits, count): (usize, usize, usize), row: &ValuesRow<'_>) {
    if count <= fits {
        return;
    }
    let look = Look::of(ui.ctx());
    let track = rect.with_min_x(rect.right() - BAR + 2.0);
    let height = f32::max(18.0, track.height() * (fits as f32 / count as f32));
    let room = track.height() - height;
    let last = (count - fits) as f32;
    let top = track.top() + room * (first as f32 / last);
    let thumb = Rect::from_min_size(pos2(track.left(), top), vec2(track.width(), height));
    let response = ui.interact(track, id().with("bar"), Sense::click_and_drag());
    let color = if response.hovered() || response.dragged() { look.dim } else { look.line };
    ui.painter().rect_filled(thumb, 3.0, color);
    if let Some(pointer) = response.interact_pointer_pos().filter(|_| room > 0.0) {
        let part = ((pointer.y - height / 2.0 - track.top()) / room).clamp(0.0, 1.0);
        keep(ui, (part * last).round() as usize, row);
    }
}

fn pass_row(
    ui: &mut Ui,
    rect: Rect,
    (pass, number, is_here): (&Pass, usize, bool),
    actions: &mut Vec<Action>,
) {
    let look = Look::of(ui.ctx());
    let response = ui.interact(rect, id().with(number), Sense::click());
    super::ground(ui, rect, &response);
    let painter = ui.painter().with_clip_rect(rect.intersect(ui.clip_rect()));
    let [step, value, frame] = columns(rect.with_max_x(rect.right() + BAR));
    painter.text(step, Align2::RIGHT_CENTER, grouped(pass.step), mono(12.0), look.dim);
    let color = if is_here { look.signs.counter } else { look.text };
    let words = words(&pass.value);
    let letter = ui.ctx().fonts_mut(|fonts| fonts.glyph_width(&mono(13.0), '0'));
    let fits = ((frame.x - 28.0 - value.x) / letter).max(3.0) as usize;
    painter.text(value, Align2::LEFT_CENTER, clip(&words, fits), mono(13.0), color);
    let by = match (pass.frame, pass.task) {
        (0, _) => "you".to_owned(),
        (frame, None) => frame.to_string(),
        (frame, Some(task)) => format!("{frame} of {task}"),
    };
    painter.text(frame, Align2::RIGHT_CENTER, by, mono(12.0), look.dim);
    let maker = match (pass.frame, pass.task) {
        (0, _) => "given by you".to_owned(),
        (frame, None) => format!("frame {frame}"),
        (frame, Some(task)) => format!("frame {frame} of task {task}"),
    };
    let label = format!("value {words} at step {}, {maker}", grouped(pass.step));
    response.widget_info(|| WidgetInfo::selected(Role::ListBoxOption, true, is_here, &label));
    if response.clicked() {
        actions.push(Action::GoToPosition(pass.position));
    }
}

fn words(value: &Value) -> String {
    match value {
        Value::Integer(number) => number.to_string(),
        Value::Other(words) => words.to_string(),
        Value::None => "nothing".to_owned(),
    }
}
