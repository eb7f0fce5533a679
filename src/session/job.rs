//! A job: what a session does over several time slices. A session has at most one.
//!
//! A job leaves the session where it is until it is done, so it can be given up at any time. Only
//! what is meant to be seen on the way moves the session: a run, and playing a recording.

use super::attempt::Attempt;
use super::goal::Goal;
use super::journal::Position;
use super::journey::Journey;
use super::run::Run;
use super::search::Search;
use crate::program::diagnostic::grouped;
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
    /// Trying the commands of a gesture; then its run.
    Trying(Attempt, Run),
    /// Running.
    Running(Run),
    /// Looking for a position.
    Searching(Search, Purpose),
    /// Going to a position, and then to the next, if another was asked for meanwhile.
    Going(Journey, Option<Position>),
    /// Working out the image at a position, without going there.
    Reading(Journey, Reading),
    /// Going to a position of a recording. Next are these, the last first, where something is
    /// expected or playing ends.
    Playing(Journey, Vec<Position>),
}

/// What a search is for.
#[derive(Clone, Copy, Debug)]
pub(super) enum Purpose {
    /// To go there.
    Go,
    /// To restart this activation as it was then.
    Restart(FrameId),
    /// To go there and do the edits since then again.
    Rewind,
}

/// What an image is worked out for.
#[derive(Clone, Copy, Debug)]
pub(super) enum Reading {
    /// To restart this activation as it was after the next instruction, its call.
    Call(FrameId),
    /// To restart the bottom of the call stack as it was.
    Beginning,
    /// To do the edits since then again.
    Rewind,
}

impl Job {
    /// What it is doing, in words: `Going to step 1,234`.
    pub fn words(&self) -> String {
        match &self.work {
            Work::Trying(..) => "Trying the gesture".to_string(),
            Work::Running(_) => "Running".to_string(),
            Work::Searching(..) | Work::Reading(..) => "Searching the history".to_string(),
            Work::Going(journey, _) => format!("Going to step {}", grouped(journey.step())),
            Work::Playing(..) => "Playing the recording".to_string(),
        }
    }

    /// The position that the session will be at, if that is known.
    pub fn destination(&self) -> Option<Position> {
        match &self.work {
            Work::Going(journey, next) => Some(next.unwrap_or(journey.to())),
            Work::Playing(journey, next) => Some(next.first().copied().unwrap_or(journey.to())),
            Work::Trying(..) | Work::Running(_) | Work::Searching(..) | Work::Reading(..) => None,
        }
    }

    /// Whether the program runs.
    pub fn is_run(&self) -> bool {
        matches!(self.work, Work::Running(_))
    }

    /// What kind of work it is.
    pub fn kind(&self) -> JobKind {
        match self.work {
            Work::Trying(..) | Work::Running(_) => JobKind::Gesture,
            Work::Playing(..) => JobKind::Playing,
            Work::Searching(..) | Work::Going(..) | Work::Reading(..) => JobKind::Travel,
        }
    }

    /// Whether a gesture is carried out.
    pub fn is_gesture(&self) -> bool {
        self.kind() == JobKind::Gesture
    }

    /// What a run is for, if it is for something.
    pub fn goal(&self) -> Option<&Goal> {
        match &self.work {
            Work::Trying(_, run) | Work::Running(run) => run.goal(),
            Work::Searching(..) | Work::Going(..) | Work::Reading(..) | Work::Playing(..) => None,
        }
    }

    /// How many instructions it has executed on a copy, which the machine of the session has not.
    pub fn tried(&self) -> u64 {
        match &self.work {
            Work::Trying(attempt, _) => attempt.retired(),
            Work::Running(_)
            | Work::Searching(..)
            | Work::Going(..)
            | Work::Reading(..)
            | Work::Playing(..) => 0,
        }
    }
}
