//! Midflight: write a program while it runs, one instruction at a time.
//!
//! # Architecture
//!
//! ```text
//! vm        a machine: memory, tasks, a stepper that can stop anywhere      imports nothing of ours
//! program   text and cells; the image and its file form                     imports vm
//! session   commands, journal, checkpoints: the only door to an image       imports vm, program
//! embed     the front door for a Rust program                               imports vm, program, session
//! view      rows: plain structs of what is shown                            imports vm, program, session
//! store     the only file access                                            imports nothing of ours
//! grant     what a program may be granted: time, files, random numbers      imports vm, session, store
//! autosave  the journal on disk, and recovery after a crash                 imports program, session, store
//! desk      the working half of the window, without egui                    imports all of these
//! app       the window that draws a desk, with egui (feature `gui`)         imports all of these
//! cli       the command line (feature `cli`)                                imports all but desk
//! ```
//!
//! A program is written *by* running it, so edits and steps share one timeline:
//!
//! - [`vm::machine::Machine`] is a plain value: it can be copied, compared and stopped at any
//!   instruction. An instruction that cannot complete changes nothing, and the counter stays on it.
//! - [`Image`] is a machine with a person's marks: what is saved, and what undo brings back.
//! - [`Command`] is a sentence that changes an image: write, insert, define, run n instructions.
//! - [`Session`] holds an image and the journal of all commands. The window, the command line, tests
//!   and fuzzers are equal users of it. They ask it for a [request](session::request::Request); what
//!   takes long is its one [job](session::job::Job), done in slices. Undo, redo and stepping back all go
//!   to a position.
//! - [`embed`] is for a Rust program that has Midflight programs in it: machines to call, with values,
//!   limits, and functions of the host. Begin there if you want that.
//! - [`view`] makes rows from a session in each frame and keeps nothing.
//!
//! A stop is a value ([`Stop`]), worked out from the machine and never stored: a missing function, an
//! empty cell, input, a fault, a limit. Fix the cause and run again; nothing is unwound.
//!
//! `docs/architecture.md` has the laws that hold all this together, and their tests;
//! `docs/language.md` describes the language.

#[cfg(feature = "gui")]
pub mod app;
#[cfg(feature = "desk")]
pub mod autosave;
#[cfg(feature = "cli")]
pub mod cli;
#[cfg(feature = "desk")]
pub mod desk;
pub mod embed;
// A page grants nothing: it has no files, and a program in a link is anybody's.
#[cfg(all(feature = "desk", not(target_arch = "wasm32")))]
pub mod grant;
pub mod program;
pub mod session;
#[cfg(feature = "desk")]
pub mod store;
pub mod view;
pub mod vm;

pub use program::image::Image;
pub use session::Session;
pub use session::command::Command;
pub use session::evaluation::{Bounds, Evaluation, evaluate};
pub use session::refused::Refused;
pub use vm::machine::Machine;
pub use vm::stop::Stop;
