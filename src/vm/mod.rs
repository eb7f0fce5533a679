//! The machine: flat memory, tasks, and a stepper that can stop anywhere. Imports nothing of ours.

mod adjust;
pub mod cell;
mod check;
pub mod edit;
mod fast;
pub mod frame;
pub mod input;
pub mod instruction;
pub mod limit;
pub mod machine;
pub mod memory;
pub mod name;
pub mod packed;
pub mod parts;
mod plan;
mod plan_text;
mod put;
pub mod refusal;
mod space;
mod step;
pub mod stop;
pub mod task;
pub mod text;
pub mod until;
