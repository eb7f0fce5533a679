//! From cells to operations. A body is decoded when control first enters it.
//!
//! An edit drops everything that was decoded. Edits are rare, and decoding takes some ten nanoseconds for
//! each cell of the code that runs next. Tracking what an edit touches would save too little time to be
//! worth the code.
//!
//! A block of `if`, `if-else`, `repeat`, `repeat_if` or `while` needs no entry on the call stack as long as
//! nobody can see the stack. So its operations are decoded a second time, *inline*: the test jumps to them,
//! and their end jumps back. Before anything that pushes an entry ([`Code::Deep`]), and when the fast loop is
//! left, the entries of the blocks around are pushed after all. Control enters such a copy only at its
//! beginning, and the copy of a block within is made from there when it is first needed.

use std::collections::BTreeSet;

use super::op::{Code, NEGATED, OR_EQUAL, Op, SUBTRACT, Source, TestRow, UNRESOLVED};
use crate::vm::cell::{Cell, Content, INTEGER_MIN};
use crate::vm::frame::{Again, HEADER};
use crate::vm::globals::Globals;
use crate::vm::index::{Body, CODE_BODIES, Offset};
use crate::vm::instruction::Primitive;
use crate::vm::memory::{CodeBody, Memory, Place};

/// What the fast loop knows about a body.
#[derive(Clone, Copy, Debug)]
pub(super) struct Target {
    /// Where its operations begin; [`NOWHERE`] if it is not decoded, and then nothing else is known.
    pub(super) base: u32,
    /// The function it belongs to.
    pub(super) owner: u32,
    /// For a function: the words of a frame after the header, which are its number and the locals.
    pub(super) words: u32,
    /// How many operations there are: one for each used cell, and one for the empty cell after them.
    pub(super) len: u32,
}

/// The base of a body that is not decoded.
pub(super) const NOWHERE: u32 = u32::MAX;
const UNKNOWN: Target = Target { base: NOWHERE, owner: 0, words: 0, len: 0 };
/// How many blocks within each other are decoded inline.
pub(super) const LEVELS: u8 = 16;
/// Where the inline loops keep their counts: this many words above the top of the call stack, or so much more
/// as they are deep. Pushing the entries of all levels does not reach so far.
pub(super) const SCRATCH: usize = LEVELS as usize * (HEADER + 1);
const _: () = assert!(CODE_BODIES < UNRESOLVED);

/// A block that was decoded inline.
#[derive(Clone, Copy, Debug)]
pub(super) struct Inline {
    /// The inline block around it, if it is inside of one.
    pub(super) outer: Option<u32>,
    pub(super) block: u32,
    /// Whether it runs again.
    pub(super) turn: Turn,
    /// Where it returns to, as a return address on the call stack.
    pub(super) behind: u64,
    /// The operation there.
    after: u32,
    /// How many inline blocks there are from the outermost to this one.
    pub(super) level: u8,
}

/// What follows the end of an inline block.
#[derive(Clone, Copy, Debug)]
pub(super) enum Turn {
    /// It returns.
    Once,
    /// It runs again, from this operation on.
    Always(u32),
    /// It runs again, from this operation on, if it leaves a true flag.
    WhileTrue(u32),
    /// It runs again, from this operation on, as often as is left.
    Times(u32),
    /// The body of `while` follows if it leaves a true flag: that block, which begins there.
    Condition { body: u32, base: u32 },
    /// The condition of `while` follows: that block, which begins there.
    Body { condition: u32, base: u32 },
}

impl Turn {
    /// How the call stack says it.
    pub(super) fn again(self) -> Again {
        match self {
            Turn::Once => Again::Once,
            Turn::Always(_) => Again::Always,
            Turn::WhileTrue(_) => Again::WhileTrue,
            Turn::Times(_) => Again::Times,
            Turn::Condition { .. } => Again::Condition,
            Turn::Body { .. } => Again::Body,
        }
    }

    /// The other block of `while`, which its entry keeps.
    pub(super) fn other(self) -> Option<u32> {
        match self {
            Turn::Condition { body, .. } => Some(body),
            Turn::Body { condition, .. } => Some(condition),
            Turn::Once | Turn::Always(_) | Turn::WhileTrue(_) | Turn::Times(_) => None,
        }
    }
}

/// Consecutive operations of a body.
#[derive(Clone, Copy, Debug)]
struct Stretch {
    base: u32,
    body: Body,
    /// Which inline block it is, if it is one.
    inline: Option<u32>,
}

/// The operations of the bodies that have run. A cache: it is never copied, compared or saved.
#[derive(Debug, Default)]
pub(in crate::vm) struct Decoded {
    pub(super) ops: Vec<Op>,
    pub(super) targets: Vec<Target>,
    pub(super) inline: Vec<Inline>,
    /// In the order of their bases.
    stretches: Vec<Stretch>,
    /// The loop ends before these cells.
    stops: BTreeSet<Place>,
}

/// A copied machine decodes for itself.
impl Clone for Decoded {
    fn clone(&self) -> Decoded {
        Decoded::default()
    }
}

impl Decoded {
    /// Makes the loop end before these cells. What was decoded for other cells is dropped.
    pub(in crate::vm) fn pause_before(&mut self, cells: &BTreeSet<Place>) {
        if self.stops != *cells {
            self.forget();
            self.stops = cells.clone();
        }
    }

    /// Makes the loop end before no cell but those where it must.
    pub(in crate::vm) fn pause_nowhere(&mut self) {
        if !self.stops.is_empty() {
            self.forget();
            self.stops.clear();
        }
    }

    /// Drops everything that was decoded, because the code changes.
    pub(in crate::vm) fn forget(&mut self) {
        for stretch in self.stretches.drain(..).filter(|stretch| stretch.inline.is_none()) {
            self.targets[stretch.body.index()] = UNKNOWN;
        }
        self.ops.clear();
        self.inline.clear();
    }

    /// The place of an operation, and the inline block that it is in.
    pub(super) fn place(&self, pc: usize) -> (Place, Option<u32>) {
        let op = &self.ops[pc];
        let offset = op.behind as u32 - u32::from(op.len);
        let place = Place::new(Body((op.behind >> 32) as u32), Offset(offset));
        (place, if op.level == 0 { None } else { self.stretches[self.stretch(pc)].inline })
    }

    fn stretch(&self, pc: usize) -> usize {
        self.stretches.partition_point(|stretch| stretch.base as usize <= pc) - 1
    }

    /// Where the operations of a body begin. Decodes it first if necessary.
    pub(super) fn base(&mut self, memory: &Memory, globals: &mut Globals, body: Body) -> u32 {
        if self.targets.len() <= body.index() {
            self.targets.resize(memory.code_count() as usize, UNKNOWN);
        }
        let base = self.targets[body.index()].base;
        if base != NOWHERE {
            return base;
        }
        let base = self.decode(memory, globals, body, None);
        let owner = memory.owner(body);
        let words = 1 + memory.existing_code(owner).locals().len() as u32;
        let len = self.ops.len() as u32 - base;
        self.targets[body.index()] = Target { base, owner: owner.0, words, len };
        base
    }

    fn decode(
        &mut self,
        memory: &Memory,
        globals: &mut Globals,
        body: Body,
        inline: Option<u32>,
    ) -> u32 {
        let base = self.ops.len() as u32;
        assert!(base < UNRESOLVED, "memory has fewer cells");
        self.stretches.push(Stretch { base, body, inline });
        let around = inline.map(|number| (number, &self.inline[..]));
        let mut decoder = Decoder::new(memory, globals, body, around, &self.stops);
        let cells = decoder.cells.len();
        self.ops.extend((0..=cells).map(|offset| decoder.decode(offset)));
        base
    }

    /// Decodes the blocks that an operation jumps into, unless that was done before.
    #[cold]
    pub(super) fn resolve(&mut self, memory: &Memory, globals: &mut Globals, pc: usize) -> bool {
        let op = self.ops[pc];
        let targets = [op.target, op.other];
        let ways = &targets[..usize::from(op.ways)];
        if !ways.iter().any(|way| way & UNRESOLVED != 0) {
            return false;
        }
        let outer = self.stretches[self.stretch(pc)].inline;
        let (after, level) = (pc as u32 + u32::from(op.len), op.level + 1);
        let blocks: Vec<u32> = ways.iter().map(|way| way & !UNRESOLVED).collect();
        for (way, &block) in blocks.iter().enumerate() {
            let base = self.ops.len() as u32;
            let turn = match (op.code, way) {
                (Code::Repeat, _) => Turn::Always(base),
                (Code::RepeatIf, _) => Turn::WhileTrue(base),
                (Code::Times, _) => Turn::Times(base),
                (Code::While, 0) => {
                    let cells = memory.existing_code(Body(block)).used().len() as u32;
                    Turn::Condition { body: blocks[1], base: base + cells + 1 }
                }
                (Code::While, _) => Turn::Body { condition: blocks[0], base: self.ops[pc].target },
                _ => Turn::Once,
            };
            let number = self.inline.len() as u32;
            self.inline.push(Inline { outer, block, turn, behind: op.behind, after, level });
            self.decode(memory, globals, Body(block), Some(number));
            *self.ops[pc].ways_mut()[way] = base;
        }
        true
    }
}

struct Decoder<'m> {
    memory: &'m Memory,
    globals: &'m mut Globals,
    owner: &'m CodeBody,
    cells: &'m [Cell],
    body: Body,
    function: Body,
    /// The number of the inline block that this is, if it is one, and all of them.
    inline: Option<(u32, &'m [Inline])>,
    stops: &'m BTreeSet<Place>,
}

/// Two operands: where they come from, the locals and the literal, and how many cells they take.
struct Operands {
    source: Source,
    x: u8,
    y: u8,
    literal: i64,
    cells: usize,
}

/// A binary operator that can be fused.
#[derive(Clone, Copy)]
enum Operator {
    Add { subtract: bool },
    Less { kind: u8 },
    Same { kind: u8 },
    Other(Primitive),
}

fn operator(cell: Option<Cell>) -> Option<Operator> {
    use Primitive as P;
    let primitive = cell?.as_primitive()?;
    match primitive {
        P::Add => Some(Operator::Add { subtract: false }),
        P::Subtract => Some(Operator::Add { subtract: true }),
        P::Less => Some(Operator::Less { kind: 0 }),
        P::LessEqual => Some(Operator::Less { kind: OR_EQUAL }),
        P::Greater => Some(Operator::Less { kind: OR_EQUAL | NEGATED }),
        P::GreaterEqual => Some(Operator::Less { kind: NEGATED }),
        P::Equal => Some(Operator::Same { kind: 0 }),
        P::Unequal => Some(Operator::Same { kind: NEGATED }),
        P::Multiply
        | P::Divide
        | P::Modulo
        | P::BitAnd
        | P::BitOr
        | P::BitXor
        | P::Minimum
        | P::Maximum
        | P::ShiftLeft
        | P::ShiftRight => Some(Operator::Other(primitive)),
        // No other operator with two operands and one result is fused.
        _ => None,
    }
}

/// Division and remainder by a power of two are a shift and a mask, whatever the sign: both round down.
fn reduced(primitive: Primitive, literal: i64) -> (Primitive, i64) {
    match primitive {
        Primitive::Divide if literal > 0 && literal & (literal - 1) == 0 => {
            (Primitive::ShiftRight, i64::from(literal.trailing_zeros()))
        }
        Primitive::Modulo if literal > 0 && literal & (literal - 1) == 0 => {
            (Primitive::BitAnd, literal - 1)
        }
        other => (other, literal),
    }
}

impl<'m> Decoder<'m> {
    fn new(
        memory: &'m Memory,
        globals: &'m mut Globals,
        body: Body,
        inline: Option<(u32, &'m [Inline])>,
        stops: &'m BTreeSet<Place>,
    ) -> Decoder<'m> {
        let function = memory.owner(body);
        let owner = memory.existing_code(function);
        let cells = memory.existing_code(body).used();
        Decoder { memory, globals, owner, cells, body, function, inline, stops }
    }

    /// Whether the loop must end before one of these cells.
    fn stops_in(&self, offset: usize, count: usize) -> bool {
        let place = |offset: usize| Place::new(self.body, Offset::from_index(offset));
        !self.stops.is_empty()
            && self.stops.range(place(offset)..place(offset + count)).next().is_some()
    }

    fn at(&self, offset: usize) -> Option<Cell> {
        self.cells.get(offset).copied()
    }

    fn content(&self, offset: usize) -> Option<Content> {
        self.at(offset).map(Cell::content)
    }

    fn pick(&self, offset: usize) -> Option<u8> {
        let Content::Pick(name) = self.content(offset)? else { return None };
        self.owner.slot(name).map(|slot| slot.0 as u8)
    }

    fn assign(&self, offset: usize) -> Option<u8> {
        let Content::Assign(name) = self.content(offset)? else { return None };
        self.owner.slot(name).map(|slot| slot.0 as u8)
    }

    fn integer(&self, offset: usize) -> Option<i64> {
        self.at(offset)?.as_integer()
    }

    fn is(&self, offset: usize, primitive: Primitive) -> bool {
        self.at(offset) == Some(Cell::primitive(primitive))
    }

    /// The block of this function whose address the cell holds, if it holds one.
    fn block(&self, offset: usize) -> Option<u32> {
        let body = self.at(offset)?.as_code()?;
        let is_own = self.memory.owner(body) == self.function && body != self.function;
        is_own.then_some(body.0)
    }

    fn is_inline(&self) -> bool {
        self.inline.is_some()
    }

    /// The inline block that this is, if it is one.
    fn this(&self) -> Option<Inline> {
        self.inline.map(|(number, all)| all[number as usize])
    }

    fn level(&self) -> u8 {
        self.this().map_or(0, |inline| inline.level)
    }

    /// Where a test at the end of an inline block leads if it holds, and where it leads if not.
    fn turns(&self) -> Option<(u32, u32)> {
        let Inline { turn, after, .. } = self.this()?;
        match turn {
            Turn::WhileTrue(base) | Turn::Condition { base, .. } => Some((base, after)),
            Turn::Once | Turn::Always(_) | Turn::Times(_) | Turn::Body { .. } => None,
        }
    }

    /// The end of an inline block.
    fn inline_end(&self, offset: usize) -> Option<Op> {
        if let Some((target, other)) = self.turns() {
            return Some(Op { target, other, ..self.op(Code::JumpIf, offset, 1) });
        }
        let Inline { turn, after, .. } = self.this()?;
        if let Turn::Times(target) = turn {
            return Some(Op { target, other: after, ..self.op(Code::CountDown, offset, 1) });
        }
        let target = match turn {
            Turn::Always(base) | Turn::Body { base, .. } => base,
            Turn::Once | Turn::WhileTrue(_) | Turn::Times(_) | Turn::Condition { .. } => after,
        };
        Some(Op { target, ..self.op(Code::Jump, offset, 1) })
    }

    /// `leave` in an inline loop: what follows the loop.
    fn inline_leave(&self) -> Option<u32> {
        let (number, all) = self.inline?;
        let mut block = Some(number);
        while let Some(Inline { outer, turn, after, .. }) = block.map(|n| all[n as usize]) {
            if !matches!(turn, Turn::Once) {
                return Some(after);
            }
            block = outer;
        }
        None
    }

    fn op(&self, code: Code, offset: usize, len: usize) -> Op {
        let behind = u64::from(self.body.0) << 32 | (offset + len) as u64;
        Op { code, len: len as u8, behind, level: self.level(), ..Op::SLOW }
    }

    fn decode(&mut self, offset: usize) -> Op {
        let slow = self.op(Code::Slow, offset, 1);
        if self.stops_in(offset, 1) {
            return slow;
        }
        let several = self
            .update(offset)
            .or_else(|| self.fused(offset))
            .or_else(|| self.other(offset))
            .filter(|op| !self.stops_in(offset, usize::from(op.len)));
        several.or_else(|| self.single(offset)).unwrap_or(slow)
    }

    /// As it is, or, in an inline block, what pushes the entries of the blocks around first and goes on
    /// outside of it.
    fn pushes(&self, op: Op) -> Op {
        let Some((number, _)) = self.inline else { return op };
        let offset = op.behind as u32 as usize - usize::from(op.len);
        Op { other: number, ..self.op(Code::Deep, offset, 1) }
    }

    /// `[ ... ] if` at an offset: the block, as a jump that is not resolved.
    fn then(&self, offset: usize) -> Option<u32> {
        let block = self.block(offset).filter(|_| self.level() < LEVELS)?;
        self.is(offset + 1, Primitive::If).then_some(block | UNRESOLVED)
    }

    /// `[ ... ] [ ... ] if-else` at an offset: the blocks, as jumps that are not resolved.
    fn either(&self, offset: usize) -> Option<(u32, u32)> {
        let then = self.block(offset).filter(|_| self.level() < LEVELS)?;
        let other = self.block(offset + 1)?;
        self.is(offset + 2, Primitive::IfElse).then_some((then | UNRESOLVED, other | UNRESOLVED))
    }

    /// Adds to a local or subtracts from it, then tests it: the end of a loop, or a guarded step.
    fn update(&self, offset: usize) -> Option<Op> {
        let (add, Operator::Add { subtract }) = self.operands(offset)? else { return None };
        let adds_local = match add.source {
            Source::Li => false,
            Source::Ll => true,
            Source::Ss | Source::Si | Source::Sl | Source::Ti | Source::Di => return None,
        };
        let z = self.assign(offset + 3).filter(|&z| self.pick(offset + 4) == Some(z))?;
        let Operator::Less { kind } = operator(self.at(offset + 6))? else { return None };
        let (tests_local, other) = match (self.pick(offset + 5), self.integer(offset + 5)) {
            // A test against itself would need the new value.
            (Some(slot), _) if slot != z => (true, u32::from(slot)),
            (None, Some(value)) => {
                let more = i64::from(kind & OR_EQUAL);
                (false, i32::try_from(value << 3 | more).ok()? as u32)
            }
            _ => return None,
        };
        // Subtracting a literal is adding its negative.
        let literal = match subtract && !adds_local {
            true if add.literal == INTEGER_MIN => return None,
            true => -add.literal,
            false => add.literal,
        };
        let made = |code, len| Op {
            x: add.x,
            y: add.y,
            z,
            kind: kind | if subtract { SUBTRACT } else { 0 },
            other,
            literal: (literal as u64) << 3,
            ..self.op(code, offset, len)
        };
        if self.is(offset + 7, Primitive::End) {
            if self.is_inline() {
                let Turn::WhileTrue(target) = self.this()?.turn else { return None };
                let code = match (adds_local, tests_local) {
                    (false, false) => Code::UpdateIiTurn,
                    (false, true) => Code::UpdateIlTurn,
                    (true, false) => Code::UpdateLiTurn,
                    (true, true) => Code::UpdateLlTurn,
                };
                return Some(Op { target, ..made(code, 8) });
            }
            let code = match (adds_local, tests_local) {
                (false, false) => Code::UpdateIiEnd,
                (false, true) => Code::UpdateIlEnd,
                (true, false) => Code::UpdateLiEnd,
                (true, true) => Code::UpdateLlEnd,
            };
            return Some(made(code, 8));
        }
        let target = self.then(offset + 7)?;
        let code = match (adds_local, tests_local) {
            (false, false) => Code::UpdateIiIf,
            (false, true) => Code::UpdateIlIf,
            (true, false) => Code::UpdateLiIf,
            (true, true) => Code::UpdateLlIf,
        };
        Some(Op { target, ways: 1, ..made(code, 9) })
    }

    /// Two operands, an operator and a destination.
    fn fused(&self, offset: usize) -> Option<Op> {
        let (operands, operator) = self.operands(offset)?;
        let end = offset + operands.cells + 1;
        let row = operands.source.row();
        let base = |code, len| Op {
            x: operands.x,
            y: operands.y,
            literal: (operands.literal as u64) << 3,
            ..self.op(code, offset, len)
        };
        let len = end - offset;
        Some(match operator {
            // The negative of the least integer does not fit.
            Operator::Add { .. } if operands.literal == INTEGER_MIN => return None,
            Operator::Add { subtract } => {
                let op = if let Some(slot) = self.assign(end) {
                    Op { z: slot, ..base(row.add_assign, len + 1) }
                } else if let Some(Content::Call(target)) = self.content(end)
                    && !self.is_inline()
                {
                    Op { target: target.0, ..base(row.add_call, len + 1) }
                } else if self.is(end, Primitive::Return) {
                    base(row.add_return, len + 1)
                } else {
                    base(row.add, len)
                };
                // Subtracting a literal is adding its negative.
                let literal = if subtract { -operands.literal } else { operands.literal };
                Op { kind: u8::from(subtract), literal: (literal as u64) << 3, ..op }
            }
            Operator::Less { kind } => {
                let op = self.test(row.less, offset, end, base);
                // Adds the 1 of `a <= b` to a literal.
                let more = u64::from(kind & OR_EQUAL);
                Op { kind, literal: op.literal | more, ..op }
            }
            Operator::Same { kind } => Op { kind, ..self.test(row.same, offset, end, base) },
            Operator::Other(primitive) => {
                let has_literal = operands.source.has_literal();
                let (primitive, literal) = match has_literal {
                    true => reduced(primitive, operands.literal),
                    false => (primitive, 0),
                };
                let code = match primitive {
                    Primitive::Multiply => row.mul,
                    Primitive::BitAnd => row.and,
                    Primitive::BitOr => row.or,
                    Primitive::BitXor => row.xor,
                    Primitive::ShiftRight => row.shr,
                    // The handler looks at the kind.
                    _ => row.alu,
                };
                Op { kind: primitive as u8, literal: (literal as u64) << 3, ..base(code, len) }
            }
        })
    }

    /// A comparison, and what is done with its outcome at `end`.
    fn test(
        &self,
        row: TestRow,
        offset: usize,
        end: usize,
        base: impl Fn(Code, usize) -> Op,
    ) -> Op {
        let len = end - offset;
        if let Some(target) = self.then(end) {
            Op { target, ways: 1, ..base(row.then, len + 2) }
        } else if let Some((target, other)) = self.either(end) {
            Op { target, other, ways: 2, ..base(row.either, len + 3) }
        } else if self.is(end, Primitive::End)
            && let Some((target, other)) = self.turns()
        {
            Op { target, other, ..base(row.either, len + 1) }
        } else if self.is(end, Primitive::End) && !self.is_inline() {
            base(row.end, len + 1)
        } else if self.is(end, Primitive::ReturnIf) {
            base(row.leave, len + 1)
        } else {
            base(row.push, len)
        }
    }

    fn operands(&self, offset: usize) -> Option<(Operands, Operator)> {
        let made = |source, x, y, literal, cells| Operands { source, x, y, literal, cells };
        let tee = self.assign(offset).filter(|&slot| self.pick(offset + 1) == Some(slot));
        let first = self.pick(offset);
        let dup = self.is(offset, Primitive::Dup);
        let candidates = [
            tee.zip(self.integer(offset + 2)).map(|(x, n)| made(Source::Ti, x, 0, n, 3)),
            first.zip(self.integer(offset + 1)).map(|(x, n)| made(Source::Li, x, 0, n, 2)),
            first.zip(self.pick(offset + 1)).map(|(x, y)| made(Source::Ll, x, y, 0, 2)),
            self.integer(offset + 1).filter(|_| dup).map(|n| made(Source::Di, 0, 0, n, 2)),
            self.integer(offset).map(|n| made(Source::Si, 0, 0, n, 1)),
            first.map(|y| made(Source::Sl, 0, y, 0, 1)),
            Some(made(Source::Ss, 0, 0, 0, 0)),
        ];
        let fits = |operands: Operands| {
            let operator = operator(self.at(offset + operands.cells))?;
            Some((operands, operator))
        };
        candidates.into_iter().flatten().find_map(fits)
    }

    /// Runs of cells other than two operands and an operator.
    fn other(&self, offset: usize) -> Option<Op> {
        use Primitive as P;
        let op = |code, len| self.op(code, offset, len);
        if let Some(target) = self.then(offset) {
            return Some(Op { target, ways: 1, ..op(Code::If, 2) });
        }
        if let Some((target, other)) = self.either(offset) {
            return Some(Op { target, other, ways: 2, ..op(Code::IfElse, 3) });
        }
        if let Some(looped) = self.looped(offset) {
            return Some(looped);
        }
        let locals = |at: usize| self.pick(at).zip(self.pick(at + 1));
        if let Some((x, y)) = locals(offset) {
            if self.is(offset + 2, P::MemoryGet) {
                if let Some(target) = self.then(offset + 3) {
                    return Some(Op { x, y, target, ways: 1, ..op(Code::GetLlIf, 5) });
                }
                return Some(match self.assign(offset + 3) {
                    Some(z) => Op { x, y, z, ..op(Code::GetLlAssign, 4) },
                    None => Op { x, y, ..op(Code::GetLl, 3) },
                });
            }
            if self.is(offset + 2, P::MemorySet) {
                return Some(Op { x, y, ..op(Code::SetSll, 3) });
            }
            if self.is(offset + 2, P::TextCode) {
                return Some(Op { x, y, ..op(Code::CharacterOfLl, 3) });
            }
        }
        // A block gets the number of its frame when it is pushed, so it is no literal.
        let is_literal = |cell: &Cell| cell.is_value() && self.block(offset).is_none();
        if let Some(literal) = self.at(offset).filter(is_literal) {
            if let Some((x, y)) = locals(offset + 1)
                && self.is(offset + 3, P::MemorySet)
            {
                return Some(Op { x, y, literal: literal.to_bits(), ..op(Code::SetIll, 4) });
            }
            let returns = self.is(offset + 1, P::Return);
            return returns.then(|| Op { literal: literal.to_bits(), ..op(Code::PushReturn, 2) });
        }
        let increment = self.increment(offset);
        increment.or_else(|| self.picks(offset)).or_else(|| self.assigns(offset))
    }

    /// 1 or -1, if the cell adds that.
    fn one(&self, offset: usize) -> Option<i64> {
        match self.at(offset)?.as_primitive()? {
            Primitive::Increment => Some(1),
            Primitive::Decrement => Some(-1),
            // No other instruction adds a number of its own.
            _ => None,
        }
    }

    /// `1+` or `1-`, and what it adds to or what follows.
    fn increment(&self, offset: usize) -> Option<Op> {
        let x = self.pick(offset);
        let at = offset + usize::from(x.is_some());
        let literal = (self.one(at)? << 3) as u64;
        let end = at + 1;
        let op = |code, more: usize| Op {
            x: x.unwrap_or(0),
            literal,
            ..self.op(code, offset, end - offset + more)
        };
        let row = if x.is_some() { Source::Li.row() } else { Source::Si.row() };
        if let Some(z) = self.assign(end) {
            let code = match x {
                Some(_) => Code::IncrementLocalAssign,
                None => Code::IncrementAssign,
            };
            return Some(Op { z, ..op(code, 1) });
        }
        // These two lead elsewhere, so they are the same as with a literal, although that is a cell more.
        if let Some(Content::Call(target)) = self.content(end)
            && !self.is_inline()
        {
            return Some(Op { target: target.0, ..op(row.add_call, 1) });
        }
        if self.is(end, Primitive::Return) {
            return Some(op(row.add_return, 1));
        }
        x.map(|_| op(Code::IncrementLocal, 0))
    }

    /// The beginning of a loop of blocks.
    fn looped(&self, offset: usize) -> Option<Op> {
        use Primitive as P;
        let target = self.block(offset).filter(|_| self.level() < LEVELS)? | UNRESOLVED;
        let op = |code, len| self.op(code, offset, len);
        if self.is(offset + 1, P::Repeat) {
            return Some(Op { target, ways: 1, ..op(Code::Repeat, 2) });
        }
        if self.is(offset + 1, P::RepeatIf) {
            return Some(Op { target, ways: 1, ..op(Code::RepeatIf, 2) });
        }
        if self.is(offset + 1, P::Times) {
            return Some(Op { target, ways: 1, ..op(Code::Times, 2) });
        }
        let other = self.block(offset + 1).filter(|_| self.is(offset + 2, P::While))? | UNRESOLVED;
        Some(Op { target, other, ways: 2, ..op(Code::While, 3) })
    }

    /// A local, and what follows.
    fn picks(&self, offset: usize) -> Option<Op> {
        let x = self.pick(offset)?;
        if self.is(offset + 1, Primitive::Return) {
            return Some(Op { x, ..self.op(Code::PickReturn, offset, 2) });
        }
        if self.is(offset + 1, Primitive::Call) && !self.is_inline() {
            return Some(Op { x, ..self.op(Code::PickCall, offset, 2) });
        }
        if self.is(offset + 1, Primitive::MemoryGet) {
            return Some(Op { x, ..self.op(Code::GetSl, offset, 2) });
        }
        // Unless the second begins something longer.
        let y = self.pick(offset + 1).filter(|_| self.is_plain(offset + 1))?;
        Some(Op { x, y, ..self.op(Code::PickTwo, offset, 2) })
    }

    /// Several assignments: the parameters of many functions.
    fn assigns(&self, offset: usize) -> Option<Op> {
        let (z, y) = (self.assign(offset)?, self.assign(offset + 1)?);
        if let Some(x) = self.assign(offset + 2).filter(|_| self.is_plain(offset + 2)) {
            return Some(Op { x, y, z, ..self.op(Code::AssignThree, offset, 3) });
        }
        self.is_plain(offset + 1).then(|| Op { y, z, ..self.op(Code::AssignTwo, offset, 2) })
    }

    /// Whether no fused operation begins here.
    fn is_plain(&self, offset: usize) -> bool {
        let local = self.pick(offset).is_some();
        let gets = self.is(offset + 1, Primitive::MemoryGet)
            || (self.pick(offset + 1).is_some()
                && (self.is(offset + 2, Primitive::MemoryGet)
                    || self.is(offset + 2, Primitive::TextCode)));
        self.fused(offset).is_none() && !(local && (gets || self.one(offset + 1).is_some()))
    }

    fn single(&mut self, offset: usize) -> Option<Op> {
        let op = |code| self.op(code, offset, 1);
        Some(match self.content(offset)? {
            Content::Integer(_) | Content::Text(_) | Content::Address(_) => {
                let code = if self.block(offset).is_some() { Code::PushBlock } else { Code::Push };
                Op { literal: self.at(offset)?.to_bits(), ..op(code) }
            }
            Content::BlockValue(..) => unreachable!("code has no values of blocks"),
            Content::Data(_) => unreachable!("code has no addresses of data"),
            Content::Task(_) => unreachable!("code has no tasks"),
            Content::Label(_) => op(Code::Nothing),
            Content::Pick(_) => Op { x: self.pick(offset)?, ..op(Code::Pick) },
            Content::Assign(_) => Op { z: self.assign(offset)?, ..op(Code::Assign) },
            Content::Call(target) => self.pushes(Op { target: target.0, ..op(Code::Call) }),
            Content::Primitive(primitive) => self.primitive(primitive, offset)?,
            Content::SetGlobal(name) | Content::GetGlobal(name) => {
                let is_get = matches!(self.content(offset)?, Content::GetGlobal(_));
                let code = if is_get { Code::GetGlobal } else { Code::SetGlobal };
                let other = u32::try_from(self.globals.slot(self.memory.name(name))).ok()?;
                Op { other, ..self.op(code, offset, 1) }
            }
            Content::Hole(_)
            | Content::FunctionHole(_)
            | Content::Breakpoint
            | Content::Unassigned => return None,
        })
    }

    fn primitive(&self, primitive: Primitive, offset: usize) -> Option<Op> {
        use Primitive as P;
        let op = |code| self.op(code, offset, 1);
        let add = |literal: i64| Op { literal: (literal as u64) << 3, ..op(Code::Increment) };
        Some(match primitive {
            P::Increment => add(1),
            P::Decrement => add(-1),
            P::Negate => op(Code::Negate),
            P::Absolute => op(Code::Absolute),
            P::Invert => op(Code::Invert),
            P::Within => op(Code::Within),
            P::Scale => op(Code::Scale),
            P::Dup => op(Code::Dup),
            P::Drop => op(Code::Drop),
            P::Swap => op(Code::Swap),
            P::Over => op(Code::Over),
            P::Rot => op(Code::Rot),
            P::RotBack => op(Code::RotBack),
            P::Nip => op(Code::Nip),
            P::Tuck => op(Code::Tuck),
            P::TwoDup => op(Code::TwoDup),
            P::TwoDrop => op(Code::TwoDrop),
            P::DupTrue => op(Code::DupTrue),
            P::TwoOver => op(Code::TwoOver),
            P::TwoSwap => op(Code::TwoSwap),
            P::PickValue => op(Code::PickValue),
            P::Roll => op(Code::Roll),
            P::Depth => op(Code::Depth),
            P::Not => op(Code::Not),
            P::LogicalAnd => op(Code::Both),
            P::LogicalOr => op(Code::Either),
            P::IsText => op(Code::IsText),
            P::IsInteger => op(Code::IsInteger),
            P::IsBlock => op(Code::IsBlock),
            P::IsData => op(Code::IsData),
            P::Return => op(Code::Return),
            P::ReturnIf => op(Code::ReturnIf),
            P::Leave => match self.inline_leave() {
                Some(target) => Op { target, ..op(Code::Jump) },
                None => op(Code::Leave),
            },
            P::End => self.inline_end(offset).unwrap_or(op(Code::End)),
            P::MemoryGet => op(Code::Get),
            P::MemorySet => op(Code::Set),
            P::MemoryLength => op(Code::Length),
            P::Call => self.pushes(op(Code::CallTop)),
            P::If => self.pushes(op(Code::IfTop)),
            P::IfElse => self.pushes(op(Code::IfElseTop)),
            P::Repeat => self.pushes(op(Code::RepeatTop)),
            P::RepeatIf => self.pushes(op(Code::RepeatIfTop)),
            P::While => self.pushes(op(Code::WhileTop)),
            P::Times => self.pushes(op(Code::TimesTop)),
            P::TextLength => op(Code::TextLength),
            P::TextCode => op(Code::CharacterOf),
            P::TextJoin => op(Code::TextJoin),
            P::TextPart => op(Code::TextPart),
            P::CodeText => op(Code::CharacterText),
            P::TextCompare => op(Code::TextCompare),
            P::IntegerText => op(Code::IntegerText),
            P::TextInteger => op(Code::TextInteger),
            P::IsNumber => op(Code::IsNumber),
            P::InputLine => op(Code::InputLine),
            P::InputChar => op(Code::InputChar),
            P::InputEnded => op(Code::InputEnded),
            P::Print => op(Code::Print),
            P::PrintLine => op(Code::PrintLine),
            // All others are left to the stepper.
            _ => return None,
        })
    }
}
