//! Rows of names: functions; holes, whose function does not exist yet; and globals.

use std::collections::HashMap;
use std::ops::Range;

use super::memory::At;
use super::stacks::{ValueRow, value};
use super::title::title;
use crate::vm::cell::Content;
use crate::vm::index::{Body, BodyId, Offset};
use crate::vm::machine::Machine;
use crate::vm::memory::{Memory, Place};
use crate::vm::name::NameId;
use crate::vm::stop::Stop;

/// A place where a name is used.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct UseRow {
    /// The cell.
    pub at: At,
    /// Its address now.
    pub address: u64,
    /// The body it is in: `fib`, `if block of fib`.
    pub title: String,
}

/// A function.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct NameRow {
    /// Its name.
    pub name: String,
    /// Its body.
    pub body: BodyId,
    /// Its first address now.
    pub start: u64,
    /// How many cells there are up to the last one that is not empty.
    pub used: u32,
    /// How many cells call it or push its address.
    pub callers: usize,
}

/// A global that has a value.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct GlobalRow {
    /// Its name.
    pub name: String,
    /// Its value.
    pub value: ValueRow,
}

/// Globals.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct GlobalRows {
    /// How many have a value.
    pub count: usize,
    /// The requested ones, by name.
    pub rows: Vec<GlobalRow>,
}

/// The first `count` globals by name. Their values change as the program runs, so this is for each frame.
pub fn globals(machine: &Machine, count: usize) -> GlobalRows {
    let globals = machine.globals();
    let row =
        |(name, cell): (&str, _)| GlobalRow { name: name.to_owned(), value: value(machine, cell) };
    GlobalRows { count: globals.len(), rows: globals.iter().take(count).map(row).collect() }
}

/// The most uses that a [`HoleRow`] lists.
pub const USES: usize = 5;

/// A name that cells use and no function has.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct HoleRow {
    /// The name.
    pub name: String,
    /// The first cells that use it, by address; at most [`USES`].
    pub uses: Vec<UseRow>,
    /// How many more cells use it.
    pub more: usize,
    /// Whether the machine waits for it now.
    pub waiting: bool,
}

/// All holes, by name. There may be a million, so each is a few numbers until it is in sight.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Holes {
    /// Each name, and the index of the first of its uses.
    names: Vec<(NameId, u32)>,
    /// The cells that use the names, in the order of the names, and then of the addresses.
    uses: Vec<Place>,
}

impl Holes {
    fn new(memory: &Memory, mut found: Vec<(NameId, Place)>) -> Holes {
        found.sort_by_cached_key(|&(name, place)| (name, memory.address(place)));
        let mut groups: Vec<&[(NameId, Place)]> = found.chunk_by(|a, b| a.0 == b.0).collect();
        groups.sort_unstable_by_key(|group| memory.name(group[0].0));
        let mut holes = Holes::default();
        for group in groups {
            holes.names.push((group[0].0, holes.uses.len() as u32));
            holes.uses.extend(group.iter().map(|&(_, place)| place));
        }
        holes
    }

    /// How many there are.
    pub fn count(&self) -> usize {
        self.names.len()
    }

    /// Their names. The machine is the one they are of, here and in [`Holes::rows`].
    pub fn names<'m>(&self, machine: &'m Machine) -> impl Iterator<Item = &'m str> {
        self.names.iter().map(|&(name, _)| machine.memory().name(name))
    }

    /// The rows of those in sight.
    pub fn rows(&self, machine: &Machine, range: Range<usize>) -> Vec<HoleRow> {
        let mut missing: Vec<String> = Vec::new();
        for (_, stop) in machine.waiting() {
            if let Stop::NotYetImplemented(name) = stop {
                missing.push(name);
            }
        }
        let row = |n: usize| {
            let (id, first) = self.names[n];
            let end = self.names.get(n + 1).map_or(self.uses.len(), |&(_, next)| next as usize);
            let uses = &self.uses[first as usize..end];
            let (shown, others) = uses.split_at(uses.len().min(USES));
            let name = machine.memory().name(id);
            HoleRow {
                name: name.to_owned(),
                uses: shown.iter().map(|&place| site(machine, place)).collect(),
                more: others.len(),
                waiting: missing.iter().any(|missing| missing == name),
            }
        };
        let end = range.end.min(self.count());
        (range.start.min(end)..end).map(row).collect()
    }
}

/// All functions by address, and all holes by name. Looks at every cell of code, so call it when the
/// code has changed, not in each frame.
pub fn names(machine: &Machine) -> (Vec<NameRow>, Holes) {
    let memory = machine.memory();
    let mut callers: HashMap<Body, usize> = HashMap::new();
    let mut holes = Vec::new();
    for (body, code) in memory.code_bodies() {
        for (offset, cell) in code.used().iter().enumerate() {
            let content = cell.content();
            if let Content::Call(function) | Content::Address(function) = content {
                *callers.entry(function).or_default() += 1;
            } else if let Content::Hole(name) | Content::FunctionHole(name) = content {
                holes.push((name, Place::new(body, Offset::from_index(offset))));
            }
        }
    }
    (functions(machine, &callers), Holes::new(memory, holes))
}

/// The cells of code that use something, by address. Looks at all code.
pub fn uses(machine: &Machine, is_use: impl Fn(Place, Content) -> bool) -> Vec<At> {
    let mut found = Vec::new();
    for (_, body) in machine.memory().by_address() {
        let BodyId::Code(body) = body else { continue };
        let code = machine.memory().code(body).expect("whatever has an address is there");
        for (offset, cell) in code.used().iter().enumerate() {
            let at = Place::new(body, Offset::from_index(offset));
            if is_use(at, cell.content()) {
                found.push(at.into());
            }
        }
    }
    found
}

fn site(machine: &Machine, place: Place) -> UseRow {
    let memory = machine.memory();
    UseRow { at: place.into(), address: memory.address(place), title: title(machine, place.body) }
}

fn functions(machine: &Machine, callers: &HashMap<Body, usize>) -> Vec<NameRow> {
    let memory = machine.memory();
    let row = |(name, body): (&str, Body)| NameRow {
        name: name.to_owned(),
        body: BodyId::Code(body),
        start: memory.start(BodyId::Code(body)),
        used: memory.code(body).expect("a function has a body").used().len() as u32,
        callers: callers.get(&body).copied().unwrap_or(0),
    };
    let mut rows: Vec<NameRow> = memory.functions().map(row).collect();
    rows.sort_by_key(|row| row.start);
    rows
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::session::load::image_of_program;

    #[test]
    fn of_a_hundred_thousand_missing_names_only_those_in_sight_are_spelled() {
        let text: String = (0..100_000).map(|n| format!("n{n} ")).collect();
        let machine = image_of_program(&text).unwrap().machine;
        let (_, holes) = names(&machine);
        assert_eq!(holes.count(), 100_000);
        assert!(holes.names(&machine).is_sorted());
        let bytes = holes.names.capacity() * size_of::<(NameId, u32)>()
            + holes.uses.capacity() * size_of::<Place>();
        assert!(bytes <= 4 << 20, "{bytes} bytes for 100,000 holes");
        let rows = holes.rows(&machine, 40..60);
        let first = rows.iter().map(|row| row.name.as_str()).next();
        assert_eq!((rows.len(), first), (20, holes.names(&machine).nth(40)));
        assert_eq!(holes.rows(&machine, 99_999..100_020).len(), 1);
    }

    #[test]
    fn a_name_that_is_missing_in_many_cells_lists_the_first() {
        let machine = image_of_program(&"1 drop f ".repeat(30)).unwrap().machine;
        let rows = names(&machine).1.rows(&machine, 0..1);
        let at: Vec<u64> = rows[0].uses.iter().map(|site| site.address).collect();
        assert_eq!((at.as_slice(), rows[0].more), (&[2, 5, 8, 11, 14][..], 25));
    }
}
