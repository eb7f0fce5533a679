//! The fast interpreter: the same machine, several instructions at a time.
//!
//! [`super::plan`] and [`super::step`] say what the machine does; nothing here may do anything else.
//! Read [`op`] (what a decoded operation is), [`decode`] (how cells become operations), then [`run`]
//! (the loop). The lockstep test compares the two at random slices.

mod decode;
mod op;
mod run;

pub(super) use decode::Decoded;
pub(super) use run::run;
