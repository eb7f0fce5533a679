//! Where every line of the program is on the page of text, by arithmetic alone. The heights are added up when the
//! program or what is folded changes, not in each frame, and the functions in sight are found by binary search.
//! The field of the line that is being edited may be higher than its lines; then what is below moves down, which
//! takes one addition.

use std::ops::Range;

/// Height of the line above a function.
pub const HEADER: f32 = 30.0;
/// Height of a line: its text, and above that room for the numbers of frames.
pub const LINE: f32 = 24.0;
/// Space below a function.
pub const BELOW: f32 = 12.0;

/// Heights on the page.
#[derive(Debug)]
pub struct Heights {
    tops: Vec<f32>,
    lines: Vec<usize>,
}

impl Heights {
    /// The heights of functions with so many lines.
    pub fn new(lines: impl Iterator<Item = usize>) -> Heights {
        let mut heights = Heights { tops: vec![0.0], lines: Vec::new() };
        let mut top = 0.0;
        for lines in lines {
            top += HEADER + lines as f32 * LINE + BELOW;
            heights.tops.push(top);
            heights.lines.push(lines);
        }
        heights
    }

    fn total(&self) -> f32 {
        *self.tops.last().expect("the top of the page is there")
    }

    fn line(&self, index: usize, line: usize) -> f32 {
        self.tops[index] + HEADER + line as f32 * LINE
    }

    /// The functions between two heights.
    fn functions(&self, heights: Range<f32>) -> Range<usize> {
        let first = self.tops.partition_point(|&top| top <= heights.start).saturating_sub(1);
        let end = self.tops.partition_point(|&top| top < heights.end);
        first.min(self.lines.len())..end.min(self.lines.len())
    }

    /// The lines of a function between two heights.
    fn lines(&self, index: usize, heights: Range<f32>) -> Range<usize> {
        let row = |height: f32| ((height - self.tops[index] - HEADER) / LINE).max(0.0);
        let first = row(heights.start).floor() as usize;
        let end = (row(heights.end).ceil() as usize).min(self.lines[index]);
        first.min(end)..end
    }
}

/// Room for more than the lines at a place of the page.
#[derive(Clone, Copy, Debug)]
pub struct Gap {
    /// The function.
    pub index: usize,
    /// The line of it above which the room is.
    pub line: usize,
    /// How much room there is.
    pub room: f32,
}

/// Heights on the page with a gap in it, if one is needed.
#[derive(Clone, Copy, Debug)]
pub struct Placed<'h> {
    heights: &'h Heights,
    gap: Option<Gap>,
}

impl<'h> Placed<'h> {
    /// Puts a gap into the page.
    pub fn new(heights: &'h Heights, gap: Option<Gap>) -> Placed<'h> {
        Placed { heights, gap: gap.filter(|gap| gap.room > 0.0) }
    }

    /// The height of the page.
    pub fn total(&self) -> f32 {
        self.heights.total() + self.gap.map_or(0.0, |gap| gap.room)
    }

    /// The top of a function.
    pub fn top(&self, index: usize) -> f32 {
        let below = self.gap.filter(|gap| index > gap.index);
        self.heights.tops[index] + below.map_or(0.0, |gap| gap.room)
    }

    /// The top of a line of a function.
    pub fn line(&self, index: usize, line: usize) -> f32 {
        let below = self.gap.filter(|gap| (index, line) >= (gap.index, gap.line));
        self.heights.line(index, line) + below.map_or(0.0, |gap| gap.room)
    }

    /// The functions between two heights.
    pub fn functions(&self, heights: Range<f32>) -> Range<usize> {
        self.heights.functions(self.without_gap(heights))
    }

    /// The lines of a function between two heights.
    pub fn lines(&self, index: usize, heights: Range<f32>) -> Range<usize> {
        self.heights.lines(index, self.without_gap(heights))
    }

    /// Where these heights would be without the gap.
    fn without_gap(&self, heights: Range<f32>) -> Range<f32> {
        let Some(gap) = self.gap else { return heights };
        let top = self.heights.line(gap.index, gap.line);
        let above = |height: f32| if height <= top { height } else { (height - gap.room).max(top) };
        // What begins or ends in the gap touches the lines at both sides of it.
        above(heights.start) - 0.5..above(heights.end) + 0.5
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_height_belongs_to_the_line_that_is_drawn_there() {
        let heights = Heights::new((0..10_000).map(|n| n % 40));
        for index in [1, 17, 5000, 9999] {
            for line in 0..index % 40 {
                let middle = heights.line(index, line) + LINE / 2.0;
                assert_eq!(heights.functions(middle..middle + 1.0), index..index + 1);
                assert_eq!(heights.lines(index, middle..middle + 1.0), line..line + 1);
            }
            let header = heights.tops[index] + 1.0;
            assert_eq!(heights.lines(index, header..header + 1.0), 0..0);
        }
        assert_eq!(heights.functions(0.0..heights.total()), 0..10_000);
        assert_eq!(Heights::new([].into_iter()).functions(0.0..100.0), 0..0);
    }

    #[test]
    fn a_gap_moves_down_what_is_below_it() {
        let heights = Heights::new((0..100).map(|n| n % 40));
        let gap = Gap { index: 17, line: 3, room: 70.0 };
        let (plain, placed) = (Placed::new(&heights, None), Placed::new(&heights, Some(gap)));
        let moved = |index, line| placed.line(index, line) - plain.line(index, line);
        assert_eq!(
            [moved(16, 15), moved(17, 2), moved(17, 3), moved(18, 0)],
            [0.0, 0.0, 70.0, 70.0]
        );
        assert_eq!((placed.top(17) - plain.top(17), placed.top(18) - plain.top(18)), (0.0, 70.0));
        assert_eq!(placed.total() - plain.total(), 70.0);
        for (index, line) in [(5, 2), (17, 2), (17, 3), (17, 16), (50, 9)] {
            let middle = placed.line(index, line) + LINE / 2.0;
            assert_eq!(placed.functions(middle..middle + 1.0), index..index + 1);
            assert_eq!(placed.lines(index, middle..middle + 1.0), line..line + 1);
        }
    }
}
