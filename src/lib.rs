//! Midflight.

pub mod vm;
