//! The fonts of a page: those of egui without its pictures of emoji, which are a third of all that a page would load.
//! What is missing, eframe has the browser draw.

use std::sync::Arc;

use egui::{Context, FontData, FontDefinitions, FontFamily};
use epaint_default_fonts::{EGUI_ICONS, HACK_REGULAR, UBUNTU_LIGHT};

/// Sets the fonts.
pub fn install(ctx: &Context) {
    let mut fonts = FontDefinitions::empty();
    for (name, bytes) in
        [("Hack", HACK_REGULAR), ("Ubuntu-Light", UBUNTU_LIGHT), ("egui-icons", EGUI_ICONS)]
    {
        fonts.font_data.insert(name.to_owned(), Arc::new(FontData::from_static(bytes)));
    }
    let named = |names: &[&str]| names.iter().map(|&name| name.to_owned()).collect();
    // Hack has the arrows and signs that Ubuntu lacks.
    fonts.families.insert(FontFamily::Monospace, named(&["Hack", "Ubuntu-Light", "egui-icons"]));
    fonts.families.insert(FontFamily::Proportional, named(&["Ubuntu-Light", "Hack", "egui-icons"]));
    ctx.set_fonts(fonts);
}
