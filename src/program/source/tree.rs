//! The statements of a body: trees whose postorder is its cells.
//!
//! The cells are folded from left to right with a list of pending trees: the expressions whose values are on the
//! stack then. A cell takes the pending trees that it consumes, by its stack effect. A wrong effect makes an ugly
//! text, and never other cells, because a tree always is a run of cells in postorder (Proebsting and Watterson
//! rebuild Java from its bytecode in this way).
//!
//! A call of a function of which nothing is known takes as many of the pending trees as what comes after it can
//! spare: `x 2 f +` is `x + f(2)`. That is all that is found out by looking ahead, besides runs of targets, so the
//! pending trees of the cells before the counter are exactly the expressions that were computed.

use std::ops::Range;

use super::token::level;
use crate::program::comment::Comments;
use crate::program::effect::StackEffects;
use crate::vm::instruction::{Fragment, Instruction, Primitive};

/// A tree: a cell with its operands before it.
#[derive(Clone, Debug)]
pub(super) struct Node {
    /// The cell itself; of a run of targets, the last.
    pub at: usize,
    /// How many targets it has: 0 for everything but an assignment.
    pub targets: usize,
    /// Its operands, among [`Trees::children`].
    children: Range<usize>,
    /// How many operands are on the stack already.
    pub missing: usize,
    /// How many values it leaves; `None` if that is not known.
    pub gives: Option<usize>,
    /// Its first cell.
    pub start: usize,
}

impl Node {
    /// Whether it can stand where one value is wanted.
    pub fn is_lone(&self) -> bool {
        matches!(self.gives, Some(1) | None)
    }
}

/// The trees of a body.
#[derive(Debug, Default)]
pub(super) struct Trees {
    pub nodes: Vec<Node>,
    children: Vec<usize>,
    /// The statements, in order.
    pub statements: Vec<usize>,
}

impl Trees {
    /// The operands of a tree.
    pub fn children(&self, node: usize) -> &[usize] {
        &self.children[self.nodes[node].children.clone()]
    }
}

/// What folding needs to know besides the cells.
#[derive(Clone, Copy)]
pub(super) struct Around<'a> {
    pub code: &'a Fragment,
    pub comments: &'a Comments,
    pub effects: &'a StackEffects,
    /// The bodies that have comments in them, or in a block of theirs: they take lines of their own.
    pub heavy: &'a [bool],
}

/// Which bodies have comments in them or in a block of theirs.
pub(super) fn heavy(code: &Fragment, comments: &Comments) -> Vec<bool> {
    let mut heavy = vec![false; code.bodies.len()];
    for ((body, _), _) in comments.iter() {
        heavy[body] = true;
    }
    // A block has a greater number than the body around it.
    for body in (0..code.bodies.len()).rev() {
        heavy[body] |= code.bodies[body]
            .iter()
            .any(|cell| matches!(cell, Instruction::Block(block) if heavy[*block as usize]));
    }
    heavy
}

/// The statements of some cells of a body.
pub(super) fn trees(body: usize, cells: Range<usize>, around: Around<'_>) -> Trees {
    let mut fold = Fold::new(body, cells, around);
    fold.run();
    fold.flush();
    fold.trees
}

/// The pending trees after some cells of a body: what is computed and not yet used, the last on top.
pub(super) fn pending(
    body: usize,
    cells: Range<usize>,
    around: Around<'_>,
) -> Vec<(Range<usize>, Option<usize>)> {
    let mut fold = Fold::new(body, cells, around);
    fold.run();
    let nodes = &fold.trees.nodes;
    fold.pending
        .iter()
        .map(|&node| (nodes[node].start..nodes[node].at + 1, nodes[node].gives))
        .collect()
}

/// Whether an instruction hangs a block below its line, with a keyword or a call.
pub(super) fn hangs(primitive: Primitive) -> bool {
    use Primitive as P;
    matches!(primitive, P::If | P::IfElse | P::Repeat | P::RepeatIf | P::While | P::Times)
}

/// Whether an instruction is written as a call, rather than between or around its operands.
pub(super) fn is_called(primitive: Primitive) -> bool {
    use Primitive as P;
    level(primitive).is_none()
        && !matches!(primitive, P::Increment | P::Decrement | P::MemoryGet | P::MemorySet)
}

struct Fold<'a> {
    body: usize,
    cells: &'a [Instruction],
    at: usize,
    end: usize,
    around: Around<'a>,
    trees: Trees,
    pending: Vec<usize>,
    /// How many values each cell and what follows it in its statement need; empty if nobody asks.
    needs: Vec<usize>,
}

impl<'a> Fold<'a> {
    fn new(body: usize, cells: Range<usize>, around: Around<'a>) -> Fold<'a> {
        let all = &around.code.bodies[body];
        Fold {
            body,
            cells: all,
            at: cells.start,
            end: cells.end,
            around,
            trees: Trees::default(),
            pending: Vec::new(),
            needs: needs(body, all, around),
        }
    }

    fn run(&mut self) {
        while self.at < self.end {
            if self.has_comment(self.at) {
                self.flush();
            }
            let cell = &self.cells[self.at];
            if is_target(cell) {
                self.assignment();
            } else {
                self.cell(cell);
                self.at += 1;
            }
        }
    }

    /// Whether a comment stands before a cell, which then begins a line.
    fn has_comment(&self, index: usize) -> bool {
        self.around.comments.at(self.body, index).is_some()
    }

    fn flush(&mut self) {
        self.trees.statements.append(&mut self.pending);
    }

    fn node(&self, node: usize) -> &Node {
        &self.trees.nodes[node]
    }

    /// The last pending trees from one on, as the operands of a cell.
    fn take(&mut self, from: usize) -> Vec<usize> {
        self.pending.split_off(from)
    }

    /// How many pending trees from the last on have a known number of values.
    fn known(&self) -> usize {
        let known = self.pending.iter().rev().take_while(|&&node| self.node(node).gives.is_some());
        known.count()
    }

    fn cell(&mut self, cell: &Instruction) {
        let effect = self.around.effects.of_cell_at(self.cells, self.at);
        let is_return = *cell == Instruction::Primitive(Primitive::Return);
        let (mut operands, mut missing) = match effect {
            Some(effect) if !is_return => self.operands(effect.takes),
            Some(_) => (self.take(self.pending.len() - self.known()), 0),
            None => (self.take(self.spared()), 0),
        };
        let goes_on = effect.is_none() && self.needed_below() > 0 && !self.pending.is_empty();
        if self.is_crowded(cell, &operands) {
            // The block with comments is a statement of its own.
            self.pending.append(&mut operands);
            self.flush();
            missing = effect.map_or(0, |effect| effect.takes);
        }
        if missing > 0 || effect.is_none() && !goes_on {
            self.flush();
        }
        let gives = effect.and_then(|effect| effect.gives);
        let block_below = operands.last().is_some_and(|&last| self.block(last).is_some());
        let is_control = matches!(cell, Instruction::Primitive(primitive) if hangs(*primitive));
        let has_heavy = operands.iter().any(|&node| self.is_heavy(node));
        let node = self.add(self.at, 0, operands, missing, gives);
        if gives == Some(0) || is_control && block_below || has_heavy {
            self.flush();
            self.trees.statements.push(node);
        } else {
            self.pending.push(node);
        }
    }

    /// How many values below the one that an unknown call leaves are needed by what follows it.
    fn needed_below(&self) -> usize {
        self.needs[self.at + 1].saturating_sub(1).min(MOST_NEEDED)
    }

    /// The first of the last pending trees that an unknown call can take.
    fn spared(&self) -> usize {
        let (mut need, mut from) = (self.needed_below(), 0);
        while need > 0 && from < self.pending.len() {
            need = need.saturating_sub(self.node(self.pending[from]).gives.unwrap_or(1));
            from += 1;
        }
        // If there are not enough, what follows takes from below all of them.
        let from = if need > 0 { 0 } else { from };
        from.max(self.pending.len() - self.known())
    }

    /// The block that a tree is.
    fn block(&self, node: usize) -> Option<usize> {
        let cell = &self.cells[self.node(node).at];
        if let Instruction::Block(block) = cell { Some(*block as usize) } else { None }
    }

    /// Whether a tree is a block with comments.
    fn is_heavy(&self, node: usize) -> bool {
        self.block(node).is_some_and(|block| self.around.heavy[block])
    }

    /// Whether a block with comments is among the operands of a cell and cannot hang below it.
    fn is_crowded(&self, cell: &Instruction, operands: &[usize]) -> bool {
        let Some(first) = operands.iter().position(|&node| self.is_heavy(node)) else {
            return false;
        };
        let last = operands.len() - 1;
        match cell {
            Instruction::Primitive(Primitive::IfElse) if last > 0 => {
                let blocks = operands[last - 1..].iter().all(|&node| self.block(node).is_some());
                let condition = &operands[..last - 1];
                let keyword = blocks
                    && condition.len() < 2
                    && condition.iter().all(|&node| self.node(node).is_lone());
                first < if keyword { last - 1 } else { last }
            }
            Instruction::Primitive(primitive) => !is_called(*primitive) || first < last,
            Instruction::Call(_) | Instruction::Hole(_) => first < last,
            // No other cell takes values.
            Instruction::Integer(_)
            | Instruction::Text(_)
            | Instruction::Block(_)
            | Instruction::Address(_)
            | Instruction::BlockValue(..)
            | Instruction::Task(_)
            | Instruction::PushFunction(_)
            | Instruction::Pick(_)
            | Instruction::Assign(_)
            | Instruction::SetGlobal(_)
            | Instruction::GetGlobal(_)
            | Instruction::Label(_)
            | Instruction::FunctionHole(_)
            | Instruction::Breakpoint => true,
        }
    }

    /// The operands of a cell that takes this many, and how many are missing.
    fn operands(&mut self, takes: usize) -> (Vec<usize>, usize) {
        let (mut need, mut from) = (takes, self.pending.len());
        while need > 0 && from > 0 {
            let gives = self.node(self.pending[from - 1]).gives.unwrap_or(1);
            if gives > need {
                break;
            }
            from -= 1;
            need -= gives;
        }
        (self.take(from), need)
    }

    fn assignment(&mut self) {
        let Some(&last) = self.pending.last() else { return self.assign(1, 0) };
        let run = self.targets();
        let values = match self.node(last).gives {
            None => 1,
            Some(gives) if gives == run => 1,
            Some(gives) if run > 1 && gives > 1 && gives < run => return self.assign(gives, 1),
            Some(_) if run > 1 && self.ends_in_lone(run) => run,
            Some(1) => return self.assign(1, 1),
            Some(_) => return self.assign(1, 0),
        };
        self.assign(run, values);
    }

    /// How many targets follow each other, all different and without comments between them.
    fn targets(&self) -> usize {
        let mut seen: Vec<&Instruction> = Vec::new();
        for index in self.at..self.end {
            let cell = &self.cells[index];
            let goes_on = is_target(cell)
                && !seen.contains(&cell)
                && (seen.is_empty() || !self.has_comment(index))
                && seen.len() < MOST_TARGETS;
            if !goes_on {
                break;
            }
            seen.push(cell);
        }
        seen.len()
    }

    fn ends_in_lone(&self, count: usize) -> bool {
        let from = self.pending.len().checked_sub(count);
        from.is_some_and(|from| {
            self.pending[from..].iter().all(|&node| self.node(node).gives == Some(1))
        })
    }

    /// An assignment of so many targets that takes so many pending trees.
    fn assign(&mut self, targets: usize, values: usize) {
        let mut values = self.take(self.pending.len() - values);
        if values.len() > 1 && values.iter().any(|&node| self.is_heavy(node)) {
            self.pending.append(&mut values);
        }
        self.flush();
        let missing = usize::from(values.is_empty());
        let (targets, missing) = if values.is_empty() { (1, missing) } else { (targets, 0) };
        let node = self.add(self.at + targets - 1, targets, values, missing, Some(0));
        self.trees.statements.push(node);
        self.at += targets;
    }

    fn add(
        &mut self,
        at: usize,
        targets: usize,
        operands: Vec<usize>,
        missing: usize,
        gives: Option<usize>,
    ) -> usize {
        let own = at + 1 - targets.max(1);
        let start = operands.first().map_or(own, |&first| self.node(first).start);
        let first = self.trees.children.len();
        self.trees.children.extend(operands);
        let children = first..self.trees.children.len();
        self.trees.nodes.push(Node { at, targets, children, missing, gives, start });
        self.trees.nodes.len() - 1
    }
}

/// How many values each cell of a body, and what follows it in its statement, take from the stack at least, and 0
/// after the last cell. Only what calls an unknown function asks for it.
fn needs(body: usize, cells: &[Instruction], around: Around<'_>) -> Vec<usize> {
    if cells.iter().all(|cell| around.effects.of_cell(cell).is_some()) {
        return Vec::new();
    }
    let mut needs = vec![0; cells.len() + 1];
    for at in (0..cells.len()).rev() {
        let after = match around.comments.at(body, at + 1) {
            // It begins a statement.
            Some(_) => 0,
            None => needs[at + 1],
        };
        needs[at] = match around.effects.of_cell_at(cells, at) {
            Some(effect) if effect.gives == Some(0) => effect.takes,
            Some(effect) => effect.takes + after.saturating_sub(effect.gives.unwrap_or(1)),
            None => after.saturating_sub(1),
        };
    }
    needs
}

/// The most values that are spared for what follows an unknown call: nobody reads deeper expressions, and looking
/// for them has to end.
const MOST_NEEDED: usize = 64;

/// The most targets of one assignment.
const MOST_TARGETS: usize = 255;

fn is_target(cell: &Instruction) -> bool {
    matches!(cell, Instruction::Assign(_) | Instruction::SetGlobal(_))
}
