//! What the documents refer to exists and is true: links, files, tests and terminal sessions.

#[cfg(unix)]
mod shell;
mod support;

use std::fs;
use std::path::PathBuf;

#[cfg(unix)]
use shell::{BINARY, Shell};

fn root() -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR"))
}

fn read(name: &str) -> String {
    let text = fs::read_to_string(root().join(name)).unwrap_or_else(|e| panic!("{name}: {e}"));
    text.replace("\r\n", "\n")
}

fn pages() -> Vec<String> {
    let docs = fs::read_dir(root().join("docs")).unwrap().map(|entry| entry.unwrap().path());
    let docs = docs.filter(|path| path.extension().is_some_and(|extension| extension == "md"));
    let name = |path: PathBuf| format!("docs/{}", path.file_name().unwrap().to_str().unwrap());
    let first = ["README.md", "CHANGELOG.md", "CONTRIBUTING.md"].map(String::from);
    docs.map(name).chain(first).collect()
}

#[test]
fn every_link_leads_somewhere() {
    for page in pages() {
        let text = read(&page);
        let folder = root().join(&page).parent().unwrap().to_path_buf();
        for link in text.split("](").skip(1).filter_map(|rest| rest.split(')').next()) {
            let file = link.split('#').next().unwrap();
            let outside = link.starts_with("http");
            assert!(outside || folder.join(file).exists(), "{page}: {link}");
        }
    }
}

/// The words between single backquotes.
fn quoted(text: &str) -> impl Iterator<Item = &str> {
    text.split('`').skip(1).step_by(2)
}

#[test]
fn the_tests_that_hold_the_laws_exist() {
    let page = read("docs/architecture.md");
    let (_, laws) = page.split_once("## The laws").unwrap();
    let (laws, _) = laws.split_once("\n## ").unwrap();
    let rows: Vec<&str> = laws.lines().filter(|line| line.starts_with("| **")).collect();
    assert_eq!(rows.len(), 9);
    for row in rows {
        let tests = row.trim_end_matches(" |").rsplit(" | ").next().unwrap();
        let mut source = String::new();
        for word in quoted(tests) {
            if word.starts_with("tests/") {
                source = read(word);
            } else {
                assert!(source.contains(&format!("fn {word}()")), "{word} in {row}");
            }
        }
        assert!(!source.is_empty(), "{row}");
    }
}

#[test]
fn the_files_on_the_map_exist() {
    let page = read("docs/architecture.md");
    let (_, map) = page.split_once("## Where things are").unwrap();
    let (map, _) = map.split_once("\n## ").unwrap();
    let rows = map.lines().filter(|line| line.starts_with("| `"));
    for file in rows.flat_map(|row| quoted(row.split(" | ").next().unwrap())) {
        assert!(root().join("src").join(file).exists(), "{file}");
    }
}

/// Each command in the README's session prints what the README shows.
#[cfg(unix)]
#[test]
fn the_session_in_the_readme_is_true() {
    let shell = Shell::new();
    let programs = root().join("programs");
    let readme = read("README.md");
    let (_, session) = readme.split_once("```console\n").unwrap();
    let (session, _) = session.split_once("```").unwrap();
    let mut count = 0;
    for part in session.split("$ ").skip(1) {
        let (command, said) = part.split_once('\n').unwrap();
        let script = command
            .replacen("midflight", &format!("'{BINARY}'"), 1)
            .replace("programs/", &format!("{}/", programs.display()));
        let done = shell.script(&format!("{script} 2>&1"), b"");
        let out = done.out.replace(&format!("{}/", programs.display()), "programs/");
        assert_eq!(out, said, "{command}");
        count += 1;
    }
    assert_eq!(count, 5);
}

/// The listings in docs/fib.md show the cells of the recording.
#[test]
fn the_listings_of_fib_are_those_of_the_recording() {
    let page = read("docs/fib.md");
    let recording = read("programs/fib.session");
    let listings: Vec<String> = page
        .lines()
        .filter_map(|line| line.strip_prefix("    here "))
        .map(|line| line.split_whitespace().collect::<Vec<_>>().join(" "))
        .collect();
    assert_eq!(listings.len(), 4);
    for listing in listings {
        assert!(recording.contains(&listing), "{listing}");
    }
}
