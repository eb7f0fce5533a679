//! Bad input at the command line: each is refused with exit code 2 and a message that names the place.
//! Memory stays bounded and no file changes.

mod shell;
mod support;

use shell::{Shell, program};

/// Runs the binary, which must refuse, and returns its message.
fn refused(shell: &Shell, arguments: &[&str]) -> String {
    let before = shell.listing();
    let done = shell.run_bounded(arguments);
    assert_eq!(done.code, 2, "{arguments:?}: {} {}", done.out, done.err);
    assert_eq!(done.out, "", "{arguments:?}");
    assert!(!done.err.trim().is_empty() && done.err.len() < 20_000, "{arguments:?}");
    assert!(shell.listing() == before, "{arguments:?} changed a file");
    done.err
}

fn says(shell: &Shell, arguments: &[&str], words: &[&str]) {
    let said = refused(shell, arguments);
    for word in words {
        assert!(said.contains(word), "{arguments:?}: {word} is not in\n{said}");
    }
}

#[test]
fn arguments() {
    let shell = Shell::new();
    shell.file("a.flpc", "1 print");
    shell.file("b.ron", "(version: 2)");
    shell.file("c.txt", "midflight-session 2\nbase empty\n");
    std::fs::create_dir(shell.path("folder.ron")).unwrap();
    let cases: &[(&[&str], &[&str])] = &[
        (&["--nosuch"], &["--nosuch"]),
        (&["rn", "x"], &["`rn` is neither a command nor a file", "run, play, print, eval"]),
        (&["run", "a.flpc", "--with", "b.ron"], &["b.ron: this is an image; --with takes"]),
        (&["run", "a.flpc", "--with", "c.txt"], &["c.txt: this is a recording; --with takes"]),
        (&["a.flpc", "x"], &["`a.flpc` is opened in the window, and nothing can follow it"]),
        (&["run"], &["FILE"]),
        (&["run", "a.flpc", "--nosuch"], &["--nosuch"]),
        (&["run", "a.flpc", "b.flpc"], &["b.flpc"]),
        (&["run", "none.flpc"], &["none.flpc", "No such file"]),
        (&["run", "folder.ron"], &["folder.ron", "directory"]),
        (&["run", "a.flpc", "--fuel", "many"], &["many", "use a number"]),
        (&["run", "a.flpc", "--fuel", "-1"], &["-1"]),
        (&["run", "a.flpc", "--fuel", "99999999999999999999"], &["--fuel", "too large"]),
        (&["run", "a.flpc", "--limit", "memory"], &["KIND=N"]),
        (&["run", "a.flpc", "--limit", "time=1"], &["time", "memory, parameters"]),
        (&["run", "a.flpc", "--limit", "memory=1152921504606846976"], &["268435456"]),
        (&["run", "a.flpc", "--limit", "calls=99999999999999999999999"], &["10000000"]),
        (&["run", "a.flpc", "--limit", "text=-1"], &["text"]),
        (&["run", "a.flpc", "--save", "a.flpc"], &["a.flpc", ".ron"]),
        (&["run", "a.flpc", "--save", "folder.ron"], &["directory"]),
        (&["run", "a.flpc", "--save", "none/a.ron"], &["none/a.ron"]),
        (&["run", "a.flpc", "--with", "none.flpc"], &["none.flpc"]),
        (&["play"], &["FILE"]),
        (&["play", "a.flpc"], &["a.flpc", "line 1", "not a recording"]),
        (&["play", "none.session"], &["none.session"]),
        (&["print", "none.ron"], &["none.ron"]),
        (&["eval"], &["TEXT"]),
        (&["eval", "1", "2"], &["2"]),
        (&["eval", "1 ]"], &["text:1:3", "closes nothing"]),
    ];
    for (arguments, words) in cases {
        says(&shell, arguments, words);
    }
    if cfg!(target_os = "linux") {
        says(&shell, &["none.flpc"], &["none.flpc"]);
    }
}

#[test]
fn program_texts() {
    let shell = Shell::new();
    let brackets = "[".repeat(1_000_000);
    let closed = "]".repeat(1_000_000);
    let pairs = "[ ] ".repeat(1_100_000);
    let name = "x".repeat(1 << 20);
    let text = format!("\"{}\"", "y".repeat(1 << 20));
    let cases: &[(&[u8], &[&str])] = &[
        (b"1 [ 2", &["a.flpc:1:3", "not closed"]),
        (b"1\n 2 ]", &["a.flpc:2:4", "closes nothing"]),
        (brackets.as_bytes(), &["1,000,000 brackets are not closed", "line 1, column 1"]),
        (closed.as_bytes(), &["1,000,000 brackets close nothing"]),
        (pairs.as_bytes(), &["too many blocks: 1,100,000"]),
        (name.as_bytes(), &["a.flpc:1:1"]),
        (text.as_bytes(), &["a.flpc:1:1", "65,536"]),
        (b"1152921504606846976", &["a.flpc:1:1", "1152921504606846976"]),
        (b"-1152921504606846977", &["a.flpc:1:1"]),
        (b"99999999999999999999999999999999999", &["a.flpc:1:1"]),
        (b"1 \"open\n2", &["a.flpc:1:3"]),
        (b"assign: 5", &["`5` is a number"]),
        (b"@200", &["a.flpc:1:1"]),
        (b"[ ] bind: f [ ] bind: f", &["`f` is defined twice"]),
        (b"[ ] bind: main", &["`main`"]),
        (b"1 \0 2", &["a.flpc", "byte 2 is zero"]),
        (b"\x7fELF\x02\x01\x01\xff\xfe", &["a.flpc", "UTF-8"]),
    ];
    for (contents, words) in cases {
        shell.file("a.flpc", contents);
        says(&shell, &["run", "a.flpc", "--save", "a.ron"], words);
        says(&shell, &["print", "a.flpc"], words);
        shell.file("good.flpc", "1");
        refused(&shell, &["run", "good.flpc", "--with", "a.flpc"]);
    }
    // All mistakes are reported, not only the first.
    shell.file("a.flpc", "bind: x\n99999999999999999999\n]");
    says(&shell, &["run", "a.flpc"], &["a.flpc:1:1", "a.flpc:2:1", "a.flpc:3:1"]);
}

#[test]
fn additions() {
    let shell = Shell::new();
    shell.file("a.flpc", "[ 1 ] bind: f f print");
    shell.file("main.flpc", "[ 1 ] bind: g 5 print");
    shell.file("other.flpc", "[ 2 ] bind: f");
    says(&shell, &["run", "a.flpc", "--with", "main.flpc"], &["main.flpc", "only definitions"]);
    says(
        &shell,
        &["run", "a.flpc", "--with", "other.flpc"],
        &["other.flpc", "`f` is already defined"],
    );
    says(&shell, &["run", "a.flpc", "--with", &program("fib.session")], &["fib.session"]);
}

#[test]
fn images() {
    let shell = Shell::new();
    let good = std::fs::read_to_string(program("fib-paused.ron")).unwrap();
    let with = |from: &str, to: &str| {
        assert!(good.contains(from), "{from}");
        good.replacen(from, to, 1)
    };
    let huge = "1152921504606846976";
    let cases: Vec<(String, &[&str])> = vec![
        (String::new(), &["empty"]),
        ("  \n\n".to_string(), &["empty"]),
        ("hello".to_string(), &["not an image"]),
        (good[..good.len() / 2].to_string(), &["line"]),
        (good[..good.len() - 3].to_string(), &["line"]),
        (with("version: 6", "version: 7"), &["version 7", "versions 1 to 6"]),
        (with("version: 6", &format!("version: {huge}")), &["version"]),
        (with("counter: 200", "counter: 5000"), &["5000"]),
        (with("counter: 200", &format!("counter: {huge}")), &["counter"]),
        (with("returns_to: 110", "returns_to: 987"), &["987"]),
        (with("returns_to: 110", &format!("returns_to: {huge}")), &["task"]),
        (with("body: 2", "body: 77"), &["77"]),
        (with("size: 100", &format!("size: {huge}")), &["line"]),
        (with("size: 100", "size: 4000000000"), &["4000000000"]),
        (with("size: 100", "size: 0"), &["no code cell at 2"]),
        (with("start: 100", &format!("start: {huge}")), &["no code cell at 110"]),
        (with("start: 100", "start: 150"), &["no code cell at 110"]),
        (with("start: 100", "start: 200"), &["200"]),
        (with("next_code: 3", "next_code: 4000000000"), &["at most"]),
        (with("next_code: 3", "next_code: 1"), &["order"]),
        (with("memory: 16777216", &format!("memory: {huge}")), &["memory"]),
        (with("\"3 fib\"", &format!("\"{huge}\"")), &["does not fit"]),
        (with("\"3 fib\"", "\"[ 3\""), &["code body 0"]),
        (with("\"3 fib\"", "\"@900\""), &["code body 0"]),
        (with("\"i\": \"3\"", "\"i\": \"fib\""), &["call 1"]),
        (with("Function(\"fib\")", "Function(\"main\")"), &["main"]),
        (with("Function(\"fib\")", &format!("Function(\"{}\")", "n".repeat(1 << 20))), &["name"]),
        (with("Block(of: 1)", "Block(of: 9)"), &["code body"]),
        (good.replace('(', "[").replace(')', "]"), &["not an image"]),
        (with("(", &"(".repeat(1_000_000)), &["paused.ron"]),
    ];
    for (text, words) in cases {
        shell.file("paused.ron", &text);
        let said = refused(&shell, &["run", "paused.ron", "--save", "paused.ron"]);
        let start = &text[..text.len().min(1500)];
        assert!(said.contains("paused.ron"), "{said}");
        for word in words {
            assert!(said.contains(word), "{word} is not in\n{said}\nof\n{start}");
        }
        refused(&shell, &["print", "paused.ron", "--screen"]);
    }
    shell.file("binary.ron", b"\x00\x01\x02\xff");
    says(&shell, &["run", "binary.ron"], &["binary.ron", "byte 0"]);
}

#[test]
fn recordings() {
    let shell = Shell::new();
    let head = "midflight-session 2\nbase empty\n";
    let cases: Vec<(String, &[&str])> = vec![
        (String::new(), &["line 1", "not a recording"]),
        (
            "midflight-session 7\nbase empty\n".to_string(),
            &["line 1", "version 7", "versions 1 to 6"],
        ),
        ("midflight-session 2\n".to_string(), &["line 2", "base"]),
        ("midflight-session 2\nbase image `(`\n".to_string(), &["line 2"]),
        ("midflight-session 2\nbase program `[`\n".to_string(), &["line 2", "not closed"]),
        (format!("{head}wriet 0:0 `1`\n"), &["line 3", "`wriet`"]),
        (format!("{head}\nrun 1 2\n"), &["line 4", "one word too many"]),
        (format!("{head}write 0:0 `1\n"), &["line 3", "not closed"]),
        (format!("{head}run 99999999999999999999999\n"), &["line 3"]),
        (format!("{head}write 0:99999999999 `1`\n"), &["line 3", "not a place"]),
        (format!("{head}expect nothing 3\n"), &["line 3", "`nothing`", "stack"]),
        (format!("{head}expect\n"), &["line 3"]),
    ];
    for (text, words) in cases {
        shell.file("a.session", &text);
        let mut all = vec!["a.session"];
        all.extend(words);
        says(&shell, &["play", "a.session", "--save", "a.ron"], &all);
        says(&shell, &["play", "a.session", "--update"], &all);
    }
    says(&shell, &["run", &program("fib.session")], &["midflight play"]);
    says(&shell, &["print", &program("fib.session")], &["midflight play"]);
}

#[test]
fn a_damaged_recording_is_played_up_to_the_damage_if_one_wants() {
    let shell = Shell::new();
    shell.file(
        "a.session",
        "midflight-session 2\nbase empty\npush `1`\npush `2`\npsh `3`\npush `4`\n",
    );
    says(&shell, &["play", "a.session"], &["a.session", "line 5", "--recover"]);
    let done = shell.run(&["play", "a.session", "--recover", "--save", "a.ron"]);
    assert!(done.err.contains("line 5") && done.err.contains("before it"), "{}", done.err);
    let saved = std::fs::read_to_string(shell.path("a.ron")).unwrap();
    assert!(saved.contains("parameters: [\n                \"1 2\","), "{saved}");
}

#[test]
fn of_a_damaged_image_the_one_before_is_named_and_can_be_read() {
    let shell = Shell::new();
    shell.file("a.ron~", std::fs::read(program("fib-paused.ron")).unwrap());
    shell.file("a.ron", "(version: 2, ");
    says(&shell, &["print", "a.ron"], &["a.ron", "a.ron~"]);
    let done = shell.run(&["print", "a.ron~"]);
    assert!(done.out.contains("bind: fib"), "{}", done.out);
}

#[test]
fn a_recording_that_a_power_cut_damaged_is_played_up_to_the_damage() {
    let good = b"midflight-session 2\nbase empty\npush `1`\npush `2`\n";
    for tail in
        [&[0; 5000][..], b"push `3\0\0\0\0", b"push `\"\xe2\x82", b"push `\"\xff\"`\npush `4`\n"]
    {
        let shell = Shell::new();
        shell.file("a.session", [good, tail].concat());
        says(&shell, &["play", "a.session"], &["a.session", "byte", "--recover"]);
        let done = shell.run(&["play", "a.session", "--recover", "--save", "a.ron"]);
        assert!(done.err.contains("byte") && done.err.contains("before it"), "{}", done.err);
        let saved = std::fs::read_to_string(shell.path("a.ron")).unwrap();
        assert!(saved.contains("parameters: [\n                \"1 2\","), "{saved}");
    }
    let shell = Shell::new();
    shell.file("a.session", b"\0\0\0\0");
    says(&shell, &["play", "a.session", "--recover"], &["a.session", "byte 0 is zero"]);
}

#[test]
fn new_expectations_leave_the_ends_of_lines_as_they_are() {
    for (end, last) in [("\n", "\n"), ("\r\n", "\r\n"), ("\r\n", ""), ("\n", "")] {
        let shell = Shell::new();
        let text = |stack: &str| {
            let lines = ["midflight-session 2", "base empty", "# here", "push `1`", stack];
            lines.join(end) + last
        };
        shell.file("a.session", text("  expect stack `2`"));
        let done = shell.run(&["play", "a.session", "--update"]);
        assert_eq!(done.code, 0, "{}", done.err);
        let updated = std::fs::read_to_string(shell.path("a.session")).unwrap();
        assert_eq!(updated, text("  expect stack `1`"));
    }
}

/// The system refuses to let any file grow beyond a limit, as a full disk does.
#[cfg(unix)]
#[test]
fn an_image_that_the_disk_has_no_room_for_leaves_the_one_before() {
    let shell = Shell::new();
    shell.file("big.flpc", "\"0123456789\" ".repeat(1000));
    let first = shell.run(&["run", "big.flpc", "--fuel", "10", "--save", "a.ron"]);
    assert_eq!(first.code, 5, "{}", first.err);
    let before = shell.listing();
    for blocks in 0..4 {
        let script = format!(
            "trap '' XFSZ; ulimit -f {blocks}; \"{}\" run big.flpc --save a.ron",
            shell::BINARY
        );
        let done = shell.script(&script, b"");
        assert_eq!(done.code, 2, "{}", done.err);
        assert!(done.err.contains("a.ron") && done.err.contains("not saved"), "{}", done.err);
        assert!(shell.listing() == before, "{blocks} blocks of room");
    }
}

#[test]
fn what_is_wrong_with_a_long_line_is_said_in_few_words() {
    let shell = Shell::new();
    let head = "midflight-session 2\nbase empty\n";
    let long = "9".repeat(1_000_000);
    for text in [
        format!("midflight-session {long}\n"),
        format!("midflight-session 2\nbase {long}\n"),
        format!("{head}{}\n", "|".repeat(1_000_000)),
        format!("{head}more {long}\n"),
        format!("{head}goto {long}\n"),
        format!("{head}write {long}:0 `1`\n"),
    ] {
        shell.file("a.session", text);
        let done = shell.run(&["play", "a.session"]);
        assert_eq!(done.code, 2, "{}", &done.err[..200]);
        assert!(done.err.len() < 500, "{} bytes: {}", done.err.len(), &done.err[..200]);
    }
}

#[cfg(unix)]
#[test]
fn a_pipe_or_a_device_is_named_and_not_waited_for() {
    let shell = Shell::new();
    shell.file("a.flpc", "1 print");
    let made = std::process::Command::new("mkfifo").arg(shell.path("pipe")).status().unwrap();
    assert!(made.success());
    let before = ["run", "print", "play"].map(|verb| vec![verb]);
    for arguments in before.into_iter().chain([vec!["run", "a.flpc", "--with"]]) {
        for (file, words) in [("pipe", "named pipe"), ("/dev/zero", "device")] {
            let done = shell.run(&[&arguments[..], &[file]].concat());
            assert_eq!(done.code, 2, "{arguments:?} {file}: {}", done.err);
            assert!(done.err.contains(words), "{arguments:?} {file}: {}", done.err);
        }
    }
    assert_eq!(shell.give(&["run", "/dev/stdin"], b"1 print").out, "1");
}

#[test]
fn a_mistake_in_an_image_is_said_in_our_words() {
    let shell = Shell::new();
    let image = "(version: 2, retired: 0, limits: (memory: 1000, parameters: 10, calls: 10, text: 10, \
                 output: 10), code: [(number: 0, kind: Function(\"main\"), start: 0, size: 100)], \
                 next_code: 1, data: [(number: 0, start: 100, size: 5, cells: [(0, \"1\")])], \
                 tasks: [(counter: 0, calls: [(body: 0)])])";
    shell.file("a.ron", image);
    assert_eq!(shell.run(&["print", "a.ron"]).code, 0);
    for (good, bad, words) in [
        ("retired: 0", "retired: 1e3", "`e` is not a digit"),
        ("retired: 0", "retired: x", "a number is expected here"),
        ("[(number: 0, kind", "[[number: 0, kind", "`(` is expected here: the fields of the body"),
        ("(0, \"1\")", "(5, \"1\")", "data body 0, cell 5: it has 5 cells"),
        ("(0, \"1\")", "(0, \"1\"", "`)` is expected here"),
    ] {
        shell.file("b.ron", image.replacen(good, bad, 1) + " // ends here");
        let said = refused(&shell, &["print", "b.ron"]);
        assert!(said.contains(words), "{bad}: {said}");
        assert!(!said.contains("may be missing"), "{bad}: {said}");
    }
}

/// Two gigabytes, where the shell allows less.
#[cfg(target_os = "linux")]
#[test]
fn an_image_for_which_there_is_no_memory_is_refused() {
    let shell = Shell::new();
    let limits = "memory: 268435456, parameters: 10, calls: 10, text: 10, output: 10";
    let image = format!(
        "(version: 2, retired: 0, limits: ({limits}), code: [(number: 0, kind: Function(\"main\"), \
         start: 0, size: 100)], next_code: 1, data: [(number: 0, start: 100, size: 268000000)], \
         tasks: [(counter: 0, calls: [(body: 0)])])"
    );
    shell.file("a.ron", image);
    let said = refused(&shell, &["run", "a.ron"]);
    assert!(said.contains("memory: the system does not give memory for 268000100 cells"), "{said}");
}
