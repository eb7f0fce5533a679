//! `--revise`: a program text changes the functions of an image, under their live activations.

use std::path::Path;

use crate::program::image::Image;
use crate::program::notation::Notation;
use crate::session::file_kind::FileKind;
use crate::session::revise::program::{MainCode, Part, ProgramRevision};

use super::arguments::Revise;
use super::terminal::say;
use super::{Rejected, open};

/// The text of a program that is to change functions.
pub struct Change<'p> {
    path: &'p Path,
    notation: Notation,
    text: String,
    main: MainCode,
}

impl Change<'_> {
    /// Reads all files that are named.
    ///
    /// # Errors
    /// If one cannot be read, or is no program.
    pub fn all(options: &Revise, notation: Option<Notation>) -> Result<Vec<Change<'_>>, Rejected> {
        let main = if options.revise_main { MainCode::IfThere } else { MainCode::Stays };
        options.files.iter().map(|path| change(path, notation, main)).collect()
    }
}

fn change(path: &Path, notation: Option<Notation>, main: MainCode) -> Result<Change<'_>, Rejected> {
    let (kind, text) = open::read(path, notation)?;
    let shown = path.display();
    let refused = |other: &str| {
        let takes = "--revise takes the text of a program (.flpc or .flpy)";
        Err(Rejected(format!("{shown}: this is {other}; {takes}")))
    };
    match kind {
        FileKind::Program(notation) => Ok(Change { path, notation, text, main }),
        FileKind::Image => refused("an image"),
        FileKind::Recording => refused("a recording"),
    }
}

/// Works out what a text changes, and says it.
///
/// # Errors
/// If it is refused; then nothing is to be changed.
pub fn revision(change: &Change<'_>, image: &Image) -> Result<ProgramRevision, Rejected> {
    let Change { path, notation, text, main } = change;
    let shown = path.display();
    let revision = ProgramRevision::of_text(image.clone(), text, *notation, *main)
        .map_err(|refused| open::rejected(path, &refused))?;
    if revision.parts.is_empty() {
        say(&format!("{shown}: nothing differs"));
    }
    for part in &revision.parts {
        let advice = match part {
            Part::MainDiffers => "; --revise-main changes it too",
            Part::Added(_) | Part::Revised(..) | Part::Commented(..) | Part::NotReached(..) => "",
        };
        say(&format!("{}{advice}", part.words()));
    }
    Ok(revision)
}
