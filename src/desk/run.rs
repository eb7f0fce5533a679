//! What the Run menu asks for: running, pausing, and how fast.

use super::Desk;
use super::action::Field;
use super::effect::Effect;
use super::speed::Speed;
use crate::session::goal::Goal;
use crate::session::request::Request;
use crate::session::target::Target;
use crate::view::stop::Tone;
use crate::vm::stop::Stop;

impl Desk {
    /// Runs until something stops it. If a job or the player is active, stops that instead.
    pub(super) fn run_or_pause(&mut self) {
        if self.is_busy() {
            self.hold();
        } else if self.can_run() || self.asked_of_host().is_some() {
            self.document.pace.free = true;
            self.run_to(Goal::Free);
        } else {
            let stop = self.stop();
            // At an input stop, the run begins as soon as the line is given.
            self.document.pace.free = stop.tone == Tone::Input;
            if self.document.pace.free {
                self.emit(Effect::Focus(Field::Input));
            }
            // The banner says why it waits.
            self.notice.warn(format!("Cannot run on. {}", self.obvious_thing()));
        }
    }

    /// Whether something runs, travels or plays, or a host is asked.
    pub fn is_busy(&self) -> bool {
        self.session().job().is_some() || self.plays() || self.outside.asks()
    }

    /// Stops what is in progress. Starts nothing.
    pub(super) fn stop_all(&mut self) {
        if self.is_busy() {
            self.hold();
        } else {
            self.notice.warn("Nothing is running");
        }
    }

    /// Stays at the position shown: ends a run, a travel or playing.
    pub(super) fn hold(&mut self) {
        self.stop_playing();
        self.outside.stop();
        if self.runs() {
            self.emit(Effect::Reveal(self.counter()));
        }
        self.document.session.give_up();
    }

    fn can_run(&self) -> bool {
        self.session().machine().waits_together().is_none_or(|stop| stop == Stop::OutOfFuel)
    }

    /// Runs towards a goal.
    pub(super) fn run_to(&mut self, goal: Goal) {
        self.gesture(Vec::new(), Some(goal));
        self.sight.selection = None;
    }

    /// Executes one instruction. In the past, it follows the history, so that no branch is made.
    pub(super) fn step(&mut self) {
        let machine = self.session().machine();
        let is_next = machine.due().number() == machine.task().number();
        if is_next && self.session().target(Target::NextExecuted).is_some() {
            self.start(Request::Go(Target::NextExecuted));
        } else {
            self.run_to(Goal::Fuel(1));
        }
    }

    /// Runs until the counter comes to the selected cell.
    pub(super) fn run_to_cell(&mut self) {
        if let Some(place) = self.executable() {
            self.run_to(Goal::Cell(place));
        }
    }

    /// The goal of the run that follows input.
    pub(super) fn goal_after_input(&self) -> Goal {
        if self.document.pace.free { Goal::Free } else { Goal::Fuel(1) }
    }

    /// Chooses how fast programs run.
    pub(super) fn set_speed(&mut self, speed: Speed) {
        self.preferences.speed = speed;
        self.notice.tell(format!("Runs at {}", speed.words()));
    }
}
