//! The fast interpreter: the same machine, several instructions at a time.
//!
//! [`super::plan`] and [`super::step`] say what the machine does; nothing here may do anything else.
//! Read [`op`] (what a decoded operation is), [`decode`] (how cells become operations), then [`run`]
//! (the chain of handlers) with what they do: [`fused`], [`calls`], [`simple`], and in fewer registers
//! [`likely`]. The lockstep test compares the two at random slices.

mod calls;
mod decode;
mod fused;
mod likely;
mod op;
mod run;
mod simple;

pub(super) use decode::Decoded;
pub(super) use run::run;
