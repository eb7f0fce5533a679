//! In which order bodies are shown, and where: by address, or by use.
//!
//! By use, each function is followed by its blocks, in the order in which they are used and indented below the
//! body that uses them. A block of a few short cells stands in the row of the cell that refers to it: nobody
//! should have to look elsewhere to read `[ 1 return ]`.

use std::ops::Range;

use foldhash::{HashMap, HashSet};

use super::memory::{At, BodyExtent};
use crate::vm::cell::{Cell, Content};
use crate::vm::code::{BodyKind, CodeBody};
use crate::vm::index::{Body, BodyId};
use crate::vm::instruction::Primitive;
use crate::vm::memory::Memory;

/// In which order bodies are shown.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
#[cfg_attr(feature = "desk", derive(serde::Serialize, serde::Deserialize))]
pub enum Order {
    /// Blocks below the cells that use them.
    #[default]
    ByUse,
    /// All bodies by address.
    ByAddress,
}

/// The most cells of a block that is shown in the row of another body.
const INLINE_CELLS: usize = 4;
/// The most characters of all of them.
const INLINE_CHARACTERS: u32 = 24;
/// The most cells of a body with blocks in its rows: their places are looked up one by one.
const ROWS: u32 = 1 << 16;
/// The deepest indentation. Blocks nested deeper stand below each other.
const DEEPEST: u8 = 8;

/// A body that has rows of its own.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Placed {
    /// The body.
    pub extent: BodyExtent,
    /// How deep it is indented.
    pub indent: u8,
    /// The blocks that stand in its rows, by the cells that refer to them.
    pub inline: Vec<Inline>,
}

/// A block that stands in the row of the cell that refers to it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Inline {
    /// The cell that refers to it, in the body around it.
    pub offset: u32,
    /// The block.
    pub extent: BodyExtent,
    /// How many characters each of its cells has; the last is its end, or the empty cell after the others.
    pub characters: Vec<u16>,
}

/// All bodies where they are shown.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Arrangement {
    placed: Vec<Placed>,
    spots: HashMap<BodyId, Spot>,
}

/// Where a body is shown.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Spot {
    /// The body whose rows it is in, among [`Arrangement::placed`].
    pub index: usize,
    /// If it stands in the row of another: which of its [`Placed::inline`] blocks it is.
    pub inline: Option<usize>,
}

impl Arrangement {
    /// Arranges bodies, which are given by address.
    pub fn new(memory: &Memory, extents: &[BodyExtent], order: Order) -> Arrangement {
        let mut arrangement = Arrangement::default();
        match order {
            Order::ByAddress => {
                let placed = |&extent| Placed { extent, indent: 0, inline: Vec::new() };
                arrangement.placed = extents.iter().map(placed).collect();
            }
            Order::ByUse => arrangement.placed = by_use(memory, extents),
        }
        for (index, placed) in arrangement.placed.iter().enumerate() {
            arrangement.spots.insert(placed.extent.body, Spot { index, inline: None });
            for (number, inline) in placed.inline.iter().enumerate() {
                let spot = Spot { index, inline: Some(number) };
                arrangement.spots.insert(inline.extent.body, spot);
            }
        }
        arrangement
    }

    /// The bodies that have rows of their own, in order.
    pub fn placed(&self) -> &[Placed] {
        &self.placed
    }

    /// Where a body is shown.
    pub fn spot(&self, body: BodyId) -> Option<Spot> {
        self.spots.get(&body).copied()
    }

    /// The cell after one: a block that stands in its row is entered and left.
    pub fn after(&self, at: At) -> Option<At> {
        let spot = self.spot(at.body)?;
        let placed = &self.placed[spot.index];
        if let Some(number) = spot.inline {
            let inline = &placed.inline[number];
            let is_last = at.offset as usize + 1 >= inline.characters.len();
            let outside = At { body: placed.extent.body, offset: inline.offset + 1 };
            return Some(if is_last { outside } else { At { offset: at.offset + 1, ..at } });
        }
        match placed.inline.iter().find(|inline| inline.offset == at.offset) {
            Some(inline) => Some(At { body: inline.extent.body, offset: 0 }),
            None => {
                let last = placed.extent.size.saturating_sub(1);
                Some(At { offset: at.offset.saturating_add(1).min(last), ..at })
            }
        }
    }

    /// The cell before one.
    pub fn before(&self, at: At) -> Option<At> {
        let spot = self.spot(at.body)?;
        let placed = &self.placed[spot.index];
        match (spot.inline, at.offset) {
            (Some(number), 0) => {
                let offset = placed.inline[number].offset;
                Some(At { body: placed.extent.body, offset })
            }
            (None, 0) => Some(at),
            (_, offset) => {
                let before = At { offset: offset - 1, ..at };
                let inline = placed.inline.iter().find(|inline| inline.offset == before.offset);
                let inline = inline.filter(|_| spot.inline.is_none());
                Some(inline.map_or(before, |inline| At {
                    body: inline.extent.body,
                    offset: inline.characters.len().saturating_sub(1) as u32,
                }))
            }
        }
    }
}

/// Functions by address, each with its blocks; then what no function uses, and data.
fn by_use(memory: &Memory, extents: &[BodyExtent]) -> Vec<Placed> {
    let known: HashMap<BodyId, BodyExtent> =
        extents.iter().map(|&extent| (extent.body, extent)).collect();
    let mut placed = Vec::with_capacity(extents.len());
    let mut done = HashSet::default();
    let is_function = |body: BodyId| {
        let BodyId::Code(body) = body else { return false };
        let code = memory.code(body);
        code.is_some_and(|code| !matches!(code.kind, BodyKind::Block(_)))
    };
    // Then the blocks that nothing refers to, by address, and last the data.
    let functions = extents.iter().filter(|extent| is_function(extent.body));
    let others = extents.iter().filter(|extent| matches!(extent.body, BodyId::Code(_)));
    let data = extents.iter().filter(|extent| matches!(extent.body, BodyId::Data(_)));
    for &root in functions.chain(others).chain(data) {
        let mut open = vec![(root, 0)];
        while let Some((extent, indent)) = open.pop() {
            if !done.insert(extent.body) {
                continue;
            }
            let mut inline = Vec::new();
            let mut blocks = Vec::new();
            let is_short = extent.used <= ROWS;
            for (offset, block) in blocks_in(memory, extent.body) {
                let Some(&block) = known.get(&BodyId::Code(block)) else { continue };
                match characters(memory, block).filter(|_| is_short) {
                    Some(characters) if done.insert(block.body) => {
                        inline.push(Inline { offset, extent: block, characters });
                    }
                    Some(_) => {}
                    None => blocks.push((block, DEEPEST.min(indent + 1))),
                }
            }
            placed.push(Placed { extent, indent, inline });
            open.extend(blocks.into_iter().rev());
        }
    }
    placed
}

/// The blocks whose addresses are in the cells of a body, with these cells.
fn blocks_in(memory: &Memory, body: BodyId) -> impl Iterator<Item = (u32, Body)> {
    let code = match body {
        BodyId::Code(body) => memory.code(body),
        BodyId::Data(_) => None,
    };
    let cells = code.map_or(&[][..], CodeBody::used).iter().zip(0..);
    cells.filter_map(|(cell, offset)| {
        let Content::Address(block) = cell.content() else { return None };
        let is_block = matches!(memory.code(block)?.kind, BodyKind::Block(_));
        is_block.then_some((offset, block))
    })
}

/// How many characters each cell of a block has, if it is small enough to stand in the row of another body.
fn characters(memory: &Memory, block: BodyExtent) -> Option<Vec<u16>> {
    let BodyId::Code(body) = block.body else { return None };
    let cells = memory.code(body)?.used();
    if cells.len() > INLINE_CELLS {
        return None;
    }
    let mut all = Vec::with_capacity(cells.len() + 1);
    for &cell in cells {
        all.push(length(memory, cell)?);
    }
    if cells.last() != Some(&Cell::primitive(Primitive::End)) {
        all.push(1);
    }
    let total: u32 = all.iter().map(|&length| u32::from(length)).sum();
    (total <= INLINE_CHARACTERS).then_some(all)
}

/// How many characters a cell has, without its marks; none if it refers to a block, or is long.
fn length(memory: &Memory, cell: Cell) -> Option<u16> {
    let short =
        |text: &str| (text.len() <= INLINE_CHARACTERS as usize).then_some(text.chars().count());
    let length = match cell.content() {
        Content::Integer(value) => value.to_string().len(),
        Content::Text(text) => short(memory.text(text))? + 2,
        Content::Pick(name) | Content::Label(name) => short(memory.name(name))?,
        Content::Assign(name) | Content::Hole(name) | Content::GetGlobal(name) => {
            short(memory.name(name))? + 1
        }
        Content::SetGlobal(name) | Content::FunctionHole(name) => short(memory.name(name))? + 6,
        Content::Call(body) => short(memory.function_name(body))?,
        Content::Primitive(Primitive::End) | Content::Breakpoint | Content::Unassigned => 1,
        Content::Primitive(primitive) => primitive.name().len(),
        Content::Address(_) | Content::Data(_) | Content::BlockValue(..) | Content::Task(_) => {
            return None;
        }
    };
    u16::try_from(length).ok()
}

impl Inline {
    /// The cells that are shown.
    pub fn cells(&self) -> Range<u32> {
        0..self.characters.len() as u32
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::session::load::image_of_program;
    use crate::view::memory::extents;
    use crate::view::title::body_title;

    fn arranged(text: &str, order: Order) -> (Arrangement, Vec<String>) {
        let machine = image_of_program(text).expect("a program").machine;
        let arrangement = Arrangement::new(machine.memory(), &extents(&machine), order);
        let title = |placed: &Placed| {
            let inline: Vec<String> =
                placed.inline.iter().map(|inline| format!(" [{}]", inline.offset)).collect();
            let indent = "  ".repeat(placed.indent.into());
            format!("{indent}{}{}", body_title(&machine, placed.extent.body), inline.concat())
        };
        let rows = arrangement.placed().iter().map(title).collect();
        (arrangement, rows)
    }

    const TEXT: &str = "[ assign: n n 3 < [ 1 return ] if \
         n 9 < [ n n n n n n [ 2 2 2 2 2 2 ] times ] [ n n n n n n ] if-else ] bind: f \
         [ ] bind: g [ f f f f f f f f f f ] repeat";

    #[test]
    fn blocks_follow_what_uses_them_and_small_ones_stand_in_its_row() {
        let (_, rows) = arranged(TEXT, Order::ByUse);
        assert_eq!(
            rows,
            [
                "main",
                "  repeat block of main",
                "f [4]",
                "  if block of f",
                "    times block of f",
                "  else block of f",
                "g"
            ]
        );
        let (_, rows) = arranged(TEXT, Order::ByAddress);
        assert_eq!(rows.len(), 8, "{rows:?}");
        assert_eq!(rows[..3], ["main", "f", "g"]);
    }

    #[test]
    fn left_and_right_go_through_a_block_in_a_row() {
        let (arrangement, _) = arranged("1 [ 2 return ] if 5", Order::ByUse);
        let block = arrangement.placed()[0].inline[0].extent.body;
        let main = arrangement.placed()[0].extent.body;
        let mut at = At { body: main, offset: 0 };
        let mut way = vec![at];
        for _ in 0..6 {
            at = arrangement.after(at).expect("it is known");
            way.push(at);
        }
        let inside = |offset| At { body: block, offset };
        let outside = |offset| At { body: main, offset };
        assert_eq!(
            way,
            [outside(0), outside(1), inside(0), inside(1), inside(2), outside(2), outside(3)]
        );
        for pair in way.windows(2) {
            assert_eq!(arrangement.before(pair[1]), Some(pair[0]), "{pair:?}");
        }
        assert_eq!(arrangement.before(outside(0)), Some(outside(0)));
    }

    #[test]
    fn deep_nests_and_many_bodies_are_arranged() {
        let deep = format!("{}1{}", "[ 1 1 1 1 1 ".repeat(500), " call ]".repeat(500));
        let (_, rows) = arranged(&format!("{deep} call"), Order::ByUse);
        assert_eq!(rows.len(), 501);
        let many: String = (0..3000).map(|n| format!("[ [ 1 ] call ] bind: f{n} ")).collect();
        assert_eq!(arranged(&many, Order::ByUse).1.len(), 3001);
    }
}
