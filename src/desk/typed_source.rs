//! The entry line in the source notation.
//!
//! What is typed becomes the cells that it means, and the commands get these as Forth words. So recordings do
//! not know in which notation a line was typed, and every rule about writing cells stays in one place.

use super::Desk;
use super::completion::Completion;
use super::entry_line::EntryMode;
use crate::program::cell_text::Source;
use crate::program::notation::Notation;
use crate::program::scope::Scope;
use crate::program::source::{self, Repair};
use crate::vm::index::BodyId;
use crate::vm::instruction::Fragment;
use crate::vm::memory::Place;

impl Desk {
    /// The notation of the entry line now. Values and data are the same in all.
    pub fn notation(&self) -> Notation {
        match (self.entry.mode, self.head().body) {
            (EntryMode::Write | EntryMode::Replace, BodyId::Code(_)) => {
                self.preferences.code.notation
            }
            (EntryMode::Write | EntryMode::Replace, BodyId::Data(_))
            | (EntryMode::Answer | EntryMode::Restart(_), _) => Notation::Forth,
        }
    }

    /// Switches the notation of the entry line.
    pub(super) fn switch_notation(&mut self) {
        self.preferences.code.notation = match self.preferences.code.notation {
            Notation::Forth => Notation::Source,
            Notation::Source => Notation::Forth,
        };
    }

    /// What is typed at a cell, as the text of a command, and what was put in because it was missing.
    pub(super) fn code_text(&self, at: Place, text: &str) -> Result<(String, Vec<Repair>), String> {
        match self.notation() {
            Notation::Forth => Ok((text.to_owned(), Vec::new())),
            Notation::Source => {
                let scope = Scope::of(self.session().machine(), at.body);
                let typed = source::read_typed(text, &scope);
                let source::Typed { read, repairs, .. } =
                    typed.map_err(|report| report.to_string())?;
                Ok((Notation::Forth.print_line(&read.cells, &scope).text, repairs))
            }
        }
    }

    /// Notes how the typed line calls functions that are missing.
    pub(super) fn note_calls(&mut self) {
        let Some(place) = self.place().filter(|_| self.notation() == Notation::Source) else {
            return;
        };
        let scope = Scope::of(self.session().machine(), place.body);
        let Ok(typed) = source::read_typed(&self.entry.text, &scope) else { return };
        for call in typed.calls {
            if self.session().machine().memory().function(&call.name).is_none() {
                self.document.supposed.note(&call);
            }
        }
    }

    /// What is proposed on an empty line: in a function that was just created, names for what it takes.
    pub(super) fn proposed(&self) -> Vec<Completion> {
        let memory = self.session().machine().memory();
        let counter = self.session().machine().task().counter();
        let is_new = memory.owner(counter.body) == counter.body
            && memory.code(counter.body).is_some_and(|code| code.used().is_empty());
        let header = self.document.supposed.header(memory.function_name(counter.body));
        let header = header.filter(|_| is_new && self.at_counter());
        let completion = |word| Completion {
            word,
            effect: String::new(),
            meaning: "Names what the function is called with.".to_owned(),
        };
        header.map(completion).into_iter().collect()
    }

    /// A cell as it is typed.
    pub(super) fn cell_source(&self, at: Place) -> Source {
        let machine = self.session().machine();
        let (cell, scope) = (machine.instruction(at), Scope::of(machine, at.body));
        match self.preferences.code.notation {
            Notation::Forth => Notation::Forth.source(&cell, &scope),
            Notation::Source => {
                let mut printed = Notation::Source.print_line(&Fragment::line(vec![cell]), &scope);
                printed.text.truncate(printed.text.trim_end().len());
                printed.into()
            }
        }
    }
}

impl Desk {
    /// What was put in after the typed text, to be drawn there as a ghost.
    pub fn ghost_end(&self) -> String {
        let text = &self.entry.text;
        let Ok(intent) = &*self.intent() else { return String::new() };
        let is_at_end = |&(at, _): &Repair| at >= text.trim_end().len();
        match intent.repairs.iter().all(is_at_end) {
            true => repaired(text, &intent.repairs)[text.len()..].to_owned(),
            false => String::new(),
        }
    }
}

/// The typed text with what was put in.
pub(super) fn repaired(text: &str, repairs: &[Repair]) -> String {
    let (mut shown, mut done) = (String::new(), 0);
    for &(at, piece) in repairs {
        let at = at.clamp(done, text.len());
        // What is put in at the end comes after the blanks that were typed.
        let at = if text[at..].trim().is_empty() { text.len() } else { at };
        shown += &text[done..at];
        if piece == "?" && !shown.is_empty() && !shown.ends_with([' ', '(']) {
            shown.push(' ');
        }
        shown += piece;
        done = at;
    }
    shown + &text[done..]
}
