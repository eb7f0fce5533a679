//! The activations that stand in a function, and what becomes of them.

use foldhash::{HashMap, HashMapExt};

use super::script::Script;
use super::side::Side;
use crate::vm::frame::{Activation, Again};
use crate::vm::index::{Body, FrameId, Offset, TaskId};
use crate::vm::machine::Machine;
use crate::vm::memory::Place;

/// How an activation stands to a change.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Standing {
    /// It will run all of it.
    Runs,
    /// It has passed all of it.
    Passed,
    /// It has passed a part of it, or what it executed last is changed.
    Inside,
    /// It is in a block that is removed, finishes that, and goes on after it.
    Removed,
}

/// An activation that stands in the function: a frame, or a block in it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Live {
    /// Its task.
    pub task: TaskId,
    /// Its number on the call stack.
    pub frame: FrameId,
    /// Whether it is a frame.
    pub is_frame: bool,
    /// Where it stands, or where the call above it returns to.
    pub before: Place,
    /// Where that is afterwards.
    pub after: Place,
    /// How it stands to the change.
    pub standing: Standing,
    /// How many more values are on the stack than the new code expects there; `None` where that is not known.
    pub surplus: Option<i64>,
}

/// An activation before the change.
#[derive(Clone, Copy, Debug)]
pub(super) struct Position {
    pub task: TaskId,
    pub frame: FrameId,
    pub is_frame: bool,
    is_loop: bool,
    pub place: Place,
    /// The old body that it is in.
    pub body: usize,
}

/// The live positions in a function.
#[derive(Debug)]
pub(super) struct Positions {
    pub list: Vec<Position>,
    bodies: usize,
}

/// Where each activation of all tasks stands, innermost first.
fn places(machine: &Machine) -> impl Iterator<Item = (TaskId, Activation<'_>, Place)> {
    machine.tasks().iter().enumerate().flat_map(|(number, task)| {
        let mut place = task.counter();
        task.calls().activations().map(move |entry| {
            let own = place;
            place = entry.returns_to.unwrap_or(place);
            (TaskId::from_index(number), entry, own)
        })
    })
}

impl Positions {
    /// The live positions in these bodies.
    pub fn of(machine: &Machine, bodies: &[Body]) -> Positions {
        let mut numbers = HashMap::with_capacity(bodies.len());
        numbers.extend(bodies.iter().copied().zip(0..));
        let list = places(machine).filter_map(|(task, entry, place)| {
            let body = *numbers.get(&place.body)?;
            let is_loop = entry.again != Again::Once;
            let (frame, is_frame) = (entry.id, entry.is_frame);
            Some(Position { task, frame, is_frame, is_loop, place, body })
        });
        Positions { list: list.collect(), bodies: bodies.len() }
    }

    /// The positions in each body, in order.
    pub fn by_body(&self) -> Vec<Vec<usize>> {
        let mut live = vec![Vec::new(); self.bodies];
        for position in &self.list {
            live[position.body].push(position.place.offset.index());
        }
        for positions in &mut live {
            positions.sort_unstable();
            positions.dedup();
        }
        live
    }

    /// What becomes of them; at most `most`, and how many more there are.
    pub fn fates(
        &self,
        script: &Script,
        (old, new): (&Side<'_>, &Side<'_>),
        most: usize,
    ) -> (Vec<Live>, usize) {
        let (mut live, mut more) = (Vec::new(), 0);
        for position in &self.list {
            let Some(standing) = standing(position, script) else { continue };
            if live.len() == most {
                more += 1;
                continue;
            }
            let (mut after, mut surplus) = (position.place, None);
            if let Some((body, path)) = script.paths.get(&position.body) {
                let (from, to) = (after.offset.index(), path.position(after.offset.index()));
                after.offset = Offset::from_index(to);
                let height = |side: &Side<'_>, body: usize, at: usize| {
                    side.heights(body).get(at).and_then(|height| height.known())
                };
                let heights = height(old, position.body, from).zip(height(new, *body, to));
                surplus = heights.filter(|_| from > 0).map(|(old, new)| old - new);
            }
            let Position { task, frame, is_frame, place: before, .. } = *position;
            live.push(Live { task, frame, is_frame, before, after, standing, surplus });
        }
        (live, more)
    }
}

/// How an activation stands to what changes; `None` if nothing changes where it is.
fn standing(position: &Position, script: &Script) -> Option<Standing> {
    if script.removed[position.body] {
        return Some(Standing::Removed);
    }
    let changes = script.changes.get(&position.body).filter(|changes| !changes.is_empty())?;
    let at = position.place.offset.index();
    let passed = changes.partition_point(|&change| change < at);
    let last = changes[..passed].last().is_some_and(|&change| change + 1 == at);
    Some(match (passed, changes.len() - passed) {
        // The next turn runs all of it.
        _ if position.is_loop => Standing::Runs,
        (0, _) => Standing::Runs,
        (_, 0) if !last => Standing::Passed,
        _ => Standing::Inside,
    })
}
