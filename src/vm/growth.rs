//! How much data and text a program has made since its last collection: by these counts, which are part of
//! the machine, it is decided when the next begins. See `collect`.

/// How many bytes of texts count as a cell.
pub(super) const CELL_BYTES: u64 = 8;

/// When collections begin, and how fast they go on.
#[derive(Clone, Copy, Debug)]
pub(super) struct Pace {
    /// The least that is made between two collections, unless a limit is near, in cells.
    pub(super) least: u64,
    /// The cells that are looked at in one step, at most. Smaller heaps are collected at once.
    pub(super) step: u64,
}

impl Default for Pace {
    fn default() -> Pace {
        Pace { least: 1 << 18, step: 1 << 16 }
    }
}

/// What data and texts a program has made since its last collection, and what that one kept.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Growth {
    /// The cells of all data that was kept. An empty body counts as one cell.
    pub kept_cells: u64,
    /// The bytes of all texts that were kept.
    pub kept_text: u64,
    /// The cells of data made since.
    pub cells: u64,
    /// The bytes of texts made since, each counted as often as it was made.
    pub text: u64,
}

impl Growth {
    /// All that was made, in cells.
    pub(super) fn made(self) -> u64 {
        self.cells + self.text / CELL_BYTES
    }

    /// All that was kept, in cells.
    pub(super) fn kept(self) -> u64 {
        self.kept_cells + self.kept_text / CELL_BYTES
    }

    /// The bytes of all texts, at most.
    pub(super) fn all_text(self) -> u64 {
        self.kept_text + self.text
    }

    /// As it is when a collection begins. What will be kept is not known yet; this is the most.
    #[must_use]
    pub(super) fn at_beginning(self) -> Growth {
        let Growth { kept_cells, kept_text, cells, text } = self;
        Growth { kept_cells: kept_cells + cells, kept_text: kept_text + text, cells: 0, text: 0 }
    }
}
