//! Data as a bar chart: what is drawn of it, however large it is.
//!
//! A chart has a column for each cell, or, of more cells than a panel has pixels, the least and the greatest of
//! as many cells as share a column. So drawing it is never more work than drawing pixels.

use super::difference::is_same;
use crate::vm::cell::Cell;
use crate::vm::index::DataId;
use crate::vm::machine::Machine;

/// The most columns: no panel is wider, in points.
pub const COLUMNS: usize = 560;

/// One column: a cell, or several beside each other.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Column {
    /// The least and the greatest number; none if there is no number.
    pub numbers: Option<(i64, i64)>,
    /// Whether there is a value that is no number.
    pub has_other: bool,
    /// Whether the last gesture changed it.
    pub changed: bool,
}

/// Data as columns.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Chart {
    /// How many cells there are.
    pub size: usize,
    /// The columns, each of the same number of cells, but for the last.
    pub columns: Vec<Column>,
    /// The least and the greatest number of all; none if there is no number.
    pub numbers: Option<(i64, i64)>,
    /// How many values are no numbers.
    pub others: usize,
}

impl Column {
    const NONE: Column = Column { numbers: None, has_other: false, changed: false };

    fn with(self, other: Column) -> Column {
        Column {
            numbers: join(self.numbers, other.numbers),
            has_other: self.has_other || other.has_other,
            changed: self.changed || other.changed,
        }
    }
}

impl Chart {
    /// The chart of data that exists. What it was like in an earlier state says what has changed.
    pub fn new(was: Option<&Machine>, machine: &Machine, data: DataId) -> Option<Chart> {
        let body = machine.memory().data(data)?;
        let before = was.and_then(|was| Some((was, was.memory().data(data)?)));
        let mut before_cells = before.map(|(_, body)| body.cells());
        let step = body.size().div_ceil(COLUMNS).max(1);
        let mut chart = Chart {
            size: body.size(),
            columns: vec![Column::NONE; body.size().div_ceil(step)],
            numbers: None,
            others: 0,
        };
        for (n, cell) in body.cells().enumerate() {
            let number = cell.as_integer();
            let changed = before_cells.as_mut().and_then(Iterator::next).is_some_and(|was_cell| {
                match (was_cell.as_integer(), number) {
                    (Some(was), Some(is)) => was != is,
                    // Texts are compared only where each has its column: there may be a million.
                    (None, None) => {
                        let was = before.map(|(was, _)| was).expect("it has these cells");
                        step == 1 && !is_same(was, Some(was_cell), machine, cell)
                    }
                    _ => true,
                }
            });
            let column = &mut chart.columns[n / step];
            let numbers = number.map(|number| (number, number));
            *column = column.with(Column { numbers, has_other: number.is_none(), changed });
            chart.others += usize::from(number.is_none());
        }
        chart.numbers = chart.columns.iter().fold(None, |all, column| join(all, column.numbers));
        Some(chart)
    }

    /// How many cells share a column.
    pub fn step(&self) -> usize {
        self.size.div_ceil(COLUMNS).max(1)
    }

    /// The columns where there is room for at most this many, and how many cells share one.
    pub fn fitting(&self, count: usize) -> (Vec<Column>, usize) {
        let shared = self.columns.len().div_ceil(count.max(1)).max(1);
        let joined = |columns: &[Column]| columns.iter().copied().fold(Column::NONE, Column::with);
        (self.columns.chunks(shared).map(joined).collect(), shared * self.step())
    }

    /// It in words: `9 values, least 1, greatest 9`.
    pub fn words(&self) -> String {
        let values = crate::program::diagnostic::counted(self.size, "value");
        let range = self.numbers.map_or_else(String::new, |(least, greatest)| {
            format!(", least {least}, greatest {greatest}")
        });
        match self.others {
            0 => format!("{values}{range}"),
            others => format!("{values}{range}, {others} no number"),
        }
    }
}

fn join(one: Option<(i64, i64)>, other: Option<(i64, i64)>) -> Option<(i64, i64)> {
    match (one, other) {
        (Some((least, greatest)), Some((less, more))) => {
            Some((least.min(less), greatest.max(more)))
        }
        (range, None) | (None, range) => range,
    }
}

/// The first cells of data on a line: `7 68 1 ...`.
pub fn line(machine: &Machine, data: DataId) -> Option<String> {
    /// Nobody reads more on a line.
    const LONG: usize = 240;
    let body = machine.memory().data(data)?;
    let mut words = String::new();
    for (n, cell) in body.cells().enumerate() {
        if words.len() >= LONG {
            words += " …";
            break;
        }
        words.extend((n > 0).then_some(' '));
        words += &shown(machine, cell);
    }
    Some(words)
}

fn shown(machine: &Machine, cell: Cell) -> String {
    super::stacks::value(machine, cell).label.to_string()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::session::load::image_of_program;
    use crate::vm::index::DataId;

    fn data(program: &str) -> Machine {
        let mut machine = image_of_program(program).unwrap().machine;
        machine.run(10_000_000);
        machine
    }

    #[test]
    fn a_small_chart_has_a_column_for_each_cell() {
        let filled = |number: i64, text: &str| {
            data(&format!(
                "4 allocate assign: d 3 d 0 memory.set {number} d 1 memory.set \"{text}\" d 2 memory.set"
            ))
        };
        let (was, now) = (filled(-2, "a"), filled(-5, "b"));
        let chart = Chart::new(Some(&was), &now, DataId(0)).unwrap();
        let column = |number, has_other, changed| {
            let numbers = Option::map(number, |number| (number, number));
            Column { numbers, has_other, changed }
        };
        assert_eq!(
            chart.columns,
            [
                column(Some(3), false, false),
                column(Some(-5), false, true),
                column(None, true, true),
                column(Some(0), false, false)
            ]
        );
        assert_eq!(chart.words(), "4 values, least -5, greatest 3, 1 no number");
        let (two, cells) = chart.fitting(2);
        assert_eq!((two[0].numbers, two[1].numbers, cells), (Some((-5, 3)), Some((0, 0)), 2));
        assert_eq!(line(&now, DataId(0)).unwrap(), "3 -5 \"b\" 0");
        assert_eq!(Chart::new(None, &now, DataId(7)), None);
    }

    #[test]
    fn a_large_chart_has_the_extremes_of_each_column() {
        let fill = "100000 allocate assign: d 0 assign: i \
                    1 [ i d i memory.set i 1 + assign: i i 100000 < ] repeat_if -7 d 50000 memory.set";
        let chart = Chart::new(None, &data(fill), DataId(0)).unwrap();
        assert!(chart.columns.len() <= COLUMNS, "{} columns", chart.columns.len());
        assert_eq!(chart.numbers, Some((-7, 99_999)));
        assert_eq!(chart.columns[0].numbers, Some((0, chart.step() as i64 - 1)));
        assert!(line(&data(fill), DataId(0)).unwrap().len() < 260);
    }
}
