//! Programs and recordings that run in the window, and their input and expectations. The tests drive the
//! clock of the window, so nothing sleeps.

mod asking;
mod branching;
mod changing;
mod doing;
#[path = "../driver.rs"]
mod driver;
mod examples;
mod finding;
mod giving;
mod history;
mod hosts;
mod keeping;
mod looks;
mod naming;
mod over_time;
mod player;
mod provenance;
mod questions;
mod rewinding;
mod tasks;
mod trying;
mod typing_ahead;
mod watches;
mod watching;
