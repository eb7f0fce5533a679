//! What the program wrote, and the line it reads; in grey, what it would write if it got the line as typed
//! so far.

use std::ops::Range;

use egui::text::{LayoutJob, TextFormat};
use egui::{Key, Label, Rect, RichText, Role, ScrollArea, Sense, TextEdit, Ui, WidgetInfo};

use crate::app::theme::{Look, mono, plain, sentence};
use crate::desk::Trial;
use crate::desk::action::{Action, Field};
use crate::vm::spelling::clip;

/// What the console shows.
#[derive(Debug)]
pub struct Console<'a> {
    /// All output.
    pub output: &'a str,
    /// The line being typed for the program.
    pub input: &'a str,
    /// Input that was given but not yet read.
    pub unread: &'a str,
    /// Whether the program waits for input.
    pub waits: bool,
    /// What it would do with the line, if that is known.
    pub trial: Option<&'a Trial>,
    /// The bytes of the output that a search found.
    pub found: Option<Range<usize>>,
    /// Whether the field takes the keyboard focus in this frame.
    pub focus: bool,
}

/// How many bytes of output are shown, counted from the end. Laying out more takes longer than a frame,
/// and nobody scrolls through it.
const SHOWN: usize = 20_000;

/// Draws the console.
pub fn show(ui: &mut Ui, console: &Console<'_>, actions: &mut Vec<Action>) {
    ui.horizontal(|ui| {
        let look = Look::of(ui.ctx());
        ui.label(RichText::new("Console").font(plain(12.5)).color(look.dim).strong());
        field(ui, console, actions);
    });
    let area = ScrollArea::vertical().id_salt("console").auto_shrink(false).stick_to_bottom(true);
    // The console may be lower than egui thinks that a scroll area can be.
    let area = area.min_scrolled_height(0.0);
    area.show(ui, |ui| {
        let tried = console.trial.map_or("", |trial| tail(&trial.output));
        match console.found.clone().filter(|found| found.end <= console.output.len()) {
            Some(found) => show_found(ui, console.output, found),
            None => show_text(ui, tail(console.output), tried),
        }
    });
}

/// What was written, and after it what would be.
fn show_text(ui: &mut Ui, written: &str, tried: &str) {
    let look = Look::of(ui.ctx());
    let format = |color| TextFormat { font_id: mono(12.5), color, ..TextFormat::default() };
    let mut job = LayoutJob::default();
    // The last line end would only show an empty line, and the console may be low.
    let last = |text| str::strip_suffix(text, '\n').unwrap_or(text);
    if tried.is_empty() {
        job.append(last(written), 0.0, format(look.text));
    } else {
        job.append(written, 0.0, format(look.text));
        job.append(last(tried), 0.0, format(look.dim));
    }
    let empty = written.is_empty() && tried.is_empty();
    if empty {
        job.append("no output yet", 0.0, format(look.dim));
    }
    let shown = ui.add(Label::new(job).selectable(true));
    if !empty {
        shown.widget_info(|| WidgetInfo::labeled(Role::Label, true, written));
    }
    if !tried.is_empty() {
        let corner = Rect::from_min_size(shown.rect.left_bottom(), egui::Vec2::ZERO);
        let mark = ui.interact(corner, shown.id.with("trial"), Sense::HOVER);
        let label = format!("would print: {tried}");
        mark.widget_info(|| WidgetInfo::labeled(Role::Label, true, &label));
    }
}

/// The output around what a search found.
fn show_found(ui: &mut Ui, output: &str, found: Range<usize>) {
    let look = Look::of(ui.ctx());
    let first = output.len().saturating_sub(SHOWN).min(found.start.saturating_sub(SHOWN / 2));
    let first = output.ceil_char_boundary(first).min(found.start);
    let last = output.floor_char_boundary((first + SHOWN).max(found.end).min(output.len()));
    let format = |background| TextFormat {
        font_id: mono(12.5),
        color: look.text,
        background,
        ..TextFormat::default()
    };
    let mut job = LayoutJob::default();
    let plain = egui::Color32::TRANSPARENT;
    job.append(&output[first..found.start], 0.0, format(plain));
    job.append(&output[found.clone()], 0.0, format(look.signs.changed.gamma_multiply(0.5)));
    job.append(&output[found.end..last], 0.0, format(plain));
    let shown = ui.add(Label::new(job).selectable(true));
    let label = format!("found in output: {}", &output[found.clone()]);
    shown.widget_info(|| WidgetInfo::labeled(Role::Label, true, &label));
    let id = egui::Id::unique("found output");
    if ui.data(|data| data.get_temp(id)) != Some(found.start) {
        ui.data_mut(|data| data.insert_temp(id, found.start));
        let lines = |text: &str| text.matches('\n').count() as f32;
        let part = lines(&output[first..found.start]) / (lines(&output[first..last]) + 1.0);
        let at = shown.rect.left_top() + egui::vec2(0.0, part * shown.rect.height());
        let line = Rect::from_min_size(at, egui::vec2(1.0, 16.0));
        ui.scroll_to_rect(line, Some(egui::Align::Center));
    }
}

fn tail(output: &str) -> &str {
    &output[output.ceil_char_boundary(output.len().saturating_sub(SHOWN))..]
}

fn field(ui: &mut Ui, console: &Console<'_>, actions: &mut Vec<Action>) {
    let hint =
        if console.waits { "the program waits for a line" } else { "a line for the program" };
    let mut input = console.input.to_owned();
    let field = TextEdit::singleline(&mut input)
        .font(mono(12.5))
        .hint_text(hint)
        .desired_width(260.0)
        .id(field_id());
    let response = ui.add(field).accessible_name("input for the program");
    if console.focus {
        response.request_focus();
    }
    if response.changed() {
        actions.push(Action::Typed(Field::Input, input.clone()));
    }
    if response.lost_focus() && ui.input(|state| state.key_pressed(Key::Enter)) {
        actions.push(Action::Input(input));
    }
    if !console.unread.is_empty() {
        let unread = clip(console.unread, 30);
        let unread: String = unread.chars().flat_map(char::escape_debug).collect();
        let look = Look::of(ui.ctx());
        ui.label(
            RichText::new(format!("not yet read: {unread}")).font(plain(12.0)).color(look.dim),
        );
    }
    if let Some(trial) = console.trial {
        let words = sentence(&trial.words, 12.0, Look::of(ui.ctx()).dim, Look::of(ui.ctx()));
        ui.add(Label::new(words).truncate());
    }
}

/// The id of the input field, for keyboard focus.
pub fn field_id() -> egui::Id {
    egui::Id::unique("input")
}
