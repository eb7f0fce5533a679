//! Plain rows of what there is to see, made afresh from the session for each frame and kept nowhere.
//!
//! A panel draws rows and a test prints them: what is shown can be checked without a screen. Nothing
//! here knows how it will be drawn.

pub mod bookmarks;
pub mod gesture;
pub mod memory;
pub mod names;
pub mod screen;
pub mod stacks;
pub mod stop;
pub mod timeline;
