//! Replay: executing the journal from an image at one position to a later position, in slices.
//!
//! Journeys and searches are replays. A replay does not change the session; to give it up, drop it.

use super::checkpoint::{Checkpoint, Checkpoints};
use super::command::{COST, Command};
use super::journal::{Journal, Leg, Mismatch, Position};
use crate::program::image::Image;
use crate::vm::relocate::Shift;
use crate::vm::stop::Stop;

/// What an observer observes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Event<'c> {
    /// An instruction is about to be executed.
    Before,
    /// An instruction was executed; questions about the machine are about the task that has executed it.
    After,
    /// A command other than a run is about to be carried out.
    Command(&'c Command),
}

/// The state of a replay when something is observed.
#[derive(Clone, Copy, Debug)]
pub(super) struct Scene<'r> {
    /// The image.
    pub(super) image: &'r Image,
    /// The position of the image; after an instruction, the position before it.
    pub(super) at: Position,
    /// The position when what is observed is done.
    pub(super) after: Position,
    /// How cells have moved so far.
    pub(super) shifts: &'r [Shift],
}

/// Observes the instructions and commands of a replay.
pub(super) trait Observer {
    /// Observes an event; true ends the slice there.
    fn observe(&mut self, scene: Scene<'_>, event: Event<'_>) -> bool;

    /// Executes instructions that need not be observed, at most `fuel`, starting at position `at`. Returns
    /// how many it executed, and whether the slice ends there. The next instruction is observed.
    ///
    /// # Errors
    /// Why the machine stopped, if it did.
    fn fast_forward(
        &mut self,
        image: &mut Image,
        at: Position,
        shifts: &[Shift],
        fuel: u64,
    ) -> Result<(u64, bool), Stop>;
}

/// How a slice of a replay ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Replayed {
    /// The slice used up its fuel.
    More,
    /// The observer ended the slice.
    Ended,
    /// The replay is at its destination.
    Arrived,
}

/// The end of a gesture.
#[derive(Clone, Debug)]
pub(super) struct End {
    /// The gesture.
    pub(super) entry: usize,
    /// Why the machine waited there, if it did.
    pub(super) stop: Option<Stop>,
    /// Whether a run paused there at a breakpoint.
    pub(super) pauses: bool,
}

impl End {
    /// The end of a gesture that ran this many instructions; the image is the one there.
    pub(super) fn of(entry: usize, ran: u64, image: &Image) -> End {
        let (stop, counter) = (image.machine.waits(), image.machine.task().counter());
        let pauses = ran > 0 && stop.is_none() && image.breakpoints.contains(&counter);
        End { entry, stop, pauses }
    }
}

/// A replay from one position to a later one.
#[derive(Clone, Debug)]
pub(super) struct Replay {
    /// The position of the image. Between two commands of a gesture, the position before the second one.
    pub(super) position: Position,
    /// The image.
    pub(super) image: Image,
    /// How cells have moved since the replay began.
    pub(super) shifts: Vec<Shift>,
    /// The gestures whose end it passed.
    pub(super) ends: Vec<End>,
    /// The leg it is on.
    on: Option<Leg>,
    // What is still to be done; both in reverse order.
    legs: Vec<Leg>,
    commands: Vec<Command>,
    /// Whether the image is exactly the image of the position.
    exact: bool,
}

impl Replay {
    /// A replay from an image at a position to a later position.
    pub(super) fn new(journal: &Journal, from: Position, image: Image, to: Position) -> Replay {
        let mut legs = journal.legs(from, to);
        legs.reverse();
        let (shifts, ends, commands) = (Vec::new(), Vec::new(), Vec::new());
        Replay { position: from, image, shifts, ends, on: None, legs, commands, exact: true }
    }

    /// A replay to a position from a checkpoint on its branch, or from the base.
    pub(super) fn from_checkpoint(
        journal: &Journal,
        kept: Option<&Checkpoint>,
        to: Position,
    ) -> Replay {
        match kept {
            Some(kept) => Replay::new(journal, kept.position(), kept.image(), to),
            None => Replay::new(journal, Position::default(), journal.base().clone(), to),
        }
    }

    /// A replay to a position from the nearest image before it.
    pub(super) fn from_before(journal: &Journal, kept: &Checkpoints, to: Position) -> Replay {
        Replay::from_checkpoint(journal, kept.nearest_before(journal, to), to)
    }

    /// How many instructions its legs have. Saturates, because a recording made by hand may have any counts.
    pub(super) fn length(&self) -> u64 {
        let legs = self.legs.iter().map(|leg| leg.to - leg.start());
        legs.fold(0, u64::saturating_add)
    }

    /// Whether the image is exactly the image of the position.
    pub(super) fn is_exact(&self) -> bool {
        self.exact
    }

    /// Executes about `fuel` instructions; a command counts as [`COST`].
    ///
    /// # Errors
    /// If the replay diverges from the journal.
    pub(super) fn advance(
        &mut self,
        journal: &Journal,
        fuel: u64,
        mut observer: Option<&mut dyn Observer>,
    ) -> Result<Replayed, Mismatch> {
        let mut left = fuel;
        while left > 0 {
            let Some(command) = self.next_command(journal) else { return Ok(Replayed::Arrived) };
            let Command::Run { fuel } = command else {
                let (at, after) = (self.before(journal), self.position);
                let scene = Scene { image: &self.image, at, after, shifts: &self.shifts };
                if let Some(observer) = observer.as_deref_mut()
                    && observer.observe(scene, Event::Command(&command))
                {
                    return Ok(Replayed::Ended);
                }
                self.carry_out(&command)?;
                left = left.saturating_sub(COST);
                continue;
            };
            let part = fuel.min(left);
            let (ran, ends) = match observer.as_deref_mut() {
                Some(observer) => self.run_observed(part, observer)?,
                None => (self.run(part)?, false),
            };
            left -= ran;
            if ran < fuel {
                self.commands.push(Command::Run { fuel: fuel - ran });
            }
            self.exact = ran < fuel || self.commands.is_empty();
            if ends {
                return Ok(Replayed::Ended);
            }
            if self.image.machine.pauses() {
                break;
            }
        }
        let arrived = self.commands.is_empty() && self.legs.is_empty();
        Ok(if arrived { Replayed::Arrived } else { Replayed::More })
    }

    fn next_command(&mut self, journal: &Journal) -> Option<Command> {
        while self.commands.is_empty() {
            if let Some(leg) = self.on.take()
                && leg.to == journal.end_of(leg.entry).done
            {
                self.ends.push(End::of(leg.entry, leg.to, &self.image));
            }
            let leg = self.legs.pop()?;
            self.on = Some(leg);
            self.position = Position { entry: leg.entry, done: leg.start() };
            self.commands = journal.commands(leg);
            self.commands.reverse();
        }
        self.commands.pop()
    }

    /// The last position at which the next command is not yet done.
    fn before(&self, journal: &Journal) -> Position {
        let Position { entry, done } = self.position;
        match done.checked_sub(1) {
            Some(done) => Position { entry, done },
            None => journal.entry(entry).expect("a command belongs to an entry").parent,
        }
    }

    fn carry_out(&mut self, command: &Command) -> Result<(), Mismatch> {
        let done = command.apply_with_shift(&mut self.image);
        let entry = self.position.entry;
        self.shifts.extend(done.map_err(|why| Mismatch { entry, cause: why.to_string() })?);
        self.exact = self.commands.is_empty();
        Ok(())
    }

    /// Runs exactly this many instructions, or fewer if the machine pauses.
    fn run(&mut self, fuel: u64) -> Result<u64, Mismatch> {
        let before = self.image.machine.retired();
        let stop = self.image.run(fuel);
        let retired = self.image.machine.retired() - before;
        self.position.done += retired;
        let is_done = retired == fuel || self.image.machine.pauses();
        if is_done { Ok(retired) } else { Err(self.too_short(fuel, retired, &stop)) }
    }

    fn too_short(&self, fuel: u64, retired: u64, stop: &Stop) -> Mismatch {
        let entry = self.position.entry;
        let cause = format!("should run {fuel} more instructions, but after {retired}: {stop}");
        Mismatch { entry, cause }
    }

    /// Runs at most `fuel` instructions; returns how many it ran, and whether the observer ended the slice.
    fn run_observed(
        &mut self,
        fuel: u64,
        observer: &mut dyn Observer,
    ) -> Result<(u64, bool), Mismatch> {
        let mut ran = 0;
        while ran < fuel {
            let skipped =
                observer.fast_forward(&mut self.image, self.position, &self.shifts, fuel - ran);
            let (skipped, ends) = skipped.map_err(|stop| self.too_short(fuel, ran, &stop))?;
            self.position.done += skipped;
            ran += skipped;
            if ends || ran == fuel {
                return Ok((ran, ends));
            }
            let at = self.position;
            let after = Position { done: at.done + 1, ..at };
            let scene = Scene { image: &self.image, at, after, shifts: &self.shifts };
            if observer.observe(scene, Event::Before) {
                return Ok((ran, true));
            }
            ran += self.run(1)?;
            // What is observed is about the task that has executed it, whosever turn is next.
            let executed = self.image.machine.current();
            self.image.machine.look_at(Some(executed));
            let scene = Scene { image: &self.image, at, after, shifts: &self.shifts };
            let ends = observer.observe(scene, Event::After);
            self.image.machine.look_at(None);
            if ends {
                return Ok((ran, true));
            }
        }
        Ok((fuel, false))
    }
}
