//! Midflight.

pub mod view;
pub mod vm;
