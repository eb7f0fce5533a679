//! The machine: flat memory, tasks, and a stepper that can stop anywhere. Imports nothing of ours.

pub mod cell;
pub mod compressed;
pub mod edit;
mod fast;
pub mod frame;
pub mod index;
pub mod input;
pub mod instruction;
pub mod limit;
pub mod machine;
pub mod memory;
pub mod name;
mod plan;
mod plan_text;
pub mod refusal;
pub mod run_until;
pub mod serialized;
mod space;
mod state;
mod step;
pub mod stop;
pub mod task;
pub mod text;
mod validate;
mod write;
