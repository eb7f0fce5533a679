//! Going to when something became a value. What is meant is a value of the panels, the selected data cell,
//! or a name that is typed with the value: `i = 42`.

use super::Desk;
use super::action::ValuePlace;
use super::overlay::{Asking, Overlay};
use crate::program::notation::Notation;
use crate::program::scope::Scope;
use crate::session::became::{Became, Watched};
use crate::session::wanted::{Direction, Wanted};
use crate::view::memory::{self, At, Marks};
use crate::vm::index::BodyId;
use crate::vm::instruction::Instruction;
use crate::vm::machine::Machine;

impl Desk {
    /// Asks for the value that the selected data cell became, or else the top of the stack.
    pub(super) fn ask_value(&mut self, direction: Direction) {
        let machine = self.session().machine();
        let (what, text) = match self.head() {
            At { body: BodyId::Data(body), offset } => {
                let row = memory::cell(machine, &Marks::default(), self.head());
                (Watched::Data { body, index: u64::from(offset) }, String::from(row.source))
            }
            At { body: BodyId::Code(_), .. } => {
                let top = self.value_source(&ValuePlace::Stack(0)).flatten();
                (Watched::Top, top.map(String::from).unwrap_or_default())
            }
        };
        let words = watched(machine, &what);
        self.overlay = Overlay::Became(Asking { direction, what, words, text });
    }

    /// Asks for the value that a value of the panels became.
    pub(super) fn ask_value_of(&mut self, place: &ValuePlace) {
        let Some(what) = self.watched_value(place) else {
            return self.notice.warn("Only the top of the stack is searched for in the history");
        };
        let text = self.value_source(place).flatten().map(String::from).unwrap_or_default();
        let words = watched(self.session().machine(), &what);
        let direction = Direction::Back;
        self.overlay = Overlay::Became(Asking { direction, what, words, text });
    }

    pub(super) fn watched_value(&self, place: &ValuePlace) -> Option<Watched> {
        match place {
            ValuePlace::Stack(0) => Some(Watched::Top),
            ValuePlace::Stack(_) | ValuePlace::New => None,
            ValuePlace::Local(frame, name) => {
                let calls = self.session().machine().task().calls();
                let function = calls.activation_of(*frame)?.body;
                Some(Watched::Local { function, name: name.clone() })
            }
            ValuePlace::Global(name) => Some(Watched::Global(name.clone())),
        }
    }

    /// Looks for the value that was typed.
    pub(super) fn look_for_value(&mut self, text: &str) {
        let Overlay::Became(asking) = &self.overlay else { return };
        let direction = asking.direction;
        match self.became(asking.what.clone(), text) {
            Ok(became) => {
                self.close_overlay();
                self.look(Wanted::Became(became), direction);
            }
            Err(problem) => self.notice.warn(problem),
        }
    }

    fn became(&self, what: Watched, text: &str) -> Result<Became, String> {
        let named = text.split_once('=').filter(|(name, _)| !name.contains('"'));
        let (what, text) = match named {
            Some((name, value)) => (self.named(name.trim())?, value),
            None => (what, text),
        };
        let spelled = text.trim().to_owned();
        let scope = Scope::outside(self.session().machine());
        let read =
            Notation::Forth.read_line(&spelled, &scope).map_err(|_| not_a_value(&spelled))?;
        match &read.cells.bodies[..] {
            [line] if line.len() == 1 && is_value(&line[0]) => {
                Ok(Became { what, value: line[0].clone(), spelled })
            }
            _ => Err(not_a_value(&spelled)),
        }
    }

    /// The local of the function of the selected cell, or the global, that has this name.
    fn named(&self, name: &str) -> Result<Watched, String> {
        let machine = self.session().machine();
        let memory = machine.memory();
        let body = self.place().map_or(machine.task().counter().body, |place| place.body);
        let function = memory.owner(body);
        let locals = memory.code(function).map_or(&[][..], |code| code.locals());
        if locals.iter().any(|&local| memory.name(local) == name) {
            return Ok(Watched::Local { function, name: name.to_owned() });
        }
        if machine.globals().get(name).is_some() {
            return Ok(Watched::Global(name.to_owned()));
        }
        let function = memory.function_name(function);
        Err(format!("`{name}` is neither a local of {function} nor a global"))
    }
}

fn is_value(cell: &Instruction) -> bool {
    matches!(
        cell,
        Instruction::Integer(_)
            | Instruction::Text(_)
            | Instruction::Address(_)
            | Instruction::PushFunction(_)
    )
}

fn not_a_value(text: &str) -> String {
    format!("`{text}` is not a value: type a number, a text in quotes, or `name = value`")
}

/// What is watched, in words.
pub(super) fn watched(machine: &Machine, what: &Watched) -> String {
    match what {
        Watched::Data { body, index } => {
            let start = machine.memory().start(BodyId::Data(*body));
            format!("Cell {}", start.saturating_add(*index))
        }
        Watched::Local { function, name } => {
            format!("The local `{name}` of {}", machine.memory().function_name(*function))
        }
        Watched::Global(name) => format!("The global `{name}`"),
        Watched::Top => "The top of the stack".to_owned(),
    }
}
