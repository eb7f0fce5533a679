//! Doing a job, one time slice after another.

use super::attempt::Attempt;
use super::compare::Comparison;
use super::job::{Job, Purpose, Reading, Work};
use super::journal::Position;
use super::journey::Journey;
use super::outcome::{Outcome, Progress};
use super::refused::Refused;
use super::run::Run;
use super::search::{Search, Searched};
use super::session::Session;
use super::trace::Trace;
use super::wanted::Wanted;
use crate::program::image::Image;
use crate::vm::index::FrameId;

impl Session {
    /// Continues the job in progress for about `fuel` instructions; a run executes at most that many. A
    /// command counts as 1000 instructions. Without a job, this does nothing.
    ///
    /// # Errors
    /// Why the job cannot be done. Then the job is over, and the session is where it was.
    pub fn advance(&mut self, fuel: u64) -> Result<Progress, Refused> {
        self.unseen(|session| session.advance_job(fuel))
    }

    fn advance_job(&mut self, fuel: u64) -> Result<Progress, Refused> {
        let Some(job) = self.job.take() else { return Ok(Progress::Done(Outcome::Done)) };
        let progress = match job.work {
            Work::Trying(attempt, run) => self.advance_attempt(attempt, run, fuel),
            Work::Running(run) => Ok(self.advance_run(run, fuel)),
            Work::Searching(search, purpose) => self.advance_search(search, purpose, fuel),
            Work::Tracing(trace) => self.advance_trace(trace, fuel),
            Work::Comparing(comparison) => self.advance_comparison(comparison, fuel),
            Work::Going(journey, next) => self.advance_going(journey, next, fuel),
            Work::Reading(journey, reading) => self.advance_reading(journey, reading, fuel),
            Work::Playing(journey, next) => self.advance_playing(journey, next, fuel),
        };
        if self.job.is_none() {
            // What a person looks at now is what there is.
            self.image.machine.finish_collection();
        }
        progress
    }

    /// Gives up the job in progress, if there is one. The session is where it was before the job, except
    /// that a run keeps what it has executed, and playing a recording stays at the last position where it
    /// checked expectations.
    pub fn give_up(&mut self) {
        self.job = None;
        self.image.machine.look_at(None);
        self.note_stop();
        self.image.machine.look_at(self.looks_at);
    }

    fn go_on(&mut self, work: Work) -> Progress {
        self.job = Some(Job { work });
        Progress::More
    }

    fn advance_attempt(
        &mut self,
        mut attempt: Attempt,
        run: Run,
        fuel: u64,
    ) -> Result<Progress, Refused> {
        if !attempt.advance(fuel)? {
            return Ok(self.go_on(Work::Trying(attempt, run)));
        }
        let (image, commands) = attempt.into_parts();
        self.count_extra(image.machine.extra_effort() - self.image.machine.extra_effort());
        self.image = image;
        Ok(self.carried_out(commands, run))
    }

    fn advance_run(&mut self, mut run: Run, fuel: u64) -> Progress {
        let mut left = fuel;
        loop {
            let before = self.image.machine.retired();
            // Run in parts, so that the places of checkpoints do not depend on the time slices.
            let spacing = self.checkpoints.spacing();
            let part = left.min(spacing);
            let costly = self.image.machine.extra_effort();
            // An instruction may cost as much as thousands of others, and a slice must end soon.
            self.image.machine.pause_after(Some(part));
            let ended = run.advance(&mut self.image, part);
            self.image.machine.pause_after(None);
            let retired = self.image.machine.retired() - before;
            let extra = self.image.machine.extra_effort() - costly;
            self.count_extra(extra);
            if retired > 0 {
                run.entry = Some(self.extend(run.entry, retired));
                left = left.saturating_sub(retired + extra);
            }
            if let Some(ended) = ended {
                self.note_stop();
                return Progress::Done(Outcome::Ran(ended));
            }
            if left == 0 {
                return self.go_on(Work::Running(run));
            }
        }
    }

    fn advance_search(
        &mut self,
        mut search: Search,
        purpose: Purpose,
        fuel: u64,
    ) -> Result<Progress, Refused> {
        let at = match search.advance(&self.journal, &self.checkpoints, fuel)? {
            Searched::More => return Ok(self.go_on(Work::Searching(search, purpose))),
            Searched::Nothing => return Ok(self.found_nothing(search, purpose)),
            Searched::Found(at) => at,
        };
        if let Wanted::Breakpoints(_) = search.wanted {
            self.sought = Some((at, search.breakpoints_found()));
        }
        let journey = self.journey_to(at);
        Ok(self.go_on(match purpose {
            Purpose::Go => Work::Going(journey, None),
            Purpose::Restart(frame) => Work::Reading(journey, Reading::Call(frame)),
            Purpose::Rewind => Work::Reading(journey, Reading::Rewind),
            Purpose::Revise(change) => Work::Reading(journey, Reading::Revise(change)),
        }))
    }

    fn advance_trace(&mut self, mut trace: Box<Trace>, fuel: u64) -> Result<Progress, Refused> {
        let Some(mut answer) = trace.advance(&self.journal, &self.checkpoints, fuel)? else {
            return Ok(self.go_on(Work::Tracing(trace)));
        };
        if trace.asked() == self.position {
            answer.settle(&self.image.machine);
        }
        Ok(Progress::Done(Outcome::Traced(Box::new(answer))))
    }

    fn advance_comparison(
        &mut self,
        mut comparison: Box<Comparison>,
        fuel: u64,
    ) -> Result<Progress, Refused> {
        Ok(match comparison.advance(&self.journal, fuel)? {
            Some(finding) => Progress::Done(Outcome::CodeCompared(finding)),
            None => self.go_on(Work::Comparing(comparison)),
        })
    }

    fn found_nothing(&mut self, search: Search, purpose: Purpose) -> Progress {
        match purpose {
            // Nothing calls main: it starts before the very first instruction.
            Purpose::Restart(frame) if self.is_bottom_of_main(frame) && self.begins_fresh() => {
                let journey = self.journey_to(self.before_first_instruction());
                self.go_on(Work::Reading(journey, Reading::Beginning))
            }
            Purpose::Restart(frame) => Progress::Done(Outcome::Ask(self.propose(frame))),
            Purpose::Go | Purpose::Rewind | Purpose::Revise(_) => {
                Progress::Done(Outcome::NotFound(search.wanted, search.direction))
            }
        }
    }

    /// Continues a journey; true if it has arrived.
    fn advance_journey(&mut self, journey: &mut Journey, fuel: u64) -> Result<bool, Refused> {
        let arrived = journey.advance(&self.journal, &mut self.checkpoints, fuel);
        self.note_ends(journey.take_ends());
        Ok(arrived?)
    }

    fn advance_going(
        &mut self,
        mut journey: Journey,
        next: Option<Position>,
        fuel: u64,
    ) -> Result<Progress, Refused> {
        if !self.advance_journey(&mut journey, fuel)? {
            return Ok(self.go_on(Work::Going(journey, next)));
        }
        self.arrive(journey.to(), journey.into_image());
        Ok(match next.filter(|&to| to != self.position) {
            Some(to) => {
                let journey = self.journey_to(to);
                self.go_on(Work::Going(journey, None))
            }
            None => Progress::Done(Outcome::Arrived),
        })
    }

    fn advance_reading(
        &mut self,
        mut journey: Journey,
        reading: Reading,
        fuel: u64,
    ) -> Result<Progress, Refused> {
        if !self.advance_journey(&mut journey, fuel)? {
            return Ok(self.go_on(Work::Reading(journey, reading)));
        }
        let to = journey.to();
        let mut then: Image = journey.into_image();
        match reading {
            Reading::Call(frame) => {
                then.machine.step().expect("the search executed this call");
                self.restart(frame, &then.machine)?;
            }
            Reading::Beginning => self.restart(FrameId::BOTTOM, &then.machine)?,
            Reading::First(other) => {
                let journey = self.journey_to(other);
                return Ok(self.go_on(Work::Reading(journey, Reading::Second(Box::new(then)))));
            }
            Reading::Second(first) => {
                self.compared = Some(Box::new([*first, then]));
                return Ok(Progress::Done(Outcome::Compared));
            }
            Reading::Rewind => {
                self.rewind(to, then)?;
                return Ok(Progress::Done(Outcome::Arrived));
            }
            Reading::Revise(change) => {
                self.rewind_and_revise(to, then, *change)?;
                return Ok(Progress::Done(Outcome::Arrived));
            }
        }
        Ok(Progress::Done(Outcome::Done))
    }

    fn advance_playing(
        &mut self,
        mut journey: Journey,
        mut next: Vec<Position>,
        fuel: u64,
    ) -> Result<Progress, Refused> {
        if !self.advance_journey(&mut journey, fuel)? {
            return Ok(self.go_on(Work::Playing(journey, next)));
        }
        self.arrive(journey.to(), journey.into_image());
        if !matches!(self.unmet_here(), Ok(None)) {
            return Ok(Progress::Done(Outcome::Unmet));
        }
        Ok(match next.pop() {
            Some(to) => {
                let journey = self.journey_to(to);
                self.go_on(Work::Playing(journey, next))
            }
            None => Progress::Done(Outcome::Arrived),
        })
    }
}
