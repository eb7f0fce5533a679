//! Texts, the cells they spell, and the bytes each cell owns. No byte has two owners; brackets, spaces
//! and comments may have none.

use super::diagnostic::Span;

/// A cell of a text and the bytes that it owns.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct CellSpan {
    /// The definition it is in, counted from 0; `None` in main and in a typed line.
    pub definition: Option<usize>,
    /// The body of its fragment.
    pub body: usize,
    /// The cell in that body.
    pub index: usize,
    /// The bytes.
    pub span: Span,
}

/// Text as cells.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Read<T> {
    /// The cells.
    pub cells: T,
    /// Where each cell is, in the order of the text.
    pub spans: Vec<CellSpan>,
}

/// Cells as text.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Printed {
    /// The text.
    pub text: String,
    /// Where each cell is, in the order of the text.
    pub spans: Vec<CellSpan>,
}
