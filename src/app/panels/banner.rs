//! Why the machine waits, and what can be done about it. Always shown at the same height, so that
//! nothing moves when the machine stops. Not a dialog, so that everything else stays possible.

use egui::{Align, Button, Color32, Layout, RichText, Shape, Stroke, Ui, vec2};

use crate::app::action_table::{key_text, row};
use crate::app::theme::{Look, plain, sentence};
use crate::desk::Answers;
use crate::desk::action::Action;
use crate::view::memory::CellKind;
use crate::view::stop::{StopRow, Tone};
use crate::vm::spelling::clip;

/// What the banner says.
#[derive(Debug)]
pub struct Banner<'a> {
    /// Why the machine waits.
    pub stop: &'a StopRow,
    /// What can be done about it.
    pub answers: &'a Answers,
    /// Whether the program runs.
    pub running: bool,
    /// Where in the past this is: `step 4 of 45`.
    pub past: Option<String>,
    /// The example whose run is shown in the place of the program.
    pub example: Option<String>,
}

const HEIGHT: f32 = 34.0;

/// Draws the banner.
pub fn show(ui: &mut Ui, banner: &Banner<'_>, actions: &mut Vec<Action>) {
    let look = Look::of(ui.ctx());
    let color = match &banner.past {
        _ if banner.running => look.signs.good,
        // The past has the colour of branches: typing begins one.
        Some(_) => look.kind(CellKind::Block),
        None => tone(look, banner.stop.tone),
    };
    let rect = egui::Rect::from_min_size(ui.max_rect().min, vec2(ui.max_rect().width(), HEIGHT));
    let part = if banner.past.is_some() { 0.26 } else { 0.13 };
    ui.painter().rect_filled(rect, 6.0, super::super::paint::blend(look.panel, color, part));
    ui.painter().rect_filled(rect.with_max_x(rect.left() + 4.0), 2.0, color);
    ui.allocate_ui_with_layout(rect.size(), Layout::left_to_right(Align::Center), |ui| {
        ui.add_space(14.0);
        mark(ui, banner, color);
        if let Some(example) = &banner.example {
            let words = format!("Example {}", clip(example, 30));
            let said =
                ui.label(RichText::new(words).font(plain(14.5)).color(look.signs.select).strong());
            super::say(&said, false);
            ui.add_space(6.0);
        }
        if let Some(past) = &banner.past {
            let words = match banner.example {
                Some(_) => format!("In the past, {past}"),
                None => format!("In the past, {past}: typing or running starts a branch"),
            };
            let said = ui.label(RichText::new(words).font(plain(14.5)).color(color).strong());
            super::say(&said, false);
            ui.add_space(6.0);
        }
        let title = if banner.running { "Running" } else { &banner.stop.title };
        let color = if banner.past.is_some() { look.text } else { color };
        let said = ui.label(RichText::new(title).font(plain(14.5)).color(color).strong());
        let alarms =
            matches!(banner.stop.tone, Tone::Fault | Tone::Limit | Tone::Wrong) && !banner.running;
        super::say(&said, alarms);
        ui.with_layout(Layout::right_to_left(Align::Center), |ui| {
            ui.add_space(6.0);
            for (action, words) in banner.answers.choices.iter().rev() {
                choice(ui, banner, action, words, actions);
            }
            ui.with_layout(Layout::left_to_right(Align::Center), |ui| detail(ui, banner, look));
        });
    });
}

fn detail(ui: &mut Ui, banner: &Banner<'_>, look: &Look) {
    if !banner.running {
        let job = sentence(&banner.stop.detail, 13.0, look.text, look);
        let said = ui.add(egui::Label::new(job).truncate()).on_hover_text(&banner.stop.detail);
        super::say(&said, false);
    }
}

fn choice(
    ui: &mut Ui,
    banner: &Banner<'_>,
    action: &Action,
    words: &str,
    actions: &mut Vec<Action>,
) {
    let key = if banner.answers.enter.as_ref() == Some(action) {
        "Enter".to_owned()
    } else {
        key_text(ui.ctx(), action)
    };
    let button = ui.add(Button::new(words).shortcut_text(key)).accessible_name(words);
    let button = match row(action) {
        Some(row) => button.on_hover_text(row.tooltip(ui.ctx())),
        None => button,
    };
    if button.clicked() {
        actions.push(action.clone());
    }
}

fn tone(look: &Look, tone: Tone) -> Color32 {
    match tone {
        Tone::Ready | Tone::Waits => look.signs.select,
        Tone::Write => look.signs.counter,
        Tone::Missing => look.signs.missing,
        Tone::Input => look.signs.changed,
        Tone::Fault | Tone::Limit | Tone::Wrong => look.signs.fault,
        Tone::Finished | Tone::Exited => look.signs.good,
    }
}

/// A mark with a shape of its own for each kind of stop.
fn mark(ui: &mut Ui, banner: &Banner<'_>, color: Color32) {
    let (rect, _) = ui.allocate_exact_size(vec2(16.0, 16.0), egui::Sense::HOVER);
    let (center, r) = (rect.center(), 6.0);
    let painter = ui.painter();
    let stroke = Stroke::new(1.8, color);
    let triangle = |points: [(f32, f32); 3]| points.map(|(x, y)| center + vec2(x, y)).to_vec();
    match banner.stop.tone {
        _ if banner.running => painter.add(Shape::convex_polygon(
            triangle([(-5.0, -6.0), (6.0, 0.0), (-5.0, 6.0)]),
            color,
            Stroke::NONE,
        )),
        Tone::Ready => painter
            .add(Shape::closed_line(triangle([(-5.0, -6.0), (6.0, 0.0), (-5.0, 6.0)]), stroke)),
        Tone::Waits => {
            painter.line_segment([center + vec2(-3.0, -5.0), center + vec2(-3.0, 5.0)], stroke);
            painter.line_segment([center + vec2(3.0, -5.0), center + vec2(3.0, 5.0)], stroke)
        }
        Tone::Write => painter.add(Shape::circle_stroke(center, r, stroke)),
        Tone::Missing => {
            painter.add(Shape::Vec(Shape::dashed_line(&circle(center, r), stroke, 4.0, 3.0)))
        }
        Tone::Input => painter.line(
            vec![
                center + vec2(-6.0, 4.0),
                center + vec2(-6.0, -4.0),
                center + vec2(2.0, 0.0),
                center + vec2(-6.0, 4.0),
            ],
            stroke,
        ),
        Tone::Fault | Tone::Limit => painter
            .add(Shape::closed_line(triangle([(0.0, -7.0), (7.0, 6.0), (-7.0, 6.0)]), stroke)),
        Tone::Wrong => {
            painter.line_segment([center + vec2(-5.0, -5.0), center + vec2(5.0, 5.0)], stroke);
            painter.line_segment([center + vec2(5.0, -5.0), center + vec2(-5.0, 5.0)], stroke)
        }
        Tone::Finished | Tone::Exited => painter.line(
            vec![center + vec2(-6.0, 0.0), center + vec2(-2.0, 5.0), center + vec2(6.0, -5.0)],
            stroke,
        ),
    };
}

fn circle(center: egui::Pos2, radius: f32) -> Vec<egui::Pos2> {
    (0..=24)
        .map(|n| center + radius * egui::Vec2::angled(n as f32 / 24.0 * std::f32::consts::TAU))
        .collect()
}
