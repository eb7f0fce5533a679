//! A message to the user: what was done, or why something could not be done.

/// A message, shown until the next action, or until something is typed.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Notice {
    /// What it says; empty if there is none.
    pub words: String,
    /// It says why something could not be done.
    pub warns: bool,
    /// It also stays while something is typed, because who types on without seeing it may lose work.
    stays: bool,
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

    /// Appends a sentence to the message, which ends before it.
    pub fn add(&mut self, words: &str) {
        if !self.words.is_empty() {
            let is_ended = self.words.ends_with(['.', '!', '?']);
            self.words += if is_ended { " " } else { ". " };
        }
        self.words += words;
    }

    /// Says that work could not be saved.
    pub fn fail(&mut self, words: impl Into<String>) {
        *self = Notice { words: words.into(), warns: true, stays: true };
    }

    /// Something was typed: what was refused before is no longer what the user thinks about.
    pub fn typed_on(&mut self) {
        if !self.stays {
            self.clear();
        }
    }

    /// Removes the message.
    pub fn clear(&mut self) {
        *self = Notice::default();
    }
}
