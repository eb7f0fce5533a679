//! Values that are on the stack and that the new code does not expect, or that it expects and nobody pushed.

use super::anchors::Ref;
use super::side::Side;
use super::table::Path;
use crate::program::notation::Notation;
use crate::program::scope::Scope;
use crate::session::command::Command;
use crate::vm::instruction::Fragment;
use crate::vm::machine::Machine;

/// Which values on the stack of the innermost activation are left over, counted from the top, in order: those that
/// deleted cells pushed, if they are as many as there are too many; else the topmost.
pub(super) fn left_over(
    old: &Side<'_>,
    path: &Path,
    (body, position): Ref,
    surplus: Option<i64>,
) -> Vec<usize> {
    let Some(count) = surplus.and_then(|by| usize::try_from(by).ok()).filter(|&by| by > 0) else {
        return Vec::new();
    };
    let pushed = producers(old, (body, position)).unwrap_or_default();
    let is_deleted = |by: &Option<usize>| by.is_some_and(|by| path.deletes(by));
    let by_deleted: Vec<usize> =
        (0..pushed.len()).filter(|&depth| is_deleted(&pushed[pushed.len() - 1 - depth])).collect();
    if by_deleted.len() == count { by_deleted } else { (0..count).collect() }
}

/// The cell that pushed each value that a body has on the stack before a position, bottom first; none for its
/// parameters.
fn producers(side: &Side<'_>, (body, position): Ref) -> Option<Vec<Option<usize>>> {
    let heights = side.heights(body);
    let parameters = usize::try_from(heights.first()?.known()?).ok()?;
    let mut values = vec![None; parameters];
    for (at, cell) in side.cells(body).iter().enumerate().take(position) {
        let adds = heights[at + 1].known()? - heights[at].known()?;
        let takes = side.takes(cell)?.max(usize::try_from(-adds).unwrap_or(0));
        let stay = values.len().checked_sub(takes)?;
        values.truncate(stay);
        let gives = usize::try_from(adds + takes as i64).ok()?;
        values.extend(std::iter::repeat_n(Some(at), gives));
    }
    Some(values)
}

/// The cell of the new code that will lack values, if it is known: the first to take some that are not there.
pub(super) fn lacks(new: &Side<'_>, (body, position): Ref, surplus: Option<i64>) -> Option<Ref> {
    let missing = surplus.filter(|&by| by < 0)?.saturating_neg();
    let heights = new.heights(body);
    for (at, cell) in new.cells(body).iter().enumerate().skip(position) {
        let (height, takes) = (heights[at].known()?, new.takes(cell)?);
        if height.saturating_sub(takes as i64) < missing {
            return Some((body, at));
        }
    }
    None
}

/// The commands that remove these values, counted from the top, in order: those above move down.
pub(super) fn drops(machine: &Machine, values: &[usize]) -> Vec<Command> {
    let parameters = machine.task().parameters();
    let Some(&deepest) = values.last().filter(|&&deepest| deepest < parameters.len()) else {
        return Vec::new();
    };
    let scope = Scope::outside(machine);
    let stay = (0..deepest).rev().filter(|depth| values.binary_search(depth).is_err());
    let bottom = parameters.len() - 1 - deepest;
    let mut commands: Vec<Command> = (bottom..)
        .zip(stay)
        .map(|(index, depth)| {
            let value = machine.spell(parameters[parameters.len() - 1 - depth]);
            let text = Notation::Forth.print_line(&Fragment::line(vec![value]), &scope).text;
            Command::Parameter { index, text: text.into() }
        })
        .collect();
    commands.push(Command::Drop { count: values.len() });
    commands
}
