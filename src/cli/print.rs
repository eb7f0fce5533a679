//! `midflight print`: prints a program or an image as text.

use std::io::{self, Write};

use crate::program::notation::Notation;
use crate::view::screen;

use super::arguments::Print;
use super::ending::Ending;
use super::{Rejected, open};

/// Prints a file and returns the exit code.
///
/// # Errors
/// If it cannot be read, or the text cannot be written.
pub fn print(arguments: &Print) -> Result<u8, Rejected> {
    let image = open::image(&arguments.file)?;
    let text = match (arguments.cells, arguments.screen) {
        (true, _) => screen::cells(&image),
        (false, true) => screen::screen(&image),
        (false, false) => Notation::default().print_machine(&image.machine).text,
    };
    write(&text)
}

/// Writes to standard output. A closed pipe is not an error.
fn write(text: &str) -> Result<u8, Rejected> {
    let mut stdout = io::stdout().lock();
    match stdout.write_all(text.as_bytes()).and_then(|()| stdout.flush()) {
        Ok(()) => Ok(0),
        Err(error) if error.kind() == io::ErrorKind::BrokenPipe => Ok(Ending::Output(error).code()),
        Err(error) => Err(Rejected(format!("standard output cannot be written: {error}"))),
    }
}
