//! Brackets: of calls, of blocks, of indices, and around operands.

use super::{Done, Last, Open, Statement, Statements};
use crate::program::diagnostic::{Diagnostic, Span};
use crate::program::source::TypedCall;
use crate::program::source::token::{Kind, Token};
use crate::vm::instruction::{Instruction, Primitive};

impl Statements<'_, '_> {
    /// Opens the brackets of a call. Returns whether an operand is wanted.
    pub(super) fn call(&mut self, call: Instruction, span: Span) -> Result<bool, Diagnostic> {
        self.at += 2;
        self.open.push(Open::Call { start: self.start, call: (call, span), arguments: Vec::new() });
        if self.peek().is_some_and(|token| token.is(')')) {
            self.at += 1;
            self.close_call();
            return Ok(false);
        }
        // A bracket that is closed at the end of the line has nothing in it.
        let ends = self.peek().is_none() && self.typed.is_some();
        if !ends {
            self.argument();
        }
        Ok(!ends)
    }

    /// An argument of the innermost call begins.
    pub(super) fn argument(&mut self) {
        let at = self.code.len(self.body);
        if let (Some(Open::Call { arguments, .. }), true) =
            (self.open.last_mut(), self.typed.is_some())
        {
            arguments.push(at);
        }
    }

    pub(super) fn close_call(&mut self) {
        let Some(Open::Call { start, call: (cell, span), arguments }) = self.open.pop() else {
            unreachable!("the bracket of a call is closed");
        };
        if let (Instruction::Call(name), Some(notes)) = (&cell, &mut self.typed) {
            let cells = self.code.cells(self.body);
            let ends = arguments.iter().skip(1).copied().chain([cells.len()]);
            let picked = |cell: &Instruction| {
                if let Instruction::Pick(name) = cell { Some(name.clone()) } else { None }
            };
            let named = arguments.iter().zip(ends);
            let named = named.map(|(&start, end)| cells[start..end].iter().find_map(picked));
            notes.calls.push(TypedCall { name: name.clone(), arguments: named.collect() });
        }
        self.write(cell, span);
        (self.start, self.last) = (start, Last::Call);
    }

    pub(super) fn open_block(&mut self, span: Span) -> Result<bool, Diagnostic> {
        let outer = self.body;
        self.body = self.code.push_block(outer, span);
        let statement = std::mem::take(&mut self.statement);
        self.open.push(Open::Block { start: self.start, outer, statement });
        match self.peek() {
            Some(token) if token.is(']') => {
                self.at += 1;
                self.statement = Statement::Done;
                self.close_block(token.span)?;
                Ok(false)
            }
            Some(token) if token.kind == Kind::Open => self.ellipsis(),
            Some(_) => self.begin(),
            None => {
                self.statement = Statement::Done;
                self.close_all()?;
                Ok(false)
            }
        }
    }

    /// `...]`: the block is left open.
    pub(super) fn ellipsis(&mut self) -> Result<bool, Diagnostic> {
        let token = self.next().expect("it was peeked at");
        match self.next() {
            Some(close) if close.is(']') => {
                self.code.trim(self.body);
                self.leave_block();
                Ok(false)
            }
            Some(_) | None => {
                Err(Diagnostic::new(token.span, "`...` is only allowed at the end of a block")
                    .help("`...` leaves a block open; an empty cell is `?`"))
            }
        }
    }

    pub(super) fn close_block(&mut self, span: Span) -> Done {
        self.close_operators();
        match self.open.last() {
            Some(Open::Block { .. }) => {}
            Some(Open::Index { .. }) => unreachable!("an index is closed elsewhere"),
            Some(_) | None => return Err(Diagnostic::new(span, "this bracket closes nothing")),
        }
        self.finish();
        self.code.close(self.body, false, span);
        self.leave_block();
        Ok(())
    }

    pub(super) fn leave_block(&mut self) {
        let Some(Open::Block { start, outer, statement }) = self.open.pop() else {
            unreachable!("a block is left");
        };
        (self.body, self.statement) = (outer, statement);
        (self.start, self.last) = (start, Last::Other);
    }

    pub(super) fn close_bracket(&mut self, token: &Token) -> Result<bool, Diagnostic> {
        self.close_operators();
        match self.open.last() {
            Some(Open::Call { .. }) => self.close_call(),
            Some(&Open::Bracket { start }) => {
                self.open.pop();
                (self.start, self.last) = (start, Last::Other);
            }
            Some(_) | None => {
                return Err(Diagnostic::new(token.span, "this bracket closes nothing"));
            }
        }
        self.at += 1;
        Ok(false)
    }

    pub(super) fn close_square(&mut self, token: &Token) -> Result<bool, Diagnostic> {
        self.close_operators();
        if let Some(&Open::Index { start, bracket }) = self.open.last() {
            self.open.pop();
            self.write(Instruction::Primitive(Primitive::MemoryGet), bracket);
            (self.start, self.last) = (start, Last::Index(start));
        } else {
            self.close_block(token.span)?;
        }
        self.at += 1;
        Ok(false)
    }

    /// Closes what is open at the end of the line, or at its colon.
    pub(super) fn close_all(&mut self) -> Done {
        loop {
            self.close_operators();
            let (sign, at) = match self.open.last() {
                None => return Ok(()),
                Some(Open::Bracket { .. } | Open::Call { .. }) => (")", self.place()),
                Some(Open::Index { .. } | Open::Block { .. }) => ("]", self.place()),
                Some(Open::Operator { .. }) => unreachable!("operators were closed"),
            };
            let Some(notes) = self.typed.as_mut().filter(|_| self.at == self.tokens.len()) else {
                return Err(Diagnostic::new(at, format!("`{sign}` is missing here"))
                    .help("a statement ends on its line"));
            };
            notes.repairs.push((at.start, sign));
            match self.open.last() {
                Some(Open::Call { .. }) => self.close_call(),
                Some(&Open::Bracket { start }) => {
                    self.open.pop();
                    (self.start, self.last) = (start, Last::Other);
                }
                Some(&Open::Index { start, bracket }) => {
                    self.open.pop();
                    self.write(Instruction::Primitive(Primitive::MemoryGet), bracket);
                    (self.start, self.last) = (start, Last::Index(start));
                }
                Some(_) | None => self.close_block(at)?,
            }
        }
    }
}
