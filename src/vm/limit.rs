//! Limits on what a program may use. They belong to the machine; a command changes them.
//!
//! A limit counts work or space, never time, so a run stops at the same instruction on every computer.
//! A run stops *before* the instruction that would exceed a limit; raise the limit, and the same
//! instruction runs.

use std::fmt;

use super::memory::MEMORY_CELLS;

/// What is limited.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum LimitKind {
    /// Cells of all bodies together.
    Memory,
    /// Values on the parameter stack.
    Parameters,
    /// Entries of the call stack: frames and running blocks.
    Calls,
    /// Bytes of all reachable texts.
    Text,
    /// Bytes of output.
    Output,
    /// Tasks that are not over, and those whose values nobody has taken.
    Tasks,
}

impl LimitKind {
    /// All kinds.
    pub const ALL: [LimitKind; 6] = [
        LimitKind::Memory,
        LimitKind::Parameters,
        LimitKind::Calls,
        LimitKind::Text,
        LimitKind::Output,
        LimitKind::Tasks,
    ];

    /// How it is written in a command, an option or a file.
    pub fn name(self) -> &'static str {
        match self {
            LimitKind::Memory => "memory",
            LimitKind::Parameters => "parameters",
            LimitKind::Calls => "calls",
            LimitKind::Text => "text",
            LimitKind::Output => "output",
            LimitKind::Tasks => "tasks",
        }
    }

    /// The kind with this name.
    pub fn find(name: &str) -> Option<LimitKind> {
        LimitKind::ALL.into_iter().find(|kind| kind.name() == name)
    }

    /// What it counts: one of these.
    pub fn unit(self) -> &'static str {
        match self {
            LimitKind::Memory => "cell",
            LimitKind::Parameters => "value",
            LimitKind::Calls => "activation",
            LimitKind::Text | LimitKind::Output => "byte",
            LimitKind::Tasks => "task",
        }
    }

    /// The limit of a new machine.
    pub fn default_value(self) -> u64 {
        match self {
            LimitKind::Memory => 1 << 24,
            LimitKind::Parameters => 1_000_000,
            LimitKind::Calls => 100_000,
            LimitKind::Text => 64 << 20,
            LimitKind::Output => 16 << 20,
            LimitKind::Tasks => 1000,
        }
    }

    /// The highest value that can be set: what the representation holds, or a few gigabytes.
    pub fn maximum(self) -> u64 {
        match self {
            LimitKind::Memory => MEMORY_CELLS,
            LimitKind::Parameters => 1 << 28,
            // With three words and 255 locals for each entry, indices still fit in 32 bits.
            LimitKind::Calls => 10_000_000,
            LimitKind::Text | LimitKind::Output => 1 << 31,
            LimitKind::Tasks => 1_000_000,
        }
    }
}

impl fmt::Display for LimitKind {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(self.name())
    }
}

/// The limits of a machine.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Limits([u64; 6]);

impl Limits {
    /// The limit of a kind.
    pub fn get(&self, kind: LimitKind) -> u64 {
        self.0[kind as usize]
    }

    /// Sets a limit; false if the value is above [`LimitKind::maximum`].
    #[must_use]
    pub fn set(&mut self, kind: LimitKind, value: u64) -> bool {
        let allowed = value <= kind.maximum();
        if allowed {
            self.0[kind as usize] = value;
        }
        allowed
    }
}

impl Default for Limits {
    fn default() -> Limits {
        Limits(LimitKind::ALL.map(LimitKind::default_value))
    }
}
