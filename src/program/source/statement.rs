//! The statements of one line: from tokens to cells, in postfix order.
//!
//! Operators wait on a list of what is open until their operands are written, as in Dijkstra's shunting yard, so
//! nesting needs no recursion: a million brackets are a list of a million entries.

mod brackets;
mod mistakes;
mod operand;

use super::code::{Code, Spanned};
use super::token::{ADDING, COMPARING, KEYWORDS, Kind, Line, Token, level};
use super::{Repair, TypedCall};
use crate::program::diagnostic::{Diagnostic, Span};
use crate::program::scope::Scope;
use crate::vm::instruction::{Instruction, Primitive};
use crate::vm::memory::LOCALS;

/// What is open while an expression is read.
#[derive(Debug)]
enum Open {
    /// `(`
    Bracket { start: usize },
    /// A call and its `(`; what it writes at the end, and where the cells of its arguments begin.
    Call { start: usize, call: Spanned, arguments: Vec<usize> },
    /// `[` behind an operand.
    Index { start: usize, bracket: Span },
    /// `[` where an operand is wanted, the body around it, and the statement there.
    Block { start: usize, outer: usize, statement: Statement },
    /// An operator whose right operand is being read.
    Operator { primitive: Primitive, span: Span, level: u8 },
}

/// What is done when a statement ends.
#[derive(Debug, Default)]
enum Statement {
    /// Nothing.
    #[default]
    Plain,
    /// Values go into these names, the last first.
    Assign(Vec<Spanned>),
    /// A value goes into data: these cells come behind it.
    Store(Vec<Spanned>),
    /// Nothing, and nothing more can follow.
    Done,
}

/// Which cells of a body were written last, if they are of this form.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Last {
    /// A call.
    Call,
    /// An index, whose operands begin here.
    Index(usize),
    Other,
}

/// How the statements of a line end.
#[derive(Debug)]
pub(super) enum Ended {
    /// With the line.
    Line,
    /// With a colon: a block hangs below.
    Colon(Span),
}

/// Reads the statements of a line into a body.
pub(super) struct Statements<'r, 's> {
    pub code: &'r mut Code,
    tokens: &'r [Token],
    at: usize,
    body: usize,
    open: Vec<Open>,
    statement: Statement,
    /// Whether the statement has several values so far.
    has_comma: bool,
    last: Last,
    /// Where the cells of the operand just read begin.
    start: usize,
    line_end: usize,
    scope: &'r Scope<'s>,
    /// Missing parts are put in, and noted here with the calls.
    typed: Option<&'r mut Notes>,
}

/// What is noted of a line while it is typed.
#[derive(Debug, Default)]
pub(super) struct Notes {
    /// What was put in, and where.
    pub repairs: Vec<Repair>,
    /// The functions that are called, with the first local in each argument.
    pub calls: Vec<TypedCall>,
}

/// What to do instead of setting several cells of data at once.
const ONE_BY_ONE: &str = "set one cell after the other: `kept = list[0]`, then `list[0] = list[1]`";

type Done = Result<(), Diagnostic>;

impl<'r, 's> Statements<'r, 's> {
    /// Reads the tokens of a line from one on, into a body. If notes are taken, a missing operand
    /// becomes an empty cell, and brackets are closed at the end of the line.
    pub fn new(
        code: &'r mut Code,
        body: usize,
        line: &'r Line,
        from: usize,
        scope: &'r Scope<'s>,
        typed: Option<&'r mut Notes>,
    ) -> Statements<'r, 's> {
        let line_end = line.tokens.last().map_or(line.span.end, |last| last.span.end);
        Statements {
            code,
            tokens: &line.tokens,
            at: from,
            body,
            open: Vec::new(),
            statement: Statement::Plain,
            has_comma: false,
            last: Last::Other,
            start: 0,
            line_end,
            scope,
            typed,
        }
    }

    /// Reads all statements up to the end of the line, or up to a colon.
    ///
    /// # Errors
    /// The first mistake.
    pub fn read(&mut self) -> Result<Ended, Diagnostic> {
        let mut wants = self.begin()?;
        loop {
            match self.peek() {
                None if !wants => {
                    self.close_all()?;
                    self.finish();
                    return Ok(Ended::Line);
                }
                Some(token) if token.is(':') && !wants && !self.is_done() => {
                    self.close_all()?;
                    self.at += 1;
                    return Ok(Ended::Colon(token.span));
                }
                Some(_) | None => wants = self.step(wants)?,
            }
        }
    }

    /// Reads one expression, up to a colon: the condition of a keyword.
    ///
    /// # Errors
    /// The first mistake.
    pub fn condition(&mut self) -> Result<Span, Diagnostic> {
        let mut wants = true;
        loop {
            match self.peek() {
                Some(token) if token.is(':') && !wants && !self.is_done() => {
                    self.close_all()?;
                    self.at += 1;
                    return Ok(token.span);
                }
                Some(token) if self.at_bottom() && (token.is(',') || token.is(';')) => {
                    return Err(self.cannot_stand(token));
                }
                Some(token) if self.at_bottom() && token.kind == Kind::Becomes => {
                    let message = "`=` assigns, and cannot stand in a condition";
                    return Err(Diagnostic::new(token.span, message).help("write `==` to compare"));
                }
                None if !wants => {
                    self.close_all()?;
                    return Err(self.colon_missing());
                }
                Some(_) | None => wants = self.step(wants)?,
            }
        }
    }

    fn is_done(&self) -> bool {
        matches!(self.statement, Statement::Done)
    }

    /// Reads on. Returns whether an operand is wanted.
    fn step(&mut self, wants: bool) -> Result<bool, Diagnostic> {
        if !self.is_done() {
            return match (wants, self.peek()) {
                (false, Some(token)) => self.after(token),
                (true, _) | (false, None) => self.operand(),
            };
        }
        let token = self.next().expect("the end of the line is read elsewhere");
        if token.is(';') {
            return self.begin_next();
        }
        if token.is(']') {
            self.close_block(token.span)?;
            return Ok(false);
        }
        Err(self.cannot_stand(token))
    }

    /// Takes a colon.
    ///
    /// # Errors
    /// If something else follows.
    pub fn colon(&mut self) -> Result<Span, Diagnostic> {
        match self.next() {
            Some(token) if token.is(':') => Ok(token.span),
            Some(token) => Err(Diagnostic::new(token.span, "`:` is missing before this")
                .help("a colon comes before the indented block")),
            None => Err(self.colon_missing()),
        }
    }

    /// The token that is read next.
    pub fn position(&self) -> usize {
        self.at
    }

    /// What hangs below the colon that was just read: the cells that are written behind the block, and the span
    /// of the block.
    ///
    /// # Errors
    /// If no block can hang there.
    pub fn hang(&mut self, colon: Span) -> Result<(Vec<Spanned>, Span), Diagnostic> {
        match std::mem::take(&mut self.statement) {
            Statement::Assign(targets) => {
                let block = self.tokens[self.at - 2].span;
                let is_block = self.tokens[self.at - 2].is_word("block");
                if is_block { Ok((targets, block)) } else { Err(mistakes::no_block(colon)) }
            }
            Statement::Plain if self.last == Last::Call => {
                let length = self.code.len(self.body);
                Ok((self.code.take(self.body, length - 1), colon))
            }
            Statement::Plain | Statement::Store(_) | Statement::Done => {
                Err(mistakes::no_block(colon))
            }
        }
    }

    fn peek(&self) -> Option<&'r Token> {
        self.tokens.get(self.at)
    }

    fn peek_behind(&self) -> Option<&'r Token> {
        self.tokens.get(self.at + 1)
    }

    fn next(&mut self) -> Option<&'r Token> {
        let token = self.peek();
        self.at += usize::from(token.is_some());
        token
    }

    /// Whether a `(` stands right behind a token, which is the next one.
    fn is_called(&self, token: &Token) -> bool {
        self.peek_behind().is_some_and(|next| next.is('(') && next.span.start == token.span.end)
    }

    fn write(&mut self, cell: Instruction, span: Span) {
        self.code.push(self.body, (cell, span));
    }

    /// Begins a statement. Returns whether an operand is wanted.
    fn begin(&mut self) -> Result<bool, Diagnostic> {
        self.last = Last::Other;
        self.statement = Statement::Plain;
        self.has_comma = false;
        self.start = self.code.len(self.body);
        let Some(token) = self.peek() else {
            self.statement = Statement::Done;
            return Ok(false);
        };
        if token.is_word("label") && self.peek_behind().is_some_and(|next| next.is(':')) {
            self.label()?;
            return Ok(false);
        }
        if let Some(targets) = self.targets()? {
            self.statement = Statement::Assign(targets);
            let is_block = self.peek().is_some_and(|token| token.is_word("block"));
            let colon = self.peek_behind().is_some_and(|next| next.is(':'));
            if is_block && colon && self.open.is_empty() {
                self.at += 1;
                return Ok(false);
            }
            return Ok(true);
        }
        // `+ x` is `_ + x`.
        Ok(!matches!(token.kind, Kind::Operator(_)) || self.is_called(token))
    }

    fn label(&mut self) -> Done {
        let start = self.next().expect("it was peeked at").span.start;
        self.at += 1;
        let Some(Token { kind: Kind::Word(name) | Kind::Quoted(name), span }) = self.next() else {
            let end = self.line_end;
            return Err(Diagnostic::new(Span { start, end }, "`label:` needs a name after it"));
        };
        let span = Span { start, end: span.end };
        self.write(Instruction::Label(name.clone()), span);
        self.statement = Statement::Done;
        Ok(())
    }

    /// The names before a `=`, the last first; none if this is no assignment.
    fn targets(&mut self) -> Result<Option<Vec<Spanned>>, Diagnostic> {
        let mut at = self.at;
        let mut targets: Vec<Spanned> = Vec::new();
        loop {
            let (Some(token), Some(next)) = (self.tokens.get(at), self.tokens.get(at + 1)) else {
                return Ok(None);
            };
            let Some(target) = target(token) else { return Ok(None) };
            targets.push((target, token.span));
            at += 2;
            match next.kind {
                Kind::Becomes => break,
                Kind::Sign(',') => {}
                _ => return Ok(None),
            }
        }
        self.at = at;
        let is_twice =
            |(n, target): (usize, &Spanned)| targets[..n].iter().any(|(cell, _)| *cell == target.0);
        if targets.len() > LOCALS {
            return Err(Diagnostic::new(targets[0].1, "there are too many names before `=`")
                .help(format!("a function has at most {LOCALS} locals")));
        }
        if targets.iter().enumerate().any(is_twice) {
            return Err(Diagnostic::new(targets[0].1, "a name stands twice before `=`"));
        }
        targets.reverse();
        Ok(Some(targets))
    }

    /// Reads what follows an operand. Returns whether an operand is wanted.
    fn after(&mut self, token: &'r Token) -> Result<bool, Diagnostic> {
        let before = self.at.checked_sub(1).map(|before| &self.tokens[before]);
        let adjacent = before.is_some_and(|before| before.span.end == token.span.start);
        match &token.kind {
            Kind::Sign('[') if adjacent => {
                self.at += 1;
                self.open.push(Open::Index { start: self.start, bracket: token.span });
                Ok(true)
            }
            Kind::Step(value) if *value > 0 => self.postfix(Primitive::Increment, token.span),
            Kind::Step(_) => self.postfix(Primitive::Decrement, token.span),
            Kind::Operator(primitive) => self.infix(*primitive, token.span),
            Kind::Sign(',') => self.comma(token),
            Kind::Sign(';') => self.semicolon(token),
            Kind::Sign(')') => self.close_bracket(token),
            Kind::Sign(']') => self.close_square(token),
            Kind::Becomes => self.becomes(token.span),
            Kind::Open if matches!(self.open.last(), Some(Open::Block { .. })) => {
                Err(Diagnostic::new(token.span, "`;` is missing before this"))
            }
            Kind::Defines => Err(Diagnostic::new(token.span, "`<-` has no meaning here")
                .help("a function is `name <- fun[a, b]:`, at the left margin")),
            Kind::Sign(_)
            | Kind::Integer(_)
            | Kind::Text(_)
            | Kind::Address(_)
            | Kind::Function(_)
            | Kind::Global(_)
            | Kind::Quoted(_)
            | Kind::Word(_)
            | Kind::Value
            | Kind::Hole
            | Kind::Open => Err(self.operator_missing(token)),
        }
    }

    fn postfix(&mut self, primitive: Primitive, span: Span) -> Result<bool, Diagnostic> {
        self.at += 1;
        self.close_operators_from(ADDING);
        self.write(Instruction::Primitive(primitive), span);
        self.last = Last::Other;
        Ok(false)
    }

    fn infix(&mut self, primitive: Primitive, span: Span) -> Result<bool, Diagnostic> {
        let own = level(primitive).expect("it is an operator");
        let compared = self.close_operators_from(own);
        if own == COMPARING && compared {
            return Err(Diagnostic::new(span, "comparisons do not chain")
                .help("write `a < b && b < c`, or use brackets"));
        }
        self.at += 1;
        self.open.push(Open::Operator { primitive, span, level: own });
        Ok(true)
    }

    /// Writes the operators that wait and bind at least as tightly; whether one of them compares.
    fn close_operators_from(&mut self, own: u8) -> bool {
        let mut compared = false;
        while let Some(&Open::Operator { primitive, span, level }) = self.open.last()
            && level >= own
        {
            compared |= level == COMPARING;
            self.open.pop();
            self.write(Instruction::Primitive(primitive), span);
            self.last = Last::Other;
        }
        compared
    }

    fn close_operators(&mut self) {
        self.close_operators_from(0);
    }

    /// Whether no bracket is open.
    fn at_bottom(&self) -> bool {
        // At most as many operators wait in a row as there are levels.
        self.open.iter().rev().all(|open| matches!(open, Open::Operator { .. }))
    }

    fn comma(&mut self, token: &Token) -> Result<bool, Diagnostic> {
        self.close_operators();
        match self.open.last() {
            Some(Open::Call { .. }) => {}
            None | Some(Open::Block { .. }) if !matches!(self.statement, Statement::Store(_)) => {
                self.has_comma = true;
            }
            None | Some(Open::Block { .. }) => {
                return Err(self.cannot_stand(token).help(ONE_BY_ONE));
            }
            Some(_) => return Err(self.cannot_stand(token)),
        }
        self.at += 1;
        self.last = Last::Other;
        self.argument();
        Ok(true)
    }

    fn semicolon(&mut self, token: &Token) -> Result<bool, Diagnostic> {
        self.close_operators();
        match self.open.last() {
            None | Some(Open::Block { .. }) => {}
            Some(_) => return Err(self.cannot_stand(token)),
        }
        self.finish();
        self.at += 1;
        self.begin_next()
    }

    /// Begins what follows a `;`. Returns whether an operand is wanted.
    fn begin_next(&mut self) -> Result<bool, Diagnostic> {
        let in_block = matches!(self.open.last(), Some(Open::Block { .. }));
        match self.peek() {
            Some(token) if token.kind == Kind::Open && in_block => self.ellipsis(),
            Some(_) | None => self.begin(),
        }
    }

    /// `a[i] = x`: the value comes first, then the data, the index and the instruction.
    fn becomes(&mut self, span: Span) -> Result<bool, Diagnostic> {
        let waits = matches!(self.open.last(), None | Some(Open::Block { .. }));
        let plain = matches!(self.statement, Statement::Plain);
        let Last::Index(start) = self.last else {
            return Err(Diagnostic::new(span, "only a name or an index can stand before `=`")
                .help("write `==` to compare"));
        };
        if !waits || !plain {
            return Err(
                Diagnostic::new(span, "`=` has no meaning here").help("write `==` to compare")
            );
        }
        if self.has_comma {
            let message = "only names can stand before `=` if there are several";
            return Err(Diagnostic::new(span, message).help(ONE_BY_ONE));
        }
        self.at += 1;
        let mut cells = self.code.take(self.body, start);
        cells.pop();
        cells.push((Instruction::Primitive(Primitive::MemorySet), span));
        self.statement = Statement::Store(cells);
        Ok(true)
    }

    /// Ends a statement.
    fn finish(&mut self) {
        match std::mem::take(&mut self.statement) {
            Statement::Plain | Statement::Done => {}
            Statement::Assign(cells) | Statement::Store(cells) => {
                for cell in cells {
                    self.code.push(self.body, cell);
                }
                self.last = Last::Other;
            }
        }
    }
}

/// What a token before a `=` assigns to.
fn target(token: &Token) -> Option<Instruction> {
    match &token.kind {
        Kind::Word(name) if KEYWORDS.contains(&&**name) => None,
        Kind::Word(name) | Kind::Quoted(name) => Some(Instruction::Assign(name.clone())),
        Kind::Global(name) => Some(Instruction::SetGlobal(name.clone())),
        Kind::Sign(_)
        | Kind::Becomes
        | Kind::Defines
        | Kind::Operator(_)
        | Kind::Integer(_)
        | Kind::Step(_)
        | Kind::Text(_)
        | Kind::Address(_)
        | Kind::Function(_)
        | Kind::Value
        | Kind::Hole
        | Kind::Open => None,
    }
}
