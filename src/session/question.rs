//! Asking, at the position shown, where a value came from.

use super::provenance::{Question, value};
use super::refused::Refused;
use super::session::Session;
use crate::program::cell_text::Label;
use crate::vm::flow::Holder;
use crate::vm::spelling::Value;

impl Session {
    /// A question for the provenance of the value in a holder, here.
    ///
    /// # Errors
    /// If it holds no value.
    pub fn question(&self, holder: Holder) -> Result<Question, Refused> {
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

    /// The character of the output that this byte belongs to.
    fn printed(&self, byte: u64) -> Option<Label> {
        let output = self.machine().output();
        let byte = usize::try_from(byte).ok().filter(|&byte| byte < output.len())?;
        let character = output[output.floor_char_boundary(byte)..].chars().next()?;
        Some(Label::of_value(Value::Text(character.encode_utf8(&mut [0; 4]))))
    }
}
