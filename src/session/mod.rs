//! Editing and running as one timeline: commands, the journal, checkpoints, and the session, through
//! which every image with a history is changed. Imports `vm` and `program`.

pub mod apply;
mod attempt;
pub mod became;
mod blocking;
pub mod bookmark;
pub mod change;
pub mod checkpoint;
pub mod code_text;
pub mod command;
pub mod counts;
pub mod evaluation;
pub mod expect;
pub mod expectation;
pub mod file_kind;
pub mod fork;
pub mod goal;
pub mod job;
pub mod journal;
mod journey;
pub mod load;
mod mark;
mod old_input;
pub mod operand;
pub mod outcome;
pub mod passes;
pub mod peek;
pub mod plain_run;
pub mod prepared;
pub mod provenance;
mod question;
pub mod record;
pub mod recording;
mod recovery;
pub mod refused;
mod replay;
pub mod request;
mod restart;
pub mod revise;
mod rewind;
mod run;
mod search;
#[allow(clippy::module_inception, reason = "one noun per file")]
pub mod session;
pub mod target;
mod trace;
pub mod track;
mod typed;
mod unsaved;
pub mod wanted;
pub mod word;
mod work;
mod writer;

pub use session::Session;
