//! The call stack of a task: frames of functions and runs of blocks, in one array of words.
//!
//! An entry is three words, and for a frame more:
//!
//! | word | holds |
//! |---|---|
//! | 0 | where it returns to (body, offset); all ones for the bottom |
//! | 1 | the entry below and the home frame below, as indices of words |
//! | 2 | its body, whether it is a frame, and whether it runs again |
//! | 3 | the number of a frame; for a block whose home has ended, the number of that |
//! | 4... | for a frame, the locals of its function |
//! | the last | what `while` or `times` keeps |
//!
//! A call pushes words and a return cuts the array: no allocation, no chain to follow. `home` is the
//! frame that locals and `return` of the top entry belong to; everything above a frame ends before it, so
//! the home of a running block stays where it is.
//!
//! `while` keeps its other block: the body during a turn of the condition, and the reverse. `times` keeps
//! how many turns are left. What is kept is a value, and the last word of its entry, so it moves no local
//! and goes with its entry.
//!
//! A block that was passed on is run in the frame with a certain number, and `find_frame`
//! searches for it. Frames have greater numbers the higher they are, but entries have no fixed size. So the
//! searches keep a list of the frames that they met, and how far up they know every entry. What is dropped
//! from the stack is dropped from the list. So each entry is passed at most once, and the rest is a binary
//! search.

use super::cell::Cell;
use super::index::{Body, EntryIndex, FrameId, FrameNumber, LAST_FRAME, Slot};
use super::memory::Place;
use super::stack::Stack;

/// Whether a run starts again when it ends.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Again {
    /// It ends.
    Once,
    /// Always: started by `repeat`.
    Always,
    /// If it leaves a true flag: started by `repeat_if`.
    WhileTrue,
    /// It is the condition of `while`: if it leaves a true flag, the body follows.
    Condition,
    /// It is the body of `while`: the condition follows.
    Body,
    /// As often as is left: started by `times`.
    Times,
}

impl Again {
    /// Whether the entry keeps a value.
    pub fn keeps(self) -> bool {
        match self {
            Again::Once | Again::Always | Again::WhileTrue => false,
            Again::Condition | Again::Body | Again::Times => true,
        }
    }
}

/// A view of one entry of the call stack.
#[derive(Clone, Copy, Debug)]
pub struct Activation<'s> {
    /// Its number: how many activations are below it.
    pub id: FrameId,
    /// The body it runs: a function for a frame, else a block.
    pub body: Body,
    /// Whether it is a frame with locals of its own.
    pub is_frame: bool,
    /// The number of a frame; for a block, of the frame it was made in, which may have ended.
    pub home: FrameNumber,
    /// Whether it starts again at its end.
    pub again: Again,
    /// The other block of `while`, or how many turns of `times` are left after this one.
    pub kept: Option<Cell>,
    /// Its return address; `None` for the bottom.
    pub returns_to: Option<Place>,
    /// The locals, by slot.
    pub locals: &'s [Cell],
}

/// The words of an entry without those that only a frame has.
pub(super) const HEADER: usize = 3;
/// The words of a frame before its locals.
pub(super) const FRAME: usize = HEADER + 1;
const BOTTOM: u64 = u64::MAX;
pub(super) const NONE: u32 = u32::MAX;

/// How many frames a machine has opened.
#[derive(Clone, Copy, Debug)]
pub(super) struct Frames {
    /// The number of the newest frame.
    pub(super) newest: FrameNumber,
    /// The greatest number that may be given: [`LAST_FRAME`], or less in a test.
    pub(super) most: u64,
}

impl Default for Frames {
    fn default() -> Frames {
        Frames { newest: FrameNumber::FIRST, most: LAST_FRAME }
    }
}

impl Frames {
    /// How many more frames can be numbered.
    pub(super) fn left(self) -> u64 {
        self.most.saturating_sub(self.newest.0)
    }
}

/// The frame whose locals the code at the counter sees, and which `return` leaves.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Home {
    /// A frame on the call stack.
    Live(EntryIndex),
    /// A frame that has ended.
    Ended(FrameNumber),
}

/// The call stack.
#[derive(Clone)]
pub struct CallStack {
    // Headers and locals share the array, so it holds cells; headers are their bits.
    pub(super) words: Stack,
    top: u32,
    home: u32,
    depth: u32,
    /// The frames among the entries below `known`, lowest first.
    met: Vec<(EntryIndex, FrameNumber)>,
    /// Searches have passed all entries below this word.
    known: u32,
}

/// Shows entries, because headers are not cells.
impl std::fmt::Debug for CallStack {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        formatter.debug_list().entries(self.activations()).finish()
    }
}

fn pack(high: u32, low: u32) -> Cell {
    Cell::from_bits(u64::from(high) << 32 | u64::from(low))
}

fn unpack(word: Cell) -> (u32, u32) {
    ((word.to_bits() >> 32) as u32, word.to_bits() as u32)
}

impl CallStack {
    /// The index of the bottom frame.
    pub(super) const BOTTOM: EntryIndex = EntryIndex(0);

    /// A call stack with the bottom frame of a function.
    pub(super) fn new(function: Body, locals: usize, number: FrameNumber) -> CallStack {
        let (words, met) = (Stack::default(), Vec::new());
        let mut stack = CallStack { words, top: NONE, home: NONE, depth: 0, met, known: 0 };
        stack.push_frame(function, None, Again::Once, number, locals);
        stack
    }

    /// The number of entries; the bottom frame counts.
    pub fn depth(&self) -> u32 {
        self.depth
    }

    /// How many words it takes, headers and locals.
    pub(super) fn words(&self) -> usize {
        self.words.len()
    }

    /// Opens a frame.
    pub(super) fn push_frame(
        &mut self,
        body: Body,
        to: Option<Place>,
        again: Again,
        number: FrameNumber,
        locals: usize,
    ) {
        let index = self.words.len() as u32;
        self.push_header(body, to, again, true);
        self.words.push(Cell::from_bits(number.0));
        self.words.extend(std::iter::repeat_n(Cell::UNASSIGNED, locals));
        (self.top, self.home) = (index, index);
    }

    /// Runs a block.
    pub(super) fn push_block(&mut self, body: Body, to: Place, again: Again, home: Home) {
        let index = self.words.len() as u32;
        self.push_header(body, Some(to), again, false);
        self.top = index;
        self.home = match home {
            Home::Live(frame) => frame.0,
            Home::Ended(number) => {
                self.words.push(Cell::from_bits(number.0));
                NONE
            }
        };
    }

    /// Whether the bottom frame is a copy for the block above it, and its function never runs.
    pub(super) fn has_bottom_block(&self) -> bool {
        self.entry(FrameId(1)).is_some_and(|entry| self.returns_to(entry).is_none())
    }

    /// Runs a block above the bottom frame, its home. It has no return address either: its end is the end of the
    /// task.
    pub(super) fn push_bottom_block(&mut self, block: Body) {
        let index = self.words.len() as u32;
        self.push_header(block, None, Again::Once, false);
        self.top = index;
    }

    fn push_header(&mut self, body: Body, to: Option<Place>, again: Again, is_frame: bool) {
        self.words.push(match to {
            Some(place) => pack(place.body.0, place.offset.0),
            None => Cell::from_bits(BOTTOM),
        });
        self.words.push(pack(self.top, self.home));
        self.words.push(pack(body.0, (again as u32) << 1 | u32::from(is_frame)));
        self.depth += 1;
    }

    /// Drops the top entry and returns its return address. One without is never dropped: the bottom, and a block
    /// that a task was made of.
    pub(super) fn pop(&mut self) -> Option<Place> {
        let top = self.top();
        let to = self.returns_to(top)?;
        (self.top, self.home) = unpack(self.words[top.index() + 1]);
        self.words.truncate(top.index());
        self.depth -= 1;
        self.forget_from(top.0);
        Some(to)
    }

    /// Drops every entry above the one at `index`.
    pub(super) fn cut_above(&mut self, index: EntryIndex) {
        while self.top() > index && self.pop().is_some() {}
    }

    /// Drops every entry but the bottom.
    pub(super) fn cut_to_bottom(&mut self) {
        self.cut_above(CallStack::BOTTOM);
    }

    /// Starts the top entry again, which is a frame: as a new one with this number, and without locals.
    pub(super) fn restart_frame(&mut self, number: FrameNumber) {
        let top = self.top as usize;
        self.forget_from(self.top);
        self.words[top + HEADER] = Cell::from_bits(number.0);
        let end = self.words.len() - usize::from(self.again(self.top()).keeps());
        self.words[top + FRAME..end].fill(Cell::UNASSIGNED);
    }

    /// Gives back room.
    pub(super) fn shrink(&mut self) {
        self.words.shrink();
        self.met.shrink_to_fit();
    }

    /// The words, and the registers: top entry, home frame, number of entries. For the fast loop,
    /// which changes copies of the registers and returns them with [`CallStack::restore`].
    pub(super) fn parts(&mut self) -> (&mut Stack, (u32, u32, u32)) {
        (&mut self.words, (self.top, self.home, self.depth))
    }

    /// Sets how many words there are and sets the registers. No entry below the word `low` was dropped.
    pub(super) fn restore(&mut self, len: usize, low: u32, (top, home, depth): (u32, u32, u32)) {
        self.forget_from(low);
        self.words.set_height(len);
        (self.top, self.home, self.depth) = (top, home, depth);
    }

    /// The index of the top entry.
    pub(super) fn top(&self) -> EntryIndex {
        EntryIndex(self.top)
    }

    /// The home of the top entry.
    pub(super) fn home(&self) -> Home {
        match self.home {
            NONE => Home::Ended(self.number(self.top())),
            home => Home::Live(EntryIndex(home)),
        }
    }

    /// The innermost live frame of a function, if it has one. Looks at every entry above it.
    pub(super) fn innermost_frame(&self, function: Body) -> Option<EntryIndex> {
        self.indices().find(|&index| self.is_frame(index) && self.body(index) == function)
    }

    /// The number of the frame at `index`, or the home's of a block whose home has ended.
    pub(super) fn number(&self, index: EntryIndex) -> FrameNumber {
        FrameNumber(self.words[index.index() + HEADER].to_bits())
    }

    /// The live frame with this number, if there is one. Remembers the frames that it met.
    pub(super) fn find_frame(&mut self, number: FrameNumber) -> Option<EntryIndex> {
        if self.home != NONE && self.number(EntryIndex(self.home)) == number {
            return Some(EntryIndex(self.home));
        }
        self.remember_frames();
        self.among_met(number)
    }

    /// Brings the list of frames up to date, so that many searches need not go down the stack.
    pub(super) fn remember_frames(&mut self) {
        let new = self.new_frames();
        self.met.extend(new.into_iter().rev());
        self.known = self.words.len() as u32;
    }

    /// The entries from this word on are dropped or changed.
    fn forget_from(&mut self, word: u32) {
        if word < self.known {
            self.known = word;
            let kept = self.met.partition_point(|&(frame, _)| frame.0 < word);
            self.met.truncate(kept);
        }
    }

    /// As [`CallStack::find_frame`], remembering nothing.
    pub(super) fn frame_with(&self, number: FrameNumber) -> Option<EntryIndex> {
        let new = self.new_frames();
        let found = new.iter().find(|&&(_, other)| other == number).map(|&(frame, _)| frame);
        found.or_else(|| self.among_met(number))
    }

    /// The frames that no search has met, top first.
    fn new_frames(&self) -> Vec<(EntryIndex, FrameNumber)> {
        let new = self.indices().take_while(|index| index.0 >= self.known);
        new.filter(|&index| self.is_frame(index)).map(|index| (index, self.number(index))).collect()
    }

    /// The frame with this number among those that were met.
    fn among_met(&self, number: FrameNumber) -> Option<EntryIndex> {
        let at = self.met.binary_search_by_key(&number, |&(_, number)| number);
        at.ok().map(|at| self.met[at].0)
    }

    /// Indices of all entries, top first.
    pub(super) fn indices(&self) -> impl Iterator<Item = EntryIndex> {
        let below = |&index: &EntryIndex| {
            let (top, _) = unpack(self.words[index.index() + 1]);
            (top != NONE).then_some(EntryIndex(top))
        };
        std::iter::successors(Some(self.top()), below)
    }

    /// The index of an activation, if it exists.
    pub(super) fn entry(&self, id: FrameId) -> Option<EntryIndex> {
        let above = self.innermost_id().0.checked_sub(id.0)?;
        self.indices().nth(above as usize)
    }

    /// All activations, top first.
    pub fn activations(&self) -> impl Iterator<Item = Activation<'_>> {
        let (mut end, mut home) = (self.words.len(), self.home);
        self.indices().zip((0..self.depth).rev()).map(move |(index, id)| {
            let activation = self.activation(FrameId(id), index, home, end);
            end = index.index();
            (_, home) = unpack(self.words[index.index() + 1]);
            activation
        })
    }

    /// An activation, if it exists.
    pub fn activation_of(&self, id: FrameId) -> Option<Activation<'_>> {
        let above = self.innermost_id().0.checked_sub(id.0)?;
        self.activations().nth(above as usize)
    }

    /// The top entry.
    pub fn innermost(&self) -> Activation<'_> {
        self.activation(self.innermost_id(), self.top(), self.home, self.words.len())
    }

    /// The number of the top entry.
    pub fn innermost_id(&self) -> FrameId {
        FrameId(self.depth - 1)
    }

    /// The entry at `index`, whose home is the frame at `home` and whose words end before `end`.
    fn activation(&self, id: FrameId, index: EntryIndex, home: u32, end: usize) -> Activation<'_> {
        let again = self.again(index);
        let locals_end = end - usize::from(again.keeps());
        Activation {
            id,
            body: self.body(index),
            is_frame: self.is_frame(index),
            home: self.number(if home == NONE { index } else { EntryIndex(home) }),
            again,
            kept: again.keeps().then(|| self.words[end - 1]),
            returns_to: self.returns_to(index),
            locals: &self.words[(index.index() + FRAME).min(locals_end)..locals_end],
        }
    }

    /// Where the entry at `index` returns to.
    pub(super) fn returns_to(&self, index: EntryIndex) -> Option<Place> {
        let word = self.words[index.index()];
        let (body, offset) = unpack(word);
        (word.to_bits() != BOTTOM).then(|| Place::new(body, offset))
    }

    /// The home of the entry below the one at `index`, as the index of a word; [`NONE`] if it has ended.
    pub(super) fn home_below(&self, index: EntryIndex) -> u32 {
        unpack(self.words[index.index() + 1]).1
    }

    /// The body that the entry at `index` runs.
    pub(super) fn body(&self, index: EntryIndex) -> Body {
        Body(unpack(self.words[index.index() + 2]).0)
    }

    pub(super) fn is_frame(&self, index: EntryIndex) -> bool {
        unpack(self.words[index.index() + 2]).1 & 1 == 1
    }

    /// Whether the entry at `index` starts again.
    pub(super) fn again(&self, index: EntryIndex) -> Again {
        match unpack(self.words[index.index() + 2]).1 >> 1 {
            0 => Again::Once,
            1 => Again::Always,
            2 => Again::WhileTrue,
            3 => Again::Condition,
            4 => Again::Body,
            5 => Again::Times,
            _ => unreachable!("a header is made from one of the six"),
        }
    }

    /// A local of the frame at `index`.
    pub(super) fn local(&self, index: EntryIndex, slot: Slot) -> Cell {
        self.words[index.index() + FRAME + slot.index()]
    }

    /// The locals of the frame at `index`, of which there are `count`.
    pub(super) fn locals_of(&self, index: EntryIndex, count: usize) -> &[Cell] {
        let first = index.index() + FRAME;
        &self.words[first..first + count]
    }

    pub(super) fn set_locals(&mut self, index: EntryIndex, values: &[Cell]) {
        let first = index.index() + FRAME;
        self.words[first..first + values.len()].copy_from_slice(values);
    }

    pub(super) fn set_local(&mut self, index: EntryIndex, slot: Slot, value: Cell) {
        self.words[index.index() + FRAME + slot.index()] = value;
    }

    /// Replaces the return address of every entry.
    pub(super) fn map_returns(&mut self, change: impl Fn(Place) -> Place) {
        let mut index = self.top();
        // Only at the bottom are entries without a return address.
        while let Some(place) = self.returns_to(index) {
            let place = change(place);
            self.words[index.index()] = pack(place.body.0, place.offset.0);
            index = EntryIndex(unpack(self.words[index.index() + 1]).0);
        }
    }

    /// Replaces every local and every value that is kept.
    pub(super) fn map_values(&mut self, mut change: impl FnMut(Cell) -> Cell) {
        let mut end = self.words.len();
        let indices: Vec<EntryIndex> = self.indices().collect();
        for index in indices {
            let kept = end - usize::from(self.again(index).keeps());
            let first = if self.is_frame(index) { index.index() + FRAME } else { kept };
            for word in &mut self.words[first..end] {
                *word = change(*word);
            }
            end = index.index();
        }
    }

    /// Replaces every number of a frame.
    pub(super) fn map_numbers(&mut self, change: impl Fn(FrameNumber) -> FrameNumber) {
        self.forget_from(0);
        let mut home = self.home;
        let indices: Vec<EntryIndex> = self.indices().collect();
        for index in indices {
            if self.is_frame(index) || home == NONE {
                self.words[index.index() + HEADER] = Cell::from_bits(change(self.number(index)).0);
            }
            (_, home) = unpack(self.words[index.index() + 1]);
        }
    }

    /// Gives every frame of a function room for `locals` locals. Rebuilds the array, which happens only
    /// when an edit gives a new local to a function with live frames.
    pub(super) fn widen(&mut self, function: Body, locals: usize) {
        let mut old: Vec<usize> = self.indices().map(EntryIndex::index).collect();
        old.reverse();
        let mut moved: Vec<(usize, u32)> = Vec::with_capacity(old.len());
        let mut words = Vec::with_capacity(self.words.len());
        let new_index = |moved: &[(usize, u32)], index: u32| match index {
            NONE => NONE,
            _ => {
                let at = moved.binary_search_by_key(&(index as usize), |&(old, _)| old);
                moved[at.expect("a header refers to entries below it")].1
            }
        };
        for (n, &index) in old.iter().enumerate() {
            let end = old.get(n + 1).copied().unwrap_or(self.words.len());
            moved.push((index, words.len() as u32));
            let (top, home) = unpack(self.words[index + 1]);
            words.push(self.words[index]);
            words.push(pack(new_index(&moved, top), new_index(&moved, home)));
            let entry = EntryIndex::from_index(index);
            let kept = end - usize::from(self.again(entry).keeps());
            words.extend_from_slice(&self.words[index + 2..kept]);
            if self.is_frame(entry) && self.body(entry) == function {
                let missing = (index + FRAME + locals).saturating_sub(kept);
                words.extend(std::iter::repeat_n(Cell::UNASSIGNED, missing));
            }
            words.extend_from_slice(&self.words[kept..end]);
        }
        (self.top, self.home) = (new_index(&moved, self.top), new_index(&moved, self.home));
        self.words = Stack::from(words);
        self.forget_from(0);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn sample() -> CallStack {
        let mut stack = CallStack::new(Body(0), 1, FrameNumber(1));
        stack.push_frame(Body(1), Some(Place::new(0, 2)), Again::Once, FrameNumber(2), 1);
        stack.set_local(stack.top(), Slot(0), Cell::flag(true));
        stack.push_block(Body(2), Place::new(1, 5), Again::WhileTrue, stack.home());
        stack
    }

    #[test]
    fn pops_what_was_pushed() {
        let mut stack = sample();
        let again: Vec<_> = stack.activations().map(|a| (a.body.0, a.is_frame, a.again)).collect();
        let bottom = (0, true, Again::Once);
        assert_eq!(again, [(2, false, Again::WhileTrue), (1, true, Again::Once), bottom]);
        assert_eq!(stack.pop(), Some(Place::new(1, 5)));
        assert_eq!(stack.pop(), Some(Place::new(0, 2)));
        assert_eq!(stack.pop(), None);
        assert_eq!(stack.depth(), 1);
    }

    #[test]
    fn widening_keeps_locals_and_homes() {
        let mut stack = sample();
        stack.push_block(Body(2), Place::new(2, 1), Again::Once, Home::Ended(FrameNumber(7)));
        stack.push_frame(Body(1), Some(Place::new(2, 1)), Again::Once, FrameNumber(9), 1);
        let homes = |stack: &CallStack| -> Vec<u64> {
            stack.activations().map(|entry| entry.home.0).collect()
        };
        assert_eq!(homes(&stack), [9, 7, 2, 2, 1]);
        stack.widen(Body(1), 3);
        assert_eq!(homes(&stack), [9, 7, 2, 2, 1]);
        let locals: Vec<usize> = stack.activations().map(|a| a.locals.len()).collect();
        assert_eq!(locals, [3, 0, 0, 3, 1]);
        stack.pop();
        assert_eq!(stack.home(), Home::Ended(FrameNumber(7)));
        stack.pop();
        let Home::Live(home) = stack.home() else { panic!("its frame is alive") };
        assert_eq!(stack.local(home, Slot(0)), Cell::flag(true));
        assert_eq!(stack.local(home, Slot(2)), Cell::UNASSIGNED);
    }

    #[test]
    fn frames_are_found_by_number_whatever_was_popped_since() {
        let mut stack = CallStack::new(Body(0), 0, FrameNumber(1));
        let mut number = 1;
        let mut live = vec![1];
        // Grows and shrinks like a sawtooth. Every third entry is a block: 0 in `live`.
        for step in 0..3000_u32 {
            let to = Place::new(0, step);
            if step % 7 < 4 || live.len() == 1 {
                if step % 3 == 0 {
                    stack.push_block(Body(9), to, Again::Once, Home::Live(EntryIndex(0)));
                    live.push(0);
                } else {
                    number += 1 + u64::from(step % 3);
                    let locals = step as usize % 4;
                    let (body, number) = (Body(step % 5), FrameNumber(number));
                    stack.push_frame(body, Some(to), Again::Once, number, locals);
                    live.push(number.0);
                }
            } else {
                stack.pop();
                live.pop();
            }
            for wanted in [u64::from(step) + 1, number, number / 2 + 1, 1] {
                let found = stack.find_frame(FrameNumber(wanted));
                assert_eq!(found, stack.frame_with(FrameNumber(wanted)));
                assert_eq!(
                    found.is_some(),
                    live.contains(&wanted),
                    "frame {wanted} at step {step}"
                );
                assert!(found.is_none_or(|frame| stack.number(frame).0 == wanted));
            }
        }
    }
}
