//! Requests: everything that a session can be asked to do, and how each is started.

use super::attempt::Attempt;
use super::change::Change;
use super::command::Command;
use super::compare::{Comparing, Comparison};
use super::goal::Goal;
use super::job::{Job, Purpose, Reading, Work};
use super::journal::note::Note;
use super::journal::{Mismatch, Position};
use super::journey::Journey;
use super::outcome::{Outcome, Progress};
use super::prepared::Prepared;
use super::provenance::Question;
use super::record::Record;
use super::refused::Refused;
use super::run::Run;
use super::search::Search;
use super::session::Session;
use super::target::Target;
use super::trace::Trace;
use super::wanted::{Direction, Wanted};
use crate::vm::index::FrameId;
use crate::vm::memory::Place;
use crate::vm::refusal::Refusal;

/// Something that a session is asked to do.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Request {
    /// A gesture: its commands, whole or not at all, and then a run towards a goal.
    Gesture {
        /// The commands.
        commands: Vec<Command>,
        /// The goal of the run that follows, if one does.
        goal: Option<Goal>,
    },
    /// A gesture whose texts were already read, with [`Session::prepare`].
    Prepared(Prepared, Option<Goal>),
    /// Does what a record says, one line of a recording. A run that stops before its fuel is used up is
    /// journalled with the instructions that retired. Comments and expectations do nothing.
    Record(Record),
    /// Goes to a position.
    Go(Target),
    /// Goes to a position; if a journey is in progress, it arrives first.
    Scrub(Position),
    /// Searches for a position and goes there.
    Search(Wanted, Direction),
    /// Restarts an activation: sets the parameter stack to what it was at the call, drops inner activations
    /// and clears the locals. Edits, data, output and input stay as they are.
    Restart(FrameId),
    /// Goes back to the call of an activation, and applies all later edits of code again, but no runs.
    /// Data, output and input are as they were then; the code is as it is now.
    Rewind(FrameId),
    /// The same, back to a position.
    RewindTo(Position),
    /// Carries out a change, and rewinds to where the statement with this first cell was begun in an activation,
    /// which runs the new code from there. If that is not in the history, nothing is done.
    Revise {
        /// The activation.
        frame: FrameId,
        /// The first cell of the statement, before the change.
        statement: Place,
        /// The change.
        change: Change,
    },
    /// Finds out where a value came from; the session stays where it is.
    Trace(Box<Question>),
    /// Works out the images at two positions, to compare them; the session stays where it is.
    Compare(Position, Position),
    /// Replays the input of a recording through other code and finds the first difference; the session stays where
    /// it is.
    CompareCode(Box<Comparing>),
    /// Goes forward along a recording to a position, or to the first position before it at which an
    /// expectation does not hold.
    Play(Position),
}

impl Request {
    /// A gesture.
    pub fn gesture(commands: impl Into<Vec<Command>>, goal: Option<Goal>) -> Request {
        Request::Gesture { commands: commands.into(), goal }
    }

    /// The goal of the run that it begins, if it begins one.
    pub fn goal(&self) -> Option<Goal> {
        match self {
            Request::Gesture { goal, .. } | Request::Prepared(_, goal) => *goal,
            Request::Record(_)
            | Request::Go(_)
            | Request::Scrub(_)
            | Request::Search(..)
            | Request::Restart(_)
            | Request::Rewind(_)
            | Request::Revise { .. }
            | Request::RewindTo(_)
            | Request::Trace(_)
            | Request::Compare(..)
            | Request::CompareCode(_)
            | Request::Play(_) => None,
        }
    }

    /// Goes to a position.
    pub fn goto(to: Position) -> Request {
        Request::Go(Target::At(to))
    }

    /// A gesture that only runs, towards a goal.
    pub fn run(goal: Goal) -> Request {
        Request::Gesture { commands: Vec::new(), goal: Some(goal) }
    }
}

impl Session {
    /// Starts a request, after giving up the job in progress. If this returns [`Progress::More`], call
    /// [`Session::advance`] until the job is done.
    ///
    /// # Errors
    /// Why it cannot start; then nothing has changed, and the job in progress stays.
    pub fn start(&mut self, request: Request) -> Result<Progress, Refused> {
        self.unseen(|session| session.begin(request))
    }

    fn begin(&mut self, request: Request) -> Result<Progress, Refused> {
        match request {
            Request::Gesture { commands, goal } => {
                let plain = |command: Command| command.with_plain_names(self.machine());
                let commands = commands.into_iter().map(plain).collect();
                self.start_gesture(commands, goal)
            }
            Request::Prepared(prepared, goal) => self.start_prepared(prepared, goal),
            Request::Record(record) => self.start_record(record),
            Request::Go(target) => {
                if let (Target::Redo, Some(to)) = (target, self.rewound_again()) {
                    return self.begin(Request::RewindTo(to));
                }
                let to = self.existing(target)?;
                let journey = self.journey_to(to);
                self.start_work(Work::Going(journey, None))
            }
            Request::Scrub(to) => self.start_scrub(to),
            Request::Search(wanted, direction) => {
                let search = self.search(wanted, direction);
                self.start_work(Work::Searching(search, Purpose::Go))
            }
            Request::Restart(frame) => {
                let search = self.search_call(frame)?;
                self.start_work(Work::Searching(search, Purpose::Restart(frame)))
            }
            Request::Rewind(frame) => {
                if self.is_bottom_of_main(frame) && self.begins_fresh() {
                    // Nothing calls main: its call is the start of the history.
                    return self.begin(Request::RewindTo(Position::default()));
                }
                let search = self.search_call(frame)?;
                self.start_work(Work::Searching(search, Purpose::Rewind))
            }
            Request::RewindTo(to) => {
                self.check_rewind(to)?;
                let journey = self.journey_to(to);
                self.start_work(Work::Reading(journey, Reading::Rewind))
            }
            Request::Revise { frame, statement, change } => {
                if self.activation(frame).is_none() {
                    return Err(Refusal::NoFrame { frame }.into());
                }
                if change.commands.iter().any(is_run) {
                    let sentence = "a change that is made in the past cannot run the program";
                    return Err(Refused::Other(sentence.to_owned()));
                }
                let wanted = Wanted::Statement { task: self.focus(), frame, at: statement };
                let search = self.search(wanted, Direction::Back);
                self.start_work(Work::Searching(search, Purpose::Revise(Box::new(change))))
            }
            Request::Trace(question) => {
                let trace = Trace::new(*question, &self.journal, &self.checkpoints);
                self.start_work(Work::Tracing(Box::new(trace)))
            }
            Request::Compare(one, other) => {
                let one = self.existing(Target::At(one))?;
                let other = self.existing(Target::At(other))?;
                let journey = self.journey_to(one);
                self.start_work(Work::Reading(journey, Reading::First(other)))
            }
            Request::CompareCode(comparing) => {
                self.existing(Target::At(comparing.to))?;
                let comparison = Comparison::new(&self.journal, *comparing);
                self.start_work(Work::Comparing(Box::new(comparison)))
            }
            Request::Play(to) => self.start_playing(to),
        }
    }

    /// Starts a job.
    fn start_work(&mut self, work: Work) -> Result<Progress, Refused> {
        self.give_up();
        self.job = Some(Job { work });
        Ok(Progress::More)
    }

    fn existing(&self, target: Target) -> Result<Position, Refused> {
        self.target(target).ok_or_else(|| match target {
            Target::At(at) => {
                let cause = format!("there is no position {at}");
                Refused::Mismatch(Mismatch { entry: at.entry, cause })
            }
            Target::Undo
            | Target::Redo
            | Target::StepBack
            | Target::StepForward
            | Target::NextExecuted
            | Target::Start
            | Target::End
            | Target::NextBranch => Refused::Other(target.absent().to_string()),
        })
    }

    /// A journey to a position of the journal.
    pub(super) fn journey_to(&mut self, to: Position) -> Journey {
        let shown = (self.position, &mut self.image);
        Journey::new(&self.journal, &self.checkpoints, shown, to)
    }

    /// A search from here.
    pub(super) fn search(&mut self, wanted: Wanted, direction: Direction) -> Search {
        let future = self.future();
        let here = (self.position, &mut self.image);
        match direction {
            Direction::Back => Search::back(wanted, &self.journal, &self.checkpoints, here),
            Direction::Forward => Search::forward(wanted, &self.journal, here, future),
        }
    }

    fn start_gesture(
        &mut self,
        mut commands: Vec<Command>,
        goal: Option<Goal>,
    ) -> Result<Progress, Refused> {
        let run = Run::new(take_last_runs(&mut commands), goal);
        if commands.iter().any(is_run) {
            let attempt = Attempt::new(self.image.fork(), commands);
            return self.start_work(Work::Trying(attempt, run));
        }
        self.apply_now(|session| session.try_commands(&commands))?;
        Ok(self.carried_out(commands, run))
    }

    fn start_prepared(
        &mut self,
        prepared: Prepared,
        goal: Option<Goal>,
    ) -> Result<Progress, Refused> {
        if !prepared.is_for(self.position) {
            return self.start_gesture(prepared.into_commands(), goal);
        }
        self.apply_now(|session| session.try_all(prepared.count(), |image| prepared.apply(image)))?;
        Ok(self.carried_out(prepared.into_commands(), Run::new(0, goal)))
    }

    /// Applies the commands of a gesture, after giving up the job in progress; if a command is refused, the
    /// job stays.
    fn apply_now(
        &mut self,
        apply: impl FnOnce(&mut Session) -> Result<(), Refused>,
    ) -> Result<(), Refused> {
        let job = self.job.take();
        self.note_stop();
        let applied = apply(self);
        if applied.is_err() {
            self.job = job;
        }
        applied
    }

    /// Journals the commands of a gesture, which were carried out, and starts its run.
    pub(super) fn carried_out(&mut self, commands: Vec<Command>, mut run: Run) -> Progress {
        if !commands.is_empty() {
            run.entry = Some(self.enter(commands));
        }
        if run.is_empty() {
            self.note_stop();
            return Progress::Done(Outcome::Done);
        }
        self.job = Some(Job { work: Work::Running(run) });
        Progress::More
    }

    fn start_record(&mut self, record: Record) -> Result<Progress, Refused> {
        match record {
            Record::Gesture(commands) => return self.start_gesture(commands, None),
            Record::More(0) | Record::Note(_) => self.give_up(),
            Record::More(fuel) => {
                let mut run = Run::new(fuel, None);
                let entry = self.position.entry;
                let at_end = entry > 0 && self.position == self.journal.end_of(entry);
                run.entry = at_end.then_some(entry);
                return self.start_work(Work::Running(run));
            }
            Record::Goto(to) => return self.begin(Request::goto(to)),
            Record::Bookmark { name, here: true } => {
                self.set_bookmark(&name).map_err(Refused::Other)?;
                self.give_up();
            }
            Record::Bookmark { name, here: false } => {
                self.remove_bookmark(&name);
                self.give_up();
            }
        }
        Ok(Progress::Done(Outcome::Done))
    }

    fn start_scrub(&mut self, to: Position) -> Result<Progress, Refused> {
        self.existing(Target::At(to))?;
        if let Some(Job { work: Work::Going(_, next) }) = &mut self.job {
            *next = Some(to);
            return Ok(Progress::More);
        }
        self.begin(Request::goto(to))
    }

    fn start_playing(&mut self, to: Position) -> Result<Progress, Refused> {
        self.existing(Target::At(to))?;
        let mut next = vec![to];
        next.extend(self.expectations_before(to));
        let first = next.pop().expect("the destination is among them");
        let journey = self.journey_to(first);
        self.start_work(Work::Playing(journey, next))
    }

    /// The positions with expectations on the way to a position, and before it; the last first. From another
    /// branch, playing first goes back to the position at which that branch left the way.
    fn expectations_before(&self, to: Position) -> Vec<Position> {
        let from = self.journal.shared(self.position, to);
        let is_ahead = |at| at < to && (at > from || at == from && from != self.position);
        let mut expected = Vec::new();
        for end in self.journal.path(to).take_while(|end| end.entry >= from.entry) {
            let notes = self.journal.notes().within(end.entry).iter().rev();
            let here = notes.filter(|(at, note)| {
                matches!(note, Note::Expectation(_)) && at.done <= end.done && is_ahead(*at)
            });
            expected.extend(here.map(|&(at, _)| at));
        }
        expected.dedup();
        expected
    }
}

/// Removes the runs at the end of a gesture; returns their instructions, added up.
fn take_last_runs(commands: &mut Vec<Command>) -> u64 {
    let mut wanted: u64 = 0;
    while let Some(&Command::Run { fuel }) = commands.last() {
        wanted = wanted.saturating_add(fuel);
        commands.pop();
    }
    wanted
}

fn is_run(command: &Command) -> bool {
    matches!(command, Command::Run { .. })
}
