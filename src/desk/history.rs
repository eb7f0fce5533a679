//! What the History menu asks for: back and forth in time, looking for a position, and starting a
//! call again.

use std::collections::BTreeSet;

use super::Desk;
use super::travel::{Then, Trip};
use crate::program::diagnostic::grouped;
use crate::session::command::Command;
use crate::session::journal::Position;
use crate::session::wanted::Wanted;
use crate::view::bookmarks;
use crate::view::memory::{self, At, Marks};
use crate::vm::cell::BodyId;
use crate::vm::index::FrameId;
use crate::vm::memory::{MAIN, Place};

/// Which way a search goes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Toward {
    /// To what was before.
    Past,
    /// Along what was done already.
    Future,
}

impl Toward {
    fn words(self) -> &'static str {
        match self {
            Toward::Past => "before this",
            Toward::Future => "after this",
        }
    }
}

impl Desk {
    /// Goes to a position, if there is one; `nothing` is said otherwise.
    fn go(&mut self, to: Option<Position>, nothing: &str) {
        match to {
            Some(to) => self.go_to_position(to),
            None => self.notice.warn(nothing),
        }
    }

    /// Takes the last gesture back.
    pub(super) fn undo(&mut self) {
        let entry = self.session().journal().entry(self.session().position().entry);
        self.go(entry.map(|entry| entry.parent), "Nothing to take back");
    }

    /// Does again what was undone.
    pub(super) fn redo(&mut self) {
        self.go(self.session().next_gesture(), "Nothing to do again");
    }

    /// Goes to the state before the last instruction.
    pub(super) fn step_back(&mut self) {
        let to = self.session().journal().back(self.session().position());
        self.go(to, "This is the beginning");
    }

    /// Goes one instruction along what was done already.
    pub(super) fn step_forward(&mut self) {
        self.go(self.one_step_on(), "Nothing was executed after this");
    }

    /// Where one more instruction was executed.
    fn one_step_on(&self) -> Option<Position> {
        let journal = self.session().journal();
        let retired = journal.retired(self.session().position());
        journal.at_retired(self.session().future(), retired.checked_add(1)?)
    }

    /// Where the next instruction leads, if it was executed already and nothing else was done then.
    pub(super) fn executed_already(&self) -> Option<Position> {
        let (journal, to) = (self.session().journal(), self.one_step_on()?);
        let legs = journal.legs(self.session().position(), to).into_iter();
        let between: Vec<Command> = legs.flat_map(|leg| journal.commands(leg)).collect();
        (between == [Command::Run { fuel: 1 }]).then_some(to)
    }

    /// Goes to the end of another branch.
    pub(super) fn next_branch(&mut self) {
        let nothing = "There is no other branch: go back and do something else";
        self.go(self.other_end(), nothing);
    }

    /// The end of the branch that is older than the one that is shown; after the oldest, the newest.
    fn other_end(&self) -> Option<Position> {
        let (journal, shown) = (self.session().journal(), self.session().future());
        let newest = || journal.ends().next_back();
        let older = journal.ends().take_while(|&end| end < shown).last();
        older.or_else(newest).filter(|&end| end != shown)
    }

    // --- searches ---------------------------------------------------------------------------------

    fn look(&mut self, wanted: Wanted, toward: Toward, nothing: impl Into<String>) {
        let search = match toward {
            Toward::Past => self.session().search_back(wanted),
            Toward::Future => self.session().search_forth(wanted),
        };
        self.depart(Trip::Looking { search, then: Then::Go, nothing: nothing.into() });
    }

    /// Goes over a whole call.
    pub(super) fn look_over(&mut self, toward: Toward) {
        let nothing = match toward {
            Toward::Past => "Nothing has been executed before this",
            Toward::Future => "Nothing was executed after this",
        };
        self.look(Wanted::over(self.session().machine()), toward, nothing);
    }

    /// Goes to the call of this function, or to where it had returned.
    pub(super) fn look_out(&mut self, toward: Toward) {
        match Wanted::out(self.session().machine()) {
            Some(wanted) => self.look(wanted, toward, "The way ends within this function"),
            None => self.notice.warn("This is the outermost function"),
        }
    }

    /// Goes to where the counter is on a breakpoint.
    pub(super) fn look_for_breakpoint(&mut self, toward: Toward) {
        let cells = self.breakpoints_to_look_for();
        if cells.is_empty() {
            return self.notice.warn("No stop is set: F9 sets one");
        }
        let nothing = format!("The counter was on none of your stops {}", toward.words());
        self.look(Wanted::Cells(cells), toward, nothing);
    }

    /// The breakpoints that are set, and, where a search for breakpoints led, those that were looked
    /// for: an earlier image does not have them.
    fn breakpoints_to_look_for(&self) -> BTreeSet<Place> {
        let mut cells = self.session().image().breakpoints.clone();
        if let Some((at, there)) = &self.document.searched
            && *at == self.session().position()
        {
            cells.extend(there);
        }
        cells
    }

    /// Goes to a write of the selected data cell.
    pub(super) fn look_for_write(&mut self, toward: Toward) {
        let selected = self.sight.selection.map(|selection| selection.head);
        let Some(at @ At { body: BodyId::Data(body), offset }) = selected else {
            return self.notice.warn("Select a cell of data first: this looks for its writes");
        };
        let wanted = Wanted::Write { body, index: u64::from(offset) };
        let address = at.address(self.session().machine());
        let nothing = format!("Cell {address} was not written {}", toward.words());
        self.look(wanted, toward, nothing);
    }

    /// Goes to a call of the selected function.
    pub(super) fn look_for_call(&mut self, toward: Toward) {
        let name = self.selected_function();
        let nothing = format!(
            "`{name}` was not called {}. Select a call of another function to look for it",
            toward.words()
        );
        self.look(Wanted::Call(name), toward, nothing);
    }

    /// Goes to where something is written.
    pub(super) fn look_for_output(&mut self, toward: Toward) {
        let nothing = format!("Nothing was printed {}", toward.words());
        self.look(Wanted::Output, toward, nothing);
    }

    /// The function that the selected cell calls, or the one it is in.
    fn selected_function(&self) -> String {
        let (machine, at) = (self.session().machine(), self.head());
        let target = memory::cell(machine, &Marks::default(), at).target;
        let body = match (target, at.body) {
            (Some(BodyId::Code(body)), _) | (_, BodyId::Code(body)) => body,
            (_, BodyId::Data(_)) => MAIN,
        };
        machine.memory().function_name(body).to_owned()
    }

    // --- where one types where to go ---------------------------------------------------------------

    /// Goes to when so many instructions had been executed, or to a bookmark.
    pub(super) fn go_to_step_text(&mut self, text: &str) {
        match self.step_or_bookmark(text) {
            Some(to) => {
                self.close_overlay();
                self.go_to_position(to);
            }
            None => {
                let (journal, end) = (self.session().journal(), self.session().future());
                let base = journal.base().machine.retired();
                let last = base.saturating_add(journal.retired(end));
                let (base, last) = (grouped(base), grouped(last));
                self.notice.warn(format!(
                    "A step is a number from {base} to {last}, and no moment is named `{text}`"
                ));
            }
        }
    }

    fn step_or_bookmark(&self, text: &str) -> Option<Position> {
        let journal = self.session().journal();
        if let Some(&named) = journal.bookmarks().by_name().get(text.trim()) {
            return Some(named);
        }
        if text.trim().is_empty() {
            return None;
        }
        let digits: String = text.chars().filter(|&c| c != ',' && !c.is_whitespace()).collect();
        let base = journal.base().machine.retired();
        let by_step = || {
            let step: u64 = digits.parse().ok()?;
            journal.at_retired(self.session().future(), step.checked_sub(base)?)
        };
        let by_part = || {
            let named = bookmarks::named(self.session(), &self.timeline(), text);
            named.first().map(|bookmark| bookmark.position)
        };
        by_step().or_else(by_part)
    }

    /// Changes the memory that checkpoints may take, in megabytes.
    pub(super) fn give_room(&mut self, megabytes: usize) {
        let megabytes = megabytes.clamp(16, 4096);
        self.preferences.checkpoints = megabytes;
        self.document.session.set_checkpoint_budget(megabytes << 20);
        let taken = self.session().checkpoints().bytes() >> 20;
        self.notice.tell(format!("Checkpoints may take {megabytes} MB, and take {taken}"));
    }

    // --- starting a call again ---------------------------------------------------------------------

    /// The innermost frame of a function.
    fn innermost_frame(&self) -> FrameId {
        let mut activations = self.session().machine().task().calls().activations();
        let innermost = activations.find(|entry| entry.is_frame);
        innermost.expect("the bottom of a call stack is the frame of main").id
    }

    /// Starts an entry of the call stack again, or the innermost frame; edits, data and output stay.
    pub(super) fn restart_frame(&mut self, frame: Option<FrameId>) {
        let frame = frame.unwrap_or_else(|| self.innermost_frame());
        self.start_of(frame, Then::Restart(frame));
    }

    /// Goes back to the call of an entry of the call stack, or of the innermost frame, and applies the
    /// edits since then again.
    pub(super) fn rewind(&mut self, frame: Option<FrameId>) {
        self.start_of(frame.unwrap_or_else(|| self.innermost_frame()), Then::Rewind);
    }

    fn start_of(&mut self, frame: FrameId, then: Then) {
        let fresh = self.session().journal().base().machine.retired() == 0;
        if let (FrameId::BOTTOM, Then::Rewind, true) = (frame, then, fresh) {
            // Nothing called main: its call is the beginning of all.
            match self.session().journey(Position::default()) {
                Ok(journey) => self.depart(Trip::Reading { journey, then }),
                Err(mismatch) => self.notice.warn(mismatch.to_string()),
            }
            return;
        }
        match self.session().frame_start(frame) {
            Ok(search) => {
                let nothing = "This call began before the history".to_owned();
                self.depart(Trip::Looking { search, then, nothing });
            }
            Err(refused) => self.notice.warn(refused.to_string()),
        }
    }
}
