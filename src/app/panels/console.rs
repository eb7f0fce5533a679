//! What the program wrote and, in another colour, what it was given; and the line it reads. In grey, what it would write if it got the line as typed
//! so far.

use std::ops::Range;

use egui::text::{LayoutJob, TextFormat};
use egui::{
    Color32, Key, Label, Rect, Response, RichText, Role, ScrollArea, Sense, TextEdit, Ui, Vec2,
    WidgetInfo,
};

use crate::app::theme::{Look, mono, plain, sentence};
use crate::desk::Trial;
use crate::desk::action::{Action, Field};
use crate::program::given::Given;
use crate::vm::spelling::clip;

/// What the console shows.
#[derive(Debug)]
pub struct Console<'a> {
    /// All output.
    pub output: &'a str,
    /// What the program was given to read.
    pub given: &'a Given,
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
            Some(found) => show_found(ui, console, found),
            None => show_text(ui, console, tried, actions),
        }
    });
}

/// What was written and given, and after it what would be written.
fn show_text(ui: &mut Ui, console: &Console<'_>, tried: &str, actions: &mut Vec<Action>) {
    let look = Look::of(ui.ctx());
    let first = console.output.len() - tail(console.output).len();
    let mut pieces = Vec::new();
    console.pieces(first..console.output.len(), Voice::Printed, &mut pieces);
    pieces.push((tried, Voice::Tried));
    pieces.retain(|(text, _)| !text.is_empty());
    if pieces.is_empty() {
        ui.label(RichText::new("no output yet").font(mono(12.5)).color(look.dim));
        return;
    }
    let told: String =
        pieces.iter().filter(|(_, voice)| *voice != Voice::Tried).map(|(text, _)| *text).collect();
    let mut job = laid_out(&mut pieces, look);
    job.wrap.max_width = ui.available_width();
    let galley = ui.fonts_mut(|fonts| fonts.layout_job(job.clone()));
    let shown = ui.add(Label::new(job).selectable(true));
    shown.widget_info(|| WidgetInfo::labeled(Role::Label, true, &told));
    // After the end, the last character is meant.
    let last = console.output.trim_end().len().saturating_sub(1);
    let printed = |at| (first + printed_before(&pieces, at)).min(last);
    menu(ui, &shown, |pointer| printed(galley.cursor_from_pos(pointer).index.into()), actions);
    if !tried.is_empty() {
        mark(ui, &shown, "trial", &format!("would print: {tried}"));
    }
    for (n, (text, _)) in pieces.iter().filter(|(_, voice)| *voice == Voice::Given).enumerate() {
        mark(ui, &shown, n, &format!("given: {text}"));
    }
}

/// How many bytes of the pieces were printed before the character with this number.
fn printed_before(pieces: &[(&str, Voice)], mut at: usize) -> usize {
    let mut printed = 0;
    for (text, voice) in pieces {
        let is_printed = matches!(voice, Voice::Printed | Voice::Found);
        if let Some((byte, _)) = text.char_indices().nth(at) {
            return printed + if is_printed { byte } else { 0 };
        }
        at -= text.chars().count();
        printed += if is_printed { text.len() } else { 0 };
    }
    printed
}

/// The menu of the output asks where the character under the pointer came from; `byte` says which it is.
fn menu(ui: &Ui, shown: &Response, byte: impl Fn(Vec2) -> usize, actions: &mut Vec<Action>) {
    let id = shown.id.with("asked");
    if shown.secondary_clicked()
        && let Some(pointer) = shown.interact_pointer_pos()
    {
        let byte = byte(pointer - shown.rect.left_top()) as u64;
        ui.data_mut(|data| data.insert_temp(id, byte));
    }
    shown.context_menu(|ui| {
        let byte = ui.data(|data| data.get_temp(id));
        if ui.button("Where did this come from").clicked()
            && let Some(byte) = byte
        {
            actions.push(Action::WhereFromOutput(byte));
        }
    });
}

/// What a screen reader says about a part of the text.
fn mark(ui: &Ui, shown: &Response, id: impl egui::AsIdSalt, label: &str) {
    let corner = Rect::from_min_size(shown.rect.left_bottom(), egui::Vec2::ZERO);
    let mark = ui.interact(corner, shown.id.with(id), Sense::HOVER);
    mark.widget_info(|| WidgetInfo::labeled(Role::Label, true, label));
}

/// Whose words a piece of the text is.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Voice {
    Printed,
    /// Printed, and found by a search.
    Found,
    Given,
    Tried,
}

impl<'a> Console<'a> {
    /// A part of the output as pieces, with what was given in its place.
    fn pieces(&self, part: Range<usize>, voice: Voice, pieces: &mut Vec<(&'a str, Voice)>) {
        let ends = part.end == self.output.len();
        let mut from = part.start;
        for given in self.given.texts() {
            let is_inside = part.contains(&given.at) || ends && given.at == part.end;
            if is_inside && self.output.is_char_boundary(given.at) {
                pieces.push((&self.output[from..given.at], voice));
                pieces.push((&given.text, Voice::Given));
                from = given.at;
            }
        }
        pieces.push((&self.output[from..part.end], voice));
    }
}

/// The pieces as a text. The last line end would only show an empty line, and the console may be low.
fn laid_out(pieces: &mut [(&str, Voice)], look: &Look) -> LayoutJob {
    if let Some((last, _)) = pieces.last_mut() {
        *last = last.strip_suffix('\n').unwrap_or(last);
    }
    let mut job = LayoutJob::default();
    for (text, voice) in pieces {
        let (color, background) = match voice {
            Voice::Printed => (look.text, Color32::TRANSPARENT),
            Voice::Found => (look.text, look.signs.changed.gamma_multiply(0.5)),
            Voice::Given => (look.signs.changed, Color32::TRANSPARENT),
            Voice::Tried => (look.dim, Color32::TRANSPARENT),
        };
        let font_id = mono(12.5);
        job.append(text, 0.0, TextFormat { font_id, color, background, ..TextFormat::default() });
    }
    job
}

/// The output around what a search found.
fn show_found(ui: &mut Ui, console: &Console<'_>, found: Range<usize>) {
    let (look, output) = (Look::of(ui.ctx()), console.output);
    let first = output.len().saturating_sub(SHOWN).min(found.start.saturating_sub(SHOWN / 2));
    let first = output.ceil_char_boundary(first).min(found.start);
    let last = output.floor_char_boundary((first + SHOWN).max(found.end).min(output.len()));
    let mut pieces = Vec::new();
    console.pieces(first..found.start, Voice::Printed, &mut pieces);
    console.pieces(found.clone(), Voice::Found, &mut pieces);
    console.pieces(found.end..last, Voice::Printed, &mut pieces);
    let shown = ui.add(Label::new(laid_out(&mut pieces, look)).selectable(true));
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
