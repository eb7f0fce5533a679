//! The fonts of a page: those of egui with the characters of European writing and the signs of the window, which is a
//! third of what all of them would load. What is missing, eframe has the browser draw. `web/fonts/make.sh` makes them.

use std::sync::Arc;

use egui::{Context, FontData, FontDefinitions, FontFamily};

/// Of Hack.
const MONO: &[u8] = include_bytes!("../fonts/mono.ttf");
/// Of Ubuntu Light.
const PLAIN: &[u8] = include_bytes!("../fonts/plain.ttf");

/// Sets the fonts.
pub fn install(ctx: &Context) {
    let mut fonts = FontDefinitions::empty();
    for (name, bytes) in [("mono", MONO), ("plain", PLAIN)] {
        fonts.font_data.insert(name.to_owned(), Arc::new(FontData::from_static(bytes)));
    }
    let named = |names: [&str; 2]| names.map(str::to_owned).to_vec();
    // Hack has the arrows and signs that Ubuntu lacks.
    fonts.families.insert(FontFamily::Monospace, named(["mono", "plain"]));
    fonts.families.insert(FontFamily::Proportional, named(["plain", "mono"]));
    ctx.set_fonts(fonts);
}
