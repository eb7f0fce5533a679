//! The two texts of a cell or value, which must not be confused.
//!
//! A [`Source`] is exact: read in the scope it was printed in, it is the same cell. It is what is edited,
//! copied and put into commands. A [`Label`] is short: it is drawn, and a long text in it is cut. Rows
//! carry both. A source shares the text of the machine and is spelled only on demand, so two hundred rows
//! of 65,536 bytes each cost nothing until one of them is edited.

use std::borrow::Cow;
use std::fmt;
use std::sync::Arc;

use super::span::Printed;
use super::visible::visible;
use crate::vm::spelling::{SHOWN, Value, clip};

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
    /// Escapes what is invisible, as a terminal gets it; what is then too long is cut again.
    pub(super) fn new(words: String) -> Label {
        match visible(&words) {
            Cow::Borrowed(_) => Label(words.into()),
            Cow::Owned(shown) if shown.chars().count() <= SHOWN => Label(shown.into()),
            Cow::Owned(shown) if shown.starts_with('"') => {
                Label(format!("{}\"", clip(&shown, SHOWN - 1)).into())
            }
            Cow::Owned(shown) => Label(clip(&shown, SHOWN).into()),
        }
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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_invisible_in_a_text_is_drawn_as_an_escape_and_no_longer_than_others() {
        let label = |text: &str| Label::of_value(Value::Text(text)).to_string();
        for filler in ['\u{3164}', '\u{115f}', '\u{1160}', '\u{ffa0}', '\u{ad}', '\u{2800}'] {
            let code = u32::from(filler);
            assert_eq!(label(&format!("a{filler}b")), format!("\"a\\u{{{code:x}}}b\""));
            let long = label(&filler.to_string().repeat(100));
            assert!(long.starts_with("\"\\u{") && long.ends_with("…\""), "{long}");
            assert_eq!(long.chars().count(), SHOWN);
        }
        assert_eq!(label("می\u{200c}خواهم"), "\"می\u{200c}خواهم\"", "joiners stay");
    }
}
