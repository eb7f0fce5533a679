//! Hosts: who answers calls of functions that a program does not define.
//!
//! A host function is a hole that somebody answers. No callback enters the machine: at the call the machine waits,
//! as at every hole, and the answer is a [command](super::command::Command::Answer) that belongs to this question.
//! So an answer is journalled, undone and replayed like everything else, replaying needs no host, a person may
//! answer instead, and a later definition of the function replaces the host.
//!
//! A host may take its time. It is polled as a future is (`std::task` only, so any executor drives it), and what
//! it works on stays beside the session, never in it.

use std::task::{Context, Poll};

use crate::vm::index::TaskId;
use crate::vm::instruction::Instruction;
use crate::vm::machine::Machine;
use crate::vm::memory::Place;

/// A function that a host offers.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Offer {
    /// Its name.
    pub name: String,
    /// How many values it takes from the parameter stack.
    pub takes: usize,
    /// How many values it leaves.
    pub gives: usize,
}

impl Offer {
    /// A function with this name that takes and gives so many values.
    pub fn new(name: impl Into<String>, takes: usize, gives: usize) -> Offer {
        Offer { name: name.into(), takes, gives }
    }
}

/// A question: a call that waits for an answer.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Asked {
    /// The task that asks.
    pub task: TaskId,
    /// The name of the function.
    pub name: String,
    /// Its operands, the last on top.
    pub operands: Vec<Instruction>,
    /// The cell of the call; for a function that exists and is empty, its first cell.
    pub at: Place,
    /// How many instructions had retired. It tells apart two calls of the same cell with the same operands, unless
    /// other tasks run meanwhile.
    pub retired: u64,
}

impl Asked {
    /// What a task asks at its counter, of a function that takes so many values.
    ///
    /// # Errors
    /// If there are fewer values.
    pub(super) fn of(machine: &Machine, task: TaskId, offer: &Offer) -> Result<Asked, String> {
        let asks = machine.task_of(task).expect("a task that asks is there");
        let parameters = asks.parameters();
        let Some(first) = parameters.len().checked_sub(offer.takes) else {
            let stack: Vec<String> = parameters.iter().map(|&value| machine.show(value)).collect();
            let stack = match stack.is_empty() {
                true => "the stack is empty".to_owned(),
                false => format!("the stack holds {}", stack.join(" ")),
            };
            return Err(format!("it takes {}, and {stack}", counted(offer.takes)));
        };
        Ok(Asked {
            task,
            name: offer.name.clone(),
            operands: parameters[first..].iter().map(|&value| machine.spell(value)).collect(),
            at: asks.counter(),
            retired: machine.retired(),
        })
    }

    /// Whether what is asked now is this question. Editing the program may move the cell of a call; if there are
    /// other tasks, they may have run on.
    pub(super) fn is_same(&self, now: &Asked, are_others: bool) -> bool {
        let Asked { task, name, operands, at: _, retired } = self;
        let is_then = *retired == now.retired || are_others && *retired < now.retired;
        is_then && (*task, name, operands) == (now.task, &now.name, &now.operands)
    }

    /// An operand that must be an integer; 0 is the first.
    ///
    /// # Errors
    /// What it is instead, in words, or that there is none.
    pub fn integer(&self, index: usize) -> Result<i64, String> {
        match self.operand(index)? {
            Instruction::Integer(value) => Ok(*value),
            other => Err(self.wrong(index, "an integer", other)),
        }
    }

    /// An operand that must be a text; 0 is the first.
    ///
    /// # Errors
    /// What it is instead, in words, or that there is none.
    pub fn text(&self, index: usize) -> Result<&str, String> {
        match self.operand(index)? {
            Instruction::Text(text) => Ok(text),
            other => Err(self.wrong(index, "a text", other)),
        }
    }

    fn operand(&self, index: usize) -> Result<&Instruction, String> {
        let taken = counted(self.operands.len());
        self.operands
            .get(index)
            .ok_or_else(|| format!("it takes {taken}: there is no operand {index}"))
    }

    fn wrong(&self, index: usize, wanted: &str, found: &Instruction) -> String {
        let found = if let Instruction::Integer(value) = found {
            format!("the integer {value}")
        } else if let Instruction::Text(_) = found {
            "a text".to_owned()
        } else {
            "an address".to_owned()
        };
        format!("operand {index} must be {wanted}, and it is {found}")
    }
}

/// Who answers. Its functions are only asked for what it offers.
pub trait Host {
    /// The functions that it offers.
    fn offers(&self) -> &[Offer];

    /// Answers, or goes on working on an answer. Returns the values that the call leaves, the last on top; or why
    /// there is no answer, in words. Then the question stays open, and a person may answer it.
    ///
    /// As with a future, `Pending` means that the waker of the context is called when it is worth asking again.
    /// There is one question for each task; the same one is asked again until it is answered or
    /// [forgotten](Host::forget).
    fn poll(
        &mut self,
        asked: &Asked,
        context: &mut Context<'_>,
    ) -> Poll<Result<Vec<Instruction>, String>>;

    /// A question for which `Pending` was returned is no longer asked: it was undone, edited away, or answered by
    /// a person.
    fn forget(&mut self, asked: &Asked);
}

/// `1 value`, `2 values`.
pub(super) fn counted(values: usize) -> String {
    match values {
        0 => "nothing".to_owned(),
        1 => "1 value".to_owned(),
        _ => format!("{values} values"),
    }
}
