//! The fused operations: two operands, an operator and a destination, and the update at a loop's end.

use super::calls::{BLOCK_ONCE, CONDITION, FRAME_ONCE, WHILE_TRUE};
use super::op::{AND, NEGATED, OR, OR_EQUAL, Op, SUBTRACT, Source};
use super::run::{Cpu, TAG, source};
use crate::vm::cell::Cell;
use crate::vm::instruction::Primitive;
use crate::vm::plan::floor_divide;

impl Cpu<'_, '_> {
    #[inline(always)]
    pub(super) fn local(&self, slot: u8) -> Option<Cell> {
        self.context.w.get(self.locals + slot as usize).copied()
    }

    #[inline(always)]
    pub(super) fn set_local(&mut self, slot: u8, value: Cell) {
        if let Some(local) = self.context.w.get_mut(self.locals + slot as usize) {
            *local = value;
        }
    }

    /// The top values, the top last.
    #[inline(always)]
    pub(super) fn tops<const N: usize>(&self) -> Option<&[Cell; N]> {
        self.context.p.get(..self.sp)?.last_chunk()
    }

    #[inline(always)]
    pub(super) fn put(&mut self, at: usize, value: Cell) {
        if let Some(cell) = self.context.p.get_mut(at) {
            *cell = value;
        }
    }

    /// Whether there is room for this many more values.
    #[inline(always)]
    pub(super) fn room(&self, values: usize) -> bool {
        self.sp + values <= self.context.p.len()
    }

    /// Both operands of a fused operation, if they are there and there is room.
    #[inline(always)]
    fn pair<const S: u8>(&self, op: &Op) -> Option<(Cell, Cell)> {
        let from = source(S);
        if from.grows() > 0 && !self.room(from.grows()) {
            return None;
        }
        let literal = Cell::from_bits(op.literal);
        Some(match from {
            Source::Ss => {
                let &[a, b] = self.tops()?;
                (a, b)
            }
            Source::Si | Source::Ti | Source::Di => {
                let &[a] = self.tops()?;
                (a, literal)
            }
            Source::Sl => {
                let &[a] = self.tops()?;
                (a, self.local(op.y)?)
            }
            Source::Li => (self.local(op.x)?, literal),
            Source::Ll => (self.local(op.x)?, self.local(op.y)?),
        })
    }

    /// Both operands of a fused operation as the bits of their cells, if they are integers.
    #[inline(always)]
    pub(super) fn operands<const S: u8>(&self, op: &Op) -> Option<(i64, i64)> {
        let (a, b) = self.pair::<S>(op)?;
        let (a, b) = (a.to_bits(), b.to_bits());
        // A literal is an integer, perhaps with the 1 of `OR_EQUAL`.
        let tag = if source(S).has_literal() { a } else { a | b };
        (tag & TAG == 0).then_some((a as i64, b as i64))
    }

    /// Takes the operands off the stack, after all checks.
    #[inline(always)]
    pub(super) fn take<const S: u8>(&mut self, op: &Op) {
        let from = source(S);
        if from == Source::Ti
            && let Some(&[value]) = self.tops()
        {
            self.set_local(op.x, value);
        }
        self.sp -= from.pops();
    }

    #[inline(always)]
    pub(super) fn sum<const S: u8>(&self, op: &Op) -> Option<Cell> {
        let (a, b) = self.operands::<S>(op)?;
        // The operands are shifted left by the tag, so what overflows 61 bits overflows 64.
        // A literal to be subtracted was negated when it was decoded.
        let literal = matches!(source(S), Source::Si | Source::Li | Source::Ti | Source::Di);
        let sum = if literal || op.kind == 0 { a.checked_add(b) } else { a.checked_sub(b) };
        sum.map(|sum| Cell::from_bits(sum as u64))
    }

    /// The outcome of a comparison of integers: with `=` and the like, or with `<` and the like.
    #[inline(always)]
    pub(super) fn test<const S: u8, const SAME: bool>(&self, op: &Op) -> Option<bool> {
        let (a, b) = self.operands::<S>(op)?;
        let more = if SAME || source(S).has_literal() { 0 } else { op.kind & OR_EQUAL };
        let holds = if SAME { a == b } else { a < (b | i64::from(more)) };
        Some(holds != (op.kind & NEGATED != 0))
    }

    /// The outcome of a comparison of any two values.
    pub(super) fn whole_test<const S: u8, const SAME: bool>(&self, op: &Op) -> Option<bool> {
        if !SAME {
            return self.test::<S, SAME>(op);
        }
        let (a, b) = self.pair::<S>(op)?;
        let is_same = (a.is_value() && b.is_value()).then(|| self.is_same(a, b))?;
        Some(is_same != (op.kind & NEGATED != 0))
    }

    /// Continues after an operation of `LEN` cells. The handler knows the number: reading it from the
    /// operation would make each operation wait for the one before it.
    #[inline(always)]
    pub(super) fn next<const LEN: usize>(&mut self, op: &Op) -> bool {
        debug_assert_eq!(op.len as usize, LEN);
        self.pc += LEN;
        true
    }

    #[inline(always)]
    pub(super) fn push<const S: u8>(&mut self, op: &Op, value: Cell) -> bool {
        self.take::<S>(op);
        self.put(self.sp, value);
        self.sp += 1;
        self.behind::<S, 1>(op)
    }

    /// Continues after the operands and `MORE` other cells.
    #[inline(always)]
    pub(super) fn behind<const S: u8, const MORE: usize>(&mut self, op: &Op) -> bool {
        debug_assert_eq!(op.len as usize, source(S).cells() + MORE);
        self.pc += source(S).cells() + MORE;
        true
    }

    #[inline(always)]
    pub(super) fn add_push<const S: u8>(&mut self, op: &Op) -> bool {
        let Some(value) = self.sum::<S>(op) else { return false };
        self.push::<S>(op, value)
    }

    #[inline(always)]
    pub(super) fn add_assign<const S: u8>(&mut self, op: &Op) -> bool {
        let Some(value) = self.sum::<S>(op) else { return false };
        self.take::<S>(op);
        self.set_local(op.z, value);
        self.behind::<S, 2>(op)
    }

    #[inline(always)]
    pub(super) fn add_call<const S: u8>(&mut self, op: &Op) -> bool {
        let Some(value) = self.sum::<S>(op) else { return false };
        let Some(target) = self.callable(op.target) else { return false };
        self.take::<S>(op);
        self.put(self.sp, value);
        self.sp += 1;
        self.call(op, op.target, target)
    }

    #[inline(always)]
    pub(super) fn add_return<const S: u8>(&mut self, op: &Op) -> bool {
        let Some(value) = self.sum::<S>(op) else { return false };
        let Some(to) = self.returnable() else { return false };
        self.take::<S>(op);
        self.put(self.sp, value);
        self.sp += 1;
        self.leave(to)
    }

    /// A comparison whose outcome is only pushed.
    #[inline(always)]
    pub(super) fn push_flag<const S: u8>(&mut self, op: &Op, flag: bool) -> bool {
        self.push::<S>(op, Cell::flag(flag))
    }

    /// `[ ... ] if`
    #[inline(always)]
    pub(super) fn then<const S: u8>(&mut self, op: &Op, flag: bool) -> bool {
        if !flag {
            self.take::<S>(op);
            return self.behind::<S, 3>(op);
        }
        self.go::<S>(op, op.target)
    }

    /// Takes the operands and jumps, if it can.
    #[inline(always)]
    pub(super) fn go<const S: u8>(&mut self, op: &Op, target: u32) -> bool {
        if !self.is_open(op, target) {
            return false;
        }
        self.take::<S>(op);
        self.pc = target as usize;
        true
    }

    /// The end of the block of a loop.
    #[inline(always)]
    pub(super) fn end_with<const S: u8>(&mut self, op: &Op, flag: bool) -> bool {
        if self.turns(op) && flag {
            self.take::<S>(op);
            return self.turn_inline(op) || self.turn(op);
        }
        let (body, flags) = self.entry(self.context.top as usize);
        if flags == CONDITION {
            // An operation that also assigns a local is left to the stepper.
            if source(S) == Source::Ti || !self.end_condition(body, flag) {
                return false;
            }
            self.sp -= source(S).pops();
            return true;
        }
        let is_once = flags == BLOCK_ONCE || flags == FRAME_ONCE;
        if !is_once && (flags != WHILE_TRUE || flag) {
            return false;
        }
        let Some(to) = self.endable() else { return false };
        self.take::<S>(op);
        if is_once {
            self.put(self.sp, Cell::flag(flag));
            self.sp += 1;
        }
        self.pop_entry(to)
    }

    /// `i 1 + assign: i i n <`, the end of many loops. The new value, and whether the test holds.
    #[inline(always)]
    pub(super) fn update<const ADD: bool, const TEST: bool>(
        &self,
        op: &Op,
    ) -> Option<(Cell, bool)> {
        if !self.room(2) {
            return None;
        }
        let a = self.local(op.x)?.to_bits();
        let b = if ADD { self.local(op.y)?.to_bits() } else { op.literal };
        let limit = match TEST {
            true => self.local(op.other as u8)?.to_bits(),
            // With the 1 of `OR_EQUAL`.
            false => op.other as i32 as i64 as u64,
        };
        let tags = a | if ADD { b } else { 0 } | if TEST { limit } else { 0 };
        if tags & TAG != 0 {
            return None;
        }
        let (a, b) = (a as i64, b as i64);
        let subtract = ADD && op.kind & SUBTRACT != 0;
        let sum = if subtract { a.checked_sub(b) } else { a.checked_add(b) }?;
        let more = if TEST { op.kind & OR_EQUAL } else { 0 };
        let less = sum < (limit | u64::from(more)) as i64;
        Some((Cell::from_bits(sum as u64), less != (op.kind & NEGATED != 0)))
    }

    #[inline(always)]
    pub(super) fn update_if<const ADD: bool, const TEST: bool>(&mut self, op: &Op) -> bool {
        let Some((value, flag)) = self.update::<ADD, TEST>(op) else { return false };
        if !flag {
            self.set_local(op.z, value);
            return self.next::<9>(op);
        }
        if !self.is_open(op, op.target) {
            return false;
        }
        self.set_local(op.z, value);
        self.jump(op)
    }

    #[inline(always)]
    pub(super) fn update_end<const ADD: bool, const TEST: bool>(&mut self, op: &Op) -> bool {
        let Some((value, flag)) = self.update::<ADD, TEST>(op) else { return false };
        if !self.turns(op) {
            return false;
        }
        if flag {
            self.set_local(op.z, value);
            return self.turn_inline(op) || self.turn(op);
        }
        let Some(to) = self.endable() else { return false };
        self.set_local(op.z, value);
        self.pop_entry(to)
    }

    /// As `update_end`, in the block of an inline loop.
    #[inline(always)]
    pub(super) fn update_turn<const ADD: bool, const TEST: bool>(&mut self, op: &Op) -> bool {
        let Some((value, flag)) = self.update::<ADD, TEST>(op) else { return false };
        let end = self.pc + usize::from(op.len) - 1;
        let Some(end) = self.context.ops.get(end) else { return false };
        self.set_local(op.z, value);
        self.pc = if flag { op.target } else { end.other } as usize;
        true
    }

    /// Whether the top entry runs the body of this operation while a flag is true.
    #[inline(always)]
    pub(super) fn turns(&self, op: &Op) -> bool {
        let own = op.behind >> 32 << 32 | u64::from(WHILE_TRUE);
        self.context.w.get(self.context.top as usize + 2).is_some_and(|word| word.to_bits() == own)
    }

    /// As [`Cpu::turns`], if this stay in the loop has pushed the entry.
    #[inline(always)]
    pub(super) fn turns_on(&self, op: &Op) -> bool {
        self.context.top >= self.context.trusted && self.turns(op)
    }

    /// Goes back to the beginning of the body of this operation.
    #[inline(always)]
    pub(super) fn turn(&mut self, op: &Op) -> bool {
        self.pc = self.pc + usize::from(op.len) - op.behind as u32 as usize;
        true
    }

    /// `return_if`
    #[inline(always)]
    pub(super) fn return_with<const S: u8>(&mut self, op: &Op, flag: bool) -> bool {
        if !flag {
            self.take::<S>(op);
            return self.behind::<S, 2>(op);
        }
        let Some(to) = self.returnable() else { return false };
        self.take::<S>(op);
        self.leave(to)
    }

    #[inline(always)]
    pub(super) fn multiply<const S: u8>(&mut self, op: &Op) -> bool {
        let Some((a, b)) = self.operands::<S>(op) else { return false };
        let Some(product) = a.checked_mul(b >> 3) else { return false };
        self.push::<S>(op, Cell::from_bits(product as u64))
    }

    /// `and`, which also is the remainder by a power of two, `or`, `xor`.
    #[inline(always)]
    pub(super) fn bits<const S: u8, const WHICH: u8>(&mut self, op: &Op) -> bool {
        let Some((a, b)) = self.operands::<S>(op) else { return false };
        let bits = match WHICH {
            AND => a & b,
            OR => a | b,
            _ => a ^ b,
        };
        self.push::<S>(op, Cell::from_bits(bits as u64))
    }

    /// `rshift`, or the quotient by a power of two.
    #[inline(always)]
    pub(super) fn shift_right<const S: u8>(&mut self, op: &Op) -> bool {
        match self.operands::<S>(op) {
            Some((a, b)) if (0..=60 << 3).contains(&b) => {
                self.push::<S>(op, Cell::from_bits((a >> (b >> 3)) as u64 & !TAG))
            }
            _ => false,
        }
    }

    #[inline(always)]
    pub(super) fn alu<const S: u8>(&mut self, op: &Op) -> bool {
        let Some((a, b)) = self.operands::<S>(op) else { return false };
        let Some(value) = calculate(op.kind, a, b) else { return false };
        self.push::<S>(op, value)
    }
}

/// An operator on the bits of two integers; `None` if the stepper must do it.
#[inline(always)]
fn calculate(kind: u8, a: i64, b: i64) -> Option<Cell> {
    const DIVIDE: u8 = Primitive::Divide as u8;
    const MODULO: u8 = Primitive::Modulo as u8;
    const MINIMUM: u8 = Primitive::Minimum as u8;
    const MAXIMUM: u8 = Primitive::Maximum as u8;
    const LEFT: u8 = Primitive::ShiftLeft as u8;
    let bits = match kind {
        // Both are shifted, so their quotient is not, but their remainder is.
        DIVIDE if b != 0 => floor_divide(a, b).checked_mul(8)?,
        MODULO if b != 0 => {
            let rest = a % b;
            if rest != 0 && (rest < 0) != (b < 0) { rest + b } else { rest }
        }
        MINIMUM => a.min(b),
        MAXIMUM => a.max(b),
        LEFT if (0..=60 << 3).contains(&b) => a.checked_mul(1_i64.checked_shl((b >> 3) as u32)?)?,
        _ => return None,
    };
    Some(Cell::from_bits(bits as u64))
}
