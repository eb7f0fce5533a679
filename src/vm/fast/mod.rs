//! The fast interpreter: the same machine, several instructions at a time.
//!
//! [`super::plan`] and [`super::step`] define what the machine does; everything here must do the same.
//! Read [`op`] (what a decoded operation is), [`decode`] (how cells become operations), [`run`] (the
//! chain of handlers), then what the handlers do: [`fused`], [`calls`], [`simple`], [`stack`], [`number`],
//! [`data`], [`text`], [`output`], and the common cases in [`likely`]. The lockstep test compares both interpreters, with random amounts of fuel.

mod calls;
mod data;
mod decode;
mod fused;
mod likely;
mod number;
mod op;
mod output;
mod run;
mod simple;
mod stack;
mod text;

pub(super) use decode::Decoded;
pub(super) use run::{Bounds, run};
