//! What the tests of the machine share.
//!
//! [`model`] is the machine once more, slow and obvious: written from the laws and the documented
//! meaning of each instruction, without a look at how the real one does it. [`primitive`] executes,
//! [`edit`] edits, [`command`] names every edit so that both can be told the same, [`generate`] makes
//! programs and gestures, [`words`] spells programs.

#![allow(dead_code, reason = "no test file uses all of it")]

pub mod bench;
pub mod command;
pub mod edit;
pub mod generate;
pub mod model;
pub mod primitive;
pub mod property;
pub mod words;
