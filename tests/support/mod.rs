//! What all tests share: one source of random choices, and one way to wait.

#![allow(dead_code, reason = "no test file uses all of it")]

pub mod choices;
pub mod wait;
