//! Who may import whom, read off the sources: docs/architecture.md has the table.

use std::collections::BTreeSet;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

/// Each part of the library with the parts it may import.
const LAYERS: &[(&str, &[&str])] = &[
    ("vm", &[]),
    ("program", &["vm"]),
    ("session", &["vm", "program"]),
    ("view", &["vm", "program", "session"]),
    ("store", &[]),
    ("autosave", &["program", "session", "store"]),
    ("app", &["vm", "program", "session", "view", "store", "autosave"]),
    ("cli", &["vm", "program", "session", "view", "store", "app"]),
    ("lib", &["vm", "program", "session"]),
    ("main", &[]),
];

fn root() -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR"))
}

fn sources(folder: &Path, list: &mut Vec<(String, String)>) {
    for entry in fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            sources(&path, list);
        } else if path.extension().is_some_and(|extension| extension == "rs") {
            let name = path.strip_prefix(root().join("src")).unwrap();
            let name = name.to_str().unwrap().replace('\\', "/");
            list.push((name, fs::read_to_string(&path).unwrap()));
        }
    }
}

/// All source files with their names below `src/`.
fn all_sources() -> Vec<(String, String)> {
    let mut list = Vec::new();
    sources(&root().join("src"), &mut list);
    assert!(list.len() > 40);
    list
}

/// The part of the library that a file belongs to.
fn layer(name: &str) -> &str {
    name.split(['/', '.']).next().unwrap()
}

/// The code of a line, without a comment.
fn code(line: &str) -> &str {
    line.split("//").next().unwrap()
}

/// The names that stand behind each `path` in a line: `crate::{vm, session::x}` names two.
fn named<'l>(line: &'l str, path: &str) -> Vec<&'l str> {
    let name = |text: &'l str| {
        let end = text.find(|c: char| !c.is_alphanumeric() && c != '_').unwrap_or(text.len());
        &text[..end]
    };
    line.match_indices(path)
        .flat_map(|(at, _)| {
            let rest = &line[at + path.len()..];
            match rest.strip_prefix('{') {
                Some(list) => list.split(',').map(|part| name(part.trim())).collect(),
                None => vec![name(rest)],
            }
        })
        .collect()
}

#[test]
fn imports_point_one_way() {
    let mut imports = 0;
    for (file, text) in all_sources() {
        let own = layer(&file);
        let &(_, allowed) = LAYERS
            .iter()
            .find(|&&(layer, _)| layer == own)
            .unwrap_or_else(|| panic!("src/{file} belongs to no part of the table"));
        for (index, line) in text.lines().enumerate() {
            let line = code(line);
            assert!(!line.contains("use crate::{"), "src/{file}:{}: one part a line", index + 1);
            let up = named(line, "super::super::").into_iter();
            let up = up.filter(|name| LAYERS.iter().any(|(layer, _)| layer == name));
            for part in named(line, "crate::").into_iter().chain(up) {
                imports += 1;
                let known = LAYERS.iter().any(|&(layer, _)| layer == part);
                // What lib.rs exports is for users of the library.
                assert!(known, "src/{file}:{}: `{part}` is no part", index + 1);
                let fits = part == own || allowed.contains(&part);
                assert!(fits, "src/{file}:{}: {own} may not import {part}", index + 1);
            }
        }
    }
    assert!(imports > 100);
}

#[test]
fn a_wrong_import_would_be_seen() {
    assert_eq!(named("use crate::session::Session;", "crate::"), ["session"]);
    assert_eq!(named("f(crate::vm::x, crate::app::y)", "crate::"), ["vm", "app"]);
    assert_eq!(named("use crate::{vm, session::x};", "crate::"), ["vm", "session"]);
    assert_eq!(layer("vm/cell.rs"), "vm");
    assert_eq!(layer("store.rs"), "store");
}

/// What only some files may mention.
const ONLY: &[(&str, &[&str])] = &[
    ("egui", &["app/"]),
    ("eframe", &["app/"]),
    ("rfd::", &["app/"]),
    // Standard input is no file of ours, but is read through one.
    ("std::fs", &["store.rs", "cli/console.rs"]),
    ("fs::File", &["store.rs", "cli/console.rs"]),
    ("std::net", &[]),
    ("std::process", &["main.rs", "cli/mod.rs", "cli/console.rs"]),
    ("std::thread", &["cli/console.rs", "store/", "app/"]),
    ("std::env", &["cli/window.rs", "app/"]),
    ("std::time", &["app/"]),
    ("web_time", &["app/"]),
    ("unsafe ", &[]),
    ("println!", &[]),
    ("print!(", &[]),
    ("dbg!", &[]),
    ("todo!", &[]),
    ("unimplemented!", &[]),
];

#[test]
fn each_thing_is_done_in_one_place() {
    for (file, text) in all_sources() {
        // Tests at the end of a file may do what the code may not.
        let text = text.split("\n#[cfg(test)]\nmod tests").next().unwrap();
        if file.ends_with("/tests.rs") {
            continue;
        }
        for (index, line) in text.lines().enumerate() {
            for &(word, places) in ONLY {
                let allowed = places.iter().any(|place| file.starts_with(place));
                let found = code(line).contains(word);
                assert!(allowed || !found, "src/{file}:{}: {word}", index + 1);
            }
        }
    }
}

#[test]
fn the_machine_is_a_plain_value() {
    let files = all_sources();
    for (file, text) in files.iter().filter(|(file, _)| layer(file) == "vm") {
        for word in ["std::io", "Rc<", "RefCell", "Mutex", "Box<dyn", "thread_local", "Atomic"] {
            let found =
                text.lines().any(|line| code(line).split('"').next().unwrap().contains(word));
            assert!(!found, "src/{file} mentions {word}");
        }
    }
}

/// The packages of the dependency tree, each with its version.
fn tree(arguments: &[&str]) -> BTreeSet<String> {
    let mut command = Command::new(env!("CARGO"));
    command.current_dir(root()).args(["tree", "--locked", "--prefix", "none", "-f", "{p}"]);
    let done = command.args(arguments).output().unwrap();
    assert!(done.status.success(), "{}", String::from_utf8_lossy(&done.stderr));
    let words = |line: &str| line.split(' ').take(2).collect::<Vec<_>>().join(" ");
    String::from_utf8(done.stdout).unwrap().lines().map(words).collect()
}

fn versions(tree: &BTreeSet<String>, package: &str) -> usize {
    tree.iter().filter(|line| line.split(' ').next() == Some(package)).count()
}

/// What only the window needs.
const WINDOW: [&str; 7] = ["egui", "eframe", "egui_kittest", "winit", "glow", "rfd", "directories"];

#[test]
fn there_is_one_egui_and_no_wgpu() {
    let tree = tree(&["-e", "normal,dev,build"]);
    for package in WINDOW.into_iter().chain(["clap"]) {
        assert_eq!(versions(&tree, package), 1, "{package}");
    }
    for package in ["wgpu", "egui-wgpu"] {
        assert_eq!(versions(&tree, package), 0, "{package}");
    }
}

/// Neither the core nor its tests need it, nor what plain `cargo test` runs besides.
#[test]
fn without_the_window_there_is_no_egui() {
    let tree = tree(&["-e", "normal,dev,build", "--no-default-features"]);
    for package in ["midflight", "midflight-window-tests", "clap", "proptest"] {
        assert_eq!(versions(&tree, package), 1, "{package}");
    }
    for package in WINDOW {
        assert_eq!(versions(&tree, package), 0, "{package}");
    }
}
