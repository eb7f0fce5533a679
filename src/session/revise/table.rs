//! Which cells of a body stay: one table over its old and new cells.
//!
//! Besides few edits, two things are asked. Tokens that the edit of the text did not touch stay together
//! (anchors). And every live position, a counter or a return address, comes out where the stack is as high as
//! it is now (heights). Of equal paths, the one that keeps first is taken, so that what is inserted is as late as
//! possible, and everyone before it executes it.

use foldhash::{HashMap, HashMapExt};

use super::anchors::Links;
use super::side::{Height, Role, Side, local};
use crate::vm::instruction::Instruction;

/// A cost; 100 is that of inserting or deleting a cell.
type Cost = i64;

const EDIT: Cost = 100;
/// A difference of one value below a live position.
const HEIGHT: Cost = 400;
/// The most for a live position that comes to a place with nothing on the stack: it runs a whole statement there,
/// and what is left over can be dropped. Elsewhere an equal height may be a chance.
const FRESH: Cost = 300;
/// A live position would go back before a token that it has passed and that the edit did not touch.
const BACK: Cost = 900;
/// A live position would be where nobody comes.
const LOST: Cost = 1200;
/// The most that heights can differ by.
const MOST: i64 = 1000;
/// An anchor that is kept.
const ANCHORED: Cost = -50;
/// The token is the same, and its cell is not.
const RESPELLED: Cost = 60;
const ANCHOR_BROKEN: Cost = 150;
/// As different as two blocks can be.
const UNLIKE: Cost = 160;
const REPLACE: Cost = 120;
const REPLACE_OTHER: Cost = 160;
/// Nothing beside it stays.
const ALONE: Cost = 90;
/// It does something else to the stack: rather delete and insert.
const OTHER_ROLE: Cost = 900;
/// The most entries of a table. Above that, everything in the middle is inserted, and then deleted.
const ENTRIES: usize = 4_000_000;
/// How many cells beside the middle are looked at if leaving them out makes heights differ.
const MARGIN: usize = 64;

/// What becomes of a cell, with its old and new index; or before which old cell a new one is inserted.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Step {
    Keep(usize, usize),
    Replace(usize, usize),
    Insert(usize, usize),
    Delete(usize),
}

/// A way through the table of a body.
#[derive(Clone, Debug)]
pub(super) struct Path {
    pub steps: Vec<Step>,
    /// For each old position, where it is in the new code.
    entered: Vec<usize>,
    /// How many cells there are now.
    new: usize,
}

impl Path {
    /// Where a saved position is in the new code.
    pub fn position(&self, position: usize) -> usize {
        let old = self.entered.len() - 1;
        match self.entered.get(position) {
            Some(&entered) => entered,
            // Among the empty cells after the last.
            None => position - old + self.new,
        }
    }

    /// Whether an old cell goes, and none takes its place.
    pub fn deletes(&self, cell: usize) -> bool {
        self.steps.contains(&Step::Delete(cell))
    }

    /// Whether an old cell stays.
    pub fn keeps(&self, cell: usize) -> bool {
        self.steps.iter().any(|step| matches!(step, Step::Keep(old, _) if *old == cell))
    }

    fn new(steps: Vec<Step>, old: usize, new: usize) -> Path {
        let mut entered = vec![0; old + 1];
        let mut last = 0;
        for &step in &steps {
            match step {
                Step::Keep(i, j) | Step::Replace(i, j) => {
                    last = j + 1;
                    entered[i + 1] = last;
                }
                Step::Insert(_, j) => last = j + 1,
                Step::Delete(i) => entered[i + 1] = last,
            }
        }
        Path { steps, entered, new }
    }
}

/// An old and a new body that belong together.
pub(super) struct Table<'t, 'c> {
    old: &'t Side<'c>,
    new: &'t Side<'c>,
    bodies: (usize, usize),
    links: &'t Links,
    /// The live positions in the old body, in order.
    live: &'t [usize],
    likeness: HashMap<(usize, usize), Cost>,
    roles: (Vec<Role>, Vec<Role>),
}

impl<'t, 'c> Table<'t, 'c> {
    pub fn new(
        old: &'t Side<'c>,
        new: &'t Side<'c>,
        bodies: (usize, usize),
        links: &'t Links,
        live: &'t [usize],
    ) -> Table<'t, 'c> {
        let roles =
            |side: &Side<'_>, body| side.cells(body).iter().map(|cell| side.role(cell)).collect();
        let roles = (roles(old, bodies.0), roles(new, bodies.1));
        Table { old, new, bodies, links, live, likeness: HashMap::new(), roles }
    }

    /// The best path.
    pub fn path(mut self) -> Path {
        let (n, m) = self.lengths();
        let mut head = 0;
        while head < n.min(m) && self.stays(head, head) {
            head += 1;
        }
        let mut tail = 0;
        while tail < n.min(m) - head && self.stays(n - 1 - tail, m - 1 - tail) {
            tail += 1;
        }
        let path = self.path_between(head, tail);
        if head + tail == 0 || self.is_even(&path) {
            return path;
        }
        self.path_between(head.saturating_sub(MARGIN), tail.saturating_sub(MARGIN))
    }

    fn lengths(&self) -> (usize, usize) {
        (self.old.cells(self.bodies.0).len(), self.new.cells(self.bodies.1).len())
    }

    /// Whether two cells stay together whatever is between others: they are equal, and nothing else claims them.
    fn stays(&self, i: usize, j: usize) -> bool {
        let (old, new) = ((self.bodies.0, i), (self.bodies.1, j));
        match (self.links.forward(old), self.links.back(new)) {
            (Some(to), _) => to == new && self.is_same(i, j),
            (None, Some(_)) => false,
            (None, None) => {
                let is_live = self.live.binary_search(&(i + 1)).is_ok();
                !is_live && self.is_equal(i, j)
            }
        }
    }

    fn is_even(&self, path: &Path) -> bool {
        let (old, new) = (self.old.heights(self.bodies.0), self.new.heights(self.bodies.1));
        let (n, _) = self.lengths();
        let mut known = self.live.iter().filter(|&&live| live > 0 && live <= n);
        known.all(|&live| match (old[live], new[path.position(live)]) {
            (Height::Known(old), Height::Known(new)) => old == new,
            (Height::Known(_) | Height::Unknown, Height::Unreached) => false,
            (Height::Unreached | Height::Unknown, _) | (_, Height::Unknown) => true,
        })
    }

    /// Whether the cell stays as it is. A block does, whatever is in it.
    fn is_same(&self, i: usize, j: usize) -> bool {
        self.is_equal(i, j) || self.both_blocks(i, j).is_some()
    }

    fn is_equal(&self, i: usize, j: usize) -> bool {
        let are_blocks = |side: &Side<'_>, body: usize, at: usize| {
            matches!(side.cells(body)[at], Instruction::Block(_))
        };
        self.old.ids(self.bodies.0)[i] == self.new.ids(self.bodies.1)[j]
            && are_blocks(self.old, self.bodies.0, i) == are_blocks(self.new, self.bodies.1, j)
    }

    fn both_blocks(&self, i: usize, j: usize) -> Option<(usize, usize)> {
        match (&self.old.cells(self.bodies.0)[i], &self.new.cells(self.bodies.1)[j]) {
            (Instruction::Block(old), Instruction::Block(new)) => {
                Some((*old as usize, *new as usize))
            }
            _ => None,
        }
    }

    /// What it costs that a new cell takes the place of an old one.
    fn pair(&mut self, i: usize, j: usize) -> Cost {
        let (old, new) = ((self.bodies.0, i), (self.bodies.1, j));
        let (forward, back) = (self.links.forward(old), self.links.back(new));
        if forward == Some(new) {
            return if self.is_same(i, j) { ANCHORED } else { RESPELLED };
        }
        let broken = if forward.is_some() || back.is_some() { ANCHOR_BROKEN } else { 0 };
        if let Some(blocks) = self.both_blocks(i, j) {
            return broken + self.unlikeness(blocks);
        }
        if self.is_equal(i, j) {
            return broken;
        }
        let (a, b) = (self.roles.0[i], self.roles.1[j]);
        let fits = a == b
            || matches!((a, b), (Role::Call(_), Role::Call(_)))
            || matches!((a, b), (Role::Empty, _) | (_, Role::Empty));
        if !fits {
            return OTHER_ROLE;
        }
        let (n, m) = self.lengths();
        let is_linked =
            |i: usize, j: usize| self.links.forward((self.bodies.0, i)) == Some((self.bodies.1, j));
        let beside = (i > 0 && j > 0 && is_linked(i - 1, j - 1))
            || is_linked(i + 1, j + 1)
            || (i + 1 == n && j + 1 == m);
        let kind = |cell: &Instruction| std::mem::discriminant(cell);
        let (was, is) = (&self.old.cells(old.0)[i], &self.new.cells(new.0)[j]);
        let alike = kind(was) == kind(is);
        if alike && self.is_renamed(was, is) {
            return broken + RESPELLED;
        }
        broken + if alike { REPLACE } else { REPLACE_OTHER } + if beside { 0 } else { ALONE }
    }

    /// Whether a local may have got a new name: its name is gone, and the other is new.
    fn is_renamed(&self, was: &Instruction, is: &Instruction) -> bool {
        let (Some(was), Some(is)) = (local(was), local(is)) else { return false };
        !self.new.names().contains_key(was) && !self.old.names().contains_key(is)
    }

    fn unlikeness(&mut self, (old, new): (usize, usize)) -> Cost {
        if self.old.id(old) == self.new.id(new) {
            return 0;
        }
        let (olds, news) = (self.old, self.new);
        *self.likeness.entry((old, new)).or_insert_with(|| {
            let (a, b) = (olds.sample(old), news.sample(new));
            let all = a.len() + b.len();
            let (mut i, mut j, mut common) = (0, 0, 0);
            while i < a.len() && j < b.len() {
                match a[i].cmp(&b[j]) {
                    std::cmp::Ordering::Less => i += 1,
                    std::cmp::Ordering::Greater => j += 1,
                    std::cmp::Ordering::Equal => (i, j, common) = (i + 1, j + 1, common + 1),
                }
            }
            if all == 0 { 0 } else { UNLIKE - UNLIKE * 2 * common / all as Cost }
        })
    }

    /// What it costs that the old position `i` becomes the new position `j`.
    fn arrive(&self, is_live: &[bool], passed: &[usize], i: usize, j: usize) -> Cost {
        if i == 0 || !is_live[i] {
            return 0;
        }
        let back = if j < passed[i] && !self.goes_on(i, j) { BACK } else { 0 };
        back + self.uneven(i, j)
    }

    /// What the difference of the heights costs at a live position.
    fn uneven(&self, i: usize, j: usize) -> Cost {
        let heights = (self.old.heights(self.bodies.0)[i], self.new.heights(self.bodies.1)[j]);
        match heights {
            (Height::Known(old), Height::Known(0)) if old > 0 => {
                // Of several, the first: it runs all that is new.
                (HEIGHT * old.min(MOST)).min(FRESH) + (j as Cost).min(EDIT / 2)
            }
            (Height::Known(old), Height::Known(new)) => HEIGHT * (old - new).abs().min(MOST),
            (Height::Known(_) | Height::Unknown, Height::Unreached) => LOST,
            (Height::Unreached | Height::Unknown, _) | (_, Height::Unknown) => 0,
        }
    }

    /// For each old position, where the tokens end in the new code that it has passed and that the edit did not
    /// touch.
    fn passed(&self) -> Vec<usize> {
        let (n, _) = self.lengths();
        let mut passed = vec![0; n + 1];
        for i in 0..n {
            let to = self.links.forward((self.bodies.0, i));
            let to = to.filter(|&(body, _)| body == self.bodies.1);
            passed[i + 1] = to.map_or(0, |(_, j)| j + 1).max(passed[i]);
        }
        passed
    }

    /// Whether a position comes before the same cell, with something on the stack for it.
    fn goes_on(&self, i: usize, j: usize) -> bool {
        let (n, m) = self.lengths();
        let has_values = self.old.heights(self.bodies.0)[i] != Height::Known(0);
        i < n && j < m && has_values && self.is_equal(i, j)
    }

    /// The best path that keeps the first `head` and the last `tail` cells.
    fn path_between(&mut self, head: usize, tail: usize) -> Path {
        let (n, m) = self.lengths();
        let mut steps: Vec<Step> = (0..head).map(|at| Step::Keep(at, at)).collect();
        let (height, width) = (n - tail - head, m - tail - head);
        if (height + 1).saturating_mul(width + 1) <= ENTRIES {
            self.walk(head, height, width, &mut steps);
        } else {
            steps.extend((head..m - tail).map(|j| Step::Insert(head, j)));
            steps.extend((head..n - tail).map(Step::Delete));
        }
        steps.extend((0..tail).rev().map(|back| Step::Keep(n - 1 - back, m - 1 - back)));
        Path::new(steps, n, m)
    }

    /// Fills the table from its end, and goes through it from its start.
    fn walk(&mut self, head: usize, height: usize, width: usize, steps: &mut Vec<Step>) {
        const PAIR: u8 = 0;
        const INSERT: u8 = 1;
        const DELETE: u8 = 2;
        let (n, _) = self.lengths();
        let mut is_live = vec![false; n + 1];
        self.live.iter().filter(|&&live| live <= n).for_each(|&live| is_live[live] = true);
        let passed = self.passed();
        let row_length = width + 1;
        let mut turns = vec![DELETE; (height + 1) * row_length];
        let mut below = vec![0; row_length];
        for j in (0..width).rev() {
            below[j] = below[j + 1] + EDIT;
            turns[height * row_length + j] = INSERT;
        }
        let mut row = vec![0; row_length];
        for i in (0..height).rev() {
            for j in (0..=width).rev() {
                let (old, new) = (head + i, head + j);
                let delete = EDIT + self.arrive(&is_live, &passed, old + 1, new) + below[j];
                let (mut cost, mut turn) = (delete, DELETE);
                if j < width {
                    let insert = EDIT + row[j + 1];
                    if insert <= cost {
                        (cost, turn) = (insert, INSERT);
                    }
                    let arrive = self.arrive(&is_live, &passed, old + 1, new + 1);
                    let pair = self.pair(old, new) + arrive + below[j + 1];
                    if pair <= cost {
                        (cost, turn) = (pair, PAIR);
                    }
                }
                row[j] = cost;
                turns[i * row_length + j] = turn;
            }
            std::mem::swap(&mut row, &mut below);
        }
        let (mut i, mut j) = (0, 0);
        while i < height || j < width {
            let (old, new) = (head + i, head + j);
            match turns[i * row_length + j] {
                PAIR => {
                    let keeps = self.is_same(old, new);
                    steps.push(if keeps { Step::Keep(old, new) } else { Step::Replace(old, new) });
                    (i, j) = (i + 1, j + 1);
                }
                INSERT => {
                    steps.push(Step::Insert(old, new));
                    j += 1;
                }
                _ => {
                    steps.push(Step::Delete(old));
                    i += 1;
                }
            }
        }
    }
}
