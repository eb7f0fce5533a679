//! The header of a definition: `name <- fun[a, b]:`.

use super::{After, Done, Reader};
use crate::program::diagnostic::{Diagnostic, Span, place, quoted};
use crate::program::source::code::{Code, Spanned};
use crate::program::source::token::{Kind, Line, Token};
use crate::vm::instruction::{Instruction, Primitive};
use crate::vm::memory::LOCALS;

impl Reader<'_, '_, '_, '_> {
    pub(super) fn define(&mut self, line: &Line, comment: Option<&str>) -> Done {
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

    pub(super) fn check_name(&mut self, name: &str, span: Span) {
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
}

/// Whether a line begins with `name <-`.
pub(super) fn is_definition(line: &Line) -> bool {
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
        match is(at, ',') {
            true => at += 1,
            false if !is(at, ']') && line.tokens.get(at).is_some() => {
                return wrong(at, "a `,` is missing before this");
            }
            false => {}
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
