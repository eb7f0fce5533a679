//! Rules for tests: none reads a clock, sleeps or is ignored. And every mistake in
//! `tests/mutants/mistakes.txt` fits the sources and names a test.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

/// What no test may use, and what to use instead.
const FORBIDDEN: [(&str, &str); 7] = [
    ("sleep(", "support::wait"),
    ("yield_now", "support::wait"),
    ("spin_loop", "support::wait"),
    ("Instant::", "support::wait, or a count of what was done"),
    ("SystemTime", "a count of what was done"),
    (".elapsed()", "a count of what was done"),
    ("#[ignore", "a test that always runs"),
];

/// The file with the only clock, and this file, which names what is forbidden.
const ALLOWED: [&str; 2] = ["tests/support/wait.rs", "tests/style.rs"];

fn root() -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR"))
}

/// All Rust files in a folder, with their paths from the root.
fn files(folder: &Path, list: &mut Vec<(String, String)>) {
    for entry in fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            files(&path, list);
        } else if path.extension().is_some_and(|extension| extension == "rs") {
            let name = path.strip_prefix(root()).unwrap().to_str().unwrap().replace('\\', "/");
            list.push((name, fs::read_to_string(&path).unwrap()));
        }
    }
}

/// The tests in a file: all of it, or the part after `#[cfg(test)]`.
fn tests<'t>(name: &str, text: &'t str) -> &'t str {
    let is_all_tests = name.starts_with("tests/") || name.ends_with("/tests.rs");
    match text.find("#[cfg(test)]") {
        _ if is_all_tests => text,
        Some(start) => &text[start..],
        None => "",
    }
}

#[test]
fn no_test_looks_at_a_clock_sleeps_or_is_left_out() {
    let mut list = Vec::new();
    files(&root().join("tests"), &mut list);
    files(&root().join("src"), &mut list);
    let (mut with_tests, mut clocks) = (0, 0);
    for (name, text) in &list {
        let tests = tests(name, text);
        with_tests += usize::from(tests.contains("#[test]"));
        for (word, instead) in FORBIDDEN {
            let found = tests.contains(word);
            let allowed = ALLOWED.contains(&name.as_str());
            clocks += usize::from(found && allowed);
            assert!(!found || allowed, "{name}: `{word}` in a test; use {instead}");
        }
    }
    assert!(with_tests > 40 && clocks > 3, "{with_tests} files with tests, {clocks} clocks");
}

#[cfg(unix)]
#[test]
fn every_mistake_fits_the_sources() {
    let root = root();
    let fit = Command::new("sh").arg(root.join("tests/mutants/by-hand")).arg("--fit").output();
    let fit = fit.unwrap();
    assert!(fit.status.success(), "{}", String::from_utf8_lossy(&fit.stderr));
    // Each names a test that exists.
    let mistakes = fs::read_to_string(root.join("tests/mutants/mistakes.txt")).unwrap();
    let mut list = Vec::new();
    files(&root.join("tests"), &mut list);
    files(&root.join("src"), &mut list);
    let tests: String = list.into_iter().map(|(_, text)| text).collect();
    let headers = mistakes.lines().filter(|line| line.starts_with("== "));
    let count = headers.clone().count();
    for header in headers {
        let test = header.rsplit(' ').next().unwrap();
        assert!(tests.contains(&format!("fn {test}()")), "there is no test {test}");
    }
    assert!(count > 40, "{count}");
}
