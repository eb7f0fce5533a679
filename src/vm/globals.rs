//! The globals of a program: one table of values by name.
//!
//! All tasks share it. A copy of a machine shares the table, and a change copies a few nodes of it. The names are spelled out, because numbers of names differ
//! between machines that are equal; so the table is in the order of files and lists, and two tables are
//! compared entry by entry. A global exists once it has a value. Until then, a cell that uses it is just a
//! cell with a name.

use std::sync::Arc;

use imbl::OrdMap;

use super::cell::Cell;

/// The globals that have a value.
#[derive(Clone, Debug, Default)]
pub struct Globals {
    table: OrdMap<Arc<str>, Cell>,
}

impl Globals {
    /// The value of a global, if it has one.
    pub fn get(&self, name: &str) -> Option<Cell> {
        self.table.get(name).copied()
    }

    /// All names with their values, sorted by name.
    pub fn iter(&self) -> impl Iterator<Item = (&str, Cell)> {
        self.table.iter().map(|(name, &value)| (&**name, value))
    }

    /// How many there are.
    pub fn len(&self) -> usize {
        self.table.len()
    }

    /// Whether there are none.
    pub fn is_empty(&self) -> bool {
        self.table.is_empty()
    }

    /// Gives a global a value.
    pub(super) fn set(&mut self, name: &str, value: Cell) {
        match self.table.get_mut(name) {
            Some(old) => *old = value,
            None => drop(self.table.insert(name.into(), value)),
        }
    }

    /// Takes the value of a global away. Returns whether it had one.
    pub(super) fn clear(&mut self, name: &str) -> bool {
        self.table.remove(name).is_some()
    }

    /// Replaces every value.
    pub(super) fn map(&mut self, change: impl Fn(Cell) -> Cell) {
        // What does not change stays shared.
        let changed = self.table.iter().filter(|&(_, &value)| change(value) != value);
        let changed: Vec<Arc<str>> = changed.map(|(name, _)| name.clone()).collect();
        for name in changed {
            let value = self.table.get_mut(&name).expect("it is in the table");
            *value = change(*value);
        }
    }
}
