//! Text and cells: reading a program, naming what is wrong with it, printing it again. Imports `vm`.
//!
//! [`notation`] is the way in and out; [`forth`] is the one notation there is so far.

pub mod diagnostic;
pub mod file;
pub mod forth;
pub mod image;
pub mod listing;
pub mod near;
pub mod notation;
pub mod scope;
pub mod source;
pub mod span;
