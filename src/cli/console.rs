//! Standard input, standard output and what interrupts a run.
//!
//! A thread reads input, one line for each request, so that Ctrl-C acts while the program waits for a
//! line. It takes not a byte more than that line: whatever reads standard input next, such as the run
//! that continues the saved image, gets the rest.

use std::io::{self, Read};
use std::sync::mpsc::{Receiver, Sender, channel};
use std::thread;

use crate::store;
use crate::vm::machine::Machine;
use crate::vm::text::TEXT_BYTES;

use super::ending::Ending;
use super::interrupt::{Interrupt, Interrupts};
use super::terminal;

/// The most bytes of a line that are read at once. A longer line comes in parts; the machine then reports
/// that it does not fit in a text.
const LINE_BYTES: usize = TEXT_BYTES + 3;

/// What reading a line found.
#[derive(Debug)]
pub enum Reading {
    /// A line with its line end; the last line may have none.
    Line(String),
    /// The end of the input.
    Ended,
    /// Input that is not text or cannot be read: why.
    Bad(String),
    /// Something asked the program to stop while it waited.
    Interrupted(Interrupt),
}

/// Standard input, standard output and what interrupts a run.
#[derive(Debug)]
pub struct Console {
    interrupts: Interrupts,
    sender: Sender<Reading>,
    readings: Receiver<Reading>,
    requests: Option<Sender<()>>,
    ended: bool,
    /// How many bytes of the machine's output have been written.
    printed: usize,
    /// Whether the last line of that has no end yet.
    is_mid_line: bool,
}

impl Console {
    /// A console that treats the machine's output so far as written. Takes interrupts from now on.
    pub fn new(machine: &Machine) -> Console {
        let (sender, readings) = channel();
        let waking = sender.clone();
        let interrupts = Interrupts::taken(move |interrupt| {
            let _ = waking.send(Reading::Interrupted(interrupt));
        });
        let output = machine.output();
        let (printed, is_mid_line) = (output.len(), leaves_line(output, false));
        Console { interrupts, sender, readings, requests: None, ended: false, printed, is_mid_line }
    }

    /// A console without input.
    pub fn without_input(machine: &Machine) -> Console {
        Console { ended: true, ..Console::new(machine) }
    }

    /// A console that reads these lines, for tests.
    #[cfg(test)]
    pub(super) fn given(lines: Vec<String>) -> Console {
        let console = Console::new(&Machine::default());
        let (requests, requested) = channel();
        let readings = console.sender.clone();
        thread::spawn(move || {
            let readings_of_lines = lines.into_iter().map(Reading::Line);
            for reading in readings_of_lines.chain([Reading::Ended]) {
                if requested.recv().is_err() || readings.send(reading).is_err() {
                    return;
                }
            }
        });
        Console { requests: Some(requests), ..console }
    }

    /// What asked the program to stop since the last call.
    pub fn interrupted(&self) -> Option<Interrupt> {
        self.interrupts.take()
    }

    /// Whether no more input will come.
    pub fn ended(&self) -> bool {
        self.ended
    }

    /// Waits for the next line of standard input.
    pub fn read(&mut self) -> Reading {
        if self.ended {
            return Reading::Ended;
        }
        let sender = &self.sender;
        let requests = self.requests.get_or_insert_with(|| start_reading(sender.clone()));
        requests.send(()).expect("the thread reads until it has said why it cannot");
        match self.readings.recv() {
            Ok(Reading::Interrupted(interrupt)) => {
                self.interrupts.take();
                Reading::Interrupted(interrupt)
            }
            Ok(Reading::Ended) | Err(_) => {
                self.ended = true;
                Reading::Ended
            }
            Ok(reading) => reading,
        }
    }

    /// Writes the machine's output since the last call.
    ///
    /// # Errors
    /// If it cannot be written.
    pub fn write(&mut self, machine: &Machine) -> Result<(), Ending> {
        let output = machine.output();
        let new = unwritten(output, self.printed);
        self.printed = output.len();
        if new.is_empty() {
            return Ok(());
        }
        self.is_mid_line = leaves_line(new, self.is_mid_line);
        terminal::output(new).map_err(Ending::Output)
    }

    /// Forgets how much was written: the machine forgot its output.
    pub fn forget_written(&mut self) {
        self.printed = 0;
    }

    /// Whether the program left a line of output unfinished.
    pub fn is_mid_line(&self) -> bool {
        self.is_mid_line
    }
}

/// Whether a line is unfinished after a piece of output, if one `was` before it.
fn leaves_line(piece: &str, was: bool) -> bool {
    if piece.is_empty() { was } else { !piece.ends_with('\n') }
}

/// The output after the first `written` bytes. Going back in history takes output back, but what was
/// written stays written. On another branch, `written` may fall inside a character.
fn unwritten(output: &str, written: usize) -> &str {
    &output[output.floor_char_boundary(written)..]
}

/// Starts a thread that reads a line of standard input for each request.
fn start_reading(readings: Sender<Reading>) -> Sender<()> {
    let (requests, requested) = channel();
    thread::spawn(move || {
        let mut line = 0_u64;
        let mut input = match input() {
            Ok(input) => input,
            Err(error) => {
                let _ = readings.send(Reading::Bad(store::reason(&error)));
                return;
            }
        };
        while let Ok(()) = requested.recv() {
            line += 1;
            if readings.send(read_line(&mut *input, line)).is_err() {
                return;
            }
        }
    });
    requests
}

/// Standard input without a buffer, which would take more than the requested line.
#[cfg(unix)]
fn input() -> io::Result<Box<dyn Read>> {
    use std::os::fd::AsFd;
    let input = io::stdin().as_fd().try_clone_to_owned()?;
    Ok(Box::new(std::fs::File::from(input)))
}

#[cfg(not(unix))]
fn input() -> io::Result<Box<dyn Read>> {
    Ok(Box::new(io::stdin()))
}

fn read_line(input: &mut dyn Read, number: u64) -> Reading {
    let mut bytes = Vec::new();
    let mut byte = [0];
    loop {
        match input.read(&mut byte) {
            Ok(0) if bytes.is_empty() => return Reading::Ended,
            Ok(0) => break,
            Ok(_) => bytes.push(byte[0]),
            Err(error) if error.kind() == io::ErrorKind::Interrupted => continue,
            Err(error) => return Reading::Bad(store::reason(&error)),
        }
        if byte[0] == b'\n' || bytes.len() >= LINE_BYTES && !is_torn(&bytes) {
            break;
        }
    }
    String::from_utf8(bytes).map_or_else(
        |error| {
            let good = error.utf8_error().valid_up_to();
            Reading::Bad(format!("line {number}: invalid UTF-8 at byte {}", good + 1))
        },
        Reading::Line,
    )
}

/// Whether the bytes end in the middle of a character.
fn is_torn(bytes: &[u8]) -> bool {
    std::str::from_utf8(bytes).is_err_and(|error| error.error_len().is_none())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn lines(mut bytes: &[u8]) -> Vec<String> {
        let mut lines = Vec::new();
        loop {
            match read_line(&mut bytes, lines.len() as u64 + 1) {
                Reading::Line(line) => lines.push(line),
                Reading::Bad(reason) => lines.push(reason),
                Reading::Ended | Reading::Interrupted(_) => return lines,
            }
        }
    }

    #[test]
    fn output_of_another_branch_begins_with_a_whole_character() {
        assert_eq!(unwritten("abc", 2), "c");
        assert_eq!(unwritten("a", 2), "");
        assert_eq!(unwritten("aéb", 2), "éb");
    }

    #[test]
    fn lines_keep_their_ends() {
        assert_eq!(lines(b"a\r\n\nb"), ["a\r\n", "\n", "b"]);
        assert_eq!(lines(b""), [""; 0]);
        assert_eq!(lines(b"a\nb\xffc\n")[1], "line 2: invalid UTF-8 at byte 2");
    }

    #[test]
    fn a_long_line_comes_in_parts_of_whole_characters() {
        let text = format!("{}é{}\n", "x".repeat(LINE_BYTES - 1), "y".repeat(LINE_BYTES));
        let parts = lines(text.as_bytes());
        assert_eq!(parts.concat(), text);
        let lengths: Vec<usize> = parts.iter().map(String::len).collect();
        assert_eq!(lengths, [LINE_BYTES + 1, LINE_BYTES, 1]);
    }
}
