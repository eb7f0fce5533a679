//! Midflight.

#[cfg(feature = "gui")]
pub mod app;
pub mod program;
pub mod session;
pub mod store;
pub mod view;
pub mod vm;
