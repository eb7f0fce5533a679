//! A gesture whose runs take long, tried in slices: it is done whole or not at all, as every gesture,
//! and until it is whole the session stays as it is. So it can be given up at any time.

use super::command::{COST, Command};
use super::refused::Refused;
use super::session::Session;
use crate::program::image::Image;

/// A gesture that is being tried on a copy of the image.
#[derive(Clone, Debug)]
pub struct Attempt {
    image: Image,
    /// What is still to be done, in reverse.
    left: Vec<Command>,
    /// Whether the next of them is the rest of a run.
    goes_on: bool,
    done: Vec<Command>,
    retired: u64,
}

impl Session {
    /// Begins a gesture: call [`Attempt::slice`] until it is whole. Ends a run in progress.
    pub fn attempt(&mut self, commands: &[Command]) -> Attempt {
        self.pause();
        let left = commands.iter().rev().cloned().collect();
        Attempt { image: self.image.clone(), left, goes_on: false, done: Vec::new(), retired: 0 }
    }
}

impl Attempt {
    /// How many instructions its runs have retired so far.
    pub fn retired(&self) -> u64 {
        self.retired
    }

    /// Goes on for about `fuel` instructions; a command counts as a thousand. True if the gesture is
    /// whole; then the session has it. Nothing else may be done to the session between two slices:
    /// it would be lost.
    ///
    /// # Errors
    /// Why a command was refused; the session is as it was.
    pub fn slice(&mut self, session: &mut Session, fuel: u64) -> Result<bool, Refused> {
        let mut fuel = fuel.max(1);
        while let Some(command) = self.left.pop() {
            if fuel == 0 {
                self.left.push(command);
                return Ok(false);
            }
            fuel = fuel.saturating_sub(self.one(command, fuel)?);
        }
        session.enter_whole(std::mem::take(&mut self.done), std::mem::take(&mut self.image));
        Ok(true)
    }

    /// Does a command, or a part of a run; how much work it was.
    fn one(&mut self, command: Command, fuel: u64) -> Result<u64, Refused> {
        let Command::Run { fuel: wanted } = command else {
            command.apply(&mut self.image)?;
            self.done.push(command);
            return Ok(COST);
        };
        let goes_on = std::mem::take(&mut self.goes_on);
        let before = self.image.machine.retired();
        self.image.machine.run(wanted.min(fuel));
        let retired = self.image.machine.retired() - before;
        self.retired += retired;
        match self.done.last_mut() {
            _ if retired == 0 => {}
            Some(Command::Run { fuel }) if goes_on => *fuel += retired,
            _ => self.done.push(Command::Run { fuel: retired }),
        }
        // A run that stopped is over.
        if retired == fuel && wanted > retired {
            self.left.push(Command::Run { fuel: wanted - retired });
            self.goes_on = true;
        }
        Ok(retired)
    }
}
