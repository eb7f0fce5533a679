//! docs/language.md is true: its examples print what it says, and its tables match the code. Set
//! `UPDATE_MANUAL` to rewrite the tables.

use midflight::program::diagnostic::{counted, grouped};
use midflight::program::forth::BLOCKS;
use midflight::program::notation::Notation;
use midflight::program::notation::SOURCE_BYTES;
use midflight::vm::cell::{INTEGER_MAX, INTEGER_MIN};
use midflight::vm::index::CODE_BODIES;
use midflight::vm::instruction::{Group, table};
use midflight::vm::limit::LimitKind;
use midflight::vm::machine::Machine;
use midflight::vm::memory::{CODE_CELLS_USED, LOCALS, Place};
use midflight::vm::name::NAME_BYTES;
use midflight::vm::stop::Stop;
use midflight::vm::text::TEXT_BYTES;

const PATH: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/docs/language.md");

fn manual() -> String {
    std::fs::read_to_string(PATH).unwrap().replace("\r\n", "\n")
}

/// The examples, each with its output.
fn examples(manual: &str) -> Vec<(&str, &str)> {
    let blocks = manual.split("```flpc\n").skip(1);
    let examples = blocks.map(|block| {
        let (source, rest) = block.split_once("```\n```output\n")?;
        Some((source, rest.split_once("```\n")?.0))
    });
    examples.map(|example| example.expect("each example is followed by what it prints")).collect()
}

fn run(source: &str) -> String {
    let program = match Notation::Forth.read_program(source) {
        Ok(read) => read.cells,
        Err(report) => panic!("{}", report.render("docs/language.md", source)),
    };
    let mut machine = Machine::new();
    let list: Vec<_> = program.definitions.iter().map(|one| (&*one.name, &one.code)).collect();
    machine.define_all(&list).unwrap();
    machine.write(Place::new(0, 0), &program.main).unwrap();
    match machine.run(100_000) {
        Stop::Finished => machine.output().to_string(),
        stop => format!("{}({stop})\n", machine.output()),
    }
}

#[test]
fn the_examples_print_what_the_manual_says() {
    let manual = manual();
    let examples = examples(&manual);
    assert!(examples.len() >= 10, "{} examples are found", examples.len());
    assert_eq!(examples.len(), manual.matches("```output\n").count());
    for (source, output) in examples {
        assert_eq!(run(source), output, "{source}");
    }
}

/// Escapes a bar, which would end the cell of a table.
fn cell(text: &str) -> String {
    text.replace('|', "\\|")
}

fn instructions() -> String {
    let mut text = String::new();
    for group in Group::ALL {
        text += &format!("\n### {}\n\n| word | effect | meaning |\n|---|---|---|\n", group.title());
        for row in table().filter(|row| row.group == group) {
            let sentences = [row.meaning, row.help].join(" ").replace('\\', "\\\\");
            text += &format!(
                "| `{}` | `{}` | {} |\n",
                cell(row.name),
                cell(row.effect),
                cell(sentences.trim())
            );
        }
    }
    text + "\n"
}

fn limits() -> String {
    let fixed = [
        ("integers", format!("{INTEGER_MIN} to {INTEGER_MAX}")),
        ("a text", format!("{} bytes", grouped(TEXT_BYTES))),
        ("a name", format!("{NAME_BYTES} bytes")),
        ("locals of a function", LOCALS.to_string()),
        ("cells of a function or block", grouped(CODE_CELLS_USED as usize)),
        ("functions and blocks ever created in a program", grouped(CODE_BODIES as usize)),
        ("blocks and definitions of a source text", grouped(BLOCKS)),
        ("a source text", format!("{} MiB", SOURCE_BYTES >> 20)),
    ];
    let raised = LimitKind::ALL.map(|kind| {
        let value = counted(kind.default_value(), kind.unit());
        (kind.name(), format!("{value} by default"))
    });
    let rows = fixed.into_iter().chain(raised);
    let rows: String = rows.map(|(what, most)| format!("| {what} | {most} |\n")).collect();
    format!("\n| what | at most |\n|---|---|\n{rows}\n")
}

#[test]
fn the_tables_are_those_of_the_code() {
    let old = manual();
    let mut new = String::new();
    let mut rest = &*old;
    for (mark, table) in
        [("<!-- instructions -->\n", instructions()), ("<!-- limits -->\n", limits())]
    {
        let (before, after) = rest.split_once(mark).expect(mark);
        let (_, after) = after.split_once("<!-- end -->").expect("an end");
        new += &format!("{before}{mark}{table}<!-- end -->");
        rest = after;
    }
    new += rest;
    if std::env::var_os("UPDATE_MANUAL").is_some() {
        std::fs::write(PATH, &new).unwrap();
    }
    assert!(manual() == new, "the tables are stale: run this test with UPDATE_MANUAL=1");
}
