//! The last line: what the next key does, and how far the machine is.

use egui::{Align, Layout, RichText, Ui};

use crate::app::theme::{Look, plain, sentence};
use crate::program::diagnostic::grouped;

/// What the status line says.
#[derive(Debug)]
pub struct Status<'a> {
    /// What Enter does now, or a message.
    pub words: &'a str,
    /// Which of them it is.
    pub voice: Voice,
    /// The file, with a mark if there is unsaved work.
    pub file: String,
    /// How many instructions have retired.
    pub retired: u64,
}

/// How the words are meant.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Voice {
    /// What the next key does.
    Hint,
    /// What was done.
    Told,
    /// What could not be done.
    Warns,
}

/// Draws the status line.
pub fn show(ui: &mut Ui, status: &Status<'_>) {
    let look = Look::of(ui.ctx());
    ui.with_layout(Layout::right_to_left(Align::Center), |ui| {
        let retired = format!("{} executed", grouped(status.retired));
        ui.label(RichText::new(retired).font(plain(12.0)).color(look.dim));
        ui.separator();
        ui.label(RichText::new(&status.file).font(plain(12.0)).color(look.dim));
        ui.separator();
        ui.with_layout(Layout::left_to_right(Align::Center), |ui| {
            let color = match status.voice {
                Voice::Hint => look.dim,
                Voice::Told => look.text,
                Voice::Warns => look.signs.missing,
            };
            let label = egui::Label::new(sentence(status.words, 12.5, color, look)).truncate();
            ui.add(label).on_hover_text(status.words);
        });
    });
}
