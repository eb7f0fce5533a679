//! A record: one line of a recording.

use super::command::{self, Command};
use super::journal::Position;
use super::journal::bookmark;
use super::journal::note::Note;
use super::operand::{Fuel, Operand, Text};
use super::word::{Word, Words, quote};
use crate::program::version::Version;

/// The meaning of a line of a recording.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Record {
    /// A gesture: its commands.
    Gesture(Vec<Command>),
    /// The run of the last gesture continued for this many instructions.
    More(u64),
    /// The lines that follow are about this position.
    Goto(Position),
    /// A bookmark set at this position, or removed.
    Bookmark {
        /// Its name, as [`bookmark::name`] returns it.
        name: String,
        /// Whether it is set here; otherwise it is removed.
        here: bool,
    },
    /// An expectation or a comment.
    Note(Note),
}

impl Record {
    /// The record as a line, without a line end.
    pub fn print(&self) -> String {
        match self {
            Record::Gesture(commands) => command::print(commands),
            Record::More(fuel) => format!("more {fuel}"),
            Record::Goto(position) => format!("goto {position}"),
            Record::Bookmark { name, here: true } => format!("moment {}", quote(name)),
            Record::Bookmark { name, here: false } => format!("moment {} off", quote(name)),
            Record::Note(Note::Expectation(words)) => format!("expect {words}"),
            Record::Note(Note::Comment(text)) => text.clone(),
        }
    }

    /// Reads a line of a recording of the newest version.
    ///
    /// # Errors
    /// What is wrong with the line, in words.
    pub fn read(text: &str) -> Result<Record, String> {
        Record::read_by(text, Version::NEWEST)
    }

    /// Reads a line of a recording of this version.
    ///
    /// # Errors
    /// What is wrong with the line, in words.
    pub fn read_by(text: &str, version: Version) -> Result<Record, String> {
        let trimmed = text.trim();
        if trimmed.is_empty() || trimmed.starts_with('#') {
            return Ok(Record::Note(Note::Comment(text.to_string())));
        }
        // The line may be only a verb.
        let (verb, rest) = trimmed.split_once(char::is_whitespace).unwrap_or((trimmed, ""));
        let rest = rest.trim();
        match verb {
            "expect" => Ok(Record::Note(Note::Expectation(rest.to_string()))),
            "more" => read_more(rest),
            "goto" => read_position(rest).map(Record::Goto),
            "moment" => read_bookmark(rest),
            _ => command::read_by(trimmed, version).map(Record::Gesture),
        }
    }
}

fn read_more(rest: &str) -> Result<Record, String> {
    let mut words = Words::new(rest);
    let fuel = Fuel::read(&mut words)?;
    words.end()?;
    Ok(Record::More(fuel))
}

fn read_position(word: &str) -> Result<Position, String> {
    let pair = match word.split_once(':') {
        Some((entry, done)) => entry.parse().ok().zip(done.parse().ok()),
        None => word.parse().ok().zip(Some(0)),
    };
    let (entry, done) = pair.ok_or_else(|| {
        format!("`{word}` is not a position: a position is gesture:instructions, as in 3:0")
    })?;
    Ok(Position { entry, done })
}

fn read_bookmark(rest: &str) -> Result<Record, String> {
    let mut words = Words::new(rest);
    let name = bookmark::name(&Text::read(&mut words)?)?;
    let here = match words.next()? {
        None => true,
        Some(Word::Plain("off")) => false,
        Some(other) => {
            let found = other.show();
            return Err(format!("expected `off` or nothing after the name, found {found}"));
        }
    };
    words.end()?;
    Ok(Record::Bookmark { name, here })
}
