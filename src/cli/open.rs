//! The files given on the command line: their kind, their contents, and what is wrong with them.

use std::path::Path;

use crate::program::image::Image;
use crate::program::notation::SOURCE_BYTES;
use crate::session::load::image_of_program;
use crate::session::recording::{HEADER, Recording};
use crate::session::refused::Refused;
use crate::store;

use super::{Rejected, say};

/// What a file is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    /// Program text: any file that is neither of the others.
    Program,
    /// A saved image: by its extension.
    Image,
    /// A recording: by its extension, or because it begins like one.
    Recording,
}

/// Reads a file and finds out its kind.
///
/// # Errors
/// If it cannot be read.
pub fn read(path: &Path) -> Result<(Kind, String), Rejected> {
    let (kind, most) = kind(path);
    let text = store::read(path, most)?;
    match kind {
        Kind::Program if text.starts_with(HEADER) => Ok((Kind::Recording, text)),
        kind => Ok((kind, text)),
    }
}

/// The kind of a file by its extension, and the most bytes it may have.
fn kind(path: &Path) -> (Kind, u64) {
    match extension(path) {
        Some("ron") => (Kind::Image, store::FILE_BYTES),
        Some("session") => (Kind::Recording, store::FILE_BYTES),
        _ => (Kind::Program, SOURCE_BYTES as u64),
    }
}

fn extension(path: &Path) -> Option<&str> {
    // The previous version of a file is kept under its name with `~` appended, and has the same kind.
    Some(path.extension()?.to_str()?.trim_end_matches('~'))
}

/// The image of a program or an image file.
///
/// # Errors
/// What is wrong with the file, and where. A recording is refused, because it must be played.
pub fn image(path: &Path) -> Result<Image, Rejected> {
    let (kind, text) = read(path)?;
    let shown = path.display();
    match kind {
        Kind::Program => image_of_program(&text).map_err(|refused| rejected(path, &refused)),
        Kind::Image => {
            let kept = || match store::kept(path) {
                Some(kept) => format!("; the previous version is {}", kept.display()),
                None => String::new(),
            };
            Image::from_file_text(&text)
                .map_err(|error| Rejected(format!("{shown}: {error}{}", kept())))
        }
        Kind::Recording => Err(Rejected(format!(
            "{shown}: this is a recording; play it with: midflight play {shown}"
        ))),
    }
}

/// A recording; with `recovers`, up to the first line that cannot be read.
///
/// # Errors
/// What is wrong with the file, and on which line.
pub fn recording(path: &Path, recovers: bool) -> Result<(Recording, String), Rejected> {
    let (text, damage) = store::read_good(path, kind(path).1)?;
    let shown = path.display();
    let bad = match (Recording::read(&text), damage) {
        (Ok(recording), None) => return Ok((recording, text)),
        (_, Some(damage)) => damage,
        (Err(bad), None) => bad.to_string(),
    };
    match Recording::recover(&text) {
        Ok((recording, _)) if recovers => {
            say(&format!("{shown}: {bad}; playing what comes before it"));
            Ok((recording, text))
        }
        Ok(_) => Err(Rejected(format!("{shown}: {bad}; --recover plays what comes before it"))),
        Err(_) => Err(Rejected(format!("{shown}: {bad}"))),
    }
}

/// The refusal of something from a file; mistakes in a text are shown with their lines.
pub fn rejected(path: &Path, refused: &Refused) -> Rejected {
    let shown = path.display();
    Rejected(match refused {
        Refused::Text(text, diagnostics) => diagnostics.render(&shown.to_string(), text),
        other => format!("{shown}: {other}"),
    })
}

/// Checks before anything runs that an image can be saved to a file.
///
/// # Errors
/// If it cannot.
pub fn check_save(path: Option<&Path>) -> Result<(), Rejected> {
    let Some(path) = path else { return Ok(()) };
    if extension(path) != Some("ron") {
        let shown = path.display();
        return Err(Rejected(format!(
            "{shown}: the name of an image file must end in .ron, as in --save paused.ron"
        )));
    }
    Ok(store::check_replace(path)?)
}
