//! Programs and recordings that run while one watches, and what they are given and expect. The tests
//! drive the time of the window; nothing sleeps.

mod changing;
#[path = "../driver.rs"]
mod driver;
mod giving;
mod history;
mod keeping;
mod player;
mod rewinding;
mod watching;
