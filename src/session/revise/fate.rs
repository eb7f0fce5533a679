//! The activations that stand in a function, and what becomes of them.

use foldhash::{HashMap, HashMapExt};

use super::anchors::Ref;
use super::script::Script;
use super::side::Side;
use super::surplus;
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
#[derive(Clone, Debug, PartialEq, Eq)]
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
    /// The cell there afterwards, as it is shown; empty for an empty cell.
    pub next: String,
    /// How it stands to the change.
    pub standing: Standing,
    /// How many more values are on the stack than the new code expects there; `None` where that is not known.
    pub surplus: Option<i64>,
    /// Which values of the stack are too many, counted from the top, in order. Only for the innermost activation.
    pub left_over: Vec<usize>,
    /// The line that will lack values, if it is known.
    pub lacking: Option<Box<str>>,
    /// Whether it has begun what changes and not finished it; so may a loop that will run all of it in its next turn.
    pub(super) is_within: bool,
    /// The first cell of the old code that changes in its body.
    pub(super) first: Ref,
    /// The last one before where it stands.
    pub(super) passed: Option<usize>,
    /// The cell of the new code that will lack values.
    pub(super) lacks: Option<Ref>,
}

/// An activation before the change.
#[derive(Clone, Copy, Debug)]
pub(super) struct Position {
    pub task: TaskId,
    pub frame: FrameId,
    pub is_frame: bool,
    is_loop: bool,
    /// Whether what it called is a turn of a loop that goes on.
    runs_loop: bool,
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
    machine.tasks().flat_map(|task| {
        // What a frame that is only a copy stands at, there is not.
        let mut place = Some(task.counter());
        task.calls().activations().filter_map(move |entry| {
            let own = std::mem::replace(&mut place, entry.returns_to)?;
            Some((task.number(), entry, own))
        })
    })
}

impl Positions {
    /// The live positions in these bodies.
    pub fn of(machine: &Machine, bodies: &[Body]) -> Positions {
        let mut numbers = HashMap::with_capacity(bodies.len());
        numbers.extend(bodies.iter().copied().zip(0..));
        let mut above = (TaskId::MAIN, false);
        let list = places(machine).filter_map(|(task, entry, place)| {
            let is_loop = entry.again != Again::Once;
            let (of, runs_loop) = std::mem::replace(&mut above, (task, is_loop));
            let runs_loop = runs_loop && of == task;
            let body = *numbers.get(&place.body)?;
            let (frame, is_frame) = (entry.id, entry.is_frame);
            Some(Position { task, frame, is_frame, is_loop, runs_loop, place, body })
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

    /// What becomes of them; at most `most`, and how many more there are. `innermost` is the innermost activation.
    pub fn fates(
        &self,
        script: &Script,
        (old, new): (&Side<'_>, &Side<'_>),
        innermost: (TaskId, FrameId),
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
            let (mut left_over, mut lacks) = (Vec::new(), None);
            let changes = script.changes.get(&position.body);
            let changes = changes.map_or(&[][..], |changes| changes);
            let first = changes.first().map_or(0, |&first| first);
            let before = changes.partition_point(|&at| at < position.place.offset.index());
            let passed = changes[..before].last().copied();
            if let Some((body, path)) = script.paths.get(&position.body) {
                let (from, to) = (after.offset.index(), path.position(after.offset.index()));
                after.offset = Offset::from_index(to);
                let height = |side: &Side<'_>, body: usize, at: usize| {
                    side.heights(body).get(at).and_then(|height| height.known())
                };
                let heights = height(old, position.body, from).zip(height(new, *body, to));
                surplus = heights.filter(|_| from > 0).map(|(old, new)| old - new);
                lacks = surplus::lacks(new, (*body, to), surplus);
                if (position.task, position.frame) == innermost {
                    left_over = surplus::left_over(old, path, (position.body, from), surplus);
                }
            }
            let Position { task, frame, is_frame, place: before, body, .. } = *position;
            live.push(Live {
                task,
                frame,
                is_frame,
                before,
                after,
                next: String::new(),
                standing,
                surplus,
                left_over,
                lacking: None,
                is_within: within(position, script) == Some(Standing::Inside),
                first: (body, first),
                passed,
                lacks,
            });
        }
        (live, more)
    }
}

/// How an activation stands to what changes; `None` if nothing changes where it is.
fn standing(position: &Position, script: &Script) -> Option<Standing> {
    let within = within(position, script)?;
    // The next turn of a loop runs all of it.
    Some(match within {
        Standing::Runs | Standing::Passed | Standing::Inside if position.is_loop => Standing::Runs,
        // So does the next turn of a loop that it runs, if the change is in a block of that.
        Standing::Passed | Standing::Inside
            if position.runs_loop && is_in_loop(position, script) =>
        {
            Standing::Runs
        }
        other => other,
    })
}

/// Whether all that changes are the blocks right before the loop instruction that a position comes after: a loop has
/// at most two.
fn is_in_loop(position: &Position, script: &Script) -> bool {
    let at = position.place.offset.index();
    let changes = script.changes.get(&position.body).map_or(&[][..], |changes| changes);
    let mut changes = changes.iter().map(|&change| (change, position.body));
    at > 2
        && changes.all(|(change, body)| {
            (at - 3..at - 1).contains(&change) && script.blocks_stay(body, change)
        })
}

/// The same, but for a loop its turn counts.
fn within(position: &Position, script: &Script) -> Option<Standing> {
    if script.removed[position.body] {
        return Some(Standing::Removed);
    }
    let changes = script.changes.get(&position.body).filter(|changes| !changes.is_empty())?;
    let at = position.place.offset.index();
    let passed = changes.partition_point(|&change| change < at);
    let last = changes[..passed].last().is_some_and(|&change| change + 1 == at);
    Some(match (passed, changes.len() - passed) {
        (0, _) => Standing::Runs,
        (_, 0) if !last => Standing::Passed,
        _ => Standing::Inside,
    })
}
