//! Running a program while its window answers: in slices that end well before the next frame.

use std::time::Duration;

use egui::Context;

use super::App;
use super::rhythm::Rhythm;
use crate::session::goal::{Goal, Progress};
use crate::view::stop::Tone;
use crate::vm::memory::Place;
use crate::vm::stop::Stop;

/// A run that one watches: when its next instruction is due.
#[derive(Clone, Copy, Debug)]
pub struct Pace {
    next: f64,
}

impl App {
    /// Whether the machine runs.
    pub(super) fn runs(&self) -> bool {
        self.session.running().is_some()
    }

    /// Begins a run that goes on until something stops it, or ends it.
    pub(super) fn run_or_pause(&mut self) {
        if self.travels() {
            self.give_up();
        } else if self.plays() {
            self.pause_player();
        } else if self.runs() {
            self.session.pause();
            self.run_ended();
        } else if self.can_run() {
            self.free = true;
            self.gesture(Vec::new(), Some(Goal::Free));
            self.interface.selection = None;
        } else {
            let stop = self.stop();
            // Then it runs as soon as it has its line.
            self.free = stop.tone == Tone::Input;
            self.interface.focus_input = self.free;
            self.warn(format!("{}: {}", stop.title, stop.detail));
        }
    }

    /// Stays with the moment that is shown: ends a run, a travel and the playing of a recording.
    pub(super) fn hold(&mut self) {
        self.give_up();
        self.pause_player();
        if self.runs() {
            self.session.pause();
            self.run_ended();
        }
    }

    fn can_run(&self) -> bool {
        self.session.machine().waits().is_none_or(|stop| stop == Stop::OutOfFuel)
    }

    /// Runs until a call is over, or the innermost function.
    pub(super) fn run_to(&mut self, goal: Goal) {
        self.gesture(Vec::new(), Some(goal));
        self.interface.selection = None;
    }

    /// Runs until the counter comes to a cell.
    pub(super) fn run_to_cell(&mut self, place: Option<Place>) {
        match place {
            Some(place) => self.run_to(Goal::Cell(place)),
            None => self.warn("Data is not executed"),
        }
    }

    /// The first slice of a run: most are over within it.
    pub(super) fn start_run(&mut self) {
        self.pace = None;
        self.rhythm = Rhythm::default();
        if self.watched() {
            self.pace = Some(Pace { next: 0.0 });
        } else if self.runs() {
            self.slices();
        }
    }

    fn watched(&self) -> bool {
        let free = matches!(self.session.running(), Some(Goal::Free | Goal::Cell(_)));
        free && self.interface.preferences.speed.steps().is_some()
    }

    /// Runs for a part of a frame.
    pub(super) fn run_part(&mut self, ctx: &Context) {
        if !self.runs() {
            return;
        }
        if self.watched() {
            self.run_watched(ctx);
        } else {
            self.slices();
        }
        if self.runs() && !self.watched() {
            ctx.request_repaint();
        }
    }

    fn slices(&mut self) {
        let mut rhythm = self.rhythm;
        rhythm.work(|fuel| {
            let progress = self.session.slice(fuel);
            self.progress(progress);
            self.runs()
        });
        self.rhythm = rhythm;
    }

    /// As many instructions as are due, and a new frame when the next is.
    fn run_watched(&mut self, ctx: &Context) {
        let Some(steps) = self.interface.preferences.speed.steps() else { return };
        let now = ctx.input(|input| input.time);
        let interval = 1.0 / f64::from(steps);
        let mut next = self.pace.map_or(now, |pace| pace.next).clamp(now - 0.1, now + interval);
        if next <= now {
            let seen = std::mem::take(&mut self.seen);
            self.before = super::rows::Glance::new(self.session.machine(), seen);
            self.interface.reveal = Some(self.counter());
        }
        while self.runs() && next <= now {
            let progress = self.session.slice(1);
            self.progress(progress);
            next += interval;
        }
        self.pace = Some(Pace { next });
        ctx.request_repaint_after(Duration::from_secs_f64((next - now).max(0.001)));
    }

    fn progress(&mut self, progress: Progress) {
        match progress {
            Progress::More => return,
            Progress::Reached => {}
            Progress::UserBreakpoint(place) => {
                let address = self.session.machine().memory().address(place);
                self.tell(format!("Stopped before {address}, where you set a stop"));
            }
            Progress::Stopped(Stop::Input) => self.interface.focus_input = true,
            Progress::Stopped(_) => self.free = false,
        }
        self.run_ended();
    }

    fn run_ended(&mut self) {
        self.interface.reveal = Some(self.counter());
        self.stamp += 1;
    }
}
