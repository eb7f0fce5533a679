//! Bookmarks, positions with a name: setting, removing and listing them.

use super::Desk;
use super::overlay::Overlay;
use crate::program::diagnostic::grouped;
use crate::view::bookmarks::{self, Named};

impl Desk {
    /// While the user types where to go: the bookmarks whose names contain the text, or all of them if
    /// it is a number.
    pub fn bookmarks(&self) -> Vec<Named> {
        let Overlay::GoToStep(text) = &self.overlay else { return Vec::new() };
        let part = if text.trim().parse::<u64>().is_ok() { "" } else { text };
        bookmarks::named(self.session(), &self.timeline(), part)
    }

    /// Asks for a name for the position shown.
    pub(super) fn ask_bookmark(&mut self) {
        // Otherwise the position could change before the name is typed.
        self.hold();
        let name = self.session().journal().bookmarks().name_of(self.session().position());
        self.overlay = Overlay::NameBookmark(name.unwrap_or_default().to_owned());
    }

    /// Names the position shown; an empty name removes its bookmark.
    pub(super) fn name_bookmark(&mut self, text: &str) {
        let journal = self.session().journal();
        let name = journal.bookmarks().name_of(self.session().position()).map(str::to_owned);
        if text.trim().is_empty() {
            self.close_overlay();
            if let Some(name) = name {
                self.remove_bookmark(&name);
            }
            return;
        }
        match self.document.session.set_bookmark(text) {
            Ok(before) => {
                self.close_overlay();
                let before = before.map(|at| {
                    let journal = self.session().journal();
                    let base = journal.base().machine.retired();
                    let step = base.saturating_add(journal.retired(at));
                    format!("; before, that was step {}", grouped(step))
                });
                let before = before.unwrap_or_default();
                self.notice.tell(format!("Bookmarked as `{}`{before}", text.trim()));
            }
            Err(problem) => self.notice.warn(problem),
        }
    }

    /// Removes a bookmark.
    pub(super) fn remove_bookmark(&mut self, name: &str) {
        if self.document.session.remove_bookmark(name) {
            self.notice.tell(format!("Removed the bookmark `{name}`"));
        }
    }
}
