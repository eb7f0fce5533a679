//! Text and cells: reading a program, naming what is wrong with it, printing it again. Imports `vm`.

mod code;
pub mod diagnostic;
pub mod file;
pub mod image;
mod layout;
pub mod listing;
pub mod near;
mod notation;
pub mod parse;
pub mod print;
pub mod resolve;
pub mod token;
