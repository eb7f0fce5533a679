//! A search: finds the last position before here, or the next one after here, at which something was
//! done. It replays the history and observes it, at full speed between the instructions that could match,
//! so nothing need be recorded while the program runs.
//!
//! A search back begins with the stretch after the nearest checkpoint, then takes the stretch before it,
//! and so on. A search works in time slices, changes nothing, and finds a position.

use std::collections::BTreeSet;

use super::checkpoint::Checkpoints;
use super::journal::{Journal, Mismatch, Position};
use super::peek::Pauses;
use super::replay::{Event, Observer, Replay, Replayed, Scene};
use super::wanted::{Cells, Direction, Wanted, left_depth};
use crate::program::breakpoint::{Breakpoint, Breakpoints};
use crate::program::image::Image;
use crate::vm::index::{FrameId, TaskId};
use crate::vm::memory::Place;
use crate::vm::relocate::Shift;
use crate::vm::run_until::{ANY_DEPTH, Until};
use crate::vm::stop::Stop;

/// How a slice of a search ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Searched {
    /// The search has not ended yet.
    More,
    /// It found this position.
    Found(Position),
    /// There is no such position.
    Nothing,
}

/// A search in progress.
#[derive(Clone, Debug)]
pub(super) struct Search {
    pub(super) wanted: Wanted,
    pub(super) direction: Direction,
    /// Where it began, and how many instructions had retired there.
    start: Position,
    began: u64,
    /// Whether the instruction at the start matches. A search forward does not count it.
    begins: bool,
    /// The start of the stretch that is searched.
    from: Position,
    /// The end of the stretch.
    to: Position,
    replay: Replay,
    /// The last match in the stretch.
    found: Option<Position>,
    /// Whether that is where the search ends, not what is looked for.
    is_bound: bool,
    /// Where the wanted cells are, at index n after the first n shifts of the replay. In a search back they
    /// are known only at the end of the stretch, so the stretch is replayed twice: first as a survey of how
    /// cells moved.
    cells: Vec<Cells>,
    /// How many shifts there had been at the last match.
    shifted: usize,
    /// Whether this replay is the survey.
    surveys: bool,
    /// The cells before which to pause; none if they have to be worked out again because the code may have
    /// changed.
    pauses: Option<BTreeSet<Place>>,
    /// Whether to observe every instruction, because a return could look like a call.
    slow: bool,
    /// Whether the slice ended because evaluating conditions took long.
    rests: bool,
}

impl Search {
    /// A search back from an image at a position.
    pub(super) fn back(
        wanted: Wanted,
        journal: &Journal,
        kept: &Checkpoints,
        (to, image): (Position, &mut Image),
    ) -> Search {
        let replay = Replay::from_before(journal, kept, to);
        let (from, began) = (replay.position, image.machine.retired());
        Search {
            surveys: wanted.seeks_cells(),
            begins: false,
            ..Search::new(wanted, Direction::Back, to, began, (from, to), replay)
        }
    }

    /// A search forward from an image at a position, to a later one.
    pub(super) fn forward(
        wanted: Wanted,
        journal: &Journal,
        (from, image): (Position, &mut Image),
        to: Position,
    ) -> Search {
        let replay = Replay::new(journal, from, image.fork(), to);
        let began = image.machine.retired();
        Search {
            surveys: false,
            begins: wanted.is_next(&mut image.machine),
            ..Search::new(wanted, Direction::Forward, from, began, (from, to), replay)
        }
    }

    fn new(
        wanted: Wanted,
        direction: Direction,
        start: Position,
        began: u64,
        (from, to): (Position, Position),
        replay: Replay,
    ) -> Search {
        let cells = (0..).zip(wanted.cells()).map(|(index, place)| (place, index)).collect();
        Search {
            wanted,
            direction,
            start,
            began,
            begins: false,
            from,
            to,
            replay,
            found: None,
            is_bound: false,
            cells: vec![cells],
            shifted: 0,
            surveys: false,
            pauses: None,
            slow: false,
            rests: false,
        }
    }

    /// Continues the search for about `fuel` instructions.
    ///
    /// # Errors
    /// If the replay diverges from a journal that was made by hand.
    pub(super) fn advance(
        &mut self,
        journal: &Journal,
        kept: &Checkpoints,
        fuel: u64,
    ) -> Result<Searched, Mismatch> {
        // Nothing calls the bottom frame.
        if matches!(self.wanted, Wanted::Start { frame: FrameId::BOTTOM, .. }) {
            return Ok(Searched::Nothing);
        }
        let Search { wanted, direction, start, began, begins, .. } = self;
        let Search { found, is_bound, cells, shifted, pauses, slow, rests, .. } = self;
        let mut matcher = Matcher {
            wanted,
            direction: *direction,
            start: *start,
            began: *began,
            begins: *begins,
            found,
            is_bound,
            cells,
            shifted,
            pauses,
            slow,
            rests,
            spent: self.replay.image.machine.extra_effort(),
            budget: fuel,
            depth: (TaskId::MAIN, 0),
            lacks: false,
        };
        let observer: Option<&mut dyn Observer> =
            if self.surveys { None } else { Some(&mut matcher) };
        let replayed = self.replay.advance(journal, fuel.max(1), observer)?;
        if replayed == Replayed::More || std::mem::take(&mut self.rests) {
            return Ok(Searched::More);
        }
        if self.surveys {
            self.end_survey(journal, kept);
            return Ok(Searched::More);
        }
        if let Some(at) = self.found {
            return Ok(if self.is_bound { Searched::Nothing } else { Searched::Found(at) });
        }
        Ok(match self.direction {
            Direction::Back => self.search_before(journal, kept),
            Direction::Forward => self.search_end(),
        })
    }

    /// Where the wanted cells are at the position that was found, without those that did not exist yet.
    fn cells_found(&self) -> &Cells {
        &self.cells[self.shifted]
    }

    /// The wanted breakpoints, where they are at the position that was found. The next search from there uses
    /// them.
    pub(super) fn breakpoints_found(&self) -> Breakpoints {
        let Wanted::Breakpoints(wanted) = &self.wanted else { return Breakpoints::default() };
        let wanted: Vec<&Breakpoint> = wanted.iter().map(|(_, breakpoint)| breakpoint).collect();
        let found = self.cells_found().iter();
        found.map(|(&place, &index)| (place, wanted[index].clone())).collect()
    }

    /// Ends the survey: works out where the wanted cells were before each shift, and starts the second
    /// replay of the stretch.
    fn end_survey(&mut self, journal: &Journal, kept: &Checkpoints) {
        let mut cells = vec![self.cells.pop().expect("the cells at the end of the stretch")];
        for shift in self.replay.shifts.iter().rev() {
            let later = &cells[cells.len() - 1];
            cells.push(moved(later, |place| shift.before(place)));
        }
        cells.reverse();
        self.cells = cells;
        self.surveys = false;
        self.pauses = None;
        self.replay = Replay::from_before(journal, kept, self.to);
    }

    /// Goes to the stretch before this one, which had no match.
    fn search_before(&mut self, journal: &Journal, kept: &Checkpoints) -> Searched {
        let from = self.from;
        if from == Position::default() {
            return Searched::Nothing;
        }
        self.to = from;
        self.cells.truncate(1);
        self.pauses = None;
        self.replay = Replay::from_before(journal, kept, from);
        self.from = self.replay.position;
        self.surveys = self.wanted.seeks_cells();
        Searched::More
    }

    /// Whether a search forward matches at the end of the branch, where no instruction follows.
    fn search_end(&mut self) -> Searched {
        carry(&mut self.cells, &self.replay.shifts);
        self.shifted = self.cells.len() - 1;
        let image = &mut self.replay.image;
        let cells = &self.cells[self.shifted];
        let counter = image.machine.task().counter();
        let found = match &self.wanted {
            Wanted::Depth(..) | Wanted::Task(_) => self.wanted.is_before(&image.machine, cells),
            Wanted::Cells(_) => cells.contains_key(&counter),
            Wanted::Breakpoints(wanted) => pauses(wanted, cells, image),
            Wanted::Write { .. }
            | Wanted::Call(_)
            | Wanted::Output
            | Wanted::Became(_)
            | Wanted::Start { .. }
            | Wanted::Statement { .. } => false,
        };
        match found && self.replay.image.machine.retired() > self.began {
            true => Searched::Found(self.to),
            false => Searched::Nothing,
        }
    }
}

fn moved(cells: &Cells, to: impl Fn(Place) -> Option<Place>) -> Cells {
    cells.iter().filter_map(|(&place, &index)| Some((to(place)?, index))).collect()
}

/// Extends `cells` to where the cells are after each of the shifts.
fn carry(cells: &mut Vec<Cells>, shifts: &[Shift]) {
    while cells.len() <= shifts.len() {
        let (last, shift) = (&cells[cells.len() - 1], shifts[cells.len() - 1]);
        cells.push(moved(last, |place| shift.mark(place)));
    }
}

/// Whether a machine pauses at the wanted breakpoint on its counter, if there is one. How often it was passed
/// is what the image says, where the breakpoint is set.
fn pauses(wanted: &Breakpoints, cells: &Cells, image: &mut Image) -> bool {
    let counter = image.machine.task().counter();
    let Some(&index) = cells.get(&counter) else { return false };
    let (_, breakpoint) = wanted.iter().nth(index).expect("an index of a wanted cell");
    let passed = image.breakpoints.get(counter).map_or(0, |set| set.passed);
    Pauses::at(breakpoint, passed, &mut image.machine) != Pauses::No
}

/// Observes a stretch of the history for a search: see the fields of [`Search`].
struct Matcher<'s> {
    wanted: &'s Wanted,
    direction: Direction,
    start: Position,
    began: u64,
    begins: bool,
    found: &'s mut Option<Position>,
    is_bound: &'s mut bool,
    cells: &'s mut Vec<Cells>,
    shifted: &'s mut usize,
    pauses: &'s mut Option<BTreeSet<Place>>,
    slow: &'s mut bool,
    rests: &'s mut bool,
    /// What instructions had cost before this slice, and what conditions may cost in it.
    spent: u64,
    budget: u64,
    /// The [`left_depth`] before the instruction.
    depth: (TaskId, u32),
    /// Whether the instruction could make something the value that is looked for.
    lacks: bool,
}

impl Matcher<'_> {
    /// Where the wanted cells are after these shifts.
    fn cells(&mut self, shifts: &[Shift]) -> &Cells {
        carry(self.cells, shifts);
        &self.cells[shifts.len()]
    }

    /// Runs to the next place where a wanted breakpoint pauses.
    fn seek_breakpoint(
        &mut self,
        image: &mut Image,
        cells: &BTreeSet<Place>,
        shifts: &[Shift],
        fuel: u64,
    ) -> Result<(u64, bool), Stop> {
        let before = image.machine.retired();
        let until = Until::at(cells);
        loop {
            let ran = image.machine.retired() - before;
            let is_there = image.run_until(fuel - ran, &until)?;
            let ran = image.machine.retired() - before;
            let Wanted::Breakpoints(wanted) = self.wanted else {
                unreachable!("only breakpoints are sought here")
            };
            if ran == fuel || !is_there || pauses(wanted, &self.cells[shifts.len()], image) {
                return Ok((ran, false));
            }
            image.step()?;
            let cost = image.machine.extra_effort();
            if cost.saturating_sub(self.spent) > self.budget {
                *self.rests = true;
                return Ok((ran + 1, true));
            }
        }
    }

    /// Notes a match; returns whether the search ends there.
    fn note(&mut self, at: Position, event: Event<'_>) -> bool {
        *self.found = Some(at);
        *self.is_bound = self.wanted.is_bound(event);
        self.direction == Direction::Forward
    }
}

impl Observer for Matcher<'_> {
    fn observe(&mut self, scene: Scene<'_>, event: Event<'_>) -> bool {
        let machine = &scene.image.machine;
        let matches = match event {
            Event::Before => {
                self.depth = left_depth(machine);
                self.lacks = self.wanted.lacks(machine);
                self.wanted.is_before(machine, self.cells(scene.shifts))
            }
            Event::After => {
                self.wanted.is_after(machine, self.depth)
                    || self.lacks && self.wanted.holds(machine)
            }
            Event::Command(command) => {
                *self.pauses = None;
                self.wanted.is_command(command)
            }
        };
        // A search forward does not count what comes directly after its start.
        let is_first = match event {
            Event::Command(_) => scene.at == self.start,
            Event::Before => self.begins && machine.retired() == self.began,
            Event::After => self.begins && machine.retired() == self.began + 1,
        };
        let counts = matches && (self.direction == Direction::Back || !is_first);
        if counts {
            *self.shifted = scene.shifts.len();
        }
        counts && self.note(scene.at, event)
    }

    fn fast_forward(
        &mut self,
        image: &mut Image,
        at: Position,
        shifts: &[Shift],
        fuel: u64,
    ) -> Result<(u64, bool), Stop> {
        let machine = &mut image.machine;
        let before = machine.retired();
        if self.direction == Direction::Forward && before == self.began {
            return Ok((0, false));
        }
        let pauses = match self.pauses.take() {
            Some(pauses) => pauses,
            None => {
                let pauses = self.wanted.pauses(machine, self.cells(shifts));
                *self.slow = self.wanted.could_be_any()
                    || self.wanted.could_be_returned_to(machine, &pauses);
                pauses
            }
        };
        let (here, depth) = (machine.due().number(), machine.due().calls().depth());
        let lowest = self.wanted.lowest();
        let is_low = lowest.is_some_and(|(task, most)| task == here && depth <= most);
        // Between two instructions of a task there may be some of others.
        let mixes = machine.tasks().len() > 1 && self.wanted.enters();
        if *self.slow || mixes || is_low && self.direction == Direction::Forward {
            *self.pauses = Some(pauses);
            return Ok((0, false));
        }
        // In a search back, every instruction matches while the call stack is low enough; keep the last one.
        let depths = match lowest {
            Some((_, most)) if is_low => 0..=most,
            Some((task, most)) if task == here => most.saturating_add(1)..=u32::MAX,
            Some(_) | None => ANY_DEPTH,
        };
        if let Wanted::Breakpoints(_) = self.wanted {
            let paused = self.seek_breakpoint(image, &pauses, shifts, fuel);
            *self.pauses = Some(pauses);
            return paused;
        }
        let until = Until { depths, task: Some(here), ..Until::at(&pauses) };
        if lowest.is_some() && image.machine.tasks().len() > 1 {
            // Only while this task goes on.
            let ran = image.run_turn(fuel, &until);
            *self.pauses = Some(pauses);
            let after = Position { done: at.done + ran.saturating_sub(1), ..at };
            let ends = ran > 0 && is_low && self.note(after, Event::After);
            return Ok((ran, ends));
        }
        let paused = image.run_until(fuel, &until);
        let machine = &image.machine;
        *self.pauses = Some(pauses);
        let ran = machine.retired() - before;
        let matches =
            ran > 0 && (is_low || paused == Ok(true) && self.wanted.is_after(machine, (here, 0)));
        let ends = matches && self.note(Position { done: at.done + ran - 1, ..at }, Event::After);
        paused.map(|_| (ran, ends))
    }
}
