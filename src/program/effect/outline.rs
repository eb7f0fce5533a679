//! Code reduced to what it does to the parameter stack: eight bytes a cell, with callees and blocks as numbers.
//! The code of a text and that of a machine are looked at in the same form, and as often as necessary.

use std::ops::Range;

use foldhash::{HashMap, HashMapExt, HashSet};

use super::{MOST_HANDED, StackEffect, StackEffects, Transfer};
use crate::program::listing::Program;
use crate::vm::cell::{Cell, Content};
use crate::vm::index::Body;
use crate::vm::instruction::{Fragment, Instruction, Primitive};
use crate::vm::machine::Machine;
use crate::vm::memory::{BodyKind, Memory};

/// What a cell does to the parameter stack.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Op {
    /// Takes and gives so many values.
    Plain { takes: u8, gives: u8 },
    /// Pushes a number that is true.
    True,
    /// Pushes how many values there are: from here on the program may know more than can be found out.
    Depth,
    /// Takes so many values; it is not known what comes then.
    Unknown { takes: u8 },
    /// Calls the function with this number.
    Call(u32),
    /// Pushes the block that is this body.
    Block(u32),
    /// Decides where execution goes on.
    Control(Control),
}

/// The instructions that decide where execution goes on.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Control {
    Call,
    If,
    IfElse,
    Repeat,
    RepeatIf,
    While,
    Times,
    Leave,
    Return,
    ReturnIf,
    End,
    Exit,
}

/// A body.
#[derive(Clone, Debug)]
pub(super) struct BodyOutline {
    /// Its cells.
    pub ops: Range<usize>,
    /// Its number in the fragment, or in the machine.
    pub number: u32,
    /// Whether running it may leave the function, or a loop around it.
    pub escapes: bool,
}

/// A function.
#[derive(Clone, Debug)]
pub(super) struct FunctionOutline {
    /// Its name.
    pub name: Box<str>,
    /// Its bodies: its own, then its blocks.
    pub bodies: Range<usize>,
    /// The names that it gives to what it takes, in the order in which they are on the stack.
    pub parameters: Box<[Box<str>]>,
    /// The functions that it calls, in order.
    pub calls: Vec<u32>,
}

/// Functions that may call each other.
#[derive(Clone, Debug, Default)]
pub(super) struct Outline {
    pub ops: Vec<Op>,
    pub bodies: Vec<BodyOutline>,
    pub functions: Vec<FunctionOutline>,
}

/// A cell as an outline sees it.
enum Seen<'c> {
    Op(Op),
    /// A block, by its number where the cell is from.
    Block(u32),
    /// Takes a value and gives it this name.
    Assign(&'c str),
    /// Pushes this number.
    Number(i64),
    /// Hands over values to another task.
    Transfer(Transfer),
}

impl Outline {
    /// The functions of a program, in its order; the last is main.
    pub fn of_program(program: &Program) -> Outline {
        let of_main = ("main", &program.main);
        let codes = program.definitions.iter().map(|one| (&*one.name, &one.code)).chain([of_main]);
        let codes: Vec<(&str, &Fragment)> = codes.collect();
        let numbers: HashMap<&str, u32> = codes.iter().map(|one| one.0).zip(0..).collect();
        let mut outline = Outline::default();
        for (name, code) in codes {
            let cells = |body: u32| code.bodies.get(body as usize).map_or(&[][..], Vec::as_slice);
            let call = |name: &str| numbers.get(name).map_or(MISSING, |&number| Op::Call(number));
            outline.add(name, 0, cells, |cell| seen_in_text(cell, call));
        }
        outline
    }

    /// One function, which calls itself and others whose effects are known.
    pub fn of_function(name: &str, code: &Fragment, effects: &StackEffects) -> Outline {
        let call = |callee: &str| {
            let effect = effects.of_function(callee);
            let plain = |effect: StackEffect| {
                let takes = u8::try_from(effect.takes).ok()?;
                Some(match effect.gives {
                    Some(gives) => Op::Plain { takes, gives: u8::try_from(gives).ok()? },
                    None => Op::Unknown { takes },
                })
            };
            if callee == name { Op::Call(0) } else { effect.and_then(plain).unwrap_or(MISSING) }
        };
        let mut outline = Outline::default();
        let cells = |body: u32| code.bodies.get(body as usize).map_or(&[][..], Vec::as_slice);
        outline.add(name, 0, cells, |cell| seen_in_text(cell, call));
        outline
    }

    /// The functions of a machine.
    pub fn of_machine(machine: &Machine) -> Outline {
        let memory = machine.memory();
        let functions: Vec<(&str, Body)> = memory.functions().collect();
        let mut numbers = HashMap::with_capacity(functions.len());
        numbers.extend(functions.iter().map(|&(_, body)| body).zip(0..));
        let mut outline = Outline::default();
        for (name, body) in functions {
            let cells = |body| memory.code(Body(body)).map_or(&[][..], |code| code.used());
            outline.add(name, body.0, cells, |cell| seen_in_machine(*cell, memory, &numbers));
        }
        outline
    }

    /// The body and the index in it of a cell.
    pub fn place(&self, op: usize) -> (&BodyOutline, usize) {
        let body = &self.bodies[self.bodies.partition_point(|body| body.ops.end <= op)];
        (body, op - body.ops.start)
    }

    fn add<'c, C: 'c>(
        &mut self,
        name: &str,
        root: u32,
        cells: impl Fn(u32) -> &'c [C],
        see: impl Fn(&'c C) -> Seen<'c>,
    ) {
        let first = self.bodies.len();
        let (mut numbers, mut parents) = (vec![root], vec![0]);
        let mut known = HashSet::from_iter([root]);
        let (mut parameters, mut calls): (Vec<&str>, Vec<u32>) = (Vec::new(), Vec::new());
        let mut done = 0;
        while done < numbers.len() {
            let (start, mut escapes) = (self.ops.len(), false);
            // The numbers that were pushed last, the newest last.
            let mut numbers_before = [None; 2];
            for (index, cell) in cells(numbers[done]).iter().enumerate() {
                let seen = see(cell);
                let number = if let Seen::Number(number) = seen { Some(number) } else { None };
                let op = match seen {
                    // In a tree, no block is met twice.
                    Seen::Block(block) if known.insert(block) => {
                        numbers.push(block);
                        parents.push(first + done);
                        Op::Block((first + numbers.len() - 1) as u32)
                    }
                    Seen::Block(_) => Op::Unknown { takes: 0 },
                    Seen::Assign(name) => {
                        let leads = done == 0 && index == parameters.len();
                        if leads && !parameters.contains(&name) {
                            parameters.push(name);
                        }
                        Op::Plain { takes: 1, gives: 0 }
                    }
                    Seen::Number(number) if number > 0 => Op::True,
                    Seen::Number(_) => PUSHES,
                    Seen::Transfer(transfer) => {
                        let direct = transfer.operands == 1
                            || self.ops[start..].last().is_some_and(|&op| is_value(op));
                        let number = numbers_before[numbers_before.len() - transfer.operands];
                        of_transfer(transfer, number.filter(|_| direct))
                    }
                    Seen::Op(op) => op,
                };
                numbers_before = [numbers_before[1], number];
                if let Op::Call(function) = op {
                    calls.push(function);
                }
                use Control as C;
                escapes |= matches!(op, Op::Control(C::Return | C::ReturnIf | C::Leave));
                self.ops.push(op);
            }
            let ops = start..self.ops.len();
            self.bodies.push(BodyOutline { ops, number: numbers[done], escapes });
            done += 1;
        }
        // Every block comes after the body that it is in.
        for (n, &parent) in parents.iter().enumerate().skip(1).rev() {
            let block = first + n;
            self.bodies[parent].escapes |= self.bodies[block].escapes;
        }
        calls.sort_unstable();
        calls.dedup();
        let parameters = parameters.into_iter().rev().map(Box::from).collect();
        let bodies = first..self.bodies.len();
        self.functions.push(FunctionOutline { name: name.into(), bodies, parameters, calls });
    }
}

impl FunctionOutline {
    /// How many cells it has, with those of its blocks.
    pub fn size(&self, outline: &Outline) -> usize {
        let bodies = &outline.bodies[self.bodies.clone()];
        bodies.last().map_or(0, |last| last.ops.end) - bodies.first().map_or(0, |one| one.ops.start)
    }
}

const PUSHES: Op = Op::Plain { takes: 0, gives: 1 };
const POPS: Op = Op::Plain { takes: 1, gives: 0 };
const NOTHING: Op = Op::Plain { takes: 0, gives: 0 };
const MISSING: Op = Op::Unknown { takes: 0 };

fn seen_in_text(cell: &Instruction, call: impl Fn(&str) -> Op) -> Seen<'_> {
    use Instruction as I;
    Seen::Op(match cell {
        I::Block(block) => return Seen::Block(*block),
        I::Assign(name) => return Seen::Assign(name),
        I::Call(name) | I::Hole(name) => call(name),
        I::Primitive(primitive) => return of_primitive(*primitive),
        I::SetGlobal(_) => POPS,
        I::Label(_) => NOTHING,
        I::Breakpoint => MISSING,
        I::Integer(number) => return Seen::Number(*number),
        I::Text(_)
        | I::Address(_)
        | I::BlockValue(..)
        | I::Task(_)
        | I::PushFunction(_)
        | I::FunctionHole(_)
        | I::Pick(_)
        | I::GetGlobal(_) => PUSHES,
    })
}

fn seen_in_machine<'m>(cell: Cell, memory: &'m Memory, numbers: &HashMap<Body, u32>) -> Seen<'m> {
    use Content as C;
    Seen::Op(match cell.content() {
        C::Address(body)
            if memory.code(body).is_some_and(|code| matches!(code.kind, BodyKind::Block(_))) =>
        {
            return Seen::Block(body.0);
        }
        C::Assign(name) => return Seen::Assign(memory.name(name)),
        C::Call(body) => numbers.get(&body).map_or(MISSING, |&number| Op::Call(number)),
        C::Primitive(primitive) => return of_primitive(primitive),
        C::SetGlobal(_) => POPS,
        C::Label(_) => NOTHING,
        C::Hole(_) | C::Breakpoint | C::Unassigned => MISSING,
        C::Integer(number) => return Seen::Number(number),
        C::Text(_)
        | C::Address(_)
        | C::Data(_)
        | C::BlockValue(..)
        | C::Task(_)
        | C::FunctionHole(_)
        | C::Pick(_)
        | C::GetGlobal(_) => PUSHES,
    })
}

/// Whether it pushes one value.
fn is_value(op: Op) -> bool {
    matches!(op, Op::Block(_) | Op::True) || op == PUSHES
}

/// What a transfer does if this number is how many values it hands over.
fn of_transfer(Transfer { operands, gives }: Transfer, number: Option<i64>) -> Op {
    let count = number.filter(|number| (0..=MOST_HANDED).contains(number));
    let takes = count.and_then(|count| u8::try_from(operands as i64 + count).ok());
    match (takes, gives) {
        (Some(takes), Some(gives)) => Op::Plain { takes, gives: gives as u8 },
        (takes, _) => Op::Unknown { takes: takes.unwrap_or(operands as u8) },
    }
}

fn of_primitive<'c>(primitive: Primitive) -> Seen<'c> {
    use Primitive as P;
    if let Some(transfer) = Transfer::of(primitive) {
        return Seen::Transfer(transfer);
    }
    Seen::Op(Op::Control(match primitive {
        P::Call => Control::Call,
        P::If => Control::If,
        P::IfElse => Control::IfElse,
        P::Repeat => Control::Repeat,
        P::RepeatIf => Control::RepeatIf,
        P::While => Control::While,
        P::Times => Control::Times,
        P::Leave => Control::Leave,
        P::Return => Control::Return,
        P::ReturnIf => Control::ReturnIf,
        P::End => Control::End,
        P::Exit => Control::Exit,
        P::Depth => return Seen::Op(Op::Depth),
        _ => {
            let effect = StackEffect::of_primitive(primitive);
            let effect = effect.expect("only `call` has none");
            let takes = effect.takes as u8;
            return Seen::Op(match effect.gives {
                Some(gives) => Op::Plain { takes, gives: gives as u8 },
                None => Op::Unknown { takes },
            });
        }
    }))
}
