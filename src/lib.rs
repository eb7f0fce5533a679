//! Midflight.

pub mod program;
pub mod view;
pub mod vm;
