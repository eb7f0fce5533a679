//! The address space: where bodies are, and the lowest free place for the next.

use std::collections::BTreeMap;

use super::index::BodyId;

/// A flat address: the place of a cell in the whole memory.
pub type Address = u64;

/// The size of a new code body, in cells. Bodies start at its multiples, so `main` is at 0, the first
/// function at 100 and the next at 200.
pub const BODY_CELLS: u32 = 100;

/// Where bodies are. Derived from the bodies, to find the lowest free place and the body at an address
/// quickly.
#[derive(Clone, Debug, Default)]
pub(super) struct Space {
    pub(super) bodies: BTreeMap<Address, BodyId>,
    gaps: BTreeMap<Address, u64>,
    pub(super) end: Address,
}

fn span(size: u64) -> u64 {
    size.max(1).next_multiple_of(u64::from(BODY_CELLS))
}

impl Space {
    /// Takes the lowest free multiple of 100 that fits.
    pub(super) fn take(&mut self, size: u64, body: BodyId) -> Address {
        let span = span(size);
        let gap = self.gaps.iter().find(|&(_, &length)| length >= span);
        let start = match gap.map(|(&start, &length)| (start, length)) {
            Some((start, length)) => {
                self.gaps.remove(&start);
                if length > span {
                    self.gaps.insert(start + span, length - span);
                }
                start
            }
            None => {
                self.end += span;
                self.end - span
            }
        };
        self.bodies.insert(start, body);
        start
    }

    pub(super) fn free(&mut self, start: Address, size: u64) {
        self.bodies.remove(&start);
        let (mut start, mut length) = (start, span(size));
        if let Some((&before, &room)) = self.gaps.range(..start).next_back()
            && before + room == start
        {
            self.gaps.remove(&before);
            (start, length) = (before, length + room);
        }
        if let Some(room) = self.gaps.remove(&(start + length)) {
            length += room;
        }
        if start + length == self.end {
            self.end = start;
        } else {
            self.gaps.insert(start, length);
        }
    }

    /// Takes the place that a file gives; false if it is not free or not at a multiple of 100.
    pub(super) fn claim(&mut self, start: Address, size: u64, body: BodyId) -> bool {
        let span = span(size);
        if !start.is_multiple_of(u64::from(BODY_CELLS)) {
            return false;
        }
        if start >= self.end {
            if start > self.end {
                self.gaps.insert(self.end, start - self.end);
            }
            self.end = start + span;
        } else {
            let Some((&gap, &length)) = self.gaps.range(..=start).next_back() else { return false };
            if start + span > gap + length {
                return false;
            }
            self.gaps.remove(&gap);
            if start > gap {
                self.gaps.insert(gap, start - gap);
            }
            if gap + length > start + span {
                self.gaps.insert(start + span, gap + length - start - span);
            }
        }
        self.bodies.insert(start, body);
        true
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::vm::index::Body;

    #[test]
    fn bodies_take_the_lowest_free_hundred() {
        let mut space = Space::default();
        let id = BodyId::Code(Body(0));
        assert_eq!([space.take(100, id), space.take(101, id), space.take(0, id)], [0, 100, 300]);
        space.free(0, 100);
        assert_eq!(space.take(200, id), 400);
        space.free(100, 101);
        assert_eq!(space.gaps, BTreeMap::from([(0, 300)]));
        assert_eq!([space.take(250, id), space.take(1, id)], [0, 600]);
        assert!(space.gaps.is_empty());
        space.free(600, 1);
        assert_eq!(space.end, 600);
    }

    #[test]
    fn free_places_that_touch_are_one() {
        let mut space = Space::default();
        let id = BodyId::Code(Body(0));
        for start in [0, 100, 200, 300, 400] {
            assert_eq!(space.take(100, id), start);
        }
        space.free(300, 100);
        space.free(100, 100);
        assert_eq!(space.gaps, BTreeMap::from([(100, 100), (300, 100)]));
        space.free(200, 100);
        assert_eq!(space.gaps, BTreeMap::from([(100, 300)]));
        assert_eq!(space.bodies.keys().copied().collect::<Vec<_>>(), [0, 400]);
        // Free space at the end is not a gap.
        space.free(400, 100);
        assert_eq!((space.gaps.len(), space.end), (0, 100));
    }

    #[test]
    fn a_file_cannot_claim_a_place_twice() {
        let mut space = Space::default();
        let id = BodyId::Code(Body(0));
        assert!(space.claim(300, 100, id));
        assert!(!space.claim(250, 10, id), "not a multiple of 100");
        assert!(!space.claim(200, 200, id), "overlaps the end");
        assert!(space.claim(100, 200, id) && !space.claim(200, 1, id));
        assert!(space.claim(0, 100, id) && space.gaps.is_empty());
        assert!(space.claim(400, 100, id) && space.gaps.is_empty(), "right after the last");
        assert_eq!((space.end, space.bodies.len()), (500, 4));
    }

    #[test]
    fn a_claim_leaves_what_is_free_around_it() {
        let mut space = Space::default();
        let id = BodyId::Code(Body(0));
        assert!(space.claim(1000, 100, id) && space.claim(300, 150, id));
        assert_eq!(space.gaps, BTreeMap::from([(0, 300), (500, 500)]));
        assert!(!space.claim(400, 1, id) && !space.claim(900, 200, id));
        assert!(space.claim(500, 100, id) && space.claim(900, 100, id));
        assert_eq!(space.gaps, BTreeMap::from([(0, 300), (600, 300)]));
    }
}
