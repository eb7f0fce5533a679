//! Random operands: small numbers, those at the limits, texts, and what is no operand at all.

use crate::support::choices::Choices;

/// The locals that mostly hold numbers. Besides them, `t` holds a text, `w` a block, `m` data, and `u` is
/// most often unassigned.
pub const LOCALS: &[&str] = &["a", "b", "c", "d"];
pub const OPERATORS: &[&str] = &[
    "+", "-", "*", "/", "mod", "and", "or", "xor", "min", "max", "lshift", "rshift", "<", ">",
    "<=", ">=", "=", "<>",
];
pub const TESTS: &[&str] = &["<", ">", "<=", ">=", "=", "<>"];
const EXTREMES: &[&str] = &[
    "1152921504606846975",
    "1152921504606846974",
    "-1152921504606846976",
    "-1152921504606846975",
    "576460752303423488",
    "4611686018427387",
    "2147483647",
    "2147483648",
    "-2147483648",
    "-2147483649",
];
const POWERS: &[&str] =
    &["1", "2", "4", "8", "16", "1024", "4294967296", "-1", "-2", "-8", "60", "61"];

/// An integer as a literal.
pub fn literal(c: &mut Choices) -> String {
    match c.below(8) {
        0 => c.of(EXTREMES).to_string(),
        1 | 2 => c.of(POWERS).to_string(),
        _ => (c.below(12) as i64 - 2).to_string(),
    }
}

/// An operand of an operator: most often an integer; empty if it is on the stack.
pub fn operand(c: &mut Choices) -> String {
    match c.below(48) {
        0..=19 => literal(c),
        20 => "dup".to_string(),
        21 => String::new(),
        22 => "u".to_string(),
        23 => c.of(&["t", "w", "m"]).to_string(),
        24 => "get: g".to_string(),
        25 => any(c),
        _ => c.of(LOCALS).to_string(),
    }
}

/// Two operands and a comparison.
pub fn test(c: &mut Choices) -> String {
    let (a, b) = (operand(c), operand(c));
    format!("{a} {b} {}", c.of(TESTS))
}

/// A value of any kind.
pub fn any(c: &mut Choices) -> String {
    match c.below(12) {
        0 | 1 => text(c),
        2 => "t".to_string(),
        3 => "[ a ]".to_string(),
        4 => "pushf: f1".to_string(),
        5 => "m".to_string(),
        6 => "w".to_string(),
        7 => "get: g".to_string(),
        _ => literal(c),
    }
}

/// A text as a literal: of up to 90 bytes, sometimes with characters of several, sometimes a number.
pub fn text(c: &mut Choices) -> String {
    let pieces = match c.below(5) {
        0 => return c.of(&["\"\"", "\"12\"", "\" -7 \"", "\"ab\"", "\"x\"", "\"9x\""]).to_string(),
        1 => ["a", "é", "語", "😀"],
        2 => ["é", "é", "x", " "],
        _ => ["a", "b", "c ", "d,"],
    };
    let (mut text, bytes) = (String::new(), c.below(90));
    loop {
        let piece = c.of(&pieces);
        if text.len() + piece.len() > bytes {
            return format!("\"{text}\"");
        }
        text.push_str(piece);
    }
}
