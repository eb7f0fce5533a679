//! What the tests of the machine share.
//!
//! [`model`] is a second machine, slow and obvious, written from the laws and the documented meaning of
//! each instruction, not from the real implementation; [`parts`] serializes it. [`primitive`] executes instructions, [`edit`] edits
//! code, [`tasks`] chooses who is next, [`command`] has every change as a value that both machines can be
//! given, [`generate`] and [`crowd`] make programs and gestures, [`words`] spells programs, [`bench`] sets up a machine for one instruction, and
//! [`property`] runs properties on random cases.

#![allow(dead_code, reason = "no test file uses all of it")]

pub mod bench;
pub mod command;
pub mod crowd;
pub mod edit;
pub mod generate;
pub mod heap;
pub mod model;
pub mod parts;
pub mod primitive;
pub mod property;
pub mod tasks;
pub mod words;
