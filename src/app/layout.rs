//! Where every cell of the memory is on the page, by arithmetic alone.
//!
//! Rows are as high as a cell and hold as many cells as fit, so that a program of some functions is seen at once.
//! All cells are equally wide; one that refers to a small block is as wide as some cells, and the cells of the
//! block stand in it. Nothing that moves while a program runs takes room, so nothing jumps: the stack stands
//! beside the title of the body with the counter. A memory of ten thousand bodies costs ten thousand additions a
//! frame; the visible bodies are found by binary search.

use std::collections::HashSet;
use std::ops::Range;
use std::rc::Rc;

use egui::{Pos2, Rect, Vec2, pos2, vec2};

use crate::view::arrangement::{Arrangement, Inline, Placed};
use crate::view::memory::{At, BodyExtent};
use crate::vm::index::BodyId;

/// Height of the line above the cells of a function or of data.
pub const HEADER: f32 = 26.0;
/// Height of the line above the cells of a block that is indented.
pub const BLOCK_HEADER: f32 = 20.0;
/// Height of a cell.
pub const CELL: f32 = 24.0;
/// Height of a row.
pub const ROW: f32 = 30.0;
/// Space below a body.
pub const BELOW: f32 = 6.0;
/// Width of the addresses left of the rows.
pub const GUTTER: f32 = 50.0;
/// Space between cells.
pub const SPACE: f32 = 5.0;
/// How far a block is indented.
pub const INDENT: f32 = 22.0;
/// Width of a character of a cell in a row of another body.
const CHARACTER: f32 = 7.3;
/// Width of such a cell without its characters.
const PADDING: f32 = 9.0;
/// Width of a bracket around them.
const BRACKET: f32 = 9.0;
/// Wide enough for `print_line`.
const MIN_WIDTH: f32 = 80.0;
const MAX_WIDTH: f32 = 104.0;
/// How many cells of folded data are shown.
const DATA_CELLS: u32 = 100;
/// How many cells of a body are shown at most. The heights of more are not exact in 32-bit floats.
const OPEN_CELLS: u32 = 1_000_000;

/// Positions on the page.
#[derive(Debug)]
pub struct Layout {
    grid: Rc<Grid>,
    tops: Vec<f32>,
    shown: Vec<Range<u32>>,
}

/// What depends on the arrangement and the width of the page alone.
#[derive(Debug)]
pub struct Grid {
    arrangement: Rc<Arrangement>,
    room: f32,
    columns: u32,
    width: f32,
    /// For each body with blocks in its rows, the slot of each of its cells and of the one after them.
    slots: Vec<Option<Box<[u32]>>>,
}

impl Grid {
    /// The grid of a page of this width.
    pub fn new(arrangement: Rc<Arrangement>, width: f32) -> Grid {
        let room = (width - GUTTER).max(1.0);
        let columns = ((room / MIN_WIDTH) as u32).max(1);
        let width = (room / columns as f32).min(MAX_WIDTH);
        let slots = Vec::new();
        let mut grid = Grid { arrangement, room, columns, width, slots };
        let placed = grid.arrangement.placed();
        let slots = placed.iter().map(|placed| grid.slots_of(placed)).collect();
        grid.slots = slots;
        grid
    }

    /// Whether it is the grid of this page.
    pub fn is_of(&self, arrangement: &Rc<Arrangement>, width: f32) -> bool {
        Rc::ptr_eq(&self.arrangement, arrangement) && self.room == (width - GUTTER).max(1.0)
    }

    fn placed(&self, index: usize) -> &Placed {
        &self.arrangement.placed()[index]
    }

    /// How many cells a row has that is indented so deep.
    fn columns(&self, indent: u8) -> u32 {
        let room = self.room - f32::from(indent) * INDENT;
        // Rounded, the cells of the full width fit exactly.
        ((room / self.width + 0.001) as u32).clamp(1, self.columns)
    }

    fn span(&self, inline: &Inline) -> u32 {
        let needs: f32 = inline.characters.iter().map(|&length| inner_width(length)).sum();
        ((needs + 2.0 * BRACKET + SPACE) / self.width).ceil() as u32
    }

    /// The slots of a body with blocks in its rows: what does not fit into a row begins the next.
    fn slots_of(&self, placed: &Placed) -> Option<Box<[u32]>> {
        if placed.inline.is_empty() {
            return None;
        }
        let columns = self.columns(placed.indent);
        let mut inline = placed.inline.iter().peekable();
        let (mut slot, mut slots) = (0, Vec::with_capacity(placed.extent.used as usize + 1));
        for offset in 0..placed.extent.used {
            let here = inline.next_if(|inline| inline.offset == offset);
            let span = here.map_or(1, |inline| self.span(inline)).min(columns);
            if slot % columns + span > columns {
                slot = slot.next_multiple_of(columns);
            }
            slots.push(slot);
            slot += span;
        }
        slots.push(slot);
        Some(slots.into())
    }

    /// The slot of a cell, counted from the first cell of the body.
    fn slot(&self, index: usize, offset: u32) -> u32 {
        let Some(Some(slots)) = self.slots.get(index) else { return offset };
        let last = slots.len() as u32 - 1;
        slots[offset.min(last) as usize] + offset.saturating_sub(last)
    }

    /// The first cell that is in a slot or after it.
    fn offset(&self, index: usize, slot: u32) -> u32 {
        let Some(Some(slots)) = self.slots.get(index) else { return slot };
        let last = slots[slots.len() - 1];
        match slot > last {
            true => slots.len() as u32 - 1 + (slot - last),
            false => slots.partition_point(|&start| start < slot) as u32,
        }
    }
}

fn inner_width(characters: u16) -> f32 {
    f32::from(characters) * CHARACTER + PADDING
}

impl Layout {
    /// Lays out bodies. Bodies in `open` show their whole tail. Folded code shows the cell after the used ones if it
    /// needs no row of its own, folded data its first hundred; both extend to each cell in `marked`. Of a huge
    /// body, the part around the first of its marked cells is shown.
    pub fn new(grid: Rc<Grid>, open: &HashSet<BodyId>, marked: &[At]) -> Layout {
        let count = grid.arrangement.placed().len();
        let mut layout =
            Layout { grid, tops: Vec::with_capacity(count + 1), shown: Vec::with_capacity(count) };
        let mut top = 0.0;
        layout.tops.push(top);
        for index in 0..count {
            let extent = layout.grid.placed(index).extent;
            let shown = layout.shown_of(index, open.contains(&extent.body), marked);
            top += layout.height(index, &shown);
            layout.shown.push(shown);
            layout.tops.push(top);
        }
        layout
    }

    fn height(&self, index: usize, shown: &Range<u32>) -> f32 {
        let slots = match shown.end.checked_sub(1).filter(|_| !shown.is_empty()) {
            Some(last) => self.grid.slot(index, last) + 1 - self.grid.slot(index, shown.start),
            None => 1,
        };
        let columns = self.grid.columns(self.grid.placed(index).indent);
        self.header_height(index) + slots.div_ceil(columns).max(1) as f32 * ROW + BELOW
    }

    fn header_height(&self, index: usize) -> f32 {
        if self.grid.placed(index).indent > 0 { BLOCK_HEADER } else { HEADER }
    }

    fn shown_of(&self, index: usize, open: bool, marked: &[At]) -> Range<u32> {
        let placed = self.grid.placed(index);
        let (extent, columns) = (placed.extent, self.grid.columns(placed.indent));
        let tail = self.grid.slot(index, extent.used);
        let least = match extent.body {
            _ if open => OPEN_CELLS,
            BodyId::Code(_) if extent.used > 0 && tail.is_multiple_of(columns) => extent.used,
            BodyId::Code(_) => extent.used.saturating_add(1),
            BodyId::Data(_) => DATA_CELLS.next_multiple_of(columns),
        };
        shown(&extent, least, marked, columns)
    }

    /// The size of the page.
    pub fn size(&self) -> Vec2 {
        let height = *self.tops.last().expect("the top of the page is there");
        vec2(GUTTER + self.grid.columns as f32 * self.grid.width, height)
    }

    /// How many cells a row has that is not indented.
    pub fn columns(&self) -> u32 {
        self.grid.columns
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
        let top = self.tops[index] + self.header_height(index);
        let row = |height: f32| ((height - top) / ROW).max(0.0);
        let shown = &self.shown[index];
        let columns = self.grid.columns(self.grid.placed(index).indent);
        let base = self.grid.slot(index, shown.start);
        let offset = |row: f32| {
            let slot = base.saturating_add((row as u32).saturating_mul(columns));
            self.grid.offset(index, slot)
        };
        let first = offset(row(heights.start).floor());
        let end = offset(row(heights.end).ceil());
        first.clamp(shown.start, shown.end)..end.clamp(shown.start, shown.end)
    }

    /// Whether a cell is the first of its row.
    pub fn begins_row(&self, index: usize, offset: u32) -> bool {
        let columns = self.grid.columns(self.grid.placed(index).indent);
        let base = self.grid.slot(index, self.shown[index].start);
        (self.grid.slot(index, offset).saturating_sub(base)).is_multiple_of(columns)
    }

    /// Where a cell is; a cell before those that are shown is where the first is.
    pub fn cell(&self, index: usize, offset: u32) -> Rect {
        let placed = self.grid.placed(index);
        let columns = self.grid.columns(placed.indent);
        let base = self.grid.slot(index, self.shown[index].start);
        let slot = self.grid.slot(index, offset).saturating_sub(base);
        let (row, column) = (slot / columns, slot % columns);
        let x = self.left(index) + column as f32 * self.grid.width;
        let y = self.tops[index] + self.header_height(index) + row as f32 * ROW;
        let inline = placed.inline.binary_search_by_key(&offset, |inline| inline.offset);
        let span = inline.map_or(1, |found| self.grid.span(&placed.inline[found]).min(columns));
        let size = vec2(self.grid.width * span as f32 - SPACE, CELL);
        Rect::from_min_size(pos2(x, y + ROW - CELL), size)
    }

    /// Where a cell of a block is that stands in the row of another body. All its cells get narrower if they do not fit.
    pub fn inner_cell(&self, index: usize, inline: usize, offset: u32) -> Rect {
        let block = &self.grid.placed(index).inline[inline];
        let outer = self.cell(index, block.offset);
        let width =
            |lengths: &[u16]| lengths.iter().map(|&length| inner_width(length)).sum::<f32>();
        let room = outer.width() - 2.0 * BRACKET;
        let scale = (room / width(&block.characters)).min(1.0);
        let at = (offset as usize).min(block.characters.len() - 1);
        let left = outer.left() + BRACKET + width(&block.characters[..at]) * scale;
        let size = vec2(inner_width(block.characters[at]) * scale, outer.height());
        Rect::from_min_size(pos2(left, outer.top()), size)
    }

    /// Where any cell is; none if its body is not known.
    pub fn place(&self, at: At) -> Option<Rect> {
        let spot = self.grid.arrangement.spot(at.body)?;
        Some(match spot.inline {
            Some(inline) => self.inner_cell(spot.index, inline, at.offset),
            None => self.cell(spot.index, at.offset),
        })
    }

    /// Where the cells of a body begin.
    fn left(&self, index: usize) -> f32 {
        GUTTER + f32::from(self.grid.placed(index).indent) * INDENT
    }

    /// Where the line above a body is.
    pub fn header(&self, index: usize) -> Rect {
        let left = f32::from(self.grid.placed(index).indent) * INDENT;
        let size = vec2(self.size().x - left, self.header_height(index));
        Rect::from_min_size(Pos2::new(left, self.tops[index]), size)
    }

    /// The bodies that are laid out.
    pub fn arrangement(&self) -> &Arrangement {
        &self.grid.arrangement
    }

    /// The cell above or below another, nearest to its middle.
    pub fn beside(&self, at: At, down: bool) -> Option<At> {
        let from = self.place(at)?.center();
        let index = self.grid.arrangement.spot(at.body)?.index;
        let shown = &self.shown[index];
        let near = |index: usize, y: f32| {
            let cells = self.cells(index, y - 1.0..y + 1.0);
            let distance = |&offset: &u32| (self.cell(index, offset).center().x - from.x).abs();
            let best = cells.min_by(|a, b| distance(a).total_cmp(&distance(b)))?;
            Some(At { body: self.grid.placed(index).extent.body, offset: best })
        };
        let y = if down { from.y + ROW } else { from.y - ROW };
        let first = self.cell(index, shown.start).center().y;
        let last = self.cell(index, shown.end.saturating_sub(1)).center().y;
        if (first - 1.0..last + 1.0).contains(&y) {
            return near(index, y);
        }
        let next = if down { index + 1 } else { index.checked_sub(1)? };
        let shown = self.shown.get(next)?;
        let edge = if down { shown.start } else { shown.end.saturating_sub(1) };
        near(next, self.cell(next, edge).center().y)
    }
}

fn shown(extent: &BodyExtent, least: u32, marked: &[At], columns: u32) -> Range<u32> {
    let mut marks = marked.iter().filter(|at| at.body == extent.body).map(|at| at.offset);
    // A part begins at every half of a part, and with a row, so that it stays the same near a mark.
    let half = OPEN_CELLS / 2;
    let first = marks.clone().next().map_or(0, |mark| (mark / half).saturating_sub(1) * half);
    let first = first - first % columns;
    let end = marks.try_fold(least, |end, mark| Some(end.max(mark.checked_add(1)?)));
    let end = end.unwrap_or(u32::MAX).min(extent.size);
    first.min(end)..end.min(first.saturating_add(OPEN_CELLS + columns))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::session::load::image_of_program;
    use crate::view::arrangement::Order;
    use crate::view::memory::extents;
    use crate::vm::index::{Body, DataId};
    use crate::vm::memory::Memory;

    fn many(count: u32) -> Vec<BodyExtent> {
        let extent = |n: u32| BodyExtent {
            body: BodyId::Code(Body(n)),
            start: u64::from(n) * 100,
            size: 100,
            used: n % 98,
        };
        (0..count).map(extent).collect()
    }

    fn plain(extents: &[BodyExtent], width: f32, open: &[BodyId], marked: &[At]) -> Layout {
        let image = image_of_program("").expect("an empty program");
        let arrangement = Arrangement::new(image.machine.memory(), extents, Order::ByAddress);
        let grid = Grid::new(Rc::new(arrangement), width);
        Layout::new(Rc::new(grid), &open.iter().copied().collect(), marked)
    }

    fn of_program(text: &str, width: f32) -> (Memory, Layout) {
        let memory = image_of_program(text).expect("a program").machine.memory().clone();
        let image = image_of_program(text).expect("a program");
        let arrangement = Arrangement::new(&memory, &extents(&image.machine), Order::ByUse);
        let grid = Grid::new(Rc::new(arrangement), width);
        (memory, Layout::new(Rc::new(grid), &HashSet::new(), &[]))
    }

    #[test]
    fn every_height_belongs_to_the_body_that_is_drawn_there() {
        let layout = plain(&many(10_000), 930.0, &[], &[]);
        assert_eq!(layout.columns(), 11);
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
    fn a_tail_is_folded_but_never_around_a_mark_and_has_no_row_of_its_own() {
        let marked = [At { body: BodyId::Code(Body(1)), offset: 40 }];
        let layout = plain(&many(12), 540.0, &[BodyId::Code(Body(2))], &marked);
        assert_eq!(layout.columns(), 6);
        let shown = |index| layout.shown(index);
        assert_eq!([0, 1, 2, 5, 6, 7].map(shown), [0..1, 0..41, 0..100, 0..6, 0..6, 0..8]);
    }

    #[test]
    fn no_width_is_too_small_and_no_memory_too_large() {
        let huge =
            BodyExtent { body: BodyId::Data(DataId(0)), start: 0, size: u32::MAX, used: u32::MAX };
        let data = BodyId::Data(DataId(0));
        let layout = plain(&[huge], 1.0, &[data], &[]);
        assert_eq!((layout.columns(), layout.shown(0)), (1, 0..OPEN_CELLS));
        assert!(!layout.cells(0, 0.0..f32::INFINITY).is_empty());
        for open in [&[][..], &[data]] {
            for offset in [0, 499_999, 999_999, 1_000_000, 10_000_049, 10_500_000, u32::MAX - 1] {
                for width in [1.0, 400.0, 900.0, 2000.0] {
                    let marked = [At { body: data, offset }];
                    let layout = plain(&[huge], width, open, &marked);
                    let shown = layout.shown(0);
                    assert!(shown.contains(&offset), "{offset}: {shown:?}");
                    assert!(shown.start.is_multiple_of(layout.columns()));
                    let at = layout.cell(0, offset).center().y;
                    assert!(layout.cells(0, at..at + 1.0).contains(&offset), "{offset} at {width}");
                }
            }
        }
        assert_eq!(plain(&[], 100.0, &[], &[]).bodies(0.0..100.0), 0..0);
    }

    /// No two cells are drawn over each other, all are inside the page, and each is found where it is drawn.
    #[test]
    fn cells_never_overlap() {
        let text = "[ assign: n n 15 mod 0 = [ \"FizzBuzz\" return ] if n 3 mod 0 = [ \"Fizz\" return ] if \
                    n [ 1 + [ 2 ] call ] times n 5 [ dup ] [ 1 ] if-else n return ] bind: f 3 f";
        for width in [1.0, 130.0, 300.0, 431.0, 800.0, 1500.0] {
            let (_, layout) = of_program(text, width);
            let mut all: Vec<Rect> = Vec::new();
            for (index, placed) in layout.arrangement().placed().iter().enumerate() {
                for offset in layout.shown(index) {
                    let rect = layout.cell(index, offset);
                    let middle = rect.center().y;
                    assert!(layout.cells(index, middle..middle + 1.0).contains(&offset), "{width}");
                    assert!(width < 200.0 || rect.right() <= width, "{width}: {rect}");
                    all.push(rect);
                }
                for (number, inline) in placed.inline.iter().enumerate() {
                    let outer = layout.cell(index, inline.offset);
                    let inner: Vec<Rect> = inline
                        .cells()
                        .map(|offset| layout.inner_cell(index, number, offset))
                        .collect();
                    assert!(inner.iter().all(|rect| width < 200.0 || outer.contains_rect(*rect)));
                    assert!(inner.windows(2).all(|two| two[0].right() <= two[1].left() + 0.01));
                }
            }
            for (n, one) in all.iter().enumerate() {
                let overlap = all[..n].iter().find(|other| other.shrink(0.1).intersects(*one));
                assert_eq!(overlap, None, "{width}");
            }
        }
    }

    #[test]
    fn up_and_down_go_to_what_is_drawn_there() {
        let (memory, layout) = of_program("[ 1 2 3 4 5 6 7 8 9 10 11 12 ] bind: f 1 2 3", 460.0);
        let at = |body: Body, offset| At { body: BodyId::Code(body), offset };
        let f = memory.function("f").expect("it is defined");
        let main = Body(0);
        assert_eq!(layout.columns(), 5);
        assert_eq!(layout.beside(at(main, 1), false), None);
        assert_eq!(layout.beside(at(main, 1), true), Some(at(f, 1)));
        assert_eq!(layout.beside(at(f, 1), true), Some(at(f, 6)));
        assert_eq!(layout.beside(at(f, 9), true), Some(at(f, 13)));
        assert_eq!(layout.beside(at(f, 4), false), Some(at(main, 3)));
    }
}
