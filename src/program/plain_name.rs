//! Names as a person can read and type them.
//!
//! One name can be written in several ways that look the same: `é` as one character or as two, or with
//! characters that show nothing. So in every text that comes in, a name is put into Unicode's normal form
//! NFC. Names that look like another one but are not equal get a hint. Invisible characters are no part of
//! names: see `vm/name.rs`.
//!
//! The formats of version 1 allow more, and what they hold always loads. So this is decided where a text
//! is typed or a program is opened, not where a recording is replayed. A name that a machine has
//! already is taken as it is spelled there.

use std::borrow::Cow;
use std::collections::HashMap;

use unicode_normalization::{UnicodeNormalization, is_nfc};
use unicode_security::skeleton;

use super::diagnostic::{Diagnostics, Span};
use super::forth::token::{Lexer, TokenKind};
use super::notation::Notation;
use super::old_name;
use super::source;
use crate::vm::machine::Machine;

/// The names that a machine has already.
pub struct Known<'m> {
    machine: Option<&'m Machine>,
    /// Those that are not in NFC, by their normal form. Collected when the first one is needed.
    denormal: Option<HashMap<String, &'m str>>,
    /// For a file of version 1: its names are only [spelled out](old_name).
    old: bool,
}

impl<'m> Known<'m> {
    /// The names of a machine.
    pub fn of(machine: &'m Machine) -> Known<'m> {
        Known { machine: Some(machine), denormal: None, old: false }
    }

    /// No names: a program begins.
    pub fn none() -> Known<'m> {
        Known { machine: None, denormal: None, old: false }
    }

    /// What a file of version 1 says, as it is kept now.
    pub fn of_version_one() -> Known<'static> {
        Known { machine: None, denormal: None, old: true }
    }

    /// A name as it is kept: as the machine has it, or in NFC.
    pub fn name<'n>(&mut self, name: &'n str) -> Cow<'n, str> {
        if self.old {
            return old_name::spelled_out(name);
        }
        let exists = |name: &str| self.machine.is_some_and(|machine| machine.memory().knows(name));
        if name.is_ascii() || exists(name) {
            return Cow::Borrowed(name);
        }
        let normal: String = name.nfc().collect();
        if exists(&normal) {
            return Cow::Owned(normal);
        }
        if let Some(kept) = self.denormal().get(&normal) {
            return Cow::Owned((*kept).to_owned());
        }
        if normal == name { Cow::Borrowed(name) } else { Cow::Owned(normal) }
    }

    fn denormal(&mut self) -> &HashMap<String, &'m str> {
        let machine = self.machine;
        self.denormal.get_or_insert_with(|| {
            let names = machine.into_iter().flat_map(|machine| machine.memory().names());
            let names = names.filter(|name| !is_nfc(name));
            names.map(|name| (name.nfc().collect(), name)).collect()
        })
    }

    /// As [`Known::text`], for a text in any notation.
    pub fn text_in<'t>(&mut self, text: &'t str, notation: Notation) -> Cow<'t, str> {
        match notation {
            Notation::Forth => self.text(text),
            Notation::Source if text.is_ascii() => Cow::Borrowed(text),
            Notation::Source => self.replaced(text, source::names(text)),
        }
    }

    /// A program text with its names as they are kept. Its texts, comments and spaces stay. Mistakes are
    /// left to the parser.
    pub fn text<'t>(&mut self, text: &'t str) -> Cow<'t, str> {
        if text.is_ascii() {
            return Cow::Borrowed(text);
        }
        if self.old {
            return old_name::spelled_out_in(text);
        }
        let (mut lexer, mut ignored) = (Lexer::new(text), Diagnostics::default());
        let tokens = std::iter::from_fn(move || lexer.token(&mut ignored));
        let is_word = |kind| matches!(kind, TokenKind::Word(_));
        self.replaced(text, tokens.filter(|token| is_word(token.kind)).map(|token| token.span))
    }

    /// A text with the names in these places as they are kept.
    fn replaced<'t>(
        &mut self,
        text: &'t str,
        names: impl IntoIterator<Item = Span>,
    ) -> Cow<'t, str> {
        let (mut plain, mut copied) = (String::new(), 0);
        for Span { start, end } in names {
            if let Cow::Owned(name) = self.name(&text[start..end]) {
                plain.push_str(&text[copied..start]);
                plain.push_str(&name);
                copied = end;
            }
        }
        match copied {
            0 => Cow::Borrowed(text),
            _ => Cow::Owned(plain + &text[copied..]),
        }
    }
}

/// A candidate that looks like `name` and is another name, with the first character of `name` that
/// differs: `а` is U+0430.
pub fn look_alike<'a>(
    name: &str,
    candidates: impl IntoIterator<Item = &'a str>,
) -> Option<(&'a str, char)> {
    let shape: String = skeleton(name).collect();
    let alike = |candidate: &&str| {
        // Two names in plain Latin letters are told apart by their spelling.
        (!name.is_ascii() || !candidate.is_ascii())
            && *candidate != name
            && skeleton(candidate).eq(shape.chars())
    };
    let other = candidates.into_iter().find(alike)?;
    let mut pairs = name.chars().zip(other.chars().map(Some).chain(std::iter::repeat(None)));
    let (char, _) = pairs.find(|&(char, other)| Some(char) != other)?;
    Some((other, char))
}

/// The hint for a missing name that looks like another one.
pub fn hint<'a>(name: &str, candidates: impl IntoIterator<Item = &'a str>) -> Option<String> {
    let (other, char) = look_alike(name, candidates)?;
    let number = u32::from(char);
    Some(format!("`{other}` looks the same but is another name: here `{char}` is U+{number:04X}"))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn plain(text: &str) -> Result<String, String> {
        let plain = Known::none().text(text).into_owned();
        match crate::program::notation::Notation::Forth.read_program(&plain) {
            Ok(_) => Ok(plain),
            Err(report) => Err(report.to_string()),
        }
    }

    #[test]
    fn names_are_put_into_nfc_and_texts_stay() {
        let read =
            plain("[ \"e\u{301}\" ] bind: caf\u{65}\u{301} # e\u{301}\ncafe\u{301}").unwrap();
        assert_eq!(read, "[ \"e\u{301}\" ] bind: caf\u{e9} # e\u{301}\ncaf\u{e9}");
        assert_eq!(plain("a é ★ 日本").unwrap(), "a é ★ 日本");
    }

    #[test]
    fn no_invisible_character_of_unicode_is_part_of_a_new_name() {
        for hidden in [
            '\u{ad}',
            '\u{34f}',
            '\u{61c}',
            '\u{115f}',
            '\u{1160}',
            '\u{17b4}',
            '\u{180e}',
            '\u{200b}',
            '\u{200c}',
            '\u{200d}',
            '\u{202e}',
            '\u{2060}',
            '\u{2066}',
            '\u{2800}',
            '\u{3164}',
            '\u{fe0f}',
            '\u{ffa0}',
            '\u{fff0}',
            '\u{1bca0}',
            '\u{1d173}',
            '\u{e0001}',
            '\u{e0100}',
            '\u{1fffe}',
            '\u{fdd0}',
        ] {
            let text = format!("a{hidden}b");
            let problem = plain(&text).err();
            let problem = problem.unwrap_or_else(|| panic!("{hidden:?} is part of a name"));
            assert!(problem.contains(&hidden.escape_unicode().to_string()), "{problem}");
            assert!(!problem.contains(hidden), "{problem}");
            assert!(plain(&format!("\"a{hidden}b\"")).is_ok(), "texts may contain it");
        }
    }

    #[test]
    fn a_name_that_looks_like_another_gets_a_hint() {
        let names = ["area", "x", "Il"];
        assert_eq!(look_alike("\u{430}rea", names), Some(("area", '\u{430}')));
        assert_eq!(look_alike("area", ["\u{430}rea"]), Some(("\u{430}rea", 'a')));
        assert_eq!(look_alike("area", names), None);
        assert_eq!(look_alike("ll", names), None, "plain letters");
        assert_eq!(look_alike("é", names), None);
    }
}
