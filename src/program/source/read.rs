//! From source to cells.
//!
//! A line is a statement; what is indented below a colon is the block of the statement above. An expression writes
//! its operands, then itself, so reading needs to know nothing of what the names mean. The suites that are open are
//! a list, so nesting needs no recursion. After a mistake, reading goes on with the next line, and builds nothing.

use super::code::{Code, Finished, Spanned};
use super::statement::{Ended, Notes, Statements};
use super::token::{Kind, Line, Token, line as read_tokens};
use crate::program::diagnostic::{Diagnostic, Diagnostics, Span, grouped, place, quoted};
use crate::program::forth::BLOCKS;
use crate::program::interest::is_given_up;
use crate::program::scope::Scope;
use crate::vm::instruction::{Instruction, Primitive};
use crate::vm::memory::LOCALS;
use foldhash::{HashMap, HashMapExt};

/// What a text is.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Text {
    /// A program.
    Program,
    /// What is typed at a cell.
    Line,
}

/// A text that was read: its definitions with their names, and its main code.
pub(super) struct ReadText {
    pub definitions: Vec<(Box<str>, Finished)>,
    pub main: Finished,
}

/// Reads a text. With notes, missing operands and brackets are put in.
///
/// # Errors
/// All its mistakes.
pub(super) fn read(
    text: &str,
    kind: Text,
    scope: &Scope<'_>,
    typed: Option<&mut Notes>,
) -> Result<ReadText, Diagnostics> {
    let mut reader = Reader {
        text,
        kind,
        scope,
        typed,
        report: Diagnostics::default(),
        main: Code::default(),
        definition: None,
        definitions: Vec::new(),
        names: HashMap::new(),
        suites: Vec::new(),
        comments: Vec::new(),
        blocks: 0,
        last_end: 0,
        main_indent: None,
    };
    reader.lines();
    reader.finish()
}

/// What is written when a suite ends.
enum After {
    /// The function that is being read ends.
    Definition,
    /// `if`: the bodies in which an `if` or `if-else` is to be written, with the span of each; the last is the
    /// innermost. Whether the suite is the block of an `else`.
    If { chain: Vec<(usize, Span)>, is_else: bool },
    /// These cells, into this body.
    Cells(usize, Vec<Spanned>),
    /// Nothing: its first line has a mistake.
    Nothing,
}

/// A block that is open: its lines are indented below a statement.
struct Suite {
    /// The body of its cells.
    body: usize,
    /// The indentation of the statement above.
    above: usize,
    /// The indentation of its lines, once there is one.
    indent: Option<usize>,
    /// It stands behind its colon, or `...` has ended it: no line can follow.
    is_ended: bool,
    /// `...` has left it open.
    is_open: bool,
    after: After,
}

/// A comment that waits for the cell below it.
struct Waiting<'t> {
    indent: usize,
    text: &'t str,
}

struct Reader<'t, 's, 'c, 'r> {
    text: &'t str,
    kind: Text,
    scope: &'s Scope<'c>,
    typed: Option<&'r mut Notes>,
    report: Diagnostics,
    main: Code,
    /// The function that is being read.
    definition: Option<(Box<str>, Code)>,
    definitions: Vec<(Box<str>, Finished)>,
    /// Where each name is defined.
    names: HashMap<Box<str>, Span>,
    suites: Vec<Suite>,
    comments: Vec<Waiting<'t>>,
    /// How many blocks and definitions there are in the code that is finished.
    blocks: usize,
    /// Where the last line with a statement ends.
    last_end: usize,
    /// The indentation of a typed line.
    main_indent: Option<usize>,
}

type Done = Result<(), Diagnostic>;

impl Reader<'_, '_, '_, '_> {
    fn lines(&mut self) {
        for (base, raw) in super::lines(self.text) {
            if is_given_up() {
                return;
            }
            match read_tokens(raw, base) {
                Ok(line) => self.line(&line),
                Err(mistake) => {
                    self.report.add(|| mistake);
                    self.skip_wrong(raw);
                }
            }
        }
        self.dedent(None);
    }

    /// A line that could not be read at all: what is indented below it is not wrong for that.
    fn skip_wrong(&mut self, raw: &str) {
        let indent = raw.len() - raw.trim_start_matches(' ').len();
        self.dedent(Some(indent));
        self.open_nothing(indent, raw.trim_end().ends_with(':'));
    }

    fn open_nothing(&mut self, above: usize, opens: bool) {
        if opens {
            let body = self.code().push_block(0, Span::default());
            let after = After::Nothing;
            self.suites.push(Suite {
                body,
                above,
                indent: None,
                is_ended: false,
                is_open: true,
                after,
            });
        }
    }

    fn line(&mut self, line: &Line) {
        let comment = line.comment.map(|span| self.text[span.start..span.end].trim_end());
        if line.tokens.is_empty() {
            let indent = line.indent;
            self.comments.extend(comment.map(|text| Waiting { indent, text }));
            return;
        }
        if let Err(mistake) = self.statement(line, comment) {
            self.report.add(|| mistake);
            let opens = line.tokens.last().is_some_and(|last| last.is(':'));
            self.open_nothing(line.indent, opens);
        }
        self.last_end = line.tokens.last().map_or(line.span.end, |last| last.span.end);
    }

    fn statement(&mut self, line: &Line, comment: Option<&str>) -> Done {
        let first = &line.tokens[0];
        let is_alternative = first.is_word("else") || first.is_word("elif");
        if is_alternative && let Some(chain) = self.alternative(line.indent) {
            return self.otherwise(line, chain, comment);
        }
        self.dedent(Some(line.indent));
        if is_alternative {
            let word = if first.is_word("else") { "else" } else { "elif" };
            let help = match self.kind {
                Text::Program => "it stands below the `if`, with the same indentation",
                Text::Line => {
                    "to add it to an `if` that is written, edit the line of the `if` in the source pane \
                     (Alt+Enter), or type all of it at once (Shift+Enter begins a line)"
                }
            };
            return Err(
                Diagnostic::new(first.span, format!("`{word}` has no `if` above it")).help(help)
            );
        }
        if is_definition(line) && line.indent == 0 && self.kind == Text::Program {
            return self.define(line, comment);
        }
        let body = self.enter(line)?;
        if let [token] = &line.tokens[..]
            && token.kind == Kind::Open
        {
            return self.ellipsis(body, token.span, comment);
        }
        let start = self.code().len(body);
        self.place_comments(body, start, comment);
        self.simple(line, body)
    }

    /// The code that lines are read into.
    fn code(&mut self) -> &mut Code {
        match &mut self.definition {
            Some((_, code)) => code,
            None => &mut self.main,
        }
    }

    /// The body for a line with this indentation, once all deeper suites are closed.
    fn enter(&mut self, line: &Line) -> Result<usize, Diagnostic> {
        let margin = Span { start: line.span.start, end: line.span.start + line.indent };
        let wrong = |message: &str| Err(Diagnostic::new(margin, message));
        let Some(suite) = self.suites.last_mut() else {
            let indent = match self.kind {
                Text::Program => 0,
                Text::Line => *self.main_indent.get_or_insert(line.indent),
            };
            if line.indent != indent {
                return wrong("this line is indented, and nothing above it wants a block")
                    .map_err(|mistake| mistake.help("a block follows a line that ends with `:`"));
            }
            return Ok(0);
        };
        if suite.is_ended {
            return wrong("this line is indented below a statement that has no block").map_err(
                |mistake| {
                    mistake.help("write all of the block below the colon; `...` is its last line")
                },
            );
        }
        match suite.indent {
            None => suite.indent = Some(line.indent),
            Some(indent) if indent == line.indent => {}
            Some(_) => {
                return wrong("this line fits no indentation above it").map_err(|mistake| {
                    mistake.help("the lines of a block have the same indentation")
                });
            }
        }
        Ok(suite.body)
    }

    /// The comments that wait stand before a cell.
    fn place_comments(&mut self, body: usize, index: usize, behind: Option<&str>) {
        let mut above = std::mem::take(&mut self.comments);
        let lines = above.drain(..).map(|waiting| waiting.text).chain(behind);
        let lines: Vec<&str> = lines.collect();
        if !lines.is_empty() {
            self.code().comment(body, index, &lines.join("\n"));
        }
    }

    /// `...`
    fn ellipsis(&mut self, body: usize, span: Span, comment: Option<&str>) -> Done {
        let end = self.code().len(body);
        self.place_comments(body, end, comment);
        match self.suites.last_mut() {
            Some(suite) => {
                (suite.is_open, suite.is_ended) = (true, true);
                Ok(())
            }
            None => Err(Diagnostic::new(span, "`...` leaves a block open, and there is none here")
                .help("an empty cell is `?`")),
        }
    }

    /// Closes the suites that a line with this indentation ends; all at the end of the text.
    fn dedent(&mut self, indent: Option<usize>) {
        while let Some(suite) = self.suites.last() {
            if indent.is_some_and(|indent| indent > suite.above) {
                return;
            }
            let suite = self.close_suite();
            self.finish_statement(suite.after);
        }
    }

    /// Closes the innermost suite, with the comments at its end.
    fn close_suite(&mut self) -> Suite {
        let suite = self.suites.pop().expect("there is one");
        let deepest = suite.indent.unwrap_or(suite.above + 1);
        let inside = self.comments.iter().take_while(|waiting| waiting.indent >= deepest).count();
        let inside: Vec<&str> = self.comments.drain(..inside).map(|waiting| waiting.text).collect();
        let at = Span { start: self.last_end, end: self.last_end };
        let is_wrong = matches!(suite.after, After::Nothing);
        self.code().close(suite.body, suite.is_open || is_wrong, at);
        if !inside.is_empty() {
            let end = self.code().len(suite.body);
            self.code().comment(suite.body, end, &inside.join("\n"));
        }
        suite
    }

    /// Writes what comes behind the block of a suite.
    fn finish_statement(&mut self, after: After) {
        match after {
            After::Nothing => {}
            After::Definition => {
                let (name, code) = self.definition.take().expect("its suite was open");
                self.count(&code, 1);
                let number = self.definitions.len();
                self.definitions.push((name, code.finish(Some(number))));
            }
            After::Cells(body, cells) => {
                cells.into_iter().for_each(|cell| self.code().push(body, cell));
            }
            After::If { chain, is_else } => self.end_if(chain, is_else),
        }
    }

    fn end_if(&mut self, mut chain: Vec<(usize, Span)>, is_else: bool) {
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
    fn alternative(&mut self, indent: usize) -> Option<Vec<(usize, Span)>> {
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

    fn otherwise(
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
    fn open_if(
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

    /// Reads statements of a line into a body; also returns the token at which reading stopped.
    fn statements<T>(
        &mut self,
        line: &Line,
        from: usize,
        body: usize,
        read: impl FnOnce(&mut Statements<'_, '_>) -> Result<T, Diagnostic>,
    ) -> Result<(T, usize), Diagnostic> {
        let typed = self.typed.as_deref_mut();
        let code = match &mut self.definition {
            Some((_, code)) => code,
            None => &mut self.main,
        };
        let mut statements = Statements::new(code, body, line, from, self.scope, typed);
        let result = read(&mut statements)?;
        Ok((result, statements.position()))
    }

    fn push_suite(&mut self, above: usize, body: usize, is_ended: bool, after: After) {
        self.suites.push(Suite { body, above, indent: None, is_ended, is_open: false, after });
    }

    /// Opens the suite of a line whose colon was read; the statements behind the colon are its block.
    fn open_suite(&mut self, line: &Line, from: usize, body: usize, after: After) -> Done {
        let behind = from < line.tokens.len();
        self.push_suite(line.indent, body, behind, after);
        if !behind {
            return Ok(());
        }
        if let [token] = &line.tokens[from..]
            && token.kind == Kind::Open
        {
            self.suites.last_mut().expect("it was just opened").is_open = true;
            return Ok(());
        }
        let (ended, _) = self.statements(line, from, body, |statements| statements.read())?;
        match ended {
            Ended::Line => Ok(()),
            Ended::Colon(span) => {
                Err(Diagnostic::new(span, "a second block cannot begin on this line")
                    .help("write the block on lines of its own"))
            }
        }
    }

    /// A line that is neither a definition nor an alternative.
    fn simple(&mut self, line: &Line, body: usize) -> Done {
        let first = &line.tokens[0];
        let then = line.tokens.get(1);
        let adjacent = then.is_some_and(|then| then.is('(') && then.span.start == first.span.end);
        let keyword = match &first.kind {
            Kind::Word(word) if !adjacent => match &**word {
                "if" => return self.if_line(line, body),
                "while" => return self.while_line(line, body),
                "repeat" => Some(Primitive::Repeat),
                "repeat_if" => Some(Primitive::RepeatIf),
                "block" => return self.block_line(line, body),
                _ => None,
            },
            _ => None,
        };
        if let Some(primitive) = keyword {
            let read = match primitive {
                Primitive::Repeat => {
                    self.statements(line, 1, body, |statements| statements.colon())
                }
                _ => self.statements(line, 1, body, |statements| statements.condition()),
            };
            let (colon, from) = read?;
            let block = self.code().push_block(body, colon);
            let cells = vec![(Instruction::Primitive(primitive), first.span)];
            return self.open_suite(line, from, block, After::Cells(body, cells));
        }
        self.plain(line, body)
    }

    fn if_line(&mut self, line: &Line, body: usize) -> Done {
        let span = line.tokens[0].span;
        let read = self.statements(line, 1, body, |statements| statements.condition());
        let colon = *read.as_ref().map_or(&span, |(colon, _)| colon);
        let block = self.code().push_block(body, colon);
        self.open_if(line, block, vec![(body, span)], false, read)
    }

    /// `while c:`: the blank behind `while` owns the block of the condition, the place before the `:` its `end`.
    fn while_line(&mut self, line: &Line, body: usize) -> Done {
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

    fn block_line(&mut self, line: &Line, body: usize) -> Done {
        let block = self.code().push_block(body, line.tokens[0].span);
        let (_, from) = self.statements(line, 1, block, |statements| statements.colon())?;
        self.open_suite(line, from, block, After::Cells(body, Vec::new()))
    }

    fn plain(&mut self, line: &Line, body: usize) -> Done {
        if is_definition(line) {
            let span = line.tokens[0].span;
            return Err(match self.kind {
                Text::Program => Diagnostic::new(span, "a function cannot be defined here")
                    .help("definitions stand at the left margin"),
                Text::Line => Diagnostic::new(span, "a line at a cell cannot define a function")
                    .help("call the name and create the function where the machine waits for it"),
            });
        }
        let read = |statements: &mut Statements<'_, '_>| match statements.read()? {
            Ended::Line => Ok(None),
            Ended::Colon(colon) => statements.hang(colon).map(Some),
        };
        let (hangs, from) = self.statements(line, 0, body, read)?;
        let Some((cells, span)) = hangs else { return Ok(()) };
        let block = self.code().push_block(body, span);
        let after = match &cells[..] {
            // `if(c):` is `if c:`.
            [(Instruction::Primitive(Primitive::If), of_if)] => {
                After::If { chain: vec![(body, *of_if)], is_else: false }
            }
            _ => After::Cells(body, cells),
        };
        self.open_suite(line, from, block, after)
    }

    fn define(&mut self, line: &Line, comment: Option<&str>) -> Done {
        let mut code = Code::default();
        let header = header(line, &mut code);
        let name = name_of(&line.tokens[0]).expect("a definition begins with its name");
        let at = line.tokens[0].span;
        self.check_name(&name, at);
        if line.tokens[0].is_word(&name) && Primitive::find(&name).is_some() {
            self.report.add(|| {
                Diagnostic::new(at, format!("`{name}` is an instruction")).help(format!(
                    "choose another name, or use backquotes here and in its calls: `` `{name}`(...) ``"
                ))
            });
        }
        self.definition = Some((name, code));
        self.place_comments(0, 0, comment);
        match header {
            Ok(from) => self.open_suite(line, from, 0, After::Definition),
            Err(mistake) => {
                self.push_suite(0, 0, false, After::Definition);
                self.report.add(|| mistake);
                Ok(())
            }
        }
    }

    fn check_name(&mut self, name: &str, span: Span) {
        if name == "main" {
            self.report.add(|| {
                Diagnostic::new(span, "`main` cannot be defined")
                    .help("main is the code outside functions; write it at the left margin")
            });
        }
        if let Some(&first) = self.names.get(name) {
            let (line, column) = place(self.text, first.start);
            self.report.add(|| {
                Diagnostic::new(span, format!("{} is defined twice", quoted(name)))
                    .help(format!("the first definition is at line {line}, column {column}"))
            });
        } else {
            self.names.insert(name.into(), span);
        }
    }

    /// Counts the bodies of a piece of code: a machine has room for so many.
    fn count(&mut self, code: &Code, own: usize) {
        let before = self.blocks;
        self.blocks += code.count() - 1 + own;
        if before <= BLOCKS && self.blocks > BLOCKS {
            let span = Span { start: self.last_end, end: self.last_end };
            self.report.add(|| {
                let most = grouped(BLOCKS);
                Diagnostic::new(span, format!("there are more than {most} blocks and functions"))
                    .help("a machine has no room for more")
            });
        }
    }

    fn finish(mut self) -> Result<ReadText, Diagnostics> {
        let end = self.main.len(0);
        self.place_comments(0, end, None);
        let mut main = std::mem::take(&mut self.main);
        self.count(&main, 0);
        self.report.sort();
        if !self.report.is_empty() {
            return Err(self.report);
        }
        if self.kind == Text::Program {
            main.trim(0);
        }
        Ok(ReadText { definitions: self.definitions, main: main.finish(None) })
    }
}

/// Whether a line begins with `name <-`.
fn is_definition(line: &Line) -> bool {
    let [first, second, ..] = &line.tokens[..] else { return false };
    second.kind == Kind::Defines && name_of(first).is_some()
}

fn name_of(token: &Token) -> Option<Box<str>> {
    if let Kind::Word(name) | Kind::Quoted(name) = &token.kind { Some(name.clone()) } else { None }
}

/// Reads `name <- fun[a, b]:`: writes the parameters, the last first. Returns the token behind the colon.
fn header(line: &Line, code: &mut Code) -> Result<usize, Diagnostic> {
    const FORM: &str = "a definition is `name <- fun[a, b]:`";
    let end = line.tokens.last().map_or(line.span.end, |last| last.span.end);
    let wrong = |at: usize, message: &str| {
        let span = line.tokens.get(at).map_or(Span { start: end, end }, |token| token.span);
        Err(Diagnostic::new(span, message).help(FORM))
    };
    let is = |at: usize, sign| line.tokens.get(at).is_some_and(|token: &Token| token.is(sign));
    if !line.tokens.get(2).is_some_and(|token| token.is_word("fun")) {
        return wrong(2, "`fun` is missing here");
    }
    if !is(3, '[') {
        return wrong(3, "`[` is missing here");
    }
    let (mut at, mut parameters) = (4, Vec::new());
    while !is(at, ']') {
        let Some(name) = line.tokens.get(at).and_then(name_of) else {
            return wrong(at, "a parameter or `]` is missing here");
        };
        let span = line.tokens[at].span;
        let known = |(cell, _): &Spanned| cell.assigned() == Some(&*name);
        if parameters.iter().any(known) {
            return wrong(at, "two parameters have the same name");
        }
        parameters.push((Instruction::Assign(name), span));
        at += 1;
        if is(at, ',') {
            at += 1;
        }
        if parameters.len() > LOCALS {
            return wrong(at, "there are too many parameters");
        }
    }
    at += 1;
    if !is(at, ':') {
        return wrong(at, "`:` is missing here");
    }
    parameters.into_iter().rev().for_each(|parameter| code.push(0, parameter));
    Ok(at + 1)
}
