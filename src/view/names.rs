//! Rows of names: functions, and holes, whose function does not exist yet.

use std::collections::{BTreeMap, HashMap};

use super::memory::At;
use crate::vm::cell::Content;
use crate::vm::index::{Body, BodyId, Offset};
use crate::vm::machine::Machine;
use crate::vm::memory::Place;
use crate::vm::stop::Stop;

/// A place where a name is used.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct UseRow {
    /// The cell.
    pub at: At,
    /// Its address now.
    pub address: u64,
    /// The body it is in: `fib`, `block in fib`.
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

/// A name that cells use and no function has.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct HoleRow {
    /// The name.
    pub name: String,
    /// The cells that use it, by address.
    pub uses: Vec<UseRow>,
    /// Whether the machine waits for it now.
    pub waiting: bool,
}

/// All functions by address, and all holes by name. Looks at every cell of code, so call it when the
/// code has changed, not in each frame.
pub fn names(machine: &Machine) -> (Vec<NameRow>, Vec<HoleRow>) {
    let memory = machine.memory();
    let mut callers: HashMap<Body, usize> = HashMap::new();
    let mut holes: BTreeMap<String, Vec<UseRow>> = BTreeMap::new();
    for (body, code) in memory.code_bodies() {
        for (offset, cell) in code.used().iter().enumerate() {
            let content = cell.content();
            if let Content::Call(function) | Content::Address(BodyId::Code(function)) = content {
                *callers.entry(function).or_default() += 1;
            } else if let Content::Hole(name) | Content::FunctionHole(name) = content {
                let place = Place::new(body, Offset::from_index(offset));
                let uses = holes.entry(memory.name(name).to_owned()).or_default();
                uses.push(site(machine, place));
            }
        }
    }
    (functions(machine, &callers), holes_of(machine, holes))
}

fn site(machine: &Machine, place: Place) -> UseRow {
    let memory = machine.memory();
    UseRow { at: place.into(), address: memory.address(place), title: memory.title(place.body) }
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

fn holes_of(machine: &Machine, holes: BTreeMap<String, Vec<UseRow>>) -> Vec<HoleRow> {
    let stop = machine.waits();
    let missing =
        if let Some(Stop::NotYetImplemented(name)) = &stop { Some(&**name) } else { None };
    let row = |(name, mut uses): (String, Vec<UseRow>)| {
        uses.sort_by_key(|site| site.address);
        let waiting = missing == Some(name.as_str());
        HoleRow { name, uses, waiting }
    };
    holes.into_iter().map(row).collect()
}
