//! Everything that one frame shows, gathered before anything is drawn.

use std::collections::HashMap;

use super::panels::{calls, stack};
use crate::program::image::Image;
use crate::view::holes::{HoleRow, NameRow, names};
use crate::view::memory::{self, At, BodyExtent, CellRow, Marks};
use crate::view::stacks::{self, CallRows, StackRows};
use crate::view::stop::{StopRow, stop};
use crate::vm::machine::Machine;

/// The rows of a frame.
#[derive(Debug)]
pub struct Rows {
    /// All bodies, by address.
    pub extents: Vec<BodyExtent>,
    /// What is marked in the cells.
    pub marks: Marks,
    /// The parameter stack.
    pub stack: StackRows,
    /// The call stack.
    pub calls: CallRows,
    /// Why it waits.
    pub stop: StopRow,
    /// Where the counter is.
    pub counter: At,
}

impl Rows {
    /// The rows of an image; `before` says what was there before the last gesture.
    pub fn new(image: &Image, before: &Glance) -> Rows {
        let machine = &image.machine;
        let mut rows = Rows {
            extents: memory::extents(machine),
            marks: Marks::new(machine, image.breakpoints.iter().copied()),
            stack: stacks::parameters(machine, stack::SHOWN),
            calls: stacks::calls(machine, calls::SHOWN),
            stop: stop(machine),
            counter: machine.task().counter().into(),
        };
        before.mark(&mut rows);
        rows
    }
}

/// What stood where before the last gesture, as far as it was in sight: to show what has changed.
#[derive(Clone, Debug, Default)]
pub struct Glance {
    cells: HashMap<At, String>,
    stack: Option<(usize, Vec<String>)>,
    locals: HashMap<(u32, String), String>,
}

impl Glance {
    /// Looks at the stacks of a machine.
    pub fn new(machine: &Machine, cells: HashMap<At, String>) -> Glance {
        let rows = stacks::parameters(machine, stack::SHOWN);
        let values = rows.values.into_iter().map(|value| value.text).collect();
        let mut locals = HashMap::new();
        for frame in stacks::calls(machine, calls::SHOWN).frames {
            for local in frame.locals {
                if let Some(value) = local.value {
                    locals.insert((frame.number, local.name), value.text);
                }
            }
        }
        Glance { cells, stack: Some((rows.depth, values)), locals }
    }

    fn mark(&self, rows: &mut Rows) {
        let Some((depth, values)) = &self.stack else { return };
        let now = rows.stack.depth;
        rows.stack.effect = self.effect(&rows.stack);
        for (n, value) in rows.stack.values.iter_mut().enumerate() {
            // Counted from the bottom, a value that stays is the same value.
            let was = (depth + n).checked_sub(now).and_then(|from_top| values.get(from_top));
            value.changed = was != Some(&value.text);
        }
        for frame in &mut rows.calls.frames {
            for local in &mut frame.locals {
                if let Some(value) = &mut local.value {
                    let was = self.locals.get(&(frame.number, local.name.clone()));
                    value.changed = was != Some(&value.text);
                }
            }
        }
    }

    /// What the last gesture took from the parameter stack and left on it: `( 3 4 -- 7 )`. Empty if
    /// nothing, or more than one reads at a glance.
    fn effect(&self, now: &StackRows) -> String {
        const READ: usize = 8;
        let Some((depth, before)) = &self.stack else { return String::new() };
        if before.len() != *depth || now.values.len() != now.depth {
            return String::new();
        }
        let after: Vec<&String> = now.values.iter().rev().map(|value| &value.text).collect();
        let before: Vec<&String> = before.iter().rev().collect();
        let kept = before.iter().zip(&after).take_while(|(was, is)| was == is).count();
        let words =
            |values: &[&String]| values.iter().map(|value| format!("{value} ")).collect::<String>();
        let (taken, left) = (&before[kept..], &after[kept..]);
        match taken.len() + left.len() {
            1..=READ => format!("( {}-- {})", words(taken), words(left)),
            _ => String::new(),
        }
    }

    /// Whether a cell shows something else than before.
    pub fn is_new(&self, cell: &CellRow) -> bool {
        self.stack.is_some() && self.cells.get(&cell.at).is_some_and(|text| *text != cell.text)
    }
}

/// Functions and holes, looked up again only when the code has changed.
#[derive(Debug, Default)]
pub struct Index {
    stamp: Option<u64>,
    /// All functions.
    pub names: Vec<NameRow>,
    /// All holes.
    pub holes: Vec<HoleRow>,
}

impl Index {
    /// Brings the index up to date; `stamp` changes whenever the image does.
    pub fn refresh(&mut self, machine: &Machine, stamp: u64) {
        if self.stamp != Some(stamp) {
            (self.names, self.holes) = names(machine);
            self.stamp = Some(stamp);
        }
    }
}
