//! Examples: lines of comments that say what a text should leave on the stack.
//!
//! `#= 5 fact -- 120` is an example: the text `5 fact` should leave `120`. It is a line of a comment, so everything
//! that keeps comments keeps examples: files, undo, printing and moving cells. This file finds them in an image
//! and reads them; [`crate::session::examples`] runs them. The text is a line of FlpcForth in both notations,
//! because one word for each cell is what a person types at a cell. A line of `==` is a rule across the page.

use std::collections::BTreeSet;
use std::sync::Arc;

use super::comment::{CommentAt, CommentPlace};
use super::diagnostic::{Diagnostics, Span, quoted};
use super::forth::token::{Lexer, Token, TokenKind};
use super::image::Image;
use super::notation::Notation;
use super::scope::Scope;
use super::span::Read;
use crate::vm::cell::Content;
use crate::vm::index::{Body, Offset};
use crate::vm::instruction::{Fragment, Instruction};
use crate::vm::memory::{BodyKind, MAIN};

/// What separates the text of an example from what it should leave.
const LEAVES: &str = "--";

/// An example of an image.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Example {
    /// Where its comment stands.
    pub place: CommentPlace,
    /// Which line of the comment it is, counted from 0.
    pub line: usize,
    /// What follows the `=`, as it is written.
    pub text: Arc<str>,
}

/// What an example says, in cells.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Meaning {
    /// The text to run.
    pub code: Fragment,
    /// The values that it should leave, top last.
    pub wanted: Vec<Instruction>,
}

/// Why an example cannot be run.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Mistake {
    /// What is wrong.
    pub message: String,
    /// How to fix it.
    pub help: Option<String>,
    /// At which byte of the text of the example.
    pub at: usize,
}

impl std::fmt::Display for Mistake {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        formatter.write_str(&self.message)?;
        match &self.help {
            Some(help) => write!(formatter, "; {help}"),
            None => Ok(()),
        }
    }
}

/// The text of an example, if a line of a comment is one.
pub fn text_in(line: &str) -> Option<&str> {
    line.strip_prefix('=').filter(|text| !text.starts_with('='))
}

/// A line of a comment that is an example with this text, however it was typed.
pub fn line_of(typed: &str) -> String {
    let text = typed.replace(['\n', '\r'], " ");
    let text = text.trim();
    let text = text.strip_prefix('#').unwrap_or(text).trim_start();
    let text = text_in(text).unwrap_or(text).trim();
    format!("= {text}")
}

impl Image {
    /// All examples, in the order in which program text prints them: those of the functions, then those of main.
    pub fn examples(&self) -> Vec<Example> {
        let memory = self.machine.memory();
        let holds_one = |text: &str| text.split('\n').any(|line| text_in(line).is_some());
        let commented = self.comments.iter().filter(|(_, text)| holds_one(text));
        let mut owners: BTreeSet<Body> =
            commented.map(|(place, _)| memory.owner(place.body)).collect();
        let main = owners.take(&MAIN);
        let mut examples = Vec::new();
        for function in owners.into_iter().chain(main) {
            let is_printed = |code: BodyKind| matches!(code, BodyKind::Function(_));
            if memory.code(function).is_some_and(|code| is_printed(code.kind)) {
                self.examples_in(function, &mut examples);
            }
        }
        examples
    }

    /// The examples of a function, in the order of its cells and those of its blocks.
    fn examples_in(&self, function: Body, examples: &mut Vec<Example>) {
        let memory = self.machine.memory();
        let mut open = vec![(function, 0)];
        let mut met = BTreeSet::from([function]);
        while let Some((body, done)) = open.pop() {
            let cell = memory.code(body).and_then(|code| code.used().get(done));
            let at = cell.map_or(CommentAt::End, |_| CommentAt::Before(Offset::from_index(done)));
            let place = CommentPlace { body, at };
            if let Some(comment) = self.comments.at(place) {
                let lines = comment.split('\n').enumerate();
                examples.extend(lines.filter_map(|(line, text)| {
                    Some(Example { place, line, text: text_in(text)?.into() })
                }));
            }
            let Some(cell) = cell else { continue };
            open.push((body, done + 1));
            if let Content::Address(block) = cell.content()
                && memory.code(block).is_some_and(|code| matches!(code.kind, BodyKind::Block(_)))
                && met.insert(block)
            {
                open.push((block, 0));
            }
        }
    }

    /// Where an example belongs that is new: above the function that its text calls last, or at the end of main
    /// if it calls none that exists.
    pub fn place_for_example(&self, typed: &str) -> CommentPlace {
        let memory = self.machine.memory();
        let line = line_of(typed);
        let text = line.strip_prefix('=').expect("it begins so");
        let code = Words::of(text).code(text);
        let read = Notation::Forth.read_line(code, &Scope::outside(&self.machine));
        let last = read.ok().and_then(|Read { cells, spans }| {
            let called = spans.iter().filter_map(|cell| {
                let word = &cells.bodies[cell.body][cell.index];
                let Instruction::Call(name) = word else { return None };
                Some((cell.span.start, memory.function(name)?))
            });
            called.filter(|&(_, body)| body != MAIN).max().map(|(_, body)| body)
        });
        let Some(body) = last else { return CommentPlace { body: MAIN, at: CommentAt::End } };
        let is_empty = memory.code(body).is_none_or(|code| code.used().is_empty());
        let at = if is_empty { CommentAt::End } else { CommentAt::Before(Offset(0)) };
        CommentPlace { body, at }
    }
}

impl Image {
    /// Gives the new body of a function that was redefined the examples of its old one: they are about the function
    /// and not about its code. Other comments stay with the code that they are about.
    pub fn hand_over_examples(&mut self, old: Body, new: Body) {
        let memory = self.machine.memory();
        let is_empty = memory.code(new).is_none_or(|code| code.used().is_empty());
        let of_old = |place: &CommentPlace| memory.owner(place.body) == old;
        let there: Vec<(CommentPlace, Arc<str>)> = self
            .comments
            .iter()
            .filter(|(place, _)| of_old(place))
            .map(|(place, text)| (place, Arc::clone(text)))
            .collect();
        let mut handed: Vec<&str> = Vec::new();
        for (place, text) in &there {
            let moves = |line: &&str| text_in(line).is_some();
            let (moved, stays): (Vec<&str>, Vec<&str>) = text.split('\n').partition(moves);
            handed.extend(moved);
            self.comments.set(*place, &stays.join("\n"));
        }
        if handed.is_empty() {
            return;
        }
        let at = if is_empty { CommentAt::End } else { CommentAt::Before(Offset(0)) };
        self.comments.set(CommentPlace { body: new, at }, &handed.join("\n"));
    }

    /// Lets the examples call a function by its new name.
    pub fn rename_in_examples(&mut self, from: &str, to: &str) {
        let renamed: Vec<(CommentPlace, String)> = self
            .comments
            .iter()
            .filter_map(|(place, text)| {
                let lines = text.split('\n').map(|line| match text_in(line) {
                    Some(example) => format!("={}", renamed(example, from, to)),
                    None => line.to_owned(),
                });
                let new = lines.collect::<Vec<_>>().join("\n");
                (new != **text).then_some((place, new))
            })
            .collect();
        for (place, text) in renamed {
            self.comments.set(place, &text);
        }
    }
}

/// The text of an example with another word in place of each that is a certain one.
fn renamed(text: &str, from: &str, to: &str) -> String {
    let mut new = String::new();
    let mut done = 0;
    let words = Words::of(text);
    let is_it = |token: &&Token<'_>| token.kind == TokenKind::Word(from);
    for Token { span, .. } in words.list.iter().filter(is_it) {
        new += &text[done..span.start];
        new += to;
        done = span.end;
    }
    new + &text[done..]
}

/// A comment with one more example, which comes last.
pub fn with_line(comment: Option<&str>, typed: &str) -> String {
    let line = line_of(typed);
    comment.map_or_else(|| line.clone(), |above| format!("{above}\n{line}"))
}

/// A comment with another example in one of its lines, or without that line; none if the line is not that
/// example any more.
pub fn with_change(comment: &str, example: &Example, typed: Option<&str>) -> Option<String> {
    let mut lines: Vec<String> = comment.split('\n').map(str::to_owned).collect();
    let there = lines.get_mut(example.line)?;
    if text_in(there) != Some(&*example.text) {
        return None;
    }
    match typed {
        Some(typed) => *there = line_of(typed),
        None => drop(lines.remove(example.line)),
    }
    Some(lines.join("\n"))
}

impl Example {
    /// The text to run, and the values that it should leave; none if it does not say.
    pub fn sides(&self) -> (&str, Option<&str>) {
        let words = Words::of(&self.text);
        (words.code(&self.text).trim(), words.wanted(&self.text).map(str::trim))
    }

    /// Reads it. The scope is that outside all functions.
    ///
    /// # Errors
    /// The first thing that is wrong with it.
    pub fn read(&self, scope: &Scope<'_>) -> Result<Meaning, Mistake> {
        let (text, words) = (&*self.text, Words::of(&self.text));
        words.check(text, scope)?;
        let code = Notation::Forth.read_line(words.code(text), scope);
        let code = code.map_err(|report| Mistake::first(&report, 0))?.cells;
        let leaves = words.leaves.ok_or_else(|| Mistake {
            message: "the example does not say what it should leave".to_owned(),
            help: Some("write `--` and the values after the text: `5 fact -- 120`".to_owned()),
            at: words.end,
        })?;
        let wanted = words.wanted(text).unwrap_or_default();
        let read = Notation::Forth.read_line(wanted, scope);
        let read = read.map_err(|report| Mistake::first(&report, leaves.end))?;
        Ok(Meaning { code, wanted: values(wanted, read, leaves.end)? })
    }
}

/// The values of the right side, which begins at a byte of the text.
fn values(wanted: &str, read: Read<Fragment>, begins: usize) -> Result<Vec<Instruction>, Mistake> {
    use Instruction as I;
    let is_value = |cell: &I| matches!(cell, I::Integer(_) | I::Text(_) | I::PushFunction(_));
    let odd = read.spans.iter().filter(|cell| !is_value(&read.cells.bodies[cell.body][cell.index]));
    match odd.min_by_key(|cell| cell.span.start) {
        Some(cell) => Err(Mistake {
            message: format!("{} is not a value", quoted(&wanted[cell.span.start..cell.span.end])),
            help: Some("after `--` come numbers, texts and `pushf: name`".to_owned()),
            at: begins + cell.span.start,
        }),
        None => Ok(read.cells.bodies.into_iter().next().unwrap_or_default()),
    }
}

impl Mistake {
    fn first(report: &Diagnostics, begins: usize) -> Mistake {
        let first = report.iter().next().expect("a refused text has a mistake");
        let (message, help) = (first.message.clone(), first.help.clone());
        Mistake { message, help, at: begins + first.span.start }
    }
}

/// The words of an example.
struct Words<'t> {
    list: Vec<Token<'t>>,
    /// Where the last `--` is.
    leaves: Option<Span>,
    /// Where the last word ends.
    end: usize,
    report: Diagnostics,
}

impl<'t> Words<'t> {
    fn of(text: &'t str) -> Words<'t> {
        let (mut lexer, mut report) = (Lexer::new(text), Diagnostics::default());
        let list: Vec<_> = std::iter::from_fn(|| lexer.token(&mut report)).collect();
        let last = list.iter().rfind(|token| token.kind == TokenKind::Word(LEAVES));
        let end = list.last().map_or(0, |token| token.span.end);
        Words { leaves: last.map(|token| token.span), end, list, report }
    }

    fn code(&self, text: &'t str) -> &'t str {
        &text[..self.leaves.map_or(self.end, |leaves| leaves.start)]
    }

    fn wanted(&self, text: &'t str) -> Option<&'t str> {
        self.leaves.map(|leaves| &text[leaves.end..self.end])
    }

    /// Says what cannot be in any example.
    fn check(&self, text: &str, scope: &Scope<'_>) -> Result<(), Mistake> {
        let is_call = |word: &str| word.contains(['(', ')']) && !scope.is_function(word);
        for token in &self.list {
            let (message, help) = match token.kind {
                TokenKind::Word(word) if is_call(word) => (
                    format!("{} is one word, and no function has this name", quoted(word)),
                    "examples are written one word for each cell, also in .flpy: `5 fact -- 120`",
                ),
                TokenKind::Address(..) => (
                    format!("{} is an address", quoted(&text[token.span.start..token.span.end])),
                    "addresses change while a program is written; call functions by their names",
                ),
                TokenKind::Word(_)
                | TokenKind::Open
                | TokenKind::Close
                | TokenKind::Ellipsis
                | TokenKind::Integer(_)
                | TokenKind::Text(_)
                | TokenKind::Prefix(_)
                | TokenKind::Bad => continue,
            };
            let help = Some(help.to_owned());
            return Err(Mistake { message, help, at: token.span.start });
        }
        if self.report.is_empty() { Ok(()) } else { Err(Mistake::first(&self.report, 0)) }
    }
}

/// The examples in a text, with the byte at which each text begins, in the order of the program text. They are
/// found by the comments of the lexer, so a `#=` inside a text is none.
pub fn in_source(text: &str, notation: Notation) -> Vec<(usize, &str)> {
    let mut found = Vec::new();
    for Span { start, end } in notation.comments_in(text) {
        let mut at = start;
        // It ends a line of a comment, although it does not end one of source.
        for line in text[start..end].split('\r') {
            found.extend(text_in(line.trim_end()).map(|example| (at + 1, example)));
            at += line.len() + 1;
        }
    }
    found
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::vm::machine::Machine;

    fn example(text: &str) -> Example {
        let place = CommentPlace { body: MAIN, at: CommentAt::End };
        Example { place, line: 0, text: text.into() }
    }

    #[test]
    fn an_example_has_two_sides() {
        let machine = Machine::new();
        for (text, code, wanted) in [
            (" 5 fact -- 120", "5 fact", "120"),
            ("5 fact --", "5 fact", ""),
            ("-- 1 \"a -- b\" pushf: f # why", "", "1 \"a -- b\" pushf: f"),
            (" \"--\" print -- -3 --", "\"--\" print -- -3", ""),
            ("[ 1 ] call\t--\t1", "[ 1 ] call", "1"),
        ] {
            let example = example(text);
            assert_eq!(example.sides(), (code, Some(wanted)), "{text}");
            assert!(example.read(&Scope::outside(&machine)).is_ok(), "{text}");
        }
        assert_eq!(example("5 fact").sides(), ("5 fact", None));
    }

    #[test]
    fn a_name_is_a_whole_word() {
        for (text, new) in [
            (" 5 f -- 1", " 5 g -- 1"),
            ("f ff f\tpushf: f -- pushf: f", "g ff g\tpushf: g -- pushf: g"),
            ("\"f\" [ f ] call -- \"f\"", "\"f\" [ g ] call -- \"f\""),
            ("1 -- 1", "1 -- 1"),
        ] {
            assert_eq!(renamed(text, "f", "g"), new);
        }
    }

    #[test]
    fn a_mistake_says_where_it_is() {
        let machine = Machine::new();
        for (text, at, message) in [
            ("5 fact", 6, "the example does not say what it should leave; write `--`"),
            ("", 0, "does not say what it should leave"),
            ("fact(5) -- 120", 0, "also in .flpy: `5 fact -- 120`"),
            ("1 \"a", 2, "the text does not end on its line"),
            ("1 ] -- 1", 2, "this bracket closes nothing"),
            ("1 [ 2 -- 1", 2, "not closed"),
            ("1 -- dup", 5, "`dup` is not a value; after `--` come numbers"),
            ("1 -- [ ]", 5, "`[` is not a value"),
            ("1 -- 1 x", 7, "`x` is not a value"),
            ("@100 call -- 1", 0, "`@100` is an address"),
            ("1 -- 99999999999999999999", 5, "does not fit in a cell"),
            ("[ 1 ] bind: f -- 1", 6, "cannot define a function"),
        ] {
            let mistake = example(text).read(&Scope::outside(&machine)).unwrap_err();
            assert!(mistake.to_string().contains(message), "{text}: {mistake}");
            assert_eq!(mistake.at, at, "{text}: {mistake}");
        }
    }

    #[test]
    fn a_line_is_an_example_if_one_sign_begins_it() {
        for (line, text) in [
            ("= 1 -- 1", Some(" 1 -- 1")),
            ("=1 -- 1", Some("1 -- 1")),
            ("=", Some("")),
            ("== 1 -- 1", None),
            ("=======", None),
            (" = 1 -- 1", None),
            ("", None),
        ] {
            assert_eq!(text_in(line), text, "{line}");
        }
        for typed in ["1 -- 1", " #= 1 -- 1", "= 1 -- 1\n", "#=1 -- 1"] {
            assert_eq!(line_of(typed), "= 1 -- 1", "{typed}");
        }
    }

    #[test]
    fn only_the_line_of_an_example_changes() {
        let there = Example { line: 1, ..example(" 1 -- 1") };
        let comment = " prose\n= 1 -- 1\n= 2 -- 2";
        let change = |typed| with_change(comment, &there, typed);
        assert_eq!(change(Some("3 -- 3")).as_deref(), Some(" prose\n= 3 -- 3\n= 2 -- 2"));
        assert_eq!(change(None).as_deref(), Some(" prose\n= 2 -- 2"));
        assert_eq!(with_change("= 1 -- 1", &there, None), None);
        assert_eq!(with_change(" prose\n= 4", &there, None), None);
        assert_eq!(with_line(Some(" prose"), "1 --"), " prose\n= 1 --");
        assert_eq!(with_line(None, "1 --"), "= 1 --");
    }

    #[test]
    fn examples_in_a_text_are_its_comments() {
        let forth = "\"#= 1 -- 1\" #= 2 -- 2\n#== 3\n [ #= 4 -- 4\r\n] call a#b #=5 --";
        let texts = |text, notation| -> Vec<&str> {
            in_source(text, notation).into_iter().map(|(_, text)| text).collect()
        };
        assert_eq!(texts(forth, Notation::Forth), [" 2 -- 2", " 4 -- 4", "5 --"]);
        let source =
            "x = \"#= 1 -- 1\" #= 2 -- 2\n#== 3\n  #= 4 -- 4\n\"open #= 5 -- 5\n1 #x\r= 6 -- 6\r\n";
        assert_eq!(texts(source, Notation::Source), [" 2 -- 2", " 4 -- 4", " 6 -- 6"]);
        assert_eq!(in_source("1\n#= 2 -- 2", Notation::Forth)[0].0, 4);
    }
}
