//! Any text is read or refused, within bounds, and never makes the reader panic.

use midflight::program::diagnostic::REPORTED;
use midflight::program::notation::Notation;
use midflight::program::scope::Scope;
use midflight::program::source::read_typed;
use proptest::collection::vec;
use proptest::prelude::*;

use super::laws::program_reads_back;
use super::shared::{assert_owned, parts};
use crate::oracle::property::check;

/// What a person might type, right and wrong.
const WORDS: &[&str] = &[
    "if",
    "elif",
    "else",
    "while",
    "repeat",
    "repeat_if",
    "times",
    "block",
    "label",
    "fun",
    "end",
    "return",
    "if x:",
    "else:",
    "elif y:",
    "while n > 0:",
    "repeat:",
    "repeat_if n:",
    "times(3):",
    "each(l):",
    "k = block:",
    "block:",
    "label: a",
    "f <- fun[a, b]:",
    "g <- fun[]:",
    "main <- fun[]:",
    "<-",
    "fun[",
    "fun[a",
    "(",
    ")",
    "[",
    "]",
    ",",
    ";",
    ":",
    "=",
    "==",
    "!=",
    "<>",
    "<",
    ">=",
    "+",
    "-",
    "*",
    "/",
    "&&",
    "||",
    "+1",
    "-1",
    "- 1",
    "1",
    "-5",
    "0xFF",
    "1_000",
    "1e3",
    "1152921504606846976",
    "\"a\"",
    "\"",
    "\"\\q\"",
    "\"\\u{41}\"",
    "'a'",
    "'",
    "`a b`",
    "`if`",
    "`",
    "``",
    "@f",
    "@`if`",
    "@",
    "@200",
    "@200/7",
    "$x",
    "$",
    "$`a-b`",
    "$x = 1",
    "x",
    "x = 1",
    "a, b =",
    "a, $y = f()",
    "l[0]",
    "l[0] = 2",
    "f(",
    "f(x)",
    "f (x)",
    "dup(_)",
    "2dup(_, _)",
    "+(1, 2)",
    "_",
    "?",
    "...",
    ". . .",
    "# c\n",
    "#",
    "#= 3\n",
    "a-1",
    "a_b",
    "é",
    "\u{feff}",
    "\u{202e}",
    "\0",
    "\u{301}",
    "def f(x):",
    "for",
    "in",
    "and",
    "or",
    "not x",
    "+=",
    "%",
    "//",
    "True",
    "else if x:",
    ":=",
    "\\",
    "{",
    "}",
    "!",
    "end()",
    "return(1)",
    "return 1",
    "main",
];

const SPACES: &[&str] = &[
    "", "", " ", " ", " ", "\n", "\n", "\n  ", "\n  ", "\n    ", "\n ", "\r\n", "\t", "\n\t",
    "\n\n", ":\n  ",
];

fn soup() -> impl Strategy<Value = String> {
    let word = prop_oneof![
        30 => prop::sample::select(WORDS).prop_map(String::from),
        1 => any::<String>(),
    ];
    let space = prop::sample::select(SPACES);
    vec((word, space), 0..24)
        .prop_map(|list| list.into_iter().flat_map(|(word, space)| [word, space.into()]).collect())
}

/// Whole lines: more of them can be read.
fn lines() -> impl Strategy<Value = String> {
    const LINES: &[&str] = &[
        "if x:",
        "if x < 3:",
        "elif y:",
        "else:",
        "while n:",
        "repeat:",
        "repeat_if n:",
        "times(3):",
        "k = block:",
        "block:",
        "f <- fun[a]:",
        "g <- fun[]:",
        "x = 1",
        "f(x) # c",
        "# c",
        "...",
        "end()",
        "return(1)",
        "?",
        "_",
        "l[0] = f([x; ...])",
        "1 # c",
        "",
        "each(l, 2):",
        "x = y == f(1) + 2 * 3",
        "+ 1",
        "a, b = f()",
    ];
    let indent =
        prop::sample::select(&["", "", "", "  ", "  ", "  ", "    ", "    ", "      "][..]);
    vec((indent, prop::sample::select(LINES)), 0..16).prop_map(|list| {
        list.into_iter().map(|(indent, line)| format!("{indent}{line}\n")).collect()
    })
}

fn is_read_or_refused(source: &str) -> bool {
    let read = Notation::Source.read_program(source);
    let is_read = read.is_ok();
    match read {
        Ok(read) => {
            assert_owned(&parts(&read.cells), &read.spans, source);
            program_reads_back(&read.cells);
        }
        Err(report) => {
            let text = report.render("soup", source);
            assert!(text.contains("error: ") && text.lines().count() <= 7 * REPORTED + 2, "{text}");
            assert!(text.lines().all(|line| line.len() < 2000), "{text}");
            let ends = report.iter().map(|one| one.span.end);
            assert!(ends.max() <= Some(source.len()), "{text}");
        }
    }
    let scope = Scope::empty();
    let line = Notation::Source.read_line(source, &scope);
    let typed = read_typed(source, &scope);
    if let Ok(line) = &line {
        assert_owned(&[&line.cells], &line.spans, source);
    }
    // A typed line is also refused if a word in it surely means something else.
    match (line, typed) {
        (Ok(line), Ok(typed)) => {
            assert_eq!(line, typed.read, "{source:?}");
            assert_eq!(typed.repairs, [], "{source:?}");
        }
        (Err(_), Ok(typed)) => {
            assert!(!typed.repairs.is_empty(), "{source:?}");
            let whole = completed(source, &typed.repairs);
            let read = Notation::Source.read_line(&whole, &scope);
            let cells = read.map(|read| read.cells);
            assert_eq!(cells.as_ref(), Ok(&typed.read.cells), "{source:?} {whole:?}");
        }
        (Ok(_) | Err(_), Err(_)) => {}
    }
    is_read
}

/// The line with its ghosts.
fn completed(source: &str, ghosts: &[(usize, &str)]) -> String {
    let (mut text, mut done) = (String::new(), 0);
    for &(at, ghost) in ghosts {
        assert!(at >= done, "{source:?} {ghosts:?}");
        text += &source[done..at];
        // A blank at the start of a line would indent it.
        let apart = ghost == "?" && text.ends_with(|char: char| !char.is_whitespace());
        text.extend(apart.then_some(' '));
        text += ghost;
        text.extend((ghost == "?").then_some(' '));
        done = at;
    }
    text + &source[done..]
}

#[test]
fn anything_typed_is_read_or_refused() {
    check(20_000, &soup(), |source| {
        is_read_or_refused(&source);
    });
}

#[test]
fn lines_in_any_order_are_read_or_refused() {
    let count = std::cell::Cell::new(0);
    check(20_000, &lines(), |source| {
        count.set(count.get() + u32::from(is_read_or_refused(&source)))
    });
    assert!(count.get() > 2_000, "only {} can be read", count.get());
}

#[test]
fn any_text_at_all_is_read_or_refused() {
    check(3_000, &any::<String>(), |source| {
        is_read_or_refused(&source);
    });
}

/// Texts that a reader could stumble over.
#[test]
fn odd_texts_are_read_or_refused() {
    for source in [
        "\u{feff}f()",
        "\u{feff}",
        "\r",
        "\r\r\n",
        " ",
        "\t",
        "#",
        "# \r",
        "\\\n",
        "f(\n)",
        "f(1,\n2)",
        "[\n1\n]",
        "\"a\n\"",
        "`a\n`",
        "f(,)",
        "f(1,)",
        "f(,1)",
        "[;]",
        "[1;]",
        "[;1]",
        "1;",
        ";1",
        ";",
        "1;;2",
        "a,",
        "a, b",
        ", a",
        "x[",
        "x[]",
        "x[1",
        "x[1] =",
        "x[1] = ",
        "= 1",
        "x = = 1",
        "x == ",
        "a = b = c",
        "a, a = f()",
        "f() = 1",
        "1 = 2",
        "_ = 1",
        "a, l[0] = f()",
        "? = 1",
        "-",
        "- -",
        "--1",
        "1 -1 -1",
        "1 - -1",
        "x-1",
        "x -1 y",
        "-x",
        "+1",
        "+1 +1",
        "_ +1",
        "(",
        ")",
        "()",
        "(())",
        "(1, 2)",
        "((1)",
        "f((1)",
        "]",
        "f[",
        "[...]",
        "[1; ...; 2]",
        "[... ; 1]",
        "...",
        "... ...",
        "  ...",
        "if",
        "if:",
        "if :",
        "if x",
        "if x: 1",
        "if x: 1; 2",
        "if x:\nelse",
        "if x:\nelse: 1",
        "else:",
        "elif x:",
        "if x: if y: 1",
        "while",
        "while:",
        "while x: 1",
        "repeat",
        "repeat x:",
        "block",
        "x = block",
        "x = block:",
        "x = block: 1",
        "block: 1",
        "f(block:)",
        "label",
        "label:",
        "label: ",
        "label: a b",
        "label a",
        "f <-",
        "f <- fun",
        "f <- fun[",
        "f <- fun[]",
        "f <- fun[]: 1",
        "f <- fun[1]:",
        "f <- fun[a,]:",
        "f <- fun[,]:",
        "f <- fun[a b]:",
        "`f g` <- fun[]:",
        "if <- fun[]:",
        "`if` <- fun[]:",
        "5 <- fun[]:",
        "$f <- fun[]:",
        "  f <- fun[]:",
        "f <- fun[]:\n g <- fun[]:",
        "f <- fun[]:\n1",
        "x:",
        "f():",
        "f() + 1:",
        "_:",
        "f(): g():",
        "$",
        "$1",
        "$x()",
        "$(x)",
        "@",
        "@@",
        "@1",
        "@-1",
        "@x()",
        "@$x",
        "``",
        "`",
        "```",
        "`a``b`",
        "`a`()",
        "`a` ()",
        "f ()",
        "1()",
        "\"a\"()",
        "_()",
        "?()",
        "()()",
        "f()()",
        "[]()",
        "f()[0]()",
        "\"a\"[0]",
        "5[0]",
        "[][0]",
        "@f[0]",
        "?[0]",
        "_[_]",
        "_[_] = _",
        "x [0]",
        "f() [0]",
        "a<b",
        "a <b",
        "a< b",
        "a=b",
        "a =b",
        "a==b",
        "a!=b",
        "a<-b",
        "a < -b",
        "a<-1",
        "a&&b",
        "a||b",
        "!a",
    ] {
        is_read_or_refused(source);
        is_read_or_refused(&format!("f <- fun[]:\n  {source}\n"));
        is_read_or_refused(&format!("if x:\n  {source}\n# c\nelse:\n  {source} # d\n"));
        is_read_or_refused(&format!("{source}\n  1\n2\n"));
    }
}
