//! The job of the session: started by an action, continued in time slices while the front end stays
//! responsive, and reported when it is over.
//!
//! There is at most one. Until it is over the session stays where it is, except for runs and for
//! playing. So a job can be given up at any time: by Esc, F5 or any other request, which then applies
//! to the position shown.

use std::time::Duration;

use super::Desk;
use super::action::Field;
use super::effect::Effect;
use super::entry_line::EntryMode;
use super::glance::Glance;
use super::marks::Taken;
use super::pacing::Pacing;
use crate::session::goal::{Ended, Goal};
use crate::session::job::{Job, JobKind};
use crate::session::journal::Position;
use crate::session::outcome::{Outcome, Progress, Proposal};
use crate::session::refused::Refused;
use crate::session::request::Request;
use crate::session::target::Target;
use crate::view::memory::{self, At};
use crate::view::stop::Tone;
use crate::view::title::title;
use crate::vm::index::{BodyId, DataId, TaskId};
use crate::vm::stop::Stop;

/// The largest memory, in cells, of which an earlier state is kept during a run, to mark changes: half a
/// gigabyte.
const KEPT: u64 = 1 << 26;

/// The timing of the job.
#[derive(Debug, Default)]
pub(super) struct Pace {
    /// The time of the current frame, in seconds.
    pub now: f64,
    /// How long its slices are.
    slices: Pacing,
    /// When the next instruction of a watched run is due, in seconds.
    due: f64,
    /// The state when it began, until another one is shown.
    before: Option<Glance>,
    /// After input, runs until something stops it.
    pub free: bool,
    /// The task that a line runs in, and how many entries its call stack had when the line began.
    line: Option<(TaskId, u32)>,
    /// The goal of the run, and how many instructions had retired when it began.
    pub goal: Option<(Goal, u64)>,
}

impl Desk {
    fn job_kind(&self) -> Option<JobKind> {
        self.session().job().map(Job::kind)
    }

    /// Whether the session is going to a position or searching for one.
    pub fn travels(&self) -> bool {
        self.job_kind() == Some(JobKind::Travel)
    }

    /// What a travel is doing, for the status line.
    pub fn travel_words(&self) -> Option<String> {
        let job = self.session().job().filter(|_| self.travels())?;
        Some(format!("{}. Esc stops.", job.words()))
    }

    /// Where a travel leads, if that is known.
    pub fn destination(&self) -> Option<Position> {
        self.session().job().filter(|_| self.travels())?.destination()
    }

    /// Goes to a position of the timeline, but first lets a travel in progress arrive. So scrubbing
    /// shows positions while the pointer moves, not only when it rests.
    pub(super) fn scrub(&mut self, to: Position) {
        if self.destination().is_none() {
            self.go(Target::At(to));
        } else if let Err(refused) = self.document.session.start(Request::Scrub(to)) {
            self.notice.warn(refused.to_string());
        }
    }

    /// Starts a request and works on it for a first slice; most are done within it. False, with a
    /// message, if it is refused.
    pub(super) fn start(&mut self, request: Request) -> bool {
        let started = self.start_beside_player(request);
        if started {
            self.pause_player();
        }
        started
    }

    /// Like [`Self::start`], but leaves the player playing.
    pub(super) fn start_beside_player(&mut self, request: Request) -> bool {
        if self.in_example()
            && let Some(done) = self.start_in_example(&request)
        {
            return done;
        }
        let request = self.session().request_in_focus(request);
        let before = self.document.glance();
        self.draft_waits_for(&request);
        let line = request.goal().and_then(|goal| match goal {
            Goal::Line { depth, .. } => Some((self.session().machine().task().number(), depth)),
            Goal::Free
            | Goal::Watching(_)
            | Goal::Going(_)
            | Goal::Fuel(_)
            | Goal::Depth(..)
            | Goal::Cell(_) => None,
        });
        let goal = request.goal().map(|goal| (goal, self.session().machine().retired()));
        let begins_branch = self.begins_branch(&request);
        let request = self.marks().set_first(self.session().image(), request);
        let taken = self.document.asked.taken.clone();
        let taken = Taken::along(&request, self.session(), taken);
        let progress = match self.document.session.start(request) {
            Ok(progress) => progress,
            Err(refused) => {
                self.notice.warn(refused.to_string());
                return false;
            }
        };
        self.document.asked.taken = taken;
        self.notice.clear();
        let Pace { now, free, .. } = self.document.pace;
        self.document.pace =
            Pace { now, free, line, goal, before: Some(before), ..Pace::default() };
        match (progress, self.job_kind()) {
            (Progress::Done(outcome), _) => self.over(JobKind::Gesture, outcome),
            (Progress::More, Some(JobKind::Gesture)) => {
                self.shows_other();
                self.follow_watched_run();
                if self.watched_at().is_none() {
                    self.advance();
                }
            }
            (Progress::More, Some(JobKind::Playing | JobKind::Travel) | None) => self.advance(),
        }
        if begins_branch {
            self.notice.add("A new branch begins here; Ctrl+Shift+H lists the one before.");
        }
        true
    }

    /// Whether a request does something else at a position from which the history goes on.
    fn begins_branch(&self, request: &Request) -> bool {
        let does = matches!(request, Request::Gesture { .. } | Request::Prepared(..));
        does && self.session().future() != self.session().position()
    }

    /// Continues the job for part of a frame. Returns when to continue; none if no job is left.
    pub(super) fn job_part(&mut self) -> Option<Duration> {
        self.session().job()?;
        if let Some(steps) = self.watched_at() {
            return Some(self.run_watched(steps));
        }
        self.advance();
        self.session().job().map(|_| Duration::ZERO)
    }

    /// The steps a second of the run in progress, if it is watched.
    pub(super) fn watched_at(&self) -> Option<u32> {
        match self.session().job().filter(|job| job.is_run())?.goal()? {
            Goal::Free | Goal::Watching(_) | Goal::Going(_) | Goal::Cell(_) => {
                self.preferences.speed.steps()
            }
            Goal::Fuel(_) | Goal::Depth(..) | Goal::Line { .. } => None,
        }
    }

    fn advance(&mut self) {
        let mut slices = self.document.pace.slices;
        slices.work(|fuel| self.slice(fuel));
        self.document.pace.slices = slices;
        self.spare_memory();
    }

    /// A long run may change everything, and the earlier state is kept beside it to mark changes. For a
    /// huge memory that would take too much room, so its changes are not marked.
    fn spare_memory(&mut self) {
        let huge = self.session().machine().memory().cells() > KEPT;
        if huge && self.runs() && self.document.before.forget_memory() {
            self.notice
                .tell("This run's changes to memory are not marked: the memory is too large");
        }
    }

    /// Executes the instructions that are due. Returns the time until the next one.
    fn run_watched(&mut self, steps: u32) -> Duration {
        let now = self.document.pace.now;
        let interval = 1.0 / f64::from(steps);
        let mut due = self.document.pace.due.clamp(now - 0.1, now + interval);
        if due <= now {
            self.document.before = self.document.glance();
            self.emit(Effect::Reveal(self.counter()));
        }
        while due <= now && self.slice(1) {
            due += interval;
        }
        self.document.pace.due = due;
        Duration::from_secs_f64((due - now).max(0.001))
    }

    /// Continues the job for about `fuel` instructions. Returns whether there is more to do.
    fn slice(&mut self, fuel: u64) -> bool {
        let Some(kind) = self.job_kind() else { return false };
        let was = self.session().position();
        let progress = self.document.session.advance(fuel);
        let moved = kind != JobKind::Gesture && self.session().position() != was;
        match progress {
            Ok(Progress::More) if moved => self.passed(kind),
            Ok(Progress::More) => {}
            Ok(Progress::Done(outcome)) => self.over(kind, outcome),
            Err(refused) => self.failed(&refused),
        }
        self.session().job().is_some()
    }

    /// A position on the way to the requested one is shown.
    fn passed(&mut self, kind: JobKind) {
        self.shows_other();
        if kind == JobKind::Travel {
            self.arrived();
            self.document.pace.before = Some(self.document.glance());
        } else {
            self.follow_counter();
        }
    }

    fn failed(&mut self, refused: &Refused) {
        self.pause_player();
        self.notice.warn(refused.to_string());
    }

    /// The job is over.
    fn over(&mut self, kind: JobKind, outcome: Outcome) {
        let freed = self.freed_selection();
        self.show_outcome(kind, outcome);
        if let Some(data) = freed {
            self.sight.selection = None;
            self.notice.add(&format!("Data {data} was freed: nothing refers to it any more."));
        }
    }

    fn show_outcome(&mut self, kind: JobKind, outcome: Outcome) {
        match outcome {
            Outcome::Done | Outcome::Ran(_) if kind == JobKind::Gesture => {
                self.shows_other();
                if let Outcome::Ran(ended) = outcome {
                    self.ran(ended);
                }
            }
            Outcome::Done | Outcome::Ran(_) => self.arrived_at_last(),
            Outcome::Arrived if kind == JobKind::Playing => {
                self.shows_other();
                self.played();
            }
            Outcome::Arrived => {
                self.arrived_at_last();
                self.rewound_draft();
            }
            Outcome::NotFound(wanted, direction) => {
                let words = self.not_found(&wanted, direction);
                self.notice.warn(words);
                self.draft_not_begun(&wanted);
            }
            Outcome::Ask(proposal) => self.ask_for_stack(proposal),
            Outcome::Traced(answer) => self.answered(*answer),
            Outcome::Compared => self.compared(),
            Outcome::CodeCompared(finding) => self.code_compared(finding),
            Outcome::Unmet => {
                self.shows_other();
                self.pause_player();
                self.follow_counter();
            }
        }
    }

    /// From now on, changes are marked against the state when the job began.
    fn shows_other(&mut self) {
        if let Some(before) = self.document.pace.before.take() {
            self.document.before = before;
        }
    }

    /// Marks no changes until the next gesture: what is shown is not the result of one.
    pub(super) fn mark_nothing(&mut self) {
        self.document.pace.before = None;
        self.document.before = Glance::default();
    }

    fn ran(&mut self, ended: Ended) {
        self.focus_watched(&ended);
        self.ran_to_host(&ended);
        match ended {
            Ended::Reached => self.entered(),
            Ended::Breakpoint(place) => {
                let address = self.session().machine().memory().address(place);
                self.notice.tell(format!("Stopped at the breakpoint at {address}"));
            }
            Ended::Unclear(place, why) => self.warn_unclear(place, &why),
            Ended::Stopped(Stop::Input) => self.emit(Effect::Focus(Field::Input)),
            Ended::Stopped(_) => self.document.pace.free = false,
        }
        self.emit(Effect::Reveal(self.counter()));
    }

    /// Says why a line stopped before its end: it has entered a function or block that can run on.
    fn entered(&mut self) {
        let machine = self.session().machine();
        let Some((task, depth)) = self.document.pace.line else { return };
        if machine.task_of(task).is_none() {
            return self.notice.tell(format!("Task {task} is over"));
        }
        let now = machine.task();
        let is_deeper = now.number() == task && now.calls().depth() > depth;
        if is_deeper && machine.waits().is_none() {
            let title = title(machine, machine.task().counter().body);
            self.notice.tell(format!(
                "Stopped: it entered {title}. Enter steps in it, Shift+F11 runs it to its end."
            ));
        }
    }

    fn ask_for_stack(&mut self, proposal: Proposal) {
        self.entry.edit(proposal.text, EntryMode::Restart(proposal.frame));
        self.emit(Effect::Focus(Field::Entry));
        self.notice.warn(
            "This call began before the history: write the stack it starts with, the arguments \
             last, and press Enter. Esc cancels.",
        );
    }

    fn arrived_at_last(&mut self) {
        self.shows_other();
        self.arrived();
        self.tell_unclear();
    }

    /// A travel reached a position.
    fn arrived(&mut self) {
        // A data cell stays selected, so that its next write can be searched for.
        let data = self.selected_data();
        self.follow_counter();
        self.select(data);
        let field = if self.stop().tone == Tone::Input { Field::Input } else { Field::Entry };
        self.emit(Effect::FocusAfterTravel(field));
    }

    /// Shows the cell of the counter; the keyboard focus stays where it is.
    pub(super) fn follow_counter(&mut self) {
        self.sight.selection = None;
        self.emit(Effect::Reveal(self.counter()));
    }

    /// The selected data, if it was collected.
    fn freed_selection(&self) -> Option<DataId> {
        let BodyId::Data(data) = self.sight.selection?.head.body else { return None };
        self.session().machine().memory().was_freed(data).then_some(data)
    }

    /// The selected cell, if it is a data cell that still exists.
    fn selected_data(&self) -> Option<At> {
        let at = self.sight.selection?.head;
        let is_there =
            |extent: &memory::BodyExtent| extent.body == at.body && at.offset < extent.size;
        let there = || memory::extents(self.session().machine()).iter().any(is_there);
        (at.place().is_none() && there()).then_some(at)
    }
}
