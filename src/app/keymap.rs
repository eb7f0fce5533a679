//! From keys to actions.
//!
//! Keys are looked at before any widget, so the rule of [`Typing`] has to be applied here: a key
//! that a text field could use is left to it.

use egui::{Context, Event, Key, Modifiers};

use super::action::{Action, Direction, Row, TABLE, Typing};

/// What has the keyboard.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Focus {
    /// A text field with something in it, or one that is not the entry line.
    Text,
    /// The entry line, and it is empty.
    EmptyEntry,
    /// The cells.
    Cells,
    /// Anything else.
    Other,
}

/// Takes the keys that mean something, in the order of the table.
pub fn take(ctx: &Context, focus: Focus) -> Vec<Action> {
    let mut actions: Vec<Action> = by_precision()
        .filter(|row| fires(row, focus) && pressed(ctx, row))
        .map(|row| row.action.clone())
        .collect();
    if focus == Focus::Cells {
        actions.extend(take_moves(ctx));
    }
    actions
}

// egui lets `Ctrl+S` match `Ctrl+Shift+S` too, so keys with more modifiers come first.
fn by_precision() -> impl Iterator<Item = &'static Row> {
    let shifted = |row: &&Row| row.keys.iter().any(|key| key.modifiers.shift || key.modifiers.alt);
    let twice =
        |row: &&Row| row.keys.iter().any(|key| key.modifiers.shift && key.modifiers.command);
    let first = TABLE.iter().filter(move |row| twice(row));
    let second = TABLE.iter().filter(move |row| shifted(row) && !twice(row));
    let third = TABLE.iter().filter(move |row| !shifted(row));
    first.chain(second).chain(third)
}

fn fires(row: &Row, focus: Focus) -> bool {
    focus != Focus::Text || row.typing == Typing::Fires
}

fn pressed(ctx: &Context, row: &Row) -> bool {
    let event = match row.action {
        // The window system turns these keys into events of their own. Pasting is left to the field.
        Action::CopyCells => Some(Event::Copy),
        Action::Paste => return false,
        _ => None,
    };
    ctx.input_mut(|input| {
        if let Some(event) = event {
            let before = input.events.len();
            input.events.retain(|other| *other != event);
            return input.events.len() != before;
        }
        row.keys.iter().any(|key| input.consume_shortcut(key))
    })
}

const MOVES: [(Key, Direction); 8] = [
    (Key::ArrowLeft, Direction::Left),
    (Key::ArrowRight, Direction::Right),
    (Key::ArrowUp, Direction::Up),
    (Key::ArrowDown, Direction::Down),
    (Key::Home, Direction::Home),
    (Key::End, Direction::End),
    (Key::PageUp, Direction::PageUp),
    (Key::PageDown, Direction::PageDown),
];

fn take_moves(ctx: &Context) -> Vec<Action> {
    ctx.input_mut(|input| {
        let mut actions = Vec::new();
        for (key, direction) in MOVES {
            let presses = input.count_and_consume_key(Modifiers::NONE, key);
            actions.extend(std::iter::repeat_n(Action::Move(direction), presses));
        }
        actions
    })
}

#[cfg(test)]
mod tests {
    use egui::RawInput;

    use super::*;

    fn press(key: Key, modifiers: Modifiers, focus: Focus) -> Vec<Action> {
        let ctx = Context::default();
        let event = Event::Key { key, physical_key: None, pressed: true, repeat: false, modifiers };
        let input = RawInput { events: vec![event], ..RawInput::default() };
        let mut actions = Vec::new();
        let output = ctx.run_ui(input, |ui| actions.extend(take(ui.ctx(), focus)));
        output.drop_without_applying_deltas();
        actions
    }

    #[test]
    fn every_key_of_the_table_makes_its_action_and_no_other() {
        for row in
            TABLE.iter().filter(|row| !matches!(row.action, Action::CopyCells | Action::Paste))
        {
            for key in row.keys {
                let modifiers = if key.modifiers.command {
                    key.modifiers | Modifiers::CTRL
                } else {
                    key.modifiers
                };
                assert_eq!(
                    press(key.logical_key, modifiers, Focus::Other),
                    std::slice::from_ref(&row.action)
                );
                let typing = press(key.logical_key, modifiers, Focus::Text);
                let expected = (row.typing == Typing::Fires).then(|| row.action.clone());
                assert_eq!(typing, Vec::from_iter(expected), "{} while typing", row.name);
            }
        }
    }

    #[test]
    fn arrows_move_in_the_grid_only_when_it_has_the_keyboard() {
        assert_eq!(
            press(Key::ArrowUp, Modifiers::NONE, Focus::Cells),
            [Action::Move(Direction::Up)]
        );
        assert_eq!(press(Key::ArrowUp, Modifiers::NONE, Focus::EmptyEntry), []);
    }
}
