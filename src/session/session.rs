//! The session: an image and its journal, and the only door to both.
//!
//! The window, the runner, tests and fuzzers are equal users of it. Every change is a gesture: a list
//! of commands that is carried out whole or not at all, followed, if wanted, by a run. What ran is
//! journalled as the number of instructions that retired; why it stopped (a breakpoint of the user,
//! the end of a call, a slice of time) is a condition of the session and not of history.
//!
//! Undo, redo, stepping back and going anywhere are one thing: `goto(position)`.

use std::collections::HashMap;

use super::checkpoint::Checkpoints;
use super::command::{Command, Refused};
use super::goal::{Goal, Progress};
use super::journal::{Entry, Journal, Position};
use super::recording::Line;
use crate::program::image::Image;
use crate::vm::machine::Machine;
use crate::vm::stop::Stop;

/// A run that has begun: what it is for, and how much of it is behind.
#[derive(Clone, Debug)]
struct Running {
    goal: Goal,
    retired: u64,
    /// The entry that the run belongs to; nothing before a run of its own has retired anything.
    entry: Option<usize>,
}

/// An image with its history.
#[derive(Clone, Debug)]
pub struct Session {
    image: Image,
    journal: Journal,
    position: Position,
    checkpoints: Checkpoints,
    running: Option<Running>,
    since_checkpoint: u64,
    /// Where redo leads from positions that undo or stepping back came to.
    forward: HashMap<Position, Position>,
    unsaved: Vec<Line>,
}

/// What the replay of a journal did not do as it says.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Mismatch {
    /// The entry that went differently.
    pub entry: usize,
    /// How, in words.
    pub cause: String,
}

impl std::fmt::Display for Mismatch {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(formatter, "gesture {}: {}", self.entry, self.cause)
    }
}

impl std::error::Error for Mismatch {}

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
            forward: HashMap::new(),
            unsaved: Vec::new(),
        }
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

    /// Changes the memory that checkpoints may take, in bytes.
    pub fn set_checkpoint_budget(&mut self, bytes: usize) {
        self.checkpoints.set_budget(bytes);
    }

    /// What the run in progress is for, if there is one.
    pub fn running(&self) -> Option<&Goal> {
        self.running.as_ref().map(|running| &running.goal)
    }

    /// Journal lines since the last call, to be appended to a recording.
    pub fn take_lines(&mut self) -> Vec<Line> {
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
        Ok(())
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

    fn enter(&mut self, commands: Vec<Command>) -> usize {
        self.unsaved.push(Line::Gesture(commands.clone()));
        self.forward.remove(&self.position);
        let entry = self.journal.push(Entry { parent: self.position, commands });
        self.position = self.journal.end_of(entry);
        self.checkpoint_if_due(self.position.done);
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
        progress
    }

    /// Ends the run in progress where it is.
    pub fn pause(&mut self) {
        self.running = None;
    }

    /// Journals what a run retired: in the entry of its gesture, or in a new one.
    fn extend(&mut self, entry: Option<usize>, retired: u64) -> usize {
        let Some(entry) = entry else { return self.enter(vec![Command::Run { fuel: retired }]) };
        self.journal.extend(entry, retired);
        self.position.done += retired;
        self.unsaved.push(Line::More(retired));
        self.checkpoint_if_due(retired);
        entry
    }

    fn checkpoint_if_due(&mut self, retired: u64) {
        self.since_checkpoint += retired;
        if self.since_checkpoint >= Checkpoints::interval(&self.image) {
            self.since_checkpoint = 0;
            let retired = self.journal.retired(self.position);
            self.checkpoints.keep(self.position, retired, &self.image);
        }
    }

    /// Does what a line of a recording says, as a gesture of this session. A run that stops before it
    /// has used its fuel is journalled as far as it went. Comments and expectations do nothing.
    ///
    /// # Errors
    /// Why it cannot be done, in words; then nothing has changed.
    pub fn play(&mut self, line: &Line) -> Result<(), String> {
        match line {
            Line::Gesture(commands) => self.apply(commands).map_err(|refused| refused.to_string()),
            Line::More(fuel) => {
                let before = self.image.machine.retired();
                self.image.machine.run(*fuel);
                let retired = self.image.machine.retired() - before;
                if retired > 0 {
                    let entry = self.position.entry;
                    let at_end = entry > 0 && self.position == self.journal.end_of(entry);
                    self.extend(at_end.then_some(entry), retired);
                }
                Ok(())
            }
            Line::Goto(to) => self.go_back(*to).map_err(|mismatch| mismatch.to_string()),
            Line::Expect(_) | Line::Comment(_) => Ok(()),
        }
    }

    // --- going back and forth ---------------------------------------------------------------------

    /// Goes to a position of the journal. Ends a run in progress.
    ///
    /// # Errors
    /// If there is no such position, or the journal was made by hand and does not do what it says;
    /// then the image is as it was.
    pub fn goto(&mut self, to: Position) -> Result<(), Mismatch> {
        if !self.journal.contains(to) {
            let cause = format!("there is no position {to}");
            return Err(Mismatch { entry: to.entry, cause });
        }
        self.running = None;
        if to == self.position {
            return Ok(());
        }
        self.image = self.rebuild(to)?;
        self.position = to;
        self.since_checkpoint = 0;
        match self.unsaved.last_mut() {
            Some(Line::Goto(last)) => *last = to,
            _ => self.unsaved.push(Line::Goto(to)),
        }
        Ok(())
    }

    /// The image at a position: the nearest one on the way that is at hand, and a replay from there.
    fn rebuild(&mut self, to: Position) -> Result<Image, Mismatch> {
        let kept = self.checkpoints.nearest(&self.journal, to);
        let base = (Position::default(), self.journal.base());
        let (mut from, mut start) = kept.unwrap_or(base);
        // Going forward, the image that is shown is the nearest.
        let retired = |position| self.journal.retired(position);
        if self.journal.passes(to, self.position) && retired(self.position) >= retired(from) {
            (from, start) = (self.position, &self.image);
        }
        let mut image = start.clone();
        let mut since = 0;
        for leg in self.journal.legs(from, to) {
            let mut done = leg.from.unwrap_or(0);
            for command in self.journal.commands(leg) {
                let fuel = match command {
                    Command::Run { fuel } => fuel,
                    other => {
                        other.apply(&mut image).map_err(|refused| Mismatch {
                            entry: leg.entry,
                            cause: refused.to_string(),
                        })?;
                        continue;
                    }
                };
                let mut left = fuel;
                while left > 0 {
                    let slice = left.min(Checkpoints::interval(&image));
                    replay(&mut image, slice, leg.entry)?;
                    (left, done, since) = (left - slice, done + slice, since + slice);
                    // Not in the middle of the gesture's other commands: a position says where.
                    if since >= Checkpoints::interval(&image) && left > 0 {
                        since = 0;
                        let position = Position { entry: leg.entry, done };
                        let retired = self.journal.retired(position);
                        self.checkpoints.keep(position, retired, &image);
                    }
                }
            }
        }
        Ok(image)
    }

    /// Takes back the last gesture; false at the base. What follows stays reachable.
    ///
    /// # Errors
    /// As [`Session::goto`].
    pub fn undo(&mut self) -> Result<bool, Mismatch> {
        let Some(entry) = self.journal.entry(self.position.entry) else { return Ok(false) };
        let to = entry.parent;
        self.go_back(to).map(|()| true)
    }

    /// Does the gesture again that undo or stepping back came from, or else the newest that follows
    /// here; false if none does.
    ///
    /// # Errors
    /// As [`Session::goto`].
    pub fn redo(&mut self) -> Result<bool, Mismatch> {
        let end = self.journal.end_of(self.position.entry);
        let newest = || self.journal.children(self.position).last();
        let to = match self.forward.get(&self.position) {
            Some(&to) => to,
            None => match newest() {
                Some(entry) => self.journal.end_of(entry),
                None if end != self.position => end,
                None => return Ok(false),
            },
        };
        self.goto(to).map(|()| true)
    }

    /// Takes back one instruction, and what was edited since; false if none lies before.
    ///
    /// # Errors
    /// As [`Session::goto`].
    pub fn step_back(&mut self) -> Result<bool, Mismatch> {
        match self.journal.back(self.position) {
            Some(to) => self.go_back(to).map(|()| true),
            None => Ok(false),
        }
    }

    /// Goes to an earlier position and remembers the way forward: redo leads to the end of each
    /// gesture in turn.
    pub fn go_back(&mut self, to: Position) -> Result<(), Mismatch> {
        let way: Vec<Position> = self.journal.path(self.position).collect();
        self.goto(to)?;
        let mut next = None;
        for at in way {
            if at.entry == to.entry {
                // Within the entry, its end comes first.
                if to.done < at.done {
                    self.forward.insert(to, at);
                    if let Some(next) = next {
                        self.forward.insert(at, next);
                    }
                } else if let Some(next) = next {
                    self.forward.insert(at, next);
                }
                break;
            }
            if let Some(next) = next {
                self.forward.insert(at, next);
            }
            next = Some(self.journal.end_of(at.entry));
        }
        Ok(())
    }
}

/// Runs exactly so many instructions.
fn replay(image: &mut Image, fuel: u64, entry: usize) -> Result<(), Mismatch> {
    let before = image.machine.retired();
    let stop = image.machine.run(fuel);
    let retired = image.machine.retired() - before;
    if retired == fuel {
        return Ok(());
    }
    let cause = format!("it should run {fuel} instructions more; after {retired}: {stop}");
    Err(Mismatch { entry, cause })
}
