//! What the tests of the source notation share: both notations as programs, and who owns which bytes.

use midflight::program::effect::{StackEffect, StackEffects};
use midflight::program::listing::Program;
use midflight::program::notation::Notation;
use midflight::program::scope::Scope;
use midflight::program::source::{function, main};
use midflight::program::span::{CellSpan, Printed, Read};
use midflight::vm::instruction::{Fragment, Instruction};

/// Reads a source text, which must have no mistakes.
#[track_caller]
pub fn read(text: &str) -> Read<Program> {
    match Notation::Source.read_program(text) {
        Ok(read) => read,
        Err(report) => panic!("{}\n{text}", report.render("source", text)),
    }
}

/// A program as source text.
pub fn print(program: &Program) -> Printed {
    Notation::Source.print_program(program, &Scope::empty())
}

/// The stack effects of the functions in the examples.
const EFFECTS: [(&str, usize, usize); 11] = [
    ("fib", 1, 1),
    ("area", 2, 1),
    ("divmod", 2, 2),
    ("ask", 0, 1),
    ("f", 1, 1),
    ("man-or-boy", 1, 1),
    ("work", 0, 0),
    ("size", 1, 1),
    ("square", 1, 1),
    ("half", 1, 1),
    ("twice", 1, 1),
];

/// A program as source text, with these effects.
pub fn printed_with_effects(program: &Program) -> String {
    let effect = |(name, takes, gives): (&str, _, _)| (name.into(), StackEffect::new(takes, gives));
    let (effects, scope) = (StackEffects::from_iter(EFFECTS.map(effect)), Scope::empty());
    let definitions = program.definitions.iter();
    let texts = definitions
        .map(|one| function(&one.name, &one.code, &one.comments, &effects, &scope).text)
        .chain([main(&program.main, &program.main_comments, &effects, &scope).text]);
    texts.filter(|text| !text.is_empty()).collect::<Vec<_>>().join("\n")
}

/// The program of a text in FlpcForth, in which a name of one small letter without a prefix is a local.
#[track_caller]
pub fn forth(text: &str) -> Program {
    let mut before = "";
    let words = text.split(' ').map(|word| {
        let is_local = word.len() == 1 && word.starts_with(|char: char| char.is_ascii_lowercase());
        let is_bare = !std::mem::replace(&mut before, word).ends_with(':');
        if is_local && is_bare { format!("pick: {word}") } else { word.to_string() }
    });
    let text = words.collect::<Vec<_>>().join(" ");
    match Notation::Forth.read_program(&text) {
        Ok(read) => read.cells,
        Err(report) => panic!("{}", report.render("cells", &text)),
    }
}

/// The cells of a text in FlpcForth.
#[track_caller]
pub fn cells(text: &str) -> Fragment {
    forth(text).main
}

/// The code of a program: main, then its definitions.
pub fn parts(program: &Program) -> Vec<&Fragment> {
    let definitions = program.definitions.iter().map(|one| &one.code);
    [&program.main].into_iter().chain(definitions).collect()
}

/// Fails unless each cell owns bytes of its own, in the order of the text. The first of the parts is main, or
/// the code that was printed alone.
#[track_caller]
pub fn assert_owned(parts: &[&Fragment], spans: &[CellSpan], text: &str) {
    let mut places: Vec<_> =
        spans.iter().map(|cell| (cell.definition, cell.body, cell.index)).collect();
    places.sort_unstable();
    let all = parts.iter().enumerate().flat_map(|(n, code)| {
        let bodies = code.bodies.iter().enumerate();
        bodies.flat_map(move |(body, cells)| {
            (0..cells.len()).map(move |index| (n.checked_sub(1), body, index))
        })
    });
    assert_eq!(places, all.collect::<Vec<_>>(), "{text}");
    let starts = spans.iter().map(|cell| cell.span.start).skip(1).chain([text.len()]);
    for (cell, next) in spans.iter().zip(starts) {
        let part = cell.definition.map_or(0, |n| n + 1);
        let instruction = &parts[part].bodies[cell.body][cell.index];
        let words = &text[cell.span.start..cell.span.end];
        assert!(cell.span.end <= next, "{instruction:?} {words:?} {text}");
        assert!(shows(instruction, words), "{instruction:?} is not {words:?}\n{text}");
    }
}

/// Whether the words that a cell owns show this cell.
fn shows(cell: &Instruction, words: &str) -> bool {
    use Instruction as I;
    match cell {
        I::Integer(_) => {
            words.starts_with(|char: char| char.is_ascii_digit() || "+-".contains(char))
        }
        I::Text(_) => words.starts_with('"') && words.ends_with('"') && words.len() > 1,
        I::Pick(name) | I::Assign(name) | I::Call(name) | I::Hole(name) => {
            unquoted(words) == &**name
        }
        I::PushFunction(name) | I::FunctionHole(name) => {
            words.strip_prefix('@').is_some_and(|words| unquoted(words) == &**name)
        }
        I::SetGlobal(name) | I::GetGlobal(name) => {
            words.strip_prefix('$').is_some_and(|words| unquoted(words) == &**name)
        }
        I::Label(name) => words.starts_with("label") && words.contains(&**name),
        I::Breakpoint => words == "?",
        I::Task(task) => words == format!("task: {task}"),
        I::Block(_) | I::Address(_) | I::BlockValue(..) => {
            ["[", ":", "else", "el", "block", " "].contains(&words) || words.starts_with('@')
        }
        I::Primitive(primitive) => {
            let name = primitive.name();
            words == name || SPELLED.contains(&(name, words))
        }
    }
}

fn unquoted(words: &str) -> &str {
    let inside = words.strip_prefix('`').and_then(|words| words.strip_suffix('`'));
    inside.unwrap_or(words)
}

/// Instructions that are not spelled by their names.
const SPELLED: [(&str, &str); 9] = [
    ("=", "=="),
    ("<>", "!="),
    ("1+", "+1"),
    ("1-", "-1"),
    ("memory.get", "["),
    ("memory.set", "="),
    ("if-else", "if"),
    ("end", "]"),
    ("end", ""),
];
