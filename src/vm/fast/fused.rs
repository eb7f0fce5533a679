//! The fused operations: two operands, an operator and a destination, and the update at a loop's end.

use super::calls::{BLOCK_ONCE, FRAME_ONCE, WHILE_TRUE};
use super::likely::long_condition;
use super::op::{LOCAL, Op, SUBTRACT, Source, holds};
use super::run::{Cpu, Flow, TAG, WINDOW, source, stop};
use crate::vm::cell::Cell;
use crate::vm::frame::FRAME;
use crate::vm::instruction::Primitive;
use crate::vm::plan::floor_divide;

impl Cpu<'_, '_> {
    /// [`WINDOW`] words from the first local of the home frame, so that one bounds check does for all
    /// locals of an operation. The array always has room for them.
    #[inline(always)]
    pub(super) fn locals(&self) -> Option<&[Cell; WINDOW]> {
        self.context.w.get(self.home as usize + FRAME..)?.first_chunk()
    }

    #[inline(always)]
    pub(super) fn local(&self, slot: u8) -> Option<Cell> {
        Some(self.locals()?[slot as usize])
    }

    #[inline(always)]
    pub(super) fn set_local(&mut self, slot: u8, value: Cell) {
        let locals = self.context.w.get_mut(self.home as usize + FRAME..);
        if let Some(locals) = locals.and_then(|words| words.first_chunk_mut::<WINDOW>()) {
            locals[slot as usize] = value;
        }
    }

    /// The value `n` below the top; 0 is the top.
    #[inline(always)]
    pub(super) fn top(&self, n: usize) -> Option<Cell> {
        self.context.p.get(self.sp.wrapping_sub(n + 1)).copied()
    }

    #[inline(always)]
    pub(super) fn put(&mut self, at: usize, value: Cell) {
        if let Some(cell) = self.context.p.get_mut(at) {
            *cell = value;
        }
    }

    /// Both operands of a fused operation as the bits of their cells, if they are integers and there is
    /// room.
    #[inline(always)]
    pub(super) fn operands<const S: u8>(&self, op: &Op) -> Option<(i64, i64)> {
        let from = source(S);
        if self.sp + from.grows() > self.context.highest {
            return None;
        }
        let literal = Cell::from_bits(op.literal);
        let (a, b) = match from {
            Source::Ss => (self.top(1)?, self.top(0)?),
            Source::Si | Source::Ti | Source::Di => (self.top(0)?, literal),
            Source::Sl => (self.top(0)?, self.local(op.y)?),
            Source::Li => (self.local(op.x)?, literal),
            Source::Ll => (self.local(op.x)?, self.local(op.y)?),
        };
        let (a, b) = (a.to_bits(), b.to_bits());
        ((a | b) & TAG == 0).then_some((a as i64, b as i64))
    }

    /// Takes the operands off the stack, after all checks.
    #[inline(always)]
    pub(super) fn take<const S: u8>(&mut self, op: &Op) {
        let from = source(S);
        if from == Source::Ti
            && let Some(value) = self.top(0)
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

    #[inline(always)]
    pub(super) fn comparison<const S: u8>(&self, op: &Op) -> Option<bool> {
        let (a, b) = self.operands::<S>(op)?;
        Some(holds(op.kind, a, b))
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

    /// `1+` or `1-`, with 1 or -1 as the literal.
    #[inline(always)]
    pub(super) fn increment(&mut self, op: &Op) -> bool {
        const FROM: u8 = Source::Si as u8;
        let Some(value) = self.sum::<FROM>(op) else { return false };
        self.put(self.sp - 1, value);
        self.next::<1>(op)
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

    #[inline(always)]
    pub(super) fn compare_push<const S: u8>(&mut self, op: &Op) -> bool {
        let Some(flag) = self.comparison::<S>(op) else { return false };
        self.push::<S>(op, Cell::flag(flag))
    }

    #[inline(always)]
    pub(super) fn compare_if<const S: u8>(&mut self, op: &Op) -> bool {
        let Some(flag) = self.comparison::<S>(op) else { return false };
        if !flag {
            self.take::<S>(op);
            return self.behind::<S, 3>(op);
        }
        let Some(base) = self.enterable(op.target) else { return false };
        self.take::<S>(op);
        self.enter(op, op.target, base, BLOCK_ONCE)
    }

    /// As `compare_if`, for a block that only leaves the function with a value.
    #[inline(always)]
    pub(super) fn compare_leave<const S: u8>(&mut self, op: &Op) -> bool {
        let Some(flag) = self.comparison::<S>(op) else { return false };
        if !flag {
            self.take::<S>(op);
            return self.behind::<S, 3>(op);
        }
        // The value and the `return` retire as well.
        let own = source(S) == Source::Ti && op.x == op.z;
        let value = match op.kind & LOCAL {
            0 => Some(Cell::from_bits(((op.other as i32 as i64) << 3) as u64)),
            // The local that this operation assigns.
            _ if own => self.top(0),
            _ => self.local(op.z),
        };
        let Some(value) = value.filter(|&value| value != Cell::UNASSIGNED) else { return false };
        if self.left < 2 || self.context.depth >= self.context.deepest {
            return false;
        }
        let Some(to) = self.returnable() else { return false };
        self.take::<S>(op);
        self.put(self.sp, value);
        self.sp += 1;
        self.left -= 2;
        self.leave(to)
    }

    #[inline(always)]
    pub(super) fn compare_end<const S: u8>(&mut self, op: &Op) -> Flow {
        let Some(flag) = self.comparison::<S>(op) else { return Flow::Long(stop) };
        if self.turns(op) && flag {
            self.take::<S>(op);
            self.turn(op);
            return Flow::Done;
        }
        let (_, flags) = self.entry(self.context.top);
        let is_once = flags == BLOCK_ONCE || flags == FRAME_ONCE;
        if !is_once && (flags != WHILE_TRUE || flag) {
            // Perhaps the condition of a `while`.
            return Flow::Long(long_condition::<S>);
        }
        let Some(to) = self.endable() else { return Flow::Long(stop) };
        self.take::<S>(op);
        if is_once {
            self.put(self.sp, Cell::flag(flag));
            self.sp += 1;
        }
        self.pop_entry(to);
        Flow::Done
    }

    /// `i 1 + assign: i i n <`, the end of many loops. The new value, and whether the test holds.
    #[inline(always)]
    pub(super) fn update<const ADD: bool, const TEST: bool>(
        &self,
        op: &Op,
    ) -> Option<(Cell, bool)> {
        if self.sp + 2 > self.context.highest {
            return None;
        }
        let a = self.local(op.x)?.to_bits();
        let b = if ADD { self.local(op.y)?.to_bits() } else { op.literal };
        let limit = match TEST {
            true => self.local(op.other as u8)?.to_bits(),
            false => ((op.other as i32 as i64) << 3) as u64,
        };
        if (a | b | limit) & TAG != 0 {
            return None;
        }
        let (a, b) = (a as i64, b as i64);
        let subtract = ADD && op.kind & SUBTRACT != 0;
        let sum = if subtract { a.checked_sub(b) } else { a.checked_add(b) }?;
        Some((Cell::from_bits(sum as u64), holds(op.kind, sum, limit as i64)))
    }

    #[inline(always)]
    pub(super) fn update_if<const ADD: bool, const TEST: bool>(&mut self, op: &Op) -> bool {
        let Some((value, flag)) = self.update::<ADD, TEST>(op) else { return false };
        if !flag {
            self.set_local(op.z, value);
            return self.next::<9>(op);
        }
        let Some(base) = self.enterable(op.target) else { return false };
        self.set_local(op.z, value);
        self.enter(op, op.target, base, BLOCK_ONCE)
    }

    #[inline(always)]
    pub(super) fn update_end<const ADD: bool, const TEST: bool>(&mut self, op: &Op) -> bool {
        let Some((value, flag)) = self.update::<ADD, TEST>(op) else { return false };
        if !self.turns(op) {
            return false;
        }
        if flag {
            self.set_local(op.z, value);
            return self.turn(op);
        }
        let Some(to) = self.endable() else { return false };
        self.set_local(op.z, value);
        self.pop_entry(to)
    }

    /// Whether the top entry runs the body of this operation while a flag is true.
    #[inline(always)]
    pub(super) fn turns(&self, op: &Op) -> bool {
        let own = op.behind >> 32 << 32 | u64::from(WHILE_TRUE);
        self.context.w.get(self.context.top as usize + 2).is_some_and(|word| word.to_bits() == own)
    }

    /// Goes back to the beginning of the body of this operation.
    #[inline(always)]
    pub(super) fn turn(&mut self, op: &Op) -> bool {
        debug_assert_eq!(self.context.start, self.pc + op.len as usize - op.behind as u32 as usize);
        self.pc = self.context.start;
        true
    }

    #[inline(always)]
    pub(super) fn compare_return<const S: u8>(&mut self, op: &Op) -> bool {
        let Some(flag) = self.comparison::<S>(op) else { return false };
        if !flag {
            self.take::<S>(op);
            return self.behind::<S, 2>(op);
        }
        let Some(to) = self.returnable() else { return false };
        self.take::<S>(op);
        self.leave(to)
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
    const MULTIPLY: u8 = Primitive::Multiply as u8;
    const DIVIDE: u8 = Primitive::Divide as u8;
    const MODULO: u8 = Primitive::Modulo as u8;
    const AND: u8 = Primitive::BitAnd as u8;
    const OR: u8 = Primitive::BitOr as u8;
    const XOR: u8 = Primitive::BitXor as u8;
    const MINIMUM: u8 = Primitive::Minimum as u8;
    const MAXIMUM: u8 = Primitive::Maximum as u8;
    const LEFT: u8 = Primitive::ShiftLeft as u8;
    const RIGHT: u8 = Primitive::ShiftRight as u8;
    let bits = match kind {
        MULTIPLY => a.checked_mul(b >> 3)?,
        // Both are shifted, so their quotient is not, but their remainder is.
        DIVIDE if b != 0 => floor_divide(a, b).checked_mul(8)?,
        MODULO if b != 0 => {
            let rest = a % b;
            if rest != 0 && (rest < 0) != (b < 0) { rest + b } else { rest }
        }
        AND => a & b,
        OR => a | b,
        XOR => a ^ b,
        MINIMUM => a.min(b),
        MAXIMUM => a.max(b),
        LEFT if (0..=60 << 3).contains(&b) => a.checked_mul(1_i64.checked_shl((b >> 3) as u32)?)?,
        RIGHT if (0..=60 << 3).contains(&b) => (a >> (b >> 3)) & !(TAG as i64),
        _ => return None,
    };
    Some(Cell::from_bits(bits as u64))
}
