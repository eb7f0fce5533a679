//! Names that only version 1 of images and recordings allowed: those with invisible characters.
//!
//! No text can be written with such a name that reads back, and nobody can see or type it. Files of
//! version 1 always load, so there each of these characters becomes its escape, `\u{200d}`, which is how
//! messages have always shown it. What is saved afterwards has names that anyone can read.

use std::borrow::Cow;

use crate::vm::name::{NAME_BYTES, is_hidden, is_invisible};

/// A name with its invisible characters spelled out.
pub fn spelled_out(name: &str) -> Cow<'_, str> {
    if !name.contains(was_allowed) {
        return Cow::Borrowed(name);
    }
    let mut spelled = String::new();
    name.chars().for_each(|char| spell(char, &mut spelled));
    if spelled.len() > NAME_BYTES {
        // Names that differ only after the cut must stay two names.
        let sum = format!("-{:016x}", checksum(name));
        spelled.truncate(spelled.floor_char_boundary(NAME_BYTES - sum.len()));
        spelled.push_str(&sum);
    }
    Cow::Owned(spelled)
}

/// A program text with the names in it spelled out. Its texts and comments stay.
pub fn spelled_out_in(text: &str) -> Cow<'_, str> {
    if !text.contains(was_allowed) {
        return Cow::Borrowed(text);
    }
    let (mut spelled, mut rest) = (String::with_capacity(text.len() + 16), text);
    while let Some(first) = rest.chars().next() {
        let length = match first {
            '"' => text_length(rest),
            '#' => rest.find(['\n', '\r']).unwrap_or(rest.len()),
            _ if ends_word(first) => first.len_utf8(),
            _ => {
                let word = &rest[..rest.find(ends_word).unwrap_or(rest.len())];
                spelled.push_str(&spelled_out(word));
                rest = &rest[word.len()..];
                continue;
            }
        };
        spelled.push_str(&rest[..length]);
        rest = &rest[length..];
    }
    Cow::Owned(spelled)
}

/// The length of a text in quotes, which ends at its quote or on its line.
fn text_length(rest: &str) -> usize {
    let mut escaped = false;
    for (at, char) in rest.char_indices().skip(1) {
        match char {
            '"' if !escaped => return at + 1,
            '\n' | '\r' => return at,
            _ => escaped = char == '\\' && !escaped,
        }
    }
    rest.len()
}

/// Whether names of version 1 could contain an invisible character.
fn was_allowed(char: char) -> bool {
    is_invisible(char) && !is_hidden(char)
}

/// As the lexer has it; a byte order mark is a space there.
fn ends_word(char: char) -> bool {
    char.is_whitespace() || matches!(char, '[' | ']' | '"' | '\u{feff}')
}

fn spell(char: char, into: &mut String) {
    match was_allowed(char) {
        true => into.extend(char.escape_unicode()),
        false => into.push(char),
    }
}

/// FNV-1a.
fn checksum(name: &str) -> u64 {
    name.bytes().fold(0xcbf2_9ce4_8422_2325, |sum, byte| {
        (sum ^ u64::from(byte)).wrapping_mul(0x0100_0000_01b3)
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::vm::name::check_name;

    #[test]
    fn names_are_spelled_out_and_texts_stay() {
        for (text, spelled) in [
            ("[ 1 ] bind: a\u{200d}b", "[ 1 ] bind: a\\u{200d}b"),
            ("\"a\u{200d}\\\"b\u{200d}\" \u{3164}", "\"a\u{200d}\\\"b\u{200d}\" \\u{3164}"),
            ("x # it's \"\u{ad}\n\u{ad}", "x # it's \"\u{ad}\n\\u{ad}"),
            ("x#\u{ad} [\u{ad}]\"\u{ad}", "x#\\u{ad} [\\u{ad}]\"\u{ad}"),
            ("\u{feff}1 é", "\u{feff}1 é"),
        ] {
            assert_eq!(spelled_out_in(text), spelled);
        }
    }

    #[test]
    fn every_name_of_version_1_becomes_a_name_and_no_two_become_one() {
        let long = |last: &str| "\u{3164}".repeat(80) + last;
        let spelled = [long("a"), long("b"), "\u{3164}".to_owned()].map(|name| {
            let name = spelled_out(&name).into_owned();
            assert_eq!(check_name(&name), Ok(()));
            name
        });
        assert_ne!(spelled[0], spelled[1]);
        assert_eq!(spelled[2], "\\u{3164}");
    }
}
