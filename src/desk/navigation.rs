//! Looking at other places in memory. Nothing here changes the program.

use super::Desk;
use super::action::{Direction, Field};
use super::effect::Effect;
use super::overlay::Overlay;
use super::selection::Selection;
use crate::view::memory::{self, At, Marks};
use crate::vm::index::BodyId;

impl Desk {
    /// Selects a cell, or goes back to the counter.
    pub(super) fn select(&mut self, at: Option<At>) {
        self.sight.selection = at.map(Selection::cell);
        if let Some(at) = at {
            self.emit(Effect::Reveal(at));
        }
    }

    /// Selects from the selected cell up to another.
    pub(super) fn select_to(&mut self, at: At) {
        let selection = self.sight.selection.unwrap_or_else(|| Selection::cell(at));
        self.sight.selection = Some(selection.up_to(at));
    }

    /// Moves the selection in a grid with `columns` cells in a row.
    pub(super) fn move_selection(&mut self, direction: Direction, columns: u32) {
        let from = self.head();
        let extents = memory::extents(self.session().machine());
        let Some(index) = extents.iter().position(|extent| extent.body == from.body) else {
            return;
        };
        let (extent, columns) = (extents[index], columns.max(1));
        let last = extent.size.saturating_sub(1);
        let within = |offset: u32| At { offset: offset.min(last), ..from };
        let start = |extent: Option<&memory::BodyExtent>| {
            extent.map_or(from, |extent| At { body: extent.body, offset: 0 })
        };
        let before = index.checked_sub(1).and_then(|index| extents.get(index));
        let after = extents.get(index + 1);
        let to = match direction {
            Direction::Left => within(from.offset.saturating_sub(1)),
            Direction::Right => within(from.offset + 1),
            Direction::Up if from.offset >= columns => within(from.offset - columns),
            Direction::Down if from.offset + columns <= extent.used => {
                within(from.offset + columns)
            }
            Direction::Home => within(0),
            Direction::End => within(extent.used),
            Direction::Up | Direction::PageUp => start(before),
            Direction::Down | Direction::PageDown => start(after),
        };
        self.select(Some(to));
    }

    /// Shows what the selected cell points to.
    pub(super) fn follow(&mut self) {
        let row = memory::cell(self.session().machine(), &Marks::default(), self.head());
        match row.target {
            Some(body) => self.go_to(At { body, offset: 0 }),
            None => self.notice.warn("This cell points to nothing"),
        }
    }

    /// Shows a place.
    pub(super) fn go_to(&mut self, at: At) {
        self.sight.trail.push(self.head());
        self.select(Some(at));
    }

    /// Shows the place that was shown before.
    pub(super) fn back(&mut self) {
        match self.sight.trail.pop() {
            Some(at) => self.select(Some(at)),
            None => self.notice.warn("No other place was shown before"),
        }
    }

    /// Shows a function or an address.
    pub(super) fn go_to_text(&mut self, text: &str) {
        let memory = self.session().machine().memory();
        let word = text.trim().trim_start_matches('@');
        let by_address = || {
            let (body, offset) = memory.find(word.parse().ok()?)?;
            Some(At { body, offset: u32::try_from(offset).ok()? })
        };
        let by_name = || Some(At { body: BodyId::Code(memory.function(word)?), offset: 0 });
        match by_name().or_else(by_address) {
            Some(at) => {
                self.close_overlay();
                self.go_to(at);
            }
            None => self
                .notice
                .warn(format!("No function is named `{word}`, and no cell has that address")),
        }
    }

    /// Closes the overlay; the entry line gets the keyboard focus.
    pub(super) fn close_overlay(&mut self) {
        self.overlay = Overlay::None;
        self.emit(Effect::Focus(Field::Entry));
    }
}
