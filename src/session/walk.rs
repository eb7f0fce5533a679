//! A walk along the journal: from an image at one position to a later one, in slices.
//!
//! Going somewhere, and looking for something on the way, are walks. A walk holds no session, so one
//! can be left where it is, and nothing has happened.

use super::command::{COST, Command};
use super::journal::{Journal, Leg, Mismatch, Position};
use crate::program::image::Image;
use crate::vm::edit::Shift;
use crate::vm::stop::Stop;

/// When a walk is watched.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Moment<'c> {
    /// Before an instruction is executed.
    Before,
    /// After it was.
    After,
    /// Before a person's command is carried out.
    Command(&'c Command),
}

/// Where a walk is while it is watched.
#[derive(Clone, Copy, Debug)]
pub(super) struct Scene<'w> {
    /// The image.
    pub(super) image: &'w Image,
    /// The position: after an instruction, the one before it.
    pub(super) at: Position,
    /// How cells moved so far.
    pub(super) shifts: &'w [Shift],
}

/// What looks at instructions and commands.
pub(super) trait Watch {
    /// Looks; true ends the slice there.
    fn look(&mut self, scene: Scene<'_>, moment: Moment<'_>) -> bool;

    /// Runs past instructions that need no look, at most `fuel`, from a position on; how many, and
    /// whether the slice ends there. The next one is looked at.
    ///
    /// # Errors
    /// Why the machine stops among them.
    fn skip(
        &mut self,
        _: &mut Image,
        _: Position,
        _: &[Shift],
        _: u64,
    ) -> Result<(u64, bool), Stop> {
        Ok((0, false))
    }
}

/// How a slice of a walk ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Walked {
    /// It has more to go.
    More,
    /// What watches it wanted it to stop.
    Stopped,
    /// It is where it was to go.
    There,
}

/// A walk from one position to a later one.
#[derive(Clone, Debug)]
pub(super) struct Walk {
    /// Where the image is. Between two commands of a gesture, before the second.
    pub(super) position: Position,
    /// The image.
    pub(super) image: Image,
    /// How the cells moved since it began.
    pub(super) shifts: Vec<Shift>,
    /// The gestures that it came to the end of, and why the machine waited there.
    pub(super) ends: Vec<(usize, Option<Stop>)>,
    /// The leg it is on.
    on: Option<Leg>,
    // Both in reverse.
    legs: Vec<Leg>,
    commands: Vec<Command>,
    /// Whether the image is exactly what belongs to the position.
    exact: bool,
}

impl Walk {
    /// A walk from an image at a position to a later position.
    pub(super) fn new(journal: &Journal, from: Position, image: Image, to: Position) -> Walk {
        let mut legs = journal.legs(from, to);
        legs.reverse();
        let (shifts, ends, commands) = (Vec::new(), Vec::new(), Vec::new());
        Walk { position: from, image, shifts, ends, on: None, legs, commands, exact: true }
    }

    /// Whether the image is exactly what belongs to the position.
    pub(super) fn is_exact(&self) -> bool {
        self.exact
    }

    /// Goes on for about `fuel` instructions; a command counts as [`COST`].
    ///
    /// # Errors
    /// If the journal does not do what it says.
    pub(super) fn go_on(
        &mut self,
        journal: &Journal,
        fuel: u64,
        mut watch: Option<&mut dyn Watch>,
    ) -> Result<Walked, Mismatch> {
        let mut left = fuel;
        while left > 0 {
            let Some(command) = self.next_command(journal) else { return Ok(Walked::There) };
            let Command::Run { fuel } = command else {
                let at = self.before(journal);
                let scene = Scene { image: &self.image, at, shifts: &self.shifts };
                if let Some(watch) = watch.as_deref_mut()
                    && watch.look(scene, Moment::Command(&command))
                {
                    return Ok(Walked::Stopped);
                }
                self.do_command(&command)?;
                left = left.saturating_sub(COST);
                continue;
            };
            let part = fuel.min(left);
            let (ran, stops) = match watch.as_deref_mut() {
                Some(watch) => self.run_watched(part, watch)?,
                None => (self.run(part)?, false),
            };
            left -= ran;
            if ran < fuel {
                self.commands.push(Command::Run { fuel: fuel - ran });
            }
            self.exact = ran < fuel || self.commands.is_empty();
            if stops {
                return Ok(Walked::Stopped);
            }
        }
        let there = self.commands.is_empty() && self.legs.is_empty();
        Ok(if there { Walked::There } else { Walked::More })
    }

    fn next_command(&mut self, journal: &Journal) -> Option<Command> {
        while self.commands.is_empty() {
            if let Some(leg) = self.on.take()
                && leg.to == journal.end_of(leg.entry).done
            {
                self.ends.push((leg.entry, self.image.machine.waits()));
            }
            let leg = self.legs.pop()?;
            self.on = Some(leg);
            self.position = Position { entry: leg.entry, done: leg.from.unwrap_or(0) };
            self.commands = journal.commands(leg);
            self.commands.reverse();
        }
        self.commands.pop()
    }

    /// The last position at which the next command is not done.
    fn before(&self, journal: &Journal) -> Position {
        let Position { entry, done } = self.position;
        match (done.checked_sub(1), journal.entry(entry)) {
            (Some(done), _) => Position { entry, done },
            (None, follows) => follows.map_or(self.position, |entry| entry.parent),
        }
    }

    fn do_command(&mut self, command: &Command) -> Result<(), Mismatch> {
        let done = command.apply_with_shifts(&mut self.image);
        let entry = self.position.entry;
        self.shifts.extend(done.map_err(|why| Mismatch { entry, cause: why.to_string() })?);
        self.exact = self.commands.is_empty();
        Ok(())
    }

    /// Runs exactly so many instructions.
    fn run(&mut self, fuel: u64) -> Result<u64, Mismatch> {
        let before = self.image.machine.retired();
        let stop = self.image.machine.run(fuel);
        let retired = self.image.machine.retired() - before;
        self.position.done += retired;
        if retired == fuel { Ok(fuel) } else { Err(self.too_short(fuel, retired, &stop)) }
    }

    fn too_short(&self, fuel: u64, retired: u64, stop: &Stop) -> Mismatch {
        let entry = self.position.entry;
        let cause = format!("it should run {fuel} instructions more; after {retired}: {stop}");
        Mismatch { entry, cause }
    }

    /// How many it ran, and whether what watches wants to stop.
    fn run_watched(&mut self, fuel: u64, watch: &mut dyn Watch) -> Result<(u64, bool), Mismatch> {
        let mut ran = 0;
        while ran < fuel {
            let skipped = watch.skip(&mut self.image, self.position, &self.shifts, fuel - ran);
            let (skipped, stops) = skipped.map_err(|stop| self.too_short(fuel, ran, &stop))?;
            self.position.done += skipped;
            ran += skipped;
            if stops || ran == fuel {
                return Ok((ran, stops));
            }
            let at = self.position;
            if watch.look(Scene { image: &self.image, at, shifts: &self.shifts }, Moment::Before) {
                return Ok((ran, true));
            }
            ran += self.run(1)?;
            if watch.look(Scene { image: &self.image, at, shifts: &self.shifts }, Moment::After) {
                return Ok((ran, true));
            }
        }
        Ok((fuel, false))
    }
}
