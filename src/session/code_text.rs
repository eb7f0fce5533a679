//! Program text in a command, together with the vocabulary by which it was written. So the text means the same
//! wherever the command is applied again, whatever instructions there are by then.

use std::ops::Deref;
use std::sync::Arc;

use crate::program::cell_text::Source;
use crate::program::notation::Notation;
use crate::program::scope::Scope;
use crate::vm::instruction::{Fragment, Instruction};
use crate::vm::machine::Machine;
use crate::vm::vocabulary::Vocabulary;

/// A program text and the vocabulary by which it is read.
#[derive(Clone, Debug)]
pub struct CodeText {
    /// The text.
    pub text: String,
    /// The vocabulary.
    pub vocabulary: Vocabulary,
    /// The name of the file that it was read from, for messages. Recordings do not keep it, and it does not
    /// change what the text means, so it is not compared.
    pub file: Option<Arc<str>>,
}

impl CodeText {
    /// The same text, read from a file with this name.
    pub fn from_file(self, file: &str) -> CodeText {
        CodeText { file: Some(file.into()), ..self }
    }
}

/// Values as they would be typed.
pub(super) fn spell_values(machine: &Machine, values: Vec<Instruction>) -> Source {
    let values = Fragment::line(values);
    Notation::Forth.print_line(&values, &Scope::outside(machine)).into()
}

impl PartialEq for CodeText {
    fn eq(&self, other: &CodeText) -> bool {
        let CodeText { text, vocabulary, file: _ } = self;
        *text == other.text && *vocabulary == other.vocabulary
    }
}

impl Eq for CodeText {}

impl Deref for CodeText {
    type Target = str;

    fn deref(&self) -> &str {
        &self.text
    }
}

/// What is written now has the newest vocabulary.
impl From<String> for CodeText {
    fn from(text: String) -> CodeText {
        CodeText { text, vocabulary: Vocabulary::NEWEST, file: None }
    }
}

impl From<&str> for CodeText {
    fn from(text: &str) -> CodeText {
        text.to_string().into()
    }
}

impl From<Source> for CodeText {
    fn from(source: Source) -> CodeText {
        String::from(source).into()
    }
}
