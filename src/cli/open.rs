//! The files given on the command line: their kind, their contents, and what is wrong with them.

use std::path::Path;

use crate::program::diagnostic::{counted, grouped};
use crate::program::image::Image;
use crate::program::notation::Notation;
use crate::session::file_kind::FileKind;
use crate::session::load::image_of_file;
use crate::session::recording::Recording;
use crate::session::refused::Refused;
use crate::store::{self, FILE_BYTES};
use crate::vm::limit::LimitKind;
use crate::vm::machine::Machine;

use super::Rejected;
use super::terminal::say;

/// Reads a file and finds out its kind. A program text whose name does not say its notation has the one given.
///
/// # Errors
/// If it cannot be read.
pub fn read(path: &Path, notation: Option<Notation>) -> Result<(FileKind, String), Rejected> {
    let text = match is_given(path) {
        true => store::read_stream(path, FILE_BYTES)?,
        false => store::read(path, FILE_BYTES)?,
    };
    let kind = match (FileKind::of(path, &text), notation) {
        (FileKind::Program(_), Some(notation)) if FileKind::named(path).is_none() => {
            FileKind::Program(notation)
        }
        (kind, _) => kind,
    };
    let rejected = |problem| Rejected(format!("{}: {problem}", path.display()));
    kind.check_length(text.len()).map_err(rejected)?;
    Ok((kind, text))
}

/// What a shell gives as a file: standard input, and the output of `<(command)`. It ends when its writer
/// does.
const GIVEN: [&str; 3] = ["/dev/stdin", "/dev/fd", "/proc/self/fd"];

/// Whether a shell gives it; any other pipe or device may never end, and is refused.
fn is_given(path: &Path) -> bool {
    GIVEN.iter().any(|given| path.starts_with(given))
}

/// Says which tasks of an image are held, if any are. Before version 6, all were but one.
pub fn warn_of_tasks(path: &Path, image: &Image) {
    let held = image.machine.strands().iter().filter(|strand| strand.share == 0);
    let held: Vec<String> = held.map(|strand| strand.top.to_string()).collect();
    if !held.is_empty() {
        let (shown, held) = (path.display(), held.join(", "));
        say(&format!("{shown}: held, because its share is 0: task {held}"));
    }
}

/// The image of a program or an image file. What an image holds must fit the limits that were given; a program
/// stops at them when it runs.
///
/// # Errors
/// What is wrong with the file, and where. A recording is refused, because it must be played.
pub fn image(
    path: &Path,
    notation: Option<Notation>,
    limits: &[(LimitKind, u64)],
) -> Result<Image, Rejected> {
    let (kind, text) = read(path, notation)?;
    image_in(path, kind, &text, limits)
}

/// The image of a program or an image file whose text was read.
///
/// # Errors
/// As [`image`].
pub fn image_in(
    path: &Path,
    kind: FileKind,
    text: &str,
    limits: &[(LimitKind, u64)],
) -> Result<Image, Rejected> {
    let shown = path.display();
    match kind {
        FileKind::Program(notation) => image_of_file(text, Some(&shown.to_string()), notation)
            .map_err(|refused| rejected(path, &refused)),
        FileKind::Image => {
            let kept = || match store::kept(path) {
                Some(kept) => format!("; the previous version is {}", kept.display()),
                None => String::new(),
            };
            let image = Image::from_file_text(text)
                .map_err(|error| Rejected(format!("{shown}: {error}{}", kept())))?;
            check_limits(path, &image.machine, limits)?;
            Ok(image)
        }
        FileKind::Recording => Err(Rejected(format!(
            "{shown}: this is a recording; play it with: midflight play {shown}"
        ))),
    }
}

/// A recording; with `recovers`, up to the first line that cannot be read.
///
/// # Errors
/// What is wrong with the file, and on which line.
pub fn recording(path: &Path, recovers: bool) -> Result<(Recording, String), Rejected> {
    let (text, damage) = match is_given(path) {
        true => store::read_good_stream(path, FILE_BYTES)?,
        false => store::read_good(path, FILE_BYTES)?,
    };
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

/// Checks that what a file holds fits the limits that were given, except for its output: that is printed
/// already, and takes no more room than in the file.
///
/// # Errors
/// Which limit it exceeds.
pub fn check_limits(
    path: &Path,
    machine: &Machine,
    limits: &[(LimitKind, u64)],
) -> Result<(), Rejected> {
    for &(kind, value) in limits.iter().filter(|(kind, _)| *kind != LimitKind::Output) {
        let used = machine.used(kind);
        if used > value {
            // Tasks are counted in tasks.
            let of = if kind == LimitKind::Tasks { String::new() } else { format!(" of {kind}") };
            return Err(Rejected(format!(
                "{}: it holds {}{of}, and --limit {kind}={value} allows no more than {}",
                path.display(),
                counted(used, kind.unit()),
                grouped(value)
            )));
        }
    }
    Ok(())
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
    if FileKind::named(path) != Some(FileKind::Image) {
        let shown = path.display();
        return Err(Rejected(format!(
            "{shown}: the name of an image file must end in .ron, as in --save paused.ron"
        )));
    }
    Ok(store::check_replace(path)?)
}
