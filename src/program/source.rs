//! The two texts of a cell or value, which must not be confused.
//!
//! A [`Source`] is exact: read in the scope it was printed in, it is the same cell. It is what is edited,
//! copied and put into commands. A [`Label`] is short: it is drawn, and a long text in it is cut. Rows
//! carry both. A source shares the text of the machine and is spelled only on demand, so two hundred rows
//! of 65,536 bytes each cost nothing until one of them is edited.

use std::fmt;
use std::sync::Arc;

use super::span::Printed;
use crate::vm::spelling::{SHOWN, Value};

/// The exact text of a cell, a value or a line of cells.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Source(Spelling);

#[derive(Clone, Debug, PartialEq, Eq)]
enum Spelling {
    Words(Box<str>),
    /// A text value, not yet quoted.
    Text(Arc<str>),
}

impl Source {
    pub(super) fn words(words: String) -> Source {
        Source(Spelling::Words(words.into()))
    }

    /// A name by itself.
    pub fn name(name: String) -> Source {
        Source::words(name)
    }

    pub(super) fn text(text: Arc<str>) -> Source {
        Source(Spelling::Text(text))
    }
}

impl From<Source> for String {
    fn from(source: Source) -> String {
        match source.0 {
            Spelling::Words(words) => words.into(),
            Spelling::Text(text) => {
                let mut words = String::with_capacity(text.len() + "\"\"".len());
                Value::Text(&text).spell(None, &mut words);
                words
            }
        }
    }
}

impl From<Printed> for Source {
    fn from(printed: Printed) -> Source {
        Source::words(printed.text)
    }
}

impl fmt::Display for Source {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        match &self.0 {
            Spelling::Words(words) => formatter.pad(words),
            Spelling::Text(_) => formatter.pad(&String::from(self.clone())),
        }
    }
}

/// The short text of a cell or value: it is drawn and never read back.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Label(Box<str>);

impl Label {
    pub(super) fn new(words: String) -> Label {
        Label(words.into())
    }

    /// The label of a value: at most [`SHOWN`] characters of a text, an address as `@200`.
    pub fn of_value(value: Value<'_>) -> Label {
        let mut words = String::new();
        value.spell(Some(SHOWN), &mut words);
        Label::new(words)
    }

    /// What is drawn; empty for an empty cell.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl fmt::Display for Label {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.pad(&self.0)
    }
}
