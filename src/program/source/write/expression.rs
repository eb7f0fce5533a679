//! Expressions: a cell between, around or before its operands.

use super::{Work, Writer, quoted};
use crate::program::source::token::{
    ADDING, COMPARING, is_plain, is_plain_call, is_plain_word, level, spelled,
};
use crate::program::source::tree::{Node, is_called};
use crate::vm::index::BodyId;
use crate::vm::instruction::{Instruction, Primitive};
use crate::vm::spelling::Value;

impl Writer<'_, '_, '_> {
    pub(super) fn targets_of(&self, body: usize, node: usize) -> Vec<Work> {
        let Node { at, targets, .. } = *self.node(body, node);
        let first = at + 1 - targets;
        let names = (first..=at).rev().flat_map(|index| {
            [Work::Target(body, index), Work::Text(if index > first { ", " } else { " = " })]
        });
        names.collect()
    }

    pub(super) fn inline(&mut self, body: usize, node: usize) {
        let Node { at, targets, missing, .. } = *self.node(body, node);
        let children = self.of(body).children(node).to_vec();
        let is_set = *self.cell(body, at) == Instruction::Primitive(Primitive::MemorySet);
        let ones = children.iter().all(|&child| self.node(body, child).is_lone());
        if targets > 0 {
            let mut work = self.targets_of(body, node);
            let operands = match children.is_empty() {
                true => vec![Work::Text("_")],
                false => separated(
                    children.iter().map(|&child| Work::Operand(body, Some(child), 0)),
                    ", ",
                ),
            };
            work.extend(operands);
            self.plan(work);
        } else if is_set && ones {
            let slot = |n: usize| n.checked_sub(missing).map(|n| children[n]);
            self.plan([
                Work::Indexed(body, slot(1)),
                Work::Text("["),
                Work::Operand(body, slot(2), 0),
                Work::Text("] "),
                Work::Own("=", body, at),
                Work::Text(" "),
                Work::Operand(body, slot(0), 0),
            ]);
        } else {
            self.operand(body, Some(node), 0);
        }
    }

    pub(super) fn operand(&mut self, body: usize, node: Option<usize>, within: u8) {
        let Some(node) = node else { return self.put("_") };
        let Node { at, missing, .. } = *self.node(body, node);
        let children = self.of(body).children(node).to_vec();
        let slot = |n: usize| n.checked_sub(missing).map(|n| children[n]);
        match self.cell(body, at) {
            Instruction::Block(block) => self.block_begin(body, at, *block as usize),
            &Instruction::Primitive(primitive) if !self.is_call(body, node) => {
                let work = match primitive {
                    Primitive::MemoryGet => vec![
                        Work::Indexed(body, slot(0)),
                        Work::Own("[", body, at),
                        Work::Operand(body, slot(1), 0),
                        Work::Text("]"),
                    ],
                    Primitive::Increment | Primitive::Decrement => {
                        let word = if primitive == Primitive::Increment { "+1" } else { "-1" };
                        let sum = vec![
                            Work::Operand(body, children.first().copied(), COMPARING),
                            Work::Text(" "),
                            Work::Own(word, body, at),
                        ];
                        bracketed(sum, within >= ADDING)
                    }
                    _ => {
                        let own = level(primitive).expect("the others are called");
                        // Comparisons do not chain; the others are read from the left.
                        let left = if own == COMPARING { own } else { own - 1 };
                        let infix = vec![
                            Work::Operand(body, slot(0), left),
                            Work::Text(" "),
                            Work::Own(spelled(primitive), body, at),
                            Work::Text(" "),
                            Work::Operand(body, slot(1), own),
                        ];
                        bracketed(infix, own <= within)
                    }
                };
                self.plan(work);
            }
            Instruction::Primitive(_) | Instruction::Call(_) | Instruction::Hole(_) => {
                let mut work = vec![self.callee(body, at), Work::Text("(")];
                work.extend(self.arguments(body, node, &children));
                work.push(Work::Text(")"));
                self.plan(work);
            }
            Instruction::Integer(_)
            | Instruction::Text(_)
            | Instruction::Address(_)
            | Instruction::BlockValue(..)
            | Instruction::Task(_)
            | Instruction::PushFunction(_)
            | Instruction::FunctionHole(_)
            | Instruction::Pick(_)
            | Instruction::Assign(_)
            | Instruction::SetGlobal(_)
            | Instruction::GetGlobal(_)
            | Instruction::Label(_)
            | Instruction::Breakpoint => self.word(body, at),
        }
    }

    /// Whether a tree is written as a call.
    pub(super) fn is_call(&self, body: usize, node: usize) -> bool {
        match self.cell(body, self.node(body, node).at) {
            Instruction::Call(_) | Instruction::Hole(_) => true,
            Instruction::Primitive(Primitive::Increment | Primitive::Decrement) => false,
            Instruction::Primitive(primitive) => {
                let mut children = self.of(body).children(node).iter();
                is_called(*primitive) || !children.all(|&child| self.node(body, child).is_lone())
            }
            Instruction::Integer(_)
            | Instruction::Text(_)
            | Instruction::Block(_)
            | Instruction::Address(_)
            | Instruction::BlockValue(..)
            | Instruction::Task(_)
            | Instruction::PushFunction(_)
            | Instruction::FunctionHole(_)
            | Instruction::Pick(_)
            | Instruction::Assign(_)
            | Instruction::SetGlobal(_)
            | Instruction::GetGlobal(_)
            | Instruction::Label(_)
            | Instruction::Breakpoint => false,
        }
    }

    pub(super) fn callee(&self, body: usize, at: usize) -> Work {
        match self.cell(body, at) {
            Instruction::Primitive(primitive) => Work::Own(spelled(*primitive), body, at),
            _ => Work::Word(body, at),
        }
    }

    pub(super) fn arguments(&self, body: usize, node: usize, children: &[usize]) -> Vec<Work> {
        let missing = std::iter::repeat_n(None, self.node(body, node).missing);
        let all = missing.chain(children.iter().map(|&child| Some(child)));
        separated(all.map(|child| Work::Operand(body, child, 0)), ", ")
    }

    /// What stands before the `[` of an index: in brackets unless it is a name, a call or an index.
    pub(super) fn indexed(&mut self, body: usize, node: Option<usize>) {
        let Some(tree) = node else { return self.put("_") };
        let is_simple = match self.cell(body, self.node(body, tree).at) {
            Instruction::Integer(_) | Instruction::Block(_) => false,
            Instruction::Primitive(Primitive::MemoryGet) => true,
            Instruction::Primitive(_) => self.is_call(body, tree),
            _ => true,
        };
        self.plan(bracketed(vec![Work::Operand(body, node, 0)], !is_simple));
    }

    pub(super) fn block_begin(&mut self, body: usize, at: usize, block: usize) {
        self.own("[", body, at);
        let shown = self.begin(block, 0);
        let statements = self.of(block).statements.clone();
        let mut work =
            separated(statements.into_iter().map(|node| Work::Inline(block, node)), "; ");
        if shown.is_open {
            work.extend((!work.is_empty()).then_some(Work::Text("; ")));
            work.push(Work::Text("..."));
        }
        work.push(Work::BlockEnd(block));
        self.plan(work);
    }

    pub(super) fn block_end(&mut self, block: usize) {
        let shown = self.shown(block);
        if shown.writes_end {
            self.own("]", block, shown.count);
        } else {
            self.put("]");
        }
    }

    pub(super) fn target(&mut self, body: usize, index: usize) {
        let cell = self.cell(body, index);
        let (Instruction::Assign(name) | Instruction::SetGlobal(name)) = cell else {
            unreachable!("an assignment has only targets");
        };
        let sign = if let Instruction::SetGlobal(_) = cell { "$" } else { "" };
        self.own(&format!("{sign}{}", quoted(name, is_plain)), body, index);
    }

    pub(super) fn word(&mut self, body: usize, index: usize) {
        let scope = self.scope;
        let mut word = String::new();
        let text = &mut word;
        let value = |value: Value<'_>, text: &mut String| value.spell(None, text);
        match self.cell(body, index) {
            Instruction::Integer(number) => value(Value::Integer(*number), text),
            Instruction::Text(string) => value(Value::Text(string), text),
            Instruction::Address(place) => value(Value::Address(scope.start(*place)), text),
            Instruction::Task(task) => value(Value::Task(*task), text),
            Instruction::BlockValue(block, home) => {
                value(Value::Block(scope.start(BodyId::Code(*block)), *home), text);
            }
            Instruction::PushFunction(name) | Instruction::FunctionHole(name) => {
                text.push('@');
                let is_digits = name.bytes().all(|byte| byte.is_ascii_digit());
                let is_plain = is_plain_word(name) && !is_digits && !name.starts_with(':');
                text.push_str(&if is_plain { name.to_string() } else { format!("`{name}`") });
            }
            Instruction::Pick(name) => text.push_str(&quoted(name, is_plain)),
            Instruction::GetGlobal(name) => {
                text.push('$');
                text.push_str(&quoted(name, is_plain));
            }
            Instruction::Call(name) | Instruction::Hole(name) => {
                let is_plain = is_plain_call(name) && Primitive::find(name).is_none();
                text.push_str(&if is_plain { name.to_string() } else { format!("`{name}`") });
            }
            Instruction::Label(name) => {
                text.push_str("label: ");
                text.push_str(&quoted(name, is_plain));
            }
            Instruction::Breakpoint => text.push('?'),
            Instruction::Assign(_)
            | Instruction::SetGlobal(_)
            | Instruction::Block(_)
            | Instruction::Primitive(_) => unreachable!("these are written elsewhere"),
        }
        self.own(&word, body, index);
    }
}

pub(super) fn primitive_word(primitive: Primitive) -> &'static str {
    match primitive {
        Primitive::IfElse => "if",
        other => other.name(),
    }
}

fn separated(work: impl Iterator<Item = Work>, separator: &'static str) -> Vec<Work> {
    let mut all = Vec::new();
    for (n, one) in work.enumerate() {
        all.extend((n > 0).then_some(Work::Text(separator)));
        all.push(one);
    }
    all
}

fn bracketed(work: Vec<Work>, brackets: bool) -> Vec<Work> {
    if !brackets {
        return work;
    }
    let mut all = vec![Work::Text("(")];
    all.extend(work);
    all.push(Work::Text(")"));
    all
}
