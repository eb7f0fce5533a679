//! From the tables of all bodies to edits, in the order in which they are carried out.
//!
//! Each body is edited from its end, so that the offsets are those of the old code. A changed run is inserted
//! first and then deleted, so that whoever has passed the old one does not execute the new one.

use std::ops::Range;

use foldhash::{HashMap, HashMapExt, HashSet};

use super::anchors::{Anchors, Links, Ref};
use super::side::{Side, blocks, local};
use super::table::{Path, Step, Table};
use crate::program::notation::Notation;
use crate::program::scope::Scope;
use crate::session::command::Command;
use crate::vm::index::Body;
use crate::vm::instruction::{Fragment, Instruction};
use crate::vm::machine::Machine;
use crate::vm::memory::Place;

/// An edit of an old body.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Edit {
    body: usize,
    at: usize,
    change: Change,
}

#[derive(Clone, Debug, PartialEq, Eq)]
enum Change {
    /// Cells of a new body are inserted.
    Insert(usize, Range<usize>),
    /// A cell of a new body takes the place.
    Replace(usize, usize),
    Delete(usize),
}

/// What is done to a function.
#[derive(Debug, Default)]
pub(super) struct Script {
    pub edits: Vec<Edit>,
    /// For each old body whose block stays and is not all the same: the new body, and the way through the table.
    pub paths: HashMap<usize, (usize, Path)>,
    /// The old positions of changes in a body, in order; those in a block of it count as changes of its cell.
    pub changes: HashMap<usize, Vec<usize>>,
    /// Which old bodies are those of blocks that do not stay.
    pub removed: Vec<bool>,
    pub links: Links,
    pub inserted: usize,
    pub replaced: usize,
    pub deleted: usize,
}

impl Script {
    /// `live` has the live positions in each old body, in order.
    pub fn new(old: &Side<'_>, new: &Side<'_>, anchors: &Anchors, live: &[Vec<usize>]) -> Script {
        let links = Links::of(anchors);
        let mut script = Script { links, removed: vec![false; live.len()], ..Script::default() };
        let mut open = vec![(0, 0)];
        let mut pairs: Vec<(usize, usize, usize)> = Vec::new();
        while let Some((o, n)) = open.pop() {
            if old.id(o) == new.id(n) {
                continue;
            }
            let path = Table::new(old, new, (o, n), &script.links, &live[o]).path();
            for &step in &path.steps {
                if let Step::Keep(i, j) = step
                    && let (Instruction::Block(a), Instruction::Block(b)) =
                        (&old.cells(o)[i], &new.cells(n)[j])
                {
                    open.push((*a as usize, *b as usize));
                    pairs.push((o, i, *a as usize));
                }
            }
            script.add(old, new, (o, n), &path);
            script.paths.insert(o, (n, path));
        }
        // Blocks come after the bodies they are in.
        for (body, at, block) in pairs.into_iter().rev() {
            if script.changes.get(&block).is_some_and(|changes| !changes.is_empty()) {
                let changes = script.changes.entry(body).or_default();
                let before = changes.partition_point(|&change| change < at);
                changes.insert(before, at);
            }
        }
        script
    }

    fn add(&mut self, old: &Side<'_>, new: &Side<'_>, (o, n): (usize, usize), path: &Path) {
        let cells = old.cells(o);
        let mut rows: Vec<(Range<usize>, Option<Step>)> = vec![(0..0, None); cells.len() + 1];
        let mut changes = Vec::new();
        for &step in &path.steps {
            match step {
                Step::Insert(i, j) => {
                    let inserted = &mut rows[i].0;
                    *inserted = if inserted.end == 0 { j } else { inserted.start }..j + 1;
                    self.inserted += size(new, n, j);
                    changes.push(i);
                }
                Step::Replace(i, j) => {
                    rows[i].1 = Some(step);
                    self.replaced += 1;
                    self.inserted += size(new, n, j) - 1;
                    changes.push(i);
                    self.remove(old, &cells[i]);
                }
                Step::Delete(i) => {
                    rows[i].1 = Some(step);
                    self.deleted += size(old, o, i);
                    changes.push(i);
                    self.remove(old, &cells[i]);
                }
                Step::Keep(..) => {}
            }
        }
        changes.dedup();
        self.changes.insert(o, changes);
        let is_deleted =
            |row: &(Range<usize>, Option<Step>)| matches!(row.1, Some(Step::Delete(_)));
        let mut edit = |at, change| self.edits.push(Edit { body: o, at, change });
        let mut deleting = 0;
        for (at, row) in rows.iter().enumerate().rev() {
            let inserted = row.0.clone();
            let count = inserted.len();
            if let Some(Step::Replace(_, j)) = row.1 {
                edit(at, Change::Replace(n, j));
            }
            if count > 0 {
                edit(at, Change::Insert(n, inserted));
            }
            if is_deleted(row) {
                deleting += 1;
                // Those before it are deleted with it, unless something is inserted between them.
                if count > 0 || at == 0 || !is_deleted(&rows[at - 1]) {
                    edit(at + count, Change::Delete(deleting));
                    deleting = 0;
                }
            }
        }
    }

    fn remove(&mut self, old: &Side<'_>, cell: &Instruction) {
        let mut open: Vec<usize> = blocks(std::slice::from_ref(cell)).collect();
        while let Some(block) = open.pop() {
            self.removed[block] = true;
            open.extend(blocks(old.cells(block)));
        }
    }

    /// Whether a change in a body is only one within the block of its cell.
    pub fn blocks_stay(&self, body: usize, cell: usize) -> bool {
        self.paths.get(&body).is_none_or(|(_, path)| path.keeps(cell))
    }

    /// The new body that an old one becomes.
    pub fn becomes(&self, body: usize) -> Option<usize> {
        self.paths.get(&body).map(|&(new, _)| new)
    }

    /// The locals whose cells all get another name: one that nothing had before, or that of another one of them.
    pub fn renamed(&self, old: &Side<'_>, new: &Side<'_>) -> Vec<(Box<str>, Box<str>)> {
        let (before, after) = (old.names(), new.names());
        let mut found: HashMap<&str, &str> = HashMap::new();
        let mut replaced: HashMap<&str, usize> = HashMap::new();
        for (&o, (n, path)) in &self.paths {
            for step in &path.steps {
                if let Step::Replace(i, j) = *step
                    && let (Some(from), Some(to)) =
                        (local(&old.cells(o)[i]), local(&new.cells(*n)[j]))
                {
                    *replaced.entry(from).or_default() += 1;
                    let known = *found.entry(from).or_insert(to);
                    if known != to {
                        // Not consistently.
                        found.insert(from, "");
                    }
                }
            }
        }
        found.retain(|from, to| {
            let is_gone = !after.contains_key(*from) && !before.contains_key(*to);
            let are_all = replaced[from] == before[from];
            !to.is_empty() && (is_gone || are_all)
        });
        // Where a name is taken, its own values have to go elsewhere.
        loop {
            let ways: HashSet<&str> = found.keys().copied().collect();
            let count = found.len();
            found.retain(|_, to| !before.contains_key(*to) || ways.contains(*to));
            let targets: HashSet<&str> = found.values().copied().collect();
            if found.len() == count && targets.len() == count {
                break;
            }
            if targets.len() < found.len() {
                // Two locals cannot both be this one.
                found.clear();
            }
        }
        let renamed = found.into_iter().map(|(from, to)| (from.into(), to.into()));
        let mut renamed: Vec<(Box<str>, Box<str>)> = renamed.collect();
        renamed.sort();
        renamed
    }
}

/// How many cells a cell is, with those of its block.
fn size(side: &Side<'_>, body: usize, at: usize) -> usize {
    match side.cells(body)[at] {
        Instruction::Block(block) => 1 + side.size(block as usize),
        _ => 1,
    }
}

impl Edit {
    /// The command for it, as it reads back at this moment.
    pub fn command(&self, new: &Side<'_>, bodies: &[Body], machine: &Machine) -> Command {
        let at = Place::new(bodies[self.body], self.at as u32);
        match &self.change {
            Change::Insert(body, cells) => {
                let fragment = part(new, (*body, cells.start), cells.len());
                Command::Insert { at, text: text(&fragment, at, machine).into() }
            }
            Change::Replace(body, cell) => replace(at, &part(new, (*body, *cell), 1), machine),
            Change::Delete(count) => Command::Delete { at, count: *count as u32 },
        }
    }
}

/// The command that replaces a cell.
pub(super) fn replace(at: Place, line: &Fragment, machine: &Machine) -> Command {
    let empties = line.bodies[0] == [Instruction::Breakpoint];
    let text = if empties { String::new() } else { text(line, at, machine) };
    Command::Replace { at, text: text.into() }
}

/// The text of a line that is written at a place. Recordings, and so all commands, use this notation.
fn text(line: &Fragment, at: Place, machine: &Machine) -> String {
    Notation::Forth.print_line(line, &Scope::of(machine, at.body)).text
}

/// Cells of a body with all of their blocks.
fn part(side: &Side<'_>, (body, start): Ref, count: usize) -> Fragment {
    let mut bodies = vec![side.cells(body)[start..start + count].to_vec()];
    let mut done = 0;
    while done < bodies.len() {
        for at in 0..bodies[done].len() {
            if let Instruction::Block(block) = bodies[done][at] {
                bodies[done][at] = Instruction::Block(bodies.len() as u32);
                bodies.push(side.code().bodies[block as usize].clone());
            }
        }
        done += 1;
    }
    Fragment { bodies }
}
