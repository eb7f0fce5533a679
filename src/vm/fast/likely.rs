//! The common cases of operations that may enter or leave a block.
//!
//! Entering and leaving need many registers, which a function saves at its start and restores at its
//! end. Most tests do neither: they fall through, or a loop runs again. These methods handle only that,
//! with few registers, and leave everything else to the complete operation ([`Flow::Long`]), which
//! starts from the same state. Measured on loops, this saves a third of the machine instructions.
//!
//! Operations on data have a common case too: no fork shares the data.

use super::op::Op;
use super::run::{Context, Cpu, Flow, Handler, Outcome, source};
use crate::vm::cell::Cell;

/// Handlers of complete operations, with the generic parameters of their methods.
macro_rules! long {
    ($($(#[$rare:ident])? $name:ident $method:ident<$(const $parameter:ident: $kind:ty),*>;)*) => {$(
        $(#[$rare])?
        #[inline(never)]
        pub(super) fn $name<$(const $parameter: $kind),*>(
            context: &mut Context<'_>,
            op: &Op,
            pc: usize,
            sp: usize,
            locals: usize,
            left: u64,
        ) {
            let mut cpu = Cpu { context, pc, sp, locals, left };
            let outcome = cpu.$method::<$($parameter),*>(op);
            outcome.go_on(cpu, op);
        }
    )*};
}

long! {
    #[cold] whole_push test_push<const S: u8, const SAME: bool>;
    #[cold] whole_then test_then<const S: u8, const SAME: bool>;
    #[cold] whole_either test_either<const S: u8, const SAME: bool>;
    whole_end test_end<const S: u8, const SAME: bool>;
    whole_text_code text_code<>;
    whole_text_code_locals text_code_locals<>;
    whole_push_return push_return<>;
    whole_pick_return pick_return<>;
    whole_plain_return plain_return<>;
    whole_add_return add_return<const S: u8>;
    whole_return test_return<const S: u8, const SAME: bool>;
    other_way go_other<const S: u8>;
    last_turn jump_if<>;
    long_turn end_turn<>;
    long_update_turn update_turn<const ADD: bool, const TEST: bool>;
    long_update_end update_end<const ADD: bool, const TEST: bool>;
    #[cold] shared_get_if get_if<const SHARED: bool>;
    #[cold] shared_get get_top<const SHARED: bool>;
    #[cold] shared_get_locals get_locals<const SHARED: bool>;
    #[cold] shared_get_local get_local<const SHARED: bool>;
    #[cold] shared_get_assign get_assign<const SHARED: bool>;
    #[cold] shared_set set_top<const SHARED: bool>;
    #[cold] shared_set_literal set_literal<const SHARED: bool>;
    #[cold] shared_set_locals set_locals<const SHARED: bool>;
}

/// Falls back to `long` unless the operation was carried out.
#[inline(always)]
fn unless(done: bool, long: Handler) -> Flow {
    if done { Flow::Done } else { Flow::Long(long) }
}

impl Cpu<'_, '_> {
    #[inline(always)]
    pub(super) fn likely_push<const S: u8, const SAME: bool>(&mut self, op: &Op) -> Flow {
        let done = self.test::<S, SAME>(op).is_some_and(|flag| self.push_flag::<S>(op, flag));
        unless(done, whole_push::<S, SAME>)
    }

    #[inline(always)]
    pub(super) fn likely_then<const S: u8, const SAME: bool>(&mut self, op: &Op) -> Flow {
        let done = self.test::<S, SAME>(op).is_some_and(|flag| self.then::<S>(op, flag));
        unless(done, whole_then::<S, SAME>)
    }

    /// Each of the two ways ends in a jump of its own, which the processor predicts. If the next operation
    /// were chosen by the outcome, it would wait for that.
    #[inline(always)]
    pub(super) fn likely_either<const S: u8, const SAME: bool>(&mut self, op: &Op) -> Flow {
        match self.test::<S, SAME>(op) {
            Some(true) if self.holds_two::<S>() => {
                unless(self.go::<S>(op, op.target), whole_either::<S, SAME>)
            }
            Some(false) => Flow::Long(other_way::<S>),
            _ => Flow::Long(whole_either::<S, SAME>),
        }
    }

    /// Whether there is room for the flag and two blocks.
    #[inline(always)]
    fn holds_two<const S: u8>(&self) -> bool {
        self.room(source(S).grows() + 1)
    }

    /// Returns with one more value.
    #[inline(always)]
    fn quick_return(&mut self, value: Cell) -> bool {
        let Some(to) = self.quickly_returnable() else { return false };
        let Some(cell) = self.context.p.get_mut(self.sp) else { return false };
        *cell = value;
        self.sp += 1;
        self.drop_entry(to)
    }

    #[inline(always)]
    pub(super) fn likely_push_return(&mut self, op: &Op) -> Flow {
        unless(self.quick_return(Cell::from_bits(op.literal)), whole_push_return)
    }

    #[inline(always)]
    pub(super) fn likely_pick_return(&mut self, op: &Op) -> Flow {
        match self.local(op.x) {
            None | Some(Cell::UNASSIGNED) => Flow::Long(whole_pick_return),
            Some(value) => unless(self.quick_return(value), whole_pick_return),
        }
    }

    #[inline(always)]
    pub(super) fn likely_plain_return(&mut self, _: &Op) -> Flow {
        let Some(to) = self.quickly_returnable() else { return Flow::Long(whole_plain_return) };
        self.drop_entry(to);
        Flow::Done
    }

    #[inline(always)]
    pub(super) fn likely_add_return<const S: u8>(&mut self, op: &Op) -> Flow {
        let Some(value) = self.sum::<S>(op) else { return Flow::Long(whole_add_return::<S>) };
        let Some(to) = self.quickly_returnable() else {
            return Flow::Long(whole_add_return::<S>);
        };
        self.take::<S>(op);
        self.put(self.sp, value);
        self.sp += 1;
        self.drop_entry(to);
        Flow::Done
    }

    #[inline(always)]
    pub(super) fn likely_jump_if(&mut self, op: &Op) -> Flow {
        match self.tops() {
            Some(&[flag]) if !flag.is_false() => {
                self.sp -= 1;
                self.jump(op);
                Flow::Done
            }
            _ => Flow::Long(last_turn),
        }
    }

    fn go_other<const S: u8>(&mut self, op: &Op) -> bool {
        self.holds_two::<S>() && self.go::<S>(op, op.other)
    }

    fn test_push<const S: u8, const SAME: bool>(&mut self, op: &Op) -> bool {
        self.whole_test::<S, SAME>(op).is_some_and(|flag| self.push_flag::<S>(op, flag))
    }

    fn test_then<const S: u8, const SAME: bool>(&mut self, op: &Op) -> bool {
        self.whole_test::<S, SAME>(op).is_some_and(|flag| self.then::<S>(op, flag))
    }

    fn test_either<const S: u8, const SAME: bool>(&mut self, op: &Op) -> bool {
        let Some(flag) = self.whole_test::<S, SAME>(op) else { return false };
        self.holds_two::<S>() && self.go::<S>(op, if flag { op.target } else { op.other })
    }

    fn test_end<const S: u8, const SAME: bool>(&mut self, op: &Op) -> bool {
        self.whole_test::<S, SAME>(op).is_some_and(|flag| self.end_with::<S>(op, flag))
    }

    fn test_return<const S: u8, const SAME: bool>(&mut self, op: &Op) -> bool {
        self.whole_test::<S, SAME>(op).is_some_and(|flag| self.return_with::<S>(op, flag))
    }

    #[inline(always)]
    pub(super) fn likely_return<const S: u8, const SAME: bool>(&mut self, op: &Op) -> Flow {
        match self.test::<S, SAME>(op) {
            Some(false) => {
                self.take::<S>(op);
                self.behind::<S, 2>(op);
                Flow::Done
            }
            _ => Flow::Long(whole_return::<S, SAME>),
        }
    }

    #[inline(always)]
    pub(super) fn likely_end<const S: u8, const SAME: bool>(&mut self, op: &Op) -> Flow {
        match self.test::<S, SAME>(op) {
            Some(true) if self.turns_on(op) => {
                self.take::<S>(op);
                self.turn(op);
                Flow::Done
            }
            _ => Flow::Long(whole_end::<S, SAME>),
        }
    }

    #[inline(always)]
    pub(super) fn likely_update_turn<const ADD: bool, const TEST: bool>(
        &mut self,
        op: &Op,
    ) -> Flow {
        match self.update::<ADD, TEST>(op) {
            Some((value, true)) => {
                self.set_local(op.z, value);
                self.jump(op);
                Flow::Done
            }
            _ => Flow::Long(long_update_turn::<ADD, TEST>),
        }
    }

    #[inline(always)]
    pub(super) fn likely_update_end<const ADD: bool, const TEST: bool>(&mut self, op: &Op) -> Flow {
        match self.update::<ADD, TEST>(op) {
            Some((value, true)) if self.turns_on(op) => {
                self.set_local(op.z, value);
                self.turn(op);
                Flow::Done
            }
            _ => Flow::Long(long_update_end::<ADD, TEST>),
        }
    }

    #[inline(always)]
    pub(super) fn likely_get_if(&mut self, op: &Op) -> Flow {
        unless(self.get_if::<false>(op), shared_get_if::<true>)
    }

    #[inline(always)]
    pub(super) fn likely_get_local(&mut self, op: &Op) -> Flow {
        unless(self.get_local::<false>(op), shared_get_local::<true>)
    }

    #[inline(always)]
    pub(super) fn likely_get_assign(&mut self, op: &Op) -> Flow {
        unless(self.get_assign::<false>(op), shared_get_assign::<true>)
    }

    #[inline(always)]
    pub(super) fn likely_get(&mut self, op: &Op) -> Flow {
        unless(self.get_top::<false>(op), shared_get::<true>)
    }

    #[inline(always)]
    pub(super) fn likely_get_locals(&mut self, op: &Op) -> Flow {
        unless(self.get_locals::<false>(op), shared_get_locals::<true>)
    }

    #[inline(always)]
    pub(super) fn likely_set(&mut self, op: &Op) -> Flow {
        unless(self.set_top::<false>(op), shared_set::<true>)
    }

    #[inline(always)]
    pub(super) fn likely_set_literal(&mut self, op: &Op) -> Flow {
        unless(self.set_literal::<false>(op), shared_set_literal::<true>)
    }

    #[inline(always)]
    pub(super) fn likely_set_locals(&mut self, op: &Op) -> Flow {
        unless(self.set_locals::<false>(op), shared_set_locals::<true>)
    }
}
