//! Names of functions, locals, labels and holes, each kept once and known by a number.
//!
//! Only edits make names, so the table grows with what a person types and is never swept. The
//! numbers depend on the order in which names were first seen: a cache, never compared or saved.

use std::collections::HashMap;
use std::sync::Arc;

/// The longest name, in bytes: long enough for any name a person reads, short enough for a row.
pub const NAME_BYTES: usize = 255;

/// Whether a character shows nothing, or changes how others show: control characters, zero-width
/// spaces, tags, marks that turn the direction of writing, and numbers that are no character. Names must not contain them, and a printed
/// text or message spells them out, so that what a person sees is what is there.
pub fn is_hidden(char: char) -> bool {
    char.is_control()
        || matches!(char, '\u{200b}' | '\u{200e}' | '\u{200f}' | '\u{feff}')
        || matches!(char, '\u{2028}'..='\u{202e}' | '\u{2060}'..='\u{206f}')
        || matches!(char, '\u{fff9}'..='\u{fffb}' | '\u{fffe}' | '\u{ffff}' | '\u{e0000}'..)
}

/// The number of a name in its [`Names`].
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct NameId(pub(super) u32);

/// The table of names.
#[derive(Clone, Debug, Default)]
pub struct Names {
    list: Vec<Arc<str>>,
    numbers: HashMap<Arc<str>, NameId>,
}

impl Names {
    /// The number of `name`, entering it if it is new.
    pub fn intern(&mut self, name: &str) -> NameId {
        if let Some(id) = self.find(name) {
            return id;
        }
        let id = NameId(self.list.len() as u32);
        let name: Arc<str> = name.into();
        self.list.push(name.clone());
        self.numbers.insert(name, id);
        id
    }

    /// The number of `name`, if it was ever entered.
    pub fn find(&self, name: &str) -> Option<NameId> {
        self.numbers.get(name).copied()
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
