//! docs/instructions.md is printed from the instruction table. Set `UPDATE_MANUAL` to rewrite it.

use std::fmt::Write;

use midflight::vm::instruction::{Group, InstructionRow, Kind, Operand, table};

const PATH: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/docs/instructions.md");

const HEAD: &str = "\
# Instructions

Printed from the table in `src/vm/instruction.rs`. The effect shows the parameter stack before and
after, with the top at the right. An instruction that finds too few values, or values of the wrong kind,
stops with the fault `operands`. Like every fault and limit, this changes nothing.
";

/// The kinds of the values that an instruction takes, top last.
fn takes(row: &InstructionRow) -> String {
    let word = |kind: &Kind| match kind {
        Kind::Any => "anything",
        Kind::Integer => "integer",
        Kind::Text => "text",
        Kind::Data => "address of data",
        Kind::Task => "task",
        Kind::Code => "address of a block or function",
    };
    row.takes.iter().map(word).collect::<Vec<_>>().join(", ")
}

/// Escapes what a Markdown table would interpret.
fn plain(text: &str) -> String {
    text.replace('\\', "\\\\").replace('|', "\\|")
}

/// A word in code marks inside a table.
fn code(text: &str) -> String {
    format!("`{}`", text.replace('|', "\\|"))
}

fn printed() -> String {
    let mut text = HEAD.to_string();
    for group in Group::ALL {
        let title = group.title();
        write!(text, "\n## {title}\n\n| word | effect | takes | meaning |\n|---|---|---|---|\n")
            .unwrap();
        for row in table().filter(|row| row.group == group) {
            let word = match row.operand {
                Operand::Name => format!("{} name", row.name),
                Operand::None | Operand::Word => row.name.to_string(),
            };
            let meaning = [row.meaning, row.help].join(" ");
            let (word, effect) = (code(&word), code(row.effect));
            writeln!(text, "| {word} | {effect} | {} | {} |", takes(row), plain(meaning.trim()))
                .unwrap();
        }
    }
    text
}

#[test]
fn the_page_is_what_the_table_says() {
    let printed = printed();
    if std::env::var_os("UPDATE_MANUAL").is_some() {
        std::fs::write(PATH, &printed).unwrap();
    }
    let page = std::fs::read_to_string(PATH).unwrap_or_default().replace("\r\n", "\n");
    assert!(page == printed, "docs/instructions.md is stale: run this test with UPDATE_MANUAL=1");
}
