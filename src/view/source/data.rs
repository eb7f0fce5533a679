//! Data as text, after all functions: `data 3 = [1, 2, 3]`, ten values in a line.
//!
//! Of large data only the first values are shown, and of very many data bodies only the first ones: the page of
//! cells shows the others. It is read line by line from the machine; nothing of it is kept but where it is.

use super::row::{LineRow, TokenRow};
use super::text::{Spot, TokenKind};
use crate::program::diagnostic::grouped;
use crate::view::memory::{self, At, CellKind, Marks};
use crate::vm::index::{BodyId, DataId};
use crate::vm::machine::Machine;

/// How many values there are in a line.
pub const IN_LINE: usize = 10;
/// How many values of a data body are shown.
const VALUES: usize = 100;
/// How many data bodies are shown.
const BODIES: usize = 10_000;
/// How far the lines after the first are indented.
const INDENT: u32 = 2;

/// Which lines data has.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct DataLines {
    /// Each data body, and the line after its last one.
    bodies: Vec<DataShown>,
    /// How many others there are.
    more: usize,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct DataShown {
    id: DataId,
    size: usize,
    /// The line after its last one.
    end: usize,
}

impl DataLines {
    pub(super) fn new(machine: &Machine) -> DataLines {
        let memory = machine.memory();
        let mut end = 0;
        let shown = memory.data_bodies().take(BODIES).map(|data| {
            end += data.size().min(VALUES).div_ceil(IN_LINE).max(1);
            DataShown { id: data.id, size: data.size(), end }
        });
        let bodies: Vec<DataShown> = shown.collect();
        DataLines { more: memory.data_count() - bodies.len(), bodies }
    }

    /// How many lines there are.
    pub fn lines(&self) -> usize {
        self.bodies.last().map_or(0, |last| last.end) + usize::from(self.more > 0)
    }

    /// The data body of a line, and its first value there. None for the line that says how many are not shown.
    fn at(&self, line: usize) -> Option<(DataShown, usize)> {
        let index = self.bodies.partition_point(|shown| shown.end <= line);
        let first = index.checked_sub(1).map_or(0, |before| self.bodies[before].end);
        self.bodies.get(index).map(|&shown| (shown, (line - first) * IN_LINE))
    }

    /// Where a value is; one that is not shown is where the values end.
    pub(super) fn spot(&self, id: DataId, offset: u32) -> Option<Spot> {
        let index = self.bodies.binary_search_by_key(&id, |shown| shown.id).ok()?;
        let first = index.checked_sub(1).map_or(0, |before| self.bodies[before].end);
        let shown = self.bodies[index];
        let last = shown.size.min(VALUES).saturating_sub(1);
        let offset = (offset as usize).min(last);
        let line = first + offset / IN_LINE;
        // The name, then values with what is before each.
        let token = 1 + 2 * (offset % IN_LINE);
        Some(Spot { line, token: token.min(1 + 2 * last), after: false })
    }

    /// The cell that is reached from a line by going to another line, at the same place in it.
    pub fn beside(&self, offset: u32, line: usize) -> Option<At> {
        let (shown, first) = self.at(line)?;
        let last = (first + IN_LINE).min(shown.size.min(VALUES)).checked_sub(1)?;
        let offset = (first + offset as usize % IN_LINE).min(last);
        Some(At { body: BodyId::Data(shown.id), offset: offset as u32 })
    }

    /// A line.
    pub(super) fn row(&self, machine: &Machine, line: usize) -> LineRow {
        let Some((shown, first)) = self.at(line) else {
            let words = format!("... {} more: see the cells", grouped(self.more));
            let tokens = vec![plain(words)];
            return LineRow { data: "other data".to_owned(), tokens, ..LineRow::default() };
        };
        let end = (first + IN_LINE).min(shown.size.min(VALUES));
        let name = format!("data {}", shown.id);
        let opening = if first == 0 { format!("{name} = [") } else { String::new() };
        let mut tokens = vec![plain(opening)];
        for offset in first..end {
            let cell = memory::cell(
                machine,
                &Marks::default(),
                At { body: BodyId::Data(shown.id), offset: offset as u32 },
            );
            let text =
                if cell.kind == CellKind::Empty { "?".into() } else { cell.label.to_string() };
            let kind = TokenKind::Cell(cell.kind);
            tokens.push(TokenRow { at: Some(cell.at), ..TokenRow::new(text, kind) });
            let is_last = offset + 1 == shown.size;
            tokens.push(plain(if is_last { "]".to_owned() } else { ", ".to_owned() }));
        }
        if shown.size == 0 {
            tokens.push(plain("]".to_owned()));
        } else if end == VALUES && shown.size > VALUES {
            tokens.push(plain(format!("... {} more]", grouped(shown.size - VALUES))));
        }
        let data = if first == 0 { name } else { format!("{name} from {first}") };
        let indent = if first == 0 { 0 } else { INDENT };
        LineRow { data, indent, tokens, ..LineRow::default() }
    }
}

fn plain(text: String) -> TokenRow {
    TokenRow::new(text, TokenKind::Plain)
}
