//! What is said about a line that cannot be read, or put in where something is missing.

use super::{Done, Last, Statements};
use crate::program::diagnostic::{Diagnostic, Span, quoted};
use crate::program::source::pythonism;
use crate::program::source::token::{self, Kind, Token};
use crate::vm::instruction::Instruction;

impl Statements<'_, '_> {
    pub(super) fn colon_missing(&mut self) -> Diagnostic {
        let at = Span { start: self.line_end, end: self.line_end };
        Diagnostic::new(at, "`:` is missing at the end")
            .help("a colon comes before the indented block")
    }

    /// The place before the next token.
    pub(super) fn place(&self) -> Span {
        let at = self.peek().map_or(self.line_end, |token| token.span.start);
        Span { start: at, end: at }
    }

    /// An operand is missing: an empty cell is put in, if that is wanted.
    pub(super) fn missing(&mut self) -> Done {
        let place = self.place();
        self.start = self.code.len(self.body);
        self.last = Last::Other;
        if let Some(notes) = &mut self.typed {
            notes.repairs.push((place.start, "?"));
            self.write(Instruction::Breakpoint, place);
            return Ok(());
        }
        let shown = self.peek().map_or(place, |token| token.span);
        let what = match self.peek() {
            Some(_) => "something is missing before this",
            None => "something is missing at the end of the line",
        };
        Err(Diagnostic::new(shown, what).help("`?` leaves a place open"))
    }

    pub(super) fn cannot_stand(&self, token: &Token) -> Diagnostic {
        let word = spelled(token);
        let diagnostic =
            Diagnostic::new(token.span, format!("{} cannot stand here", quoted(&word)));
        match pythonism::advice(&word) {
            Some(advice) => diagnostic.help(advice),
            None if word == "..." => {
                diagnostic.help("`...` is the last line of its block; an empty cell is `?`")
            }
            None => diagnostic,
        }
    }

    pub(super) fn operator_missing(&self, token: &Token) -> Diagnostic {
        let word = spelled(token);
        let message = format!("a `,` or an operator is missing before {}", quoted(&word));
        let diagnostic = Diagnostic::new(token.span, message);
        let before = self.at.checked_sub(1).map(|before| spelled(&self.tokens[before]));
        match before.as_deref().and_then(pythonism::advice).or_else(|| pythonism::advice(&word)) {
            Some(advice) => diagnostic.help(advice),
            None => diagnostic,
        }
    }
}

pub(super) fn no_block(colon: Span) -> Diagnostic {
    Diagnostic::new(colon, "only a call or a keyword can have a block below it")
        .help("write `if c:`, `while c:`, `times(n):`, `f(x):` or `x = block:`")
}

/// A token in a message.
fn spelled(token: &Token) -> String {
    match &token.kind {
        Kind::Sign(sign) => sign.to_string(),
        Kind::Becomes => "=".to_string(),
        Kind::Defines => "<-".to_string(),
        Kind::Operator(primitive) => token::spelled(*primitive).to_string(),
        Kind::Integer(value) | Kind::Step(value) => format!("{value}"),
        Kind::Text(_) => "\"...\"".to_string(),
        Kind::Address(address) => format!("@{address}"),
        Kind::Function(name) => format!("@{name}"),
        Kind::Global(name) => format!("${name}"),
        Kind::Quoted(name) | Kind::Word(name) => name.to_string(),
        Kind::Value => "_".to_string(),
        Kind::Hole => "?".to_string(),
        Kind::Open => "...".to_string(),
    }
}
