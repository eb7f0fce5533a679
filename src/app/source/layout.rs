//! Where every line of the program is on the page of text, by arithmetic alone. As in the page of cells,
//! a program of ten thousand functions costs ten thousand additions in a frame, and the functions in sight
//! are found by binary search.

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

    /// The height of the page.
    pub fn total(&self) -> f32 {
        *self.tops.last().expect("the top of the page is there")
    }

    /// The top of a function.
    pub fn top(&self, index: usize) -> f32 {
        self.tops[index]
    }

    /// The top of a line of a function.
    pub fn line(&self, index: usize, line: usize) -> f32 {
        self.tops[index] + HEADER + line as f32 * LINE
    }

    /// The functions between two heights.
    pub fn functions(&self, heights: Range<f32>) -> Range<usize> {
        let first = self.tops.partition_point(|&top| top <= heights.start).saturating_sub(1);
        let end = self.tops.partition_point(|&top| top < heights.end);
        first.min(self.lines.len())..end.min(self.lines.len())
    }

    /// The lines of a function between two heights.
    pub fn lines(&self, index: usize, heights: Range<f32>) -> Range<usize> {
        let row = |height: f32| ((height - self.tops[index] - HEADER) / LINE).max(0.0);
        let first = row(heights.start).floor() as usize;
        let end = (row(heights.end).ceil() as usize).min(self.lines[index]);
        first.min(end)..end
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
            let header = heights.top(index) + 1.0;
            assert_eq!(heights.lines(index, header..header + 1.0), 0..0);
        }
        assert_eq!(heights.functions(0.0..heights.total()), 0..10_000);
        assert_eq!(Heights::new([].into_iter()).functions(0.0..100.0), 0..0);
    }
}
