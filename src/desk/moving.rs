//! Moving cells to another place, in their body or in another one.
//!
//! A move is one gesture: the cells are inserted at the new place, then deleted at the old one. So activations go on
//! as after any insertion and deletion, and a local that only these cells name keeps its values.

use super::Desk;
use super::clipboard::code_in;
use super::effect::Effect;
use super::selection::Selection;
use crate::program::notation::Notation;
use crate::program::scope::Scope;
use crate::session::command::Command;
use crate::view::memory::At;
use crate::vm::memory::Place;

/// Why nothing moves.
const DATA: &str = "Data cells keep their places: copy their values and paste them";

impl Desk {
    /// Moves the selected cells to before another cell.
    pub(super) fn move_cells(&mut self, to: At) {
        let Some(selection) = self.selected_cells() else { return };
        let (Some(head), Some(to)) = (selection.head.place(), to.place()) else {
            return self.notice.warn(DATA);
        };
        let machine = self.session().machine();
        let cells = selection.offsets();
        let code = code_in(machine, head.body, cells.clone());
        let count = code.bodies[0].len() as u32;
        let from = Place::new(head.body, cells.start);
        if count == 0 {
            return self.notice.warn("Empty cells after the code cannot be moved");
        }
        let used = machine.memory().code(to.body).map_or(0, |code| code.used().len() as u32);
        let to = Place::new(to.body, to.offset.0.min(used));
        let inside = cells.start..=cells.start + count;
        if to.body == from.body && inside.contains(&to.offset.0) {
            return;
        }
        let text = Notation::Forth.print_line(&code, &Scope::of(machine, to.body)).text;
        // The insertion moves cells after it to the right, the deletion to the left.
        let is_before = to.body == from.body && to.offset < from.offset;
        let is_after = to.body == from.body && !is_before;
        let old = Place::new(from.body, from.offset.0 + if is_before { count } else { 0 });
        let new = Place::new(to.body, to.offset.0 - if is_after { count } else { 0 });
        let insert = Command::Insert { at: to, text: text.into() };
        if self.gesture(vec![insert, Command::Delete { at: old, count }], None) {
            let end = Place::new(new.body, new.offset.0 + count - 1);
            self.sight.selection = Some(Selection { anchor: new.into(), head: end.into() });
            self.emit(Effect::Reveal(new.into()));
        } else {
            let why = std::mem::take(&mut self.notice.words);
            self.notice.warn(format!("The cells stay where they are: {why}"));
        }
    }

    /// Moves the selected cells by one cell in their body.
    pub(super) fn shift_cells(&mut self, right: bool) {
        let Some(selection) = self.selected_cells() else { return };
        let Some(head) = selection.head.place() else { return self.notice.warn(DATA) };
        let cells = selection.offsets();
        let code = self.session().machine().memory().code(head.body);
        let used = code.map_or(0, |code| code.used().len() as u32);
        let to = match right {
            true => Some(cells.end + 1).filter(|&to| to <= used),
            false => cells.start.checked_sub(1),
        };
        match to {
            Some(to) => self.move_cells(Place::new(head.body, to).into()),
            None => self.notice.warn(
                "The code of this body ends here: drag the cells to another body, or cut and paste them",
            ),
        }
    }
}
