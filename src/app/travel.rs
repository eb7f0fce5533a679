//! Back and forth in time, and starting a call again.

use std::collections::HashMap;

use super::App;
use super::action::Action;
use super::rows::Glance;
use crate::session::rewind::Restarted;
use crate::session::search::{Finding, Search, Wanted};

impl App {
    /// Goes back or forth by a gesture or an instruction; `what` is said if there is nothing that way.
    pub(super) fn travel(&mut self, action: &Action, what: &str) {
        let before = self.glance();
        let moved = match action {
            Action::Undo => self.session.undo(),
            Action::Redo => self.session.redo(),
            _ => self.session.step_back(),
        };
        match moved {
            Ok(true) => self.arrived(before),
            Ok(false) => self.warn(what),
            Err(mismatch) => self.warn(mismatch.to_string()),
        }
    }

    /// Goes back over a whole call: to where the call stack was as high as now.
    pub(super) fn back_over(&mut self) {
        let depth = self.session.machine().task().calls().depth();
        let search = self.session.search_back(Wanted::Depth(depth));
        let before = self.glance();
        let found = self.found(search).and_then(|at| {
            let at = at.ok_or_else(|| "Nothing has been executed before this".to_owned())?;
            self.session.goto(at).map_err(|mismatch| mismatch.to_string())
        });
        match found {
            Ok(()) => self.arrived(before),
            Err(problem) => self.warn(problem),
        }
    }

    fn found(
        &self,
        mut search: Search,
    ) -> Result<Option<crate::session::journal::Position>, String> {
        loop {
            match search.slice(&self.session, u64::MAX).map_err(|mismatch| mismatch.to_string())? {
                Finding::More => {}
                Finding::Found(at) => return Ok(Some(at)),
                Finding::Nothing => return Ok(None),
            }
        }
    }

    /// The innermost frame of a function, counted from the bottom.
    fn frame(&self) -> usize {
        let calls = self.session.machine().task().calls();
        let above = calls.activations().position(|entry| entry.is_frame).unwrap_or(0);
        (calls.depth() as usize).saturating_sub(above + 1)
    }

    /// Starts the innermost frame again; edits, data and output stay.
    pub(super) fn restart_frame(&mut self) {
        let before = self.glance();
        match self.session.restart_frame(self.frame()) {
            Ok(Restarted::Done) => self.arrived(before),
            Ok(Restarted::Ask(_)) => self.warn(
                "This call began before the history: set the stack and move the counter by hand",
            ),
            Err(refused) => self.warn(refused.to_string()),
        }
    }

    /// Goes back to the call of the innermost frame and writes the edits since then again.
    pub(super) fn rewind(&mut self) {
        let before = self.glance();
        let result = self.session.frame_start(self.frame()).map_err(|refused| refused.to_string());
        let result = result.and_then(|search| self.found(search)).and_then(|at| {
            let at = at.ok_or_else(|| "This call began before the history".to_owned())?;
            self.session.rewind_keeping_edits(at).map_err(|refused| refused.to_string())
        });
        match result {
            Ok(()) => self.arrived(before),
            Err(problem) => self.warn(problem),
        }
    }

    fn glance(&mut self) -> Glance {
        let seen: HashMap<_, _> = std::mem::take(&mut self.seen);
        Glance::new(self.session.machine(), seen)
    }

    fn arrived(&mut self, before: Glance) {
        self.before = before;
        self.stamp += 1;
        self.interface.notice.clear();
        self.back_to_counter();
    }
}
