//! docs/source.md is true: its examples have the cells and print the output that it says, and what it says is
//! refused is refused.

use midflight::program::listing::Program;
use midflight::program::notation::Notation;
use midflight::vm::machine::Machine;
use midflight::vm::memory::Place;
use midflight::vm::stop::Stop;

use super::shared::{printed_with_effects, read};

const PATH: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/docs/source.md");

fn manual() -> String {
    std::fs::read_to_string(PATH).unwrap().replace("\r\n", "\n")
}

/// The blocks of the manual, each with its language, in their order.
fn blocks(manual: &str) -> Vec<(&str, &str)> {
    let mut blocks = Vec::new();
    let mut rest = manual;
    while let Some((_, after)) = rest.split_once("```") {
        let (language, after) = after.split_once('\n').unwrap();
        let (block, after) = after.split_once("```\n").unwrap();
        blocks.push((language, block));
        rest = after;
    }
    blocks
}

fn run(program: &Program) -> String {
    let mut machine = Machine::new();
    let list: Vec<_> = program.definitions.iter().map(|one| (&*one.name, &one.code)).collect();
    machine.define_all(&list).unwrap();
    machine.write(Place::new(0, 0), &program.main).unwrap();
    match machine.run(100_000) {
        Stop::Finished => machine.output().to_string(),
        stop => format!("{}({stop})\n", machine.output()),
    }
}

/// A source text is followed by its cells in FlpcForth, by what it prints, or by both.
#[test]
fn the_examples_are_what_the_manual_says() {
    let manual = manual();
    let blocks = blocks(&manual);
    let (mut cells, mut outputs) = (0, 0);
    for (n, &(_, source)) in blocks.iter().enumerate().filter(|(_, block)| is_source(block)) {
        let program = read(source).cells;
        let mut next = blocks[n + 1..].iter();
        let mut after = next.next().expect("something follows");
        if after.0 == "flpc" {
            let forth = Notation::Forth.read_program(after.1).unwrap().cells;
            assert_eq!(forth, program, "{source}\n{}", after.1);
            cells += 1;
            after = next.next().unwrap_or(after);
        }
        if after.0 == "output" {
            assert_eq!(run(&program), after.1, "{source}");
            outputs += 1;
        }
        assert!(blocks[n + 1].0 == "flpc" || blocks[n + 1].0 == "output", "{source}");
    }
    assert!(cells >= 5 && outputs >= 10, "{cells} {outputs}");
    let is_known =
        |block: &(&str, &str)| is_source(block) || ["flpc", "output", "text"].contains(&block.0);
    assert!(blocks.iter().all(is_known), "a block is in no language that is tested");
}

fn is_source(&(language, _): &(&str, &str)) -> bool {
    language == "flpy" || language == "flpy typed"
}

/// The examples are written as they would be printed, but for those that show what can be typed.
#[test]
fn the_examples_are_written_as_they_are_printed() {
    let manual = manual();
    for (_, source) in blocks(&manual).iter().filter(|block| block.0 == "flpy") {
        assert_eq!(printed_with_effects(&read(source).cells), *source);
    }
}

/// In the tables, code that is said to be wrong is refused, and the code beside it is read.
#[test]
fn the_table_of_what_python_writes_is_true() {
    let manual = manual();
    let (_, table) = manual.split_once("| Python | here |\n|---|---|\n").unwrap();
    let (table, _) = table.split_once("\n\n").unwrap();
    let mut count = 0;
    for row in table.lines() {
        let row = row.replace("\\|", "|");
        let code: Vec<&str> = row.split('`').skip(1).step_by(2).collect();
        let [python, here, ..] = code[..] else { panic!("{row}") };
        assert!(Notation::Source.read_program(python).is_err(), "{python} can be read");
        let read = Notation::Source.read_program(here);
        assert!(read.is_ok(), "{here}: {}", read.unwrap_err());
        count += 1;
    }
    assert!(count > 10, "{count}");
}
