//! Decoded operations: what the fast loop dispatches on.
//!
//! Each cell has an entry, for the longest run of cells that starts there and can be executed at once. A
//! jump into the middle of a run finds the entry of that cell, so every cell stays a place to stop.
//!
//! Most programs are sequences of *two operands, an operator, a destination*: `i 3 < [ ... ] if`,
//! `i 1 - fib`, `i 1 + assign: i`. So the fused operations are a table: rows are where the operands
//! come from ([`Source`]), columns are operator and destination. `operations!` lists them all, and the
//! enum of codes and the table of handlers are made from it.

/// Where two operands come from.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Source {
    /// Both from the stack.
    Ss,
    /// Stack and literal.
    Si,
    /// Stack and local.
    Sl,
    /// Local and literal.
    Li,
    /// Two locals.
    Ll,
    /// A value that is assigned to a local and picked again, and a literal: the start of many functions.
    Ti,
    /// The top, which stays, and a literal: `dup 2 <`.
    Di,
}

impl Source {
    /// How many values it removes from the stack.
    pub(super) const fn pops(self) -> usize {
        match self {
            Source::Ss => 2,
            Source::Si | Source::Sl | Source::Ti => 1,
            Source::Li | Source::Ll | Source::Di => 0,
        }
    }

    /// How many cells the operands take.
    pub(super) const fn cells(self) -> usize {
        match self {
            Source::Ss => 0,
            Source::Si | Source::Sl => 1,
            Source::Li | Source::Ll | Source::Di => 2,
            Source::Ti => 3,
        }
    }

    /// How much the stack would grow on the way if the cells ran one by one.
    pub(super) const fn grows(self) -> usize {
        match self {
            Source::Ss => 0,
            Source::Si | Source::Sl | Source::Ti => 1,
            Source::Li | Source::Ll | Source::Di => 2,
        }
    }
}

/// Calls a macro with every operation: its code, and the method that carries it out.
macro_rules! operations {
    ($then:ident) => {
        $then! {
            {
                Slow slow;
                UpdateIiIf likely_update_if::<false, false>;
                UpdateIlIf likely_update_if::<false, true>;
                UpdateLiIf likely_update_if::<true, false>;
                UpdateLlIf likely_update_if::<true, true>;
                UpdateIiEnd likely_update_end::<false, false>;
                UpdateIlEnd likely_update_end::<false, true>;
                UpdateLiEnd likely_update_end::<true, false>;
                UpdateLlEnd likely_update_end::<true, true>;
                Nothing nothing;
                Push push_literal;
                PushBlock push_block;
                PushReturn push_return;
                Pick pick;
                Assign assign;
                Dup dup;
                Drop drop_one;
                Swap swap;
                Over over;
                Rot rot;
                Nip nip;
                Tuck tuck;
                TwoDup two_dup;
                TwoDrop two_drop;
                Not not;
                Increment increment;
                CallTop call_top;
                IfTop if_top;
                IfElseTop if_else_top;
                RepeatTop repeat_top;
                RepeatIfTop repeat_if_top;
                Call plain_call;
                If plain_if;
                IfElse if_else;
                Repeat repeat;
                RepeatIf repeat_if;
                Return plain_return;
                ReturnIf return_if;
                End end;
                Get likely_get;
                GetLl likely_get_locals;
                GetLlIf likely_get_if;
                Set likely_set;
                SetIll likely_set_literal;
                SetSll likely_set_locals;
            }
            {
                Ss: AddSs AddSsAssign AddSsCall AddSsReturn CmpSs CmpSsIf CmpSsLeave CmpSsEnd CmpSsReturn AluSs;
                Si: AddSi AddSiAssign AddSiCall AddSiReturn CmpSi CmpSiIf CmpSiLeave CmpSiEnd CmpSiReturn AluSi;
                Sl: AddSl AddSlAssign AddSlCall AddSlReturn CmpSl CmpSlIf CmpSlLeave CmpSlEnd CmpSlReturn AluSl;
                Li: AddLi AddLiAssign AddLiCall AddLiReturn CmpLi CmpLiIf CmpLiLeave CmpLiEnd CmpLiReturn AluLi;
                Ll: AddLl AddLlAssign AddLlCall AddLlReturn CmpLl CmpLlIf CmpLlLeave CmpLlEnd CmpLlReturn AluLl;
                Ti: AddTi AddTiAssign AddTiCall AddTiReturn CmpTi CmpTiIf CmpTiLeave CmpTiEnd CmpTiReturn AluTi;
                Di: AddDi AddDiAssign AddDiCall AddDiReturn CmpDi CmpDiIf CmpDiLeave CmpDiEnd CmpDiReturn AluDi;
            }
        }
    };
}
pub(super) use operations;

macro_rules! codes {
    (
        { $($single:ident $method:ident $(::<$($flag:literal),*>)?;)* }
        { $($source:ident: $add:ident $add_assign:ident $add_call:ident $add_return:ident
            $cmp:ident $cmp_if:ident $cmp_leave:ident $cmp_end:ident $cmp_return:ident
            $alu:ident;)* }
    ) => {
        /// What an operation does.
        #[derive(Clone, Copy, Debug, PartialEq, Eq)]
        #[repr(u8)]
        pub(super) enum Code {
            $($single,)*
            $($add, $add_assign, $add_call, $add_return,
              $cmp, $cmp_if, $cmp_leave, $cmp_end, $cmp_return, $alu,)*
        }

        /// The codes of a row: operator and destination.
        pub(super) struct OpRow {
            pub(super) add: Code,
            pub(super) add_assign: Code,
            pub(super) add_call: Code,
            pub(super) add_return: Code,
            pub(super) cmp: Code,
            pub(super) cmp_if: Code,
            pub(super) cmp_leave: Code,
            pub(super) cmp_end: Code,
            pub(super) cmp_return: Code,
            pub(super) alu: Code,
        }

        impl Source {
            /// The codes of its row.
            pub(super) fn row(self) -> OpRow {
                match self {
                    $(Source::$source => OpRow {
                        add: Code::$add,
                        add_assign: Code::$add_assign,
                        add_call: Code::$add_call,
                        add_return: Code::$add_return,
                        cmp: Code::$cmp,
                        cmp_if: Code::$cmp_if,
                        cmp_leave: Code::$cmp_leave,
                        cmp_end: Code::$cmp_end,
                        cmp_return: Code::$cmp_return,
                        alu: Code::$alu,
                    },)*
                }
            }
        }
    };
}
operations!(codes);

/// A decoded operation: thirty-two bytes, half a cache line.
#[derive(Clone, Copy, Debug)]
pub(super) struct Op {
    pub(super) code: Code,
    /// How many cells it covers, which is the distance to the next operation.
    pub(super) len: u8,
    /// For comparisons: which outcomes are true. For additions: 1 if it subtracts. Else: which
    /// operator.
    pub(super) kind: u8,
    /// The slot of a local that an operand comes from. (A function has at most 255 locals.)
    pub(super) x: u8,
    /// The slot of a second local.
    pub(super) y: u8,
    /// The slot of the local that the result goes to.
    pub(super) z: u8,
    /// A body that is called or run.
    pub(super) target: u32,
    /// A second one; or a small literal, or the slot of a local.
    pub(super) other: u32,
    /// A literal, as the bits of its cell.
    pub(super) literal: u64,
    /// The place after the operation, as a return address on the call stack.
    pub(super) behind: u64,
}

/// Outcomes of a comparison: a bit for each, in the order of their values.
pub(super) const LESS: u8 = 1;
pub(super) const EQUAL: u8 = 2;
pub(super) const GREATER: u8 = 4;
/// For an update with a test: a flag beside the outcomes, set if it subtracts.
pub(super) const SUBTRACT: u8 = 8;
/// For a comparison that leaves the function: a flag beside the outcomes, set if the result is a local,
/// not a literal.
pub(super) const LOCAL: u8 = 8;

/// Whether a comparison has one of these outcomes.
#[inline(always)]
pub(super) fn holds(outcomes: u8, a: i64, b: i64) -> bool {
    let bit = 1 + i32::from(a > b) - i32::from(a < b);
    outcomes >> bit & 1 != 0
}

impl Op {
    /// An operation that is left to the stepper.
    pub(super) const SLOW: Op = Op {
        code: Code::Slow,
        len: 1,
        kind: 0,
        x: 0,
        y: 0,
        z: 0,
        target: 0,
        other: 0,
        literal: 0,
        behind: 0,
    };
}

const _: () = assert!(size_of::<Op>() == 32 && crate::vm::memory::LOCALS <= 256);
