//! Editing and running as one time line: commands, the journal, checkpoints, and the session, which
//! is the only door to an image. Imports `vm` and `program`.

pub mod attempt;
pub mod bookmark;
pub mod checkpoint;
pub mod command;
pub mod evaluation;
pub mod expect;
pub mod expectation;
pub mod goal;
pub mod journal;
mod old_input;
pub mod recording;
mod recovery;
pub mod rewind;
pub mod search;
pub mod sentence;
#[allow(clippy::module_inception, reason = "one noun per file")]
pub mod session;
pub mod travel;
mod walk;

pub use session::Session;
