//! Looking for a moment: the previous call, breakpoint, write or output, or the next along the way
//! that redo leads. Nothing is recorded while the program runs; it is run again and watched: at full
//! speed from one instruction that might be it to the next.
//!
//! Back, the stretch behind the nearest checkpoint is watched first, then the one before it. A search
//! is done in slices and touches nothing, so it can be given up; what it finds is a position.

use std::collections::BTreeSet;

use super::command::Command;
use super::goal::Goal;
use super::journal::{Mismatch, Position};
use super::session::Session;
use super::walk::{Moment, Scene, Walk, Walked, Watch};
use crate::program::image::Image;
use crate::vm::cell::{BodyId, Cell, Content};
use crate::vm::edit::Shift;
use crate::vm::index::{Body, DataId, FrameId, Offset};
use crate::vm::instruction::Primitive;
use crate::vm::machine::Machine;
use crate::vm::memory::Place;
use crate::vm::run_until::Until;
use crate::vm::stop::Stop;

/// What is looked for. All but the first two find the instruction that does it, before it does.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Wanted {
    /// The call stack no higher than this.
    Depth(u32),
    /// The counter on one of these cells, wherever they were before they were moved by edits.
    Cells(BTreeSet<Place>),
    /// A data cell being written, by the program or by hand.
    Write {
        /// The number of the data body.
        body: DataId,
        /// The cell in it.
        index: u64,
    },
    /// A call of the function with this name.
    Call(String),
    /// Output.
    Output,
    /// An activation starting: being entered, or run again.
    Start {
        /// Which.
        frame: FrameId,
        /// Its body.
        body: Body,
    },
}

impl Wanted {
    /// Over a call: the instruction before, and all of what it called.
    pub fn over(machine: &Machine) -> Wanted {
        Wanted::Depth(machine.task().calls().depth())
    }

    /// Out to the caller; nothing at the bottom.
    pub fn out(machine: &Machine) -> Option<Wanted> {
        match Goal::out(machine) {
            Goal::Depth(depth) => Some(Wanted::Depth(depth)),
            _ => None,
        }
    }

    /// Whether this is it, in front of an instruction that is about to be executed.
    fn is_before(&self, machine: &Machine, cells: &BTreeSet<Place>) -> bool {
        let task = machine.task();
        match self {
            Wanted::Depth(depth) => task.calls().depth() <= *depth,
            Wanted::Cells(_) => cells.contains(&task.counter()),
            Wanted::Write { body, index } => {
                let [.., address, at] = task.parameters() else { return false };
                does(machine, Primitive::MemorySet)
                    && address.content() == Content::Address(BodyId::Data(*body))
                    && at.as_integer() == i64::try_from(*index).ok()
            }
            Wanted::Output => {
                does(machine, Primitive::Print) || does(machine, Primitive::PrintLine)
            }
            Wanted::Call(_) | Wanted::Start { .. } => false,
        }
    }

    /// The cells in front of which one has to look, or behind them, `marked` being the wanted ones.
    fn cells(&self, machine: &Machine, marked: &BTreeSet<Place>) -> BTreeSet<Place> {
        let memory = machine.memory();
        let with = |wanted: &[Primitive]| {
            let wanted: Vec<Cell> = wanted.iter().map(|&word| Cell::primitive(word)).collect();
            let cells = memory.code_bodies().flat_map(|(body, code)| {
                let cells = code.used().iter().enumerate();
                cells.map(move |(offset, cell)| {
                    (Place::new(body, Offset::from_index(offset)), *cell)
                })
            });
            cells.filter(|(_, cell)| wanted.contains(cell)).map(|(place, _)| place).collect()
        };
        match self {
            Wanted::Depth(_) => BTreeSet::new(),
            Wanted::Cells(_) => marked.clone(),
            Wanted::Write { .. } => with(&[Primitive::MemorySet]),
            Wanted::Output => with(&[Primitive::Print, Primitive::PrintLine]),
            Wanted::Call(name) => memory.function(name).map(Place::start).into_iter().collect(),
            Wanted::Start { body, .. } => [Place::start(*body)].into(),
        }
    }

    /// Whether a return may lead to where a call would: only if an edit deleted the cell of a live one.
    fn may_be_returned_to(&self, machine: &Machine, starts: &BTreeSet<Place>) -> bool {
        matches!(self, Wanted::Call(_) | Wanted::Start { .. })
            && machine
                .task()
                .calls()
                .activations()
                .any(|entry| entry.returns_to.is_some_and(|place| starts.contains(&place)))
    }

    /// Whether a command that a person gave is it.
    fn is_command(&self, command: &Command) -> bool {
        let Wanted::Write { body, index } = self else { return false };
        matches!(command, Command::Data { at, .. } if (&at.body, &at.index) == (body, index))
    }

    /// Whether this was it, after the instruction was executed; the call stack was so high before.
    fn is_after(&self, machine: &Machine, depth: u32) -> bool {
        let task = machine.task();
        if task.calls().depth() < depth {
            // Where the call was deleted, one returns to the first cell.
            return false;
        }
        let starts = |body| task.counter() == Place::start(body);
        match self {
            Wanted::Call(name) => {
                task.calls().innermost().is_frame
                    && machine.memory().function(name).is_some_and(starts)
            }
            Wanted::Start { frame, body } => task.calls().innermost_id() == *frame && starts(*body),
            _ => false,
        }
    }

    /// Whether the instruction that is about to be executed is it. Of depths and cells it does not
    /// matter which it is.
    fn is_next(&self, machine: &Machine) -> bool {
        if matches!(self, Wanted::Depth(_) | Wanted::Cells(_)) {
            return true;
        }
        let mut after = machine.clone();
        if after.step().is_err() {
            return false;
        }
        let depth = machine.task().calls().depth();
        self.is_before(machine, &BTreeSet::new()) || self.is_after(&after, depth)
    }
}

fn does(machine: &Machine, primitive: Primitive) -> bool {
    let cell = machine.memory().cell(machine.task().counter());
    cell.content() == Content::Primitive(primitive)
}

/// How a search goes on.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Finding {
    /// It is not at its end.
    More,
    /// It found this position.
    Found(Position),
    /// There is none.
    Nothing,
}

/// A search in progress.
#[derive(Clone, Debug)]
pub struct Search {
    wanted: Wanted,
    back: bool,
    /// Whether the instruction in front of which it began is it: forth, that does not count.
    begins: bool,
    /// The stretch that is looked at: from here,
    from: Position,
    /// up to here.
    to: Position,
    walk: Walk,
    /// The last that was found in the stretch.
    hit: Option<Position>,
    /// Where the wanted cells lie after so many of the shifts of the walk. Back, they are known at
    /// the end of the stretch only, so it is gone twice: first to see how cells moved.
    cells: Vec<BTreeSet<Place>>,
    /// After how many of the shifts the last was found.
    shifted: usize,
    surveys: bool,
    /// The cells where one has to look; nothing where the code may have changed since.
    stops: Option<BTreeSet<Place>>,
    /// Whether one may return to one of them, which is not seen unless one looks before.
    slow: bool,
}

/// Looks at a stretch of the way.
struct Look<'s> {
    wanted: &'s Wanted,
    back: bool,
    begins: bool,
    hit: &'s mut Option<Position>,
    cells: &'s mut Vec<BTreeSet<Place>>,
    shifted: &'s mut usize,
    stops: &'s mut Option<BTreeSet<Place>>,
    slow: &'s mut bool,
    /// Where the search began, and how much was executed there.
    start: Position,
    began: u64,
    /// How high the call stack was before the instruction.
    depth: u32,
}

impl Look<'_> {
    /// Where the wanted cells are after these shifts.
    fn marked(&mut self, shifts: &[Shift]) -> &BTreeSet<Place> {
        carry(self.cells, shifts);
        &self.cells[shifts.len()]
    }

    /// Takes note of a position that is it; whether the search ends there.
    fn note(&mut self, at: Position) -> bool {
        *self.hit = Some(at);
        !self.back
    }
}

impl Watch for Look<'_> {
    fn look(&mut self, scene: Scene<'_>, moment: Moment<'_>) -> bool {
        let machine = &scene.image.machine;
        let is = match moment {
            Moment::Before => {
                self.depth = machine.task().calls().depth();
                self.wanted.is_before(machine, self.marked(scene.shifts))
            }
            Moment::After => self.wanted.is_after(machine, self.depth),
            Moment::Command(command) => {
                *self.stops = None;
                self.wanted.is_command(command)
            }
        };
        // Forth, where it began does not count.
        let first = match moment {
            Moment::Command(_) => scene.at == self.start,
            _ => {
                self.begins && machine.retired() == self.began + u64::from(moment == Moment::After)
            }
        };
        let counts = is && (self.back || !first);
        if counts {
            *self.shifted = scene.shifts.len();
        }
        counts && self.note(scene.at)
    }

    fn skip(
        &mut self,
        image: &mut Image,
        at: Position,
        shifts: &[Shift],
        fuel: u64,
    ) -> Result<(u64, bool), Stop> {
        let machine = &mut image.machine;
        let before = machine.retired();
        if !self.back && before == self.began {
            return Ok((0, false));
        }
        let stops = match self.stops.take() {
            Some(stops) => stops,
            None => {
                let stops = self.wanted.cells(machine, self.marked(shifts));
                *self.slow = self.wanted.may_be_returned_to(machine, &stops);
                stops
            }
        };
        let depth = machine.task().calls().depth();
        let low = matches!(*self.wanted, Wanted::Depth(most) if depth <= most);
        if *self.slow || low && !self.back {
            *self.stops = Some(stops);
            return Ok((0, false));
        }
        // Back, while the call stack is low enough the last of all instructions counts.
        let depths = match *self.wanted {
            Wanted::Depth(most) if low => 0..=most,
            Wanted::Depth(most) => most.saturating_add(1)..=u32::MAX,
            _ => 0..=u32::MAX,
        };
        let paused = machine.run_until(fuel, &Until { cells: &stops, depths });
        *self.stops = Some(stops);
        let ran = machine.retired() - before;
        let is = ran > 0 && (low || paused == Ok(true) && self.wanted.is_after(machine, 0));
        let ends = is && self.note(Position { done: at.done + ran - 1, ..at });
        paused.map(|_| (ran, ends))
    }
}

impl Search {
    /// Looks on for about `fuel` instructions.
    ///
    /// # Errors
    /// If the journal was made by hand and does not do what it says.
    pub fn slice(&mut self, session: &Session, fuel: u64) -> Result<Finding, Mismatch> {
        // The bottom of the call stack is never entered.
        if matches!(self.wanted, Wanted::Start { frame: FrameId::BOTTOM, .. }) {
            return Ok(Finding::Nothing);
        }
        let began = session.image.machine.retired();
        let Search { wanted, hit, cells, shifted, stops, slow, .. } = self;
        let (back, begins, start) = (self.back, self.begins, session.position);
        let mut look =
            Look { wanted, back, begins, hit, cells, shifted, stops, slow, start, began, depth: 0 };
        let watch: Option<&mut dyn Watch> = if self.surveys { None } else { Some(&mut look) };
        let walked = self.walk.go_on(&session.journal, fuel, watch)?;
        Ok(match (walked, self.hit) {
            (Walked::More, _) => Finding::More,
            (Walked::There, _) if self.surveys => {
                self.look_at_cells(session);
                Finding::More
            }
            (_, Some(at)) => Finding::Found(at),
            _ if self.back => self.look_before(session),
            _ => self.look_at_end(began),
        })
    }

    /// Where the cells that were looked for lie at the moment that was found, to look on from there:
    /// without those that were not written yet.
    pub fn cells_there(&self) -> &BTreeSet<Place> {
        &self.cells[self.shifted.min(self.cells.len() - 1)]
    }

    /// The survey is done: the wanted cells before each shift, and the stretch again.
    fn look_at_cells(&mut self, session: &Session) {
        let mut cells = vec![self.cells.pop().unwrap_or_default()];
        for shift in self.walk.shifts.iter().rev() {
            let later = &cells[cells.len() - 1];
            cells.push(later.iter().filter_map(|&place| shift.before(place)).collect());
        }
        cells.reverse();
        self.cells = cells;
        self.surveys = false;
        self.stops = None;
        self.walk = session.walk_before(self.to).1;
    }

    /// Nothing in the stretch: the one before it.
    fn look_before(&mut self, session: &Session) -> Finding {
        let from = self.from;
        if from == Position::default() {
            return Finding::Nothing;
        }
        self.to = from;
        self.cells.truncate(1);
        self.stops = None;
        (self.from, self.walk) = session.walk_before(from);
        self.surveys = matches!(self.wanted, Wanted::Cells(_));
        Finding::More
    }

    /// Forth, the end of the way counts too, though nothing is executed there.
    fn look_at_end(&mut self, began: u64) -> Finding {
        carry(&mut self.cells, &self.walk.shifts);
        let machine = &self.walk.image.machine;
        let cells = self.cells.last();
        let found = match &self.wanted {
            Wanted::Depth(depth) => machine.task().calls().depth() <= *depth,
            Wanted::Cells(_) => {
                cells.is_some_and(|cells| cells.contains(&machine.task().counter()))
            }
            _ => false,
        };
        let found = found && machine.retired() > began;
        self.shifted = self.cells.len() - 1;
        if found { Finding::Found(self.to) } else { Finding::Nothing }
    }
}

/// Where cells lie after each of the shifts.
fn carry(cells: &mut Vec<BTreeSet<Place>>, shifts: &[Shift]) {
    while cells.len() <= shifts.len() {
        let (last, shift) = (&cells[cells.len() - 1], shifts[cells.len() - 1]);
        cells.push(last.iter().filter_map(|&place| shift.mark(place)).collect());
    }
}

impl Session {
    /// Looks back from here.
    pub fn search_back(&self, wanted: Wanted) -> Search {
        let to = self.position;
        let (from, walk) = self.walk_before(to);
        self.search(wanted, true, (from, to), walk)
    }

    /// Looks forth along the way that redo leads.
    pub fn search_forth(&self, wanted: Wanted) -> Search {
        let (from, to) = (self.position, self.future());
        let walk = Walk::new(&self.journal, from, self.image.clone(), to);
        self.search(wanted, false, (from, to), walk)
    }

    fn search(&self, wanted: Wanted, back: bool, way: (Position, Position), walk: Walk) -> Search {
        let cells = match &wanted {
            Wanted::Cells(cells) => vec![cells.clone()],
            _ => vec![BTreeSet::new()],
        };
        let surveys = back && matches!(wanted, Wanted::Cells(_));
        let (from, to) = way;
        let begins = !back && wanted.is_next(&self.image.machine);
        let (hit, shifted, stops, slow) = (None, 0, None, false);
        Search { wanted, back, begins, from, to, walk, hit, cells, shifted, surveys, stops, slow }
    }

    /// Where a search ends, however long it takes.
    ///
    /// # Errors
    /// As [`Search::slice`].
    pub fn find(&self, mut search: Search) -> Result<Option<Position>, Mismatch> {
        loop {
            match search.slice(self, u64::MAX)? {
                Finding::More => {}
                Finding::Found(at) => return Ok(Some(at)),
                Finding::Nothing => return Ok(None),
            }
        }
    }

    /// The walk to a position from the nearest image before it, and where that is.
    fn walk_before(&self, to: Position) -> (Position, Walk) {
        let kept = self.checkpoints.nearest_before(&self.journal, to);
        let walk = self.walk_from(kept, to);
        (walk.position, walk)
    }
}
