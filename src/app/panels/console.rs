//! What the program wrote, and the line it reads.

use egui::{Key, RichText, ScrollArea, TextEdit, Ui};

use crate::app::theme::{Look, mono, plain};
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
    /// Whether the field takes the keyboard focus in this frame.
    pub focus: bool,
}

/// How many bytes of output are shown, counted from the end. Laying out more takes longer than a frame,
/// and nobody scrolls through it.
const SHOWN: usize = 20_000;

/// Draws the console.
pub fn show(ui: &mut Ui, console: &Console<'_>, actions: &mut Vec<Action>) {
    let look = Look::of(ui.ctx());
    ui.horizontal(|ui| {
        ui.label(RichText::new("Console").font(plain(12.5)).color(look.dim).strong());
        field(ui, console, actions);
    });
    let area = ScrollArea::vertical().id_salt("console").auto_shrink(false).stick_to_bottom(true);
    // The console may be lower than egui thinks that a scroll area can be.
    let area = area.min_scrolled_height(0.0);
    area.show(ui, |ui| {
        let shown = tail(console.output);
        let (text, color) =
            if shown.is_empty() { ("no output yet", look.dim) } else { (shown, look.text) };
        ui.add(
            egui::Label::new(RichText::new(text).font(mono(12.5)).color(color)).selectable(true),
        );
    });
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
}

/// The id of the input field, for keyboard focus.
pub fn field_id() -> egui::Id {
    egui::Id::unique("input")
}
