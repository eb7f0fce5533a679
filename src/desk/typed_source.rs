//! The entry line in the source notation.
//!
//! What is typed becomes the cells that it means, and the commands get these as Forth words. So recordings do
//! not know in which notation a line was typed, and every rule about writing cells stays in one place.

use std::collections::HashSet;

use super::Desk;
use super::entry_line::EntryMode;
use crate::program::cell_text::Source;
use crate::program::notation::Notation;
use crate::program::scope::Scope;
use crate::program::source::{self, Repair};
use crate::vm::index::BodyId;
use crate::vm::instruction::{Fragment, Instruction};
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
                if let Some(name) = unknown_local(&read.cells, &scope) {
                    return Err(not_a_local(&name));
                }
                Ok((Notation::Forth.print_line(&read.cells, &scope).text, repairs))
            }
        }
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

/// A name that a line reads and nobody assigns.
fn unknown_local(code: &Fragment, scope: &Scope<'_>) -> Option<Box<str>> {
    let cells = || code.bodies.iter().flatten();
    let assigned: HashSet<&str> = cells().filter_map(Instruction::assigned).collect();
    let picked = |cell: &Instruction| {
        if let Instruction::Pick(name) = cell { Some(name.clone()) } else { None }
    };
    cells().filter_map(picked).find(|name| !scope.is_local(name) && !assigned.contains(&**name))
}

fn not_a_local(name: &str) -> String {
    format!(
        "`{name}` is not a local here: `{name}()` calls a function, and `{name} = ...` makes it a local"
    )
}
