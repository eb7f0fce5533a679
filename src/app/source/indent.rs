//! The indentation of a line that is begun in the field of the edited line: that of the line before, and one level
//! more after a line that opens a block.

use egui::text_edit::TextEditState;
use egui::{Event, Key, Modifiers, Ui};

use super::draft::field_id;

/// How far a block is indented.
const LEVEL: usize = 2;

/// Takes the key that begins a line, and puts in the line end with the indentation instead.
pub fn take(ui: &Ui, text: &str) {
    if !ui.memory(|memory| memory.has_focus(field_id())) {
        return;
    }
    let state = TextEditState::load(ui.ctx(), field_id());
    let cursor = state.and_then(|state| state.cursor.char_range());
    let before = match cursor {
        Some(range) => range.sorted_cursors()[0].index.0,
        None => text.chars().count(),
    };
    let before: String = text.chars().take(before).collect();
    let is_it = |event: &Event| {
        matches!(event, Event::Key { key: Key::Enter, pressed: true, modifiers, .. }
            if *modifiers == Modifiers::SHIFT)
    };
    ui.ctx().input_mut(|input| {
        for event in input.events.iter_mut().filter(|event| is_it(event)) {
            *event = Event::Paste(format!("\n{}", " ".repeat(after(&before))));
        }
    });
}

/// How far the line after this text is indented.
fn after(text: &str) -> usize {
    let line = text.lines().next_back().filter(|_| !text.ends_with('\n')).unwrap_or_default();
    let indent = line.len() - line.trim_start_matches(' ').len();
    let code = line.split(" #").next().unwrap_or_default();
    indent + if code.trim_end().ends_with(':') { LEVEL } else { 0 }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_block_is_indented_and_other_lines_keep_their_indentation() {
        for (text, expected) in [
            ("", 0),
            ("f(x)", 0),
            ("if x:", 2),
            ("if x:  # why", 2),
            ("if x:\n  while y:", 4),
            ("if x:\n  f(x)", 2),
            ("if x:\n", 0),
            ("    a = [1, 2]  ", 4),
        ] {
            assert_eq!(after(text), expected, "{text}");
        }
    }
}
