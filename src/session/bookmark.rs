//! Setting and removing bookmarks of a session: names for positions.

use super::journal::{Position, bookmark};
use super::record::Record;
use super::session::Session;

impl Session {
    /// Sets a bookmark at the position that is shown, and replaces the one there, if any. Returns where
    /// the bookmark with this name was before, if it was at another position.
    ///
    /// # Errors
    /// As [`bookmark::name`].
    pub fn set_bookmark(&mut self, text: &str) -> Result<Option<Position>, String> {
        let name = bookmark::name(text)?;
        let before = self.journal.bookmarks.by_name().get(&name).copied();
        if before != Some(self.position) {
            self.journal.bookmarks.set(self.position, name.clone());
            self.unsaved.add(self.position, Record::Bookmark { name, here: true });
            self.changes += 1;
        }
        Ok(before.filter(|&at| at != self.position))
    }

    /// Removes a bookmark at any position; returns whether it existed.
    pub fn remove_bookmark(&mut self, name: &str) -> bool {
        let removed = self.journal.bookmarks.remove(name);
        if removed {
            self.unsaved
                .add(self.position, Record::Bookmark { name: name.to_string(), here: false });
            self.changes += 1;
        }
        removed
    }
}
