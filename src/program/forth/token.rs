//! Words of a source, borrowed from it.
//!
//! A token is a kind and a span, and its text is a slice of the source: reading a program allocates for
//! what it builds, never for what it looks at. The lexer keeps nothing but its position, so a source can
//! be read twice (once to check its brackets, once to build) without a list of tokens.
//!
//! The lexer reports mistakes in single words. The parser then sees [`TokenKind::Bad`] and does not
//! report them again.

use super::escape::escape;
use super::number::number;
use crate::program::diagnostic::{Diagnostic, Diagnostics, Span, grouped, quoted};
use crate::program::dialect;
use crate::program::interest::is_given_up;
use crate::program::near::near;
use crate::vm::cell::{INTEGER_MAX, INTEGER_MIN};
use crate::vm::index::FrameNumber;
use crate::vm::name::{NameFault, check_name, is_name};
use crate::vm::text::TEXT_BYTES;
use crate::vm::vocabulary::Vocabulary;
use std::sync::Arc;

/// A word that takes the next word as its name.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Prefix {
    /// `assign: i` pops into a local.
    Assign,
    /// `pick: i` pushes a local.
    Pick,
    /// `call: f` calls a function.
    Call,
    /// `pushf: f` pushes the address of a function.
    PushFunction,
    /// `prim: dup` is an instruction.
    Primitive,
    /// `set: x` pops into a global.
    Set,
    /// `get: x` pushes a global.
    Get,
    /// `label: x` marks a place.
    Label,
    /// `bind: f` gives a name to the block before it.
    Bind,
    /// `task: 3` is a task, as a value.
    Task,
}

impl Prefix {
    /// All of them.
    pub const ALL: [Prefix; 10] = [
        Prefix::Assign,
        Prefix::Pick,
        Prefix::Call,
        Prefix::PushFunction,
        Prefix::Primitive,
        Prefix::Set,
        Prefix::Get,
        Prefix::Label,
        Prefix::Bind,
        Prefix::Task,
    ];

    /// How it is written, with its colon.
    pub fn word(self) -> &'static str {
        match self {
            Prefix::Assign => "assign:",
            Prefix::Pick => "pick:",
            Prefix::Call => "call:",
            Prefix::PushFunction => "pushf:",
            Prefix::Primitive => "prim:",
            Prefix::Set => "set:",
            Prefix::Get => "get:",
            Prefix::Label => "label:",
            Prefix::Bind => "bind:",
            Prefix::Task => "task:",
        }
    }

    fn find(word: &str, vocabulary: Vocabulary) -> Option<Prefix> {
        let found = Prefix::ALL.into_iter().find(|prefix| prefix.word() == word);
        found.filter(|prefix| prefix.since() <= vocabulary)
    }

    /// The first vocabulary that has it.
    fn since(self) -> Vocabulary {
        match self {
            Prefix::Primitive | Prefix::Set | Prefix::Get => Vocabulary::Two,
            Prefix::Task => Vocabulary::Three,
            Prefix::Assign
            | Prefix::Pick
            | Prefix::Call
            | Prefix::PushFunction
            | Prefix::Label
            | Prefix::Bind => Vocabulary::One,
        }
    }
}

/// What a token is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum TokenKind<'a> {
    /// `[`
    Open,
    /// `]`
    Close,
    /// `...`
    Ellipsis,
    /// An integer.
    Integer(i64),
    /// The text between the quotes, escapes not yet decoded: see [`unescape`].
    Text(&'a str),
    /// `@200`, or `@200/7`
    Address(u64, Option<FrameNumber>),
    /// A prefix; its name is the next token.
    Prefix(Prefix),
    /// Any other word: a valid name, perhaps of an instruction.
    Word(&'a str),
    /// A word with a mistake in it, which has been reported.
    Bad,
}

/// A word of the source.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Token<'a> {
    /// What it is.
    pub kind: TokenKind<'a>,
    /// Where it is.
    pub span: Span,
}

/// How many bytes are read before it looks whether anybody still waits.
const LOOK: usize = 1 << 14;

/// Reads a source word by word.
#[derive(Clone, Debug)]
pub struct Lexer<'a> {
    source: &'a str,
    vocabulary: Vocabulary,
    position: usize,
    /// Whether the last token was a prefix: then the next word is a name, even if it would be a number.
    names: bool,
    /// Whether a text without a closing quote was seen: it may have swallowed brackets.
    pub unterminated: bool,
    /// Where it looks next whether anybody still waits.
    look_at: usize,
}

impl<'a> Lexer<'a> {
    /// A lexer at the start of `source`.
    pub fn new(source: &'a str) -> Lexer<'a> {
        Lexer::of(source, Vocabulary::NEWEST)
    }

    /// A lexer at the start of a source of this vocabulary.
    pub fn of(source: &'a str, vocabulary: Vocabulary) -> Lexer<'a> {
        Lexer { source, vocabulary, position: 0, names: false, unterminated: false, look_at: 0 }
    }

    /// The next token, or `None` at the end. Mistakes go to `report`.
    pub fn token(&mut self, report: &mut Diagnostics) -> Option<Token<'a>> {
        if self.position >= self.look_at {
            self.look_at = self.position + LOOK;
            if is_given_up() {
                self.position = self.source.len();
            }
        }
        self.skip_blank();
        let start = self.position;
        let first = self.source[start..].chars().next()?;
        if !matches!(first, '[' | ']') {
            self.demand_gap(start, report);
        }
        let kind = match first {
            '[' => self.bracket(TokenKind::Open),
            ']' => self.bracket(TokenKind::Close),
            '"' => self.text(report),
            _ => {
                let rest = &self.source[start..];
                let word = &rest[..rest.find(ends_word).unwrap_or(rest.len())];
                self.position += word.len();
                self.word_kind(word).unwrap_or_else(|| {
                    let span = Span { start, end: self.position };
                    report.add(|| word_fault(word, self.vocabulary, span));
                    TokenKind::Bad
                })
            }
        };
        self.names = matches!(kind, TokenKind::Prefix(_));
        Some(Token { kind, span: Span { start, end: self.position } })
    }

    fn skip_blank(&mut self) {
        loop {
            let rest = self.source[self.position..].trim_start_matches(is_space);
            let comment = match rest.starts_with('#') {
                true => rest.find(['\n', '\r']).unwrap_or(rest.len()),
                false => 0,
            };
            self.position = self.source.len() - rest.len() + comment;
            if comment == 0 {
                return;
            }
        }
    }

    /// A word or text must not touch another: `"a"b` is a slip, not two words.
    fn demand_gap(&self, start: usize, report: &mut Diagnostics) {
        let before = self.source[..start].chars().next_back();
        if before.is_some_and(|before| !is_space(before) && !matches!(before, '[' | ']')) {
            let span = Span { start, end: start + 1 };
            report.add(|| {
                let message = "a space is missing between a text and the word beside it";
                let word = self.source[..start].rsplit(ends_word).next().unwrap_or_default();
                match dialect::before_text(word).filter(|_| self.source[start..].starts_with('"')) {
                    Some(advice) => Diagnostic::new(span, message).help(advice),
                    None => Diagnostic::new(span, message),
                }
            });
        }
    }

    fn bracket(&mut self, kind: TokenKind<'a>) -> TokenKind<'a> {
        self.position += 1;
        kind
    }

    /// A text ends on its line, so that a forgotten quote spoils one line and not the rest.
    fn text(&mut self, report: &mut Diagnostics) -> TokenKind<'a> {
        let open = self.position;
        let mut bytes = 0;
        let mut good = true;
        self.position += 1;
        while !self.at_quote() {
            let rest = &self.source[self.position..];
            let Some(first) = rest.chars().next().filter(|char| !matches!(char, '\n' | '\r'))
            else {
                self.unterminated = true;
                report.add(|| unterminated(Span { start: open, end: self.position }));
                return TokenKind::Bad;
            };
            let (char, length) = text_char(first, rest).unwrap_or_else(|message| {
                let span = Span { start: self.position, end: self.position + 2 };
                report.add(|| Diagnostic::new(span, message).help(ESCAPES));
                good = false;
                (first, 1)
            });
            bytes += char.len_utf8();
            self.position += length;
        }
        self.position += 1;
        if bytes > TEXT_BYTES {
            good = false;
            report.add(|| too_long(Span { start: open, end: self.position }, bytes));
        }
        if good {
            TokenKind::Text(&self.source[open + 1..self.position - 1])
        } else {
            TokenKind::Bad
        }
    }

    /// What a word is, or `None` if there is a mistake in it.
    fn word_kind(&self, word: &'a str) -> Option<TokenKind<'a>> {
        if self.names && is_name(word) {
            Some(TokenKind::Word(word))
        } else if word == "..." {
            Some(TokenKind::Ellipsis)
        } else if let Some(number) = number(word, self.vocabulary) {
            number.map(TokenKind::Integer)
        } else if let Some(digits) = word.strip_prefix('@') {
            address(digits)
        } else if let Some(prefix) = Prefix::find(word, self.vocabulary) {
            Some(TokenKind::Prefix(prefix))
        } else {
            is_name(word).then_some(TokenKind::Word(word))
        }
    }

    fn at_quote(&self) -> bool {
        self.source[self.position..].starts_with('"')
    }
}

/// The first character of the rest of a text, decoded, and how many bytes spell it.
fn text_char(first: char, rest: &str) -> Result<(char, usize), &'static str> {
    match first {
        // A backslash at the end of the line is not an escape: the text is not closed.
        '\\' if !rest[1..].starts_with(['\n', '\r']) && rest.len() > 1 => {
            escape(&rest[1..]).map(|(char, length)| (char, 1 + length))
        }
        _ => Ok((first, first.len_utf8())),
    }
}

const ESCAPES: &str = "escapes are \\n \\t \\r \\0 \\\\ \\\" and \\u{1F600}";

fn unterminated(span: Span) -> Diagnostic {
    Diagnostic::new(span, "the text does not end on its line")
        .help("close it with `\"`; a line end inside a text is written `\\n`")
}

fn too_long(span: Span, bytes: usize) -> Diagnostic {
    let message = format!(
        "the text has {} bytes; a text holds at most {}",
        grouped(bytes),
        grouped(TEXT_BYTES)
    );
    Diagnostic::new(span, message).help("join it from parts with `str_join`, or read it as input")
}

/// Decodes the escapes of a [`TokenKind::Text`].
pub fn unescape(raw: &str) -> Arc<str> {
    let mut text = String::with_capacity(raw.len());
    let mut rest = raw;
    while let Some(at) = rest.find('\\') {
        text.push_str(&rest[..at]);
        let (char, length) = escape(&rest[at + 1..]).expect("the lexer has decoded it before");
        text.push(char);
        rest = &rest[at + 1 + length..];
    }
    text.push_str(rest);
    text.into()
}

/// The mistake in a word.
fn word_fault(word: &str, vocabulary: Vocabulary, span: Span) -> Diagnostic {
    if number(word, vocabulary).is_some() {
        out_of_range(word, span)
    } else if word == "@" {
        Diagnostic::new(span, "`@` is not an instruction").help("write `memory.get`")
    } else if word.starts_with('@') {
        Diagnostic::new(span, format!("{} is not an address", quoted(word)))
            .help("an address is `@` and a number, such as `@200`; a block of frame 7 is `@200/7`")
    } else if word.ends_with(':') {
        unknown_prefix(word, span)
    } else {
        let fault = check_name(word).expect_err("a word that can be a name is not at fault");
        let diagnostic =
            Diagnostic::new(span, format!("{} cannot be a name: it {fault}", quoted(word)));
        match fault {
            NameFault::Hidden(_) => diagnostic.help("type the name again without it"),
            NameFault::Empty
            | NameFault::TooLong(_)
            | NameFault::Number
            | NameFault::Address
            | NameFault::Comment
            | NameFault::Prefix
            | NameFault::Ellipsis
            | NameFault::Delimiter(_) => diagnostic,
        }
    }
}

/// `200`, or `200/7` for a block and its frame.
fn address(digits: &str) -> Option<TokenKind<'_>> {
    let number = |digits: &str| -> Option<u64> {
        digits.bytes().all(|byte| byte.is_ascii_digit()).then(|| digits.parse().ok())?
    };
    Some(match digits.split_once('/') {
        Some((start, frame)) => {
            TokenKind::Address(number(start)?, Some(FrameNumber::spelled(number(frame)?)?))
        }
        None => TokenKind::Address(number(digits)?, None),
    })
}

fn ends_word(char: char) -> bool {
    is_space(char) || matches!(char, '[' | ']' | '"')
}

/// White space, and the byte order mark that some editors put before the first word.
fn is_space(char: char) -> bool {
    char.is_whitespace() || char == '\u{feff}'
}

fn out_of_range(word: &str, span: Span) -> Diagnostic {
    Diagnostic::new(span, format!("the number {} does not fit in a cell", quoted(word)))
        .help(format!("integers go from {INTEGER_MIN} to {INTEGER_MAX}"))
}

fn unknown_prefix(word: &str, span: Span) -> Diagnostic {
    let diagnostic = Diagnostic::new(span, format!("there is no prefix {}", quoted(word)));
    if let Some(advice) = dialect::advice(word) {
        return diagnostic.help(advice);
    }
    match near(word, Prefix::ALL.map(Prefix::word)) {
        Some(name) => diagnostic.help(format!("did you mean `{name}`?")),
        None => {
            let known = Prefix::ALL.map(|prefix| format!("`{}`", prefix.word())).join(", ");
            diagnostic.help(format!("a word that ends with `:` is one of {known}"))
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::vm::name::NAME_BYTES;
    use TokenKind::*;

    fn read(source: &str) -> (Vec<TokenKind<'_>>, Vec<String>) {
        let mut report = Diagnostics::default();
        let mut lexer = Lexer::new(source);
        let mut kinds = Vec::new();
        while let Some(token) = lexer.token(&mut report) {
            assert!(token.span.start < token.span.end && token.span.end <= source.len());
            kinds.push(token.kind);
        }
        (kinds, report.iter().map(|diagnostic| diagnostic.message.clone()).collect())
    }

    fn good(source: &str) -> Vec<TokenKind<'_>> {
        let (kinds, messages) = read(source);
        assert!(messages.is_empty(), "{source}: {messages:?}");
        kinds
    }

    fn bad(source: &str) -> String {
        let (kinds, messages) = read(source);
        assert!(kinds.contains(&Bad), "{source}: {kinds:?}");
        assert_eq!(messages.len(), 1, "{source}: {messages:?}");
        messages.into_iter().next().unwrap()
    }

    #[test]
    fn words_and_numbers() {
        assert_eq!(good("- 1+ 1- 2dup -rot"), ["-", "1+", "1-", "2dup", "-rot"].map(Word));
        assert_eq!(good("-5 +5 -0 007"), [-5, 5, 0, 7].map(Integer));
        assert_eq!(good("1152921504606846975"), [Integer(INTEGER_MAX)]);
        assert_eq!(good("-1152921504606846976"), [Integer(INTEGER_MIN)]);
        for number in ["1152921504606846976", "-1152921504606846977", &"9".repeat(1000)] {
            assert!(bad(number).contains("does not fit"), "{number}");
        }
    }

    #[test]
    fn brackets_need_no_spaces_and_lines_end_as_they_like() {
        assert_eq!(good("[1]x[\r\n]"), [Open, Integer(1), Close, Word("x"), Open, Close]);
        assert_eq!(good("a # b [ \"\r\nc"), [Word("a"), Word("c")]);
        assert_eq!(good("a#b ]#c"), [Word("a#b"), Close]);
        assert_eq!(good("\u{feff}a\u{a0}b"), [Word("a"), Word("b")]);
        assert_eq!(good("# all of it"), []);
        assert_eq!(good("... assign: i"), [Ellipsis, Prefix(super::Prefix::Assign), Word("i")]);
        assert_eq!(good("@200 @0"), [Address(200, None), Address(0, None)]);
        assert_eq!(good("@200/1"), [Address(200, Some(FrameNumber::FIRST))]);
        assert_eq!(good("@200/0"), [Address(200, Some(FrameNumber::GONE))]);
    }

    #[test]
    fn a_name_is_one_word() {
        let longest = "n".repeat(NAME_BYTES);
        for name in ["dup", "i", "breakpoint", "a:b", "a#", "é", "-", "....", "1+", &longest] {
            assert_eq!(good(name), [Word(name)]);
        }
        let longer = "n".repeat(NAME_BYTES + 1);
        for word in [&longer, "a`b", "a\u{202e}", "a\u{7}"] {
            assert!(bad(word).contains("cannot be a name: it "), "{word}");
        }
    }

    #[test]
    fn texts() {
        let kinds = good(r#""a\n\t\r\0\\\"\u{1F600}\u{41}" "" "[ # ]""#);
        let texts: Vec<_> = kinds
            .iter()
            .map(|kind| match kind {
                Text(raw) => unescape(raw),
                other => panic!("{other:?}"),
            })
            .collect();
        assert_eq!(texts, ["a\n\t\r\0\\\"\u{1f600}A".into(), "".into(), Arc::from("[ # ]")]);
        for escape in ["x", "u", "u{}", "u{110000}", "u{d800}", "u{1234567}", "u{g}", "u{-1}", "é"]
        {
            bad(&format!("\"\\{escape}\""));
        }
        assert!(bad("\"abc").contains("does not end"));
        assert!(bad("\"abc\n1").contains("does not end"));
        assert!(bad("\"abc\\").contains("does not end"));
        assert_eq!(read("\"abc\\\n\"d\"").1.len(), 1);
    }

    #[test]
    fn a_text_is_limited_by_what_it_decodes_to() {
        let longest = format!("\"{}\"", "\\n".repeat(TEXT_BYTES));
        assert_eq!(good(&longest).len(), 1);
        let longer = format!("\"{}\"", "a".repeat(TEXT_BYTES + 1));
        assert!(bad(&longer).contains("65,537 bytes"));
    }

    #[test]
    fn texts_and_words_must_not_touch() {
        for source in ["a\"b\"", "\"a\"b", "\"a\"\"b\""] {
            assert_eq!(read(source).1.len(), 1, "{source}");
        }
        assert_eq!(good("[\"a\"]").len(), 3);
    }

    #[test]
    fn unknown_prefixes_and_addresses() {
        let mut report = Diagnostics::default();
        assert_eq!(Lexer::new("asign: i").token(&mut report).unwrap().kind, Bad);
        let first = report.iter().next().unwrap();
        assert_eq!(first.help.as_deref(), Some("did you mean `assign:`?"));
        bad(":");
        bad("a\u{202e}b");
        bad("@");
        bad("@-1");
        bad("@+1");
        bad("@99999999999999999999");
    }

    #[test]
    fn every_prefix_of_the_table_is_known() {
        use crate::vm::instruction::{Operand, table};
        let rows = table().filter(|row| row.operand == Operand::Name);
        let names: Vec<_> = rows.map(|row| row.name).chain(["bind:", "task:"]).collect();
        assert_eq!(names, super::Prefix::ALL.map(super::Prefix::word));
    }
}
