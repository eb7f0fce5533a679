//! Midflight.

pub mod program;
pub mod store;
pub mod view;
pub mod vm;
