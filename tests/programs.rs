//! The programs and recordings under `programs/`, each with what it should print or do.

use std::fs;
use std::path::Path;

use midflight::session::Session;
use midflight::session::expect;
use midflight::session::recording::{Line, Recording};

fn read(name: &str) -> String {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("programs").join(name);
    fs::read_to_string(&path).unwrap_or_else(|error| panic!("{}: {error}", path.display()))
}

#[test]
fn fib_is_built_top_down() {
    let recording = Recording::read(&read("fib.session")).unwrap();
    let mut session = Session::new(recording.base.clone());
    let mut checked = 0;
    for (number, line) in &recording.lines {
        session.play(line).unwrap_or_else(|error| panic!("line {number}: {error}"));
        if let Line::Expect(words) = line {
            let unmet = expect::check(&session, words).unwrap();
            assert!(unmet.is_none(), "line {number}: {}", unmet.unwrap());
            checked += 1;
        }
    }
    assert!(checked > 50);
}
