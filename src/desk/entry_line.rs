//! The line in which instructions are typed: its text, what Enter will do with it, the lines typed
//! before, and the chosen completion.

use super::completion;
use crate::program::cell_text::Source;
use crate::program::notation::Notation;
use crate::vm::index::FrameId;

/// What Enter does with the typed text.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum EntryMode {
    /// Writes it at the selected cell, or at the counter.
    #[default]
    Write,
    /// Replaces the cell by it.
    Replace,
    /// Answers for the missing call: what that takes and leaves.
    Answer,
    /// Restarts this entry of the call stack, with the text as its parameter stack.
    Restart(FrameId),
}

/// The entry line.
#[derive(Clone, Debug, Default)]
pub struct EntryLine {
    /// The typed text.
    pub text: String,
    /// What Enter does with it.
    pub mode: EntryMode,
    /// Whether [`EntryMode::Write`] replaces cells instead of inserting.
    pub overwrites: bool,
    /// Earlier lines, the newest at the end.
    lines: Vec<String>,
    /// Which of them is shown, counted from the end; 0 for none.
    recalled: usize,
    /// The row of the chosen completion.
    choice: usize,
    /// Whether it was chosen with an arrow, so that Enter takes it.
    has_chosen: bool,
    /// Whether the list of completions was closed.
    quiet: bool,
}

/// The most lines remembered.
const LINES: usize = 500;

impl EntryLine {
    /// Takes text that the user typed.
    pub fn typed(&mut self, text: String) {
        self.text = text;
        (self.quiet, self.choice, self.has_chosen) = (false, 0, false);
    }

    /// Shows existing text, to be changed or confirmed.
    pub fn edit(&mut self, source: Source, mode: EntryMode) {
        self.set(source.into(), mode);
    }

    /// Asks for the replacement of a cell.
    pub fn ask_replacement(&mut self) {
        self.set(String::new(), EntryMode::Replace);
    }

    /// Asks what a missing call takes and leaves, and proposes what it takes.
    pub fn ask_answer(&mut self, takes: Vec<Source>) {
        let takes: String = takes.into_iter().map(|value| format!("{value} ")).collect();
        self.set(format!("{takes}-- "), EntryMode::Answer);
    }

    fn set(&mut self, text: String, mode: EntryMode) {
        self.clear();
        (self.text, self.mode, self.quiet) = (text, mode, true);
    }

    /// Empties it and returns to [`EntryMode::Write`].
    pub fn clear(&mut self) {
        let (lines, overwrites) = (std::mem::take(&mut self.lines), self.overwrites);
        *self = EntryLine { lines, overwrites, ..EntryLine::default() };
    }

    /// Remembers the line and empties it.
    pub fn submitted(&mut self) {
        let line = std::mem::take(&mut self.text);
        if !line.trim().is_empty() && self.lines.last() != Some(&line) {
            self.lines.push(line);
        }
        if self.lines.len() > LINES {
            self.lines.remove(0);
        }
        self.clear();
    }

    /// Whether there is nothing that Esc could clear.
    pub fn is_clear(&self) -> bool {
        self.text.is_empty() && self.mode == EntryMode::Write
    }

    /// Whether the text replaces cells.
    pub fn replaces(&self) -> bool {
        match self.mode {
            EntryMode::Replace => true,
            EntryMode::Write => self.overwrites,
            EntryMode::Answer | EntryMode::Restart(_) => false,
        }
    }

    /// Shows an older line.
    pub fn recall_older(&mut self) {
        self.recall((self.recalled + 1).min(self.lines.len()));
    }

    /// Shows a newer line; after the newest, an empty one.
    pub fn recall_newer(&mut self) {
        self.recall(self.recalled.saturating_sub(1));
    }

    fn recall(&mut self, back: usize) {
        self.recalled = back;
        self.text = match back {
            0 => String::new(),
            back => self.lines[self.lines.len() - back].clone(),
        };
        self.quiet = true;
    }

    /// Whether the list of completions is open, if there are any.
    pub fn lists_completions(&self) -> bool {
        !self.quiet
    }

    /// The row of the chosen one of `count` completions.
    pub fn choice(&self, count: usize) -> usize {
        self.choice.min(count.saturating_sub(1))
    }

    /// Chooses a completion by its row.
    pub fn choose(&mut self, row: usize) {
        (self.choice, self.has_chosen) = (row, true);
    }

    /// Whether a completion was chosen with an arrow.
    pub fn has_chosen(&self) -> bool {
        self.has_chosen
    }

    /// Closes the list of completions until something is typed.
    pub fn close_completions(&mut self) {
        self.quiet = true;
    }

    /// Completes the last word.
    pub fn complete(&mut self, word: &str, notation: Notation) {
        self.text = completion::completed(&self.text, word, notation);
        self.has_chosen = false;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lines_are_recalled_from_the_newest_on() {
        let mut entry = EntryLine::default();
        for line in ["1", "2", "2", " "] {
            entry.typed(line.to_owned());
            entry.submitted();
        }
        let mut seen = Vec::new();
        for older in [true, true, true, false, false, false] {
            if older {
                entry.recall_older()
            } else {
                entry.recall_newer()
            }
            seen.push(entry.text.clone());
        }
        assert_eq!(seen, ["2", "1", "1", "2", "", ""]);
    }

    #[test]
    fn a_mode_lasts_for_one_line_and_overwriting_for_all() {
        let mut entry = EntryLine { overwrites: true, ..EntryLine::default() };
        entry.set("3 -- ".to_owned(), EntryMode::Answer);
        assert!(!entry.replaces() && !entry.is_clear());
        entry.submitted();
        assert!(entry.replaces() && entry.is_clear());
    }
}
