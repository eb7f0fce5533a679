//! Why a command or request was refused. Then it has changed nothing.

use super::journal::Mismatch;
use std::fmt;

use crate::program::diagnostic::{Diagnostics, place};
use crate::vm::refusal::Refusal;

/// Why a command or request was refused.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Refused {
    /// The machine refused it.
    Edit(Refusal),
    /// Its text does not parse: the text, and what is wrong with it.
    Text(String, Diagnostics),
    /// The replay diverged from the journal.
    Mismatch(Mismatch),
    /// Anything else, in words.
    Other(String),
}

impl fmt::Display for Refused {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Refused::Edit(refusal) => write!(formatter, "{refusal}"),
            Refused::Text(_, diagnostics) => match diagnostics.iter().next() {
                Some(first) => match &first.help {
                    Some(help) => write!(formatter, "{}; {help}", first.message),
                    None => formatter.write_str(&first.message),
                },
                None => formatter.write_str("the text does not parse"),
            },
            Refused::Mismatch(mismatch) => write!(formatter, "{mismatch}"),
            Refused::Other(words) => formatter.write_str(words),
        }
    }
}

impl Refused {
    /// It in words; of a text that does not parse, with the line and column of the first mistake.
    pub fn with_place(&self) -> String {
        let first = match self {
            Refused::Text(text, report) => report.iter().next().map(|first| (text, first)),
            Refused::Edit(_) | Refused::Mismatch(_) | Refused::Other(_) => None,
        };
        match first {
            Some((text, first)) => {
                let (line, column) = place(text, first.span.start);
                format!("line {line}, column {column}: {self}")
            }
            None => self.to_string(),
        }
    }
}

impl std::error::Error for Refused {}

impl From<Mismatch> for Refused {
    fn from(mismatch: Mismatch) -> Refused {
        Refused::Mismatch(mismatch)
    }
}

impl From<Refusal> for Refused {
    fn from(refusal: Refusal) -> Refused {
        Refused::Edit(refusal)
    }
}
