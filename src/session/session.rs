//! The session: an image and its journal. Both are changed only through it.
//!
//! The desk, the command line, tests and fuzzers all use it in the same way; only an image that nobody goes
//! back in runs without it, as a [`plain run`](super::plain_run). Every change is a gesture: a list of
//! commands that is carried out whole or not at all, and then, if wanted, a run. A run is journalled as the
//! number of instructions that retired. Why it stopped (a breakpoint, the end of a call, a time slice) is
//! a condition of the session and not part of the history.
//!
//! A session is asked to do something with a [`request`](super::request). If that takes long, it becomes
//! a [`job`](super::job); there is at most one.

use std::collections::{HashMap, HashSet};
use std::sync::Arc;

use super::checkpoint::{Checkpoint, Checkpoints};
use super::command::{COST, Command};
use super::job::Job;
use super::journal::rewind::Rewind;
use super::journal::{Entry, Journal, Position, lengthen};
use super::peek::{self, Pauses, Peeked};
use super::record::Record;
use super::refused::Refused;
use super::replay::End;
use super::unsaved::Unsaved;
use crate::program::breakpoint::Breakpoints;
use crate::program::image::Image;
use crate::vm::index::TaskId;
use crate::vm::machine::Machine;
use crate::vm::stop::Stop;

/// An image with its history.
#[derive(Clone, Debug)]
pub struct Session {
    pub(super) image: Image,
    pub(super) journal: Journal,
    pub(super) position: Position,
    /// The end of the branch that redo follows: `position`, or later.
    pub(super) tip: Position,
    pub(super) checkpoints: Checkpoints,
    pub(super) job: Option<Job>,
    /// The task that a person looks at.
    pub(super) looks_at: Option<TaskId>,
    /// The position that a search for breakpoints found, and where they are there.
    pub(super) sought: Option<(Position, Breakpoints)>,
    pub(super) since_checkpoint: u64,
    pub(super) unsaved: Unsaved,
    /// What the instructions of all runs cost beyond one unit each.
    extra_effort: u64,
    pub(super) changes: u64,
    /// Why the machine waited at the ends of gestures. A cache, filled as positions are visited.
    /// Ends in a row with the same reason share it.
    stops: HashMap<usize, Arc<Option<Stop>>>,
    last_stop: Arc<Option<Stop>>,
    /// The gestures that a breakpoint ended. A cache, like `stops`.
    paused: HashSet<usize>,
    /// The images that were compared last, until they are taken.
    pub(super) compared: Option<Box<[Image; 2]>>,
}

impl Default for Session {
    fn default() -> Session {
        Session::new(Image::default())
    }
}

impl Session {
    /// A session that begins with an image.
    pub fn new(base: Image) -> Session {
        Session::of(Journal::new(base))
    }

    /// A session of a journal, at its base. Executes nothing.
    pub fn of(mut journal: Journal) -> Session {
        Session {
            image: journal.fork_base(),
            journal,
            position: Position::default(),
            checkpoints: Checkpoints::default(),
            job: None,
            looks_at: None,
            sought: None,
            since_checkpoint: 0,
            extra_effort: 0,
            tip: Position::default(),
            unsaved: Unsaved::default(),
            changes: 0,
            stops: HashMap::new(),
            last_stop: Arc::default(),
            paused: HashSet::new(),
            compared: None,
        }
    }

    /// A session of a recording, at its base; redo follows the branch to `end`. Executes nothing.
    pub fn of_recording(journal: Journal, end: Position) -> Session {
        Session { tip: end, unsaved: Unsaved::of_recording(end), ..Session::of(journal) }
    }

    /// The image.
    pub fn image(&self) -> &Image {
        &self.image
    }

    /// The machine of the image.
    pub fn machine(&self) -> &Machine {
        &self.image.machine
    }

    /// The journal.
    pub fn journal(&self) -> &Journal {
        &self.journal
    }

    /// The position of the image in the journal.
    pub fn position(&self) -> Position {
        self.position
    }

    /// The checkpoints.
    pub fn checkpoints(&self) -> &Checkpoints {
        &self.checkpoints
    }

    /// The last checkpoint on the branch to a position, at or before the position.
    pub fn checkpoint_before(&self, position: Position) -> Option<&Checkpoint> {
        self.checkpoints.nearest(&self.journal, position)
    }

    /// Keeps the image of a position as a checkpoint, so that nothing before the position need be executed
    /// to go there. The caller knows that the image is the right one.
    pub fn remember(&mut self, position: Position, image: &Image) {
        self.checkpoints.keep(position, image);
    }

    /// Changes the memory that checkpoints may take, in bytes.
    pub fn set_checkpoint_budget(&mut self, bytes: usize) {
        self.checkpoints.set_budget(bytes);
    }

    /// Changes the least number of instructions between two checkpoints. A command other than a run counts
    /// as 1000 instructions; 0 is taken as 1.
    pub fn set_checkpoint_interval(&mut self, instructions: u64) {
        self.checkpoints.set_spacing(instructions);
    }

    /// The job in progress, if there is one.
    pub fn job(&self) -> Option<&Job> {
        self.job.as_ref()
    }

    /// The breakpoints that a search should look for: those that are enabled here, and those that a search
    /// looked for to come here, because they may not have been set yet at this position.
    pub fn breakpoints_to_seek(&self) -> Breakpoints {
        let mut wanted = self.image.breakpoints.enabled();
        if let Some((at, there)) = &self.sought
            && *at == self.position
        {
            for (place, breakpoint) in
                there.iter().filter(|(place, _)| !wanted.contains(place)).collect::<Vec<_>>()
            {
                wanted.set(place, breakpoint.clone());
            }
        }
        wanted
    }

    /// Whether a run would pause at the breakpoint of the counter, and if its condition cannot be evaluated,
    /// why.
    pub fn pauses_here(&mut self) -> Pauses {
        let at = self.image.machine.task().counter();
        let Image { machine, breakpoints, .. } = &mut self.image;
        match breakpoints.get(at).filter(|breakpoint| breakpoint.enabled) {
            Some(breakpoint) => Pauses::at(breakpoint, breakpoint.passed, machine),
            None => Pauses::No,
        }
    }

    /// What a line would leave if it were executed here; nothing of the session changes.
    pub fn peek(&mut self, line: &str) -> Peeked {
        peek::values(&mut self.image.machine, line)
    }

    /// How often something was done or noted. Moving through the history does not count as a change.
    pub fn changes(&self) -> u64 {
        self.changes
    }

    /// What the instructions of all runs in this session cost beyond one unit each.
    pub fn extra_effort(&self) -> u64 {
        self.extra_effort
    }

    /// Counts what a run cost beyond one unit for each instruction.
    pub(super) fn count_extra(&mut self, units: u64) {
        self.extra_effort = self.extra_effort.saturating_add(units);
        self.since_checkpoint = self.since_checkpoint.saturating_add(units);
    }

    /// The records since the last call, to be appended to a recording.
    pub fn take_records(&mut self) -> Vec<Record> {
        self.unsaved.take(self.position)
    }

    /// A recording of all of the session was written, which ends at its position. What is recorded next follows that.
    pub fn recording_written(&mut self) {
        self.unsaved.written(self.position);
    }

    /// Whether there are records of gestures that were not taken yet.
    pub fn has_gestures_to_record(&self) -> bool {
        self.unsaved.has_gestures()
    }

    /// The image, without its history.
    pub fn into_image(self) -> Image {
        self.image
    }

    // --- gestures ---------------------------------------------------------------------------------

    /// Why the machine waited at the end of a gesture. The outer option is none if that position was not
    /// visited since the session was opened; the inner option is none if the machine did not wait.
    pub fn stop_after(&self, entry: usize) -> Option<&Option<Stop>> {
        self.stops.get(&entry).map(|stop| &**stop)
    }

    /// Remembers why the machine waits, if a gesture ends here.
    pub(super) fn note_stop(&mut self) {
        if self.job.is_none() && self.position == self.journal.end_of(self.position.entry) {
            self.keep_end(End::of(self.position.entry, self.position.done, &self.image));
        }
    }

    /// Whether a run paused at a breakpoint at the end of a gesture, if that position was visited.
    pub fn paused_after(&self, entry: usize) -> bool {
        self.paused.contains(&entry)
    }

    /// The images that were compared, the first time it is asked.
    pub fn take_compared(&mut self) -> Option<Box<[Image; 2]>> {
        self.compared.take()
    }

    /// Remembers the ends of gestures that a journey passed.
    pub(super) fn note_ends(&mut self, ends: Vec<End>) {
        for end in ends {
            self.keep_end(end);
        }
    }

    fn keep_end(&mut self, End { entry, stop, pauses }: End) {
        match pauses {
            true => self.paused.insert(entry),
            false => self.paused.remove(&entry),
        };
        if *self.last_stop != stop {
            self.last_stop = Arc::new(stop);
        }
        self.stops.insert(entry, Arc::clone(&self.last_stop));
    }

    /// Applies commands other than runs: all, or none.
    pub(super) fn try_commands(&mut self, commands: &[Command]) -> Result<(), Refused> {
        self.try_all(commands.len(), |image| commands.iter().try_for_each(|each| each.apply(image)))
    }

    /// Applies `count` commands with one call of `apply`: all, or none.
    pub(super) fn try_all(
        &mut self,
        count: usize,
        apply: impl FnOnce(&mut Image) -> Result<(), Refused>,
    ) -> Result<(), Refused> {
        // A single command is atomic. Of several, those before the refused one have to be undone.
        let backup = (count > 1).then(|| self.image.fork());
        let applied = apply(&mut self.image);
        if let (Err(_), Some(backup)) = (&applied, backup) {
            self.image = backup;
        }
        applied
    }

    /// Journals commands that were already applied to the image, as a gesture; returns its entry.
    pub(super) fn enter(&mut self, commands: Vec<Command>) -> usize {
        self.unsaved.add(self.position, Record::Gesture(commands.clone()));
        self.changes += 1;
        let count = commands.len() as u64;
        let entry = self.journal.push(Entry { parent: self.position, commands });
        self.position = self.journal.end_of(entry);
        self.tip = self.position;
        self.checkpoint_if_due(self.position.done.saturating_add(count * COST));
        entry
    }

    /// Journals what a run retired, in the entry of its gesture or in a new entry; returns the entry.
    pub(super) fn extend(&mut self, entry: Option<usize>, retired: u64) -> usize {
        let Some(entry) = entry else { return self.enter(vec![Command::Run { fuel: retired }]) };
        self.journal.extend(entry, retired);
        self.write_more(retired);
        self.position.done += retired;
        self.tip = self.position;
        self.changes += 1;
        self.checkpoint_if_due(retired);
        entry
    }

    /// Records that the run of a gesture continued: in the record of the gesture, if it was not taken yet.
    fn write_more(&mut self, retired: u64) {
        match self.unsaved.last_mut() {
            Some(Record::More(fuel)) => *fuel = fuel.saturating_add(retired),
            Some(Record::Gesture(commands)) => lengthen(commands, retired),
            Some(Record::Goto(_) | Record::Bookmark { .. } | Record::Note(_)) | None => {
                self.unsaved.add(self.position, Record::More(retired));
            }
        }
    }

    /// Shows the image at another position.
    pub(super) fn arrive(&mut self, to: Position, image: Image) {
        if to == self.position {
            return;
        }
        self.show(to, image);
        self.unsaved.go(to);
    }

    /// Shows the image at the position to which a rewind goes back.
    pub(super) fn arrive_rewound(&mut self, rewind: Rewind, image: Image) {
        self.show(rewind.to, image);
        self.journal.rewind(rewind);
        self.unsaved.rewind(rewind);
    }

    fn show(&mut self, to: Position, image: Image) {
        self.journal.rewinds.moved(self.position, to);
        self.image = image;
        self.position = to;
        self.since_checkpoint = 0;
        if !self.journal.passes(self.tip, to) {
            self.tip = to;
        }
        self.note_stop();
    }

    fn checkpoint_if_due(&mut self, work: u64) {
        self.since_checkpoint = self.since_checkpoint.saturating_add(work);
        if self.checkpoints.is_due(self.since_checkpoint, &self.image) {
            self.since_checkpoint = 0;
            self.checkpoints.keep(self.position, &self.image);
        }
    }
}
