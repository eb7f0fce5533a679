//! Dragging cells: those that are selected, or the one that is dragged. They are dropped before the cell under the
//! pointer, or after it if the pointer is in its right half.

use egui::{DragAndDrop, Rect, Response, Ui};

use super::paint;
use super::theme::Look;
use crate::desk::action::Action;
use crate::view::memory::At;

/// What is dragged: cells that are selected.
#[derive(Clone, Copy)]
struct Dragged;

/// Begins to drag a cell that is drawn; selects it if it is not.
pub fn begin(response: &Response, at: At, selected: bool, actions: &mut Vec<Action>) {
    if response.drag_started() && !selected {
        actions.push(Action::Select(Some(at)));
    }
    response.dnd_set_drag_payload(Dragged);
}

/// Shows where dragged cells would be dropped, and drops them. `under` is the cell under the pointer.
pub fn finish(ui: &Ui, under: Option<(At, Rect)>, look: &Look, actions: &mut Vec<Action>) {
    let dragged = DragAndDrop::has_payload_of_type::<Dragged>(ui.ctx());
    let pointer = ui.input(|input| input.pointer.latest_pos());
    let (Some((at, rect)), Some(pointer), true) = (under, pointer, dragged) else { return };
    let right = pointer.x > rect.center().x;
    let edge = if right { rect.right() + 4.0 } else { rect.left() };
    paint::bar(ui.painter(), rect.with_min_x(edge), look);
    if ui.input(|input| input.pointer.any_released()) {
        DragAndDrop::clear_payload(ui.ctx());
        let offset = at.offset.saturating_add(u32::from(right));
        actions.push(Action::MoveCells(At { offset, ..at }));
    }
}
