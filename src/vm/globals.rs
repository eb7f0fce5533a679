//! The globals of a program: one table of values by name.
//!
//! All tasks share it. A copy of a machine shares the table until one of the two changes it, and a table is
//! small: only code and people make names. The names are spelled out, because numbers of names differ
//! between machines that are equal; so the table is in the order of files and lists, and two tables are
//! compared entry by entry. A global exists once it has a value. Until then, a cell that uses it is just a
//! cell with a name.
//!
//! The fast loop reaches a global by a slot, which the name keeps as long as the machine lives, with or
//! without a value. Which slot it is makes no difference, so copies need not agree.

use std::sync::Arc;

use imbl::OrdMap;

use super::cell::Cell;

/// The globals that have a value.
#[derive(Clone, Debug, Default)]
pub struct Globals {
    slots: OrdMap<Arc<str>, usize>,
    /// By slot; [`Cell::UNASSIGNED`] where there is no value.
    values: Arc<Vec<Cell>>,
    count: usize,
}

impl Globals {
    /// The value of a global, if it has one.
    pub fn get(&self, name: &str) -> Option<Cell> {
        self.in_slot(*self.slots.get(name)?)
    }

    /// All names with their values, sorted by name.
    pub fn iter(&self) -> impl Iterator<Item = (&str, Cell)> {
        self.slots.iter().filter_map(|(name, &slot)| Some((&**name, self.in_slot(slot)?)))
    }

    /// How many there are.
    pub fn len(&self) -> usize {
        self.count
    }

    /// Whether there are none.
    pub fn is_empty(&self) -> bool {
        self.count == 0
    }

    /// The slot of a global, which need not have a value.
    pub(super) fn slot(&mut self, name: &str) -> usize {
        if let Some(&slot) = self.slots.get(name) {
            return slot;
        }
        let slot = self.values.len();
        self.slots.insert(name.into(), slot);
        Arc::make_mut(&mut self.values).push(Cell::UNASSIGNED);
        slot
    }

    /// The value in a slot, if there is one.
    #[inline(always)]
    pub(super) fn in_slot(&self, slot: usize) -> Option<Cell> {
        Some(*self.values.get(slot)?).filter(|&value| value != Cell::UNASSIGNED)
    }

    /// Gives the global in a slot a value.
    #[inline(always)]
    pub(super) fn set_slot(&mut self, slot: usize, value: Cell) {
        let values = Arc::make_mut(&mut self.values);
        let old = std::mem::replace(&mut values[slot], value);
        self.count += usize::from(old == Cell::UNASSIGNED);
    }

    /// Gives a global a value.
    pub(super) fn set(&mut self, name: &str, value: Cell) {
        let slot = self.slot(name);
        self.set_slot(slot, value);
    }

    /// Takes the value of a global away. Returns whether it had one.
    pub(super) fn clear(&mut self, name: &str) -> bool {
        let slot = self.slots.get(name).copied();
        let Some(slot) = slot.filter(|&slot| self.in_slot(slot).is_some()) else { return false };
        Arc::make_mut(&mut self.values)[slot] = Cell::UNASSIGNED;
        self.count -= 1;
        true
    }

    /// Replaces every value.
    pub(super) fn map(&mut self, change: impl Fn(Cell) -> Cell) {
        let change = |value: Cell| if value == Cell::UNASSIGNED { value } else { change(value) };
        // A table without changes stays shared.
        if self.values.iter().any(|&value| change(value) != value) {
            let values = Arc::make_mut(&mut self.values);
            values.iter_mut().for_each(|value| *value = change(*value));
        }
    }
}
