//! Operations of one or two cells: literals, locals, stack words, data, and control whose condition was
//! computed before.

use super::calls::{ALWAYS, BLOCK_ONCE, WHILE_TRUE};
use super::op::Op;
use super::run::Cpu;
use crate::vm::cell::Cell;
use crate::vm::frame::HEADER;
use crate::vm::index::FrameNumber;
use crate::vm::rows::SharedWord;

impl Cpu<'_, '_> {
    /// The word of a data cell, if the data is not shared.
    #[inline(always)]
    fn word(&mut self, address: Cell, index: Cell) -> Option<&mut u64> {
        let body = address.as_data()?;
        let index = usize::try_from(index.as_integer()?).ok()?;
        self.context.data.get_mut(body.index())?.word_mut(index)
    }

    /// As [`Cpu::word`], for shared data.
    #[inline(never)]
    fn shared(&mut self, address: Cell, index: Cell) -> Option<SharedWord<'_>> {
        let body = address.as_data()?;
        let index = usize::try_from(index.as_integer()?).ok()?;
        self.context.shared.as_mut()?.word(body, index)
    }

    #[inline(always)]
    fn get<const SHARED: bool, const TAKE: usize, const LEN: usize>(
        &mut self,
        op: &Op,
        address: Cell,
        index: Cell,
    ) -> bool {
        let Some(word) = self.look::<SHARED>(address, index) else { return false };
        self.sp -= TAKE;
        self.put(self.sp, Cell::from_bits(word));
        self.sp += 1;
        self.next::<LEN>(op)
    }

    #[inline(always)]
    fn set<const SHARED: bool, const TAKE: usize, const LEN: usize>(
        &mut self,
        op: &Op,
        value: Cell,
        address: Cell,
        index: Cell,
    ) -> bool {
        let word = value.to_bits();
        if SHARED {
            if !self.shared(address, index).is_some_and(|shared| shared.set(word)) {
                return false;
            }
        } else {
            let Some(cell) = self.word(address, index) else { return false };
            *cell = word;
        }
        self.sp -= TAKE;
        self.next::<LEN>(op)
    }

    #[inline(always)]
    fn look<const SHARED: bool>(&mut self, address: Cell, index: Cell) -> Option<u64> {
        if SHARED {
            self.shared(address, index).and_then(SharedWord::get)
        } else {
            self.word(address, index).copied()
        }
    }

    #[inline(always)]
    pub(super) fn grow(&mut self, op: &Op, value: Cell) -> bool {
        if self.sp >= self.context.highest {
            return false;
        }
        self.put(self.sp, value);
        self.sp += 1;
        self.next::<1>(op)
    }

    /// Drops `take` values, then runs the block, if there is one.
    #[inline(always)]
    pub(super) fn choose<const LEN: usize>(
        &mut self,
        op: &Op,
        block: Option<u32>,
        take: usize,
        flags: u32,
    ) -> bool {
        let Some(block) = block else {
            self.sp -= take;
            return self.next::<LEN>(op);
        };
        let Some(base) = self.enterable(block) else { return false };
        self.sp -= take;
        self.enter(op, block, base, flags)
    }

    #[inline(always)]
    pub(super) fn room(&self, values: usize) -> bool {
        self.sp + values <= self.context.highest
    }

    #[inline(always)]
    pub(super) fn slow(&mut self, _: &Op) -> bool {
        false
    }

    #[inline(always)]
    pub(super) fn nothing(&mut self, op: &Op) -> bool {
        self.next::<1>(op)
    }

    #[inline(always)]
    pub(super) fn push_literal(&mut self, op: &Op) -> bool {
        self.grow(op, Cell::from_bits(op.literal))
    }

    /// A block, with the number of the frame it is made in.
    #[inline(always)]
    pub(super) fn push_block(&mut self, op: &Op) -> bool {
        let Some(number) = self.context.w.get(self.home as usize + HEADER) else { return false };
        self.grow(op, Cell::from_bits(op.literal).with_home(FrameNumber(number.to_bits())))
    }

    #[inline(always)]
    pub(super) fn push_return(&mut self, op: &Op) -> bool {
        if !self.room(1) {
            return false;
        }
        let Some(to) = self.returnable() else { return false };
        self.put(self.sp, Cell::from_bits(op.literal));
        self.sp += 1;
        self.leave(to)
    }

    #[inline(always)]
    pub(super) fn pick(&mut self, op: &Op) -> bool {
        match self.local(op.x) {
            None | Some(Cell::UNASSIGNED) => false,
            Some(value) => self.grow(op, value),
        }
    }

    #[inline(always)]
    pub(super) fn assign(&mut self, op: &Op) -> bool {
        let Some(value) = self.top(0) else { return false };
        self.set_local(op.z, value);
        self.sp -= 1;
        self.next::<1>(op)
    }

    #[inline(always)]
    pub(super) fn plain_call(&mut self, op: &Op) -> bool {
        match self.callable(op.target) {
            Some(target) => self.call(op, op.target, target),
            None => false,
        }
    }

    #[inline(always)]
    pub(super) fn plain_if(&mut self, op: &Op) -> bool {
        match self.top(0) {
            Some(flag) if self.room(1) => {
                self.choose::<2>(op, (!flag.is_false()).then_some(op.target), 1, BLOCK_ONCE)
            }
            _ => false,
        }
    }

    #[inline(always)]
    pub(super) fn if_else(&mut self, op: &Op) -> bool {
        match self.top(0) {
            Some(flag) if self.room(2) => {
                let block = if flag.is_false() { op.other } else { op.target };
                self.choose::<3>(op, Some(block), 1, BLOCK_ONCE)
            }
            _ => false,
        }
    }

    #[inline(always)]
    pub(super) fn repeat(&mut self, op: &Op) -> bool {
        self.room(1) && self.choose::<2>(op, Some(op.target), 0, ALWAYS)
    }

    #[inline(always)]
    pub(super) fn repeat_if(&mut self, op: &Op) -> bool {
        match self.top(0) {
            Some(flag) if self.room(1) => {
                self.choose::<2>(op, (!flag.is_false()).then_some(op.target), 1, WHILE_TRUE)
            }
            _ => false,
        }
    }

    /// `call` of an address on the stack.
    #[inline(always)]
    pub(super) fn call_top(&mut self, op: &Op) -> bool {
        self.top(0).is_some_and(|address| self.enter_address(op, address, 1, BLOCK_ONCE))
    }

    #[inline(always)]
    pub(super) fn if_top(&mut self, op: &Op) -> bool {
        self.choose_top(op, BLOCK_ONCE)
    }

    #[inline(always)]
    pub(super) fn repeat_if_top(&mut self, op: &Op) -> bool {
        self.choose_top(op, WHILE_TRUE)
    }

    /// Enters the body whose address is on top of the stack, if the flag below it is true.
    #[inline(always)]
    fn choose_top(&mut self, op: &Op, flags: u32) -> bool {
        let (Some(flag), Some(address)) = (self.top(1), self.top(0)) else { return false };
        if !flag.is_false() {
            return self.enter_address(op, address, 2, flags);
        }
        address.as_code().is_some() && self.shrink(op, 2)
    }

    #[inline(always)]
    pub(super) fn if_else_top(&mut self, op: &Op) -> bool {
        let (Some(flag), Some(then), Some(other)) = (self.top(2), self.top(1), self.top(0)) else {
            return false;
        };
        let (taken, left) = if flag.is_false() { (other, then) } else { (then, other) };
        left.as_code().is_some() && self.enter_address(op, taken, 3, BLOCK_ONCE)
    }

    #[inline(always)]
    pub(super) fn repeat_top(&mut self, op: &Op) -> bool {
        self.top(0).is_some_and(|address| self.enter_address(op, address, 1, ALWAYS))
    }

    #[inline(always)]
    pub(super) fn plain_return(&mut self, _: &Op) -> bool {
        match self.returnable() {
            Some(to) => self.leave(to),
            None => false,
        }
    }

    #[inline(always)]
    pub(super) fn return_if(&mut self, op: &Op) -> bool {
        let Some(flag) = self.top(0) else { return false };
        if flag.is_false() {
            return self.shrink(op, 1);
        }
        let Some(to) = self.returnable() else { return false };
        self.sp -= 1;
        self.leave(to)
    }

    #[inline(always)]
    pub(super) fn dup(&mut self, op: &Op) -> bool {
        self.top(0).is_some_and(|c| self.grow(op, c))
    }

    #[inline(always)]
    pub(super) fn over(&mut self, op: &Op) -> bool {
        self.top(1).is_some_and(|b| self.grow(op, b))
    }

    #[inline(always)]
    pub(super) fn drop_one(&mut self, op: &Op) -> bool {
        self.sp >= 1 && self.shrink(op, 1)
    }

    #[inline(always)]
    pub(super) fn two_drop(&mut self, op: &Op) -> bool {
        self.sp >= 2 && self.shrink(op, 2)
    }

    #[inline(always)]
    pub(super) fn swap(&mut self, op: &Op) -> bool {
        let (Some(b), Some(c)) = (self.top(1), self.top(0)) else { return false };
        self.arrange(op, [c, b])
    }

    #[inline(always)]
    pub(super) fn rot(&mut self, op: &Op) -> bool {
        let (Some(a), Some(b), Some(c)) = (self.top(2), self.top(1), self.top(0)) else {
            return false;
        };
        self.arrange(op, [b, c, a])
    }

    #[inline(always)]
    pub(super) fn not(&mut self, op: &Op) -> bool {
        self.top(0).is_some_and(|c| self.arrange(op, [Cell::flag(c.is_false())]))
    }

    #[inline(always)]
    pub(super) fn nip(&mut self, op: &Op) -> bool {
        let (Some(_), Some(c)) = (self.top(1), self.top(0)) else { return false };
        self.sp -= 1;
        self.arrange(op, [c])
    }

    #[inline(always)]
    pub(super) fn tuck(&mut self, op: &Op) -> bool {
        match (self.top(1), self.top(0)) {
            (Some(b), Some(c)) if self.room(1) => {
                self.sp += 1;
                self.arrange(op, [c, b, c])
            }
            _ => false,
        }
    }

    #[inline(always)]
    pub(super) fn two_dup(&mut self, op: &Op) -> bool {
        match (self.top(1), self.top(0)) {
            (Some(b), Some(c)) if self.room(2) => {
                self.sp += 2;
                self.arrange(op, [b, c])
            }
            _ => false,
        }
    }

    #[inline(always)]
    pub(super) fn get_top<const SHARED: bool>(&mut self, op: &Op) -> bool {
        let (Some(address), Some(index)) = (self.top(1), self.top(0)) else { return false };
        self.get::<SHARED, 2, 1>(op, address, index)
    }

    #[inline(always)]
    pub(super) fn get_locals<const SHARED: bool>(&mut self, op: &Op) -> bool {
        match (self.local(op.x), self.local(op.y)) {
            (Some(address), Some(index)) if self.room(2) => {
                self.get::<SHARED, 0, 3>(op, address, index)
            }
            _ => false,
        }
    }

    #[inline(always)]
    pub(super) fn set_top<const SHARED: bool>(&mut self, op: &Op) -> bool {
        let (Some(a), Some(b), Some(c)) = (self.top(2), self.top(1), self.top(0)) else {
            return false;
        };
        self.set::<SHARED, 3, 1>(op, a, b, c)
    }

    #[inline(always)]
    pub(super) fn set_literal<const SHARED: bool>(&mut self, op: &Op) -> bool {
        self.room(3) && self.set_at_locals::<SHARED, 0, 4>(op, Cell::from_bits(op.literal))
    }

    #[inline(always)]
    pub(super) fn set_locals<const SHARED: bool>(&mut self, op: &Op) -> bool {
        match self.top(0) {
            Some(value) if self.room(2) => self.set_at_locals::<SHARED, 1, 3>(op, value),
            _ => false,
        }
    }

    #[inline(always)]
    fn set_at_locals<const SHARED: bool, const TAKE: usize, const LEN: usize>(
        &mut self,
        op: &Op,
        value: Cell,
    ) -> bool {
        let (Some(address), Some(index)) = (self.local(op.x), self.local(op.y)) else {
            return false;
        };
        self.set::<SHARED, TAKE, LEN>(op, value, address, index)
    }

    #[inline(always)]
    pub(super) fn get_if<const SHARED: bool>(&mut self, op: &Op) -> bool {
        let Some(flag) = self.test_at_locals::<SHARED>(op) else { return false };
        self.choose::<5>(op, flag.then_some(op.target), 0, BLOCK_ONCE)
    }

    /// Whether the data cell whose address and index are in two locals is true.
    #[inline(always)]
    pub(super) fn test_at_locals<const SHARED: bool>(&mut self, op: &Op) -> Option<bool> {
        if !self.room(2) {
            return None;
        }
        let (address, index) = (self.local(op.x)?, self.local(op.y)?);
        let word = self.look::<SHARED>(address, index)?;
        Some(!Cell::from_bits(word).is_false())
    }

    #[inline(always)]
    pub(super) fn shrink(&mut self, op: &Op, values: usize) -> bool {
        self.sp -= values;
        self.next::<1>(op)
    }

    /// Replaces the top values.
    #[inline(always)]
    pub(super) fn arrange<const N: usize>(&mut self, op: &Op, values: [Cell; N]) -> bool {
        let start = self.sp - N;
        if let Some(cells) = self.context.p.get_mut(start..self.sp) {
            cells.copy_from_slice(&values);
        }
        self.next::<1>(op)
    }
}
