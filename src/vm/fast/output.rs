//! Printing in the loop.

use std::fmt::Write;
use std::sync::Arc;

use crate::vm::cell::Cell;
use crate::vm::text::Texts;

/// The output, and how many bytes may still be printed.
pub(super) struct Printer<'m> {
    pub(super) output: &'m mut Arc<String>,
    pub(super) room: u64,
}

impl Printer<'_> {
    /// Prints an integer or a text; false if it is something else, or if there is no room.
    #[inline(never)]
    pub(super) fn print(&mut self, value: Cell, end: &str, texts: &Texts) -> bool {
        // The longest integer has 20 characters.
        let most = 20 + end.len();
        if let Some(id) = value.as_text() {
            let text = texts.get(id);
            return self.write(text.len() + end.len(), |output| {
                output.push_str(text);
                output.push_str(end);
            });
        }
        match value.as_integer() {
            Some(number) if self.room >= most as u64 => {
                let output = Arc::make_mut(self.output);
                let before = output.len();
                write!(output, "{number}{end}").expect("a text takes everything");
                self.room -= (output.len() - before) as u64;
                true
            }
            Some(_) | None => false,
        }
    }

    fn write(&mut self, bytes: usize, write: impl Fn(&mut String)) -> bool {
        let Some(room) = self.room.checked_sub(bytes as u64) else { return false };
        self.room = room;
        write(Arc::make_mut(self.output));
        true
    }
}
