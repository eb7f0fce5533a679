//! An attempt: the commands of a gesture, with runs among them, tried on a copy of the image in time
//! slices. A gesture is carried out whole or not at all, so the session does not change until the attempt
//! succeeds. To give an attempt up, drop it.

use super::command::{COST, Command};
use super::refused::Refused;
use crate::program::image::Image;

/// Commands that are being tried on a copy of the image.
#[derive(Clone, Debug)]
pub(super) struct Attempt {
    image: Image,
    /// The commands that are still to be done, in reverse order.
    left: Vec<Command>,
    /// Whether the next command is the rest of a run.
    continues: bool,
    done: Vec<Command>,
    retired: u64,
}

impl Attempt {
    /// An attempt at commands on a copy of the image.
    pub(super) fn new(image: Image, commands: Vec<Command>) -> Attempt {
        let left = commands.into_iter().rev().collect();
        Attempt { image, left, continues: false, done: Vec::new(), retired: 0 }
    }

    /// How many instructions its runs have retired so far.
    pub(super) fn retired(&self) -> u64 {
        self.retired
    }

    /// Continues for about `fuel` instructions; a command counts as [`COST`]. True if all is done.
    ///
    /// # Errors
    /// Why a command was refused.
    pub(super) fn advance(&mut self, fuel: u64) -> Result<bool, Refused> {
        let mut fuel = fuel.max(1);
        while let Some(command) = self.left.pop() {
            if fuel == 0 {
                self.left.push(command);
                return Ok(false);
            }
            fuel = fuel.saturating_sub(self.one(command, fuel)?);
        }
        Ok(true)
    }

    /// The resulting image, and the commands as they were done: runs shortened to what retired, without
    /// runs that retired nothing.
    pub(super) fn into_parts(self) -> (Image, Vec<Command>) {
        (self.image, self.done)
    }

    /// Does a command, or a part of a run. Returns the cost, in instructions.
    fn one(&mut self, command: Command, fuel: u64) -> Result<u64, Refused> {
        let Command::Run { fuel: wanted } = command else {
            command.apply(&mut self.image)?;
            self.done.push(command);
            return Ok(COST);
        };
        let continues = std::mem::take(&mut self.continues);
        let before = self.image.machine.retired();
        self.image.run(wanted.min(fuel));
        let retired = self.image.machine.retired() - before;
        self.retired += retired;
        if let Some(Command::Run { fuel }) = self.done.last_mut().filter(|_| continues) {
            *fuel += retired;
        } else if retired > 0 {
            self.done.push(Command::Run { fuel: retired });
        }
        // A run that stopped is over.
        if retired == fuel && wanted > retired {
            self.left.push(Command::Run { fuel: wanted - retired });
            self.continues = true;
        }
        Ok(retired)
    }
}
