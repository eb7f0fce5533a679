//! A recording: a base image and one line for each gesture, appended while the user works.
//!
//! The same file is the autosave, a demonstration that can be played, and a test. Reading one
//! executes nothing. A recording of millions of lines must not take many times their room, so its
//! records are never listed: each is read from its line when it is needed, and written to its line at
//! once. `expect` lines are checked when the recording is played ([`super::expect`]). The
//! whole format is here, in [`super::record`] (a line) and in [`super::command`] (a gesture). Where and
//! when files are written is decided elsewhere.

use std::io::{self, BufWriter, Write};

use super::command;
use super::journal::note::Note;
use super::journal::rewind::Rewind;
use super::journal::{Entry, Journal, Position};
use super::load::image_of_recorded_program;
use super::operand::{Operand, Text};
use super::record::Record;
use super::word::{Word, Words, quote_to};
use crate::program::image::Image;
use crate::program::interest::is_given_up;
use crate::program::old_name::spelled_out_in;
use crate::program::version::Version;
use crate::vm::spelling::clip;

/// The first line of a recording that is written: the name of the format and its version.
pub const HEADER: &str = "midflight-session 6";
/// What the first line of a recording of any version begins with.
pub const FORMAT: &str = "midflight-session ";
/// The longest cause of a [`BadLine`], in characters; a longer one is cut, because it may quote the file.
const CAUSE: usize = 300;

/// The bytes that are collected before they are written.
const PIECE: usize = 1 << 16;

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
    text(|out| write_head(base, out))
}

/// A journal as a recording that ends at a position.
pub fn write(journal: &Journal, position: Position) -> String {
    text(|out| write_to(journal, position, out))
}

/// A text that is made in pieces.
fn text(write: impl FnOnce(&mut dyn Write) -> io::Result<()>) -> String {
    let mut text = Vec::new();
    write(&mut text).expect("memory takes all that is written to it");
    String::from_utf8(text).expect("it was written as text")
}

/// Writes what [`head`] returns, in pieces: an image may be larger than the memory that is left.
///
/// # Errors
/// If it cannot be written.
pub fn write_head(base: &Image, out: &mut dyn Write) -> io::Result<()> {
    let mut out = BufWriter::with_capacity(PIECE, out);
    if *base == Image::default() {
        write!(out, "{HEADER}\nbase empty\n")?;
    } else {
        write!(out, "{HEADER}\nbase image ")?;
        quote_to(&mut out, |quoting| base.write_file_text(quoting))?;
        writeln!(out)?;
    }
    out.flush()
}

/// Writes what [`write()`] returns, in pieces. Only a line that holds a long text is a long piece.
///
/// # Errors
/// If it cannot be written.
pub fn write_to(journal: &Journal, position: Position, out: &mut dyn Write) -> io::Result<()> {
    write_head(journal.base(), out)?;
    let out = BufWriter::with_capacity(PIECE, out);
    let mut writer = Writer { out, at: Position::default() };
    writer.notes(journal, 0)?;
    for (number, entry) in (1..).zip(journal.entries()) {
        match journal.rewinds().began(number) {
            Some(from) => writer.rewind(Rewind { from, to: entry.parent })?,
            None => writer.go(entry.parent)?,
        }
        writer.line(&command::print(&entry.commands))?;
        writer.at = journal.end_of(number);
        writer.notes(journal, number)?;
    }
    for (name, &at) in journal.bookmarks().by_name() {
        writer.go(at)?;
        writer.line(&Record::Bookmark { name: name.clone(), here: true }.print())?;
    }
    if let Some(rewind) = journal.rewinds().bare() {
        writer.rewind(rewind)?;
    }
    writer.go(position)?;
    writer.out.flush()
}

/// What writes the lines of a recording, and the position at which they end.
struct Writer<'w> {
    out: BufWriter<&'w mut dyn Write>,
    at: Position,
}

impl Writer<'_> {
    fn line(&mut self, line: &str) -> io::Result<()> {
        self.out.write_all(line.as_bytes())?;
        self.out.write_all(b"\n")
    }

    fn go(&mut self, to: Position) -> io::Result<()> {
        if self.at == to {
            return Ok(());
        }
        self.at = to;
        self.line(&Record::Goto(to).print())
    }

    /// A repeated `goto` says that it is a rewind.
    fn rewind(&mut self, rewind: Rewind) -> io::Result<()> {
        self.go(rewind.from)?;
        for _ in 0..2 {
            self.line(&Record::Goto(rewind.to).print())?;
        }
        self.at = rewind.to;
        Ok(())
    }

    fn notes(&mut self, journal: &Journal, entry: usize) -> io::Result<()> {
        for (at, note) in journal.notes().within(entry) {
            self.go(*at)?;
            self.line(&Record::Note(note.clone()).print())?;
        }
        Ok(())
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
    /// The version of the file.
    pub version: Version,
    /// The lines after its head; each can be read.
    lines: String,
    /// The number of the first of them.
    first: usize,
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
        let (version, base, first, rest) = read_head(text)?;
        let mut bad = None;
        let mut end = 0;
        for (number, line) in (first..).zip(rest.split_inclusive('\n')) {
            if is_given_up() {
                break;
            }
            if let Err(cause) = Record::read_by(without_end(line), version) {
                bad = Some(BadLine::new(number, &cause));
                break;
            }
            end += line.len();
        }
        Ok((Recording { base, version, lines: rest[..end].to_string(), first }, bad))
    }

    /// Its records, with their line numbers in the file. Each is read from its line now.
    pub fn records(&self) -> impl Iterator<Item = (usize, Record)> {
        let version = self.version;
        let read = move |line| Record::read_by(line, version).expect("all lines were read before");
        let read = move |line| read(line).of_version(version);
        (self.first..).zip(self.lines.lines().map(read))
    }

    /// Drops a line and all lines after it.
    pub(super) fn cut(&mut self, line: usize) {
        let kept = self.lines.split_inclusive('\n').take(line.saturating_sub(self.first));
        self.lines.truncate(kept.map(str::len).sum());
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
        for (line, record) in self.records() {
            if is_given_up() {
                break;
            }
            if let Record::Note(note) = record {
                add_note(&mut notes, at, note);
                continue;
            }
            let goes = matches!(record, Record::Goto(_));
            match tell(&mut journal, at, record) {
                Ok(to) => {
                    match came.filter(|_| goes && to == at) {
                        Some(from) => journal.rewind(Rewind { from, to }),
                        None if to != at => journal.rewinds.moved(at, to),
                        None => {}
                    }
                    came = goes.then_some(at);
                    at = to;
                }
                Err(cause) => {
                    bad = Some(BadLine { line, cause: cause.to_string() });
                    break;
                }
            }
        }
        journal.notes = notes.into();
        (journal, at, bad)
    }
}

/// Adds a note at a position. Lines of comments in a row are one comment, because a million empty lines
/// must not become a million notes.
fn add_note(notes: &mut Vec<(Position, Note)>, at: Position, note: Note) {
    match (notes.last_mut(), note) {
        (Some((there, Note::Comment(text))), Note::Comment(more)) if *there == at => {
            text.push('\n');
            text.push_str(&more);
        }
        (_, note) => notes.push((at, note)),
    }
}

/// Adds a record at a position to a journal; returns the position after it.
fn tell(journal: &mut Journal, at: Position, record: Record) -> Result<Position, &'static str> {
    match record {
        Record::Gesture(commands) => {
            return Ok(journal.end_of_pushed(Entry { parent: at, commands }));
        }
        Record::More(_) if at.entry == 0 || at != journal.end_of(at.entry) => {
            return Err("`more` can only continue from the end of a gesture");
        }
        Record::More(fuel) => {
            journal.extend(at.entry, fuel);
            return Ok(journal.end_of(at.entry));
        }
        Record::Goto(to) if journal.contains(to) => return Ok(to),
        Record::Goto(_) => return Err("no earlier line leads to this position"),
        Record::Bookmark { name, here: true } => journal.bookmarks.set(at, name),
        Record::Bookmark { name, here: false } => {
            journal.bookmarks.remove(&name);
        }
        Record::Note(note) => journal.notes.add(at, note),
    }
    Ok(at)
}

/// The line without its line end, as [`str::lines`] has it.
fn without_end(line: &str) -> &str {
    let Some(line) = line.strip_suffix('\n') else { return line };
    line.strip_suffix('\r').unwrap_or(line)
}

/// The version and base of a recording, and its other lines with the number of their first.
fn read_head(text: &str) -> Result<(Version, Image, usize, &str), BadLine> {
    // Some editors put a byte order mark before UTF-8 text.
    let text = text.strip_prefix('\u{feff}').unwrap_or(text);
    let (header, rest) = text.split_once('\n').unwrap_or((text, ""));
    let version = read_version(header.trim()).map_err(|cause| BadLine::new(1, &cause))?;
    let (line, rest) = rest.split_once('\n').unwrap_or((rest, ""));
    let base = read_base(line, version).map_err(|cause| BadLine::new(2, &cause))?;
    Ok((version, base, 3, rest))
}

/// The version that the first line names.
fn read_version(header: &str) -> Result<Version, String> {
    let Some(found) = header.strip_prefix(FORMAT) else {
        return Err(format!("this is not a recording: it does not begin with `{HEADER}`"));
    };
    let known = found.parse().ok().and_then(Version::find);
    known.ok_or_else(|| {
        format!("this recording has version {found}; this program reads {}", Version::ALL)
    })
}

/// The image that a `base` line of a recording of this version names.
fn read_base(line: &str, version: Version) -> Result<Image, String> {
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
        "program" => {
            let text = Text::read(&mut words)?;
            let text = match version {
                Version::One => spelled_out_in(&text),
                Version::Two | Version::Three | Version::Four | Version::Five | Version::Six => {
                    text.into()
                }
            };
            image_of_recorded_program(&text, version.vocabulary())
                .map_err(|error| error.to_string())?
        }
        _ => return Err(wanted.to_string()),
    };
    Ok(base)
}
