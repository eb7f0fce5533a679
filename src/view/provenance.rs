//! Where values came from, in words.

use super::memory::frame_number;
use crate::program::diagnostic::grouped;
use crate::session::provenance::{Answer, Executed, Given, Maker};
use crate::vm::flow::Holder;
use crate::vm::index::BodyId;
use crate::vm::machine::Machine;

/// The most moves that are named.
const NAMED: usize = 4;

/// What a holder is called: `the top of the stack`, `local i of frame 2`.
pub fn holder(machine: &Machine, holder: &Holder) -> String {
    let memory = machine.memory();
    match holder {
        Holder::Parameter(at) => {
            let below = machine.task().parameters().len().saturating_sub(at + 1);
            match below {
                0 => "the top of the stack".to_owned(),
                _ => format!("the stack, {} below the top", grouped(below)),
            }
        }
        Holder::Local { frame, function, slot } => {
            let name = memory.code(*function).and_then(|code| code.locals().get(slot.index()));
            let name = name.map_or("?", |&name| memory.name(name));
            format!("{name} of frame {}", frame_number(*frame))
        }
        Holder::Global(name) => format!("the global {name}"),
        Holder::Data { body, index } => {
            format!("cell {}", memory.start(BodyId::Data(*body)).saturating_add(*index as u64))
        }
        Holder::Output(_) => "the output".to_owned(),
    }
}

/// What made a value.
pub fn made(answer: &Answer) -> String {
    match &answer.maker {
        Maker::Instruction { by, given: None, .. } => format!("made by {}", instruction(by)),
        Maker::Instruction { by, given: Some(Given::Written(gesture)), .. } => {
            let written = match gesture {
                Some(gesture) => format!("written in gesture {}", grouped(*gesture)),
                None => "there when the file was opened".to_owned(),
            };
            let (cell, body) = (by.place.offset, &by.body);
            format!("the literal in cell {cell} of {body}, {written}{} · {}", source(by), when(by))
        }
        Maker::Instruction { by, given: Some(Given::Input(gesture)), .. } => {
            let given = match gesture {
                Some(gesture) => format!("given in gesture {}", grouped(*gesture)),
                None => "there when the file was opened".to_owned(),
            };
            format!("from the input, {given}; read by {}", instruction(by))
        }
        Maker::Command { gesture, words, .. } => {
            format!("put there in gesture {}: {words}", grouped(*gesture))
        }
        Maker::Base => "it was there when the file was opened".to_owned(),
    }
}

/// How the value was moved; empty if it was not.
pub fn moved(answer: &Answer) -> String {
    let named: Vec<String> =
        answer.moves.iter().take(NAMED).map(|step| step_words(&step.by)).collect();
    let more = answer.moved.saturating_sub(named.len() as u64);
    match (named.is_empty(), more) {
        (true, _) => String::new(),
        (false, 0) => format!("moved by {}", named.join(", ")),
        (false, _) => format!("moved by {} and {} more before", named.join(", "), grouped(more)),
    }
}

fn step_words(by: &Executed) -> String {
    format!("{} at {} (step {})", by.label, by.address, grouped(by.step))
}

fn instruction(by: &Executed) -> String {
    format!("{} at {} in {}{} · {}", by.label, by.address, by.body, source(by), when(by))
}

fn when(by: &Executed) -> String {
    let gone = if by.now.is_none() { " · not in the code any more" } else { "" };
    format!("step {} · frame {}{gone}", grouped(by.step), frame_number(by.frame))
}

/// The line of the text that it was read from.
fn source(by: &Executed) -> String {
    by.written.as_ref().map(|written| format!(" ({written})")).unwrap_or_default()
}
