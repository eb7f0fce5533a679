//! A change of a function, worked out for the present and made where a statement was begun: see
//! [`Request::Revise`](super::request::Request::Revise).

use super::command::Command;
use crate::vm::index::Body;

/// A change of a function that a rewind carries out.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Change {
    /// What carries it out in the present.
    pub commands: Vec<Command>,
    /// The function.
    pub body: Body,
    /// Its locals that get a new name.
    pub renamed: Vec<(Box<str>, Box<str>)>,
}
