//! Looking at other places in memory. Nothing here changes the program.

use super::Desk;
use super::action::{Direction, Field, Panel};
use super::effect::Effect;
use super::overlay::Overlay;
use super::selection::Selection;
use crate::view::arrangement::Order;
use crate::view::memory::{self, At, Marks};
use crate::view::stop::Tone;
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

    /// Moves the selection among the cells, as they are arranged.
    pub(super) fn move_selection(&mut self, direction: Direction) {
        if let Some(to) = self.moved(direction) {
            self.select(Some(to));
        }
    }

    /// Moves the end of the selection.
    pub(super) fn extend_selection(&mut self, direction: Direction) {
        let from = self.head();
        let offset = match direction {
            Direction::Left => from.offset.saturating_sub(1),
            Direction::Right => from.offset.saturating_add(1),
            Direction::Home => 0,
            Direction::End => self.moved(direction).map_or(from.offset, |end| end.offset),
            Direction::Up | Direction::Down | Direction::PageUp | Direction::PageDown => return,
        };
        let extents = self.document.extents();
        let Some(extent) = extents.iter().find(|extent| extent.body == from.body) else { return };
        self.select_to(At { offset: offset.min(extent.size.saturating_sub(1)), ..from });
    }

    /// The cell in a direction. Up and down lead to other bodies: what is above or below a cell in its body depends
    /// on the width of the page.
    fn moved(&self, direction: Direction) -> Option<At> {
        let from = self.head();
        let arrangement = self.arrangement();
        let spot = arrangement.spot(from.body)?;
        let placed = &arrangement.placed()[spot.index];
        let start = |index: usize| {
            let placed = arrangement.placed().get(index)?;
            Some(At { body: placed.extent.body, offset: 0 })
        };
        let extent = spot.inline.map_or(placed.extent, |inline| placed.inline[inline].extent);
        match direction {
            Direction::Left => arrangement.before(from),
            Direction::Right => arrangement.after(from),
            Direction::Home => Some(At { offset: 0, ..from }),
            Direction::End => {
                let offset = extent.used.min(extent.size.saturating_sub(1));
                Some(At { offset, ..from })
            }
            Direction::Up | Direction::PageUp => spot.index.checked_sub(1).and_then(start),
            Direction::Down | Direction::PageDown => start(spot.index + 1),
        }
    }

    /// Whether the console has something to say: output, what was typed for the program, or that it waits.
    fn console_speaks(&self) -> bool {
        let machine = self.session().machine();
        let given = !self.session().image().given.is_empty() || !self.outside.input.is_empty();
        let given = given || !machine.input().rest().is_empty();
        !machine.output().is_empty() || given || self.stop().tone == Tone::Input
    }

    /// Whether the console is shown.
    pub fn shows_console(&self) -> bool {
        self.preferences.shows(Panel::Console) && (self.sight.console || self.console_speaks())
    }

    /// Shows or hides a panel. The console comes by itself, and can be asked for before.
    pub(super) fn show_panel(&mut self, panel: Panel) {
        match panel {
            Panel::Watches => return self.toggle_watches(),
            Panel::Examples => return self.toggle_examples(),
            Panel::Stack
            | Panel::Calls
            | Panel::Holes
            | Panel::Names
            | Panel::Console
            | Panel::Timeline => {}
        }
        let is_console = panel == Panel::Console;
        if is_console && self.preferences.shows(panel) && !self.console_speaks() {
            self.sight.console = !self.sight.console;
            return;
        }
        self.preferences.toggle(panel);
        self.sight.console = is_console && self.preferences.shows(panel);
    }

    /// Switches the order of the bodies among the cells.
    pub(super) fn switch_order(&mut self) {
        let order = &mut self.preferences.code.order;
        *order = match order {
            Order::ByUse => Order::ByAddress,
            Order::ByAddress => Order::ByUse,
        };
        self.emit(Effect::Reveal(self.head()));
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
