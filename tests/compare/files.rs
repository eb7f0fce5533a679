//! Recordings of all versions, replayed through their own code and through other code.

use std::fs;
use std::path::{Path, PathBuf};

use midflight::session::Session;
use midflight::session::difference::Finding;
use midflight::session::goal::Goal;
use midflight::session::load::image_of_program;
use midflight::session::record::Record;
use midflight::session::recording::Recording;
use midflight::session::request::Request;

use super::{compare, compare_with};

/// The recordings in `programs`, and those of old versions.
fn recordings() -> Vec<PathBuf> {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let mut folders = vec![root.join("programs")];
    folders.extend((1..=5).map(|version| root.join(format!("tests/frozen/v{version}"))));
    let files = folders.iter().flat_map(|folder| fs::read_dir(folder).unwrap());
    let mut files: Vec<PathBuf> = files.map(|file| file.unwrap().path()).collect();
    files.retain(|file| file.extension().is_some_and(|extension| extension == "session"));
    files.sort();
    files
}

fn played(file: &Path) -> Session {
    let recording = Recording::read(&fs::read_to_string(file).unwrap()).unwrap();
    let mut session = Session::new(recording.base.clone());
    for (number, record) in recording.records() {
        if !matches!(record, Record::Note(_)) {
            let done = session.perform(Request::Record(record));
            done.unwrap_or_else(|why| panic!("{}: line {number}: {why}", file.display()));
        }
    }
    session
}

#[test]
fn every_recording_can_be_compared() {
    let files = recordings();
    assert!(files.len() >= 8, "{files:?}");
    for file in files {
        println!("{}", file.display());
        let mut session = played(&file);
        let own = session.base_with_code().unwrap();
        let mine = compare_with(&mut session, own, Some(100_000), || 1_000);
        let base = session.journal().base().clone();
        let had_edits = session.journal().has_edits(Default::default(), session.position());
        assert!(had_edits || matches!(mine, Finding::Same(_)), "{mine:?}");
        let same = compare_with(&mut session, base, Some(100_000), || 7);
        assert!(had_edits || matches!(same, Finding::Same(_)), "{same:?}");
        let other = image_of_program("\"other\" print 1 0 /").unwrap();
        let other = compare_with(&mut session, other, Some(100_000), || 1_000);
        // Nothing has happened where one of them ends.
        let is_empty = session.position() == Default::default();
        assert_eq!(is_empty, matches!(other, Finding::Same(_)), "{}: {other:?}", file.display());
    }
}

/// The recordings build a function while it runs; at the end, they are that program.
#[test]
fn what_was_built_live_does_what_the_finished_program_does() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("programs");
    let fib = fs::read_to_string(root.join("fib.flpc")).unwrap().replace("10 fib", "3 fib");
    for name in ["fib.session", "fib-source.session"] {
        let mut session = played(&root.join(name));
        let finding = compare(&mut session, &fib);
        assert!(matches!(finding, Finding::Same(_)), "{name}: {finding:?}");
        let own = session.base_with_code().unwrap();
        let finding = compare_with(&mut session, own, None, || 11);
        assert!(matches!(finding, Finding::Same(_)), "{name}: {finding:?}");
    }
}

/// A recording that begins in the middle of a run: the code is changed under its activations.
#[test]
fn a_recording_of_a_paused_program_is_compared_too() {
    let fib =
        "[ assign: i i 2 < [ 1 return ] if i 2 - fib i 1 - fib + return ] bind: fib 5 fib print";
    let mut first = Session::new(image_of_program(fib).unwrap());
    first.finish(&[], Goal::Fuel(24)).unwrap();
    let mut session = Session::new(first.image().clone());
    session.finish(&[], Goal::Free).unwrap();
    assert_eq!(session.machine().output(), "8");
    assert!(matches!(compare(&mut session, fib), Finding::Same(_)));
    assert!(matches!(
        compare(&mut session, &fib.replace("+ return", "* return")),
        Finding::Differs(_)
    ));
}
