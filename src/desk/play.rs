//! Playing a recording: the session moves along its gestures, live, until the user does something else.
//!
//! Playing adds nothing to the history: it is a journey in slices, so it can be stopped at any time.

use std::time::Duration;

use super::Desk;
use super::player::{Player, PlayerRow, Playing};
use crate::session::job::JobKind;
use crate::session::journal::{Journal, Position};
use crate::session::request::Request;
use crate::session::target::Target;
use crate::session::track::Track;

impl Desk {
    /// What to show of the player; none while it is hidden.
    pub fn player_row(&self) -> Option<PlayerRow> {
        let player = self.document.player.as_ref()?;
        Some(player.row(self.session(), self.preferences.rate))
    }

    /// Whether a recording is played.
    pub fn plays(&self) -> bool {
        self.document.player.as_ref().is_some_and(|player| player.playing != Playing::Paused)
    }

    /// Shows or hides the player. It plays the opened recording or, if there is none, the history with
    /// what was undone.
    pub(super) fn toggle_player(&mut self) {
        self.stop_playing();
        self.document.player = match self.document.player {
            Some(_) => None,
            None => {
                let end = self.document.recording.unwrap_or_else(|| self.session().future());
                Some(Player::new(self.session(), end))
            }
        };
    }

    /// Plays from here on, or stops playing.
    pub(super) fn play_or_pause(&mut self) {
        let now = self.session().position();
        let Some(player) = &self.document.player else { return self.no_player() };
        if player.playing != Playing::Paused {
            return self.stop_playing();
        }
        if now == player.track.end() {
            return self
                .notice
                .warn("This is the end of the recording: Previous gesture goes back");
        }
        self.play_at(Playing::AtRate(0.0));
    }

    /// Plays to the end at full speed, checking expectations.
    pub(super) fn play_to_end(&mut self) {
        self.play_at(Playing::ToEnd);
    }

    fn play_at(&mut self, playing: Playing) {
        let Some(player) = &mut self.document.player else { return self.no_player() };
        if !self.entry.text.is_empty() {
            return self
                .notice
                .warn("The entry line holds text: press Enter to do it, or Esc to clear it");
        }
        self.document.session.give_up();
        (player.playing, player.at) = (playing, self.document.session.position());
    }

    fn no_player(&mut self) {
        self.notice.warn("The player is hidden: open a recording, or show the player");
    }

    /// Goes to the end of the next gesture.
    pub(super) fn next_gesture(&mut self) {
        self.go_along(Track::next, "This is the end of the recording");
    }

    /// Goes to the end of the previous gesture.
    pub(super) fn previous_gesture(&mut self) {
        self.go_along(Track::previous, "This is the beginning of the recording");
    }

    fn go_along(
        &mut self,
        to: impl FnOnce(&Track, &Journal, Position) -> Option<Position>,
        nothing: &str,
    ) {
        let Some(player) = &self.document.player else { return self.no_player() };
        match to(&player.track, self.session().journal(), self.session().position()) {
            Some(to) => self.go(Target::At(to)),
            None => self.notice.warn(nothing),
        }
    }

    /// Pauses the player; leaves a job in progress alone.
    pub(super) fn pause_player(&mut self) {
        if let Some(player) = &mut self.document.player {
            player.playing = Playing::Paused;
        }
    }

    /// Stops playing at once, wherever the session is.
    pub(super) fn stop_playing(&mut self) {
        self.pause_player();
        if self.session().job().is_some_and(|job| job.kind() == JobKind::Playing) {
            self.document.session.give_up();
        }
    }

    /// Plays the next part if it is due. Returns the time until the next; none if nothing plays.
    pub(super) fn play_part(&mut self) -> Option<Duration> {
        self.yield_to_user();
        if self.session().job().is_none() {
            self.set_out();
        }
        if self.session().job().is_some() {
            // How soon the job continues is up to the job.
            return self.plays().then_some(Duration::ZERO);
        }
        self.check_here();
        match self.document.player.as_ref()?.playing {
            Playing::Paused => None,
            Playing::AtRate(due) => {
                Some(Duration::from_secs_f64((due - self.document.pace.now).max(0.0)))
            }
            Playing::ToEnd => Some(Duration::ZERO),
        }
    }

    /// Stops playing if something was typed or the session was moved.
    fn yield_to_user(&mut self) {
        let Some(player) = &self.document.player else { return };
        let elsewhere = self.session().job().is_none() && self.session().position() != player.at;
        if self.plays() && (elsewhere || !self.entry.text.is_empty()) {
            self.stop_playing();
        }
    }

    /// Begins the next part of the recording, if one is due.
    fn set_out(&mut self) {
        let Some(player) = &self.document.player else { return };
        let (journal, at) = (self.session().journal(), self.session().position());
        let to = match player.playing {
            Playing::Paused => return,
            Playing::AtRate(due) if self.document.pace.now < due => return,
            Playing::AtRate(_) => match self.preferences.speed.steps() {
                // The steps of a tenth of a second at once, so that drawing keeps up.
                Some(steps) => player.track.further(journal, at, u64::from(steps / 10).max(1)),
                None => player.track.next(journal, at),
            },
            Playing::ToEnd => Some(player.track.end()).filter(|&end| end != at),
        };
        match to {
            Some(to) => {
                self.start_beside_player(Request::Play(to));
            }
            None => {
                self.stop_playing();
                self.notice.tell("This is the end of the recording");
            }
        }
    }

    /// A part of the recording was played.
    pub(super) fn played(&mut self) {
        self.follow_counter();
        let (at, now) = (self.session().position(), self.document.pace.now);
        let (speed, rate) = (self.preferences.speed, self.preferences.rate);
        let player = self.document.player.as_mut().expect("only a player plays, and it is shown");
        player.at = at;
        if let Playing::AtRate(_) = player.playing {
            let is_end = player.track.gesture(at).is_some_and(|n| player.track.end_of(n) == at);
            let wait = match speed.steps() {
                Some(steps) if !is_end => (1.0 / f64::from(steps)).max(0.1),
                Some(_) | None => rate.seconds(),
            };
            player.playing = Playing::AtRate(now + wait);
        }
    }
}
