//! The source notation: indented source in the manner of Python, as in asrp's FlpcPython.
//!
//! The text is the cells with brackets drawn over them. An expression covers a run of cells in postorder, and
//! reading it writes its leaves and operators in postorder. So reading needs to know nothing about the names, and a
//! wrong guess while printing costs beauty, never cells. Every cell owns a span of the text, and every span belongs
//! to one cell. `docs/source.md` describes the notation.

mod code;
pub(super) mod doubts;
mod pythonism;
mod read;
mod statement;
mod token;
mod tree;
mod write;

use std::collections::HashSet;
use std::ops::Range;

use super::comment::Comments;
use super::diagnostic::{Diagnostic, Diagnostics, Span, quoted};
use super::effect::StackEffects;
use super::listing::{Definition, Program};
use super::scope::Scope;
use super::span::{Printed, Read};
use super::starts::ProgramStarts;
use crate::vm::instruction::{Fragment, Instruction, Primitive};
use read::Text;
use statement::Notes;
use tree::Around;

/// Where something that was missing in a typed line was put in, and what.
pub type Repair = (usize, &'static str);

/// Reads a whole program, with the spans and the starts of its cells.
///
/// # Errors
/// All its mistakes.
pub(super) fn read_program(
    text: &str,
    scope: &Scope<'_>,
) -> Result<(Read<Program>, ProgramStarts), Diagnostics> {
    let read = read::read(text, Text::Program, scope, None)?;
    let (mut spans, mut starts) = (Vec::new(), ProgramStarts::default());
    let mut definitions = Vec::with_capacity(read.definitions.len());
    for (name, finished) in read.definitions {
        spans.extend(finished.spans);
        starts.definitions.push(finished.starts);
        let (code, comments) = (finished.code, finished.comments);
        definitions.push(Definition { name, code, comments });
    }
    starts.main = read.main.starts;
    spans.extend(read.main.spans);
    // Main may stand between the definitions.
    spans.sort_by_key(|cell| (cell.span.start, cell.span.end));
    let (main, main_comments) = (read.main.code, read.main.comments);
    Ok((Read { cells: Program { main, main_comments, definitions }, spans }, starts))
}

/// Reads what is typed at a cell. No `end` is added after the last statement.
///
/// # Errors
/// All its mistakes, or the addresses at which no body starts.
pub(super) fn read_line(text: &str, scope: &Scope<'_>) -> Result<Read<Fragment>, Diagnostics> {
    let read = read::read(text, Text::Line, scope, None)?;
    Ok(Read { cells: read.main.code, spans: read.main.spans })
}

/// A line as it is typed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Typed {
    /// Its cells.
    pub read: Read<Fragment>,
    /// What was missing and was put in, in the order of the text.
    pub repairs: Vec<Repair>,
    /// The calls of functions, the innermost first.
    pub calls: Vec<TypedCall>,
}

/// A call of a function in a typed line.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct TypedCall {
    /// The name of the function.
    pub name: Box<str>,
    /// For each argument, the first local in it.
    pub arguments: Vec<Option<Box<str>>>,
}

/// Reads what is typed at a cell, and puts in what is missing: an empty cell for an operand, brackets at the end of
/// a line.
///
/// # Errors
/// All its other mistakes.
pub fn read_typed(text: &str, scope: &Scope<'_>) -> Result<Typed, Diagnostics> {
    let mut notes = Notes::default();
    let read = read::read(text, Text::Line, scope, Some(&mut notes))?;
    let Notes { repairs, calls } = notes;
    let read = Read { cells: read.main.code, spans: read.main.spans };
    check_words(&read, scope)?;
    Ok(Typed { read, repairs, calls })
}

/// Refuses words of a typed line that are locals by the notation, but that nothing assigns: an instruction that is
/// not called, a word of Python, a name with a mistake in it.
fn check_words(read: &Read<Fragment>, scope: &Scope<'_>) -> Result<(), Diagnostics> {
    let bodies = &read.cells.bodies;
    let assigned: HashSet<&str> =
        bodies.iter().flatten().filter_map(Instruction::assigned).collect();
    let mut report = Diagnostics::default();
    for cell in &read.spans {
        let Instruction::Pick(name) = &bodies[cell.body][cell.index] else { continue };
        if scope.is_local(name) || assigned.contains(&**name) {
            continue;
        }
        let other = || format!("`{name}()` calls a function, and `{name} = ...` makes it a local");
        report.add(|| {
            Diagnostic::new(cell.span, format!("{} is not a local here", quoted(name)))
                .help(advice(name).unwrap_or_else(other))
        });
    }
    if report.is_empty() { Ok(()) } else { Err(report) }
}

/// What to write instead of a name that is no local: for words of Python, and for instructions without brackets.
pub(super) fn advice(name: &str) -> Option<String> {
    let called =
        || Primitive::find(name).map(|_| format!("an instruction is called: `{name}(...)`"));
    pythonism::advice(name).map(str::to_owned).or_else(called)
}

/// A program as text: its definitions, then main.
pub(super) fn print_program(
    program: &Program,
    effects: &StackEffects,
    scope: &Scope<'_>,
) -> Printed {
    let mut printed = Printed::default();
    for (number, Definition { name, code, comments }) in program.definitions.iter().enumerate() {
        separate(&mut printed);
        with_trees(code, comments, effects, |around| {
            write::function(name, Some(number), around, scope, &mut printed);
        });
    }
    let Program { main, main_comments, .. } = program;
    if main.bodies.iter().any(|body| !body.is_empty()) || !main_comments.is_empty() {
        separate(&mut printed);
        with_trees(main, main_comments, effects, |around| {
            write::main(around, scope, &mut printed);
        });
    }
    printed
}

/// Does something with what dividing a piece of code into trees needs.
fn with_trees<T>(
    code: &Fragment,
    comments: &Comments,
    effects: &StackEffects,
    work: impl FnOnce(Around<'_>) -> T,
) -> T {
    let heavy = tree::heavy(code, comments);
    work(Around { code, comments, effects, heavy: &heavy })
}

fn separate(printed: &mut Printed) {
    printed.text.extend((!printed.text.is_empty()).then_some('\n'));
}

/// The definition of a function as text.
pub fn function(
    name: &str,
    code: &Fragment,
    comments: &Comments,
    effects: &StackEffects,
    scope: &Scope<'_>,
) -> Printed {
    let mut printed = Printed::default();
    with_trees(code, comments, effects, |around| {
        write::function(name, None, around, scope, &mut printed);
    });
    printed
}

/// Main as text.
pub fn main(
    code: &Fragment,
    comments: &Comments,
    effects: &StackEffects,
    scope: &Scope<'_>,
) -> Printed {
    let mut printed = Printed::default();
    with_trees(code, comments, effects, |around| write::main(around, scope, &mut printed));
    printed
}

/// Where the names of a text are, without what marks them; in a line with mistakes, those before the first.
pub(super) fn names(text: &str) -> impl Iterator<Item = Span> {
    lines(text).flat_map(|(base, line)| token::names(line, base))
}

/// The comments of a text, without their `#`; in a line with mistakes, there is none.
pub(super) fn comments(text: &str) -> Vec<Span> {
    let comment = |(base, line)| token::line(line, base).ok()?.comment;
    lines(text).filter_map(comment).collect()
}

/// Where the word of a cell that begins at a byte ends.
pub(super) fn word_end(text: &str, start: usize) -> usize {
    let rest = text[start..].split('\n').next().unwrap_or_default();
    token::first_end(rest).map_or(start, |end| start + end)
}

/// The lines of a text, without their ends, and where they begin.
fn lines(text: &str) -> impl Iterator<Item = (usize, &str)> {
    let shown = text.strip_prefix('\u{feff}').unwrap_or(text);
    let mut base = text.len() - shown.len();
    shown.split('\n').map(move |line| {
        let start = base;
        base += line.len() + 1;
        (start, line.strip_suffix('\r').unwrap_or(line))
    })
}

/// An expression whose value is on the stack.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Pending {
    /// Its cells.
    pub cells: Range<usize>,
    /// How many values it leaves; `None` if that is not known.
    pub gives: Option<usize>,
}

/// The expressions of a body whose values are on the stack after some of its cells, the last on top.
pub fn pending(
    body: usize,
    cells: Range<usize>,
    code: &Fragment,
    comments: &Comments,
    effects: &StackEffects,
) -> Vec<Pending> {
    let pending = with_trees(code, comments, effects, |around| tree::pending(body, cells, around));
    pending.into_iter().map(|(cells, gives)| Pending { cells, gives }).collect()
}

#[cfg(test)]
mod tests;
