//! One side of a revision: the old or the new code of a function, with what the table asks of its cells.

use foldhash::{HashMap, HashMapExt};

use crate::program::effect::{StackEffect, StackEffects};
use crate::vm::instruction::{Fragment, Instruction, Primitive};
use crate::vm::memory::LOCALS;

/// The most cells of a block that are looked at to see how alike it is to another.
const SAMPLE: usize = 64;

/// Numbers for cells, so that equal ones have equal numbers; a block counts with all that is in it.
#[derive(Debug, Default)]
pub(super) struct Interner {
    cells: HashMap<Instruction, u32>,
    blocks: HashMap<Vec<u32>, u32>,
    next: u32,
}

impl Interner {
    fn cell(&mut self, cell: &Instruction) -> u32 {
        if let Some(&id) = self.cells.get(cell) {
            return id;
        }
        self.next += 1;
        self.cells.insert(cell.clone(), self.next);
        self.next
    }

    fn block(&mut self, cells: Vec<u32>) -> u32 {
        let next = &mut self.next;
        *self.blocks.entry(cells).or_insert_with(|| {
            *next += 1;
            *next
        })
    }
}

/// What a cell does to the stack: only what does the same may take the place of another.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Role {
    /// An empty cell may become anything.
    Empty,
    Call(Option<StackEffect>),
    Assign,
    Label,
    Other(Option<StackEffect>),
}

/// The height of the stack over that at the start of the body.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Height {
    Known(i64),
    Unknown,
    /// Nobody comes here: after a `return`, for example.
    Unreached,
}

impl Height {
    /// The height, where it is known.
    pub fn known(self) -> Option<i64> {
        if let Height::Known(height) = self { Some(height) } else { None }
    }

    fn plus(self, net: Option<i64>) -> Height {
        match (self, net) {
            (Height::Known(height), Some(net)) => Height::Known(height + net),
            (Height::Unreached, _) => Height::Unreached,
            (Height::Known(_) | Height::Unknown, _) => Height::Unknown,
        }
    }
}

/// What running a block does to the height.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Net {
    Adds(i64),
    /// It does not come to its end.
    Leaves,
    Unknown,
}

/// The code of a function.
#[derive(Debug)]
pub(super) struct Side<'c> {
    code: &'c Fragment,
    /// The number of each body's contents.
    body_ids: Vec<u32>,
    ids: Vec<Vec<u32>>,
    heights: Vec<Vec<Height>>,
    effects: &'c StackEffects,
    /// The bodies, each before its blocks.
    order: Vec<usize>,
    /// The locals, and how many cells have each.
    names: HashMap<&'c str, usize>,
}

impl<'c> Side<'c> {
    /// `None` if the fragment is no tree.
    pub(super) fn new(
        code: &'c Fragment,
        interner: &mut Interner,
        effects: &'c StackEffects,
    ) -> Option<Side<'c>> {
        let count = code.bodies.len();
        let order = preorder(code)?;
        let mut side = Side {
            code,
            body_ids: vec![0; count],
            ids: vec![Vec::new(); count],
            heights: vec![Vec::new(); count],
            effects,
            order,
            names: HashMap::new(),
        };
        for name in code.bodies.iter().flatten().filter_map(local) {
            *side.names.entry(name).or_default() += 1;
        }
        let mut nets = vec![Net::Unknown; count];
        for number in (0..count).rev().map(|n| side.order[n]) {
            let cells = side.cells(number);
            let id = |cell: &Instruction| match cell {
                Instruction::Block(block) => side.body_ids[*block as usize],
                other => interner.cell(other),
            };
            let ids: Vec<u32> = cells.iter().map(id).collect();
            let heights = side.heights_of(number, &nets);
            nets[number] = net(cells, &heights);
            side.body_ids[number] = interner.block(ids.clone());
            side.ids[number] = ids;
            side.heights[number] = heights;
        }
        Some(side)
    }

    /// The locals, and how many cells have each.
    pub(super) fn names(&self) -> &HashMap<&'c str, usize> {
        &self.names
    }

    /// The cells of a body. Empty ones at its end are not stored.
    pub(super) fn cells(&self, body: usize) -> &'c [Instruction] {
        let cells = &self.code.bodies[body];
        let last = cells.iter().rposition(|cell| *cell != Instruction::Breakpoint);
        &cells[..last.map_or(0, |last| last + 1)]
    }

    /// The number of the contents of a body.
    pub(super) fn id(&self, body: usize) -> u32 {
        self.body_ids[body]
    }

    /// The numbers of its cells.
    pub(super) fn ids(&self, body: usize) -> &[u32] {
        &self.ids[body]
    }

    /// The height before each of its cells, and at its end.
    pub(super) fn heights(&self, body: usize) -> &[Height] {
        &self.heights[body]
    }

    /// The code.
    pub(super) fn code(&self) -> &'c Fragment {
        self.code
    }

    /// How many cells a body and its blocks have.
    pub(super) fn size(&self, body: usize) -> usize {
        let (mut size, mut open) = (0, vec![body]);
        while let Some(body) = open.pop() {
            size += self.cells(body).len();
            open.extend(blocks(self.cells(body)));
        }
        size
    }

    /// What a cell does to the stack.
    pub(super) fn role(&self, cell: &Instruction) -> Role {
        let effect = || self.effects.of_cell(cell);
        match cell {
            Instruction::Breakpoint => Role::Empty,
            Instruction::Call(_) | Instruction::Hole(_) => Role::Call(effect()),
            Instruction::Assign(_) | Instruction::SetGlobal(_) => Role::Assign,
            Instruction::Label(_) => Role::Label,
            Instruction::Integer(_)
            | Instruction::Text(_)
            | Instruction::Block(_)
            | Instruction::Address(_)
            | Instruction::BlockValue(..)
            | Instruction::Task(_)
            | Instruction::PushFunction(_)
            | Instruction::FunctionHole(_)
            | Instruction::Pick(_)
            | Instruction::GetGlobal(_)
            | Instruction::Primitive(_) => Role::Other(effect()),
        }
    }

    /// How many values a cell takes, if that is known.
    pub(super) fn takes(&self, cell: &Instruction) -> Option<usize> {
        match cell {
            Instruction::Primitive(Primitive::If) => Some(2),
            Instruction::Primitive(Primitive::IfElse) => Some(3),
            other => Some(self.effects.of_cell(other)?.takes),
        }
    }

    /// The first cells in and below a body, by number and in order of the numbers.
    pub(super) fn sample(&self, body: usize) -> Vec<u32> {
        let (mut sample, mut open) = (Vec::new(), vec![body]);
        while let Some(body) = open.pop() {
            for (cell, &id) in self.cells(body).iter().zip(self.ids(body)) {
                if sample.len() == SAMPLE {
                    break;
                }
                if let Instruction::Block(block) = cell {
                    open.push(*block as usize);
                    sample.push(0);
                } else {
                    sample.push(id);
                }
            }
        }
        sample.sort_unstable();
        sample
    }

    /// How many parameters a function names: the first run of `assign:` that takes what it was called with. What
    /// comes before takes nothing of that.
    fn parameters(&self, cells: &[Instruction]) -> i64 {
        let mut height = 0;
        for (index, cell) in cells.iter().enumerate() {
            if height == 0 && cell.assigned().is_some() {
                let mut names: Vec<&str> = Vec::new();
                for name in cells[index..].iter().map_while(Instruction::assigned) {
                    if names.contains(&name) || names.len() == LOCALS {
                        break;
                    }
                    names.push(name);
                }
                return names.len() as i64;
            }
            let Some((effect, gives)) =
                self.effects.of_cell(cell).and_then(|one| Some((one, one.gives?)))
            else {
                return 0;
            };
            height -= effect.takes as i64;
            if height < 0 {
                return 0;
            }
            height += gives as i64;
        }
        0
    }

    fn heights_of(&self, body: usize, nets: &[Net]) -> Vec<Height> {
        use Primitive as P;
        let cells = self.cells(body);
        // The height is 0 after the parameters.
        let parameters = if body == 0 { self.parameters(cells) } else { 0 };
        let mut height = Height::Known(parameters);
        let mut heights = Vec::with_capacity(cells.len() + 1);
        heights.push(height);
        for (index, cell) in cells.iter().enumerate() {
            let of_blocks = |count: usize| {
                let blocks =
                    cells[index.saturating_sub(count)..index].iter().map(|cell| match cell {
                        Instruction::Block(block) => nets[*block as usize],
                        _ => Net::Unknown,
                    });
                blocks.filter(|&net| net != Net::Leaves).collect::<Vec<_>>()
            };
            height = match cell {
                Instruction::Primitive(P::Return | P::End | P::Leave | P::Exit) => {
                    Height::Unreached
                }
                Instruction::Primitive(P::If) => {
                    let goes_on = of_blocks(1).iter().all(|&net| net == Net::Adds(0));
                    height.plus(goes_on.then_some(-2))
                }
                Instruction::Primitive(P::IfElse) => match of_blocks(2).as_slice() {
                    [] => Height::Unreached,
                    [Net::Adds(net), others @ ..]
                        if others.iter().all(|other| *other == Net::Adds(*net)) =>
                    {
                        height.plus(Some(net - 3))
                    }
                    _ => height.plus(None),
                },
                other => {
                    let effect = self.effects.of_cell(other);
                    height.plus(effect.and_then(|one| Some(one.gives? as i64 - one.takes as i64)))
                }
            };
            heights.push(height);
        }
        heights
    }
}

/// The name of the local of a cell.
pub(super) fn local(cell: &Instruction) -> Option<&str> {
    match cell {
        Instruction::Pick(name) | Instruction::Assign(name) => Some(name),
        Instruction::Integer(_)
        | Instruction::Text(_)
        | Instruction::Block(_)
        | Instruction::Address(_)
        | Instruction::BlockValue(..)
        | Instruction::Task(_)
        | Instruction::Call(_)
        | Instruction::PushFunction(_)
        | Instruction::SetGlobal(_)
        | Instruction::GetGlobal(_)
        | Instruction::Label(_)
        | Instruction::Primitive(_)
        | Instruction::Hole(_)
        | Instruction::FunctionHole(_)
        | Instruction::Breakpoint => None,
    }
}

/// The blocks that cells refer to.
pub(super) fn blocks(cells: &[Instruction]) -> impl Iterator<Item = usize> {
    cells.iter().filter_map(|cell| {
        if let Instruction::Block(block) = cell { Some(*block as usize) } else { None }
    })
}

fn net(cells: &[Instruction], heights: &[Height]) -> Net {
    use Primitive as P;
    let last = match cells.last() {
        // The height after `end` is not known.
        Some(Instruction::Primitive(P::End)) => heights.len() - 2,
        Some(_) | None => heights.len() - 1,
    };
    match heights[last] {
        Height::Known(net) => Net::Adds(net),
        Height::Unknown => Net::Unknown,
        Height::Unreached => Net::Leaves,
    }
}

/// The bodies, each before its blocks; `None` if the fragment is no tree.
fn preorder(code: &Fragment) -> Option<Vec<usize>> {
    let mut seen = vec![false; code.bodies.len()];
    *seen.first_mut()? = true;
    let mut order = vec![0];
    let mut done = 0;
    while done < order.len() {
        for block in blocks(&code.bodies[order[done]]) {
            if std::mem::replace(seen.get_mut(block)?, true) {
                return None;
            }
            order.push(block);
        }
        done += 1;
    }
    (order.len() == code.bodies.len()).then_some(order)
}
