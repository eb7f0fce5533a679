//! The state before the last gesture, kept to show what the gesture changed.

use std::collections::HashMap;
use std::ops::Range;

use crate::program::cell_text::Source;
use crate::program::watch::Watched;
use crate::session::Session;
use crate::session::command::Command;
use crate::session::fork::{Bounds, Fork};
use crate::view::difference::{changed_code, shares_code};
use crate::view::memory::{self, BodyRow, Marks};
use crate::view::names::{self, GlobalRows};
use crate::view::stacks::{self, CallRows, StackRows, ValueRow};
use crate::vm::index::{Body, BodyId, TaskId};
use crate::vm::machine::Machine;
use crate::vm::memory::Place;

/// The most values of the parameter stack that are shown and compared.
pub const VALUES: usize = 200;
/// The most entries of the call stack that are shown and compared.
pub const CALLS: usize = 100;
/// The most globals that are shown and compared.
pub const GLOBALS: usize = 200;

/// The state before the last gesture, kept to show what has changed.
#[derive(Clone, Debug, Default)]
pub struct Glance {
    /// The image as it was.
    fork: Option<Fork>,
    /// The task whose stacks these are.
    task: TaskId,
    stack: Option<(usize, Vec<ValueRow>)>,
    locals: HashMap<(u32, String), Source>,
    globals: HashMap<String, Source>,
    watches: Vec<(Watched, String)>,
}

impl Glance {
    /// Remembers the current state of a session.
    pub fn new(session: &mut Session) -> Glance {
        let fork = session.fork(Bounds::default());
        let machine = fork.machine();
        let rows = stacks::parameters(machine, VALUES);
        let mut locals = HashMap::new();
        for frame in stacks::calls(machine, CALLS).frames {
            for local in frame.locals {
                if let Some(value) = local.value {
                    locals.insert((frame.number, local.name), value.source);
                }
            }
        }
        let globals = names::globals(machine, GLOBALS).rows.into_iter();
        let globals = globals.map(|global| (global.name, global.value.source)).collect();
        let stack = Some((rows.depth, rows.values));
        let task = machine.task().number();
        Glance { fork: Some(fork), task, stack, locals, globals, watches: Vec::new() }
    }

    /// Remembers what the watches showed, too.
    pub fn with_watches(self, watches: Vec<(Watched, String)>) -> Glance {
        Glance { watches, ..self }
    }

    /// The machine as it was, unless that is forgotten.
    pub fn machine(&self) -> Option<&Machine> {
        self.fork.as_ref().map(Fork::machine)
    }

    /// Whether what is watched showed something else.
    pub fn watch_differs(&self, what: &Watched, value: &Result<String, String>) -> bool {
        let was = self.watches.iter().find(|(watched, _)| watched == what);
        was.zip(value.as_ref().ok()).is_some_and(|((_, was), value)| was != value)
    }

    /// Forgets the memory, so that no cell is marked. Returns whether there was anything to forget.
    pub fn forget_memory(&mut self) -> bool {
        self.fork.take().is_some()
    }

    /// Marks what has changed on the stacks of a task, if it was that one which was looked at.
    pub fn mark(&self, task: TaskId, stack: &mut StackRows, calls: &mut CallRows) {
        let was = self.stack.as_ref().filter(|_| self.task == task);
        let Some((depth, values)) = was else { return };
        let now = stack.depth;
        stack.effect = self.effect(stack);
        for (n, value) in stack.values.iter_mut().enumerate() {
            // Positions are compared from the bottom, so that a push marks only the new value.
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

    /// Marks what has changed among the globals.
    pub fn mark_globals(&self, globals: &mut GlobalRows) {
        if self.stack.is_none() {
            return;
        }
        for global in &mut globals.rows {
            let was = self.globals.get(&global.name);
            global.value.changed = was != Some(&global.value.source);
        }
    }

    /// What the last gesture took from the parameter stack and left on it: `( 3 4 -- 7 )`. Empty if
    /// nothing changed, or too much to read at a glance.
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

    /// The cells of a code body that are not as they were in a state before these commands.
    pub fn changed_cells(&self, machine: &Machine, commands: &[Command], body: Body) -> Range<u32> {
        let Some(was) = self.machine() else { return 0..0 };
        if shares_code(was, machine, body) {
            return 0..0;
        }
        let edited = commands.iter().filter_map(edited).find(|place| place.body == body);
        changed_code(was, machine, body, edited).unwrap_or(0..0)
    }

    /// Marks the cells of a body whose content changed since a state before these commands. In code,
    /// cells that only moved, because of an insertion or deletion before them, are not marked.
    pub fn mark_cells(&self, machine: &Machine, commands: &[Command], row: &mut BodyRow) {
        let Some(was) = self.machine() else { return };
        match row.extent.body {
            BodyId::Code(body) => {
                let changed = self.changed_cells(machine, commands, body);
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
        }
    }
}

/// Where a command edits code, if it does.
fn edited(command: &Command) -> Option<Place> {
    if let Command::Write { at, .. }
    | Command::Insert { at, .. }
    | Command::Replace { at, .. }
    | Command::Delete { at, .. } = command
    {
        Some(*at)
    } else {
        None
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn write(session: &mut Session, at: Place, text: &str) -> Glance {
        let before = Glance::new(session);
        session.apply(&[Command::Write { at, text: text.into() }]).unwrap();
        before
    }

    fn commands(session: &Session) -> &[Command] {
        session.journal().entry(session.position().entry).map_or(&[], |entry| &entry.commands)
    }

    fn changed(session: &Session, before: &Glance, number: usize) -> Vec<u32> {
        let machine = session.machine();
        let extent = memory::extents(machine)[number];
        let mut row = memory::body(machine, &Marks::default(), extent, 0..extent.size);
        before.mark_cells(machine, commands(session), &mut row);
        row.cells.iter().filter(|cell| cell.changed).map(|cell| cell.at.offset).collect()
    }

    #[test]
    fn what_was_written_has_changed_and_what_moved_has_not() {
        let mut session = Session::default();
        let before = write(&mut session, Place::new(0, 0), "1 2 3 3");
        assert_eq!(changed(&session, &before, 0), [0, 1, 2, 3]);
        let before = write(&mut session, Place::new(0, 1), "7 8");
        assert_eq!(changed(&session, &before, 0), [1, 2]);
        let before = Glance::new(&mut session);
        session.apply(&[Command::Delete { at: Place::new(0, 1), count: 1 }]).unwrap();
        assert_eq!(changed(&session, &before, 0), []);
        assert_eq!(changed(&session, &Glance::default(), 0), []);
    }

    #[test]
    fn what_was_inserted_before_an_equal_cell_has_changed_and_that_cell_has_not() {
        for (line, at, text, expected) in [
            ("assign: i i 2 -", 1, "i 3 < [ ] if", vec![1, 2, 3, 4, 5]),
            ("1 1 1", 0, "1", vec![0]),
            ("1 1 1", 1, "1", vec![1]),
            ("1 1 1", 3, "1", vec![3]),
            ("1 2 1 2 3", 2, "1 2", vec![2, 3]),
        ] {
            let mut session = Session::default();
            write(&mut session, Place::new(0, 0), line);
            let before = write(&mut session, Place::new(0, at), text);
            assert_eq!(changed(&session, &before, 0), expected, "{line}");
        }
    }

    #[test]
    fn a_cell_that_nobody_saw_before_has_changed_too() {
        let mut session = Session::default();
        let before = write(&mut session, Place::new(0, 0), "7 300 allocate 250 memory.set");
        assert_eq!(changed(&session, &before, 0).len(), 5);
        session.apply(&[Command::Run { fuel: 4 }]).unwrap();
        let before = Glance::new(&mut session);
        session.apply(&[Command::Run { fuel: 1 }]).unwrap();
        assert_eq!(changed(&session, &before, 1), [250]);
        let before = Glance::new(&mut session);
        let define = Command::Define { name: "f".to_owned(), text: "1 2".into() };
        session.apply(&[define]).unwrap();
        assert_eq!(changed(&session, &before, 2), [0, 1]);
    }

    #[test]
    fn no_memory_is_too_large() {
        let mut session = Session::default();
        write(&mut session, Place::new(0, 0), "7 16000000 allocate 15999999 memory.set");
        session.apply(&[Command::Run { fuel: 4 }]).unwrap();
        let mut before = Glance::new(&mut session);
        session.apply(&[Command::Run { fuel: 1 }]).unwrap();
        let machine = session.machine();
        let extent = memory::extents(machine)[1];
        let mut row = memory::body(machine, &Marks::default(), extent, 15_999_990..extent.size);
        before.mark_cells(machine, commands(&session), &mut row);
        let marked = row.cells.iter().filter(|cell| cell.changed).map(|cell| cell.at.offset);
        assert_eq!(marked.collect::<Vec<_>>(), [15_999_999]);
        assert!(before.forget_memory() && !before.forget_memory());
        assert_eq!(changed(&session, &before, 0), []);
    }
}
