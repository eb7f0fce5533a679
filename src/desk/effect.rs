//! What only a front end can do. The desk asks for it, as plain data.

use super::action::Field;
use crate::program::cell_text::Source;
use crate::view::memory::At;

/// Something that the front end should do.
#[derive(Clone, Debug, PartialEq)]
pub enum Effect {
    /// Give a field the keyboard focus. The last of several requests counts.
    Focus(Field),
    /// The same after a travel, except that the timeline keeps the focus if it has it.
    FocusAfterTravel(Field),
    /// Give the row of a value of the parameter stack the keyboard focus; counted from the top.
    FocusStack(usize),
    /// Move the keyboard focus between the cells and the entry line.
    NextArea,
    /// Scroll to a cell.
    Reveal(At),
    /// Put cells on the clipboard.
    Copy(Source),
    /// Paste the clipboard into the entry line.
    Paste,
    /// Switch between the dark and the light theme, and call [`super::Desk::set_dark`].
    ToggleTheme,
    /// Draw everything this large; 1 is the normal size.
    Zoom(f32),
    /// Put a link on the clipboard that opens this recording.
    CopyLink(String),
    /// Close the front end.
    Close,
}
