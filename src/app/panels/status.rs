//! The last line of the window: what Enter does now, the file, whether unsaved work is kept, and how many
//! instructions were executed.

use egui::{Align, Layout, RichText, Role, Ui, WidgetInfo};

use crate::app::theme::{Look, plain, sentence};
use crate::program::diagnostic::grouped;

/// What the status line says.
#[derive(Debug)]
pub struct Status<'a> {
    /// What Enter does now, or a message.
    pub words: &'a str,
    /// What kind of words they are.
    pub voice: Voice,
    /// The name of the file, and whether there is unsaved work.
    pub file: String,
    /// Why unsaved work is not kept, if it is not.
    pub not_kept: Option<&'a str>,
    /// How many instructions have retired.
    pub retired: u64,
}

/// The kind of words, which chooses their colour.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Voice {
    /// What Enter does now.
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
        if let Some(why) = status.not_kept {
            let words = RichText::new("Not kept").font(plain(12.0)).color(look.signs.missing);
            let whole =
                format!("Not kept: unsaved work would be lost in a crash. Autosave failed: {why}");
            let mark = ui.label(words).on_hover_text(&whole);
            mark.widget_info(|| WidgetInfo::labeled(Role::Label, true, &whole));
            ui.separator();
        }
        ui.with_layout(Layout::left_to_right(Align::Center), |ui| {
            let color = match status.voice {
                Voice::Hint => look.dim,
                Voice::Told => look.text,
                Voice::Warns => look.signs.missing,
            };
            let label = egui::Label::new(sentence(status.words, 12.5, color, look)).truncate();
            let said = ui.add(label).on_hover_text(status.words);
            match status.voice {
                Voice::Hint => {}
                Voice::Told => super::say(&said, false),
                Voice::Warns => super::say(&said, true),
            }
        });
    });
}
