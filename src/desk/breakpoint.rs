//! Breakpoints beyond setting one: conditions, counts, and the list of all.

use super::Desk;
use super::action::MarkAction;
use super::overlay::{MarkField, Overlay};
use crate::program::breakpoint::Breakpoint;
use crate::program::notation::Notation;
use crate::program::scope::Scope;
use crate::session::command::Command;
use crate::session::peek::Pauses;
use crate::view::breakpoints::{self, BreakpointRow};
use crate::vm::index::Body;
use crate::vm::memory::Place;

impl Desk {
    /// While the list of breakpoints is open: its rows.
    pub fn breakpoints(&self) -> Vec<BreakpointRow> {
        let is_open = matches!(self.overlay, Overlay::Breakpoints(_));
        if is_open {
            breakpoints::rows(self.session().machine(), &self.marks().breakpoints)
        } else {
            Vec::new()
        }
    }

    /// Opens the list of breakpoints.
    pub(super) fn list_breakpoints(&mut self) {
        if self.marks().breakpoints.is_empty() {
            return self.notice.warn("No breakpoint is set: F9 sets one");
        }
        self.overlay = Overlay::Breakpoints(0);
    }

    /// The breakpoint that is chosen in the list, if that is open.
    pub(super) fn chosen_breakpoint(&self) -> Option<Place> {
        let Overlay::Breakpoints(row) = self.overlay else { return None };
        let rows = self.breakpoints();
        rows.get(row).or(rows.last()).map(|row| row.at)
    }

    /// Asks something of the breakpoint of the selected cell.
    pub(super) fn mark_selected(&mut self, action: MarkAction) {
        let Some(at) = self.executable() else { return };
        self.mark(at, action);
    }

    /// Asks something of a breakpoint.
    pub(super) fn mark(&mut self, at: Place, action: MarkAction) {
        let now = self.marks().breakpoints.get(at).cloned();
        match action {
            MarkAction::Switch => match now {
                Some(now) => self.change_mark(vec![Command::Enable { at, on: !now.enabled }]),
                None => self.notice.warn("No breakpoint is set here: F9 sets one"),
            },
            MarkAction::Remove => self.change_mark(vec![Command::Breakpoint { at, on: false }]),
            MarkAction::AskCondition => self.ask_mark(at, MarkField::Condition, now),
            MarkAction::AskTime => self.ask_mark(at, MarkField::Time, now),
            MarkAction::Condition(text) => match self.line_text(at.body, &text) {
                Ok(line) => self.set_mark(at, now, Command::Condition { at, line }),
                Err(why) => self.notice.warn(why),
            },
            MarkAction::Time(text) => match text.trim().parse() {
                Ok(time) => self.set_mark(at, now, Command::From { at, time }),
                Err(_) => self.notice.warn(format!("`{}` is not a number", text.trim())),
            },
        }
    }

    fn ask_mark(&mut self, at: Place, field: MarkField, now: Option<Breakpoint>) {
        // Otherwise the cell could move before the text is typed.
        self.hold();
        let row = || self.breakpoints().iter().position(|row| row.at == at);
        let returns = matches!(self.overlay, Overlay::Breakpoints(_)).then(row).flatten();
        let now = now.unwrap_or_default();
        let text = match field {
            MarkField::Condition => self.shown_line(at.body, &now.condition),
            MarkField::Time => now.from.to_string(),
        };
        self.overlay = Overlay::Mark { at, field, text, returns };
    }

    /// Changes a breakpoint, which is set if it was not, and goes back to where that was asked for.
    fn set_mark(&mut self, at: Place, now: Option<Breakpoint>, command: Command) {
        let set = now.is_none().then_some(Command::Breakpoint { at, on: true });
        if !self.gesture(set.into_iter().chain([command]).collect(), None) {
            return;
        }
        if let Overlay::Mark { returns: Some(row), .. } = self.overlay {
            self.overlay = Overlay::Breakpoints(row);
        } else {
            self.close_overlay();
        }
    }

    fn change_mark(&mut self, commands: Vec<Command>) {
        self.gesture(commands, None);
        if self.marks().breakpoints.is_empty() && self.overlay.is_open() {
            self.close_overlay();
        }
    }

    /// Says so if the counter is on a breakpoint whose condition cannot be evaluated.
    pub(super) fn tell_unclear(&mut self) {
        if let Pauses::Unclear(why) = self.document.session.pauses_here() {
            self.warn_unclear(self.session().machine().task().counter(), &why);
        }
    }

    /// Says why the condition of a breakpoint cannot be evaluated.
    pub(super) fn warn_unclear(&mut self, at: Place, why: &str) {
        let address = self.session().machine().memory().address(at);
        self.notice.warn(format!(
            "Stopped at the breakpoint at {address}, because its condition cannot be evaluated: {why}"
        ));
    }

    /// A line that is typed to be evaluated in the function of a body, as commands have it.
    pub(super) fn line_text(&self, body: Body, text: &str) -> Result<String, String> {
        match self.preferences.code.notation {
            Notation::Forth => Ok(text.to_owned()),
            Notation::Source if text.trim().is_empty() => Ok(String::new()),
            Notation::Source => {
                let scope = Scope::of(self.session().machine(), body);
                let read = Notation::Source.read_line(text, &scope);
                let first = |report: crate::program::diagnostic::Diagnostics| {
                    let first = report.iter().next().map(|first| first.message.clone());
                    first.unwrap_or_else(|| "the line does not parse".to_owned())
                };
                Ok(Notation::Forth.print_line(&read.map_err(first)?.cells, &scope).text)
            }
        }
    }

    /// A line of a command as it is typed and shown.
    pub(super) fn shown_line(&self, body: Body, line: &str) -> String {
        match self.preferences.code.notation {
            Notation::Forth => line.to_owned(),
            Notation::Source => {
                let scope = Scope::of(self.session().machine(), body);
                match Notation::Forth.read_line(line, &scope) {
                    Ok(read) => {
                        let printed = Notation::Source.print_line(&read.cells, &scope);
                        printed.text.trim().to_owned()
                    }
                    Err(_) => line.to_owned(),
                }
            }
        }
    }
}
