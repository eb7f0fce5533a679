//! What is expected of the state that is shown: made by the person, and compared wherever the player
//! comes to.

use super::App;
use super::player::Player;

impl App {
    /// Looks whether everything is as expected here; if not, playing stops and says so.
    pub(super) fn check_here(&mut self, player: &mut Player) {
        let now = Some((self.session.position(), self.session.changes()));
        if player.checked == now {
            return;
        }
        player.checked = now;
        player.unmet = match self.session.unmet_here() {
            Ok(unmet) => unmet.map(|unmet| {
                format!("{}: expected {}, found {}", unmet.subject, unmet.expected, unmet.found)
            }),
            Err(problem) => Some(format!("an expectation cannot be read: {problem}")),
        };
        if let Some(words) = player.unmet.clone() {
            player.pause();
            self.warn(format!("Not as expected: {words}"));
        }
    }

    /// Expects the state to be like this whenever the recording is played.
    pub(super) fn expect(&mut self) {
        let replaces = !self.session.expected_here().is_empty();
        match self.session.expect_here() {
            Err(problem) => self.warn(problem),
            Ok(words) => {
                if replaces {
                    self.rewrite();
                }
                let words = words.iter().map(String::as_str);
                let said: Vec<&str> = words.filter(|words| !words.ends_with("``")).collect();
                self.tell(format!("Expected here from now on: {}", said.join(", ")));
                if self.player.is_none() {
                    self.toggle_player();
                }
            }
        }
    }

    /// Expects nothing here any more.
    pub(super) fn forget_expectations(&mut self) {
        if self.session.forget_expectations() == 0 {
            return self.warn("Nothing is expected here");
        }
        self.rewrite();
        self.tell("Nothing is expected here any more");
    }
}
