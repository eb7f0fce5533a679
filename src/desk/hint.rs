//! What the desk tells the user at all times: what Enter does now, and where typed text goes.

use super::Desk;
use super::entry_line::EntryMode;
use crate::program::image::Image;
use crate::view::memory;
use crate::view::stop::Tone;

impl Desk {
    /// What Enter does on an empty line, in words.
    pub fn hint(&self) -> String {
        if self.runs() {
            return "Running. F5 pauses.".to_owned();
        }
        if self.plays() {
            return "Playing the recording. F5 pauses, and typing takes over.".to_owned();
        }
        if !self.at_counter() {
            return "What you type goes to the selected cell. Esc goes back to the counter."
                .to_owned();
        }
        if self.entry.mode == EntryMode::Answer {
            return "Write what the call takes and what it leaves: `3 -- 1`. Enter answers, Esc cancels."
                .to_owned();
        }
        let stop = self.stop();
        match stop.tone {
            Tone::Ready => {
                "Enter executes the next instruction. What you type goes before it.".to_owned()
            }
            Tone::Write => {
                let address = self.counter().address(self.session().machine());
                format!("Cell {address} is empty: write what should happen. Enter does it.")
            }
            Tone::Missing => {
                format!("Enter creates {}.", stop.name.expect("what is missing has a name"))
            }
            Tone::Input => "Type a line for the program into the console.".to_owned(),
            Tone::Fault => {
                "Fix the cause, then run this instruction again: nothing has changed.".to_owned()
            }
            Tone::Limit => "Enter raises the limit.".to_owned(),
            Tone::Finished => "Finished. What you type continues from here.".to_owned(),
        }
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
            EntryMode::Write if !self.at_counter() => format!("write at {address}"),
            EntryMode::Write => format!("do at {address}"),
        }
    }

    /// Whether the image is still empty, so that an example of what to type helps.
    pub fn is_empty(&self) -> bool {
        *self.session().image() == Image::default()
    }
}
