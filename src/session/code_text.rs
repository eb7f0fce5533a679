//! Program text in a command, together with the vocabulary by which it was written. So the text means the same
//! wherever the command is applied again, whatever instructions there are by then.

use std::ops::Deref;

use crate::program::source::Source;
use crate::vm::vocabulary::Vocabulary;

/// A program text and the vocabulary by which it is read.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct CodeText {
    /// The text.
    pub text: String,
    /// The vocabulary.
    pub vocabulary: Vocabulary,
}

impl Deref for CodeText {
    type Target = str;

    fn deref(&self) -> &str {
        &self.text
    }
}

/// What is written now has the newest vocabulary.
impl From<String> for CodeText {
    fn from(text: String) -> CodeText {
        CodeText { text, vocabulary: Vocabulary::NEWEST }
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
