//! The call stack, innermost first, with the locals of each frame. With several tasks, each has a row, and the call
//! stack of the one that is looked at stands below its row.

use egui::text::{LayoutJob, TextFormat, TextWrapping};
use egui::{
    Align2, Color32, FontId, Painter, Pos2, Rect, RichText, Role, Sense, Stroke, StrokeKind, Ui,
    WidgetInfo, pos2, vec2,
};

use super::heading;
use super::value::{self, Attention, ValueLine};
use crate::app::action_table::row;
use crate::app::theme::{Look, mono, plain};
use crate::desk::action::{Action, Panel, ValuePlace};
use crate::program::diagnostic::grouped;
use crate::view::stacks::{CallRows, FrameRow};
use crate::view::tasks::{Doing, TaskRow, TaskRows};
use crate::vm::index::FrameId;
use crate::vm::spelling::clip;

/// Draws the call stack.
pub fn show(
    ui: &mut Ui,
    (tasks, rows): (&TaskRows, &CallRows),
    chosen: FrameId,
    attention: Attention<'_>,
    actions: &mut Vec<Action>,
) {
    if tasks.count == 0 {
        heading(ui, "Call stack", rows.depth, Panel::Calls, actions);
        ui.spacing_mut().item_spacing.y = 1.0;
        return call_stack(ui, rows, chosen, attention, actions);
    }
    heading(ui, "Tasks", tasks.count, Panel::Calls, actions);
    ui.spacing_mut().item_spacing.y = 1.0;
    for row in &tasks.rows {
        task(ui, row, actions);
        if row.is_focus {
            ui.indent("the task that is shown", |ui| {
                call_stack(ui, rows, chosen, attention, actions);
            });
        }
    }
    if tasks.count > tasks.rows.len() {
        super::nothing(ui, &format!("and {} more", grouped(tasks.count - tasks.rows.len())));
    }
}

/// A task in two lines: what it runs, and what it does, with the top of its stack.
fn task(ui: &mut Ui, row: &TaskRow, actions: &mut Vec<Action>) {
    let look = Look::of(ui.ctx());
    let (rect, response) = ui.allocate_exact_size(vec2(ui.available_width(), 38.0), Sense::click());
    super::ground(ui, rect, &response);
    let painter = ui.painter();
    let (upper, lower) = (rect.top() + 11.0, rect.top() + 27.0);
    let color = if row.is_focus { look.signs.on_counter } else { look.signs.counter };
    let number = painter.layout_no_wrap(row.number.to_string(), mono(10.5), color);
    let size = vec2(f32::max(22.0, number.size().x + 8.0), 15.0);
    let badge = Rect::from_min_size(pos2(rect.left() + 1.0, upper - 7.5), size);
    match row.is_focus {
        true => painter.rect_filled(badge, 2.0, look.signs.counter),
        false => {
            let stroke = Stroke::new(1.2, look.signs.counter);
            painter.rect_stroke(badge, 2.0, stroke, StrokeKind::Inside)
        }
    };
    painter.galley(badge.center() - number.size() / 2.0, number, color);
    let left = badge.right() + 7.0;
    let right = rect.right() - 6.0;
    let at = format!("at {}", row.address);
    let at = painter.text(pos2(right, upper), Align2::RIGHT_CENTER, at, plain(12.0), look.dim);
    line(painter, pos2(left, upper), at.left() - 8.0, (&row.title, plain(13.5), look.text));
    let values = painter.text(
        pos2(right, lower),
        Align2::RIGHT_CENTER,
        clip(&row.values(), VALUES),
        mono(11.5),
        look.text,
    );
    let color = match row.doing {
        Doing::Runs => look.signs.good,
        Doing::Stands => look.signs.missing,
        Doing::Waits | Doing::Rests => look.dim,
    };
    line(painter, pos2(left, lower), values.left() - 8.0, (&row.words, plain(12.0), color));
    let label = row.description();
    response.widget_info(|| WidgetInfo::selected(Role::Button, true, row.is_focus, &label));
    let response = response.on_hover_text(&row.words);
    if response.clicked() {
        actions.push(Action::FocusTask(row.number));
    }
    response.context_menu(|ui| {
        let words = if row.is_held { "Let go" } else { "Hold" };
        if ui.button(format!("{words} task {}", row.number)).clicked() {
            actions.push(Action::HoldTaskOf(row.number));
        }
    });
}

/// A line of words from a place on, cut where it would pass `end`.
fn line(painter: &Painter, at: Pos2, end: f32, (words, font, color): (&str, FontId, Color32)) {
    let mut job = LayoutJob::simple_singleline(words.to_owned(), font, color);
    job.wrap = TextWrapping::truncate_at_width((end - at.x).max(0.0));
    let words = painter.layout_job(job);
    painter.galley(at - vec2(0.0, words.size().y / 2.0), words, color);
}

/// The most characters of the values in the row of a task.
const VALUES: usize = 16;

fn call_stack(
    ui: &mut Ui,
    rows: &CallRows,
    chosen: FrameId,
    attention: Attention<'_>,
    actions: &mut Vec<Action>,
) {
    for (n, frame) in rows.frames.iter().enumerate() {
        entry(ui, frame, (n == 0, frame.id == chosen), actions);
        if !frame.turns.is_empty() {
            ui.horizontal(|ui| {
                ui.spacing_mut().item_spacing.x = 0.0;
                // As far as the names of locals.
                ui.add_space(17.0);
                super::nothing(ui, &frame.turns);
            });
        }
        for local in &frame.locals {
            let name = format!("    {}", local.name);
            let label = format!("local {} of frame {}", local.name, frame.number);
            let place = ValuePlace::Local(frame.id, local.name.clone());
            let line = ValueLine { name: &name, label: &label, value: local.value.as_ref(), place };
            value::show(ui, line, attention, actions);
        }
    }
    if rows.depth > rows.frames.len() {
        super::nothing(ui, &format!("and {} more", rows.depth - rows.frames.len()));
    }
}

fn entry(
    ui: &mut Ui,
    frame: &FrameRow,
    (innermost, chosen): (bool, bool),
    actions: &mut Vec<Action>,
) {
    let look = Look::of(ui.ctx());
    let (rect, response) = ui.allocate_exact_size(vec2(ui.available_width(), 24.0), Sense::click());
    if chosen && !innermost {
        ui.painter().rect_filled(rect, 3.0, look.line);
    }
    super::ground(ui, rect, &response);
    let painter = ui.painter();
    let (fill, color) = if innermost {
        (look.signs.counter, look.signs.on_counter)
    } else {
        (look.signs.select, look.ground)
    };
    let number = painter.layout_no_wrap(frame.number.to_string(), mono(10.5), color);
    let size = vec2(f32::max(22.0, number.size().x + 8.0), 15.0);
    let badge = egui::Rect::from_min_size(rect.left_center() + vec2(5.0, -7.5), size);
    painter.rect_filled(badge, 2.0, fill);
    painter.galley(badge.center() - number.size() / 2.0, number, color);
    let stands = if innermost {
        format!("at {}", frame.address)
    } else if frame.is_copy {
        "for its locals".to_owned()
    } else {
        format!("continues at {}", frame.address)
    };
    let right = rect.right_center() - vec2(6.0, 0.0);
    let drawn = painter.text(right, Align2::RIGHT_CENTER, &stands, plain(12.0), look.dim);
    let left = badge.right_center() + vec2(7.0, 0.0);
    let mut title = LayoutJob::simple_singleline(frame.title.clone(), plain(13.5), look.text);
    title.wrap = TextWrapping::truncate_at_width(drawn.left() - 8.0 - left.x);
    let title = painter.layout_job(title);
    painter.galley(left - vec2(0.0, title.size().y / 2.0), title, look.text);
    let mark = if chosen && !innermost { ", chosen" } else { "" };
    let label = format!("frame {}, {}, {stands}{mark}", frame.number, frame.title);
    response.widget_info(|| WidgetInfo::labeled(Role::Button, true, &label));
    let home = frame.home;
    let response = response.on_hover_text(match frame.is_frame {
        true if frame.is_copy => {
            "The locals that the block of this task sees. The function does not run here."
                .to_owned()
        }
        true => format!("Frame {home}: blocks that are made in this call are spelled @.../{home}"),
        false => format!("This block was made in frame {home}"),
    });
    if super::copies(ui, &response) {
        actions.push(Action::CopyName(copied(frame)));
    }
    if response.clicked() {
        actions.push(Action::GoToFrame(frame.id));
    }
    response.context_menu(|ui| again(ui, frame, actions));
}

/// What Ctrl+C copies: the name of a function, or the address of a block, which has no name.
fn copied(frame: &FrameRow) -> String {
    match frame.is_frame {
        true => frame.title.clone(),
        false => format!("@{}", frame.address - u64::from(frame.stands.offset)),
    }
}

/// The two ways to start a call again. Each says what it does, so that nobody takes one for the other.
fn again(ui: &mut Ui, frame: &FrameRow, actions: &mut Vec<Action>) {
    let look = Look::of(ui.ctx());
    let ways = [
        (
            Action::RestartAt(frame.id),
            Action::RestartFrame,
            "Starts this call again, now, with the stack it was called with.\n\
             Data, output and input stay as they are.",
        ),
        (
            Action::RewindTo(frame.id),
            Action::Rewind,
            "Goes back in time to this call.\n\
             Data, output and input are as they were then.",
        ),
    ];
    for (action, like, words) in ways {
        let row = row(&like).expect("both are in the table");
        let mut text = LayoutJob::default();
        let format =
            |size, color| TextFormat { font_id: plain(size), color, ..TextFormat::default() };
        text.append(row.name, 0.0, format(13.5, look.text));
        text.append(&format!("\n{words}"), 0.0, format(12.0, look.dim));
        if ui.button(text).accessible_name(row.name).clicked() {
            actions.push(action);
        }
    }
    ui.horizontal(|ui| {
        ui.add_space(2.0);
        ui.label(RichText::new("Both keep all edits.").font(plain(12.0)).color(look.dim));
    });
}
