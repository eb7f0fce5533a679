//! A recording: a base image and one line for each gesture, appended while the user works.
//!
//! The same file is the autosave, a demonstration that can be played, and a test. Reading one
//! executes nothing. `expect` lines are checked when the recording is played ([`super::expect`]). The
//! whole format is here, in [`super::record`] (a line) and in [`super::command`] (a gesture). Where and
//! when files are written is decided elsewhere.

use super::journal::rewind::Rewind;
use super::journal::{Entry, Journal, Position};
use super::load::image_of_recorded_program;
use super::operand::{Operand, Text};
use super::record::Record;
use super::word::{Word, Words, quote};
use crate::program::image::Image;
use crate::vm::spelling::clip;

/// The first line of a recording: the name of the format and its version.
pub const HEADER: &str = "midflight-session 1";
/// What the first line of a recording of any version begins with.
pub const FORMAT: &str = "midflight-session ";
/// The longest cause of a [`BadLine`], in characters; a longer one is cut, because it may quote the file.
const CAUSE: usize = 300;

/// A line of a recording that cannot be read or played, and why.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct BadLine {
    /// The number of the line, counted from 1.
    pub line: usize,
    /// What is wrong.
    pub cause: String,
}

impl BadLine {
    fn new(line: usize, cause: &str) -> BadLine {
        BadLine { line, cause: clip(cause, CAUSE).into_owned() }
    }
}

impl std::fmt::Display for BadLine {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(formatter, "line {}: {}", self.line, self.cause)
    }
}

impl std::error::Error for BadLine {}

// --- writing --------------------------------------------------------------------------------------

/// The head of a recording with this base image, with line ends.
pub fn head(base: &Image) -> String {
    let base = match *base == Image::default() {
        true => "empty".to_string(),
        false => format!("image {}", quote(&base.to_file_text())),
    };
    format!("{HEADER}\nbase {base}\n")
}

/// A journal as a recording that ends at a position.
pub fn write(journal: &Journal, position: Position) -> String {
    head(journal.base()) + &print(&records(journal, position))
}

/// The records of a journal, ending at a position.
pub fn records(journal: &Journal, position: Position) -> Vec<Record> {
    let mut writer = Writer { records: Vec::new(), at: Position::default() };
    writer.notes(journal, 0);
    for (number, entry) in (1..).zip(journal.entries()) {
        match journal.rewinds().began(number) {
            Some(from) => writer.rewind(Rewind { from, to: entry.parent }),
            None => writer.go(entry.parent),
        }
        writer.records.push(Record::Gesture(entry.commands.clone()));
        writer.at = journal.end_of(number);
        writer.notes(journal, number);
    }
    for (name, &at) in journal.bookmarks().by_name() {
        writer.go(at);
        writer.records.push(Record::Bookmark { name: name.clone(), here: true });
    }
    if let Some(rewind) = journal.rewinds().bare() {
        writer.rewind(rewind);
    }
    writer.go(position);
    writer.records
}

/// Records, and the position at which they end.
struct Writer {
    records: Vec<Record>,
    at: Position,
}

impl Writer {
    fn go(&mut self, to: Position) {
        if self.at != to {
            self.records.push(Record::Goto(to));
            self.at = to;
        }
    }

    /// A repeated `goto` says that it is a rewind.
    fn rewind(&mut self, rewind: Rewind) {
        self.go(rewind.from);
        self.records.extend([rewind.to; 2].map(Record::Goto));
        self.at = rewind.to;
    }

    fn notes(&mut self, journal: &Journal, entry: usize) {
        for (at, note) in journal.notes().within(entry) {
            self.go(*at);
            self.records.push(Record::Note(note.clone()));
        }
    }
}

/// Appends a record to others; adds up the records of one run.
pub fn append(records: &mut Vec<Record>, record: Record) {
    match (records.last_mut(), record) {
        (Some(Record::More(sum)), Record::More(fuel)) => *sum += fuel,
        (_, record) => records.push(record),
    }
}

/// Records as lines, with line ends.
pub fn print<'r>(records: impl IntoIterator<Item = &'r Record>) -> String {
    records.into_iter().map(|record| record.print() + "\n").collect()
}

// --- reading --------------------------------------------------------------------------------------

/// A recording as it was read from its file.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Recording {
    /// The image it begins with.
    pub base: Image,
    /// Its records, with their line numbers in the file.
    pub records: Vec<(usize, Record)>,
}

impl Recording {
    /// Reads a recording. Executes nothing.
    ///
    /// # Errors
    /// The first line that cannot be read, and why.
    pub fn read(text: &str) -> Result<Recording, BadLine> {
        match Recording::read_before_damage(text)? {
            (recording, None) => Ok(recording),
            (_, Some(bad)) => Err(bad),
        }
    }

    /// Reads as much of a recording as a crash left: up to the first line that cannot be read or is cut off.
    /// Also returns that line, if there is one.
    ///
    /// # Errors
    /// If not even its base can be read.
    pub fn recover(text: &str) -> Result<(Recording, Option<BadLine>), BadLine> {
        let end = text.rfind('\n').map_or(0, |end| end + 1);
        let (whole, torn) = text.split_at(end);
        let (recording, bad) = Recording::read_before_damage(whole)?;
        let cut = || BadLine {
            line: whole.lines().count() + 1,
            cause: "the line is incomplete".to_string(),
        };
        Ok((recording, bad.or_else(|| (!torn.is_empty()).then(cut))))
    }

    /// Reads a recording up to the first line that cannot be read; also returns that line, if any.
    fn read_before_damage(text: &str) -> Result<(Recording, Option<BadLine>), BadLine> {
        let (base, lines) = read_head(text)?;
        let mut records = Vec::new();
        for (number, line) in lines {
            match Record::read(line) {
                Ok(record) => records.push((number, record)),
                Err(cause) => {
                    let bad = BadLine::new(number, &cause);
                    return Ok((Recording { base, records }, Some(bad)));
                }
            }
        }
        Ok((Recording { base, records }, None))
    }

    /// The journal of the records, and the position at which they end. Executes nothing.
    ///
    /// # Errors
    /// The first line that names a position that does not exist.
    pub fn journal(&self) -> Result<(Journal, Position), BadLine> {
        match self.journal_before_damage() {
            (journal, at, None) => Ok((journal, at)),
            (_, _, Some(bad)) => Err(bad),
        }
    }

    /// As [`Recording::journal`], but up to the first line that names a position that does not exist;
    /// also returns that line, if any. Executes nothing.
    pub fn journal_before_damage(&self) -> (Journal, Position, Option<BadLine>) {
        let mut journal = Journal::new(self.base.clone());
        let mut at = Position::default();
        // Collected first, because adding notes to the journal one by one would move later ones each time.
        let mut notes = Vec::new();
        let mut bad = None;
        // Where the last line came from, if it was a `goto`.
        let mut came = None;
        for (line, record) in &self.records {
            if let Record::Note(note) = record {
                notes.push((at, note.clone()));
                continue;
            }
            match tell(&mut journal, at, record) {
                Ok(to) => {
                    let goes = matches!(record, Record::Goto(_));
                    match came.filter(|_| goes && to == at) {
                        Some(from) => journal.rewind(Rewind { from, to }),
                        None if to != at => journal.rewinds.moved(at, to),
                        None => {}
                    }
                    came = goes.then_some(at);
                    at = to;
                }
                Err(cause) => {
                    bad = Some(BadLine { line: *line, cause: cause.to_string() });
                    break;
                }
            }
        }
        journal.notes = notes.into();
        (journal, at, bad)
    }
}

/// Adds a record at a position to a journal; returns the position after it.
fn tell(journal: &mut Journal, at: Position, record: &Record) -> Result<Position, &'static str> {
    match record {
        Record::Gesture(commands) => {
            let entry = Entry { parent: at, commands: commands.clone() };
            return Ok(journal.end_of_pushed(entry));
        }
        Record::More(_) if at.entry == 0 || at != journal.end_of(at.entry) => {
            return Err("`more` can only continue from the end of a gesture");
        }
        Record::More(fuel) => {
            journal.extend(at.entry, *fuel);
            return Ok(journal.end_of(at.entry));
        }
        Record::Goto(to) if journal.contains(*to) => return Ok(*to),
        Record::Goto(_) => return Err("no earlier line leads to this position"),
        Record::Bookmark { name, here: true } => journal.bookmarks.set(at, name.clone()),
        Record::Bookmark { name, here: false } => {
            journal.bookmarks.remove(name);
        }
        Record::Note(note) => journal.notes.add(at, note.clone()),
    }
    Ok(at)
}

/// The base of a recording, and its other lines with their numbers.
fn read_head(text: &str) -> Result<(Image, impl Iterator<Item = (usize, &str)>), BadLine> {
    // Some editors put a byte order mark before UTF-8 text.
    let text = text.strip_prefix('\u{feff}').unwrap_or(text);
    let mut lines = (1..).zip(text.lines());
    let header = lines.next().map_or("", |(_, line)| line.trim());
    if header != HEADER {
        let cause = match header.strip_prefix("midflight-session ") {
            Some(version) => {
                format!("this recording has version {version}; this program reads version 1")
            }
            None => format!("this is not a recording: it does not begin with `{HEADER}`"),
        };
        return Err(BadLine::new(1, &cause));
    }
    let (number, line) = lines.next().unwrap_or((2, ""));
    let base = read_base(line).map_err(|cause| BadLine::new(number, &cause))?;
    Ok((base, lines))
}

/// The image that a `base` line names.
fn read_base(line: &str) -> Result<Image, String> {
    let mut words = Words::new(line);
    let wanted = "expected `base empty`, `base program` or `base image`";
    let (Some(Word::Plain("base")), Some(Word::Plain(kind))) = (words.next()?, words.next()?)
    else {
        return Err(wanted.to_string());
    };
    let base = match kind {
        "empty" => Image::default(),
        "image" => {
            Image::from_file_text(&Text::read(&mut words)?).map_err(|error| error.to_string())?
        }
        "program" => image_of_recorded_program(&Text::read(&mut words)?)
            .map_err(|error| error.to_string())?,
        _ => return Err(wanted.to_string()),
    };
    Ok(base)
}
