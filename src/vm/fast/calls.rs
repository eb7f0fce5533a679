//! Calls, blocks and returns: pushing and dropping entries of the call stack.

use super::decode::{NOWHERE, Target};
use super::likely::long_turn;
use super::op::{Op, Source};
use super::run::{Cpu, Flow, WINDOW, source, stop};
use crate::vm::cell::Cell;
use crate::vm::frame::{FRAME, HEADER, NONE};
use crate::vm::index::{Body, FrameNumber};

/// The bits of a header word.
const fn pair(high: u32, low: u32) -> u64 {
    (high as u64) << 32 | low as u64
}

/// The flags word of an entry: bit 0 for a frame, above it whether it runs again (0 once, 1 always, 2
/// while true, 3 and 4 the condition and the body of `while`, 5 times).
pub(super) const FRAME_ONCE: u32 = 1;
pub(super) const BLOCK_ONCE: u32 = 0;
pub(super) const ALWAYS: u32 = 1 << 1;
pub(super) const WHILE_TRUE: u32 = 2 << 1;
const CONDITION: u32 = 3 << 1;
const BODY: u32 = 4 << 1;
const TIMES: u32 = 5 << 1;

impl Cpu<'_, '_> {
    #[inline(always)]
    pub(super) fn target(&self, body: u32) -> Option<Target> {
        let target = *self.context.targets.get(body as usize)?;
        (target.base != NOWHERE).then_some(target)
    }

    /// Whether there is room for another entry. Written so that the compiler sees that
    /// [`Cpu::push_header`] need not check it again.
    #[inline(always)]
    fn has_room(&self) -> bool {
        let free = self.context.w.len().checked_sub(self.context.wp);
        free.is_some_and(|free| free >= FRAME + WINDOW)
    }

    /// The function with this body number, if it is decoded and there is room for a frame.
    #[inline(always)]
    pub(super) fn callable(&self, body: u32) -> Option<Target> {
        let target = self.target(body)?;
        (self.has_room() && self.context.depth < self.context.deepest).then_some(target)
    }

    /// Pushes the header of an entry, if there is room. Returns the words after it, which a frame may take.
    #[inline(always)]
    pub(super) fn push_header(
        &mut self,
        behind: u64,
        body: u32,
        flags: u32,
    ) -> Option<&mut [Cell; WINDOW + 1]> {
        let context = &mut *self.context;
        let words: &mut [Cell; FRAME + WINDOW] =
            context.w.get_mut(context.wp..)?.first_chunk_mut()?;
        words[0] = Cell::from_bits(behind);
        words[1] = Cell::from_bits(pair(context.top, self.home));
        words[2] = Cell::from_bits(pair(body, flags));
        context.top = context.wp as u32;
        context.wp += HEADER;
        context.depth += 1;
        words[HEADER..].first_chunk_mut()
    }

    #[inline(always)]
    pub(super) fn call(&mut self, op: &Op, body: u32, target: Target) -> bool {
        let count = target.words as usize;
        let number = self.context.next;
        if let Some(words) = self.push_header(op.behind, body, FRAME_ONCE) {
            words[0] = Cell::from_bits(number);
            words[1] = Cell::UNASSIGNED;
            // Most functions have at most one local, and a loop would cost more than the store.
            if count > 2 {
                words[1..count.min(WINDOW + 1)].fill(Cell::UNASSIGNED);
            }
        }
        self.context.next += 1;
        self.home = self.context.top;
        self.context.wp += count;
        self.context.start = target.base as usize;
        self.pc = target.base as usize;
        true
    }

    /// Where the operations of a block begin, if they are decoded and there is room to enter it. Decoding
    /// has checked that the block belongs to this function.
    #[inline(always)]
    pub(super) fn enterable(&self, block: u32) -> Option<u32> {
        let target = self.target(block)?;
        (self.has_room() && self.context.depth < self.context.deepest).then_some(target.base)
    }

    #[inline(always)]
    pub(super) fn enter(&mut self, op: &Op, block: u32, base: u32, flags: u32) -> bool {
        self.push_header(op.behind, block, flags);
        self.context.start = base as usize;
        self.pc = base as usize;
        true
    }

    /// The body and the flags of an entry, which always exists. The default costs less than a path that
    /// panics.
    #[inline(always)]
    pub(super) fn entry(&self, index: u32) -> (u32, u32) {
        let word = self.context.w.get(index as usize + 2).map_or(0, |word| word.to_bits());
        ((word >> 32) as u32, word as u32)
    }

    /// Where the entry at `index` returns to, with the registers of the entry below, if all of that is
    /// decoded and consistent.
    #[inline(always)]
    pub(super) fn below(&self, index: u32) -> Option<Below> {
        let header: &[Cell; HEADER] = self.context.w.get(index as usize..)?.first_chunk()?;
        let (to, saved) = (header[0].to_bits(), header[1].to_bits());
        let target = self.context.targets.get((to >> 32) as usize)?;
        let (top, home) = ((saved >> 32) as u32, saved as u32);
        if index < self.context.trusted {
            self.context.low.set(self.context.low.get().min(index));
            let decoded = target.base != NOWHERE && (to as u32) < target.len;
            let left_here = self.context.floor.is_none_or(|floor| index > floor);
            if !left_here || !decoded || home == NONE || self.entry(home).0 != target.owner {
                return None;
            }
        }
        let start = target.base as usize;
        Some(Below { start, pc: start + to as u32 as usize, top, home })
    }

    /// Enters the function or the block on the stack and drops `take` values. Handles a function that runs
    /// once, and a block whose frame is near.
    #[inline(always)]
    pub(super) fn enter_address(
        &mut self,
        op: &Op,
        address: Cell,
        take: usize,
        flags: u32,
    ) -> bool {
        let Some(Body(body)) = address.as_code() else { return false };
        let Some(target) = self.callable(body) else { return false };
        if target.owner == body {
            if flags != BLOCK_ONCE {
                return false;
            }
            self.sp -= take;
            return self.call(op, body, target);
        }
        let Some(home) = address.block_home().and_then(|number| self.frame_with(number)) else {
            return false;
        };
        self.sp -= take;
        self.enter(op, body, target.base, flags);
        self.home = home;
        true
    }

    /// The frame with this number, if it is the home frame or among the top few entries. The stepper
    /// searches further, and knows whether it has ended.
    #[inline(always)]
    fn frame_with(&self, FrameNumber(number): FrameNumber) -> Option<u32> {
        const NEAR: usize = 32;
        let numbered = |index: u32| {
            let word = self.context.w.get(index as usize + HEADER);
            word.is_some_and(|word| word.to_bits() == number)
        };
        if numbered(self.home) {
            return Some(self.home);
        }
        let mut index = self.context.top;
        for _ in 0..NEAR {
            // The word after the header of a block is something else, unless its frame has ended.
            if self.entry(index).1 & FRAME_ONCE != 0 && numbered(index) {
                return Some(index);
            }
            let below = (self.context.w.get(index as usize + 1)?.to_bits() >> 32) as u32;
            if below == NONE {
                return None;
            }
            index = below;
        }
        None
    }

    /// Where `return` leads, if the home frame runs once. (The return address of the bottom is in no
    /// body.)
    #[inline(always)]
    pub(super) fn returnable(&self) -> Option<Below> {
        if self.entry(self.home).1 != FRAME_ONCE {
            return None;
        }
        self.below(self.home)
    }

    /// Leaves the home frame, and all above it.
    #[inline(always)]
    pub(super) fn leave(&mut self, to: Below) -> bool {
        let mut entry = self.context.top;
        while entry != self.home {
            self.context.depth -= 1;
            entry = (self.context.w[entry as usize + 1].to_bits() >> 32) as u32;
        }
        self.context.top = self.home;
        self.pop_entry(to)
    }

    /// Where the end of the top entry leads, if it is not the bottom.
    #[inline(always)]
    pub(super) fn endable(&self) -> Option<Below> {
        if self.context.top == 0 { None } else { self.below(self.context.top) }
    }

    /// Drops the top entry.
    #[inline(always)]
    pub(super) fn pop_entry(&mut self, to: Below) -> bool {
        self.context.wp = self.context.top as usize;
        (self.pc, self.context.top, self.home) = (to.pc, to.top, to.home);
        self.context.start = to.start;
        self.context.depth -= 1;
        true
    }

    /// Where a body begins, if it belongs to the function of the home frame.
    #[inline(always)]
    pub(super) fn own_base(&self, body: u32) -> Option<u32> {
        let target = self.target(body)?;
        (target.owner == self.entry(self.home).0).then_some(target.base)
    }

    /// `end` by itself.
    #[inline(always)]
    pub(super) fn end(&mut self, _: &Op) -> Flow {
        let (body, flags) = self.entry(self.context.top);
        let again = match flags {
            BLOCK_ONCE | FRAME_ONCE => false,
            ALWAYS => true,
            WHILE_TRUE => match self.top(0) {
                Some(flag) => !flag.is_false(),
                None => return Flow::Long(stop),
            },
            _ => return Flow::Long(long_turn),
        };
        if self.end_or_turn(body, flags, again) { Flow::Done } else { Flow::Long(stop) }
    }

    #[inline(always)]
    fn end_or_turn(&mut self, body: u32, flags: u32, again: bool) -> bool {
        let take = usize::from(flags == WHILE_TRUE);
        if again {
            let Some(base) = self.own_base(body) else { return false };
            self.sp -= take;
            self.context.start = base as usize;
            self.pc = base as usize;
            return true;
        }
        let Some(to) = self.endable() else { return false };
        self.sp -= take;
        self.pop_entry(to)
    }
}

/// The turns of `while` and `times`, which the stepper begins. A function there is left to the stepper.
impl Cpu<'_, '_> {
    /// `end` of a turn, if the top entry runs a block.
    pub(super) fn end_turn(&mut self, _: &Op) -> bool {
        let (body, flags) = self.entry(self.context.top);
        match flags {
            CONDITION => {
                let Some(flag) = self.top(0) else { return false };
                let done = self.end_condition(body, !flag.is_false());
                self.sp -= usize::from(done);
                done
            }
            BODY => self.other(body, CONDITION),
            TIMES => self.end_time(body),
            _ => false,
        }
    }

    /// The end of a condition that leaves this flag, which is not on the stack any more.
    fn end_condition(&mut self, body: u32, flag: bool) -> bool {
        if flag {
            return self.other(body, BODY);
        }
        let Some(to) = self.endable() else { return false };
        self.pop_entry(to)
    }

    /// A comparison and the end of a condition. An operation that also assigns a local is left to the stepper.
    pub(super) fn compare_condition<const S: u8>(&mut self, op: &Op) -> bool {
        let (body, flags) = self.entry(self.context.top);
        let Some(flag) = self.comparison::<S>(op) else { return false };
        if flags != CONDITION || source(S) == Source::Ti {
            return false;
        }
        let done = self.end_condition(body, flag);
        self.sp -= if done { source(S).pops() } else { 0 };
        done
    }

    fn end_time(&mut self, body: u32) -> bool {
        let Some(left) = self.kept().as_integer() else { return false };
        if left <= 0 {
            let Some(to) = self.endable() else { return false };
            return self.pop_entry(to);
        }
        let (Some(base), Some(less)) = (self.own_base(body), Cell::integer(left - 1)) else {
            return false;
        };
        self.context.w[self.context.wp - 1] = less;
        self.go_to(base)
    }

    /// Exchanges the block of the top entry for the other one of `while`, if that is a block whose frame is
    /// near.
    fn other(&mut self, body: u32, flags: u32) -> bool {
        let kept = self.kept();
        let (Some(Body(next)), Some(number)) = (kept.as_code(), kept.block_home()) else {
            return false;
        };
        let (Some(target), Some(home)) = (self.target(next), self.frame_with(number)) else {
            return false;
        };
        let own = self.context.w[self.home as usize + HEADER].to_bits();
        let top = self.context.top as usize;
        self.context.w[self.context.wp - 1] = Cell::block_value(Body(body), FrameNumber(own));
        self.context.w[top + 2] = Cell::from_bits(pair(next, flags));
        self.home = home;
        self.go_to(target.base)
    }

    /// What the top entry keeps.
    fn kept(&self) -> Cell {
        self.context.w[self.context.wp - 1]
    }

    fn go_to(&mut self, base: u32) -> bool {
        (self.context.start, self.pc) = (base as usize, base as usize);
        true
    }
}

/// Where control goes when an entry ends.
#[derive(Clone, Copy)]
pub(super) struct Below {
    /// Where the operations of the body begin.
    pub(super) start: usize,
    pub(super) pc: usize,
    pub(super) top: u32,
    pub(super) home: u32,
}
