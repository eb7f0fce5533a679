//! `if`, `elif`, `else` and `while`, whose blocks belong to each other.

use super::{After, Done, Reader};
use crate::program::diagnostic::{Diagnostic, Span};
use crate::program::source::token::Line;
use crate::vm::instruction::{Instruction, Primitive};

impl Reader<'_, '_, '_, '_> {
    pub(super) fn end_if(&mut self, mut chain: Vec<(usize, Span)>, is_else: bool) {
        let at = Span { start: self.last_end, end: self.last_end };
        let (body, span) = chain.pop().expect("an `if` is in a body");
        let primitive = if is_else { Primitive::IfElse } else { Primitive::If };
        self.code().push(body, (Instruction::Primitive(primitive), span));
        let mut inner = body;
        while let Some((body, span)) = chain.pop() {
            self.code().close(inner, false, at);
            self.code().push(body, (Instruction::Primitive(Primitive::IfElse), span));
            inner = body;
        }
    }

    /// The `if` that an `else` or `elif` with this indentation belongs to, once all that is deeper is closed.
    pub(super) fn alternative(&mut self, indent: usize) -> Option<Vec<(usize, Span)>> {
        while self.suites.last()?.above > indent {
            let suite = self.close_suite();
            self.finish_statement(suite.after);
        }
        let suite = self.suites.last()?;
        let is_if = matches!(suite.after, After::If { is_else: false, .. });
        if suite.above != indent || !is_if {
            return None;
        }
        let suite = self.close_suite();
        let After::If { chain, .. } = suite.after else { unreachable!("it was looked at") };
        Some(chain)
    }

    pub(super) fn otherwise(
        &mut self,
        line: &Line,
        mut chain: Vec<(usize, Span)>,
        comment: Option<&str>,
    ) -> Done {
        let first = &line.tokens[0];
        let (body, _) = *chain.last().expect("an `if` is in a body");
        let span = first.span;
        let is_else = first.is_word("else");
        let part = if is_else { span } else { Span { start: span.start, end: span.start + 2 } };
        let block = self.code().push_block(body, part);
        self.place_comments(block, 0, comment);
        if is_else {
            if let Some(token) = line.tokens.get(1).filter(|token| token.is_word("if")) {
                self.end_if(chain, true);
                return Err(Diagnostic::new(token.span, "`if` cannot stand behind `else`")
                    .help("write `elif c:`"));
            }
            let read = self.statements(line, 1, block, |statements| statements.colon());
            return self.open_if(line, block, chain, true, read);
        }
        let read = self.statements(line, 1, block, |statements| statements.condition());
        chain.push((block, Span { start: span.start + 2, end: span.end }));
        let colon = *read.as_ref().map_or(&span, |(colon, _)| colon);
        let inner = self.code().push_block(block, colon);
        self.open_if(line, inner, chain, false, read)
    }

    /// Opens the block of an `if`, `elif` or `else`, also if its line has a mistake: the lines below have none.
    pub(super) fn open_if(
        &mut self,
        line: &Line,
        body: usize,
        chain: Vec<(usize, Span)>,
        is_else: bool,
        read: Result<(Span, usize), Diagnostic>,
    ) -> Done {
        let after = After::If { chain, is_else };
        match read {
            Ok((_, from)) => self.open_suite(line, from, body, after),
            Err(mistake) => {
                self.push_suite(line.indent, body, false, after);
                // The suite is open already.
                self.report.add(|| mistake);
                Ok(())
            }
        }
    }

    pub(super) fn if_line(&mut self, line: &Line, body: usize) -> Done {
        let span = line.tokens[0].span;
        let read = self.statements(line, 1, body, |statements| statements.condition());
        let colon = *read.as_ref().map_or(&span, |(colon, _)| colon);
        let block = self.code().push_block(body, colon);
        self.open_if(line, block, vec![(body, span)], false, read)
    }

    /// `while c:`: the blank behind `while` owns the block of the condition, the place before the `:` its `end`.
    pub(super) fn while_line(&mut self, line: &Line, body: usize) -> Done {
        let span = line.tokens[0].span;
        let next = line.tokens.get(1);
        if next.is_some_and(|next| next.span.start == span.end) {
            return Err(Diagnostic::new(span, "a space is missing after `while`"));
        }
        let blank = Span { start: span.end, end: span.end + usize::from(next.is_some()) };
        let condition = self.code().push_block(body, blank);
        let (colon, from) =
            self.statements(line, 1, condition, |statements| statements.condition())?;
        let before = Span { start: colon.start, end: colon.start };
        self.code().close(condition, false, before);
        let block = self.code().push_block(body, colon);
        let cells = vec![(Instruction::Primitive(Primitive::While), span)];
        self.open_suite(line, from, block, After::Cells(body, cells))
    }
}
