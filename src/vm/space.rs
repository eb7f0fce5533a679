//! The address space: where code is, and the lowest free place for the next body.
//!
//! What code leaves when it moves or is removed is free again. What collected data leaves is not: its
//! address must never mean anything else, and where the next body goes must not depend on collections.
//!
//! A copy shares its tables; a change copies a few nodes, however many bodies and gaps there are.

use imbl::{OrdMap, OrdSet};

use super::index::Body;

/// A flat address: the place of a cell in the whole memory.
pub type Address = u64;

/// The size of a new code body, in cells. Bodies start at its multiples, so `main` is at 0, the first
/// function at 100 and the next at 200.
pub const BODY_CELLS: u32 = 100;

/// Where code is, and what is free.
#[derive(Clone, Debug, Default)]
pub(super) struct Space {
    pub(super) code: OrdMap<Address, Body>,
    gaps: OrdMap<Address, u64>,
    /// The same gaps as lengths with first addresses: the search for a gap looks at each length once.
    by_length: OrdSet<(u64, Address)>,
    pub(super) end: Address,
}

/// What is free: the gaps, each with its first address and length, and all from the end on.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct FreeSpace {
    /// The gaps, lowest first.
    pub gaps: Vec<(Address, u64)>,
    /// The first address after all bodies that there ever were.
    pub end: Address,
}

/// How much of the address space a body of this size takes.
pub(super) fn span(size: u64) -> u64 {
    size.max(1).next_multiple_of(u64::from(BODY_CELLS))
}

impl Space {
    /// What is free.
    pub(super) fn free_space(&self) -> FreeSpace {
        FreeSpace {
            gaps: self.gaps.iter().map(|(&start, &size)| (start, size)).collect(),
            end: self.end,
        }
    }

    /// Makes only this free; false, and nothing changes, if not all of it is.
    #[must_use]
    pub(super) fn restrict(&mut self, free: &FreeSpace) -> bool {
        let mut least = 0;
        for &(start, length) in &free.gaps {
            let aligned = start.is_multiple_of(u64::from(BODY_CELLS))
                && length.is_multiple_of(u64::from(BODY_CELLS));
            let Some(end) = start.checked_add(length) else { return false };
            // Gaps that touch would be one.
            let apart = start >= least && (least == 0 || start > least) && length > 0;
            let around = self.gaps.get_prev(&start);
            let within = around.is_some_and(|(&from, &size)| end <= from + size)
                || (start >= self.end && end < free.end);
            if !(aligned && apart && within) {
                return false;
            }
            least = end;
        }
        if free.end < self.end || !free.end.is_multiple_of(u64::from(BODY_CELLS)) {
            return false;
        }
        (self.gaps, self.end) = (free.gaps.iter().copied().collect(), free.end);
        self.by_length = free.gaps.iter().map(|&(start, length)| (length, start)).collect();
        true
    }

    /// Takes the lowest free multiple of 100 that fits.
    pub(super) fn take(&mut self, size: u64) -> Address {
        let span = span(size);
        match self.lowest_gap(span) {
            Some((start, length)) => {
                self.remove_gap(start);
                self.add_gap(start + span, length - span);
                start
            }
            None => {
                self.end += span;
                self.end - span
            }
        }
    }

    /// The lowest gap of at least this length, and its length.
    fn lowest_gap(&self, least: u64) -> Option<(Address, u64)> {
        if self.by_length.is_empty() {
            return None;
        }
        let mut lowest: Option<(Address, u64)> = None;
        let mut from = (least, 0);
        // The first of each length. Few gaps have different lengths.
        while let Some(&(length, start)) = self.by_length.get_next(&from) {
            if lowest.is_none_or(|(other, _)| start < other) {
                lowest = Some((start, length));
            }
            from = (length + 1, 0);
        }
        lowest
    }

    /// Adds a gap, unless it is empty.
    fn add_gap(&mut self, start: Address, length: u64) {
        if length > 0 {
            self.gaps.insert(start, length);
            self.by_length.insert((length, start));
        }
    }

    /// Removes the gap that begins here, if one does; returns its length.
    fn remove_gap(&mut self, start: Address) -> Option<u64> {
        let length = self.gaps.remove(&start)?;
        self.by_length.remove(&(length, start));
        Some(length)
    }

    /// Makes a place free again that code has left.
    pub(super) fn free(&mut self, start: Address, size: u64) {
        self.code.remove(&start);
        let (mut start, mut length) = (start, span(size));
        if let Some((&before, &room)) = self.gaps.get_prev(&start)
            && before + room == start
        {
            self.remove_gap(before);
            (start, length) = (before, length + room);
        }
        if let Some(room) = self.remove_gap(start + length) {
            length += room;
        }
        if start + length == self.end {
            self.end = start;
        } else {
            self.add_gap(start, length);
        }
    }

    /// Takes the place that a file gives; false if it is not free or not at a multiple of 100.
    #[must_use]
    pub(super) fn claim(&mut self, start: Address, size: u64) -> bool {
        let span = span(size);
        if !start.is_multiple_of(u64::from(BODY_CELLS)) {
            return false;
        }
        if start >= self.end {
            self.add_gap(self.end, start - self.end);
            self.end = start + span;
            return true;
        }
        let Some((&gap, &length)) = self.gaps.get_prev(&start) else { return false };
        if start + span > gap + length {
            return false;
        }
        self.remove_gap(gap);
        self.add_gap(gap, start - gap);
        self.add_gap(start + span, gap + length - start - span);
        true
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn bodies_take_the_lowest_free_hundred() {
        let mut space = Space::default();
        assert_eq!([space.take(100), space.take(101), space.take(0)], [0, 100, 300]);
        space.free(0, 100);
        assert_eq!(space.take(200), 400);
        space.free(100, 101);
        assert_eq!(space.free_space().gaps, [(0, 300)]);
        assert_eq!([space.take(250), space.take(1)], [0, 600]);
        assert!(space.gaps.is_empty());
        space.free(600, 1);
        assert_eq!(space.end, 600);
    }

    #[test]
    fn free_places_that_touch_are_one() {
        let mut space = Space::default();
        for start in [0, 100, 200, 300, 400] {
            assert_eq!(space.take(100), start);
        }
        space.free(300, 100);
        space.free(100, 100);
        assert_eq!(space.free_space().gaps, [(100, 100), (300, 100)]);
        space.free(200, 100);
        assert_eq!(space.free_space().gaps, [(100, 300)]);
        // Free space at the end is not a gap.
        space.free(400, 100);
        assert_eq!((space.gaps.len(), space.end), (0, 100));
    }

    #[test]
    fn a_file_cannot_claim_a_place_twice() {
        let mut space = Space::default();
        assert!(space.claim(300, 100));
        assert!(!space.claim(250, 10), "not a multiple of 100");
        assert!(!space.claim(200, 200), "overlaps the end");
        assert!(space.claim(100, 200) && !space.claim(200, 1));
        assert!(space.claim(0, 100) && space.gaps.is_empty());
        assert!(space.claim(400, 100) && space.gaps.is_empty(), "right after the last");
        assert_eq!(space.end, 500);
    }

    #[test]
    fn a_claim_leaves_what_is_free_around_it() {
        let mut space = Space::default();
        assert!(space.claim(1000, 100) && space.claim(300, 150));
        assert_eq!(space.free_space().gaps, [(0, 300), (500, 500)]);
        assert!(!space.claim(400, 1) && !space.claim(900, 200));
        assert!(space.claim(500, 100) && space.claim(900, 100));
        assert_eq!(space.free_space().gaps, [(0, 300), (600, 300)]);
    }

    #[test]
    fn a_file_may_say_that_less_is_free() {
        let free = |gaps: &[(u64, u64)], end| FreeSpace { gaps: gaps.to_vec(), end };
        let mut space = Space::default();
        assert!(space.claim(500, 100));
        for bad in [
            free(&[(0, 600)], 600),
            free(&[(0, 100), (100, 100)], 600),
            free(&[(200, 100), (0, 100)], 600),
            free(&[(50, 100)], 600),
            free(&[(0, 50)], 600),
            free(&[(0, 0)], 600),
            free(&[(600, 100)], 700),
            free(&[(u64::MAX - 99, 100)], 700),
            free(&[], 500),
            free(&[], 650),
        ] {
            assert!(!space.restrict(&bad), "{bad:?}");
        }
        assert!(space.restrict(&free(&[(100, 200), (600, 100)], 900)));
        assert_eq!([space.take(100), space.take(200), space.take(100)], [100, 900, 200]);
        assert_eq!([space.take(1), space.take(1)], [600, 1100]);
    }

    #[test]
    fn bodies_take_the_lowest_of_gaps_that_fit() {
        let mut space = Space::default();
        for size in [500, 100, 200, 100, 300, 100, 200, 100] {
            space.take(size);
        }
        for (start, size) in [(0, 500), (600, 200), (900, 300), (1300, 200)] {
            space.free(start, size);
        }
        // Gaps at 0 of 500, 600 of 200, 900 of 300, 1300 of 200.
        assert_eq!([space.take(300), space.take(300), space.take(200)], [0, 900, 300]);
        assert_eq!([space.take(100), space.take(200), space.take(200)], [600, 1300, 1600]);
        assert_eq!(space.free_space().gaps, [(700, 100)]);
    }
}
