//! Changing a value of the parameter stack, a local or a global.

use super::Desk;
use super::action::{Field, ValuePlace};
use super::effect::Effect;
use super::scene;
use crate::program::cell_text::Source;
use crate::session::command::Command;
use crate::view::{names, stacks};

/// A value being changed.
#[derive(Clone, Debug)]
pub struct Editing {
    /// Which value.
    pub place: ValuePlace,
    /// The typed text.
    pub text: String,
    /// It was refused. The field stays open until it is corrected, or until Esc.
    pub refused: bool,
}

impl Desk {
    /// Begins to change a value, if it still exists.
    pub(super) fn edit(&mut self, place: ValuePlace) {
        if self.value.as_ref().is_some_and(|value| value.refused && value.place != place) {
            self.notice.warn("Correct this value first, or press Esc to keep the old one");
            return self.emit(Effect::Focus(Field::Value));
        }
        let value = self.value_source(&place);
        self.value = value.map(|source| {
            let text = source.map(String::from).unwrap_or_default();
            Editing { place, text, refused: false }
        });
        if self.value.is_some() {
            self.emit(Effect::Focus(Field::Value));
        }
    }

    /// Copies a value, whole.
    pub(super) fn copy_value(&mut self, place: &ValuePlace) {
        match self.value_source(place).flatten() {
            Some(source) => self.emit(Effect::Copy(source)),
            None => self.notice.warn("There is no value to copy"),
        }
    }

    /// A value as text. None if its place does not exist, `Some(None)` for a local that is not assigned.
    pub(super) fn value_source(&self, place: &ValuePlace) -> Option<Option<Source>> {
        let machine = self.session().machine();
        match place {
            ValuePlace::Stack(depth) => {
                let values = stacks::parameters(machine, depth + 1).values;
                values.into_iter().nth(*depth).map(|value| Some(value.source))
            }
            ValuePlace::Local(id, name) => {
                let frames = stacks::calls(machine, scene::CALLS).frames;
                let frame = frames.into_iter().find(|frame| frame.id == *id)?;
                let local = frame.locals.into_iter().find(|local| local.name == *name)?;
                Some(local.value.map(|value| value.source))
            }
            ValuePlace::Global(name) => {
                let globals = names::globals(machine, scene::GLOBALS).rows;
                let global = globals.into_iter().find(|global| global.name == *name);
                Some(global.map(|global| global.value.source))
            }
            ValuePlace::New => Some(None),
        }
    }

    /// Changes a value. If that is refused, the text stays in its field, to be corrected.
    pub(super) fn set_value(&mut self, place: ValuePlace, text: &str) {
        let Some(command) = self.value_command(place, text.trim().to_owned()) else {
            self.value = None;
            return self.notice.warn("This value no longer exists");
        };
        if self.gesture(vec![command], None) {
            self.value = None;
            self.emit(Effect::Focus(Field::Entry));
        } else {
            if let Some(value) = &mut self.value {
                value.refused = true;
            }
            self.emit(Effect::Focus(Field::Value));
        }
    }

    fn value_command(&self, place: ValuePlace, text: String) -> Option<Command> {
        match place {
            ValuePlace::Stack(from_top) => {
                let depth = self.session().machine().task().parameters().len();
                Some(Command::Parameter {
                    index: depth.checked_sub(from_top + 1)?,
                    text: text.into(),
                })
            }
            ValuePlace::Local(frame, name) => {
                Some(Command::Local { frame, name, text: text.into() })
            }
            ValuePlace::Global(name) => Some(Command::Global { name, text: text.into() }),
            ValuePlace::New => Some(Command::Push { text: text.into() }),
        }
    }
}
