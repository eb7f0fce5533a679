//! Values over time: one row for each time that a cell ran, or that a local, a global or a data cell was
//! given a value. They are found by replaying the history, so nothing is recorded while a program runs, and
//! the session stays where it is.
//!
//! What comes after the present is replayed first, then the stretches between checkpoints before it, the
//! nearest first. So the rows that a person wants come at once, however long the history is. A cell is
//! followed through the edits that moved it; only a stretch with edits is replayed twice for that.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use super::became::Watched;
use super::checkpoint::Checkpoints;
use super::command::Command;
use super::journal::{Journal, Mismatch, Position};
use super::replay::{Event, Observer, Replay, Replayed, Scene};
use super::session::Session;
use super::wanted::Wanted;
use crate::program::image::Image;
use crate::vm::cell::{Cell, Content};
use crate::vm::index::{Offset, TaskId};
use crate::vm::instruction::Primitive;
use crate::vm::machine::Machine;
use crate::vm::memory::Place;
use crate::vm::relocate::Shift;
use crate::vm::run_until::Until;
use crate::vm::stop::Stop;

/// The most rows: some hundred megabytes.
pub const MOST: usize = 4_000_000;

/// What is followed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Followed {
    /// The value on top of the stack after the instruction in a cell ran.
    Cell(Place),
    /// The value of a local, a global or a data cell after it was given one.
    Value(Watched),
}

/// A value, or the words for it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Value {
    /// A number.
    Integer(i64),
    /// Another value, as it is shown.
    Other(Arc<str>),
    /// There was none.
    None,
}

/// One pass.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Pass {
    /// The position after it.
    pub position: Position,
    /// How many instructions were executed at that position.
    pub step: u64,
    /// The number of the frame that ran it, 1 for the bottom; 0 if a person gave the value.
    pub frame: u32,
    /// Its task, if there were several.
    pub task: Option<TaskId>,
    /// The value.
    pub value: Value,
}

/// What is being done to find passes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Phase {
    /// Replaying up to where the passes ahead begin.
    Approach,
    /// Collecting what is ahead.
    Ahead,
    /// Replaying the stretch before that, to see how cells moved in it.
    Survey,
    /// Collecting the stretch.
    Before,
    /// Nothing: all were found, or as many as are kept.
    Over,
}

/// A part of the history before the passes ahead.
#[derive(Clone, Debug)]
struct Stretch {
    from: Position,
    passes: Vec<Pass>,
}

/// The passes of a branch, as they are found.
#[derive(Clone, Debug)]
pub struct Passes {
    followed: Followed,
    phase: Phase,
    /// The end of the branch.
    to: Position,
    /// Where the passes ahead begin.
    here: Position,
    ahead: Vec<Pass>,
    /// What is before them, the latest stretch first.
    before: Vec<Stretch>,
    count: usize,
    /// The most passes that are kept, half of them ahead.
    most: usize,
    replay: Replay,
    trail: Trail,
}

/// Where the followed cell is, as edits move it; nothing if it does not exist there.
#[derive(Clone, Debug, Default)]
struct Trail {
    /// From a position on, or from after it (true).
    known: BTreeMap<(Position, bool), Option<Place>>,
    /// Where it is after each shift of the replay.
    cells: Vec<Option<Place>>,
    /// The position before the last command of the replay, until it is known what that moved.
    moves: Option<Position>,
}

impl Trail {
    fn new(at: Position, cell: Option<Place>) -> Trail {
        Trail { known: [((at, false), cell)].into(), cells: vec![cell], moves: None }
    }

    /// Where it is at a position of the branch that was looked at.
    fn at(&self, position: Position) -> Option<Place> {
        let mut earlier = self.known.range(..=(position, false));
        earlier.next_back().and_then(|(_, place)| *place)
    }

    /// Where it is at a position of the branch; none if that is not known.
    fn known_at(&self, journal: &Journal, position: Position) -> Option<Option<Place>> {
        if let Some((_, place)) = self.known.range(..=(position, false)).next_back() {
            return Some(*place);
        }
        let (&(later, _), place) = self.known.first_key_value()?;
        (!journal.has_edits(position, later)).then_some(*place)
    }

    /// Knows where it is at the end of a stretch, and nothing of how it came there.
    fn begin_at_end(&mut self, cell: Option<Place>) {
        (self.cells, self.moves) = (vec![cell], None);
    }

    /// Begins with a stretch.
    fn begin(&mut self, from: Position, cells: Vec<Option<Place>>) {
        self.known.insert((from, false), cells[0]);
        (self.cells, self.moves) = (cells, None);
    }

    /// Where it is after these shifts.
    fn after(&mut self, shifts: &[Shift]) -> Option<Place> {
        while self.cells.len() <= shifts.len() {
            let (last, shift) = (self.cells[self.cells.len() - 1], shifts[self.cells.len() - 1]);
            self.cells.push(last.and_then(|place| shift.mark(place)));
        }
        let cell = self.cells[shifts.len()];
        if let Some(position) = self.moves.take() {
            self.known.insert((position, true), cell);
        }
        cell
    }
}

impl Session {
    /// Begins to look for passes. What is followed is where it is now.
    pub fn passes(&mut self, followed: Followed) -> Passes {
        let (here, to) = (self.position, self.future());
        let replay = Replay::new(&self.journal, here, self.image.fork(), to);
        let cell = followed.cell();
        Passes {
            followed,
            phase: Phase::Ahead,
            to,
            here,
            ahead: Vec::new(),
            before: Vec::new(),
            count: 0,
            most: MOST,
            replay,
            trail: Trail::new(here, cell),
        }
    }

    /// Whether passes are those of the present branch, and the nearest ones, if there are too many.
    pub fn are_current(&self, passes: &Passes) -> bool {
        passes.to == self.future() && passes.covers(self.position)
    }

    /// Begins to look for the passes of the present branch. If all was found, what was found before the position
    /// at which it leaves the branch of the passes is kept.
    pub fn follow_passes(&mut self, passes: &mut Passes) {
        let (to, here, journal) = (self.future(), self.position, &self.journal);
        let common = journal.shared(passes.to, to);
        if passes.is_over() && !passes.is_cut() {
            return passes.leave_at(journal, &self.checkpoints, common, to);
        }
        // From the present, if it is known where the cell is now.
        let earlier = common.min(here).min(passes.end());
        match passes.trail.known_at(journal, earlier) {
            Some(cell) if !journal.has_edits(earlier, here) => {
                let replay = Replay::new(journal, here, self.image.fork(), to);
                passes.begin_at(here, cell, replay, to);
            }
            known => {
                let replay = Replay::from_before(journal, &self.checkpoints, earlier);
                passes.begin_at(earlier, known.flatten(), replay, to);
                passes.phase = Phase::Approach;
            }
        }
    }

    /// Looks for more passes, for about `fuel` instructions.
    ///
    /// # Errors
    /// If the replay diverges from a journal that was made by hand.
    pub fn find_passes(&self, passes: &mut Passes, fuel: u64) -> Result<(), Mismatch> {
        passes.advance(&self.journal, &self.checkpoints, fuel)
    }
}

impl Followed {
    fn cell(&self) -> Option<Place> {
        match self {
            Followed::Cell(place) => Some(*place),
            Followed::Value(_) => None,
        }
    }
}

impl Passes {
    /// What is followed. For a cell, the place where it was when it was named.
    pub fn followed(&self) -> &Followed {
        &self.followed
    }

    /// Where the followed cell is at a position of the branch; what is not known yet is taken from the nearest
    /// later position that is known.
    pub fn cell_at(&self, position: Position) -> Option<Place> {
        let earlier = self.trail.known.range(..=(position, false)).next_back();
        let nearest = earlier.or_else(|| self.trail.known.first_key_value());
        nearest.and_then(|(_, place)| *place)
    }

    /// How many passes were found so far.
    pub fn count(&self) -> usize {
        self.count
    }

    /// Whether all were found, or as many as are kept.
    pub fn is_over(&self) -> bool {
        self.phase == Phase::Over
    }

    /// Keeps at most this many passes instead of [`MOST`].
    pub fn keep_at_most(&mut self, most: usize) {
        self.most = most;
    }

    /// Whether there may be more passes than are kept.
    pub fn is_cut(&self) -> bool {
        self.count >= self.most || self.is_ahead_cut()
    }

    /// The pass with this number, in the order of time. The first is 0; while passes are looked for, numbers
    /// change.
    pub fn get(&self, number: usize) -> Option<&Pass> {
        let mut number = number;
        for passes in self.stretches() {
            match number.checked_sub(passes.len()) {
                Some(rest) => number = rest,
                None => return passes.get(number),
            }
        }
        None
    }

    /// How many passes have been completed at a position of the branch.
    pub fn completed(&self, position: Position) -> usize {
        let done = |pass: &Pass| pass.position <= position;
        self.stretches().map(|passes| passes.partition_point(done)).sum()
    }

    /// The stretches in the order of time.
    fn stretches(&self) -> impl Iterator<Item = &Vec<Pass>> {
        self.before.iter().rev().map(|stretch| &stretch.passes).chain([&self.ahead])
    }

    /// Whether the passes around a position are among those that are kept.
    fn covers(&self, position: Position) -> bool {
        if !self.is_cut() || self.phase != Phase::Over {
            return true;
        }
        let from = self.before.last().map_or(self.here, |stretch| stretch.from);
        (from..=self.end()).contains(&position)
    }

    /// Up to where all passes after `here` are known.
    fn end(&self) -> Position {
        match self.phase == Phase::Ahead || self.is_ahead_cut() {
            true => self.ahead.last().map_or(self.here, |pass| pass.position),
            false if self.phase == Phase::Approach => self.here,
            false => self.to,
        }
    }

    fn is_ahead_cut(&self) -> bool {
        self.ahead.len() >= self.most / 2
    }

    /// Begins anew.
    fn begin_at(&mut self, here: Position, cell: Option<Place>, replay: Replay, to: Position) {
        *self = Passes {
            followed: self.followed.clone(),
            phase: Phase::Ahead,
            to,
            here,
            ahead: Vec::new(),
            before: Vec::new(),
            count: 0,
            most: self.most,
            replay,
            trail: Trail::new(here, cell),
        };
    }

    /// All was found: goes on from `common` to another end of the branch.
    fn leave_at(&mut self, journal: &Journal, kept: &Checkpoints, common: Position, to: Position) {
        let cell = self.trail.at(common);
        (self.to, self.phase) = (to, Phase::Approach);
        self.replay = Replay::from_before(journal, kept, common);
        self.trail.begin_at_end(None);
        self.trail.known.retain(|(at, after), _| (*at, *after) <= (common, false));
        self.trail.known.insert((common, false), cell);
        if common < self.here {
            self.ahead.clear();
            self.here = common;
        }
        let keep = |passes: &mut Vec<Pass>| passes.retain(|pass| pass.position <= common);
        keep(&mut self.ahead);
        self.before.retain(|stretch| stretch.from < common);
        self.before.iter_mut().take(1).for_each(|stretch| keep(&mut stretch.passes));
        self.count = self.stretches().map(Vec::len).sum();
    }

    fn advance(
        &mut self,
        journal: &Journal,
        kept: &Checkpoints,
        fuel: u64,
    ) -> Result<(), Mismatch> {
        if self.phase == Phase::Over {
            return Ok(());
        }
        let collects = match self.phase {
            Phase::Ahead => Some(&mut self.ahead),
            Phase::Before => {
                Some(&mut self.before.last_mut().expect("it is collected there").passes)
            }
            Phase::Approach | Phase::Survey | Phase::Over => None,
        };
        // A slice ends soon, whatever its instructions cost.
        self.replay.image.machine.pause_after(Some(fuel.max(1)));
        let replayed = match collects {
            None => self.replay.advance(journal, fuel.max(1), None),
            Some(into) => {
                let had = into.len();
                let mut collector = Collector::new(&self.followed, &mut self.trail, into);
                let replayed = self.replay.advance(journal, fuel.max(1), Some(&mut collector));
                self.count += collector.into.len() - had;
                replayed
            }
        };
        self.replay.image.machine.pause_after(None);
        if replayed? == Replayed::Arrived {
            self.go_on(journal, kept);
        }
        if self.phase == Phase::Ahead && self.is_ahead_cut() {
            self.trail.after(&self.replay.shifts);
            self.begin_stretch(journal, kept);
        }
        if self.count >= self.most {
            self.phase = Phase::Over;
        }
        Ok(())
    }

    /// The replay has arrived: goes on with what comes next.
    fn go_on(&mut self, journal: &Journal, kept: &Checkpoints) {
        match self.phase {
            Phase::Approach => {
                let here = self.replay.position;
                let image = self.replay.image.fork();
                self.trail.begin(here, vec![self.trail.at(here)]);
                self.replay = Replay::new(journal, here, image, self.to);
                self.phase = Phase::Ahead;
            }
            Phase::Survey => self.end_survey(journal, kept),
            Phase::Ahead | Phase::Before => {
                self.trail.after(&self.replay.shifts);
                self.begin_stretch(journal, kept);
            }
            Phase::Over => {}
        }
    }

    /// Begins with the stretch before those that were looked at.
    fn begin_stretch(&mut self, journal: &Journal, kept: &Checkpoints) {
        let to = self.before.last().map_or(self.here, |stretch| stretch.from);
        let cell = self.trail.at(to);
        let is_gone = matches!(self.followed, Followed::Cell(_)) && cell.is_none();
        if to == Position::default() || is_gone {
            self.phase = Phase::Over;
            return;
        }
        self.replay = Replay::from_before(journal, kept, to);
        let from = self.replay.position;
        self.before.push(Stretch { from, passes: Vec::new() });
        self.trail.begin_at_end(cell);
        match cell.is_some() && journal.has_edits(from, to) {
            true => self.phase = Phase::Survey,
            false => {
                self.trail.begin(from, vec![cell]);
                self.phase = Phase::Before;
            }
        }
    }

    /// Works out where the cell was before each shift, and replays the stretch again.
    fn end_survey(&mut self, journal: &Journal, kept: &Checkpoints) {
        let mut cells = self.trail.cells.clone();
        for shift in self.replay.shifts.iter().rev() {
            let later = cells[cells.len() - 1];
            cells.push(later.and_then(|place| shift.before(place)));
        }
        cells.reverse();
        let to = self.replay.position;
        self.replay = Replay::from_before(journal, kept, to);
        self.trail.begin(self.replay.position, cells);
        self.phase = Phase::Before;
    }
}

/// Collects the passes of a stretch.
struct Collector<'p> {
    followed: &'p Followed,
    trail: &'p mut Trail,
    /// The cells before which a replay pauses; none if they are to be worked out.
    pauses: Option<BTreeSet<Place>>,
    into: &'p mut Vec<Pass>,
    /// The frame of the instruction that was last looked at, and whether it is a pass.
    above: u32,
    is_pass: bool,
    /// The task that executes it.
    task: TaskId,
}

impl<'p> Collector<'p> {
    fn new(followed: &'p Followed, trail: &'p mut Trail, into: &'p mut Vec<Pass>) -> Collector<'p> {
        Collector {
            followed,
            trail,
            pauses: None,
            into,
            above: 0,
            is_pass: false,
            task: TaskId::MAIN,
        }
    }

    /// The cells that may hold a pass.
    fn pauses(&mut self, machine: &Machine, shifts: &[Shift]) -> BTreeSet<Place> {
        let watched = match self.followed {
            Followed::Cell(_) => return self.trail.after(shifts).into_iter().collect(),
            Followed::Value(watched) => watched,
        };
        let memory = machine.memory();
        let mut places = BTreeSet::new();
        for (body, code) in memory.code_bodies() {
            let owner = memory.owner(body);
            let cells = (0..).map(Offset::from_index).zip(code.used());
            let cells = cells.filter(|(_, cell)| watched.is_given_by(machine, owner, **cell));
            places.extend(cells.map(|(offset, _)| Place::new(body, offset)));
        }
        places
    }

    /// Notes whether the next instruction is a pass; it is in one of the cells.
    fn before(&mut self, machine: &Machine) {
        self.is_pass = match self.followed {
            Followed::Value(Watched::Data { body, index }) => {
                let write = Wanted::Write { body: *body, index: *index };
                let cell = machine.memory().cell(machine.task().counter());
                cell.content() != Content::Primitive(Primitive::MemorySet)
                    || write.is_before(machine, &Default::default())
            }
            Followed::Value(Watched::Local { .. } | Watched::Global(_) | Watched::Top)
            | Followed::Cell(_) => true,
        };
        self.task = machine.task().number();
        let home = machine.home_frame();
        self.above = home.map_or(0, |frame| frame.id.0 + 1);
    }

    /// Collects the pass that was just executed.
    fn after(&mut self, machine: &Machine, position: Position) {
        if !std::mem::take(&mut self.is_pass) {
            return;
        }
        let cell = match self.followed {
            Followed::Cell(_) => {
                machine.task_of(self.task).and_then(|task| task.parameters().last().copied())
            }
            Followed::Value(watched) => watched.value_in(machine, self.task),
        };
        let is_new_data = matches!(self.followed, Followed::Value(Watched::Data { .. }));
        // Other data was allocated.
        if cell.is_none() && is_new_data {
            return;
        }
        let step = machine.retired();
        let value = cell.map_or(Value::None, |cell| value(machine, cell));
        let task = (machine.next_number() > TaskId(1)).then_some(self.task);
        self.into.push(Pass { position, step, frame: self.above, task, value });
    }

    fn command(&mut self, scene: Scene<'_>, command: &Command) {
        self.pauses = None;
        self.trail.after(scene.shifts);
        self.trail.moves = command.is_edit().then_some(scene.at);
        let Followed::Value(watched) = self.followed else { return };
        if let Some(text) = watched.given_by_command(&scene.image.machine, command) {
            let value = Value::Other(text.trim().into());
            let step = scene.image.machine.retired();
            self.into.push(Pass { position: scene.after, step, frame: 0, task: None, value });
        }
    }
}

fn value(machine: &Machine, cell: Cell) -> Value {
    match cell.as_integer() {
        Some(number) => Value::Integer(number),
        None => Value::Other(machine.show(cell).into()),
    }
}

impl Observer for Collector<'_> {
    fn observe(&mut self, scene: Scene<'_>, event: Event<'_>) -> bool {
        let machine = &scene.image.machine;
        match event {
            Event::Before => {
                let pauses = match self.pauses.take() {
                    Some(pauses) => pauses,
                    None => self.pauses(machine, scene.shifts),
                };
                match pauses.contains(&machine.task().counter()) {
                    true => self.before(machine),
                    false => self.is_pass = false,
                }
                self.pauses = Some(pauses);
            }
            Event::After => {
                self.after(machine, scene.after);
            }
            Event::Command(command) => self.command(scene, command),
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
        let pauses = match self.pauses.take() {
            Some(pauses) => pauses,
            None => self.pauses(&image.machine, shifts),
        };
        let before = image.machine.retired();
        let until = Until::at(&pauses);
        let mut ran = 0;
        while ran < fuel {
            let is_there = image.run_until(fuel - ran, &until)?;
            ran = image.machine.retired() - before;
            if ran == fuel || !is_there {
                break;
            }
            self.before(&image.machine);
            image.step()?;
            ran += 1;
            self.after(&image.machine, Position { done: at.done + ran, ..at });
        }
        self.pauses = Some(pauses);
        Ok((ran, image.machine.pauses()))
    }
}
