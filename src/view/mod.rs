//! Plain rows of everything the window shows, made from the session in each frame and kept nowhere.
//!
//! A panel draws rows and a test prints them, so what is shown can be checked without a screen. Nothing
//! here knows how it will be drawn.

pub mod arrangement;
pub mod bookmarks;
pub mod branches;
pub mod breakpoints;
pub mod chart;
pub mod comparison;
pub mod concern;
pub mod difference;
pub mod examples;
pub mod find;
pub mod gesture;
pub mod listing;
pub mod memory;
pub mod names;
pub mod others;
pub mod provenance;
pub mod screen;
pub mod source;
pub mod stacks;
pub mod stop;
pub mod tasks;
pub mod timeline;
pub mod title;
pub mod watches;
