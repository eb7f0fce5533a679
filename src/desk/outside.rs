//! The world outside the program: what it is given to read, and the host that answers its calls.
//!
//! A host is asked when a run comes to a call that it offers, or when one runs on from there; never just because
//! the machine stands there, so a person may answer or define the function instead. What the run was for is
//! remembered, and the run goes on after the answer.

use std::task::{Context, Waker};
use std::time::Duration;

use super::Desk;
use super::pacing::Pacing;
use crate::session::asking::{Asking, Asks, asks, offer};
use crate::session::command::Command;
use crate::session::driver::is_question;
use crate::session::goal::{Ended, Goal};
use crate::session::hosts::Hosts;
use crate::view::stop::{Hosted, StopRow, Tone, of_host};

/// The world outside.
pub(super) struct Outside {
    /// The line being typed for the program to read.
    pub input: String,
    host: Hosts,
    asking: Asking,
    /// Set while the host is asked: what is run after the answer, if anything.
    after: Option<Option<Goal>>,
    /// Wakes the front end.
    waker: Waker,
    pace: Pacing,
}

impl Default for Outside {
    fn default() -> Outside {
        Outside {
            input: String::new(),
            host: Hosts::default(),
            asking: Asking::default(),
            after: None,
            waker: Waker::noop().clone(),
            pace: Pacing::default(),
        }
    }
}

impl Outside {
    /// Stops asking.
    pub fn stop(&mut self) {
        self.after = None;
        self.asking.forget(&mut self.host);
    }

    /// How many values a function of the host takes.
    pub fn takes(&self, name: &str) -> Option<usize> {
        offer(&self.host, name).map(|offer| offer.takes)
    }

    /// Whether the host is being asked.
    pub fn asks(&self) -> bool {
        self.after.is_some()
    }
}

impl Desk {
    /// Lets programs use a host from now on. The front end calls [`Desk::tick`] when the waker is called.
    pub fn set_host(&mut self, host: Hosts, waker: Waker) {
        self.outside.stop();
        (self.outside.host, self.outside.waker) = (host, waker);
    }

    /// The function that is asked of the host at the counter.
    pub(super) fn asked_of_host(&self) -> Option<&str> {
        if self.in_example() {
            // What comes of an example must not depend on who answers.
            return None;
        }
        let machine = self.session().machine();
        let name = machine.asked().or_else(|| machine.asked_for_address())?;
        offer(&self.outside.host, name).is_some().then_some(name)
    }

    /// A stop in the words for a call that the host answers, if it is one.
    pub(super) fn with_host(&self, row: StopRow) -> StopRow {
        let Some(name) = self.asked_of_host() else { return row };
        let is_empty = row.tone == Tone::Write;
        let failure = self.outside.asking.failure(self.session().focus());
        if is_empty && !self.outside.asks() && failure.is_none() {
            // A person may be about to write the function.
            return row;
        }
        let hosted = match failure {
            Some(reason) => Hosted::Failed(reason),
            None if self.outside.asks() => Hosted::Working,
            None => Hosted::Asked,
        };
        of_host(row, self.session().machine(), name, hosted)
    }

    /// A run has ended: asks the host, if the run came to a call that it offers.
    pub(super) fn ran_to_host(&mut self, ended: &Ended) {
        let Some((goal, began)) = self.document.pace.goal else { return };
        let is_asked = is_question(ended) && self.asked_of_host().is_some();
        if !is_asked && !self.others_ask() {
            return;
        }
        let stood = self.session().machine().retired() == began;
        let after = match goal {
            Goal::Free | Goal::Watching(_) | Goal::Going(_) | Goal::Cell(_) | Goal::Line { .. } => {
                Some(goal)
            }
            // The call itself was the step.
            Goal::Fuel(_) => None,
            Goal::Depth(..) => (!stood).then_some(goal),
        };
        self.outside.asking.retry();
        self.outside.after = Some(after);
    }

    /// Whether there are several tasks, and one of them asks something that the host offers.
    fn others_ask(&self) -> bool {
        let machine = self.session().machine();
        machine.tasks().len() > 1 && !self.in_example() && asks(machine, &self.outside.host)
    }

    /// While some tasks run, the others are answered: then the run goes on.
    fn ask_beside(&mut self) {
        let runs_free = match self.document.pace.goal {
            Some((Goal::Free | Goal::Watching(_) | Goal::Going(_) | Goal::Cell(_), _)) => true,
            Some((Goal::Fuel(_) | Goal::Depth(..) | Goal::Line { .. }, _)) | None => false,
        };
        if !self.runs() || !runs_free || !self.others_ask() {
            return;
        }
        let goal = self.document.pace.goal.map(|(goal, _)| goal);
        let Outside { host, asking, waker, .. } = &mut self.outside;
        let machine = self.document.session.machine();
        if let Asks::Answered(commands) =
            asking.poll(machine, host, &mut Context::from_waker(waker))
        {
            self.carry_out_answer(commands, goal);
        }
    }

    /// Asks the host for part of a frame. Returns when to go on; none if nothing is asked, or the host wakes.
    pub(super) fn host_part(&mut self) -> Option<Duration> {
        let machine = self.document.session.machine();
        if self.outside.asking.settle(machine, &mut self.outside.host) {
            self.outside.after = None;
        }
        self.ask_beside();
        let mut pace = self.outside.pace;
        pace.work(|_| self.ask_host());
        self.outside.pace = pace;
        (self.outside.asks() && self.outside.asking.waits_for().is_none()).then_some(Duration::ZERO)
    }

    /// Asks what is asked now. Returns whether the next question can be asked at once.
    fn ask_host(&mut self) -> bool {
        let Some(goal) = self.outside.after else { return false };
        if self.session().job().is_some() {
            return false;
        }
        let Outside { host, asking, waker, .. } = &mut self.outside;
        let machine = self.document.session.machine();
        match asking.poll(machine, host, &mut Context::from_waker(waker)) {
            Asks::Waits => return false,
            Asks::Nothing | Asks::Failed(_) => self.outside.after = None,
            Asks::Answered(commands) => {
                self.outside.after = None;
                // Of a function whose address was pushed, the call comes later.
                let pushes = machine.asked_for_address().is_some();
                let goal = if pushes { goal.or(Some(Goal::Fuel(1))) } else { goal };
                self.carry_out_answer(commands, goal);
            }
        }
        self.outside.asks()
    }

    fn carry_out_answer(&mut self, commands: Vec<Command>, goal: Option<Goal>) {
        if self.gesture(commands, goal) {
            self.outside.asking.carried_out();
        } else {
            let reason = self.notice.words.clone();
            self.outside.asking.refused(reason);
        }
    }
}
