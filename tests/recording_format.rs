//! docs/recording-format.md is complete, and its examples can be read. Its table of commands is printed
//! from the one in `src/session/command.rs`. Set `UPDATE_MANUAL` to rewrite it.

use std::fmt::Write;

use midflight::session::command::TABLE;
use midflight::session::expect::SUBJECTS;
use midflight::session::record::Record;
use midflight::session::recording::Recording;

const PATH: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/docs/recording-format.md");

fn page() -> String {
    std::fs::read_to_string(PATH).unwrap().replace("\r\n", "\n")
}

/// The text up to and including a mark, the text between it and the next `<!-- end -->`, and the rest.
fn parts<'p>(page: &'p str, mark: &str) -> [&'p str; 3] {
    let start = page.find(mark).expect(mark) + mark.len();
    let end = start + page[start..].find("<!-- end -->").expect("the table ends");
    [&page[..start], &page[start..end], &page[end..]]
}

/// The first columns of a table, without their code marks.
fn rows(page: &str, mark: &str) -> Vec<String> {
    let [_, table, _] = parts(page, mark);
    let rows = table.lines().filter(|line| line.starts_with("| `"));
    rows.map(|row| row[2..].split(" | ").next().unwrap().trim_matches('`').to_string()).collect()
}

/// A line in code marks inside a table.
fn code(line: &str) -> String {
    match (line.contains('`'), line.ends_with('`')) {
        (false, _) => format!("`{line}`"),
        (true, true) => format!("``{line} ``"),
        (true, false) => format!("``{line}``"),
    }
}

fn printed() -> String {
    let mut text = String::from("\n\n| command | takes | edits code | does |\n|---|---|---|---|\n");
    for row in TABLE {
        let edits = if row.is_edit { "yes" } else { "" };
        let (example, takes) = (code(&row.example()), row.takes.join(", "));
        writeln!(text, "| {example} | {takes} | {edits} | {} |", row.meaning).unwrap();
    }
    text + "\n"
}

#[test]
fn the_commands_are_what_the_table_says() {
    let (page, printed) = (page(), printed());
    let [before, there, after] = parts(&page, "<!-- commands -->");
    if std::env::var_os("UPDATE_MANUAL").is_some() {
        // Other tests read the page meanwhile, so it is replaced in one step.
        let whole = format!("{PATH}.new");
        std::fs::write(&whole, format!("{before}{printed}{after}")).unwrap();
        std::fs::rename(whole, PATH).unwrap();
    } else {
        assert!(there == printed, "{PATH} is stale: run this test with UPDATE_MANUAL=1");
    }
}

#[test]
fn every_subject_is_in_the_table() {
    let subjects: Vec<&str> = SUBJECTS.iter().map(|&(subject, _)| subject).collect();
    assert_eq!(rows(&page(), "<!-- subjects -->"), subjects);
}

#[test]
fn the_other_lines_read_too() {
    let moments = ["moment `before the base case`", "moment `before the base case` off"];
    let others = ["more 5000", "goto 3:0", "expect stack `3`", "# a comment", ""];
    for line in moments.into_iter().chain(others) {
        assert_eq!(Record::read(line).unwrap().print(), line);
    }
    for bad in ["moment", "moment ``", "moment `a` on", "moment `a\\nb`", "moment `a` off off"] {
        assert!(Record::read(bad).is_err(), "{bad}");
    }
    for base in ["empty", "program `3 fib`"] {
        assert!(page().contains(&format!("base {base}")));
        Recording::read(&format!("midflight-session 2\nbase {base}\n")).unwrap();
    }
}
