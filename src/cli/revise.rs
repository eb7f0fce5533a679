//! `--revise`: a program text changes the functions of an image, under their live activations.

use std::path::Path;

use crate::program::image::Image;
use crate::program::notation::Notation;
use crate::session::file_kind::FileKind;
use crate::session::revise::program::{MainCode, Part, ProgramRevision};

use super::arguments::Revise;
use super::terminal::say;
use super::{Rejected, open};

/// Works out what a file changes, and says it.
///
/// # Errors
/// If it cannot be read, or is refused; then nothing is to be changed.
pub fn revision(
    path: &Path,
    notation: Option<Notation>,
    options: &Revise,
    image: &Image,
) -> Result<ProgramRevision, Rejected> {
    let (kind, text) = open::read(path, notation)?;
    let shown = path.display();
    let refused = |other: &str| {
        let takes = "--revise takes the text of a program (.flpc or .flpy)";
        Err(Rejected(format!("{shown}: this is {other}; {takes}")))
    };
    let notation = match kind {
        FileKind::Program(notation) => notation,
        FileKind::Image => return refused("an image"),
        FileKind::Recording => return refused("a recording"),
    };
    let main = if options.revise_main { MainCode::IfThere } else { MainCode::Stays };
    let revision = ProgramRevision::of_text(image.clone(), &text, notation, main)
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
