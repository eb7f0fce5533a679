//! Names of moments: given, taken away, listed.

use super::App;
use super::interface::Overlay;
use crate::program::diagnostic::grouped;
use crate::view::bookmarks::{self, Named};

impl App {
    /// What the list of moments shows.
    pub(super) fn moments(&self) -> Vec<Named> {
        match &self.interface.overlay {
            Overlay::GoToMoment(text) if text.trim().parse::<u64>().is_ok() => {
                bookmarks::named(&self.session, &self.way, "")
            }
            Overlay::GoToMoment(text) => bookmarks::named(&self.session, &self.way, text),
            _ => Vec::new(),
        }
    }

    /// Asks for the name of the moment that is shown.
    pub(super) fn ask_moment(&mut self) {
        // A name for a moment that goes by would be one for another.
        self.hold();
        let name = self.session.journal().bookmarks().name_of(self.session.position());
        self.interface.overlay = Overlay::NameMoment(name.unwrap_or_default().to_owned());
    }

    /// Gives the moment that is shown a name, or takes it away.
    pub(super) fn name_moment(&mut self, text: &str) {
        let name =
            self.session.journal().bookmarks().name_of(self.session.position()).map(str::to_owned);
        if text.trim().is_empty() {
            self.close_overlay();
            if let Some(name) = name {
                self.forget_moment(&name);
            }
            return;
        }
        match self.session.set_bookmark(text) {
            Ok(before) => {
                self.close_overlay();
                let before = before.map(|at| {
                    let journal = self.session.journal();
                    let base = journal.base().machine.retired();
                    let step = base.saturating_add(journal.retired(at));
                    format!("; until now that was step {}", grouped(step))
                });
                let before = before.unwrap_or_default();
                self.tell(format!("This moment is `{}`{before}", text.trim()));
            }
            Err(problem) => self.warn(problem),
        }
    }

    /// Takes a name away.
    pub(super) fn forget_moment(&mut self, name: &str) {
        if self.session.remove_bookmark(name) {
            self.tell(format!("No moment is named `{name}` any more"));
        }
    }

    fn close_overlay(&mut self) {
        self.interface.overlay = Overlay::None;
        self.interface.focus_entry = true;
    }
}
