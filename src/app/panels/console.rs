//! What the program wrote, and the line it reads; in grey, what it would write if it got the line as typed
//! so far.

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
        let written = tail(console.output);
        let tried = console.trial.map_or("", |trial| tail(&trial.output));
        show_text(ui, written, tried);
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
