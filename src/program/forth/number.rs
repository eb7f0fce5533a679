//! How integers are spelled: `-5`, `1_000`, `0xFF`, `0b1010`, and `'a'` for the code of a character.
//!
//! Vocabulary One has only digits and a sign; there, the other words are names.

use super::escape::escape;
use crate::vm::cell::{INTEGER_MAX, INTEGER_MIN};
use crate::vm::name::is_number;
use crate::vm::vocabulary::Vocabulary;

/// The integer that a word spells; `Some(None)` if it does not fit in a cell.
pub(in crate::program) fn number(word: &str, vocabulary: Vocabulary) -> Option<Option<i64>> {
    let fits = |value: &i64| (INTEGER_MIN..=INTEGER_MAX).contains(value);
    if is_number(word) {
        return Some(word.parse().ok().filter(fits));
    }
    match vocabulary {
        Vocabulary::One => None,
        Vocabulary::Two | Vocabulary::Three => {
            character(word).map(Some).or_else(|| grouped(word, fits))
        }
    }
}

/// The code of the character in `'a'`; an escape of a text stands for its character.
fn character(word: &str) -> Option<i64> {
    let inside = word.strip_prefix('\'')?.strip_suffix('\'')?;
    let first = inside.chars().next()?;
    let (char, length) = match first {
        '\\' => escape(&inside[1..]).map(|(char, length)| (char, 1 + length)).ok()?,
        plain => (plain, plain.len_utf8()),
    };
    (length == inside.len()).then(|| i64::from(u32::from(char)))
}

/// The integer in `1_000`, `0xFF` or `-0b11`. Underscores stand between digits.
fn grouped(word: &str, fits: impl Fn(&i64) -> bool) -> Option<Option<i64>> {
    let unsigned = word.strip_prefix(['+', '-']).unwrap_or(word);
    if !unsigned.starts_with(|char: char| char.is_ascii_digit()) {
        return None;
    }
    let (radix, digits) = match unsigned.split_at_checked(2) {
        Some(("0x", digits)) => (16, digits),
        Some(("0b", digits)) => (2, digits),
        _ => (10, unsigned),
    };
    let is_part = |part: &str| !part.is_empty() && part.chars().all(|char| char.is_digit(radix));
    if !digits.split('_').all(is_part) {
        return None;
    }
    let digits = digits.replace('_', "");
    let sign = if word.starts_with('-') { "-" } else { "" };
    Some(i64::from_str_radix(&format!("{sign}{digits}"), radix).ok().filter(fits))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_have_several_spellings() {
        for (word, value) in [
            ("0xFF", 255),
            ("0xff", 255),
            ("-0x10", -16),
            ("+0b101", 5),
            ("0b1111_0000", 240),
            ("1_000", 1000),
            ("-1_000_000", -1_000_000),
            ("'a'", 97),
            ("'é'", 233),
            ("'''", 39),
            ("'\\n'", 10),
            ("'\\u{20}'", 32),
            ("0xfffffffffffffff", INTEGER_MAX),
            ("-0x1000000000000000", INTEGER_MIN),
        ] {
            assert_eq!(number(word, Vocabulary::Two), Some(Some(value)), "{word}");
            assert_eq!(number(word, Vocabulary::One), None, "{word}");
        }
        for word in ["0x1000000000000000", "1_152_921_504_606_846_976", "0xFFFFFFFFFFFFFFFFFFFF"] {
            assert_eq!(number(word, Vocabulary::Two), Some(None), "{word}");
        }
    }

    #[test]
    fn what_is_nearly_a_number_is_a_name() {
        for word in [
            "0x", "0b", "0xG", "0b2", "_1", "1_", "1__0", "0x_1", "1_000x", "''", "'ab'", "'a",
            "'\\q'", "-'a'", "-", "1+", "0o7", "0XFF", "+", "--1_0", "0x-1", "0x+1",
        ] {
            assert_eq!(number(word, Vocabulary::Two), None, "{word}");
        }
    }
}
