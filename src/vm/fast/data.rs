//! Operations on data.

use super::op::Op;
use super::run::Cpu;
use crate::vm::cell::Cell;
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
    fn look<const SHARED: bool>(&mut self, address: Cell, index: Cell) -> Option<Cell> {
        let word = if SHARED {
            self.shared(address, index).and_then(SharedWord::get)
        } else {
            self.word(address, index).copied()
        };
        word.map(Cell::from_bits)
    }

    /// The data cell whose address and index are in two locals.
    #[inline(always)]
    fn look_at_locals<const SHARED: bool>(&mut self, op: &Op) -> Option<Cell> {
        if !self.room(2) {
            return None;
        }
        let (address, index) = (self.local(op.x)?, self.local(op.y)?);
        self.look::<SHARED>(address, index)
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
    pub(super) fn get_top<const SHARED: bool>(&mut self, op: &Op) -> bool {
        let Some(&[address, index]) = self.tops() else { return false };
        let Some(value) = self.look::<SHARED>(address, index) else { return false };
        self.sp -= 1;
        self.put(self.sp - 1, value);
        self.next::<1>(op)
    }

    #[inline(always)]
    pub(super) fn get_locals<const SHARED: bool>(&mut self, op: &Op) -> bool {
        let value = self.look_at_locals::<SHARED>(op);
        value.is_some_and(|value| self.grow::<3>(op, value))
    }

    /// With the address on the stack and the index in a local.
    #[inline(always)]
    pub(super) fn get_local<const SHARED: bool>(&mut self, op: &Op) -> bool {
        let Some(&[address]) = self.tops() else { return false };
        let Some(index) = self.local(op.x).filter(|_| self.room(1)) else { return false };
        let Some(value) = self.look::<SHARED>(address, index) else { return false };
        self.put(self.sp - 1, value);
        self.next::<2>(op)
    }

    #[inline(always)]
    pub(super) fn get_assign<const SHARED: bool>(&mut self, op: &Op) -> bool {
        let Some(value) = self.look_at_locals::<SHARED>(op) else { return false };
        self.set_local(op.z, value);
        self.next::<4>(op)
    }

    #[inline(always)]
    pub(super) fn get_if<const SHARED: bool>(&mut self, op: &Op) -> bool {
        let Some(flag) = self.look_at_locals::<SHARED>(op) else { return false };
        if flag.is_false() {
            return self.next::<5>(op);
        }
        self.is_open(op, op.target) && self.jump(op)
    }

    #[inline(always)]
    pub(super) fn set_top<const SHARED: bool>(&mut self, op: &Op) -> bool {
        let Some(&[value, address, index]) = self.tops() else { return false };
        self.set::<SHARED, 3, 1>(op, value, address, index)
    }

    #[inline(always)]
    pub(super) fn set_literal<const SHARED: bool>(&mut self, op: &Op) -> bool {
        self.room(3) && self.set_at_locals::<SHARED, 0, 4>(op, Cell::from_bits(op.literal))
    }

    #[inline(always)]
    pub(super) fn set_locals<const SHARED: bool>(&mut self, op: &Op) -> bool {
        let Some(&[value]) = self.tops() else { return false };
        self.room(2) && self.set_at_locals::<SHARED, 1, 3>(op, value)
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
    pub(super) fn length(&mut self, op: &Op) -> bool {
        let Some(&[address]) = self.tops() else { return false };
        let Some(slot) = address.as_data() else { return false };
        let size = match &self.context.shared {
            Some(shared) => shared.size(slot),
            None => self.context.data.get(slot.index()).map(|body| body.size()),
        };
        let size = size.and_then(|size| Cell::integer(size as i64));
        size.is_some_and(|size| self.arrange(op, [size]))
    }
}
