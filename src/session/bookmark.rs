//! Moments with a name: bookmarks in time. They belong to the journal and not to the image, so going
//! back does not take them away, and a name stays where it is whatever is done elsewhere.
//!
//! A moment has one name and a name one moment: so a list of them can be read at a glance, and giving
//! another name is renaming.

use super::journal::Position;
use super::recording::Line;
use super::session::Session;

/// The longest name, in characters: what fits on a line of the list.
pub const LONGEST: usize = 60;

/// A text as the name of a moment: without blanks around it.
///
/// # Errors
/// In words, if it is empty, longer than [`LONGEST`], or has a line end or the like in it.
pub fn name(text: &str) -> Result<String, String> {
    let name = text.trim();
    match name.chars().count() {
        0 => Err("a moment needs a name of at least one character".to_string()),
        count if count > LONGEST => {
            Err(format!("a moment has a name of up to {LONGEST} characters, not {count}"))
        }
        _ if name.chars().any(char::is_control) => {
            Err("the name of a moment is one line of plain characters".to_string())
        }
        _ => Ok(name.to_string()),
    }
}

impl Session {
    /// Gives the moment that is shown a name, instead of the one it had. Says where the name was
    /// before, if it was elsewhere.
    ///
    /// # Errors
    /// As [`name`].
    pub fn name_moment(&mut self, text: &str) -> Result<Option<Position>, String> {
        let name = name(text)?;
        let before = self.journal.moments().get(&name).copied();
        if before != Some(self.position) {
            self.journal.name_moment(self.position, name.clone());
            self.unsaved.push(Line::Moment { name, here: true });
            self.changes += 1;
        }
        Ok(before.filter(|&at| at != self.position))
    }

    /// Takes a name away, wherever it is; whether there was one.
    pub fn forget_moment(&mut self, name: &str) -> bool {
        let forgotten = self.journal.forget_moment(name);
        if forgotten {
            self.unsaved.push(Line::Moment { name: name.to_string(), here: false });
            self.changes += 1;
        }
        forgotten
    }
}
