//! A job: what a session does over several time slices. A session has at most one.
//!
//! The session stays where it is until the job is done, so a job can be given up at any time. Only jobs
//! that are watched move the session on the way: a run, and playing a recording.

use super::attempt::Attempt;
use super::change::Change;
use super::compare::Comparison;
use super::goal::Goal;
use super::journal::Position;
use super::journey::Journey;
use super::run::Run;
use super::search::Search;
use super::trace::Trace;
use crate::program::diagnostic::grouped;
use crate::program::image::Image;
use crate::vm::index::FrameId;

/// What a session is doing.
#[derive(Clone, Debug)]
pub struct Job {
    pub(super) work: Work,
}

/// What kind of work a job is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum JobKind {
    /// A gesture: the program runs, or the commands are tried on a copy.
    Gesture,
    /// A recording is played.
    Playing,
    /// Going to another position, or searching for one.
    Travel,
}

/// What there is to do.
#[derive(Clone, Debug)]
pub(super) enum Work {
    /// Trying the commands of a gesture on a copy; its run comes next.
    Trying(Attempt, Run),
    /// Running.
    Running(Run),
    /// Searching for a position.
    Searching(Search, Purpose),
    /// Going to a position, and then to the next one, if it was requested meanwhile.
    Going(Journey, Option<Position>),
    /// Finding out where a value came from.
    Tracing(Box<Trace>),
    /// Comparing with a replay of the input through other code.
    Comparing(Box<Comparison>),
    /// Working out the image at a position, without going there.
    Reading(Journey, Reading),
    /// Going to a position of a recording, and then to these, in reverse order: the positions that have
    /// expectations, and the end of playing.
    Playing(Journey, Vec<Position>),
}

/// What a search is for.
#[derive(Clone, Debug)]
pub(super) enum Purpose {
    /// To go there.
    Go,
    /// To restart this activation with the parameter stack it found there.
    Restart(FrameId),
    /// To go there and apply the later edits again.
    Rewind,
    /// To go there, and apply this change after the later edits.
    Revise(Box<Change>),
}

/// What the image at a position is needed for.
#[derive(Clone, Debug)]
pub(super) enum Reading {
    /// To restart this activation; the next instruction is its call.
    Call(FrameId),
    /// To restart the bottom frame.
    Beginning,
    /// To apply the later edits again.
    Rewind,
    /// To apply this change after the later edits.
    Revise(Box<Change>),
    /// To compare it with the image at another position.
    First(Position),
    /// To compare it with this image.
    Second(Box<Image>),
}

impl Job {
    /// What it is doing, in words: `Going to step 1,234`.
    pub fn words(&self) -> String {
        match &self.work {
            Work::Trying(..) => "Trying the gesture".to_string(),
            Work::Running(_) => "Running".to_string(),
            Work::Searching(..) | Work::Reading(..) => "Searching the history".to_string(),
            Work::Tracing(_) => "Searching where the value came from".to_string(),
            Work::Comparing(_) => "Comparing".to_string(),
            Work::Going(journey, _) => format!("Going to step {}", grouped(journey.step())),
            Work::Playing(..) => "Playing the recording".to_string(),
        }
    }

    /// The position that the session will be at when the job is done, if it is known.
    pub fn destination(&self) -> Option<Position> {
        match &self.work {
            Work::Going(journey, next) => Some(next.unwrap_or(journey.to())),
            Work::Playing(journey, next) => Some(next.first().copied().unwrap_or(journey.to())),
            Work::Trying(..)
            | Work::Running(_)
            | Work::Searching(..)
            | Work::Tracing(_)
            | Work::Comparing(_)
            | Work::Reading(..) => None,
        }
    }

    /// Whether the job runs the program.
    pub fn is_run(&self) -> bool {
        matches!(self.work, Work::Running(_))
    }

    /// What kind of work it is.
    pub fn kind(&self) -> JobKind {
        match self.work {
            Work::Trying(..) | Work::Running(_) => JobKind::Gesture,
            Work::Playing(..) => JobKind::Playing,
            Work::Searching(..)
            | Work::Tracing(_)
            | Work::Comparing(_)
            | Work::Going(..)
            | Work::Reading(..) => JobKind::Travel,
        }
    }

    /// Whether the job carries out a gesture: runs it, or tries its commands on a copy.
    pub fn is_gesture(&self) -> bool {
        self.kind() == JobKind::Gesture
    }

    /// The goal of the run, if it has one.
    pub fn goal(&self) -> Option<&Goal> {
        match &self.work {
            Work::Trying(_, run) | Work::Running(run) => run.goal(),
            Work::Searching(..)
            | Work::Tracing(_)
            | Work::Comparing(_)
            | Work::Going(..)
            | Work::Reading(..)
            | Work::Playing(..) => None,
        }
    }

    /// How many instructions it has executed on a copy; they do not count in the session's machine yet.
    pub fn tried(&self) -> u64 {
        match &self.work {
            Work::Trying(attempt, _) => attempt.retired(),
            Work::Running(_)
            | Work::Searching(..)
            | Work::Tracing(_)
            | Work::Comparing(_)
            | Work::Going(..)
            | Work::Reading(..)
            | Work::Playing(..) => 0,
        }
    }
}
