//! What is watched: adding, changing, moving and removing watches. Each is a gesture, so it is undone and saved.

use super::Desk;
use super::action::{Panel, ValuePlace, WatchAction};
use super::overlay::Overlay;
use super::question::Question;
use super::surroundings::WATCH_KEY;
use crate::program::notation::Notation;
use crate::program::scope::Scope;
use crate::program::watch::{Shape, Watched};
use crate::session::command::Command;
use crate::vm::index::{BodyId, DataId};
use crate::vm::instruction::{Fragment, Instruction};

impl Desk {
    /// Whether the watches are shown: by themselves, once something is watched.
    pub fn shows_watches(&self) -> bool {
        self.preferences.shows(Panel::Watches) && !self.marks().watches.is_empty()
    }

    /// Shows or hides the watches.
    pub(super) fn toggle_watches(&mut self) {
        if self.marks().watches.is_empty() {
            let words = format!("Nothing is watched: {WATCH_KEY} watches a line");
            return self.notice.warn(words);
        }
        self.preferences.toggle(Panel::Watches);
    }

    /// Watches the selected data, or asks for a line.
    pub(super) fn ask_watch(&mut self) {
        match self.sight.selection.map(|selection| selection.head.body) {
            Some(BodyId::Data(data)) => self.watch_data(data),
            Some(BodyId::Code(_)) | None => {
                let line = self.selected_word();
                self.ask_watched(self.marks().watches.len(), &line);
            }
        }
    }

    fn ask_watched(&mut self, index: usize, line: &str) {
        // Otherwise the counter could be elsewhere before the line is typed.
        self.hold();
        let text = self.shown_line(self.session().machine().task().counter().body, line);
        self.overlay = Overlay::Ask(Question::Watch(index), text);
    }

    /// What the selected cell is about, as a line.
    fn selected_word(&self) -> String {
        let selected = self.sight.selection.and_then(|selection| selection.head.place());
        let Some(at) = selected else { return String::new() };
        match self.session().machine().instruction(at) {
            Instruction::Pick(name) | Instruction::Assign(name) => {
                self.line_of(Instruction::Pick(name))
            }
            Instruction::GetGlobal(name) | Instruction::SetGlobal(name) => {
                self.line_of(Instruction::GetGlobal(name))
            }
            word @ (Instruction::Call(_) | Instruction::Integer(_) | Instruction::Text(_)) => {
                self.line_of(word)
            }
            Instruction::PushFunction(_)
            | Instruction::Block(_)
            | Instruction::Address(_)
            | Instruction::BlockValue(..)
            | Instruction::Task(_)
            | Instruction::Label(_)
            | Instruction::Primitive(_)
            | Instruction::Hole(_)
            | Instruction::FunctionHole(_)
            | Instruction::Breakpoint => String::new(),
        }
    }

    fn line_of(&self, word: Instruction) -> String {
        let machine = self.session().machine();
        let scope = Scope::of(machine, machine.task().counter().body);
        Notation::Forth.print_line(&Fragment::line(vec![word]), &scope).text.trim().to_owned()
    }

    /// Asks something of a watch, or watches something.
    pub(super) fn watch(&mut self, action: WatchAction) {
        let watched = |index: usize| self.marks().watches.get(index).cloned();
        match action {
            WatchAction::Data(data) => self.watch_data(data),
            WatchAction::Value(place) => self.watch_value(&place),
            WatchAction::Edit(index) => match watched(index).map(|watch| watch.what) {
                Some(Watched::Line(line)) => self.ask_watched(index, &line),
                Some(Watched::Data(_)) => self.ask_watched(index, ""),
                None => {}
            },
            WatchAction::Remove(index) => {
                self.gesture(vec![Command::Watch { index, line: String::new() }], None);
            }
            WatchAction::Up(index) => self.swap_watches(index.wrapping_sub(1), index),
            WatchAction::Down(index) => self.swap_watches(index, index + 1),
            WatchAction::Shape(index, shape) => {
                self.gesture(vec![Command::Shape { index, shape }], None);
            }
        }
    }

    fn swap_watches(&mut self, above: usize, below: usize) {
        let marks = self.marks();
        let watches = &marks.watches;
        let (Some(upper), Some(lower)) = (watches.get(above), watches.get(below)) else { return };
        let commands =
            [(above, lower), (below, upper)].into_iter().flat_map(super::marks::put).collect();
        self.gesture(commands, None);
    }

    fn watch_value(&mut self, place: &ValuePlace) {
        match place {
            ValuePlace::Local(_, name) => {
                let line = self.line_of(Instruction::Pick(name.as_str().into()));
                self.add_watch(|index| Command::Watch { index, line });
            }
            ValuePlace::Global(name) => {
                let line = self.line_of(Instruction::GetGlobal(name.as_str().into()));
                self.add_watch(|index| Command::Watch { index, line });
            }
            ValuePlace::Stack(_) | ValuePlace::New => {
                self.notice.warn("A place on the stack cannot be watched: other values come there");
            }
        }
    }

    fn watch_data(&mut self, body: DataId) {
        self.add_watch(|index| Command::WatchData { index, body });
    }

    fn add_watch(&mut self, command: impl FnOnce(usize) -> Command) -> bool {
        let index = self.marks().watches.len();
        let done = self.gesture(vec![command(index)], None);
        if done && !self.preferences.shows(Panel::Watches) {
            self.preferences.toggle(Panel::Watches);
        }
        done
    }

    /// Watches a line that was typed, instead of what is watched at an index; an empty one removes that.
    pub(super) fn watch_typed(&mut self, index: usize, text: &str) {
        let is_new = index >= self.marks().watches.len();
        if text.is_empty() && is_new {
            return self.close_overlay();
        }
        let body = self.session().machine().task().counter().body;
        let line = match self.line_text(body, text) {
            Ok(line) => line.trim().to_owned(),
            Err(why) => return self.notice.warn(why),
        };
        let done = match is_new {
            true => self.add_watch(|index| Command::Watch { index, line }),
            false => self.gesture(vec![Command::Watch { index, line }], None),
        };
        if done {
            self.close_overlay();
        }
    }
}

/// What a shape is called where it can be chosen.
pub fn shape_words(shape: Shape) -> &'static str {
    match shape {
        Shape::Row => "Show on a line",
        Shape::Table => "Show as a table",
        Shape::Bars => "Show as a bar chart",
    }
}
