//! The stack words.

use std::sync::atomic::{Ordering, compiler_fence};

use super::op::Op;
use super::run::Cpu;
use crate::vm::cell::Cell;

/// How many values `roll` moves in the loop. It leaves more to the stepper, which counts the effort.
const ROLLED: usize = 64;

impl Cpu<'_, '_> {
    /// The top values, the top last, read one by one. The compiler likes to read several as one wide word, and
    /// then the processor must wait until narrower words that were just written have reached the memory:
    /// measured, that made `swap` ten times as slow.
    #[inline(always)]
    fn each<const N: usize>(&self) -> Option<[Cell; N]> {
        let mut values = *self.tops()?;
        for (value, cell) in values.iter_mut().zip(self.tops::<N>()?) {
            *value = *cell;
            compiler_fence(Ordering::SeqCst);
        }
        Some(values)
    }

    /// Replaces the top values.
    #[inline(always)]
    pub(super) fn arrange<const N: usize>(&mut self, op: &Op, values: [Cell; N]) -> bool {
        let start = self.sp - N;
        if let Some(cells) = self.context.p.get_mut(start..self.sp) {
            for (cell, value) in cells.iter_mut().zip(values) {
                *cell = value;
            }
        }
        self.next::<1>(op)
    }

    /// Adds values on top, if there is room.
    #[inline(always)]
    fn add<const N: usize>(&mut self, op: &Op, values: [Cell; N]) -> bool {
        if !self.room(N) {
            return false;
        }
        self.sp += N;
        self.arrange(op, values)
    }

    #[inline(always)]
    pub(super) fn dup(&mut self, op: &Op) -> bool {
        let Some(&[c]) = self.tops() else { return false };
        self.grow::<1>(op, c)
    }

    /// `?dup`
    #[inline(always)]
    pub(super) fn dup_true(&mut self, op: &Op) -> bool {
        let Some(&[c]) = self.tops() else { return false };
        if c.is_false() { self.next::<1>(op) } else { self.grow::<1>(op, c) }
    }

    #[inline(always)]
    pub(super) fn over(&mut self, op: &Op) -> bool {
        let Some(&[b, _]) = self.tops() else { return false };
        self.grow::<1>(op, b)
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
        let Some([b, c]) = self.each() else { return false };
        self.arrange(op, [c, b])
    }

    #[inline(always)]
    pub(super) fn rot(&mut self, op: &Op) -> bool {
        let Some([a, b, c]) = self.each() else { return false };
        self.arrange(op, [b, c, a])
    }

    /// `-rot`
    #[inline(always)]
    pub(super) fn rot_back(&mut self, op: &Op) -> bool {
        let Some([a, b, c]) = self.each() else { return false };
        self.arrange(op, [c, a, b])
    }

    #[inline(always)]
    pub(super) fn nip(&mut self, op: &Op) -> bool {
        let Some(&[_, c]) = self.tops() else { return false };
        self.sp -= 1;
        self.arrange(op, [c])
    }

    #[inline(always)]
    pub(super) fn tuck(&mut self, op: &Op) -> bool {
        let Some([b, c]) = self.each() else { return false };
        if !self.room(1) {
            return false;
        }
        self.sp += 1;
        self.arrange(op, [c, b, c])
    }

    #[inline(always)]
    pub(super) fn two_dup(&mut self, op: &Op) -> bool {
        let Some([b, c]) = self.each() else { return false };
        self.add(op, [b, c])
    }

    #[inline(always)]
    pub(super) fn two_over(&mut self, op: &Op) -> bool {
        let Some([a, b, _, _]) = self.each() else { return false };
        self.add(op, [a, b])
    }

    #[inline(always)]
    pub(super) fn two_swap(&mut self, op: &Op) -> bool {
        let Some([a, b, c, d]) = self.each() else { return false };
        self.arrange(op, [c, d, a, b])
    }

    /// The index that is on top of the stack, if there are more values below it.
    #[inline(always)]
    fn below_top(&self) -> Option<usize> {
        let &[index] = self.tops()?;
        let index = usize::try_from(index.as_integer()?).ok()?;
        (index + 1 < self.sp).then_some(index)
    }

    #[inline(always)]
    pub(super) fn pick_value(&mut self, op: &Op) -> bool {
        let Some(index) = self.below_top() else { return false };
        let Some(&value) = self.context.p.get(self.sp - 2 - index) else { return false };
        self.arrange(op, [value])
    }

    #[inline(always)]
    pub(super) fn roll(&mut self, op: &Op) -> bool {
        let Some(index) = self.below_top().filter(|&index| index < ROLLED) else { return false };
        let end = self.sp - 1;
        let Some(values) = self.context.p.get_mut(end - 1 - index..end) else { return false };
        values.rotate_left(1);
        self.context.effort.add_bytes(index);
        self.shrink(op, 1)
    }

    #[inline(always)]
    pub(super) fn depth(&mut self, op: &Op) -> bool {
        let depth = Cell::integer((self.context.hidden + self.sp) as i64);
        depth.is_some_and(|depth| self.grow::<1>(op, depth))
    }
}
