//! Rows of the memory: bodies, and the cells of those that are in sight.
//!
//! A memory may have a million cells in ten thousand bodies while a window shows two hundred of
//! them. So there are two steps: [`BodyExtent`] for every body, a few numbers that say how much room
//! it takes, and [`BodyRow`] with [`CellRow`]s for the part that is really looked at.

use crate::vm::cell::BodyId;

/// A cell of any body. Unlike a flat address it stays right when the body moves.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct At {
    /// The body.
    pub body: BodyId,
    /// The cell in it, counted from 0.
    pub offset: u32,
}

/// How much room a body takes: enough to lay out a memory of ten thousand bodies in each frame.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct BodyExtent {
    /// The body.
    pub body: BodyId,
    /// Its first address.
    pub start: u64,
    /// Its room, in cells.
    pub size: u32,
    /// Cells up to the last that is not empty; for data, all.
    pub used: u32,
}

/// A body with some of its cells.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct BodyRow {
    /// How much room it takes.
    pub extent: BodyExtent,
    /// `fib`, `block in fib`, `fib (replaced)`, `data 3`.
    pub title: String,
    /// For a block: the cell that refers to it, if one does.
    pub owner: Option<At>,
    /// How many live activations are in it.
    pub activations: usize,
    /// The offset of the first of `cells`.
    pub first: u32,
    /// The cells asked for.
    pub cells: Vec<CellRow>,
}

/// What a cell holds, as far as it matters for its look: each kind has a colour and a form.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum CellKind {
    /// Nothing is written here: the machine waits.
    Empty,
    /// An integer.
    Integer,
    /// A text.
    Text,
    /// The address of a block.
    Block,
    /// The address of a function or of data.
    Address,
    /// Pushes a local.
    Pick,
    /// Pops into a local.
    Assign,
    /// Calls a function.
    Call,
    /// A name that nothing has yet.
    Hole,
    /// An instruction that moves the program counter.
    Control,
    /// Any other instruction.
    Primitive,
    /// A label.
    Label,
}

/// One cell.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct CellRow {
    /// Which cell.
    pub at: At,
    /// Its address now.
    pub address: u64,
    /// What it shows, in the notation of programs; empty for an empty cell. At most 40 characters.
    pub text: String,
    /// What it is.
    pub kind: CellKind,
    /// The body that it calls or whose address it holds.
    pub target: Option<BodyId>,
    /// Whether the program counter is here.
    pub counter: bool,
    /// The frames that return to here, by the number the call stack shows, innermost first.
    pub returns: Vec<u32>,
    /// Whether the person set a breakpoint here.
    pub breakpoint: bool,
    /// Whether the last gesture changed it.
    pub changed: bool,
}

impl CellRow {
    /// What a screen reader says, and what tests look for:
    /// "address 104, call fib, program counter here".
    pub fn label(&self) -> String {
        let mut label = format!("address {}, {}", self.address, self.words());
        if self.counter {
            label.push_str(", program counter here");
        }
        for frame in &self.returns {
            label.push_str(&format!(", frame {frame} returns here"));
        }
        if self.breakpoint {
            label.push_str(", stops here");
        }
        label
    }

    fn words(&self) -> String {
        let text = &self.text;
        match self.kind {
            CellKind::Empty => "empty".to_owned(),
            CellKind::Call => format!("call {}", text.trim_start_matches("call: ")),
            CellKind::Hole => format!("{}, not yet implemented", text.trim_end_matches('?')),
            CellKind::Pick => format!("local {}", text.trim_start_matches("pick: ")),
            CellKind::Block => format!("block {text}"),
            CellKind::Integer
            | CellKind::Text
            | CellKind::Address
            | CellKind::Assign
            | CellKind::Control
            | CellKind::Primitive
            | CellKind::Label => text.clone(),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_label_says_everything_that_is_drawn() {
        let row = CellRow {
            at: At { body: BodyId::Code(1), offset: 4 },
            address: 104,
            text: "fib".to_owned(),
            kind: CellKind::Call,
            target: Some(BodyId::Code(1)),
            counter: true,
            returns: vec![2],
            breakpoint: true,
            changed: false,
        };
        assert_eq!(
            row.label(),
            "address 104, call fib, program counter here, frame 2 returns here, stops here"
        );
        let hole = CellRow {
            text: "base?".to_owned(),
            kind: CellKind::Hole,
            counter: false,
            returns: vec![],
            breakpoint: false,
            ..row
        };
        assert_eq!(hole.label(), "address 104, base, not yet implemented");
    }
}
