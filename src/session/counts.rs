//! How often each cell has run, up to the present. Nothing is counted while a program runs: the history is
//! executed again, one instruction at a time and in slices, the latest stretch first. What was counted of a
//! stretch is kept, so that a step forwards or backwards counts only what it adds.

use super::checkpoint::Checkpoints;
use super::journal::{Journal, Mismatch, Position};
use super::replay::{Event, Observer, Replay, Replayed, Scene};
use super::session::Session;
use crate::program::image::Image;
use crate::vm::memory::Place;
use crate::vm::relocate::Shift;
use crate::vm::stop::Stop;

/// A number for each cell, by body and offset.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct CellCounts {
    cells: Vec<Vec<u64>>,
    /// The greatest number, once all is added up.
    most: u64,
    /// Whether only a part of the history is counted.
    is_part: bool,
}

impl CellCounts {
    /// The number of a cell.
    pub fn of(&self, place: Place) -> u64 {
        let cells = self.cells.get(place.body.index());
        cells.and_then(|cells| cells.get(place.offset.index())).copied().unwrap_or_default()
    }

    /// Whether only a part of the history is counted so far, so that the numbers may be greater.
    pub fn is_part(&self) -> bool {
        self.is_part
    }

    /// The greatest number.
    pub fn most(&self) -> u64 {
        self.most
    }

    fn count(&mut self, place: Place) {
        let (body, cell) = (place.body.index(), place.offset.index());
        if self.cells.len() <= body {
            self.cells.resize_with(body + 1, Vec::new);
        }
        let cells = &mut self.cells[body];
        if cells.len() <= cell {
            cells.resize(cell + 1, 0);
        }
        cells[cell] += 1;
    }

    fn add(&mut self, other: &CellCounts) {
        if self.cells.len() < other.cells.len() {
            self.cells.resize_with(other.cells.len(), Vec::new);
        }
        for (cells, more) in self.cells.iter_mut().zip(&other.cells) {
            if cells.len() < more.len() {
                cells.resize(more.len(), 0);
            }
            for (cell, more) in cells.iter_mut().zip(more) {
                *cell += more;
            }
        }
    }

    /// Moves the numbers as an edit moved the cells.
    fn shift(&mut self, shift: Shift) {
        let (Shift::Inserted { at, count } | Shift::Deleted { at, count }) = shift;
        let Some(cells) = self.cells.get_mut(at.body.index()) else { return };
        let (start, count) = (at.offset.index(), count as usize);
        if start >= cells.len() {
            return;
        }
        match shift {
            Shift::Inserted { .. } => {
                cells.splice(start..start, std::iter::repeat_n(0, count));
            }
            Shift::Deleted { .. } => {
                cells.drain(start..cells.len().min(start + count));
            }
        }
    }
}

/// What was counted between two positions.
#[derive(Clone, Debug)]
struct Part {
    from: Position,
    to: Position,
    /// The numbers before each shift, and after the last one.
    tallies: Vec<CellCounts>,
    shifts: Vec<Shift>,
}

/// How often each cell has run, as it is counted.
#[derive(Clone, Debug, Default)]
pub struct Counts {
    /// Up to where is counted.
    to: Position,
    /// What was counted, the latest first.
    parts: Vec<Part>,
    /// What is being counted.
    work: Option<Work>,
    total: CellCounts,
}

/// A part that is being counted.
#[derive(Clone, Debug)]
struct Work {
    /// Its place among the parts.
    index: usize,
    part: Part,
    replay: Replay,
    /// How many shifts of the replay were before the part; none before it begins.
    before: Option<usize>,
}

impl Session {
    /// Goes on counting how often each cell has run up to the present, for about `fuel` instructions.
    ///
    /// # Errors
    /// If the replay diverges from a journal that was made by hand.
    pub fn count_more(&self, counts: &mut Counts, fuel: u64) -> Result<(), Mismatch> {
        counts.go_to(&self.journal, self.position);
        counts.advance(&self.journal, &self.checkpoints, fuel)
    }

    /// Whether all runs up to the present are counted.
    pub fn is_counted(&self, counts: &Counts) -> bool {
        counts.to == self.position && counts.work.is_none() && counts.hole().is_none()
    }
}

impl Counts {
    /// How often each cell has run, as far as it is counted.
    pub fn total(&self) -> &CellCounts {
        &self.total
    }

    /// The earliest position from which on all is counted.
    pub fn from(&self) -> Position {
        self.hole().map_or(Position::default(), |(_, _, to)| to)
    }

    /// The first stretch before the end that is not counted, and its place among the parts.
    fn hole(&self) -> Option<(usize, Position, Position)> {
        let mut to = self.to;
        for (index, part) in self.parts.iter().enumerate() {
            if part.to < to {
                return Some((index, part.to, to));
            }
            to = part.from;
        }
        (to > Position::default()).then_some((self.parts.len(), Position::default(), to))
    }

    fn go_to(&mut self, journal: &Journal, to: Position) {
        if self.to == to {
            return;
        }
        self.to = to;
        self.parts.retain(|part| journal.passes(to, part.to));
        self.work = None;
        self.add_up();
    }

    fn advance(
        &mut self,
        journal: &Journal,
        kept: &Checkpoints,
        fuel: u64,
    ) -> Result<(), Mismatch> {
        if self.work.is_none() {
            let Some((index, from, to)) = self.hole() else { return Ok(()) };
            let replay = Replay::from_before(journal, kept, to);
            let from = from.max(replay.position);
            let part = Part { from, to, tallies: Vec::new(), shifts: Vec::new() };
            self.work = Some(Work { index, part, replay, before: None });
        }
        let work = self.work.as_mut().expect("it was begun");
        let fuel = fuel.max(1);
        work.replay.image.machine.pause_after(Some(fuel));
        let mut counter = Counter { part: &mut work.part, before: &mut work.before };
        let replayed = work.replay.advance(journal, fuel, Some(&mut counter));
        work.replay.image.machine.pause_after(None);
        if replayed? == Replayed::Arrived {
            self.end_part();
        }
        Ok(())
    }

    fn end_part(&mut self) {
        let Some(Work { index, mut part, replay, before }) = self.work.take() else { return };
        let before = before.unwrap_or(replay.shifts.len());
        part.shifts = replay.shifts[before..].to_vec();
        part.tallies.resize(part.shifts.len() + 1, CellCounts::default());
        self.parts.insert(index, part);
        self.add_up();
    }

    /// Adds up what was counted, where the cells are at the end.
    fn add_up(&mut self) {
        let mut total = CellCounts::default();
        for part in self.parts.iter().rev() {
            total.add(&part.tallies[0]);
            for (shift, tally) in part.shifts.iter().zip(&part.tallies[1..]) {
                total.shift(*shift);
                total.add(tally);
            }
        }
        total.most = total.cells.iter().flatten().copied().max().unwrap_or_default();
        total.is_part = self.hole().is_some();
        self.total = total;
    }
}

/// Counts the instructions of a part.
struct Counter<'c> {
    part: &'c mut Part,
    before: &'c mut Option<usize>,
}

impl Counter<'_> {
    /// The numbers of now.
    fn tally(&mut self, shifts: &[Shift]) -> &mut CellCounts {
        let before = *self.before.get_or_insert(shifts.len());
        let index = shifts.len() - before;
        if self.part.tallies.len() <= index {
            self.part.tallies.resize_with(index + 1, CellCounts::default);
        }
        &mut self.part.tallies[index]
    }

    /// How many instructions at a position are before the part, of those that are about to run.
    fn skips(&self, at: Position, fuel: u64) -> u64 {
        let from = self.part.from;
        match at.entry == from.entry {
            true => from.done.saturating_sub(at.done).min(fuel),
            false if at < from => fuel,
            false => 0,
        }
    }
}

impl Observer for Counter<'_> {
    fn observe(&mut self, scene: Scene<'_>, event: Event<'_>) -> bool {
        match event {
            Event::Before if self.skips(scene.at, 1) == 0 => {
                let place = scene.image.machine.task().counter();
                self.tally(scene.shifts).count(place);
            }
            Event::Before | Event::After => {}
            Event::Command(_) if scene.after > self.part.from => {
                self.before.get_or_insert(scene.shifts.len());
            }
            Event::Command(_) => {}
        }
        false
    }

    fn fast_forward(
        &mut self,
        image: &mut Image,
        at: Position,
        shifts: &[Shift],
        fuel: u64,
    ) -> Result<(u64, bool), Stop> {
        let skipped = self.skips(at, fuel);
        let before = image.machine.retired();
        if skipped > 0 {
            let stop = image.run(skipped);
            let ran = image.machine.retired() - before;
            let is_done = ran == skipped || image.machine.pauses();
            return if is_done { Ok((ran, image.machine.pauses())) } else { Err(stop) };
        }
        let tally = self.tally(shifts);
        while image.machine.retired() - before < fuel && !image.machine.pauses() {
            let place = image.machine.task().counter();
            image.step()?;
            tally.count(place);
        }
        Ok((image.machine.retired() - before, image.machine.pauses()))
    }
}
