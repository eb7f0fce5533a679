//! The front door for a Rust program that has Midflight programs in it.
//!
//! ```
//! use midflight::embed::{Functions, Machine, Value};
//!
//! let text = "[ assign: n  n n * tax + ] bind: price";
//! let mut machine = Machine::from_program(text)?;
//! let mut host = Functions::new().with("tax", 1, |values| {
//!     let net = i64::try_from(values[0].clone())?;
//!     Ok(vec![Value::from(net), Value::from(net / 5)])
//! });
//! assert_eq!(machine.call_with(&mut host, "price", &[10.into()])?, [120.into()]);
//! # Ok::<(), midflight::embed::Error>(())
//! ```
//!
//! A [`Machine`] is a plain value. It stops for a reason ([`Stop`]) and goes on when the reason is gone: nothing is
//! unwound. It has no history; for that, make a [`Session`] of its image.
//!
//! `docs/embedding.md` tells it from the beginning.

/// The examples of the page are tests.
#[cfg(doctest)]
#[doc = include_str!("../../docs/embedding.md")]
struct Page;

/// That of the README too.
#[cfg(doctest)]
#[doc = include_str!("../../README.md")]
struct Readme;

mod base;
mod error;
mod functions;
mod machine;
mod owner;
mod program;
mod tank;
mod value;

pub use crate::session::Session;
pub use crate::session::driver::{Driven, Driver};
pub use crate::session::goal::Ended;
pub use crate::session::host::{Asked, Host, Offer};
pub use crate::session::hosts::Hosts;
pub use crate::session::services::Services;
pub use crate::vm::instruction::Instruction;
pub use crate::vm::limit::LimitKind;
pub use crate::vm::stop::{Fault, Stop};
pub use error::Error;
pub use functions::{Answer, Functions};
pub use machine::Machine;
pub use program::Program;
pub use tank::Tank;
pub use value::{Code, Data, Task, Value, WrongKind};
