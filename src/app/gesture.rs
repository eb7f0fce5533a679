//! Gestures: from what a person asks for to commands of the session.
//!
//! A gesture is carried out whole or refused with a sentence; a refused one leaves everything as it
//! was, and what was typed stays in the entry line.

use std::collections::HashMap;

use super::App;
use super::action::Slot;
use super::cells::Selection;
use super::interface::Notice;
use super::rows::Glance;
use crate::program::listing::{assigned_in, fragment_of};
use crate::program::near::near;
use crate::program::print::print_line;
use crate::session::apply::fragment_at;
use crate::session::command::Command;
use crate::session::goal::Goal;
use crate::session::operand::DataPlace;
use crate::view::memory::At;
use crate::view::stop::{StopRow, Tone, stop};
use crate::vm::cell::BodyId;
use crate::vm::limit::LimitKind;
use crate::vm::memory::Place;

/// What a line in the entry line would do.
#[derive(Clone, Debug, PartialEq)]
pub struct Intent {
    /// The commands.
    pub commands: Vec<Command>,
    /// How far it runs then; nothing if it does not.
    pub goal: Option<Goal>,
    /// How many cells are written.
    pub cells: u32,
}

impl App {
    /// Carries out a gesture; false, with a message, if it is refused.
    pub(super) fn gesture(&mut self, commands: Vec<Command>, goal: Option<Goal>) -> bool {
        self.give_up();
        let before = Glance::new(self.session.machine(), std::mem::take(&mut self.seen));
        let was = self.session.position();
        match self.session.begin(&commands, goal) {
            Ok(()) => {
                self.before = before;
                self.hush();
                self.stamp += 1;
                self.start_run();
                if self.session.position() != was {
                    self.interface.reveal = Some(self.counter());
                }
                true
            }
            Err(refused) => {
                self.warn(refused.to_string());
                false
            }
        }
    }

    /// Says why something could not be done.
    pub(super) fn warn(&mut self, words: impl Into<String>) {
        self.interface.notice = Notice { words: words.into(), warns: true };
    }

    /// Says what was done.
    pub(super) fn tell(&mut self, words: impl Into<String>) {
        self.interface.notice = Notice { words: words.into(), warns: false };
    }

    /// Takes the message away.
    pub(super) fn hush(&mut self) {
        self.interface.notice = Notice::default();
    }

    /// The cell of the program counter.
    pub(super) fn counter(&self) -> At {
        self.session.machine().task().counter().into()
    }

    /// Why the machine waits.
    pub(super) fn stop(&self) -> StopRow {
        stop(self.session.machine())
    }

    /// The cell that is edited: the selected one, or the counter's.
    pub(super) fn place(&self) -> Option<Place> {
        self.interface.selection.map_or_else(|| self.counter(), |selection| selection.head).place()
    }

    /// Whether what is typed is written at the counter, and so done at once.
    pub(super) fn at_counter(&self) -> bool {
        self.interface.selection.is_none_or(|selection| selection.head == self.counter())
    }

    /// What the typed line would do.
    ///
    /// # Errors
    /// Why it cannot be written.
    pub(super) fn intent(&self, text: &str) -> Result<Intent, String> {
        if self.interface.entry.answers {
            return self.answer(text);
        }
        if let Some(depth) = self.interface.entry.restarts {
            let commands = vec![Command::Restart { depth, text: text.trim().to_owned() }];
            return Ok(Intent { commands, goal: None, cells: 0 });
        }
        let Some(at) = self.place() else {
            return self.data(text);
        };
        let image = self.session.image();
        let fragment = fragment_at(image, at, text).map_err(|refused| refused.to_string())?;
        let cells = fragment.bodies.first().map_or(0, Vec::len) as u32;
        let text = text.to_owned();
        let replaces = self.interface.replace || self.interface.entry.replaces;
        let write =
            if replaces { Command::Replace { at, text } } else { Command::Write { at, text } };
        let goal = self.at_counter().then(|| Goal::line(&image.machine, at, cells));
        Ok(Intent { commands: vec![write], goal, cells })
    }

    /// `3 -- 1`: takes as many values as stand before the dashes, and leaves those behind them.
    fn answer(&self, text: &str) -> Result<Intent, String> {
        let wanted = "write what it takes and what it leaves: `3 -- 1`";
        let (takes, leaves) = text.split_once("--").ok_or_else(|| wanted.to_owned())?;
        let count = takes.split_whitespace().count();
        let here = self.session.machine().task().counter();
        let mut commands = Vec::new();
        if count > 0 {
            commands.push(Command::Drop { count });
        }
        if !leaves.trim().is_empty() {
            commands.push(Command::Push { text: leaves.trim().to_owned() });
        }
        commands.push(Command::Counter { at: here.next() });
        Ok(Intent { commands, goal: None, cells: 0 })
    }

    fn data(&self, text: &str) -> Result<Intent, String> {
        let at = self.interface.selection.map(|selection| selection.head);
        match at {
            Some(At { body: BodyId::Data(body), offset }) => {
                let command = Command::Data {
                    at: DataPlace { body, index: u64::from(offset) },
                    text: text.trim().to_owned(),
                };
                Ok(Intent { commands: vec![command], goal: None, cells: 0 })
            }
            _ => Err("there is no cell to write to".to_owned()),
        }
    }

    /// Writes what is typed and does it; on an empty line, does the next natural thing.
    pub(super) fn submit(&mut self) {
        let text = self.interface.entry.text.clone();
        if text.trim().is_empty() && self.interface.entry.restarts.is_none() {
            return self.next_thing();
        }
        let at_counter = self.at_counter();
        match self.intent(&text) {
            Err(problem) => self.warn(problem),
            Ok(intent) => {
                let cells = intent.cells;
                if self.gesture(intent.commands, intent.goal) {
                    self.written(at_counter, cells);
                }
            }
        }
    }

    fn written(&mut self, at_counter: bool, cells: u32) {
        self.interface.entry.submitted();
        match &mut self.interface.selection {
            Some(selection) if !at_counter => {
                let head = At { offset: selection.head.offset + cells, ..selection.head };
                *selection = Selection::cell(head);
                self.interface.reveal = Some(head);
            }
            _ => self.interface.selection = None,
        }
    }

    /// What Enter does on an empty line.
    pub(super) fn next_thing(&mut self) {
        if self.runs() {
            return self.warn("It runs: F5 pauses");
        }
        if self.interface.entry.answers || self.interface.entry.replaces {
            return self.warn("Type what should stand there, or press Esc");
        }
        if !self.at_counter() {
            return self.warn("Type what should be written at the selected cell, or press Esc");
        }
        match self.stop().tone {
            Tone::Ready => self.step(),
            Tone::Missing => self.create(),
            Tone::Limit => self.raise_limit(),
            Tone::Input => self.interface.focus_input = true,
            Tone::Write | Tone::Finished => self.warn("Type an instruction: `3`, `+`, or a name"),
            Tone::Fault => self.warn("Mend the cause first: edit the cell, the stack or a local"),
        }
    }

    /// Executes one instruction. In the past, along what was done: that makes no branch.
    pub(super) fn step(&mut self) {
        if let Some(to) = self.executed_already() {
            return self.go_to_moment(to);
        }
        self.gesture(Vec::new(), Some(Goal::Fuel(1)));
        self.interface.selection = None;
    }

    /// Defines what is missing and enters it.
    pub(super) fn create(&mut self) {
        let Some(name) = self.stop().name else {
            return self.warn("Nothing is missing here");
        };
        let define = Command::Define { name, text: String::new() };
        if self.gesture(vec![define, Command::Run { fuel: 1 }], None) {
            self.back_to_counter();
        }
    }

    pub(super) fn back_to_counter(&mut self) {
        self.interface.selection = None;
        self.interface.focus_entry = true;
        self.interface.reveal = Some(self.counter());
    }

    /// The function whose name is nearest to the missing one.
    pub(super) fn nearest(&self) -> Option<String> {
        let name = self.stop().name?;
        let names = self.index.names.iter().map(|row| row.name.as_str());
        near(&name, names.filter(|&other| other != "main")).map(str::to_owned)
    }

    /// Puts the name of another function into the cell of the counter.
    pub(super) fn use_name(&mut self, name: String) {
        let at = self.session.machine().task().counter();
        let goal = Goal::line(self.session.machine(), at, 1);
        if self.gesture(vec![Command::Replace { at, text: name }], Some(goal)) {
            self.back_to_counter();
        }
    }

    /// Makes the missing name a local: the top of the stack goes into it here.
    pub(super) fn name_as_local(&mut self) {
        let Some(name) = self.stop().name else {
            return self.warn("Nothing is missing here");
        };
        let at = self.session.machine().task().counter();
        let goal = Goal::line(self.session.machine(), at, 1);
        let text = format!("assign: {name}");
        if self.gesture(vec![Command::Write { at, text }], Some(goal)) {
            self.back_to_counter();
        }
    }

    /// Asks in the entry line what the missing call takes and leaves.
    pub(super) fn ask_answer(&mut self) {
        if self.stop().name.is_none() {
            return self.warn("Nothing is missing here");
        }
        let top = crate::view::stacks::parameters(self.session.machine(), 1).values;
        let takes = top.first().map(|value| format!("{} ", value.text)).unwrap_or_default();
        self.interface.entry.set(format!("{takes}-- "));
        self.interface.entry.answers = true;
        self.interface.focus_entry = true;
    }

    /// Puts the cell into the entry line, to be replaced.
    pub(super) fn change_cell(&mut self) {
        let at =
            self.interface.selection.map_or_else(|| self.counter(), |selection| selection.head);
        let row = crate::view::memory::cell(self.session.machine(), &Default::default(), at);
        self.interface.entry.set(row.text.trim_end_matches('?').to_owned());
        self.interface.entry.replaces = true;
        self.interface.focus_entry = true;
    }

    /// Doubles the limit that is reached.
    pub(super) fn raise_limit(&mut self) {
        let Some(kind) = self.stop().limit else {
            return self.warn("No limit is reached");
        };
        let now = self.session.machine().limits().get(kind);
        let value = doubled(kind, now);
        if value == now {
            return self.warn(format!("The limit of {kind} is as high as it can be"));
        }
        self.gesture(vec![Command::Limit { kind, value }], None);
    }

    /// Changes a value.
    pub(super) fn set_value(&mut self, slot: Slot, text: &str) {
        let text = text.trim().to_owned();
        let depth = self.session.machine().task().parameters().len();
        let command = match slot {
            Slot::Stack(from_top) => {
                Command::Parameter { index: depth.saturating_sub(from_top + 1), text }
            }
            Slot::Local(frame, name) => Command::Local { depth: frame, name, text },
        };
        if self.gesture(vec![command], None) {
            self.interface.editing = None;
            self.interface.focus_entry = true;
        } else if let Some(editing) = &mut self.interface.editing {
            // Refused: it stays, to be put right.
            editing.fresh = true;
        }
    }

    /// Deletes the selected cells.
    pub(super) fn delete(&mut self) {
        let Some(selection) = self.interface.selection else {
            return self.warn("Select a cell first: click it, or press F6 and use the arrows");
        };
        let cells = selection.offsets();
        let Some(place) = selection.head.place() else {
            return self.warn("Cells of data cannot be deleted; they can be set to 0");
        };
        let at = Place::new(place.body, cells.start);
        if self.gesture(vec![Command::Delete { at, count: cells.end - cells.start }], None) {
            self.interface.selection = Some(Selection::cell(at.into()));
        }
    }

    /// Sets or clears a breakpoint of the user.
    pub(super) fn toggle_breakpoint(&mut self) {
        let Some(at) = self.place() else { return self.warn("Data is not executed") };
        let on = !self.session.image().breakpoints.contains(&at);
        self.gesture(vec![Command::Breakpoint { at, on }], None);
    }

    /// Moves the program counter to the selected cell.
    pub(super) fn move_counter(&mut self) {
        let Some(at) = self.place() else { return self.warn("Data is not executed") };
        if self.gesture(vec![Command::Counter { at }], None) {
            self.interface.selection = None;
        }
    }

    /// The selected cells as program text, or the counter's.
    pub(super) fn copied(&self) -> String {
        let selection = self.interface.selection.unwrap_or_else(|| Selection::cell(self.counter()));
        let machine = self.session.machine();
        let memory = machine.memory();
        let cells = selection.offsets();
        let BodyId::Code(body) = selection.head.body else {
            let cell = |offset| At { offset, ..selection.head };
            let marks = Default::default();
            let words =
                cells.map(|offset| crate::view::memory::cell(machine, &marks, cell(offset)).text);
            return words.collect::<Vec<_>>().join(" ");
        };
        let mut code = fragment_of(machine, body);
        if let Some(line) = code.bodies.first_mut() {
            line.truncate(cells.end as usize);
            line.drain(..line.len().min(cells.start as usize));
        }
        let assigned = assigned_in(memory, memory.owner(body));
        print_line(&code, &|name| assigned.contains(name), &|body| memory.start(body))
    }

    /// Forgets what was in sight, so that nothing is shown as changed.
    pub(super) fn forget(&mut self) {
        self.before = Glance::default();
        self.seen = HashMap::new();
        self.stamp += 1;
    }
}

fn doubled(kind: LimitKind, now: u64) -> u64 {
    now.saturating_mul(2).max(1).min(kind.maximum())
}
