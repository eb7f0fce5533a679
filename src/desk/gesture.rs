//! Gestures: what the user does to the program, as commands of the session.
//!
//! A gesture is carried out whole or refused with a message. A refused one changes nothing, and the
//! typed text stays in the entry line.

use super::Desk;
use super::action::Field;
use super::effect::Effect;
use super::entry_line::EntryMode;
use super::selection::Selection;
use crate::program::cell_text::Source;
use crate::program::hidden::{hidden, notice};
use crate::program::near::near;
use crate::program::notation::Notation;
use crate::program::scope::Scope;
use crate::session::command::Command;
use crate::session::goal::Goal;
use crate::session::request::Request;
use crate::view::memory::{self, At, CellKind, Marks};
use crate::view::stacks;
use crate::view::stop::Tone;
use crate::vm::instruction::{Instruction, Primitive};
use crate::vm::limit::LimitKind;
use crate::vm::memory::Place;

impl Desk {
    /// Carries out a gesture; false, with a message, if it is refused.
    pub(super) fn gesture(&mut self, commands: Vec<Command>, goal: Option<Goal>) -> bool {
        self.carry_out_gesture(Request::Gesture { commands, goal })
    }

    fn carry_out_gesture(&mut self, gesture: Request) -> bool {
        let was = self.stand();
        // An edit moves the counter only because the cells before it are others.
        let edits = matches!(&gesture, Request::Gesture { commands, goal: None }
            if commands.iter().any(Command::is_edit));
        let hidden_before = hidden(self.session().machine());
        let done = self.start(gesture);
        let now = self.stand();
        if done && (was.0 != now.0 || was.1 != now.1 && !edits) {
            self.emit(Effect::Reveal(self.counter()));
        }
        let now_hidden = hidden(self.session().machine());
        for word in now_hidden.iter().filter(|word| !hidden_before.contains(word)) {
            self.notice.add(&notice(word));
        }
        done
    }

    /// How much was executed, and where the counter is. While neither changes, what is looked at stays in view.
    fn stand(&self) -> (u64, At) {
        (self.session().machine().retired(), self.counter())
    }

    /// Does what the entry line says; on an empty line, the obvious next thing.
    pub(super) fn submit(&mut self) {
        let restarts = matches!(self.entry.mode, EntryMode::Restart(_));
        if self.entry.text.trim().is_empty() && !restarts {
            return self.next_thing();
        }
        let at_counter = self.at_counter();
        match &*self.intent() {
            Err(problem) => self.refuse_line(problem.clone()),
            Ok(intent) => {
                let gesture = Request::Prepared(intent.gesture.clone(), intent.goal);
                self.note_calls();
                if self.carry_out_gesture(gesture) {
                    self.written(at_counter, intent.cells);
                } else {
                    let problem = std::mem::take(&mut self.notice.words);
                    self.refuse_line(problem);
                }
            }
        }
    }

    /// Says why the entry line is refused, once: the ghost says it at the line, and a message does only where
    /// no ghost is shown.
    fn refuse_line(&mut self, problem: String) {
        self.notice.clear();
        if self.ghost().words != problem {
            self.notice.warn(problem);
        }
    }

    /// The next line goes after what was written: to the counter, or to the cell after the new ones.
    fn written(&mut self, at_counter: bool, cells: u32) {
        self.entry.submitted();
        self.sight.selection = match self.sight.selection {
            Some(selection) if !at_counter => {
                let head = At { offset: selection.head.offset + cells, ..selection.head };
                self.emit(Effect::Reveal(head));
                Some(Selection::cell(head))
            }
            Some(_) | None => {
                self.emit(Effect::Reveal(self.counter()));
                None
            }
        };
    }

    /// What Enter does on an empty line.
    fn next_thing(&mut self) {
        if self.runs() {
            return self.notice.warn("The program is running: F5 pauses it");
        }
        if self.entry.mode != EntryMode::Write {
            return self.notice.warn("Nothing is typed yet: Esc cancels");
        }
        if !self.at_counter() {
            return self.notice.warn("Type what to write at the selected cell, or press Esc");
        }
        match self.stop().tone {
            Tone::Ready => self.step(),
            Tone::Missing if self.asked_of_host().is_some() => self.step(),
            Tone::Missing => self.create(),
            Tone::Limit => self.raise_limit(),
            Tone::Waits => self.let_others_run(),
            Tone::Input => self.emit(Effect::Focus(Field::Input)),
            Tone::Write | Tone::Finished | Tone::Wrong | Tone::Exited => {
                self.notice.warn(match self.notation() {
                    Notation::Forth => "Type an instruction: `3`, `+`, or a name",
                    Notation::Source => "Type a statement: `f(3)`, `x = 3`, or `if x < 3:`",
                });
            }
            Tone::Fault => {
                self.notice.warn("Fix the cause first: edit the cell, the stack or a local");
            }
        }
    }

    /// The missing name. Warns if none is missing.
    fn missing(&mut self) -> Option<String> {
        let name = self.stop().name;
        if name.is_none() {
            self.notice.warn("Nothing is missing here");
        }
        name
    }

    /// Defines what is missing and enters it.
    pub(super) fn create(&mut self) {
        let Some(name) = self.missing() else { return };
        let define = Command::Define { name, text: "".into() };
        if self.gesture(vec![define, Command::Run { fuel: 1 }], None) {
            self.back_to_counter();
        }
    }

    /// The function whose name is nearest to the missing one.
    pub(super) fn nearest(&self) -> Option<String> {
        let name = self.stop().name?;
        let index = self.index();
        let names = index.names.iter().map(|row| row.name.as_str());
        near(&name, names.filter(|&other| other != "main")).map(str::to_owned)
    }

    /// Uses the function with the nearest name instead of the missing one, or asks which.
    pub(super) fn use_existing(&mut self) {
        match self.nearest() {
            Some(name) => self.use_name(name),
            None => {
                self.entry.ask_replacement();
                self.back_to_counter();
            }
        }
    }

    /// Replaces the missing name at the counter by this function.
    pub(super) fn use_name(&mut self, name: String) {
        let machine = self.session().machine();
        let missing = machine.instruction(machine.task().counter());
        let cell = match matches!(missing, Instruction::FunctionHole(_)) {
            true => Instruction::PushFunction(name.into()),
            false => Instruction::Call(name.into()),
        };
        self.write_and_run(&cell, |at, text| Command::Replace { at, text: text.into() });
    }

    /// Makes the missing name a local: the top of the stack goes into it here.
    pub(super) fn name_as_local(&mut self) {
        let Some(name) = self.missing() else { return };
        let cell = Instruction::Assign(name.into());
        self.write_and_run(&cell, |at, text| Command::Write { at, text: text.into() });
    }

    /// Ends the function or block that is open at the counter.
    pub(super) fn write_end(&mut self, by: Primitive) {
        if self.stop().tone != Tone::Write || !self.counter_in_function() {
            return self.notice.warn("No function or block is open here");
        }
        let cell = Instruction::Primitive(by);
        self.write_and_run(&cell, |at, text| Command::Write { at, text: text.into() });
    }

    /// Writes one instruction at the counter and executes it.
    fn write_and_run(
        &mut self,
        cell: &Instruction,
        command: impl FnOnce(Place, String) -> Command,
    ) {
        let machine = self.session().machine();
        let at = machine.task().counter();
        let goal = Goal::line(machine, at, 1);
        let source = Notation::Forth.source(cell, &Scope::of(machine, at.body));
        if self.gesture(vec![command(at, source.into())], Some(goal)) {
            self.back_to_counter();
        }
    }

    /// Asks in the entry line what the missing call takes and leaves.
    pub(super) fn ask_answer(&mut self) {
        if self.session().machine().asked().is_none() || self.in_example() {
            return self.notice.warn("No call waits here that could be answered");
        }
        let takes = self.operands_of_call();
        self.entry.ask_answer(takes);
        self.emit(Effect::Focus(Field::Entry));
    }

    /// The values that the missing call probably takes: those that a host would take, or else the top one.
    fn operands_of_call(&self) -> Vec<Source> {
        let name = self.asked_of_host().unwrap_or_default();
        let takes = self.outside.takes(name).unwrap_or(1);
        let mut values = stacks::parameters(self.session().machine(), takes).values;
        values.truncate(takes);
        values.reverse();
        values.into_iter().map(|value| value.source).collect()
    }

    /// Puts the cell into the entry line, to be replaced.
    pub(super) fn change_cell(&mut self) {
        let row = memory::cell(self.session().machine(), &Marks::default(), self.head());
        match row.kind == CellKind::Empty {
            true => self.entry.ask_replacement(),
            false => {
                let source = match self.head().place() {
                    Some(at) => self.cell_source(at),
                    None => row.source,
                };
                self.entry.edit(source, EntryMode::Replace);
            }
        }
        self.emit(Effect::Focus(Field::Entry));
    }

    /// Doubles the limit that was reached.
    pub(super) fn raise_limit(&mut self) {
        let Some(kind) = self.stop().limit else {
            return self.notice.warn("No limit is reached");
        };
        let now = self.session().machine().limits().get(kind);
        let value = doubled(kind, now);
        if value == now {
            return self.notice.warn(format!("The limit of {kind} is already at its maximum"));
        }
        self.gesture(vec![Command::Limit { kind, value }], None);
    }

    /// Deletes the selected cells; false, with a message, if that is refused.
    pub(super) fn delete(&mut self) -> bool {
        let Some(selection) = self.selected_cells() else { return false };
        let cells = selection.offsets();
        let Some(place) = selection.head.place() else {
            self.notice.warn("Data cells cannot be deleted; set them to 0 instead");
            return false;
        };
        let at = Place::new(place.body, cells.start);
        let done = self.gesture(vec![Command::Delete { at, count: cells.end - cells.start }], None);
        if done {
            self.select(Some(at.into()));
        }
        done
    }

    /// The selected cells. Warns if there are none.
    pub(super) fn selected_cells(&mut self) -> Option<Selection> {
        if self.sight.selection.is_none() {
            self.notice.warn("Select a cell first: click it, or press F6 and use the arrows");
        }
        self.sight.selection
    }

    /// The selected cell, or the counter's. Warns if it is data.
    pub(super) fn executable(&mut self) -> Option<Place> {
        let place = self.place();
        if place.is_none() {
            self.notice.warn("Data is not executed");
        }
        place
    }

    /// Sets or clears a breakpoint.
    pub(super) fn toggle_breakpoint(&mut self) {
        let Some(at) = self.executable() else { return };
        let on = !self.marks().breakpoints.contains(&at);
        if self.gesture(vec![Command::Breakpoint { at, on }], None) {
            self.emit(Effect::Reveal(at.into()));
        }
    }

    /// Moves the program counter to the selected cell.
    pub(super) fn move_counter(&mut self) {
        let Some(at) = self.executable() else { return };
        if self.gesture(vec![Command::Counter { at }], None) {
            self.sight.selection = None;
        }
    }
}

fn doubled(kind: LimitKind, now: u64) -> u64 {
    now.saturating_mul(2).max(1).min(kind.maximum())
}
