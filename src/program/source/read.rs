//! From source to cells.
//!
//! A line is a statement; what is indented below a colon is the block of the statement above. An expression writes
//! its operands, then itself, so reading needs to know nothing of what the names mean. The suites that are open are
//! a list, so nesting needs no recursion. After a mistake, reading goes on with the next line, and builds nothing.

mod branch;
mod header;

use super::code::{Code, Finished, Spanned};
use super::statement::{Ended, Notes, Statements};
use super::token::{Kind, Line, line as read_tokens};
use crate::program::diagnostic::{Diagnostic, Diagnostics, Span, grouped};
use crate::program::forth::BLOCKS;
use crate::program::interest::is_given_up;
use crate::program::scope::Scope;
use crate::vm::instruction::{Instruction, Primitive};
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
                    "open the line of the `if` in the source pane (Alt+Enter) and write it there: Shift+Enter begins \
                     a line"
                }
            };
            return Err(
                Diagnostic::new(first.span, format!("`{word}` has no `if` above it")).help(help)
            );
        }
        if header::is_definition(line) && line.indent == 0 && self.kind == Text::Program {
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

    fn block_line(&mut self, line: &Line, body: usize) -> Done {
        let block = self.code().push_block(body, line.tokens[0].span);
        let (_, from) = self.statements(line, 1, block, |statements| statements.colon())?;
        self.open_suite(line, from, block, After::Cells(body, Vec::new()))
    }

    fn plain(&mut self, line: &Line, body: usize) -> Done {
        if header::is_definition(line) {
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
