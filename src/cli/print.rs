//! `midflight print`: prints a program or an image as text.

use std::io;

use crate::program::notation::Notation;
use crate::store;
use crate::view::{listing, screen};

use super::arguments::Print;
use super::ending::Ending;
use super::{Rejected, open, terminal};

/// Prints a file and returns the exit code.
///
/// # Errors
/// If it cannot be read, or the text cannot be written.
pub fn print(arguments: &Print) -> Result<u8, Rejected> {
    let image = open::image(&arguments.file, arguments.notation.map(Notation::from), &[])?;
    if arguments.screen {
        open::warn_of_tasks(&arguments.file, &image);
    }
    let written = match (arguments.cells, arguments.screen) {
        (true, _) => terminal::show_by(|out| listing::write_cells(&image, out)),
        (false, true) => terminal::show(&screen::screen(&image)),
        (false, false) => {
            let notation = if arguments.source { Notation::Source } else { Notation::Forth };
            terminal::program_text(&image.print(notation))
        }
    };
    code_of(written)
}

/// The exit code after writing to standard output.
///
/// # Errors
/// If it cannot be written, except to a closed pipe.
pub fn code_of(written: io::Result<()>) -> Result<u8, Rejected> {
    match written {
        // A closed pipe is not an error.
        Ok(()) => Ok(0),
        Err(error) if error.kind() == io::ErrorKind::BrokenPipe => Ok(Ending::Output(error).code()),
        Err(error) => {
            let reason = store::reason(&error);
            Err(Rejected(format!("standard output cannot be written: {reason}")))
        }
    }
}
