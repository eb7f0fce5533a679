//! What a person sees of a text from a file: every character that is invisible, or that changes what a
//! terminal or a reader makes of the others, is shown as an escape.
//!
//! Names, paths, messages and versions come from anyone. Whatever writes them where a person reads them
//! passes them through here, so that an escape sequence cannot move a cursor or hide a word.

use std::borrow::Cow;

use crate::vm::name::{is_invisible, joins};

/// A text as a person should see it. Line ends and tabs stay.
pub fn visible(text: &str) -> Cow<'_, str> {
    let harms = |char: char| is_invisible(char) && !joins(char) && !matches!(char, '\n' | '\t');
    if !text.contains(harms) {
        return Cow::Borrowed(text);
    }
    let mut shown = String::with_capacity(text.len() + 16);
    for char in text.chars() {
        match harms(char) {
            true => shown.extend(char.escape_unicode()),
            false => shown.push(char),
        }
    }
    Cow::Owned(shown)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_could_deceive_is_escaped_and_the_rest_stays() {
        for (text, shown) in [
            ("plain\n\tédü 日本 ★", "plain\n\tédü 日本 ★"),
            ("\u{1b}[31mRED", "\\u{1b}[31mRED"),
            ("a\r\u{7}\u{9b}b", "a\\u{d}\\u{7}\\u{9b}b"),
            ("\u{202e}x\u{61c}\u{3164}", "\\u{202e}x\\u{61c}\\u{3164}"),
            ("می\u{200c}خواهم ❤\u{fe0f}", "می\u{200c}خواهم ❤\u{fe0f}"),
        ] {
            assert_eq!(visible(text), shown);
            assert_eq!(visible(shown), shown, "escaped once");
        }
    }
}
