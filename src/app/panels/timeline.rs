//! The timeline: the history as a band under the memory. A click goes to a position, dragging scrubs.
//!
//! A gesture that ran instructions is a bar, one that did not is a tick. Why the machine waited after it
//! is a mark: a ring for something missing, a triangle for input, a cross for a fault, a bar for a limit,
//! a dot for an empty cell, a disc for the end of the program. Branches leave downwards and are as long
//! as they would be on the line. The pointer has the colour of the program counter, because it is the
//! counter in time. While the session travels to a position, an outlined pointer is already there.

use egui::{
    Align, Color32, EventFilter, Id, Key, Layout, Painter, Pos2, Rangef, Rect, Response, RichText,
    Role, Sense, Shape, Stroke, Ui, WidgetInfo, pos2, vec2,
};

use crate::app::theme::{Look, plain};
use crate::desk::action::{Action, Panel};
use crate::program::diagnostic::grouped;
use crate::view::bookmarks::Flag;
use crate::view::timeline::{Bar, Branch, Here, Timeline};
use crate::vm::limit::LimitKind;
use crate::vm::stop::{Fault, Stop};

/// What the timeline shows.
#[derive(Debug)]
pub struct TimelinePanel<'a> {
    /// The gestures, from left to right.
    pub bars: &'a [Bar],
    /// Bookmarks.
    pub flags: &'a [Flag],
    /// The branch shown, and those that leave it.
    pub timeline: &'a Timeline,
    /// Where the session is.
    pub here: Here,
    /// Where the session is going, from 0 to 1; none if it is not.
    pub target: Option<f32>,
    /// The bookmark of the current position, if it has one.
    pub name: Option<&'a str>,
    /// The number of checkpoints, the megabytes they take, and the megabytes they may take.
    pub checkpoints: [usize; 3],
}

/// The height of the band; it does not change, so that nothing above it moves.
const HEIGHT: f32 = 40.0;
/// The line of gestures, from the top of the band.
const LINE: f32 = 12.0;
/// The distance from the line to the first lane of branches, and between lanes.
const LANE: f32 = 8.0;
/// The number of lanes. A branch that finds no free lane is drawn in the last.
const LANES: usize = 3;
/// The shortest length of a branch, so that its end can be clicked.
const SHORTEST: f32 = 16.0;
/// Room at both ends, for marks and the pointer.
const MARGIN: f32 = 8.0;
/// The least width of a bar, in points.
const COLUMN: f32 = 7.0;

/// How many bars there is room for.
pub fn columns(width: f32) -> usize {
    ((width - 2.0 * MARGIN) / COLUMN).max(1.0) as usize
}

/// Draws the timeline.
pub fn show(ui: &mut Ui, line: &TimelinePanel<'_>, actions: &mut Vec<Action>) {
    heading(ui, line, actions);
    let size = vec2(ui.available_width(), HEIGHT);
    let (rect, _) = ui.allocate_exact_size(size, Sense::hover());
    let response = ui.interact(rect, focus_id(), Sense::click_and_drag());
    let inner = rect.shrink2(vec2(MARGIN, 0.0));
    keys(ui, &response, line, actions);
    scrub(&response, inner, line, actions);
    let look = Look::of(ui.ctx());
    let painter = ui.painter().clone();
    if response.has_focus() {
        let stroke = Stroke::new(1.0, look.signs.select);
        painter.rect_stroke(rect, 3.0, stroke, egui::StrokeKind::Inside);
    }
    let y = inner.top() + LINE;
    painter.hline(inner.x_range(), y, Stroke::new(1.0, look.line));
    let spans = line.timeline.branches().iter().map(|branch| span(inner, branch)).collect();
    for (branch, (span, lane)) in line.timeline.branches().iter().zip(lanes(spans)).rev() {
        self::branch(ui, inner, branch, span, lane, actions);
    }
    for bar in line.bars {
        self::bar(ui, inner, bar, line.here.at, actions);
    }
    for flag in line.flags {
        self::flag(ui, inner, flag, actions);
    }
    if let Some(target) = line.target {
        pointer(&painter, pos2(x(inner, target), y), Color32::TRANSPARENT, look.signs.counter);
    }
    pointer(&painter, pos2(x(inner, line.here.at), y), look.signs.counter, look.signs.counter);
    let words = format!("timeline, {}", words(line));
    response.widget_info(|| WidgetInfo::labeled(Role::Slider, true, &words));
}

/// The id of the band, for keyboard focus.
pub fn focus_id() -> Id {
    Id::unique("timeline")
}

fn words(line: &TimelinePanel<'_>) -> String {
    let here = line.here;
    let name = line.name.map(|name| format!(" · {name}")).unwrap_or_default();
    format!(
        "step {} of {} · gesture {} of {}{name}",
        grouped(here.step),
        grouped(here.steps),
        grouped(here.gesture),
        grouped(here.gestures)
    )
}

fn heading(ui: &mut Ui, line: &TimelinePanel<'_>, actions: &mut Vec<Action>) {
    let look = Look::of(ui.ctx());
    ui.horizontal(|ui| {
        ui.label(RichText::new("Timeline").font(plain(12.5)).color(look.dim).strong());
        ui.label(RichText::new(words(line)).font(plain(12.0)).color(look.dim));
        ui.with_layout(Layout::right_to_left(Align::Center), |ui| {
            if super::cross(ui, "Hide Timeline") {
                actions.push(Action::Show(Panel::Timeline));
            }
            let shown = match (line.timeline.branches().len(), line.timeline.hidden) {
                (0, _) => String::new(),
                (1, 0) => "1 branch".to_owned(),
                (shown, 0) => format!("{shown} branches"),
                (shown, hidden) => format!("{shown} branches, {hidden} older not shown"),
            };
            let [count, taken, room] = line.checkpoints;
            let label = |words: String| RichText::new(words).font(plain(12.0)).color(look.dim);
            ui.label(label(format!("{taken} of {room} MB"))).on_hover_text(format!(
                "{count} checkpoints: the more there are, the faster you go back. \
                 The History menu gives them more room, or less."
            ));
            if ui.add(egui::Button::new(label("Marks".to_owned())).small().frame(false)).clicked() {
                actions.push(Action::Legend);
            }
            ui.label(label(shown));
        });
    });
}

fn x(inner: Rect, at: f32) -> f32 {
    inner.left() + at * inner.width()
}

fn scrub(response: &Response, inner: Rect, line: &TimelinePanel<'_>, actions: &mut Vec<Action>) {
    // A pointer that rests during a drag must not ask again in each frame.
    let moves = response.drag_started() || response.drag_delta() != egui::Vec2::ZERO;
    if (response.dragged() && moves || response.clicked())
        && let Some(pointer) = response.interact_pointer_pos()
    {
        let at = (pointer.x - inner.left()) / inner.width();
        actions.push(Action::GoToPosition(line.timeline.position(at)));
    }
}

fn keys(ui: &Ui, response: &Response, line: &TimelinePanel<'_>, actions: &mut Vec<Action>) {
    let arrows =
        EventFilter { horizontal_arrows: true, vertical_arrows: true, ..EventFilter::default() };
    ui.memory_mut(|memory| memory.set_focus_lock_filter(response.id, arrows));
    if !response.has_focus() {
        return;
    }
    let pressed = |key| ui.input(|input| input.key_pressed(key));
    let end = line.timeline.branches().first().map(|branch| Action::GoToPosition(branch.end));
    for (key, action) in [
        (Key::ArrowLeft, Some(Action::Undo)),
        (Key::ArrowRight, Some(Action::Redo)),
        (Key::Home, Some(Action::GoToStart)),
        (Key::End, Some(Action::GoToEnd)),
        (Key::ArrowDown, end),
        (
            Key::ArrowUp,
            line.timeline.branches().last().map(|branch| Action::GoToPosition(branch.end)),
        ),
    ] {
        if pressed(key) {
            actions.extend(action);
        }
    }
}

fn bar(ui: &Ui, inner: Rect, bar: &Bar, here: f32, actions: &mut Vec<Action>) {
    let look = Look::of(ui.ctx());
    let (from, to) = (x(inner, bar.span.start), x(inner, bar.span.end));
    let y = inner.top() + LINE;
    let is_past = bar.span.end <= here + f32::EPSILON;
    let color = if is_past { look.signs.select } else { look.dim };
    let painter = ui.painter();
    if bar.runs {
        let end = f32::max(to - 3.0, from + 4.0);
        let part = |to: f32, color| {
            let body = Rect::from_x_y_ranges(from + 2.0..=to, y - 2.0..=y + 2.0);
            painter.rect_filled(body, 2.0, color);
        };
        if !is_past {
            part(end, look.dim.gamma_multiply(0.45));
        }
        let done = f32::min(x(inner, here), end);
        if done > from + 2.0 {
            part(done, look.signs.select.gamma_multiply(0.75));
        }
    }
    match &bar.stop {
        Some(stop) => mark(painter, pos2(to, y), stop, look),
        None => {
            painter.vline(to, y - 4.0..=y + 4.0, Stroke::new(1.5, color));
        }
    }
    if bar.paused {
        paused(painter, pos2(to, y), look);
    }
    // The click area ends above the first lane of branches, so that both can be clicked.
    let target = Rect::from_min_max(pos2(to - 3.5, y - 10.0), pos2(to + 3.5, y + LANE - 4.0));
    let response = ui.interact(target, ui.scope_id().with(("bar", bar.end)), Sense::click());
    let words = match bar.paused {
        true => format!("{}, paused at a breakpoint", bar.words),
        false => bar.words.clone(),
    };
    response.widget_info(|| WidgetInfo::labeled(Role::Button, true, &words));
    let waited = bar.stop.as_ref().map(|stop| format!("\n{stop}")).unwrap_or_default();
    if response.on_hover_text(format!("{words}{waited}")).clicked() {
        actions.push(Action::GoToPosition(bar.end));
    }
}

/// A run that paused at a breakpoint: a small square above the line.
fn paused(painter: &Painter, at: Pos2, look: &Look) {
    let square = Rect::from_center_size(at - vec2(0.0, 7.0), vec2(4.5, 4.5));
    painter.rect_filled(square, 1.0, look.signs.fault);
}

/// A bookmark: a ribbon above the line.
fn flag(ui: &Ui, inner: Rect, flag: &Flag, actions: &mut Vec<Action>) {
    let look = Look::of(ui.ctx());
    let top = pos2(x(inner, flag.at), inner.top());
    let target = Rect::from_min_max(top - vec2(5.0, 1.0), top + vec2(5.0, 8.0));
    let response = ui.interact(target, ui.scope_id().with(("flag", flag.position)), Sense::click());
    let color = if response.hovered() { look.text } else { look.signs.select };
    let (half, foot) = (vec2(3.0, 0.0), vec2(0.0, 8.0));
    let notch = top + vec2(0.0, 5.5);
    // Two halves: a shape with a notch is not convex.
    for side in [-half, half] {
        let shape = vec![top, top + side, top + side + foot, notch];
        ui.painter().add(Shape::convex_polygon(shape, color, Stroke::NONE));
    }
    response.widget_info(|| {
        WidgetInfo::labeled(Role::Button, true, format!("bookmark: {}", flag.words))
    });
    if response.on_hover_text(&flag.words).clicked() {
        actions.push(Action::GoToPosition(flag.position));
    }
}

fn mark(painter: &Painter, at: Pos2, stop: &Stop, look: &Look) {
    let triangle = || vec![at + vec2(-3.5, 3.0), at + vec2(3.5, 3.0), at + vec2(0.0, -4.0)];
    match stop {
        Stop::NotYetImplemented(_) => {
            painter.circle(at, 3.5, look.panel, Stroke::new(1.5, look.signs.missing));
        }
        Stop::Breakpoint => {
            painter.circle_filled(at, 2.5, look.signs.counter);
        }
        Stop::Input => {
            painter.add(Shape::convex_polygon(triangle(), look.signs.select, Stroke::NONE));
        }
        Stop::Fault(_) => {
            let stroke = Stroke::new(1.8, look.signs.fault);
            painter.line_segment([at + vec2(-3.5, -3.5), at + vec2(3.5, 3.5)], stroke);
            painter.line_segment([at + vec2(-3.5, 3.5), at + vec2(3.5, -3.5)], stroke);
        }
        Stop::Limit(_) => {
            painter.rect_filled(Rect::from_center_size(at, vec2(3.0, 11.0)), 0.0, look.signs.fault);
        }
        Stop::Deadlock(_) => {
            painter.rect_filled(Rect::from_center_size(at, vec2(7.0, 3.0)), 0.0, look.signs.fault);
        }
        Stop::Finished | Stop::Exit(_) => {
            painter.circle_filled(at, 3.5, look.signs.good);
        }
        Stop::OutOfFuel | Stop::Blocked(_) => {}
    }
}

/// Explains the marks.
pub fn legend(ui: &mut Ui) {
    let name = || "name".to_owned();
    let stops = [
        (
            Stop::NotYetImplemented(name()),
            "ring",
            "something is missing: a function has no code yet",
        ),
        (Stop::Breakpoint, "small disc", "the counter reached an empty cell"),
        (Stop::Input, "triangle", "the program waits for input"),
        (Stop::Fault(Fault::Character { code: 0 }), "cross", "a fault"),
        (Stop::Limit(LimitKind::Calls), "upright bar", "a limit is reached"),
        (Stop::Finished, "large disc", "the program has ended"),
    ];
    for (stop, shape, words) in stops {
        entry(ui, shape, words, |painter, at, look| mark(painter, at, &stop, look));
    }
    entry(ui, "tick", "a gesture that left the program waiting for you", |painter, at, look| {
        painter.vline(at.x, at.y - 4.0..=at.y + 4.0, Stroke::new(1.5, look.signs.select));
    });
    entry(
        ui,
        "bar",
        "a gesture that ran instructions; longer if it ran more",
        |painter, at, look| {
            let body = Rect::from_center_size(at, vec2(16.0, 4.0));
            painter.rect_filled(body, 2.0, look.signs.select);
        },
    );
    entry(ui, "square above the line", "a run paused at a breakpoint", |painter, at, look| {
        paused(painter, at + vec2(0.0, 7.0), look);
    });
    entry(ui, "ribbon above the line", "a bookmark", |painter, at, look| {
        let ribbon = Rect::from_center_size(at, vec2(6.0, 8.0));
        painter.rect_filled(ribbon, 0.0, look.signs.select);
    });
    entry(ui, "line below", "a branch: a click goes to its end", |painter, at, look| {
        let stroke = Stroke::new(1.5, look.kinds.block);
        painter.line(vec![at - vec2(8.0, 5.0), at - vec2(3.0, 0.0), at + vec2(6.0, 0.0)], stroke);
        painter.circle_filled(at + vec2(6.0, 0.0), 3.0, look.kinds.block);
    });
    entry(ui, "pointer", "where you are; outlined, where you are going", |painter, at, look| {
        pointer(painter, at, look.signs.counter, look.signs.counter);
    });
}

fn entry(ui: &mut Ui, shape: &str, words: &str, draw: impl FnOnce(&Painter, Pos2, &Look)) {
    let look = Look::of(ui.ctx());
    ui.horizontal(|ui| {
        let (rect, _) = ui.allocate_exact_size(vec2(30.0, 24.0), Sense::hover());
        draw(ui.painter(), rect.center(), look);
        let shape = RichText::new(shape).font(plain(13.0)).color(look.text);
        ui.add_sized([150.0, 20.0], egui::Label::new(shape).halign(Align::LEFT));
        ui.label(RichText::new(words).font(plain(13.0)).color(look.dim));
    });
}

/// The horizontal range of a branch.
fn span(inner: Rect, branch: &Branch) -> Rangef {
    let right = inner.right();
    let from = f32::min(x(inner, branch.at), right - SHORTEST);
    let length = f32::max(branch.length * inner.width(), SHORTEST);
    Rangef::new(from, f32::min(from + length, right))
}

/// Puts each branch, the newest first, into the first lane where it touches no other.
fn lanes(spans: Vec<Rangef>) -> Vec<(Rangef, usize)> {
    let mut placed: Vec<(Rangef, usize)> = Vec::with_capacity(spans.len());
    for span in spans {
        let wide = span.expand(5.0);
        let taken = |lane: usize| {
            placed.iter().any(|&(other, there)| there == lane && wide.intersects(other))
        };
        let lane = (0..LANES).find(|&lane| !taken(lane)).unwrap_or(LANES - 1);
        placed.push((span, lane));
    }
    placed
}

/// A line that leaves downwards and to the right, with its end to click on.
fn branch(
    ui: &Ui,
    inner: Rect,
    branch: &Branch,
    span: Rangef,
    lane: usize,
    actions: &mut Vec<Action>,
) {
    let look = Look::of(ui.ctx());
    let from = pos2(x(inner, branch.at), inner.top() + LINE);
    let y = from.y + LANE * (lane + 1) as f32;
    let turn = pos2(span.min + 5.0, y);
    let end = pos2(span.max, y);
    let response = ui.interact(
        Rect::from_two_pos(turn, end).expand2(vec2(3.0, 3.5)),
        ui.scope_id().with(("branch", branch.end)),
        Sense::click(),
    );
    let color = if response.hovered() { look.text } else { look.kinds.block };
    let stroke = Stroke::new(1.5, color);
    ui.painter().line(vec![from, turn, end], stroke);
    ui.painter().circle_filled(end, 3.0, color);
    response.widget_info(|| WidgetInfo::labeled(Role::Button, true, &branch.words));
    if response.on_hover_text(format!("{}\nClick goes to its end", branch.words)).clicked() {
        actions.push(Action::GoToPosition(branch.end));
    }
}

fn pointer(painter: &Painter, at: Pos2, fill: Color32, color: Color32) {
    let stroke = Stroke::new(if fill == color { 2.0 } else { 1.0 }, color);
    painter.vline(at.x, at.y - 7.0..=at.y + 7.0, stroke);
    let head = vec![at + vec2(-5.0, -12.0), at + vec2(5.0, -12.0), at + vec2(0.0, -6.0)];
    let edge = if fill == color { Stroke::NONE } else { stroke };
    painter.add(Shape::convex_polygon(head, fill, edge));
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn branches_side_by_side_share_a_lane_and_others_do_not() {
        let spans = [(0.0, 100.0), (50.0, 90.0), (110.0, 130.0), (60.0, 120.0), (70.0, 80.0)];
        let spans = spans.map(|(from, to)| Rangef::new(from, to)).to_vec();
        let placed: Vec<usize> = lanes(spans).into_iter().map(|(_, lane)| lane).collect();
        assert_eq!(placed, [0, 1, 0, 2, LANES - 1]);
    }
}
