//! A recording: a base and one line for each gesture, written as the work goes on.
//!
//! The same file is the autosave, a demonstration that can be played, and a test. Reading one
//! executes nothing. What an `expect` line says is checked when the recording is played
//! ([`super::expect`]).

use super::command::Command;
use super::journal::{Entry, Journal, Position, Remark};
use super::word::{Word, Words, quote};
use super::{bookmark, command};
use crate::program::image::Image;

/// The first word of a recording, and the version of its format.
pub const HEADER: &str = "midflight-session 1";

/// A line of a recording.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Line {
    /// A gesture: its commands.
    Gesture(Vec<Command>),
    /// The run of the last gesture went on for so many instructions.
    More(u64),
    /// A step in time.
    Goto(Position),
    /// A name for this moment; or that no moment has it any more.
    Moment {
        /// The name, as [`super::bookmark::name`] wants it.
        name: String,
        /// Whether this moment has it from now on.
        here: bool,
    },
    /// What should be there now: the words behind `expect`.
    Expect(String),
    /// A comment or an empty line.
    Comment(String),
}

impl Line {
    /// The line as text, without its end.
    pub fn print(&self) -> String {
        match self {
            Line::Gesture(commands) => command::print(commands),
            Line::More(fuel) => format!("more {fuel}"),
            Line::Goto(position) => format!("goto {position}"),
            Line::Moment { name, here: true } => format!("moment {}", quote(name)),
            Line::Moment { name, here: false } => format!("moment {} off", quote(name)),
            Line::Expect(words) => format!("expect {words}"),
            Line::Comment(text) => text.clone(),
        }
    }

    /// The line of a remark.
    pub fn of_remark(remark: &Remark) -> Line {
        match remark {
            Remark::Expect(words) => Line::Expect(words.clone()),
            Remark::Comment(text) => Line::Comment(text.clone()),
        }
    }

    /// Reads a line.
    ///
    /// # Errors
    /// What is wrong with it, in words.
    pub fn read(text: &str) -> Result<Line, String> {
        let trimmed = text.trim();
        if trimmed.is_empty() || trimmed.starts_with('#') {
            return Ok(Line::Comment(text.to_string()));
        }
        let (verb, rest) = trimmed.split_once(char::is_whitespace).unwrap_or((trimmed, ""));
        let rest = rest.trim();
        match verb {
            "expect" => Ok(Line::Expect(rest.to_string())),
            "more" => match rest.parse() {
                Ok(fuel) => Ok(Line::More(fuel)),
                Err(_) => Err(format!("`{rest}` stands where a number of instructions is wanted")),
            },
            "goto" => read_position(rest).map(Line::Goto),
            "moment" => read_moment(rest),
            _ => command::read(trimmed).map(Line::Gesture),
        }
    }
}

fn read_position(word: &str) -> Result<Position, String> {
    let pair = match word.split_once(':') {
        Some((entry, done)) => entry.parse().ok().zip(done.parse().ok()),
        None => word.parse().ok().zip(Some(0)),
    };
    let (entry, done) =
        pair.ok_or_else(|| format!("`{word}` is no position: it is gesture:instructions"))?;
    Ok(Position { entry, done })
}

fn read_moment(rest: &str) -> Result<Line, String> {
    let mut words = Words::new(rest);
    let name = bookmark::name(&words.text("a text in backticks")?)?;
    match (words.next()?, words.next()?) {
        (None, _) => Ok(Line::Moment { name, here: true }),
        (Some(Word::Plain("off")), None) => Ok(Line::Moment { name, here: false }),
        _ => Err("behind the name of a moment stands `off` or nothing".to_string()),
    }
}

/// What is wrong with a recording, and in which line, counted from 1.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct BadLine {
    /// The line.
    pub line: usize,
    /// What is wrong.
    pub cause: String,
}

impl BadLine {
    /// Of a length that a person reads: what is wrong may quote the file.
    fn of(line: usize, cause: &str) -> BadLine {
        const SHOWN: usize = 300;
        let mut shown: String = cause.chars().take(SHOWN).collect();
        if shown.len() < cause.len() {
            shown.push('…');
        }
        BadLine { line, cause: shown }
    }
}

impl std::fmt::Display for BadLine {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(formatter, "line {}: {}", self.line, self.cause)
    }
}

impl std::error::Error for BadLine {}

/// A recording as it stands in its file.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Recording {
    /// The image it begins with.
    pub base: Image,
    /// Its lines behind the base, with their numbers in the file.
    pub lines: Vec<(usize, Line)>,
}

/// The first lines of the recording of a session that begins with this image, with their ends.
pub fn head(base: &Image) -> String {
    let base = match *base == Image::default() {
        true => "empty".to_string(),
        false => format!("image {}", quote(&base.to_file_text())),
    };
    format!("{HEADER}\nbase {base}\n")
}

impl Recording {
    /// Reads a recording. Executes nothing.
    ///
    /// # Errors
    /// The first line that cannot be read, and why.
    pub fn read(text: &str) -> Result<Recording, BadLine> {
        let (base, rest) = read_head(text)?;
        let mut lines = Vec::new();
        for (index, line) in rest {
            let bad = |cause: String| BadLine::of(index + 1, &cause);
            lines.push((index + 1, Line::read(line).map_err(bad)?));
        }
        Ok(Recording { base, lines })
    }

    /// Reads a recording up to the last whole line that can be read: what a crash left behind. Also
    /// says what is wrong with the rest, if there is one.
    ///
    /// # Errors
    /// If not even its base can be read.
    pub fn recover(text: &str) -> Result<(Recording, Option<BadLine>), BadLine> {
        let whole = text.rfind('\n').map_or("", |end| &text[..=end]);
        let torn = whole.len() < text.len();
        let (base, rest) = read_head(whole)?;
        let mut lines: Vec<(usize, Line)> = Vec::new();
        let mut last = 2;
        for (index, line) in rest {
            last = index + 1;
            match Line::read(line) {
                Ok(line) => lines.push((index + 1, line)),
                Err(cause) => {
                    let bad = BadLine::of(last, &cause);
                    return Ok((Recording { base, lines }, Some(bad)));
                }
            }
        }
        let cause = "the line was not written to its end".to_string();
        let bad = torn.then_some(BadLine { line: last + 1, cause });
        Ok((Recording { base, lines }, bad))
    }

    /// The journal that the lines tell of, and where they leave off. Executes nothing.
    ///
    /// # Errors
    /// The first line that speaks of a position that is not there.
    pub fn journal(&self) -> Result<(Journal, Position), BadLine> {
        match self.journal_before_damage() {
            (journal, at, None) => Ok((journal, at)),
            (_, _, Some(bad)) => Err(bad),
        }
    }

    /// As [`Recording::journal`], but up to the first line that speaks of a position that is not
    /// there; also which one that is, if there is one. Executes nothing.
    pub fn journal_before_damage(&self) -> (Journal, Position, Option<BadLine>) {
        let mut journal = Journal::new(self.base.clone());
        let mut at = Position::default();
        let mut remarks = Vec::new();
        let mut bad = None;
        for (number, line) in &self.lines {
            match line {
                Line::Expect(words) => remarks.push((at, Remark::Expect(words.clone()))),
                Line::Comment(text) => remarks.push((at, Remark::Comment(text.clone()))),
                line => match tell(&mut journal, at, line) {
                    Ok(to) => at = to,
                    Err(cause) => {
                        bad = Some(BadLine { line: *number, cause: cause.to_string() });
                        break;
                    }
                },
            }
        }
        journal.set_remarks(remarks);
        (journal, at, bad)
    }
}

/// Adds to a journal what a line tells of that stands at a position; where it leaves off.
fn tell(journal: &mut Journal, at: Position, line: &Line) -> Result<Position, &'static str> {
    match line {
        Line::Gesture(commands) => {
            let entry = Entry { parent: at, commands: commands.clone() };
            return Ok(journal.end_of_pushed(entry));
        }
        Line::More(_) if at.entry == 0 || at != journal.end_of(at.entry) => {
            return Err("no gesture stands before it whose run could go on");
        }
        Line::More(fuel) => {
            journal.extend(at.entry, *fuel);
            return Ok(journal.end_of(at.entry));
        }
        Line::Goto(to) if journal.contains(*to) => return Ok(*to),
        Line::Goto(_) => return Err("there is no such position before it"),
        Line::Moment { name, here: true } => journal.name_moment(at, name.clone()),
        Line::Moment { name, here: false } => {
            journal.forget_moment(name);
        }
        Line::Expect(_) | Line::Comment(_) => {}
    }
    Ok(at)
}

type Lines<'t> = std::iter::Enumerate<std::str::Lines<'t>>;

/// The base of a recording, and its other lines with their indices.
fn read_head(text: &str) -> Result<(Image, Lines<'_>), BadLine> {
    // Some editors put a mark before a text in UTF-8.
    let mut lines = text.strip_prefix('\u{feff}').unwrap_or(text).lines().enumerate();
    let header = lines.next().map_or("", |(_, line)| line.trim());
    if header != HEADER {
        let cause = match header.strip_prefix("midflight-session ") {
            Some(version) => {
                format!("this recording is of version {version}; this program reads version 1")
            }
            None => format!("this is no recording: it does not begin with `{HEADER}`"),
        };
        return Err(BadLine::of(1, &cause));
    }
    let (index, base) = lines.next().unwrap_or((1, ""));
    let bad = |cause: String| BadLine::of(index + 1, &cause);
    let mut words = Words::new(base);
    let image = match (words.next().map_err(bad)?, words.next().map_err(bad)?) {
        (Some(Word::Plain("base")), Some(Word::Plain("empty"))) => Image::default(),
        (Some(Word::Plain("base")), Some(Word::Plain("image"))) => {
            let text = words.text("a text in backticks").map_err(bad)?;
            Image::from_file_text(&text).map_err(|error| bad(error.to_string()))?
        }
        (Some(Word::Plain("base")), Some(Word::Plain("program"))) => {
            let text = words.text("a text in backticks").map_err(bad)?;
            super::load::image_of_program(&text).map_err(|error| bad(error.to_string()))?
        }
        _ => return Err(bad("`base empty`, `base program` or `base image` is wanted".to_string())),
    };
    Ok((image, lines))
}
