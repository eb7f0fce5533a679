//! Where each cell of a program text begins in it: four bytes a cell, which a reader can keep of every text.

/// Where the cells of a fragment begin, body by body.
pub type Starts = Vec<Vec<u32>>;

/// The start of a cell that is in no text.
pub const NOWHERE: u32 = u32::MAX;

/// Where the cells of a program begin.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct ProgramStarts {
    /// In main.
    pub main: Starts,
    /// In the definitions.
    pub definitions: Vec<Starts>,
}
