//! How much a bounded fork may take up beyond what existed when it was made, whatever the limits of the
//! program are.
//!
//! What counts: cells that are allocated, or copied because they are written to; bytes of new texts;
//! bytes of output.

/// How much a fork may take up.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Room {
    /// Cells that it makes, and cells that it copies to change them.
    pub cells: u64,
    /// Bytes of the texts that it makes.
    pub text: u64,
    /// Bytes that it prints.
    pub output: u64,
}

/// What is left of a [`Room`]. The cells are counted with the data of the fork.
#[derive(Clone, Copy, Debug)]
pub(super) struct Bounds {
    pub(super) text: u64,
    pub(super) output: u64,
}
