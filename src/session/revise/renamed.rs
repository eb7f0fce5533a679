//! The values of locals: those of a local that gets a new name go with it, and a new parameter has none yet.

use super::Revision;
use super::side::Side;
use crate::program::image::Image;
use crate::program::notation::Notation;
use crate::program::scope::Scope;
use crate::session::command::Command;
use crate::session::refused::Refused;
use crate::vm::index::{Body, FrameId};
use crate::vm::instruction::Instruction;
use crate::vm::machine::Machine;

impl Revision {
    /// Gives the values of renamed locals to their new names, in the frames of the current task.
    pub(super) fn rename_values(&mut self, trial: &mut Image, body: Body) -> Result<(), Refused> {
        let mut values: Vec<(FrameId, usize, Instruction)> = Vec::new();
        let machine = &trial.machine;
        for entry in machine.task().calls().activations() {
            if !entry.is_frame || entry.body != body || self.renamed.is_empty() {
                continue;
            }
            for (name, value) in machine.locals(entry) {
                if let Ok(number) = self.renamed.binary_search_by(|(from, _)| (**from).cmp(name)) {
                    values.push((entry.id, number, value));
                }
            }
        }
        for (frame, number, value) in values {
            let (from, to) = self.renamed[number].clone();
            let text = Notation::Forth.source(&value, &Scope::outside(&trial.machine));
            self.add(Command::Local { frame, name: to.into(), text: text.into() }, trial)?;
            self.add(
                Command::Local { frame, name: from.into(), text: String::new().into() },
                trial,
            )?;
        }
        Ok(())
    }
}

/// The new parameters that a frame of any task has no value for.
pub(super) fn without_value(
    machine: &Machine,
    body: Body,
    old: &Side<'_>,
    new: &Side<'_>,
) -> Vec<Box<str>> {
    let before = old.names();
    let leading = new.cells(0).iter().map_while(Instruction::assigned);
    let mut missing: Vec<&str> = leading.filter(|name| !before.contains_key(name)).collect();
    missing.sort_unstable();
    missing.dedup();
    let entries = machine.tasks().iter().flat_map(|task| task.calls().activations());
    let mut lacks = vec![false; missing.len()];
    for entry in entries.filter(|entry| entry.is_frame && entry.body == body) {
        if missing.is_empty() {
            break;
        }
        let known = machine.locals(entry);
        for (name, lacks) in missing.iter().zip(&mut lacks) {
            *lacks |= known.binary_search_by_key(name, |&(name, _)| name).is_err();
        }
    }
    missing
        .into_iter()
        .zip(lacks)
        .filter(|&(_, lacks)| lacks)
        .map(|(name, _)| name.into())
        .collect()
}
