//! Names of functions, locals, labels and holes: which words can be names, and a table that keeps each
//! name once, under a number.
//!
//! Only edits make names, so the table grows with what the user types and is never swept. The
//! numbers depend on the order in which names were first seen: a cache, never compared or saved.

use std::fmt;
use std::sync::Arc;

use imbl::shared_ptr::DefaultSharedPtr;
use imbl::{GenericHashMap, Vector};

/// The longest name, in bytes: long enough for any readable name, short enough to be shown in a row.
pub const NAME_BYTES: usize = 255;

/// Whether a character of a text is written as an escape: control characters, zero-width spaces,
/// tags, marks that change the writing direction, and code points that are not characters.
///
/// Images and recordings of version 1 depend on this set, so it stays as it is. Names have a stricter rule:
/// [`is_invisible`].
pub fn is_hidden(char: char) -> bool {
    char.is_control()
        || matches!(char, '\u{200b}' | '\u{200e}' | '\u{200f}' | '\u{feff}')
        || matches!(char, '\u{2028}'..='\u{202e}' | '\u{2060}'..='\u{206f}')
        || matches!(char, '\u{fff9}'..='\u{fffb}' | '\u{fffe}' | '\u{ffff}' | '\u{e0000}'..)
}

/// Whether a character is invisible: what [`is_hidden`] says, and everything else that Unicode ignores
/// by default, all marks of the writing direction, fillers that look like nothing, and code points that
/// are not characters.
pub fn is_invisible(char: char) -> bool {
    // Nearly all names are ASCII, and every word of a text is checked.
    if char.is_ascii() {
        return is_hidden(char);
    }
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
pub fn joins(char: char) -> bool {
    matches!(char, '\u{200c}' | '\u{200d}' | '\u{fe00}'..='\u{fe0f}')
}

/// What is wrong with a word as a name. Its sentence continues "cannot be a name: it ...".
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum NameFault {
    /// It has no characters.
    Empty,
    /// It has this many bytes, more than [`NAME_BYTES`].
    TooLong(usize),
    /// It contains an invisible character.
    Hidden(char),
    /// It reads as a number.
    Number,
    /// It reads as an address.
    Address,
    /// It reads as a comment.
    Comment,
    /// It reads as a prefix such as `assign:`.
    Prefix,
    /// It is `...`, which leaves a block open.
    Ellipsis,
    /// It contains a character that ends a word, or a backquote, which messages put around names.
    Delimiter(char),
}

impl fmt::Display for NameFault {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            NameFault::Empty => f.write_str("is empty"),
            NameFault::TooLong(bytes) => {
                write!(f, "has {bytes} bytes; a name has at most {NAME_BYTES}")
            }
            NameFault::Hidden(char) => {
                write!(f, "contains the invisible character {}", char.escape_unicode())
            }
            NameFault::Number => f.write_str("is a number"),
            NameFault::Address => f.write_str("begins with `@` like an address"),
            NameFault::Comment => f.write_str("begins with `#` like a comment"),
            NameFault::Prefix => f.write_str("ends with `:` like a prefix"),
            NameFault::Ellipsis => f.write_str("leaves a block open"),
            NameFault::Delimiter(char) if char.is_whitespace() => f.write_str("contains a space"),
            NameFault::Delimiter('`') => f.write_str("contains a backquote"),
            NameFault::Delimiter(char) => write!(f, "contains `{char}`"),
        }
    }
}

/// Checks whether a word can be the name of a function, local, label or hole. If it can, it reads back
/// as one word after any prefix.
///
/// # Errors
/// What is wrong with it.
pub fn check_name(word: &str) -> Result<(), NameFault> {
    if word.is_empty() {
        Err(NameFault::Empty)
    } else if word.len() > NAME_BYTES {
        Err(NameFault::TooLong(word.len()))
    } else if let Some(hidden) = word.chars().find(|&char| is_invisible(char)) {
        Err(NameFault::Hidden(hidden))
    } else if is_number(word) {
        Err(NameFault::Number)
    } else if word.starts_with('@') {
        Err(NameFault::Address)
    } else if word.starts_with('#') {
        Err(NameFault::Comment)
    } else if word.ends_with(':') {
        Err(NameFault::Prefix)
    } else if word == "..." {
        Err(NameFault::Ellipsis)
    } else if let Some(delimiter) = word.chars().find(|&char| is_delimiter(char)) {
        Err(NameFault::Delimiter(delimiter))
    } else {
        Ok(())
    }
}

/// Whether a word can be a name; [`check_name`] says why not.
pub fn is_name(word: &str) -> bool {
    check_name(word).is_ok()
}

/// Whether a word reads as an integer, whether or not it fits in a cell.
pub fn is_number(word: &str) -> bool {
    let digits = word.strip_prefix(['+', '-']).unwrap_or(word);
    !digits.is_empty() && digits.bytes().all(|byte| byte.is_ascii_digit())
}

fn is_delimiter(char: char) -> bool {
    char.is_whitespace() || matches!(char, '[' | ']' | '"' | '`')
}

/// The number of a name in its [`Names`].
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct NameId(pub(super) u32);

/// The table of names. A copy shares all of it; a new name copies a few nodes, however many names there are.
#[derive(Clone, Debug, Default)]
pub struct Names {
    list: Vector<Arc<str>>,
    numbers: GenericHashMap<Arc<str>, NameId, foldhash::fast::RandomState, DefaultSharedPtr>,
}

impl Names {
    /// The number of `name`, which is added if it is new.
    pub fn intern(&mut self, name: &str) -> NameId {
        if let Some(id) = self.find(name) {
            return id;
        }
        let id = NameId(self.list.len() as u32);
        let name: Arc<str> = name.into();
        self.list.push_back(name.clone());
        self.numbers.insert(name, id);
        id
    }

    /// The number of `name`, if it is in the table.
    pub fn find(&self, name: &str) -> Option<NameId> {
        self.numbers.get(name).copied()
    }

    /// All names.
    pub fn iter(&self) -> impl Iterator<Item = &str> {
        self.list.iter().map(|name| &**name)
    }

    /// How many names there are.
    pub(super) fn len(&self) -> usize {
        self.list.len()
    }

    /// The name with this number.
    pub fn get(&self, id: NameId) -> &str {
        &self.list[id.0 as usize]
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_word_that_cannot_be_a_name_says_why() {
        use NameFault::*;
        let longest = "n".repeat(NAME_BYTES);
        for name in ["dup", "i", "breakpoint", "a:b", "a#", "é", "-", "....", "1+", &longest] {
            assert_eq!(check_name(name), Ok(()), "{name}");
        }
        let longer = "n".repeat(NAME_BYTES + 1);
        let faulty = [
            ("", Empty),
            (&longer, TooLong(NAME_BYTES + 1)),
            ("5", Number),
            ("-5", Number),
            ("@x", Address),
            ("#x", Comment),
            ("x:", Prefix),
            (":", Prefix),
            ("...", Ellipsis),
            ("a b", Delimiter(' ')),
            ("a]", Delimiter(']')),
            ("[", Delimiter('[')),
            ("a\"", Delimiter('"')),
            ("a`b", Delimiter('`')),
            ("a\u{7}", Hidden('\u{7}')),
            ("a\u{202e}", Hidden('\u{202e}')),
            ("a\u{200d}", Hidden('\u{200d}')),
            ("\u{3164}", Hidden('\u{3164}')),
        ];
        for (name, fault) in faulty {
            assert_eq!(check_name(name), Err(fault), "{name}");
        }
    }
}
