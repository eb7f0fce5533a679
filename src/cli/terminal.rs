//! The one printer of the command line. Standard error and standard output are written only here.
//!
//! Text that comes from a file, a name, a path or an argument is untrusted and is made visible first. The
//! exceptions are two: what the program prints, because the user runs the program and its output may go
//! to any reader, and canonical program text that goes into a file or a pipe, which must read back as
//! it is.

use std::fmt;
use std::io::{self, BufWriter, IsTerminal, Write};

use crate::program::visible::visible;

/// Writes a message to standard error, even if nobody reads it.
pub fn say(message: &str) {
    let name =
        if message.is_empty() || message.starts_with("error: ") { "" } else { "midflight: " };
    note(format_args!("{name}{message}"));
}

/// Writes a line to standard error without the name of the program, even if nobody reads it.
pub fn note(line: fmt::Arguments<'_>) {
    let _ = writeln!(io::stderr(), "{}", visible(&line.to_string()));
}

/// Writes a text about a file to standard output.
///
/// # Errors
/// If it cannot be written.
pub fn show(text: &str) -> io::Result<()> {
    output(&visible(text))
}

/// Writes a text about a file to standard output, piece by piece.
///
/// # Errors
/// If it cannot be written.
pub fn show_by(text: impl FnOnce(&mut dyn Write) -> io::Result<()>) -> io::Result<()> {
    let mut stdout = BufWriter::new(io::stdout().lock());
    text(&mut Visible(&mut stdout))?;
    stdout.flush()
}

/// Makes visible what is written. Each piece is text of its own.
struct Visible<W>(W);

impl<W: Write> Write for Visible<W> {
    fn write(&mut self, piece: &[u8]) -> io::Result<usize> {
        let text = String::from_utf8_lossy(piece);
        self.0.write_all(visible(&text).as_bytes())?;
        Ok(piece.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        self.0.flush()
    }
}

/// Writes program text to standard output: exactly, unless a person reads it there.
///
/// # Errors
/// If it cannot be written.
pub fn program_text(text: &str) -> io::Result<()> {
    if io::stdout().is_terminal() { show(text) } else { output(text) }
}

/// Writes what the program printed to standard output, as it is.
///
/// # Errors
/// If it cannot be written.
pub fn output(text: &str) -> io::Result<()> {
    let mut stdout = io::stdout().lock();
    stdout.write_all(text.as_bytes()).and_then(|()| stdout.flush())
}

/// On a terminal, ends a line of output that the program left unfinished.
pub fn end_line() {
    if io::stdout().is_terminal() {
        say("");
    }
}
