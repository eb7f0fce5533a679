//! What is wrong with a source, and where.
//!
//! The size of a report is bounded, whatever the source: only the first few mistakes are kept and the
//! rest counted, messages clip the words they quote, and an excerpt is a window around the mistake. So
//! a line of a megabyte shows as one line of a terminal. The renderer is our own because of this bound.

use crate::vm::name::is_invisible;
use crate::vm::spelling::clip;
use std::fmt;
use unicode_width::UnicodeWidthChar;

/// How many mistakes are kept; a person fixes a few and tries again.
pub const REPORTED: usize = 20;

/// A part of a source, in bytes.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Span {
    /// The first byte.
    pub start: usize,
    /// The byte after the last.
    pub end: usize,
}

/// One mistake.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Diagnostic {
    /// What is wrong, as a phrase without a full stop.
    pub message: String,
    /// Where.
    pub span: Span,
    /// How to fix it.
    pub help: Option<String>,
}

impl Diagnostic {
    /// A mistake at `span`.
    pub fn new(span: Span, message: impl Into<String>) -> Diagnostic {
        Diagnostic { message: message.into(), span, help: None }
    }

    /// Adds how to fix it.
    pub fn help(mut self, help: impl Into<String>) -> Diagnostic {
        self.help = Some(help.into());
        self
    }
}

/// The message and the help, without the place: an entry line shows its text anyway.
impl fmt::Display for Diagnostic {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(&self.message)?;
        match &self.help {
            Some(help) => write!(formatter, " ({help})"),
            None => Ok(()),
        }
    }
}

/// The mistakes of one source: the first [`REPORTED`], and how many more there were.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Diagnostics {
    list: Vec<Diagnostic>,
    more: usize,
}

impl Diagnostics {
    /// Adds a mistake; it is only worded if it is kept.
    pub fn add(&mut self, diagnostic: impl FnOnce() -> Diagnostic) {
        if self.list.len() < REPORTED {
            self.list.push(diagnostic());
        } else {
            self.more += 1;
        }
    }

    /// The mistakes that were kept.
    pub fn iter(&self) -> std::slice::Iter<'_, Diagnostic> {
        self.list.iter()
    }

    /// How many there were in all.
    pub fn count(&self) -> usize {
        self.list.len() + self.more
    }

    /// Whether there are no mistakes.
    pub fn is_empty(&self) -> bool {
        self.list.is_empty()
    }

    /// Sorts them by their place in the source.
    pub fn sort(&mut self) {
        self.list.sort_by_key(|diagnostic| diagnostic.span.start);
    }

    /// The report for a terminal: message, place, the line with the words underlined, help. `file` is
    /// only shown, not read.
    pub fn render(&self, file: &str, source: &str) -> String {
        let parts: Vec<_> = self.iter().map(|one| render(one, file, source)).collect();
        let mut text = parts.join("\n");
        if self.more > 0 {
            text += &format!("\nand {} more\n", grouped(self.more));
        }
        text
    }
}

impl fmt::Display for Diagnostics {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (index, diagnostic) in self.iter().enumerate() {
            let separator = if index == 0 { "" } else { "; " };
            write!(formatter, "{separator}{diagnostic}")?;
        }
        match self.more {
            0 => Ok(()),
            more => write!(formatter, "; and {} more", grouped(more)),
        }
    }
}

fn render(diagnostic: &Diagnostic, file: &str, source: &str) -> String {
    render_as("error", diagnostic, file, source)
}

/// A diagnostic for a terminal, with a word that says what kind it is.
pub fn render_as(label: &str, diagnostic: &Diagnostic, file: &str, source: &str) -> String {
    let excerpt = excerpt_at(file, source, diagnostic.span);
    let mut text = format!("{label}: {}\n{excerpt}", diagnostic.message);
    if let Some(help) = &diagnostic.help {
        let margin = excerpt.find("-->").unwrap_or(0);
        text += &format!("{:margin$} = help: {help}\n", "");
    }
    text
}

/// A place, and its line with the words underlined.
pub fn excerpt_at(file: &str, source: &str, span: Span) -> String {
    let Excerpt { line, column, text, before, under } = excerpt(source, span);
    let number = line.to_string();
    let margin = " ".repeat(number.len());
    let (gap, marks) = (" ".repeat(before), "^".repeat(under));
    format!(
        "{margin}--> {}:{line}:{column}\n{margin} |\n{number} | {text}\n{margin} | {gap}{marks}\n",
        clipped(file, FILE_CHARS),
    )
}

/// Columns of an excerpt.
const WIDTH: usize = 76;
/// Columns of an excerpt before the place.
const BEFORE: usize = 36;
/// The most characters of an excerpt: some characters take no column.
const CHARS: usize = 200;
const FILE_CHARS: usize = 200;
const WORD_CHARS: usize = 40;

/// A line of the source, clipped around a place.
struct Excerpt {
    line: usize,
    column: usize,
    text: String,
    before: usize,
    under: usize,
}

fn excerpt(source: &str, span: Span) -> Excerpt {
    let start = source.floor_char_boundary(span.start);
    let (line, column) = place(source, start);
    let line_start = source[..start].rfind('\n').map_or(0, |at| at + 1);
    let line_end = source[start..].find('\n').map_or(source.len(), |at| start + at);
    let left = window_left(source, line_start, start);
    let mut text = String::from(if left > line_start { "…" } else { "" });
    let mut columns = text.chars().count();
    let (mut before, mut after) = (columns, columns);
    for (count, (at, char)) in source[left..line_end].char_indices().enumerate() {
        if columns >= WIDTH || count >= CHARS {
            text.push('…');
            break;
        }
        // A carriage return at the end of the line is not part of it.
        if char == '\r' && left + at + 1 == line_end {
            break;
        }
        columns += show(char, &mut text);
        if left + at < start {
            before = columns;
        }
        if left + at < span.end {
            after = columns;
        }
    }
    Excerpt { line, column, text, before, under: after.saturating_sub(before).max(1) }
}

/// Where an excerpt begins: [`BEFORE`] columns before the place, or at the start of the line.
fn window_left(source: &str, line_start: usize, start: usize) -> usize {
    let (mut left, mut columns) = (start, 0);
    for (at, char) in source[line_start..start].char_indices().rev().take(CHARS / 2) {
        columns += show(char, &mut String::new());
        if columns > BEFORE {
            break;
        }
        left = line_start + at;
    }
    left
}

/// Writes a character so that it can be seen; returns the columns it takes.
fn show(char: char, text: &mut String) -> usize {
    if char == '\t' {
        text.push_str("    ");
        return 4;
    }
    if is_invisible(char) {
        let escaped = char.escape_unicode();
        text.extend(escaped.clone());
        return escaped.count();
    }
    text.push(char);
    char.width().expect("only control characters have no width, and they are invisible")
}

/// Line and column of a byte, both counted from 1, the column in characters.
pub fn place(source: &str, at: usize) -> (usize, usize) {
    let before = &source[..source.floor_char_boundary(at)];
    let line = 1 + before.bytes().filter(|&byte| byte == b'\n').count();
    let column = 1 + before[before.rfind('\n').map_or(0, |at| at + 1)..].chars().count();
    (line, column)
}

/// A word of the source as a message quotes it: in backquotes, clipped, hidden characters escaped.
pub fn quoted(word: &str) -> String {
    format!("`{}`", clipped(word, WORD_CHARS))
}

fn clipped(text: &str, chars: usize) -> String {
    let mut shown = String::new();
    for char in clip(text, chars).chars() {
        show(char, &mut shown);
    }
    shown
}

/// A number with commas between its thousands.
pub fn grouped(number: impl fmt::Display) -> String {
    let digits = number.to_string();
    let mut text = String::new();
    for (index, digit) in digits.chars().enumerate() {
        if index > 0 && (digits.len() - index).is_multiple_of(3) {
            text.push(',');
        }
        text.push(digit);
    }
    text
}

/// A number of things: `1 cell`, `1,000 cells`.
pub fn counted(number: impl TryInto<u64>, noun: &str) -> String {
    // No count reaches 2^64.
    let number: u64 = number.try_into().unwrap_or(u64::MAX);
    format!("{} {noun}{}", grouped(number), if number == 1 { "" } else { "s" })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn rendered(source: &str, start: usize, end: usize) -> String {
        let mut list = Diagnostics::default();
        list.add(|| Diagnostic::new(Span { start, end }, "it is wrong").help("fix it"));
        list.render("a.flpc", source)
    }

    #[test]
    fn shows_line_column_words_and_help() {
        let expected = "\
error: it is wrong
 --> a.flpc:2:3
  |
2 | x yes z
  |   ^^^
  = help: fix it
";
        assert_eq!(rendered("one\nx yes z\r\nthree", 6, 9), expected);
    }

    #[test]
    fn columns_are_characters_and_marks_stand_under_them() {
        let text = rendered("\té日 yes", 7, 10);
        assert!(text.contains(":1:5\n"), "{text}");
        assert!(text.contains("\n1 |     é日 yes\n  |         ^^^\n"), "{text}");
    }

    #[test]
    fn hidden_characters_become_visible() {
        let text = rendered("a\u{1b}[2J\u{202e}b", 1, 2);
        assert!(text.contains("1 | a\\u{1b}[2J\\u{202e}b\n  |  ^^^^^^\n"), "{text}");
        assert_eq!(quoted("a\u{7}"), "`a\\u{7}`");
    }

    #[test]
    fn long_lines_are_clipped_around_the_place() {
        let long = "x".repeat(1 << 20);
        for (start, end) in [(0, 1 << 20), (1 << 19, (1 << 19) + 3), ((1 << 20) - 1, 1 << 20)] {
            let text = rendered(&long, start, end);
            assert!(text.len() < 600, "{}", text.len());
            assert!(text.lines().all(|line| line.chars().count() <= WIDTH + 16), "{text}");
            assert!(text.contains('^') && text.contains('…'), "{text}");
        }
        let combining = "\u{301}".repeat(1 << 20);
        assert!(rendered(&combining, 1 << 20, (1 << 20) + 2).len() < 2000);
        assert!(quoted(&long).chars().count() < 50);
    }

    #[test]
    fn any_span_can_be_shown() {
        for source in ["", "\n", "é", "a\r\n", "日\u{301}\n\n\t"] {
            for start in 0..10 {
                for end in 0..10 {
                    assert!(rendered(source, start, end).contains('^'), "{source:?} {start} {end}");
                }
            }
        }
    }

    #[test]
    fn only_the_first_few_are_kept() {
        let mut list = Diagnostics::default();
        for at in 0..REPORTED + 1234 {
            list.add(|| Diagnostic::new(Span { start: at, end: at }, "wrong"));
        }
        assert_eq!(list.iter().count(), REPORTED);
        assert_eq!(list.count(), REPORTED + 1234);
        assert!(list.render("a", "").ends_with("\nand 1,234 more\n"));
        assert_eq!(grouped(1_000_000), "1,000,000");
        assert_eq!(grouped(100), "100");
        assert_eq!([counted(1, "cell"), counted(1_000, "cell")], ["1 cell", "1,000 cells"]);
    }
}
