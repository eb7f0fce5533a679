//! Texts that are refused: where the mistake is, what is said, and what helps.

use midflight::program::notation::Notation;
use midflight::program::scope::Scope;

/// A text; the first byte of its first mistake; a part of the message; a part of the help.
type Case = (&'static str, usize, &'static str, &'static str);

const REFUSED: &[Case] = &[
    // Expressions
    ("a < b < c", 6, "comparisons do not chain", "`a < b && b < c`"),
    ("x y", 2, "an operator is missing before `y`", ""),
    ("f(a b)", 4, "a `,` or an operator is missing before `b`", ""),
    ("f(1 2)", 4, "missing before `2`", ""),
    ("a +", 3, "something is missing at the end of the line", "`?`"),
    ("f(a,", 4, "something is missing", "`?`"),
    ("f(a, )", 5, "something is missing before this", "`?`"),
    ("f(,a)", 2, "something is missing before this", "`?`"),
    ("f(a", 3, "`)` is missing here", "ends on its line"),
    ("(a", 2, "`)` is missing here", ""),
    ("a)", 1, "closes nothing", ""),
    ("[a", 2, "`]` is missing here", ""),
    ("a]", 1, "closes nothing", ""),
    ("l[0", 3, "`]` is missing here", ""),
    ("f(a]", 3, "", ""),
    ("(a, b)", 2, "`,` cannot stand here", ""),
    ("x = ", 3, "something is missing at the end of the line", "`?`"),
    ("f() = 1", 4, "only a name or an index can stand before `=`", "`==`"),
    ("1 = x", 2, "only a name or an index", "`==`"),
    ("a, a = f()", 0, "a name stands twice before `=`", ""),
    ("x = y = 1", 6, "", "`==`"),
    ("_ = 1", 2, "only a name or an index", ""),
    ("if x = 1:\n", 5, "`=` assigns", "`==`"),
    // Names
    ("a-1", 0, "`a-1` is one word", "`a - 1`"),
    ("f(n+1)", 2, "`n+1` is one word", "`n + 1`"),
    ("-x", 0, "`-x` is one word", "`negate(x)`"),
    ("a-1 = 2", 0, "`a-1` is one word", "backquotes"),
    ("f <- fun[a-1]:\n", 9, "`a-1` is one word", "backquotes"),
    ("$a-b", 0, "", "backquotes"),
    ("`a b`", 0, "cannot be a name: it contains a space", ""),
    ("`a", 0, "does not end on its line", "backquote"),
    ("``", 0, "is empty", ""),
    ("$", 0, "`$` needs a name", "`$total`"),
    ("@", 0, "`@` needs a name", "`@f`"),
    ("a\u{202e}", 0, "invisible character", ""),
    ("if(", 3, "", ""),
    ("block()", 0, "`block` cannot be called", "backquotes"),
    ("x = else", 4, "`else` cannot stand here", ""),
    // Literals
    ("1152921504606846976", 0, "does not fit", "integers go from"),
    ("\"a", 0, "does not end on its line", "`\\n`"),
    ("print(\"\\q\")", 7, "", "escapes are"),
    ("@200", 0, "no body starts at 200", "start of a function"),
    // Lines
    ("if x\n  1\n", 4, "`:` is missing at the end", "colon"),
    ("while x\n", 7, "`:` is missing", "colon"),
    ("if:\n", 2, "something is missing", "`?`"),
    ("else:\n", 0, "`else`", "`if`"),
    ("elif x:\n", 0, "`elif`", "`if`"),
    ("x:\n  1\n", 1, "block below", "`if c:`"),
    ("f() + 1:\n", 7, "block below", ""),
    ("...\n", 0, "`...`", ""),
    ("if x:\n  ...\n  1\n", 12, "has no block", "`...` is its last line"),
    ("label:\n", 0, "`label:` needs a name", ""),
    // Indentation
    ("  x\n", 0, "this line is indented", "ends with `:`"),
    ("if x:\n    a()\n  b()\n", 14, "fits no indentation", "the same indentation"),
    ("a()\n  b()\n", 4, "this line is indented", "ends with `:`"),
    ("if x:\n\ta()\n", 6, "tab", "spaces"),
    ("if x:\n  a()\n \tb()\n", 13, "tab", "spaces"),
    // Definitions
    ("f <- fun[a, a]:\n", 12, "", ""),
    ("f <- fun[1]:\n", 9, "", ""),
    ("f <- fun[a:\n", 10, "", ""),
    ("f <- fun[]\n", 10, "`:` is missing", ""),
    ("f <- 3\n", 5, "", "fun["),
    ("f <- fun[]:\nf <- fun[]:\n", 12, "defined twice", "line 1"),
    ("main <- fun[]:\n", 0, "`main`", ""),
    ("if x:\n  f <- fun[]:\n", 8, "cannot be defined here", "margin"),
    // Python
    ("def f(x):\n", 4, "", "`name <- fun[a, b]:`"),
    ("return x\n", 0, "`return` is no local", "`return(x)`"),
    ("return\n", 0, "`return` is no local", "`return()`"),
    ("if x:\n  True = 1\n", 8, "`True` is no local", "choose another name"),
    ("pass = 1", 0, "`pass` is no local", "`` `pass` ``"),
    ("pass == 1", 0, "`pass` is no local", "`end()`"),
    ("i = True\n", 4, "", "`1`"),
    ("for i in l:\n", 4, "", "`times(n):`"),
    ("a and b", 2, "", "`a && b`"),
    ("a or b", 2, "", "`a || b`"),
    ("not x", 4, "", "`not(x)`"),
    ("if not x:\n", 7, "", "`not(x)`"),
    ("x += 1", 2, "`+=` has no meaning here", "`x = x + 1`"),
    ("x -= 1", 2, "`-=`", "`x = x - 1`"),
    ("a % b", 2, "", "`mod(a, b)`"),
    ("a // b", 2, "", "`a / b`"),
    ("a ** b", 2, "", "power"),
    ("x = True", 4, "", "`1`"),
    ("x = None", 4, "", "`0`"),
    ("'text'", 0, "`'` has no meaning here", "double quotes"),
    ("if a:\nelse if x:\n", 11, "", "`elif"),
    ("x := 1", 2, "`:=` has no meaning here", "`x = 3`"),
    ("break", 0, "`break` is no local", "`leave()`"),
    ("pass", 0, "", "empty"),
    ("{a}", 0, "`{` has no meaning here", ""),
    ("!x", 0, "", "`not(x)`"),
    ("import x", 7, "", ""),
    ("print x", 6, "", "`print_line(x)`"),
];

#[test]
fn mistakes_are_found_with_their_place_and_what_helps() {
    let mut wrong = Vec::new();
    for &(text, at, message, help) in REFUSED {
        let Err(report) = Notation::Source.read_program(text) else {
            wrong.push(format!("{text:?} is read"));
            continue;
        };
        let first = report.iter().next().unwrap();
        let helps = first.help.as_deref().unwrap_or_default();
        let is_right =
            first.span.start == at && first.message.contains(message) && helps.contains(help);
        if !is_right {
            wrong.push(format!("{text:?} at {}: {} ({helps})", first.span.start, first.message));
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

/// The code in an advice can be read, so nobody is told to write what is refused.
#[test]
fn what_is_advised_can_be_read() {
    let mut count = 0;
    for &(text, ..) in REFUSED {
        let Err(report) = Notation::Source.read_program(text) else { continue };
        let help = report.iter().next().and_then(|first| first.help.clone()).unwrap_or_default();
        for code in help.split('`').skip(1).step_by(2) {
            let is_code = code.contains(' ') && !code.ends_with(':') || code.ends_with("()");
            if is_code && !code.contains("...") {
                let read = Notation::Source.read_line(code, &Scope::empty());
                assert!(read.is_ok(), "{text:?}: {help}: {}", read.unwrap_err());
                count += 1;
            }
        }
    }
    assert!(count > 10, "{count}");
}

#[test]
fn all_mistakes_of_a_text_are_reported() {
    let text = "x y\nf(\nif a\n  1\nb\n\"c\n";
    let report = Notation::Source.read_program(text).unwrap_err();
    let starts: Vec<usize> = report.iter().map(|one| one.span.start).collect();
    assert!(starts.len() > 3, "{report}");
    assert!(starts.is_sorted(), "{starts:?}");
}

#[test]
fn the_report_shows_the_line() {
    let text = "f <- fun[i]:\n  g(i-1)\n";
    let report = Notation::Source.read_program(text).unwrap_err();
    let shown = report.render("f.flpy", text);
    assert!(shown.contains(" --> f.flpy:2:5\n  |\n2 |   g(i-1)\n  |     ^^^\n"), "{shown}");
}
