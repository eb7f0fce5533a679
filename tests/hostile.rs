//! Files, names and arguments that try to deceive whoever reads a terminal or a message.

mod shell;
mod support;

use std::fs;
use std::path::Path;

use midflight::session::Session;
use midflight::session::record::Record;
use midflight::session::request::Request;
use midflight::vm::instruction::Primitive;
use shell::{Done, Shell};

/// Files with escape sequences in every place that a message can quote.
const FILES: [(&str, &[u8]); 11] = [
    ("a.session", include_bytes!("hostile/a.session")),
    ("b.session", include_bytes!("hostile/b.session")),
    ("c.session", include_bytes!("hostile/c.session")),
    ("d.session", include_bytes!("hostile/d.session")),
    ("e.session", include_bytes!("hostile/e.session")),
    ("f.session", include_bytes!("hostile/f.session")),
    ("g.session", include_bytes!("hostile/g.session")),
    ("h.session", include_bytes!("hostile/h.session")),
    ("i.session", include_bytes!("hostile/i.session")),
    ("j.session", include_bytes!("hostile/j.session")),
    ("names.ron", include_bytes!("hostile/names.ron")),
];

/// What a hostile file puts where a word is expected. `ESC ]` sets the title of a terminal, and U+009B is
/// the short form of `ESC [`.
const ATTACK: &str = "\u{1b}[31m\u{1b}]0;t\u{7}\u{9b}2J\u{202e}\u{8}";

/// Texts of files, with `%` for the attack.
const TEXTS: &[(&str, &str)] = &[
    ("t1.flpc", "1 % 2"),
    ("t2.flpc", "\"%\" 1 +"),
    ("t3.flpc", "\"%\" assign: x x missing"),
    ("t4.flpc", "assign: %"),
    ("t5.flpc", "[ ] bind: % 1"),
    ("t6.flpc", "\"\\% \""),
    ("t7.flpc", "%: x"),
    ("t8.flpc", "# %\n missing"),
    ("t9.flpc", "\"%\" str_to_int"),
    ("v1.session", "midflight-session %"),
    ("v2.session", "midflight-session 2\nbase %"),
    ("v3.session", "midflight-session 2\nbase image `%`"),
    ("v4.session", "midflight-session 2\nbase empty\nwrite 0:0 `\"%\"` | run 9\nexpect stack `%`"),
    ("v5.session", "midflight-session 2\nbase empty\nmoment `%`\ngoto %"),
    ("v6.session", "midflight-session 2\nbase empty\ndefine `%` `1`"),
    ("v7.session", "midflight-session 2\nbase empty\nwrite 0:0 `\\%`"),
    ("v8.session", "midflight-session 2\nbase empty\nexpect % `1`"),
    ("i1.ron", "(version: 2, %: 3)"),
    ("i2.ron", "(version: 2%)"),
    ("i3.ron", "% (version: 2)"),
    ("i4.ron", "(version: 2, retired: \"%\")"),
];

/// All ways to give a file to the command line, with `F` for it.
const COMMANDS: &[&[&str]] = &[
    &["F"],
    &["run", "F"],
    &["run", "F", "--trace"],
    &["run", "F", "--save", "saved.ron"],
    &["run", "F", "--save", "F"],
    &["run", "F", "--fuel", "0"],
    &["run", "empty.flpc", "--with", "F"],
    &["play", "F"],
    &["play", "F", "--trace"],
    &["play", "F", "--recover"],
    &["play", "F", "--update"],
    &["play", "F", "--to", "4", "--save", "saved.ron"],
    &["print", "F"],
    &["print", "F", "--cells"],
    &["print", "F", "--screen"],
];

#[track_caller]
fn assert_plain(done: &Done, what: &str) {
    for text in [&done.out, &done.err] {
        let bad = text
            .chars()
            .find(|&char| char.is_control() && char != '\n' && char != '\t' || char == '\u{202e}');
        assert_eq!(bad, None, "{what} writes a control character: {text:?}");
    }
}

#[test]
fn no_file_reaches_the_terminal_with_a_control_character() {
    let shell = Shell::new();
    shell.file("empty.flpc", "");
    let raw = FILES.map(|(name, bytes)| (name.to_string(), bytes.to_vec()));
    let texts = TEXTS.iter().map(|&(name, text)| (name.to_string(), text.replace('%', ATTACK)));
    let mut quoted = 0;
    for (name, bytes) in raw.into_iter().chain(texts.map(|(name, text)| (name, text.into_bytes())))
    {
        for command in COMMANDS {
            shell.file(&name, &bytes);
            let arguments: Vec<&str> = command
                .iter()
                .map(|&word| if word == "F" { name.as_str() } else { word })
                .collect();
            let done = shell.run(&arguments);
            assert_plain(&done, &arguments.join(" "));
            quoted += usize::from(done.err.contains("\\u{1b}"));
        }
    }
    // The tests are about messages that do quote the attack.
    assert!(quoted > 100, "only {quoted} messages quote it");
}

#[cfg(unix)]
#[test]
fn no_name_of_a_file_reaches_the_terminal_with_a_control_character() {
    let shell = Shell::new();
    shell.file("empty.flpc", "");
    for kind in ["flpc", "ron", "session"] {
        let name = format!("{ATTACK}.{kind}");
        for contents in [None, Some("1 missing"), Some("midflight-session 2\nbase empty\nrun x")] {
            if let Some(contents) = contents {
                shell.file(&name, contents);
            }
            for command in COMMANDS {
                let arguments: Vec<&str> = command
                    .iter()
                    .map(|&word| if word == "F" { name.as_str() } else { word })
                    .collect();
                assert_plain(&shell.run(&arguments), command.join(" ").as_str());
            }
        }
    }
}

#[test]
fn no_argument_reaches_the_terminal_with_a_control_character() {
    let shell = Shell::new();
    shell.file("empty.flpc", "");
    let option = format!("--{ATTACK}");
    let limit = format!("{ATTACK}=3");
    let value = format!("memory={ATTACK}");
    let text = format!("\"{ATTACK}\" {ATTACK}");
    let quoted = format!("\"{ATTACK}\" dup");
    for arguments in [
        ["run", "empty.flpc", &option].as_slice(),
        &[&option],
        &["run", "empty.flpc", "--limit", &limit],
        &["run", "empty.flpc", "--limit", &value],
        &["run", "empty.flpc", "--fuel", ATTACK],
        &["run", ATTACK, "--save", ATTACK],
        &["play", ATTACK, "--to", ATTACK],
        &["eval", &text],
        &["eval", &quoted],
        &["eval", &quoted, "--trace"],
        &["eval", ATTACK],
        &[ATTACK, ATTACK],
    ] {
        assert_plain(&shell.run(arguments), &arguments.join(" "));
    }
}

/// The program is what the user runs, so its output goes out as it is, and messages about it do not.
#[test]
fn only_what_the_program_prints_is_raw() {
    let shell = Shell::new();
    shell.file("red.flpc", "\"\\u{1b}[31m\" dup print missing");
    let done = shell.run(&["run", "red.flpc", "--trace"]);
    assert_eq!((done.code, done.out.as_str()), (3, "\u{1b}[31m"));
    assert!(done.err.contains("stack  \"\\u{1b}[31m\""), "{}", done.err);
    assert!(!done.err.contains('\u{1b}'), "{:?}", done.err);
    assert_plain(&shell.run(&["print", "red.flpc"]), "print");
}

/// Standard output and standard error have one door.
#[test]
fn one_file_writes_to_the_terminal() {
    let doors = ["io::stdout()", "io::stderr()", "println!(", " print!("];
    let mut users = Vec::new();
    for_each_source(&Path::new(env!("CARGO_MANIFEST_DIR")).join("src"), &mut |path, code| {
        if doors.iter().any(|door| code.contains(door)) {
            users.push(path.file_name().unwrap().to_str().unwrap().to_string());
        }
    });
    assert_eq!(users, ["terminal.rs"]);
}

/// The debug form of a value is for whoever works on this program. It has no place in a message.
#[test]
fn no_message_is_made_with_the_debug_form() {
    for_each_source(&Path::new(env!("CARGO_MANIFEST_DIR")).join("src"), &mut |path, code| {
        for (at, _) in code.match_indices(":?}").chain(code.match_indices(":#?}")) {
            let before = &code[..at];
            let function = &before[before.rfind("fn ").unwrap_or(0)..];
            assert!(function.starts_with("fn fmt("), "{}: {function}", path.display());
        }
    });
}

/// Visits each source file without its tests and comments.
fn for_each_source(folder: &Path, visit: &mut dyn FnMut(&Path, &str)) {
    for entry in fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            for_each_source(&path, visit);
        } else if path.extension().is_some_and(|kind| kind == "rs") && !path.ends_with("tests.rs") {
            let text = fs::read_to_string(&path).unwrap();
            let code = text.split("#[cfg(test)]").next().unwrap();
            let lines = code.lines().filter(|line| !line.trim_start().starts_with("//"));
            visit(&path, &lines.collect::<Vec<_>>().join("\n"));
        }
    }
}

/// Every instruction and form of value, where a command takes a value, a name or a place.
#[test]
fn no_refusal_shows_how_the_program_keeps_a_value() {
    let commands = [
        "push `%`",
        "parameter 0 `%`",
        "local 0 x `%`",
        "data 0:0 `%`",
        "restart 0 `%`",
        "define `%` `1`",
        "define f `%`",
        "bookmark `%` 0:0",
        "replace 0:0 `% % %`",
        "delete 0:0 `%`",
        "counter %",
        "limit % 3",
        "goto %",
        "expect cells 0 `%`",
        "expect waits `%`",
        "breakpoint 0:0 %",
    ];
    let words = Primitive::ALL.iter().map(|one| one.name());
    let forms = [
        "1",
        "-1",
        "\"a\"",
        "@0",
        "@7",
        "[ dup ]",
        "[ f ]",
        "call: f",
        "pushf: f",
        "pick: x",
        "assign: x",
        "label: l",
        "breakpoint",
        "...",
        "x:",
        "99999999999999999999",
        "f",
        "\"",
        "]",
        "@",
        "#",
    ];
    let mut lines = Vec::new();
    for word in words.chain(forms) {
        lines.extend(commands.iter().map(|command| command.replace('%', word)));
    }
    let mut seen = 0;
    for line in lines {
        let mut session = Session::default();
        let setup = Record::read("write 0:0 `\"a\" 1 assign: x 5 allocate` | run 5").unwrap();
        session.perform(Request::Record(setup)).unwrap();
        let message = match Record::read(&line) {
            Err(message) => message,
            Ok(record) => match session.perform(Request::Record(record)) {
                Err(refused) => refused.to_string(),
                Ok(_) => session.machine().waits().map(|stop| stop.to_string()).unwrap_or_default(),
            },
        };
        seen += usize::from(!message.is_empty());
        assert_no_debug_form(&message);
    }
    assert!(seen > 300, "{seen}");
}

/// Words such as `Primitive(Dup)`, `Some(`, `Text { .. }`.
#[track_caller]
fn assert_no_debug_form(message: &str) {
    let bytes = message.as_bytes();
    for (at, _) in message.match_indices(['(', '{']) {
        let word = message[..at].trim_end();
        let start = word.rfind(|char: char| !char.is_ascii_alphanumeric()).map_or(0, |at| at + 1);
        let camel = word[start..].chars().next().is_some_and(|char| char.is_ascii_uppercase());
        assert!(!camel || bytes[at] == b'{' && word.is_empty(), "a debug form in: {message}");
    }
}

/// `\u{3164}` is a letter that shows nothing, and a name of its own in files of version 1.
#[test]
fn an_invisible_name_of_version_1_is_spelled_out_and_what_is_printed_reads_back() {
    let shell = Shell::new();
    let image = "(version: 1, retired: 0, limits: (memory: 1000, parameters: 10, calls: 10, text: 10, \
                 output: 10), code: [(number: 0, kind: Function(\"main\"), start: 0, size: 100, \
                 cells: [\"\u{3164}\", \"x\u{200d}y\"]), (number: 1, kind: Function(\"\\u{3164}\"), \
                 start: 100, size: 100, cells: [\"assign: a\u{fe0f} a\u{fe0f}\"])], next_code: 2, \
                 tasks: [(counter: 0, parameters: [\"7 \\\"\u{200d}\\\"\"], calls: [(body: 0)])])";
    shell.file("a.ron", image);
    let printed = shell.run(&["print", "a.ron"]);
    assert_eq!(printed.code, 0, "{}", printed.err);
    let words = ["bind: \\u{3164}", "assign: a\\u{fe0f}", "x\\u{200d}y"];
    assert!(words.iter().all(|words| printed.out.contains(words)), "{}", printed.out);
    shell.file("b.flpc", &printed.out);
    assert_eq!(shell.run(&["print", "b.flpc"]).out, printed.out);
    let done = shell.run(&["run", "a.ron", "--save", "c.ron"]);
    assert_eq!(done.code, 3, "{}", done.err);
    assert_eq!(shell.run(&["print", "c.ron"]).out, printed.out);
    shell.file("d.ron", image.replacen("version: 1", "version: 2", 1));
    let done = shell.run(&["print", "d.ron"]);
    assert_eq!(done.code, 2);
    assert!(done.err.contains("the invisible character"), "{}", done.err);
    shell.file("e.session", "midflight-session 2\nbase empty\ndefine `\u{3164}` ``\n");
    let done = shell.run(&["play", "e.session"]);
    assert_eq!(done.code, 1, "{}", done.err);
    assert!(done.err.contains("the invisible character \\u{3164}"), "{}", done.err);
}
