//! Which code refers to what: an index of the calls, addresses and holes in code bodies, and of the blocks of
//! each function.
//!
//! An edit often asks who refers to a body or misses a name: a definition fills its holes, a removal wants to
//! know what is still needed, the window shows which cell holds a block. Without an index, each looks at all
//! code. It is made when it is first asked for, or when an image was loaded: making it all at once takes a
//! fraction of the time of keeping it from the first cell on. From then on, each change of a cell updates it,
//! and copies share it.

use imbl::{OrdMap, OrdSet};

use super::cell::{Cell, Content};
use super::code::{BodyKind, CodeBody};
use super::index::Body;
use super::name::NameId;

/// What a cell of code refers to.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Target {
    /// A body: its cell calls it or holds its address.
    Body(Body),
    /// A name that no function has.
    Hole(NameId),
}

impl Target {
    fn of(cell: Cell) -> Option<Target> {
        match cell.content() {
            Content::Address(body) | Content::Call(body) => Some(Target::Body(body)),
            Content::Hole(name) | Content::FunctionHole(name) => Some(Target::Hole(name)),
            Content::Integer(_)
            | Content::Text(_)
            | Content::Data(_)
            | Content::BlockValue(..)
            | Content::Task(_)
            | Content::Primitive(_)
            | Content::Pick(_)
            | Content::Assign(_)
            | Content::SetGlobal(_)
            | Content::GetGlobal(_)
            | Content::Label(_)
            | Content::Breakpoint
            | Content::Unassigned => None,
        }
    }
}

/// A body that refers to something.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
struct Use {
    target: Target,
    /// The function that the body belongs to.
    owner: Body,
    body: Body,
}

/// The index of the code of a memory.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct Uses {
    /// How many cells of a body refer to a target; at least one.
    cells: OrdMap<Use, u32>,
    /// The function of each block, and the block.
    blocks: OrdSet<(Body, Body)>,
}

impl Uses {
    /// The index of these bodies.
    pub(super) fn of<'b>(bodies: impl Iterator<Item = (Body, &'b CodeBody)>) -> Uses {
        let (mut uses, mut blocks) = (Vec::new(), Vec::new());
        for (number, body) in bodies {
            let owner = owner(number, body.kind);
            if owner != number {
                blocks.push((owner, number));
            }
            let targets = body.used().iter().filter_map(|&cell| Target::of(cell));
            uses.extend(targets.map(|target| Use { target, owner, body: number }));
        }
        uses.sort_unstable();
        let counted = uses.chunk_by(|a, b| a == b).map(|equal| (equal[0], equal.len() as u32));
        Uses { cells: counted.collect(), blocks: blocks.into_iter().collect() }
    }

    /// A body was made, still without cells.
    pub(super) fn add_body(&mut self, number: Body, kind: BodyKind) {
        if let BodyKind::Block(owner) = kind {
            self.blocks.insert((owner, number));
        }
    }

    /// A body was removed.
    pub(super) fn remove_body(&mut self, number: Body, body: &CodeBody) {
        let owner = owner(number, body.kind);
        self.remove(owner, number, body.used());
        self.blocks.remove(&(owner, number));
    }

    /// These cells are in a body now.
    pub(super) fn add(&mut self, owner: Body, body: Body, cells: &[Cell]) {
        for target in cells.iter().filter_map(|&cell| Target::of(cell)) {
            *self.cells.entry(Use { target, owner, body }).or_insert(0) += 1;
        }
    }

    /// These cells were in a body and are not any more.
    pub(super) fn remove(&mut self, owner: Body, body: Body, cells: &[Cell]) {
        for target in cells.iter().filter_map(|&cell| Target::of(cell)) {
            let at = Use { target, owner, body };
            let count = self.cells.get_mut(&at).expect("every cell is in the index");
            *count -= 1;
            if *count == 0 {
                self.cells.remove(&at);
            }
        }
    }

    /// The bodies that refer to a target.
    pub(super) fn users(&self, target: Target) -> impl Iterator<Item = Body> {
        let from = |owner, body| Use { target, owner, body };
        let all = from(Body(0), Body(0))..=from(Body(u32::MAX), Body(u32::MAX));
        self.cells.range(all).map(|(at, _)| at.body)
    }

    /// The bodies of a function that refer to a target.
    pub(super) fn users_in(&self, owner: Body, target: Target) -> impl Iterator<Item = Body> {
        let from = |body| Use { target, owner, body };
        self.cells.range(from(Body(0))..=from(Body(u32::MAX))).map(|(at, _)| at.body)
    }

    /// The blocks of a function, in the order of their numbers.
    pub(super) fn blocks_of(&self, function: Body) -> impl Iterator<Item = Body> {
        self.blocks.range((function, Body(0))..=(function, Body(u32::MAX))).map(|&(_, body)| body)
    }
}

fn owner(number: Body, kind: BodyKind) -> Body {
    match kind {
        BodyKind::Block(owner) => owner,
        BodyKind::Function(_) | BodyKind::Former(_) => number,
    }
}
