//! Who may import whom, checked in the sources. docs/architecture.md has the table. Folders import in one
//! direction, and no files import each other.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

/// Each part of the library with the parts it may import.
const LAYERS: &[(&str, &[&str])] = &[
    ("vm", &[]),
    ("program", &["vm"]),
    ("session", &["vm", "program"]),
    ("grant", &["vm", "session", "store"]),
    ("embed", &["vm", "program", "session"]),
    ("view", &["vm", "program", "session"]),
    ("store", &[]),
    ("autosave", &["program", "session", "store"]),
    ("desk", &["vm", "program", "session", "view", "store", "autosave", "grant"]),
    ("app", &["vm", "program", "session", "view", "store", "desk"]),
    ("cli", &["vm", "program", "session", "view", "store", "app", "grant"]),
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

/// The names after each `path` in a line: `crate::{vm, session::x}` names two.
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
                // The library itself does not use what lib.rs exports.
                assert!(known, "src/{file}:{}: `{part}` is no part", index + 1);
                let fits = part == own || allowed.contains(&part);
                assert!(fits, "src/{file}:{}: {own} may not import {part}", index + 1);
            }
        }
    }
    assert!(imports > 100);
}

/// Other parts spell and read cells only through `program/notation.rs`. The one exception is an evaluation,
/// which shows the tokens of its text.
#[test]
fn the_notation_is_the_only_way_to_text() {
    let users = all_sources().into_iter().filter(|(file, text)| {
        !file.starts_with("program/") && text.lines().any(|line| code(line).contains("::forth"))
    });
    let users: Vec<String> = users.map(|(file, _)| file).collect();
    assert_eq!(users, ["session/evaluation.rs"]);
}

#[test]
fn a_wrong_import_would_be_seen() {
    assert_eq!(named("use crate::session::Session;", "crate::"), ["session"]);
    assert_eq!(named("f(crate::vm::x, crate::app::y)", "crate::"), ["vm", "app"]);
    assert_eq!(named("use crate::{vm, session::x};", "crate::"), ["vm", "session"]);
    assert_eq!(layer("vm/cell.rs"), "vm");
    assert_eq!(layer("store.rs"), "store");
}

// --- circles between files ------------------------------------------------------------------------

/// The code of a file, without its tests and comments.
fn code_of(text: &str) -> String {
    let text = text.split("\n#[cfg(test)]\n").next().unwrap();
    text.lines().map(code).collect::<Vec<_>>().join("\n")
}

/// The module of a file: `session/mod.rs` and `session.rs` are both `session`.
fn module(file: &str) -> Vec<&str> {
    let name = file.strip_suffix(".rs").unwrap();
    name.split('/').filter(|&part| part != "mod" && part != "lib").collect()
}

/// The paths at the start of a text, which is within a path: `a::{b, c::d}` are two.
fn paths<'t>(text: &'t str, prefix: &[&'t str], found: &mut Vec<Vec<&'t str>>) {
    let mut path = prefix.to_vec();
    let mut rest = text;
    loop {
        if let Some(list) = rest.strip_prefix('{') {
            let mut depth = 0;
            let mut start = 0;
            for (at, char) in list.char_indices() {
                match char {
                    '{' => depth += 1,
                    '}' if depth > 0 => depth -= 1,
                    ',' | '}' if depth == 0 => {
                        paths(list[start..at].trim(), &path, found);
                        start = at + 1;
                        if char == '}' {
                            return;
                        }
                    }
                    _ => {}
                }
            }
            return;
        }
        let end = rest.find(|c: char| !c.is_alphanumeric() && c != '_').unwrap_or(rest.len());
        path.push(&rest[..end]);
        match rest[end..].strip_prefix("::") {
            Some(more) => rest = more,
            None => return found.push(path),
        }
    }
}

/// The modules that a file names, each from the root of the library.
fn named_modules<'t>(own: &[&'t str], code: &'t str) -> Vec<Vec<&'t str>> {
    let mut found = Vec::new();
    for (start, from) in [("crate::", &[][..]), ("super::", &own[..own.len().saturating_sub(1)])] {
        for (at, _) in code.match_indices(start) {
            // `pub(in crate::session)` imports nothing. `super::super::` is found at its first `super`.
            let before = &code[..at];
            if before.ends_with("in ") || before.ends_with("::") {
                continue;
            }
            paths(&code[at + start.len()..], from, &mut found);
        }
    }
    // Each further `super` in a path leads one module up.
    for path in &mut found {
        while let Some(up) = path.iter().position(|&part| part == "super") {
            path.drain(up.saturating_sub(1)..=up);
        }
    }
    found
}

/// The files that each file imports. The children of a module are a part of it, so neither naming nor
/// declaring them is an import.
fn imports(files: &[(String, String)]) -> BTreeMap<String, BTreeSet<String>> {
    let modules: BTreeMap<Vec<&str>, &String> =
        files.iter().map(|(file, _)| (module(file), file)).collect();
    let mut graph = BTreeMap::new();
    for (file, text) in files {
        let own = module(file);
        let code = code_of(text);
        let mut imported = BTreeSet::new();
        for path in named_modules(&own, &code) {
            let target = (1..=path.len()).rev().find_map(|end| modules.get_key_value(&path[..end]));
            if let Some((target, file)) = target
                && !target.starts_with(&own)
            {
                imported.insert((*file).clone());
            }
        }
        graph.insert(file.clone(), imported);
    }
    graph
}

/// The groups of files that import each other, directly or not.
fn circles(graph: &BTreeMap<String, BTreeSet<String>>) -> Vec<Vec<&str>> {
    let reachable = |from: &str| {
        let mut seen: BTreeSet<&str> = BTreeSet::new();
        let mut open: Vec<&str> = graph[from].iter().map(String::as_str).collect();
        while let Some(file) = open.pop() {
            if seen.insert(file) {
                open.extend(graph[file].iter().map(String::as_str));
            }
        }
        seen
    };
    let reach: BTreeMap<&str, BTreeSet<&str>> =
        graph.keys().map(|file| (file.as_str(), reachable(file))).collect();
    let mut circles: Vec<Vec<&str>> = Vec::new();
    for (file, reached) in &reach {
        if reached.contains(file) && !circles.iter().any(|circle| circle.contains(file)) {
            circles.push(reached.iter().filter(|at| reach[*at].contains(file)).copied().collect());
        }
    }
    circles
}

#[test]
fn no_files_import_each_other() {
    let graph = imports(&all_sources());
    assert!(graph.values().map(BTreeSet::len).sum::<usize>() > 300);
    let circles = circles(&graph);
    let lines = circles.iter().flat_map(|circle| {
        circle.iter().map(|file| {
            let to = graph[*file].iter().filter(|to| circle.contains(&to.as_str()));
            format!("\n  src/{file} imports {}", to.cloned().collect::<Vec<_>>().join(", "))
        })
    });
    let lines: String = lines.collect();
    assert!(lines.is_empty(), "files import each other in a circle:{lines}");
}

#[test]
fn a_circle_would_be_seen() {
    let files = |list: &[(&str, &str)]| -> Vec<(String, String)> {
        list.iter().map(|&(file, text)| (file.to_string(), text.to_string())).collect()
    };
    let files = files(&[
        ("a/mod.rs", "mod b;\nmod c;\npub use b::B;"),
        ("a/b.rs", "use super::{c::C, d::{self, D}};\nstruct B;"),
        ("a/c.rs", "// use super::b::B;\npub(in crate::a) struct C;"),
        ("a/d.rs", "fn f() -> crate::e::E { g() }\n#[cfg(test)]\nmod tests { use super::*; }"),
        ("e.rs", "mod f;\nuse f::F;\nuse crate::a::b::B;"),
        ("e/f.rs", "use super::super::a::d::D;"),
    ]);
    assert_eq!(circles(&imports(&files)), [["a/b.rs", "a/d.rs", "e.rs"]]);
}

/// Words that only these files or folders may contain.
const ONLY: &[(&str, &[&str])] = &[
    ("egui", &["app/"]),
    ("eframe", &["app/"]),
    ("rfd::", &["app/"]),
    // Standard input is read as a file.
    ("std::fs", &["store/", "cli/blocks.rs"]),
    ("fs::File", &["store/", "cli/blocks.rs"]),
    ("std::net", &[]),
    ("std::process", &["main.rs", "cli/mod.rs", "cli/interrupt.rs"]),
    (
        "std::thread",
        &[
            "app/dialogs.rs",
            "desk/opening.rs",
            "cli/console.rs",
            "cli/interrupt.rs",
            "grant/clock.rs",
            "session/driver.rs",
            "store/",
        ],
    ),
    ("std::env", &["app/dialogs.rs", "cli/mod.rs", "cli/window.rs", "store/disk.rs"]),
    ("std::time", &["cli/waiting.rs", "desk/", "grant/clock.rs", "store/disk.rs"]),
    ("web_time", &["desk/pacing.rs", "cli/stats.rs", "grant/clock.rs"]),
    // The format of recordings has one home.
    ("midflight-session", &["session/recording.rs"]),
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

/// The most fields that a struct of the desk or the window may have. Group fields that belong together.
const FIELDS: usize = 11;

/// The structs in a source file, each with its number of fields.
fn structs(code: &str) -> Vec<(&str, usize)> {
    let mut found: Vec<(&str, usize)> = Vec::new();
    let mut is_inside = false;
    for line in code.lines() {
        let words: Vec<&str> = line.split([' ', '<', '(']).collect();
        let name = words.iter().position(|&word| word == "struct").map(|at| words[at + 1]);
        if let (Some(name), true) = (name, line.ends_with('{')) {
            found.push((name, 0));
            is_inside = true;
        } else if line == "}" {
            is_inside = false;
        } else if let (true, Some((_, fields))) = (is_inside, found.last_mut()) {
            let is_field = line.starts_with("    ") && line.contains(": ") && line.ends_with(',');
            *fields += usize::from(is_field && !line.trim_start().starts_with('#'));
        }
    }
    found
}

#[test]
fn structs_of_desk_and_window_are_small() {
    let files = all_sources();
    let files = files.iter().filter(|(file, _)| ["desk", "app"].contains(&layer(file)));
    let mut count = 0;
    for (file, text) in files {
        let code = code_of(text);
        for (name, fields) in structs(&code) {
            count += 1;
            assert!(fields <= FIELDS, "src/{file}: `{name}` has {fields} fields");
        }
    }
    assert!(count > 40, "{count}");
    let code =
        "pub struct A<'a> {\n    pub b: &'a [C],\n    d: u32,\n}\nstruct E(u32);\nstruct F {\n}\n";
    assert_eq!(structs(code), [("A", 2), ("F", 0)]);
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

/// Packages that only the window needs.
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

/// Without the window, nothing that a plain `cargo test` builds needs egui.
#[test]
fn without_the_window_there_is_no_egui() {
    let tree = tree(&["-e", "normal,dev,build", "--no-default-features", "--features", "cli"]);
    for package in ["midflight", "midflight-window-tests", "clap", "proptest"] {
        assert_eq!(versions(&tree, package), 1, "{package}");
    }
    for package in WINDOW {
        assert_eq!(versions(&tree, package), 0, "{package}");
    }
}
