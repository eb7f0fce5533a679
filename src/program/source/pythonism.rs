//! Words of Python that are written differently here, and what to write instead.

use crate::program::diagnostic::{Diagnostic, Span, quoted};

/// Words, and the advice for each of them.
const ADVICE: &[(&[&str], &str)] = &[
    (&["def", "lambda"], "a function is `name <- fun[a, b]:`"),
    (&["return"], "write `return(x)`, or `return()`"),
    (&["print"], "write `print_line(x)`"),
    (&["not"], "write `not(x)`"),
    (&["and"], "write `a && b`; `and(a, b)` works bit by bit"),
    (&["or"], "write `a || b`; `or(a, b)` works bit by bit"),
    (&["for", "in", "range"], "loops are `times(n):`, `while c:` and `repeat:`"),
    (&["break"], "write `leave()`"),
    (&["continue"], "put the rest of the turn below an `if`"),
    (&["pass"], "write `end()`; where a block is left empty, the machine waits to have it written"),
    (&["global", "nonlocal"], "`$total` is the global total, in every function"),
    (&["is"], "write `==`"),
    (&["%"], "write `mod(a, b)`"),
    (&["//"], "write `a / b`, which rounds down; a comment begins with `#`"),
    (&["**", "^"], "there is no power; `xor(a, b)` is bit by bit"),
    (&["True"], "write `1`"),
    (&["False", "None"], "write `0`"),
    (&["import", "from", "class", "try", "with"], "this is not a part of the notation"),
    (&["var", "let", "const"], "`x = 3` makes a local"),
    (&["function", "fn", "func"], "a function is `name <- fun[a, b]:`"),
    (&["else"], "write `else:`, or `elif c:`"),
    (
        &["exit", "leave", "end", "drop", "dup", "swap"],
        "an instruction is called: `leave()`, `dup(x)`",
    ),
];

/// Words that look like a statement or a value of Python, and would be read as locals.
const RESERVED: [&str; 7] = ["True", "False", "None", "return", "break", "continue", "pass"];

/// Whether a word needs backquotes as a name that is not called.
pub(super) fn is_reserved(word: &str) -> bool {
    RESERVED.contains(&word)
}

/// A word that is one of these; `is_assigned` if it stands before `=`.
pub(super) fn reserved(word: &str, is_assigned: bool, span: Span) -> Diagnostic {
    let diagnostic = Diagnostic::new(span, format!("`{word}` is no local"));
    if is_assigned {
        let help = format!("choose another name, or write it in backquotes: `` `{word}` ``");
        return diagnostic.help(help);
    }
    match advice(word) {
        Some(advice) => diagnostic.help(advice),
        None => diagnostic,
    }
}

/// What to write instead of a word, if it is one of these.
pub(super) fn advice(word: &str) -> Option<&'static str> {
    ADVICE.iter().find(|(words, _)| words.contains(&word)).map(|&(_, advice)| advice)
}

/// A name with an operator inside, which divides it into three parts: `a-1`.
pub(super) fn crowded(word: &str, [left, sign, right]: [&str; 3], span: Span) -> Diagnostic {
    if let Some(advice) = advice(word) {
        return Diagnostic::new(span, format!("{} has no meaning here", quoted(word))).help(advice);
    }
    let message = format!("{} is one word here: an operator needs spaces around it", quoted(word));
    let diagnostic = Diagnostic::new(span, message);
    match (left, right) {
        ("", "") => diagnostic.help("write the operands and the operator with spaces: `a + b`"),
        ("", right) if sign == "!" => diagnostic.help(format!("write `not({right})`")),
        ("", right) if sign == "-" => {
            diagnostic.help(format!("write `negate({right})`, or `0 - {right}`"))
        }
        (left, "") => diagnostic.help(format!(
            "write `{left} {sign} 1` or the like; a name like this needs backquotes: `` `{word}` ``"
        )),
        (left, right) => diagnostic.help(format!(
            "write `{left} {sign} {right}`; a name like this needs backquotes: `` `{word}` ``"
        )),
    }
}

/// `x += 1`.
pub(super) fn in_place(operator: &str, span: Span) -> Diagnostic {
    Diagnostic::new(span, format!("`{operator}=` has no meaning here"))
        .help(format!("write the name twice: `x = x {operator} 1`"))
}
