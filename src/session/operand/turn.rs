//! Whose turn it is, as the operand of a command.

use super::Operand;
use crate::session::word::{Word, Words, expected};
use crate::vm::index::TaskId;

/// Whose turn it is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum TurnOf {
    /// All take turns.
    All,
    /// This task, and then the others.
    Task(TaskId),
    /// This task, while the others are frozen.
    Alone(TaskId),
}

/// Whose turn it is: `2`, `2 alone` or `free`.
pub struct Turn;

impl Operand for Turn {
    type Value = TurnOf;
    const CALLED: &'static str = "a task, or `free`";

    fn print(value: &TurnOf) -> String {
        match value {
            TurnOf::All => "free".to_string(),
            TurnOf::Task(task) => task.to_string(),
            TurnOf::Alone(task) => format!("{task} alone"),
        }
    }

    fn read(words: &mut Words<'_>) -> Result<TurnOf, String> {
        let word = words.plain(Self::CALLED)?;
        if word == "free" {
            return Ok(TurnOf::All);
        }
        let task = word.parse().map_err(|_| expected(Self::CALLED, &Word::Plain(word)))?;
        let rest = words.rest;
        if words.next()? == Some(Word::Plain("alone")) {
            return Ok(TurnOf::Alone(task));
        }
        words.rest = rest;
        Ok(TurnOf::Task(task))
    }

    fn sample(pick: &mut dyn FnMut() -> u64) -> TurnOf {
        match pick() % 3 {
            0 => TurnOf::All,
            1 => TurnOf::Task(TaskId(pick())),
            _ => TurnOf::Alone(TaskId(pick())),
        }
    }
}
