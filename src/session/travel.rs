//! The window's old way of going about a session, until it uses [`super::request`].
#![allow(missing_docs, clippy::missing_errors_doc)]

use super::command::Command;
use super::goal::{Ended, Goal, Progress as Ran};
use super::job::Job;
use super::journal::{Mismatch, Position};
use super::outcome::{Outcome, Progress, Proposal};
use super::refused::Refused;
use super::request::Request;
use super::search::Searched;
use super::session::Session;
use super::target::Target;
use super::wanted::{Direction, Wanted};
use crate::program::image::Image;
use crate::vm::index::FrameId;
use crate::vm::memory::Place;
use crate::vm::stop::Stop;
use std::collections::BTreeSet;

#[derive(Clone, Debug)]
pub struct Journey(Option<super::journey::Journey>, Position);

impl Journey {
    pub fn to(&self) -> Position {
        self.1
    }

    pub fn slice(&mut self, session: &mut Session, fuel: u64) -> Result<bool, Mismatch> {
        if let Some(image) = self.look(session, fuel)? {
            session.job = None;
            session.arrive(self.1, image);
        }
        Ok(self.0.is_none())
    }

    pub fn look(&mut self, session: &mut Session, fuel: u64) -> Result<Option<Image>, Mismatch> {
        let Some(journey) = &mut self.0 else { return Ok(None) };
        let there = journey.advance(&session.journal, &mut session.checkpoints, fuel)?;
        session.note_stops(journey.take_ends());
        Ok(if there { self.0.take().map(super::journey::Journey::into_image) } else { None })
    }
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Finding {
    More,
    Found(Position),
    Nothing,
}

#[derive(Clone, Debug)]
pub struct Search(super::search::Search);

impl Search {
    pub fn slice(&mut self, session: &Session, fuel: u64) -> Result<Finding, Mismatch> {
        Ok(match self.0.advance(&session.journal, &session.checkpoints, fuel)? {
            Searched::More => Finding::More,
            Searched::Found(at) => Finding::Found(at),
            Searched::Nothing => Finding::Nothing,
        })
    }

    pub fn cells_there(&self) -> &BTreeSet<Place> {
        self.0.cells_found()
    }
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Restarted {
    Done,
    Ask(Proposal),
}

impl Session {
    pub fn running(&self) -> Option<&Goal> {
        self.job().and_then(Job::goal)
    }

    pub fn begin(&mut self, commands: &[Command], goal: Option<Goal>) -> Result<(), Refused> {
        match goal {
            Some(goal) => self.start(Request::gesture(commands, Some(goal))).map(|_| ()),
            None => self.apply(commands),
        }
    }

    pub fn slice(&mut self, fuel: u64) -> Ran {
        match self.advance(fuel) {
            Ok(Progress::More) => Ran::More,
            Ok(Progress::Done(Outcome::Ran(Ended::Reached))) => Ran::Reached,
            Ok(Progress::Done(Outcome::Ran(Ended::Breakpoint(at)))) => Ran::UserBreakpoint(at),
            Ok(Progress::Done(Outcome::Ran(Ended::Stopped(stop)))) => Ran::Stopped(stop),
            _ => Ran::Stopped(self.machine().waits().unwrap_or(Stop::OutOfFuel)),
        }
    }

    pub fn pause(&mut self) {
        self.give_up();
    }

    pub fn journey(&self, to: Position) -> Result<Journey, Mismatch> {
        match self.target(Target::At(to)) {
            Some(to) => Ok(Journey(Some(self.journey_to(to)), to)),
            None => Err(Mismatch { entry: to.entry, cause: format!("there is no position {to}") }),
        }
    }

    pub fn search_back(&self, wanted: Wanted) -> Search {
        Search(self.search(wanted, Direction::Back))
    }

    pub fn search_forth(&self, wanted: Wanted) -> Search {
        Search(self.search(wanted, Direction::Forward))
    }

    pub fn frame_start(&self, depth: FrameId) -> Result<Search, Refused> {
        self.search_call(depth).map(Search)
    }

    pub fn restart_as(
        &mut self,
        depth: FrameId,
        call: Option<Image>,
    ) -> Result<Restarted, Refused> {
        match call {
            Some(mut image) => {
                image.machine.step().expect("it was found");
                self.restart(depth, &image.machine)?;
                Ok(Restarted::Done)
            }
            None => match self.restart_frame(depth)? {
                Outcome::Ask(proposal) => Ok(Restarted::Ask(proposal)),
                _ => Ok(Restarted::Done),
            },
        }
    }

    pub fn rewind_as(&mut self, to: Position, then: Image) -> Result<(), Refused> {
        self.check_rewind(to)?;
        self.rewind(to, then)
    }

    pub fn next_gesture(&self) -> Option<Position> {
        self.target(Target::Redo)
    }
}
