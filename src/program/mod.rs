//! Text and cells: reading a program, naming what is wrong with it, printing it again. Imports `vm`.

mod code;
pub mod diagnostic;
pub mod image;
pub mod name;
pub mod near;
pub mod parse;
pub mod resolve;
pub mod token;
