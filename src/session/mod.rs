//! Editing and running as one time line: commands, the journal, checkpoints, and the session, which
//! is the only door to an image. Imports `vm` and `program`.

pub mod attempt;
pub mod checkpoint;
pub mod command;
pub mod evaluation;
pub mod expect;
pub mod goal;
pub mod journal;
pub mod moment;
mod offer;
pub mod recording;
mod recover;
pub mod remark;
pub mod rewind;
pub mod search;
pub mod sentence;
#[allow(clippy::module_inception, reason = "one noun per file")]
pub mod session;
pub mod travel;
mod walk;

pub use session::Session;
