//! What can be a name, and why something cannot.

use super::diagnostic::{grouped, quoted};
use super::token::number;
use crate::vm::edit::is_name;
use crate::vm::name::{NAME_BYTES, is_hidden};

/// Whether `name` can be the name of a function, local or label: what passes is read back as this
/// one word behind any prefix.
///
/// # Errors
/// A sentence that says what is wrong with it.
pub fn check_name(name: &str) -> Result<(), String> {
    if is_name(name) {
        return Ok(());
    }
    if name.is_empty() {
        return Err("a name needs at least one character".into());
    }
    let fault = if name.len() > NAME_BYTES {
        format!("has {} bytes; a name has at most {NAME_BYTES}", grouped(name.len()))
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
        "contains a space, bracket, quote or backquote".into()
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
            "",
            "5",
            "-5",
            "@x",
            "#x",
            "a b",
            "a]",
            "[",
            "a\"",
            "x:",
            ":",
            "...",
            "a\u{7}",
            "a`b",
            "a\u{202e}",
            &longer,
        ];
        for name in bad_names {
            assert!(check_name(name).is_err(), "{name}");
            assert_ne!(read(name), Some(TokenKind::Word(name)), "{name}");
        }
    }
}
