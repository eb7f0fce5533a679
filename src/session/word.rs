//! The words of a line of a recording: bare words, and texts in backticks.
//!
//! In backticks, `\n`, `\t`, `\r`, `\\` and `` \` `` are escapes, so any text fits on one line.

use std::io::{self, Write};

use crate::vm::spelling::{SHOWN, clip};

use crate::vm::vocabulary::Vocabulary;

/// A word of a line.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Word<'l> {
    /// A bare word.
    Plain(&'l str),
    /// A text in backticks.
    Quoted(String),
}

impl Word<'_> {
    /// The word as it is written, for errors.
    pub(super) fn show(&self) -> String {
        match self {
            Word::Plain(word) => format!("`{}`", clip(word, SHOWN)),
            Word::Quoted(text) => quote(&clip(text, SHOWN)),
        }
    }
}

/// The words of a line that are still to be read.
pub struct Words<'l> {
    pub(super) rest: &'l str,
    /// The vocabulary of code among them.
    pub(super) vocabulary: Vocabulary,
}

impl<'l> Words<'l> {
    /// The words of this line.
    pub(super) fn new(line: &'l str) -> Words<'l> {
        Words { rest: line, vocabulary: Vocabulary::NEWEST }
    }

    /// The next word.
    ///
    /// # Errors
    /// In words, if a text in backticks is malformed.
    pub(super) fn next(&mut self) -> Result<Option<Word<'l>>, String> {
        self.rest = self.rest.trim_start();
        if self.rest.is_empty() {
            return Ok(None);
        }
        if let Some(quoted) = self.rest.strip_prefix('`') {
            let (text, rest) = unquote(quoted)?;
            self.rest = rest;
            return Ok(Some(Word::Quoted(text)));
        }
        // The last word ends with the line.
        let end = self.rest.find(char::is_whitespace).unwrap_or(self.rest.len());
        let (word, rest) = self.rest.split_at(end);
        self.rest = rest;
        Ok(Some(Word::Plain(word)))
    }

    /// Checks that the line ends here.
    ///
    /// # Errors
    /// In words, if another word follows.
    pub(super) fn end(&mut self) -> Result<(), String> {
        match self.next()? {
            None => Ok(()),
            Some(word) => Err(one_too_many(&word)),
        }
    }

    /// The next word of a command; a bar ends the command.
    ///
    /// # Errors
    /// In words, if there is none; `wanted` names what is missing.
    pub(super) fn operand(&mut self, wanted: &str) -> Result<Word<'l>, String> {
        match self.next()? {
            None => Err(format!("{wanted} is missing at the end of the line")),
            Some(Word::Plain("|")) => Err(format!("{wanted} is missing before the bar")),
            Some(word) => Ok(word),
        }
    }

    /// The next word, which must be bare.
    ///
    /// # Errors
    /// In words, if it is something else.
    pub(super) fn plain(&mut self, wanted: &str) -> Result<&'l str, String> {
        match self.operand(wanted)? {
            Word::Plain(word) => Ok(word),
            quoted @ Word::Quoted(_) => Err(expected(wanted, &quoted)),
        }
    }

    /// The next word, which must be in backticks.
    ///
    /// # Errors
    /// In words, if it is something else.
    pub(super) fn text(&mut self, wanted: &str) -> Result<String, String> {
        match self.operand(wanted)? {
            Word::Quoted(text) => Ok(text),
            plain @ Word::Plain(_) => Err(expected(wanted, &plain)),
        }
    }
}

/// The message for a word that is not what is wanted.
pub(super) fn expected(wanted: &str, found: &Word<'_>) -> String {
    format!("expected {wanted}, found {}", found.show())
}

/// The message for a word where the line should end.
pub(super) fn one_too_many(word: &Word<'_>) -> String {
    format!("{} is one word too many", word.show())
}

/// A text in backticks.
pub fn quote(text: &str) -> String {
    let mut quoted = Vec::new();
    quote_to(&mut quoted, |quoting| quoting.write_all(text.as_bytes()))
        .expect("memory takes all that is written to it");
    String::from_utf8(quoted).expect("texts are written, and only ASCII is replaced")
}

/// Writes a text in backticks that is made in pieces.
pub(super) fn quote_to(
    out: &mut dyn Write,
    write: impl FnOnce(&mut Quoting<'_>) -> io::Result<()>,
) -> io::Result<()> {
    out.write_all(b"`")?;
    write(&mut Quoting(&mut *out))?;
    out.write_all(b"`")
}

/// Escapes what is written, for a text in backticks. All that is escaped is ASCII.
pub(super) struct Quoting<'w>(&'w mut dyn Write);

impl Write for Quoting<'_> {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        let mut rest = bytes;
        while let Some(at) = rest.iter().position(|&byte| escaped(byte).is_some()) {
            self.0.write_all(&rest[..at])?;
            self.0.write_all(escaped(rest[at]).expect("it was found so"))?;
            rest = &rest[at + 1..];
        }
        self.0.write_all(rest)?;
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

/// How a byte is written in a text in backticks, if not as it is.
fn escaped(byte: u8) -> Option<&'static [u8]> {
    match byte {
        b'\n' => Some(b"\\n"),
        b'\r' => Some(b"\\r"),
        b'\t' => Some(b"\\t"),
        b'\\' => Some(b"\\\\"),
        b'`' => Some(b"\\`"),
        _ => None,
    }
}

/// Reads a text up to its closing backtick; also returns the rest of the line.
fn unquote(rest: &str) -> Result<(String, &str), String> {
    let mut text = String::new();
    let mut characters = rest.char_indices();
    while let Some((at, character)) = characters.next() {
        match character {
            '`' => {
                text.shrink_to_fit();
                return Ok((text, &rest[at + 1..]));
            }
            '\\' => match characters.next() {
                Some((_, 'n')) => text.push('\n'),
                Some((_, 'r')) => text.push('\r'),
                Some((_, 't')) => text.push('\t'),
                Some((_, same @ ('\\' | '`'))) => text.push(same),
                Some((_, other)) => {
                    return Err(format!("\\{other} is not an escape; use \\n \\r \\t \\\\ or \\`"));
                }
                None => break,
            },
            other => text.push(other),
        }
    }
    Err("a text in backticks is not closed".to_string())
}
