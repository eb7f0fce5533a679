//! From cells to operations. A body is decoded when control first enters it.
//!
//! An edit drops everything that was decoded. Edits are rare, and decoding takes about ten nanoseconds
//! for each cell of the code that runs next. Tracking what an edit touches would save too little time to
//! be worth the code.

use std::collections::BTreeSet;

use super::op::{Code, EQUAL, GREATER, LESS, LOCAL, Op, SUBTRACT, Source};
use crate::vm::cell::{Cell, Content, INTEGER_MIN};
use crate::vm::index::{Body, Offset};
use crate::vm::instruction::Primitive;
use crate::vm::memory::{CodeBody, Memory, Place};

/// What the fast loop knows about a body.
#[derive(Clone, Copy, Debug)]
pub(super) struct Target {
    /// Where its operations begin; [`NOWHERE`] if it is not decoded.
    pub(super) base: u32,
    /// The function it belongs to.
    pub(super) owner: u32,
    /// For a function: the words of a frame after the header, which are its number and the locals.
    pub(super) words: u32,
    /// How many operations there are: one for each used cell, and one for the empty cell after them.
    pub(super) len: u32,
}

/// The fewest free words above the stacks: those of a new machine.
pub(super) const LEAST_ROOM: usize = 32;
/// The base of a body that is not decoded.
pub(super) const NOWHERE: u32 = u32::MAX;

/// The operations of the bodies that have run. A cache: it is never copied, compared or saved.
#[derive(Debug)]
pub(in crate::vm) struct Decoded {
    pub(super) ops: Vec<Op>,
    pub(super) targets: Vec<Target>,
    /// The base of every decoded body, and the body, in the order of the bases.
    stretches: Vec<(u32, Body)>,
    /// How many free words the loop gets above the stacks.
    pub(super) room: usize,
    /// The loop ends before these cells.
    stops: BTreeSet<Place>,
}

impl Default for Decoded {
    fn default() -> Decoded {
        let (ops, targets, stretches) = (Vec::new(), Vec::new(), Vec::new());
        Decoded { ops, targets, stretches, room: LEAST_ROOM, stops: BTreeSet::new() }
    }
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
            *self = Decoded { room: self.room, stops: cells.clone(), ..Decoded::default() };
        }
    }

    /// The place of an operation.
    pub(super) fn place(&self, pc: usize) -> Place {
        let at = self.stretches.partition_point(|&(start, _)| start as usize <= pc);
        let (base, body) = self.stretches[at - 1];
        Place::new(body, Offset::from_index(pc - base as usize))
    }

    /// Where the operations of a body begin. Decodes it first if necessary.
    pub(super) fn base(&mut self, memory: &Memory, body: Body) -> u32 {
        if self.targets.len() <= body.index() {
            let unknown = |body| {
                let owner = memory.owner(Body(body)).0;
                Target { base: NOWHERE, owner, words: 0, len: 0 }
            };
            self.targets.extend((self.targets.len() as u32..memory.code_count()).map(unknown));
        }
        let base = self.targets[body.index()].base;
        if base != NOWHERE {
            return base;
        }
        let code = memory.existing_code(body);
        let base = self.ops.len() as u32;
        self.stretches.push((base, body));
        let decoder = Decoder::new(memory, code, body, &self.stops);
        self.ops.extend((0..=code.used().len()).map(|offset| decoder.decode(offset)));
        let owner = memory.owner(body);
        let words = 1 + memory.existing_code(owner).locals().len() as u32;
        let len = self.ops.len() as u32 - base;
        self.targets[body.index()] = Target { base, owner: owner.0, words, len };
        base
    }
}

struct Decoder<'m> {
    memory: &'m Memory,
    owner: &'m CodeBody,
    cells: &'m [Cell],
    body: Body,
    function: Body,
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

/// The result with which a block leaves its function.
enum Leaving {
    Literal(i32),
    Local(u8),
}

/// A binary operator that can be fused.
#[derive(Clone, Copy)]
enum Operator {
    Add { subtract: bool },
    Compare { outcomes: u8 },
    Other(Primitive),
}

fn operator(cell: Option<Cell>) -> Option<Operator> {
    use Primitive as P;
    let Content::Primitive(primitive) = cell?.content() else { return None };
    let compare = |outcomes| Some(Operator::Compare { outcomes });
    match primitive {
        P::Add => Some(Operator::Add { subtract: false }),
        P::Subtract => Some(Operator::Add { subtract: true }),
        P::Less => compare(LESS),
        P::LessEqual => compare(LESS | EQUAL),
        P::Greater => compare(GREATER),
        P::GreaterEqual => compare(GREATER | EQUAL),
        P::Equal => compare(EQUAL),
        P::Unequal => compare(LESS | GREATER),
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

impl<'m> Decoder<'m> {
    fn new(
        memory: &'m Memory,
        code: &'m CodeBody,
        body: Body,
        stops: &'m BTreeSet<Place>,
    ) -> Decoder<'m> {
        let function = memory.owner(body);
        let owner = memory.existing_code(function);
        Decoder { memory, owner, cells: code.used(), body, function, stops }
    }

    /// Whether the loop must end before one of these cells.
    fn stops_in(&self, body: Body, offset: usize, count: usize) -> bool {
        let place = |offset: usize| Place::new(body, Offset::from_index(offset));
        self.stops.range(place(offset)..place(offset + count)).next().is_some()
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

    fn op(&self, code: Code, offset: usize, len: usize) -> Op {
        let behind = u64::from(self.body.0) << 32 | (offset + len) as u64;
        Op { code, len: len as u8, behind, ..Op::SLOW }
    }

    fn decode(&self, offset: usize) -> Op {
        if self.stops_in(self.body, offset, 1) {
            return Op::SLOW;
        }
        let several =
            self.update(offset).or_else(|| self.fused(offset)).or_else(|| self.other(offset));
        several
            .filter(|op| !self.stops_in(self.body, offset, usize::from(op.len)))
            .or_else(|| self.single(offset))
            .unwrap_or(Op::SLOW)
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
        let Operator::Compare { outcomes } = operator(self.at(offset + 6))? else { return None };
        let (tests_local, other) = match (self.pick(offset + 5), self.integer(offset + 5)) {
            // A test against itself would need the new value.
            (Some(slot), _) if slot != z => (true, u32::from(slot)),
            (None, Some(value)) => (false, i32::try_from(value).ok()? as u32),
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
            kind: outcomes | if subtract { SUBTRACT } else { 0 },
            other,
            literal: (literal as u64) << 3,
            ..self.op(code, offset, len)
        };
        if self.is(offset + 7, Primitive::End) {
            let code = match (adds_local, tests_local) {
                (false, false) => Code::UpdateIiEnd,
                (false, true) => Code::UpdateIlEnd,
                (true, false) => Code::UpdateLiEnd,
                (true, true) => Code::UpdateLlEnd,
            };
            return Some(made(code, 8));
        }
        let target = self.block(offset + 7).filter(|_| self.is(offset + 8, Primitive::If))?;
        let code = match (adds_local, tests_local) {
            (false, false) => Code::UpdateIiIf,
            (false, true) => Code::UpdateIlIf,
            (true, false) => Code::UpdateLiIf,
            (true, true) => Code::UpdateLlIf,
        };
        Some(Op { target, ..made(code, 9) })
    }

    /// Two operands, an operator and a destination.
    fn fused(&self, offset: usize) -> Option<Op> {
        let (operands, operator) = self.operands(offset)?;
        if operands.literal == INTEGER_MIN {
            // Its negative does not fit.
            return None;
        }
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
            Operator::Add { subtract } => {
                let op = if let Some(slot) = self.assign(end) {
                    Op { z: slot, ..base(row.add_assign, len + 1) }
                } else if let Some(Content::Call(target)) = self.content(end) {
                    Op { target: target.0, ..base(row.add_call, len + 1) }
                } else if self.is(end, Primitive::Return) {
                    base(row.add_return, len + 1)
                } else {
                    base(row.add, len)
                };
                // Subtracting a literal is adding its negative.
                let literal =
                    if subtract { operands.literal.wrapping_neg() } else { operands.literal };
                Op { kind: u8::from(subtract), literal: (literal as u64) << 3, ..op }
            }
            Operator::Compare { outcomes } => {
                let block = self.block(end);
                let op = match block {
                    Some(target) if self.is(end + 1, Primitive::If) => {
                        let leave = Op { target, ..base(row.cmp_leave, len + 2) };
                        match self.leaving(Body(target)) {
                            Some(Leaving::Literal(value)) => Op { other: value as u32, ..leave },
                            Some(Leaving::Local(z)) => Op { z, kind: outcomes | LOCAL, ..leave },
                            None => Op { code: row.cmp_if, ..leave },
                        }
                    }
                    _ if self.is(end, Primitive::End) => base(row.cmp_end, len + 1),
                    _ if self.is(end, Primitive::ReturnIf) => base(row.cmp_return, len + 1),
                    _ => base(row.cmp, len),
                };
                Op { kind: outcomes | op.kind, ..op }
            }
            Operator::Other(primitive) => Op { kind: primitive as u8, ..base(row.alu, len) },
        })
    }

    /// The result with which a block leaves the function, if it does nothing else: `[ 1 return ]`,
    /// `[ n return ]`.
    fn leaving(&self, block: Body) -> Option<Leaving> {
        let (value, rest) = self.memory.code(block)?.used().split_first()?;
        let returns = rest.first() == Some(&Cell::primitive(Primitive::Return));
        if !returns || self.stops_in(block, 0, 2) {
            return None;
        }
        if let Some(value) = value.as_integer() {
            // The operation already holds the literal of the comparison, so only a small one fits.
            return i32::try_from(value).ok().map(Leaving::Literal);
        }
        let Content::Pick(name) = value.content() else { return None };
        self.owner.slot(name).map(|slot| Leaving::Local(slot.0 as u8))
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
        if let Some(block) = self.block(offset) {
            let to = |code| Some(Op { target: block, ..op(code, 2) });
            if self.is(offset + 1, P::If) {
                return to(Code::If);
            } else if self.is(offset + 1, P::Repeat) {
                return to(Code::Repeat);
            } else if self.is(offset + 1, P::RepeatIf) {
                return to(Code::RepeatIf);
            }
            if let Some(other) = self.block(offset + 1)
                && self.is(offset + 2, P::IfElse)
            {
                return Some(Op { target: block, other, ..op(Code::IfElse, 3) });
            }
        }
        let locals = |at: usize| self.pick(at).zip(self.pick(at + 1));
        if let Some((x, y)) = locals(offset) {
            if self.is(offset + 2, P::MemoryGet) {
                let block = self.block(offset + 3).filter(|_| self.is(offset + 4, P::If));
                return Some(match block {
                    Some(target) => Op { x, y, target, ..op(Code::GetLlIf, 5) },
                    None => Op { x, y, ..op(Code::GetLl, 3) },
                });
            }
            if self.is(offset + 2, P::MemorySet) {
                return Some(Op { x, y, ..op(Code::SetSll, 3) });
            }
        }
        // A block gets the number of its frame when it is pushed, so it is no literal.
        let is_literal = |cell: &Cell| cell.is_value() && self.block(offset).is_none();
        let literal = self.at(offset).filter(is_literal)?;
        if let Some((x, y)) = locals(offset + 1)
            && self.is(offset + 3, P::MemorySet)
        {
            return Some(Op { x, y, literal: literal.to_bits(), ..op(Code::SetIll, 4) });
        }
        self.is(offset + 1, P::Return)
            .then(|| Op { literal: literal.to_bits(), ..op(Code::PushReturn, 2) })
    }

    fn single(&self, offset: usize) -> Option<Op> {
        use Primitive as P;
        let op = |code| self.op(code, offset, 1);
        let add = |literal: i64| Op { literal: (literal as u64) << 3, ..op(Code::Increment) };
        Some(match self.content(offset)? {
            Content::Integer(_) | Content::Text(_) | Content::Address(_) => {
                let code = if self.block(offset).is_some() { Code::PushBlock } else { Code::Push };
                Op { literal: self.at(offset)?.to_bits(), ..op(code) }
            }
            Content::BlockValue(..) => unreachable!("code has no values of blocks"),
            Content::Data(_) => unreachable!("code has no addresses of data"),
            Content::Label(_) => op(Code::Nothing),
            Content::Pick(_) => Op { x: self.pick(offset)?, ..op(Code::Pick) },
            Content::Assign(_) => Op { z: self.assign(offset)?, ..op(Code::Assign) },
            Content::Call(target) => Op { target: target.0, ..op(Code::Call) },
            Content::Primitive(primitive) => match primitive {
                P::Increment => add(1),
                P::Decrement => add(-1),
                P::Dup => op(Code::Dup),
                P::Drop => op(Code::Drop),
                P::Swap => op(Code::Swap),
                P::Over => op(Code::Over),
                P::Rot => op(Code::Rot),
                P::Nip => op(Code::Nip),
                P::Tuck => op(Code::Tuck),
                P::TwoDup => op(Code::TwoDup),
                P::TwoDrop => op(Code::TwoDrop),
                P::Not => op(Code::Not),
                P::Return => op(Code::Return),
                P::ReturnIf => op(Code::ReturnIf),
                P::End => op(Code::End),
                P::MemoryGet => op(Code::Get),
                P::MemorySet => op(Code::Set),
                P::Call => op(Code::CallTop),
                P::If => op(Code::IfTop),
                P::IfElse => op(Code::IfElseTop),
                P::Repeat => op(Code::RepeatTop),
                P::RepeatIf => op(Code::RepeatIfTop),
                // All others are left to the stepper.
                _ => return None,
            },
            // Globals are left to the stepper.
            Content::SetGlobal(_)
            | Content::GetGlobal(_)
            | Content::Hole(_)
            | Content::FunctionHole(_)
            | Content::Breakpoint
            | Content::Unassigned => return None,
        })
    }
}
