//! The chosen entry of the call stack: the one that restarting and rewinding act on.
//!
//! An entry is chosen by a click, which also selects the cell where it is. It stays chosen for as long as that cell
//! is selected. So whatever runs, or is looked at next, makes the innermost frame the chosen one again.

use super::Desk;
use super::action::Action;
use super::scene;
use super::selection::Selection;
use crate::view::memory::frame_number;
use crate::view::stacks::{self, FrameRow};
use crate::view::title::title;
use crate::vm::index::FrameId;

impl Desk {
    /// Shows where an entry of the call stack is, and chooses it.
    pub(super) fn go_to_frame(&mut self, frame: FrameId) {
        match self.frame_row(frame) {
            Some(row) => {
                self.go_to(row.stands);
                self.sight.frame = Some(frame);
            }
            None => self.notice.warn("This call is no longer on the call stack"),
        }
    }

    fn frame_row(&self, frame: FrameId) -> Option<FrameRow> {
        let rows = stacks::calls(self.session().machine(), scene::CALLS);
        rows.frames.into_iter().find(|row| row.id == frame)
    }

    /// The chosen entry of the call stack; the innermost frame if none is.
    pub fn chosen_frame(&self) -> FrameId {
        let chosen = self.sight.frame.filter(|&frame| {
            let row = self.sight.selection.and_then(|_| self.frame_row(frame));
            row.is_some_and(|row| self.sight.selection == Some(Selection::cell(row.stands)))
        });
        chosen.unwrap_or_else(|| self.innermost_frame())
    }

    /// What restarting and rewinding would do now: `Restart frame 3: fib`.
    pub fn frame_actions(&self) -> [(Action, String); 2] {
        let frame = self.chosen_frame();
        let (machine, number) = (self.session().machine(), frame_number(frame));
        let entry = machine.task().calls().activation_of(frame);
        let title = entry.map_or_else(String::new, |entry| title(machine, entry.body));
        [
            (Action::RestartFrame, format!("Restart frame {number}: {title}")),
            (Action::Rewind, format!("Rewind, keep edits: frame {number}, {title}")),
        ]
    }
}
