//! From FlpcForth text to [`Fragment`]s.
//!
//! The parser is not recursive, and what it builds is flat: a million brackets are a counter and a list.
//! It reports every mistake. After the first one it builds nothing more and only checks. A first pass
//! that keeps nothing checks the brackets, because a text of nothing but brackets would otherwise be
//! built at great cost and then refused.
//!
//! A name without a prefix stays an unresolved word until the end of the text: see [`super::unresolved`].

use super::token::{Lexer, Prefix, Token, TokenKind, unescape};
use super::unresolved::{Ending, Unresolved, UnresolvedLine, Word};
use crate::program::diagnostic::{Diagnostic, Diagnostics, Span, grouped, place, quoted};
use crate::program::listing::Program;
use crate::program::near::near;
use crate::program::scope::Scope;
use crate::program::span::Read;
use crate::program::starts::ProgramStarts;
use crate::vm::cell::Cell;
use crate::vm::index::{CODE_BODIES, FrameNumber};
use crate::vm::instruction::{Instruction, Primitive};
use crate::vm::spelling::BREAKPOINT;
use crate::vm::vocabulary::Vocabulary;
use foldhash::{HashMap, HashMapExt};

/// Reads a whole program. The scope holds the functions that are known besides its own.
///
/// # Errors
/// All its mistakes.
pub(in crate::program) fn read_program(
    source: &str,
    scope: &Scope<'_>,
) -> Result<Read<Program>, Diagnostics> {
    let kind = Kind::Program;
    let code = Unresolved::default().with_comments();
    Ok(Parser::read(source, kind, scope.vocabulary(), code)?.program(scope).0)
}

/// Reads a whole program, with only the starts of its cells.
///
/// # Errors
/// All its mistakes.
pub(in crate::program) fn read_code(
    source: &str,
    scope: &Scope<'_>,
) -> Result<(Program, ProgramStarts), Diagnostics> {
    let kind = Kind::Program;
    let code = Unresolved::with_starts().with_comments();
    let (read, starts) = Parser::read(source, kind, scope.vocabulary(), code)?.program(scope);
    Ok((read.cells, starts))
}

/// Reads what is typed at a cell: words and whole blocks, no definition. No `end` is added after the
/// last word.
///
/// # Errors
/// All its mistakes.
pub(in crate::program) fn read_line(
    source: &str,
    vocabulary: Vocabulary,
) -> Result<UnresolvedLine, Diagnostics> {
    let code = Parser::read(source, Kind::Line, vocabulary, Unresolved::default())?;
    Ok(UnresolvedLine(code))
}

/// Reads a line, without the spans of its cells.
///
/// # Errors
/// All its mistakes.
pub(super) fn read_words(
    source: &str,
    vocabulary: Vocabulary,
) -> Result<UnresolvedLine, Diagnostics> {
    let code = Parser::read(source, Kind::Line, vocabulary, Unresolved::without_spans())?;
    Ok(UnresolvedLine(code))
}

/// The most blocks and definitions of one source: what a machine has room for besides main.
pub const BLOCKS: usize = CODE_BODIES as usize - 1;

#[derive(Clone, Copy, PartialEq, Eq)]
enum Kind {
    Program,
    Line,
}

struct Parser<'a> {
    source: &'a str,
    kind: Kind,
    vocabulary: Vocabulary,
    lexer: Lexer<'a>,
    /// Where the last token ends.
    end: usize,
    /// A token that was peeked at.
    ahead: Option<Token<'a>>,
    report: Diagnostics,
    /// How many brackets are open.
    depth: usize,
    /// How many closing brackets have no opening one, and where the first is.
    stray: usize,
    first_stray: Span,
    /// Where each name is defined.
    names: HashMap<&'a str, Span>,
    /// What was built; `None` after a mistake.
    code: Option<Unresolved>,
}

impl<'a> Parser<'a> {
    /// Reads a source; `code` is empty, and says whether spans are kept.
    fn read(
        source: &'a str,
        kind: Kind,
        vocabulary: Vocabulary,
        code: Unresolved,
    ) -> Result<Unresolved, Diagnostics> {
        let mut parser = Parser {
            source,
            kind,
            vocabulary,
            lexer: Lexer::of(source, vocabulary),
            end: 0,
            ahead: None,
            report: Diagnostics::default(),
            depth: 0,
            stray: 0,
            first_stray: Span::default(),
            names: HashMap::new(),
            code: None,
        };
        match brackets(source, vocabulary) {
            Some(diagnostic) => parser.report.add(|| diagnostic),
            None => parser.code = Some(code),
        }
        parser.words();
        parser.report_stray();
        parser.report.sort();
        if !parser.report.is_empty() {
            return Err(parser.report);
        }
        Ok(parser.code.expect("only a mistake drops what was built"))
    }

    fn words(&mut self) {
        let mut closed = false;
        while let Some(token) = self.next() {
            let top_level_block = self.word(token, closed);
            closed = top_level_block;
            if !self.report.is_empty() {
                self.code = None;
            }
        }
    }

    /// Reads one word. `closed` says whether an outermost block ends right before it, the result whether
    /// one ends with it.
    fn word(&mut self, token: Token<'a>, closed: bool) -> bool {
        match token.kind {
            TokenKind::Open => {
                self.depth += 1;
                self.build(|code| code.open(token.span));
            }
            TokenKind::Close => return self.close(token.span, Ending::Written),
            TokenKind::Ellipsis => return self.ellipsis(token.span),
            TokenKind::Integer(value) => self.push(token.span, || Instruction::Integer(value)),
            TokenKind::Text(raw) => self.push(token.span, || Instruction::Text(unescape(raw))),
            TokenKind::Address(address, home) => self.address(address, home, token.span),
            TokenKind::Prefix(Prefix::Bind) => self.bind(token.span, closed),
            TokenKind::Prefix(prefix) => self.named(prefix, token.span),
            TokenKind::Word(word) => {
                let vocabulary = self.vocabulary;
                self.build(|code| code.push(plain(word, vocabulary), token.span));
            }
            TokenKind::Bad => {}
        }
        false
    }

    fn next(&mut self) -> Option<Token<'a>> {
        match self.ahead.take() {
            Some(token) => Some(token),
            None => {
                let token = self.lexer.token(&mut self.report);
                self.gap(token.map_or(self.source.len(), |token| token.span.start));
                self.end = token.map_or(self.source.len(), |token| token.span.end);
                token
            }
        }
    }

    /// Reads what is between the last token and the next.
    fn gap(&mut self, next: usize) {
        if let Some(code) = &mut self.code {
            match &self.source[self.end..next] {
                // What is between most words.
                " " => {}
                gap => code.gap(gap),
            }
        }
    }

    fn peek(&mut self) -> Option<Token<'a>> {
        self.ahead = self.next();
        self.ahead
    }

    fn build(&mut self, step: impl FnOnce(&mut Unresolved)) {
        if let Some(code) = &mut self.code {
            step(code);
        }
    }

    fn push(&mut self, span: Span, instruction: impl FnOnce() -> Instruction) {
        self.build(|code| code.push(instruction().into(), span));
    }

    fn close(&mut self, span: Span, ending: Ending) -> bool {
        if self.depth == 0 {
            if self.stray == 0 {
                self.first_stray = span;
            }
            self.stray += 1;
            return false;
        }
        self.depth -= 1;
        self.build(|code| code.close(ending, span));
        self.depth == 0
    }

    fn ellipsis(&mut self, span: Span) -> bool {
        if let Some(Token { kind: TokenKind::Close, span: bracket }) = self.peek() {
            self.ahead = None;
            return self.close(bracket, Ending::Open);
        }
        self.report.add(|| {
            Diagnostic::new(span, "`...` is only allowed before a closing bracket")
                .help("`...` leaves a block open at its end; an empty cell is `breakpoint`")
        });
        false
    }

    fn address(&mut self, address: u64, home: Option<FrameNumber>, span: Span) {
        if self.kind == Kind::Program {
            self.report.add(|| {
                Diagnostic::new(span, format!("`@{address}` is not allowed in a program"))
                    .help("addresses belong to one image; write the block here, or `pushf: name`")
            });
        } else {
            self.build(|code| code.push(Word::Address(address, home), span));
        }
    }

    fn named(&mut self, prefix: Prefix, span: Span) {
        if prefix == Prefix::Task {
            return self.task(span);
        }
        let Some((name, place)) = self.name(prefix, span) else { return };
        let make = match prefix {
            Prefix::Assign => Instruction::Assign,
            Prefix::Pick => Instruction::Pick,
            Prefix::Call => Instruction::Call,
            Prefix::PushFunction => Instruction::PushFunction,
            Prefix::Set => Instruction::SetGlobal,
            Prefix::Get => Instruction::GetGlobal,
            Prefix::Label => Instruction::Label,
            Prefix::Primitive => return self.primitive(name, span, place),
            Prefix::Task => unreachable!("it has no name"),
            Prefix::Bind => unreachable!("a definition is read elsewhere"),
        };
        self.push(Span { start: span.start, end: place.end }, || make(name.into()));
    }

    /// `task: 3`. A number follows where the other prefixes have a name.
    fn task(&mut self, prefix: Span) {
        let next = self.peek();
        let number = next.and_then(|next| match next.kind {
            TokenKind::Integer(number) => {
                let task = u64::try_from(number).ok().and_then(Cell::spelled_task)?;
                Some((task, Span { start: prefix.start, end: next.span.end }))
            }
            _ => None,
        });
        let Some((task, span)) = number else {
            let message = "`task:` needs the number of a task after it, as in `task: 3`";
            return self.report.add(|| Diagnostic::new(prefix, message));
        };
        self.ahead = None;
        match self.kind {
            Kind::Program => self.report.add(|| {
                Diagnostic::new(span, "a task is not allowed in a program")
                    .help("tasks belong to one image; make one with `task.new` or `task.spawn`")
            }),
            Kind::Line => self.push(span, || Instruction::Task(task)),
        }
    }

    fn primitive(&mut self, name: &str, prefix: Span, place: Span) {
        let span = Span { start: prefix.start, end: place.end };
        if let Some(instruction) = instruction(name, self.vocabulary) {
            return self.push(span, || instruction);
        }
        let known = Primitive::ALL.iter().map(|primitive| primitive.name());
        self.report.add(|| {
            let wrong = Diagnostic::new(place, format!("{} is not an instruction", quoted(name)));
            match near(name, known) {
                Some(other) => wrong.help(format!("did you mean `prim: {other}`?")),
                None => wrong,
            }
        });
    }

    /// The name after a prefix. Anything else is reported, and skipped unless it is a bracket or a prefix.
    fn name(&mut self, prefix: Prefix, span: Span) -> Option<(&'a str, Span)> {
        let next = self.peek().filter(|next| {
            !matches!(next.kind, TokenKind::Open | TokenKind::Close | TokenKind::Prefix(_))
        });
        let Some(next) = next else {
            self.report.add(|| {
                Diagnostic::new(span, format!("`{}` needs a name after it", prefix.word()))
            });
            return None;
        };
        self.ahead = None;
        let what = match next.kind {
            TokenKind::Word(name) => return Some((name, next.span)),
            TokenKind::Bad => return None,
            TokenKind::Integer(_) => "a number",
            TokenKind::Text(_) => "a text",
            TokenKind::Address(..) => "an address",
            TokenKind::Ellipsis => "the mark of an open block",
            TokenKind::Open | TokenKind::Close | TokenKind::Prefix(_) => {
                unreachable!("these were left for the parser")
            }
        };
        let word = &self.source[next.span.start..next.span.end];
        self.report.add(|| {
            let message = format!("{} is {what}, not a name", quoted(word));
            Diagnostic::new(next.span, message).help(format!("`{}` takes a name", prefix.word()))
        });
        None
    }

    fn bind(&mut self, span: Span, closed: bool) {
        let found = self.name(Prefix::Bind, span);
        if self.kind == Kind::Line {
            self.report.add(|| {
                Diagnostic::new(span, "a line at a cell cannot define a function")
                    .help("call the name and create the function where the machine waits for it")
            });
        } else if !closed {
            self.report.add(|| misplaced_bind(span, self.depth));
        } else if let Some((name, place)) = found {
            self.define(name, place);
        }
    }

    fn define(&mut self, name: &'a str, span: Span) {
        if name == "main" {
            self.report.add(|| {
                Diagnostic::new(span, "`main` cannot be defined").help(
                    "main is the code outside brackets; write it without brackets and `bind:`",
                )
            });
        }
        if let Some(&first) = self.names.get(name) {
            let source = self.source;
            self.report.add(|| {
                let (line, column) = place(source, first.start);
                let message = format!("{} is defined twice", quoted(name));
                Diagnostic::new(span, message)
                    .help(format!("the first definition is at line {line}, column {column}"))
            });
        } else {
            self.names.insert(name, span);
        }
        if let Some(code) = &mut self.code {
            code.define(name);
        }
    }

    fn report_stray(&mut self) {
        let (count, span) = (self.stray, self.first_stray);
        if count > 0 && !self.lexer.unterminated {
            self.report.add(|| {
                let message = match count {
                    1 => "this bracket closes nothing".into(),
                    _ => format!("{} brackets close nothing; this is the first", grouped(count)),
                };
                Diagnostic::new(span, message).help("delete it, or add the missing `[`")
            });
        }
    }
}

fn misplaced_bind(span: Span, depth: usize) -> Diagnostic {
    let diagnostic = Diagnostic::new(span, "`bind:` must follow a block");
    match depth {
        0 => diagnostic.help("a definition is `[ ... ] bind: name`"),
        _ => diagnostic.help("functions are defined outside all brackets; is a `]` missing?"),
    }
}

/// What is wrong with the brackets as a whole. Keeps nothing of what it reads.
fn brackets(source: &str, vocabulary: Vocabulary) -> Option<Diagnostic> {
    let mut lexer = Lexer::of(source, vocabulary);
    let mut ignored = Diagnostics::default();
    let (mut blocks, mut depth) = (0_usize, 0_usize);
    let mut first = Span::default();
    let mut excess = None;
    while let Some(token) = lexer.token(&mut ignored) {
        if token.kind == TokenKind::Open {
            if depth == 0 {
                first = token.span;
            }
            depth += 1;
            blocks += 1;
            if blocks == BLOCKS + 1 {
                excess = Some(token.span);
            }
        } else if token.kind == TokenKind::Close {
            // A stray one closes nothing; it is reported elsewhere.
            depth = depth.saturating_sub(1);
        }
    }
    // A text that is not closed may have swallowed a bracket. That text is reported instead.
    if depth > 0 && !lexer.unterminated {
        return Some(unclosed(source, depth, first));
    }
    excess.map(|span| {
        let message = format!("too many blocks: {}", grouped(blocks));
        Diagnostic::new(span, message)
            .help(format!("a program has room for {}; this is the next one", grouped(BLOCKS)))
    })
}

fn unclosed(source: &str, depth: usize, first: Span) -> Diagnostic {
    let message = match depth {
        1 => "this bracket is not closed".into(),
        _ => {
            let (line, column) = place(source, first.start);
            let count = grouped(depth);
            format!("{count} brackets are not closed; the first is at line {line}, column {column}")
        }
    };
    Diagnostic::new(first, message).help("write `]` where the block ends")
}

/// The instruction with this name.
fn instruction(name: &str, vocabulary: Vocabulary) -> Option<Instruction> {
    match Primitive::find_in(name, vocabulary) {
        Some(primitive) => Some(Instruction::Primitive(primitive)),
        None => (name == BREAKPOINT).then_some(Instruction::Breakpoint),
    }
}

/// A word without a prefix. In vocabulary One, nothing hides an instruction.
fn plain(word: &str, vocabulary: Vocabulary) -> Word {
    match (instruction(word, vocabulary), vocabulary) {
        (None, _) => Word::Name(word.into()),
        (Some(instruction), Vocabulary::One) => instruction.into(),
        (Some(Instruction::Primitive(primitive)), Vocabulary::Two | Vocabulary::Three) => {
            Word::Primitive(primitive)
        }
        (Some(_), Vocabulary::Two | Vocabulary::Three) => Word::Breakpoint,
    }
}

#[cfg(test)]
mod tests;
