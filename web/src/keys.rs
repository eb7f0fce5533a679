//! Which keys the window has a use for: the browser must not do something else with them.

use egui::{Key, Modifiers};
use midflight::app::action_table::{Menu, TABLE};
use wasm_bindgen::prelude::*;

/// Whether the browser should leave a key to the window. `name` is its name in JavaScript.
#[wasm_bindgen(js_name = takesKey)]
pub fn takes_key(name: &str, ctrl: bool, shift: bool, alt: bool) -> bool {
    let Some(key) = Key::from_name(name).or_else(|| Key::from_name(&name.to_uppercase())) else {
        return false;
    };
    let modifiers = Modifiers { alt, ctrl, shift, mac_cmd: false, command: ctrl };
    // The clipboard's keys must reach the browser: it makes the events of the clipboard from them.
    let is_clipboard = ctrl && !alt && !shift && matches!(key, Key::C | Key::X | Key::V);
    let mut keys = TABLE.iter().flat_map(|row| row.keys);
    let is_action =
        keys.any(|own| own.logical_key == key && modifiers.matches_exact(own.modifiers));
    let is_menu = alt && !ctrl && !shift && Menu::ALL.iter().any(|menu| menu.letter() == key);
    (is_action || is_menu) && !is_clipboard
}
