//! How a job goes on, and what it comes to.

use super::goal::Ended;
use super::wanted::{Direction, Wanted};
use crate::program::source::Source;
use crate::vm::index::FrameId;

/// How a job goes on.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Progress {
    /// There is more to do.
    More,
    /// It is over.
    Done(Outcome),
}

/// What a job came to.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Outcome {
    /// The gesture is carried out; it had nothing to run.
    Done,
    /// The gesture is carried out, and its run ended.
    Ran(Ended),
    /// The session is at its destination.
    Arrived,
    /// The search found nothing; the session is where it was.
    NotFound(Wanted, Direction),
    /// The history does not reach back to the call: ask for the parameter stack to restart with.
    Ask(Proposal),
    /// An expectation of the recording does not hold here:
    /// [`unmet_here`](super::session::Session::unmet_here) says which.
    Unmet,
}

/// A parameter stack to restart a frame with, for a person to correct; then it is
/// [`Command::Restart`](super::command::Command::Restart).
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Proposal {
    /// The activation to restart.
    pub frame: FrameId,
    /// How many arguments the function takes, judging by the `assign:`s it begins with.
    pub arguments: usize,
    /// The whole parameter stack, top last: what is there now, and the arguments as far as the
    /// locals still tell.
    pub text: Source,
}
