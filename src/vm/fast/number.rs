//! Operations on one or three integers, and those on truth and kinds.

use super::op::{Op, Source};
use super::run::Cpu;
use crate::vm::cell::Cell;
use crate::vm::plan_number::scaled;

impl Cpu<'_, '_> {
    /// Replaces an integer by another, if there is one.
    #[inline(always)]
    fn change(&mut self, op: &Op, change: impl Fn(i64) -> i64) -> bool {
        let Some(&[value]) = self.tops() else { return false };
        // An integer has 61 bits, so no change here overflows 64.
        let changed = value.as_integer().and_then(|value| Cell::integer(change(value)));
        changed.is_some_and(|changed| self.arrange(op, [changed]))
    }

    /// `1+` or `1-`, with 1 or -1 as the literal.
    #[inline(always)]
    pub(super) fn increment(&mut self, op: &Op) -> bool {
        const FROM: u8 = Source::Si as u8;
        // As if the 1 was pushed. With no room for that, the stepper does it.
        let Some(value) = self.sum::<FROM>(op) else { return false };
        self.put(self.sp - 1, value);
        self.next::<1>(op)
    }

    /// `1+ assign: x`
    #[inline(always)]
    pub(super) fn increment_assign(&mut self, op: &Op) -> bool {
        const FROM: u8 = Source::Si as u8;
        let Some(value) = self.sum::<FROM>(op) else { return false };
        self.set_local(op.z, value);
        self.sp -= 1;
        self.next::<2>(op)
    }

    /// `x 1+`
    #[inline(always)]
    pub(super) fn increment_local(&mut self, op: &Op) -> bool {
        const FROM: u8 = Source::Li as u8;
        let sum = self.sum::<FROM>(op);
        sum.is_some_and(|value| self.grow::<2>(op, value))
    }

    /// `x 1+ assign: x`
    #[inline(always)]
    pub(super) fn increment_local_assign(&mut self, op: &Op) -> bool {
        const FROM: u8 = Source::Li as u8;
        let Some(value) = self.sum::<FROM>(op) else { return false };
        self.set_local(op.z, value);
        self.next::<3>(op)
    }

    #[inline(always)]
    pub(super) fn negate(&mut self, op: &Op) -> bool {
        self.change(op, |value| -value)
    }

    #[inline(always)]
    pub(super) fn absolute(&mut self, op: &Op) -> bool {
        self.change(op, i64::abs)
    }

    #[inline(always)]
    pub(super) fn invert(&mut self, op: &Op) -> bool {
        self.change(op, |value| !value)
    }

    /// The three integers on top.
    #[inline(always)]
    fn three(&self) -> Option<[i64; 3]> {
        let &[a, b, c] = self.tops()?;
        Some([a.as_integer()?, b.as_integer()?, c.as_integer()?])
    }

    #[inline(always)]
    pub(super) fn within(&mut self, op: &Op) -> bool {
        let Some([number, low, high]) = self.three() else { return false };
        self.sp -= 2;
        self.arrange(op, [Cell::flag((low..high).contains(&number))])
    }

    /// `*/`
    #[inline(always)]
    pub(super) fn scale(&mut self, op: &Op) -> bool {
        let quotient = self.three().and_then(|[a, b, c]| scaled(a, b, c));
        let Some((Some(_), Some(quotient))) = quotient else { return false };
        self.sp -= 2;
        self.arrange(op, [quotient])
    }

    #[inline(always)]
    pub(super) fn not(&mut self, op: &Op) -> bool {
        self.flag(op, Cell::is_false)
    }

    #[inline(always)]
    fn flag(&mut self, op: &Op, test: impl Fn(Cell) -> bool) -> bool {
        let Some(&[value]) = self.tops() else { return false };
        self.arrange(op, [Cell::flag(test(value))])
    }

    /// `&&`
    #[inline(always)]
    pub(super) fn both(&mut self, op: &Op) -> bool {
        let Some(&[a, b]) = self.tops() else { return false };
        self.sp -= 1;
        self.arrange(op, [Cell::flag(!a.is_false() & !b.is_false())])
    }

    /// `||`
    #[inline(always)]
    pub(super) fn either(&mut self, op: &Op) -> bool {
        let Some(&[a, b]) = self.tops() else { return false };
        self.sp -= 1;
        self.arrange(op, [Cell::flag(!a.is_false() | !b.is_false())])
    }

    #[inline(always)]
    pub(super) fn is_text(&mut self, op: &Op) -> bool {
        self.flag(op, |value| value.as_text().is_some())
    }

    #[inline(always)]
    pub(super) fn is_integer(&mut self, op: &Op) -> bool {
        self.flag(op, |value| value.as_integer().is_some())
    }

    #[inline(always)]
    pub(super) fn is_block(&mut self, op: &Op) -> bool {
        self.flag(op, |value| value.as_code().is_some())
    }

    #[inline(always)]
    pub(super) fn is_data(&mut self, op: &Op) -> bool {
        self.flag(op, |value| value.as_data().is_some())
    }
}
