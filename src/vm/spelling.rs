//! How values and instructions are spelled independently of where they are, and how a text that is too
//! long to show is cut. Faults, refusals, `print`, the program notation and the rows of the window all
//! use this.

use std::borrow::Cow;

use super::index::{FrameNumber, TaskId};
use super::instruction::Instruction;
use super::name::is_hidden;
use super::space::Address;

/// The most characters shown of a value: enough to recognise it.
pub const SHOWN: usize = 40;

/// A value to be spelled.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Value<'a> {
    /// An integer.
    Integer(i64),
    /// A text.
    Text(&'a str),
    /// The first address of a body.
    Address(Address),
    /// The first address of a block, and the frame it was made in.
    Block(Address, FrameNumber),
    /// A task.
    Task(TaskId),
}

impl Value<'_> {
    /// Writes the value as a program spells it. With a limit in characters, a long text is cut inside
    /// its quotes; without one, what is written reads back as the same value.
    pub fn spell(self, limit: Option<usize>, into: &mut String) {
        match self {
            Value::Integer(value) => into.push_str(&value.to_string()),
            Value::Text(text) => quote(text, limit, into),
            Value::Address(start) => into.push_str(&format!("@{start}")),
            Value::Block(start, home) => into.push_str(&format!("@{start}/{home}")),
            Value::Task(number) => into.push_str(&format!("task: {number}")),
        }
    }
}

/// The word for an empty cell.
pub const BREAKPOINT: &str = "breakpoint";

/// The long form of an instruction, a prefix and a name, which means the same everywhere. `None` for
/// blocks and values.
pub fn long_form(instruction: &Instruction) -> Option<[&str; 2]> {
    use Instruction as I;
    match instruction {
        I::Call(name) | I::Hole(name) => Some(["call: ", name]),
        I::PushFunction(name) | I::FunctionHole(name) => Some(["pushf: ", name]),
        I::Pick(name) => Some(["pick: ", name]),
        I::Assign(name) => Some(["assign: ", name]),
        I::SetGlobal(name) => Some(["set: ", name]),
        I::GetGlobal(name) => Some(["get: ", name]),
        I::Label(name) => Some(["label: ", name]),
        I::Primitive(primitive) => Some(["", primitive.name()]),
        I::Breakpoint => Some(["", BREAKPOINT]),
        I::Integer(_) | I::Text(_) | I::Address(_) | I::BlockValue(..) | I::Block(_) => None,
        I::Task(_) => None,
    }
}

fn quote(text: &str, limit: Option<usize>, into: &mut String) {
    let room = limit.map_or(usize::MAX, |limit| limit.saturating_sub("\"\"".len()));
    into.push('"');
    // A cut here leaves room for the ellipsis.
    let mut cut = into.len();
    let mut written = 0;
    for char in text.chars() {
        let before = into.len();
        escape(char, into);
        written += into[before..].chars().count();
        if written > room {
            into.truncate(cut);
            into.push('…');
            break;
        }
        if written < room {
            cut = into.len();
        }
    }
    into.push('"');
}

/// Writes a character of a text as a program spells it between quotes.
pub fn escape(char: char, into: &mut String) {
    match char {
        '\n' => into.push_str("\\n"),
        '\t' => into.push_str("\\t"),
        '\r' => into.push_str("\\r"),
        '\0' => into.push_str("\\0"),
        '\\' => into.push_str("\\\\"),
        '"' => into.push_str("\\\""),
        hidden if is_hidden(hidden) => into.extend(hidden.escape_unicode()),
        plain => into.push(plain),
    }
}

/// Cuts a text to at most `chars` characters, the last of which is an ellipsis if anything is left out.
pub fn clip(text: &str, chars: usize) -> Cow<'_, str> {
    let end = |chars| text.char_indices().nth(chars).map(|(at, _)| at);
    match (end(chars), end(chars.saturating_sub(1))) {
        (Some(_), Some(end)) => Cow::Owned(format!("{}…", &text[..end])),
        _ => Cow::Borrowed(text),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn spelled(value: Value<'_>, limit: Option<usize>) -> String {
        let mut text = String::new();
        value.spell(limit, &mut text);
        text
    }

    #[test]
    fn a_text_is_cut_inside_its_quotes_and_between_escapes() {
        let long = "é".repeat(100);
        assert_eq!(spelled(Value::Text(&long), None).chars().count(), 102);
        let shown = spelled(Value::Text(&long), Some(SHOWN));
        assert_eq!(shown, format!("\"{}…\"", "é".repeat(37)));
        for (text, shown) in [
            ("123456", "\"123456\""),
            ("1234567", "\"12345…\""),
            ("12345\n", "\"12345…\""),
            ("1234\n", "\"1234\\n\""),
            ("1\u{202e}7", "\"1…\""),
            ("", "\"\""),
        ] {
            assert_eq!(spelled(Value::Text(text), Some(8)), shown);
        }
        assert_eq!(spelled(Value::Integer(-1_234_567_890), Some(3)), "-1234567890");
        assert_eq!(spelled(Value::Address(200), None), "@200");
        assert_eq!(spelled(Value::Block(200, FrameNumber::FIRST), None), "@200/1");
        assert_eq!(spelled(Value::Block(200, FrameNumber::GONE), None), "@200/0");
    }

    #[test]
    fn what_is_clipped_has_the_length_that_was_asked_for() {
        assert_eq!(clip("éàü", 3), "éàü");
        assert_eq!(clip("éàüo", 3), "éà…");
        assert_eq!(clip("", 3), "");
        assert_eq!(clip("ab", 1), "…");
    }
}
