//! Calls, blocks and returns: pushing and dropping entries of the call stack.

use super::decode::{Inline, NOWHERE, SCRATCH, Target, Turn};
use super::likely::long_turn;
use super::op::{Code, Op};
use super::run::{Cpu, Flow, WINDOW, stop};
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
pub(super) const CONDITION: u32 = 3 << 1;
const BODY: u32 = 4 << 1;
pub(super) const TIMES: u32 = 5 << 1;

impl Cpu<'_, '_> {
    /// The home frame, as the index of its entry.
    #[inline(always)]
    pub(super) fn home(&self) -> usize {
        self.locals - FRAME
    }

    #[inline(always)]
    fn set_home(&mut self, home: usize) {
        self.locals = home + FRAME;
    }

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
        (self.context.calls_left > 0 && self.has_room()).then_some(target)
    }

    /// Pushes the header of an entry, if there is room. Returns the words after it, which a frame may take.
    #[inline(always)]
    pub(super) fn push_header(
        &mut self,
        behind: u64,
        body: u32,
        flags: u32,
    ) -> Option<&mut [Cell; WINDOW + 1]> {
        let home = self.home() as u32;
        let context = &mut *self.context;
        let words: &mut [Cell; FRAME + WINDOW] =
            context.w.get_mut(context.wp..)?.first_chunk_mut()?;
        words[0] = Cell::from_bits(behind);
        words[1] = Cell::from_bits(pair(context.top, home));
        words[2] = Cell::from_bits(pair(body, flags));
        context.top = context.wp as u32;
        context.wp += HEADER;
        context.calls_left -= 1;
        words[HEADER..].first_chunk_mut()
    }

    #[inline(always)]
    pub(super) fn call(&mut self, op: &Op, body: u32, target: Target) -> bool {
        let count = target.words as usize;
        let number = self.context.next;
        if let Some(words) = self.push_header(op.behind, body, FRAME_ONCE) {
            words[0] = Cell::from_bits(number);
            // Most functions have few locals, and a loop would cost more than some stores too many.
            const FEW: usize = 5;
            words[1..FEW].fill(Cell::UNASSIGNED);
            if count > FEW {
                words[FEW..count.min(WINDOW + 1)].fill(Cell::UNASSIGNED);
            }
        }
        self.context.next += 1;
        self.set_home(self.context.top as usize);
        self.context.wp += count;
        self.pc = target.base as usize;
        true
    }

    #[inline(always)]
    pub(super) fn enter(&mut self, op: &Op, block: u32, base: u32, flags: u32) -> bool {
        self.push_header(op.behind, block, flags);
        self.pc = base as usize;
        true
    }

    /// The body and the flags of an entry, which always exists. The default costs less than a path that
    /// panics.
    #[inline(always)]
    pub(super) fn entry(&self, index: usize) -> (u32, u32) {
        let word = self.context.w.get(index + 2).map_or(0, |word| word.to_bits());
        ((word >> 32) as u32, word as u32)
    }

    /// Where the entry at `index` returns to, with the registers of the entry below, if all of that is
    /// decoded and consistent.
    #[inline(always)]
    pub(super) fn below(&self, index: usize) -> Option<Below> {
        let header: &[Cell; HEADER] = self.context.w.get(index..)?.first_chunk()?;
        let (to, saved) = (header[0].to_bits(), header[1].to_bits());
        let target = self.context.targets.get((to >> 32) as usize)?;
        let (top, home) = ((saved >> 32) as u32, saved as u32 as usize);
        if index < self.context.trusted as usize {
            let index = index as u32;
            let decoded = target.base != NOWHERE && (to as u32) < target.len;
            let left_here = self.context.floor.is_none_or(|floor| index > floor);
            if !left_here || !decoded || home == NONE as usize || self.entry(home).0 != target.owner
            {
                return None;
            }
        }
        let start = target.base as usize;
        Some(Below { pc: start + to as u32 as usize, top, home })
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
        self.set_home(home);
        true
    }

    /// The frame with this number, if it is the home frame or among the top few entries. The stepper
    /// searches further, and knows whether it has ended.
    #[inline(always)]
    pub(super) fn frame_with(&self, FrameNumber(number): FrameNumber) -> Option<usize> {
        const NEAR: usize = 32;
        let numbered = |index: usize| {
            let word = self.context.w.get(index + HEADER);
            word.is_some_and(|word| word.to_bits() == number)
        };
        if numbered(self.home()) {
            return Some(self.home());
        }
        let mut index = self.context.top as usize;
        for _ in 0..NEAR {
            // The word after the header of a block is something else, unless its frame has ended.
            if self.entry(index).1 & FRAME_ONCE != 0 && numbered(index) {
                return Some(index);
            }
            let below = (self.context.w.get(index + 1)?.to_bits() >> 32) as u32;
            if below == NONE {
                return None;
            }
            index = below as usize;
        }
        None
    }

    /// Where `return` leads, if the home frame runs once. (The return address of the bottom is in no
    /// body.)
    #[inline(always)]
    pub(super) fn returnable(&self) -> Option<Below> {
        if self.entry(self.home()).1 != FRAME_ONCE {
            return None;
        }
        self.below(self.home())
    }

    /// As [`Cpu::returnable`], for the common case: the home frame is the top entry, and was pushed by this
    /// loop. It is left with [`Cpu::drop_entry`].
    #[inline(always)]
    pub(super) fn quickly_returnable(&self) -> Option<Below> {
        let home = self.home();
        if home != self.context.top as usize || home < self.context.trusted as usize {
            return None;
        }
        let header: &[Cell; HEADER] = self.context.w.get(home..)?.first_chunk()?;
        if header[2].to_bits() as u32 != FRAME_ONCE {
            return None;
        }
        let (to, saved) = (header[0].to_bits(), header[1].to_bits());
        let base = self.context.targets.get((to >> 32) as usize)?.base;
        let pc = base as usize + to as u32 as usize;
        Some(Below { pc, top: (saved >> 32) as u32, home: saved as u32 as usize })
    }

    /// Leaves the home frame, and all above it.
    #[inline(always)]
    pub(super) fn leave(&mut self, to: Below) -> bool {
        self.leave_entry(self.home(), to)
    }

    /// Leaves an entry, and all above it.
    #[inline(always)]
    fn leave_entry(&mut self, entry: usize, to: Below) -> bool {
        let mut top = self.context.top as usize;
        while top != entry {
            self.context.calls_left += 1;
            top = (self.context.w[top + 1].to_bits() >> 32) as usize;
        }
        self.context.top = entry as u32;
        self.pop_entry(to)
    }

    /// `leave`: ends the innermost loop that the home frame has begun.
    pub(super) fn leave_loop(&mut self, _: &Op) -> bool {
        let mut entry = self.context.top as usize;
        while entry != self.home() {
            let Some(&saved) = self.context.w.get(entry + 1) else { return false };
            let begun_here = saved.to_bits() as u32 as usize == self.home();
            if begun_here && self.entry(entry).1 > FRAME_ONCE {
                let Some(to) = self.below(entry) else { return false };
                return self.leave_entry(entry, to);
            }
            entry = (saved.to_bits() >> 32) as usize;
        }
        false
    }

    /// Pushes the entries of the inline block that this operation is in, and of those around it, and goes on
    /// outside of it, with the same cell.
    pub(super) fn deep(&mut self, op: &Op) -> bool {
        let body = (op.behind >> 32) as u32;
        let fits = self.context.w.len() - self.context.wp >= SCRATCH + FRAME + WINDOW
            && self.context.calls_left >= u32::from(op.level);
        let Some(target) = self.target(body).filter(|_| fits) else { return false };
        self.push_around(op.other, self.context.wp);
        let base = target.base as usize;
        self.pc = base + op.behind as u32 as usize - usize::from(op.len);
        // The cell is still to be executed.
        self.left += u64::from(op.len);
        true
    }

    /// Pushes the entry of an inline block and before it those around it. `wp` is where the first will be.
    fn push_around(&mut self, number: u32, wp: usize) {
        let Inline { outer, block, turn, behind, level, .. } = self.context.inline[number as usize];
        if let Some(outer) = outer {
            self.push_around(outer, wp);
        }
        let kept = if matches!(turn, Turn::Times(_)) {
            Some(self.context.w[wp + SCRATCH + level as usize])
        } else {
            turn.other().map(|block| self.block_here(block))
        };
        let flags = (turn.again() as u32) << 1;
        let pushed = self.push_header(behind, block, flags).is_some();
        assert!(pushed, "there is room for the entries of all levels");
        if let Some(kept) = kept {
            self.context.w[self.context.wp] = kept;
            self.context.wp += 1;
        }
    }

    /// A block of this function, made in this frame.
    fn block_here(&self, block: u32) -> Cell {
        let home = FrameNumber(self.context.w[self.home() + HEADER].to_bits());
        Cell::block_value(Body(block), home)
    }

    /// What an inline `times` at this level keeps. It is above the top of the call stack, where the entry of
    /// another block cannot overwrite it before its own is pushed.
    #[inline(always)]
    pub(super) fn kept_at(&self, level: u8) -> Option<Cell> {
        self.context.w.get(self.context.wp + SCRATCH + level as usize).copied()
    }

    /// Keeps a count for an inline `times`; false if there is no room.
    #[inline(always)]
    pub(super) fn keep(&mut self, level: u8, count: Cell) -> bool {
        let kept = self.context.w.get_mut(self.context.wp + SCRATCH + level as usize);
        kept.map(|kept| *kept = count).is_some()
    }

    /// Whether an inline block can be entered: it is decoded, and there could be an entry for it.
    #[inline(always)]
    pub(super) fn is_open(&self, op: &Op, target: u32) -> bool {
        (target as usize) < self.context.ops.len() && u32::from(op.level) < self.context.calls_left
    }

    /// The end of an inline block.
    #[inline(always)]
    pub(super) fn jump(&mut self, op: &Op) -> bool {
        self.pc = op.target as usize;
        true
    }

    /// Where the end of the top entry leads, if it is not the bottom.
    #[inline(always)]
    pub(super) fn endable(&self) -> Option<Below> {
        if self.context.top == 0 { None } else { self.below(self.context.top as usize) }
    }

    /// Drops the top entry. What is pushed in its place can be trusted.
    #[inline(always)]
    pub(super) fn pop_entry(&mut self, to: Below) -> bool {
        self.context.trusted = self.context.trusted.min(self.context.top);
        self.drop_entry(to)
    }

    /// Drops the top entry, which this loop pushed.
    #[inline(always)]
    pub(super) fn drop_entry(&mut self, to: Below) -> bool {
        self.context.wp = self.context.top as usize;
        (self.pc, self.context.top) = (to.pc, to.top);
        self.set_home(to.home);
        self.context.calls_left += 1;
        true
    }

    /// Where a body begins, if it belongs to the function of the home frame.
    #[inline(always)]
    pub(super) fn own_base(&self, body: u32) -> Option<u32> {
        let target = self.target(body)?;
        (target.owner == self.entry(self.home()).0).then_some(target.base)
    }

    /// `end` by itself, of what runs once.
    #[inline(always)]
    pub(super) fn end(&mut self, _: &Op) -> Flow {
        let (_, flags) = self.entry(self.context.top as usize);
        if flags > FRAME_ONCE {
            return Flow::Long(long_turn);
        }
        let Some(to) = self.endable() else { return Flow::Long(stop) };
        self.pop_entry(to);
        Flow::Done
    }
}

/// The turns of loops that have an entry. A function there is left to the stepper.
impl Cpu<'_, '_> {
    /// `end` of a turn, if the top entry runs a block.
    pub(super) fn end_turn(&mut self, _: &Op) -> bool {
        let (body, flags) = self.entry(self.context.top as usize);
        if let Some(done) = self.end_inline(body, flags) {
            return done;
        }
        match flags {
            ALWAYS => self.again(body),
            WHILE_TRUE => {
                let Some(&[flag]) = self.tops() else { return false };
                let done = if flag.is_false() { self.end_top() } else { self.again(body) };
                self.sp -= usize::from(done);
                done
            }
            CONDITION => {
                let Some(&[flag]) = self.tops() else { return false };
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
    pub(super) fn end_condition(&mut self, body: u32, flag: bool) -> bool {
        if flag { self.other(body, BODY) } else { self.end_top() }
    }

    fn end_top(&mut self) -> bool {
        let Some(to) = self.endable() else { return false };
        self.pop_entry(to)
    }

    fn again(&mut self, body: u32) -> bool {
        let Some(base) = self.own_base(body) else { return false };
        self.go_to(base)
    }

    /// Runs a block that is on the stack, or its address, as a turn of a loop that keeps a value.
    #[inline(always)]
    fn begin(&mut self, op: &Op, block: Cell, flags: u32, kept: Cell) -> bool {
        let (Some(Body(body)), Some(number)) = (block.as_code(), block.block_home()) else {
            return false;
        };
        let Some(target) = self.callable(body) else { return false };
        let Some(home) = self.frame_with(number) else { return false };
        self.sp -= 2;
        if let Some(words) = self.push_header(op.behind, body, flags) {
            words[0] = kept;
        }
        self.context.wp += 1;
        self.set_home(home);
        self.go_to(target.base)
    }

    /// `while`
    pub(super) fn while_top(&mut self, op: &Op) -> bool {
        let Some(&[condition, body]) = self.tops() else { return false };
        body.as_code().is_some() && self.begin(op, condition, CONDITION, body)
    }

    /// `times`
    pub(super) fn times_top(&mut self, op: &Op) -> bool {
        let Some(&[count, body]) = self.tops() else { return false };
        let Some(turns) = count.as_integer() else { return false };
        if turns <= 0 {
            return turns == 0 && body.as_code().is_some() && self.shrink(op, 2);
        }
        let Some(left) = Cell::integer(turns - 1) else { return false };
        self.begin(op, body, TIMES, left)
    }

    /// Goes on inline with a loop that has an entry, because something was called in it or the fast loop was
    /// left, and drops the entry. `None`, and nothing changes, unless the loop was begun by the operation
    /// before the place where it returns to, in the same frame, and runs in this frame.
    fn end_inline(&mut self, body: u32, flags: u32) -> Option<bool> {
        let (to, op) = self.inline_loop(body, flags)?;
        let kept = self.kept();
        let flag = || self.tops().map(|&[flag]| !flag.is_false());
        let (take, way) = match flags {
            WHILE_TRUE => (1, flag()?.then_some(op.target)),
            CONDITION => (1, flag()?.then_some(op.other)),
            TIMES => (0, (kept.as_integer()? > 0).then_some(op.target)),
            // `repeat`, and the body of `while`.
            _ => (0, Some(op.target)),
        };
        self.sp -= take;
        self.pop_entry(to);
        if let Some(way) = way {
            if flags == TIMES {
                let less = Cell::integer(kept.as_integer()? - 1)?;
                let has_room = self.keep(1, less);
                assert!(has_room, "the entry was there");
            }
            self.pc = way as usize;
        }
        Some(true)
    }

    /// Begins the next turn of a `repeat_if` inline, if [`Cpu::inline_loop`] finds it.
    #[inline(never)]
    pub(super) fn turn_inline(&mut self, op: &Op) -> bool {
        let Some((to, begun)) = self.inline_loop((op.behind >> 32) as u32, WHILE_TRUE) else {
            return false;
        };
        self.pop_entry(to);
        self.pc = begun.target as usize;
        true
    }

    /// Where the loop of the top entry returns to, and the operation that begins it, if it can go on inline.
    fn inline_loop(&self, body: u32, flags: u32) -> Option<(Below, Op)> {
        let (code, len) = match flags {
            ALWAYS => (Code::Repeat, 2),
            WHILE_TRUE => (Code::RepeatIf, 2),
            TIMES => (Code::Times, 2),
            _ => (Code::While, 3),
        };
        // What was called in this turn is probably called in the next one too, and then the entry is needed
        // again. Only for `while`, going on inline is worth it even so.
        if self.context.top >= self.context.trusted && flags != BODY {
            return None;
        }
        let to = self.endable()?;
        // Room for what `times` keeps.
        self.context.w.get(self.context.top as usize + SCRATCH + 1)?;
        let &op = self.context.ops.get(to.pc.checked_sub(len)?)?;
        let block = if flags == BODY { op.other } else { op.target };
        let runs = self.context.ops.get(block as usize)?.behind >> 32 == u64::from(body);
        let fits = op.code == code && runs && to.home == self.home();
        fits.then_some((to, op))
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
        let own = self.context.w[self.home() + HEADER].to_bits();
        let top = self.context.top as usize;
        self.context.w[self.context.wp - 1] = Cell::block_value(Body(body), FrameNumber(own));
        self.context.w[top + 2] = Cell::from_bits(pair(next, flags));
        self.set_home(home);
        self.go_to(target.base)
    }

    /// What the top entry keeps.
    fn kept(&self) -> Cell {
        self.context.w[self.context.wp - 1]
    }

    fn go_to(&mut self, base: u32) -> bool {
        self.pc = base as usize;
        true
    }
}

/// Where control goes when an entry ends.
#[derive(Clone, Copy)]
pub(super) struct Below {
    pub(super) pc: usize,
    pub(super) top: u32,
    pub(super) home: usize,
}
