//! From keys to actions.
//!
//! Keys are read here before any widget sees them, so the rule of [`Typing`] is applied here: a key that
//! a text field could use is left to the field.

use egui::{Context, Event, Key, Modifiers};

use super::action_table::{ActionRow, Menu, TABLE, Typing, row};
use crate::desk::action::{Action, Direction};
use crate::desk::overlay::Overlay;
use crate::view::memory::At;

/// What has the keyboard focus.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Focus {
    /// A text field that is not empty or belongs to an overlay.
    Text,
    /// The entry line or the input line, while it is empty.
    EmptyEntry,
    /// The cells.
    Cells,
    /// The program as text.
    Source,
    /// Anything else.
    Other,
}

/// Takes the keys that mean something, and returns their actions. `beside` are the cells above and below the
/// selected one.
pub fn take(ctx: &Context, focus: Focus, beside: [Option<At>; 2]) -> Vec<Action> {
    digits_by_place(ctx);
    let mut actions: Vec<Action> = by_precision()
        .filter(|row| fires(row, focus) && pressed(ctx, row))
        .map(|row| row.action.clone())
        .collect();
    match focus {
        Focus::Cells => {
            let above = |to: Direction| match to {
                Direction::Up => beside[0],
                Direction::Down => beside[1],
                Direction::Left
                | Direction::Right
                | Direction::Home
                | Direction::End
                | Direction::PageUp
                | Direction::PageDown => None,
            };
            let extends = |to| above(to).map_or(Action::Extend(to), Action::SelectTo);
            // egui takes a key with Shift for the same key without it.
            actions.extend(take_moves(ctx, Modifiers::SHIFT, extends));
            let moves = |to| above(to).map_or(Action::Move(to), |at| Action::Select(Some(at)));
            actions.extend(take_moves(ctx, Modifiers::NONE, moves));
        }
        Focus::Source => actions.extend(take_moves(ctx, Modifiers::NONE, Action::MoveInText)),
        Focus::Text | Focus::EmptyEntry | Focus::Other => {}
    }
    actions
}

/// Whether an action works while an overlay is open: what the overlay hides should not change.
pub fn passes(overlay: &Overlay, action: &Action) -> bool {
    let opens = matches!(
        action,
        Action::GoToStep
            | Action::GoToAddress
            | Action::NameBookmark
            | Action::Branches
            | Action::ReplayOther
    );
    let looks = || row(action).is_some_and(|row| matches!(row.menu, Menu::View | Menu::Help));
    match overlay {
        Overlay::None => true,
        Overlay::Damaged(_)
        | Overlay::Unsaved(..)
        | Overlay::FileDialog(_)
        | Overlay::Path(..)
        | Overlay::Replace(..)
        | Overlay::Opening(_) => false,
        Overlay::Palette { .. }
        | Overlay::Keys(_)
        | Overlay::Instructions(_)
        | Overlay::GoTo(_)
        | Overlay::GoToStep(_)
        | Overlay::NameBookmark(_)
        | Overlay::Ask(..)
        | Overlay::Branches(_)
        | Overlay::Provenance(_)
        | Overlay::Legend
        | Overlay::Became(_)
        | Overlay::Mark { .. } => opens || looks(),
        Overlay::Breakpoints(_) => opens || looks() || *action == Action::DeleteCell,
    }
}

// egui lets `Ctrl+S` match `Ctrl+Shift+S` too, so keys with more modifiers come first.
fn by_precision() -> impl Iterator<Item = &'static ActionRow> {
    let shifted =
        |row: &&ActionRow| row.keys.iter().any(|key| key.modifiers.shift || key.modifiers.alt);
    let twice = |row: &&ActionRow| {
        let two = |modifiers: Modifiers| modifiers.shift && (modifiers.command || modifiers.alt);
        row.keys.iter().any(|key| two(key.modifiers))
    };
    let first = TABLE.iter().filter(move |row| twice(row));
    let second = TABLE.iter().filter(move |row| shifted(row) && !twice(row));
    let third = TABLE.iter().filter(move |row| !shifted(row));
    first.chain(second).chain(third)
}

/// Where digits are typed with Shift, Ctrl and the key of a digit writes something else: it means the digit there too,
/// unless what it writes has a meaning of its own, as `-` has.
fn digits_by_place(ctx: &Context) {
    let is_taken = |key: Key| {
        let mut keys = TABLE.iter().flat_map(|row| row.keys);
        keys.any(|shortcut| shortcut.logical_key == key && shortcut.modifiers == Modifiers::COMMAND)
    };
    ctx.input_mut(|input| {
        for event in &mut input.events {
            if let Event::Key { key, physical_key: Some(place), pressed: true, modifiers, .. } =
                event
                && DIGITS.contains(place)
                && modifiers.command_only()
                && !is_taken(*key)
            {
                *key = *place;
            }
        }
    });
}

const DIGITS: [Key; 10] = [
    Key::Num0,
    Key::Num1,
    Key::Num2,
    Key::Num3,
    Key::Num4,
    Key::Num5,
    Key::Num6,
    Key::Num7,
    Key::Num8,
    Key::Num9,
];

fn fires(row: &ActionRow, focus: Focus) -> bool {
    focus != Focus::Text || row.typing == Typing::Fires
}

fn pressed(ctx: &Context, row: &ActionRow) -> bool {
    // The window system turns these keys into events of their own. They are left to the field, copying and cutting
    // to whatever is selected.
    if matches!(row.action, Action::Paste | Action::CopyCells | Action::CutCells) {
        return false;
    }
    ctx.input_mut(|input| row.keys.iter().any(|key| input.consume_shortcut(key)))
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

fn take_moves(
    ctx: &Context,
    modifiers: Modifiers,
    action: impl Fn(Direction) -> Action,
) -> Vec<Action> {
    ctx.input_mut(|input| {
        let mut actions = Vec::new();
        for (key, direction) in MOVES {
            let presses = input.count_and_consume_key(modifiers, key);
            actions.extend(std::iter::repeat_n(action(direction), presses));
        }
        actions
    })
}

#[cfg(test)]
mod tests {
    use egui::RawInput;

    use super::*;
    use crate::desk::action::Panel;
    use crate::vm::index::BodyId;
    use crate::vm::memory::MAIN;

    /// The cell below the selected one.
    fn below() -> At {
        At { body: BodyId::Code(MAIN), offset: 7 }
    }

    fn press(key: Key, modifiers: Modifiers, focus: Focus) -> Vec<Action> {
        press_at((key, None), modifiers, focus)
    }

    fn press_at(
        (key, physical_key): (Key, Option<Key>),
        modifiers: Modifiers,
        focus: Focus,
    ) -> Vec<Action> {
        let ctx = Context::default();
        let event = Event::Key { key, physical_key, pressed: true, repeat: false, modifiers };
        let input = RawInput { events: vec![event], ..RawInput::default() };
        let mut actions = Vec::new();
        let output =
            ctx.run_ui(input, |ui| actions.extend(take(ui.ctx(), focus, [None, Some(below())])));
        output.drop_without_applying_deltas();
        actions
    }

    #[test]
    fn every_key_of_the_table_makes_its_action_and_no_other() {
        let own = [Action::CopyCells, Action::CutCells, Action::Paste];
        for row in TABLE.iter().filter(|row| !own.contains(&row.action)) {
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
    fn a_digit_is_found_by_its_place_where_it_needs_shift() {
        let ctrl = Modifiers::COMMAND | Modifiers::CTRL;
        let shifted = ctrl | Modifiers::SHIFT;
        let pressed = |key, place, modifiers| press_at((key, Some(place)), modifiers, Focus::Text);
        let show = |panel| [Action::Show(panel)];
        // A French keyboard writes & \" ' - without Shift, and digits with it.
        assert_eq!(pressed(Key::Num1, Key::Num1, ctrl), show(Panel::Stack), "not known to egui");
        assert_eq!(pressed(Key::Quote, Key::Num4, ctrl), show(Panel::Names));
        assert_eq!(pressed(Key::Num4, Key::Num4, shifted), show(Panel::Names));
        assert_eq!(pressed(Key::Num6, Key::Num6, shifted), show(Panel::Timeline));
        // `-` makes the text smaller, wherever it is.
        assert_eq!(pressed(Key::Minus, Key::Num6, ctrl), [Action::SmallerText]);
        assert_eq!(pressed(Key::Minus, Key::Minus, ctrl), [Action::SmallerText]);
        // An American keyboard writes ! with Shift, which means nothing.
        assert_eq!(pressed(Key::Exclamationmark, Key::Num1, shifted), []);
        // A letter keeps its meaning, whatever is written at its place elsewhere.
        assert_eq!(pressed(Key::Q, Key::A, ctrl), [Action::Quit]);
    }

    #[test]
    fn arrows_move_in_the_grid_only_when_it_has_the_keyboard() {
        assert_eq!(
            press(Key::ArrowUp, Modifiers::NONE, Focus::Cells),
            [Action::Move(Direction::Up)]
        );
        assert_eq!(
            press(Key::ArrowDown, Modifiers::NONE, Focus::Cells),
            [Action::Select(Some(below()))]
        );
        assert_eq!(
            press(Key::ArrowDown, Modifiers::SHIFT, Focus::Cells),
            [Action::SelectTo(below())]
        );
        assert_eq!(
            press(Key::ArrowRight, Modifiers::SHIFT, Focus::Cells),
            [Action::Extend(Direction::Right)]
        );
        assert_eq!(press(Key::ArrowUp, Modifiers::NONE, Focus::EmptyEntry), []);
    }
}
