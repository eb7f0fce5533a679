//! The beginning of an operand: a name, a value, a call or a bracket.

use super::{Done, Last, Open, Statements};
use crate::program::diagnostic::{Diagnostic, Span};
use crate::program::source::token::{KEYWORDS, Kind};
use crate::vm::index::BodyId;
use crate::vm::instruction::{Instruction, Primitive};

impl Statements<'_, '_> {
    /// Reads the beginning of an operand. Returns whether an operand is still wanted.
    pub(super) fn operand(&mut self) -> Result<bool, Diagnostic> {
        let Some(token) = self.peek() else {
            self.missing()?;
            return Ok(false);
        };
        let span = token.span;
        let called = self.is_called(token);
        self.start = self.code.len(self.body);
        self.last = Last::Other;
        match &token.kind {
            Kind::Sign('(') => {
                self.at += 1;
                self.open.push(Open::Bracket { start: self.start });
                return Ok(true);
            }
            Kind::Sign('[') => {
                self.at += 1;
                return self.open_block(span);
            }
            Kind::Operator(primitive) if called => {
                return self.call(Instruction::Primitive(*primitive), span);
            }
            Kind::Word(name) if called => return self.call_word(name, span),
            Kind::Quoted(name) if called => {
                return self.call(Instruction::Call(name.clone()), span);
            }
            Kind::Sign(_) | Kind::Operator(_) | Kind::Becomes | Kind::Defines => {
                self.missing()?;
                return Ok(false);
            }
            Kind::Open => return Err(self.cannot_stand(token)),
            Kind::Value => {}
            Kind::Hole => self.write(Instruction::Breakpoint, span),
            Kind::Integer(value) | Kind::Step(value) => {
                self.write(Instruction::Integer(*value), span)
            }
            Kind::Text(text) => self.write(Instruction::Text(text.clone()), span),
            Kind::Address(address) => self.address(*address, span)?,
            Kind::Function(name) => self.write(Instruction::PushFunction(name.clone()), span),
            Kind::Global(name) => self.write(Instruction::GetGlobal(name.clone()), span),
            Kind::Quoted(name) => self.write(Instruction::Pick(name.clone()), span),
            Kind::Word(name) => {
                if KEYWORDS.contains(&&**name) {
                    return Err(self.cannot_stand(token));
                }
                self.write(Instruction::Pick(name.clone()), span);
            }
        }
        self.at += 1;
        Ok(false)
    }

    pub(super) fn address(&mut self, address: u64, span: Span) -> Done {
        match self.scope.body_at(address) {
            Some(body @ (BodyId::Code(_) | BodyId::Data(_))) => {
                self.write(Instruction::Address(body), span);
                Ok(())
            }
            None => Err(Diagnostic::new(span, format!("no body starts at {address}"))
                .help("only the start of a function, block or data body can be pushed")),
        }
    }

    pub(super) fn call_word(&mut self, name: &str, span: Span) -> Result<bool, Diagnostic> {
        if let Some(primitive) = Primitive::find(name) {
            return self.call(Instruction::Primitive(primitive), span);
        }
        if KEYWORDS.contains(&name) {
            return Err(Diagnostic::new(span, format!("`{name}` cannot be called"))
                .help(format!("a function of this name needs backquotes: `` `{name}`() ``")));
        }
        self.call(Instruction::Call(name.into()), span)
    }
}
