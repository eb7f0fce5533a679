//! What differs between two states of a machine: cells of code, and values.
//!
//! Code is compared by its unchanged start and its unchanged end, so cells that only moved are not counted.

use std::ops::Range;
use std::sync::Arc;

use crate::vm::cell::{Cell, Content};
use crate::vm::index::Body;
use crate::vm::machine::Machine;
use crate::vm::memory::Place;

/// Whether both states share the code of a body, so that nothing in it can differ.
pub fn shares_code(was: &Machine, now: &Machine, body: Body) -> bool {
    let code = [was, now].map(|machine| machine.memory().shared_code(body));
    matches!(code, [Some(was), Some(now)] if Arc::ptr_eq(was, now))
}

/// The cells of a code body between its unchanged start and its unchanged end; empty, where they were, if
/// cells are only missing. If cells were inserted among equal ones, several places explain the change; the
/// nearest to the edited one is taken.
pub fn changed_code(
    was: &Machine,
    now: &Machine,
    body: Body,
    edited: Option<Place>,
) -> Option<Range<u32>> {
    let used = |machine: &Machine| -> Vec<Cell> {
        machine.memory().code(body).map(|code| code.used().to_vec()).unwrap_or_default()
    };
    let (was, now) = (used(was), used(now));
    if was == now {
        return None;
    }
    let same = |(was, now): &(&Cell, &Cell)| was == now;
    let start = was.iter().zip(&now).take_while(same).count();
    let (was, rest) = (&was[start..], &now[start..]);
    let kept = was.iter().rev().zip(rest.iter().rev()).take_while(same).count();
    let (mut start, mut end) = (start, now.len() - kept);
    let first = edited.map_or(start, |place| place.offset.index());
    while kept == was.len() && first < start && now[start - 1] == now[end - 1] {
        (start, end) = (start - 1, end - 1);
    }
    Some(start as u32..end as u32)
}

/// Whether values of two states are the same. The cells of equal texts may differ, and those of different
/// texts may be the same.
pub fn is_same(was: &Machine, before: Option<Cell>, now: &Machine, cell: Cell) -> bool {
    let Some(before) = before else { return false };
    match (before.content(), cell.content()) {
        (Content::Integer(one), Content::Integer(other)) => one == other,
        _ => was.spell(before) == now.spell(cell),
    }
}
