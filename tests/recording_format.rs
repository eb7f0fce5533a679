//! docs/recording-format.md is complete, and its examples are read as they stand.

use std::collections::BTreeSet;

use midflight::session::expect::SUBJECTS;
use midflight::session::recording::{Line, Recording};
use midflight::session::sentence;

fn page() -> String {
    let path = concat!(env!("CARGO_MANIFEST_DIR"), "/docs/recording-format.md");
    std::fs::read_to_string(path).unwrap().replace("\r\n", "\n")
}

/// The first columns of a table, without their code marks.
fn rows(page: &str, mark: &str) -> Vec<String> {
    let (_, rest) = page.split_once(&format!("<!-- {mark} -->")).expect(mark);
    let (table, _) = rest.split_once("<!-- end -->").unwrap();
    let rows = table.lines().filter(|line| line.starts_with("| `"));
    rows.map(|row| {
        let cell = row[2..].split(" | ").next().unwrap();
        let code = cell.strip_prefix("``").and_then(|rest| rest.strip_suffix("``"));
        code.unwrap_or_else(|| cell.trim_matches('`')).trim().to_string()
    })
    .collect()
}

fn verb(line: &str) -> String {
    line.split(' ').next().unwrap().to_string()
}

#[test]
fn every_command_is_in_the_table_with_an_example_that_reads() {
    let examples = rows(&page(), "commands");
    for example in &examples {
        let commands = sentence::read(example).unwrap_or_else(|error| panic!("{example}: {error}"));
        assert_eq!(commands.len(), 1);
        assert_eq!(&sentence::print(&commands), example);
    }
    // What the reader knows: the words before an arrow.
    let source = include_str!("../src/session/sentence.rs");
    let (_, reader) = source.split_once("fn command(").unwrap();
    let (reader, _) = reader.split_once("\n}\n").unwrap();
    let known: BTreeSet<String> = reader
        .lines()
        .filter_map(|line| line.trim().strip_prefix('"')?.split_once("\" =>"))
        .map(|(verb, _)| verb.to_string())
        .collect();
    assert!(known.len() > 15);
    assert_eq!(examples.iter().map(|line| verb(line)).collect::<BTreeSet<_>>(), known);
}

#[test]
fn every_subject_is_in_the_table() {
    let subjects: Vec<&str> = SUBJECTS.iter().map(|&(subject, _)| subject).collect();
    assert_eq!(rows(&page(), "subjects"), subjects);
}

#[test]
fn the_other_lines_read_too() {
    let moments = ["moment `before the base case`", "moment `before the base case` off"];
    let others = ["more 5000", "goto 3:0", "expect stack `3`", "# a comment", ""];
    for line in moments.into_iter().chain(others) {
        assert_eq!(Line::read(line).unwrap().print(), line);
    }
    for bad in ["moment", "moment ``", "moment `a` on", "moment `a\\nb`", "moment `a` off off"] {
        assert!(Line::read(bad).is_err(), "{bad}");
    }
    for base in ["empty", "program `3 fib`"] {
        assert!(page().contains(&format!("base {base}")));
        Recording::read(&format!("midflight-session 1\nbase {base}\n")).unwrap();
    }
}
