//! What only a front can do: the desk asks for it, as plain data.

use super::action::Field;
use crate::program::source::Source;
use crate::view::memory::At;

/// Something that the front is to do.
#[derive(Clone, Debug, PartialEq)]
pub enum Effect {
    /// Give a field the keyboard. The last of several counts.
    Focus(Field),
    /// The same after going through time; the time line keeps the keyboard if it has it.
    FocusAfterTravel(Field),
    /// Move the keyboard between the cells and the entry line.
    NextArea,
    /// Bring a cell into sight.
    Reveal(At),
    /// Put cells on the clipboard.
    Copy(Source),
    /// Paste the clipboard into the entry line.
    Paste,
    /// Change between the dark theme and the light one, and tell [`super::Desk::set_dark`].
    ToggleTheme,
    /// Draw everything this large; 1 is the normal size.
    Zoom(f32),
    /// Close.
    Close,
}
