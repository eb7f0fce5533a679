//! The session: an image and its journal, and the only door to both.
//!
//! The window, the runner, tests and fuzzers are equal users of it. Every change is a gesture: a list
//! of commands that is carried out whole or not at all, followed, if wanted, by a run. What ran is
//! journalled as the number of instructions that retired; why it stopped (a breakpoint of the user,
//! the end of a call, a slice of time) is a condition of the session and not of history.
//!
//! Undo, redo, stepping back and going anywhere are one thing: `goto(position)`.

use std::collections::HashMap;

use super::checkpoint::{Checkpoint, Checkpoints};
use super::command::{COST, Command};
use super::goal::{Goal, Progress};
use super::journal::{Entry, Journal, Position};
use super::record::Record;
use super::refused::Refused;
use crate::program::image::Image;
use crate::vm::machine::Machine;
use crate::vm::stop::Stop;

/// A run that has begun: what it is for, and how much of it is behind.
#[derive(Clone, Debug)]
pub(super) struct Running {
    goal: Goal,
    retired: u64,
    /// The entry that the run belongs to; nothing before a run of its own has retired anything.
    entry: Option<usize>,
}

/// An image with its history.
#[derive(Clone, Debug)]
pub struct Session {
    pub(super) image: Image,
    pub(super) journal: Journal,
    pub(super) position: Position,
    /// The end of the way that redo leads along: `position`, or later.
    pub(super) tip: Position,
    pub(super) checkpoints: Checkpoints,
    pub(super) running: Option<Running>,
    pub(super) since_checkpoint: u64,
    pub(super) unsaved: Vec<Record>,
    pub(super) changes: u64,
    /// How gestures ended, as far as that was seen; a cache, filled where someone was anyway.
    stops: HashMap<usize, Option<Stop>>,
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
    pub fn of(journal: Journal) -> Session {
        Session {
            image: journal.base().clone(),
            journal,
            position: Position::default(),
            checkpoints: Checkpoints::default(),
            running: None,
            since_checkpoint: 0,
            tip: Position::default(),
            unsaved: Vec::new(),
            changes: 0,
            stops: HashMap::new(),
        }
    }

    /// A session of a recording, at its base, with redo leading along the way to `end`. Executes
    /// nothing.
    pub fn of_recording(journal: Journal, end: Position) -> Session {
        Session { tip: end, ..Session::of(journal) }
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

    /// Where in the journal the image is.
    pub fn position(&self) -> Position {
        self.position
    }

    /// The checkpoints.
    pub fn checkpoints(&self) -> &Checkpoints {
        &self.checkpoints
    }

    /// The nearest checkpoint on the way to a position.
    pub fn checkpoint_before(&self, position: Position) -> Option<&Checkpoint> {
        self.checkpoints.nearest(&self.journal, position)
    }

    /// Keeps an image that is known to belong to a position, as a checkpoint: nothing before it is
    /// executed again to go there.
    pub fn remember(&mut self, position: Position, image: &Image) {
        self.checkpoints.keep(position, image);
    }

    /// Changes the memory that checkpoints may take, in bytes.
    pub fn set_checkpoint_budget(&mut self, bytes: usize) {
        self.checkpoints.set_budget(bytes);
    }

    /// Changes how many instructions lie at least between two checkpoints; a command that is no run
    /// counts as a thousand. 0 is taken as 1.
    pub fn set_checkpoint_interval(&mut self, instructions: u64) {
        self.checkpoints.set_spacing(instructions);
    }

    /// What the run in progress is for, if there is one.
    pub fn running(&self) -> Option<&Goal> {
        self.running.as_ref().map(|running| &running.goal)
    }

    /// How often the journal was written to: what was done or noted, and not where one went.
    pub fn changes(&self) -> u64 {
        self.changes
    }

    /// Journal records since the last call, to be appended to a recording.
    pub fn take_records(&mut self) -> Vec<Record> {
        std::mem::take(&mut self.unsaved)
    }

    // --- gestures ---------------------------------------------------------------------------------

    /// Carries out a gesture: all of its commands, or none. A run among them goes on until it has
    /// used its fuel or stops. Ends a run in progress.
    ///
    /// # Errors
    /// Why a command was refused; then image and journal are as they were.
    pub fn apply(&mut self, commands: &[Command]) -> Result<(), Refused> {
        self.begin(commands, None)
    }

    /// Carries out a gesture that goes on running towards a goal: call [`Session::slice`] until it is
    /// done. Ends a run in progress.
    ///
    /// # Errors
    /// As [`Session::apply`]; then nothing runs.
    pub fn begin(&mut self, commands: &[Command], goal: Option<Goal>) -> Result<(), Refused> {
        let done = self.try_commands(commands)?;
        self.running = None;
        let entry = (!done.is_empty()).then(|| self.enter(done));
        self.running = goal.map(|goal| Running { goal, retired: 0, entry });
        self.note_stop();
        Ok(())
    }

    /// Why the machine waited at the end of a gesture: nothing if that was never seen since the
    /// session was opened, and nothing within if it did not wait.
    pub fn stop_after(&self, entry: usize) -> Option<&Option<Stop>> {
        self.stops.get(&entry)
    }

    /// Remembers why the machine waits, if a gesture ends here.
    pub(super) fn note_stop(&mut self) {
        if self.running.is_none() && self.position == self.journal.end_of(self.position.entry) {
            self.stops.insert(self.position.entry, self.image.machine.waits());
        }
    }

    /// Remembers why the machine waited at the ends of gestures that were passed.
    pub(super) fn note_stops(&mut self, ends: impl Iterator<Item = (usize, Option<Stop>)>) {
        self.stops.extend(ends);
    }

    /// Carries out a gesture with its run to the end.
    ///
    /// # Errors
    /// As [`Session::apply`].
    pub fn finish(&mut self, commands: &[Command], goal: Goal) -> Result<Progress, Refused> {
        self.begin(commands, Some(goal))?;
        loop {
            match self.slice(1 << 20) {
                Progress::More => {}
                progress => return Ok(progress),
            }
        }
    }

    /// The commands as they were done: runs cut to what retired, runs of nothing left out.
    fn try_commands(&mut self, commands: &[Command]) -> Result<Vec<Command>, Refused> {
        // One command is atomic in itself; several are tried on a copy.
        let backup = (commands.len() > 1).then(|| self.image.clone());
        let mut done = Vec::with_capacity(commands.len());
        for command in commands {
            let before = self.image.machine.retired();
            if let Err(refused) = command.apply(&mut self.image) {
                if let Some(backup) = backup {
                    self.image = backup;
                }
                return Err(refused);
            }
            match command {
                Command::Run { .. } => {
                    let fuel = self.image.machine.retired() - before;
                    if fuel > 0 {
                        done.push(Command::Run { fuel });
                    }
                }
                other => done.push(other.clone()),
            }
        }
        Ok(done)
    }

    /// Journals a gesture that was carried out on a copy, and takes the copy for the image.
    pub(super) fn enter_whole(&mut self, commands: Vec<Command>, image: Image) {
        self.running = None;
        if !commands.is_empty() {
            self.image = image;
            self.enter(commands);
            self.note_stop();
        }
    }

    fn enter(&mut self, commands: Vec<Command>) -> usize {
        self.unsaved.push(Record::Gesture(commands.clone()));
        self.changes += 1;
        let count = commands.len() as u64;
        let entry = self.journal.push(Entry { parent: self.position, commands });
        self.position = self.journal.end_of(entry);
        self.tip = self.position;
        self.checkpoint_if_due(self.position.done.saturating_add(count * COST));
        entry
    }

    /// Runs up to `fuel` instructions of the run in progress. Without one, says why the machine waits.
    pub fn slice(&mut self, fuel: u64) -> Progress {
        let Some(mut running) = self.running.take() else {
            return Progress::Stopped(self.machine().waits().unwrap_or(Stop::OutOfFuel));
        };
        let before = self.image.machine.retired();
        let first = running.retired == 0;
        let progress = running.goal.run(&mut self.image, fuel, first);
        let retired = self.image.machine.retired() - before;
        if retired > 0 {
            running.entry = Some(self.extend(running.entry, retired));
            running.retired += retired;
        }
        if progress == Progress::More {
            self.running = Some(running);
        }
        self.note_stop();
        progress
    }

    /// Ends the run in progress where it is.
    pub fn pause(&mut self) {
        self.running = None;
        self.note_stop();
    }

    /// Journals what a run retired: in the entry of its gesture, or in a new one.
    fn extend(&mut self, entry: Option<usize>, retired: u64) -> usize {
        let Some(entry) = entry else { return self.enter(vec![Command::Run { fuel: retired }]) };
        self.journal.extend(entry, retired);
        self.position.done += retired;
        self.tip = self.position;
        self.unsaved.push(Record::More(retired));
        self.changes += 1;
        self.checkpoint_if_due(retired);
        entry
    }

    fn checkpoint_if_due(&mut self, work: u64) {
        self.since_checkpoint = self.since_checkpoint.saturating_add(work);
        if self.checkpoints.is_due(self.since_checkpoint, &self.image) {
            self.since_checkpoint = 0;
            self.checkpoints.keep(self.position, &self.image);
        }
    }

    /// Does what a record says, as a gesture of this session. A run that stops before it
    /// has used its fuel is journalled as far as it went. Comments and expectations do nothing.
    ///
    /// # Errors
    /// Why it cannot be done, in words; then nothing has changed.
    pub fn play(&mut self, record: &Record) -> Result<(), String> {
        match record {
            Record::Gesture(commands) => {
                self.apply(commands).map_err(|refused| refused.to_string())
            }
            Record::More(fuel) => {
                let before = self.image.machine.retired();
                self.image.machine.run(*fuel);
                let retired = self.image.machine.retired() - before;
                if retired > 0 {
                    let entry = self.position.entry;
                    let at_end = entry > 0 && self.position == self.journal.end_of(entry);
                    self.extend(at_end.then_some(entry), retired);
                    self.note_stop();
                }
                Ok(())
            }
            Record::Goto(to) => self.goto(*to).map_err(|mismatch| mismatch.to_string()),
            Record::Bookmark { name, here: true } => self.set_bookmark(name).map(drop),
            Record::Bookmark { name, here: false } => {
                self.remove_bookmark(name);
                Ok(())
            }
            Record::Note(_) => Ok(()),
        }
    }
}
