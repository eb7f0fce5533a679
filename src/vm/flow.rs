//! Where values come from: which holders the next instruction gives a value, and whether it moves the value
//! there from another holder or makes it.
//!
//! What an instruction does follows from its plan; which of its results are operands, from the stack effect in
//! the table of the instruction set: `( a b -- b a )`. So nothing is kept while a program runs.

use super::cell::{Cell, Content};
use super::frame::Activation;
use super::in_task::InTask;
use super::index::{Body, DataId, FrameId, Slot};
use super::instruction::{Group, Primitive};
use super::machine::Machine;
use super::name::NameId;
use super::plan::{Effect, Range};
use super::queue::{COUNT, FIRST, HEADER};

/// What holds a value.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub enum Holder {
    /// The parameter stack, counted from 0 at the bottom.
    Parameter(usize),
    /// A local of a frame.
    Local {
        /// The frame.
        frame: FrameId,
        /// Its function.
        function: Body,
        /// The local.
        slot: Slot,
    },
    /// The global with this name.
    Global(String),
    /// A data cell.
    Data {
        /// The number of the data body.
        body: DataId,
        /// The cell in it.
        index: usize,
    },
    /// A byte of the output, counted from 0.
    Output(u64),
}

/// Where an instruction has a value from.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Source {
    /// It moves the value from a holder, which may keep it.
    Moved(Holder),
    /// It makes the value.
    Made,
}

impl Machine {
    /// The value in a holder; none if it holds none. A byte of the output is no value.
    pub fn held(&self, holder: &Holder) -> Option<Cell> {
        let task = self.task();
        let cell = match holder {
            Holder::Parameter(at) => task.parameters().get(*at).copied(),
            Holder::Local { frame, function, slot } => {
                let entry = task.calls().activation_of(*frame)?;
                let entry = Some(entry).filter(|entry| entry.body == *function)?;
                entry.locals.get(slot.index()).copied()
            }
            Holder::Global(name) => self.globals().get(name),
            Holder::Data { body, index } => self.memory().data(*body)?.get(*index),
            Holder::Output(_) => None,
        };
        cell.filter(|cell| cell.is_value())
    }

    /// How many parameters at the top the next instruction takes or looks at.
    pub fn taken(&self) -> usize {
        self.seen().taken()
    }

    /// Whether the next instruction takes, looks at or replaces one of the lowest `hidden` parameters, or there
    /// are not even so many.
    pub fn reaches(&self, hidden: usize) -> bool {
        self.seen().reaches(hidden)
    }

    /// Where the value comes from that the next instruction gives a holder; none if it gives none, leaves the
    /// holder alone, or cannot run.
    pub fn source(&self, holder: &Holder) -> Option<Source> {
        self.seen().source(holder)
    }
}

impl InTask<'_> {
    fn taken(&self) -> usize {
        match self.memory().cell(self.task().counter()).content() {
            Content::Primitive(primitive @ (Primitive::PickValue | Primitive::Roll)) => {
                let below = self.task().parameters().last().and_then(|cell| cell.as_integer());
                let below = below.and_then(|below| usize::try_from(below).ok());
                below.map_or(primitive.row().takes.len(), |below| below.saturating_add(2))
            }
            Content::Primitive(primitive) => primitive.row().takes.len(),
            Content::Assign(_) | Content::SetGlobal(_) => 1,
            Content::Integer(_)
            | Content::Text(_)
            | Content::Address(_)
            | Content::Data(_)
            | Content::BlockValue(..)
            | Content::Task(_)
            | Content::Call(_)
            | Content::Pick(_)
            | Content::GetGlobal(_)
            | Content::Label(_)
            | Content::Hole(_)
            | Content::FunctionHole(_)
            | Content::Breakpoint
            | Content::Unassigned => 0,
        }
    }

    pub(super) fn reaches(&self, hidden: usize) -> bool {
        self.task().parameters().len() < hidden.saturating_add(self.taken())
    }

    fn source(&self, holder: &Holder) -> Option<Source> {
        if let Holder::Parameter(at) = holder
            && !self.reaches(at.saturating_add(1))
        {
            return None;
        }
        let effect = self.plan().ok()?;
        let source = match holder {
            Holder::Parameter(at) => self.parameter_source(&effect, *at),
            Holder::Local { frame, function, slot } => {
                let is_of = |home: Activation<'_>| (home.id, home.body) == (*frame, *function);
                let assigned = matches!(effect, Effect::Assign { slot: to, .. } if to == *slot)
                    && self.home_frame().is_some_and(is_of);
                assigned.then(|| self.operand_source(1))
            }
            Holder::Global(name) => {
                let set = matches!(effect, Effect::SetGlobal { name: set } if self.memory().name(set) == name);
                set.then(|| self.operand_source(1))
            }
            Holder::Data { body, index } => self.data_source(&effect, *body, *index),
            Holder::Output(byte) => {
                let Effect::Print { text } = &effect else { return None };
                let printed = byte.checked_sub(self.printed());
                let is_printed = printed.is_some_and(|byte| byte < text.len() as u64);
                is_printed.then(|| self.operand_source(1))
            }
        };
        source.filter(|source| !matches!(source, Source::Moved(from) if from == holder))
    }

    /// From operand `n`, counted from 1 at the top.
    fn operand_source(&self, n: usize) -> Source {
        Source::Moved(Holder::Parameter(self.task().parameters().len() - n))
    }

    fn parameter_source(&self, effect: &Effect, at: usize) -> Option<Source> {
        let height = self.task().parameters().len();
        let made = |at_made: usize| (at == at_made).then_some(Source::Made);
        match effect {
            Effect::Stack { take, count, .. } => {
                let first = height - take;
                let end = first + count;
                (first..end).contains(&at).then(|| self.result_source(end - 1 - at))
            }
            Effect::Roll { count } => {
                let top = height - 2;
                let first = top - count;
                let from = if at == top { first } else { at + 1 };
                (first..=top).contains(&at).then_some(Source::Moved(Holder::Parameter(from)))
            }
            Effect::Text { take, .. } => made(height - take),
            Effect::Join { .. } | Effect::Split { .. } => made(height - 2),
            Effect::Allocate { .. } => made(height - 1),
            Effect::Input { .. } => made(height),
            Effect::Begin { take, count, .. } => made(height - take - count),
            Effect::Receive { data, queue } => (at == height - 1).then(|| {
                let body = self.memory().data_in(*data).id;
                Source::Moved(Holder::Data { body, index: queue.oldest() })
            }),
            Effect::Collect { .. } => (at >= height - 1).then_some(Source::Made),
            Effect::Assign { .. }
            | Effect::SetGlobal { .. }
            | Effect::Store { .. }
            | Effect::Copy { .. }
            | Effect::Fill { .. }
            | Effect::Resize { .. }
            | Effect::Print { .. }
            | Effect::Call { .. }
            | Effect::Run { .. }
            | Effect::End { .. }
            | Effect::Return { .. }
            | Effect::Leave { .. }
            | Effect::Unwind
            | Effect::Resume { .. }
            | Effect::Yield { .. }
            | Effect::Exit { .. }
            | Effect::Close { .. }
            | Effect::Pause { .. }
            | Effect::Share { .. }
            | Effect::Send { .. } => None,
        }
    }

    /// Where the value comes from that the next instruction, which can run, leaves this far below the top.
    fn result_source(&self, below_top: usize) -> Source {
        match self.memory().cell(self.task().counter()).content() {
            Content::Primitive(Primitive::PickValue) => self.operand_source(self.taken()),
            Content::Primitive(primitive @ Primitive::MemoryGet) => {
                let (data, index) = self.element(primitive).expect("it can run");
                let body = self.memory().data_in(data).id;
                Source::Moved(Holder::Data { body, index })
            }
            Content::Primitive(primitive) => match moved(primitive, below_top) {
                Some(from_top) => self.operand_source(from_top + 1),
                None => Source::Made,
            },
            Content::Pick(name) => self.local_source(name),
            Content::GetGlobal(name) => {
                Source::Moved(Holder::Global(self.memory().name(name).to_string()))
            }
            Content::Integer(_)
            | Content::Text(_)
            | Content::Address(_)
            | Content::Data(_)
            | Content::BlockValue(..)
            | Content::Task(_)
            | Content::Call(_)
            | Content::Assign(_)
            | Content::SetGlobal(_)
            | Content::Label(_)
            | Content::Hole(_)
            | Content::FunctionHole(_)
            | Content::Breakpoint
            | Content::Unassigned => Source::Made,
        }
    }

    /// From a local of the function at the counter, which can be read.
    fn local_source(&self, name: NameId) -> Source {
        let frame = self.home_frame().expect("a local that can be read is in a live frame");
        let code = self.memory().existing_code(frame.body);
        let slot = code.slot(name).expect("edits give a slot to every local that is read");
        Source::Moved(Holder::Local { frame: frame.id, function: frame.body, slot })
    }

    fn data_source(&self, effect: &Effect, body: DataId, index: usize) -> Option<Source> {
        let memory = self.memory();
        let is_in = |range: Range, count: usize| {
            memory.data_in(range.data).id == body
                && (range.first..range.first + count).contains(&index)
        };
        match effect {
            Effect::Store { data, index: stored } => {
                is_in(Range { data: *data, first: *stored }, 1).then(|| self.operand_source(3))
            }
            Effect::Copy { from, to, count } => is_in(*to, *count).then(|| {
                let index = from.first + (index - to.first);
                Source::Moved(Holder::Data { body: memory.data_in(from.data).id, index })
            }),
            Effect::Fill { to, count } => is_in(*to, *count).then(|| self.operand_source(4)),
            Effect::Resize { data, size } => {
                let old = memory.data_in(*data).size();
                let added = Range { data: *data, first: old };
                is_in(added, size.saturating_sub(old)).then_some(Source::Made)
            }
            Effect::Allocate { cells } => {
                (memory.next_data() == body && index < *cells).then_some(Source::Made)
            }
            Effect::Send { data, queue } => {
                let is_sent = is_in(Range { data: *data, first: queue.free() }, 1);
                let is_count = is_in(Range { data: *data, first: COUNT }, 1);
                if is_sent {
                    Some(self.operand_source(2))
                } else {
                    is_count.then_some(Source::Made)
                }
            }
            Effect::Receive { data, queue } => {
                let is_taken = is_in(Range { data: *data, first: queue.oldest() }, 1);
                (is_taken || is_in(Range { data: *data, first: FIRST }, HEADER))
                    .then_some(Source::Made)
            }
            Effect::Split { parts } => {
                (memory.next_data() == body && index < parts.len()).then_some(Source::Made)
            }
            Effect::Stack { .. }
            | Effect::Roll { .. }
            | Effect::Text { .. }
            | Effect::Join { .. }
            | Effect::Assign { .. }
            | Effect::SetGlobal { .. }
            | Effect::Print { .. }
            | Effect::Input { .. }
            | Effect::Call { .. }
            | Effect::Run { .. }
            | Effect::End { .. }
            | Effect::Return { .. }
            | Effect::Leave { .. }
            | Effect::Unwind
            | Effect::Begin { .. }
            | Effect::Resume { .. }
            | Effect::Yield { .. }
            | Effect::Exit { .. }
            | Effect::Close { .. }
            | Effect::Collect { .. }
            | Effect::Pause { .. }
            | Effect::Share { .. } => None,
        }
    }
}

/// Which operand of a stack word is its result; both are counted from 0 at the top. What other instructions
/// leave is made by them.
fn moved(primitive: Primitive, below_top: usize) -> Option<usize> {
    let row = primitive.row();
    if row.group != Group::Stack {
        return None;
    }
    let effect = row.effect.trim_start_matches("( ").trim_end_matches(" )");
    let (takes, leaves) = effect.split_once(" -- ")?;
    // `?dup ( a -- 0 | a a )` leaves the last of these whenever it leaves anything else than before.
    let leaves = leaves.rsplit(" | ").next()?;
    let result = leaves.split(' ').rev().nth(below_top)?;
    takes.split(' ').rev().position(|operand| operand == result)
}

#[cfg(test)]
mod tests {
    use super::*;
    use Primitive as P;

    #[test]
    fn the_table_says_what_is_moved() {
        for (primitive, from) in [
            (P::Dup, &[Some(0), Some(0)][..]),
            (P::Swap, &[Some(1), Some(0)]),
            (P::Over, &[Some(1), Some(0), Some(1)]),
            (P::Rot, &[Some(2), Some(0), Some(1)]),
            (P::RotBack, &[Some(1), Some(2), Some(0)]),
            (P::DupTrue, &[Some(0), Some(0), None]),
            (P::Drop, &[None]),
            (P::Depth, &[None]),
            (P::Add, &[None]),
            (P::TextReplace, &[None]),
        ] {
            for (below_top, from) in from.iter().enumerate() {
                assert_eq!(moved(primitive, below_top), *from, "{}", primitive.name());
            }
        }
    }
}
