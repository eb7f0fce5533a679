//! A message to the user: what was done, or why something could not be done.

/// A message, shown until the next action.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Notice {
    /// What it says; empty if there is none.
    pub words: String,
    /// It says why something could not be done.
    pub warns: bool,
    /// It is about the text of the entry line, and so means nothing once that changes.
    of_line: bool,
}

impl Notice {
    /// Says what was done.
    pub fn tell(&mut self, words: impl Into<String>) {
        *self = Notice { words: words.into(), ..Notice::default() };
    }

    /// Says why something could not be done.
    pub fn warn(&mut self, words: impl Into<String>) {
        *self = Notice { words: words.into(), warns: true, ..Notice::default() };
    }

    /// Appends a sentence to the message.
    pub fn add(&mut self, words: &str) {
        if !self.words.is_empty() {
            self.words.push(' ');
        }
        self.words += words;
    }

    /// The message is about the text of the entry line.
    pub fn belongs_to_line(&mut self) {
        self.of_line = true;
    }

    /// The entry line changed: removes a message about its text.
    pub fn line_changed(&mut self) {
        if self.of_line {
            self.clear();
        }
    }

    /// Removes the message.
    pub fn clear(&mut self) {
        *self = Notice::default();
    }
}
