//! Operations of a few cells: literals, locals, globals, and control whose condition was computed before.

use super::calls::{ALWAYS, BLOCK_ONCE, WHILE_TRUE};
use super::op::Op;
use super::run::Cpu;
use crate::vm::cell::Cell;
use crate::vm::frame::HEADER;
use crate::vm::index::FrameNumber;

impl Cpu<'_, '_> {
    #[inline(always)]
    pub(super) fn slow(&mut self, _: &Op) -> bool {
        false
    }

    #[inline(always)]
    pub(super) fn nothing(&mut self, op: &Op) -> bool {
        self.next::<1>(op)
    }

    /// Pushes a value, if there is room, and continues after `LEN` cells.
    #[inline(always)]
    pub(super) fn grow<const LEN: usize>(&mut self, op: &Op, value: Cell) -> bool {
        let Some(cell) = self.context.p.get_mut(self.sp) else { return false };
        *cell = value;
        self.sp += 1;
        self.next::<LEN>(op)
    }

    /// Drops values.
    #[inline(always)]
    pub(super) fn shrink(&mut self, op: &Op, values: usize) -> bool {
        self.sp -= values;
        self.next::<1>(op)
    }

    #[inline(always)]
    pub(super) fn push_literal(&mut self, op: &Op) -> bool {
        self.grow::<1>(op, Cell::from_bits(op.literal))
    }

    /// A block, with the number of the frame it is made in.
    #[inline(always)]
    pub(super) fn push_block(&mut self, op: &Op) -> bool {
        let Some(number) = self.context.w.get(self.home() + HEADER) else { return false };
        self.grow::<1>(op, Cell::from_bits(op.literal).with_home(FrameNumber(number.to_bits())))
    }

    #[inline(always)]
    pub(super) fn push_return(&mut self, op: &Op) -> bool {
        self.return_value(Cell::from_bits(op.literal))
    }

    #[inline(always)]
    fn return_value(&mut self, value: Cell) -> bool {
        if !self.room(1) {
            return false;
        }
        let Some(to) = self.returnable() else { return false };
        self.put(self.sp, value);
        self.sp += 1;
        self.leave(to)
    }

    /// The value of a local, if it has one.
    #[inline(always)]
    fn assigned(&self, slot: u8) -> Option<Cell> {
        self.local(slot).filter(|&value| value != Cell::UNASSIGNED)
    }

    #[inline(always)]
    pub(super) fn pick(&mut self, op: &Op) -> bool {
        match self.local(op.x) {
            None | Some(Cell::UNASSIGNED) => false,
            Some(value) => self.grow::<1>(op, value),
        }
    }

    #[inline(always)]
    pub(super) fn pick_two(&mut self, op: &Op) -> bool {
        let (Some(a), Some(b)) = (self.local(op.x), self.local(op.y)) else { return false };
        if a == Cell::UNASSIGNED || b == Cell::UNASSIGNED || !self.room(2) {
            return false;
        }
        self.put(self.sp, a);
        self.put(self.sp + 1, b);
        self.sp += 2;
        self.next::<2>(op)
    }

    #[inline(always)]
    pub(super) fn pick_return(&mut self, op: &Op) -> bool {
        self.assigned(op.x).is_some_and(|value| self.return_value(value))
    }

    /// Calls the address in a local.
    #[inline(always)]
    pub(super) fn pick_call(&mut self, op: &Op) -> bool {
        self.room(1)
            && self.assigned(op.x).is_some_and(|code| self.enter_address(op, code, 0, BLOCK_ONCE))
    }

    #[inline(always)]
    pub(super) fn assign(&mut self, op: &Op) -> bool {
        let Some(&[value]) = self.tops() else { return false };
        self.set_local(op.z, value);
        self.shrink(op, 1)
    }

    #[inline(always)]
    pub(super) fn assign_two(&mut self, op: &Op) -> bool {
        let Some(&[b, c]) = self.tops() else { return false };
        self.set_local(op.z, c);
        self.set_local(op.y, b);
        self.sp -= 2;
        self.next::<2>(op)
    }

    #[inline(always)]
    pub(super) fn assign_three(&mut self, op: &Op) -> bool {
        let Some(&[a, b, c]) = self.tops() else { return false };
        self.set_local(op.z, c);
        self.set_local(op.y, b);
        self.set_local(op.x, a);
        self.sp -= 3;
        self.next::<3>(op)
    }

    #[inline(always)]
    pub(super) fn get_global(&mut self, op: &Op) -> bool {
        let value = self.context.globals.in_slot(op.other as usize);
        value.is_some_and(|value| self.grow::<1>(op, value))
    }

    #[inline(always)]
    pub(super) fn set_global(&mut self, op: &Op) -> bool {
        let Some(&[value]) = self.tops() else { return false };
        self.context.globals.set_slot(op.other as usize, value);
        self.shrink(op, 1)
    }

    #[inline(always)]
    pub(super) fn print<const LINE: bool>(&mut self, op: &Op) -> bool {
        let Some(&[value]) = self.tops() else { return false };
        let end = if LINE { "\n" } else { "" };
        let context = &mut *self.context;
        if context.effort.pauses() || !context.printer.print(value, end, context.texts) {
            return false;
        }
        let looked_at = value.as_text().map_or(0, |id| context.texts.bytes_of(id));
        context.effort.add_bytes(looked_at);
        self.shrink(op, 1)
    }

    #[inline(always)]
    pub(super) fn plain_call(&mut self, op: &Op) -> bool {
        match self.callable(op.target) {
            Some(target) => self.call(op, op.target, target),
            None => false,
        }
    }

    /// `[ ... ] if`, or `[ ... ] repeat_if`.
    #[inline(always)]
    pub(super) fn plain_if(&mut self, op: &Op) -> bool {
        let Some(&[flag]) = self.tops() else { return false };
        if !self.room(1) {
            return false;
        }
        if flag.is_false() {
            self.sp -= 1;
            return self.next::<2>(op);
        }
        if !self.is_open(op, op.target) {
            return false;
        }
        self.sp -= 1;
        self.jump(op)
    }

    /// `[ ... ] [ ... ] if-else`
    #[inline(always)]
    pub(super) fn if_else(&mut self, op: &Op) -> bool {
        let Some(&[flag]) = self.tops() else { return false };
        let target = if flag.is_false() { op.other } else { op.target };
        if !self.room(2) || !self.is_open(op, target) {
            return false;
        }
        self.sp -= 1;
        self.pc = target as usize;
        true
    }

    /// `[ ... ] repeat`
    #[inline(always)]
    pub(super) fn repeat(&mut self, op: &Op) -> bool {
        self.room(1) && self.is_open(op, op.target) && self.jump(op)
    }

    /// `[ ... ] [ ... ] while`
    #[inline(always)]
    pub(super) fn while_loop(&mut self, op: &Op) -> bool {
        self.room(2) && self.is_open(op, op.target) && self.jump(op)
    }

    /// `[ ... ] times`
    #[inline(always)]
    pub(super) fn times(&mut self, op: &Op) -> bool {
        let Some(&[count]) = self.tops() else { return false };
        let Some(turns) = count.as_integer().filter(|_| self.room(1)) else { return false };
        if turns == 0 {
            self.sp -= 1;
            return self.next::<2>(op);
        }
        let (true, Some(left)) = (turns > 0, Cell::integer(turns - 1)) else { return false };
        if !self.is_open(op, op.target) || !self.keep(op.level + 1, left) {
            return false;
        }
        self.sp -= 1;
        self.jump(op)
    }

    /// The end of the block of an inline `times`.
    #[inline(always)]
    pub(super) fn count_down(&mut self, op: &Op) -> bool {
        let Some(left) = self.kept_at(op.level).and_then(Cell::as_integer) else { return false };
        let Some(less) = Cell::integer(left - 1).filter(|_| left > 0) else {
            self.pc = op.other as usize;
            return true;
        };
        self.keep(op.level, less) && self.jump(op)
    }

    /// The end of the condition or the block of an inline loop.
    pub(super) fn jump_if(&mut self, op: &Op) -> bool {
        let Some(&[flag]) = self.tops() else { return false };
        self.sp -= 1;
        self.pc = if flag.is_false() { op.other } else { op.target } as usize;
        true
    }

    /// `call` of an address on the stack.
    #[inline(always)]
    pub(super) fn call_top(&mut self, op: &Op) -> bool {
        let Some(&[address]) = self.tops() else { return false };
        self.enter_address(op, address, 1, BLOCK_ONCE)
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
        let Some(&[flag, address]) = self.tops() else { return false };
        if !flag.is_false() {
            return self.enter_address(op, address, 2, flags);
        }
        address.as_code().is_some() && self.shrink(op, 2)
    }

    #[inline(always)]
    pub(super) fn if_else_top(&mut self, op: &Op) -> bool {
        let Some(&[flag, then, other]) = self.tops() else { return false };
        let (taken, left) = if flag.is_false() { (other, then) } else { (then, other) };
        left.as_code().is_some() && self.enter_address(op, taken, 3, BLOCK_ONCE)
    }

    #[inline(always)]
    pub(super) fn repeat_top(&mut self, op: &Op) -> bool {
        let Some(&[address]) = self.tops() else { return false };
        self.enter_address(op, address, 1, ALWAYS)
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
        let Some(&[flag]) = self.tops() else { return false };
        if flag.is_false() {
            return self.shrink(op, 1);
        }
        let Some(to) = self.returnable() else { return false };
        self.sp -= 1;
        self.leave(to)
    }
}
