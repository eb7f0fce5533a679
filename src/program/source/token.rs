//! The words of a line of source.
//!
//! A token is a kind and a span; its name or text is made when the reader takes it. A line is read into a list of
//! tokens, because the reader looks ahead, for example for the `=` behind several targets. Operators need
//! spaces, since names may contain their characters; only `<`, `>`, `=` and `!=` end a name.

use std::sync::Arc;

use crate::program::diagnostic::{Diagnostic, Span, grouped, quoted};
use crate::program::forth::{escape, number};
use crate::vm::cell::{INTEGER_MAX, INTEGER_MIN};
use crate::vm::instruction::Primitive;
use crate::vm::name::check_name;
use crate::vm::text::TEXT_BYTES;
use crate::vm::vocabulary::Vocabulary;

use super::pythonism;

/// What a token is.
#[derive(Clone, Debug, PartialEq)]
pub(super) enum Kind {
    /// `(`, `)`, `[`, `]`, `,`, `;` or `:`.
    Sign(char),
    /// `=`.
    Becomes,
    /// `<-`.
    Defines,
    /// An infix operator.
    Operator(Primitive),
    /// An integer.
    Integer(i64),
    /// `+1` or `-1`: behind an operand, the instruction that adds it.
    Step(i64),
    /// A text.
    Text(Arc<str>),
    /// `@200`.
    Address(u64),
    /// `@name`.
    Function(Box<str>),
    /// `$name`.
    Global(Box<str>),
    /// A name in backquotes.
    Quoted(Box<str>),
    /// Any other word: a name, a keyword, an instruction.
    Word(Box<str>),
    /// `_`: a value that is on the stack already.
    Value,
    /// `?`: an empty cell.
    Hole,
    /// `...`: the open end of a block.
    Open,
}

/// A word of a line.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Token {
    pub kind: Kind,
    pub span: Span,
}

impl Token {
    /// Whether it is this word, not in backquotes.
    pub fn is_word(&self, word: &str) -> bool {
        matches!(&self.kind, Kind::Word(found) if **found == *word)
    }

    /// Whether it is this sign.
    pub fn is(&self, sign: char) -> bool {
        self.kind == Kind::Sign(sign)
    }
}

/// A line: its indentation, its tokens, and the comment at its end.
#[derive(Debug, Default)]
pub(super) struct Line {
    pub indent: usize,
    pub tokens: Vec<Token>,
    /// What follows the `#`.
    pub comment: Option<Span>,
    /// The bytes of the line, without the line end.
    pub span: Span,
}

/// An infix operator, and how tightly it binds.
pub(super) fn level(primitive: Primitive) -> Option<u8> {
    use Primitive as P;
    Some(match primitive {
        P::LogicalOr => 1,
        P::LogicalAnd => 2,
        P::Equal | P::Unequal | P::Less | P::Greater | P::LessEqual | P::GreaterEqual => COMPARING,
        P::Add | P::Subtract => ADDING,
        P::Multiply | P::Divide => 5,
        _ => return None,
    })
}

/// The level of comparisons, which do not chain.
pub(super) const COMPARING: u8 = 3;
/// The level of sums, and of the postfix `+1` and `-1`.
pub(super) const ADDING: u8 = 4;

/// How an infix operator is written.
pub(super) fn spelled(primitive: Primitive) -> &'static str {
    match primitive {
        Primitive::Equal => "==",
        Primitive::Unequal => "!=",
        other => other.name(),
    }
}

/// The operator that a word is.
pub(super) fn operator(word: &str) -> Option<Primitive> {
    let primitive = match word {
        "==" => Primitive::Equal,
        "!=" | "<>" => Primitive::Unequal,
        // In source, `=` assigns.
        "=" => return None,
        other => Primitive::find(other)?,
    };
    level(primitive).map(|_| primitive)
}

/// Words with a meaning of their own at the start of a statement.
pub(super) const KEYWORDS: [&str; 9] =
    ["if", "elif", "else", "repeat", "repeat_if", "while", "block", "label", "fun"];

/// Whether a character ends a word.
fn stops(char: char) -> bool {
    char.is_whitespace()
        || char == '\u{feff}'
        || matches!(char, '(' | ')' | '[' | ']' | '{' | '}' | ',' | ';' | '"' | '\'' | '`' | '#')
        || matches!(char, '@' | '=' | '<' | '>')
}

/// Where the word at the start of a text ends.
fn word_end(rest: &str) -> usize {
    let stop = |(at, char): (usize, char)| {
        stops(char) || char == '!' && at > 0 && rest[at..].starts_with("!=")
    };
    let mut chars = rest.char_indices();
    let end = chars.find(|&found| stop(found)).map_or(rest.len(), |(at, _)| at);
    // A colon at the end is a sign of its own.
    let word = &rest[..end];
    let short = word.trim_end_matches(':');
    if short.is_empty() { end } else { short.len() }
}

/// Whether a name reads as itself without backquotes, where it is not called.
pub(super) fn is_plain(name: &str) -> bool {
    is_plain_call(name) && !name.contains(OPERATOR_CHARS) && !pythonism::is_reserved(name)
}

/// Whether a name reads as itself without backquotes before a parenthesis.
pub(super) fn is_plain_call(name: &str) -> bool {
    is_plain_word(name)
        && !name.starts_with('$')
        && operator(name).is_none()
        && !KEYWORDS.contains(&name)
}

/// Whether a name is one token, whatever it means.
pub(super) fn is_plain_word(name: &str) -> bool {
    !matches!(name, "_" | "?" | "..." | "<-")
        && !name.is_empty()
        && word_end(name) == name.len()
        && !name.starts_with(':')
        && number(name, Vocabulary::NEWEST).is_none()
        && !name.starts_with("!=")
}

/// What a name without backquotes cannot contain where it is not called: it would be taken for a sum.
const OPERATOR_CHARS: [char; 10] = ['+', '-', '*', '/', '<', '>', '=', '!', '&', '|'];

/// Reads a line that begins at byte `base` of its text.
///
/// # Errors
/// The first word that is wrong.
pub(super) fn line(text: &str, base: usize) -> Result<Line, Diagnostic> {
    let body = text.trim_start_matches(' ');
    let indent = text.len() - body.len();
    let span = Span { start: base, end: base + text.len() };
    let mut lexer = Lexer { text, base, at: indent };
    let mut line = Line { indent, span, ..Line::default() };
    if body.starts_with('\t') && !body.trim().is_empty() {
        let tab = Span { start: base + indent, end: base + indent + 1 };
        return Err(Diagnostic::new(tab, "the indentation has a tab in it")
            .help("indent with spaces: a tab has no fixed width"));
    }
    while let Some(first) = lexer.skip_blank() {
        if first == '#' {
            line.comment = Some(Span { start: base + lexer.at + 1, end: span.end });
            break;
        }
        line.tokens.push(lexer.token(first)?);
    }
    Ok(line)
}

/// Where the names of a line are, without `@`, `$` and backquotes; those before the first wrong word.
pub(super) fn names(text: &str, base: usize) -> Vec<Span> {
    let mut lexer = Lexer { text, base, at: 0 };
    let mut names = Vec::new();
    while let Some(first) = lexer.skip_blank().filter(|&first| first != '#') {
        let Ok(token) = lexer.token(first) else { break };
        let Span { start, end } = token.span;
        if !matches!(
            token.kind,
            Kind::Word(_) | Kind::Quoted(_) | Kind::Function(_) | Kind::Global(_)
        ) {
            continue;
        }
        let word = &text[start - base..end - base];
        let marked = word.trim_start_matches(['@', '$']);
        let bare = marked.trim_start_matches('`');
        let end = end - usize::from(bare.len() < marked.len());
        names.push(Span { start: start + word.len() - bare.len(), end });
    }
    names
}

/// Where the first word of a line ends, if it is not wrong.
pub(super) fn first_end(text: &str) -> Option<usize> {
    let mut lexer = Lexer { text, base: 0, at: 0 };
    let first = lexer.skip_blank()?;
    lexer.token(first).ok().map(|token| token.span.end)
}

struct Lexer<'t> {
    text: &'t str,
    base: usize,
    at: usize,
}

impl<'t> Lexer<'t> {
    fn rest(&self) -> &'t str {
        &self.text[self.at..]
    }

    /// The first character that is not blank.
    fn skip_blank(&mut self) -> Option<char> {
        let rest = self.rest();
        let blank = |char: char| char.is_whitespace() || char == '\u{feff}';
        self.at += rest.len() - rest.trim_start_matches(blank).len();
        self.rest().chars().next()
    }

    fn token(&mut self, first: char) -> Result<Token, Diagnostic> {
        let start = self.at;
        let kind = match first {
            '(' | ')' | '[' | ']' | ',' | ';' => self.sign(first),
            '"' => Kind::Text(self.text()?),
            '`' => Kind::Quoted(self.quoted()?),
            '@' => self.at_name()?,
            '$' => self.global()?,
            '<' | '>' | '=' => self.comparison()?,
            '!' if self.rest().starts_with("!=") => self.comparison()?,
            ':' => self.colon()?,
            '\'' | '{' | '}' => return Err(self.no_meaning(first)),
            _ => self.word()?,
        };
        Ok(Token { kind, span: self.span(start) })
    }

    /// From a place of the line up to here, in the whole text.
    fn span(&self, start: usize) -> Span {
        Span { start: self.base + start, end: self.base + self.at }
    }

    fn sign(&mut self, sign: char) -> Kind {
        self.at += sign.len_utf8();
        Kind::Sign(sign)
    }

    fn colon(&mut self) -> Result<Kind, Diagnostic> {
        let start = self.at;
        if self.rest().starts_with(":=") {
            self.at += 2;
            return Err(Diagnostic::new(self.span(start), "`:=` has no meaning here")
                .help("`x = 3` assigns, on a line of its own"));
        }
        Ok(self.sign(':'))
    }

    fn no_meaning(&self, first: char) -> Diagnostic {
        let start = self.base + self.at;
        let span = Span { start, end: start + first.len_utf8() };
        let diagnostic = Diagnostic::new(span, format!("`{first}` has no meaning here"));
        match first {
            '\'' => diagnostic.help("a text has double quotes: \"a\""),
            _ => diagnostic.help("blocks are indented; data is made with `allocate(3)`"),
        }
    }

    fn comparison(&mut self) -> Result<Kind, Diagnostic> {
        let rest = self.rest();
        let two = rest.get(..2).unwrap_or_default();
        let is_two = matches!(two, "<-" | "<=" | ">=" | "==" | "!=" | "<>");
        // `<-` defines only before a space, so that `a <-1` is a comparison.
        let is_two =
            is_two && (two != "<-" || !rest[2..].starts_with(|c: char| c.is_ascii_digit()));
        let word = if is_two { two } else { &rest[..1] };
        self.at += word.len();
        Ok(match word {
            "=" => Kind::Becomes,
            "<-" => Kind::Defines,
            other => Kind::Operator(operator(other).expect("these are the comparisons")),
        })
    }

    /// The text at the start, decoded.
    fn text(&mut self) -> Result<Arc<str>, Diagnostic> {
        let open = self.at;
        self.at += 1;
        let mut text = String::new();
        loop {
            let rest = self.rest();
            match rest.chars().next() {
                None => {
                    return Err(Diagnostic::new(
                        self.span(open),
                        "the text does not end on its line",
                    )
                    .help("close it with `\"`; a line end inside a text is written `\\n`"));
                }
                Some('"') => break,
                Some('\\') => {
                    let (char, length) = escape(&rest[1..]).map_err(|message| {
                        let start = self.base + self.at;
                        let end = (start + 2).min(self.base + self.text.len());
                        Diagnostic::new(Span { start, end }, message)
                            .help("escapes are \\n \\t \\r \\0 \\\\ \\\" and \\u{1F600}")
                    })?;
                    text.push(char);
                    self.at += 1 + length;
                }
                Some(char) => {
                    text.push(char);
                    self.at += char.len_utf8();
                }
            }
        }
        self.at += 1;
        if text.len() > TEXT_BYTES {
            let most = grouped(TEXT_BYTES);
            let message =
                format!("the text has {} bytes; a text holds at most {most}", grouped(text.len()));
            return Err(Diagnostic::new(self.span(open), message)
                .help("join it from parts with `str_join`, or read it as input"));
        }
        Ok(text.into())
    }

    /// The name in backquotes at the start.
    fn quoted(&mut self) -> Result<Box<str>, Diagnostic> {
        let start = self.at;
        let Some(length) = self.rest()[1..].find('`') else {
            self.at = self.text.len();
            return Err(Diagnostic::new(self.span(start), "the name does not end on its line")
                .help("close it with a backquote"));
        };
        let name = &self.rest()[1..1 + length];
        self.at += length + 2;
        self.checked(name, start)
    }

    /// A name, if it can be one.
    fn checked(&self, name: &str, start: usize) -> Result<Box<str>, Diagnostic> {
        match check_name(name) {
            Ok(()) => Ok(name.into()),
            Err(fault) => {
                let message = format!("{} cannot be a name: it {fault}", quoted(name));
                Err(Diagnostic::new(self.span(start), message))
            }
        }
    }

    fn at_name(&mut self) -> Result<Kind, Diagnostic> {
        let start = self.at;
        self.at += 1;
        if self.rest().starts_with('`') {
            let name = self.quoted()?;
            return Ok(Kind::Function(name));
        }
        let word = self.bare();
        if word.is_empty() {
            return Err(Diagnostic::new(self.span(start), "`@` needs a name after it")
                .help("`@f` is the address of the function f"));
        }
        if word.bytes().all(|byte| byte.is_ascii_digit()) {
            let address = word.parse().map_err(|_| {
                Diagnostic::new(self.span(start), format!("there is no address {}", quoted(word)))
            });
            return Ok(Kind::Address(address?));
        }
        self.checked(word, start).map(Kind::Function)
    }

    fn global(&mut self) -> Result<Kind, Diagnostic> {
        let start = self.at;
        self.at += 1;
        if self.rest().starts_with('`') {
            let name = self.quoted()?;
            return Ok(Kind::Global(name));
        }
        let word = self.bare();
        if word.is_empty() {
            return Err(Diagnostic::new(self.span(start), "`$` needs a name after it")
                .help("`$total` is the global total"));
        }
        self.lone_name(word, start).map(Kind::Global)
    }

    /// Takes the word at the start; empty if there is none.
    fn bare(&mut self) -> &'t str {
        let rest = self.rest();
        let length = match rest.chars().next() {
            Some(first) if !stops(first) && first != ':' => word_end(rest),
            Some(_) | None => 0,
        };
        self.at += length;
        &rest[..length]
    }

    /// A name that is not called.
    fn lone_name(&self, word: &str, start: usize) -> Result<Box<str>, Diagnostic> {
        if word.contains(OPERATOR_CHARS) {
            let (left, rest) = word.split_at(word.find(OPERATOR_CHARS).unwrap_or(0));
            let right = rest.trim_start_matches(OPERATOR_CHARS);
            let sign = &rest[..rest.len() - right.len()];
            return Err(pythonism::crowded(word, [left, sign, right], self.span(start)));
        }
        self.checked(word, start)
    }

    fn word(&mut self) -> Result<Kind, Diagnostic> {
        let start = self.at;
        let word = self.bare();
        if word.is_empty() {
            return Err(self.no_meaning(self.rest().chars().next().expect("it is not the end")));
        }
        let rest = self.rest();
        let called = rest.starts_with('(') || rest.trim_start().starts_with("<-");
        Ok(match word {
            "_" => Kind::Value,
            "?" => Kind::Hole,
            "..." => Kind::Open,
            "+1" => Kind::Step(1),
            "-1" => Kind::Step(-1),
            _ => {
                if let Some(primitive) = operator(word) {
                    let rest = self.rest();
                    if rest.starts_with('=') && !rest.starts_with("==") {
                        self.at += 1;
                        return Err(pythonism::in_place(word, self.span(start)));
                    }
                    return Ok(Kind::Operator(primitive));
                }
                match number(word, Vocabulary::NEWEST) {
                    Some(Some(value)) => Kind::Integer(value),
                    Some(None) => return Err(self.out_of_range(word, start)),
                    None if called => Kind::Word(self.checked(word, start)?),
                    None if pythonism::is_reserved(word) => {
                        let rest = rest.trim_start();
                        let is_assigned = rest.starts_with('=') && !rest.starts_with("==");
                        return Err(pythonism::reserved(word, is_assigned, self.span(start)));
                    }
                    None if Primitive::find(word).is_some() => {
                        Kind::Word(self.checked(word, start)?)
                    }
                    None => Kind::Word(self.lone_name(word, start)?),
                }
            }
        })
    }

    fn out_of_range(&self, word: &str, start: usize) -> Diagnostic {
        let message = format!("the number {} does not fit in a cell", quoted(word));
        Diagnostic::new(self.span(start), message)
            .help(format!("integers go from {INTEGER_MIN} to {INTEGER_MAX}"))
    }
}
