//! Files that are not valid images: each is refused with the place and the reason. None makes the program
//! panic, or use much more memory than the file is long.

mod support;

use midflight::program::file::ImageError;
use midflight::program::image::Image;
use midflight::vm::memory::Place;
use support::choices::Choices;

/// An image with something of everything.
const SAMPLE: &str = include_str!("images/version-2.ron");

fn error(text: &str) -> String {
    match Image::from_file_text(text) {
        Ok(image) => panic!("this was loaded:\n{text}\nas\n{}", image.to_file_text()),
        Err(error) => error.to_string(),
    }
}

/// The sample with a part replaced, which must occur exactly once.
#[track_caller]
fn changed(part: &str, other: &str) -> String {
    assert_eq!(SAMPLE.matches(part).count(), 1, "{part}");
    SAMPLE.replace(part, other)
}

#[track_caller]
fn refused(part: &str, other: &str, reason: &str) {
    let message = error(&changed(part, other));
    assert!(message.contains(reason), "{part} -> {other}: {message}");
}

#[test]
fn what_is_no_image() {
    for text in ["", " \n\t", "\u{feff}"] {
        assert_eq!(Image::from_file_text(text), Err(ImageError::Empty));
    }
    let foreign = [
        "(",
        "()",
        "version: 1",
        "(retired: 1, version: 1)",
        "{\"version\": 1}",
        "// (version: 1",
        "(version: one)",
        "(version: -1)",
        "image(version: 1)",
        "\u{1}\u{2}\u{fffd}",
        "[ 1 ] bind: f",
        "#![enable(unwrap_newtypes)] (version: 1)",
    ];
    for text in foreign {
        assert_eq!(Image::from_file_text(text), Err(ImageError::NoImage), "{text}");
    }
}

#[test]
fn other_versions_are_named() {
    let message = "this image is version 9; this program reads versions 1 to 6";
    assert_eq!(error("(version: 9, all: [is, different])"), message);
    assert_eq!(error(" // newer\n(\r\n version :9"), message);
    assert!(error("(version: 7)").contains("version 7;"));
    assert!(error("(version: 0)").contains("version 0;"));
    let digits = "9".repeat(1_000_000);
    assert!(error(&format!("(version: {digits})")).len() < 100);
}

#[test]
fn how_it_is_written_does_not_matter() {
    let image = Image::from_file_text(SAMPLE).unwrap();
    let other_ways = [
        SAMPLE.replace('\n', "\r\n"),
        format!("\u{feff}{SAMPLE}"),
        format!("// a comment\n{SAMPLE}// and one"),
        changed("input: [\n        \"Bob\",", "input_ended: false, input: [\"B\", r\"ob\", \"\""),
        changed(
            "\"40 allocate assign: seen\",",
            "\"40\", \"\", \"allocate # x\", \"assign: seen\",",
        ),
        changed("(32, \"0 0 0 0 0 0 pushf: greet\")", "(32, \"\"), (38, \"@100\")"),
        SAMPLE.lines().map(str::trim_start).collect::<Vec<_>>().join("\n"),
    ];
    for text in other_ways {
        assert!(Image::from_file_text(&text).unwrap() == image, "{text}");
    }
}

#[test]
fn syntax() {
    refused("retired: 15,", "retired: fifteen,", "line 3, column 14: ");
    refused("retired: 15,", "retired: 15, speed: 3,", "`speed`");
    refused("retired: 15,", "retired: 15, retired: 15,", "duplicate field named `retired`");
    refused("next_code: 3,", "", "missing field named `next_code`");
    refused("size: 40", "size: -40", "line 26, column 42: the number");
    refused("size: 40", "size: 99999999999999999999", "the number is out of range");
    refused("(32, ", "(-32, ", "line 28, column 17: the number");
    refused("(32, ", "(32.5, ", "line 28, column ");
    refused("(32, ", "(32, 1, ", "line 28, column ");
    refused("cells: [\n            (16, ", "cells: [(-16, ", "line 26, column 55: the number");
    refused("kind: Function(\"main\")", "kind: Main", "`Main`");
    refused("Block(of: 0)", "Block(of: 0, in: 1)", "`in`");
    refused("again: Always", "again: Often", "`Often`");
    refused("\"Bob\"", "\"\\q\"", "escape");
    refused("{\"n\": \"0\"", "{\"n\": \"0\", \"n\": \"1\"", "duplicate key `n`");
    assert!(error(&format!("{SAMPLE}1")).contains("the image ends before this"));
}

#[test]
fn the_machine() {
    refused("retired: 15", "retired: 18446744073709551615", "retired: at most");
    refused("memory: 16777216", "memory: 1152921504606846976", "limit memory: 11529215046068469");
    refused("next_code: 3", "next_code: 2", "code body 2: its number");
    refused("next_code: 3", "next_code: 4000000000", "code: there can be at most");
    refused("retired: 15", "retired: 15, current: 1", "tasks: there is no task 1");
    refused("[103]", "[103, 250, 400]", "breakpoints: there is no code cell at 400");
    refused(
        "\"the-loop\": 8",
        "\"the-loop\": 100000",
        "bookmark `the-loop`: there is no code cell",
    );
}

#[test]
fn code() {
    refused(
        "Function(\"main\")",
        "Function(\"start\")",
        "code body 0: it must be the function `main`",
    );
    refused("Function(\"greet\")", "Function(\"main\")", "code body 1: a second function");
    refused("Function(\"greet\")", "Function(\"a b\")", "code body 1: `a b` cannot be a name");
    refused("number: 1,", "number: 2,", "code body 2: its number is out of order");
    refused("Block(of: 0)", "Block(of: 2)", "its owner, body 2, is not a function");
    refused("Block(of: 0)", "Block(of: 7)", "its owner, body 7, is not a function");
    refused("start: 200", "start: 100", "bodies: two of them start at 100");
    refused("start: 200", "start: 210", "code body 0, row 4: no body starts at 200");
    refused(
        "start: 200, size: 100",
        "start: 200, size: 200",
        "data body 0: it cannot start at 300",
    );
    for start in [50_u64, 350, 410, 1 << 60] {
        let more = format!("(number: 3, kind: Former(\"f\"), start: {start}, size: 100),\n    ],");
        let text = changed("],\n    next_code: 3", &format!("{more}\n    next_code: 4"));
        assert!(error(&text).contains("body 3: it cannot"), "{start}");
    }
    refused(
        "start: 200, size: 100",
        "start: 200, size: 4294967295",
        "it has 4294967295 cells; a body has at most 16777216",
    );
    refused(
        "start: 200, size: 100",
        "start: 200, size: 1152921504606846976",
        "the number is out of",
    );
    refused(
        "start: 200, size: 100",
        "start: 200, size: 12",
        "code body 2, cell 14: the body has no",
    );
    refused("start: 200, size: 100", "start: 200, size: 0", "there is no code cell at 202");
    // A mistake in a word is reported with its body and row.
    refused("\"0 assign: n\"", "\"0 asign: n\"", "code body 0, row 2: there is no prefix `asign:`");
    refused("\"0 assign: n\"", "\"0 assign: n [\"", "code body 0, row 2: ");
    refused("\"0 assign: n\"", "\"0 assign: n [ 1 ]\"", "a block is a separate body");
    refused("\"0 assign: n\"", "\"0 [ ] bind: n\"", "code body 0, row 2: ");
    refused("\"0 assign: n\"", "\"1152921504606846976\"", "code body 0, row 2: the number");
    refused("\"0 assign: n\"", "\"@700\"", "code body 0, row 2: no body starts at 700");
    refused(
        "\"0 assign: n\"",
        "\"@300\"",
        "code body 0, cell 3: code cannot contain the address of data",
    );
    refused(
        "\"0 assign: n\"",
        "\"@200\"",
        "code body 0, cell 6: the block at 200 is already written",
    );
    refused(
        "\"assign: name\"",
        "\"@200\"",
        "code body 1, cell 0: the block at 200 belongs to `main`",
    );
}

#[test]
fn data() {
    let large = 1_u64 << 61;
    refused(
        "(number: 0, start: 300",
        &format!("(number: {large}, start: 300"),
        &format!("data body {large}: its number is above"),
    );
    refused("retired: 15,", "retired: 15, next_data: 0,", "next_data: 0 cannot be the number");
    refused("retired: 15,", "retired: 15, free: (end: 300),", "free: bodies are there, or");
    refused(
        "retired: 15,",
        "retired: 15, free: (gaps: [(300, 100)], end: 400),",
        "free: bodies are",
    );
    refused("growth: (", &format!("growth: (text: {large}, "), "growth: no count can be above");
    let old = |part: &str, other: &str, reason: &str| {
        let text = include_str!("images/version-1.ron");
        assert_eq!(text.matches(part).count(), 1, "{part}");
        let message = error(&text.replace(part, other));
        assert!(message.contains(reason), "{part} -> {other}: {message}");
    };
    old("(number: 0, start: 300", "(number: 1, start: 300", "data body 1: its number is out");
    for field in ["next_data: 1,", "free: (end: 400),", "growth: (cells: 1),"] {
        let part = field.split(':').next().unwrap();
        old(
            "retired: 15,",
            &format!("retired: 15, {field}"),
            &format!("{part}: an image of version 1"),
        );
    }
    refused("start: 300", "start: 299", "no body starts at 300");
    refused(
        "size: 40",
        "size: 1152921504606846976",
        "data body 0: it has 1152921504606846976 cells; there are at most 268435456",
    );
    refused("size: 40", "size: 268435456", "memory: all bodies together");
    refused("size: 40", "size: 38", "data body 0, cell 38: ");
    refused("(32, ", "(17, ", "data body 0, row 17: it overlaps the row before it");
    refused("(32, ", "(18446744073709551615, ", "data body 0, cell 18446744073709551615");
    refused("0 pushf: greet", "0 pushf: shout", "there is no function `shout`");
    refused("0 pushf: greet", "0 greet", "data body 0, row 32: `greet` is not a value");
    refused("0 pushf: greet", "0 @99", "data body 0, row 32: no body starts at 99");
}

#[test]
fn tasks() {
    refused("counter: 104", "counter: 299999", "task 0, counter: there is no code cell at 299999");
    refused("counter: 104", "counter: 300", "task 0, counter: there is no code cell at 300");
    refused("counter: 104", "counter: 18446744073709551615", "task 0, counter: ");
    refused("returns_to: 202", "returns_to: 340", "task 0, call 2: there is no code cell at 340");
    refused("returns_to: 202, ", "", "task 0, call 2: it has no return address");
    refused("(body: 0, locals", "(body: 0, returns_to: 4, locals", "the bottom of its call stack");
    refused("(body: 0, locals", "(body: 0, again: Always, locals", "the bottom of its call stack");
    refused("(body: 2, ", "(body: 9, ", "task 0, call 1: there is no code body 9");
    refused("again: Always)", "again: Always, locals: {\"a\": \"1\"})", "a block has no locals");
    refused("{\"n\": \"0\"", "{\"n\": \"0 1\"", "call 0, local `n`: a local has one value, not 2");
    refused("{\"n\": \"0\"", "{\"n\": \"\"", "call 0, local `n`: a local has one value, not 0");
    refused("{\"n\": \"0\"", "{\"n n\": \"0\"", "task 0, call 0: `n n` cannot be a name");
    refused("{\"n\": \"0\"", "{\"n\": \"+\"", "local `n`: `+` is not a value");
}

#[test]
fn no_mark_stands_behind_the_last_cell() {
    // No body follows `main`, so only its size shows that 100 is not one of its cells.
    let last = Place::new(0, 99);
    let mut image = Image::default();
    image.breakpoints.insert(last);
    image.bookmarks.insert("the end".to_string(), last);
    let text = image.to_file_text();
    assert!(Image::from_file_text(&text).unwrap() == image);
    for (mark, part) in
        [("breakpoints: [99]", "breakpoints"), ("\"the end\": 99", "bookmark `the end`")]
    {
        assert_eq!(text.matches(mark).count(), 1, "{text}");
        let message = error(&text.replace(mark, &mark.replace("99", "100")));
        assert!(message.contains(&format!("{part}: there is no code cell at 100")), "{message}");
    }
}

#[test]
fn a_million_brackets() {
    let million = |text: &str| text.repeat(1_000_000);
    for bracket in ["(", "[", "{", "Some(", "/*", "[(", "(a:", "r#", "\"", "\\", "//\n(", "-"] {
        let brackets = million(bracket);
        assert!(Image::from_file_text(&brackets).is_err());
        for part in ["15,", "\"Bob\"", "Function(\"main\")", "Always", "{\"n\": \"0\"", "8,"] {
            error(&changed(part, &brackets));
        }
        error(&format!("(version: 1, {brackets}"));
        error(&format!("{SAMPLE}{brackets}"));
    }
    for words in
        [million("["), million("[ "), million("[]"), million("] "), million("1 "), million("\"")]
    {
        let row = format!("r#####\"{words}\"#####,");
        error(&changed("\"0 assign: n\",", &row));
    }
}

#[test]
fn a_file_that_was_cut_off() {
    let end = SAMPLE.trim_end().len();
    for length in 0..end {
        let message = error(&SAMPLE[..length]);
        assert!(length < 16 || message.starts_with("line "), "{length}: {message}");
        let shows = message.contains("its end may be missing");
        assert!(length < 16 || shows || SAMPLE[..length].trim_end().ends_with(')'), "{message}");
    }
}

/// With random bytes changed, a file is refused, or it is an image that runs, saves and loads.
#[test]
fn random_bytes() {
    let mut c = Choices::new(1);
    let mut loaded = 0;
    for _ in 0..30_000 {
        let mut bytes = SAMPLE.as_bytes().to_vec();
        for _ in 0..1 + c.below(3) {
            let at = c.below(bytes.len());
            match c.below(4) {
                0 => drop(bytes.remove(at)),
                1 => bytes.insert(at, c.of(&bytes)),
                2 => bytes[at] = c.of(b"0123456789(){}[]\",:@#/"),
                _ => bytes[at] = c.below(128) as u8,
            }
        }
        let text = String::from_utf8(bytes).unwrap();
        if let Ok(mut image) = Image::from_file_text(&text) {
            loaded += 1;
            image.machine.run(50);
            assert!(Image::from_file_text(&image.to_file_text()).unwrap() == image, "{text}");
        }
    }
    assert!(loaded > 3000, "only {loaded} were loaded");
}
