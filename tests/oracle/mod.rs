//! What the tests of the machine share.
//!
//! [`model`] is the machine once more, slow and obvious: written from the laws and the documented
//! meaning of each instruction, without a look at how the real one does it. [`edit`] is its editing,
//! [`generate`] makes programs and gestures, [`words`] spells programs.

#![allow(dead_code, reason = "no test file uses all of it")]

pub mod words;
