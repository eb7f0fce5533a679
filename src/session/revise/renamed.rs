//! The values of locals: those of a local that gets a new name go with it, and a new parameter has none yet.

use super::Revision;
use super::side::Side;
use crate::program::image::Image;
use crate::program::notation::Notation;
use crate::program::scope::Scope;
use crate::session::command::Command;
use crate::session::refused::Refused;
use crate::vm::index::Body;
use crate::vm::instruction::Instruction;
use crate::vm::machine::Machine;

impl Revision {
    /// Gives the values of renamed locals to their new names, in the frames of the current task.
    pub(super) fn rename_values(&mut self, trial: &mut Image, body: Body) -> Result<(), Refused> {
        for command in moved_values(&trial.machine, body, &self.renamed) {
            self.add(command, trial)?;
        }
        Ok(())
    }
}

/// The commands that give the values of renamed locals to their new names, in the frames of the current task: no
/// command can name a frame of another one. `renamed` is in order.
pub fn moved_values(
    machine: &Machine,
    body: Body,
    renamed: &[(Box<str>, Box<str>)],
) -> Vec<Command> {
    let mut commands = Vec::new();
    for entry in machine.task().calls().activations() {
        if !entry.is_frame || entry.body != body || renamed.is_empty() {
            continue;
        }
        let frame = entry.id;
        let mut set = Vec::new();
        let mut moved = Vec::new();
        for (name, value) in machine.locals(entry) {
            let found = renamed.binary_search_by(|(from, _)| (**from).cmp(name));
            let Ok((from, to)) = found.map(|number| renamed[number].clone()) else { continue };
            let text = Notation::Forth.source(&value, &Scope::outside(machine)).into();
            set.push(to.clone());
            moved.push(from);
            commands.push(Command::Local { frame, name: to.into(), text });
        }
        // A name that took another value keeps it.
        for from in moved.into_iter().filter(|from| !set.contains(from)) {
            commands.push(Command::Local { frame, name: from.into(), text: String::new().into() });
        }
    }
    commands
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
    let entries = machine.tasks().flat_map(|task| task.calls().activations());
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
