//! What a person watches: lines whose values are shown at every pause, and data bodies.
//!
//! A watch belongs to the image, so it is saved and undone. Its value does not: it follows from the machine.

use crate::vm::index::DataId;

/// The most watches of an image: more cannot be read, and each is evaluated in many frames.
pub const WATCHES: usize = 100;

/// Something that is watched.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Watch {
    /// What it is.
    pub what: Watched,
    /// How its value is shown.
    pub shape: Shape,
}

/// What is watched.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Watched {
    /// A line of FlpcForth, read in the function of the counter.
    Line(String),
    /// A data body.
    Data(DataId),
}

/// How a value is shown, if it is the address of data.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Shape {
    /// On one line.
    #[default]
    Row,
    /// As a table of its cells.
    Table,
    /// As a bar chart of its cells.
    Bars,
}

impl Shape {
    /// All of them, in the order in which they take turns.
    pub const ALL: [Shape; 3] = [Shape::Row, Shape::Table, Shape::Bars];

    /// Its name in files.
    pub fn name(self) -> &'static str {
        match self {
            Shape::Row => "row",
            Shape::Table => "table",
            Shape::Bars => "bars",
        }
    }

    /// The shape with this name.
    pub fn find(name: &str) -> Option<Shape> {
        Shape::ALL.into_iter().find(|shape| shape.name() == name)
    }

    /// The next one.
    pub fn next(self) -> Shape {
        match self {
            Shape::Row => Shape::Table,
            Shape::Table => Shape::Bars,
            Shape::Bars => Shape::Row,
        }
    }
}
