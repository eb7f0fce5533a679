//! A run without a history: for an image that nobody goes back in. It keeps nothing of what was done, so it
//! may read and print for ever.

use super::command::Command;
use super::goal::{Ended, Goal};
use super::refused::Refused;
use crate::program::image::Image;
use crate::vm::machine::Machine;

/// An image that runs until something stops it.
#[derive(Clone, Debug)]
pub struct PlainRun {
    image: Image,
    /// Whether it is still at the first instruction since it was started, or since what it waited for came:
    /// a breakpoint there does not stop it.
    first: bool,
}

impl PlainRun {
    /// A run of an image. Executes nothing yet.
    pub fn new(image: Image) -> PlainRun {
        PlainRun { image, first: true }
    }

    /// The image.
    pub fn image(&self) -> &Image {
        &self.image
    }

    /// The machine of the image.
    pub fn machine(&self) -> &Machine {
        &self.image.machine
    }

    /// Applies a command as a person gives it.
    ///
    /// # Errors
    /// Why it was refused; then nothing has changed.
    pub fn apply(&mut self, command: Command) -> Result<(), Refused> {
        command.with_plain_names(&self.image.machine).apply(&mut self.image)
    }

    /// Executes at most `fuel` instructions, or fewer if they cost much; returns how the run ended, if it
    /// did.
    pub fn advance(&mut self, fuel: u64) -> Option<Ended> {
        let before = self.image.machine.retired();
        self.image.machine.pause_after(Some(fuel));
        let ended = Goal::Free.run(&mut self.image, fuel, self.first);
        self.image.machine.pause_after(None);
        self.first &= self.image.machine.retired() == before;
        ended
    }

    /// Gives input.
    pub fn give(&mut self, text: &str) {
        self.image.machine.give_input(text);
        self.first = true;
    }

    /// Says that no more input will come.
    pub fn end_input(&mut self) {
        self.image.machine.end_input();
        self.first = true;
    }

    /// Ends the run, and returns the image. Of the input that was given and not read, takes back the last
    /// `bytes`, and adds `more`.
    pub fn finish(mut self, bytes: usize, more: &str) -> Image {
        let machine = &mut self.image.machine;
        // If nothing changes, input that has ended stays so.
        if bytes > 0 {
            machine.take_back_input(bytes);
        }
        if !more.is_empty() {
            machine.give_input(more);
        }
        machine.finish_collection();
        self.image
    }

    /// Forgets what was printed, once it is written elsewhere.
    pub fn forget_output(&mut self) {
        self.image.machine.forget_output();
        self.first = true;
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::session::load::image_of_program;
    use crate::vm::memory::{MAIN, Place};
    use crate::vm::stop::Stop;

    #[test]
    fn a_breakpoint_stops_it_once() {
        let mut image = image_of_program("1 input.line drop 2").unwrap();
        let there = Place::start(MAIN);
        let place = Place { offset: there.offset.next(), ..there };
        image.breakpoints.insert(place);
        let mut run = PlainRun::new(image);
        // It is not the first instruction, even if a part of the run begins there.
        assert_eq!(run.advance(1), None);
        assert_eq!(run.advance(9), Some(Ended::Breakpoint(place)));
        let mut run = PlainRun::new(run.image);
        assert_eq!(run.advance(9), Some(Ended::Stopped(Stop::Input)));
        run.give("line\n");
        assert_eq!(run.advance(9), Some(Ended::Stopped(Stop::Finished)));
    }

    #[test]
    fn a_part_of_a_run_that_costs_much_is_short() {
        let image = image_of_program("[ \",\" 65536 str_repeat \",\" str_split drop ] repeat");
        let mut run = PlainRun::new(image.unwrap());
        assert_eq!(run.advance(100_000), None);
        assert!(run.machine().retired() < 1000, "{}", run.machine().retired());
        let before = run.machine().retired();
        assert_eq!(run.advance(1), None);
        assert_eq!(run.machine().retired(), before + 1);
    }
}
