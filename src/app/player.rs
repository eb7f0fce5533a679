//! A recording that is played: the position goes along its gestures, live, and whatever is done
//! meanwhile takes over.
//!
//! Playing changes no history: it is going somewhere, in slices, so it can be stopped at any time.
//! The way is fixed when the player opens; what is done besides begins a branch, and the way stays
//! there to be gone back to.

use std::time::Duration;

use egui::Context;

use super::App;
use super::panels::player::PlayerRow;
use super::rows::Glance;
use crate::session::Session;
use crate::session::journal::note::Note;
use crate::session::journal::{Journal, Position};
use crate::session::travel::Journey;
use crate::view::gesture;

/// How it goes on by itself.
#[derive(Clone, Copy, Debug, PartialEq)]
enum Pace {
    /// Not at all.
    Paused,
    /// The next part is due at a time, in seconds.
    Playing(f64),
    /// To the end, as fast as it goes.
    ToEnd,
}

/// A recording, and how it is played.
#[derive(Debug)]
pub(super) struct Player {
    /// The base and the ends of the gestures.
    way: Vec<Position>,
    pace: Pace,
    journey: Option<Journey>,
    /// Where it brought the session; if that is elsewhere, someone took over.
    at: Position,
    /// Where it was last compared with what is expected, and how often the journal was written then.
    pub(super) checked: Option<(Position, u64)>,
    /// What was not as expected there.
    pub(super) unmet: Option<String>,
}

impl Player {
    /// Plays what a session did up to a position.
    pub(super) fn new(session: &Session, end: Position) -> Player {
        let mut way: Vec<Position> = session.journal().path(end).collect();
        way.reverse();
        let (pace, at) = (Pace::Paused, session.position());
        Player { way, pace, journey: None, at, checked: None, unmet: None }
    }

    /// The gesture that a position on the way belongs to; nothing if it is not on the way.
    fn gesture(&self, position: Position) -> Option<usize> {
        let index = self.way.binary_search_by_key(&position.entry, |end| end.entry).ok()?;
        (position.done <= self.way[index].done).then_some(index)
    }

    /// The last place on the way to a position that is on the way that is played.
    fn left(&self, journal: &Journal, position: Position) -> Position {
        let shared = |at: Position| {
            let index = self.way.binary_search_by_key(&at.entry, |end| end.entry).ok()?;
            Some(at.min(self.way[index]))
        };
        journal.path(position).find_map(shared).unwrap_or_default()
    }

    fn end(&self) -> Position {
        self.way.last().copied().unwrap_or_default()
    }

    pub(super) fn pause(&mut self) {
        (self.pace, self.journey) = (Pace::Paused, None);
    }

    fn is_busy(&self) -> bool {
        self.pace != Pace::Paused || self.journey.is_some()
    }

    /// The end of the next gesture, or of the one that a position is in the middle of.
    fn next_end(&self, position: Position) -> Option<Position> {
        let index = self.gesture(position)?;
        let within = position != self.way[index];
        self.way.get(if within { index } else { index + 1 }).copied()
    }

    fn previous_end(&self, position: Position) -> Option<Position> {
        let index = self.way.partition_point(|&end| end < position);
        self.way.get(index.checked_sub(1)?).copied()
    }

    /// Where playing goes next: `steps` instructions further within a run that is watched, or to the
    /// end of a gesture, and no further than to where something is expected.
    fn target(&self, journal: &Journal, at: Position, steps: Option<u64>) -> Option<Position> {
        if self.gesture(at).is_none() {
            return Some(self.left(journal, at));
        }
        let next = match self.pace {
            Pace::ToEnd => Some(self.end()).filter(|&end| end != at)?,
            _ => self.next_end(at)?,
        };
        let next = steps.map_or(next, |steps| within(journal, at, next, steps));
        Some(self.expected_before(journal, at, next).unwrap_or(next))
    }

    /// The first place between two positions of the way where something is expected.
    fn expected_before(&self, journal: &Journal, at: Position, to: Position) -> Option<Position> {
        let behind = journal.notes().after(at);
        let until = behind.iter().take_while(|&&(place, _)| place < to);
        let mut expected = until.filter(|(place, note)| {
            matches!(note, Note::Expectation(_)) && self.gesture(*place).is_some()
        });
        expected.next().map(|&(place, _)| place)
    }
}

/// So many instructions behind a position, in the gesture that ends at `end`. What it did before its
/// first run counts as one.
fn within(journal: &Journal, at: Position, end: Position, steps: u64) -> Position {
    let done = match at.entry == end.entry {
        true => at.done.saturating_add(steps),
        false => steps - 1,
    };
    let begins_with_run = journal.entry(end.entry).is_some_and(|entry| {
        matches!(entry.commands.first(), Some(crate::session::command::Command::Run { .. }))
    });
    let done = if begins_with_run { done.max(1) } else { done };
    Position { done: done.min(end.done), ..end }
}

impl App {
    /// What the strip shows; nothing while it is hidden.
    pub(super) fn player_row(&self) -> Option<PlayerRow> {
        let player = self.player.as_ref()?;
        let (journal, now) = (self.session.journal(), self.session.position());
        let left = player.left(journal, now);
        let gesture = player.gesture(left).unwrap_or(0);
        let end = player.way[gesture];
        let words = match journal.entry(end.entry) {
            Some(entry) => gesture::words(entry),
            None => "the beginning".to_owned(),
        };
        let comments = journal.notes().at(now).filter_map(|note| match note {
            Note::Comment(text) => Some(text.trim().trim_start_matches('#').trim()),
            Note::Expectation(_) => None,
        });
        let is_checked = player.checked.is_some_and(|(place, _)| place == now);
        Some(PlayerRow {
            busy: player.is_busy(),
            gesture,
            gestures: player.way.len() - 1,
            within: left != end,
            words,
            comment: comments.filter(|text| !text.is_empty()).collect::<Vec<_>>().join(" "),
            expected: self.session.expected_here().len(),
            unmet: player.unmet.clone().filter(|_| is_checked),
            taken_over: left != now,
            rate: self.interface.preferences.rate,
        })
    }

    /// Whether it plays, or is on its way to somewhere in the recording.
    pub(super) fn plays(&self) -> bool {
        self.player.as_ref().is_some_and(Player::is_busy)
    }

    /// Shows the player with the recording that was opened, or with what was done up to now and behind;
    /// or hides it.
    pub(super) fn toggle_player(&mut self) {
        self.player = match self.player {
            Some(_) => None,
            None => {
                let end = self.recording.unwrap_or_else(|| self.session.future());
                Some(Player::new(&self.session, end))
            }
        };
    }

    pub(super) fn play_or_pause(&mut self) {
        let Some(player) = &mut self.player else { return self.no_player() };
        if player.is_busy() {
            return player.pause();
        }
        if self.session.position() == player.end() {
            return self.warn("This is the end of the recording: Previous gesture goes back");
        }
        self.play_at(Pace::Playing(0.0));
    }

    /// Goes on until the end, as fast as it goes, checking what is expected.
    pub(super) fn play_to_end(&mut self) {
        self.before = Glance::new(self.session.machine(), std::mem::take(&mut self.seen));
        self.play_at(Pace::ToEnd);
    }

    fn play_at(&mut self, pace: Pace) {
        self.give_up();
        let typed = !self.interface.entry.text.is_empty();
        let Some(player) = &mut self.player else { return self.no_player() };
        if typed {
            return self.warn("What is typed has taken over: do it, or clear it with Esc");
        }
        self.session.pause();
        let now = self.session.position();
        player.pause();
        (player.pace, player.at) = (pace, now);
    }

    fn no_player(&mut self) {
        self.warn("The player shows no recording: open one, or show the player");
    }

    pub(super) fn next_gesture(&mut self) {
        let now = self.session.position();
        let Some(player) = &self.player else { return self.no_player() };
        let next = match player.gesture(now) {
            Some(_) => player.next_end(now),
            None => Some(player.left(self.session.journal(), now)),
        };
        match next {
            Some(to) => self.play_to(to),
            None => self.warn("This is the end of the recording"),
        }
    }

    pub(super) fn previous_gesture(&mut self) {
        let now = self.session.position();
        let Some(player) = &self.player else { return self.no_player() };
        let previous = match player.gesture(now) {
            Some(_) => player.previous_end(now),
            None => Some(player.left(self.session.journal(), now)),
        };
        match previous {
            Some(to) => self.play_to(to),
            None => self.warn("This is the beginning of the recording"),
        }
    }

    fn play_to(&mut self, to: Position) {
        self.pause_player();
        self.give_up();
        self.go_to_moment(to);
    }

    /// Stops playing where it is.
    pub(super) fn pause_player(&mut self) {
        if let Some(player) = &mut self.player {
            player.pause();
        }
    }

    /// Plays for a part of a frame.
    pub(super) fn play_part(&mut self, ctx: &Context) {
        let Some(mut player) = self.player.take() else { return };
        if player.is_busy() {
            let taken = self.session.position() != player.at
                || self.runs()
                || self.travels()
                || !self.interface.entry.text.is_empty();
            match taken {
                true => player.pause(),
                false => self.play(&mut player, ctx),
            }
        }
        if !self.runs() && !self.travels() {
            self.check_here(&mut player);
        }
        self.player = Some(player);
    }

    fn play(&mut self, player: &mut Player, ctx: &Context) {
        let mut rhythm = self.rhythm;
        let mut waits = false;
        rhythm.work(|fuel| {
            let Some(journey) = player.journey.take() else {
                waits = !self.set_out(player, ctx);
                return !waits;
            };
            self.go_on(player, journey, fuel, ctx);
            player.is_busy()
        });
        self.rhythm = rhythm;
        if !waits {
            ctx.request_repaint();
        }
    }

    fn go_on(&mut self, player: &mut Player, mut journey: Journey, fuel: u64, ctx: &Context) {
        match journey.slice(&mut self.session, fuel) {
            Ok(true) => self.played(player, ctx),
            Ok(false) => player.journey = Some(journey),
            Err(mismatch) => {
                player.pause();
                self.warn(mismatch.to_string());
            }
        }
    }

    /// Begins the next part of the way, if one is due.
    fn set_out(&mut self, player: &mut Player, ctx: &Context) -> bool {
        let now = ctx.input(|input| input.time);
        let steps = self.interface.preferences.speed.steps().map(u64::from);
        let mut due = None;
        if let Pace::Playing(time) = player.pace {
            if now < time {
                ctx.request_repaint_after(Duration::from_secs_f64(time - now));
                return false;
            }
            // As many steps as a tenth of a second holds, so that drawing keeps up.
            due = steps.map(|steps| (steps / 10).max(1));
        }
        let (journal, at) = (self.session.journal(), self.session.position());
        let Some(to) = player.target(journal, at, due) else {
            player.pause();
            self.tell("This is the end of the recording");
            return false;
        };
        match self.session.journey(to) {
            Ok(journey) => player.journey = Some(journey),
            Err(mismatch) => {
                player.pause();
                self.warn(mismatch.to_string());
            }
        }
        if player.pace != Pace::ToEnd {
            self.before = Glance::new(self.session.machine(), std::mem::take(&mut self.seen));
        }
        player.journey.is_some()
    }

    /// It has come to where it was going.
    fn played(&mut self, player: &mut Player, ctx: &Context) {
        player.at = self.session.position();
        self.stamp += 1;
        self.interface.selection = None;
        self.interface.reveal = Some(self.counter());
        self.hush();
        if let Pace::Playing(_) = player.pace {
            let rate = self.interface.preferences.rate.seconds();
            let at_end = player.gesture(player.at).is_some_and(|n| player.way[n] == player.at);
            let wait = match self.interface.preferences.speed.steps() {
                Some(steps) if !at_end => (1.0 / f64::from(steps)).max(0.1),
                _ => rate,
            };
            player.pace = Pace::Playing(ctx.input(|input| input.time) + wait);
        }
        self.check_here(player);
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::session::recording::Recording;

    #[test]
    fn a_branch_inside_the_recording_is_not_on_its_way() {
        let text = "midflight-session 1\nbase empty\nwrite 0:0 `1 2 3` | run 3\ngoto 1:2\n\
                    push `7`\ngoto 1:1\npush `8`\nexpect stack `1 8`\n";
        let (journal, end) = Recording::read(text).unwrap().journal().unwrap();
        let session = Session::of_recording(journal, end);
        let (journal, player) = (session.journal(), Player::new(&session, session.future()));
        let at = |entry, done| Position { entry, done };
        assert_eq!(player.way, [at(0, 0), at(1, 1), at(3, 0)]);
        assert_eq!(player.gesture(at(1, 0)), Some(1));
        assert_eq!(player.gesture(at(3, 0)), Some(2));
        for branch in [at(1, 2), at(1, 3), at(2, 0)] {
            assert_eq!(player.gesture(branch), None, "{branch}");
            assert_eq!(player.left(journal, branch), at(1, 1));
        }
        assert_eq!(player.next_end(at(1, 0)), Some(at(1, 1)));
        assert_eq!(player.previous_end(at(1, 0)), Some(at(0, 0)));
        assert_eq!(player.target(journal, at(0, 0), Some(1)), Some(at(1, 0)));
        assert_eq!(player.target(journal, at(1, 0), Some(9)), Some(at(1, 1)));
        assert_eq!(player.target(journal, at(3, 0), None), None);
    }
}
