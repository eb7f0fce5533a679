//! Asking, at the position shown, where a value came from.

use super::provenance::{Question, value};
use super::refused::Refused;
use super::session::Session;
use crate::program::cell_text::Label;
use crate::vm::flow::Holder;
use crate::vm::index::TaskId;
use crate::vm::spelling::Value;

impl Session {
    /// A question for the provenance of the value in a holder, here.
    ///
    /// # Errors
    /// If it holds no value, or there have been several tasks: which of them a value on a stack or in a frame belongs
    /// to is not followed, so the answer could be about another.
    pub fn question(&self, holder: Holder) -> Result<Question, Refused> {
        if self.has_had_several_tasks() {
            let why = "With several tasks, it is not known where a value came from";
            return Err(Refused::Other(why.to_owned()));
        }
        let value = match holder {
            Holder::Output(byte) => self.printed(byte),
            Holder::Parameter(_)
            | Holder::Local { .. }
            | Holder::Global(_)
            | Holder::Data { .. } => value(self.machine(), &holder),
        };
        let value =
            value.ok_or_else(|| Refused::Other("There is no value to ask about".to_owned()))?;
        let at = self.position;
        Ok(Question { holder, at, value, asked: at, later: Vec::new() })
    }

    /// Whether there is, or was, more than the task of main.
    pub fn has_had_several_tasks(&self) -> bool {
        self.machine().next_number() > TaskId(1)
    }

    /// The character of the output that this byte belongs to.
    fn printed(&self, byte: u64) -> Option<Label> {
        let output = self.machine().output();
        let byte = usize::try_from(byte).ok().filter(|&byte| byte < output.len())?;
        let character = output[output.floor_char_boundary(byte)..].chars().next()?;
        Some(Label::of_value(Value::Text(character.encode_utf8(&mut [0; 4]))))
    }
}
