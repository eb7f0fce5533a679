//! The call stack, innermost first, with the locals of each frame.

use egui::text::{LayoutJob, TextFormat, TextWrapping};
use egui::{Align2, RichText, Role, Sense, Ui, WidgetInfo, vec2};

use super::heading;
use super::value::{self, Attention, ValueLine};
use crate::app::action_table::row;
use crate::app::theme::{Look, mono, plain};
use crate::desk::action::{Action, Panel, ValuePlace};
use crate::view::stacks::{CallRows, FrameRow};
use crate::vm::index::FrameId;

/// Draws the call stack.
pub fn show(
    ui: &mut Ui,
    rows: &CallRows,
    chosen: FrameId,
    attention: Attention<'_>,
    actions: &mut Vec<Action>,
) {
    heading(ui, "Call stack", rows.depth, Panel::Calls, actions);
    ui.spacing_mut().item_spacing.y = 1.0;
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
