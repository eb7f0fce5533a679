//! Reading and printing are inverse, and each cell owns its bytes, for 30,000 random trees whose stack effects
//! are mostly guessed wrong.

use midflight::program::effect::StackEffects;
use midflight::program::listing::{Definition, Program};
use midflight::program::scope::Scope;
use midflight::program::source::{function, main};
use midflight::program::span::CellSpan;

use super::shared::{assert_owned, parts, print, read};
use super::trees::{Tree, deep_tree, effects, name, program, tree};
use crate::oracle::property::check;

/// The same spans in a text of one definition.
fn in_definition(spans: &[CellSpan]) -> Vec<CellSpan> {
    spans.iter().map(|cell| CellSpan { definition: Some(0), ..*cell }).collect()
}

/// Fails unless a function with this code reads back and prints again as it was.
fn function_reads_back(name: &str, tree: &Tree, effects: &StackEffects) {
    let Tree { code, comments } = tree;
    let printed = function(name, code, comments, effects, &Scope::empty());
    let text = &printed.text;
    assert_owned(&[code], &printed.spans, text);
    let again = read(text);
    let definition =
        Definition { name: name.into(), code: code.clone(), comments: comments.clone() };
    let program = Program { definitions: vec![definition], ..Program::default() };
    assert_eq!(again.cells, program, "{text}");
    assert_eq!(again.spans, in_definition(&printed.spans), "{text}");
    let [one] = &again.cells.definitions[..] else { panic!("{text}") };
    assert_eq!(function(name, &one.code, &one.comments, effects, &Scope::empty()), printed);
}

/// The same for the code of main.
fn main_reads_back(tree: &Tree, effects: &StackEffects) {
    let Tree { code, comments } = tree;
    let printed = main(code, comments, effects, &Scope::empty());
    let text = &printed.text;
    assert_owned(&[code], &printed.spans, text);
    let again = read(text);
    assert!(again.cells.definitions.is_empty(), "{text}");
    assert_eq!((&again.cells.main, &again.cells.main_comments), (code, comments), "{text}");
    assert_eq!(again.spans, printed.spans, "{text}");
    let again = again.cells;
    assert_eq!(main(&again.main, &again.main_comments, effects, &Scope::empty()), printed);
}

/// And for a whole program, with the stack effects that are found in it.
pub fn program_reads_back(program: &Program) {
    let printed = print(program);
    let text = &printed.text;
    assert_owned(&parts(program), &printed.spans, text);
    let again = read(text);
    assert_eq!(again.cells, *program, "{text}");
    assert_eq!(again.spans, printed.spans, "{text}");
    assert_eq!(print(&again.cells), printed);
}

#[test]
fn functions_read_back_whatever_is_believed_of_them() {
    check(12_000, &(name(), tree(), effects()), |(name, tree, effects)| {
        // `main` is not defined by a definition.
        let name = if &*name == "main" { "m" } else { &*name };
        function_reads_back(name, &tree, &effects);
    });
}

#[test]
fn main_reads_back_whatever_is_believed_of_it() {
    check(12_000, &(tree(), effects()), |(tree, effects)| main_reads_back(&tree, &effects));
}

#[test]
fn blocks_within_many_blocks_read_back() {
    check(1_000, &(deep_tree(), effects()), |(tree, effects)| {
        function_reads_back("f", &tree, &effects);
        main_reads_back(&tree, &effects);
    });
}

#[test]
fn programs_read_back() {
    check(2_000, &program(), |program| program_reads_back(&program));
}
