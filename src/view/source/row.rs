//! Rows of the program as text: a part with some of its lines, and where the machine is in them.

use super::text::TokenKind;
use super::values::Known;
use crate::view::breakpoints::Mark;
use crate::view::memory::{At, CellKind, Ran, Tally};
use crate::view::others::Others;
use crate::view::stacks::StackRows;
use crate::vm::index::Body;

/// How many values of the stack a screen reader says.
const SPOKEN: usize = 20;

/// A function with some of its lines; or the data, with some of its lines.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct FunctionRows {
    /// `fib`, `block in fib`, `fib (replaced)`; `data`.
    pub title: String,
    /// Its body; none for data.
    pub body: Option<Body>,
    /// Where it is, how many live activations are in it, and the locals of the innermost: `at 100, 2 activations,
    /// i = 3`.
    pub note: String,
    /// The first of the requested lines, counted from 0.
    pub first: usize,
    /// The requested lines.
    pub lines: Vec<LineRow>,
}

/// A line, and where the machine is in it.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct LineRow {
    /// Its number in the function; none for an open end that is not printed.
    pub number: Option<u32>,
    /// The data in it: `data 3`, `data 3 from 10`; empty for a line of a function.
    pub data: String,
    /// How many blanks are before it.
    pub indent: u32,
    /// Its pieces.
    pub tokens: Vec<TokenRow>,
    /// The expressions whose values are on the stack, with these values, outermost first.
    pub known: Vec<Known>,
    /// Whether it leaves the flag of a `repeat_if`.
    pub leaves_flag: bool,
}

/// A piece of a line.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct TokenRow {
    /// What is drawn; empty for the end of a block.
    pub text: String,
    /// What it is.
    pub kind: TokenKind,
    /// Its cell.
    pub at: Option<At>,
    /// It was executed in this line already.
    pub done: bool,
    /// Whether the program counter is here.
    pub counter: bool,
    /// The other tasks that stand here.
    pub others: Others,
    /// The frames that return to just after this cell, and how many others do.
    pub returns: Vec<u32>,
    /// How many other frames return there.
    pub more_returns: Tally,
    /// The breakpoint that the person set here.
    pub breakpoint: Option<Mark>,
    /// Whether the last gesture changed it.
    pub changed: bool,
    /// How often its cell has run, if that is shown.
    pub ran: Option<Ran>,
}

impl LineRow {
    /// Its text, without blanks before it.
    pub fn text(&self) -> String {
        self.tokens.iter().map(|token| token.text.as_str()).collect()
    }

    /// The cell that is executed first when the line is.
    pub fn first_cell(&self) -> Option<At> {
        let cells = || self.tokens.iter().filter_map(|token| Some((token, token.at?)));
        // `else` and the first half of `elif` push their block before the branch.
        let pushes = |token: &TokenRow| matches!(token.text.as_str(), "else" | "el");
        let body = cells().find(|(token, _)| !pushes(token)).or_else(|| cells().next())?.1.body;
        cells().map(|(_, at)| at).filter(|at| at.body == body).min()
    }

    /// What it is called: `line 4 of fib`.
    pub fn name(&self, title: &str) -> String {
        match self.number {
            _ if !self.data.is_empty() => self.data.clone(),
            Some(number) => format!("line {number} of {title}"),
            None => format!("open end of {title}"),
        }
    }

    /// What a screen reader says: "line 4 of fib, counter at fib, stack 1 2: return(fib(i - 2))".
    pub fn description(&self, title: &str, stack: &StackRows) -> String {
        let mut words = self.name(title);
        if let Some(token) = self.tokens.iter().find(|token| token.counter) {
            let values: Vec<&str> =
                stack.values.iter().take(SPOKEN).rev().map(|value| value.label.as_str()).collect();
            let values = if values.is_empty() { "empty".to_owned() } else { values.join(" ") };
            words += &format!(", counter at {}, stack {values}", token.name());
        }
        for known in &self.known {
            words += &format!(", {} = {}", known.text, known.value);
        }
        if self.leaves_flag {
            words += ", flag of repeat_if";
        }
        format!("{words}: {}", self.text())
    }
}

impl TokenRow {
    /// A piece without any marks, and without a cell.
    pub(super) fn new(text: String, kind: TokenKind) -> TokenRow {
        TokenRow {
            text,
            kind,
            at: None,
            done: false,
            counter: false,
            others: Others::default(),
            returns: Vec::new(),
            more_returns: Tally::exact(0),
            breakpoint: None,
            changed: false,
            ran: None,
        }
    }

    /// What it is called.
    pub fn name(&self) -> &str {
        match self.kind {
            TokenKind::Open => "open end",
            TokenKind::Cell(CellKind::Empty) => "empty cell",
            TokenKind::Cell(_) if self.text.is_empty() => "end",
            TokenKind::Cell(_) if self.text.trim().is_empty() => "condition",
            TokenKind::Cell(_)
            | TokenKind::Name
            | TokenKind::Plain
            | TokenKind::Stack
            | TokenKind::Comment => self.text.trim(),
        }
    }

    /// What a screen reader says and tests look for: "fib in line 4 of fib, program counter here".
    pub fn description(&self, line: &str) -> String {
        let mut words = format!("{} in {line}", self.name());
        if self.kind == TokenKind::Cell(CellKind::Hole) {
            words += ", not yet implemented";
        }
        if self.counter {
            words += ", program counter here";
        }
        words += &self.others.words();
        for frame in &self.returns {
            words += &format!(", frame {frame} continues here");
        }
        if self.more_returns != Tally::exact(0) {
            words += &format!(", {} more frames continue here", self.more_returns);
        }
        if let Some(mark) = &self.breakpoint {
            words += &format!(", {}", mark.words);
        }
        if self.changed {
            words += ", changed";
        }
        if let Some(ran) = self.ran {
            words += &format!(", {}", ran.words());
        }
        words
    }
}
