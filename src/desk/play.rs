//! Playing a recording: the position goes along its gestures, live, and whatever is done meanwhile
//! takes over.
//!
//! Playing changes no history: it is going somewhere, in slices, so it can be stopped at any time.

use std::time::Duration;

use super::Desk;
use super::player::{Pace, Player, PlayerRow};
use super::request::Request;
use crate::session::journal::Position;
use crate::session::travel::Journey;

impl Desk {
    /// What is shown of the player; nothing while it is hidden.
    pub fn player_row(&self) -> Option<PlayerRow> {
        let player = self.document.player.as_ref()?;
        Some(player.row(self.session(), self.preferences.rate))
    }

    /// Whether it plays, or is on its way to somewhere in the recording.
    pub fn plays(&self) -> bool {
        self.document.player.as_ref().is_some_and(Player::is_busy)
    }

    /// Shows the player with the recording that was opened, or with what was done up to now and what
    /// was undone; or hides it.
    pub(super) fn toggle_player(&mut self) {
        self.document.player = match self.document.player {
            Some(_) => None,
            None => {
                let end = self.document.recording.unwrap_or_else(|| self.session().future());
                Some(Player::new(self.session(), end))
            }
        };
    }

    pub(super) fn play_or_pause(&mut self) {
        let now = self.session().position();
        let Some(player) = &mut self.document.player else { return self.no_player() };
        if player.is_busy() {
            return player.pause();
        }
        if now == player.end() {
            return self
                .notice
                .warn("This is the end of the recording: Previous gesture goes back");
        }
        self.play_at(Pace::Playing(0.0));
    }

    /// Goes on until the end, as fast as it goes, checking what is expected.
    pub(super) fn play_to_end(&mut self) {
        self.document.before = self.document.glance();
        self.play_at(Pace::ToEnd);
    }

    fn play_at(&mut self, pace: Pace) {
        self.give_up_travel();
        let Some(player) = &mut self.document.player else { return self.no_player() };
        if !self.entry.text.is_empty() {
            return self.notice.warn("What is typed has taken over: do it, or clear it with Esc");
        }
        self.document.session.pause();
        player.pause();
        (player.pace, player.at) = (pace, self.document.session.position());
    }

    fn no_player(&mut self) {
        self.notice.warn("The player shows no recording: open one, or show the player");
    }

    pub(super) fn next_gesture(&mut self) {
        let Some(player) = &self.document.player else { return self.no_player() };
        match player.next(self.session().journal(), self.session().position()) {
            Some(to) => self.play_to(to),
            None => self.notice.warn("This is the end of the recording"),
        }
    }

    pub(super) fn previous_gesture(&mut self) {
        let Some(player) = &self.document.player else { return self.no_player() };
        match player.previous(self.session().journal(), self.session().position()) {
            Some(to) => self.play_to(to),
            None => self.notice.warn("This is the beginning of the recording"),
        }
    }

    fn play_to(&mut self, to: Position) {
        self.pause_player();
        self.give_up_travel();
        self.go_to_position(to);
    }

    /// Stops playing where it is.
    pub(super) fn pause_player(&mut self) {
        if let Some(player) = &mut self.document.player {
            player.pause();
        }
    }

    /// Plays for a part of a frame; after how long it goes on.
    pub(super) fn play_part(&mut self, now: f64) -> Option<Duration> {
        let mut player = self.document.player.take()?;
        let mut again = None;
        if player.is_busy() {
            let taken_over = self.session().position() != player.at
                || self.runs()
                || self.travels()
                || !self.entry.text.is_empty();
            match taken_over {
                true => player.pause(),
                false => again = self.play(&mut player, now),
            }
        }
        if !self.runs() && !self.travels() {
            self.check_here(&mut player);
        }
        self.document.player = Some(player);
        again
    }

    fn play(&mut self, player: &mut Player, now: f64) -> Option<Duration> {
        let mut slices = self.document.pace.slices;
        let mut again = Some(Duration::ZERO);
        slices.work(|fuel| {
            let Some(journey) = player.journey.take() else {
                match self.set_out(player, now) {
                    SetOut::Gone => return true,
                    SetOut::Waits(until) => again = Some(until),
                    SetOut::Over => again = None,
                }
                return false;
            };
            self.play_slice(player, journey, fuel, now);
            player.is_busy()
        });
        self.document.pace.slices = slices;
        again
    }

    fn play_slice(&mut self, player: &mut Player, mut journey: Journey, fuel: u64, now: f64) {
        match journey.slice(&mut self.document.session, fuel) {
            Ok(true) => self.played(player, now),
            Ok(false) => player.journey = Some(journey),
            Err(mismatch) => {
                player.pause();
                self.notice.warn(mismatch.to_string());
            }
        }
    }

    /// Begins the next part of the way, if one is due.
    fn set_out(&mut self, player: &mut Player, now: f64) -> SetOut {
        let mut due = None;
        if let Pace::Playing(time) = player.pace {
            if now < time {
                return SetOut::Waits(Duration::from_secs_f64(time - now));
            }
            // As many steps as a tenth of a second holds, so that drawing keeps up.
            let steps = self.preferences.speed.steps().map(u64::from);
            due = steps.map(|steps| (steps / 10).max(1));
        }
        let at = self.session().position();
        let Some(to) = player.target(self.session().journal(), at, due) else {
            player.pause();
            self.notice.tell("This is the end of the recording");
            return SetOut::Over;
        };
        match self.session().journey(to) {
            Ok(journey) => player.journey = Some(journey),
            Err(mismatch) => {
                player.pause();
                self.notice.warn(mismatch.to_string());
                return SetOut::Over;
            }
        }
        if player.pace != Pace::ToEnd {
            self.document.before = self.document.glance();
        }
        SetOut::Gone
    }

    /// It has come to where it was going.
    fn played(&mut self, player: &mut Player, now: f64) {
        player.at = self.session().position();
        self.sight.selection = None;
        self.request(Request::Reveal(self.counter()));
        self.notice.clear();
        if let Pace::Playing(_) = player.pace {
            let wait = match self.preferences.speed.steps() {
                Some(steps) if !player.is_end(player.at) => (1.0 / f64::from(steps)).max(0.1),
                Some(_) | None => self.preferences.rate.seconds(),
            };
            player.pace = Pace::Playing(now + wait);
        }
        self.check_here(player);
    }
}

/// Whether the next part of the way was begun.
enum SetOut {
    /// It is on its way.
    Gone,
    /// It is not due before this time has passed.
    Waits(Duration),
    /// There is none.
    Over,
}
