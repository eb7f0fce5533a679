//! A message to the user: what was done, or why something could not be done.

/// A message, shown until the next action.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Notice {
    /// What it says; empty if there is none.
    pub words: String,
    /// It says why something could not be done.
    pub warns: bool,
}

impl Notice {
    /// Says what was done.
    pub fn tell(&mut self, words: impl Into<String>) {
        *self = Notice { words: words.into(), warns: false };
    }

    /// Says why something could not be done.
    pub fn warn(&mut self, words: impl Into<String>) {
        *self = Notice { words: words.into(), warns: true };
    }

    /// Appends a sentence to the message.
    pub fn add(&mut self, words: &str) {
        if !self.words.is_empty() {
            self.words.push(' ');
        }
        self.words += words;
    }

    /// Removes the message.
    pub fn clear(&mut self) {
        *self = Notice::default();
    }
}
