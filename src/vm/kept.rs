//! What `while` and `times` keep on the call stack: the last word of their entry; see [`super::frame`].

use super::cell::Cell;
use super::frame::{Again, CallStack};
use super::index::EntryIndex;

impl CallStack {
    /// Gives the top entry, which was just pushed, the value that it keeps.
    pub(super) fn keep(&mut self, value: Cell) {
        self.words.push(value);
    }

    /// The value that an entry keeps, if it keeps one. Looks at every entry above it.
    pub(super) fn kept(&self, index: EntryIndex) -> Option<Cell> {
        self.again(index).keeps().then(|| self.words[self.end(index) - 1])
    }

    /// Replaces the value that an entry keeps. Looks at every entry above it.
    pub(super) fn set_kept(&mut self, index: EntryIndex, value: Cell) {
        let end = self.end(index);
        self.words[end - 1] = value;
    }

    /// Where the words of an entry end.
    fn end(&self, index: EntryIndex) -> usize {
        let above = self.indices().take_while(|&above| above > index).last();
        above.map_or(self.words.len(), EntryIndex::index)
    }

    /// Replaces all values that are kept, bottom first.
    pub(super) fn fill_kept(&mut self, mut values: Vec<Cell>) {
        let mut end = self.words.len();
        let indices: Vec<EntryIndex> = self.indices().collect();
        for index in indices {
            if self.again(index).keeps() {
                self.words[end - 1] = values.pop().expect("there is one for each");
            }
            end = index.index();
        }
    }

    /// The innermost loop that was begun in the frame at `home`. Looks at every entry above it, all of
    /// which end with the loop.
    pub(super) fn innermost_loop(&self, home: EntryIndex) -> Option<EntryIndex> {
        let begun_there = |index: EntryIndex| self.home_below(index) == home.0;
        let mut inside = self.indices().take_while(|&index| index > home);
        inside.find(|&index| self.again(index) != Again::Once && begun_there(index))
    }
}
