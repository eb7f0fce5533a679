//! Requests carried out in one call, for callers that can wait: the command line, tests, users of the
//! library.

use super::command::Command;
use super::goal::Goal;
use super::journal::{Mismatch, Position};
use super::outcome::{Outcome, Progress};
use super::record::Record;
use super::refused::Refused;
use super::request::Request;
use super::search::Searched;
use super::session::Session;
use super::target::Target;
use super::wanted::{Direction, Wanted};
use crate::vm::index::FrameId;

impl Session {
    /// Carries out a request, however long it takes.
    ///
    /// # Errors
    /// Why it cannot be done; then nothing has changed.
    pub fn perform(&mut self, request: Request) -> Result<Outcome, Refused> {
        let mut progress = self.start(request)?;
        loop {
            match progress {
                Progress::More => progress = self.advance(u64::MAX)?,
                Progress::Done(outcome) => return Ok(outcome),
            }
        }
    }

    /// Carries out a gesture: all of its commands, or none. A run among them ends when its fuel is used
    /// up or the machine stops.
    ///
    /// # Errors
    /// Why a command was refused; then image and journal are unchanged.
    pub fn apply(&mut self, commands: &[Command]) -> Result<(), Refused> {
        self.perform(Request::gesture(commands, None)).map(|_| ())
    }

    /// Carries out a gesture, and then runs towards a goal.
    ///
    /// # Errors
    /// As [`Session::apply`].
    pub fn finish(&mut self, commands: &[Command], goal: Goal) -> Result<Outcome, Refused> {
        self.perform(Request::gesture(commands, Some(goal)))
    }

    /// Does what a record says: see [`Request::Record`].
    ///
    /// # Errors
    /// Why it cannot be done; then nothing has changed.
    pub fn play(&mut self, record: &Record) -> Result<(), Refused> {
        self.perform(Request::Record(record.clone())).map(|_| ())
    }

    /// Goes to a position of the journal.
    ///
    /// # Errors
    /// If there is no such position, or the replay diverges from a journal that was made by hand; then
    /// the image is unchanged.
    pub fn goto(&mut self, to: Position) -> Result<(), Mismatch> {
        self.go(Target::At(to))
    }

    fn go(&mut self, target: Target) -> Result<(), Mismatch> {
        match self.perform(Request::Go(target)) {
            Ok(_) => Ok(()),
            Err(Refused::Mismatch(mismatch)) => Err(mismatch),
            Err(Refused::Edit(_) | Refused::Text(..) | Refused::Other(_)) => {
                unreachable!("a journey has no command that could be refused")
            }
        }
    }

    /// Undoes the last gesture; false at the base. Later positions stay reachable.
    ///
    /// # Errors
    /// As [`Session::goto`].
    pub fn undo(&mut self) -> Result<bool, Mismatch> {
        self.go_if_any(Target::Undo)
    }

    /// Redoes the next gesture ([`Target::Redo`]); false if there is none.
    ///
    /// # Errors
    /// As [`Session::goto`].
    pub fn redo(&mut self) -> Result<bool, Mismatch> {
        self.go_if_any(Target::Redo)
    }

    /// Goes back one instruction ([`Target::StepBack`]); false if there is none.
    ///
    /// # Errors
    /// As [`Session::goto`].
    pub fn step_back(&mut self) -> Result<bool, Mismatch> {
        self.go_if_any(Target::StepBack)
    }

    fn go_if_any(&mut self, target: Target) -> Result<bool, Mismatch> {
        match self.target(target) {
            Some(_) => self.go(target).map(|()| true),
            None => Ok(false),
        }
    }

    /// Restarts an activation: see [`Request::Restart`].
    ///
    /// # Errors
    /// If there is no such activation, or a block that was on the stack no longer exists; then nothing
    /// has changed.
    pub fn restart_frame(&mut self, frame: FrameId) -> Result<Outcome, Refused> {
        self.perform(Request::Restart(frame))
    }

    /// Goes back to a position and applies all later edits of code again: see [`Request::RewindTo`].
    ///
    /// # Errors
    /// If it is not an earlier position of this branch, or an edit cannot be applied there; then nothing
    /// has changed.
    pub fn rewind_keeping_edits(&mut self, to: Position) -> Result<(), Refused> {
        self.perform(Request::RewindTo(to)).map(|_| ())
    }

    /// The position that a search finds, if any; the session does not go there.
    ///
    /// # Errors
    /// If the replay diverges from a journal that was made by hand.
    pub fn find(
        &mut self,
        wanted: Wanted,
        direction: Direction,
    ) -> Result<Option<Position>, Mismatch> {
        self.image.machine.look_at(None);
        let mut search = self.search(wanted, direction);
        self.image.machine.look_at(self.looks_at);
        loop {
            match search.advance(&self.journal, &self.checkpoints, u64::MAX)? {
                Searched::More => {}
                Searched::Found(at) => return Ok(Some(at)),
                Searched::Nothing => return Ok(None),
            }
        }
    }
}
