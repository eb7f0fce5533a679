//! Questions that a line of text answers: a new name, new code, a comment.

use crate::program::comment::CommentPlace;
use crate::vm::index::Body;

/// What is asked for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Question {
    /// Another name.
    Rename(Named),
    /// New code for the function with this name.
    Code(String),
    /// A comment for this cell.
    Comment(CommentPlace),
    /// The line to watch at this index of the list.
    Watch(usize),
    /// The text of an example, by its index; none for a new one.
    Example(Option<usize>),
}

/// Something with a name.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Named {
    /// A function.
    Function(String),
    /// A local of the function with this body.
    Local(Body, String),
    /// A global.
    Global(String),
}

impl Named {
    /// Its name.
    pub fn name(&self) -> &str {
        match self {
            Named::Function(name) | Named::Local(_, name) | Named::Global(name) => name,
        }
    }
}

impl Question {
    /// The title of the overlay.
    pub fn title(&self) -> &'static str {
        match self {
            Question::Rename(Named::Function(_)) => "Rename a function",
            Question::Rename(Named::Local(..)) => "Rename a local",
            Question::Rename(Named::Global(_)) => "Rename a global",
            Question::Code(_) => "Redefine a function",
            Question::Comment(_) => "Comment a cell",
            Question::Watch(_) => "Watch a line",
            Question::Example(None) => "Add an example",
            Question::Example(Some(_)) => "Change an example",
        }
    }

    /// What the answer does.
    pub fn words(&self) -> String {
        match self {
            Question::Rename(named) => {
                format!("Every use of `{}` follows. Running calls keep their values.", named.name())
            }
            Question::Code(name) => format!(
                "Later calls of `{name}` run this code, in FlpcForth. Running calls finish in the old code."
            ),
            Question::Comment(_) => {
                "The comment stands before the cell. An empty text removes it.".to_owned()
            }
            Question::Watch(_) => {
                "Its value is shown wherever the program stands, as if the line were done once there."
                    .to_owned()
            }
            Question::Example(_) => {
                "A line in FlpcForth, two dashes, and what it should leave. It runs by itself after every edit."
                    .to_owned()
            }
        }
    }

    /// The name of the field, and a hint.
    pub fn field(&self) -> (&'static str, &'static str) {
        match self {
            Question::Rename(_) => ("new name", "a name"),
            Question::Code(_) => ("new code", "for example: assign: i i 1 +"),
            Question::Comment(_) => ("comment", "what a reader should know here"),
            Question::Example(_) => ("example", "for example: 5 fact -- 120"),
            Question::Watch(_) => ("line to watch", "for example: i, or a call of a function"),
        }
    }
}
