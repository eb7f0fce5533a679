//! Watches, as rows of a panel: what each shows where the machine is.
//!
//! A line is evaluated by whoever shows the row; here its values become a text and, if it is the address of data,
//! what is shown of that data. Data that only the fork of the line has, or has changed, is shown as a text, because
//! the cells that are drawn are those of the program.

use std::rc::Rc;

use super::chart::{self, Chart};
use super::memory::BodyExtent;
use super::stacks::{LocalRow, calls, value};
use super::title::data_title;
use crate::program::watch::{Shape, Watched};
use crate::session::peek::Peeked;
use crate::vm::cell::Cell;
use crate::vm::index::{BodyId, DataId};
use crate::vm::machine::Machine;

/// The most entries of the call stack in which locals with an index are looked for.
const FRAMES: usize = 20;
/// The longest name of a local that is drawn at a bar.
const NAME: usize = 8;

/// A watch.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct WatchRow {
    /// What it is: a line, or `data of list`.
    pub title: String,
    /// Its value; or why it has none.
    pub value: Result<String, String>,
    /// How it is to be shown.
    pub shape: Shape,
    /// The data whose address the value is.
    pub data: Option<DataRow>,
    /// Whether the last gesture changed it.
    pub changed: bool,
    /// The step at which this was its value, if it was not found out since.
    pub as_of: Option<u64>,
}

/// Data that is watched.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct DataRow {
    /// How large it is.
    pub extent: BodyExtent,
    /// Its bar chart, if it is shown as one.
    pub chart: Option<Rc<Chart>>,
    /// The locals that hold the index of a cell, as far as each cell has its column.
    pub indices: Vec<(u32, String)>,
}

impl WatchRow {
    /// It in words: `watch i 2 +: 5`.
    pub fn words(&self) -> String {
        let (value, changed) = match &self.value {
            Ok(value) => (value.as_str(), if self.changed { ", changed" } else { "" }),
            Err(why) => (why.as_str(), ""),
        };
        let as_of = self.as_of.map_or_else(String::new, |step| format!(", {}", as_of(step)));
        format!("watch {}: {value}{changed}{as_of}", self.title)
    }
}

/// How old a value is, in words.
pub fn as_of(step: u64) -> String {
    format!("as of step {}", crate::program::diagnostic::grouped(step))
}

/// Values, as they are shown: their text, and the data if there is one value and it is an address of data.
pub type Shown = (Result<String, String>, Option<DataId>);

/// The values of a line.
pub fn of_line(machine: &Machine, peeked: Peeked) -> Shown {
    let (fork, values) = match peeked.values {
        Ok(found) => found,
        Err(why) => return (Err(why), None),
    };
    let labels: Vec<String> =
        values.iter().map(|&cell| value(&fork, cell).label.to_string()).collect();
    let [one] = values[..] else { return (Ok(labels.join(" ")), None) };
    let Some(slot) = Cell::as_data(one) else { return (Ok(labels.join(" ")), None) };
    let data = fork.memory().data_in(slot).id;
    let line = chart::line(&fork, data).expect("a value refers to data that is there");
    let there = fork.memory().data(data).zip(machine.memory().data(data));
    let is_same = there.is_some_and(|(there, here)| there.cells().eq(here.cells()));
    (Ok(line), is_same.then_some(data))
}

/// The values in data.
pub fn of_data(machine: &Machine, data: DataId) -> Shown {
    match chart::line(machine, data) {
        Some(line) => (Ok(line), Some(data)),
        None if machine.memory().was_freed(data) => {
            (Err("it was freed: nothing refers to it any more".to_owned()), None)
        }
        None => (Err("it is not made yet".to_owned()), None),
    }
}

/// What data is called.
pub fn title(machine: &Machine, what: &Watched) -> Option<String> {
    match what {
        Watched::Line(_) => None,
        Watched::Data(data) => Some(data_title(machine, *data)),
    }
}

/// What is shown of data that exists. `was` is the state before the last gesture.
pub fn data_row(was: Option<&Machine>, machine: &Machine, data: DataId, shape: Shape) -> DataRow {
    let body = machine.memory().data(data).expect("it exists");
    let size = u32::try_from(body.size()).unwrap_or(u32::MAX);
    let body = BodyId::Data(data);
    let extent = BodyExtent { body, start: machine.memory().start(body), size, used: size };
    let chart = match shape {
        Shape::Bars => Chart::new(was, machine, data).map(Rc::new),
        Shape::Row | Shape::Table => None,
    };
    let has_columns = (size as usize) <= chart::COLUMNS && shape != Shape::Row;
    let indices = if has_columns { indices(machine, data, size) } else { Vec::new() };
    DataRow { extent, chart, indices }
}

/// The locals whose value is an index of the data, in the innermost frame that has its address.
fn indices(machine: &Machine, data: DataId, size: u32) -> Vec<(u32, String)> {
    let holds = |local: &LocalRow| {
        local.value.as_ref().and_then(|value| value.target) == Some(BodyId::Data(data))
    };
    let frames = calls(machine, FRAMES).frames;
    let Some(frame) = frames.iter().find(|frame| frame.locals.iter().any(holds)) else {
        return Vec::new();
    };
    let index = |local: &LocalRow| {
        let index: u32 = local.value.as_ref()?.source.to_string().parse().ok()?;
        let is_shown = index < size && local.name.chars().count() <= NAME;
        is_shown.then(|| (index, local.name.clone()))
    };
    frame.locals.iter().filter_map(index).collect()
}
