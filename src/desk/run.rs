//! Running a program while its front answers: in slices that end well before the next frame.

use std::time::Duration;

use super::Desk;
use super::action::Field;
use super::pacing::Pacing;
use super::request::Request;
use crate::session::goal::{Goal, Progress};
use crate::view::stop::Tone;
use crate::vm::stop::Stop;

/// How a run goes on.
#[derive(Clone, Copy, Debug, Default)]
pub struct Pace {
    /// How long a slice is.
    pub slices: Pacing,
    /// Of a run that is watched, when its next instruction is due.
    due: f64,
    /// It goes on after input until something stops it.
    free: bool,
}

impl Desk {
    /// Begins a run that goes on until something stops it, or ends what is in progress.
    pub(super) fn run_or_pause(&mut self) {
        if self.travels() {
            self.give_up_travel();
        } else if self.plays() {
            self.pause_player();
        } else if self.runs() {
            self.pause_run();
        } else if self.can_run() {
            self.document.pace.free = true;
            self.run_to(Goal::Free);
        } else {
            let stop = self.stop();
            // Then it runs as soon as it has its line.
            self.document.pace.free = stop.tone == Tone::Input;
            if self.document.pace.free {
                self.request(Request::Focus(Field::Input));
            }
            self.notice.warn(format!("{}: {}", stop.title, stop.detail));
        }
    }

    /// Stays at the position that is shown: ends a run, a travel and the playing of a recording.
    pub(super) fn hold(&mut self) {
        self.give_up_travel();
        self.pause_player();
        if self.runs() {
            self.pause_run();
        }
    }

    fn pause_run(&mut self) {
        self.document.session.pause();
        self.run_ended();
    }

    fn can_run(&self) -> bool {
        self.session().machine().waits().is_none_or(|stop| stop == Stop::OutOfFuel)
    }

    /// Runs towards a goal.
    pub(super) fn run_to(&mut self, goal: Goal) {
        self.gesture(Vec::new(), Some(goal));
        self.sight.selection = None;
    }

    /// What a run is for that goes on after input.
    pub(super) fn goal_after_input(&self) -> Goal {
        if self.document.pace.free { Goal::Free } else { Goal::Fuel(1) }
    }

    /// The first slice of a run: most are over within it.
    pub(super) fn start_run(&mut self) {
        let pace = &mut self.document.pace;
        *pace = Pace { free: pace.free, ..Pace::default() };
        if self.runs() && self.watched_at().is_none() {
            self.run_slices();
        }
    }

    /// Steps a second of the run in progress, if it is watched.
    fn watched_at(&self) -> Option<u32> {
        match self.session().running()? {
            Goal::Free | Goal::Cell(_) => self.preferences.speed.steps(),
            Goal::Fuel(_) | Goal::Depth(_) | Goal::Line { .. } => None,
        }
    }

    /// Runs for a part of a frame; after how long it goes on.
    pub(super) fn run_part(&mut self, now: f64) -> Option<Duration> {
        if !self.runs() {
            return None;
        }
        if let Some(steps) = self.watched_at() {
            return Some(self.run_watched(steps, now));
        }
        self.run_slices();
        self.runs().then_some(Duration::ZERO)
    }

    fn run_slices(&mut self) {
        let mut slices = self.document.pace.slices;
        slices.work(|fuel| {
            let progress = self.document.session.slice(fuel);
            self.progress(progress);
            self.runs()
        });
        self.document.pace.slices = slices;
    }

    /// As many instructions as are due; after how long the next is.
    fn run_watched(&mut self, steps: u32, now: f64) -> Duration {
        let interval = 1.0 / f64::from(steps);
        let mut due = self.document.pace.due.clamp(now - 0.1, now + interval);
        if due <= now {
            self.document.before = self.document.glance();
            self.request(Request::Reveal(self.counter()));
        }
        while self.runs() && due <= now {
            let progress = self.document.session.slice(1);
            self.progress(progress);
            due += interval;
        }
        self.document.pace.due = due;
        Duration::from_secs_f64((due - now).max(0.001))
    }

    fn progress(&mut self, progress: Progress) {
        match progress {
            Progress::More => return,
            Progress::Reached => {}
            Progress::UserBreakpoint(place) => {
                let address = self.session().machine().memory().address(place);
                self.notice.tell(format!("Stopped before {address}, where you set a stop"));
            }
            Progress::Stopped(Stop::Input) => self.request(Request::Focus(Field::Input)),
            Progress::Stopped(_) => self.document.pace.free = false,
        }
        self.run_ended();
    }

    fn run_ended(&mut self) {
        self.request(Request::Reveal(self.counter()));
    }
}
