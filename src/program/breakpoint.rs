//! The breakpoints of an image: cells before which a run pauses, each perhaps only under a condition, or
//! only from its n-th time on.
//!
//! What is asked while a program runs, which cells to pause at and which to count, is kept as two sets,
//! so that a run need not look at every breakpoint. The count of a cell belongs to the image: it is how
//! often the instruction there was *executed*. So it is the same however often a run is interrupted, and
//! undo and replay restore it. A condition does not take part in it, because a replay would have to
//! evaluate it.

use std::collections::{BTreeMap, BTreeSet};

use crate::vm::memory::Place;

/// A mark before whose cell a run pauses.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Breakpoint {
    /// Whether it pauses runs.
    pub enabled: bool,
    /// A line of FlpcForth that must leave a true value; empty for no condition.
    pub condition: String,
    /// From which time on it pauses; 1 for every time.
    pub from: u64,
    /// How often its cell was executed, if it does not pause every time.
    pub passed: u64,
}

impl Default for Breakpoint {
    fn default() -> Breakpoint {
        Breakpoint { enabled: true, condition: String::new(), from: 1, passed: 0 }
    }
}

impl Breakpoint {
    /// Whether it is like one that was just set.
    pub fn is_plain(&self) -> bool {
        *self == Breakpoint::default()
    }

    /// Whether the next time that its cell is executed counts.
    pub fn is_due(&self) -> bool {
        self.passed.saturating_add(1) >= self.from
    }

    /// Whether the times that its cell is executed are counted.
    fn counts(&self) -> bool {
        self.enabled && self.from > 1
    }
}

/// All breakpoints of an image.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Breakpoints {
    all: BTreeMap<Place, Breakpoint>,
    /// Those that are enabled.
    pauses: BTreeSet<Place>,
    /// Those of them that do not pause every time.
    counted: BTreeSet<Place>,
}

impl Breakpoints {
    /// All of them, in the order of their places.
    pub fn iter(&self) -> impl ExactSizeIterator<Item = (Place, &Breakpoint)> {
        self.all.iter().map(|(&at, breakpoint)| (at, breakpoint))
    }

    /// How many there are.
    pub fn len(&self) -> usize {
        self.all.len()
    }

    /// Whether there are none.
    pub fn is_empty(&self) -> bool {
        self.all.is_empty()
    }

    /// The one at a place.
    pub fn get(&self, at: Place) -> Option<&Breakpoint> {
        self.all.get(&at)
    }

    /// Whether there is one at a place, enabled or not.
    pub fn contains(&self, at: &Place) -> bool {
        self.all.contains_key(at)
    }

    /// The places of those that are enabled.
    pub fn pauses(&self) -> &BTreeSet<Place> {
        &self.pauses
    }

    /// The places whose executions are counted.
    pub fn counted(&self) -> &BTreeSet<Place> {
        &self.counted
    }

    /// Those that are enabled.
    pub fn enabled(&self) -> Breakpoints {
        let enabled = self.iter().filter(|(_, breakpoint)| breakpoint.enabled);
        enabled.map(|(at, breakpoint)| (at, breakpoint.clone())).collect()
    }

    /// Sets a plain one, instead of any that is there.
    pub fn insert(&mut self, at: Place) {
        self.set(at, Breakpoint::default());
    }

    /// Sets one, instead of any that is there.
    pub fn set(&mut self, at: Place, breakpoint: Breakpoint) {
        set(&mut self.pauses, at, breakpoint.enabled);
        set(&mut self.counted, at, breakpoint.counts());
        self.all.insert(at, breakpoint);
    }

    /// Removes the one at a place, if there is one.
    pub fn remove(&mut self, at: Place) {
        self.all.remove(&at);
        self.pauses.remove(&at);
        self.counted.remove(&at);
    }

    /// Counts that the instruction at a place was executed.
    pub fn count(&mut self, at: Place) {
        if self.counted.contains(&at) {
            let breakpoint = self.all.get_mut(&at).expect("every place that is counted has one");
            breakpoint.passed = breakpoint.passed.saturating_add(1);
        }
    }

    /// Moves each of them, or drops it.
    pub fn relocate(&mut self, moved: impl Fn(Place) -> Option<Place>) {
        let all = std::mem::take(self).all.into_iter();
        *self = all.filter_map(|(at, breakpoint)| Some((moved(at)?, breakpoint))).collect();
    }
}

fn set(places: &mut BTreeSet<Place>, at: Place, is_in: bool) {
    match is_in {
        true => places.insert(at),
        false => places.remove(&at),
    };
}

impl FromIterator<(Place, Breakpoint)> for Breakpoints {
    fn from_iter<I: IntoIterator<Item = (Place, Breakpoint)>>(all: I) -> Breakpoints {
        let mut breakpoints = Breakpoints::default();
        all.into_iter().for_each(|(at, breakpoint)| breakpoints.set(at, breakpoint));
        breakpoints
    }
}

impl FromIterator<Place> for Breakpoints {
    fn from_iter<I: IntoIterator<Item = Place>>(places: I) -> Breakpoints {
        places.into_iter().map(|at| (at, Breakpoint::default())).collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_sets_follow_what_is_set() {
        let at = Place::new(0, 3);
        let mut all = Breakpoints::default();
        all.insert(at);
        all.count(at);
        assert!(all.get(at).unwrap().is_plain() && all.counted().is_empty());
        let third = Breakpoint { from: 3, ..Breakpoint::default() };
        all.set(at, third.clone());
        for passed in 1..3 {
            assert!(!all.get(at).unwrap().is_due());
            all.count(at);
            assert_eq!(all.get(at).unwrap().passed, passed);
        }
        assert!(all.get(at).unwrap().is_due());
        all.set(at, Breakpoint { enabled: false, ..third });
        assert!(all.pauses().is_empty() && all.counted().is_empty() && all.contains(&at));
        all.count(at);
        assert_eq!((all.get(at).unwrap().passed, all.enabled().len()), (0, 0));
        all.remove(at);
        assert_eq!(all, Breakpoints::default());
    }
}
