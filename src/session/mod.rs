//! Editing and running as one time line: commands, the journal, checkpoints, and the session, which
//! is the only door to an image. Imports `vm` and `program`.

pub mod apply;
pub mod attempt;
pub mod bookmark;
pub mod checkpoint;
pub mod command;
pub mod evaluation;
pub mod expect;
pub mod expectation;
pub mod goal;
pub mod journal;
pub mod load;
mod old_input;
pub mod operand;
pub mod record;
pub mod recording;
mod recovery;
pub mod refused;
pub mod rewind;
pub mod search;
#[allow(clippy::module_inception, reason = "one noun per file")]
pub mod session;
pub mod travel;
mod walk;
pub mod word;

pub use session::Session;
