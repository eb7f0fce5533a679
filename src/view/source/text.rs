//! The text of a function as lines of tokens, each with the cell that it stands for.
//!
//! It follows from code alone, not from where the machine is, so it is made once for each version of a
//! function. What is printed has no place for some cells at which a machine can wait: the end of an empty
//! block, and that of main. There a line or bracket is added as an open end, always, so that no line moves
//! when the counter comes there. The text itself stays what was printed.

use std::borrow::Cow;
use std::collections::HashMap;
use std::ops::Range;

use crate::program::diagnostic::Span;
use crate::program::span::{CellSpan, Printed};
use crate::program::visible::visible;
use crate::view::memory::CellKind;
use crate::vm::index::Body;
use crate::vm::instruction::{Fragment, Instruction, Primitive};
use crate::vm::memory::Place;
use crate::vm::spelling::clip;

/// The most characters of a token that are drawn.
const TOKEN: usize = 60;
/// How far a block is indented.
const INDENT: u32 = 2;
/// What an open end looks like.
const OPEN: &str = "...";

/// What a token is, which decides how it looks.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum TokenKind {
    /// A cell.
    Cell(CellKind),
    /// The name of the function, in its first line.
    Name,
    /// Brackets, commas and blanks.
    Plain,
    /// `_`: a value that is on the stack already.
    Stack,
    /// A comment.
    Comment,
    /// The open end of a body, where the machine waits.
    Open,
}

/// A piece of a line.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Token {
    /// Its bytes in the printed text; none for the end of a block, and for an open end that is not printed.
    pub span: Span,
    /// What it is.
    pub kind: TokenKind,
    /// The cell that it stands for.
    pub place: Option<Place>,
}

/// A line.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Line {
    /// Its number in the printed text, from 1; none for an open end that is not printed.
    pub number: Option<u32>,
    /// How many blanks are before its first token.
    pub indent: u32,
    /// Its tokens.
    pub tokens: Vec<Token>,
    /// Whether it leaves the flag of a `repeat_if`.
    pub leaves_flag: bool,
}

/// Where a cell is in the text.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Spot {
    /// The line, counted from 0.
    pub line: usize,
    /// The token in it.
    pub token: usize,
    /// The cell has no token and is after this one.
    pub after: bool,
}

/// The text of a function with its blocks.
#[derive(Clone, Debug, Default)]
pub struct FunctionText {
    /// The bodies that it shows; the first is the function.
    pub bodies: Vec<Body>,
    /// Its lines.
    pub lines: Vec<Line>,
    text: String,
    spots: HashMap<Place, Spot>,
    lasts: HashMap<Body, Spot>,
}

impl FunctionText {
    /// Lays out printed code. `bodies` are the bodies of the machine for those of the code; a text without a
    /// header is that of main.
    pub fn new(
        printed: Printed,
        code: &Fragment,
        bodies: Vec<Body>,
        has_header: bool,
        kind: &dyn Fn(Place) -> CellKind,
    ) -> FunctionText {
        let mut layout = Layout {
            text: &printed.text,
            code,
            bodies: &bodies,
            kind,
            lines: vec![Line { number: Some(1), ..Line::default() }],
            number: 1,
            is_header: has_header,
            open: vec![0],
            ended: vec![false; code.bodies.len()],
            is_suite: vec![false; code.bodies.len()],
            empty: Vec::new(),
        };
        layout.all(&printed.spans, has_header);
        let mut lines = layout.lines;
        let (spots, lasts) = spots(&lines);
        for place in flags(code, &bodies) {
            if let Some(spot) = spots.get(&place) {
                lines[spot.line].leaves_flag = true;
            }
        }
        FunctionText { bodies, lines, text: printed.text, spots, lasts }
    }

    /// The printed text.
    pub fn text(&self) -> &str {
        &self.text
    }

    /// What is drawn of a token.
    pub fn label(&self, token: &Token) -> Cow<'_, str> {
        let words = &self.text[token.span.start..token.span.end];
        match token.kind {
            TokenKind::Open if words.is_empty() => OPEN.into(),
            TokenKind::Plain => words.into(),
            TokenKind::Cell(_)
            | TokenKind::Name
            | TokenKind::Stack
            | TokenKind::Comment
            | TokenKind::Open => match visible(cut(words)) {
                Cow::Borrowed(_) => clip(words, TOKEN),
                Cow::Owned(shown) => Cow::Owned(clip(&shown, TOKEN).into_owned()),
            },
        }
    }

    /// Whether a line is nothing but an open end.
    pub fn is_open_end(&self, line: usize) -> bool {
        matches!(&*self.lines[line].tokens, [Token { kind: TokenKind::Open, .. }])
    }

    /// The text of some lines as they are printed, without the blanks before the first; of an open end nothing, so
    /// that what is typed there comes before it.
    pub fn lines_text(&self, lines: Range<usize>) -> String {
        let (printed, indent) = (self.printed(&lines), self.lines[lines.start].indent as usize);
        let blanks = |line: &&str| line.len() - line.trim_start_matches(' ').len();
        let texts = self.text.lines().skip(printed.start).take(printed.len());
        texts.map(|line| &line[indent.min(blanks(&line))..]).collect::<Vec<_>>().join("\n")
    }

    /// The text with another one in place of some lines; an open end among them stays.
    pub fn with_lines(&self, lines: Range<usize>, typed: &str) -> String {
        let (printed, first) = (self.printed(&lines), &self.lines[lines.start]);
        let blanks = " ".repeat(first.indent as usize);
        let typed = typed.lines().filter(|line| !line.trim().is_empty());
        let typed = typed.map(|line| format!("{blanks}{line}"));
        let is_first = first.number.is_none() && self.is_empty_function();
        let stays_open = is_first.then(|| format!("{blanks}{OPEN}"));
        let all = || self.text.lines().map(str::to_owned);
        let (before, after) = (all().take(printed.start), all().skip(printed.end));
        let lines = before.chain(typed).chain(stays_open).chain(after);
        lines.map(|line| line + "\n").collect()
    }

    /// The printed lines that an edit of these lines replaces, counted from 0. An open end is not replaced.
    fn printed(&self, lines: &Range<usize>) -> Range<usize> {
        let above = self.lines[..lines.start].iter().rev().find_map(|line| line.number);
        let start = self.lines[lines.start].number.map_or(above.unwrap_or(0), |number| number - 1);
        let mut written = lines.clone().rev().filter(|&line| !self.is_open_end(line));
        let end = written.find_map(|line| self.lines[line].number).unwrap_or(start);
        start as usize..end as usize
    }

    fn is_empty_function(&self) -> bool {
        self.has_header() && self.bodies.len() == 1 && self.text.lines().count() == 1
    }

    /// Whether its first line names a function; otherwise it is main.
    pub fn has_header(&self) -> bool {
        let tokens = self.lines.first().map_or(&[][..], |line| &line.tokens);
        tokens.first().is_some_and(|token| token.kind == TokenKind::Name)
    }

    /// Where a cell is.
    pub fn spot(&self, place: Place) -> Option<Spot> {
        let exact = self.spots.get(&place).copied();
        exact.or_else(|| self.lasts.get(&place.body).map(|&last| Spot { after: true, ..last }))
    }
}

/// A long word is cut before it is looked at: a text may have 65,536 bytes.
fn cut(words: &str) -> &str {
    &words[..words.floor_char_boundary(4 * TOKEN + 4)]
}

/// Where each cell is, and the last cell of each body.
fn spots(lines: &[Line]) -> (HashMap<Place, Spot>, HashMap<Body, Spot>) {
    let mut spots = HashMap::new();
    let mut lasts: HashMap<Body, (Place, Spot)> = HashMap::new();
    for (line, row) in lines.iter().enumerate() {
        for (token, place) in row.tokens.iter().enumerate().filter_map(|(n, t)| Some((n, t.place?)))
        {
            let spot = Spot { line, token, after: false };
            spots.insert(place, spot);
            let last = lasts.entry(place.body).or_insert((place, spot));
            if last.0 <= place {
                *last = (place, spot);
            }
        }
    }
    (spots, lasts.into_iter().map(|(body, (_, spot))| (body, spot)).collect())
}

/// The cells that leave the flag of a `repeat_if`: the last ones of its block.
fn flags(code: &Fragment, bodies: &[Body]) -> Vec<Place> {
    let is_end = |cell: &Instruction| *cell == Instruction::Primitive(Primitive::End);
    let mut found = Vec::new();
    for pair in code.bodies.iter().flat_map(|cells| cells.windows(2)) {
        let repeats = pair[1] == Instruction::Primitive(Primitive::RepeatIf);
        let Instruction::Block(block) = pair[0] else { continue };
        let cells = &code.bodies[block as usize];
        let used = cells.len() - usize::from(cells.last().is_some_and(is_end));
        if let Some(last) = used.checked_sub(1).filter(|_| repeats) {
            found.push(Place::new(bodies[block as usize], last as u32));
        }
    }
    found
}

struct Layout<'a> {
    text: &'a str,
    code: &'a Fragment,
    bodies: &'a [Body],
    kind: &'a dyn Fn(Place) -> CellKind,
    lines: Vec<Line>,
    number: u32,
    /// The name of the function comes next.
    is_header: bool,
    /// The bodies around the current byte, outermost first.
    open: Vec<usize>,
    /// The bodies whose open end was found.
    ended: Vec<bool>,
    /// The bodies that are in lines of their own, without brackets.
    is_suite: Vec<bool>,
    /// Blocks that begin in this line and are empty: an open end comes below it.
    empty: Vec<usize>,
}

impl Layout<'_> {
    fn all(&mut self, spans: &[CellSpan], has_header: bool) {
        if has_header && self.code.bodies[0].is_empty() {
            self.empty.push(0);
        }
        let mut order: Vec<&CellSpan> = spans.iter().collect();
        order.sort_by_key(|cell| (cell.span.start, cell.span.end));
        let mut at = 0;
        for cell in order {
            self.between(at, cell.span.start);
            self.cell(cell);
            at = cell.span.end;
        }
        self.between(at, self.text.trim_end().len().max(at));
        self.open_ends();
        self.lines.retain(|line| !line.tokens.is_empty());
        if !has_header {
            self.open_end(0, 0);
        }
    }

    fn line(&mut self) -> &mut Line {
        self.lines.last_mut().expect("there is always a line")
    }

    fn push(&mut self, start: usize, end: usize, kind: TokenKind, place: Option<Place>) {
        self.line().tokens.push(Token { span: Span { start, end }, kind, place });
    }

    fn new_line(&mut self) {
        self.open_ends();
        self.number += 1;
        self.lines.push(Line { number: Some(self.number), ..Line::default() });
    }

    /// The open ends of the empty blocks that begin in this line.
    fn open_ends(&mut self) {
        let indent = self.line().indent + INDENT;
        for block in std::mem::take(&mut self.empty) {
            self.open_end(block, indent);
        }
    }

    fn open_end(&mut self, body: usize, indent: u32) {
        let end = self.code.bodies[body].len() as u32;
        let kind = TokenKind::Open;
        let place = Some(Place::new(self.bodies[body], end));
        let tokens = vec![Token { span: Span::default(), kind, place }];
        self.lines.push(Line { number: None, indent, tokens, leaves_flag: false });
    }

    fn cell(&mut self, cell: &CellSpan) {
        while self.open.len() > 1 && self.open.last() != Some(&cell.body) {
            self.open.pop();
        }
        let place = Place::new(self.bodies[cell.body], cell.index as u32);
        let kind = TokenKind::Cell((self.kind)(place));
        self.push(cell.span.start, cell.span.end, kind, Some(place));
        if let Instruction::Block(block) = self.code.bodies[cell.body][cell.index] {
            let block = block as usize;
            self.open.push(block);
            let is_inline = self.text[cell.span.start..].starts_with('[');
            self.is_suite[block] = !is_inline;
            if self.code.bodies[block].is_empty() && !is_inline {
                self.empty.push(block);
            }
        }
    }

    /// What stands between cells: brackets, `_`, open ends, comments, line ends.
    fn between(&mut self, start: usize, end: usize) {
        let mut at = start;
        for part in self.text[start..end.max(start)].split_inclusive('\n') {
            let words = part.trim_end_matches(['\n', '\r']);
            self.words(at, words);
            at += part.len();
            if part.ends_with('\n') {
                self.new_line();
            }
        }
    }

    fn words(&mut self, mut at: usize, words: &str) {
        let mut rest = words;
        if self.line().tokens.is_empty() {
            rest = words.trim_start_matches(' ');
            let blanks = words.len() - rest.len();
            self.line().indent += blanks as u32;
            at += blanks;
        }
        if self.is_header && !rest.is_empty() && !rest.starts_with('#') {
            self.is_header = false;
            let name = rest.rfind(" <- ").unwrap_or(0);
            self.push(at, at + name, TokenKind::Name, None);
            return self.push(at + name, at + rest.len(), TokenKind::Plain, None);
        }
        while !rest.is_empty() {
            let next = self.special(rest);
            let (plain, length) =
                next.map_or((rest.len(), 0), |(plain, length, _)| (plain, length));
            if plain > 0 {
                self.push(at, at + plain, TokenKind::Plain, None);
            }
            if let Some((_, _, kind)) = next {
                let place = if kind == TokenKind::Open { self.end() } else { None };
                let unknown = kind == TokenKind::Open && place.is_none();
                let kind = if unknown { TokenKind::Plain } else { kind };
                self.push(at + plain, at + plain + length, kind, place);
            }
            at += plain + length;
            rest = &rest[plain + length..];
        }
    }

    /// The first piece of some words that is more than a bracket: where it is, how long, and what.
    fn special(&self, words: &str) -> Option<(usize, usize, TokenKind)> {
        let brackets = self.is_empty_in_brackets();
        let find = |(at, _)| match &words[at..] {
            rest if rest.starts_with('#') => Some((at, rest.len(), TokenKind::Comment)),
            rest if rest.starts_with('_') => Some((at, 1, TokenKind::Stack)),
            rest if rest.starts_with(OPEN) => Some((at, OPEN.len(), TokenKind::Open)),
            rest if rest.starts_with(']') && brackets => Some((at, 1, TokenKind::Open)),
            _ => None,
        };
        words.char_indices().find_map(find)
    }

    /// Whether the innermost block is empty and in brackets: the closing one is its end.
    fn is_empty_in_brackets(&self) -> bool {
        let body = *self.open.last().expect("the function is always open");
        self.open.len() > 1 && self.code.bodies[body].is_empty() && !self.is_suite[body]
    }

    /// The end of the innermost body that has an open end here, which it leaves.
    fn end(&mut self) -> Option<Place> {
        let brackets = self.is_empty_in_brackets();
        loop {
            let body = *self.open.last().expect("the function is always open");
            let cells = &self.code.bodies[body];
            let ends = brackets || is_open(cells) && !self.ended[body];
            if self.open.len() > 1 {
                self.open.pop();
            } else if !ends {
                return None;
            }
            if ends {
                self.ended[body] = true;
                return Some(Place::new(self.bodies[body], cells.len() as u32));
            }
        }
    }
}

/// Whether the end of a body is printed as an open end.
fn is_open(cells: &[Instruction]) -> bool {
    let closed =
        [Instruction::Primitive(Primitive::End), Instruction::Primitive(Primitive::Return)];
    cells.last().is_some_and(|last| !closed.contains(last))
}
