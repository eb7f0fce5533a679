//! The progress of a job, and its outcome.

use super::difference::Finding;
use super::goal::Ended;
use super::provenance::Answer;
use super::wanted::{Direction, Wanted};
use crate::program::cell_text::Source;
use crate::vm::index::FrameId;

/// What a call that starts or continues a job returns.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Progress {
    /// There is more to do.
    More,
    /// The job is over.
    Done(Outcome),
}

/// The outcome of a job.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Outcome {
    /// The gesture was carried out; it had nothing to run.
    Done,
    /// The gesture was carried out, and its run ended.
    Ran(Ended),
    /// The session is at its destination.
    Arrived,
    /// The search found nothing; the session is where it was.
    NotFound(Wanted, Direction),
    /// The history does not reach back to the call: ask the user for the parameter stack to restart with.
    Ask(Proposal),
    /// Two positions were worked out:
    /// [`take_compared`](super::session::Session::take_compared) has their images.
    Compared,
    /// Where a value came from; the session is where it was.
    Traced(Box<Answer>),
    /// What came of replaying the input of a recording through other code; the session is where it was.
    CodeCompared(Finding),
    /// An expectation of the recording does not hold here:
    /// [`unmet_here`](super::session::Session::unmet_here) says which.
    Unmet,
}

/// A parameter stack to restart a frame with, for the user to correct before
/// [`Command::Restart`](super::command::Command::Restart).
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Proposal {
    /// The activation to restart.
    pub frame: FrameId,
    /// How many arguments the function takes, judging by the `assign:`s it begins with.
    pub arguments: usize,
    /// The whole parameter stack, top last: its present values, then those arguments that are still known
    /// from the locals.
    pub text: Source,
}
