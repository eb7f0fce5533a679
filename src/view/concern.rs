//! Whom a deletion of cells concerns: the activations that stand on them, run a block of theirs, or would have run
//! them. Said before it is done, as for a line that is typed.

use super::stacks::{self, FrameRow};
use super::title;
use crate::program::diagnostic::counted;
use crate::vm::machine::Machine;
use crate::vm::memory::Place;

/// How many activations are looked at, the innermost first.
const LOOKED_AT: usize = 100;
/// The most activations named, because a line has no room for more. The others are counted.
const NAMED: usize = 3;

/// How an activation is concerned.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Concern {
    /// It is about to execute one of the cells.
    StandsOn,
    /// It runs a block that one of the cells refers to.
    RunsBlock,
    /// It runs a block that an instruction among the cells has started.
    RunsFor,
    /// It would have come to the cells.
    WouldRun,
}

/// Whom the deletion of cells would concern, in words; empty if nobody.
pub fn removal(machine: &Machine, at: Place, count: u32) -> String {
    let kinds = [Concern::RunsBlock, Concern::RunsFor, Concern::StandsOn, Concern::WouldRun];
    concerns(machine, at, count, &kinds)
}

/// Who runs a block that cells refer to or that they have started, in words.
pub fn running(machine: &Machine, at: Place, count: u32) -> String {
    concerns(machine, at, count, &[Concern::RunsBlock, Concern::RunsFor])
}

/// Who is concerned by the deletion of cells, in words.
fn concerns(machine: &Machine, at: Place, count: u32, kinds: &[Concern]) -> String {
    let frames = stacks::calls_of_all(machine, LOOKED_AT);
    let parts = kinds.iter().filter_map(|&kind| {
        let mut found =
            frames.iter().filter(|frame| concern(machine, frame, at, count) == Some(kind));
        let named: Vec<String> = found.by_ref().take(NAMED).map(FrameRow::words).collect();
        let more = found.count();
        let one = named.len() + more == 1;
        let mut who = named.join(", ");
        if more > 0 {
            who += &format!(" and {}", counted(more, "other"));
        }
        let does = match (kind, one) {
            (Concern::RunsBlock, true) => "runs the block, and finishes it",
            (Concern::RunsBlock, false) => "run the block, and finish it",
            (Concern::RunsFor, true) => "runs its block, and goes on with that as before",
            (Concern::RunsFor, false) => "run its block, and go on with that as before",
            (Concern::StandsOn, true) => "stands on it, and goes on with the next cell",
            (Concern::StandsOn, false) => "stand on it, and go on with the next cell",
            (Concern::WouldRun, _) => "won't run it",
        };
        (!who.is_empty()).then(|| format!("{who} {does}"))
    });
    parts.collect::<Vec<_>>().join("; ")
}

/// How an activation is concerned by the deletion of cells; none if it is not, or has passed them.
fn concern(machine: &Machine, frame: &FrameRow, at: Place, count: u32) -> Option<Concern> {
    let end = at.offset.0 + count;
    let is_in =
        |place: Place| place.body == at.body && (at.offset.0..end).contains(&place.offset.0);
    if let Some(reference) = machine.memory().reference(frame.body).filter(|_| !frame.is_frame) {
        if is_in(reference) {
            return Some(Concern::RunsBlock);
        }
        if title::user(machine, reference).is_some_and(|(user, _)| is_in(user)) {
            return Some(Concern::RunsFor);
        }
    }
    let stands = frame.stands.place()?;
    match stands.offset.0 {
        _ if stands.body != at.body => None,
        offset if (at.offset.0..end).contains(&offset) => Some(Concern::StandsOn),
        offset if offset < at.offset.0 => Some(Concern::WouldRun),
        _ => None,
    }
}
