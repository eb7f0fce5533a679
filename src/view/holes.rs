//! Rows of the names: those that are defined, and the holes, which are not yet.

use super::memory::At;
use crate::vm::cell::BodyId;

/// A place where a name is used.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct UseRow {
    /// The cell.
    pub at: At,
    /// Its address now.
    pub address: u64,
    /// The body it is in: `fib`, `block in fib`.
    pub title: String,
}

/// A function.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct NameRow {
    /// Its name.
    pub name: String,
    /// Its body.
    pub body: BodyId,
    /// Its first address now.
    pub start: u64,
    /// Cells up to the last that is not empty.
    pub used: u32,
    /// How many cells call it.
    pub callers: usize,
}

/// A name that something uses and nothing has.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct HoleRow {
    /// The name.
    pub name: String,
    /// The cells that use it, by address.
    pub uses: Vec<UseRow>,
    /// Whether the machine waits for it now.
    pub waiting: bool,
}
