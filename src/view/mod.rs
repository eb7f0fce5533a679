//! Plain rows of what there is to see, made afresh from the session for each frame and kept nowhere.
//!
//! A panel draws rows and a test prints them: what is shown can be checked without a screen. Nothing
//! here knows how it will be drawn.

pub mod gesture;
pub mod history;
pub mod holes;
pub mod memory;
pub mod moments;
pub mod screen;
pub mod stacks;
pub mod stop;
