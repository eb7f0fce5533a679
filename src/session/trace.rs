//! Tracing: searching the history back for what gave a holder its value, until something made the value.
//!
//! A stretch of the history, from the nearest image before the position to the position, is replayed at full
//! speed between the instructions that could give the holder a value, and the last that does is kept. If
//! none does, the stretch before it is next. An instruction that moved the value leads to the holder that had it
//! before, at an earlier position. On the way, images of the stretch are kept, so that many moves in a small
//! part of the history replay only that part. A trace changes nothing.

use std::collections::BTreeSet;

use super::checkpoint::Checkpoints;
use super::command::Command;
use super::journal::{Journal, Mismatch, Position};
use super::provenance::{Answer, Executed, Given, MOVES, Maker, Move, Question, value};
use super::replay::{Event, Observer, Replay, Replayed, Scene};
use super::writer::{Writer, gave};
use crate::program::cell_text::Label;
use crate::program::image::Image;
use crate::program::notation::Notation;
use crate::program::scope::Scope;
use crate::vm::cell::{Cell, Content};
use crate::vm::flow::{Holder, Source};
use crate::vm::index::Offset;
use crate::vm::instruction::Primitive;
use crate::vm::machine::Machine;
use crate::vm::memory::Place;
use crate::vm::relocate::Shift;
use crate::vm::run_until::Until;
use crate::vm::stop::Stop;

/// Into how many parts the images that are kept divide a stretch.
const PARTS: u64 = 16;
/// The fewest instructions between two of these images.
const LEAST: u64 = 1_000;

/// A trace in progress.
#[derive(Clone, Debug)]
pub(super) struct Trace {
    asked: Position,
    /// What holds the value before the position `to`.
    holder: Holder,
    to: Position,
    /// How cells have moved from `to` up to where the first question was asked.
    later: Vec<Shift>,
    value: Label,
    moves: Vec<Move>,
    moved: u64,
    /// Images before `to` since the nearest checkpoint, the earliest first.
    near: Vec<(Position, Image)>,
    stage: Stage,
}

#[derive(Clone, Debug)]
enum Stage {
    /// Looking for what gave the holder its value.
    Seeking(Box<Seek>),
    /// Working out the image before the instruction that gave it.
    Reading(Box<Replay>, Source),
    /// Looking for the gesture that wrote the literal.
    Writing(Box<Writer>, Box<Executed>),
}

/// A stretch that is searched.
#[derive(Clone, Debug)]
struct Seek {
    from: Position,
    replay: Replay,
    /// The last that gives the holder a value.
    found: Option<Found>,
    /// The cells before which to pause; none if they have to be worked out again because the code may have
    /// changed.
    pauses: Option<BTreeSet<Place>>,
    /// After how many instructions the next image is kept.
    next: u64,
    spacing: u64,
}

/// What gives a holder a value.
#[derive(Clone, Debug)]
struct Found {
    at: Position,
    /// How many shifts of the stretch were before it.
    shifted: usize,
    by: By,
}

#[derive(Clone, Debug)]
enum By {
    Instruction(Source),
    /// A command, in words.
    Command(String),
}

impl Trace {
    /// A trace for a question.
    pub(super) fn new(question: Question, journal: &Journal, kept: &Checkpoints) -> Trace {
        let Question { holder, at, value, asked, later } = question;
        Trace {
            asked,
            holder,
            to: at,
            later,
            value,
            moves: Vec::new(),
            moved: 0,
            near: Vec::new(),
            stage: Stage::Seeking(Box::new(Seek::new(journal, kept, &[], at))),
        }
    }

    /// The position at which the first question was asked.
    pub(super) fn asked(&self) -> Position {
        self.asked
    }

    /// Continues the trace for about `fuel` instructions; returns the answer when it is known.
    ///
    /// # Errors
    /// If the replay diverges from a journal that was made by hand.
    pub(super) fn advance(
        &mut self,
        journal: &Journal,
        kept: &Checkpoints,
        fuel: u64,
    ) -> Result<Option<Answer>, Mismatch> {
        let fuel = fuel.max(1);
        match &mut self.stage {
            Stage::Seeking(seek) => {
                let mut watch = Watch { holder: &self.holder, near: &mut self.near, seek };
                if !watch.advance(journal, fuel)? {
                    return Ok(None);
                }
                Ok(self.sought(journal, kept))
            }
            Stage::Reading(replay, source) => {
                if replay.advance(journal, fuel, None)? != Replayed::Arrived {
                    return Ok(None);
                }
                let (image, source) = (replay.image.fork(), source.clone());
                Ok(self.read(journal, kept, &image, source))
            }
            Stage::Writing(writer, by) => {
                let Some(gesture) = writer.advance(journal, kept, fuel)? else { return Ok(None) };
                let by = (**by).clone();
                let given = Some(Given::Written(gesture));
                Ok(Some(self.answer(Maker::Instruction { by, operands: Vec::new(), given })))
            }
        }
    }

    fn seek(&mut self, journal: &Journal, kept: &Checkpoints, to: Position) {
        self.to = to;
        self.near.retain(|(at, _)| *at < to);
        self.stage = Stage::Seeking(Box::new(Seek::new(journal, kept, &self.near, to)));
    }

    /// The stretch was searched.
    fn sought(&mut self, journal: &Journal, kept: &Checkpoints) -> Option<Answer> {
        let Stage::Seeking(seek) = &mut self.stage else { unreachable!("a stretch was searched") };
        let (from, found) = (seek.from, seek.found.take());
        let after = found.as_ref().map_or(0, |found| found.shifted);
        self.later.splice(0..0, seek.replay.shifts[after..].iter().copied());
        let Some(Found { at, by, .. }) = found else {
            if from == Position::default() {
                return Some(self.answer(Maker::Base));
            }
            self.seek(journal, kept, from);
            return None;
        };
        match by {
            By::Command(words) => {
                let entry = journal.next_towards(self.to, at).map_or(at.entry, |next| next.entry);
                let maker = Maker::Command { at, gesture: journal.gestures_to(entry), words };
                Some(self.answer(maker))
            }
            By::Instruction(source) => {
                self.to = at;
                self.near.retain(|(near, _)| *near <= at);
                let replay = match self.near.last() {
                    Some((near, image)) => Replay::new(journal, *near, image.clone(), at),
                    None => Replay::from_checkpoint(journal, kept.nearest(journal, at), at),
                };
                self.stage = Stage::Reading(Box::new(replay), source);
                None
            }
        }
    }

    /// The image before the instruction that gave the holder its value was worked out.
    fn read(
        &mut self,
        journal: &Journal,
        kept: &Checkpoints,
        image: &Image,
        source: Source,
    ) -> Option<Answer> {
        let machine = &image.machine;
        let by = Executed::new(image, self.to, &self.later);
        if let Source::Moved(from) = source {
            self.value = value(machine, &from).expect("what is moved is a value");
            if self.moves.len() < MOVES {
                self.moves.push(Move { by, from: from.clone() });
            }
            self.moved += 1;
            self.holder = from;
            self.seek(journal, kept, self.to);
            return None;
        }
        let counter = machine.task().counter();
        let cell = machine.memory().cell(counter);
        if is_literal(cell.content()) {
            let writer = Writer::new(journal, kept, counter, self.to);
            self.stage = Stage::Writing(Box::new(writer), Box::new(by));
            return None;
        }
        let reads = Content::Primitive(Primitive::InputLine);
        let reads_one = Content::Primitive(Primitive::InputChar);
        let given = [reads, reads_one].contains(&cell.content()).then(|| {
            let rest = machine.input().rest().len();
            Given::Input(gave(journal, self.to, rest))
        });
        let operands = self.operands(machine);
        Some(self.answer(Maker::Instruction { by, operands, given }))
    }

    /// Questions for the operands of the next instruction.
    fn operands(&self, machine: &Machine) -> Vec<Question> {
        let height = machine.task().parameters().len();
        let operands = (height - machine.taken()..height).filter_map(|at| {
            let holder = Holder::Parameter(at);
            let value = value(machine, &holder)?;
            let (asked, later) = (self.asked, self.later.clone());
            Some(Question { holder, at: self.to, value, asked, later })
        });
        operands.collect()
    }

    fn answer(&mut self, maker: Maker) -> Answer {
        let moves = std::mem::take(&mut self.moves);
        Answer { value: self.value.clone(), moves, moved: self.moved, maker }
    }
}

fn is_literal(content: Content) -> bool {
    matches!(
        content,
        Content::Integer(_)
            | Content::Text(_)
            | Content::Address(_)
            | Content::Data(_)
            | Content::BlockValue(..)
            | Content::Task(_)
    )
}

impl Seek {
    /// The stretch before a position.
    fn new(
        journal: &Journal,
        kept: &Checkpoints,
        near: &[(Position, Image)],
        to: Position,
    ) -> Seek {
        let kept = kept.nearest_before(journal, to);
        let near = near.last().filter(|(at, _)| kept.is_none_or(|kept| kept.position() <= *at));
        let replay = match near {
            Some((at, image)) => Replay::new(journal, *at, image.clone(), to),
            None => Replay::from_checkpoint(journal, kept, to),
        };
        let spacing = (replay.length() / PARTS).max(LEAST);
        let next = replay.image.machine.retired().saturating_add(spacing);
        Seek { from: replay.position, replay, found: None, pauses: None, next, spacing }
    }
}

/// Observes a stretch for a trace.
struct Watch<'t> {
    holder: &'t Holder,
    near: &'t mut Vec<(Position, Image)>,
    seek: &'t mut Seek,
}

impl Watch<'_> {
    /// Continues the replay of the stretch; true at its end.
    fn advance(&mut self, journal: &Journal, fuel: u64) -> Result<bool, Mismatch> {
        let Seek { replay, found, pauses, next, spacing, .. } = &mut *self.seek;
        let (holder, near, spacing) = (self.holder, &mut *self.near, *spacing);
        let mut eyes = Eyes { holder, near, found, pauses, next, spacing };
        Ok(replay.advance(journal, fuel, Some(&mut eyes))? == Replayed::Arrived)
    }
}

/// What observes the replay of a stretch: see the fields of [`Seek`].
struct Eyes<'t> {
    holder: &'t Holder,
    near: &'t mut Vec<(Position, Image)>,
    found: &'t mut Option<Found>,
    pauses: &'t mut Option<BTreeSet<Place>>,
    next: &'t mut u64,
    spacing: u64,
}

impl Eyes<'_> {
    fn note(&mut self, at: Position, shifted: usize, machine: &Machine) {
        if let Some(source) = machine.source(self.holder) {
            *self.found = Some(Found { at, shifted, by: By::Instruction(source) });
        }
    }

    /// Runs up to the next instruction that could give the holder a value; at most `fuel` instructions.
    fn skip(&mut self, image: &mut Image, fuel: u64) -> Result<(), Stop> {
        if let Holder::Parameter(at) = self.holder {
            // The image counts at these breakpoints, one step at a time.
            let counts = !image.breakpoints.counted().is_empty();
            return match counts {
                true => Ok(()),
                false => image.machine.run_above(fuel, at.saturating_add(1)).map(drop),
            };
        }
        let cells = match self.pauses.take() {
            Some(cells) => cells,
            None => givers(&image.machine, self.holder),
        };
        let ran = image.run_until(fuel, &Until::at(&cells));
        *self.pauses = Some(cells);
        ran.map(drop)
    }
}

impl Observer for Eyes<'_> {
    fn observe(&mut self, scene: Scene<'_>, event: Event<'_>) -> bool {
        let machine = &scene.image.machine;
        match event {
            Event::Before => self.note(scene.at, scene.shifts.len(), machine),
            Event::After => {}
            Event::Command(command) => {
                *self.pauses = None;
                if gives(command, machine, self.holder) {
                    let by = By::Command(command.words());
                    *self.found = Some(Found { at: scene.at, shifted: scene.shifts.len(), by });
                }
            }
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
        let before = image.machine.retired();
        loop {
            let retired = image.machine.retired();
            let ran = retired - before;
            if ran == fuel || image.machine.pauses() {
                return Ok((ran, false));
            }
            if retired >= *self.next {
                let here = Position { done: at.done + ran, ..at };
                self.near.push((here, image.fork()));
                *self.next = retired + self.spacing;
            }
            let part = (fuel - ran).min(*self.next - retired);
            self.skip(image, part)?;
            let skipped = image.machine.retired() - retired;
            if skipped == part || image.machine.pauses() {
                continue;
            }
            let here = Position { done: at.done + ran + skipped, ..at };
            self.note(here, shifts.len(), &image.machine);
            image.step()?;
        }
    }
}

/// The cells that could give a holder a value.
fn givers(machine: &Machine, holder: &Holder) -> BTreeSet<Place> {
    let memory = machine.memory();
    let bodies = memory.code_bodies().filter(|(body, _)| match holder {
        Holder::Local { function, .. } => memory.owner(*body) == *function,
        Holder::Parameter(_) | Holder::Global(_) | Holder::Data { .. } | Holder::Output(_) => true,
    });
    let cells = bodies.flat_map(|(body, code)| {
        let cells = code.used().iter().enumerate();
        cells.map(move |(offset, cell)| (Place::new(body, Offset::from_index(offset)), *cell))
    });
    cells.filter(|(_, cell)| could_give(machine, holder, *cell)).map(|(place, _)| place).collect()
}

fn could_give(machine: &Machine, holder: &Holder, cell: Cell) -> bool {
    use Primitive as P;
    let is = |primitives: &[P]| {
        primitives.iter().any(|&each| cell.content() == Content::Primitive(each))
    };
    match holder {
        Holder::Parameter(_) => unreachable!("any instruction could give a parameter a value"),
        Holder::Local { function, slot, .. } => {
            let code = machine.memory().code(*function);
            let is_local = |name| code.is_some_and(|code| code.slot(name) == Some(*slot));
            matches!(cell.content(), Content::Assign(name) if is_local(name))
        }
        Holder::Global(name) => {
            matches!(cell.content(), Content::SetGlobal(set) if machine.memory().name(set) == name)
        }
        Holder::Data { .. } => is(&[
            P::Allocate,
            P::MemorySet,
            P::MemoryCopy,
            P::MemoryFill,
            P::MemoryResize,
            P::TextSplit,
            P::ChannelNew,
            P::ChannelSend,
            P::ChannelReceive,
        ]),
        Holder::Output(_) => is(&[P::Print, P::PrintLine]),
    }
}

/// How many operands an answer takes; it was carried out here, so they can be read.
fn takes(machine: &Machine, operands: &str) -> usize {
    let read = Notation::Forth.read_line(operands, &Scope::outside(machine));
    read.map_or(0, |read| read.cells.bodies[0].len()).min(machine.task().parameters().len())
}

/// Whether a command gives a holder a value. What a command puts on the stack may be gone again; then
/// something later gives the holder its value.
fn gives(command: &Command, machine: &Machine, holder: &Holder) -> bool {
    let task = machine.task();
    match (holder, command) {
        (Holder::Parameter(at), Command::Push { .. }) => *at >= task.parameters().len(),
        // What it gives lies above what it leaves, which begins with its operands.
        (Holder::Parameter(at), Command::Answer { operands, results, .. }) => {
            let takes = takes(machine, operands);
            *at >= task.parameters().len() - takes && !results.trim().is_empty()
        }
        (Holder::Parameter(at), Command::Parameter { index, .. }) => index == at,
        (Holder::Parameter(_), Command::Restart { .. }) => true,
        (Holder::Local { frame, function, slot }, Command::Local { frame: changed, name, .. }) => {
            let code = || machine.memory().code(*function);
            let is_named = |id| machine.memory().name(id) == name;
            frame == changed
                && code()
                    .and_then(|code| code.locals().get(slot.index()))
                    .is_some_and(|&id| is_named(id))
        }
        (Holder::Global(name), Command::Global { name: changed, .. }) => name == changed,
        (Holder::Data { body, index }, Command::Data { at, .. }) => {
            at.body == *body && usize::try_from(at.index).ok() == Some(*index)
        }
        (
            Holder::Parameter(_)
            | Holder::Local { .. }
            | Holder::Global(_)
            | Holder::Data { .. }
            | Holder::Output(_),
            _,
        ) => false,
    }
}
