//! The machine: flat memory, tasks, and a stepper that can stop anywhere. Imports nothing of ours.

pub mod cell;
pub mod instruction;
pub mod name;
pub mod text;
