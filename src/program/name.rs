//! What can be a name, and which characters show.

use super::diagnostic::{grouped, quoted};
use super::token::number;
use crate::vm::name::NAME_BYTES;

/// Whether `name` can be the name of a function, local or label: what passes is read back as this
/// one word behind any prefix.
///
/// # Errors
/// A sentence that says what is wrong with it.
pub fn check_name(name: &str) -> Result<(), String> {
    if name.is_empty() {
        return Err("a name needs at least one character".into());
    }
    let fault = if name.len() > NAME_BYTES {
        format!("has {} bytes; a name has at most {NAME_BYTES}", grouped(name.len()))
    } else if name.contains(ends_word) {
        "contains a space, bracket or quote".into()
    } else if let Some(hidden) = name.chars().find(|&char| is_hidden(char)) {
        format!("contains the invisible character {}", hidden.escape_unicode())
    } else if number(name).is_some() {
        "is a number".into()
    } else if name.starts_with('@') {
        "begins with `@` like an address".into()
    } else if name.starts_with('#') {
        "begins with `#` like a comment".into()
    } else if name.ends_with(':') {
        "ends with `:` like a prefix".into()
    } else if name == "..." {
        "leaves a block open".into()
    } else {
        return Ok(());
    };
    Err(format!("{} cannot be a name: it {fault}", quoted(name)))
}

pub(super) fn ends_word(char: char) -> bool {
    is_space(char) || matches!(char, '[' | ']' | '"')
}

/// White space, and the byte order mark that some editors put before the first word.
pub(super) fn is_space(char: char) -> bool {
    char.is_whitespace() || char == '\u{feff}'
}

/// Whether a character shows nothing, or changes how others show: control characters, zero-width
/// spaces and marks that turn the direction of writing. Names must not contain them, and a printed
/// text or message spells them out, so that what a person sees is what is there.
pub fn is_hidden(char: char) -> bool {
    char.is_control()
        || matches!(char, '\u{200b}' | '\u{200e}' | '\u{200f}' | '\u{feff}')
        || matches!(char, '\u{2028}'..='\u{202e}' | '\u{2060}'..='\u{206f}')
}

#[cfg(test)]
mod tests {
    use super::super::diagnostic::Diagnostics;
    use super::super::token::{Lexer, TokenKind};
    use super::*;

    /// The first word, if there is nothing wrong with it.
    fn read(source: &str) -> Option<TokenKind<'_>> {
        let mut report = Diagnostics::default();
        Lexer::new(source).token(&mut report).map(|token| token.kind)
    }

    #[test]
    fn names() {
        let longest = "n".repeat(NAME_BYTES);
        for name in ["dup", "i", "breakpoint", "a:b", "a#", "é", "-", "....", "1+", &longest] {
            assert_eq!(check_name(name), Ok(()), "{name}");
            assert_eq!(read(name), Some(TokenKind::Word(name)), "{name}");
        }
        let longer = "n".repeat(NAME_BYTES + 1);
        let bad_names = [
            "", "5", "-5", "@x", "#x", "a b", "a]", "[", "a\"", "x:", ":", "...", "a\u{7}", &longer,
        ];
        for name in bad_names {
            assert!(check_name(name).is_err(), "{name}");
            assert_ne!(read(name), Some(TokenKind::Word(name)), "{name}");
        }
    }
}
