//! What the desk tells the user at all times: what Enter does now, and where typed text goes.

use super::Desk;
use super::entry_line::EntryMode;
use crate::program::image::Image;
use crate::program::notation::Notation;
use crate::view::memory::{self, CellKind, Marks};
use crate::view::stop::Tone;
use crate::vm::memory::MAIN;

impl Desk {
    /// What Enter does now, in words.
    pub fn hint(&self) -> String {
        if self.runs() {
            return "Running. F5 pauses.".to_owned();
        }
        if self.plays() {
            return "Playing the recording. F5 pauses, and typing takes over.".to_owned();
        }
        if self.value.is_some() {
            return "Enter sets the value, Esc cancels.".to_owned();
        }
        let address = self.head().address(self.session().machine());
        match self.entry.mode {
            EntryMode::Answer => {
                "Write what the call takes and what it leaves: `3 -- 1`. Enter answers, Esc cancels."
                    .to_owned()
            }
            EntryMode::Restart(_) => {
                "Write the stack that the call starts with, the arguments last. Enter restarts it, \
                 Esc cancels."
                    .to_owned()
            }
            EntryMode::Replace => {
                format!("Write what replaces cell {address}. Enter replaces it, Esc cancels.")
            }
            EntryMode::Write if !self.at_counter() => {
                "What you type goes to the selected cell. Esc goes back to the counter.".to_owned()
            }
            EntryMode::Write if self.entry.text.trim().is_empty() => self.obvious_thing(),
            EntryMode::Write => "Enter does what is typed, Esc clears it.".to_owned(),
        }
    }

    /// Whether the counter is in a function or block, which has an end.
    pub(super) fn counter_in_function(&self) -> bool {
        self.session().machine().task().counter().body != MAIN
    }

    /// What Enter does on an empty line at the counter.
    pub(super) fn obvious_thing(&self) -> String {
        let stop = self.stop();
        match stop.tone {
            Tone::Ready if self.entry.overwrites => {
                "Enter executes the next instruction. What you type replaces it.".to_owned()
            }
            Tone::Ready => {
                "Enter executes the next instruction. What you type goes before it.".to_owned()
            }
            Tone::Write => {
                let address = self.counter().address(self.session().machine());
                match (self.notation(), self.counter_in_function()) {
                    (Notation::Forth, _) => {
                        format!("Cell {address} is empty: write what should happen. Enter does it.")
                    }
                    (Notation::Source, false) => {
                        "Write what should happen here. Enter does it.".to_owned()
                    }
                    (Notation::Source, true) => {
                        "Write what should happen here. Enter does it. `return(x)` or \
                         `end()` ends the function or block."
                            .to_owned()
                    }
                }
            }
            Tone::Missing if self.outside.asks() => {
                "The host is working on the answer. Esc stops waiting.".to_owned()
            }
            Tone::Missing if self.asked_of_host().is_some() => "Enter asks the host.".to_owned(),
            Tone::Missing => {
                format!("Enter creates {}.", stop.name.expect("what is missing has a name"))
            }
            Tone::Input => "Type a line for the program into the console.".to_owned(),
            Tone::Fault => {
                "Fix the cause, then run this instruction again: nothing has changed.".to_owned()
            }
            Tone::Waits if self.session().machine().waits_together().is_some() => {
                "No other task can go on: Alt+Shift+Down shows the next one.".to_owned()
            }
            Tone::Waits => {
                "It waits for another task: F5 runs on, Alt+F5 until it can go on.".to_owned()
            }
            Tone::Limit => "Enter raises the limit.".to_owned(),
            Tone::Wrong => {
                "Step back to see how it came to this; a double click on its row changes the example."
                    .to_owned()
            }
            Tone::Finished if self.in_example() => {
                "The example has run. A double click on its row changes it; Ctrl+PageDown shows the next."
                    .to_owned()
            }
            Tone::Finished => "Finished. What you type continues from here.".to_owned(),
            Tone::Exited => "The program has ended. What you type goes before its exit.".to_owned(),
        }
    }

    /// Whether what is typed moves cells to the right.
    fn inserts(&self) -> bool {
        let cell = |at| memory::cell(self.session().machine(), &Marks::default(), at);
        let head = self.head();
        head.place().is_some() && cell(head).kind != CellKind::Empty
    }

    /// Where typed text goes: `do at 104`.
    pub fn prompt(&self) -> String {
        let address = self.head().address(self.session().machine());
        match self.entry.mode {
            EntryMode::Restart(frame) => format!("restart frame {}", memory::frame_number(frame)),
            EntryMode::Answer => match self.stop().name {
                Some(name) => format!("answer {name}"),
                None => "answer".to_owned(),
            },
            EntryMode::Replace => format!("replace {address}"),
            EntryMode::Write if self.entry.overwrites => format!("replace {address}"),
            EntryMode::Write if !self.at_counter() && self.inserts() => {
                format!("insert before {address}")
            }
            EntryMode::Write if !self.at_counter() => format!("write at {address}"),
            EntryMode::Write => format!("do at {address}"),
        }
    }

    /// Whether the image is still empty, so that an example of what to type helps.
    pub fn is_empty(&self) -> bool {
        *self.session().image() == Image::default()
    }
}
