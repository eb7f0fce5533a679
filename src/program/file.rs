//! The file form of an image: RON, with its version as the first field. See `docs/image-format.md`.
//!
//! A file may come from anyone. The version is read before anything else, so that a newer file is
//! recognised whatever else it holds. No number in the file decides how much is allocated. Reading
//! never runs anything.

mod calls;
mod form;
mod read;
mod reader;
mod write;

use std::borrow::Cow;
use std::fmt;
use std::io;

use super::image::Image;
use super::version::Version;
use crate::vm::compressed::Compressed;
use crate::vm::serialized::Malformed;
use crate::vm::spelling::clip;
use form::Form;
use reader::{Read, Reader, SyntaxError};

/// How an image begins, as messages say it.
const BEGINS: &str = "an image begins with `(` and its version, as in `(version: 5,`";

/// The most characters of a cause in a message.
const CAUSE_CHARS: usize = 200;

/// Why a text is not an image.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum ImageError {
    /// It is empty.
    Empty,
    /// It does not begin like an image.
    NoImage,
    /// It has another version: its digits.
    Version(String),
    /// Its syntax is wrong.
    Syntax {
        /// The line, counted from 1.
        line: usize,
        /// The column, counted in characters from 1.
        column: usize,
        /// What is wrong there.
        cause: String,
        /// Whether the end of the file seems to be missing.
        cut: bool,
    },
    /// A part of it is invalid.
    Part(Malformed),
}

impl fmt::Display for ImageError {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            ImageError::Empty => {
                write!(formatter, "the file is empty; {BEGINS}")
            }
            ImageError::NoImage => {
                write!(formatter, "this is not an image; {BEGINS}")
            }
            ImageError::Version(found) => {
                write!(
                    formatter,
                    "this image is version {found}; this program reads {}",
                    Version::ALL
                )
            }
            ImageError::Syntax { line, column, cause, cut } => {
                write!(formatter, "line {line}, column {column}: {cause}")?;
                let hint = "; the file does not end with `)`, so its end may be missing";
                formatter.write_str(if *cut { hint } else { "" })
            }
            ImageError::Part(malformed) => write!(formatter, "{malformed}"),
        }
    }
}

impl std::error::Error for ImageError {}

impl From<Malformed> for ImageError {
    fn from(malformed: Malformed) -> ImageError {
        ImageError::Part(malformed)
    }
}

impl Image {
    /// The image that the text of a file describes.
    ///
    /// # Errors
    /// What is wrong with the file, and where.
    pub fn from_file_text(text: &str) -> Result<Image, ImageError> {
        let text = text.strip_prefix('\u{feff}').unwrap_or(text);
        if text.trim().is_empty() {
            return Err(ImageError::Empty);
        }
        let found = version(text).ok_or(ImageError::NoImage)?;
        let known = found.parse().ok().and_then(Version::find);
        let version = known.ok_or_else(|| ImageError::Version(clip(found, 20).into_owned()))?;
        let mut reader = Reader::new(text);
        let form = Form::read(&mut reader).and_then(|form| reader.end().map(|()| form));
        let form = form.map_err(|error| syntax(error, text))?;
        calls::check(&form, version, text.len())?;
        read::image(form, version)
    }

    /// The text of a file that describes the image. Equal images give equal texts.
    pub fn to_file_text(&self) -> String {
        let mut text = Vec::new();
        self.write_file_text(&mut text).expect("memory takes all that is written to it");
        String::from_utf8(text).expect("it was written as text")
    }

    /// Writes what [`Image::to_file_text`] returns, in pieces.
    ///
    /// # Errors
    /// If it cannot be written.
    pub fn write_file_text(&self, out: &mut dyn io::Write) -> io::Result<()> {
        if let Cow::Owned(machine) = self.machine.settled() {
            let settled = Image { machine, ..self.clone() };
            return settled.write_file_text(out);
        }
        let memory = self.machine.memory();
        let values = |number| -> write::Values<'_> {
            Box::new(memory.data(number).expect("it is one of the bodies").values())
        };
        write::write(self, &values, out)
    }

    /// As [`Image::write_file_text`], but with the data of a compressed machine, of which this image has the
    /// [outline](Compressed::outline). So the data is never in memory as a whole.
    ///
    /// # Errors
    /// If it cannot be written.
    pub fn write_file_text_with(
        &self,
        data: &Compressed,
        out: &mut dyn io::Write,
    ) -> io::Result<()> {
        let values = |number| -> write::Values<'_> { Box::new(data.values(number)) };
        write::write(self, &values, out)
    }
}

/// The digits of the version, if the text begins like an image.
fn version(text: &str) -> Option<&str> {
    let rest = skip(text).strip_prefix('(')?;
    let rest = skip(rest).strip_prefix("version")?;
    let rest = skip(skip(rest).strip_prefix(':')?);
    let digits = rest.find(|char: char| !char.is_ascii_digit()).unwrap_or(rest.len());
    (digits > 0).then(|| &rest[..digits])
}

/// Skips white space and comments.
fn skip(text: &str) -> &str {
    let mut rest = text.trim_start();
    while let Some(comment) = rest.strip_prefix("//") {
        rest = comment.find('\n').map_or("", |end| comment[end..].trim_start());
    }
    rest
}

fn syntax(error: SyntaxError, text: &str) -> ImageError {
    let SyntaxError { at, cause, ends } = error;
    let before = &text[..at];
    let start = before.rfind('\n').map_or(0, |end| end + 1);
    let (line, column) = (before.matches('\n').count() + 1, before[start..].chars().count() + 1);
    let cut = (ends || is_at_end(text, line, column)) && !text.trim_end().ends_with(')');
    // The cause may quote the file.
    let cause = clip(&cause, CAUSE_CHARS).into_owned();
    ImageError::Syntax { line, column, cause, cut }
}

/// Whether a place is at the end of a text, or within its last word.
fn is_at_end(text: &str, line: usize, column: usize) -> bool {
    let mut rest = text.trim_end().split('\n').skip(line.saturating_sub(1));
    let last = rest.next().unwrap_or_default().trim_end();
    let word = last.rfind([' ', ',', '(', '[', ':']).map_or(0, |at| at + 1);
    rest.next().is_none() && column > last[..word].chars().count()
}
