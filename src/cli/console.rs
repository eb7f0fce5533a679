//! Standard input, standard output and what interrupts a run.
//!
//! Input is read when the program needs more, and a thread waits for it, so that Ctrl-C acts meanwhile. A
//! file needs no thread: what it holds is there.

use std::sync::mpsc::{Receiver, Sender, channel};
use std::sync::{Arc, Mutex, PoisonError};
use std::thread;

use crate::store;
use crate::vm::machine::Machine;

use super::blocks::{Blocks, Reading, Source};
use super::ending::Ending;
use super::interrupt::{Interrupt, Interrupts};
use super::terminal;

/// Standard input, standard output and what interrupts a run.
pub struct Console {
    interrupts: Interrupts,
    sender: Sender<Reading>,
    readings: Receiver<Reading>,
    input: Option<Input>,
    /// How many bytes of input were given.
    given: usize,
    ended: bool,
    /// How many bytes of the machine's output have been written.
    printed: usize,
    /// Whether the last line of that has no end yet.
    is_mid_line: bool,
}

/// Input that was opened, and who reads it: a thread for each request, or nobody if it never waits.
struct Input {
    blocks: Arc<Mutex<Blocks>>,
    requests: Option<Sender<()>>,
}

/// What becomes of the input that a program was given and has not taken.
#[derive(Debug, Default, PartialEq, Eq)]
pub struct Rest {
    /// How many bytes at the end are taken back: whatever reads the input next gets them, or they are no
    /// text.
    pub bytes: usize,
    /// What was read after them, and cannot be put back.
    pub more: String,
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
        let (input, given, ended) = (None, 0, false);
        Console { interrupts, sender, readings, input, given, ended, printed, is_mid_line }
    }

    /// A console without input.
    pub fn without_input(machine: &Machine) -> Console {
        Console { ended: true, ..Console::new(machine) }
    }

    /// What asked the program to stop since the last call.
    pub fn interrupted(&self) -> Option<Interrupt> {
        self.interrupts.take()
    }

    /// Whether no more input will come.
    pub fn ended(&self) -> bool {
        self.ended
    }

    /// The next block of standard input. Waits until there is something.
    pub fn read(&mut self) -> Reading {
        if self.ended {
            return Reading::Ended;
        }
        let reading = match self.next_block() {
            Ok(reading) => reading,
            Err(error) => Reading::Bad(store::reason(&error)),
        };
        match &reading {
            Reading::Given(text) => self.given += text.len(),
            Reading::Ended => self.ended = true,
            Reading::Interrupted(_) => drop(self.interrupts.take()),
            Reading::Bad(_) => {}
        }
        reading
    }

    fn next_block(&mut self) -> std::io::Result<Reading> {
        if self.input.is_none() {
            self.input = Some(Input::of(Source::standard_input()?, &self.sender));
        }
        let input = self.input.as_ref().expect("it was opened");
        Ok(match &input.requests {
            Some(requests) => {
                requests.send(()).expect("the thread waits for requests until the console is gone");
                self.readings.recv().expect("the console has a sender too")
            }
            None => input.blocks.lock().unwrap_or_else(PoisonError::into_inner).next(),
        })
    }

    /// Ends reading, at a program that has left these many bytes: winds back a file to where the program is.
    /// `keeps` says that the program goes on later, so that it needs what cannot be put back; then this
    /// waits for the end of a character that was cut.
    pub fn finish(&mut self, left: usize, keeps: bool) -> Rest {
        let untaken = left.min(self.given);
        // A thread that still waits for input has the lock, and nothing.
        let blocks = self.input.as_ref().and_then(|input| input.blocks.try_lock().ok());
        let Some(mut blocks) = blocks else { return Rest::default() };
        if blocks.wind_back(untaken) {
            return Rest { bytes: untaken, more: String::new() };
        }
        if !keeps {
            return Rest::default();
        }
        // What came together with an interrupt.
        let came: String = self.readings.try_iter().filter_map(Reading::given).collect();
        let (rest, left_out) = blocks.take_rest();
        if left_out > 0 {
            let lines = if left_out == 1 { "1 line" } else { "some lines" };
            terminal::say(&format!("{lines} of the input that was read: no text, so not saved"));
        }
        let more = came + &rest;
        Rest { bytes: blocks.spoiled().min(untaken), more }
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

impl Input {
    fn of(source: Source, readings: &Sender<Reading>) -> Input {
        let waits = !source.is_file();
        let blocks = Arc::new(Mutex::new(Blocks::of(source)));
        let requests = waits.then(|| start_reading(Arc::clone(&blocks), readings.clone()));
        Input { blocks, requests }
    }
}

/// Starts a thread that reads a block for each request.
fn start_reading(blocks: Arc<Mutex<Blocks>>, readings: Sender<Reading>) -> Sender<()> {
    let (requests, requested) = channel();
    thread::spawn(move || {
        while let Ok(()) = requested.recv() {
            let Ok(mut blocks) = blocks.lock() else { return };
            let reading = blocks.next();
            // Whoever gets it may want what is left.
            drop(blocks);
            if readings.send(reading).is_err() {
                return;
            }
        }
    });
    requests
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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn output_of_another_branch_begins_with_a_whole_character() {
        assert_eq!(unwritten("abc", 2), "c");
        assert_eq!(unwritten("a", 2), "");
        assert_eq!(unwritten("aéb", 2), "éb");
    }
}
