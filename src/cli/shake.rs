//! `midflight run --shake`: runs a program under many schedules and looks whether it prints the same.

use std::io::{self, IsTerminal, Read};
use std::path::Path;

use crate::program::diagnostic::counted;
use crate::program::image::Image;
use crate::session::command::Command;
use crate::session::file_kind::FileKind;
use crate::session::refused::Refused;
use crate::session::shake::{Differs, Shaken};
use crate::store;

use super::arguments::Bounds;
use super::terminal::{program_text, say};
use super::{Rejected, open, say_parted};

/// The longest input, in bytes.
const INPUT: u64 = 64 << 20;
/// How far each schedule runs, if nothing else is said.
const FUEL: u64 = 10_000_000;

/// Runs an image under as many schedules as `schedules` says, and returns the exit code: 1 if one of them differs from
/// the image's own. The recording of that one is saved, or written to standard output.
///
/// # Errors
/// If something cannot be read or written.
pub fn shake(
    file: &Path,
    mut image: Image,
    schedules: u64,
    save: Option<&Path>,
    bounds: &Bounds,
) -> Result<u8, Rejected> {
    give_input(&mut image)?;
    let fuel = bounds.fuel.unwrap_or(FUEL);
    let refused = |refused: Refused| open::rejected(file, &refused);
    let first = Shaken::run(&image, 0, fuel).map_err(refused)?;
    for number in 1..=schedules {
        let shaken = Shaken::run(&image, number, fuel).map_err(refused)?;
        let Some(differs) = first.differs(&shaken) else { continue };
        say(&format!("{}: {}", file.display(), told(&differs, &shaken)));
        let recording = shaken.recording(&image).map_err(refused)?;
        match save {
            Some(path) => {
                if store::replace(path, &recording)?.parted {
                    say_parted(path);
                }
                say(&format!("  saved  {}: midflight play shows it", path.display()));
            }
            None => program_text(&recording)?,
        }
        return Ok(1);
    }
    let ends = first.stop;
    let under = counted(schedules, "other schedule");
    say(&format!("{}: the same output under {under}; {ends}", file.display()));
    Ok(0)
}

fn told(differs: &Differs, shaken: &Shaken) -> String {
    let turns = counted(shaken.quantum, "instruction");
    let under = format!("under schedule {}, with turns of {turns}", shaken.number);
    match differs {
        Differs::Line(line, first, other) => {
            format!("output line {line} is `{other}` {under}, and `{first}` without")
        }
        Differs::Stop(first, other) => {
            format!("it ends with `{other}` {under}, and `{first}` without")
        }
    }
}

/// Gives all of the standard input, if it is no terminal.
fn give_input(image: &mut Image) -> Result<(), Rejected> {
    let input = io::stdin();
    if input.is_terminal() {
        return Ok(());
    }
    let mut text = String::new();
    let read = input.take(INPUT + 1).read_to_string(&mut text);
    read.map_err(|error| Rejected(format!("standard input: {}", store::reason(&error))))?;
    if text.len() as u64 > INPUT {
        let most = counted(INPUT, "byte");
        return Err(Rejected(format!("standard input: every schedule gets it, so at most {most}")));
    }
    for command in [Command::Give { text }, Command::EndInput] {
        command.apply(image).map_err(|refused| Rejected(refused.to_string()))?;
    }
    Ok(())
}

/// Checks where the recording is saved.
pub fn check_save(path: Option<&Path>) -> Result<(), Rejected> {
    let Some(path) = path else { return Ok(()) };
    if FileKind::named(path) != Some(FileKind::Recording) {
        let shown = path.display();
        return Err(Rejected(format!(
            "{shown}: --shake saves a recording, whose name must end in .session, as in --save race.session"
        )));
    }
    Ok(store::check_replace(path)?)
}
