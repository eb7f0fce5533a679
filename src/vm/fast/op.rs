//! Decoded operations: what the fast loop dispatches on.
//!
//! Each cell has an entry, for the longest run of cells that starts there and can be executed at once. A
//! jump into the middle of a run finds the entry of that cell, so every cell stays a place to stop.
//!
//! Most programs are sequences of *two operands, an operator, a destination*: `i 3 < [ ... ] if`,
//! `i 1 - fib`, `i 1 + assign: i`. So the fused operations are a table: rows are where the operands
//! come from ([`Source`]), columns are operator and destination. `operations!` lists them all, and the
//! enum of codes and the table of handlers are made from it.

use crate::vm::instruction::Primitive;

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

    /// Whether the second operand is a literal.
    pub(super) const fn has_literal(self) -> bool {
        match self {
            Source::Si | Source::Li | Source::Ti | Source::Di => true,
            Source::Ss | Source::Sl | Source::Ll => false,
        }
    }
}

/// Calls a macro with every operation: its code, and the method that carries it out.
macro_rules! operations {
    ($then:ident) => {
        $then! {
            {
                Slow slow;
                Deep deep;
                UpdateIiIf update_if::<false, false>;
                UpdateIlIf update_if::<false, true>;
                UpdateLiIf update_if::<true, false>;
                UpdateLlIf update_if::<true, true>;
                UpdateIiTurn likely_update_turn::<false, false>;
                UpdateIlTurn likely_update_turn::<false, true>;
                UpdateLiTurn likely_update_turn::<true, false>;
                UpdateLlTurn likely_update_turn::<true, true>;
                UpdateIiEnd likely_update_end::<false, false>;
                UpdateIlEnd likely_update_end::<false, true>;
                UpdateLiEnd likely_update_end::<true, false>;
                UpdateLlEnd likely_update_end::<true, true>;
                Nothing nothing;
                Push push_literal;
                PushBlock push_block;
                PushReturn likely_push_return;
                Pick pick;
                PickTwo pick_two;
                PickReturn likely_pick_return;
                PickCall pick_call;
                Assign assign;
                AssignTwo assign_two;
                AssignThree assign_three;
                GetGlobal get_global;
                SetGlobal set_global;
                Dup dup;
                Drop drop_one;
                Swap swap;
                Over over;
                Rot rot;
                RotBack rot_back;
                Nip nip;
                Tuck tuck;
                TwoDup two_dup;
                TwoDrop two_drop;
                DupTrue dup_true;
                TwoOver two_over;
                TwoSwap two_swap;
                PickValue pick_value;
                Roll roll;
                Depth depth;
                Not not;
                Both both;
                Either either;
                Increment increment;
                IncrementAssign increment_assign;
                IncrementLocal increment_local;
                IncrementLocalAssign increment_local_assign;
                Negate negate;
                Absolute absolute;
                Invert invert;
                Within within;
                Scale scale;
                IsText is_text;
                IsInteger is_integer;
                IsBlock is_block;
                IsData is_data;
                CallTop call_top;
                IfTop if_top;
                IfElseTop if_else_top;
                RepeatTop repeat_top;
                RepeatIfTop repeat_if_top;
                WhileTop while_top;
                TimesTop times_top;
                Call plain_call;
                If plain_if;
                IfElse if_else;
                Repeat repeat;
                RepeatIf plain_if;
                While while_loop;
                Times times;
                Leave leave_loop;
                Return likely_plain_return;
                ReturnIf return_if;
                End end;
                Jump jump;
                JumpIf likely_jump_if;
                CountDown count_down;
                Get likely_get;
                GetLl likely_get_locals;
                GetSl likely_get_local;
                GetLlIf likely_get_if;
                GetLlAssign likely_get_assign;
                Set likely_set;
                SetIll likely_set_literal;
                SetSll likely_set_locals;
                Length length;
                TextLength text_length;
                CharacterOf likely_text_code;
                CharacterOfLl likely_text_code_locals;
                TextJoin text_join;
                TextPart text_part;
                CharacterText code_text;
                TextCompare text_compare;
                IntegerText integer_text;
                TextInteger text_integer;
                IsNumber is_number;
                InputLine input_line;
                InputChar input_char;
                InputEnded input_ended;
                Print print::<false>;
                PrintLine print::<true>;
            }
            {
                Ss: AddSs AddSsAssign AddSsCall AddSsReturn
                    LessSs LessSsIf LessSsElse LessSsEnd LessSsReturn
                    SameSs SameSsIf SameSsElse SameSsEnd SameSsReturn MulSs AndSs OrSs XorSs ShrSs AluSs;
                Si: AddSi AddSiAssign AddSiCall AddSiReturn
                    LessSi LessSiIf LessSiElse LessSiEnd LessSiReturn
                    SameSi SameSiIf SameSiElse SameSiEnd SameSiReturn MulSi AndSi OrSi XorSi ShrSi AluSi;
                Sl: AddSl AddSlAssign AddSlCall AddSlReturn
                    LessSl LessSlIf LessSlElse LessSlEnd LessSlReturn
                    SameSl SameSlIf SameSlElse SameSlEnd SameSlReturn MulSl AndSl OrSl XorSl ShrSl AluSl;
                Li: AddLi AddLiAssign AddLiCall AddLiReturn
                    LessLi LessLiIf LessLiElse LessLiEnd LessLiReturn
                    SameLi SameLiIf SameLiElse SameLiEnd SameLiReturn MulLi AndLi OrLi XorLi ShrLi AluLi;
                Ll: AddLl AddLlAssign AddLlCall AddLlReturn
                    LessLl LessLlIf LessLlElse LessLlEnd LessLlReturn
                    SameLl SameLlIf SameLlElse SameLlEnd SameLlReturn MulLl AndLl OrLl XorLl ShrLl AluLl;
                Ti: AddTi AddTiAssign AddTiCall AddTiReturn
                    LessTi LessTiIf LessTiElse LessTiEnd LessTiReturn
                    SameTi SameTiIf SameTiElse SameTiEnd SameTiReturn MulTi AndTi OrTi XorTi ShrTi AluTi;
                Di: AddDi AddDiAssign AddDiCall AddDiReturn
                    LessDi LessDiIf LessDiElse LessDiEnd LessDiReturn
                    SameDi SameDiIf SameDiElse SameDiEnd SameDiReturn MulDi AndDi OrDi XorDi ShrDi AluDi;
            }
        }
    };
}
pub(super) use operations;

macro_rules! codes {
    (
        { $($single:ident $method:ident $(::<$($flag:literal),*>)?;)* }
        { $($source:ident: $add:ident $add_assign:ident $add_call:ident $add_return:ident
            $less:ident $less_if:ident $less_else:ident $less_end:ident $less_return:ident
            $same:ident $same_if:ident $same_else:ident $same_end:ident $same_return:ident
            $mul:ident $and:ident $or:ident $xor:ident $shr:ident $alu:ident;)* }
    ) => {
        /// What an operation does.
        #[derive(Clone, Copy, Debug, PartialEq, Eq)]
        #[repr(u8)]
        pub(super) enum Code {
            $($single,)*
            $($add, $add_assign, $add_call, $add_return,
              $less, $less_if, $less_else, $less_end, $less_return,
              $same, $same_if, $same_else, $same_end, $same_return,
              $mul, $and, $or, $xor, $shr, $alu,)*
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
                        less: TestRow {
                            push: Code::$less,
                            then: Code::$less_if,
                            either: Code::$less_else,
                            end: Code::$less_end,
                            leave: Code::$less_return,
                        },
                        same: TestRow {
                            push: Code::$same,
                            then: Code::$same_if,
                            either: Code::$same_else,
                            end: Code::$same_end,
                            leave: Code::$same_return,
                        },
                        mul: Code::$mul,
                        and: Code::$and,
                        or: Code::$or,
                        xor: Code::$xor,
                        shr: Code::$shr,
                        alu: Code::$alu,
                    },)*
                }
            }
        }
    };
}
operations!(codes);

/// The codes of a row: operator and destination.
pub(super) struct OpRow {
    pub(super) add: Code,
    pub(super) add_assign: Code,
    pub(super) add_call: Code,
    pub(super) add_return: Code,
    pub(super) less: TestRow,
    pub(super) same: TestRow,
    pub(super) mul: Code,
    pub(super) and: Code,
    pub(super) or: Code,
    pub(super) xor: Code,
    pub(super) shr: Code,
    pub(super) alu: Code,
}

/// What is done with the outcome of a comparison.
pub(super) struct TestRow {
    pub(super) push: Code,
    /// `[ ... ] if`
    pub(super) then: Code,
    /// `[ ... ] [ ... ] if-else`
    pub(super) either: Code,
    /// The end of a loop's block.
    pub(super) end: Code,
    /// `return_if`
    pub(super) leave: Code,
}

/// A decoded operation: thirty-two bytes, half a cache line.
#[derive(Clone, Copy, Debug)]
pub(super) struct Op {
    pub(super) code: Code,
    /// How many cells it covers, which is the distance to the next operation.
    pub(super) len: u8,
    /// For comparisons and updates: see [`OR_EQUAL`]. For additions: 1 if it subtracts. Else: which
    /// operator.
    pub(super) kind: u8,
    /// The slot of a local that an operand comes from. (A function has at most 255 locals.)
    pub(super) x: u8,
    /// The slot of a second local.
    pub(super) y: u8,
    /// The slot of the local that the result goes to.
    pub(super) z: u8,
    /// How many blocks it is inside of that are run without an entry on the call stack.
    pub(super) level: u8,
    /// How many blocks it jumps into: `target`, or `target` and `other`.
    pub(super) ways: u8,
    /// A body that is called or run; or the operation that is jumped to.
    pub(super) target: u32,
    /// A second one; or a small literal, the slot of a local, or that of a global.
    pub(super) other: u32,
    /// A literal, as the bits of its cell.
    pub(super) literal: u64,
    /// The place after the operation, as a return address on the call stack.
    pub(super) behind: u64,
}

/// A comparison is `a < b`, or one that comes down to it: `a <= b` is `a < b + 1`. This bit of the kind adds
/// that 1 to the second operand, unless it is a literal, which has it already. The bits of an integer are
/// shifted, so adding 1 to them cannot overflow.
pub(super) const OR_EQUAL: u8 = 1;
/// Set if the outcome is negated: `a >= b` is not `a < b`, and `a <> b` is not `a = b`.
pub(super) const NEGATED: u8 = 2;
/// For an update with a test: set if it subtracts.
pub(super) const SUBTRACT: u8 = 4;

/// Which operator on bits.
pub(super) const AND: u8 = Primitive::BitAnd as u8;
pub(super) const OR: u8 = Primitive::BitOr as u8;
pub(super) const XOR: u8 = Primitive::BitXor as u8;

/// Set in the target of a jump that is not resolved yet: the rest is the number of the block.
pub(super) const UNRESOLVED: u32 = 1 << 31;

impl Op {
    /// An operation that is left to the stepper.
    pub(super) const SLOW: Op = Op {
        code: Code::Slow,
        len: 1,
        kind: 0,
        x: 0,
        y: 0,
        z: 0,
        level: 0,
        ways: 0,
        target: 0,
        other: 0,
        literal: 0,
        behind: 0,
    };

    /// Where it jumps to, if it does: see [`Op::ways`].
    pub(super) fn ways_mut(&mut self) -> [&mut u32; 2] {
        [&mut self.target, &mut self.other]
    }
}

const _: () = assert!(size_of::<Op>() == 32 && crate::vm::memory::LOCALS <= 256);
