//! Bookmarks: positions in the history with a name.
//!
//! They belong to the journal, not to the image, so going back does not remove them. A position has one
//! name, and a name has one position. So the list is easy to read, and giving a position another name
//! renames its bookmark.

use std::collections::{BTreeMap, HashMap};

use super::Position;

/// The longest name, in characters; it fits on a line of the list.
pub const LONGEST: usize = 60;

/// Checks a text as the name of a bookmark; returns it without white space around it.
///
/// # Errors
/// In words, if it is empty, longer than [`LONGEST`], or contains a line end or another control
/// character.
pub fn name(text: &str) -> Result<String, String> {
    let name = text.trim();
    match name.chars().count() {
        0 => Err("a bookmark needs a name".to_string()),
        count if count > LONGEST => {
            Err(format!("this name has {count} characters; a bookmark name has at most {LONGEST}"))
        }
        _ if name.chars().any(char::is_control) => {
            Err("a bookmark name is one line, without control characters".to_string())
        }
        _ => Ok(name.to_string()),
    }
}

/// The bookmarks of a journal.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Bookmarks {
    by_name: BTreeMap<String, Position>,
    /// The reverse of `by_name`.
    names: HashMap<Position, String>,
}

impl Bookmarks {
    /// All bookmarks, sorted by name.
    pub fn by_name(&self) -> &BTreeMap<String, Position> {
        &self.by_name
    }

    /// The name of a position, if it has one.
    pub fn name_of(&self, position: Position) -> Option<&str> {
        self.names.get(&position).map(String::as_str)
    }

    /// Names a position. Its old name is removed, and so is this name from any other position.
    pub(in crate::session) fn set(&mut self, position: Position, name: String) {
        if let Some(before) = self.by_name.insert(name.clone(), position) {
            self.names.remove(&before);
        }
        if let Some(other) = self.names.insert(position, name) {
            self.by_name.remove(&other);
        }
    }

    /// Removes a bookmark; returns whether it existed.
    pub(in crate::session) fn remove(&mut self, name: &str) -> bool {
        let at = self.by_name.remove(name);
        at.is_some_and(|at| self.names.remove(&at).is_some())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_position_has_one_name_and_a_name_one_position() {
        let at = |entry| Position { entry, done: 0 };
        let mut bookmarks = Bookmarks::default();
        for (entry, name) in [(1, "a"), (2, "b"), (1, "b"), (1, "b")] {
            bookmarks.set(at(entry), name.to_string());
        }
        assert_eq!(bookmarks.by_name(), &BTreeMap::from([("b".to_string(), at(1))]));
        assert_eq!((bookmarks.name_of(at(1)), bookmarks.name_of(at(2))), (Some("b"), None));
        assert!(bookmarks.remove("b") && !bookmarks.remove("b"));
        assert_eq!(bookmarks, Bookmarks::default());
    }
}
