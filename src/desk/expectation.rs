//! Expectations: the user sets them on the position shown, and they are checked wherever the player
//! arrives.

use std::borrow::Cow;

use super::Desk;
use crate::session::expect::SHOWN;
use crate::vm::spelling::clip;

impl Desk {
    /// Checks the expectations here. If one does not hold, stops playing and says so, once.
    pub(super) fn check_here(&mut self) {
        let here = (self.session().position(), self.session().changes());
        let Some(player) = &self.document.player else { return };
        if player.unmet.known(&here).is_some() {
            return;
        }
        let unmet = player.unmet.get(here, || match self.session().unmet_here() {
            Ok(unmet) => unmet.map(|unmet| {
                format!("{}: expected {}, found {}", unmet.subject, unmet.expected, unmet.found)
            }),
            Err(problem) => {
                Some(format!("an expectation cannot be read: {}", clip(&problem, SHOWN)))
            }
        });
        if let Some(words) = &*unmet {
            self.stop_playing();
            self.notice.warn(format!("Not as expected: {words}"));
        }
    }

    /// Expects the state shown whenever the recording is played.
    pub(super) fn expect(&mut self) {
        let replaces = self.session().expectations_here().next().is_some();
        match self.document.session.expect_here() {
            Err(problem) => self.notice.warn(problem),
            Ok(words) => {
                if replaces {
                    self.rewrite_autosave();
                }
                let words = words.iter().map(String::as_str);
                let said = words.filter(|words| !words.ends_with("``"));
                let said: Vec<Cow<'_, str>> = said.map(|words| clip(words, SHOWN)).collect();
                self.notice.tell(format!("Expected here from now on: {}", said.join(", ")));
                if self.document.player.is_none() {
                    self.toggle_player();
                }
            }
        }
    }

    /// Removes the expectations here.
    pub(super) fn remove_expectations(&mut self) {
        if self.document.session.forget_expectations() == 0 {
            return self.notice.warn("Nothing is expected here");
        }
        self.rewrite_autosave();
        self.notice.tell("Nothing is expected here any more");
    }
}
