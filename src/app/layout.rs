//! Where every cell of the memory is on the page, by arithmetic alone.
//!
//! Rows hold a round number of cells (20, 10, 5, ...), so that addresses can be read off as in a hex
//! editor. All rows have the same height and a lane above their cells, so nothing jumps when the counter
//! moves. A memory of ten thousand bodies costs ten thousand additions a frame; the visible bodies are
//! found by binary search.

use std::collections::HashSet;
use std::ops::Range;

use egui::{Pos2, Rect, Vec2, pos2, vec2};

use crate::view::memory::{At, BodyExtent};
use crate::vm::index::BodyId;

/// Height of the line above the cells of a body.
pub const HEADER: f32 = 30.0;
/// Height of the lane above a row: the parameter stack is drawn there.
pub const LANE: f32 = 21.0;
/// Height of a cell.
pub const CELL: f32 = 27.0;
/// Height of a row with its lane.
pub const ROW: f32 = LANE + CELL;
/// Space below a body.
pub const BELOW: f32 = 12.0;
/// Width of the addresses left of the rows.
pub const GUTTER: f32 = 58.0;
/// Space between cells.
pub const SPACE: f32 = 5.0;
const MIN_WIDTH: f32 = 78.0;
const MAX_WIDTH: f32 = 128.0;
/// How many cells of folded data are shown.
const DATA_CELLS: u32 = 100;
/// How many cells of a body are shown at most. The heights of more are not exact in 32-bit floats.
const OPEN_CELLS: u32 = 1_000_000;

/// Positions on the page.
#[derive(Debug)]
pub struct Layout {
    columns: u32,
    width: f32,
    tops: Vec<f32>,
    shown: Vec<Range<u32>>,
}

impl Layout {
    /// Lays out bodies for a page of this width. Bodies in `open` show their whole tail. Folded code shows
    /// one cell after the used ones, folded data its first hundred; both extend to each cell in `marked`. Of a
    /// huge body, the part around the first of its marked cells is shown.
    pub fn new(
        extents: &[BodyExtent],
        width: f32,
        open: &HashSet<BodyId>,
        marked: &[At],
    ) -> Layout {
        let room = width - GUTTER;
        let columns =
            [20, 10, 5, 4, 3, 2].into_iter().find(|&n| room >= n as f32 * MIN_WIDTH).unwrap_or(1);
        let width = (room / columns as f32).min(MAX_WIDTH);
        let mut layout =
            Layout { columns, width, tops: vec![0.0], shown: Vec::with_capacity(extents.len()) };
        let mut top = 0.0;
        for extent in extents {
            let shown = shown(extent, open.contains(&extent.body), marked, columns);
            top += layout.height(extent, shown.len() as u32);
            layout.shown.push(shown);
            layout.tops.push(top);
        }
        layout
    }

    fn height(&self, extent: &BodyExtent, shown: u32) -> f32 {
        let slots = shown + u32::from(shown < extent.size);
        HEADER + slots.div_ceil(self.columns).max(1) as f32 * ROW + BELOW
    }

    /// The size of the page.
    pub fn size(&self) -> Vec2 {
        let height = *self.tops.last().expect("the top of the page is there");
        vec2(GUTTER + self.columns as f32 * self.width, height)
    }

    /// How many cells a row has.
    pub fn columns(&self) -> u32 {
        self.columns
    }

    /// The cells of a body that are shown.
    pub fn shown(&self, index: usize) -> Range<u32> {
        self.shown[index].clone()
    }

    /// The top of a body.
    pub fn top(&self, index: usize) -> f32 {
        self.tops[index]
    }

    /// The bodies between two heights.
    pub fn bodies(&self, heights: Range<f32>) -> Range<usize> {
        let first = self.tops.partition_point(|&top| top <= heights.start).saturating_sub(1);
        let end = self.tops.partition_point(|&top| top < heights.end);
        first..end.min(self.shown.len()).max(first.min(self.shown.len()))
    }

    /// The cells of a body between two heights.
    pub fn cells(&self, index: usize, heights: Range<f32>) -> Range<u32> {
        let row = |height: f32| ((height - self.tops[index] - HEADER) / ROW).max(0.0);
        let shown = &self.shown[index];
        let offset =
            |row: f32| shown.start.saturating_add((row as u32).saturating_mul(self.columns));
        let first = offset(row(heights.start).floor());
        let end = offset(row(heights.end).ceil());
        first.min(shown.end)..end.min(shown.end)
    }

    /// Where a cell is, without its lane; a cell before those that are shown is where the first is.
    pub fn cell(&self, index: usize, offset: u32) -> Rect {
        let offset = offset.saturating_sub(self.shown[index].start);
        let (row, column) = (offset / self.columns, offset % self.columns);
        let x = GUTTER + column as f32 * self.width;
        let y = self.tops[index] + HEADER + row as f32 * ROW + LANE;
        Rect::from_min_size(pos2(x, y), vec2(self.width - SPACE, CELL))
    }

    /// Where the line above a body is.
    pub fn header(&self, index: usize) -> Rect {
        Rect::from_min_size(Pos2::new(0.0, self.tops[index]), vec2(self.size().x, HEADER))
    }
}

fn shown(extent: &BodyExtent, open: bool, marked: &[At], columns: u32) -> Range<u32> {
    let mut marks = marked.iter().filter(|at| at.body == extent.body).map(|at| at.offset);
    // A part begins at every half of a part, and with a row, so that it stays the same near a mark.
    let half = OPEN_CELLS / 2;
    let first = marks.clone().next().map_or(0, |mark| (mark / half).saturating_sub(1) * half);
    let first = first - first % columns;
    let least = match extent.body {
        _ if open => OPEN_CELLS,
        BodyId::Code(_) => extent.used.saturating_add(1),
        BodyId::Data(_) => DATA_CELLS,
    };
    let end = marks.try_fold(least, |end, mark| Some(end.max(mark.checked_add(1)?)));
    let end = end.unwrap_or(u32::MAX).min(extent.size);
    first.min(end)..end.min(first.saturating_add(OPEN_CELLS + columns))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::vm::index::{Body, DataId};

    fn extents(count: u32) -> Vec<BodyExtent> {
        let extent = |n: u32| BodyExtent {
            body: BodyId::Code(Body(n)),
            start: u64::from(n) * 100,
            size: 100,
            used: n % 98,
        };
        (0..count).map(extent).collect()
    }

    #[test]
    fn every_height_belongs_to_the_body_that_is_drawn_there() {
        let extents = extents(10_000);
        let layout = Layout::new(&extents, 900.0, &HashSet::new(), &[]);
        assert_eq!(layout.columns(), 10);
        for index in [0, 1, 17, 5000, 9999] {
            let middle = layout.cell(index, 0).center().y;
            assert_eq!(layout.bodies(middle..middle + 1.0), index..index + 1);
            assert!(layout.cells(index, middle..middle + 1.0).contains(&0));
        }
        let all = layout.bodies(0.0..layout.size().y);
        assert_eq!(all, 0..10_000);
        assert!(layout.bodies(layout.size().y..layout.size().y + 9.0).len() <= 1);
    }

    #[test]
    fn a_tail_is_folded_but_never_around_a_mark() {
        let extents = extents(3);
        let marked = [At { body: BodyId::Code(Body(1)), offset: 40 }];
        let layout = Layout::new(&extents, 500.0, &HashSet::from([BodyId::Code(Body(2))]), &marked);
        assert_eq!([0, 1, 2].map(|index| layout.shown(index)), [0..1, 0..41, 0..100]);
        assert_eq!(layout.columns(), 5);
    }

    #[test]
    fn no_width_is_too_small_and_no_memory_too_large() {
        let huge =
            BodyExtent { body: BodyId::Data(DataId(0)), start: 0, size: u32::MAX, used: u32::MAX };
        let layout = Layout::new(&[huge], 1.0, &HashSet::from([BodyId::Data(DataId(0))]), &[]);
        assert_eq!((layout.columns(), layout.shown(0)), (1, 0..OPEN_CELLS));
        assert!(!layout.cells(0, 0.0..f32::INFINITY).is_empty());
        for open in [HashSet::new(), HashSet::from([BodyId::Data(DataId(0))])] {
            for offset in [0, 499_999, 999_999, 1_000_000, 10_000_049, 10_500_000, u32::MAX - 1] {
                for width in [1.0, 400.0, 900.0, 2000.0] {
                    let marked = [At { body: BodyId::Data(DataId(0)), offset }];
                    let layout = Layout::new(&[huge], width, &open, &marked);
                    let shown = layout.shown(0);
                    assert!(shown.contains(&offset), "{offset}: {shown:?}");
                    assert!(shown.start.is_multiple_of(layout.columns()));
                    let at = layout.cell(0, offset).center().y;
                    assert!(layout.cells(0, at..at + 1.0).contains(&offset), "{offset} at {width}");
                }
            }
        }
        assert_eq!(Layout::new(&[], 100.0, &HashSet::new(), &[]).bodies(0.0..100.0), 0..0);
    }
}
