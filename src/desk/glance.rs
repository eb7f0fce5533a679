//! What stood where before the last gesture: to show what it changed.

use std::collections::HashMap;
use std::ops::Range;

use crate::program::source::Source;
use crate::view::memory::{self, At, BodyRow, CellKind, CellRow, Marks};
use crate::view::stacks::{self, CallRows, StackRows, ValueRow};
use crate::vm::cell::{BodyId, Cell};
use crate::vm::index::Body;
use crate::vm::machine::Machine;

/// How many values of the parameter stack are shown, and compared.
pub const VALUES: usize = 200;
/// How many entries of the call stack are shown, and compared.
pub const CALLS: usize = 100;
/// The largest memory that is copied before a gesture, in cells: more would take longer than a part
/// of a frame. Of a larger one, what was in sight is remembered.
const COPIED: u64 = 1 << 20;
/// The most output that is copied with it, in bytes.
const OUTPUT: usize = 1 << 20;

/// The memory before the last gesture.
#[derive(Clone, Debug, Default)]
enum Before {
    #[default]
    Unknown,
    Whole(Box<Machine>),
    InSight(HashMap<At, Seen>),
}

/// What a cell in sight held: its text, and whether its name was missing.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Seen(Source, CellKind);

impl Seen {
    /// What a cell holds.
    pub fn of(cell: &CellRow) -> Seen {
        Seen(cell.source.clone(), cell.kind)
    }
}

/// What stood where before the last gesture: to show what has changed.
#[derive(Clone, Debug, Default)]
pub struct Glance {
    memory: Before,
    stack: Option<(usize, Vec<ValueRow>)>,
    locals: HashMap<(u32, String), Source>,
}

impl Glance {
    /// Looks at a machine; `seen` is what its cells in sight hold.
    pub fn new(machine: &Machine, seen: HashMap<At, Seen>) -> Glance {
        let is_small = machine.memory().cells() <= COPIED && machine.output().len() <= OUTPUT;
        let memory = match is_small {
            true => Before::Whole(Box::new(machine.clone())),
            false => Before::InSight(seen),
        };
        let rows = stacks::parameters(machine, VALUES);
        let mut locals = HashMap::new();
        for frame in stacks::calls(machine, CALLS).frames {
            for local in frame.locals {
                if let Some(value) = local.value {
                    locals.insert((frame.number, local.name), value.source);
                }
            }
        }
        Glance { memory, stack: Some((rows.depth, rows.values)), locals }
    }

    /// Marks what has changed on the stacks.
    pub fn mark(&self, stack: &mut StackRows, calls: &mut CallRows) {
        let Some((depth, values)) = &self.stack else { return };
        let now = stack.depth;
        stack.effect = self.effect(stack);
        for (n, value) in stack.values.iter_mut().enumerate() {
            // Counted from the bottom, a value that stays is the same value.
            let was = (depth + n).checked_sub(now).and_then(|from_top| values.get(from_top));
            value.changed = was.map(|was| &was.source) != Some(&value.source);
        }
        for frame in &mut calls.frames {
            for local in &mut frame.locals {
                if let Some(value) = &mut local.value {
                    let was = self.locals.get(&(frame.number, local.name.clone()));
                    value.changed = was != Some(&value.source);
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
        let after: Vec<&ValueRow> = now.values.iter().rev().collect();
        let before: Vec<&ValueRow> = before.iter().rev().collect();
        let same = |(was, is): &(&&ValueRow, &&ValueRow)| was.source == is.source;
        let kept = before.iter().zip(&after).take_while(same).count();
        let words = |values: &[&ValueRow]| {
            values.iter().map(|value| format!("{} ", value.label)).collect::<String>()
        };
        let (taken, left) = (&before[kept..], &after[kept..]);
        match taken.len() + left.len() {
            1..=READ => format!("( {}-- {})", words(taken), words(left)),
            _ => String::new(),
        }
    }

    /// Marks the cells of a body that show something else than before. In code, cells that only
    /// moved because others were inserted or deleted before them are not marked.
    pub fn mark_cells(&self, machine: &Machine, row: &mut BodyRow) {
        match &self.memory {
            Before::Unknown => {}
            Before::InSight(seen) => {
                for cell in &mut row.cells {
                    cell.changed = seen.get(&cell.at).is_some_and(|was| *was != Seen::of(cell));
                }
            }
            Before::Whole(was) => match row.extent.body {
                BodyId::Code(body) => {
                    let changed = changed_code(was, machine, body);
                    for cell in &mut row.cells {
                        cell.changed = changed.contains(&cell.at.offset);
                    }
                }
                BodyId::Data(_) => {
                    for cell in &mut row.cells {
                        let was = memory::cell(was, &Marks::default(), cell.at);
                        cell.changed = was.source != cell.source;
                    }
                }
            },
        }
    }
}

/// The cells of a code body between the ones that stand as before at its start and at its end.
fn changed_code(was: &Machine, now: &Machine, body: Body) -> Range<u32> {
    let used = |machine: &Machine| -> Vec<Cell> {
        machine.memory().code(body).map(|code| code.used().to_vec()).unwrap_or_default()
    };
    let (was, now) = (used(was), used(now));
    let same = |(was, now): &(&Cell, &Cell)| was == now;
    let start = was.iter().zip(&now).take_while(same).count();
    let (was, rest) = (&was[start..], &now[start..]);
    let end = was.iter().rev().zip(rest.iter().rev()).take_while(same).count();
    start as u32..(now.len() - end) as u32
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::session::Session;
    use crate::session::command::Command;
    use crate::vm::index::DataId;
    use crate::vm::memory::Place;

    fn write(session: &mut Session, at: Place, text: &str) -> Glance {
        let before = Glance::new(session.machine(), HashMap::new());
        session.apply(&[Command::Write { at, text: text.to_owned() }]).unwrap();
        before
    }

    fn changed(session: &Session, before: &Glance, number: usize) -> Vec<u32> {
        let machine = session.machine();
        let extent = memory::extents(machine)[number];
        let mut row = memory::body(machine, &Marks::default(), extent, 0..extent.size);
        before.mark_cells(machine, &mut row);
        row.cells.iter().filter(|cell| cell.changed).map(|cell| cell.at.offset).collect()
    }

    #[test]
    fn what_was_written_has_changed_and_what_moved_has_not() {
        let mut session = Session::default();
        let before = write(&mut session, Place::new(0, 0), "1 2 3 3");
        assert_eq!(changed(&session, &before, 0), [0, 1, 2, 3]);
        let before = write(&mut session, Place::new(0, 1), "7 8");
        assert_eq!(changed(&session, &before, 0), [1, 2]);
        let before = Glance::new(session.machine(), HashMap::new());
        session.apply(&[Command::Delete { at: Place::new(0, 1), count: 1 }]).unwrap();
        assert_eq!(changed(&session, &before, 0), []);
        assert_eq!(changed(&session, &Glance::default(), 0), []);
    }

    #[test]
    fn a_cell_that_nobody_saw_before_has_changed_too() {
        let mut session = Session::default();
        let before = write(&mut session, Place::new(0, 0), "7 300 allocate 250 memory.set");
        assert_eq!(changed(&session, &before, 0).len(), 5);
        session.apply(&[Command::Run { fuel: 4 }]).unwrap();
        let before = Glance::new(session.machine(), HashMap::new());
        session.apply(&[Command::Run { fuel: 1 }]).unwrap();
        assert_eq!(changed(&session, &before, 1), [250]);
        let before = Glance::new(session.machine(), HashMap::new());
        let define = Command::Define { name: "f".to_owned(), text: "1 2".to_owned() };
        session.apply(&[define]).unwrap();
        assert_eq!(changed(&session, &before, 2), [0, 1]);
    }

    #[test]
    fn of_a_huge_memory_what_was_in_sight_is_compared() {
        let mut session = Session::default();
        write(&mut session, Place::new(0, 0), "7 2000000 allocate 250 memory.set");
        session.apply(&[Command::Run { fuel: 4 }]).unwrap();
        let body = BodyId::Data(DataId(0));
        let row = |offset| memory::cell(session.machine(), &Marks::default(), At { body, offset });
        let seen = |offset| (At { body, offset }, Seen::of(&row(offset)));
        let before = Glance::new(session.machine(), HashMap::from([seen(250), seen(251)]));
        session.apply(&[Command::Run { fuel: 1 }]).unwrap();
        assert_eq!(changed(&session, &before, 1), [250]);
    }
}
