//! What a person sees of a text from a file: every character that is invisible, or that changes what a
//! terminal or a reader makes of the others, is shown as an escape.
//!
//! Names, paths, messages and versions come from anyone. Whatever writes them where a person reads them
//! passes them through here, so that an escape sequence cannot move a cursor or hide a word.

use std::borrow::Cow;

use crate::vm::name::is_hidden;

/// Whether a character is invisible: what [`is_hidden`] says, and everything else that Unicode ignores
/// by default, all marks of the writing direction, fillers that look like nothing, and code points that
/// are not characters.
pub fn is_invisible(char: char) -> bool {
    is_hidden(char)
        || joins(char)
        || matches!(char, '\u{ad}' | '\u{34f}' | '\u{61c}' | '\u{2065}' | '\u{2800}' | '\u{3164}')
        || matches!(char, '\u{115f}' | '\u{1160}' | '\u{17b4}' | '\u{17b5}' | '\u{ffa0}')
        || matches!(char, '\u{180b}'..='\u{180f}' | '\u{fdd0}'..='\u{fdef}' | '\u{fff0}'..='\u{fff8}')
        || matches!(char, '\u{13430}'..='\u{1343f}' | '\u{16fe4}' | '\u{1bca0}'..='\u{1bca3}')
        || matches!(char, '\u{1d159}' | '\u{1d173}'..='\u{1d17a}')
        || u32::from(char) & 0xfffe == 0xfffe
}

/// Whether a character has no shape of its own but decides the shape of its neighbours: the joiners of
/// Persian, Hindi and emoji, and the variation selectors. Texts need them and they hide nothing.
fn joins(char: char) -> bool {
    matches!(char, '\u{200c}' | '\u{200d}' | '\u{fe00}'..='\u{fe0f}')
}

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
