//! What the History menu asks for: going back and forward in time, and searching for a position.

use super::Desk;
use super::became::watched;
use super::preferences::CHECKPOINTS;
use crate::program::diagnostic::grouped;
use crate::session::checkpoint;
use crate::session::journal::Position;
use crate::session::request::Request;
use crate::session::target::Target;
use crate::session::wanted::{Direction, Wanted};
use crate::view::bookmarks;
use crate::view::memory::{self, At, Marks};
use crate::vm::index::{BodyId, FrameId};
use crate::vm::memory::MAIN;

impl Desk {
    /// Goes to a position, and gives up what is in progress.
    pub(super) fn go(&mut self, to: Target) {
        if self.in_example() && matches!(to, Target::Undo | Target::Redo) {
            self.go_in_program(to);
            return;
        }
        self.start(Request::Go(to));
    }

    // --- searches ---------------------------------------------------------------------------------

    pub(super) fn look(&mut self, wanted: Wanted, direction: Direction) {
        self.start(Request::Search(wanted, direction));
    }

    /// The message for a search that found nothing.
    pub(super) fn not_found(&self, wanted: &Wanted, direction: Direction) -> String {
        let when = match direction {
            Direction::Back => "before this",
            Direction::Forward => "after this",
        };
        let machine = self.session().machine();
        match wanted {
            Wanted::Depth(_, depth) if *depth < machine.task().calls().depth() => match direction {
                Direction::Back => "The history begins within this function".to_owned(),
                Direction::Forward => "The history ends within this function".to_owned(),
            },
            Wanted::Depth(..) => format!("Nothing was executed {when}"),
            Wanted::Task(task) => format!("Task {task} executed nothing {when}"),
            Wanted::Breakpoints(all) if all.iter().any(|(_, one)| !one.is_plain()) => {
                format!("No breakpoint pauses {when}")
            }
            Wanted::Cells(_) | Wanted::Breakpoints(_) => {
                format!("The counter was on no breakpoint {when}")
            }
            Wanted::Write { body, index } => {
                let address = machine.memory().start(BodyId::Data(*body)).saturating_add(*index);
                format!("Cell {address} was not written {when}")
            }
            Wanted::Call(name) => format!(
                "`{name}` was not called {when}. Select a call of another function to look for it"
            ),
            Wanted::Output => format!("Nothing was printed {when}"),
            Wanted::Became(became) => {
                format!(
                    "{} did not become {} {when}",
                    watched(machine, &became.what),
                    became.spelled
                )
            }
            Wanted::Start { .. } => "This call began before the history".to_owned(),
            Wanted::Statement { .. } => "The history does not reach back to where this call began \
                                         the statement. Restart the call, or go on"
                .to_owned(),
        }
    }

    /// Goes over a whole call.
    pub(super) fn look_over(&mut self, direction: Direction) {
        self.look(Wanted::over(self.session().machine()), direction);
    }

    /// Goes to the call of this function, or to where it returned.
    pub(super) fn look_out(&mut self, direction: Direction) {
        match Wanted::out(self.session().machine()) {
            Some(wanted) => self.look(wanted, direction),
            None => self.notice.warn("This is the outermost function"),
        }
    }

    /// Goes to a position where the counter is on a breakpoint.
    pub(super) fn look_for_breakpoint(&mut self, direction: Direction) {
        let marks = self.marks();
        let mut wanted = self.session().breakpoints_to_seek();
        for (at, breakpoint) in marks.breakpoints.enabled().iter() {
            wanted.set(at, breakpoint.clone());
        }
        if wanted.is_empty() {
            return self.notice.warn(match marks.breakpoints.is_empty() {
                true => "No breakpoint is set: F9 sets one",
                false => "All breakpoints are disabled: Alt+F9 enables one",
            });
        }
        self.look(Wanted::Breakpoints(wanted), direction);
    }

    /// Goes to a write of the selected data cell.
    pub(super) fn look_for_write(&mut self, direction: Direction) {
        let selected = self.sight.selection.map(|selection| selection.head);
        let Some(At { body: BodyId::Data(body), offset }) = selected else {
            return self.notice.warn("Select a data cell first: this searches for writes to it");
        };
        self.look(Wanted::Write { body, index: u64::from(offset) }, direction);
    }

    /// Goes to a call of the selected function.
    pub(super) fn look_for_call(&mut self, direction: Direction) {
        self.look(Wanted::Call(self.selected_function()), direction);
    }

    /// Goes to where something is printed.
    pub(super) fn look_for_output(&mut self, direction: Direction) {
        self.look(Wanted::Output, direction);
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

    // --- a typed step or bookmark -----------------------------------------------------------------

    /// Goes to a step, counted in executed instructions, or to a bookmark.
    pub(super) fn go_to_step_text(&mut self, text: &str) {
        match self.step_or_bookmark(text) {
            Some(to) => {
                self.close_overlay();
                self.go(Target::At(to));
            }
            None => {
                let (journal, end) = (self.session().journal(), self.session().future());
                let base = journal.base().machine.retired();
                let last = base.saturating_add(journal.retired(end));
                let (base, last) = (grouped(base), grouped(last));
                self.notice.warn(format!(
                    "`{text}` is neither a bookmark nor a step from {base} to {last}"
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

    /// Sets the memory that checkpoints may take, in megabytes.
    pub(super) fn give_room(&mut self, megabytes: usize) {
        let megabytes = megabytes.clamp(*CHECKPOINTS.start(), *CHECKPOINTS.end());
        self.preferences.checkpoints = megabytes;
        self.document.session.set_checkpoint_budget(checkpoint::megabytes(megabytes));
        let taken = self.session().checkpoints().bytes() >> 20;
        self.notice.tell(format!("Checkpoints may take {megabytes} MB; now they take {taken} MB"));
    }

    /// The innermost frame of a function.
    pub(super) fn innermost_frame(&self) -> FrameId {
        let mut activations = self.session().machine().task().calls().activations();
        let innermost = activations.find(|entry| entry.is_frame);
        innermost.expect("the bottom of a call stack is the frame of main").id
    }
}
